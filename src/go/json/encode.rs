//! Values as JSON text. Mirrors `encoding/json/encode.go`.

use std::collections::HashSet;

use super::error::Error;
use crate::go::base64;
use crate::go::limits::{self, MAX_TEXT};
use crate::go::stack::with_room;
use crate::go::strconv::{Precision, append_float};
use crate::go::utf8;
use crate::go::value::{FloatKind, Kind, List, Map, Object, Value};

/// `json.Marshal`: compact, with `<`, `>` and `&` escaped.
///
/// # Errors
/// For values JSON cannot express.
pub fn marshal(value: &Value) -> Result<Vec<u8>, Error> {
    Encoder { out: Vec::with_capacity(128), escape_html: true, level: 0, open: HashSet::new() }.run(value)
}

/// What an `Encoder` with `SetEscapeHTML(false)` writes for a pointer to the value, without the newline at the end.
///
/// # Errors
/// For values JSON cannot express.
pub fn marshal_raw(value: &Value) -> Result<Vec<u8>, Error> {
    // The pointer is one level.
    Encoder { out: Vec::with_capacity(128), escape_html: false, level: 1, open: HashSet::new() }.run(value)
}

// Up to so many levels Go does not look for cycles.
const DETECT_CYCLES_AFTER: usize = 1000;

struct Encoder {
    out: Vec<u8>,
    escape_html: bool,
    level: usize,
    /// The addresses of the values above the current one, once they are too many.
    open: HashSet<usize>,
}

impl Encoder {
    fn run(mut self, value: &Value) -> Result<Vec<u8>, Error> {
        self.value(value)?;
        Ok(self.out)
    }

    fn value(&mut self, value: &Value) -> Result<(), Error> {
        match value {
            Value::Nil => self.push(b"null"),
            Value::Bool(true) => self.push(b"true"),
            Value::Bool(false) => self.push(b"false"),
            Value::Int(_, n) => self.push(n.to_string().as_bytes()),
            Value::Uint(_, n) => self.push(n.to_string().as_bytes()),
            Value::Float(kind, n) => return self.float(*kind, *n),
            Value::Complex(..) => return Err(Error::UnsupportedType("complex128")),
            Value::String(text) => append_string(&mut self.out, text.as_bytes(), self.escape_html),
            Value::Bytes(bytes) => {
                self.push(b"\"");
                self.push(base64::encode(bytes).as_bytes());
                self.push(b"\"");
            }
            Value::List(list) if list.is_nil() => self.push(b"null"),
            Value::List(list) => return self.nested(value, |encoder| encoder.list(list)),
            Value::Map(map) if map.is_nil() => self.push(b"null"),
            Value::Map(map) => return self.nested(value, |encoder| encoder.map(map)),
            Value::Object(object) => return self.object(value, object.as_ref()),
        }
        Ok(())
    }

    fn push(&mut self, text: &[u8]) {
        self.out.extend_from_slice(text);
    }

    fn float(&mut self, kind: FloatKind, n: f64) -> Result<(), Error> {
        let bits = if kind == FloatKind::Float32 { 32 } else { 64 };
        if !n.is_finite() {
            let mut text = Vec::new();
            append_float(&mut text, n, b'g', Precision::Shortest, bits);
            return Err(Error::UnsupportedValue(String::from_utf8_lossy(&text).into_owned()));
        }
        let size = n.abs();
        // A float32 is compared with the limits rounded to its precision.
        let (small, large) = if bits == 32 { (f64::from(1e-6_f32), f64::from(1e21_f32)) } else { (1e-6, 1e21) };
        if size == 0.0 || (small..large).contains(&size) {
            append_float(&mut self.out, n, b'f', Precision::Shortest, bits);
            return Ok(());
        }
        append_float(&mut self.out, n, b'e', Precision::Shortest, bits);
        // 1e-07 becomes 1e-7, as in JavaScript.
        if let [.., b'e', b'-', b'0', digit] = self.out[..] {
            self.out.truncate(self.out.len() - 2);
            self.out.push(digit);
        }
        Ok(())
    }

    /// What maps, slices and pointers have in common: they can contain themselves.
    fn nested(&mut self, value: &Value, body: impl FnOnce(&mut Encoder) -> Result<(), Error>) -> Result<(), Error> {
        if self.out.len() > MAX_TEXT {
            // Some functions of Helm make nothing of an error.
            limits::exhaust();
            return Err(Error::UnsupportedValue(format!("more than {MAX_TEXT} bytes")));
        }
        self.level += 1;
        let watched = self.level > DETECT_CYCLES_AFTER;
        if watched && !self.open.insert(address(value)) {
            let ty = value.ty().map_or("nil", |ty| ty.name());
            return Err(Error::UnsupportedValue(format!("encountered a cycle via {ty}")));
        }
        with_room(|| body(self))?;
        if watched {
            self.open.remove(&address(value));
        }
        self.level -= 1;
        Ok(())
    }

    fn list(&mut self, list: &List) -> Result<(), Error> {
        self.push(b"[");
        for (at, item) in list.items().iter().enumerate() {
            if at > 0 {
                self.push(b",");
            }
            self.value(item)?;
        }
        self.push(b"]");
        Ok(())
    }

    fn map(&mut self, map: &Map) -> Result<(), Error> {
        self.push(b"{");
        if let Some(entries) = map.borrow() {
            for (at, (key, item)) in entries.iter().enumerate() {
                self.key(at, key.as_bytes());
                self.value(item)?;
            }
        }
        self.push(b"}");
        Ok(())
    }

