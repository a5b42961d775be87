//! Durations: reading, writing, rounding.

use std::fmt;

use super::quote;

/// Nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Duration(pub i64);

const MICROSECOND: u64 = 1_000;
const MILLISECOND: u64 = 1_000_000;
const SECOND: u64 = 1_000_000_000;

impl Duration {
    /// A second.
    pub const SECOND: Duration = Duration(1_000_000_000);
    /// A minute.
    pub const MINUTE: Duration = Duration(60 * Duration::SECOND.0);
    /// An hour.
    pub const HOUR: Duration = Duration(60 * Duration::MINUTE.0);

    /// Rounded towards zero to a multiple of another.
    #[must_use]
    pub fn truncate(self, to: Duration) -> Duration {
        if to.0 <= 0 { self } else { Duration(self.0 - self.0 % to.0) }
    }

    /// Rounded to the nearest multiple of another, halves away from zero; at most as far as a duration goes.
    #[must_use]
    pub fn round(self, to: Duration) -> Duration {
        if to.0 <= 0 {
            return self;
        }
        let rest = self.0 % to.0;
        if less_than_half(rest.unsigned_abs(), to.0.unsigned_abs()) {
            return Duration(self.0 - rest);
        }
        let away = if self.0 < 0 { to.0.saturating_neg() } else { to.0 };
        Duration((self.0 - rest).saturating_add(away))
    }

    /// Without its sign.
    #[must_use]
    pub fn abs(self) -> Duration {
        Duration(self.0.saturating_abs())
    }

    /// As a number of such units, whole and fraction computed apart as Go does.
    pub fn in_units(self, unit: Duration) -> f64 {
        (self.0 / unit.0) as f64 + (self.0 % unit.0) as f64 / unit.0 as f64
    }
}

pub(super) fn less_than_half(part: u64, whole: u64) -> bool {
    part.wrapping_add(part) < whole
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let n = self.0.unsigned_abs();
        if self.0 < 0 {
            f.write_str("-")?;
        }
        let (unit, name) = match n {
            0 => return f.write_str("0s"),
            1..MICROSECOND => (1, "ns"),
            MICROSECOND..MILLISECOND => (MICROSECOND, "µs"),
            MILLISECOND..SECOND => (MILLISECOND, "ms"),
            _ => {
                let minutes = n / (60 * SECOND);
                if minutes >= 60 {
                    write!(f, "{}h", minutes / 60)?;
                }
                if minutes > 0 {
                    write!(f, "{}m", minutes % 60)?;
                }
                return write_units(f, n % (60 * SECOND), SECOND, "s");
            }
        };
        write_units(f, n, unit, name)
    }
}

fn write_units(f: &mut fmt::Formatter<'_>, n: u64, unit: u64, name: &str) -> fmt::Result {
    write!(f, "{}", n / unit)?;
    let (mut rest, mut digits) = (n % unit, unit.ilog10() as usize);
    if rest > 0 {
        while rest % 10 == 0 {
            rest /= 10;
            digits -= 1;
        }
        write!(f, ".{rest:0digits$}")?;
    }
    f.write_str(name)
}

/// A text that is no duration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseDurationError(String);

impl fmt::Display for ParseDurationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "time: {}", self.0)
    }
}

impl std::error::Error for ParseDurationError {}

/// The limit of what is summed up, of which a negative duration may use all.
const LIMIT: u64 = 1 << 63;

/// A text such as `1h15m30.9s`, as `time.ParseDuration`.
///
/// # Errors
/// When it is none.
pub fn parse_duration(text: &[u8]) -> Result<Duration, ParseDurationError> {
    let error = |what: &str| ParseDurationError(format!("{what} {}", quote(text)));
    let invalid = || error("invalid duration");
    let (negative, mut rest) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    if rest == b"0" {
        return Ok(Duration(0));
    }
    if rest.is_empty() {
        return Err(invalid());
    }
    let mut sum = 0_u64;
    while !rest.is_empty() {
        let (whole, after) = digits(rest);
        let (fraction, after) = match after {
            [b'.', after @ ..] => digits(after),
            _ => (&[][..], after),
        };
        if whole.is_empty() && fraction.is_empty() {
            return Err(invalid());
        }
        let value = leading_int(whole).ok_or_else(invalid)?;
        let len = after.iter().position(|c| *c == b'.' || c.is_ascii_digit()).unwrap_or(after.len());
        let (name, after) = after.split_at(len);
        rest = after;
        let unit = match name {
            b"" => return Err(error("missing unit in duration")),
            b"ns" => 1,
            b"us" | b"\xc2\xb5s" | b"\xce\xbcs" => MICROSECOND,
            b"ms" => MILLISECOND,
            b"s" => SECOND,
            b"m" => 60 * SECOND,
            b"h" => 3600 * SECOND,
            _ => return Err(error(&format!("unknown unit {} in duration", quote(name)))),
        };
        let mut value = value.checked_mul(unit).filter(|value| *value <= LIMIT).ok_or_else(invalid)?;
        let (part, scale) = leading_fraction(fraction);
        if part > 0 {
            value += (part as f64 * (unit as f64 / scale)) as u64;
        }
        sum = sum.checked_add(value).filter(|sum| value <= LIMIT && *sum <= LIMIT).ok_or_else(invalid)?;
    }
    match i64::try_from(sum) {
        Ok(n) if negative => Ok(Duration(-n)),
        Ok(n) => Ok(Duration(n)),
        Err(_) if negative => Ok(Duration(i64::MIN)),
        Err(_) => Err(invalid()),
    }
}

fn digits(text: &[u8]) -> (&[u8], &[u8]) {
    text.split_at(text.iter().position(|c| !c.is_ascii_digit()).unwrap_or(text.len()))
}

/// The number these digits make, when it is at most 2⁶³.
pub(super) fn leading_int(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0_u64, |n, c| n.checked_mul(10)?.checked_add(u64::from(c - b'0')).filter(|n| *n <= LIMIT))
}

/// The number the digits of a fraction make, as far as it fits, and what it is to be divided by.
fn leading_fraction(digits: &[u8]) -> (u64, f64) {
    let (mut number, mut scale) = (0_u64, 1.0);
    for c in digits {
        if number > (LIMIT - 1) / 10 {
            break;
        }
        let next = number * 10 + u64::from(c - b'0');
        if next > LIMIT {
            break;
        }
        number = next;
        scale *= 10.0;
    }
    (number, scale)
}
