//! Powers of ten with the last bit that Go gives them.
//!
//! Mirrors `math.Pow` of Go 1.26 for the base 10: it squares a mantissa between ½ and 1, and so is off by a bit from the
//! correctly rounded power for large exponents.

/// `math.Pow(10, float64(exponent))`.
pub(super) fn ten(exponent: i64) -> f64 {
    match exponent {
        0 => return 1.0,
        1 => return 10.0,
        // What is beyond here is 0 or infinite, as it would be after all the squaring.
        ..-400 => return 0.0,
        401.. => return f64::INFINITY,
        _ => {}
    }
    let (mut mantissa, mut power_of_two) = (1.0, 0);
    let (mut square, mut square_power) = (0.625, 4);
    let mut bits = exponent.unsigned_abs();
    while bits != 0 {
        if bits & 1 == 1 {
            mantissa *= square;
            power_of_two += square_power;
        }
        square *= square;
        square_power *= 2;
        if square < 0.5 {
            square += square;
            square_power -= 1;
        }
        bits >>= 1;
    }
    if exponent < 0 {
        mantissa = 1.0 / mantissa;
        power_of_two = -power_of_two;
    }
    scaled(mantissa, power_of_two)
}

/// `math.Ldexp` for a mantissa near 1: the power of two in two steps, so that neither overflows before the product does.
fn scaled(mantissa: f64, power: i32) -> f64 {
    let half = power / 2;
    mantissa * 2f64.powi(half) * 2f64.powi(power - half)
}

#[cfg(test)]
mod tests {
    use super::ten;

    #[test]
    fn powers() {
        for exponent in 0..=22 {
            assert_eq!(ten(exponent), format!("1e{exponent}").parse::<f64>().expect("a number"));
        }
        assert_eq!(ten(309), f64::INFINITY);
        assert_eq!(ten(-2), 0.01);
    }
}
