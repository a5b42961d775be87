//! The calendar: days and dates, without zones.
//!
//! Counted, as in Go, from a first of March so long ago that nothing is negative; what lies before wraps around as there.

pub(super) const SECONDS_PER_DAY: i64 = 86_400;

/// Years before the year 0 at which the count begins; a multiple of 400, so that the calendar is the same.
const FIRST_YEAR: u64 = 292_277_022_400;
/// The days from the first of March to the end of the year.
const MARCH_TO_DECEMBER: i64 = 306;
/// 400 years of days.
const DAYS_PER_CYCLE: i64 = 146_097;

/// Seconds from the beginning of the year 1, from which [`super::Time`] counts, to 1970.
pub(super) const UNIX_TO_INTERNAL: i64 = (1969 * 365 + 1969 / 4 - 1969 / 100 + 1969 / 400) * SECONDS_PER_DAY;
/// Seconds from the beginning of the count to the year 1.
const INTERNAL_TO_ABSOLUTE: i64 =
    ((FIRST_YEAR / 400).cast_signed() * DAYS_PER_CYCLE + MARCH_TO_DECEMBER) * SECONDS_PER_DAY;
pub(super) const UNIX_TO_ABSOLUTE: i64 = UNIX_TO_INTERNAL + INTERNAL_TO_ABSOLUTE;

/// Seconds since the beginning of the count, as a clock on the wall shows them.
#[derive(Clone, Copy)]
pub(super) struct Wall(pub(super) u64);

/// A day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Date {
    pub(super) year: i64,
    pub(super) month: i64,
    pub(super) day: i64,
    /// From 1.
    pub(super) year_day: i64,
}

impl Wall {
    pub(super) fn at(unix: i64, offset: i64) -> Wall {
        Wall(unix.wrapping_add(offset).wrapping_add(UNIX_TO_ABSOLUTE).cast_unsigned())
    }

    pub(super) fn day(self) -> u64 {
        self.0 / SECONDS_PER_DAY.cast_unsigned()
    }

    pub(super) fn date(self) -> Date {
        date_of(self.day())
    }

    pub(super) fn second_of_day(self) -> i64 {
        (self.0 % SECONDS_PER_DAY.cast_unsigned()).cast_signed()
    }

    /// Hour, minute, second.
    pub(super) fn clock(self) -> (i64, i64, i64) {
        let second = self.second_of_day();
        (second / 3600, second / 60 % 60, second % 60)
    }
}

/// The day of the week from Sunday, 0.
pub(super) fn weekday(day: u64) -> i64 {
    // The count begins on a Wednesday.
    (day.wrapping_add(3) % 7).cast_signed()
}

/// The date of a day of the count.
pub(super) fn date_of(day: u64) -> Date {
    let quarters = day.wrapping_mul(4).wrapping_add(3);
    let century = quarters / 146_097;
    let quarters = (quarters % 146_097) | 3;
    let year_of_century = quarters / 1461;
    let march_day = (quarters % 1461 / 4).cast_signed();
    let march_month = (5 * march_day + 461) / 153;
    let next_year = i64::from(march_day >= MARCH_TO_DECEMBER);
    let year = (century * 100).wrapping_sub(FIRST_YEAR).wrapping_add(year_of_century).cast_signed() + next_year;
    let leap = year_of_century.is_multiple_of(4) && (year_of_century != 0 || century.is_multiple_of(4));
    let leap_day = i64::from(leap && next_year == 0);
    Date {
        year,
        month: march_month - 12 * next_year,
        day: (5 * march_day + 461) % 153 / 5 + 1,
        year_day: march_day + 60 + leap_day - 365 * next_year,
    }
}

/// The day of the count of a year, a month of it, and a day, which may lie outside of the month.
pub(super) fn day_of(year: i64, month: i64, day: i64) -> u64 {
    let before_march = u64::from(month < 3);
    let month = month + 12 * before_march.cast_signed();
    let year = year.cast_unsigned().wrapping_sub(before_march).wrapping_add(FIRST_YEAR);
    let march_day = (153 * month - 457) / 5;
    let (century, year_of_century) = (year / 100, year % 100);
    let days = (century.wrapping_mul(146_097) / 4).wrapping_add(1461 * year_of_century / 4);
    days.wrapping_add((march_day.wrapping_add(day) - 1).cast_unsigned())
}

pub(super) fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

pub(super) fn days_in(month: i64, year: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The days of a common year before a month.
pub(super) fn days_before(month: i64) -> i64 {
    (1..month).map(|month| days_in(month, 1)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        let first = Wall::at(0, 0).day();
        for offset in (0..400_000).step_by(37) {
            let day = first - 200_000 + offset;
            let date = date_of(day);
            assert_eq!(day_of(date.year, date.month, date.day), day);
            assert_eq!(date.year_day, (day - day_of(date.year, 1, 1)).cast_signed() + 1);
        }
        assert_eq!(date_of(first), Date { year: 1970, month: 1, day: 1, year_day: 1 });
        assert_eq!(weekday(first), 4);
    }
}
