//! Instants, and what can be computed with them.

use std::cmp::Ordering;
use std::time::SystemTime;

use super::civil::{SECONDS_PER_DAY, UNIX_TO_INTERNAL, Wall, day_of, weekday};
use super::duration::{Duration, less_than_half};
use super::zone::{ALPHA, OMEGA, Zone};

const NANOS: i64 = 1_000_000_000;

/// The seconds from the year 1 to 1885, from which Go counts times with a monotonic reading, in 33 bits.
const MONOTONIC_FIRST: i64 = (1884 * 365 + 1884 / 4 - 1884 / 100 + 1884 / 400) * SECONDS_PER_DAY;
const MONOTONIC_LEN: i64 = 1 << 33;

/// An instant, shown in a zone.
#[derive(Clone, Debug)]
pub struct Time {
    /// Seconds since the beginning of the year 1, UTC.
    seconds: i64,
    nanos: i64,
    /// Nanoseconds on a clock that never jumps, which Go prefers for differences.
    monotonic: Option<i64>,
    zone: Zone,
}

impl Default for Time {
    fn default() -> Time {
        Time { seconds: 0, nanos: 0, monotonic: None, zone: Zone::Utc }
    }
}

/// What a date is made of; every number may lie outside of its usual range.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Parts {
    pub(super) year: i64,
    pub(super) month: i64,
    pub(super) day: i64,
    pub(super) hour: i64,
    pub(super) minute: i64,
    pub(super) second: i64,
    pub(super) nanos: i64,
}

impl Time {
    /// Seconds since 1970, shown in the local zone.
    pub fn unix(seconds: i64) -> Time {
        Time { seconds: seconds.wrapping_add(UNIX_TO_INTERNAL), zone: Zone::local(), ..Time::default() }
    }

