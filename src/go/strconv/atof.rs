//! Text as floats: `strconv.ParseFloat`. Decimal digits are converted by Rust, which rounds as Go does.

use super::atoi::underscores_are_well_placed;
use super::error::{Cause, NumError};

/// A float of 32 or 64 bits from decimal or hexadecimal text, or the words for infinity and not-a-number.
///
/// # Errors
/// When the text is no float, or too large for one.
pub fn parse_float(text: &[u8], bits: u8) -> Result<f64, NumError<f64>> {
    let fail = |cause, value| NumError::new("ParseFloat", text, cause, value);
    if let Some(number) = word(text) {
        return Ok(number);
    }
    let scanned = scan(text).ok_or_else(|| fail(Cause::Syntax, 0.0))?;
    let number = match scanned {
        Scanned::Hex { mantissa, exponent, inexact, negative } => {
            let magnitude = from_hex(mantissa, exponent, inexact, bits);
            if negative { -magnitude } else { magnitude }
        }
        Scanned::Decimal => from_decimal(text, bits).ok_or_else(|| fail(Cause::Syntax, 0.0))?,
    };
    if number.is_infinite() { Err(fail(Cause::Range, number)) } else { Ok(number) }
}

fn word(text: &[u8]) -> Option<f64> {
    if text.eq_ignore_ascii_case(b"nan") {
        return Some(f64::NAN);
    }
    let (sign, word) = match text.split_first()? {
        (b'-', rest) => (-1.0, rest),
        (b'+', rest) => (1.0, rest),
        _ => (1.0, text),
    };
    let infinite = word.eq_ignore_ascii_case(b"inf") || word.eq_ignore_ascii_case(b"infinity");
    infinite.then_some(sign * f64::INFINITY)
}

/// What a well-formed text is.
enum Scanned {
    Decimal,
    /// `mantissa × 2^exponent`, plus a little when inexact.
    Hex {
        mantissa: u64,
        exponent: i64,
        inexact: bool,
        negative: bool,
    },
}

// Sixteen hexadecimal digits fill the 64 bits of a mantissa.
const MANTISSA_DIGITS: u32 = 16;
// An exponent beyond this is infinity or zero whatever the mantissa; Go stops counting here too.
const EXPONENT_LIMIT: i64 = 10_000;

/// Checks the form of the whole text; reads the number when it is hexadecimal.
fn scan(text: &[u8]) -> Option<Scanned> {
    let (negative, rest) = match text.split_first()? {
        (b'-', rest) => (true, rest),
        (b'+', rest) => (false, rest),
        _ => (false, text),
    };
    let (hex, mut rest) = match rest {
        [b'0', b'x' | b'X', digits @ ..] if !digits.is_empty() => (true, digits),
        _ => (false, rest),
    };
    let (mut underscores, mut point, mut digits) = (false, false, false);
    let (mut mantissa, mut kept, mut exponent, mut inexact) = (0_u64, 0, 0_i64, false);
    while let Some((&c, after)) = rest.split_first() {
        match c {
            b'_' => underscores = true,
            b'.' if !point => point = true,
            _ => {
                let Some(digit) = char::from(c).to_digit(if hex { 16 } else { 10 }) else { break };
                digits = true;
                exponent -= if point { 4 } else { 0 };
                if kept < MANTISSA_DIGITS && hex {
                    mantissa = mantissa << 4 | u64::from(digit);
                    kept += u32::from(mantissa != 0);
                } else {
                    inexact |= digit != 0;
                    exponent += 4;
                }
            }
        }
        rest = after;
    }
    if !digits {
        return None;
    }
    match rest.split_first() {
        Some((c, after)) if c.eq_ignore_ascii_case(if hex { &b'p' } else { &b'e' }) => {
            let (power, used_underscores) = scan_exponent(after)?;
            exponent += power;
            underscores |= used_underscores;
        }
        Some(_) => return None,
        None if hex => return None,
        None => {}
    }
    if underscores && !underscores_are_well_placed(text) {
        return None;
    }
    Some(if hex { Scanned::Hex { mantissa, exponent, inexact, negative } } else { Scanned::Decimal })
}

fn scan_exponent(text: &[u8]) -> Option<(i64, bool)> {
    let (sign, digits) = match text.split_first()? {
        (b'-', rest) => (-1, rest),
        (b'+', rest) => (1, rest),
        _ => (1, text),
    };
    digits.first().filter(|c| c.is_ascii_digit())?;
    let (mut power, mut underscores) = (0_i64, false);
    for c in digits {
        match c {
            b'_' => underscores = true,
            b'0'..=b'9' if power < EXPONENT_LIMIT => power = power * 10 + i64::from(c - b'0'),
            b'0'..=b'9' => {}
            _ => return None,
        }
    }
    Some((sign * power, underscores))
}

