//! Times from text, by a layout.

use std::fmt;

use super::civil::{days_before, days_in, is_leap};
use super::duration::leading_int;
use super::instant::{Parts, Time};
use super::layout::{Chunk, OffsetStyle, Pad, next};
use super::zone::Zone;
use super::{DAYS, MONTHS, quote};

/// A text that does not fit its layout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError(String);

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ParseError {}

/// Why a part does not fit.
enum Misfit {
    /// It cannot be read at all.
    Bad,
    /// It is a number, but not one of these.
    OutOfRange(&'static str),
}

type Fits<T> = Result<T, Misfit>;

/// What has been read so far.
#[derive(Default)]
struct Seen {
    parts: Parts,
    month: Option<i64>,
    day: Option<i64>,
    year_day: Option<i64>,
    afternoon: Option<bool>,
    utc: bool,
    /// Go's mark for none is -1, and so an offset of one second west is lost.
    offset: Option<i64>,
    zone_name: Vec<u8>,
}

/// Reads a time. What the text does not say of the zone, this zone does.
///
/// # Errors
/// When the text does not fit the layout, or there is no such day or hour.
pub fn parse_in_location(layout: &[u8], text: &[u8], zone: &Zone) -> Result<Time, ParseError> {
    let misfit = |value: &[u8], element: &[u8]| {
        let (text, layout) = (quote(text), quote(layout));
        ParseError(format!("parsing time {text} as {layout}: cannot parse {} as {}", quote(value), quote(element)))
    };
    let failed = |what: &str| ParseError(format!("parsing time {}: {what}", quote(text)));
    let mut seen = Seen::default();
    let (mut rest_of_layout, mut value) = (layout, text);
    while let Some(found) = next(rest_of_layout) {
        value = skip(value, found.prefix).map_err(|value| misfit(value, found.prefix))?;
        rest_of_layout = found.rest;
        let before = value;
        match seen.read(found.chunk, &mut value, rest_of_layout) {
            Ok(()) => {}
            Err(Misfit::Bad) => return Err(misfit(before, found.text)),
            Err(Misfit::OutOfRange(what)) => return Err(failed(&format!("{what} out of range"))),
        }
    }
    let left = skip(value, rest_of_layout).map_err(|value| misfit(value, rest_of_layout))?;
    if !left.is_empty() {
        return Err(failed(&format!("extra text: {}", quote(left))));
    }
    seen.finish(zone).map_err(failed)
}

impl Seen {
    /// Reads what a part of the layout stands for off the front of the text.
    fn read(&mut self, chunk: Chunk, value: &mut &[u8], rest_of_layout: &[u8]) -> Fits<()> {
        let in_range = |holds: bool, what: &'static str| if holds { Ok(()) } else { Err(Misfit::OutOfRange(what)) };
        match chunk {
            Chunk::ShortYear => {
                let year = atoi(take(value, 2)?).ok_or(Misfit::Bad)?;
                self.parts.year = year + if year >= 69 { 1900 } else { 2000 };
            }
            Chunk::LongYear => {
                if !value.first().is_some_and(u8::is_ascii_digit) {
                    return Err(Misfit::Bad);
                }
                self.parts.year = atoi(take(value, 4)?).ok_or(Misfit::Bad)?;
            }
            Chunk::ShortMonth => self.month = Some(name(value, MONTHS.map(short))? + 1),
            Chunk::LongMonth => self.month = Some(name(value, MONTHS)? + 1),
            Chunk::Month { zero } => {
                let month = number(value, zero)?;
                self.month = Some(month);
                in_range((1..=12).contains(&month), "month")?;
            }
            Chunk::ShortWeekday => drop(name(value, DAYS.map(short))?),
            Chunk::LongWeekday => drop(name(value, DAYS)?),
            Chunk::Day(pad) => {
                if pad == Pad::Space {
                    *value = value.strip_prefix(b" ").unwrap_or(value);
                }
                self.day = Some(number(value, pad == Pad::Zero)?);
            }
            Chunk::YearDay(pad) => {
                for _ in 0..2 {
                    if pad == Pad::Space {
                        *value = value.strip_prefix(b" ").unwrap_or(value);
                    }
                }
                let len = value.iter().take(3).take_while(|c| c.is_ascii_digit()).count();
                if len == 0 || pad == Pad::Zero && len != 3 {
                    return Err(Misfit::Bad);
                }
                self.year_day = Some(atoi(take(value, len)?).ok_or(Misfit::Bad)?);
            }
            Chunk::Hour => {
                self.parts.hour = number(value, false)?;
                in_range(self.parts.hour < 24, "hour")?;
            }
            Chunk::Hour12 { zero } => {
                self.parts.hour = number(value, zero)?;
                in_range(self.parts.hour <= 12, "hour")?;
            }
            Chunk::Minute { zero } => {
                self.parts.minute = number(value, zero)?;
                in_range(self.parts.minute < 60, "minute")?;
            }
            Chunk::Second { zero } => {
                self.parts.second = number(value, zero)?;
                in_range(self.parts.second < 60, "second")?;
                // A fraction may follow without being asked for.
                let asked = matches!(next(rest_of_layout).map(|n| n.chunk), Some(Chunk::Fraction { .. }));
                if let [b'.' | b',', digit, ..] = value
                    && digit.is_ascii_digit()
                    && !asked
                {
                    self.all_digits_of_fraction(value)?;
                }
            }
            Chunk::HalfDay { upper } => {
                self.afternoon = Some(match (upper, take(value, 2)?) {
                    (true, b"PM") | (false, b"pm") => true,
                    (true, b"AM") | (false, b"am") => false,
                    _ => return Err(Misfit::Bad),
                });
            }
            Chunk::Offset { z_for_utc: true, .. } if value.starts_with(b"Z") => {
                take(value, 1)?;
                self.utc = true;
            }
            Chunk::Offset { style, .. } => self.offset = Some(offset(value, style)?).filter(|offset| *offset != -1),
            Chunk::ZoneName => {
                if value.starts_with(b"UTC") {
                    take(value, 3)?;
                    self.utc = true;
                } else {
                    let len = zone_name_len(value).ok_or(Misfit::Bad)?;
                    self.zone_name = take(value, len)?.to_vec();
                }
            }
            Chunk::Fraction { digits, trim: false, .. } => self.parts.nanos = nanoseconds(take(value, digits + 1)?)?,
            Chunk::Fraction { .. } => {
                if let [b'.' | b',', digit, ..] = value
                    && digit.is_ascii_digit()
                {
                    self.all_digits_of_fraction(value)?;
                }
            }
        }
        Ok(())
    }

