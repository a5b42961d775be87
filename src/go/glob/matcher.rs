//! The matchers a pattern becomes: each can say whether it fits a whole text, and where in a text it fits first.

use bstr::ByteSlice;

use super::{MatchError, Steps};
use crate::go::utf8;

/// Whether a matcher fits.
type Fits = Result<bool, MatchError>;
/// The first place a matcher fits, and how far it reaches from there in each way it can, the shortest first.
type Place = Result<Option<(usize, Vec<usize>)>, MatchError>;

/// How many runes a matcher takes when that is not fixed.
pub(super) const ANY_LEN: i64 = -1;

#[derive(Clone, Debug)]
pub(super) enum Matcher {
    /// No separators.
    Any(Vec<char>),
    AnyOf(Vec<Matcher>),
    Tree(Box<Tree>),
    Contains {
        needle: Vec<u8>,
        not: bool,
    },
    EveryOf(Vec<Matcher>),
    List {
        chars: Vec<char>,
        not: bool,
    },
    /// At most so many runes.
    Max(usize),
    /// At least so many runes.
    Min(usize),
    Nothing,
    Prefix(Vec<u8>),
    PrefixAny(Vec<u8>, Vec<char>),
    PrefixSuffix(Vec<u8>, Vec<u8>),
    Range {
        low: char,
        high: char,
        not: bool,
    },
    Row {
        len: i64,
        matchers: Vec<Matcher>,
    },
    /// One rune that is no separator.
    Single(Vec<char>),
    Suffix(Vec<u8>),
    SuffixAny(Vec<u8>, Vec<char>),
    Super,
    Text(Vec<u8>),
}

/// A matcher that is looked for, and what must fit before and behind it.
#[derive(Clone, Debug)]
pub(super) struct Tree {
    pub(super) value: Matcher,
    pub(super) left: Option<Matcher>,
    pub(super) right: Option<Matcher>,
    left_len: i64,
    right_len: i64,
    len: i64,
}

impl Tree {
    pub(super) fn new(value: Matcher, left: Option<Matcher>, right: Option<Matcher>) -> Tree {
        let value_len = value.len();
        let left_len = left.as_ref().map_or(0, Matcher::len);
        let right_len = right.as_ref().map_or(0, Matcher::len);
        let fixed = [value_len, left_len, right_len].iter().all(|len| *len != ANY_LEN);
        let len = if fixed { value_len + left_len + right_len } else { ANY_LEN };
        Tree { value, left, right, left_len, right_len, len }
    }

    fn matches(&self, text: &[u8], steps: &Steps) -> Fits {
        // Runes are compared with bytes here, as a rune has at least one.
        if self.len != ANY_LEN && usize::try_from(self.len).is_ok_and(|len| len > text.len()) {
            return Ok(false);
        }
        let mut from = usize::try_from(self.left_len).unwrap_or(0);
        let limit = text.len().saturating_sub(usize::try_from(self.right_len).unwrap_or(0));
        let fits = |side: &Option<Matcher>, part: &[u8]| match side {
            Some(matcher) => matcher.matches(part, steps),
            None => Ok(part.is_empty()),
        };
        while from < limit {
            steps.take()?;
            let Some((index, reaches)) = self.value.place(text.get(from..limit).unwrap_or_default(), steps)? else {
                return Ok(false);
            };
            let found = from + index;
            let (before, rest) = text.split_at(found.min(text.len()));
            if fits(&self.left, before)? {
                for reach in reaches.iter().rev() {
                    if fits(&self.right, rest.get(*reach..).unwrap_or_default())? {
                        return Ok(true);
                    }
                }
            }
            from = found + utf8::decode(rest).1.max(1);
        }
        Ok(false)
    }
}

impl Matcher {
    /// How many runes it takes, or [`ANY_LEN`].
    pub(super) fn len(&self) -> i64 {
        match self {
            Matcher::List { .. } | Matcher::Range { .. } | Matcher::Single(_) => 1,
            Matcher::Nothing => 0,
            Matcher::Row { len, .. } => *len,
            Matcher::Text(text) => i64::try_from(utf8::rune_count(text)).unwrap_or(ANY_LEN),
            Matcher::Tree(tree) => tree.len,
            Matcher::EveryOf(matchers) if matchers.is_empty() => 0,
            Matcher::AnyOf(matchers) => {
                // The library's slip: what has no fixed length counts only when it does not come first.
                let mut len = ANY_LEN;
                for matcher in matchers {
                    match matcher.len() {
                        own if len == ANY_LEN => len = own,
                        own if own != len => return ANY_LEN,
                        _ => {}
                    }
                }
                len
            }
            _ => ANY_LEN,
        }
    }

