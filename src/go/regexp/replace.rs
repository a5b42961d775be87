//! Replacement texts: `$1`, `$name`, `${name}`, `$$`.

use super::Found;
use super::haystack::Haystack;
use crate::go::unicode::{is_digit, is_letter};
use crate::go::utf8;

/// A replacement text, taken apart once for all matches.
pub(super) struct Template<'r> {
    pieces: Vec<Piece<'r>>,
}

enum Piece<'r> {
    Text(&'r [u8]),
    Group(usize),
    Name(&'r [u8]),
}

impl<'r> Template<'r> {
    pub(super) fn parse(mut rest: &'r [u8]) -> Template<'r> {
        let mut pieces = Vec::new();
        while let Some(dollar) = rest.iter().position(|c| *c == b'$') {
            let (before, from_dollar) = rest.split_at(dollar);
            let (sign, after) = from_dollar.split_at(1);
            pieces.push(Piece::Text(before));
            if let Some(after) = after.strip_prefix(b"$") {
                pieces.push(Piece::Text(sign));
                rest = after;
            } else if let Some((name, after)) = take_name(after) {
                pieces.push(number(name).map_or(Piece::Name(name), Piece::Group));
                rest = after;
            } else {
                // A dollar that begins no name is itself.
                pieces.push(Piece::Text(sign));
                rest = after;
            }
        }
        pieces.push(Piece::Text(rest));
        Template { pieces }
    }

    /// Whether anything but the whole match can be asked for.
    pub(super) fn needs_groups(&self) -> bool {
        self.pieces.iter().any(|piece| !matches!(piece, Piece::Text(_) | Piece::Group(0)))
    }

    pub(super) fn append_to(
        &self,
        out: &mut Vec<u8>,
        haystack: &Haystack<'_>,
        found: &Found,
        names: &[Option<String>],
    ) {
        for piece in &self.pieces {
            let group = match piece {
                Piece::Text(text) => {
                    out.extend_from_slice(text);
                    continue;
                }
                Piece::Group(index) => found.group(*index),
                // Go does not mind two groups of one name: the first that took part counts.
                Piece::Name(name) => (names.iter().enumerate())
                    .filter(|(_, n)| n.as_ref().is_some_and(|n| n.as_bytes() == *name))
                    .find_map(|(index, _)| found.group(index)),
            };
            if let Some(span) = group {
                out.extend_from_slice(haystack.original(span.start, span.end));
            }
        }
    }
}

/// The name, with or without braces, at the start of a text, and what follows.
fn take_name(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let braced = text.strip_prefix(b"{");
    let text = braced.unwrap_or(text);
    let len = utf8::runes(text).find(|(_, rune, _)| !is_name_rune(*rune)).map_or(text.len(), |(at, _, _)| at);
    let (name, rest) = text.split_at(len);
    let rest = if braced.is_some() { rest.strip_prefix(b"}")? } else { rest };
    (!name.is_empty()).then_some((name, rest))
}

fn is_name_rune(rune: u32) -> bool {
    char::from_u32(rune).is_some_and(|c| c == '_' || is_letter(c) || is_digit(c))
}

/// The number of a group; `None` when the name is no number, or one that Go reads as a name.
fn number(name: &[u8]) -> Option<usize> {
    if name.len() > 1 && name.starts_with(b"0") {
        return None;
    }
    name.iter().try_fold(0_usize, |number, c| {
        let digit = c.checked_sub(b'0').filter(|digit| *digit < 10)?;
        (number < 100_000_000).then(|| number * 10 + usize::from(digit))
    })
}
