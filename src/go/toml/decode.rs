//! TOML as values. Mirrors `parse.go`.

use super::MAX_DEPTH;
use super::dates;
use super::error::Error;
use super::lexer::{Item, Kind, LexError, Lexer};
use super::scalar::{self, Fault};
use super::tables::{Refusal, Tables};
use crate::go::stack::with_room;
use crate::go::strconv::quote;
use crate::go::value::{DICT, List, ListType, Map, SLICE, Str, Type, Value};

/// `[]map[string]interface {}`, the type of an array of tables.
pub static TABLES: ListType = ListType { name: "[]map[string]interface {}", elem: Type::Map(&DICT), methods: &[] };

/// `toml.Unmarshal` into a `map[string]interface{}`. Dates and times that name no zone are `offset` seconds east of UTC, which
/// for Go is where the machine is when the program starts.
///
/// # Errors
/// For text that is no TOML or defines a key twice.
pub fn decode(text: &[u8], offset: i64) -> Result<Map, Error> {
    let refuse = |message: &str| Error::Parse { line: 1, last_key: Vec::new(), message: message.into() };
    let text = match text {
        [0xff, 0xfe, rest @ ..] | [0xfe, 0xff, rest @ ..] | [0xef, 0xbb, 0xbf, rest @ ..] => rest,
        _ => text,
    };
    if text.iter().take(6).any(|&c| c == 0) {
        return Err(refuse("files cannot contain NULL bytes; probably using UTF-16; TOML files must be UTF-8"));
    }
    let mut parser = Parser {
        lexer: Lexer::new(text),
        context: Vec::new(),
        current_key: Str::default(),
        line: 0,
        offset,
        tables: Tables::default(),
    };
    loop {
        let item = parser.next()?;
        if item.kind == Kind::Eof {
            return Ok(parser.tables.into_map());
        }
        parser.top_level(item)?;
    }
}

struct Parser<'a> {
    lexer: Lexer<'a>,
    /// The table keys are set in.
    context: Vec<Str>,
    /// The key whose value is read; empty in a header.
    current_key: Str,
    /// The line of the last key.
    line: i64,
    /// Seconds east of UTC of what has no zone.
    offset: i64,
    tables: Tables,
}

impl<'a> Parser<'a> {
    fn error(&self, line: i64, message: String) -> Error {
        let mut last_key = super::key::dotted(&self.context);
        if !self.current_key.is_empty() {
            if !last_key.is_empty() {
                last_key.push(b'.');
            }
            // Go does not quote this part.
            last_key.extend_from_slice(self.current_key.as_bytes());
        }
        Error::Parse { line, last_key, message }
    }

    fn bug(message: &str) -> Error {
        Error::Panic(format!("BUG: {message}\n\n"))
    }

    fn fault(&self, line: i64, fault: Fault) -> Error {
        match fault {
            Fault::Bad(message) => self.error(line, message),
            Fault::Bug(message) => Self::bug(&message),
        }
    }

    fn refusal(&self, refusal: Refusal) -> Error {
        match refusal {
            Refusal::Parent(message) | Refusal::Taken(message) => self.error(self.line, message),
            Refusal::Bug(message) => Self::bug(&message),
        }
    }

