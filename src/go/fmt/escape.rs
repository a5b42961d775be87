//! The escapers behind the template functions `html`, `js` and `urlquery`.
//!
//! Mirrors `HTMLEscape` and `JSEscape` of `text/template` and `url.QueryEscape`.

use crate::go::strconv::is_print;
use crate::go::utf8;

/// Text that is safe in HTML.
pub fn html_escape(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for &c in text {
        match c {
            0 => out.extend_from_slice("\u{fffd}".as_bytes()),
            b'"' => out.extend_from_slice(b"&#34;"),
            b'\'' => out.extend_from_slice(b"&#39;"),
            b'&' => out.extend_from_slice(b"&amp;"),
            b'<' => out.extend_from_slice(b"&lt;"),
            b'>' => out.extend_from_slice(b"&gt;"),
            _ => out.push(c),
        }
    }
    out
}

/// Text that is safe in a JavaScript string.
pub fn js_escape(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for (at, rune, width) in utf8::runes(text) {
        match rune {
            0x5c => out.extend_from_slice(br"\\"),
            0x27 => out.extend_from_slice(br"\'"),
            0x22 => out.extend_from_slice(br#"\""#),
            // < > & = and control characters.
            0x3c | 0x3e | 0x26 | 0x3d | 0x00..=0x1f => out.extend_from_slice(format!("\\u{rune:04X}").as_bytes()),
            // Go keeps the bytes of a printable rune, and U+FFFD, which stands for a malformed byte, is printable.
            _ if rune < 0x80 || is_print(rune) => out.extend_from_slice(text.get(at..at + width).unwrap_or_default()),
            _ => out.extend_from_slice(format!("\\u{rune:04X}").as_bytes()),
        }
    }
    out
}

/// Text that is safe in the query of a URL; a space becomes a plus.
pub fn url_query_escape(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for &c in text {
        match c {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(c),
            b' ' => out.push(b'+'),
            _ => out.extend_from_slice(format!("%{c:02X}").as_bytes()),
        }
    }
    out
}
