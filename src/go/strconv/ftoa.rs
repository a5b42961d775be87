//! Floats as text: `strconv.FormatFloat`.
//!
//! The digits come from Rust's formatting, which is exact like Go's; the layouts are Go's.

/// How many digits to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// The fewest digits that read back as the same number: Go's precision of -1.
    Shortest,
    /// This many, counted as the format counts them.
    Digits(usize),
}

/// The decimal digits of a number, without leading and trailing zeros.
struct Decimal {
    digits: Vec<u8>,
    /// Where the point stands: the value is `0.DIGITS × 10^point`.
    point: i64,
}

// Beyond this many significant digits, or digits behind the point, every float64 is exact and only zeros follow.
// Asking Rust for more would be work for nothing (and beyond 65535 a panic).
const ENOUGH_SIGNIFICANT: usize = 800;
const ENOUGH_FRACTION: usize = 1100;

/// A float as text. `format` is one of `b e E f g G x X`, `bits` 32 or 64.
pub fn format_float(number: f64, format: u8, precision: Precision, bits: u8) -> String {
    let mut out = Vec::with_capacity(24);
    append_float(&mut out, number, format, precision, bits);
    String::from_utf8(out).unwrap_or_default()
}

/// Appends what [`format_float`] gives.
pub fn append_float(out: &mut Vec<u8>, number: f64, format: u8, precision: Precision, bits: u8) {
    if number.is_nan() {
        return out.extend_from_slice(b"NaN");
    }
    if number.is_infinite() {
        return out.extend_from_slice(if number > 0.0 { b"+Inf" } else { b"-Inf" });
    }
    if number.is_sign_negative() {
        out.push(b'-');
    }
    // A 32-bit format asks for the digits of the float32 nearest to the number.
    let number = if bits == 32 { f64::from(number as f32) } else { number }.abs();
    match (format, precision) {
        (b'b', _) => append_binary(out, number, bits),
        (b'x' | b'X', _) => append_hex(out, number, precision, format, bits),
        (b'e' | b'E', Precision::Shortest) => {
            let decimal = shortest(number, bits);
            append_exponent(out, &decimal, decimal.digits.len().saturating_sub(1), format);
        }
        (b'e' | b'E', Precision::Digits(n)) => {
            append_exponent(out, &significant(number, n.saturating_add(1)), n, format);
        }
        (b'f', Precision::Shortest) => append_plain_shortest(out, &shortest(number, bits)),
        (b'f', Precision::Digits(n)) => append_fixed(out, number, n),
        (b'g' | b'G', Precision::Shortest) => {
            let decimal = shortest(number, bits);
            let digits = decimal.digits.len();
            append_general(out, &decimal, 6, digits, format);
        }
        (b'g' | b'G', Precision::Digits(n)) => {
            let n = n.max(1);
            let decimal = significant(number, n);
            let digits = decimal.digits.len();
            let whole = i64::try_from(digits).is_ok_and(|d| d >= decimal.point);
            let threshold = if n > digits && whole { digits } else { n };
            append_general(out, &decimal, threshold, n.min(digits), format);
        }
        _ => {
            out.truncate(out.len() - usize::from(out.last() == Some(&b'-')));
            out.extend_from_slice(&[b'%', format]);
        }
    }
}

fn shortest(number: f64, bits: u8) -> Decimal {
    // The cast loses nothing: 32-bit numbers have been rounded before.
    let text = if bits == 32 { format!("{:e}", number as f32) } else { format!("{number:e}") };
    let mut decimal = decimal(&text);
    // Half-way between two equally short texts Go takes the even digit, Rust the upper one. Texts that short are
    // never half-way: with one digit more they would still be different numbers.
    let exact_below = if bits == 32 { 6 } else { 15 };
    if let Some(last) = decimal.digits.last().copied()
        && decimal.digits.len() >= exact_below
        && last % 2 == 1
        && is_tie(number, decimal.digits.len())
        && let Some(digit) = decimal.digits.last_mut()
    {
        // The upper digit is odd, so the one below is even; it is not a zero unless the digit was a one.
        *digit = last - 1;
        trim_zeros(&mut decimal.digits);
    }
    decimal
}

