//! The parts of a layout such as `Mon, 02 Jan 2006 15:04:05 -0700`.

/// A part of a layout that stands for something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Chunk {
    LongMonth,
    ShortMonth,
    Month { zero: bool },
    LongWeekday,
    ShortWeekday,
    Day(Pad),
    YearDay(Pad),
    Hour,
    Hour12 { zero: bool },
    Minute { zero: bool },
    Second { zero: bool },
    LongYear,
    ShortYear,
    HalfDay { upper: bool },
    ZoneName,
    Offset { style: OffsetStyle, z_for_utc: bool },
    Fraction { digits: usize, trim: bool, separator: u8 },
}

/// What fills a number up to its width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pad {
    None,
    Space,
    Zero,
}

/// How an offset from UTC is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OffsetStyle {
    Hours,
    Minutes,
    ColonMinutes,
    Seconds,
    ColonSeconds,
}

/// The first part of a layout that stands for something.
pub(super) struct Next<'l> {
    /// What comes before it.
    pub(super) prefix: &'l [u8],
    pub(super) chunk: Chunk,
    /// It, as written.
    pub(super) text: &'l [u8],
    pub(super) rest: &'l [u8],
}

/// Finds the first part that stands for something; `None` when all of the layout stands for itself.
pub(super) fn next(layout: &[u8]) -> Option<Next<'_>> {
    (0..layout.len()).find_map(|at| {
        let (mut prefix, from) = layout.split_at(at);
        let (chunk, len) = chunk_at(from)?;
        let (mut text, rest) = from.split_at_checked(len)?;
        if text == b"_2006" {
            // An underscore and a year, not a day with an underscore for its padding.
            prefix = layout.get(..=at)?;
            text = text.get(1..)?;
        }
        Some(Next { prefix, chunk, text, rest })
    })
}

/// The part a text begins with, and how long it is.
fn chunk_at(text: &[u8]) -> Option<(Chunk, usize)> {
    let lower_follows = |at: usize| text.get(at).is_some_and(u8::is_ascii_lowercase);
    let zero = true;
    Some(match text {
        [b'J', b'a', b'n', b'u', b'a', b'r', b'y', ..] => (Chunk::LongMonth, 7),
        [b'J', b'a', b'n', ..] if !lower_follows(3) => (Chunk::ShortMonth, 3),
        [b'M', b'o', b'n', b'd', b'a', b'y', ..] => (Chunk::LongWeekday, 6),
        [b'M', b'o', b'n', ..] if !lower_follows(3) => (Chunk::ShortWeekday, 3),
        [b'M', b'S', b'T', ..] => (Chunk::ZoneName, 3),
        [b'0', b'1', ..] => (Chunk::Month { zero }, 2),
        [b'0', b'2', ..] => (Chunk::Day(Pad::Zero), 2),
        [b'0', b'3', ..] => (Chunk::Hour12 { zero }, 2),
        [b'0', b'4', ..] => (Chunk::Minute { zero }, 2),
        [b'0', b'5', ..] => (Chunk::Second { zero }, 2),
        [b'0', b'6', ..] => (Chunk::ShortYear, 2),
        [b'0', b'0', b'2', ..] => (Chunk::YearDay(Pad::Zero), 3),
        [b'1', b'5', ..] => (Chunk::Hour, 2),
        [b'1', ..] => (Chunk::Month { zero: false }, 1),
        [b'2', b'0', b'0', b'6', ..] => (Chunk::LongYear, 4),
        [b'2', ..] => (Chunk::Day(Pad::None), 1),
        [b'_', b'2', b'0', b'0', b'6', ..] => (Chunk::LongYear, 5),
        [b'_', b'2', ..] => (Chunk::Day(Pad::Space), 2),
        [b'_', b'_', b'2', ..] => (Chunk::YearDay(Pad::Space), 3),
        [b'3', ..] => (Chunk::Hour12 { zero: false }, 1),
        [b'4', ..] => (Chunk::Minute { zero: false }, 1),
        [b'5', ..] => (Chunk::Second { zero: false }, 1),
        [b'P', b'M', ..] => (Chunk::HalfDay { upper: true }, 2),
        [b'p', b'm', ..] => (Chunk::HalfDay { upper: false }, 2),
        [sign @ (b'-' | b'Z'), offset @ ..] => {
            let (style, len) = offset_style(offset)?;
            (Chunk::Offset { style, z_for_utc: *sign == b'Z' }, len + 1)
        }
        [separator @ (b'.' | b','), digit @ (b'0' | b'9'), ..] => {
            let digits = text.iter().skip(1).take_while(|c| *c == digit).count();
            if text.get(digits + 1).is_some_and(u8::is_ascii_digit) {
                return None;
            }
            // Go keeps the number of digits in twelve bits.
            let kept = digits & 0xfff;
            (Chunk::Fraction { digits: kept, trim: *digit == b'9', separator: *separator }, digits + 1)
        }
        _ => return None,
    })
}

fn offset_style(text: &[u8]) -> Option<(OffsetStyle, usize)> {
    let styles: [(&[u8], OffsetStyle); 5] = [
        (b"070000", OffsetStyle::Seconds),
        (b"07:00:00", OffsetStyle::ColonSeconds),
        (b"0700", OffsetStyle::Minutes),
        (b"07:00", OffsetStyle::ColonMinutes),
        (b"07", OffsetStyle::Hours),
    ];
    styles.into_iter().find(|(pattern, _)| text.starts_with(pattern)).map(|(pattern, style)| (style, pattern.len()))
}
