//! Functions that write values as YAML or JSON, and those that read them: the text and the value are walked side by side.

use std::ops::Range;
use std::rc::Rc;

use super::piece::{Origin, covered, reworked, slice};
use super::{Piece, Step, Tracer, ValuePath};
use crate::go::value::{Map, Str, Value};
use crate::go::yaml::{self, Node, NodeKind, Style};

/// Deeper than anything that is written by hand.
const DEEPEST: usize = 48;

impl Tracer {
    /// The pieces of a text that shows a value: `toYaml`, `toJson`.
    pub(super) fn written(&self, text: &Str, value: &Value) -> Vec<Piece> {
        let mut pieces = Vec::new();
        if let Ok(Some(document)) = yaml::parse(text.as_bytes()) {
            self.walk_written(text, document.root(), value, None, &mut pieces, 0);
        }
        covered(pieces, 0..text.len())
    }

    fn walk_written(
        &self,
        text: &Str,
        node: Node<'_>,
        value: &Value,
        path: Option<Rc<ValuePath>>,
        pieces: &mut Vec<Piece>,
        depth: usize,
    ) {
        if depth > DEEPEST {
            return;
        }
        match value {
            Value::Map(map) => {
                let here = self.leaves.path(map).map(|steps| steps.as_slice());
                let keys = keys(map);
                for (key, child) in node.entries() {
                    let Some((own, value)) = keys.iter().find(|(own, _)| own.as_bytes() == key.text()) else {
                        continue;
                    };
                    let path = |is_key| {
                        here.map(|here| {
                            let steps = here.iter().cloned().chain([Step::Key(own.clone())]).collect();
                            Rc::new(ValuePath { steps, key: is_key })
                        })
                    };
                    self.scalar_written(text, key, own, path(true), pieces);
                    self.walk_written(text, child, value, path(false), pieces, depth + 1);
                }
            }
            Value::List(list) => {
                for (item, value) in node.items().zip(list.items().iter()) {
                    self.walk_written(text, item, value, None, pieces, depth + 1);
                }
            }
            Value::String(own) => self.scalar_written(text, node, own, path, pieces),
            _ => {
                if let Some(value) = path {
                    let origin = Origin { value: Some(value), ..Origin::default() };
                    pieces.push(Piece { range: whole(node), skip: 0, origin: Rc::new(origin) });
                }
            }
        }
    }

    /// A scalar of the text that shows a string.
    fn scalar_written(
        &self,
        text: &Str,
        node: Node<'_>,
        own: &Str,
        path: Option<Rc<ValuePath>>,
        pieces: &mut Vec<Piece>,
    ) {
        let outer = whole(node);
        let known = self.known(own).cloned();
        let Some(known) = known else {
            if let Some(value) = path {
                let origin = Origin { value: Some(value), ..Origin::default() };
                pieces.push(Piece { range: outer, skip: 0, origin: Rc::new(origin) });
            }
            return;
        };
        let inner = inside(node);
        if text.as_bytes().get(inner.clone()) == Some(own.as_bytes()) {
            pieces.extend(slice(&known, 0..own.len(), inner.start));
            return;
        }
        // Escaped, folded or indented: the first origin stands for all of it.
        if let Some(first) = reworked(known.to_vec()).into_iter().next() {
            pieces.push(Piece { range: outer, ..first });
        }
    }

    /// What the texts of a value are that was read from a text: `fromYaml`, `fromJson`.
    pub(super) fn parsed(&mut self, text: &Str, value: &Value) {
        let Some(pieces) = self.known(text).cloned() else { return };
        if let Ok(Some(document)) = yaml::parse(text.as_bytes()) {
            self.walk_parsed(text, &pieces, document.root(), value, 0);
        }
    }

    fn walk_parsed(&mut self, text: &Str, pieces: &Rc<[Piece]>, node: Node<'_>, value: &Value, depth: usize) {
        let node = node.target();
        if depth > DEEPEST {
            return;
        }
        match value {
            Value::Map(map) => {
                let keys = keys(map);
                for (key, child) in node.entries() {
                    let Some((own, value)) = keys.iter().find(|(own, _)| own.as_bytes() == key.text()) else {
                        continue;
                    };
                    self.scalar_parsed(text, pieces, key, own);
                    self.walk_parsed(text, pieces, child, value, depth + 1);
                }
            }
            Value::List(list) => {
                for (item, value) in node.items().zip(list.items().iter()) {
                    self.walk_parsed(text, pieces, item, value, depth + 1);
                }
            }
            Value::String(own) => self.scalar_parsed(text, pieces, node, own),
            _ => {}
        }
    }

    fn scalar_parsed(&mut self, text: &Str, pieces: &Rc<[Piece]>, node: Node<'_>, own: &Str) {
        let inner = inside(node);
        let found = if text.as_bytes().get(inner.clone()) == Some(own.as_bytes()) {
            slice(pieces, inner, 0)
        } else {
            let first = reworked(slice(pieces, whole(node), 0)).into_iter().next();
            first.map(|first| Piece { range: 0..own.len(), ..first }).into_iter().collect()
        };
        if !found.is_empty() {
            self.know(own, found);
        }
    }
}

fn keys(map: &Map) -> Vec<(Str, Value)> {
    map.entries()
}

fn whole(node: Node<'_>) -> Range<usize> {
    let span = node.span();
    span.start as usize..span.end as usize
}

/// The bytes of a scalar without its quotes.
fn inside(node: Node<'_>) -> Range<usize> {
    let range = whole(node);
    let quoted = matches!(node.style(), Style::SingleQuoted | Style::DoubleQuoted);
    if node.kind() == NodeKind::Scalar && quoted && range.len() >= 2 { range.start + 1..range.end - 1 } else { range }
}