    pub(super) fn matches(&self, text: &[u8], steps: &Steps) -> Fits {
        Ok(match self {
            Matcher::Any(separators) => find_any(text, separators).is_none(),
            Matcher::AnyOf(matchers) => {
                for matcher in matchers {
                    if matcher.matches(text, steps)? {
                        return Ok(true);
                    }
                }
                false
            }
            Matcher::Tree(tree) => return tree.matches(text, steps),
            Matcher::Contains { needle, not } => text.contains_str(needle) != *not,
            Matcher::EveryOf(matchers) => {
                for matcher in matchers {
                    if !matcher.matches(text, steps)? {
                        return Ok(false);
                    }
                }
                true
            }
            // An empty text is read as U+FFFD, so that what is not in a list may also be nothing.
            Matcher::List { .. } | Matcher::Range { .. } | Matcher::Single(_) => {
                let (rune, width) = utf8::decode(text);
                text.len() <= width && self.takes(rune)
            }
            Matcher::Max(limit) => utf8::rune_count(text) <= *limit,
            Matcher::Min(limit) => !text.is_empty() && utf8::rune_count(text) >= *limit,
            Matcher::Nothing => text.is_empty(),
            Matcher::Prefix(prefix) => text.starts_with(prefix),
            Matcher::PrefixAny(prefix, separators) => {
                text.strip_prefix(prefix.as_slice()).is_some_and(|rest| find_any(rest, separators).is_none())
            }
            Matcher::PrefixSuffix(prefix, suffix) => text.starts_with(prefix) && text.ends_with(suffix),
            Matcher::Row { len, matchers } => {
                i64::try_from(utf8::rune_count(text)).is_ok_and(|count| count == *len)
                    && row_fits(matchers, text, steps)?
            }
            Matcher::Suffix(suffix) => text.ends_with(suffix),
            Matcher::SuffixAny(suffix, separators) => {
                text.strip_suffix(suffix.as_slice()).is_some_and(|rest| find_any(rest, separators).is_none())
            }
            Matcher::Super => true,
            Matcher::Text(own) => own == text,
        })
    }

    /// Whether a matcher of one rune takes this one.
    fn takes(&self, rune: u32) -> bool {
        let within = |chars: &[char]| chars.iter().any(|c| u32::from(*c) == rune);
        match self {
            Matcher::List { chars, not } => within(chars) != *not,
            Matcher::Range { low, high, not } => (u32::from(*low)..=u32::from(*high)).contains(&rune) != *not,
            Matcher::Single(separators) => !within(separators),
            _ => false,
        }
    }

    fn place(&self, text: &[u8], steps: &Steps) -> Place {
        Ok(match self {
            Matcher::Any(separators) => {
                let part = find_any(text, separators).and_then(|at| text.get(..at)).unwrap_or(text);
                Some((0, starts_and_end(part, 0)))
            }
            Matcher::AnyOf(matchers) => {
                let mut first: Option<(usize, Vec<usize>)> = None;
                for matcher in matchers {
                    let Some((index, reaches)) = matcher.place(text, steps)? else { continue };
                    match &mut first {
                        Some((known, all)) if *known == index => {
                            all.extend(reaches);
                            all.sort_unstable();
                            all.dedup();
                        }
                        Some((known, _)) if *known < index => {}
                        _ => first = Some((index, reaches)),
                    }
                }
                first
            }
            // The library never finds a tree inside of another.
            Matcher::Tree(_) => None,
            Matcher::Contains { needle, not } => contains_place(text, needle, *not),
            Matcher::EveryOf(matchers) => every_place(matchers, text, steps)?,
            Matcher::List { .. } | Matcher::Range { .. } | Matcher::Single(_) => {
                utf8::runes(text).find(|(_, rune, _)| self.takes(*rune)).map(|(at, rune, _)| (at, vec![rune_len(rune)]))
            }
            Matcher::Max(limit) => {
                let ends = utf8::runes(text).take(*limit).map(|(at, rune, _)| at + rune_len(rune));
                Some((0, std::iter::once(0).chain(ends).collect()))
            }
            Matcher::Min(limit) => {
                let ends = utf8::runes(text).skip(limit.saturating_sub(1)).map(|(at, rune, _)| at + rune_len(rune));
                let ends: Vec<usize> = if text.len() < *limit { Vec::new() } else { ends.collect() };
                Some((0, ends)).filter(|(_, ends)| !ends.is_empty())
            }
            Matcher::Nothing => Some((0, vec![0])),
            Matcher::Prefix(prefix) => text.find(prefix).map(|at| (at, ends_behind(text, at, prefix.len(), &[]))),
            Matcher::PrefixAny(prefix, separators) => {
                text.find(prefix).map(|at| (at, ends_behind(text, at, prefix.len(), separators)))
            }
            Matcher::PrefixSuffix(prefix, suffix) => prefix_suffix_place(text, prefix, suffix),
            Matcher::Row { len, matchers } => {
                let len = usize::try_from(*len).unwrap_or(0);
                for (at, ..) in utf8::runes(text) {
                    let rest = text.get(at..).unwrap_or_default();
                    if rest.len() < len {
                        break;
                    }
                    if row_fits(matchers, rest, steps)? {
                        // The library's slip: the reach is in bytes, the length in runes.
                        return Ok(Some((at, vec![len])));
                    }
                }
                None
            }
            Matcher::Suffix(suffix) => text.find(suffix).map(|at| (0, vec![at + suffix.len()])),
            Matcher::SuffixAny(suffix, separators) => text.find(suffix).map(|at| {
                let before = text.get(..at).unwrap_or_default();
                let start = find_last_any(before, separators).map_or(0, |separator| separator + 1);
                (start, vec![at + suffix.len() - start])
            }),
            Matcher::Super => Some((0, starts_and_end(text, 0))),
            Matcher::Text(own) => text.find(own).map(|at| (at, vec![own.len()])),
        })
    }
}

