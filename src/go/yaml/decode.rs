//! Nodes to values: what `sigs.k8s.io/yaml` gives into an `interface{}`, by way of JSON.
//!
//! Mirrors `Unmarshal` of `sigs.k8s.io/yaml` v1.6.0: every number is a float64, every key a text.

use std::borrow::Cow;

use super::check::{Check, is_merge, key_text, scalar};
use super::error::Error;
use super::resolve::Scalar;
use super::tree::{Document, Node, NodeKind, parse};
use crate::go::limits::{self, MAX_WORK};
use crate::go::stack::with_room;
use crate::go::value::{DICT, Entries, Map, Str, UintKind, Value};

/// What `sigs.k8s.io/yaml.Unmarshal` gives into an `interface{}`; nil when there is no document.
///
/// # Errors
/// Go's, for a text that is not YAML, or that JSON cannot hold.
pub fn unmarshal(text: &[u8]) -> Result<Value, Error> {
    match read(text)? {
        Some(document) => document.root().to_value(),
        None => Ok(Value::Nil),
    }
}

/// What `sigs.k8s.io/yaml.Unmarshal` gives into a `map[string]interface{}`; `None` for null and for no document, which
/// leave the caller's map as it is.
///
/// # Errors
/// As [`unmarshal`], and when the document is something else than a mapping.
pub fn unmarshal_dict(text: &[u8]) -> Result<Option<Map>, Error> {
    match unmarshal(text)? {
        Value::Nil => Ok(None),
        Value::Map(map) => Ok(Some(map)),
        other => Err(wrong_type(&other, "map[string]interface {}")),
    }
}

/// What `sigs.k8s.io/yaml.Unmarshal` gives into an `[]interface{}`; `None` for null and for no document, which leave
/// the caller's list as it is.
///
/// # Errors
/// As [`unmarshal`], and when the document is something else than a sequence.
pub fn unmarshal_list(text: &[u8]) -> Result<Option<Value>, Error> {
    match unmarshal(text)? {
        Value::Nil => Ok(None),
        list @ Value::List(_) => Ok(Some(list)),
        other => Err(wrong_type(&other, "[]interface {}")),
    }
}

fn wrong_type(value: &Value, ty: &str) -> Error {
    let kind = match value {
        Value::Bool(_) => "bool",
        Value::String(_) => "string",
        Value::List(_) => "array",
        Value::Map(_) => "object",
        _ => "number",
    };
    json_error(Error::new(format!("json: cannot unmarshal {kind} into Go value of type {ty}")))
}

/// Reads the first document, with the error text of the conversion to JSON.
pub(super) fn read(text: &[u8]) -> Result<Option<Document<'_>>, Error> {
    parse(text).map_err(yaml_error)
}

pub(super) fn yaml_error(error: Error) -> Error {
    error.wrap("error converting YAML to JSON")
}

pub(super) fn json_error(error: Error) -> Error {
    error.wrap("while decoding JSON").wrap("error unmarshaling JSON")
}

impl Node<'_> {
    /// What [`unmarshal`] gives for a document that is this node.
    ///
    /// # Errors
    /// Go's, for what JSON cannot hold.
    pub fn to_value(self) -> Result<Value, Error> {
        let check = Check::run(self, false).map_err(yaml_error)?;
        let value = build(self);
        if limits::is_exhausted() {
            return Err(yaml_error(Error::yaml(format_args!("document of more than {MAX_WORK} bytes"))));
        }
        if check.special
            && let Some(f) = first_special(&value)
        {
            return Err(yaml_error(special_error(f)));
        }
        match check.depth_error() {
            Some(error) => Err(json_error(error)),
            None => Ok(value),
        }
    }
}

pub(super) fn special_error(f: f64) -> Error {
    let text = match (f.is_nan(), f > 0.0) {
        (true, _) => "NaN",
        (_, true) => "+Inf",
        (_, false) => "-Inf",
    };
    Error::new(format!("json: unsupported value: {text}"))
}

