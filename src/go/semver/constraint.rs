//! A constraint such as `>=1.20-0 <2 || ^3.1`: groups of conditions of which one must hold entirely.

use std::cmp::Ordering;
use std::fmt;

use super::error::Error;
use super::version::{Parts, Version, compare_prerelease};
use crate::go::strconv::quote;

/// The library refuses longer texts.
const MAX_LEN: usize = 512;
/// And more groups.
const MAX_GROUPS: usize = 32;

/// A constraint on versions.
#[derive(Clone, Debug)]
pub struct Constraint {
    groups: Vec<Group>,
}

/// Conditions that must all hold.
#[derive(Clone, Debug)]
struct Group {
    conditions: Vec<Condition>,
    /// Whether a condition names a prerelease, without which no prerelease satisfies the group.
    prereleases: bool,
}

#[derive(Clone, Debug)]
struct Condition {
    operator: Operator,
    /// The operator and the version as written.
    sign: &'static str,
    written: String,
    version: Version,
    /// Which numbers were left out or are wildcards: any of them, the minor number, only the patch number.
    open: bool,
    open_minor: bool,
    open_patch: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Greater,
    Less,
    GreaterEqual,
    LessEqual,
    Tilde,
    Caret,
}

/// Longer ones first, so that the first that fits is the one.
const OPERATORS: [(&str, Operator); 12] = [
    ("!=", Operator::NotEqual),
    (">=", Operator::GreaterEqual),
    ("=>", Operator::GreaterEqual),
    ("<=", Operator::LessEqual),
    ("=<", Operator::LessEqual),
    ("~>", Operator::Tilde),
    ("=", Operator::Equal),
    (">", Operator::Greater),
    ("<", Operator::Less),
    ("~", Operator::Tilde),
    ("^", Operator::Caret),
    ("", Operator::Equal),
];

/// Why a version does not satisfy a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    version: String,
    /// The version in the condition, as written.
    written: String,
    reason: Reason,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reason {
    Prerelease,
    Equal,
    NotEqual,
    LessOrEqual,
    Less,
    GreaterOrEqual,
    Greater,
    OtherMajor,
    OtherMajorOrMinor,
    OtherMinorBelowOne,
    OtherMinor,
    OtherPatch,
}

impl Constraint {
    /// Parses a constraint, as `NewConstraint`.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(text: impl AsRef<[u8]>) -> Result<Constraint, Error> {
        let text = text.as_ref();
        if text.len() > MAX_LEN {
            return Err(Error::new(format!("constraint string is too long (max {MAX_LEN} bytes)")));
        }
        let text = rewrite_ranges(text);
        let groups: Vec<&[u8]> = split_groups(&text);
        if groups.len() > MAX_GROUPS {
            return Err(Error::new(format!("too many constraint groups (max {MAX_GROUPS})")));
        }
        Ok(Constraint { groups: groups.into_iter().map(Group::parse).collect::<Result<_, _>>()? })
    }

    /// Whether a version satisfies the constraint.
    #[must_use]
    pub fn check(&self, version: &Version) -> bool {
        self.groups.iter().any(|g| g.conditions.iter().all(|c| c.mismatch(version, g.prereleases).is_none()))
    }

    /// Why a version does not satisfy the constraint: one entry for every condition that does not hold, of every group.
    ///
    /// # Errors
    /// When it does not.
    pub fn validate(&self, version: &Version) -> Result<(), Vec<Mismatch>> {
        let mut found: Vec<Mismatch> = Vec::new();
        let mut prerelease_said = false;
        for group in &self.groups {
            let mut holds = true;
            for condition in &group.conditions {
                let Some(reason) = condition.mismatch(version, group.prereleases) else { continue };
                holds = false;
                // That the version is a prerelease is said once for all groups.
                if reason == Reason::Prerelease && std::mem::replace(&mut prerelease_said, true) {
                    continue;
                }
                let (version, written) = (version.to_string(), condition.written.clone());
                found.push(Mismatch { version, written, reason });
            }
            if holds {
                return Ok(());
            }
        }
        Err(found)
    }
}

