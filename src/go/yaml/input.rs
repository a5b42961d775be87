//! Bytes to characters: the encoding, the byte order mark, and what may not be in a YAML text at all.
//!
//! Mirrors `readerc.go` of `go.yaml.in/yaml/v2`, including the chunks in which it reads: a bad byte is noticed when the
//! scanner asks for a character of its chunk, so that an error further up in the same chunk goes unreported.

use std::borrow::Cow;

/// How much go-yaml decodes at once.
const CHUNK: usize = 512;

/// A text ready to be scanned.
pub(super) struct Input<'t> {
    /// UTF-8 without forbidden characters up to `fatal`.
    pub(super) text: Cow<'t, [u8]>,
    /// Where scanning begins: behind a byte order mark.
    pub(super) start: usize,
    /// What ends the text before its end.
    pub(super) fatal: Option<Fatal>,
}

/// A byte that is in no YAML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fatal {
    /// Where its chunk begins, of which nothing can be read.
    pub(super) chunk: usize,
    /// The byte.
    pub(super) at: usize,
    /// go-yaml's complaint.
    pub(super) why: &'static str,
}

impl<'t> Input<'t> {
    /// Looks over the whole text once.
    pub(super) fn new(text: &'t [u8]) -> Input<'t> {
        match text {
            [0xff, 0xfe, rest @ ..] => from_utf16(text, rest, u16::from_le_bytes),
            [0xfe, 0xff, rest @ ..] => from_utf16(text, rest, u16::from_be_bytes),
            [0xef, 0xbb, 0xbf, rest @ ..] => from_utf8(text, rest, 3),
            _ => from_utf8(text, text, 0),
        }
    }
}

fn from_utf8<'t>(text: &'t [u8], rest: &'t [u8], start: usize) -> Input<'t> {
    let fatal = first_bad(rest).map(|(at, why)| {
        let at = at + start;
        Fatal { chunk: chunk_start(text, at).max(start), at, why }
    });
    Input { text: Cow::Borrowed(text), start, fatal }
}

/// The first byte that starts no acceptable character.
fn first_bad(text: &[u8]) -> Option<(usize, &'static str)> {
    /// What the compiler can look at in one go.
    const WIDE: usize = 32;
    let is_plain = |byte: &u8| matches!(byte, 0x20..=0x7e) | (*byte == b'\n') | (*byte == b'\r') | (*byte == b'\t');
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        if let Some(wide) = text.get(at..at + WIDE)
            && wide.iter().fold(true, |plain, byte| plain & is_plain(byte))
        {
            at += WIDE;
            continue;
        }
        if is_plain(byte) {
            at += 1;
            continue;
        }
        match character(text.get(at..).unwrap_or_default()) {
            Ok(width) => at += width,
            Err(why) => return Some((at, why)),
        }
    }
    None
}

/// Width of the character the text begins with, or go-yaml's complaint about it.
fn character(text: &[u8]) -> Result<usize, &'static str> {
    let lead = text.first().copied().unwrap_or(0);
    let (width, mut value) = match lead {
        0x00..=0x7f => (1, u32::from(lead)),
        0xc0..=0xdf => (2, u32::from(lead & 0x1f)),
        0xe0..=0xef => (3, u32::from(lead & 0x0f)),
        0xf0..=0xf7 => (4, u32::from(lead & 0x07)),
        _ => return Err("invalid leading UTF-8 octet"),
    };
    let Some(trailing) = text.get(1..width) else { return Err("incomplete UTF-8 octet sequence") };
    for octet in trailing {
        if octet & 0xc0 != 0x80 {
            return Err("invalid trailing UTF-8 octet");
        }
        value = (value << 6) | u32::from(octet & 0x3f);
    }
    let shortest = match value {
        0..=0x7f => 1,
        0x80..=0x7ff => 2,
        0x800..=0xffff => 3,
        _ => 4,
    };
    if shortest != width {
        return Err("invalid length of a UTF-8 sequence");
    }
    if matches!(value, 0xd800..=0xdfff) || value > 0x10_ffff {
        return Err("invalid Unicode character");
    }
    allowed(value).then_some(width).ok_or("control characters are not allowed")
}

fn allowed(value: u32) -> bool {
    matches!(value, 0x09 | 0x0a | 0x0d | 0x20..=0x7e | 0x85 | 0xa0..=0xd7ff | 0xe000..=0xfffd | 0x1_0000..=0x10_ffff)
}

/// Where the chunk begins that holds this byte.
fn chunk_start(text: &[u8], bad: usize) -> usize {
    let mut start = 0;
    loop {
        let end = chunk_end(text, start);
        if bad < end || end <= start {
            return start;
        }
        start = end;
    }
}

