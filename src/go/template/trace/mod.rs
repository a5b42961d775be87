//! Tracing: which bytes of a template, and which value, each byte of an output comes from.
//!
//! A run that traces does the same as one that does not, and keeps a second book: for every text it has met (by the identity of
//! its shared bytes) the pieces it is made of. `include` and `tpl` hand pieces through, functions that turn texts into other
//! texts are seen from outside: what they were given is looked for in what they gave. So no function knows of tracing, and a
//! place can be missing or as wide as an action, but the output is never another one.

mod align;
mod leaves;
mod piece;
mod structure;

use std::ops::Range;
use std::rc::Rc;

pub use self::leaves::Leaves;
use self::leaves::Texts;
pub(super) use self::piece::Piece;
use self::piece::{Frames, Origin, covered, slice};
use super::parse::{Bytes, NodeId, Source};
use crate::go::value::{Map, Str, Value};

/// A step of a path through values.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// Into a map.
    Key(Str),
    /// Into a list, from 0.
    Index(usize),
}

/// A leaf of the values, or (where `key` is set) the key of one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ValuePath {
    /// The way from the root.
    pub steps: Vec<Step>,
    /// The key was printed, and not what is below it.
    pub key: bool,
}

/// Bytes of a template file.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SourceRange {
    /// The template's name.
    pub template: Str,
    /// Its bytes.
    pub span: Range<u32>,
}

/// Where a run of bytes of an output comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// The bytes of the output.
    pub range: Range<usize>,
    /// What wrote them: the bytes themselves where they are literal, else the action.
    pub place: Option<SourceRange>,
    /// True when the bytes of the output are those of the place, one by one.
    pub literal: bool,
    /// The actions that called the template this is in, innermost first.
    pub called_by: Vec<SourceRange>,
    /// The value they show.
    pub value: Option<Rc<ValuePath>>,
}

/// The second book of a run.
#[derive(Debug)]
pub(super) struct Tracer {
    leaves: Rc<Leaves>,
    /// Pieces of further texts by the address of their bytes; the texts are kept so that no address is used twice.
    texts: Texts,
    /// The pieces of what has been written so far.
    out: Vec<Piece>,
    frames: Frames,
    /// The action that is being evaluated: of the innermost template that is a file.
    site: Option<SourceRange>,
    /// The leaves of the values that the current action has looked at.
    reads: Vec<(Rc<ValuePath>, Value)>,
    /// The texts that `tpl` is running.
    inline: Vec<Rc<[Piece]>>,
}

/// What a nested run is entered with and given back at its end.
pub(super) struct Saved {
    frames: Frames,
    site: Option<SourceRange>,
    reads: Vec<(Rc<ValuePath>, Value)>,
    inline: bool,
}

impl Tracer {
    /// A tracer that knows the leaves of values.
    pub(super) fn new(leaves: &Rc<Leaves>) -> Tracer {
        Tracer {
            leaves: Rc::clone(leaves),
            texts: Texts::default(),
            out: Vec::new(),
            frames: Frames::default(),
            site: None,
            reads: Vec::new(),
            inline: Vec::new(),
        }
    }

    /// The pieces of a text.
    fn known(&self, text: &Str) -> Option<&Rc<[Piece]>> {
        self.texts.get(text).or_else(|| self.leaves.texts.get(text))
    }

    /// A text of a template was written at a place of the output.
    pub(super) fn wrote(&mut self, at: usize, source: &Source, bytes: Bytes) {
        let len = (bytes.end - bytes.start) as usize;
        if source.inline {
            let known = self.inline.last().cloned().unwrap_or_default();
            let pieces = slice(&known, bytes.start as usize..bytes.end as usize, at);
            return self.add(at, at + len, pieces);
        }
        let place = SourceRange { template: source.name.clone(), span: bytes.start..bytes.end };
        let origin = Origin { place: Some(place), literal: true, frames: self.frames.clone(), value: None };
        self.out.push(Piece { range: at..at + len, skip: 0, origin: Rc::new(origin) });
    }

    /// An action begins.
    pub(super) fn enter_action(&mut self, source: &Source, node: NodeId) {
        self.reads.clear();
        if !source.inline {
            let span = source.node(node).span;
            self.site = Some(SourceRange { template: source.name.clone(), span: span.start..span.end });
        }
    }

    /// An action has printed a value.
    pub(super) fn printed(&mut self, start: usize, out: &[u8], value: &Value) {
        let range = start..out.len();
        let text = out.get(range.clone()).unwrap_or_default();
        let pieces = match value.as_str().and_then(|text| self.known(text)) {
            Some(pieces) => slice(pieces, 0..range.len(), range.start),
            None => {
                let origin = Origin { value: self.read_as(text), ..Origin::default() };
                vec![Piece { range: range.clone(), skip: 0, origin: Rc::new(origin) }]
            }
        };
        self.add(range.start, range.end, pieces);
    }