impl fmt::Display for Constraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, group) in self.groups.iter().enumerate() {
            f.write_str(if at == 0 { "" } else { " || " })?;
            for (at, condition) in group.conditions.iter().enumerate() {
                let space = if at == 0 { "" } else { " " };
                write!(f, "{space}{}{}", condition.sign, condition.written)?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let version = quote(self.version.as_bytes());
        let (middle, end) = match self.reason {
            Reason::Prerelease => {
                return write!(
                    f,
                    "{version} is a prerelease version and the constraint is only looking for release versions"
                );
            }
            Reason::Equal => ("is equal to", ""),
            Reason::NotEqual => ("is not equal to", ""),
            Reason::LessOrEqual => ("is less than or equal to", ""),
            Reason::Less => ("is less than", ""),
            Reason::GreaterOrEqual => ("is greater than or equal to", ""),
            Reason::Greater => ("is greater than", ""),
            Reason::OtherMajor => ("does not have same major version as", ""),
            Reason::OtherMajorOrMinor => ("does not have same major and minor version as", ""),
            Reason::OtherMinorBelowOne => (
                "does not have same minor version as",
                ". Expected minor versions to match when constraint major version is 0",
            ),
            Reason::OtherMinor => ("does not have same minor version as", ""),
            Reason::OtherPatch => {
                ("does not equal", ". Expect version and constraint to equal when major and minor versions are 0")
            }
        };
        write!(f, "{version} {middle} {}{end}", quote(self.written.as_bytes()))
    }
}

impl std::error::Error for Mismatch {}

impl Group {
    fn parse(text: &[u8]) -> Result<Group, Error> {
        let improper = || Error::new(format!("improper constraint: {}", quote(text)));
        // The whole group is looked over first: a text that is no constraint is reported before a number that is too large.
        let mut scanned = Vec::new();
        let mut rest = trim_start(text);
        loop {
            let (sign, operator, after) = take_operator(rest);
            let after = trim_start(after);
            let parts = Parts::scan_prefix(after, is_digit_or_wildcard).ok_or_else(improper)?;
            let (written, tail) = after.split_at(parts.len);
            scanned.push((sign, operator, written, parts));
            rest = trim_start(tail);
            if rest.is_empty() {
                break;
            }
            match rest.strip_prefix(b",") {
                Some(next) => rest = trim_start(next),
                // Without a comma there must be a space.
                None if rest.len() == tail.len() => return Err(improper()),
                None => {}
            }
        }
        let conditions = scanned
            .into_iter()
            .map(|(sign, operator, written, parts)| Condition::new(sign, operator, written, &parts))
            .collect::<Result<Vec<_>, _>>()?;
        let prereleases = conditions.iter().any(|c| !c.version.pre.is_empty());
        Ok(Group { conditions, prereleases })
    }
}

impl Condition {
    fn new(sign: &'static str, operator: Operator, written: &[u8], parts: &Parts<'_>) -> Result<Condition, Error> {
        let open_major = is_open(parts.major);
        let open_minor = !open_major && is_open(parts.minor);
        let open_patch = !open_major && !open_minor && is_open(parts.patch);
        let open = open_major || open_minor || open_patch;
        // The numbers behind an open one count as zero, and then the metadata is dropped.
        let mut text = Vec::new();
        if open {
            let zero: &[u8] = b"0";
            let number = |closed: bool, digits| if closed { digits } else { zero };
            text.extend_from_slice(number(!open_major, parts.major));
            text.push(b'.');
            text.extend_from_slice(number(open_patch, parts.minor));
            text.extend_from_slice(b".0");
            if !parts.pre.is_empty() {
                text.push(b'-');
                text.extend_from_slice(parts.pre);
            }
        } else {
            text.extend_from_slice(written);
        }
        let version = Version::parse(&text).map_err(|_| Error::new("constraint parser error"))?;
        let written = String::from_utf8_lossy(written).into_owned();
        Ok(Condition { operator, sign, written, version, open, open_minor, open_patch })
    }

    fn mismatch(&self, version: &Version, prereleases: bool) -> Option<Reason> {
        if !version.pre.is_empty() && !prereleases {
            return Some(Reason::Prerelease);
        }
        let order = version.compare(&self.version);
        let major = version.major.cmp(&self.version.major);
        let minor = version.minor.cmp(&self.version.minor);
        let unless = |holds: bool, reason| if holds { None } else { Some(reason) };
        match self.operator {
            Operator::Equal if self.open => self.tilde(version, order),
            Operator::Equal => unless(order.is_eq(), Reason::NotEqual),
            Operator::NotEqual => unless(self.differs(version, order), Reason::Equal),
            Operator::Greater => {
                let greater = match major {
                    _ if !self.open => order.is_gt(),
                    Ordering::Greater => true,
                    Ordering::Less => false,
                    Ordering::Equal if self.open_minor => false,
                    Ordering::Equal if self.open_patch => minor.is_gt(),
                    Ordering::Equal => order.is_gt(),
                };
                unless(greater, Reason::LessOrEqual)
            }
            Operator::Less => unless(order.is_lt(), Reason::GreaterOrEqual),
            Operator::GreaterEqual => unless(order.is_ge(), Reason::Less),
            Operator::LessEqual if !self.open => unless(order.is_le(), Reason::Greater),
            Operator::LessEqual => {
                let greater = major.is_gt() || major.is_eq() && minor.is_gt() && !self.open_minor;
                unless(!greater, Reason::Greater)
            }
            Operator::Tilde => self.tilde(version, order),
            Operator::Caret => self.caret(version, order),
        }
    }

