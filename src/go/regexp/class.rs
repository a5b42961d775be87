//! Character classes: `[…]`, `\d`, `\pL`.

use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange};

use super::error::{Error, INVALID_CHAR_RANGE, INVALID_UTF8, MISSING_BRACKET};
use super::parse::{escape, next_rune};
use super::tables;
use crate::go::utf8;

type Taken<'p, T> = Result<Option<(T, &'p [u8])>, Error>;

/// A class in brackets at the start of a text, which begins with `[`.
pub(super) fn bracketed(whole: &[u8], fold: bool) -> Result<(ClassUnicode, &[u8]), Error> {
    let inner = whole.get(1..).unwrap_or_default();
    let negated = inner.strip_prefix(b"^");
    let mut rest = negated.unwrap_or(inner);
    let mut class = ClassUnicode::empty();
    let mut first = true;
    loop {
        // A bracket that comes first is meant itself.
        if let Some(after) = rest.strip_prefix(b"]")
            && !first
        {
            if negated.is_some() {
                class.negate();
            }
            return Ok((class, after));
        }
        first = false;
        if let Some((part, after)) = posix(rest, fold)? {
            class.union(&part);
            rest = after;
            continue;
        }
        if let Some((part, after)) = unicode(rest, fold)? {
            class.union(&part);
            rest = after;
            continue;
        }
        if let Some((part, after)) = perl(rest, fold) {
            class.union(&part);
            rest = after;
            continue;
        }
        let (low, after) = class_rune(rest, whole)?;
        let (mut high, mut after) = (low, after);
        // A hyphen before the closing bracket is meant itself.
        if let [b'-', next, ..] = after
            && *next != b']'
        {
            (high, after) = class_rune(after.get(1..).unwrap_or_default(), whole)?;
            if high < low {
                return Err(Error::new(INVALID_CHAR_RANGE, before(rest, after)));
            }
        }
        if let Some(range) = range(low, high) {
            class.union(&folded(ClassUnicode::new([range]), fold));
        }
        rest = after;
    }
}

/// `\d` and its like at the start of a text.
pub(super) fn perl(text: &[u8], fold: bool) -> Option<(ClassUnicode, &[u8])> {
    let [b'\\', letter, rest @ ..] = text else { return None };
    let class = folded(tables::perl(letter.to_ascii_lowercase())?, fold);
    Some((signed(class, letter.is_ascii_uppercase()), rest))
}

/// `\pL` and `\p{Greek}` at the start of a text.
pub(super) fn unicode(text: &[u8], fold: bool) -> Taken<'_, ClassUnicode> {
    let [b'\\', sign @ (b'p' | b'P'), after @ ..] = text else { return Ok(None) };
    let mut negated = *sign == b'P';
    let (first, mut rest) = next_rune(after)?;
    let mut name = before(after, rest);
    if first == u32::from(b'{') {
        let Some(end) = after.iter().position(|c| *c == b'}') else {
            check_utf8(text)?;
            return Err(Error::new(INVALID_CHAR_RANGE, text));
        };
        name = after.get(1..end).unwrap_or_default();
        rest = after.get(end + 1..).unwrap_or_default();
        check_utf8(name)?;
    }
    if let Some(positive) = name.strip_prefix(b"^") {
        negated = !negated;
        name = positive;
    }
    let class = std::str::from_utf8(name).ok().and_then(tables::unicode);
    let class = class.ok_or_else(|| Error::new(INVALID_CHAR_RANGE, before(text, rest)))?;
    Ok(Some((signed(folded(class, fold), negated), rest)))
}

/// `[:alpha:]` at the start of a text.
fn posix(text: &[u8], fold: bool) -> Taken<'_, ClassUnicode> {
    let Some(inner) = text.strip_prefix(b"[:").filter(|inner| !inner.is_empty()) else { return Ok(None) };
    let Some(end) = inner.windows(2).position(|pair| pair == b":]") else { return Ok(None) };
    let (name, rest) = inner.split_at(end);
    let rest = rest.get(2..).unwrap_or_default();
    let positive = name.strip_prefix(b"^");
    let class = std::str::from_utf8(positive.unwrap_or(name)).ok().and_then(tables::named);
    let class = class.ok_or_else(|| Error::new(INVALID_CHAR_RANGE, before(text, rest)))?;
    Ok(Some((signed(folded(class, fold), positive.is_some()), rest)))
}

/// One rune of a class, itself or escaped.
fn class_rune<'p>(text: &'p [u8], whole: &[u8]) -> Result<(u32, &'p [u8]), Error> {
    match text.first() {
        None => Err(Error::new(MISSING_BRACKET, whole)),
        Some(b'\\') => escape(text),
        Some(_) => next_rune(text),
    }
}

/// The range without surrogates, which no text contains; `None` when nothing is left.
fn range(low: u32, high: u32) -> Option<ClassUnicodeRange> {
    let low = char::from_u32(low).unwrap_or('\u{e000}');
    let high = char::from_u32(high).unwrap_or('\u{d7ff}');
    (low <= high).then(|| ClassUnicodeRange::new(low, high))
}

fn folded(mut class: ClassUnicode, fold: bool) -> ClassUnicode {
    if fold {
        class.case_fold_simple();
    }
    class
}

fn signed(mut class: ClassUnicode, negated: bool) -> ClassUnicode {
    if negated {
        class.negate();
    }
    class
}

/// The part of a text that ends where its tail begins.
pub(super) fn before<'p>(text: &'p [u8], tail: &[u8]) -> &'p [u8] {
    text.get(..text.len().saturating_sub(tail.len())).unwrap_or_default()
}

pub(super) fn check_utf8(text: &[u8]) -> Result<(), Error> {
    let malformed = utf8::runes(text).find(|(_, rune, width)| *rune == utf8::RUNE_ERROR && *width == 1);
    match malformed {
        Some((at, ..)) => Err(Error::new(INVALID_UTF8, text.get(at..).unwrap_or_default())),
        None => Ok(()),
    }
}
