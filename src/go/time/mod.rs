//! Go's time: instants in zones, durations, layouts.
//!
//! Mirrors `time` of Go 1.26, down to years no calendar needs: a template may call `date` with any number. Knows no clock;
//! what the time is now is handed in.

mod civil;
mod duration;
mod format;
mod instant;
mod layout;
mod object;
mod parse;
mod zone;

pub use self::duration::{Duration, ParseDurationError, parse_duration};
pub use self::instant::Time;
pub use self::object::{DURATION, LOCATION, MONTH, TIME, WEEKDAY, duration_value};
pub use self::parse::{ParseError, parse_in_location};
pub use self::zone::{Location, Zone, load_location};

/// What the package itself quotes in its errors: bytes, not runes, are escaped.
fn quote(text: &[u8]) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for &c in text {
        match c {
            b'"' | b'\\' => {
                out.push('\\');
                out.push(char::from(c));
            }
            b' '..=0x7f => out.push(char::from(c)),
            _ => out.push_str(&format!("\\x{c:02x}")),
        }
    }
    out.push('"');
    out
}

/// `time.RFC3339Nano`.
pub const RFC3339_NANO: &[u8] = b"2006-01-02T15:04:05.999999999Z07:00";

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
