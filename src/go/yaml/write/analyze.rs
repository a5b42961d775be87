//! Which styles a text can be written in.
//!
//! Mirrors `yaml_emitter_analyze_scalar` of `go.yaml.in/yaml/v2` and v3.

use super::Version;

/// What a text allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Analysis {
    pub(super) multiline: bool,
    pub(super) plain: bool,
    pub(super) single_quoted: bool,
    pub(super) block: bool,
}

/// Looks at each character of a text once.
pub(super) fn analyze(text: &[u8], version: Version) -> Analysis {
    if text.is_empty() {
        return Analysis { multiline: false, plain: true, single_quoted: true, block: false };
    }
    let mut indicators = text.starts_with(b"---") || text.starts_with(b"...");
    let (mut breaks, mut special, mut tabs) = (false, false, false);
    let (mut break_space, mut space_break) = (false, false);
    let mut previous = Char::Other;
    let mut after_blank = true;
    let first = Char::of(text);
    let mut last = first;

    let mut rest = text;
    while let Some(byte) = rest.first() {
        let width = width(*byte);
        let next = rest.get(width..).unwrap_or_default();
        let before_blank = matches!(next.first(), None | Some(b' ' | b'\t'));
        indicators |= match byte {
            b':' => before_blank,
            b'#' => after_blank,
            b'?' | b'-' if rest.len() == text.len() => before_blank,
            b',' | b'[' | b']' | b'{' | b'}' | b'&' | b'*' | b'!' | b'|' | b'>' | b'\'' | b'"' | b'%' | b'@' | b'`' => {
                rest.len() == text.len()
            }
            _ => false,
        };
        let char = Char::of(rest);
        match char {
            Char::Space => break_space |= previous == Char::Break,
            Char::Break => {
                breaks = true;
                space_break |= previous == Char::Space;
            }
            Char::Other => {}
        }
        if !(0x20..=0x7e).contains(byte) {
            let tab = *byte == b'\t' && version == Version::V3;
            tabs |= tab;
            special |= !tab && !is_printable(rest);
        }
        after_blank = char != Char::Other || matches!(byte, b'\t' | 0);
        (previous, last) = (char, char);
        rest = next;
    }

    let edge = first != Char::Other || last != Char::Other;
    Analysis {
        multiline: breaks,
        plain: !(edge || break_space || space_break || special || tabs || breaks || indicators),
        single_quoted: !(break_space || space_break || special || tabs),
        block: !(last == Char::Space || space_break || special),
    }
}

/// The characters that matter for where a text may be folded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Char {
    Space,
    Break,
    Other,
}

impl Char {
    /// What the text begins with.
    pub(super) fn of(text: &[u8]) -> Char {
        match text {
            [b' ', ..] => Char::Space,
            [b'\n' | b'\r', ..] | [0xc2, 0x85, ..] | [0xe2, 0x80, 0xa8 | 0xa9, ..] => Char::Break,
            _ => Char::Other,
        }
    }
}

/// Bytes of the character that begins with this one.
pub(super) fn width(lead: u8) -> usize {
    match lead {
        0x00..=0x7f => 1,
        0x80..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0.. => 4,
    }
}

/// Whether the character the text begins with may stand there unescaped; go-yaml counts nothing above U+FFFF.
pub(super) fn is_printable(text: &[u8]) -> bool {
    match text {
        [b'\n' | 0x20..=0x7e, ..] => true,
        [0xc2, next, ..] => *next >= 0xa0,
        [0xc3..=0xec | 0xee, ..] => true,
        [0xed, next, ..] => *next < 0xa0,
        [0xef, 0xbb, 0xbf, ..] | [0xef, 0xbf, 0xbe | 0xbf, ..] => false,
        [0xef, ..] => true,
        _ => false,
    }
}
