//! A version: parsing, order, the next ones.

use std::cmp::Ordering;
use std::fmt;

use super::error::Error;
use crate::go::strconv::parse_uint;

/// The library refuses longer texts.
const MAX_LEN: usize = 256;

/// A semantic version.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Version {
    /// The first number.
    pub major: u64,
    /// The second.
    pub minor: u64,
    /// The third.
    pub patch: u64,
    /// What stands behind `-`, without it.
    pub pre: String,
    /// What stands behind `+`, without it.
    pub metadata: String,
    /// The text it was parsed from.
    pub original: String,
}

impl Version {
    /// Parses leniently, as `NewVersion`: a leading `v`, missing minor and patch numbers and leading zeros are allowed.
    ///
    /// # Errors
    /// When it is no version.
    pub fn parse(text: impl AsRef<[u8]>) -> Result<Version, Error> {
        let text = text.as_ref();
        if text.len() > MAX_LEN {
            return Err(too_long());
        }
        let parts = Parts::scan_prefix(text, u8::is_ascii_digit).filter(|p| p.len == text.len()).ok_or_else(invalid)?;
        let number = |digits: &[u8]| match digits {
            [] => Ok(0),
            _ => parse_uint(digits, 10, 64).map_err(|e| Error::segment(&e)),
        };
        let version = Version {
            major: number(parts.major)?,
            minor: number(parts.minor)?,
            patch: number(parts.patch)?,
            pre: ascii(parts.pre),
            metadata: ascii(parts.metadata),
            original: ascii(text),
        };
        if !parts.pre.is_empty() {
            check_prerelease(parts.pre)?;
        }
        Ok(version)
    }

    /// Parses strictly, as `StrictNewVersion`: three numbers and nothing before them.
    ///
    /// # Errors
    /// When it is not a semantic version to the letter.
    pub fn parse_strict(text: impl AsRef<[u8]>) -> Result<Version, Error> {
        let text = text.as_ref();
        if text.is_empty() {
            return Err(Error::new("version string empty"));
        }
        if text.len() > MAX_LEN {
            return Err(too_long());
        }
        let mut parts = text.splitn(3, |c| *c == b'.');
        let (Some(major), Some(minor), Some(rest)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(invalid());
        };
        let (rest, metadata) = cut(rest, b'+');
        if let Some(metadata) = metadata {
            check_metadata(metadata)?;
        }
        let (patch, pre) = cut(rest, b'-');
        if let Some(pre) = pre {
            check_prerelease(pre)?;
        }
        for number in [major, minor, patch] {
            if !number.iter().all(u8::is_ascii_digit) {
                return Err(Error::new("invalid characters in version"));
            }
            if leading_zero(number) {
                return Err(starts_with_zero());
            }
        }
        let number = |digits| parse_uint(digits, 10, 64).map_err(|e| Error::number(&e));
        Ok(Version {
            major: number(major)?,
            minor: number(minor)?,
            patch: number(patch)?,
            pre: ascii(pre.unwrap_or_default()),
            metadata: ascii(metadata.unwrap_or_default()),
            original: ascii(text),
        })
    }

    /// The order of versions; metadata does not count.
    #[must_use]
    pub fn compare(&self, other: &Version) -> Ordering {
        let numbers = |v: &Version| (v.major, v.minor, v.patch);
        numbers(self).cmp(&numbers(other)).then_with(|| match (self.pre.as_str(), other.pre.as_str()) {
            ("", "") => Ordering::Equal,
            ("", _) => Ordering::Greater,
            (_, "") => Ordering::Less,
            (a, b) => compare_prerelease(a, b),
        })
    }

    /// The next major version; `None` when the number is the largest there is, on which the library panics.
    #[must_use]
    pub fn next_major(&self) -> Option<Version> {
        Some(self.next(self.major.checked_add(1)?, 0, 0))
    }

    /// The next minor version; `None` as for [`Version::next_major`].
    #[must_use]
    pub fn next_minor(&self) -> Option<Version> {
        Some(self.next(self.major, self.minor.checked_add(1)?, 0))
    }

    /// The next patch version, which for a prerelease is its release; `None` as for [`Version::next_major`].
    #[must_use]
    pub fn next_patch(&self) -> Option<Version> {
        let patch = if self.pre.is_empty() { self.patch.checked_add(1)? } else { self.patch };
        Some(self.next(self.major, self.minor, patch))
    }

    /// The version with another prerelease text, which may be empty.
    ///
    /// # Errors
    /// When the text is no prerelease.
    pub fn with_prerelease(&self, pre: &[u8]) -> Result<Version, Error> {
        if !pre.is_empty() {
            check_prerelease(pre)?;
        }
        Ok(Version { pre: ascii(pre), ..self.clone() }.with_own_text(self))
    }

    /// The version with other metadata, which may be empty.
    ///
    /// # Errors
    /// When the text is no metadata.
    pub fn with_metadata(&self, metadata: &[u8]) -> Result<Version, Error> {
        if !metadata.is_empty() {
            check_metadata(metadata)?;
        }
        Ok(Version { metadata: ascii(metadata), ..self.clone() }.with_own_text(self))
    }

    fn next(&self, major: u64, minor: u64, patch: u64) -> Version {
        Version { major, minor, patch, ..Version::default() }.with_own_text(self)
    }

