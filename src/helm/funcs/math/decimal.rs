//! Decimal numbers of any size, on which the float functions compute.
//!
//! Mirrors `github.com/shopspring/decimal` 1.4.0: what `NewFromFloat`, `Add`, `Sub`, `Mul`, `Div` and `Float64` give.

use num_bigint::{BigInt, Sign};

use crate::go::template::FuncError;

/// `value` × 10^`exponent`.
#[derive(Clone, Debug)]
pub(super) struct Decimal {
    value: BigInt,
    exponent: i32,
}

/// Decimal places of a quotient that does not come out even.
const DIVISION_PLACES: i32 = 16;

impl Decimal {
    /// The shortest decimal that reads back as this float.
    pub(super) fn from_float(n: f64) -> Result<Decimal, FuncError> {
        if !n.is_finite() {
            let name = match n {
                f64::INFINITY => "+Inf",
                f64::NEG_INFINITY => "-Inf",
                _ => "NaN",
            };
            return Err(FuncError::panic(format!("Cannot create a Decimal from {name}")));
        }
        if n == 0.0 {
            return Ok(Decimal { value: BigInt::ZERO, exponent: 0 });
        }
        let text = format!("{n:e}");
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let places = digits.split_once('.').map_or(0, |(_, fraction)| fraction.len() as i32);
        let value = digits.replace('.', "").parse().unwrap_or_default();
        Ok(Decimal { value, exponent: exponent.parse().unwrap_or(0) - places })
    }

    /// The nearest float.
    pub(super) fn to_float(&self) -> f64 {
        if self.value.sign() == Sign::NoSign {
            return 0.0;
        }
        format!("{}e{}", self.value, self.exponent).parse().unwrap_or(f64::NAN)
    }

    /// The value seen with an exponent that is not larger than its own.
    fn at(&self, exponent: i32) -> BigInt {
        &self.value * power_of_ten(i64::from(self.exponent) - i64::from(exponent))
    }

    fn aligned(&self, other: &Decimal) -> (BigInt, BigInt, i32) {
        let exponent = self.exponent.min(other.exponent);
        (self.at(exponent), other.at(exponent), exponent)
    }

    pub(super) fn add(&self, other: &Decimal) -> Decimal {
        let (a, b, exponent) = self.aligned(other);
        Decimal { value: a + b, exponent }
    }

    pub(super) fn sub(&self, other: &Decimal) -> Decimal {
        let (a, b, exponent) = self.aligned(other);
        Decimal { value: a - b, exponent }
    }

    /// Floats have exponents of some hundreds, and a call has a bounded number of arguments, so that the sum fits.
    pub(super) fn mul(&self, other: &Decimal) -> Decimal {
        Decimal { value: &self.value * &other.value, exponent: self.exponent.saturating_add(other.exponent) }
    }

    /// The quotient to [`DIVISION_PLACES`], halves rounded away from zero.
    pub(super) fn div(&self, other: &Decimal) -> Result<Decimal, FuncError> {
        if other.value.sign() == Sign::NoSign {
            return Err(FuncError::panic("decimal division by 0"));
        }
        let shift = i64::from(self.exponent) - i64::from(other.exponent) + i64::from(DIVISION_PLACES);
        let (a, b) = if shift < 0 {
            (self.value.clone(), &other.value * power_of_ten(-shift))
        } else {
            (&self.value * power_of_ten(shift), other.value.clone())
        };
        let (mut quotient, remainder) = (&a / &b, &a % &b);
        if remainder.magnitude() * 2u32 >= *b.magnitude() {
            quotient += if self.value.sign() == other.value.sign() { 1 } else { -1 };
        }
        Ok(Decimal { value: quotient, exponent: -DIVISION_PLACES })
    }
}

fn power_of_ten(exponent: i64) -> BigInt {
    BigInt::from(10).pow(u32::try_from(exponent).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn float(n: f64) -> Decimal {
        Decimal::from_float(n).expect("finite")
    }

    #[test]
    fn sums_are_decimal() {
        assert_eq!(float(0.1).add(&float(0.2)).to_float(), 0.3);
        assert_eq!(float(1e300).add(&float(1e-300)).sub(&float(1e300)).to_float(), 1e-300);
    }

    #[test]
    fn quotients_have_sixteen_places() {
        assert_eq!(float(2.0).div(&float(3.0)).expect("no zero").to_float(), 0.666_666_666_666_666_7);
        assert_eq!(float(1.0).div(&float(-3e20)).expect("no zero").to_float(), 0.0);
        assert_eq!(float(5e-17).div(&float(-1.0)).expect("no zero").to_float(), -1e-16);
    }
}
