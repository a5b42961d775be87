//! Whether a tree can be decoded at all, and how far its aliases grow it.
//!
//! Mirrors the decoder of `decode.go` of `go.yaml.in/yaml/v2` as far as it fails, in the order of the text, and the
//! limits of `encoding/json`. What passes can be turned into values without further errors from YAML.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::error::Error;
use super::resolve::{Scalar, resolve};
use super::syntax::go_syntax;
use super::tree::{Node, NodeKind};
use crate::go::stack::with_room;
use crate::go::strconv::{Precision, format_float};

/// How deep JSON may be nested in Go.
pub(super) const MAX_DEPTH: usize = 10_000;

/// What the walk has found out.
#[derive(Default)]
pub(super) struct Check {
    decoded: usize,
    aliased: usize,
    /// The aliases that are being followed.
    following: HashSet<u32>,
    /// Duplicate keys are an error.
    strict: bool,
    duplicates: Vec<String>,
    /// There is a key JSON cannot have, though perhaps only in a value that is replaced by a later one.
    odd_key: bool,
    /// The bracket that is nested too deep.
    too_deep: Option<char>,
    /// There is a NaN or an infinity, which JSON cannot have.
    pub(super) special: bool,
}

impl Check {
    /// Looks over the whole tree.
    ///
    /// # Errors
    /// The error `yaml.Unmarshal` of go-yaml, and then the conversion to JSON, would give.
    pub(super) fn run(root: Node<'_>, strict: bool) -> Result<Check, Error> {
        let mut check = Check { strict, ..Check::default() };
        check.count()?;
        check.node(root, 1)?;
        if !check.duplicates.is_empty() {
            let text = format!("yaml: unmarshal errors:\n  {}", check.duplicates.join("\n  "));
            return Err(Error::new(text));
        }
        if check.odd_key { bad_key(root).map(|()| check) } else { Ok(check) }
    }

    /// What `encoding/json` says of a text that is nested too deep.
    pub(super) fn depth_error(&self) -> Option<Error> {
        let bracket = self.too_deep?;
        Some(Error::new(format!("invalid character '{bracket}' exceeded max depth")))
    }

    /// go-yaml's guard against documents that are nothing but aliases of aliases.
    fn count(&mut self) -> Result<(), Error> {
        self.decoded += 1;
        if !self.following.is_empty() {
            self.aliased += 1;
        }
        if self.aliased > 100 && self.decoded > 1000 {
            #[expect(clippy::cast_precision_loss, reason = "as in Go")]
            let ratio = self.aliased as f64 / self.decoded as f64;
            if ratio > allowed_alias_ratio(self.decoded) {
                return Err(Error::yaml("document contains excessive aliasing"));
            }
        }
        Ok(())
    }

    fn node(&mut self, node: Node<'_>, depth: usize) -> Result<(), Error> {
        self.count()?;
        match node.kind() {
            NodeKind::Alias => self.alias(node, depth),
            NodeKind::Scalar => {
                if let Scalar::Float(f) = scalar(node)? {
                    self.special |= !f.is_finite();
                }
                Ok(())
            }
            NodeKind::Sequence => {
                if self.is_too_deep(depth, '[') {
                    return Ok(());
                }
                with_room(|| node.items().try_for_each(|item| self.node(item, depth + 1)))
            }
            NodeKind::Mapping => {
                if self.is_too_deep(depth, '{') {
                    return Ok(());
                }
                with_room(|| self.mapping(node, depth, &mut HashSet::new()))
            }
        }
    }

    fn is_too_deep(&mut self, depth: usize, bracket: char) -> bool {
        let too_deep = depth > MAX_DEPTH;
        if too_deep {
            self.too_deep.get_or_insert(bracket);
        }
        too_deep
    }

    fn alias(&mut self, node: Node<'_>, depth: usize) -> Result<(), Error> {
        self.follow(node, |check, target| check.node(target, depth))
    }

