//! The parser of assignments.

use std::borrow::Cow;

use super::Reading;
use super::scan::{Scanner, Stop};
use crate::go::json;
use crate::go::strconv;
use crate::go::value::{List, Map, SLICE, Value};
use crate::helm::dialect::Dialect;

/// `strvals.MaxIndex`.
const MAX_INDEX: i64 = 65536;
/// `strvals.MaxNestedNameLevel`.
const MAX_NESTED_NAME_LEVEL: usize = 30;
/// Helm bounds dots but not brackets; without a bound a long argument would overflow the stack.
const MAX_DEPTH: usize = 400;

pub(super) struct Parser<'t> {
    scanner: Scanner<'t>,
    reading: Reading<'t>,
    escapes: bool,
    depth: usize,
}

/// What follows `=`.
enum Assigned {
    Value(Value),
    /// The text ended right there.
    Nothing,
}

impl<'t> Parser<'t> {
    pub(super) fn new(text: &'t str, reading: Reading<'t>) -> Parser<'t> {
        let escapes = !matches!(reading, Reading::Literal);
        Parser { scanner: Scanner::new(text), reading, escapes, depth: 0 }
    }

    pub(super) fn run(mut self, values: &Map, dialect: &Dialect) -> Result<(), String> {
        loop {
            match self.key(values, 0) {
                Ok(()) => {}
                Err(Stop::End) => return Ok(()),
                Err(Stop::AroundEnd(_)) if dialect.set_ignores_truncated_index => return Ok(()),
                Err(Stop::AroundEnd(text) | Stop::Error(text)) => return Err(text),
            }
        }
    }

    fn deeper<T>(&mut self, step: impl FnOnce(&mut Self) -> T, refused: impl FnOnce(Stop) -> T) -> T {
        if self.depth >= MAX_DEPTH {
            return refused(Stop::error(format!("value is nested deeper than {MAX_DEPTH} levels")));
        }
        self.depth += 1;
        let result = step(self);
        self.depth -= 1;
        result
    }

    /// A key with all that belongs to it, up to the comma after its value.
    fn key(&mut self, data: &Map, level: usize) -> Result<(), Stop> {
        // A literal value may hold commas, so they do not end a key there either.
        let stops: &[char] = if self.escapes { &['=', '[', ',', '.'] } else { &['=', '[', '.'] };
        let (key, last) = self.scanner.until(stops, self.escapes);
        match last {
            None if key.is_empty() => Err(Stop::End),
            None => Err(Stop::error(format!("key {} has no value", quoted(&key)))),
            Some('[') => {
                let index = self.scanner.index(self.escapes).map_err(|e| e.within("error parsing index"))?;
                let list = match data.get(&key) {
                    None => List::new(&SLICE, Vec::new()),
                    Some(Value::List(list)) => list,
                    Some(other) => return Err(conversion(&other, "[]interface {}")),
                };
                let (list, result) = self.deeper(|p| p.item(list.clone(), index, level), |e| (list.clone(), Err(e)));
                assign(data, &key, Value::List(list));
                result
            }
            Some('.') => {
                let level = level + 1;
                if level > MAX_NESTED_NAME_LEVEL {
                    return Err(Stop::error(format!(
                        "value name nested level is greater than maximum supported nested level of {MAX_NESTED_NAME_LEVEL}"
                    )));
                }
                let inner = match data.get(&key) {
                    None => Value::dict(),
                    Some(Value::Map(map)) => map,
                    Some(other) => return Err(conversion(&other, "map[string]interface {}")),
                };
                let result = self.deeper(|p| p.key(&inner, level), Err);
                if inner.is_empty() {
                    result?;
                    return Err(Stop::error(format!("key map {} has no value", quoted(&key))));
                }
                assign(data, &key, Value::Map(inner));
                result
            }
            Some(',') => Err(Stop::error(format!("key {} has no value (cannot end with ,)", quoted(&key)))),
            Some(_) => match self.assigned()? {
                Assigned::Value(value) => {
                    assign(data, &key, value);
                    Ok(())
                }
                Assigned::Nothing => {
                    assign(data, &key, Value::from(""));
                    Err(Stop::End)
                }
            },
        }
    }

    /// What follows an index. The list comes back in any case: the end of the text can be a success.
    fn item(&mut self, list: List, index: i64, level: usize) -> (List, Result<(), Stop>) {
        if index < 0 {
            return (list, Err(Stop::error(format!("negative {index} index not allowed"))));
        }
        let (junk, last) = self.scanner.until(&['[', '.', '='], self.escapes);
        if !junk.is_empty() {
            return (list, Err(Stop::error(format!("unexpected data at end of array index: {}", rune_list(&junk)))));
        }
        let slot = usize::try_from(index).unwrap_or(usize::MAX);
        match last {
            None => (list, Err(Stop::End)),
            Some('[') => {
                let next = match self.scanner.index(self.escapes) {
                    Ok(next) => next,
                    Err(e) => return (list, Err(e.within("error parsing index"))),
                };
                let current = match list.get(slot) {
                    None | Some(Value::Nil) => List::nil(&SLICE),
                    Some(Value::List(current)) => current,
                    Some(other) => return (list, Err(conversion(&other, "[]interface {}"))),
                };
                match self.deeper(|p| p.item(current.clone(), next, level), |e| (current.clone(), Err(e))) {
                    (inner, Ok(())) => set_index(list, index, Value::List(inner)),
                    (_, Err(e)) => (list, Err(e)),
                }
            }
            Some('.') => {
                let inner = match list.get(slot) {
                    Some(Value::Map(map)) => map,
                    Some(_) => {
                        let fresh = Value::dict();
                        replace(&list, slot, Value::Map(fresh.clone()));
                        fresh
                    }
                    None => Value::dict(),
                };
                match self.deeper(|p| p.key(&inner, level), Err) {
                    Ok(()) => set_index(list, index, Value::Map(inner)),
                    Err(e) => (list, Err(e)),
                }
            }
            Some(_) => match self.assigned() {
                Ok(Assigned::Value(value)) => set_index(list, index, value),
                Ok(Assigned::Nothing) => set_index(list, index, Value::from("")),
                Err(e) => (list, Err(e)),
            },
        }
    }

    /// The value after `=`, and the comma after it.
    fn assigned(&mut self) -> Result<Assigned, Stop> {
        match self.reading {
            Reading::Literal => {
                let text = self.scanner.rest();
                self.scanner.skip(text.len());
                Ok(Assigned::Value(Value::from(text)))
            }
            Reading::Json => self.json().map(Assigned::Value),
            _ => match self.scanner.peek() {
                None => Ok(Assigned::Nothing),
                Some('{') => {
                    self.scanner.skip(1);
                    self.list().map(Assigned::Value)
                }
                Some(_) => {
                    let (text, _) = self.scanner.until(&[','], true);
                    self.scalar(&text).map(Assigned::Value)
                }
            },
        }
    }

    fn json(&mut self) -> Result<Value, Stop> {
        if self.scanner.empty_value() {
            return Ok(Value::Nil);
        }
        let (value, read) =
            json::decode_first(self.scanner.rest().as_bytes()).map_err(|e| Stop::Error(e.to_string()))?;
        self.scanner.skip(read);
        self.scanner.empty_value();
        Ok(value)
    }

    /// The rest of `{a,b}`, its brace already read. `{}` has one item, the empty string.
    fn list(&mut self) -> Result<Value, Stop> {
        let mut items = Vec::new();
        loop {
            let (text, last) = self.scanner.until(&[',', '}'], true);
            match last {
                None => return Err(Stop::error("list must terminate with '}'")),
                Some(',') => items.push(self.scalar(&text)?),
                Some(_) => {
                    if self.scanner.peek() == Some(',') {
                        self.scanner.skip(1);
                    }
                    items.push(self.scalar(&text)?);
                    return Ok(Value::appended_list(items));
                }
            }
        }
    }

    fn scalar(&self, text: &str) -> Result<Value, Stop> {
        match self.reading {
            Reading::Typed => Ok(typed(text)),
            Reading::File(read) => read(text).map_err(Stop::Error),
            Reading::Text | Reading::Json | Reading::Literal => Ok(Value::from(text)),
        }
    }
}

