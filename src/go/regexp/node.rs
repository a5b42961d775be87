//! The tree of an expression: what the engine compiles, beside what Go's limits are measured by.

use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, Hir, Look, Repetition};

use super::error::{Error, INVALID_REPEAT_SIZE, NESTING_DEPTH, TOO_LARGE};

/// Go's limit on the height of the tree.
const MAX_HEIGHT: u32 = 1000;
/// Go's limit on the instructions of the compiled program.
const MAX_SIZE: u64 = (128 << 20) / 40;
/// Go's limit on how often counted repetitions, multiplied along the nesting, may copy something.
const MAX_COPIES: u32 = 1000;

/// A part of an expression.
#[derive(Debug)]
pub(super) struct Node {
    hir: Hir,
    kind: Kind,
    height: u32,
    size: u64,
    copies: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Literal,
    Concat,
    Alternate,
    Other,
}

impl Node {
    fn leaf(hir: Hir) -> Node {
        Node { hir, kind: Kind::Other, height: 1, size: 1, copies: 1 }
    }

    /// One rune, with all its cases when they do not matter. A surrogate, which `\x{d800}` can name, matches nothing.
    pub(super) fn rune(rune: u32, fold: bool) -> Node {
        let hir = match char::from_u32(rune) {
            None => Hir::fail(),
            Some(c) if fold && (c.is_ascii_alphabetic() || !c.is_ascii()) => {
                let mut class = ClassUnicode::new([ClassUnicodeRange::new(c, c)]);
                class.case_fold_simple();
                Hir::class(Class::Unicode(class))
            }
            Some(c) => Hir::literal(c.encode_utf8(&mut [0; 4]).as_bytes()),
        };
        Node { kind: Kind::Literal, ..Node::leaf(hir) }
    }

    pub(super) fn class(class: ClassUnicode) -> Node {
        Node::leaf(Hir::class(Class::Unicode(class)))
    }

    pub(super) fn look(look: Look) -> Node {
        Node::leaf(Hir::look(look))
    }

    /// What the engine compiles, and how deep it is nested.
    pub(super) fn into_hir(self) -> (Hir, u32) {
        (self.hir, self.height)
    }

    pub(super) fn capture(self, index: u32, whole: &[u8]) -> Result<Node, Error> {
        let (height, size, copies) = (self.height + 1, self.size + 2, self.copies);
        let sub = Box::new(self.hir);
        let hir = Hir::capture(regex_syntax::hir::Capture { index, name: None, sub });
        Node { hir, kind: Kind::Other, height, size, copies }.checked(whole)
    }

    /// This node again and again. `counted` tells `{…}` from `*`, `+` and `?`; `part` is what an error shows.
    pub(super) fn repeat(
        self,
        (min, max): (u32, Option<u32>),
        counted: bool,
        greedy: bool,
        part: &[u8],
        whole: &[u8],
    ) -> Result<Node, Error> {
        let (least, most) = (u64::from(min), max.map(u64::from));
        let size = match (counted, most) {
            (false, None) if min == 0 => self.size + 2,
            (false, _) => self.size + 1,
            (true, None) if min == 0 => self.size + 2,
            (true, None) => least * self.size + 1,
            (true, Some(most)) => most * self.size + (most - least),
        };
        let copies = match (counted, max) {
            (false, _) => self.copies,
            (true, Some(0)) => 1,
            (true, max) => max.unwrap_or(min).max(1).saturating_mul(self.copies),
        };
        let height = self.height + 1;
        let sub = Box::new(self.hir);
        let hir = Hir::repetition(Repetition { min, max, greedy, sub });
        let node = Node { hir, kind: Kind::Other, height, size: size.max(1), copies }.checked(whole)?;
        if copies > MAX_COPIES && (min >= 2 || max.is_some_and(|max| max >= 2)) {
            return Err(Error::new(INVALID_REPEAT_SIZE, part));
        }
        Ok(node)
    }

    pub(super) fn concat(items: Vec<Node>, whole: &[u8]) -> Result<Node, Error> {
        let merged = items.windows(2).all(|pair| pair.iter().all(|item| item.kind == Kind::Literal));
        Node::join(items, if merged { Kind::Literal } else { Kind::Concat }, Hir::concat, whole)
    }

    pub(super) fn alternate(items: Vec<Node>, whole: &[u8]) -> Result<Node, Error> {
        Node::join(items, Kind::Alternate, Hir::alternation, whole)
    }

    fn join(items: Vec<Node>, kind: Kind, build: fn(Vec<Hir>) -> Hir, whole: &[u8]) -> Result<Node, Error> {
        if items.len() < 2 {
            return Ok(items.into_iter().next().unwrap_or_else(|| Node::leaf(Hir::empty())));
        }
        let mut joined = Node { size: 0, kind, ..Node::leaf(Hir::empty()) };
        if kind == Kind::Alternate {
            joined.size = items.len() as u64 - 1;
        }
        let mut parts = Vec::with_capacity(items.len());
        for item in items {
            // A sequence in a sequence becomes part of it, and letters become one text.
            let own_level = item.kind != kind;
            joined.height = joined.height.max(item.height + u32::from(own_level));
            joined.size += item.size;
            joined.copies = joined.copies.max(item.copies);
            parts.push(item.hir);
        }
        joined.hir = build(parts);
        joined.checked(whole)
    }

    fn checked(self, whole: &[u8]) -> Result<Node, Error> {
        if self.size > MAX_SIZE {
            return Err(Error::new(TOO_LARGE, whole));
        }
        if self.height > MAX_HEIGHT {
            return Err(Error::new(NESTING_DEPTH, whole));
        }
        Ok(self)
    }
}
