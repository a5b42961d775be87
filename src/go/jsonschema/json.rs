//! JSON with its numbers as they are written, which the texts of errors show.
//!
//! Mirrors `UnmarshalJSON` of the library: `encoding/json` with `UseNumber`.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::number::Number;
use crate::go::json;
use crate::go::stack::with_room;
use crate::go::utf8;
use crate::go::value::{Map, Str, Value};

/// A JSON value; cheap to clone.
#[derive(Clone, Debug)]
pub(super) enum Json {
    Null,
    Bool(bool),
    Number(Number),
    String(Str),
    Array(Rc<[Json]>),
    Object(Rc<Fields>),
}

/// The members of an object, in key order.
pub(super) type Fields = BTreeMap<Str, Json>;

impl Json {
    /// Reads a whole text.
    pub(super) fn parse(text: &[u8]) -> Result<Json, String> {
        let mut reader = Reader { text, at: 0 };
        let value = reader.value();
        reader.skip_space();
        match value {
            Some(value) if reader.at == text.len() => Ok(value),
            Some(_) => Err("invalid character after top-level value".to_owned()),
            // Go's reader has the words for what is wrong.
            None if text.iter().all(u8::is_ascii_whitespace) => Err("EOF".to_owned()),
            None => Err(match json::decode_first(text) {
                Err(e) => e.to_string(),
                Ok(_) => "exceeded max depth".to_owned(),
            }),
        }
    }

    /// The same value as JSON.
    pub(super) fn from_map(map: &Map) -> Json {
        let fields = map.entries().into_iter().map(|(key, value)| (key, Json::from_value(&value)));
        Json::Object(Rc::new(fields.collect()))
    }

    fn from_value(value: &Value) -> Json {
        match value {
            Value::Bool(b) => Json::Bool(*b),
            Value::Int(_, n) => Json::Number(Number::Int(*n)),
            Value::Float(_, n) => Json::Number(Number::Float(*n)),
            Value::String(text) => Json::String(text.clone()),
            Value::List(list) => {
                with_room(|| Json::Array(list.items().iter().map(Json::from_value).collect::<Vec<_>>().into()))
            }
            Value::Map(map) => with_room(|| Json::from_map(map)),
            // Values from files and flags hold nothing else.
            _ => Json::Null,
        }
    }

    pub(super) fn as_object(&self) -> Option<&Fields> {
        match self {
            Json::Object(fields) => Some(fields),
            _ => None,
        }
    }

    pub(super) fn as_array(&self) -> Option<&[Json]> {
        match self {
            Json::Array(items) => Some(items),
            _ => None,
        }
    }

    pub(super) fn as_str(&self) -> Option<&Str> {
        match self {
            Json::String(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn as_bool(&self) -> Option<bool> {
        match self {
            Json::Bool(b) => Some(*b),
            _ => None,
        }
    }

    /// A member of an object.
    pub(super) fn get(&self, key: &str) -> Option<&Json> {
        self.as_object()?.get(key.as_bytes())
    }

    /// Whether both are the same value: numbers by their value, objects whatever the order.
    pub(super) fn equals(&self, other: &Json) -> bool {
        match (self, other) {
            (Json::Null, Json::Null) => true,
            (Json::Bool(a), Json::Bool(b)) => a == b,
            (Json::Number(a), Json::Number(b)) => a.compare(b).is_some_and(std::cmp::Ordering::is_eq),
            // The library prints the other side and reads it back, so a text of digits equals a number; not the other way.
            (Json::Number(a), Json::String(b)) if b.iter().all(|byte| b"0123456789.eE+-".contains(byte)) => {
                a.compare(&Number::Literal(b.clone())).is_some_and(std::cmp::Ordering::is_eq)
            }
            (Json::String(a), Json::String(b)) => a == b,
            (Json::Array(a), Json::Array(b)) => {
                a.len() == b.len() && with_room(|| a.iter().zip(b.iter()).all(|(a, b)| a.equals(b)))
            }
            (Json::Object(a), Json::Object(b)) => {
                let same = |((ka, a), (kb, b)): ((&Str, &Json), (&Str, &Json))| ka == kb && a.equals(b);
                a.len() == b.len() && with_room(|| a.iter().zip(b.iter()).all(same))
            }
            _ => false,
        }
    }
}

/// Go reads ten times as deep; the places of schemas that lie in each other, written out, are the square of that.
const MAX_DEPTH: usize = 1000;

/// Reads JSON without words for what is wrong.
struct Reader<'t> {
    text: &'t [u8],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        self.skip_space();
        (self.peek()? == byte).then(|| self.at += 1)
    }

    fn word(&mut self, word: &[u8], value: Json) -> Option<Json> {
        let rest = self.text.get(self.at..)?;
        rest.starts_with(word).then(|| {
            self.at += word.len();
            value
        })
    }

    fn value(&mut self) -> Option<Json> {
        self.nested(0)
    }

    fn nested(&mut self, depth: usize) -> Option<Json> {
        if depth > MAX_DEPTH {
            return None;
        }
        self.skip_space();
        match self.peek()? {
            b'n' => self.word(b"null", Json::Null),
            b't' => self.word(b"true", Json::Bool(true)),
            b'f' => self.word(b"false", Json::Bool(false)),
            b'"' => self.string().map(Json::String),
            b'[' => with_room(|| self.array(depth)),
            b'{' => with_room(|| self.object(depth)),
            _ => self.number(),
        }
    }

    fn array(&mut self, depth: usize) -> Option<Json> {
        self.at += 1;
        let mut items = Vec::new();
        if self.take(b']').is_none() {
            loop {
                items.push(self.nested(depth + 1)?);
                if self.take(b',').is_none() {
                    self.take(b']')?;
                    break;
                }
            }
        }
        Some(Json::Array(items.into()))
    }

    fn object(&mut self, depth: usize) -> Option<Json> {
        self.at += 1;
        let mut fields = Fields::new();
        if self.take(b'}').is_none() {
            loop {
                self.skip_space();
                let key = if self.peek()? == b'"' { self.string()? } else { return None };
                self.take(b':')?;
                fields.insert(key, self.nested(depth + 1)?);
                if self.take(b',').is_none() {
                    self.take(b'}')?;
                    break;
                }
            }
        }
        Some(Json::Object(Rc::new(fields)))
    }

    fn digits(&mut self) -> Option<()> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        (self.at > start).then_some(())
    }

    fn number(&mut self) -> Option<Json> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1
        } else {
            self.digits()?
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        let text = self.text.get(start..self.at)?;
        Some(Json::Number(Number::Literal(text.into())))
    }

    fn string(&mut self) -> Option<Str> {
        let start = self.at;
        self.at += 1;
        let mut plain = true;
        loop {
            match self.peek()? {
                b'"' => break,
                b'\\' => {
                    plain = false;
                    self.at += 2;
                }
                0..=0x1f => return None,
                _ => self.at += 1,
            }
        }
        self.at += 1;
        let literal = self.text.get(start..self.at)?;
        let inner = literal.get(1..literal.len() - 1)?;
        if plain && std::str::from_utf8(inner).is_ok() {
            return Some(inner.into());
        }
        if plain {
            let mut text = Vec::with_capacity(inner.len());
            utf8::runes(inner).for_each(|(_, rune, _)| utf8::append(&mut text, rune));
            return Some(text.as_slice().into());
        }
        match json::unmarshal(literal) {
            Ok(Value::String(text)) => Some(text),
            _ => None,
        }
    }
}