    fn all_digits_of_fraction(&mut self, value: &mut &[u8]) -> Fits<()> {
        let digits = value.iter().skip(1).take_while(|c| c.is_ascii_digit()).count();
        self.parts.nanos = nanoseconds(take(value, digits + 1)?)?;
        Ok(())
    }

    fn finish(mut self, zone: &Zone) -> Result<Time, &'static str> {
        match self.afternoon {
            Some(true) if self.parts.hour < 12 => self.parts.hour += 12,
            Some(false) if self.parts.hour == 12 => self.parts.hour = 0,
            _ => {}
        }
        let year = self.parts.year;
        if let Some(year_day) = self.year_day {
            let (month, day) = month_and_day(year, year_day).ok_or("day-of-year out of range")?;
            if self.month.is_some_and(|seen| seen != month) {
                return Err("day-of-year does not match month");
            }
            if self.day.is_some_and(|seen| seen != day) {
                return Err("day-of-year does not match day");
            }
            (self.month, self.day) = (Some(month), Some(day));
        }
        self.parts.month = self.month.unwrap_or(1);
        self.parts.day = self.day.unwrap_or(1);
        if !(1..=days_in(self.parts.month, year)).contains(&self.parts.day) {
            return Err("day out of range");
        }
        if self.utc {
            return Ok(Time::from_parts(self.parts, Zone::Utc));
        }
        let name = String::from_utf8_lossy(&self.zone_name);
        if let Some(offset) = self.offset {
            let time = Time::from_parts(self.parts, Zone::Utc).minus_seconds(offset);
            // The given zone when the offset is its own then, else a nameless one.
            let found = zone.lookup(time.unix_seconds());
            let own = found.offset == offset && (name.is_empty() || found.name == name);
            return Ok(time.in_zone(if own { zone.clone() } else { Zone::fixed(&name, offset) }));
        }
        if !name.is_empty() {
            let time = Time::from_parts(self.parts, Zone::Utc);
            if let Some(offset) = zone.lookup_name(&name, time.unix_seconds()) {
                return Ok(time.minus_seconds(offset).in_zone(zone.clone()));
            }
            // What it is away from UTC is not known, except for GMT+3.
            let hours = name.strip_prefix("GMT").and_then(|hours| atoi(hours.as_bytes())).unwrap_or(0);
            return Ok(time.in_zone(Zone::fixed(&name, hours * 3600)));
        }
        Ok(Time::from_parts(self.parts, zone.clone()))
    }
}

