//! DSA keys, which Sprig generates and reads but cannot sign with.
//!
//! Mirrors `crypto/dsa` of Go 1.26 and the key format in Sprig's `crypto.go`.

use super::asn1::{Shape, required, unmarshal};
use super::der::{SEQUENCE, group, integer};
use super::generator::Generator;
use super::natural::{Natural, random_prime};

/// Bits of the modulus.
const L: usize = 2048;
/// Bits of the prime that divides the modulus less one.
const N: usize = 256;

/// The `DSAKeyFormat` of Sprig.
const FORMAT: Shape = Shape::Struct(
    "DSAKeyFormat",
    &[
        required(Shape::Int),
        required(Shape::BigInt),
        required(Shape::BigInt),
        required(Shape::BigInt),
        required(Shape::BigInt),
        required(Shape::BigInt),
    ],
);

/// `asn1.Unmarshal` into a `DSAKeyFormat`: nothing more is asked of a DSA key that is read.
pub(super) fn check(bytes: &[u8]) -> Result<(), String> {
    unmarshal(bytes, FORMAT).map(drop)
}

/// A new key in Sprig's format.
pub(super) fn generate(random: &mut Generator) -> Result<Vec<u8>, String> {
    let broken = || "the numbers of a DSA key do not fit together".to_owned();
    let q = random_prime(random, N as u32)?;
    let double = q.times(&Natural::from(2));
    let p = loop {
        let bytes: [u8; L / 8] = random.bytes();
        let mut candidate = bytes;
        // The highest bit is set and the number is 1 modulo 2q, hence odd.
        candidate[0] |= 0x80;
        let candidate = Natural::from_bytes(&candidate);
        let rest = candidate.modulo(&double).ok_or_else(broken)?;
        let candidate = candidate.distance(&rest).plus(&Natural::from(1));
        if candidate.bits() as usize == L && !has_small_factor(&candidate) && candidate.is_prime() {
            break candidate;
        }
    };
    let exponent = p.minus_one().over(&q).ok_or_else(broken)?;
    let g = (2..)
        .find_map(|h: u64| Natural::from(h).power(&exponent, &p).filter(|g| !g.is_trivial()))
        .ok_or_else(broken)?;
    let x = loop {
        let x = Natural::from_bytes(&random.bytes::<{ N / 8 }>());
        if x < q && x > Natural::from(0) {
            break x;
        }
    };
    let y = g.power(&x, &p).ok_or_else(broken)?;
    let [p, q, g, y, x] = [p, q, g, y, x].map(|number| integer(&number.to_bytes()));
    Ok(group(SEQUENCE, &[&integer(&[]), &p, &q, &g, &y, &x]))
}

/// Whether a prime up to 53 divides the number: most candidates fall here, before the costly test.
fn has_small_factor(number: &Natural) -> bool {
    // The product of the odd primes up to 53 fits a word; a common factor with it shows in the remainder.
    const PRODUCT: u64 = 3 * 5 * 7 * 11 * 13 * 17 * 19 * 23 * 29 * 31 * 37 * 41 * 43 * 47 * 53;
    let Some(rest) = number.modulo(&Natural::from(PRODUCT)) else { return false };
    let rest = rest.to_bytes().iter().fold(0, |rest, byte| rest << 8 | u64::from(*byte));
    [3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53].iter().any(|prime| rest % prime == 0)
}
