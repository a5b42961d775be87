//! The files of the zone database.

use super::rule::Rule;
use super::{ALPHA, Location, Period};

struct Reader<'d>(&'d [u8]);

impl<'d> Reader<'d> {
    fn take(&mut self, len: usize) -> Option<&'d [u8]> {
        let (taken, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(taken)
    }

    /// The counts of: UTC flags, standard flags, leap seconds, transitions, periods, letters.
    fn counts(&mut self) -> Option<[usize; 6]> {
        let mut counts = [0; 6];
        for count in &mut counts {
            *count = usize::try_from(u32::from_be_bytes(self.take(4)?.try_into().ok()?)).ok()?;
        }
        Some(counts)
    }
}

/// Reads a file; `None` when it is none, or of a version Go does not know.
pub(super) fn parse(name: &str, data: &[u8]) -> Option<Location> {
    let mut reader = Reader(data);
    if reader.take(4)? != b"TZif" {
        return None;
    }
    let wide = match reader.take(16)?.first()? {
        0 => false,
        b'2' | b'3' => true,
        _ => return None,
    };
    let mut counts = reader.counts()?;
    if wide {
        // The same again with times of 64 bits follows what was written for old readers.
        reader.take(block_len(counts, 4)? + 20)?;
        counts = reader.counts()?;
    }
    let size = if wide { 8 } else { 4 };
    let [utc_flags, standard_flags, leaps, times, periods, letters] = counts;
    let when = reader.take(times.checked_mul(size)?)?;
    let which = reader.take(times)?;
    let infos = reader.take(periods.checked_mul(6)?)?;
    let letters = reader.take(letters)?;
    reader.take(leaps.checked_mul(size + 4)?)?;
    reader.take(standard_flags.checked_add(utc_flags)?)?;
    if periods == 0 {
        return None;
    }
    let periods: Vec<Period> = infos.chunks_exact(6).map(|info| period(info, letters)).collect::<Option<_>>()?;
    let mut transitions = Vec::with_capacity(times.max(1));
    for (when, which) in when.chunks_exact(size).zip(which) {
        let which = usize::from(*which);
        periods.get(which)?;
        transitions.push((time(when)?, which));
    }
    if transitions.is_empty() {
        transitions.push((ALPHA, 0));
    }
    let rule = match reader.0 {
        [b'\n', rule @ .., b'\n'] => std::str::from_utf8(rule).ok().and_then(Rule::parse),
        _ => None,
    };
    Some(Location { name: name.to_owned(), periods, transitions, rule })
}

fn block_len([utc_flags, standard_flags, leaps, times, periods, letters]: [usize; 6], size: usize) -> Option<usize> {
    let parts = [times.checked_mul(size + 1)?, periods.checked_mul(6)?, letters, leaps.checked_mul(size + 4)?];
    parts.into_iter().chain([standard_flags, utc_flags]).try_fold(0_usize, usize::checked_add)
}

fn period(info: &[u8], letters: &[u8]) -> Option<Period> {
    let (offset, rest) = info.split_first_chunk::<4>()?;
    let [is_dst, name] = rest else { return None };
    let name = letters.get(usize::from(*name)..).filter(|name| !name.is_empty())?;
    let name = name.split(|c| *c == 0).next()?;
    let offset = i64::from(i32::from_be_bytes(*offset));
    Some(Period { name: String::from_utf8_lossy(name).into_owned(), offset, is_dst: *is_dst != 0 })
}

fn time(bytes: &[u8]) -> Option<i64> {
    match <[u8; 8]>::try_from(bytes) {
        Ok(wide) => Some(i64::from_be_bytes(wide)),
        Err(_) => Some(i64::from(i32::from_be_bytes(bytes.try_into().ok()?))),
    }
}