/// Whether the number is exactly half-way between two decimals of this many digits.
fn is_tie(number: f64, digits: usize) -> bool {
    // A tie ends in a five behind its digits, then nothing; forty zeros are proof enough.
    let text = format!("{:.*e}", digits + 40, number);
    let behind = text.bytes().filter(u8::is_ascii_digit).skip(digits).take(41);
    behind.enumerate().all(|(at, digit)| digit == if at == 0 { b'5' } else { b'0' })
}

fn trim_zeros(digits: &mut Vec<u8>) {
    while digits.last() == Some(&b'0') {
        digits.pop();
    }
}

fn significant(number: f64, digits: usize) -> Decimal {
    let behind = digits.min(ENOUGH_SIGNIFICANT).saturating_sub(1);
    decimal(&format!("{number:.behind$e}"))
}

/// Reads Rust's `d.ddde-7`.
fn decimal(text: &str) -> Decimal {
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let mut digits: Vec<u8> = mantissa.bytes().filter(u8::is_ascii_digit).collect();
    trim_zeros(&mut digits);
    let point = if digits.is_empty() { 0 } else { exponent.parse::<i64>().unwrap_or(0) + 1 };
    Decimal { digits, point }
}

fn zeros(out: &mut Vec<u8>, n: usize) {
    out.resize(out.len() + n, b'0');
}

/// `d.ddde±dd` with this many digits behind the point.
fn append_exponent(out: &mut Vec<u8>, decimal: &Decimal, behind: usize, format: u8) {
    let (first, rest) = decimal.digits.split_first().map_or((b'0', &[][..]), |(f, r)| (*f, r));
    out.push(first);
    if behind > 0 {
        out.push(b'.');
        let rest = rest.get(..behind.min(rest.len())).unwrap_or_default();
        out.extend_from_slice(rest);
        zeros(out, behind - rest.len());
    }
    let exponent = if decimal.digits.is_empty() { 0 } else { decimal.point - 1 };
    let sign = if exponent < 0 { '-' } else { '+' };
    out.push(format);
    out.extend_from_slice(format!("{sign}{:02}", exponent.abs()).as_bytes());
}

/// All digits, no exponent.
fn append_plain_shortest(out: &mut Vec<u8>, decimal: &Decimal) {
    let Decimal { digits, point } = decimal;
    let whole = usize::try_from(*point).unwrap_or(0);
    if whole == 0 {
        out.push(b'0');
    }
    let split = whole.min(digits.len());
    let (before, behind) = digits.split_at(split);
    out.extend_from_slice(before);
    zeros(out, whole - split);
    if !behind.is_empty() {
        out.push(b'.');
        zeros(out, usize::try_from(-point).unwrap_or(0));
        out.extend_from_slice(behind);
    }
}

fn append_fixed(out: &mut Vec<u8>, number: f64, behind: usize) {
    let known = behind.min(ENOUGH_FRACTION);
    out.extend_from_slice(format!("{number:.known$}").as_bytes());
    zeros(out, behind - known);
}

/// `%e` for exponents below -4 or from the threshold on, else `%f`; `digits` of them at most.
fn append_general(out: &mut Vec<u8>, decimal: &Decimal, threshold: usize, digits: usize, format: u8) {
    let exponent = decimal.point - 1;
    if exponent < -4 || usize::try_from(exponent).is_ok_and(|e| e >= threshold) {
        let format = if format == b'G' { b'E' } else { b'e' };
        append_exponent(out, decimal, digits.saturating_sub(1), format);
    } else {
        append_plain_shortest(out, decimal);
    }
}

/// Mantissa and binary exponent, the value being `mantissa × 2^(exponent - mantissa bits)`.
fn parts(number: f64, bits: u8) -> (u64, i32, i32) {
    if bits == 32 {
        let raw = (number as f32).to_bits();
        return split(u64::from(raw), 23, 0xff, -127);
    }
    split(number.to_bits(), 52, 0x7ff, -1023)
}

