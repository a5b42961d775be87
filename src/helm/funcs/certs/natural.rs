//! Natural numbers of any size, as RSA and DSA need them.
//!
//! A thin layer over crypto-bigint whose numbers have a fixed width each; here a width follows from the value, and
//! operations take numbers of any width.

use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, ConcatenatingMul as _, NonZero, Odd, Resize as _};
use crypto_primes::hazmat::{SetBits, SmallFactorsSieveFactory};
use crypto_primes::{Flavor, is_prime, sieve_and_find};

use super::der::trim;
use super::generator::Generator;

/// A number from 0 up.
#[derive(Clone, Debug)]
pub(super) struct Natural(BoxedUint);

impl Natural {
    /// From big-endian bytes.
    pub(super) fn from_bytes(bytes: &[u8]) -> Natural {
        Natural(BoxedUint::from_be_slice_vartime(trim(bytes)))
    }

    /// Big-endian bytes without leading zeros.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        trim(&self.0.to_be_bytes()).to_vec()
    }

    /// How many bits it has without leading zeros.
    pub(super) fn bits(&self) -> u32 {
        self.0.bits_vartime()
    }

    /// Whether it is 0 or 1, which is no modulus.
    pub(super) fn is_trivial(&self) -> bool {
        self.bits() <= 1
    }

    /// Whether it is odd.
    pub(super) fn is_odd(&self) -> bool {
        self.0.bit_vartime(0)
    }

    /// The width in the words of Go's arithmetic.
    pub(super) fn words(&self) -> u32 {
        self.bits().div_ceil(64)
    }

    /// `self` - 1, of a number above 0.
    pub(super) fn minus_one(&self) -> Natural {
        Natural(self.0.wrapping_sub(BoxedUint::one_with_precision(self.0.bits_precision())))
    }

    /// The difference of two numbers, whichever is greater.
    pub(super) fn distance(&self, other: &Natural) -> Natural {
        let (greater, lesser) = if self >= other { (self, other) } else { (other, self) };
        let width = greater.0.bits_precision();
        Natural(greater.0.wrapping_sub(lesser.0.clone().resize_unchecked(width)))
    }

    /// The sum.
    pub(super) fn plus(&self, other: &Natural) -> Natural {
        Natural(self.0.concatenating_add(&other.0))
    }

    /// The product.
    pub(super) fn times(&self, other: &Natural) -> Natural {
        Natural(self.0.concatenating_mul(&other.0))
    }

    /// The remainder; `None` when the modulus is 0.
    pub(super) fn modulo(&self, modulus: &Natural) -> Option<Natural> {
        let modulus = modulus.non_zero()?;
        Some(Natural(self.0.rem_vartime(&modulus)))
    }

    /// The quotient; `None` when the divisor is 0.
    pub(super) fn over(&self, divisor: &Natural) -> Option<Natural> {
        let divisor = divisor.non_zero()?;
        Some(Natural(self.0.div_rem_vartime(&divisor).0))
    }

    /// A power modulo an odd number; `None` when it is even. Takes as long for every exponent of a width.
    pub(super) fn power(&self, exponent: &Natural, modulus: &Natural) -> Option<Natural> {
        let odd: Odd<BoxedUint> = modulus.trimmed().to_odd().into_option()?;
        let width = odd.bits_precision();
        let params = BoxedMontyParams::new(odd);
        let base = self.modulo(modulus)?.0.resize_unchecked(width);
        Some(Natural(BoxedMontyForm::new(base, &params).pow(&exponent.0).retrieve()))
    }

    /// The inverse modulo a number; `None` when there is none.
    pub(super) fn inverse(&self, modulus: &Natural) -> Option<Natural> {
        let non_zero = modulus.non_zero()?;
        let width = non_zero.bits_precision();
        let reduced = self.modulo(modulus)?.0.resize_unchecked(width);
        reduced.invert_mod(&non_zero).into_option().map(Natural)
    }

    /// Whether it is prime, as far as Miller-Rabin and Lucas tests can tell.
    pub(super) fn is_prime(&self) -> bool {
        is_prime(Flavor::Any, &self.0)
    }

    fn trimmed(&self) -> BoxedUint {
        self.0.clone().resize_unchecked(self.bits().max(1))
    }

    fn non_zero(&self) -> Option<NonZero<BoxedUint>> {
        self.trimmed().to_nz().into_option()
    }
}

/// A prime of exactly so many bits, the two highest of them set: the product of two is twice as long.
pub(super) fn random_prime(random: &mut Generator, bits: u32) -> Result<Natural, String> {
    let candidates = SmallFactorsSieveFactory::new(Flavor::Any, bits, SetBits::TwoMsb).map_err(|e| e.to_string())?;
    match sieve_and_find(random, candidates, |_, candidate: &BoxedUint| is_prime(Flavor::Any, candidate)) {
        Ok(Some(prime)) => Ok(Natural(prime)),
        Ok(None) => Err(format!("no prime of {bits} bits was found")),
        Err(e) => Err(e.to_string()),
    }
}

impl From<u64> for Natural {
    fn from(number: u64) -> Natural {
        Natural(BoxedUint::from(number))
    }
}

impl PartialEq for Natural {
    fn eq(&self, other: &Natural) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Natural {}

impl PartialOrd for Natural {
    fn partial_cmp(&self, other: &Natural) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Natural {
    fn cmp(&self, other: &Natural) -> std::cmp::Ordering {
        self.0.cmp_vartime(&other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn n(number: u64) -> Natural {
        Natural::from(number)
    }

    #[test]
    fn arithmetic_of_unlike_widths() {
        let big = Natural::from_bytes(&[0xff; 40]);
        assert_eq!(big.to_bytes(), [0xff; 40]);
        assert_eq!(big.modulo(&n(7)), Some(n(2u64.pow(320 % 3) - 1)));
        assert_eq!(n(7).modulo(&big), Some(n(7)));
        assert_eq!(big.distance(&n(1)), big.minus_one());
        assert_eq!(n(1).distance(&big), big.minus_one());
        assert_eq!(big.times(&n(2)).over(&big), Some(n(2)));
        assert_eq!(n(3).power(&n(200), &n(13)), Some(n(9)));
        assert_eq!(n(300).power(&n(2), &n(7)), Some(n(1)));
        assert_eq!(n(3).power(&n(2), &n(8)), None);
        assert_eq!(n(3).inverse(&n(40)), Some(n(27)));
        assert_eq!(n(4).inverse(&n(40)), None);
        assert_eq!(big.inverse(&n(0)), None);
        assert!(big > n(u64::MAX) && n(0).is_trivial() && n(1).is_trivial() && !n(2).is_trivial());
    }
}
