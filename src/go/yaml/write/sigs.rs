//! `sigs.k8s.io/yaml.Marshal`: values by way of JSON.

use super::{Context, Version, Writer, order};
use crate::go::json;
use crate::go::stack::with_room;
use crate::go::strconv::{Precision, append_float};
use crate::go::value::{FloatKind, Map, Str, Value};
use crate::go::yaml::decode::exact;
use crate::go::yaml::error::Error;
use crate::go::yaml::tree::parse;

/// Beyond this depth Go begins to look for values that contain themselves; JSON's own writer does that for us.
const MAX_DEPTH: usize = 1000;

/// Keys shorter than this fit YAML's 1024 characters however JSON escapes them.
const SHORT_KEY: usize = 150;

/// What `sigs.k8s.io/yaml.Marshal` gives.
///
/// # Errors
/// Go's, for values JSON cannot express, and for texts that JSON writes as they are and YAML cannot read.
pub fn marshal(value: &Value) -> Result<String, Error> {
    let mut direct = Direct { writer: Writer::new(Version::V2), strict: true };
    if direct.node(value, Context::Root, 0).is_ok() {
        return Ok(direct.writer.finish());
    }
    let json = json::marshal(value).map_err(|e| Error::new(format!("error marshaling into JSON: {e}")))?;
    let value = match parse(&json)? {
        Some(document) => exact(document.root())?,
        None => Value::Nil,
    };
    let mut direct = Direct { writer: Writer::new(Version::V2), strict: false };
    match direct.node(&value, Context::Root, 0) {
        Ok(()) => Ok(direct.writer.finish()),
        Err(Detour) => Err(Error::yaml("value cannot be written")),
    }
}

/// The value has to be written as JSON first.
struct Detour;

/// Writes what JSON and back would not change.
struct Direct {
    writer: Writer,
    /// Whether it has not been through JSON yet.
    strict: bool,
}

impl Direct {
    fn node(&mut self, value: &Value, context: Context, depth: usize) -> Result<(), Detour> {
        match value {
            Value::Nil => self.writer.plain("null", context),
            Value::Bool(b) => self.writer.plain(if *b { "true" } else { "false" }, context),
            Value::Int(_, n) => self.writer.plain(&n.to_string(), context),
            Value::Uint(_, n) => self.writer.plain(&n.to_string(), context),
            Value::Float(FloatKind::Float64, f) if f.is_finite() => self.writer.plain(&number(*f), context),
            Value::String(text) => {
                self.check(text)?;
                self.writer.text(text.as_bytes(), context);
            }
            Value::List(list) if list.is_nil() => self.writer.plain("null", context),
            Value::List(list) if list.is_empty() => self.writer.empty(b"[", b"]"),
            Value::List(list) => {
                self.check_depth(depth)?;
                let indent = self.writer.begin_sequence(context);
                for item in list.items().iter() {
                    self.writer.item();
                    with_room(|| self.node(item, Context::Item, depth + 1))?;
                }
                self.writer.end(indent);
            }
            Value::Map(map) if map.is_nil() => self.writer.plain("null", context),
            Value::Map(map) if map.is_empty() => self.writer.empty(b"{", b"}"),
            Value::Map(map) => {
                self.check_depth(depth)?;
                with_room(|| self.map(map, depth))?;
            }
            Value::Float(..) | Value::Complex(..) | Value::Bytes(_) | Value::Object(_) => return Err(Detour),
        }
        Ok(())
    }

    fn map(&mut self, map: &Map, depth: usize) -> Result<(), Detour> {
        let indent = self.writer.begin_mapping();
        for (key, value) in order::sort_by_key(map.entries(), Version::V2, |(key, _)| key.as_bytes()) {
            self.check(&key)?;
            if self.strict && key.len() > SHORT_KEY {
                return Err(Detour);
            }
            let style = self.writer.style(key.as_bytes());
            self.writer.key(key.as_bytes(), style, false);
            self.node(&value, Context::Mapping, depth + 1)?;
        }
        self.writer.end(indent);
        Ok(())
    }

    fn check_depth(&self, depth: usize) -> Result<(), Detour> {
        if self.strict && depth > MAX_DEPTH { Err(Detour) } else { Ok(()) }
    }

    /// Texts JSON changes, and characters it writes as they are though YAML does not take them.
    fn check(&self, text: &Str) -> Result<(), Detour> {
        let bytes = text.as_bytes();
        if !self.strict || bytes.iter().all(|byte| *byte < 0x7f) {
            return Ok(());
        }
        let text = std::str::from_utf8(bytes).map_err(|_| Detour)?;
        if text.chars().any(|c| matches!(c, '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}')) {
            return Err(Detour);
        }
        Ok(())
    }
}

/// A float64 as JSON writes it, then as go-yaml writes what it has read: whole numbers become integers.
fn number(f: f64) -> String {
    // The largest whole number go-yaml reads as an integer has 20 digits.
    if f.abs() < 1e20 && f.fract() == 0.0 {
        let mut digits = Vec::with_capacity(24);
        append_float(&mut digits, f, b'f', Precision::Shortest, 64);
        let magnitude = digits.strip_prefix(b"-").unwrap_or(&digits);
        let limit: &[u8] = if f < 0.0 { b"9223372036854775808" } else { b"18446744073709551615" };
        let fits = (magnitude.len(), magnitude) <= (limit.len(), limit);
        if magnitude == b"0" {
            return "0".to_owned();
        }
        if fits {
            return String::from_utf8(digits).unwrap_or_default();
        }
    }
    let mut text = Vec::with_capacity(24);
    append_float(&mut text, f, b'g', Precision::Shortest, 64);
    String::from_utf8(text).unwrap_or_default()
}
