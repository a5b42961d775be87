//! Keys and basic strings as text.

use crate::go::value::Str;

/// Appends a text as a basic string.
pub(super) fn append_quoted(out: &mut Vec<u8>, text: &[u8]) {
    out.push(b'"');
    for &c in text {
        let short: &[u8] = match c {
            b'"' => br#"\""#,
            b'\\' => br"\\",
            0x08 => br"\b",
            b'\t' => br"\t",
            b'\n' => br"\n",
            0x0c => br"\f",
            b'\r' => br"\r",
            0x00..=0x1f | 0x7f => {
                out.extend_from_slice(format!("\\u{c:04x}").as_bytes());
                continue;
            }
            _ => {
                out.push(c);
                continue;
            }
        };
        out.extend_from_slice(short);
    }
    out.push(b'"');
}

/// Appends one part of a key, quoted where it must be.
pub(super) fn append_part(out: &mut Vec<u8>, part: &[u8]) {
    if !part.is_empty() && part.iter().all(|&c| is_bare(c)) {
        out.extend_from_slice(part);
    } else {
        append_quoted(out, part);
    }
}

/// A dotted key.
pub(super) fn dotted(parts: &[Str]) -> Vec<u8> {
    let mut out = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            out.push(b'.');
        }
        append_part(&mut out, part.as_bytes());
    }
    out
}

pub(super) fn is_bare(c: u8) -> bool {
    c.is_ascii_alphanumeric() || c == b'_' || c == b'-'
}
