//! Functions that make texts of texts, seen from outside: what went in is looked for in what came out.

use std::ops::Range;
use std::rc::Rc;

use bstr::ByteSlice;

use super::piece::{Origin, covered, reworked, slice};
use super::{Piece, Tracer};
use crate::go::value::{Str, Value};

/// Arguments whose texts stand in the result in their order; for others the longest is looked for first.
const IN_ORDER: [&[u8]; 6] = [b"printf", b"print", b"println", b"cat", b"join", b"concat"];

/// A text that went in.
struct Given {
    text: Str,
    part: Range<usize>,
    pieces: Rc<[Piece]>,
}

impl Given {
    fn bytes(&self) -> &[u8] {
        self.text.as_bytes().get(self.part.clone()).unwrap_or_default()
    }

    /// The pieces of a part of it, for a place of the result.
    fn pieces(&self, part: Range<usize>, at: usize) -> Vec<Piece> {
        slice(&self.pieces, self.part.start + part.start..self.part.start + part.end, at)
    }
}

impl Tracer {
    /// The pieces of a function's result by those of its arguments.
    pub(super) fn aligned(&self, name: &[u8], result: &Str, args: &[Value]) -> Vec<Piece> {
        let mut given = Vec::new();
        for (at, arg) in args.iter().enumerate() {
            self.collect(arg, at == 0 && name == b"printf", &mut given, 0);
        }
        if !IN_ORDER.contains(&name) {
            given.sort_by_key(|given| std::cmp::Reverse(given.part.len()));
        }
        let result = result.as_bytes();
        let mut found =
            Found { result, taken: Vec::new(), pieces: Vec::new(), cursor: 0, in_order: IN_ORDER.contains(&name) };
        for given in &given {
            found.look_for(given);
        }
        let pieces = found.pieces;
        fill(pieces, result.len(), &given)
    }

    /// Lists made of texts: `splitList`, `keys` and the like. Maps of texts too: `split`.
    pub(super) fn split(&mut self, name: &[u8], args: &[Value], result: &Value) {
        /// A list this long is data, not annotations.
        const MOST: usize = 4096;
        let texts: Vec<Str> = match result {
            Value::List(list) => list.items().iter().take(MOST).filter_map(|item| item.as_str().cloned()).collect(),
            Value::Map(map) => {
                map.entries().into_iter().take(MOST).filter_map(|(_, value)| value.as_str().cloned()).collect()
            }
            _ => return,
        };
        if !args.iter().any(|arg| matches!(arg, Value::String(_))) {
            return;
        }
        for text in texts {
            if self.known(&text).is_none() {
                let pieces = self.aligned(name, &text, args);
                self.know(&text, pieces);
            }
        }
    }

    /// The texts of an argument that are known.
    fn collect(&self, value: &Value, is_format: bool, found: &mut Vec<Given>, depth: usize) {
        const DEEPEST: usize = 4;
        match value {
            Value::String(text) => {
                let Some(pieces) = self.known(text) else { return };
                let given = |part| Given { text: text.clone(), part, pieces: Rc::clone(pieces) };
                if is_format {
                    found.extend(between_verbs(text.as_bytes()).into_iter().map(given));
                } else {
                    found.push(given(0..text.len()));
                }
            }
            Value::List(list) if depth < DEEPEST => {
                list.items().iter().for_each(|item| self.collect(item, false, found, depth + 1));
            }
            Value::Map(map) if depth < DEEPEST => {
                for (_, value) in map.entries() {
                    self.collect(&value, false, found, depth + 1);
                }
            }
            _ => {}
        }
    }
}

/// What of a result has been explained.
struct Found<'r> {
    result: &'r [u8],
    taken: Vec<Range<usize>>,
    pieces: Vec<Piece>,
    cursor: usize,
    in_order: bool,
}

