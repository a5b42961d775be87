//! Text as integers and booleans: `strconv.ParseInt`, `ParseUint`, `Atoi`, `ParseBool`.

use super::error::{Cause, NumError};

/// A signed integer in a base of 2 to 36, or 0 to go by the prefix, that must fit `bits` (0 for `int`).
///
/// # Errors
/// When the text is no such number or does not fit.
pub fn parse_int(text: &[u8], base: i64, bits: i64) -> Result<i64, NumError<i64>> {
    signed(text, base, bits).map_err(|(cause, value)| NumError::new("ParseInt", text, cause, value))
}

/// An unsigned integer, without a sign, as [`parse_int`].
///
/// # Errors
/// When the text is no such number or does not fit.
pub fn parse_uint(text: &[u8], base: i64, bits: i64) -> Result<u64, NumError<u64>> {
    unsigned(text, base, bits).map_err(|(cause, value)| NumError::new("ParseUint", text, cause, value))
}

/// A decimal `int`.
///
/// # Errors
/// When the text is no such number or does not fit.
pub fn atoi(text: &[u8]) -> Result<i64, NumError<i64>> {
    signed(text, 10, 0).map_err(|(cause, value)| NumError::new("Atoi", text, cause, value))
}

/// `1 t T TRUE true True` or `0 f F FALSE false False`.
///
/// # Errors
/// For any other text.
pub fn parse_bool(text: &[u8]) -> Result<bool, NumError<bool>> {
    match text {
        b"1" | b"t" | b"T" | b"true" | b"TRUE" | b"True" => Ok(true),
        b"0" | b"f" | b"F" | b"false" | b"FALSE" | b"False" => Ok(false),
        _ => Err(NumError::new("ParseBool", text, Cause::Syntax, false)),
    }
}

fn signed(text: &[u8], base: i64, bits: i64) -> Result<i64, (Cause, i64)> {
    let (negative, digits) = match text.split_first() {
        None => return Err((Cause::Syntax, 0)),
        Some((b'-', rest)) => (true, rest),
        Some((b'+', rest)) => (false, rest),
        Some(_) => (false, text),
    };
    // Too large for the unsigned type gives its largest number, which is too large for the signed one as well (but for
    // -1 in one bit, which Go lets pass).
    let magnitude = match unsigned(digits, base, bits) {
        Ok(n) | Err((Cause::Range, n)) => n,
        Err((cause, _)) => return Err((cause, 0)),
    };
    let size = if bits == 0 { 64 } else { bits };
    let limit = 1_u64 << (size - 1).clamp(0, 63);
    if negative {
        // The magnitude of the smallest number is one more than that of the largest.
        let smallest = 0_i64.wrapping_sub_unsigned(limit);
        if magnitude > limit {
            return Err((Cause::Range, smallest));
        }
        return Ok(0_i64.wrapping_sub_unsigned(magnitude));
    }
    match i64::try_from(magnitude) {
        Ok(n) if magnitude < limit => Ok(n),
        _ => Err((Cause::Range, i64::try_from(limit - 1).unwrap_or(i64::MAX))),
    }
}

fn unsigned(text: &[u8], base: i64, bits: i64) -> Result<u64, (Cause, u64)> {
    const SYNTAX: (Cause, u64) = (Cause::Syntax, 0);
    if text.is_empty() {
        return Err(SYNTAX);
    }
    let (radix, digits) = match (base, text) {
        (0, [b'0', b'b' | b'B', rest @ ..]) if !rest.is_empty() => (2, rest),
        (0, [b'0', b'o' | b'O', rest @ ..]) if !rest.is_empty() => (8, rest),
        (0, [b'0', b'x' | b'X', rest @ ..]) if !rest.is_empty() => (16, rest),
        (0, [b'0', rest @ ..]) => (8, rest),
        (0, _) => (10, text),
        (2..=36, _) => (base.unsigned_abs(), text),
        _ => return Err((Cause::Base(base), 0)),
    };
    let max = match bits {
        0 | 64 => u64::MAX,
        1..=63 => (1 << bits) - 1,
        _ => return Err((Cause::BitSize(bits), 0)),
    };
    let mut underscores = false;
    let mut number = 0_u64;
    for &c in digits {
        let digit = match c {
            b'_' if base == 0 => {
                underscores = true;
                continue;
            }
            b'0'..=b'9' => c - b'0',
            b'a'..=b'z' => c - b'a' + 10,
            b'A'..=b'Z' => c - b'A' + 10,
            _ => return Err(SYNTAX),
        };
        let digit = u64::from(digit);
        if digit >= radix {
            return Err(SYNTAX);
        }
        // Go stops at the first digit that is too much, even when a later one is no digit at all.
        number = match number.checked_mul(radix).and_then(|n| n.checked_add(digit)) {
            Some(n) if n <= max => n,
            _ => return Err((Cause::Range, max)),
        };
    }
    if underscores && !underscores_are_well_placed(text) {
        return Err(SYNTAX);
    }
    Ok(number)
}

