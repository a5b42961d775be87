//! DER: a writer, and the reader that certificates are read with.
//!
//! The reader mirrors `cryptobyte.String` of golang.org/x/crypto, which says only yes or no. Private keys go through
//! [`super::asn1`], whose errors Go shows.

/// `BOOLEAN`.
pub(super) const BOOLEAN: u8 = 1;
/// `INTEGER`.
pub(super) const INTEGER: u8 = 2;
/// `BIT STRING`.
pub(super) const BIT_STRING: u8 = 3;
/// `OCTET STRING`.
pub(super) const OCTET_STRING: u8 = 4;
/// `NULL`, the whole element.
pub(super) const NULL: &[u8] = &[5, 0];
/// `OBJECT IDENTIFIER`.
pub(super) const OID: u8 = 6;
/// `UTF8String`.
pub(super) const UTF8_STRING: u8 = 12;
/// `SEQUENCE`.
pub(super) const SEQUENCE: u8 = 0x30;
/// `SET`.
pub(super) const SET: u8 = 0x31;
/// `PrintableString`.
pub(super) const PRINTABLE_STRING: u8 = 19;
/// `UTCTime`.
pub(super) const UTC_TIME: u8 = 23;
/// `GeneralizedTime`.
pub(super) const GENERALIZED_TIME: u8 = 24;

/// A context-specific tag of a primitive element.
pub(super) const fn context(number: u8) -> u8 {
    0x80 | number
}

/// A context-specific tag of an element that holds others.
pub(super) const fn explicit(number: u8) -> u8 {
    0xa0 | number
}

/// An element.
pub(super) fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let length = trim(&length);
    let mut out = Vec::with_capacity(content.len() + 2 + length.len());
    out.push(tag);
    match length {
        [] => out.push(0),
        [short @ 0..=0x7f] => out.push(*short),
        long => {
            out.push(0x80 | long.len() as u8);
            out.extend_from_slice(long);
        }
    }
    out.extend_from_slice(content);
    out
}

/// An element that holds others.
pub(super) fn group(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    element(tag, &parts.concat())
}

/// An `INTEGER` that is not negative, from its big-endian bytes.
pub(super) fn integer(bytes: &[u8]) -> Vec<u8> {
    match trim(bytes) {
        [] => element(INTEGER, &[0]),
        digits @ [0x80..=0xff, ..] => element(INTEGER, &[&[0], digits].concat()),
        digits => element(INTEGER, digits),
    }
}

/// A `BIT STRING` of whole bytes.
pub(super) fn bit_string(bytes: &[u8]) -> Vec<u8> {
    element(BIT_STRING, &[&[0], bytes].concat())
}

/// Bytes of a number without leading zeros.
pub(super) fn trim(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    bytes.get(zeros..).unwrap_or_default()
}

/// What is left to read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Input<'a>(pub(super) &'a [u8]);

impl<'a> Input<'a> {
    /// True at the end.
    pub(super) fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// Whether the next element has this tag.
    pub(super) fn is_next(self, tag: u8) -> bool {
        self.0.first() == Some(&tag)
    }

    /// Tag, whole element and content of the next element, whatever it is.
    fn next(&mut self) -> Option<(u8, &'a [u8], &'a [u8])> {
        let [tag, length, rest @ ..] = self.0 else { return None };
        if tag & 0x1f == 0x1f {
            return None;
        }
        let (header, length) = match *length {
            short @ 0..=0x7f => (2, usize::from(short)),
            long => {
                let digits = rest.get(..usize::from(long & 0x7f))?;
                if digits.is_empty() || digits.len() > 4 || digits.first() == Some(&0) {
                    return None;
                }
                let length = digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit));
                if length < 0x80 {
                    return None;
                }
                (2 + digits.len(), length)
            }
        };
        let (whole, after) = self.0.split_at_checked(header + length)?;
        self.0 = after;
        Some((*tag, whole, whole.get(header..)?))
    }

    /// Tag and content of the next element.
    pub(super) fn any(&mut self) -> Option<(u8, Input<'a>)> {
        self.next().map(|(tag, _, content)| (tag, Input(content)))
    }

    /// The next element with its header.
    pub(super) fn any_whole(&mut self) -> Option<&'a [u8]> {
        self.next().map(|(_, whole, _)| whole)
    }

    /// The content of the next element, which must have this tag.
    pub(super) fn read(&mut self, tag: u8) -> Option<Input<'a>> {
        if !self.is_next(tag) {
            return None;
        }
        self.any().map(|(_, content)| content)
    }

    /// The next element with its header, which must have this tag.
    pub(super) fn read_whole(&mut self, tag: u8) -> Option<&'a [u8]> {
        if !self.is_next(tag) {
            return None;
        }
        self.any_whole()
    }

    /// The content of the next element when it has this tag; `Some(None)` when it has another.
    pub(super) fn optional(&mut self, tag: u8) -> Option<Option<Input<'a>>> {
        if self.is_next(tag) { self.read(tag).map(Some) } else { Some(None) }
    }

    /// A `BOOLEAN`.
    pub(super) fn boolean(&mut self) -> Option<bool> {
        match self.read(BOOLEAN)?.0 {
            [0] => Some(false),
            [0xff] => Some(true),
            _ => None,
        }
    }

    /// An `INTEGER` (or one with another tag): its two's complement, as short as it can be.
    pub(super) fn integer(&mut self, tag: u8) -> Option<&'a [u8]> {
        let bytes = self.read(tag)?.0;
        match bytes {
            [] | [0, 0..=0x7f, ..] | [0xff, 0x80..=0xff, ..] => None,
            _ => Some(bytes),
        }
    }

    /// An `INTEGER` that is not negative and fits 63 bits.
    pub(super) fn small(&mut self, tag: u8) -> Option<u64> {
        let bytes = self.integer(tag)?;
        if bytes.len() > 8 || is_negative(bytes) {
            return None;
        }
        Some(bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    /// An `OBJECT IDENTIFIER`: its content, which is canonical.
    pub(super) fn oid(&mut self) -> Option<&'a [u8]> {
        let bytes = self.read(OID)?.0;
        oid_numbers(bytes).map(|_| bytes)
    }

    /// A `BIT STRING`: its bytes and how many bits of the last one do not count.
    pub(super) fn bits(&mut self) -> Option<(&'a [u8], u8)> {
        let [padding, bytes @ ..] = self.read(BIT_STRING)?.0 else { return None };
        let last = bytes.last().copied();
        let stray = last.map_or(*padding > 0, |last| *padding > 7 || last & ((1 << padding) - 1) != 0);
        (!stray).then_some((bytes, *padding))
    }
}

