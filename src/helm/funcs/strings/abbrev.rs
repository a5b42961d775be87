//! Shortening with dots, as goutils does it: `Abbreviate` and `AbbreviateFull`.

const DOTS: &[u8] = b"...";

pub(super) fn abbrev(width: i64, s: &[u8]) -> Vec<u8> {
    if width < 4 { s.to_vec() } else { abbreviate(s, 0, width) }
}

pub(super) fn abbrev_both(left: i64, right: i64, s: &[u8]) -> Vec<u8> {
    if right < 4 || (left > 0 && right < 7) { s.to_vec() } else { abbreviate(s, left, right) }
}

/// At most `width` bytes of the text from about `offset` on. Sprig throws goutils' errors away, and with them the text.
fn abbreviate(s: &[u8], offset: i64, width: i64) -> Vec<u8> {
    let len = s.len() as i64;
    if width < 4 {
        return Vec::new();
    }
    if len <= width {
        return s.to_vec();
    }
    // From here on 4 <= width < len, so nothing below can overflow.
    let kept = width - 3;
    let offset = offset.min(len).min(len - kept);
    let part = |from: i64, to: i64| s.get(from.max(0) as usize..to.max(0) as usize).unwrap_or_default();
    if offset <= 4 {
        return [part(0, kept), DOTS].concat();
    }
    if width < 7 {
        return Vec::new();
    }
    if offset + kept < len {
        [DOTS, &abbreviate(part(offset, len), 0, kept)].concat()
    } else {
        [DOTS, part(len - kept, len)].concat()
    }
}
