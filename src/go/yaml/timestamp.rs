//! Which texts go-yaml takes for a timestamp.
//!
//! Mirrors `parseTimestamp` of `go.yaml.in/yaml/v2` and v3, and `time.Parse` as far as its four layouts need it.

/// True when the text is a timestamp. It stays a text in a value, but has to be quoted to be a text again.
pub(super) fn is_timestamp(text: &[u8]) -> bool {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if digits != 4 || text.get(4) != Some(&b'-') {
        return false;
    }
    let mut rest = Reader(text);
    let Some((year, month, day)) = rest.date() else { return false };
    if !(1..=days_in(year, month)).contains(&day) {
        return false;
    }
    match rest.0 {
        [] => true,
        [b' ', ..] => rest.time().is_some() && rest.0.is_empty(),
        [b'T' | b't', ..] => rest.time().is_some() && rest.zone().is_some() && rest.0.is_empty(),
        _ => false,
    }
}

struct Reader<'t>(&'t [u8]);

impl Reader<'_> {
    fn date(&mut self) -> Option<(u32, u32, u32)> {
        let year = self.digits(4)?;
        self.byte(b'-')?;
        let month = self.one_or_two_digits()?;
        self.byte(b'-')?;
        let day = self.one_or_two_digits()?;
        (1..=12).contains(&month).then_some((year, month, day))
    }

    /// Behind a `T` or any number of spaces: hours, minutes, seconds and perhaps a fraction.
    fn time(&mut self) -> Option<()> {
        self.0 = match self.0 {
            [b' ', ..] => self.0.trim_ascii_start(),
            _ => self.0.get(1..)?,
        };
        for (limit, separator) in [(24, true), (60, true), (60, false)] {
            if self.one_or_two_digits()? >= limit {
                return None;
            }
            if separator {
                self.byte(b':')?;
            }
        }
        if let [b'.' | b',', b'0'..=b'9', rest @ ..] = self.0 {
            let more = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
            self.0 = rest.get(more..)?;
        }
        Some(())
    }

    fn zone(&mut self) -> Option<()> {
        if let [b'Z', rest @ ..] = self.0 {
            self.0 = rest;
            return Some(());
        }
        let [b'+' | b'-', rest @ ..] = self.0 else { return None };
        self.0 = rest;
        let hours = self.digits(2)?;
        self.byte(b':')?;
        let minutes = self.digits(2)?;
        // Go accepts offsets of exactly 24 hours and 60 minutes.
        (hours <= 24 && minutes <= 60).then_some(())
    }

    fn byte(&mut self, want: u8) -> Option<()> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        (*first == want).then_some(())
    }

    fn digits(&mut self, count: usize) -> Option<u32> {
        let (digits, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        digits.iter().try_fold(0, |n, byte| byte.is_ascii_digit().then(|| n * 10 + u32::from(byte - b'0')))
    }

    fn one_or_two_digits(&mut self) -> Option<u32> {
        let second = self.0.get(1).is_some_and(u8::is_ascii_digit);
        self.digits(if second { 2 } else { 1 })
    }
}

fn days_in(year: u32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps() {
        for yes in [
            "2001-12-14",
            "2001-1-2",
            "0001-01-01",
            "2024-02-29",
            "2001-12-14 21:59:43.10",
            "2001-12-14t21:59:43Z",
            "2001-12-14T1:5:3.123456789012+02:00",
            "2001-12-14T21:59:43,5-24:60",
            "2001-12-14 2:5:9",
        ] {
            assert!(is_timestamp(yes.as_bytes()), "{yes}");
        }
        for no in [
            "2001",
            "2001-12",
            "2001-13-01",
            "2023-02-29",
            "2001-00-01",
            "2001-1-0",
            "20011-1-1",
            "2001-12-14 21:59",
            "2001-12-14T21:59:43",
            "2001-12-14 21:59:43Z",
            "2001-12-14 24:00:00",
            "2001-12-14 21:59:60",
            "2001-12-14x",
            "2001-12-14T21:59:43+2:00",
            "2001-12-14T21:59:43z",
            "2001-123-1",
            "2001-12-14 21:59:43.",
        ] {
            assert!(!is_timestamp(no.as_bytes()), "{no}");
        }
    }
}
