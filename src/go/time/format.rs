//! Times as text.

use super::civil::weekday;
use super::instant::Time;
use super::layout::{Chunk, OffsetStyle, Pad, next};
use super::{DAYS, MONTHS, RFC3339_NANO};

impl Time {
    /// The time in a layout.
    pub fn format(&self, mut layout: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(layout.len() + 10);
        let (name, offset) = self.zone_now();
        let wall = self.wall();
        let date = wall.date();
        let (hour, minute, second) = wall.clock();
        while let Some(found) = next(layout) {
            out.extend_from_slice(found.prefix);
            layout = found.rest;
            let width = |zero: bool| if zero { 2 } else { 0 };
            match found.chunk {
                Chunk::LongMonth => out.extend_from_slice(name_of(&MONTHS, date.month - 1).as_bytes()),
                Chunk::ShortMonth => out.extend_from_slice(&name_of(&MONTHS, date.month - 1).as_bytes()[..3]),
                Chunk::LongWeekday => out.extend_from_slice(name_of(&DAYS, weekday(wall.day())).as_bytes()),
                Chunk::ShortWeekday => out.extend_from_slice(&name_of(&DAYS, weekday(wall.day())).as_bytes()[..3]),
                Chunk::Month { zero } => append_int(&mut out, date.month, width(zero)),
                Chunk::Day(pad) => append_padded(&mut out, date.day, pad, 2),
                Chunk::YearDay(pad) => append_padded(&mut out, date.year_day, pad, 3),
                Chunk::Hour => append_int(&mut out, hour, 2),
                Chunk::Hour12 { zero } => append_int(&mut out, (hour + 11) % 12 + 1, width(zero)),
                Chunk::Minute { zero } => append_int(&mut out, minute, width(zero)),
                Chunk::Second { zero } => append_int(&mut out, second, width(zero)),
                Chunk::LongYear => append_int(&mut out, date.year, 4),
                Chunk::ShortYear => append_int(&mut out, date.year.wrapping_abs() % 100, 2),
                Chunk::HalfDay { upper } => out.extend_from_slice(match (upper, hour >= 12) {
                    (true, false) => b"AM",
                    (true, true) => b"PM",
                    (false, false) => b"am",
                    (false, true) => b"pm",
                }),
                Chunk::Offset { z_for_utc: true, .. } if offset == 0 => out.push(b'Z'),
                Chunk::Offset { style, .. } => append_offset(&mut out, offset, style),
                Chunk::ZoneName if name.is_empty() => append_offset(&mut out, offset, OffsetStyle::Minutes),
                Chunk::ZoneName => out.extend_from_slice(name.as_bytes()),
                Chunk::Fraction { digits, trim, separator } => {
                    append_fraction(&mut out, self.nanosecond(), digits, trim, separator);
                }
            }
        }
        out.extend_from_slice(layout);
        out
    }

    /// As `fmt` prints it, with the reading of the monotonic clock when there is one.
    pub fn to_text(&self) -> Vec<u8> {
        let mut out = self.format(b"2006-01-02 15:04:05.999999999 -0700 MST");
        if let Some(monotonic) = self.monotonic() {
            let sign = if monotonic < 0 { '-' } else { '+' };
            let (seconds, nanos) = (monotonic.unsigned_abs() / 1_000_000_000, monotonic.unsigned_abs() % 1_000_000_000);
            out.extend_from_slice(format!(" m={sign}{seconds}.{nanos:09}").as_bytes());
        }
        out
    }

    /// As Go source, which `%#v` shows.
    pub fn to_go_text(&self) -> String {
        let date = self.wall().date();
        let (hour, minute, second) = self.wall().clock();
        let month = name_of(&MONTHS, date.month - 1);
        let (year, day, nanos) = (date.year, date.day, self.nanosecond());
        let zone = self.zone().to_go_text();
        format!("time.Date({year}, time.{month}, {day}, {hour}, {minute}, {second}, {nanos}, {zone})")
    }

    /// As JSON and YAML write it.
    ///
    /// # Errors
    /// When the year has not four digits or the zone is a day or more away.
    pub fn to_rfc3339(&self) -> Result<Vec<u8>, &'static str> {
        let out = self.format(RFC3339_NANO);
        if out.get(4) != Some(&b'-') {
            return Err("year outside of range [0,9999]");
        }
        match out.as_slice() {
            [.., b'Z'] => Ok(out),
            [.., b'+' | b'-', tens, ones, b':', _, _] if (tens - b'0') * 10 + (ones - b'0') < 24 => Ok(out),
            _ => Err("timezone hour outside of range [0,23]"),
        }
    }
}

fn name_of(names: &[&'static str], at: i64) -> &'static str {
    usize::try_from(at).ok().and_then(|at| names.get(at).copied()).unwrap_or("%!Month(0)")
}

fn append_int(out: &mut Vec<u8>, n: i64, width: usize) {
    if n < 0 {
        out.push(b'-');
    }
    let n = n.unsigned_abs();
    out.extend_from_slice(format!("{n:0width$}").as_bytes());
}

fn append_padded(out: &mut Vec<u8>, n: i64, pad: Pad, width: usize) {
    match pad {
        Pad::None => append_int(out, n, 0),
        Pad::Zero => append_int(out, n, width),
        Pad::Space => out.extend_from_slice(format!("{n:width$}").as_bytes()),
    }
}

fn append_offset(out: &mut Vec<u8>, offset: i64, style: OffsetStyle) {
    // The sign is that of the minutes: less than a minute west is written as east.
    let minutes = offset / 60;
    out.push(if minutes < 0 { b'-' } else { b'+' });
    append_int(out, minutes.abs() / 60, 2);
    if style == OffsetStyle::Hours {
        return;
    }
    let colon = matches!(style, OffsetStyle::ColonMinutes | OffsetStyle::ColonSeconds);
    if colon {
        out.push(b':');
    }
    append_int(out, minutes.abs() % 60, 2);
    if matches!(style, OffsetStyle::Seconds | OffsetStyle::ColonSeconds) {
        if colon {
            out.push(b':');
        }
        append_int(out, if minutes < 0 { -offset % 60 } else { offset % 60 }, 2);
    }
}

fn append_fraction(out: &mut Vec<u8>, nanos: i64, digits: usize, trim: bool, separator: u8) {
    if trim && (digits == 0 || nanos == 0) {
        return;
    }
    let mut text = format!("{nanos:09}");
    text.truncate(digits);
    let text = if trim { text.trim_end_matches('0') } else { text.as_str() };
    if trim && text.is_empty() {
        return;
    }
    out.push(separator);
    out.extend_from_slice(text.as_bytes());
}
