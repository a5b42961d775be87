//! Nodes to values of a declared type: what `sigs.k8s.io/yaml` gives into a struct.
//!
//! Mirrors the conversion with a target of `sigs.k8s.io/yaml` v1.6.0 (numbers and bools become texts where a text is
//! wanted) and then `encoding/json` into that target, with its error texts. The target is data: [`Shape`].

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::check::{Check, float_text, scalar};
use super::decode::{build, each_entry, first_special, json_error, json_text, read, special_error, valid, yaml_error};
use super::error::Error;
use super::resolve::Scalar;
use super::tree::{Node, NodeKind};
use crate::go::strconv::quote;
use crate::go::value::{Map, Value};

/// A Go type to decode into.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// `interface {}`.
    Any,
    /// `string`.
    String,
    /// `bool`.
    Bool,
    /// A slice.
    List(&'static ListShape),
    /// A map with string keys.
    Map(&'static MapShape),
    /// A struct or a pointer to one. It becomes a dict with the fields the text mentions, under their names in JSON; nil for
    /// null, unless that leaves a text or bool as it is.
    Struct(&'static StructShape),
    /// A type with its own `UnmarshalJSON`, which is this function; an error is Go's text.
    Custom(fn(&Value) -> Result<Value, String>),
}

/// A slice type.
#[derive(Debug)]
pub struct ListShape {
    /// As Go writes it, such as `[]*chart.Maintainer`.
    pub go: &'static str,
    /// The element type.
    pub item: Shape,
}

/// A map type.
#[derive(Debug)]
pub struct MapShape {
    /// As Go writes it, such as `map[string]string`.
    pub go: &'static str,
    /// The element type.
    pub item: Shape,
}

/// A struct type.
#[derive(Debug)]
pub struct StructShape {
    /// As Go writes it, such as `chart.Metadata`, or the whole declaration of one without a name.
    pub go: &'static str,
    /// Fields by their names in JSON, in the order of the declaration.
    pub fields: &'static [(&'static str, Shape)],
}

/// What `sigs.k8s.io/yaml.Unmarshal` gives into a target of this type; `None` for null and for no document, which leave
/// the target as it is.
///
/// # Errors
/// Go's, byte for byte.
pub fn unmarshal_as(text: &[u8], shape: &Shape) -> Result<Option<Value>, Error> {
    match read(text)? {
        Some(document) => document.root().to_shape(shape),
        None => Ok(None),
    }
}

/// As [`unmarshal_as`], but an unknown field or a duplicate key is an error: `sigs.k8s.io/yaml.UnmarshalStrict`.
///
/// # Errors
/// Go's, byte for byte.
pub fn unmarshal_strict_as(text: &[u8], shape: &Shape) -> Result<Option<Value>, Error> {
    match read(text)? {
        Some(document) => decode(document.root(), shape, true, None),
        None => Ok(None),
    }
}

/// As [`unmarshal_as`], into a target that an earlier text has filled: what the new text does not mention stays.
///
/// # Errors
/// Go's, byte for byte.
pub fn unmarshal_onto(text: &[u8], shape: &Shape, target: Option<Value>) -> Result<Option<Value>, Error> {
    let Some(document) = read(text)? else { return Ok(target) };
    Ok(decode(document.root(), shape, false, target.clone())?.or(target))
}

impl Node<'_> {
    /// What [`unmarshal_as`] gives for a document that is this node.
    ///
    /// # Errors
    /// Go's, byte for byte.
    pub fn to_shape(self, shape: &Shape) -> Result<Option<Value>, Error> {
        decode(self, shape, false, None)
    }
}

fn decode(root: Node<'_>, shape: &Shape, strict: bool, into: Option<Value>) -> Result<Option<Value>, Error> {
    let check = Check::run(root, strict).map_err(yaml_error)?;
    if check.special
        && let Some(f) = first_special_of(root, shape)
    {
        return Err(yaml_error(special_error(f)));
    }
    if let Some(error) = check.depth_error() {
        return Err(json_error(error));
    }
    let mut decoder = Decoder { strict, path: Vec::new(), structs: Vec::new(), error: None };
    let value = decoder.value(root, shape, into).map_err(|text| json_error(Error::new(text)))?;
    match decoder.error {
        Some((text, at)) => Err(json_error(Error::new(text).at(at))),
        None => Ok(value),
    }
}

