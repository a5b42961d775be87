//! Times as people read them: how long ago, how long it took.

use jiff::Timestamp;

/// How long ago something was: `2 h ago`.
pub(super) fn ago(then: Timestamp, now: Timestamp) -> String {
    match now.duration_since(then).as_secs() {
        seconds if seconds < 0 => "just now".to_owned(),
        seconds => format!("{} ago", rough(seconds.unsigned_abs())),
    }
}

/// How long it is since something was.
pub(super) fn since(then: Timestamp, now: Timestamp) -> String {
    rough(u64::try_from(now.duration_since(then).as_secs()).unwrap_or_default())
}

/// A stretch of time in its largest unit.
pub(super) fn rough(seconds: u64) -> String {
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7200 => format!("{} min", seconds / 60),
        7200..172_800 => format!("{} h", seconds / 3600),
        _ => format!("{} d", seconds / 86_400),
    }
}

/// How long something took; tenths below ten seconds.
pub(super) fn took(from: Timestamp, to: Timestamp) -> Option<String> {
    let duration = std::time::Duration::try_from(to.duration_since(from)).ok()?;
    Some(if duration.as_secs() < 10 { format!("{:.1} s", duration.as_secs_f64()) } else { rough(duration.as_secs()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_rough() {
        let at = |second| Timestamp::from_second(second).unwrap();
        assert_eq!(ago(at(0), at(7300)), "2 h ago");
        assert_eq!(ago(at(5), at(0)), "just now");
        assert_eq!(took(at(0), at(4)).unwrap(), "4.0 s");
        assert_eq!(took(at(0), at(300)).unwrap(), "5 min");
        assert_eq!(took(at(1), at(0)), None);
        assert_eq!(rough(1_000_000), "11 d");
    }
}
