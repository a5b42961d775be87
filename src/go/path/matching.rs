//! Shell patterns for one path: `*` and `?` stop at slashes.
//!
//! Mirrors `path/filepath.Match` on Linux, which .helmignore uses.

use std::fmt;

use crate::go::utf8;

/// The pattern is malformed at a place the comparison reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadPattern;

impl fmt::Display for BadPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("syntax error in pattern")
    }
}

impl std::error::Error for BadPattern {}

/// Whether the pattern fits the whole name.
///
/// # Errors
/// When the pattern is malformed as far as it had to be read; like Go, what follows a mismatch is not looked at.
pub fn matches(mut pattern: &[u8], mut name: &[u8]) -> Result<bool, BadPattern> {
    // Most patterns of a .helmignore are a plain name or a star and an ending.
    let is_plain = |text: &[u8]| !text.iter().any(|byte| matches!(byte, b'*' | b'?' | b'[' | b'\\'));
    if is_plain(pattern) {
        return Ok(pattern == name);
    }
    if let Some(ending) = pattern.strip_prefix(b"*").filter(|ending| is_plain(ending)) {
        return Ok(name.strip_suffix(ending).is_some_and(|before| !before.contains(&b'/')));
    }
    while !pattern.is_empty() {
        let (star, chunk, rest) = next_chunk(pattern);
        pattern = rest;
        if star && chunk.is_empty() {
            return Ok(!name.contains(&b'/'));
        }
        let fits = |after: &[u8]| after.is_empty() || !rest.is_empty();
        if let Some(after) = match_chunk(chunk, name)?.filter(|after| fits(after)) {
            name = after;
            continue;
        }
        // The star may swallow everything up to the next slash.
        let mut found = None;
        if star {
            let reach = name.iter().position(|c| *c == b'/').unwrap_or(name.len());
            for skipped in 1..=reach {
                found = match_chunk(chunk, name.get(skipped..).unwrap_or_default())?.filter(|after| fits(after));
                if found.is_some() {
                    break;
                }
            }
        }
        match found {
            Some(after) => name = after,
            None => return Ok(false),
        }
    }
    Ok(name.is_empty())
}

/// Whether stars come first, what follows up to the next star outside of a class, and the rest.
fn next_chunk(pattern: &[u8]) -> (bool, &[u8], &[u8]) {
    let stars = pattern.iter().take_while(|c| **c == b'*').count();
    let (_, pattern) = pattern.split_at(stars);
    let (mut in_class, mut escaped) = (false, false);
    let end = pattern.iter().position(|c| {
        if std::mem::take(&mut escaped) {
            return false;
        }
        match c {
            b'\\' => escaped = true,
            b'[' => in_class = true,
            b']' => in_class = false,
            b'*' => return !in_class,
            _ => {}
        }
        false
    });
    let (chunk, rest) = pattern.split_at(end.unwrap_or(pattern.len()));
    (stars > 0, chunk, rest)
}

/// What remains of the text behind a chunk without stars, if it fits. After a mismatch the chunk is only checked.
fn match_chunk<'a>(mut chunk: &[u8], text: &'a [u8]) -> Result<Option<&'a [u8]>, BadPattern> {
    let mut left = Some(text);
    while let Some((&first, after)) = chunk.split_first() {
        chunk = after;
        left = left.filter(|text| !text.is_empty());
        match first {
            b'[' => {
                let (rune, width) = left.map_or((0, 0), utf8::decode);
                let (inside, rest) = match_class(chunk, rune)?;
                chunk = rest;
                left = left.filter(|_| inside).and_then(|text| text.get(width..));
            }
            b'?' => {
                left = left.filter(|text| !text.starts_with(b"/")).and_then(|text| text.get(utf8::decode(text).1..));
            }
            _ => {
                let literal = if first == b'\\' {
                    let (&escaped, rest) = chunk.split_first().ok_or(BadPattern)?;
                    chunk = rest;
                    escaped
                } else {
                    first
                };
                left = left.and_then(|text| text.strip_prefix(&[literal]));
            }
        }
    }
    Ok(left)
}

/// Whether a class, whose `[` is already read, has the rune; and what follows the class.
fn match_class(mut chunk: &[u8], rune: u32) -> Result<(bool, &[u8]), BadPattern> {
    let negated = chunk.strip_prefix(b"^");
    chunk = negated.unwrap_or(chunk);
    let mut found = false;
    let mut ranges = 0;
    loop {
        if ranges > 0
            && let Some(rest) = chunk.strip_prefix(b"]")
        {
            return Ok((found != negated.is_some(), rest));
        }
        let (low, rest) = class_rune(chunk)?;
        let (high, rest) = match rest.strip_prefix(b"-") {
            Some(rest) => class_rune(rest)?,
            None => (low, rest),
        };
        chunk = rest;
        found = found || (low..=high).contains(&rune);
        ranges += 1;
    }
}

fn class_rune(chunk: &[u8]) -> Result<(u32, &[u8]), BadPattern> {
    let chunk = match chunk.first() {
        None | Some(b'-' | b']') => return Err(BadPattern),
        Some(b'\\') => chunk.get(1..).unwrap_or_default(),
        Some(_) => chunk,
    };
    let (rune, width) = utf8::decode(chunk);
    let rest = chunk.get(width..).unwrap_or_default();
    // The class must still be closed, so something must follow.
    if rune == utf8::RUNE_ERROR && width <= 1 || rest.is_empty() {
        return Err(BadPattern);
    }
    Ok((rune, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_as_go_matches_them() {
        let yes = [
            ("abc", "abc"),
            ("*", "abc"),
            ("*c", "abc"),
            ("a*", "abc"),
            ("a*/b", "abc/b"),
            ("a*b*c*d*e*/f", "axbxcxdxe/f"),
            ("a*b?c*x", "abxbbxdbxebxczzx"),
            ("ab[c]", "abc"),
            ("ab[^e-g]", "abc"),
            ("a\\*b", "a*b"),
            ("a???b", "aαβγb"),
            ("[a-ζ]*", "α"),
            ("[\\]a]", "]"),
            ("[x\\-]", "-"),
            ("*x", "xxx"),
        ];
        for (pattern, name) in yes {
            assert_eq!(matches(pattern.as_bytes(), name.as_bytes()), Ok(true), "{pattern} {name}");
        }
        for (pattern, name) in
            [("*", "a/b"), ("a?b", "a/b"), ("ab[^b-d]", "abc"), ("a*b?c*x", "abxbbxdbxebxczzy"), ("x*[", "a")]
        {
            assert_eq!(matches(pattern.as_bytes(), name.as_bytes()), Ok(false), "{pattern} {name}");
        }
        for (pattern, name) in
            [("[]a]", "]"), ("[-]", "-"), ("[x-]", "x"), ("[a-b-c]", "a"), ("[", "a"), ("a[", "a"), ("a\\", "a")]
        {
            assert_eq!(matches(pattern.as_bytes(), name.as_bytes()), Err(BadPattern), "{pattern} {name}");
        }
    }
}