fn month_and_day(year: i64, mut year_day: i64) -> Option<(i64, i64)> {
    if is_leap(year) {
        if year_day == 31 + 29 {
            return Some((2, 29));
        }
        year_day -= i64::from(year_day > 31 + 29);
    }
    if !(1..=365).contains(&year_day) {
        return None;
    }
    let month = (1..=12).take_while(|month| days_before(*month) < year_day).last()?;
    Some((month, year_day - days_before(month)))
}

fn short(name: &'static str) -> &'static str {
    name.get(..3).unwrap_or(name)
}

/// Takes a text off the front of a value, any number of spaces standing for any other; else what did not fit.
fn skip<'v>(mut value: &'v [u8], mut prefix: &[u8]) -> Result<&'v [u8], &'v [u8]> {
    while let Some((first, rest)) = prefix.split_first() {
        if *first == b' ' {
            if value.first().is_some_and(|c| *c != b' ') {
                return Err(value);
            }
            prefix = without_spaces(prefix);
            value = without_spaces(value);
            continue;
        }
        value = value.strip_prefix(&[*first]).ok_or(value)?;
        prefix = rest;
    }
    Ok(value)
}

fn without_spaces(text: &[u8]) -> &[u8] {
    text.get(text.iter().position(|c| *c != b' ').unwrap_or(text.len())..).unwrap_or_default()
}

fn take<'v>(value: &mut &'v [u8], len: usize) -> Fits<&'v [u8]> {
    let (taken, rest) = value.split_at_checked(len).ok_or(Misfit::Bad)?;
    *value = rest;
    Ok(taken)
}

/// One or two digits.
fn number(value: &mut &[u8], two: bool) -> Fits<i64> {
    let len = value.iter().take(2).take_while(|c| c.is_ascii_digit()).count();
    if len == 0 || two && len < 2 {
        return Err(Misfit::Bad);
    }
    atoi(take(value, len)?).ok_or(Misfit::Bad)
}

/// One of these names, in whatever case.
fn name<const N: usize>(value: &mut &[u8], names: [&str; N]) -> Fits<i64> {
    let found = names
        .iter()
        .position(|name| value.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name.as_bytes())));
    let at = found.ok_or(Misfit::Bad)?;
    take(value, names.get(at).map_or(0, |name| name.len()))?;
    i64::try_from(at).map_err(|_| Misfit::Bad)
}

/// Digits with or without a sign; no digits are zero.
fn atoi(text: &[u8]) -> Option<i64> {
    let (sign, digits) = match text {
        [b'-', digits @ ..] => (-1, digits),
        [b'+', digits @ ..] => (1, digits),
        _ => (1, text),
    };
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    i64::try_from(leading_int(digits)?).ok().map(|n| sign * n)
}