/// Whether every underscore stands between digits, a base prefix counting as one.
pub(super) fn underscores_are_well_placed(text: &[u8]) -> bool {
    #[derive(PartialEq)]
    enum Seen {
        Digit,
        Underscore,
        Other,
    }
    let number = text.strip_prefix(b"-").or(text.strip_prefix(b"+")).unwrap_or(text);
    let (mut seen, hex, number) = match number {
        [b'0', b'x' | b'X', rest @ ..] => (Seen::Digit, true, rest),
        [b'0', b'b' | b'B' | b'o' | b'O', rest @ ..] => (Seen::Digit, false, rest),
        _ => (Seen::Other, false, number),
    };
    for c in number {
        let digit = c.is_ascii_digit() || hex && c.is_ascii_hexdigit();
        seen = match (digit, c, seen) {
            (true, ..) => Seen::Digit,
            (false, b'_', Seen::Digit) => Seen::Underscore,
            (false, b'_', _) | (false, _, Seen::Underscore) => return false,
            _ => Seen::Other,
        };
    }
    seen != Seen::Underscore
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers() {
        let good: &[(&str, i64, i64, i64)] = &[
            ("0x_ff", 0, 64, 255),
            ("-0b101", 0, 8, -5),
            ("017", 0, 0, 15),
            ("017", 10, 0, 17),
            ("1_000", 0, 0, 1000),
            ("-9223372036854775808", 10, 64, i64::MIN),
            ("zz", 36, 0, 1295),
        ];
        for (text, base, bits, want) in good {
            assert_eq!(parse_int(text.as_bytes(), *base, *bits).as_ref(), Ok(want), "{text}");
        }
    }

    #[test]
    fn refusals_come_with_the_value_go_returns() {
        let cases: &[(&str, i64, i64, i64, &str)] = &[
            ("", 10, 0, 0, "strconv.ParseInt: parsing \"\": invalid syntax"),
            ("1_000", 10, 0, 0, "strconv.ParseInt: parsing \"1_000\": invalid syntax"),
            ("1__0", 0, 0, 0, "strconv.ParseInt: parsing \"1__0\": invalid syntax"),
            ("128", 10, 8, 127, "strconv.ParseInt: parsing \"128\": value out of range"),
            (
                "-99999999999999999999",
                10,
                64,
                i64::MIN,
                "strconv.ParseInt: parsing \"-99999999999999999999\": value out of range",
            ),
            ("1", 1, 0, 0, "strconv.ParseInt: parsing \"1\": invalid base 1"),
            ("1", 10, 65, 0, "strconv.ParseInt: parsing \"1\": invalid bit size 65"),
        ];
        for (text, base, bits, value, message) in cases {
            let error = parse_int(text.as_bytes(), *base, *bits).unwrap_err();
            assert_eq!((error.value, error.to_string().as_str()), (*value, *message), "{text}");
        }
        assert_eq!(atoi(b"x").unwrap_err().to_string(), "strconv.Atoi: parsing \"x\": invalid syntax");
        assert_eq!(
            parse_uint(b"-1", 10, 0).unwrap_err().to_string(),
            "strconv.ParseUint: parsing \"-1\": invalid syntax"
        );
        assert_eq!(parse_uint(b"300", 10, 8).unwrap_err().value, 255);
        assert_eq!(parse_bool(b"yes").unwrap_err().to_string(), "strconv.ParseBool: parsing \"yes\": invalid syntax");
    }
}