/// The entries of a mapping in the order JSON has them.
fn sorted_entries<'d>(node: Node<'d>) -> impl Iterator<Item = (Cow<'d, [u8]>, Node<'d>)> {
    let mut entries: BTreeMap<Cow<'d, [u8]>, Node<'d>> = BTreeMap::new();
    each_entry(node, 1, &mut |key, value| {
        entries.insert(key, value);
    });
    entries.into_iter().map(|(key, value)| (valid(key), value))
}

impl Shape {
    fn go(&self) -> &'static str {
        match self {
            Shape::Any => "interface {}",
            Shape::String => "string",
            Shape::Bool => "bool",
            Shape::List(list) => list.go,
            Shape::Map(map) => map.go,
            Shape::Struct(of) => of.go,
            Shape::Custom(_) => "",
        }
    }
}

impl StructShape {
    /// The field of a key: the one of exactly this name, else the first that differs in case only.
    fn field(&self, key: &[u8]) -> Option<&'static (&'static str, Shape)> {
        let exact = self.fields.iter().find(|(name, _)| name.as_bytes() == key);
        exact.or_else(|| self.fields.iter().find(|(name, _)| equal_fold(name, key)))
    }

    /// The type's own name; none for one that is declared in place.
    fn name(&self) -> &'static str {
        if self.go.starts_with("struct {") { "" } else { self.go.rsplit('.').next().unwrap_or(self.go) }
    }
}

/// `bytes.EqualFold` with an ASCII name.
fn equal_fold(name: &str, key: &[u8]) -> bool {
    let Ok(key) = std::str::from_utf8(key) else { return false };
    let folded = key.chars().map(|c| match c {
        // Beside the ASCII letters only these two fold to one.
        '\u{17f}' => 's',
        '\u{212a}' => 'k',
        c => c.to_ascii_lowercase(),
    });
    folded.eq(name.chars().map(|c| c.to_ascii_lowercase()))
}

/// The first float in JSON's order that JSON cannot have and that does not become a text.
fn first_special_of(node: Node<'_>, shape: &Shape) -> Option<f64> {
    let node = node.target();
    match (node.kind(), shape) {
        (NodeKind::Scalar, Shape::String) => None,
        (NodeKind::Sequence, Shape::List(list)) => node.items().find_map(|item| first_special_of(item, &list.item)),
        (NodeKind::Mapping, Shape::Map(map)) => {
            sorted_entries(node).find_map(|(_, value)| first_special_of(value, &map.item))
        }
        (NodeKind::Mapping, Shape::Struct(of)) => sorted_entries(node)
            .into_iter()
            .find_map(|(key, value)| first_special_of(value, of.field(&key).map_or(&Shape::Any, |(_, shape)| shape))),
        _ => first_special(&build(node)),
    }
}

struct Decoder {
    strict: bool,
    /// The fields that are being decoded, and the structs they belong to.
    path: Vec<&'static str>,
    structs: Vec<&'static str>,
    /// The first thing that did not fit, and where; decoding goes on after it.
    error: Option<(String, u32)>,
}