/// Whether matchers of fixed lengths fit one after the other. The text may go on behind them.
fn row_fits(matchers: &[Matcher], text: &[u8], steps: &Steps) -> Fits {
    let mut rest = text;
    for matcher in matchers {
        let len = usize::try_from(matcher.len()).unwrap_or(0);
        let mut count = 0;
        let mut last = 0;
        for (at, ..) in utf8::runes(rest) {
            last = at;
            count += 1;
            if count == len {
                break;
            }
        }
        if count < len {
            return Ok(false);
        }
        // The library's slip: it takes one byte of the last rune, and panics when there is none.
        let Some((part, behind)) = rest.split_at_checked(last + 1) else {
            return Err(MatchError::OutOfRange { end: text.len() + 1, len: text.len() });
        };
        if !matcher.matches(part, steps)? {
            return Ok(false);
        }
        rest = behind;
    }
    Ok(true)
}

fn contains_place(text: &[u8], needle: &[u8], not: bool) -> Option<(usize, Vec<usize>)> {
    let found = text.find(needle);
    match (found, not) {
        (None, false) => None,
        (Some(at), false) => {
            let from = at + needle.len();
            Some((0, starts_and_end(text.get(from..).unwrap_or_default(), from)))
        }
        (found, true) => Some((0, starts_and_end(found.and_then(|at| text.get(..at)).unwrap_or(text), 0))),
    }
}

fn every_place(matchers: &[Matcher], text: &[u8], steps: &Steps) -> Place {
    let (mut index, mut offset) = (0_usize, 0_usize);
    let mut current: Vec<usize> = Vec::new();
    let mut rest = text;
    for (at, matcher) in matchers.iter().enumerate() {
        let Some((found, reaches)) = matcher.place(rest, steps)? else { return Ok(None) };
        if at == 0 {
            current = reaches;
        } else {
            // Both from the same place on; the sum may not be negative, so it is compared the other way round.
            current.retain(|reach| reaches.iter().any(|other| reach + index == other + found + offset));
            current = current.iter().filter_map(|reach| (reach + index).checked_sub(found + offset)).collect();
            if current.is_empty() {
                return Ok(None);
            }
        }
        index = found + offset;
        rest = text.get(index..).unwrap_or_default();
        offset += found;
    }
    Ok(Some((index, current)))
}

fn prefix_suffix_place(text: &[u8], prefix: &[u8], suffix: &[u8]) -> Option<(usize, Vec<usize>)> {
    let at = text.find(prefix)?;
    let mut part = text.get(at..)?;
    let mut ends = Vec::new();
    while let Some(end) = part.rfind(suffix) {
        ends.push(end + suffix.len());
        part = part.get(..end)?;
    }
    ends.reverse();
    Some((at, ends)).filter(|(_, ends)| !ends.is_empty())
}

/// The places, counted from `base`, where the runes of a text begin, and where it ends.
fn starts_and_end(text: &[u8], base: usize) -> Vec<usize> {
    utf8::runes(text).map(|(at, ..)| base + at).chain(std::iter::once(base + text.len())).collect()
}

/// How far a prefix found at a place reaches when any runes but these may follow.
fn ends_behind(text: &[u8], at: usize, len: usize, separators: &[char]) -> Vec<usize> {
    let rest = text.get(at + len..).unwrap_or_default();
    let rest = find_any(rest, separators).and_then(|end| rest.get(..end)).unwrap_or(rest);
    std::iter::once(len).chain(utf8::runes(rest).map(|(at, rune, _)| len + at + rune_len(rune))).collect()
}

/// Where the first of these characters stands that is found at all.
fn find_any(text: &[u8], chars: &[char]) -> Option<usize> {
    chars.iter().find_map(|c| text.find_char(*c))
}

fn find_last_any(text: &[u8], chars: &[char]) -> Option<usize> {
    chars.iter().find_map(|c| text.rfind_char(*c))
}

/// The bytes a rune takes when written; a malformed byte is written as three.
fn rune_len(rune: u32) -> usize {
    char::from_u32(rune).map_or(3, char::len_utf8)
}
