//! Values as TOML. Mirrors `encode.go`.

use super::MAX_DEPTH;
use super::dates;
use super::error::Error;
use super::key::{append_part, append_quoted, dotted};
use crate::go::json;
use crate::go::limits::{self, MAX_TEXT};
use crate::go::stack::with_room;
use crate::go::strconv::{Precision, append_float};
use crate::go::value::{FloatKind, IntKind, Map, Object, Str, UintKind, Value};

/// What an `Encoder` writes for the value: tables indented by two spaces, in each table the plain keys first.
///
/// # Errors
/// For values TOML cannot express.
pub fn encode(value: &Value) -> Result<Vec<u8>, Error> {
    if matches!(value, Value::Nil) {
        return Err(Error::Panic("reflect: call of reflect.Value.Type on zero Value".into()));
    }
    let mut encoder = Encoder { out: Vec::with_capacity(128), key: Vec::new(), open: Vec::new() };
    encoder.value(value)?;
    Ok(encoder.out)
}

/// The few types that decide how a value is written.
#[derive(Clone, Copy, PartialEq)]
enum TomlType {
    /// A table.
    Hash,
    /// An array of nothing but tables.
    ArrayHash,
    /// Anything else.
    Other,
}

/// What takes the place of a struct that marshals itself.
enum Marshalled {
    Plain(Vec<u8>),
    Quoted(Str),
}

struct Encoder {
    out: Vec<u8>,
    /// The key of the table or value that is being written.
    key: Vec<Str>,
    /// The maps around it.
    open: Vec<Map>,
}

impl Encoder {
    fn push(&mut self, text: &[u8]) {
        self.out.extend_from_slice(text);
    }

    /// A line break, but not as the first thing.
    fn newline(&mut self) {
        if !self.out.is_empty() {
            self.push(b"\n");
        }
    }

    fn indent(&mut self) {
        for _ in 1..self.key.len() {
            self.push(b"  ");
        }
    }

    /// The value of the current key, which is empty for the document itself.
    fn value(&mut self, value: &Value) -> Result<(), Error> {
        match value {
            Value::Nil => Ok(()),
            Value::List(_) if toml_type(value)? == Some(TomlType::ArrayHash) => self.array_of_tables(value),
            Value::Map(map) if map.is_nil() => Ok(()),
            Value::Map(_) => self.table(value),
            Value::Object(object) if marshalled(object.as_ref()).is_none() => self.table(value),
            Value::Complex(..) | Value::Uint(UintKind::Uintptr, _) => {
                let key = String::from_utf8_lossy(&dotted(&self.key)).into_owned();
                Err(Error::Encode(format!("unsupported type for key '{key}': {}", value.kind())))
            }
            _ => {
                if self.key.is_empty() {
                    return self.element(value);
                }
                self.indent();
                self.last_key();
                self.element(value)?;
                self.newline();
                Ok(())
            }
        }
    }

    /// The last part of the key and the sign behind it.
    fn last_key(&mut self) {
        if let Some(part) = self.key.last() {
            append_part(&mut self.out, part.as_bytes());
        }
        self.push(b" = ");
    }

    fn array_of_tables(&mut self, value: &Value) -> Result<(), Error> {
        if self.key.is_empty() {
            return Err(Error::Encode("toml: top-level values must be Go maps or structs".into()));
        }
        let Value::List(list) = value else { return Ok(()) };
        for item in list.items().iter() {
            self.newline();
            self.header(b"[[", b"]]");
            self.contents(item)?;
        }
        Ok(())
    }

    fn table(&mut self, value: &Value) -> Result<(), Error> {
        if self.key.len() == 1 {
            // An empty line between the tables at the top.
            self.newline();
        }
        if !self.key.is_empty() {
            self.header(b"[", b"]");
        }
        self.contents(value)
    }

    fn header(&mut self, open: &[u8], close: &[u8]) {
        self.indent();
        self.push(open);
        let key = dotted(&self.key);
        self.push(&key);
        self.push(close);
        self.newline();
    }

    /// The keys of a table below its header: plain ones first, then those that are tables themselves.
    fn contents(&mut self, value: &Value) -> Result<(), Error> {
        let entries = self.enter(value)?;
        for tables in [false, true] {
            for entry in entries.iter().filter(|e| e.is_table == tables && !e.value.is_nil()) {
                self.key.push(entry.name.clone());
                with_room(|| self.value(&entry.value))?;
                self.key.pop();
            }
        }
        self.leave(value);
        Ok(())
    }

    fn inline_table(&mut self, value: &Value) -> Result<(), Error> {
        let entries = self.enter(value)?;
        let (plain, tables): (Vec<&Entry>, Vec<&Entry>) = entries.iter().partition(|e| !e.is_table);
        let more = !tables.is_empty();
        self.push(b"{");
        for (group, more) in [(plain, more), (tables, false)] {
            for (at, entry) in group.iter().enumerate().filter(|(_, e)| !e.value.is_nil()) {
                append_part(&mut self.out, entry.name.as_bytes());
                self.push(b" = ");
                with_room(|| self.element(&entry.value))?;
                // Go counts with what is nil and left out, so a comma can stay behind. In a struct it compares the
                // place of the field with the number of fields.
                let last = match value {
                    Value::Object(_) => entry.field + 1 == entries.len(),
                    _ => !more && at + 1 == group.len(),
                };
                if !last {
                    self.push(b", ");
                }
            }
        }
        self.push(b"}");
        self.leave(value);
        Ok(())
    }