impl Decoder {
    /// The value, or none for null. `into` is what is there already: Go decodes into it.
    fn value(&mut self, node: Node<'_>, shape: &Shape, into: Option<Value>) -> Result<Option<Value>, String> {
        let node = node.target();
        let meaning = match node.kind() {
            NodeKind::Scalar => scalar(node).unwrap_or(Scalar::Null),
            _ => Scalar::Null,
        };
        if let Shape::Custom(unmarshal) = shape {
            return unmarshal(&build(node)).map(Some);
        }
        let kind = match (node.kind(), &meaning) {
            (NodeKind::Sequence, _) => "array",
            (NodeKind::Mapping, _) => "object",
            (_, Scalar::Null) => return Ok(None),
            (_, Scalar::Bool(_)) => "bool",
            (_, Scalar::Text(_)) => "string",
            _ => "number",
        };
        match (shape, kind) {
            (Shape::Any, _) => return Ok(Some(build(node))),
            (Shape::String, "string" | "number" | "bool") => return Ok(Some(text_of(meaning))),
            (Shape::Bool, "bool") => return Ok(Some(build(node))),
            (Shape::List(list), "array") => return self.list(node, list, into),
            (Shape::Map(map), "object") => return self.map(node, map, into),
            (Shape::Struct(of), "object") => return self.fields(node, of, into),
            _ => {}
        }
        let place = match (self.structs.last(), self.path.as_slice()) {
            (Some(name), path) if !path.is_empty() => format!("struct field {name}.{}", path.join(".")),
            _ => "value".to_owned(),
        };
        self.save(format!("json: cannot unmarshal {kind} into Go {place} of type {}", shape.go()), node);
        Ok(None)
    }

    fn save(&mut self, text: String, node: Node<'_>) {
        self.error.get_or_insert((text, node.span().start));
    }

    fn list(&mut self, node: Node<'_>, list: &'static ListShape, into: Option<Value>) -> Result<Option<Value>, String> {
        let old = into.as_ref().and_then(Value::as_list).map(|old| old.items());
        let mut items = Vec::new();
        for (at, item) in node.items().enumerate() {
            let old = old.as_ref().and_then(|old| old.get(at).cloned());
            let null = match (&list.item, &old) {
                (Shape::String | Shape::Bool, Some(old)) => old.clone(),
                (shape, _) => zero(shape),
            };
            items.push(self.value(item, &list.item, old)?.unwrap_or(null));
        }
        Ok(Some(Value::list(items)))
    }

    fn map(&mut self, node: Node<'_>, shape: &'static MapShape, into: Option<Value>) -> Result<Option<Value>, String> {
        let map = existing(into);
        for (key, value) in sorted_entries(node) {
            let value = self.value(value, &shape.item, None)?.unwrap_or_else(|| zero(&shape.item));
            let _ = map.insert(json_text(key), value);
        }
        Ok(Some(map.into()))
    }

    fn fields(
        &mut self,
        node: Node<'_>,
        of: &'static StructShape,
        into: Option<Value>,
    ) -> Result<Option<Value>, String> {
        let map = existing(into);
        for (key, value) in sorted_entries(node) {
            let Some((name, shape)) = of.field(&key) else {
                if self.strict {
                    self.save(format!("json: unknown field {}", quote(&key)), value);
                }
                continue;
            };
            self.path.push(name);
            self.structs.push(of.name());
            let decoded = self.value(value, shape, map.get(name));
            self.path.pop();
            self.structs.pop();
            match decoded? {
                // Null says nothing of a text or a bool, and makes the others nil.
                None if matches!(shape, Shape::String | Shape::Bool) => {}
                decoded => {
                    let _ = map.insert(*name, decoded.unwrap_or_default());
                }
            }
        }
        Ok(Some(map.into()))
    }
}

fn existing(into: Option<Value>) -> Map {
    match into {
        Some(Value::Map(map)) => map,
        _ => Value::dict(),
    }
}

/// What a null in a list or map leaves there.
fn zero(shape: &Shape) -> Value {
    match shape {
        Shape::String => "".into(),
        Shape::Bool => false.into(),
        _ => Value::Nil,
    }
}

/// A scalar where a text is wanted.
fn text_of(scalar: Scalar<'_>) -> Value {
    match scalar {
        Scalar::Text(text) => Value::String(json_text(text)),
        Scalar::Bool(b) => b.to_string().into(),
        Scalar::Int(n) => n.to_string().into(),
        Scalar::Uint(n) => n.to_string().into(),
        Scalar::Float(f) => float_text(f, false).into(),
        Scalar::Null => Value::Nil,
    }
}
