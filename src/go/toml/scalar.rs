//! What tokens stand for: numbers and strings. Mirrors the value functions of `parse.go`.

use crate::go::strconv::{Cause, parse_float, parse_int, quote};
use crate::go::utf8;

/// Why a token stands for nothing.
pub(super) enum Fault {
    /// The text of the error.
    Bad(String),
    /// The library holds it for a mistake of its own and panics.
    Bug(String),
}

fn bad<T>(message: String) -> Result<T, Fault> {
    Err(Fault::Bad(message))
}

pub(super) fn integer(text: &[u8]) -> Result<i64, Fault> {
    if !underscores_are_between_digits(text) {
        return bad(format!("Invalid integer {}: underscores must be surrounded by digits", quote(text)));
    }
    if has_leading_zero(text) {
        return bad(format!("Invalid integer {}: cannot have leading zeroes", quote(text)));
    }
    parse_int(text, 0, 64).map_err(|error| {
        let shown = String::from_utf8_lossy(text);
        match error.cause {
            Cause::Range => Fault::Bad(format!("{shown} is out of range for int64")),
            _ => Fault::Bug(format!("Expected integer value, but got '{shown}'.")),
        }
    })
}

pub(super) fn float(text: &[u8]) -> Result<f64, Fault> {
    let mut parts = text.split(|c| matches!(c, b'.' | b'e' | b'E')).filter(|part| !part.is_empty()).peekable();
    let leading_zero = parts.peek().is_some_and(|part| has_leading_zero(part));
    if !parts.all(underscores_are_between_digits) {
        return bad(format!("Invalid float {}: underscores must be surrounded by digits", quote(text)));
    }
    if leading_zero {
        return bad(format!("Invalid float {}: cannot have leading zeroes", quote(text)));
    }
    // Go itself would read 1. and 1.e2.
    let good_point = |(at, _): (usize, &u8)| text.get(at + 1).is_some_and(u8::is_ascii_digit);
    if !text.iter().enumerate().filter(|(_, c)| **c == b'.').all(good_point) {
        return bad(format!("Invalid float {}: '.' must be followed by one or more digits", quote(text)));
    }
    let digits: Vec<u8> = text.iter().copied().filter(|&c| c != b'_').collect();
    let digits = match &digits[..] {
        b"+nan" => return Ok(f64::NAN),
        b"-nan" => return Ok(-f64::NAN),
        digits => digits,
    };
    parse_float(digits, 64).map_err(|error| {
        Fault::Bad(match error.cause {
            Cause::Range => format!("{} is out of range for float64", String::from_utf8_lossy(text)),
            _ => format!("Invalid float value: {}", quote(text)),
        })
    })
}

fn has_leading_zero(text: &[u8]) -> bool {
    match text {
        [b'0', next, ..] => !matches!(next, b'b' | b'o' | b'x'),
        [b'+' | b'-', b'0', _, ..] => true,
        _ => false,
    }
}

fn underscores_are_between_digits(text: &[u8]) -> bool {
    if matches!(text, b"nan" | b"+nan" | b"-nan" | b"inf" | b"-inf" | b"+inf") {
        return true;
    }
    let mut after_digit = false;
    for &c in text {
        if c == b'_' && !after_digit {
            return false;
        }
        after_digit = c.is_ascii_hexdigit();
    }
    after_digit
}

/// A multi-line string without the line break it may begin with.
pub(super) fn without_first_newline(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\n").or(text.strip_prefix(b"\r\n")).unwrap_or(text)
}

/// Removes each backslash at the end of a line with all blanks and line breaks behind it.
pub(super) fn without_escaped_newlines(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    let mut from = 0;
    while let Some(found) = rest.get(from..).and_then(|r| r.iter().position(|&c| c == b'\\')) {
        let at = from + found;
        let behind = rest.get(at + 1..).unwrap_or_default();
        if behind.first() == Some(&b'\\') {
            from = at + 2;
            continue;
        }
        let blanks = behind.iter().take_while(|c| matches!(c, b' ' | b'\t' | b'\r' | b'\n')).count();
        let (blank, after) = behind.split_at(blanks);
        if blank.contains(&b'\n') {
            out.extend_from_slice(rest.get(..at).unwrap_or_default());
            rest = after;
            from = 0;
        } else {
            from = at + 1;
        }
    }
    out.extend_from_slice(rest);
    out
}

/// The text with its escapes replaced. The lexer has seen to it that they are whole.
pub(super) fn unescape(text: &[u8]) -> Result<Vec<u8>, Fault> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.iter().position(|&c| c == b'\\') {
        out.extend_from_slice(rest.get(..at).unwrap_or_default());
        let letter = rest.get(at + 1).copied().unwrap_or(b'\\');
        rest = rest.get(at + 2..).unwrap_or_default();
        let digits = match letter {
            b'x' => 2,
            b'u' => 4,
            b'U' => 8,
            _ => {
                out.push(match letter {
                    b'b' => 0x08,
                    b't' => b'\t',
                    b'n' => b'\n',
                    b'f' => 0x0c,
                    b'r' => b'\r',
                    b'e' => 0x1b,
                    b'"' | b'\\' => letter,
                    b' ' | b'\t' => return bad(format!("invalid escape: '\\{}'", char::from(letter))),
                    _ => {
                        let mut shown = Vec::new();
                        crate::go::strconv::append_quote_rune(&mut shown, u32::from(letter));
                        let shown = String::from_utf8_lossy(&shown).into_owned();
                        return Err(Fault::Bug(format!("Expected valid escape code after \\, but got {shown}.")));
                    }
                });
                continue;
            }
        };
        let (hex, after) = rest.split_at(digits.min(rest.len()));
        let hex = String::from_utf8_lossy(hex);
        match u32::from_str_radix(&hex, 16).ok().filter(|&rune| char::from_u32(rune).is_some()) {
            Some(rune) => utf8::append(&mut out, rune),
            None => return bad(format!("Escaped character '\\u{hex}' is not valid UTF-8.")),
        }
        rest = after;
    }
    out.extend_from_slice(rest);
    Ok(out)
}