    /// Sets the original text to the normal one, behind the `v` of the version it was made from.
    fn with_own_text(mut self, from: &Version) -> Version {
        let v = if from.original.starts_with('v') { "v" } else { "" };
        self.original = format!("{v}{self}");
        self
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)?;
        if !self.pre.is_empty() {
            write!(f, "-{}", self.pre)?;
        }
        if !self.metadata.is_empty() {
            write!(f, "+{}", self.metadata)?;
        }
        Ok(())
    }
}

/// The pieces of a version text, or of the version in a constraint.
pub(super) struct Parts<'a> {
    pub(super) major: &'a [u8],
    /// Without the dot.
    pub(super) minor: &'a [u8],
    pub(super) patch: &'a [u8],
    pub(super) pre: &'a [u8],
    pub(super) metadata: &'a [u8],
    /// How many bytes they take together.
    pub(super) len: usize,
}

impl<'a> Parts<'a> {
    /// The longest version at the start of a text, its numbers being made of these characters.
    pub(super) fn scan_prefix(text: &'a [u8], digit: fn(&u8) -> bool) -> Option<Parts<'a>> {
        let mut rest = text.strip_prefix(b"v").unwrap_or(text);
        let major = take(&mut rest, digit);
        if major.is_empty() {
            return None;
        }
        let number = |rest: &mut &'a [u8]| match rest.split_first() {
            Some((b'.', tail)) => {
                let mut tail = tail;
                let digits = take(&mut tail, digit);
                if !digits.is_empty() {
                    *rest = tail;
                }
                digits
            }
            _ => &[],
        };
        let minor = number(&mut rest);
        let patch = if minor.is_empty() { minor } else { number(&mut rest) };
        let pre = dotted(&mut rest, b'-');
        let metadata = dotted(&mut rest, b'+');
        Some(Parts { major, minor, patch, pre, metadata, len: text.len() - rest.len() })
    }
}

/// Takes `SIGN word(.word)*` off the front, if there is one, and gives it without the sign.
fn dotted<'a>(rest: &mut &'a [u8], sign: u8) -> &'a [u8] {
    let Some((first, text)) = rest.split_first() else { return &[] };
    if *first != sign {
        return &[];
    }
    let mut tail = text;
    if take(&mut tail, is_word).is_empty() {
        return &[];
    }
    while let Some((b'.', after)) = tail.split_first() {
        let mut after = after;
        if take(&mut after, is_word).is_empty() {
            break;
        }
        tail = after;
    }
    *rest = tail;
    text.get(..text.len() - tail.len()).unwrap_or_default()
}

/// Takes what consists of such characters off the front.
fn take<'a>(rest: &mut &'a [u8], wanted: fn(&u8) -> bool) -> &'a [u8] {
    let len = rest.iter().position(|c| !wanted(c)).unwrap_or(rest.len());
    let (taken, tail) = rest.split_at(len);
    *rest = tail;
    taken
}

fn is_word(c: &u8) -> bool {
    c.is_ascii_alphanumeric() || *c == b'-'
}

fn cut(text: &[u8], at: u8) -> (&[u8], Option<&[u8]>) {
    let mut parts = text.splitn(2, |c| *c == at);
    (parts.next().unwrap_or_default(), parts.next())
}

fn check_prerelease(pre: &[u8]) -> Result<(), Error> {
    for part in pre.split(|c| *c == b'.') {
        if part.is_empty() || !part.iter().all(is_word) {
            return Err(Error::new("invalid prerelease string"));
        }
        if part.iter().all(u8::is_ascii_digit) && leading_zero(part) {
            return Err(starts_with_zero());
        }
    }
    Ok(())
}

fn check_metadata(metadata: &[u8]) -> Result<(), Error> {
    match metadata.split(|c| *c == b'.').all(|part| !part.is_empty() && part.iter().all(is_word)) {
        true => Ok(()),
        false => Err(Error::new("invalid metadata string")),
    }
}

/// The order of prerelease texts: part by part, numbers below words.
pub(super) fn compare_prerelease(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a.split('.'), b.split('.'));
    loop {
        match (a.next(), b.next()) {
            (None, None) => return Ordering::Equal,
            (x, y) => {
                let order = compare_part(x.unwrap_or_default(), y.unwrap_or_default());
                if order != Ordering::Equal {
                    return order;
                }
            }
        }
    }
}

fn compare_part(a: &str, b: &str) -> Ordering {
    if a == b || a.is_empty() || b.is_empty() {
        return a.len().cmp(&b.len());
    }
    // What does not fit 64 bits counts as a word, as it does for the library.
    let number = |s: &str| parse_uint(s.as_bytes(), 10, 64).ok();
    match (number(a), number(b)) {
        (None, None) => a.cmp(b),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        // Two spellings of one number are never equal for the library.
        (Some(x), Some(y)) if x > y => Ordering::Greater,
        _ => Ordering::Less,
    }
}

fn leading_zero(digits: &[u8]) -> bool {
    matches!(digits, [b'0', _, ..])
}

/// Only called with what was checked to be ASCII.
fn ascii(text: &[u8]) -> String {
    String::from_utf8_lossy(text).into_owned()
}

fn invalid() -> Error {
    Error::new("invalid semantic version")
}

fn starts_with_zero() -> Error {
    Error::new("version segment starts with 0")
}

fn too_long() -> Error {
    Error::new(format!("version string is too long (max {MAX_LEN} bytes)"))
}
