//! Characters as the lexer's messages show them, and which of them make a name.

use std::sync::LazyLock;

use regex::Regex;

use crate::go::strconv::{is_print, quote};
use crate::go::utf8;

/// Only looked at beyond ASCII, where few templates have a name.
static LETTER_OR_DIGIT: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^[\p{L}\p{Nd}]$").ok());

/// A letter, a digit or `_`.
pub(super) fn is_alphanumeric(rune: u32) -> bool {
    match u8::try_from(rune) {
        Ok(byte) if byte.is_ascii() => byte == b'_' || byte.is_ascii_alphanumeric(),
        _ => char::from_u32(rune)
            .is_some_and(|c| LETTER_OR_DIGIT.as_ref().is_some_and(|class| class.is_match(c.encode_utf8(&mut [0; 4])))),
    }
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