/// Where the chunk ends that begins here: 512 bytes, less a character that does not fit any more.
pub(super) fn chunk_end(text: &[u8], start: usize) -> usize {
    let end = (start + CHUNK).min(text.len());
    for back in (1..=3).rev() {
        let lead = end.checked_sub(back).filter(|at| *at >= start).and_then(|at| text.get(at));
        let width = match lead {
            Some(0xc0..=0xdf) => 2,
            Some(0xe0..=0xef) => 3,
            Some(0xf0..=0xf7) => 4,
            _ => continue,
        };
        // What follows is not looked at before the whole character is there.
        if width > back {
            return end - back;
        }
    }
    end
}

fn from_utf16<'t>(text: &'t [u8], rest: &[u8], read: fn([u8; 2]) -> u16) -> Input<'t> {
    let mut out = Vec::with_capacity(rest.len());
    // Where in `out` the current chunk of the raw text begins.
    let (mut chunk_out, mut chunk_end) = (0, CHUNK);
    let mut at = text.len() - rest.len();
    let unit = |at: usize| text.get(at..at + 2).and_then(|pair| pair.try_into().ok()).map(read);
    let mut fatal = None;
    while at < text.len() {
        let (value, width) = match unit(at) {
            None => (Err("incomplete UTF-16 character"), 2),
            Some(low) if low & 0xfc00 == 0xdc00 => (Err("unexpected low surrogate area"), 2),
            Some(high) if high & 0xfc00 == 0xd800 => match unit(at + 2) {
                None => (Err("incomplete UTF-16 surrogate pair"), 4),
                Some(low) if low & 0xfc00 != 0xdc00 => (Err("expected low surrogate area"), 4),
                Some(low) => (Ok(0x1_0000 + (u32::from(high & 0x3ff) << 10) + u32::from(low & 0x3ff)), 4),
            },
            Some(unit) => (Ok(u32::from(unit)), 2),
        };
        // What is incomplete is read again when there is more, or no more.
        if at + width > chunk_end.min(text.len()) {
            (chunk_out, chunk_end) = (out.len(), at + CHUNK);
        }
        match value.map(|value| char::from_u32(value).filter(|_| allowed(value))) {
            Ok(Some(c)) => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            Ok(None) => fatal = Some("control characters are not allowed"),
            Err(why) => fatal = Some(why),
        }
        if fatal.is_some() {
            break;
        }
        at += width;
    }
    let fatal = fatal.map(|why| Fatal { chunk: chunk_out, at: out.len(), why });
    Input { text: Cow::Owned(out), start: 0, fatal }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_bytes() {
        let check = |text: &[u8], want: Option<(usize, usize, &'static str)>| {
            let want = want.map(|(chunk, at, why)| Fatal { chunk, at, why });
            assert_eq!(Input::new(text).fatal, want, "{text:?}");
        };
        check(b"a: b", None);
        check("a: \u{85}\u{2028}\u{feff}é😀".as_bytes(), None);
        check(b"a: \x00", Some((0, 3, "control characters are not allowed")));
        check("a: \u{7f}".as_bytes(), Some((0, 3, "control characters are not allowed")));
        check(b"a: \xff", Some((0, 3, "invalid leading UTF-8 octet")));
        check(b"\xef\xbb\xbfa: \xff", Some((3, 6, "invalid leading UTF-8 octet")));
        check(b"a: \xc3", Some((3, 3, "incomplete UTF-8 octet sequence")));
        check(b"a: \xf4(", Some((3, 3, "incomplete UTF-8 octet sequence")));
        check(b"a: \xc3(", Some((0, 3, "invalid trailing UTF-8 octet")));
        check(b"a: \xc0\x80", Some((0, 3, "invalid length of a UTF-8 sequence")));
        check(b"a: \xed\xa0\x80", Some((0, 3, "invalid Unicode character")));
        let mut long = vec![b' '; 511];
        long.extend_from_slice("é\u{1}".as_bytes());
        check(&long, Some((511, 513, "control characters are not allowed")));
    }

    #[test]
    fn utf16() {
        let input = Input::new(b"\xff\xfea\0:\0 \0\x3d\xd8\x00\xde");
        assert_eq!((&*input.text, input.fatal), ("a: 😀".as_bytes(), None));
        let fatal = Fatal { chunk: 0, at: 1, why: "unexpected low surrogate area" };
        assert_eq!(Input::new(b"\xfe\xff\0a\xdc\0").fatal, Some(fatal));
    }
}
