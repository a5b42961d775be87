//! Characters as the lexer's messages show them, and which of them make a name.

use crate::go::strconv::{is_print, quote};
use crate::go::unicode::{is_digit, is_letter};
use crate::go::utf8;

/// A letter, a digit or `_`.
pub(super) fn is_alphanumeric(rune: u32) -> bool {
    char::from_u32(rune).is_some_and(|c| c == '_' || is_letter(c) || is_digit(c))
}

/// `%#U`.
pub(super) fn unicode_name(rune: u32) -> String {
    match char::from_u32(rune) {
        Some(c) if is_print(rune) => format!("U+{rune:04X} '{c}'"),
        _ => format!("U+{rune:04X}"),
    }
}

/// `%.10q`.
pub(super) fn quote_start(text: &[u8]) -> String {
    let end = utf8::runes(text).nth(10).map_or(text.len(), |(at, _, _)| at);
    quote(text.get(..end).unwrap_or_default())
}