impl Found<'_> {
    fn look_for(&mut self, given: &Given) {
        let bytes = given.bytes();
        if bytes.trim().is_empty() {
            return;
        }
        if bytes.trim().contains(&b'\n') {
            return self.look_for_lines(given);
        }
        let lead = bytes.len() - bytes.trim_start().len();
        let needle = bytes.trim();
        if let Some(at) = self.find(needle) {
            self.take(at..at + needle.len(), given.pieces(lead..lead + needle.len(), at));
        } else if self.taken.is_empty() && !self.result.is_empty() {
            self.look_for_rest(given);
        }
    }

    /// The first place of a text that is not taken yet.
    fn find(&self, needle: &[u8]) -> Option<usize> {
        let mut from = if self.in_order { self.cursor } else { 0 };
        loop {
            let at = from + self.result.get(from..)?.find(needle)?;
            match self.taken.iter().find(|taken| taken.start < at + needle.len() && at < taken.end) {
                Some(taken) => from = taken.end.max(at + 1),
                None => return Some(at),
            }
        }
    }

    fn take(&mut self, range: Range<usize>, pieces: Vec<Piece>) {
        self.cursor = range.end;
        self.taken.push(range);
        self.pieces.extend(pieces);
    }

    /// Line by line, so that other indentation does not matter.
    fn look_for_lines(&mut self, given: &Given) {
        let mut lines =
            lines(given.bytes()).filter(|line| !given.bytes().get(line.clone()).unwrap_or_default().is_empty());
        let mut wanted = lines.next();
        for own in lines_of(self.result) {
            let Some(line) = wanted.clone() else { return };
            let text = given.bytes().get(line.clone()).unwrap_or_default();
            let there = self.result.get(own.clone()).unwrap_or_default();
            if let Some(at) = there.find(text).filter(|_| there.trim() == text || text.len() > 2) {
                let at = own.start + at;
                self.take(at..at + text.len(), given.pieces(line, at));
                wanted = lines.next();
            } else if text.contains_str(there.trim()) && !there.trim().is_empty() {
                // The line lost its end or its beginning.
                let part = text.find(there.trim()).unwrap_or_default();
                let lead = there.len() - there.trim_start().len();
                let (at, len) = (own.start + lead, there.trim().len());
                self.take(at..at + len, given.pieces(line.start + part..line.start + part + len, at));
                wanted = lines.next();
            }
        }
    }

    /// What is left of a text that was cut or changed.
    fn look_for_rest(&mut self, given: &Given) {
        let (bytes, result) = (given.bytes(), self.result);
        if let Some(part) = bytes.find(result) {
            return self.take(0..result.len(), given.pieces(part..part + result.len(), 0));
        }
        if bytes.eq_ignore_ascii_case(result) {
            return self.take(0..result.len(), reworked(given.pieces(0..bytes.len(), 0)));
        }
        let same = bytes.iter().zip(result).take_while(|(a, b)| a == b).count();
        let rest = bytes.iter().rev().zip(result.iter().rev()).take_while(|(a, b)| a == b).count();
        let rest = rest.min(result.len() - same).min(bytes.len() - same);
        if same > 0 {
            self.take(0..same, given.pieces(0..same, 0));
        }
        if rest > 0 {
            let (from, at) = (bytes.len() - rest, result.len() - rest);
            self.take(at..at + rest, given.pieces(from..bytes.len(), at));
        }
    }
}

/// Holes between pieces show the value that all that went in has in common.
fn fill(pieces: Vec<Piece>, len: usize, given: &[Given]) -> Vec<Piece> {
    let mut values = given.iter().flat_map(|given| given.pieces.iter()).filter_map(|piece| piece.origin.value.clone());
    let first = values.next();
    let common = first.filter(|first| values.all(|other| *first == other));
    let hole = Rc::new(Origin { value: common, ..Origin::default() });
    let fill = |piece: Piece| if piece.is_known() { piece } else { Piece { origin: Rc::clone(&hole), ..piece } };
    covered(pieces, 0..len).into_iter().map(fill).collect()
}

/// The literal parts of a format.
fn between_verbs(format: &[u8]) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut at = 0;
    while let Some(percent) = format.get(at..).and_then(|rest| rest.find_byte(b'%')) {
        let percent = at + percent;
        if percent > start {
            parts.push(start..percent);
        }
        let flags = format.get(percent + 1..).unwrap_or_default();
        let verb = flags.iter().take_while(|byte| b"+-# 0123456789.[]*".contains(byte)).count();
        at = (percent + 2 + verb).min(format.len());
        start = at;
    }
    if start < format.len() {
        parts.push(start..format.len());
    }
    parts
}

/// The lines of a text without the white space around them.
fn lines(text: &[u8]) -> impl Iterator<Item = Range<usize>> + '_ {
    lines_of(text).map(|line| {
        let bytes = text.get(line.clone()).unwrap_or_default();
        let start = line.start + (bytes.len() - bytes.trim_start().len());
        start..start + bytes.trim().len()
    })
}

fn lines_of(text: &[u8]) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut at = 0;
    text.split_inclusive(|byte| *byte == b'\n').map(move |line| {
        let start = at;
        at += line.len();
        start..at
    })
}
