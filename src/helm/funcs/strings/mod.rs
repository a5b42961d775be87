//! Text: cutting, joining, quoting, padding, and the word games of goutils and xstrings.
//!
//! Mirrors Sprig's `strings.go` (without the encodings and the random texts, which live beside the hashes) and the closures
//! of its `functions.go`. Like Go, everything counts bytes unless it says runes.

mod abbrev;
mod case;
mod parts;
mod snake;
mod wrap;

use bstr::ByteSlice;

use super::call::{ANY, Answer, Args, INT, STRING, checked_size, plain, variadic};
use super::cast::strval;
use super::host;
use crate::go::template::{FuncError, Function, Interp};
use crate::go::value::{Str, Value};
use crate::go::{fmt, strconv, unicode, utf8};

pub(super) use self::parts::strslice;

pub(super) static FUNCTIONS: &[Function] = &[
    plain("hello", &[], |_, _| Ok(Value::from("Hello!"))),
    plain("abbrev", &[INT, STRING], |_, a| Ok(text(abbrev::abbrev(a.int(0), a.bytes(1))))),
    plain("abbrevboth", &[INT, INT, STRING], |_, a| Ok(text(abbrev::abbrev_both(a.int(0), a.int(1), a.bytes(2))))),
    plain("trunc", &[INT, STRING], |_, a| Ok(text(trunc(a.int(0), a.bytes(1))))),
    plain("trim", &[STRING], |_, a| Ok(text(trim_matches(a.bytes(0), is_space)))),
    plain("upper", &[STRING], |_, a| Ok(case::map(a.str(0), unicode::to_upper))),
    plain("lower", &[STRING], |_, a| Ok(case::map(a.str(0), unicode::to_lower))),
    plain("title", &[STRING], |_, a| Ok(case::title(a.str(0)))),
    plain("untitle", &[STRING], |_, a| Ok(case::untitle(a.bytes(0)))),
    plain("substr", &[INT, INT, STRING], |_, a| substring(a.int(0), a.int(1), a.bytes(2))),
    plain("repeat", &[INT, STRING], |_, a| Ok(text(repeat(a.bytes(1), a.int(0))?))),
    plain("trimall", &[STRING, STRING], |_, a| Ok(text(trim_all(a.bytes(0), a.bytes(1))))),
    plain("trimAll", &[STRING, STRING], |_, a| Ok(text(trim_all(a.bytes(0), a.bytes(1))))),
    plain("trimSuffix", &[STRING, STRING], |_, a| {
        Ok(a.bytes(1).strip_suffix(a.bytes(0)).map_or_else(|| a.any(1).clone(), text))
    }),
    plain("trimPrefix", &[STRING, STRING], |_, a| {
        Ok(a.bytes(1).strip_prefix(a.bytes(0)).map_or_else(|| a.any(1).clone(), text))
    }),
    plain("nospace", &[STRING], |_, a| Ok(nospace(a.str(0)))),
    plain("initials", &[STRING], |_, a| Ok(text(initials(a.bytes(0))))),
    plain("swapcase", &[STRING], |_, a| Ok(case::swap(a.bytes(0)))),
    plain("shuffle", &[STRING], |interp, a| shuffle(interp, a.bytes(0))),
    plain("snakecase", &[STRING], |_, a| Ok(text(snake::separated(a.bytes(0), '_')))),
    plain("kebabcase", &[STRING], |_, a| Ok(text(snake::separated(a.bytes(0), '-')))),
    plain("camelcase", &[STRING], |_, a| Ok(text(case::pascal(a.bytes(0))))),
    plain("wrap", &[INT, STRING], |_, a| Ok(text(wrap::wrap(a.bytes(1), a.int(0), b"", false)?))),
    plain("wrapWith", &[INT, STRING, STRING], |_, a| Ok(text(wrap::wrap(a.bytes(2), a.int(0), a.bytes(1), true)?))),
    plain("contains", &[STRING, STRING], |_, a| Ok(Value::Bool(a.bytes(1).contains_str(a.bytes(0))))),
    plain("hasPrefix", &[STRING, STRING], |_, a| Ok(Value::Bool(a.bytes(1).starts_with(a.bytes(0))))),
    plain("hasSuffix", &[STRING, STRING], |_, a| Ok(Value::Bool(a.bytes(1).ends_with(a.bytes(0))))),
    variadic("quote", &[ANY], |_, a| Ok(spaced(a, |out, v| strconv::append_quote(out, strval(v).as_bytes())))),
    variadic("squote", &[ANY], |_, a| {
        Ok(spaced(a, |out, v| {
            out.push(b'\'');
            fmt::append_value(out, v);
            out.push(b'\'');
        }))
    }),
    variadic("cat", &[ANY], |_, a| Ok(spaced(a, fmt::append_value))),
    plain("indent", &[INT, STRING], |_, a| Ok(text(indent("", a.int(0), a.bytes(1))?))),
    plain("nindent", &[INT, STRING], |_, a| Ok(text(indent("\n", a.int(0), a.bytes(1))?))),
    plain("replace", &[STRING, STRING, STRING], |_, a| replace(a.bytes(0), a.bytes(1), a.str(2))),
    plain("plural", &[STRING, STRING, INT], |_, a| Ok(a.any(usize::from(a.int(2) != 1)).clone())),
    plain("toString", &[ANY], |_, a| Ok(Value::String(strval(a.any(0))))),
    plain("split", &[STRING, STRING], |_, a| Ok(parts::numbered(parts::split(a.bytes(1), a.bytes(0), -1)))),
    plain("splitList", &[STRING, STRING], |_, a| Ok(Value::strings(parts::split(a.bytes(1), a.bytes(0), -1)))),
    plain("splitn", &[STRING, INT, STRING], |_, a| Ok(parts::numbered(parts::split(a.bytes(2), a.bytes(0), a.int(1))))),
    plain("toStrings", &[ANY], |_, a| Ok(Value::List(strslice(a.any(0))))),
    plain("join", &[STRING, ANY], |_, a| parts::join(a.bytes(0), a.any(1))),
    plain("sortAlpha", &[ANY], |_, a| Ok(parts::sort_alpha(a.any(0)))),
];