fn split(raw: u64, mantissa_bits: i32, exponent_mask: u64, bias: i32) -> (u64, i32, i32) {
    let mantissa = raw & ((1 << mantissa_bits) - 1);
    let exponent = ((raw >> mantissa_bits) & exponent_mask) as i32;
    if exponent == 0 {
        (mantissa, 1 + bias, mantissa_bits)
    } else {
        (mantissa | (1 << mantissa_bits), exponent + bias, mantissa_bits)
    }
}

fn append_binary(out: &mut Vec<u8>, number: f64, bits: u8) {
    let (mantissa, exponent, mantissa_bits) = parts(number, bits);
    out.extend_from_slice(format!("{mantissa}p{:+}", exponent - mantissa_bits).as_bytes());
}

fn append_hex(out: &mut Vec<u8>, number: f64, precision: Precision, format: u8, bits: u8) {
    let (mantissa, mut exponent, mantissa_bits) = parts(number, bits);
    // The leading one is moved to this bit; the sixty below it are fifteen hexadecimal digits.
    const ONE: u64 = 1 << 60;
    let mut mantissa = mantissa << (60 - mantissa_bits);
    if mantissa == 0 {
        exponent = 0;
    } else {
        let shift = mantissa.leading_zeros() as i32 - 3;
        mantissa <<= shift;
        exponent -= shift;
    }
    if let Precision::Digits(n @ 0..15) = precision {
        let shift = 4 * n as u32;
        let rest = (mantissa << shift) & (ONE - 1);
        mantissa >>= 60 - shift;
        // Half goes to even: the last kept bit breaks the tie.
        if rest | (mantissa & 1) > ONE >> 1 {
            mantissa += 1;
        }
        mantissa <<= 60 - shift;
        if mantissa & (ONE << 1) != 0 {
            mantissa >>= 1;
            exponent += 1;
        }
    }
    let upper = format == b'X';
    out.extend_from_slice(&[b'0', format, if mantissa & ONE == 0 { b'0' } else { b'1' }]);
    let fraction = format!("{:015x}", mantissa & (ONE - 1));
    let fraction = if upper { fraction.to_uppercase() } else { fraction };
    match precision {
        Precision::Shortest => {
            let fraction = fraction.trim_end_matches('0');
            if !fraction.is_empty() {
                out.push(b'.');
                out.extend_from_slice(fraction.as_bytes());
            }
        }
        Precision::Digits(0) => {}
        Precision::Digits(n) => {
            out.push(b'.');
            out.extend(fraction.bytes().take(n));
            zeros(out, n.saturating_sub(fraction.len()));
        }
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    out.push(if upper { b'P' } else { b'p' });
    out.extend_from_slice(format!("{sign}{:02}", exponent.abs()).as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shortest_texts_break_ties_to_even() {
        let cases = [
            (3_512_769.25, 32, "3.5127692e+06"),
            (1_122_495.25, 32, "1.1224952e+06"),
            (100_786_325_171_593.63, 64, "1.0078632517159362e+14"),
            (0.1, 64, "0.1"),
            (5e-324, 64, "5e-324"),
            // The nearest text of so few digits would not read back.
            (9_007_199_254_740_993.0, 64, "9.007199254740992e+15"),
        ];
        for (number, bits, want) in cases {
            assert_eq!(format_float(number, b'g', Precision::Shortest, bits), want);
        }
    }

    #[test]
    fn more_digits_than_there_are() {
        let text = format_float(5e-324, b'f', Precision::Digits(70_000), 64);
        assert_eq!(text.len(), 70_002);
        assert!(text.trim_end_matches('0').len() == 1076 && text.trim_end_matches('0').ends_with("625"));
        assert_eq!(format_float(0.0, b'g', Precision::Digits(70_000), 64), "0");
        assert_eq!(format_float(1.0, b'e', Precision::Digits(70_000), 64).len(), 70_006);
        assert_eq!(format_float(1.0, b'x', Precision::Digits(70_000), 64).len(), 70_008);
    }

    #[test]
    fn unknown_formats_are_shown() {
        assert_eq!(format_float(-1.5, b'k', Precision::Shortest, 64), "%k");
    }
}