    fn key(&mut self, at: usize, key: &[u8]) {
        if at > 0 {
            self.push(b",");
        }
        append_string(&mut self.out, key, self.escape_html);
        self.push(b":");
    }

    fn object(&mut self, value: &Value, object: &dyn Object) -> Result<(), Error> {
        if let Some(json) = object.to_json() {
            let json = json.map_err(|message| Error::Marshaler { ty: object.ty().name, message })?;
            // What a method gives is escaped like all else.
            append_html_safe(&mut self.out, json.as_bytes(), self.escape_html);
            return Ok(());
        }
        if object.ty().kind == Kind::Ptr {
            return self.nested(value, |encoder| encoder.structure(object));
        }
        self.structure(object)
    }

    fn structure(&mut self, object: &dyn Object) -> Result<(), Error> {
        self.push(b"{");
        let mut written = 0;
        for field in fields(object) {
            if field.omit_empty && is_empty(&field.value) {
                continue;
            }
            self.key(written, field.name.as_bytes());
            written += 1;
            self.value(&field.value)?;
        }
        self.push(b"}");
        Ok(())
    }
}

/// Where what may contain itself lies: the same for all holders of it.
fn address(value: &Value) -> usize {
    match value {
        Value::Map(map) => map.borrow().map_or(0, |entries| std::ptr::from_ref(&*entries) as usize),
        Value::List(list) => list.items().as_ptr() as usize,
        Value::Object(object) => std::rc::Rc::as_ptr(object).cast::<()>() as usize,
        _ => 0,
    }
}

/// A field as JSON sees it.
struct Field {
    name: &'static str,
    omit_empty: bool,
    /// How many embedded structs it is below.
    depth: usize,
    value: Value,
}

/// The fields of a struct, those of embedded structs included where no field nearer to the top has their name.
fn fields(object: &dyn Object) -> Vec<Field> {
    let mut all = Vec::new();
    collect(object, 0, &mut all);
    if all.iter().all(|field| field.depth == 0) {
        return all;
    }
    // Of equal names the least embedded one counts; two of them hide each other.
    let mut hidden = Vec::with_capacity(all.len());
    for (at, field) in all.iter().enumerate() {
        let rival = |(other_at, other): (usize, &Field)| {
            other_at != at && other.name == field.name && other.depth <= field.depth
        };
        hidden.push(all.iter().enumerate().any(rival));
    }
    all.into_iter().zip(hidden).filter(|(_, hidden)| !hidden).map(|(field, _)| field).collect()
}

fn collect(object: &dyn Object, depth: usize, all: &mut Vec<Field>) {
    for (def, value) in object.ty().fields.iter().zip(object.field_values()) {
        match (&value, def.json) {
            (Value::Object(inner), _) if def.embedded && def.json.is_none_or(|name| name == def.name) => {
                // Without a name of its own in JSON.
                collect(inner.as_ref(), depth + 1, all);
            }
            (_, Some(name)) => all.push(Field { name, omit_empty: def.omit_empty, depth, value }),
            _ => {}
        }
    }
}

/// What `omitempty` leaves out.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Nil | Value::Bool(false) | Value::Int(_, 0) | Value::Uint(_, 0) => true,
        Value::Float(_, n) => *n == 0.0,
        Value::String(text) => text.as_bytes().is_empty(),
        Value::Bytes(bytes) => bytes.is_empty(),
        Value::List(list) => list.is_empty(),
        Value::Map(map) => map.is_empty(),
        _ => false,
    }
}

/// Appends a text as a JSON string; malformed UTF-8 becomes `\ufffd`.
pub fn append_string(out: &mut Vec<u8>, text: &[u8], escape_html: bool) {
    out.push(b'"');
    let mut plain_from = 0;
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        let (width, escape) = match byte {
            b'<' | b'>' | b'&' => (1, escape_html.then_some(u32::from(byte))),
            b'"' | b'\\' | 0x00..=0x1f => (1, Some(u32::from(byte))),
            0x20..=0x7f => (1, None),
            _ => match utf8::decode(text.get(at..).unwrap_or_default()) {
                (utf8::RUNE_ERROR, 1) => (1, Some(utf8::RUNE_ERROR)),
                (rune @ 0x2028..=0x2029, width) => (width, Some(rune)),
                (_, width) => (width, None),
            },
        };
        if let Some(rune) = escape {
            out.extend_from_slice(text.get(plain_from..at).unwrap_or_default());
            append_escape(out, rune);
            plain_from = at + width;
        }
        at += width;
    }
    out.extend_from_slice(text.get(plain_from..).unwrap_or_default());
    out.push(b'"');
}

fn append_escape(out: &mut Vec<u8>, rune: u32) {
    let short: &[u8] = match rune {
        0x22 => br#"\""#,
        0x5c => br"\\",
        0x08 => br"\b",
        0x0c => br"\f",
        0x0a => br"\n",
        0x0d => br"\r",
        0x09 => br"\t",
        _ => return out.extend_from_slice(format!("\\u{rune:04x}").as_bytes()),
    };
    out.extend_from_slice(short);
}

/// Appends JSON text with what HTML and JavaScript would stumble over escaped, which can only be inside strings.
fn append_html_safe(out: &mut Vec<u8>, json: &[u8], escape: bool) {
    if !escape {
        return out.extend_from_slice(json);
    }
    for (at, rune, width) in utf8::runes(json) {
        match rune {
            0x3c | 0x3e | 0x26 | 0x2028..=0x2029 => append_escape(out, rune),
            _ => out.extend_from_slice(json.get(at..at + width).unwrap_or_default()),
        }
    }
}
