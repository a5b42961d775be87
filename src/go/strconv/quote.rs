//! Go string and rune literals: `strconv.Quote` and its kin.

use super::print::is_print;
use crate::go::utf8;

const HEX: &[u8; 16] = b"0123456789abcdef";

/// A double-quoted Go string literal; what Go does not print is escaped.
pub fn quote(text: &[u8]) -> String {
    let mut out = Vec::with_capacity(text.len() + 2);
    append_quote(&mut out, text);
    into_text(out)
}

/// Like [`quote`], with everything beyond ASCII escaped.
pub fn quote_to_ascii(text: &[u8]) -> String {
    let mut out = Vec::with_capacity(text.len() + 2);
    append_quote_to_ascii(&mut out, text);
    into_text(out)
}

/// Appends what [`quote`] gives.
pub fn append_quote(out: &mut Vec<u8>, text: &[u8]) {
    append_quoted(out, text, false);
}

/// Appends what [`quote_to_ascii`] gives.
pub fn append_quote_to_ascii(out: &mut Vec<u8>, text: &[u8]) {
    append_quoted(out, text, true);
}

/// Appends a single-quoted Go rune literal.
pub fn append_quote_rune(out: &mut Vec<u8>, rune: u32) {
    append_quoted_rune(out, rune, false);
}

/// Like [`append_quote_rune`], with everything beyond ASCII escaped.
pub fn append_quote_rune_to_ascii(out: &mut Vec<u8>, rune: u32) {
    append_quoted_rune(out, rune, true);
}

/// Whether the text can stand unchanged between backquotes on one line.
pub fn can_backquote(text: &[u8]) -> bool {
    utf8::runes(text).all(|(_, rune, width)| match rune {
        _ if width > 1 => rune != 0xfeff,
        utf8::RUNE_ERROR => false,
        _ => (rune >= 0x20 || rune == 0x09) && rune != u32::from(b'`') && rune != 0x7f,
    })
}

fn append_quoted(out: &mut Vec<u8>, text: &[u8], ascii_only: bool) {
    out.push(b'"');
    let mut plain_from = 0;
    for (at, rune, width) in utf8::runes(text) {
        let malformed = width == 1 && rune == utf8::RUNE_ERROR;
        if !malformed && is_plain(rune, b'"', ascii_only) {
            continue;
        }
        out.extend_from_slice(text.get(plain_from..at).unwrap_or_default());
        plain_from = at + width;
        match text.get(at) {
            Some(&byte) if malformed => append_hex_byte(out, byte),
            _ => append_escaped(out, rune, b'"', ascii_only),
        }
    }
    out.extend_from_slice(text.get(plain_from..).unwrap_or_default());
    out.push(b'"');
}

fn append_quoted_rune(out: &mut Vec<u8>, rune: u32, ascii_only: bool) {
    let rune = char::from_u32(rune).map_or(utf8::RUNE_ERROR, u32::from);
    out.push(b'\'');
    append_escaped(out, rune, b'\'', ascii_only);
    out.push(b'\'');
}

/// Whether the rune stands for itself between the quotes.
fn is_plain(rune: u32, quote: u8, ascii_only: bool) -> bool {
    rune != u32::from(quote) && rune != u32::from(b'\\') && (!ascii_only || rune < 0x80) && is_print(rune)
}

fn append_escaped(out: &mut Vec<u8>, rune: u32, quote: u8, ascii_only: bool) {
    if is_plain(rune, quote, ascii_only) {
        return utf8::append(out, rune);
    }
    let short = match rune {
        0x07 => b'a',
        0x08 => b'b',
        0x0c => b'f',
        0x0a => b'n',
        0x0d => b'r',
        0x09 => b't',
        0x0b => b'v',
        _ if rune == u32::from(quote) => quote,
        0x5c => b'\\',
        0x00..=0x1f | 0x7f => {
            // Below 0x80, so the cast keeps the number.
            return append_hex_byte(out, rune as u8);
        }
        0x80..=0xffff => return append_hex_rune(out, b'u', rune, 4),
        _ => return append_hex_rune(out, b'U', rune, 8),
    };
    out.extend_from_slice(&[b'\\', short]);
}

fn append_hex_byte(out: &mut Vec<u8>, byte: u8) {
    append_hex_rune(out, b'x', u32::from(byte), 2);
}

fn append_hex_rune(out: &mut Vec<u8>, letter: u8, rune: u32, digits: u32) {
    out.extend_from_slice(&[b'\\', letter]);
    for place in (0..digits).rev() {
        let digit = (rune >> (4 * place)) & 0xf;
        out.push(HEX.get(digit as usize).copied().unwrap_or(b'0'));
    }
}

/// The literals are made of whole runes only.
fn into_text(literal: Vec<u8>) -> String {
    String::from_utf8(literal).unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned())
}
