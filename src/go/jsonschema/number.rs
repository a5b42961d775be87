//! Numbers by their decimal value, as `big.Rat` has them, and as `golang.org/x/text/message` prints them.

use std::cmp::Ordering;

use num_bigint::BigInt;

use crate::go::value::Str;

/// A number of a schema or of a value.
#[derive(Clone, Debug)]
pub(super) enum Number {
    /// As written in JSON.
    Literal(Str),
    Int(i64),
    Float(f64),
}

/// `digits * 10^exponent`.
struct Decimal {
    digits: BigInt,
    exponent: i64,
}

/// `big.Rat` takes no larger exponents.
const MAX_EXPONENT: i64 = 1_000_000;

impl Number {
    /// The nearest `float64`.
    pub(super) fn to_float(&self) -> f64 {
        match self {
            Number::Literal(text) => text.to_text().parse().unwrap_or(f64::NAN),
            #[expect(clippy::cast_precision_loss, reason = "the nearest one is asked for")]
            Number::Int(n) => *n as f64,
            Number::Float(f) => *f,
        }
    }

    /// What `%v` prints.
    pub(super) fn shown(&self) -> String {
        match self {
            Number::Literal(text) => text.to_text().into_owned(),
            Number::Int(n) => n.to_string(),
            Number::Float(f) => crate::go::strconv::format_float(*f, b'g', crate::go::strconv::Precision::Shortest, 64),
        }
    }

    fn decimal(&self) -> Option<Decimal> {
        let text = match self {
            Number::Literal(text) => text.to_text().into_owned(),
            Number::Int(n) => n.to_string(),
            // The fewest digits that give the number, as Go prints it before it makes a fraction of it.
            Number::Float(f) => format!("{f:e}"),
        };
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((&text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let exponent = exponent.parse::<i64>().ok()?.checked_sub(i64::try_from(fraction.len()).ok()?)?;
        if exponent.abs() > MAX_EXPONENT {
            return None;
        }
        let digits = BigInt::parse_bytes(format!("{whole}{fraction}").as_bytes(), 10)?;
        Some(Decimal { digits, exponent })
    }

    /// Whether it is a whole number.
    pub(super) fn is_integer(&self) -> bool {
        match self {
            Number::Int(_) => true,
            Number::Float(f) => f.fract() == 0.0,
            Number::Literal(_) => self.decimal().is_some_and(|decimal| decimal.is_integer()),
        }
    }

    /// As an `int`, when it is a whole number.
    pub(super) fn to_int(&self) -> Option<i64> {
        let decimal = self.decimal().filter(Decimal::is_integer)?;
        let whole = if decimal.exponent >= 0 {
            decimal.digits * power_of_ten(decimal.exponent)
        } else {
            decimal.digits / power_of_ten(-decimal.exponent)
        };
        // Go keeps the low bits of what does not fit; no schema means that.
        Some(i64::try_from(&whole).unwrap_or(if whole.sign() == num_bigint::Sign::Minus { i64::MIN } else { i64::MAX }))
    }

    /// The order by value; `None` when one is out of reach.
    pub(super) fn compare(&self, other: &Number) -> Option<Ordering> {
        if let (Number::Int(a), Number::Int(b)) = (self, other) {
            return Some(a.cmp(b));
        }
        // Rounding keeps the order, so different floats have it already.
        match self.to_float().partial_cmp(&other.to_float()) {
            Some(order @ (Ordering::Less | Ordering::Greater)) => Some(order),
            _ => {
                let (a, b) = same_scale(self.decimal()?, other.decimal()?);
                Some(a.cmp(&b))
            }
        }
    }

    /// Whether it is a whole number of times the other one.
    pub(super) fn is_multiple_of(&self, other: &Number) -> bool {
        let (Some(a), Some(b)) = (self.decimal(), other.decimal()) else { return false };
        let (a, b) = same_scale(a, b);
        b.sign() != num_bigint::Sign::NoSign && (a % b).sign() == num_bigint::Sign::NoSign
    }
}

impl Decimal {
    fn is_integer(&self) -> bool {
        self.exponent >= 0 || (&self.digits % power_of_ten(-self.exponent)).sign() == num_bigint::Sign::NoSign
    }
}

fn power_of_ten(exponent: i64) -> BigInt {
    BigInt::from(10).pow(u32::try_from(exponent).unwrap_or(0))
}

/// Both as whole multiples of the same power of ten.
fn same_scale(a: Decimal, b: Decimal) -> (BigInt, BigInt) {
    let exponent = a.exponent.min(b.exponent);
    let scale = |number: Decimal| number.digits * power_of_ten(number.exponent - exponent);
    (scale(a), scale(b))
}

/// An integer as English has it: `12,345`.
pub(super) fn grouped(number: usize) -> String {
    group(&number.to_string())
}

fn group(digits: &str) -> String {
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A float as English has it: `12,345.5`, or `1.5×10⁰⁶` where Go's `%g` would have an exponent.
pub(super) fn printed(number: f64) -> String {
    if number.is_infinite() {
        return if number > 0.0 { "∞" } else { "-∞" }.to_owned();
    }
    let text = format!("{number:e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..6).contains(&exponent) {
        let plain = format!("{number}");
        let (sign, digits) = plain.strip_prefix('-').map_or(("", plain.as_str()), |digits| ("-", digits));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let point = if fraction.is_empty() { "" } else { "." };
        return format!("{sign}{}{point}{fraction}", group(whole));
    }
    let raised = |digit: char| digit.to_digit(10).and_then(|d| "⁰¹²³⁴⁵⁶⁷⁸⁹".chars().nth(d as usize));
    let sign = if exponent < 0 { "⁻" } else { "" };
    let digits: String = format!("{:02}", exponent.abs()).chars().filter_map(raised).collect();
    format!("{mantissa}×10{sign}{digits}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_as_english_has_them() {
        for (number, want) in [
            (0.0, "0"),
            (-1.0, "-1"),
            (1000.0, "1,000"),
            (123_456.0, "123,456"),
            (1_234_567.0, "1.234567×10⁰⁶"),
            (1e6, "1×10⁰⁶"),
            (1234.5678, "1,234.5678"),
            (0.0001, "0.0001"),
            (0.00001, "1×10⁻⁰⁵"),
            (-1e21, "-1×10²¹"),
            (1e300, "1×10³⁰⁰"),
        ] {
            assert_eq!(printed(number), want);
        }
    }

    #[test]
    fn values_are_decimal() {
        let literal = |text: &str| Number::Literal(text.into());
        assert!(Number::Float(0.3).is_multiple_of(&literal("0.1")));
        assert!(!Number::Float(0.35).is_multiple_of(&literal("0.1")));
        assert_eq!(literal("1.0").compare(&Number::Int(1)), Some(Ordering::Equal));
        assert_eq!(Number::Float(0.1).compare(&literal("0.1")), Some(Ordering::Equal));
        assert!(literal("1e2").is_integer() && !literal("1.5").is_integer() && literal("1.50e1").is_integer());
        assert_eq!(literal("3.0").to_int(), Some(3));
        assert_eq!(literal("1e9999999").compare(&Number::Int(1)), Some(Ordering::Greater));
    }
}