fn text(bytes: impl Into<Str>) -> Value {
    Value::String(bytes.into())
}

/// The values that are not nil, each written by `write`, with spaces between.
fn spaced(values: &[Value], write: impl Fn(&mut Vec<u8>, &Value)) -> Value {
    let mut out = Vec::new();
    for (at, value) in values.iter().filter(|v| !matches!(v, Value::Nil)).enumerate() {
        if at > 0 {
            out.push(b' ');
        }
        write(&mut out, value);
    }
    text(out)
}

fn trunc(count: i64, s: &[u8]) -> &[u8] {
    let len = s.len() as i64;
    let cut = match len.checked_add(count) {
        Some(from) if count < 0 && from > 0 => s.get(from as usize..),
        _ if count >= 0 && len > count => s.get(..count as usize),
        _ => None,
    };
    cut.unwrap_or(s)
}

fn substring(start: i64, end: i64, s: &[u8]) -> Answer {
    let len = s.len();
    let index = |at: i64| usize::try_from(at).ok();
    let (cut, complaint) = if start < 0 {
        (
            index(end).and_then(|end| s.get(..end)),
            match end {
                ..0 => format!("[:{end}]"),
                _ => format!("[:{end}] with length {len}"),
            },
        )
    } else if end < 0 || end > len as i64 {
        (index(start).and_then(|start| s.get(start..)), format!("[{start}:{len}]"))
    } else {
        let range = index(start).zip(index(end)).and_then(|(start, end)| s.get(start..end));
        (range, format!("[{start}:{end}]"))
    };
    cut.map(text).ok_or_else(|| FuncError::panic(format!("runtime error: slice bounds out of range {complaint}")))
}

