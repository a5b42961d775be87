//! Go's view of bytes as UTF-8: every byte that is not part of a well-formed rune is one U+FFFD of width one.
//!
//! Mirrors `unicode/utf8`. Rust's and bstr's lossy decoders replace whole truncated sequences at once, which counts fewer runes.

/// U+FFFD, what a malformed byte decodes to.
pub const RUNE_ERROR: u32 = 0xfffd;

/// The largest rune.
pub const MAX_RUNE: u32 = 0x0010_ffff;

/// The first rune and how many bytes it takes: `(RUNE_ERROR, 1)` for a malformed byte, `(RUNE_ERROR, 0)` for no bytes.
pub fn decode(bytes: &[u8]) -> (u32, usize) {
    let Some(&first) = bytes.first() else { return (RUNE_ERROR, 0) };
    if first < 0x80 {
        return (u32::from(first), 1);
    }
    let len = match first {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return (RUNE_ERROR, 1),
    };
    let rune = bytes.get(..len).and_then(|s| std::str::from_utf8(s).ok()).and_then(|s| s.chars().next());
    rune.map_or((RUNE_ERROR, 1), |c| (u32::from(c), len))
}

/// How many runes there are, a malformed byte counting as one.
pub fn rune_count(bytes: &[u8]) -> usize {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.chars().count(),
        Err(_) => runes(bytes).count(),
    }
}

/// The bytes as text, with one U+FFFD for every malformed byte, as Go's JSON writes them.
pub fn text(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => runes(bytes).filter_map(|(_, rune, _)| char::from_u32(rune)).collect(),
    }
}

/// Every rune with its place and the bytes it takes, as `range` over a string gives them.
pub fn runes(bytes: &[u8]) -> impl Iterator<Item = (usize, u32, usize)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let (rune, width) = decode(bytes.get(at..)?);
        if width == 0 {
            return None;
        }
        let found = (at, rune, width);
        at += width;
        Some(found)
    })
}

/// Appends a rune; U+FFFD for a surrogate or a number beyond Unicode.
pub fn append(out: &mut Vec<u8>, rune: u32) {
    let c = char::from_u32(rune).unwrap_or(char::REPLACEMENT_CHARACTER);
    out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn malformed_bytes_count_one_by_one() {
        assert_eq!(decode(b""), (RUNE_ERROR, 0));
        assert_eq!(decode("é".as_bytes()), (0xe9, 2));
        // A truncated three-byte sequence is two malformed bytes for Go.
        assert_eq!(rune_count(b"\xe2\x82"), 2);
        assert_eq!(rune_count(b"a\xffb"), 3);
        // A surrogate half is three.
        assert_eq!(rune_count(b"\xed\xa0\x80"), 3);
        assert_eq!(runes("a€".as_bytes()).collect::<Vec<_>>(), [(0, 0x61, 1), (1, 0x20ac, 3)]);
    }
}