    fn next(&mut self) -> Result<Item<'a>, Error> {
        self.lexer.item().map_err(|LexError { line, message }| self.error(line, message))
    }

    fn top_level(&mut self, item: Item<'a>) -> Result<(), Error> {
        match item.kind {
            Kind::CommentStart => {
                self.next()?;
            }
            Kind::TableStart => {
                let key = self.key(Kind::TableEnd)?;
                self.open(key, false)?;
            }
            Kind::ArrayTableStart => {
                let key = self.key(Kind::ArrayTableEnd)?;
                self.open(key, true)?;
            }
            Kind::KeyStart => {
                let outer = self.context.clone();
                self.key_of_value()?;
                let item = self.next()?;
                let (value, is_array) = self.value(item, false, 0)?;
                self.assign(value, is_array)?;
                self.context = outer;
                self.current_key = Str::default();
            }
            kind => return Err(Self::bug(&format!("Unexpected type at top level: {kind:?}"))),
        }
        Ok(())
    }

    /// The parts of a key up to what ends it.
    fn key(&mut self, end: Kind) -> Result<Vec<Str>, Error> {
        let mut item = self.next()?;
        self.line = item.line;
        let mut key = Vec::new();
        while item.kind != end {
            key.push(match item.kind {
                Kind::Text => item.text.into(),
                Kind::String | Kind::EscapedString | Kind::RawString => {
                    self.string(item)?.as_str().cloned().unwrap_or_default()
                }
                kind => return Err(Self::bug(&format!("Unexpected key type: {kind:?}"))),
            });
            if self.context.len() + key.len() > MAX_DEPTH {
                return Err(self.error(item.line, format!("keys are nested more than {MAX_DEPTH} levels deep")));
            }
            item = self.next()?;
        }
        Ok(key)
    }

    /// The key in front of a value: its last part becomes the current key, the others open tables. Gives those others.
    fn key_of_value(&mut self) -> Result<Vec<Str>, Error> {
        let mut parts = self.key(Kind::KeyEnd)?;
        self.current_key = parts.pop().unwrap_or_default();
        for part in &parts {
            let mut table = self.context.clone();
            table.push(part.clone());
            self.tables.imply(&table);
            self.open_table(table, false)?;
        }
        Ok(parts)
    }

    /// A `[table]` or `[[table]]` at the top level.
    fn open(&mut self, key: Vec<Str>, array: bool) -> Result<(), Error> {
        self.open_table(key, array)?;
        self.tables.set_type(&self.context, false);
        Ok(())
    }

    /// Makes a table and its key the context. When the key is taken, the tables around it are the context.
    fn open_table(&mut self, mut key: Vec<Str>, array: bool) -> Result<(), Error> {
        let opened = self.tables.open(&key, array);
        if let Err(Refusal::Parent(_)) = opened {
            return opened.map_err(|refusal| self.refusal(refusal));
        }
        let last = key.pop();
        self.context = key;
        opened.map_err(|refusal| self.refusal(refusal))?;
        self.context.extend(last);
        Ok(())
    }

    fn assign(&mut self, value: Value, is_array: bool) -> Result<(), Error> {
        let key = self.current_key.clone();
        self.tables.set_value(&self.context, &key, value).map_err(|refusal| self.refusal(refusal))?;
        self.set_type(is_array);
        Ok(())
    }

    /// Notes the type of the current key, or of the context where there is none.
    fn set_type(&mut self, is_array: bool) {
        let mut key = self.context.clone();
        if !self.current_key.is_empty() {
            key.push(self.current_key.clone());
        }
        self.tables.set_type(&key, is_array);
    }

    /// A value, and whether it is an array.
    fn value(&mut self, item: Item<'a>, in_array: bool, depth: usize) -> Result<(Value, bool), Error> {
        if depth > MAX_DEPTH {
            return Err(self.error(item.line, format!("values are nested more than {MAX_DEPTH} levels deep")));
        }
        let fault = |this: &Self, fault| this.fault(item.line, fault);
        let value = match item.kind {
            Kind::Integer => Value::int64(scalar::integer(item.text).map_err(|f| fault(self, f))?),
            Kind::Float => Value::float(scalar::float(item.text).map_err(|f| fault(self, f))?),
            Kind::Bool => Value::Bool(item.text == b"true"),
            Kind::Datetime => {
                let text = dates::normalized(item.text);
                let invalid = || format!("invalid datetime: {}", quote(&text));
                dates::read(&text, self.offset).ok_or_else(|| self.error(item.line, invalid()))?.into()
            }
            Kind::Array => return Ok((with_room(|| self.array(depth))?, true)),
            Kind::InlineTableStart => with_room(|| self.inline_table(in_array, depth))?.into(),
            _ => self.string(item)?,
        };
        Ok((value, false))
    }

    fn string(&self, item: Item<'a>) -> Result<Value, Error> {
        let text: Str = match item.kind {
            Kind::String | Kind::RawString => item.text.into(),
            Kind::RawMultilineString => scalar::without_first_newline(item.text).into(),
            Kind::EscapedString | Kind::MultilineString => {
                let text = if item.kind == Kind::MultilineString {
                    scalar::without_escaped_newlines(scalar::without_first_newline(item.text))
                } else {
                    item.text.to_vec()
                };
                scalar::unescape(&text).map_err(|f| self.fault(item.line, f))?.into()
            }
            kind => return Err(Self::bug(&format!("Unexpected value type: {kind:?}"))),
        };
        Ok(Value::String(text))
    }

    fn array(&mut self, depth: usize) -> Result<Value, Error> {
        self.set_type(true);
        let mut items = Vec::new();
        loop {
            let item = self.next()?;
            match item.kind {
                Kind::ArrayEnd => return Ok(List::appended_to(2, &SLICE, items).into()),
                Kind::CommentStart => {
                    self.next()?;
                }
                _ => items.push(self.value(item, true, depth + 1)?.0),
            }
        }
    }

    fn inline_table(&mut self, in_array: bool, depth: usize) -> Result<Map, Error> {
        let (outer_context, outer_key) = (self.context.clone(), std::mem::take(&mut self.current_key));
        let hash = Map::default();
        let mut table = outer_context.clone();
        table.push(outer_key.clone());
        self.context.clone_from(&table);
        self.tables.imply(&table);
        self.open_table(table.clone(), in_array)?;
        loop {
            let item = self.next()?;
            match item.kind {
                Kind::InlineTableEnd => break,
                Kind::CommentStart => {
                    self.next()?;
                    continue;
                }
                _ => {}
            }
            let parents = self.key_of_value()?;
            let item = self.next()?;
            let (value, is_array) = self.value(item, false, depth + 1)?;
            self.assign(value.clone(), is_array)?;
            // Inside an array nothing else remembers the table.
            let mut inner = hash.clone();
            for part in &parents {
                let next = match inner.get(part) {
                    None => Map::default(),
                    Some(Value::Map(map)) => map,
                    Some(_) => {
                        let context = super::key::dotted(&self.context);
                        return Err(self.error(self.line, format!("{} is not a table", quote(&context))));
                    }
                };
                let _ = inner.insert(part.clone(), next.clone());
                inner = next;
            }
            let _ = inner.insert(self.current_key.clone(), value);
            self.context.clone_from(&table);
        }
        self.context = outer_context;
        self.current_key = outer_key;
        Ok(hash)
    }
}
