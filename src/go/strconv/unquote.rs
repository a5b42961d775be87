//! Go literals read back: `strconv.Unquote`.

use crate::go::utf8;

/// The text a Go string or rune literal stands for, in any of the three quotes; `None` where Go says `invalid syntax`.
pub fn unquote(literal: &[u8]) -> Option<Vec<u8>> {
    let (&mark, rest) = literal.split_first()?;
    let (&last, body) = rest.split_last()?;
    if mark != last {
        return None;
    }
    match mark {
        b'`' => {
            // A raw literal ends at the first backquote; carriage returns in it do not count, and are rare.
            if body.contains(&b'`') {
                return None;
            }
            let mut out = body.to_vec();
            if body.contains(&b'\r') {
                out.retain(|byte| *byte != b'\r');
            }
            Some(out)
        }
        b'"' if body.iter().all(|byte| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\')) => {
            Some(body.to_vec())
        }
        b'"' => {
            let mut out = Vec::with_capacity(body.len());
            let mut rest = body;
            while !rest.is_empty() {
                rest = unquote_one(rest, mark, &mut out)?;
            }
            Some(out)
        }
        // An empty rune literal is the empty string for Go.
        b'\'' if body.is_empty() => Some(Vec::new()),
        b'\'' => {
            let mut out = Vec::with_capacity(4);
            unquote_one(body, mark, &mut out)?.is_empty().then_some(out)
        }
        _ => None,
    }
}

/// Appends the first character of the text; gives what is left.
fn unquote_one<'a>(text: &'a [u8], mark: u8, out: &mut Vec<u8>) -> Option<&'a [u8]> {
    let (&first, rest) = text.split_first()?;
    if first >= 0x80 {
        // A malformed byte becomes U+FFFD here.
        let (rune, width) = utf8::decode(text);
        utf8::append(out, rune);
        return text.get(width..);
    }
    if first == mark || first == b'\n' {
        return None;
    }
    if first != b'\\' {
        out.push(first);
        return Some(rest);
    }
    let (&letter, rest) = rest.split_first()?;
    let byte = match letter {
        b'a' => 0x07,
        b'b' => 0x08,
        b'f' => 0x0c,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 0x0b,
        b'\\' => b'\\',
        b'\'' | b'"' if letter == mark => letter,
        b'x' => {
            let (value, rest) = number(rest, 2, 16)?;
            out.push(u8::try_from(value).ok()?);
            return Some(rest);
        }
        b'u' | b'U' => {
            let (value, rest) = number(rest, if letter == b'u' { 4 } else { 8 }, 16)?;
            utf8::append(out, u32::from(char::from_u32(value)?));
            return Some(rest);
        }
        b'0'..=b'7' => {
            let (value, rest) = number(text.get(1..)?, 3, 8)?;
            out.push(u8::try_from(value).ok()?);
            return Some(rest);
        }
        _ => return None,
    };
    out.push(byte);
    Some(rest)
}

fn number(text: &[u8], digits: usize, radix: u32) -> Option<(u32, &[u8])> {
    let (number, rest) = text.split_at_checked(digits)?;
    let mut value = 0_u32;
    for &c in number {
        value = value.checked_mul(radix)?.checked_add(char::from(c).to_digit(radix)?)?;
    }
    Some((value, rest))
}

#[cfg(test)]
mod tests {
    use super::unquote;

    #[test]
    fn literals() {
        let good: &[(&[u8], &[u8])] = &[
            (b"\"\"", b""),
            (br#""a\tb\x41\101\u00e9\U0001F600\"'""#, "a\tbAA\u{e9}\u{1F600}\"'".as_bytes()),
            (br"'\''", b"'"),
            (b"''", b""),
            (b"`a\r\nb\\`", b"a\nb\\"),
            (b"\"\\xff\"", b"\xff"),
            (b"\"\xff\"", "\u{fffd}".as_bytes()),
        ];
        for (literal, want) in good {
            assert_eq!(unquote(literal).as_deref(), Some(*want), "{}", String::from_utf8_lossy(literal));
        }
        let bad: &[&[u8]] = &[
            b"",
            b"\"",
            b"\"a",
            b"a\"",
            b"\"a\"b\"",
            b"'ab'",
            b"\"\n\"",
            br#""\'""#,
            br#""\400""#,
            br#""\ud800""#,
            br#""\x4""#,
        ];
        for literal in bad {
            assert_eq!(unquote(literal), None, "{}", String::from_utf8_lossy(literal));
        }
    }
}