    fn differs(&self, version: &Version, order: Ordering) -> bool {
        if !self.open {
            return order.is_ne();
        }
        let own = &self.version;
        if version.major != own.major {
            return true;
        }
        if self.open_minor {
            return false;
        }
        if version.minor != own.minor {
            return true;
        }
        if self.open_patch {
            return compare_prerelease(&version.pre, &own.pre).is_ne();
        }
        // The major number is a wildcard: the version stands for 0.0.0.
        version.patch != own.patch || order.is_ne()
    }

    fn tilde(&self, version: &Version, order: Ordering) -> Option<Reason> {
        let own = &self.version;
        if order.is_lt() {
            return Some(Reason::Less);
        }
        // ~0.0.0 accepts everything, as ~* does.
        if (own.major, own.minor, own.patch) == (0, 0, 0) && !self.open_minor && !self.open_patch {
            return None;
        }
        if version.major != own.major {
            return Some(Reason::OtherMajor);
        }
        (version.minor != own.minor && !self.open_minor).then_some(Reason::OtherMajorOrMinor)
    }

    fn caret(&self, version: &Version, order: Ordering) -> Option<Reason> {
        let own = &self.version;
        if order.is_lt() {
            return Some(Reason::Less);
        }
        if own.major > 0 || self.open_minor {
            return (version.major != own.major).then_some(Reason::OtherMajor);
        }
        if version.major > 0 {
            return Some(Reason::OtherMajor);
        }
        if own.minor > 0 || self.open_patch {
            return (version.minor != own.minor).then_some(Reason::OtherMinorBelowOne);
        }
        if version.minor > 0 {
            return Some(Reason::OtherMinor);
        }
        (version.patch != own.patch).then_some(Reason::OtherPatch)
    }
}

/// Turns `1.2 - 2.3` into `>= 1.2, <= 2.3 `, wherever two versions have a lonely hyphen between them.
fn rewrite_ranges(text: &[u8]) -> Vec<u8> {
    let mut out = text.to_vec();
    let mut at = 0;
    while at < text.len() {
        let Some((len, low, high)) = text.get(at..).and_then(scan_range) else {
            at += 1;
            continue;
        };
        let found = text.get(at..at + len).unwrap_or_default();
        at += len;
        // The library replaces the first text that looks like the range, which may be another than the one it found.
        if let Some(place) = bstr::ByteSlice::find(out.as_slice(), found) {
            let new = [b">= ", low, b", <= ", high, b" "].concat();
            out.splice(place..place + len, new);
        }
    }
    out
}

/// A range at the start of a text, with the spaces around it: its length, both versions.
fn scan_range(text: &[u8]) -> Option<(usize, &[u8], &[u8])> {
    let (low, rest) = take_version(trim_start(text))?;
    let rest = trim_start_some(rest)?.strip_prefix(b"-")?;
    let (high, rest) = take_version(trim_start_some(rest)?)?;
    Some((text.len() - trim_start(rest).len(), low, high))
}

fn take_version(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let parts = Parts::scan_prefix(text, is_digit_or_wildcard)?;
    Some(text.split_at(parts.len))
}

fn take_operator(text: &[u8]) -> (&'static str, Operator, &[u8]) {
    for (sign, operator) in OPERATORS {
        if let Some(rest) = text.strip_prefix(sign.as_bytes()) {
            return (sign, operator, rest);
        }
    }
    ("", Operator::Equal, text)
}

fn split_groups(text: &[u8]) -> Vec<&[u8]> {
    bstr::ByteSlice::split_str(text, "||").collect()
}

fn trim_start(text: &[u8]) -> &[u8] {
    let len = text.iter().position(|c| !matches!(c, b' ' | b'\t' | b'\n' | b'\r' | 0x0c)).unwrap_or(text.len());
    text.get(len..).unwrap_or_default()
}

/// The text without the spaces at its start, of which there must be one.
fn trim_start_some(text: &[u8]) -> Option<&[u8]> {
    Some(trim_start(text)).filter(|rest| rest.len() < text.len())
}

/// What the library takes for part of a number while it looks for the versions; `|` is a slip in its expression.
fn is_digit_or_wildcard(c: &u8) -> bool {
    matches!(c, b'0'..=b'9' | b'x' | b'X' | b'*' | b'|')
}

fn is_open(number: &[u8]) -> bool {
    matches!(number, b"" | b"x" | b"X" | b"*")
}