    fn follow(
        &mut self,
        alias: Node<'_>,
        then: impl FnOnce(&mut Check, Node<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        if !self.following.insert(alias.id()) {
            let name = String::from_utf8_lossy(alias.text());
            return Err(Error::yaml(format_args!("anchor '{name}' value contains itself")).at(alias.span().start));
        }
        let result = then(self, alias.target());
        self.following.remove(&alias.id());
        result
    }

    /// `seen` are the keys of the map that is filled, which a merge shares with the mapping it is in.
    fn mapping<'d>(&mut self, node: Node<'d>, depth: usize, seen: &mut HashSet<Key<'d>>) -> Result<(), Error> {
        for (key, value) in node.entries() {
            if is_merge(key) {
                self.merge(value, depth, seen)?;
                continue;
            }
            self.node(key, depth + 1)?;
            if key.target().kind() != NodeKind::Scalar {
                let text = format!("invalid map key: {}", go_syntax(key)?);
                return Err(Error::yaml(text).at(key.span().start));
            }
            let resolved = scalar(key.target())?;
            self.odd_key |= matches!(resolved, Scalar::Null | Scalar::Uint(_));
            self.node(value, depth + 1)?;
            if self.strict
                && let Some(known) = Key::new(&resolved)
                && !seen.insert(known)
            {
                self.duplicates.push(format!("line {}: key {} already set in map", value.line(), go_syntax(key)?));
            }
        }
        Ok(())
    }

    fn merge<'d>(&mut self, value: Node<'d>, depth: usize, seen: &mut HashSet<Key<'d>>) -> Result<(), Error> {
        match value.kind() {
            NodeKind::Mapping | NodeKind::Alias => self.merge_one(value, depth, seen),
            NodeKind::Sequence => {
                let items: Vec<_> = value.items().collect();
                items.into_iter().rev().try_for_each(|item| self.merge_one(item, depth, seen))
            }
            NodeKind::Scalar => Err(want_map(value)),
        }
    }

    fn merge_one<'d>(&mut self, value: Node<'d>, depth: usize, seen: &mut HashSet<Key<'d>>) -> Result<(), Error> {
        if value.target().kind() != NodeKind::Mapping {
            return Err(want_map(value));
        }
        if self.is_too_deep(depth, '{') {
            return Ok(());
        }
        self.count()?;
        if value.kind() != NodeKind::Alias {
            return with_room(|| self.mapping(value, depth + 1, seen));
        }
        let target = value.target();
        self.follow(value, |check, _| {
            check.count()?;
            with_room(|| check.mapping(target, depth + 1, seen))
        })
    }
}

/// Finds the first key JSON cannot have, if any of them is left in the end.
fn bad_key(node: Node<'_>) -> Result<(), Error> {
    let node = node.target();
    if node.kind() == NodeKind::Sequence {
        return with_room(|| node.items().try_for_each(bad_key));
    }
    let mut entries = Vec::new();
    collect(node, &mut entries, &mut HashMap::new())?;
    entries.into_iter().try_for_each(|(key, value)| {
        let (ty, shown) = match key {
            Scalar::Null => ("%!s(<nil>)", "<nil>".to_owned()),
            Scalar::Uint(n) => ("uint64", format!("{n:#x}")),
            _ => return with_room(|| bad_key(value)),
        };
        let text = format!("unsupported map key of type: {ty}, key: {shown}, value: {}", go_syntax(value)?);
        Err(Error::new(text).at(value.span().start))
    })
}

