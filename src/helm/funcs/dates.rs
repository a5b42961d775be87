//! Dates and durations: `now`, `date`, `toDate`, `dateModify`, `ago`, `duration` and their like.
//!
//! Mirrors Sprig's `date.go`. The clock is the [`World`](crate::helm::world::World)'s.

use std::sync::OnceLock;
use std::time::SystemTime;

use super::call::{ANY, Answer, Args, STRING, plain};
use super::host;
use crate::go::strconv::parse_int;
use crate::go::template::{FuncError, Function, Interp};
use crate::go::time::{Duration, TIME, Time, Zone, load_location, parse_duration, parse_in_location};
use crate::go::value::{IntKind, Type, Value};
use crate::helm::world::Clock;

const A_TIME: Type = Type::Object(&TIME);

pub(super) static FUNCTIONS: &[Function] = &[
    plain("now", &[], |interp, _| Ok(now(interp)?.into())),
    plain("date", &[STRING, ANY], |interp, a| show(interp, a.bytes(0), a.any(1), b"Local")),
    plain("dateInZone", &[STRING, ANY, STRING], |interp, a| show(interp, a.bytes(0), a.any(1), a.bytes(2))),
    plain("date_in_zone", &[STRING, ANY, STRING], |interp, a| show(interp, a.bytes(0), a.any(1), a.bytes(2))),
    plain("htmlDate", &[ANY], |interp, a| show(interp, HTML, a.any(0), b"Local")),
    plain("htmlDateInZone", &[ANY, STRING], |interp, a| show(interp, HTML, a.any(0), a.bytes(1))),
    plain("dateModify", &[STRING, A_TIME], |_, a| modify(a).or_else(|_| Ok(a.any(1).clone()))),
    plain("date_modify", &[STRING, A_TIME], |_, a| modify(a).or_else(|_| Ok(a.any(1).clone()))),
    plain("mustDateModify", &[STRING, A_TIME], |_, a| modify(a)),
    plain("must_date_modify", &[STRING, A_TIME], |_, a| modify(a)),
    plain("toDate", &[STRING, STRING], |_, a| to_date(a).or_else(|_| Ok(Time::default().into()))),
    plain("mustToDate", &[STRING, STRING], |_, a| to_date(a)),
    plain("ago", &[ANY], ago),
    plain("duration", &[ANY], |_, a| Ok(Value::string(duration(a.any(0)).to_string()))),
    plain("durationRound", &[ANY], duration_round),
    plain("unixEpoch", &[A_TIME], |_, a| match Time::of(a.any(0)) {
        Some(time) => Ok(Value::string(time.unix_seconds().to_string())),
        None => Err(FuncError::new("unixEpoch was called without a time")),
    }),
];

/// What an HTML date field takes.
const HTML: &[u8] = b"2006-01-02";

/// The reading of Go's monotonic clock, in nanoseconds, that stands for "helm has just started".
const STARTED: i64 = 50_000_000;

pub(super) fn now(interp: &dyn Interp) -> Result<Time, FuncError> {
    static FIRST: OnceLock<SystemTime> = OnceLock::new();
    let world = &host(interp)?.world;
    let now = world.now();
    // Go's `now` carries a monotonic reading, and prints it; it counts from the start of the process.
    let monotonic = match world.clock {
        Clock::Fixed(_) => STARTED,
        Clock::System => {
            let since = now.duration_since(*FIRST.get_or_init(|| now)).unwrap_or_default();
            i64::try_from(since.as_nanos()).unwrap_or(i64::MAX).saturating_add(STARTED)
        }
    };
    Ok(Time::from_system(now, monotonic))
}

/// The time a value stands for, when it is a time or seconds since 1970 in one of these types.
fn time_of(value: &Value, int32: bool) -> Option<Time> {
    match value {
        Value::Int(IntKind::Int | IntKind::Int64, seconds) => Some(Time::unix(*seconds)),
        Value::Int(IntKind::Int32, seconds) if int32 => Some(Time::unix(*seconds)),
        _ => Time::of(value).cloned(),
    }
}

fn show(interp: &dyn Interp, layout: &[u8], date: &Value, zone: &[u8]) -> Answer {
    // Everything else, a text as well, is taken for now.
    let time = match time_of(date, true) {
        Some(time) => time,
        None => now(interp)?,
    };
    let zone = load_location(zone).unwrap_or(Zone::Utc);
    Ok(Value::string(time.in_zone(zone).format(layout)))
}

fn modify(args: &[Value]) -> Answer {
    let time = Time::of(args.any(1)).ok_or_else(|| FuncError::new("dateModify was called without a time"))?;
    match parse_duration(args.bytes(0)) {
        Ok(duration) => Ok(time.add(duration).into()),
        Err(error) => Err(FuncError::new(error.to_string())),
    }
}

fn to_date(args: &[Value]) -> Answer {
    match parse_in_location(args.bytes(0), args.bytes(1), &Zone::local()) {
        Ok(time) => Ok(time.into()),
        Err(error) => Err(FuncError::new(error.to_string())),
    }
}

fn ago(interp: &mut dyn Interp, args: &[Value]) -> Answer {
    let now = now(interp)?;
    let then = time_of(args.any(0), false).unwrap_or_else(|| now.clone());
    Ok(Value::string(now.since(&then).round(Duration::SECOND).to_string()))
}

/// Seconds, of which only `int64` and texts are taken.
fn duration(seconds: &Value) -> Duration {
    let seconds = match seconds {
        Value::Int(IntKind::Int64, seconds) => *seconds,
        // What is too large counts as the largest number.
        Value::String(text) => parse_int(text.as_bytes(), 10, 64).unwrap_or_else(|e| e.value),
        _ => 0,
    };
    Duration(seconds.wrapping_mul(Duration::SECOND.0))
}

fn duration_round(interp: &mut dyn Interp, args: &[Value]) -> Answer {
    let duration = match args.any(0) {
        Value::String(text) => parse_duration(text.as_bytes()).unwrap_or_default(),
        Value::Int(IntKind::Int64, nanos) => Duration(*nanos),
        other => match Time::of(other) {
            Some(then) => now(interp)?.since(then),
            None => Duration::default(),
        },
    };
    let nanos = duration.0.unsigned_abs();
    let hour = Duration::HOUR.0.unsigned_abs();
    let units = [
        (24 * 365 * hour, "y"),
        (24 * 30 * hour, "mo"),
        (24 * hour, "d"),
        (hour, "h"),
        (hour / 60, "m"),
        (hour / 3600, "s"),
    ];
    // Exactly one of a unit is still told in the next smaller one.
    let largest = units.into_iter().find(|(unit, _)| nanos > *unit);
    Ok(Value::string(largest.map_or_else(|| "0s".to_owned(), |(unit, name)| format!("{}{name}", nanos / unit))))
}