/// The first float in JSON's order that JSON cannot have.
pub(super) fn first_special(value: &Value) -> Option<f64> {
    match value {
        Value::Float(_, f) => (!f.is_finite()).then_some(*f),
        Value::List(list) => with_room(|| list.items().iter().find_map(first_special)),
        Value::Map(map) => with_room(|| map.borrow()?.values().find_map(first_special)),
        _ => None,
    }
}

/// The value of a node with its integers kept apart from its floats, as go-yaml alone gives it.
pub(super) fn exact(node: Node<'_>) -> Result<Value, Error> {
    let check = Check::run(node, false)?;
    match check.depth_error() {
        Some(error) => Err(error),
        None => Ok(build_at(node, 1, true)),
    }
}

/// The value of a node that was checked. The check bounds the depth: it fails later for what is left out here.
pub(super) fn build(node: Node<'_>) -> Value {
    build_at(node, 1, false)
}

fn build_at(node: Node<'_>, depth: usize, exact: bool) -> Value {
    let node = node.target();
    match node.kind() {
        NodeKind::Scalar | NodeKind::Alias if limits::is_exhausted() => Value::Nil,
        NodeKind::Scalar | NodeKind::Alias => build_scalar(node, exact),
        // The aliases of a long text can make it more than there is memory.
        _ if depth > super::check::MAX_DEPTH || limits::is_exhausted() => Value::Nil,
        NodeKind::Sequence => {
            with_room(|| Value::appended_list(node.items().map(|item| build_at(item, depth + 1, exact)).collect()))
        }
        NodeKind::Mapping => {
            let mut entries = Entries::new();
            with_room(|| {
                each_entry(node, depth, &mut |key, value| {
                    entries.insert(json_text(key), build_at(value, depth + 1, exact));
                });
            });
            Map::from_entries(&DICT, entries).into()
        }
    }
}

fn build_scalar(node: Node<'_>, exact: bool) -> Value {
    match scalar(node) {
        Ok(Scalar::Text(text)) => Value::String(json_text(text)),
        Ok(Scalar::Bool(b)) => Value::Bool(b),
        Ok(Scalar::Int(n)) if exact => Value::int64(n),
        Ok(Scalar::Uint(n)) if exact => Value::Uint(UintKind::Uint64, n),
        #[expect(clippy::cast_precision_loss, reason = "encoding/json makes a float64 of every number")]
        Ok(Scalar::Int(n)) => Value::float(n as f64),
        #[expect(clippy::cast_precision_loss, reason = "encoding/json makes a float64 of every number")]
        Ok(Scalar::Uint(n)) => Value::float(n as f64),
        // JSON has no other zero than that of the integers.
        Ok(Scalar::Float(f)) => Value::float(f),
        Ok(Scalar::Null) | Err(_) => Value::Nil,
    }
}

/// The entries go-yaml puts into the map, one after the other; a later one of the same key wins, merged or not.
pub(super) fn each_entry<'d>(node: Node<'d>, depth: usize, then: &mut dyn FnMut(Cow<'d, [u8]>, Node<'d>)) {
    if depth > super::check::MAX_DEPTH {
        return;
    }
    for (key, value) in node.entries() {
        if !is_merge(key) {
            then(key_text(key), value);
            continue;
        }
        let items: Vec<_> = value.items().collect();
        // Of several the first wins.
        for source in items.into_iter().rev() {
            with_room(|| each_entry(source.target(), depth + 1, then));
        }
        if value.kind() != NodeKind::Sequence {
            with_room(|| each_entry(value.target(), depth + 1, then));
        }
    }
}

/// A text after its way through JSON.
pub(super) fn json_text(text: Cow<'_, [u8]>) -> Str {
    match valid(text) {
        Cow::Borrowed(text) => Str::from(text),
        Cow::Owned(text) => Str::from(text),
    }
}

/// A text with U+FFFD for each byte that is no UTF-8, which JSON does not have.
pub(super) fn valid(text: Cow<'_, [u8]>) -> Cow<'_, [u8]> {
    if std::str::from_utf8(&text).is_ok() {
        return text;
    }
    let mut out = Vec::with_capacity(text.len());
    for (_, rune, _) in crate::go::utf8::runes(&text) {
        crate::go::utf8::append(&mut out, rune);
    }
    Cow::Owned(out)
}
