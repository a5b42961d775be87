//! The text that is searched. Go reads a malformed byte as U+FFFD of width one; the engine knows only UTF-8. So a text
//! that is not UTF-8 is searched as a copy with U+FFFD in it, and what is found is looked up in the original.

use std::borrow::Cow;

use crate::go::utf8;

pub(super) struct Haystack<'t> {
    original: &'t [u8],
    searched: Cow<'t, [u8]>,
    /// For every byte of the copy, and its end, the place in the original; empty when there is no copy.
    places: Vec<usize>,
}

impl<'t> Haystack<'t> {
    pub(super) fn new(original: &'t [u8]) -> Haystack<'t> {
        if std::str::from_utf8(original).is_ok() {
            return Haystack { original, searched: Cow::Borrowed(original), places: Vec::new() };
        }
        let (mut copy, mut places) = (Vec::with_capacity(original.len() + 16), Vec::with_capacity(original.len() + 16));
        for (at, rune, _) in utf8::runes(original) {
            utf8::append(&mut copy, rune);
            places.resize(copy.len(), at);
        }
        places.push(original.len());
        Haystack { original, searched: Cow::Owned(copy), places }
    }

    /// What the engine is given.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.searched
    }

    /// The part of the original text that stands at a place of the searched one.
    pub(super) fn original(&self, start: usize, end: usize) -> &'t [u8] {
        let place = |at: usize| if self.places.is_empty() { Some(at) } else { self.places.get(at).copied() };
        let range = place(start).zip(place(end));
        range.and_then(|(start, end)| self.original.get(start..end)).unwrap_or_default()
    }

    /// The width of the character at a place of the searched text; 0 at its end.
    pub(super) fn width_at(&self, at: usize) -> usize {
        self.searched.get(at..).map_or(0, |rest| utf8::decode(rest).1)
    }
}