/// The entries the map has in the end, each where its key came first. `known` says which entry a key has.
pub(super) fn collect<'d>(
    node: Node<'d>,
    entries: &mut Vec<(Scalar<'d>, Node<'d>)>,
    known: &mut HashMap<Key<'d>, usize>,
) -> Result<(), Error> {
    for (key, value) in node.entries() {
        if is_merge(key) {
            let value = value.target();
            let mut sources: Vec<_> = value.items().collect();
            if value.kind() == NodeKind::Mapping {
                sources.push(value);
            }
            sources.into_iter().rev().try_for_each(|source| with_room(|| collect(source.target(), entries, known)))?;
            continue;
        }
        let key = scalar(key.target())?;
        let at = Key::new(&key).map_or(entries.len(), |key| *known.entry(key).or_insert(entries.len()));
        match entries.get_mut(at) {
            Some(entry) => entry.1 = value,
            None => entries.push((key, value)),
        }
    }
    Ok(())
}

fn want_map(node: Node<'_>) -> Error {
    Error::yaml("map merge requires map or sequence of maps as the value").at(node.span().start)
}

/// How much of a document may come from aliases: nearly all of a small one, a tenth of a very large one.
fn allowed_alias_ratio(decoded: usize) -> f64 {
    const LOW: usize = 400_000;
    const HIGH: usize = 4_000_000;
    #[expect(clippy::cast_precision_loss, reason = "as in Go")]
    match decoded {
        0..=LOW => 0.99,
        HIGH.. => 0.10,
        _ => 0.99 - 0.89 * ((decoded - LOW) as f64 / (HIGH - LOW) as f64),
    }
}

/// True for `<<` as written without quotes.
pub(super) fn is_merge(key: Node<'_>) -> bool {
    key.kind() == NodeKind::Scalar
        && key.text() == b"<<"
        && (key.is_plain() || key.tag() == Some(b"tag:yaml.org,2002:merge"))
}

/// What a scalar means.
pub(super) fn scalar<'d>(node: Node<'d>) -> Result<Scalar<'d>, Error> {
    resolve(node.tag(), node.is_plain(), node.text()).map_err(|error| error.at(node.span().start))
}

/// A key as Go's maps tell them apart: `1` and `"1"` are two.
#[derive(PartialEq, Eq, Hash)]
pub(super) enum Key<'d> {
    Null,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Float(u64),
    Text(Cow<'d, [u8]>),
}

impl<'d> Key<'d> {
    /// `None` for NaN, which equals nothing.
    fn new(scalar: &Scalar<'d>) -> Option<Key<'d>> {
        Some(match scalar {
            Scalar::Null => Key::Null,
            Scalar::Bool(b) => Key::Bool(*b),
            Scalar::Int(n) => Key::Int(*n),
            Scalar::Uint(n) => Key::Uint(*n),
            Scalar::Float(f) if f.is_nan() => return None,
            // Both zeros are one key.
            Scalar::Float(f) => Key::Float((f + 0.0).to_bits()),
            Scalar::Text(text) => Key::Text(text.clone()),
        })
    }
}

/// The text a key becomes in JSON.
pub(super) fn key_text(key: Node<'_>) -> Cow<'_, [u8]> {
    match scalar(key.target()) {
        Ok(Scalar::Text(text)) => text,
        Ok(Scalar::Bool(b)) => Cow::Borrowed(if b { b"true" } else { b"false" }),
        Ok(Scalar::Int(n)) => Cow::Owned(n.to_string().into_bytes()),
        Ok(Scalar::Float(f)) => Cow::Owned(float_text(f, true).into_bytes()),
        // Refused by the check.
        Ok(Scalar::Null | Scalar::Uint(_)) | Err(_) => Cow::Borrowed(key.text()),
    }
}

/// A float as the text sigs.k8s.io/yaml makes of it, with the precision of a float32.
pub(super) fn float_text(f: f64, key: bool) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "the precision Go asks for")]
    let f = f64::from(f as f32);
    let text = match (f.is_nan(), f.is_infinite(), f > 0.0) {
        (true, _, _) if key => ".nan",
        (_, true, true) if key => ".inf",
        (_, true, false) if key => "-.inf",
        _ => return format_float(f, b'g', Precision::Shortest, 32),
    };
    text.to_owned()
}