    /// What a clock shows, in the local zone, with a monotonic reading.
    pub fn from_system(clock: SystemTime, monotonic: i64) -> Time {
        let (seconds, nanos) = match clock.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(since) => (i64::try_from(since.as_secs()).unwrap_or(i64::MAX), i64::from(since.subsec_nanos())),
            Err(before) => {
                let before = before.duration();
                let nanos = i64::from(before.subsec_nanos());
                let seconds = -i64::try_from(before.as_secs()).unwrap_or(i64::MAX) - i64::from(nanos > 0);
                (seconds, if nanos > 0 { NANOS - nanos } else { 0 })
            }
        };
        Time { nanos, monotonic: Some(monotonic), ..Time::unix(seconds) }
    }

    /// The instant at which clocks in a zone show this.
    pub(super) fn from_parts(parts: Parts, zone: Zone) -> Time {
        let (year, month) = carry(parts.year, parts.month.wrapping_sub(1), 12);
        let (second, nanos) = carry(parts.second, parts.nanos, NANOS);
        let (minute, second) = carry(parts.minute, second, 60);
        let (hour, minute) = carry(parts.hour, minute, 60);
        let (day, hour) = carry(parts.day, hour, 24);
        let midnight = day_of(year, month + 1, day).cast_signed().wrapping_mul(SECONDS_PER_DAY);
        let clock = midnight.wrapping_add(hour * 3600 + minute * 60 + second);
        let mut unix = clock.wrapping_sub(super::civil::UNIX_TO_ABSOLUTE);
        // The zone is asked with the clock's time as if it were UTC, and again when that was too near to a change.
        let found = zone.lookup(unix);
        if found.offset != 0 {
            let guess = unix.wrapping_sub(found.offset);
            let holds = found.start <= guess && guess < found.end;
            let offset = if holds { found.offset } else { zone.lookup(guess).offset };
            unix = unix.wrapping_sub(offset);
        }
        Time { seconds: unix.wrapping_add(UNIX_TO_INTERNAL), nanos, monotonic: None, zone }
    }

    /// Seconds since 1970.
    pub fn unix_seconds(&self) -> i64 {
        self.seconds.wrapping_sub(UNIX_TO_INTERNAL)
    }

    /// A number of units of which a second has `per_second`, since 1970; wraps around like Go's.
    pub fn unix_in(&self, per_second: i64) -> i64 {
        self.unix_seconds().wrapping_mul(per_second).wrapping_add(self.nanos / (NANOS / per_second))
    }

    /// Nanoseconds within the second.
    pub fn nanosecond(&self) -> i64 {
        self.nanos
    }

    /// Seconds since the year 1, as the binary form has them.
    pub(super) fn internal_seconds(&self) -> i64 {
        self.seconds
    }

    pub(super) fn monotonic(&self) -> Option<i64> {
        self.monotonic
    }

    /// The two numbers Go stores a time in.
    pub(super) fn stored(&self) -> (u64, i64) {
        match self.monotonic {
            Some(monotonic) => {
                let seconds = self.seconds.wrapping_sub(MONOTONIC_FIRST).cast_unsigned();
                (1 << 63 | seconds << 30 | self.nanos.cast_unsigned(), monotonic)
            }
            None => (self.nanos.cast_unsigned(), self.seconds),
        }
    }

    /// Where it is shown.
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// The same instant shown elsewhere, without the monotonic reading.
    #[must_use]
    pub fn in_zone(&self, zone: Zone) -> Time {
        Time { zone, monotonic: None, ..self.clone() }
    }

    /// The name of what holds in its zone then, and the seconds east of UTC.
    pub fn zone_now(&self) -> (&str, i64) {
        let found = self.zone.lookup(self.unix_seconds());
        (found.name, found.offset)
    }

    /// Whether it is summer time in its zone then.
    pub fn is_dst(&self) -> bool {
        self.zone.lookup(self.unix_seconds()).is_dst
    }

    pub(super) fn wall(&self) -> Wall {
        Wall::at(self.unix_seconds(), self.zone_now().1)
    }

    /// Year, month from 1, day.
    pub fn date(&self) -> (i64, i64, i64) {
        let date = self.wall().date();
        (date.year, date.month, date.day)
    }

    /// From 1.
    pub fn year_day(&self) -> i64 {
        self.wall().date().year_day
    }

    /// From Sunday, 0.
    pub fn weekday(&self) -> i64 {
        weekday(self.wall().day())
    }

    /// Hour, minute, second.
    pub fn clock(&self) -> (i64, i64, i64) {
        self.wall().clock()
    }

    /// Whether it is the beginning of the year 1, UTC.
    pub fn is_zero(&self) -> bool {
        self.seconds == 0 && self.nanos == 0
    }

    /// The order of instants.
    #[must_use]
    pub fn compare(&self, other: &Time) -> Ordering {
        match (self.monotonic, other.monotonic) {
            (Some(a), Some(b)) => a.cmp(&b),
            _ => (self.seconds, self.nanos).cmp(&(other.seconds, other.nanos)),
        }
    }

    /// Later by a duration.
    #[must_use]
    pub fn add(&self, duration: Duration) -> Time {
        let mut later = self.clone();
        let nanos = self.nanos + duration.0 % NANOS;
        let carry = nanos.div_euclid(NANOS);
        later.nanos = nanos.rem_euclid(NANOS);
        later.add_seconds(duration.0 / NANOS + carry);
        later.monotonic = later.monotonic.and_then(|monotonic| monotonic.checked_add(duration.0));
        later
    }

    fn add_seconds(&mut self, seconds: i64) {
        if self.monotonic.is_some() {
            let within = (self.seconds - MONOTONIC_FIRST).checked_add(seconds);
            if !within.is_some_and(|within| (0..MONOTONIC_LEN).contains(&within)) {
                self.monotonic = None;
            }
        }
        // Go stops one short of the smallest number.
        self.seconds = self.seconds.checked_add(seconds).unwrap_or(if seconds > 0 { i64::MAX } else { -i64::MAX });
    }

    /// The same with this many seconds taken off, as a parsed offset asks for.
    pub(super) fn minus_seconds(mut self, seconds: i64) -> Time {
        self.add_seconds(-seconds);
        self
    }

    /// How much later than another it is, as far as a duration goes.
    #[must_use]
    pub fn since(&self, other: &Time) -> Duration {
        if let (Some(a), Some(b)) = (self.monotonic, other.monotonic) {
            return Duration(a.saturating_sub(b));
        }
        let nanos = i128::from(self.seconds) - i128::from(other.seconds);
        let nanos = nanos * i128::from(NANOS) + i128::from(self.nanos - other.nanos);
        Duration(i64::try_from(nanos).unwrap_or(if nanos < 0 { i64::MIN } else { i64::MAX }))
    }

    /// Years, months and days later by the calendar of its zone.
    #[must_use]
    pub fn add_date(&self, years: i64, months: i64, days: i64) -> Time {
        let (year, month, day) = self.date();
        let (hour, minute, second) = self.clock();
        let parts = Parts {
            year: year.wrapping_add(years),
            month: month.wrapping_add(months),
            day: day.wrapping_add(days),
            hour,
            minute,
            second,
            nanos: self.nanos,
        };
        Time::from_parts(parts, self.zone.clone())
    }

    /// Rounded down to a multiple of a duration since the year 1.
    #[must_use]
    pub fn truncate(&self, to: Duration) -> Time {
        let plain = Time { monotonic: None, ..self.clone() };
        match self.rest(to) {
            Some(rest) => plain.add(Duration(-rest)),
            None => plain,
        }
    }

    /// Rounded to the nearest multiple of a duration since the year 1, halves up.
    #[must_use]
    pub fn round(&self, to: Duration) -> Time {
        let plain = Time { monotonic: None, ..self.clone() };
        match self.rest(to) {
            Some(rest) if less_than_half(rest.unsigned_abs(), to.0.unsigned_abs()) => plain.add(Duration(-rest)),
            Some(rest) => plain.add(Duration(to.0 - rest)),
            None => plain,
        }
    }

    fn rest(&self, of: Duration) -> Option<i64> {
        if of.0 <= 0 {
            return None;
        }
        let nanos = i128::from(self.seconds) * i128::from(NANOS) + i128::from(self.nanos);
        i64::try_from(nanos.rem_euclid(i128::from(of.0))).ok()
    }

    /// The ISO year and week.
    pub fn iso_week(&self) -> (i64, i64) {
        let day = self.wall().day();
        // The week belongs to the year of its Thursday.
        let monday = day.wrapping_sub((weekday(day) + 6).cast_unsigned() % 7);
        let thursday = super::civil::date_of(monday.wrapping_add(3));
        (thursday.year, (thursday.year_day - 1) / 7 + 1)
    }

    /// When what holds in its zone then began and will end; zero times when never.
    pub fn zone_bounds(&self) -> (Time, Time) {
        let found = self.zone.lookup(self.unix_seconds());
        let at = |unix: i64, never: i64| match unix == never {
            true => Time::default(),
            false => Time { zone: self.zone.clone(), ..Time::unix(unix) },
        };
        (at(found.start, ALPHA), at(found.end, OMEGA))
    }

    /// Whether instant, monotonic reading and zone are equal.
    pub(super) fn equals(&self, other: &Time, zones: fn(&Zone, &Zone) -> bool) -> bool {
        (self.seconds, self.nanos, self.monotonic) == (other.seconds, other.nanos, other.monotonic)
            && zones(&self.zone, &other.zone)
    }
}

/// Carries what is more, or less, than a unit has into the next one.
fn carry(high: i64, low: i64, base: i64) -> (i64, i64) {
    (high.wrapping_add(low.div_euclid(base)), low.rem_euclid(base))
}
