//! Zones: what the clocks show where.
//!
//! Mirrors `time/zoneinfo.go`: which zone holds at a moment, by transitions and, behind the last of them, by a rule.

mod load;
mod rule;
mod tzif;

use std::rc::Rc;

use self::rule::Rule;
use super::quote;

pub use self::load::load_location;

/// Before and behind all transitions.
pub(super) const ALPHA: i64 = i64::MIN;
pub(super) const OMEGA: i64 = i64::MAX;

/// Where a time is shown.
#[derive(Clone, Debug)]
pub enum Zone {
    /// Universal time.
    Utc,
    /// Where this machine is, or says to be.
    Local(Rc<Location>),
    /// Another place, or an offset without a place.
    Other(Rc<Location>),
}

/// A place and its history of clock changes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Location {
    name: String,
    periods: Vec<Period>,
    /// When which of the periods begins.
    transitions: Vec<(i64, usize)>,
    /// What holds behind the last transition.
    rule: Option<Rule>,
}

/// A kind of time that holds in a place at times.
#[derive(Clone, Debug, PartialEq)]
struct Period {
    name: String,
    /// Seconds east of UTC.
    offset: i64,
    is_dst: bool,
}

/// What holds at a moment, and from when to when.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found<'l> {
    pub(super) name: &'l str,
    pub(super) offset: i64,
    pub(super) start: i64,
    pub(super) end: i64,
    pub(super) is_dst: bool,
}

const UTC: Found<'static> = Found { name: "UTC", offset: 0, start: ALPHA, end: OMEGA, is_dst: false };

impl Zone {
    /// Where this machine is.
    pub fn local() -> Zone {
        Zone::Local(load::local())
    }

    /// An offset from UTC with a name, which may be empty.
    pub fn fixed(name: &str, offset: i64) -> Zone {
        let period = Period { name: name.to_owned(), offset, is_dst: false };
        let transitions = vec![(ALPHA, 0)];
        Zone::Other(Rc::new(Location { name: name.to_owned(), periods: vec![period], transitions, rule: None }))
    }

    /// The name it was asked for by.
    pub fn name(&self) -> &str {
        self.location().map_or("UTC", |location| &location.name)
    }

    pub(super) fn lookup(&self, unix: i64) -> Found<'_> {
        self.location().map_or(UTC, |location| location.lookup(unix))
    }

    /// The offset of a period of this name, if possible of one that held at a moment told by its clocks.
    pub(super) fn lookup_name(&self, name: &str, clock: i64) -> Option<i64> {
        let location = self.location()?;
        let named = || location.periods.iter().filter(|period| period.name == name);
        let then = named().map(|period| location.lookup(clock.wrapping_sub(period.offset)));
        then.filter(|found| found.name == name)
            .map(|found| found.offset)
            .next()
            .or_else(|| Some(named().next()?.offset))
    }

    /// Whether both say the same of every moment.
    pub(super) fn equals(&self, other: &Zone) -> bool {
        match (self, other) {
            (Zone::Utc, Zone::Utc) | (Zone::Local(_), Zone::Local(_)) => true,
            (Zone::Other(a), Zone::Other(b)) => a == b,
            _ => false,
        }
    }

    /// Whether Go has one pointer for both. It makes a new one for every offset but those of whole hours without a name.
    pub(super) fn same(&self, other: &Zone) -> bool {
        match (self, other) {
            (Zone::Other(a), Zone::Other(b)) => Rc::ptr_eq(a, b) || a == b && a.is_whole_hours(),
            _ => self.equals(other),
        }
    }

    pub(super) fn to_go_text(&self) -> String {
        match self {
            Zone::Utc => "time.UTC".to_owned(),
            Zone::Local(_) => "time.Local".to_owned(),
            Zone::Other(location) => format!("time.Location({})", quote(location.name.as_bytes())),
        }
    }

    fn location(&self) -> Option<&Location> {
        match self {
            Zone::Utc => None,
            Zone::Local(location) | Zone::Other(location) => Some(location),
        }
    }
}

impl Location {
    fn is_whole_hours(&self) -> bool {
        let whole = |offset: i64| offset % 3600 == 0 && (-12..=14).contains(&(offset / 3600));
        matches!(self.periods.as_slice(), [Period { name, offset, .. }] if name.is_empty() && whole(*offset))
    }

    fn lookup(&self, unix: i64) -> Found<'_> {
        if self.periods.is_empty() {
            return UTC;
        }
        let found = |at: usize, start, end| {
            self.periods.get(at).map_or(UTC, |p| Found {
                name: &p.name,
                offset: p.offset,
                start,
                end,
                is_dst: p.is_dst,
            })
        };
        let behind = self.transitions.partition_point(|(when, _)| *when <= unix);
        let end = self.transitions.get(behind).map_or(OMEGA, |(when, _)| *when);
        let Some((start, period)) = behind.checked_sub(1).and_then(|at| self.transitions.get(at)) else {
            return found(self.first_period(), ALPHA, end);
        };
        if let Some(rule) = self.rule.as_ref().filter(|_| behind == self.transitions.len()) {
            return rule.lookup(*start, unix);
        }
        found(*period, *start, end)
    }

    /// What holds before the first transition: a period no transition leads to, else the last standard time before the
    /// first transition's, else any standard time.
    fn first_period(&self) -> usize {
        if !self.transitions.iter().any(|(_, period)| *period == 0) {
            return 0;
        }
        let standard = |at: &usize| self.periods.get(*at).is_some_and(|period| !period.is_dst);
        let first = self.transitions.first().map_or(0, |(_, period)| *period);
        let before = if standard(&first) { None } else { (0..first).rev().find(standard) };
        before.or_else(|| (0..self.periods.len()).find(standard)).unwrap_or(0)
    }
}