/// A fraction with its point, as nanoseconds.
fn nanoseconds(text: &[u8]) -> Fits<i64> {
    let Some((b'.' | b',', digits)) = text.split_first() else { return Err(Misfit::Bad) };
    let digits = digits.get(..9).unwrap_or(digits);
    let nanos = atoi(digits).ok_or(Misfit::Bad)?;
    if nanos < 0 {
        return Err(Misfit::OutOfRange("fractional second"));
    }
    Ok((digits.len()..9).fold(nanos, |nanos, _| nanos * 10))
}

/// An offset from UTC in a style, in seconds east.
fn offset(value: &mut &[u8], style: OffsetStyle) -> Fits<i64> {
    let (text, colons): (&[u8], &[usize]) = match style {
        OffsetStyle::Hours => (take(value, 3)?, &[]),
        OffsetStyle::Minutes => (take(value, 5)?, &[]),
        OffsetStyle::ColonMinutes => (take(value, 6)?, &[3]),
        OffsetStyle::Seconds => (take(value, 7)?, &[]),
        OffsetStyle::ColonSeconds => (take(value, 9)?, &[3, 6]),
    };
    if colons.iter().any(|at| text.get(*at) != Some(&b':')) {
        return Err(Misfit::Bad);
    }
    let (sign, digits) = text.split_first().ok_or(Misfit::Bad)?;
    let step = if colons.is_empty() { 2 } else { 3 };
    // What cannot be read counts as zero here: a later part that is out of range is told first.
    let mut readable = true;
    let mut part = |at: usize| {
        let found = digits.get(at * step..).unwrap_or_default();
        match found.get(..2) {
            None => 0,
            Some(_) if !readable => 0,
            Some(mut two) => number(&mut two, true).unwrap_or_else(|_| {
                readable = false;
                0
            }),
        }
    };
    let (hours, minutes, seconds) = (part(0), part(1), part(2));
    for (number, most, what) in [
        (seconds, 60, "time zone offset second"),
        (minutes, 60, "time zone offset minute"),
        (hours, 24, "time zone offset hour"),
    ] {
        if number > most {
            return Err(Misfit::OutOfRange(what));
        }
    }
    let east = (hours * 60 + minutes) * 60 + seconds;
    match sign {
        _ if !readable => Err(Misfit::Bad),
        b'+' => Ok(east),
        b'-' => Ok(-east),
        _ => Err(Misfit::Bad),
    }
}

/// How long the name of a zone at the start of a text is; `None` when there is none.
fn zone_name_len(text: &[u8]) -> Option<usize> {
    if text.len() < 3 {
        return None;
    }
    // The only names with a small letter.
    if text.starts_with(b"ChST") || text.starts_with(b"MeST") {
        return Some(4);
    }
    if let Some(rest) = text.strip_prefix(b"GMT") {
        return Some(3 + signed_offset_len(rest));
    }
    if matches!(text.first(), Some(b'+' | b'-')) {
        return Some(signed_offset_len(text)).filter(|len| *len > 0);
    }
    let capitals = text.iter().take(6).take_while(|c| c.is_ascii_uppercase()).count();
    match capitals {
        3 => Some(3),
        4 if text.get(3) == Some(&b'T') || text.starts_with(b"WITA") => Some(4),
        5 if text.get(4) == Some(&b'T') => Some(5),
        _ => None,
    }
}

/// How long `+3` or `-11` at the start of a text is, up to 23; 0 when there is none.
fn signed_offset_len(text: &[u8]) -> usize {
    let Some((b'+' | b'-', rest)) = text.split_first() else { return 0 };
    let len = rest.iter().position(|c| !c.is_ascii_digit()).unwrap_or(rest.len());
    let number = rest.get(..len).and_then(leading_int);
    if len > 0 && number.is_some_and(|n| n <= 23) { len + 1 } else { 0 }
}