    /// The value the current action has looked at and that reads like this.
    fn read_as(&self, text: &[u8]) -> Option<Rc<ValuePath>> {
        let printed = |value: &Value| {
            let mut out = Vec::new();
            crate::go::fmt::append_value(&mut out, value);
            out
        };
        let same = self.reads.iter().rev().find(|(_, value)| printed(value) == text);
        let inside = || {
            self.reads.iter().rev().find(|(_, value)| {
                let value = printed(value);
                !value.is_empty() && bstr::ByteSlice::contains_str(text, value)
            })
        };
        same.or_else(inside).map(|(path, _)| Rc::clone(path))
    }

    /// Adds pieces to the output: those without a place are the current action's.
    fn add(&mut self, start: usize, end: usize, pieces: Vec<Piece>) {
        let pieces = covered(pieces, start..end);
        for piece in pieces {
            if piece.origin.place.is_some() {
                self.out.push(piece);
                continue;
            }
            let origin = Origin {
                place: self.site.clone(),
                literal: false,
                frames: self.frames.clone(),
                value: piece.origin.value.clone(),
            };
            self.out.push(Piece { origin: Rc::new(origin), ..piece });
        }
    }

    /// A template is called, by `template`, `include` or (with its text) `tpl`.
    pub(super) fn enter(&mut self, text: Option<&Str>) -> Saved {
        let frames = match &self.site {
            // What `tpl` runs is a part of the action that calls it.
            Some(site) if text.is_none() => self.frames.pushed(site.clone()),
            _ => self.frames.clone(),
        };
        if let Some(text) = text {
            let known = self.known(text).cloned();
            self.inline.push(known.unwrap_or_default());
        }
        Saved {
            frames: std::mem::replace(&mut self.frames, frames),
            site: self.site.clone(),
            reads: std::mem::take(&mut self.reads),
            inline: text.is_some(),
        }
    }

    /// The called template has ended.
    pub(super) fn leave(&mut self, saved: Saved) {
        self.frames = saved.frames;
        self.site = saved.site;
        self.reads = saved.reads;
        if saved.inline {
            self.inline.pop();
        }
    }

    /// What was written from `start` on has become a text of its own.
    pub(super) fn cut(&mut self, start: usize, text: &Str) {
        let from = self.out.partition_point(|piece| piece.range.start < start);
        let mut pieces = self.out.split_off(from);
        for piece in &mut pieces {
            piece.range = piece.range.start - start..piece.range.end - start;
        }
        self.know(text, pieces);
    }

    /// Forgets what was written from `start` on.
    pub(super) fn forget(&mut self, start: usize) {
        self.out.retain(|piece| piece.range.start < start);
    }

    fn know(&mut self, text: &Str, pieces: Vec<Piece>) {
        self.texts.insert(text, pieces.into());
    }

    /// A literal of a template was evaluated.
    pub(super) fn literal(&mut self, source: &Source, quoted: Bytes, text: &Str) {
        let inner = Bytes { start: quoted.start + 1, end: quoted.end.saturating_sub(1) };
        if source.bytes(inner) != text.as_bytes() {
            return;
        }
        if source.inline {
            let known = self.inline.last().cloned().unwrap_or_default();
            let pieces = slice(&known, inner.start as usize..inner.end as usize, 0);
            return self.know(text, pieces);
        }
        let place = SourceRange { template: source.name.clone(), span: inner.start..inner.end };
        let origin = Origin { place: Some(place), literal: true, frames: self.frames.clone(), value: None };
        self.know(text, vec![Piece::whole(text.len(), Rc::new(origin))]);
    }

    /// An entry of a map was looked at.
    pub(super) fn read(&mut self, map: &Map, key: &[u8], value: &Value) {
        if matches!(value, Value::Map(_) | Value::List(_) | Value::Nil) {
            return;
        }
        let Some(path) = self.leaves.path(map) else { return };
        let mut steps = Vec::clone(path);
        steps.push(Step::Key(key.into()));
        self.reads.push((Rc::new(ValuePath { steps, key: false }), value.clone()));
    }

    /// A function or method was called.
    pub(super) fn called(&mut self, name: &[u8], args: &[Value], result: &Value) {
        match result {
            Value::String(text) if self.known(text).is_none() => {
                let pieces = match args {
                    [value @ (Value::Map(_) | Value::List(_))] => self.written(text, value),
                    _ => self.aligned(name, text, args),
                };
                // Of a text that nothing is known of, what the action looked at may still tell something.
                if pieces.iter().any(Piece::is_known) {
                    self.know(text, pieces);
                }
            }
            Value::Map(_) | Value::List(_) => match args {
                [Value::String(text)] => self.parsed(text, result),
                _ => self.split(name, args, result),
            },
            _ => {}
        }
    }

    /// The pieces of the whole output.
    pub(super) fn segments(self) -> Vec<Segment> {
        self.out.iter().filter(|piece| !piece.range.is_empty()).map(Piece::segment).collect()
    }
}