    /// The keys of a map or struct; remembers the map.
    fn enter(&mut self, value: &Value) -> Result<Vec<Entry>, Error> {
        if self.out.len() > MAX_TEXT {
            // Some functions of Helm make nothing of an error.
            limits::exhaust();
            return Err(Error::Encode(format!("toml: cannot encode a value as more than {MAX_TEXT} bytes")));
        }
        let mut entries = Vec::new();
        match value {
            Value::Map(map) => {
                if self.open.len() >= MAX_DEPTH || self.open.iter().any(|above| above.same(map)) {
                    // Go overflows its stack and dies.
                    return Err(Error::Encode("toml: cannot encode a value that contains itself".into()));
                }
                self.open.push(map.clone());
                for (name, value) in map.entries() {
                    let is_table = is_table(&value)?;
                    entries.push(Entry { name, value, is_table, field: 0 });
                }
            }
            Value::Object(object) => fields(object.as_ref(), None, &mut entries)?,
            _ => {}
        }
        Ok(entries)
    }

    fn leave(&mut self, value: &Value) {
        if let Value::Map(_) = value {
            self.open.pop();
        }
    }

    /// A value behind an equals sign or in an array.
    fn element(&mut self, value: &Value) -> Result<(), Error> {
        match value {
            Value::String(text) => append_quoted(&mut self.out, text.as_bytes()),
            Value::Bool(b) => self.push(if *b { b"true" } else { b"false" }),
            Value::Int(IntKind::Named(named), n) if named.name == "time.Duration" => {
                append_quoted(&mut self.out, (named.to_text)(*n).as_bytes());
            }
            Value::Int(_, n) => self.push(n.to_string().as_bytes()),
            Value::Uint(_, n) => self.push(n.to_string().as_bytes()),
            Value::Float(kind, n) => self.float(*kind, *n),
            Value::Bytes(bytes) => {
                let numbers: Vec<String> = bytes.iter().map(u8::to_string).collect();
                self.push(format!("[{}]", numbers.join(", ")).as_bytes());
            }
            Value::List(list) => {
                self.push(b"[");
                for (at, item) in list.items().iter().enumerate() {
                    if at > 0 {
                        self.push(b", ");
                    }
                    with_room(|| self.element(item))?;
                }
                self.push(b"]");
            }
            Value::Map(_) => return self.inline_table(value),
            Value::Object(object) => match marshalled(object.as_ref()) {
                Some(Marshalled::Plain(text)) => self.push(&text),
                Some(Marshalled::Quoted(text)) => append_quoted(&mut self.out, text.as_bytes()),
                None => return self.inline_table(value),
            },
            Value::Complex(..) | Value::Nil => {
                return Err(Error::Encode(format!("unexpected type: {}", value.kind())));
            }
        }
        Ok(())
    }

    fn float(&mut self, kind: FloatKind, n: f64) {
        if !n.is_finite() {
            self.push(if n.is_sign_negative() { b"-" } else { b"" });
            return self.push(if n.is_nan() { b"nan" } else { b"inf" });
        }
        let start = self.out.len();
        let bits = if kind == FloatKind::Float32 { 32 } else { 64 };
        append_float(&mut self.out, n, b'g', Precision::Shortest, bits);
        let is_plain = |c: &u8| !matches!(c, b'.' | b'e');
        if self.out.iter().skip(start).all(is_plain) {
            self.push(b".0");
        }
    }
}

/// A key of a table with its value.
struct Entry {
    name: Str,
    value: Value,
    is_table: bool,
    /// The place of the field in its struct, for an embedded struct's fields that of the struct.
    field: usize,
}

/// The fields of a struct, those of embedded structs in their place.
fn fields(object: &dyn Object, outer: Option<usize>, entries: &mut Vec<Entry>) -> Result<(), Error> {
    for (at, (def, value)) in object.ty().fields.iter().zip(object.field_values()).enumerate() {
        let field = outer.unwrap_or(at);
        match &value {
            _ if def.name.starts_with(|c: char| c.is_ascii_lowercase()) => {}
            Value::Object(inner) if def.embedded => fields(inner.as_ref(), Some(field), entries)?,
            _ => {
                let is_table = is_table(&value)?;
                entries.push(Entry { name: def.name.into(), value, is_table, field });
            }
        }
    }
    Ok(())
}

fn is_table(value: &Value) -> Result<bool, Error> {
    Ok(matches!(toml_type(value)?, Some(TomlType::Hash | TomlType::ArrayHash)))
}

/// What the value is to TOML; `None` for nil. Looks into arrays, which must not hold nil.
fn toml_type(value: &Value) -> Result<Option<TomlType>, Error> {
    let found = match value {
        _ if value.is_nil() => return Ok(None),
        Value::Map(_) => TomlType::Hash,
        Value::Object(object) if marshalled(object.as_ref()).is_none() => TomlType::Hash,
        Value::List(list) => {
            let items = list.items();
            let mut tables = !items.is_empty();
            for item in items.iter() {
                let Some(ty) = with_room(|| toml_type(item))? else {
                    return Err(Error::Encode("toml: cannot encode array with nil element".into()));
                };
                tables &= ty == TomlType::Hash;
            }
            if tables { TomlType::ArrayHash } else { TomlType::Other }
        }
        Value::Complex(..) | Value::Uint(UintKind::Uintptr, _) => {
            return Err(Error::Encode(format!("unsupported type: {}", value.kind())));
        }
        _ => TomlType::Other,
    };
    Ok(Some(found))
}

/// What a struct's `MarshalText` gives; times are not quoted.
fn marshalled(object: &dyn Object) -> Option<Marshalled> {
    if let Some(time) = object.as_any().downcast_ref() {
        return Some(Marshalled::Plain(dates::written(time)));
    }
    let json = object.to_json()?.ok()?;
    let text = json::unmarshal(json.as_bytes()).ok()?.as_str()?.clone();
    Some(Marshalled::Quoted(text))
}
