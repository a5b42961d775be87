//! Dates and times. Mirrors `valueDatetime` of `parse.go` and the times of `encode.go`.
//!
//! What has no zone in TOML gets one with a name of its own, by which it is known when it is written again.

use crate::go::time::{Time, Zone, parse_in_location};

const DATE_AND_TIME: &str = "datetime-local";
const DATE: &str = "date-local";
const TIME: &str = "time-local";

/// The forms in the order they are tried, with the zone of those that name none.
const FORMS: [(&[u8], Option<&str>); 7] = [
    (b"2006-01-02T15:04:05.999999999Z07:00", None),
    (b"2006-01-02T15:04:05.999999999", Some(DATE_AND_TIME)),
    (b"2006-01-02", Some(DATE)),
    (b"15:04:05.999999999", Some(TIME)),
    (b"2006-01-02T15:04Z07:00", None),
    (b"2006-01-02T15:04", Some(DATE_AND_TIME)),
    (b"15:04", Some(TIME)),
];

/// The text as Go's layouts want it: also what errors show.
pub(super) fn normalized(text: &[u8]) -> Vec<u8> {
    let upper = |c: &u8| match c {
        b'z' => b'Z',
        b't' | b' ' => b'T',
        c => *c,
    };
    text.iter().map(upper).collect()
}

/// The time a normalized text stands for, `offset` seconds east of UTC when it says nothing of that.
pub(super) fn read(text: &[u8], offset: i64) -> Option<Time> {
    for (layout, zone) in FORMS {
        let zone = zone.map_or_else(Zone::local, |name| Zone::fixed(name, offset));
        if let Ok(time) = parse_in_location(layout, text, &zone) {
            return has_leading_zeros(text, layout).then_some(time);
        }
    }
    None
}

/// Go reads an hour of one digit; whatever is between the numbers then stands in another place.
fn has_leading_zeros(text: &[u8], layout: &[u8]) -> bool {
    let fixed = layout.iter().take_while(|c| !matches!(c, b'.' | b'Z'));
    fixed.enumerate().all(|(at, c)| c.is_ascii_digit() || text.get(at) == Some(c))
}

/// A time as TOML.
pub(super) fn written(time: &Time) -> Vec<u8> {
    let layout: &[u8] = match time.zone().name() {
        DATE_AND_TIME => b"2006-01-02T15:04:05.999999999",
        DATE => b"2006-01-02",
        TIME => b"15:04:05.999999999",
        _ => return time.format(b"2006-01-02T15:04:05.999999999Z07:00"),
    };
    // The library goes by UTC here, although it reads by the machine's zone.
    time.in_zone(Zone::Utc).format(layout)
}
