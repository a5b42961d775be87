//! Upper, lower and title case, rune by rune.
//!
//! Mirrors `strings.ToUpper` and its kin, goutils' `SwapCase` and `Uncapitalize`, and `ToPascalCase` of xstrings 1.5.0,
//! which Sprig calls `camelcase`.

use super::{text, to_char};
use crate::go::value::{Str, Value};
use crate::go::{unicode, utf8};

/// `strings.Map`: a malformed byte becomes U+FFFD.
pub(super) fn map(s: Str, mapping: impl FnMut(char) -> char) -> Value {
    let changed: String = chars(&s).map(mapping).collect();
    if *s == *changed { Value::String(s) } else { Value::from(changed) }
}

/// `strings.Title`: every rune that follows a separator.
pub(super) fn title(s: Str) -> Value {
    let mut previous = ' ';
    map(s, |c| {
        let mapped = if is_separator(previous) { unicode::to_title(c) } else { c };
        previous = c;
        mapped
    })
}

/// Of ASCII everything but letters, digits and the underscore parts words, of the rest only space does.
fn is_separator(c: char) -> bool {
    if c.is_ascii() { !c.is_ascii_alphanumeric() && c != '_' } else { unicode::is_space(c) }
}

/// The first rune of each word in lower case.
pub(super) fn untitle(s: &[u8]) -> Value {
    let mut first = true;
    let changed = chars(s).map(|c| {
        let mapped = if first && !unicode::is_space(c) { unicode::to_lower(c) } else { c };
        first = unicode::is_space(c);
        mapped
    });
    text(changed.collect::<String>())
}

pub(super) fn swap(s: &[u8]) -> Value {
    let mut at_start = true;
    let changed = chars(s).map(|c| {
        if unicode::is_upper(c) || unicode::is_title(c) {
            at_start = false;
            unicode::to_lower(c)
        } else if unicode::is_lower(c) {
            if std::mem::take(&mut at_start) { unicode::to_title(c) } else { unicode::to_upper(c) }
        } else {
            at_start = unicode::is_space(c);
            c
        }
    });
    text(changed.collect::<String>())
}

fn chars(s: &[u8]) -> impl Iterator<Item = char> {
    utf8::runes(s).map(|(_, rune, _)| to_char(rune))
}

/// What parts the words of `camelcase`, `snakecase` and `kebabcase`.
pub(super) fn is_connector(c: char) -> bool {
    c == '-' || c == '_' || unicode::is_space(c)
}

/// `some_words-here` as `SomeWordsHere`. Leading connectors stay, and of a run of connectors all but the last.
pub(super) fn pascal(s: &[u8]) -> String {
    let mut out = String::with_capacity(s.len());
    let mut runes = chars(s).peekable();
    let mut last = None;
    while let Some(connector) = runes.next_if(|c| is_connector(*c)) {
        out.push(connector);
        last = Some(connector);
    }
    let Some(first) = runes.next() else {
        // xstrings takes the last of nothing but connectors for a single rune it has yet to write.
        out.extend(last);
        return out;
    };
    // A word that began with a capital is lowered as long as capitals follow.
    let mut lowering = unicode::is_upper(first);
    let mut held = unicode::to_upper(first);
    for c in runes {
        let next = if is_connector(held) {
            if is_connector(c) {
                out.push(held);
                c
            } else {
                lowering = unicode::is_upper(c);
                unicode::to_upper(c)
            }
        } else {
            out.push(held);
            lowering &= unicode::is_upper(c);
            if lowering { unicode::to_lower(c) } else { c }
        };
        held = next;
    }
    out.push(held);
    out
}