fn repeat(s: &[u8], count: i64) -> Result<Vec<u8>, FuncError> {
    let count = usize::try_from(count).map_err(|_| FuncError::panic("strings: negative Repeat count"))?;
    if s.len().checked_mul(count).is_none_or(|size| size > i64::MAX as usize) {
        return Err(FuncError::panic("strings: Repeat output length overflow"));
    }
    checked_size(s.len(), count)?;
    Ok(s.repeat(count))
}

/// `before`, then the text with each of its lines, empty ones too, moved right.
fn indent(before: &str, spaces: i64, s: &[u8]) -> Result<Vec<u8>, FuncError> {
    let pad = repeat(b" ", spaces)?;
    let lines = 1 + s.find_iter(b"\n").count();
    let mut out = Vec::with_capacity(before.len() + s.len() + checked_size(pad.len(), lines)?);
    out.extend_from_slice(before.as_bytes());
    for line in s.split_inclusive(|b| *b == b'\n') {
        out.extend_from_slice(&pad);
        out.extend_from_slice(line);
    }
    if s.is_empty() || s.ends_with(b"\n") {
        out.extend_from_slice(&pad);
    }
    Ok(out)
}

fn replace(old: &[u8], new: &[u8], s: Str) -> Answer {
    if old == new {
        return Ok(Value::String(s));
    }
    if old.is_empty() {
        // Go puts the new text before every rune and at the end.
        checked_size(new.len(), s.len() + 1)?;
        let mut out = Vec::new();
        for (at, _, width) in utf8::runes(&s) {
            out.extend_from_slice(new);
            out.extend_from_slice(s.as_bytes().get(at..at + width).unwrap_or_default());
        }
        out.extend_from_slice(new);
        return Ok(text(out));
    }
    let hits = s.find_iter(old).count();
    if hits == 0 {
        return Ok(Value::String(s));
    }
    checked_size(new.len(), hits)?;
    Ok(text(s.replace(old, new)))
}

fn to_char(rune: u32) -> char {
    char::from_u32(rune).unwrap_or(char::REPLACEMENT_CHARACTER)
}

fn is_space(rune: u32) -> bool {
    unicode::is_space(to_char(rune))
}

fn trim_matches(s: &[u8], matches: impl Fn(u32) -> bool) -> &[u8] {
    let mut start = s.len();
    let mut end = 0;
    for (at, rune, width) in utf8::runes(s) {
        if !matches(rune) {
            start = start.min(at);
            end = at + width;
        }
    }
    s.get(start..end).unwrap_or_default()
}

/// A malformed byte among those to trim stands for every malformed byte, and for U+FFFD.
fn trim_all<'a>(cutset: &[u8], s: &'a [u8]) -> &'a [u8] {
    let cutset: Vec<u32> = utf8::runes(cutset).map(|(_, rune, _)| rune).collect();
    trim_matches(s, |rune| cutset.contains(&rune))
}

/// goutils walks bytes and takes each for a rune, so what is not ASCII comes out as Latin-1.
fn latin1(s: &[u8]) -> impl Iterator<Item = char> {
    s.iter().map(|b| char::from(*b))
}

fn nospace(s: Str) -> Value {
    if latin1(&s).any(unicode::is_space) {
        Value::from(latin1(&s).filter(|c| !unicode::is_space(*c)).collect::<String>())
    } else {
        Value::String(s)
    }
}

fn initials(s: &[u8]) -> String {
    let mut gap = true;
    latin1(s)
        .filter(|c| {
            let first = gap && !unicode::is_space(*c);
            gap = unicode::is_space(*c);
            first
        })
        .collect()
}

fn shuffle(interp: &mut dyn Interp, s: &[u8]) -> Answer {
    let mut runes: Vec<char> = utf8::runes(s).map(|(_, rune, _)| to_char(rune)).collect();
    let mut entropy = host(interp)?.world.entropy.borrow_mut();
    for i in (1..runes.len()).rev() {
        runes.swap(i, entropy.below(i as u64 + 1).map_err(FuncError::new)? as usize);
    }
    Ok(Value::from(runes.into_iter().collect::<String>()))
}