/// The value of an unquoted text. A number that begins with a zero is a text: it may be octal, a phone number, anything.
fn typed(text: &str) -> Value {
    // Go folds the long s to an s, the one letter beyond ASCII that can stand in these words.
    let folded = if text.contains('ſ') { Cow::from(text.replace('ſ', "s")) } else { Cow::from(text) };
    let word = |word: &str| folded.eq_ignore_ascii_case(word);
    if word("true") {
        Value::Bool(true)
    } else if word("false") {
        Value::Bool(false)
    } else if word("null") {
        Value::Nil
    } else if text == "0" {
        Value::int64(0)
    } else if text.starts_with('0') {
        Value::from(text)
    } else {
        strconv::parse_int(text.as_bytes(), 10, 64).map_or_else(|_| Value::from(text), Value::int64)
    }
}

fn assign(data: &Map, key: &str, value: Value) {
    if !key.is_empty() {
        // Never the nil map: those of the values are made by a parser or by `Value::dict`.
        let _ = data.insert(key, value);
    }
}

/// Sets an item; a list that is long enough is changed for all its holders, as Go changes the shared array.
fn set_index(list: List, index: i64, value: Value) -> (List, Result<(), Stop>) {
    if index > MAX_INDEX {
        let text = format!("index of {index} is greater than maximum supported index of {MAX_INDEX}");
        return (list, Err(Stop::Error(text)));
    }
    let slot = usize::try_from(index).unwrap_or(0);
    if slot < list.len() {
        replace(&list, slot, value);
        return (list, Ok(()));
    }
    let mut items = list.items().to_vec();
    items.resize(slot, Value::Nil);
    items.push(value);
    (List::new(&SLICE, items), Ok(()))
}

fn replace(list: &List, slot: usize, value: Value) {
    let mut items = list.items().to_vec();
    if let Some(item) = items.get_mut(slot) {
        *item = value;
    }
    list.set_items(items);
}

/// The text of Go's panic over a failed type assertion, as Helm reports it.
fn conversion(found: &Value, wanted: &str) -> Stop {
    let found = found.ty().map_or("nil", |ty| ty.name());
    Stop::Error(format!("unable to parse key: interface conversion: interface {{}} is {found}, not {wanted}"))
}

fn quoted(text: &str) -> String {
    strconv::quote(text.as_bytes())
}

/// `%q` of a `[]rune`: each character on its own.
fn rune_list(text: &str) -> String {
    let mut out = vec![b'['];
    for (at, c) in text.chars().enumerate() {
        if at > 0 {
            out.push(b' ');
        }
        strconv::append_quote_rune(&mut out, u32::from(c));
    }
    out.push(b']');
    String::from_utf8_lossy(&out).into_owned()
}