/// Whether the two's complement of a number begins with a minus.
pub(super) fn is_negative(bytes: &[u8]) -> bool {
    bytes.first().is_some_and(|first| first & 0x80 != 0)
}

/// Whether the two's complement is that of a number above zero.
pub(super) fn is_positive(bytes: &[u8]) -> bool {
    !is_negative(bytes) && bytes.iter().any(|byte| *byte != 0)
}

/// The numbers of an object identifier, when each has at most 31 bits and no superfluous zeros.
pub(super) fn oid_numbers(bytes: &[u8]) -> Option<Vec<u32>> {
    let mut numbers = Vec::new();
    let mut rest = bytes;
    while let [first, ..] = rest {
        let length = rest.iter().position(|byte| byte & 0x80 == 0)? + 1;
        let (digits, after) = rest.split_at_checked(length)?;
        let number = digits.iter().take(6).fold(0, |number: u64, digit| number << 7 | u64::from(digit & 0x7f));
        let number = u32::try_from(number).ok().filter(|n| *n >> 31 == 0)?;
        if *first == 0x80 || length > 5 {
            return None;
        }
        if numbers.is_empty() {
            let root = (number / 40).min(2);
            numbers.extend([root, number - 40 * root]);
        } else {
            numbers.push(number);
        }
        rest = after;
    }
    (!numbers.is_empty()).then_some(numbers)
}

/// An object identifier in dots.
pub(super) fn oid_text(numbers: &[u32]) -> String {
    numbers.iter().map(u32::to_string).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_and_integers() {
        assert_eq!(element(4, &[]), [4, 0]);
        assert_eq!(element(4, &[1; 127])[..2], [4, 127]);
        assert_eq!(element(4, &[1; 128])[..3], [4, 0x81, 128]);
        assert_eq!(element(4, &[1; 256])[..4], [4, 0x82, 1, 0]);
        assert_eq!(integer(&[]), [2, 1, 0]);
        assert_eq!(integer(&[0, 0, 5]), [2, 1, 5]);
        assert_eq!(integer(&[0x80]), [2, 2, 0, 0x80]);
    }

    #[test]
    fn reading_is_strict() {
        for bytes in [&[4][..], &[4, 1], &[4, 0x80], &[4, 0x81, 5, 1, 2, 3, 4, 5], &[4, 0x82, 0, 200], &[0x1f, 1, 0]] {
            assert!(Input(bytes).any().is_none(), "{bytes:?}");
        }
        assert_eq!(Input(&[2, 1, 0xff]).integer(INTEGER), Some(&[0xff][..]));
        assert_eq!(Input(&[2, 2, 0, 1]).integer(INTEGER), None);
        assert_eq!(Input(&[3, 2, 5, 0xa0]).bits(), Some((&[0xa0][..], 5)));
        assert_eq!(Input(&[3, 2, 5, 0xa1]).bits(), None);
        assert_eq!(Input(&[3, 1, 1]).bits(), None);
        assert_eq!(oid_text(&oid_numbers(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d]).unwrap()), "1.2.840.113549");
        assert_eq!(oid_numbers(&[0x88, 0x37, 0x03]), Some(vec![2, 999, 3]));
        assert_eq!(oid_numbers(&[0x2a, 0x80, 0x01]), None);
        assert_eq!(oid_numbers(&[0x2a, 0x86]), None);
    }
}
