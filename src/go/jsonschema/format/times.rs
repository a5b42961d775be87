//! Formats of dates, times and durations.

use super::failed;
use crate::go::strconv::{append_quote_rune, atoi};
use crate::go::time::{Zone, parse_in_location};

pub(super) fn duration(text: &str) -> Result<(), String> {
    let Some(text) = text.strip_prefix('P') else { return failed("must start with P") };
    if text.is_empty() {
        return failed("nothing after P");
    }
    if let Some(weeks) = text.strip_suffix('W') {
        return match weeks {
            "" => failed("no number in week"),
            weeks if weeks.bytes().all(|byte| byte.is_ascii_digit()) => Ok(()),
            _ => failed("invalid week"),
        };
    }
    for (at, part) in text.split('T').enumerate() {
        if at != 0 && part.is_empty() {
            return failed("no time elements");
        }
        let all_units = match at {
            0 => "YMD",
            1 => "HMS",
            _ => return failed("more than one T"),
        };
        let mut units = all_units;
        let mut rest = part;
        while !rest.is_empty() {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            if digits == 0 {
                return failed("missing number");
            }
            let Some(unit) = rest.as_bytes().get(digits).copied() else { return failed("missing unit") };
            let Some(place) = units.bytes().position(|known| known == unit) else {
                let mut shown = Vec::new();
                append_quote_rune(&mut shown, u32::from(unit));
                let shown = String::from_utf8_lossy(&shown).into_owned();
                return match all_units.as_bytes().contains(&unit) {
                    true => failed(format!("unit {shown} out of order")),
                    false => failed(format!("invalid unit {shown}")),
                };
            };
            units = units.get(place + 1..).unwrap_or_default();
            // The unit is ASCII: it was found among the units.
            rest = rest.get(digits + 1..).unwrap_or_default();
        }
    }
    Ok(())
}

pub(super) fn date(text: &str) -> Result<(), String> {
    parse_in_location(b"2006-01-02", text.as_bytes(), &Zone::Utc).map(|_| ()).map_err(|e| e.to_string())
}

pub(super) fn time(text: &str) -> Result<(), String> {
    if text.len() < 9 {
        return failed("less than 9 characters long");
    }
    let bytes = text.as_bytes();
    if bytes.get(2) != Some(&b':') || bytes.get(5) != Some(&b':') {
        return failed("missing colon in correct place");
    }
    let (clock, rest) = bytes.split_at(8.min(bytes.len()));
    let [hours, minutes, seconds] = numbers(clock, "hour/min/sec", "")?;
    if hours > 23 || minutes > 59 || seconds > 60 {
        return failed("hour/min/sec out of range");
    }
    let mut rest = rest;
    if let Some(fraction) = rest.strip_prefix(b".") {
        let digits = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if digits == 0 {
            return failed("no digits in second fraction");
        }
        rest = fraction.get(digits..).unwrap_or_default();
    }
    let (mut hour, mut minute) = (hours, minutes);
    if !matches!(rest, b"z" | b"Z") {
        if rest.len() != 6 {
            return failed("offset must be 6 characters long");
        }
        let (sign, offset) = match rest.split_first() {
            Some((b'+', offset)) => (-1, offset),
            Some((b'-', offset)) => (1, offset),
            _ => return failed("offset must begin with plus/minus"),
        };
        if offset.get(2) != Some(&b':') {
            return failed("missing colon in offset in correct place");
        }
        let [zone_hours, zone_minutes] = numbers(offset, "hour/min", " in offset")?;
        if zone_hours > 23 || zone_minutes > 59 {
            return failed("hour/min in offset out of range");
        }
        let mut moved = hours * 60 + minutes + sign * (zone_hours * 60 + zone_minutes);
        if moved < 0 {
            moved += 24 * 60;
        }
        (hour, minute) = (moved / 60, moved % 60);
    }
    if seconds >= 60 && (hour != 23 || minute != 59) {
        return failed("invalid leap second");
    }
    Ok(())
}

/// Numbers with colons between them.
fn numbers<const N: usize>(text: &[u8], what: &str, place: &str) -> Result<[i64; N], String> {
    let mut found = [0; N];
    for (number, token) in found.iter_mut().zip(text.splitn(N, |byte| *byte == b':')) {
        *number = atoi(token).or_else(|_| failed(format!("invalid {what}{place}")))?;
        if *number < 0 {
            return failed(format!("non-positive {what}{place}"));
        }
    }
    Ok(found)
}

pub(super) fn date_time(text: &str) -> Result<(), String> {
    if text.len() < 20 {
        return failed("less than 20 characters long");
    }
    if !matches!(text.as_bytes().get(10), Some(b't' | b'T')) {
        return failed("11th character must be t or T");
    }
    // Both sides of an ASCII letter are whole characters.
    let (day, clock) = (text.get(..10).unwrap_or_default(), text.get(11..).unwrap_or_default());
    date(day).map_err(|e| format!("invalid date element: {e}"))?;
    time(clock).map_err(|e| format!("invalid time element: {e}"))
}

pub(super) fn period(text: &str) -> Result<(), String> {
    let Some((start, end)) = text.split_once('/') else { return failed("missing slash") };
    let within = |what: &'static str| move |e: String| format!("invalid {what}: {e}");
    if start.starts_with('P') {
        duration(start).map_err(within("start duration"))?;
        date_time(end).map_err(within("end date-time"))
    } else {
        date_time(start).map_err(within("start date-time"))?;
        if end.starts_with('P') {
            duration(end).map_err(within("end duration"))
        } else {
            date_time(end).map_err(within("end date-time"))
        }
    }
}