fn from_decimal(text: &[u8], bits: u8) -> Option<f64> {
    let text = std::str::from_utf8(text).ok()?;
    let plain;
    let text = if text.contains('_') {
        plain = text.replace('_', "");
        &plain
    } else {
        text
    };
    if bits == 32 { text.parse::<f32>().ok().map(f64::from) } else { text.parse().ok() }
}

/// Rounds `mantissa × 2^exponent` half to even; infinity when it is too large.
fn from_hex(mantissa: u64, exponent: i64, inexact: bool, bits: u8) -> f64 {
    if mantissa == 0 {
        return 0.0;
    }
    let (mantissa_bits, min_exponent, max_exponent) = if bits == 32 { (23, -126, 127) } else { (52, -1022, 1023) };
    // Normalized to 64 bits, the leading one stands for 2^high.
    let shift = i64::from(mantissa.leading_zeros());
    let high = exponent + 63 - shift;
    let mantissa = mantissa << shift;
    // A number below the smallest normal one has fewer bits.
    let drop = (63 - mantissa_bits) + (min_exponent - high).max(0);
    let (kept, rest) = if drop > 64 {
        (0, 1)
    } else {
        let wide = u128::from(mantissa) << 64 >> drop;
        ((wide >> 64) as u64, wide as u64 | u64::from(inexact))
    };
    const HALF: u64 = 1 << 63;
    let up = rest > HALF || rest == HALF && kept & 1 == 1;
    let rounded = kept + u64::from(up);
    let unit = high - 63 + drop;
    if rounded == 0 {
        return 0.0;
    }
    if unit + 63 - i64::from(rounded.leading_zeros()) > max_exponent {
        return f64::INFINITY;
    }
    // Exact: at most 53 bits, scaled by a power of two in two steps that stay in range.
    let half = unit / 2;
    rounded as f64 * power_of_two(half) * power_of_two(unit - half)
}

fn power_of_two(exponent: i64) -> f64 {
    2_f64.powi(i32::try_from(exponent).unwrap_or(i32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_floats_round_to_even() {
        let cases: &[(&str, u8, f64)] = &[
            ("0x1p0", 64, 1.0),
            ("-0X.8P1", 64, -1.0),
            ("0x1.fffffffffffffp1023", 64, f64::MAX),
            ("0x1p-1074", 64, 5e-324),
            ("0x1p-1075", 64, 0.0),
            ("0x1.8p-1075", 64, 5e-324),
            ("0x1.00000000000008p0", 64, 1.0),
            ("0x1.000000000000080000000001p0", 64, 1.000_000_000_000_000_2),
            ("0x1.000001p0", 32, 1.0),
            ("0x1.000003p0", 32, f64::from(1.0_f32 + 2.0 * f32::EPSILON)),
            ("0x1p-149", 32, f64::from(f32::from_bits(1))),
            ("0x_1_0p0", 64, 16.0),
            ("0x0p99999999", 64, 0.0),
            ("0x1p-99999999", 64, 0.0),
            ("1_0.5e1_0", 64, 1.05e11),
        ];
        for &(text, bits, want) in cases {
            assert_eq!(parse_float(text.as_bytes(), bits).unwrap().to_bits(), want.to_bits(), "{text}");
        }
    }

    #[test]
    fn refusals() {
        let cases = [
            ("", "strconv.ParseFloat: parsing \"\": invalid syntax"),
            ("0x1", "strconv.ParseFloat: parsing \"0x1\": invalid syntax"),
            ("1e", "strconv.ParseFloat: parsing \"1e\": invalid syntax"),
            ("1_", "strconv.ParseFloat: parsing \"1_\": invalid syntax"),
            ("+nan", "strconv.ParseFloat: parsing \"+nan\": invalid syntax"),
            ("1e400", "strconv.ParseFloat: parsing \"1e400\": value out of range"),
            ("0x1p1024", "strconv.ParseFloat: parsing \"0x1p1024\": value out of range"),
            ("1.2.3", "strconv.ParseFloat: parsing \"1.2.3\": invalid syntax"),
        ];
        for (text, want) in cases {
            assert_eq!(parse_float(text.as_bytes(), 64).unwrap_err().to_string(), want);
        }
    }
}
