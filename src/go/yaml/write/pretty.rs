//! `toYamlPretty`: values as the encoder of `go.yaml.in/yaml/v3` writes them with an indentation of 2, without JSON.

use super::{Context, Version, Writer, order};
use crate::go::base64;
use crate::go::json;
use crate::go::stack::with_room;
use crate::go::strconv::{Precision, format_float};
use crate::go::time::{RFC3339_NANO, Time};
use crate::go::value::{FloatKind, IntKind, Map, Object, Str, Value};
use crate::go::yaml::error::Error;
use crate::go::yaml::scan::Style;

/// Go's stack overflows on a value that contains itself, which ends the program; here it is an error.
const MAX_DEPTH: usize = 10_000;

/// What `yaml.NewEncoder` with `SetIndent(2)` writes.
///
/// # Errors
/// For a value that contains itself, and for a type that cannot be written, on which go-yaml panics.
pub fn marshal_pretty(value: &Value) -> Result<String, Error> {
    let mut pretty = Pretty { writer: Writer::new(Version::V3) };
    pretty.node(value, Context::Root, 0)?;
    Ok(pretty.writer.finish())
}

struct Pretty {
    writer: Writer,
}

impl Pretty {
    fn node(&mut self, value: &Value, context: Context, depth: usize) -> Result<(), Error> {
        if depth > MAX_DEPTH {
            return Err(Error::yaml("value contains itself"));
        }
        match value {
            Value::Nil => self.writer.plain("null", context),
            Value::Bool(b) => self.writer.plain(if *b { "true" } else { "false" }, context),
            Value::Int(IntKind::Named(named), n) if named.name == "time.Duration" => {
                self.text(&(named.to_text)(*n), context);
            }
            Value::Int(_, n) => self.writer.plain(&n.to_string(), context),
            Value::Uint(_, n) => self.writer.plain(&n.to_string(), context),
            Value::Float(kind, f) => self.writer.plain(&float(*kind, *f), context),
            Value::Complex(..) => return Err(Error::new("cannot marshal type: complex128")),
            Value::String(text) => self.text(text, context),
            Value::Bytes(bytes) => {
                let items: Vec<Value> = bytes.iter().map(|byte| Value::int(i64::from(*byte))).collect();
                self.sequence(&items, context, depth)?;
            }
            Value::List(list) => with_room(|| self.sequence(&list.items(), context, depth))?,
            Value::Map(map) => with_room(|| self.map(map, depth))?,
            Value::Object(object) => with_room(|| self.object(&**object, context, depth))?,
        }
        Ok(())
    }

    fn sequence(&mut self, items: &[Value], context: Context, depth: usize) -> Result<(), Error> {
        if items.is_empty() {
            self.writer.empty(b"[", b"]");
            return Ok(());
        }
        let indent = self.writer.begin_sequence(context);
        for item in items {
            self.writer.item();
            self.node(item, Context::Item, depth + 1)?;
        }
        self.writer.end(indent);
        Ok(())
    }

    fn map(&mut self, map: &Map, depth: usize) -> Result<(), Error> {
        if map.is_empty() {
            self.writer.empty(b"{", b"}");
            return Ok(());
        }
        let indent = self.writer.begin_mapping();
        for (key, value) in order::sort_by_key(map.entries(), Version::V3, |(key, _)| key.as_bytes()) {
            self.key(&key);
            self.node(&value, Context::Mapping, depth + 1)?;
        }
        self.writer.end(indent);
        Ok(())
    }

    fn object(&mut self, object: &dyn Object, context: Context, depth: usize) -> Result<(), Error> {
        // Times are not texts for go-yaml, and may have any year.
        if let Some(time) = object.as_any().downcast_ref::<Time>() {
            self.writer.plain(&String::from_utf8_lossy(&time.format(RFC3339_NANO)), context);
            return Ok(());
        }
        // Every type here with a MarshalJSON method has a MarshalText method of the same words.
        let text = object.to_json().and_then(Result::ok).and_then(|text| json::unmarshal(text.as_bytes()).ok());
        if let Some(Value::String(text)) = text {
            self.text(&text, context);
            return Ok(());
        }
        let fields: Vec<_> = object.ty().fields.iter().zip(object.field_values()).collect();
        let exported = fields.into_iter().filter(|(field, _)| field.name.starts_with(|c: char| c.is_uppercase()));
        let mut exported = exported.peekable();
        if exported.peek().is_none() {
            self.writer.empty(b"{", b"}");
            return Ok(());
        }
        let indent = self.writer.begin_mapping();
        for (field, value) in exported {
            // These types have tags for JSON only; without a tag go-yaml takes the name in small letters.
            self.key(&Str::from(field.name.to_lowercase()));
            self.node(&value, Context::Mapping, depth + 1)?;
        }
        self.writer.end(indent);
        Ok(())
    }

    fn key(&mut self, key: &Str) {
        match binary(key) {
            Some(text) => self.writer.key(text.as_bytes(), binary_style(&text), true),
            None => {
                let style = self.writer.style(key.as_bytes());
                self.writer.key(key.as_bytes(), style, false);
            }
        }
    }

    fn text(&mut self, text: &Str, context: Context) {
        match binary(text) {
            Some(text) => self.writer.scalar(text.as_bytes(), binary_style(&text), true, context),
            None => self.writer.text(text.as_bytes(), context),
        }
    }
}

fn float(kind: FloatKind, f: f64) -> String {
    let text = match (f.is_nan(), f.is_infinite(), f > 0.0) {
        (true, _, _) => ".nan",
        (_, true, true) => ".inf",
        (_, true, false) => "-.inf",
        _ => {
            let bits = if kind == FloatKind::Float32 { 32 } else { 64 };
            return format_float(f, b'g', Precision::Shortest, bits);
        }
    };
    text.to_owned()
}

fn binary_style(text: &str) -> Style {
    if text.contains('\n') { Style::Literal } else { Style::Plain }
}

/// What is no UTF-8 is written as base64, in lines of 70 when there are several.
fn binary(text: &Str) -> Option<String> {
    const LINE: usize = 70;
    if std::str::from_utf8(text.as_bytes()).is_ok() {
        return None;
    }
    let encoded = base64::encode(text.as_bytes());
    if encoded.len() < LINE {
        return Some(encoded);
    }
    let mut lines = String::with_capacity(encoded.len() + encoded.len() / LINE + 1);
    for (at, c) in encoded.chars().enumerate() {
        lines.push(c);
        if (at + 1) % LINE == 0 {
            lines.push('\n');
        }
    }
    if !lines.ends_with('\n') {
        lines.push('\n');
    }
    Some(lines)
}
