//! The rule for all years to come at the end of a zone's data: `CET-1CEST,M3.5.0,M10.5.0/3`.

use super::super::civil::{SECONDS_PER_DAY, Wall, days_before, days_in, is_leap};
use super::{Found, OMEGA};

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Rule {
    standard: (String, i64),
    summer: Option<Summer>,
}

#[derive(Clone, Debug, PartialEq)]
struct Summer {
    name: String,
    offset: i64,
    start: Change,
    end: Change,
}

/// A day of every year and the second of that day, by the clocks until then.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Change {
    day: Day,
    second: i64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Day {
    /// From 1, without the 29th of February.
    OfCommonYear(i64),
    /// From 0.
    OfYear(i64),
    /// The last such weekday of the month when there are not so many.
    Weekday { month: i64, week: i64, weekday: i64 },
}

impl Rule {
    /// Reads a rule; `None` when Go cannot, which then does without.
    pub(super) fn parse(text: &str) -> Option<Rule> {
        let (name, rest) = name(text)?;
        let (offset, rest) = offset(rest)?;
        let standard = (name.to_owned(), -offset);
        if rest.is_empty() || rest.starts_with(',') {
            return Some(Rule { standard, summer: None });
        }
        let (name, mut rest) = self::name(rest)?;
        let mut summer_offset = standard.1 + 3600;
        if !rest.is_empty() && !rest.starts_with(',') {
            let (offset, after) = self::offset(rest)?;
            (summer_offset, rest) = (-offset, after);
        }
        if rest.is_empty() {
            rest = ",M3.2.0,M11.1.0";
        }
        let (start, rest) = change(rest.strip_prefix([',', ';'])?)?;
        let (end, rest) = change(rest.strip_prefix(',')?)?;
        let summer = Summer { name: name.to_owned(), offset: summer_offset, start, end };
        rest.is_empty().then_some(Rule { standard, summer: Some(summer) })
    }

    /// What holds at a moment behind the last transition, which was at `last`.
    pub(super) fn lookup(&self, last: i64, unix: i64) -> Found<'_> {
        let (name, offset) = (self.standard.0.as_str(), self.standard.1);
        let Some(summer) = &self.summer else {
            return Found { name, offset, start: last, end: OMEGA, is_dst: false };
        };
        let date = Wall::at(unix, 0).date();
        let second = (date.year_day - 1) * SECONDS_PER_DAY + unix % SECONDS_PER_DAY;
        let year_start = unix - second;
        let mut start = summer.start.second_of_year(date.year) - offset;
        let mut end = summer.end.second_of_year(date.year) - summer.offset;
        let (mut outer, mut inner) = ((name, offset, false), (summer.name.as_str(), summer.offset, true));
        if end < start {
            // South of the equator the summer is what lies outside.
            (start, end) = (end, start);
            (outer, inner) = (inner, outer);
        }
        let ((name, offset, is_dst), start, end) = if second < start {
            (outer, year_start, start + year_start)
        } else if second >= end {
            (outer, end + year_start, year_start + 365 * SECONDS_PER_DAY)
        } else {
            (inner, start + year_start, end + year_start)
        };
        Found { name, offset, start, end, is_dst }
    }
}

impl Change {
    fn second_of_year(self, year: i64) -> i64 {
        let leap = is_leap(year);
        let day = match self.day {
            Day::OfCommonYear(day) => day - 1 + i64::from(leap && day >= 60),
            Day::OfYear(day) => day,
            Day::Weekday { month, week, weekday } => {
                let first = first_weekday(year, month);
                let mut day = (weekday - first).rem_euclid(7);
                for _ in 1..week {
                    if day + 7 >= days_in(month, year) {
                        break;
                    }
                    day += 7;
                }
                day + days_before(month) + i64::from(leap && month > 2)
            }
        };
        day * SECONDS_PER_DAY + self.second
    }
}

/// The weekday, from Sunday, a month begins with (Zeller).
fn first_weekday(year: i64, month: i64) -> i64 {
    let shifted = (month + 9) % 12 + 1;
    let year = if month <= 2 { year - 1 } else { year };
    let (century, year) = (year / 100, year % 100);
    ((26 * shifted - 2) / 10 + 1 + year + year / 4 + century / 4 - 2 * century) % 7
}

/// A name of at least three letters, or any in angle brackets.
fn name(text: &str) -> Option<(&str, &str)> {
    if let Some(text) = text.strip_prefix('<') {
        return text.split_once('>');
    }
    let len = text.find(|c: char| c.is_ascii_digit() || matches!(c, ',' | '-' | '+')).unwrap_or(text.len());
    text.split_at_checked(len).filter(|(name, _)| name.len() >= 3)
}

/// `5`, `-5:30` or `5:30:15`, in seconds.
fn offset(text: &str) -> Option<(i64, &str)> {
    let (sign, text) = match text.strip_prefix('-') {
        Some(text) => (-1, text),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let (mut seconds, mut rest) = number(text, 0, 24 * 7).map(|(hours, rest)| (hours * 3600, rest))?;
    for unit in [60, 1] {
        let Some(text) = rest.strip_prefix(':') else { break };
        let (n, after) = number(text, 0, 59)?;
        seconds += n * unit;
        rest = after;
    }
    Some((sign * seconds, rest))
}

fn change(text: &str) -> Option<(Change, &str)> {
    let (day, rest) = if let Some(text) = text.strip_prefix('J') {
        let (day, rest) = number(text, 1, 365)?;
        (Day::OfCommonYear(day), rest)
    } else if let Some(text) = text.strip_prefix('M') {
        let (month, rest) = number(text, 1, 12)?;
        let (week, rest) = number(rest.strip_prefix('.')?, 1, 5)?;
        let (weekday, rest) = number(rest.strip_prefix('.')?, 0, 6)?;
        (Day::Weekday { month, week, weekday }, rest)
    } else {
        let (day, rest) = number(text, 0, 365)?;
        (Day::OfYear(day), rest)
    };
    match rest.strip_prefix('/') {
        Some(text) => offset(text).map(|(second, rest)| (Change { day, second }, rest)),
        None => Some((Change { day, second: 2 * 3600 }, rest)),
    }
}

fn number(text: &str, min: i64, max: i64) -> Option<(i64, &str)> {
    let len = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at_checked(len)?;
    let number = digits.parse().ok()?;
    (min..=max).contains(&number).then_some((number, rest))
}
