//! RSA keys: generation, Go's checks of a key that is read, PKCS #1 and signatures.
//!
//! Mirrors `crypto/rsa`, its module below `crypto/internal/fips140/rsa`, and `crypto/x509/pkcs1.go` of Go 1.26.

use sha2::{Digest as _, Sha256};

use super::asn1::{Field, Shape, optional, required, unmarshal};
use super::der::{SEQUENCE, element, group, integer, is_positive};
use super::generator::Generator;
use super::natural::{Natural, random_prime};
use super::{ec, key};

/// A private key.
#[derive(Debug)]
pub(super) struct RsaKey {
    modulus: Natural,
    public_exponent: u64,
    exponent: Natural,
    primes: Vec<Natural>,
    /// Of a key with two primes, which are all but a few: the exponent modulo each prime less one, and the inverse of
    /// the second prime modulo the first. With more primes the first two have the same.
    crt: (Natural, Natural, Natural),
    /// Of each further prime: its exponent and its coefficient.
    further: Vec<(Natural, Natural)>,
}

/// The `pkcs1PrivateKey` of Go.
pub(super) const PKCS1: Shape = Shape::Struct(
    "pkcs1PrivateKey",
    &[
        required(Shape::Int),
        required(Shape::BigInt),
        required(Shape::Int),
        required(Shape::BigInt),
        required(Shape::BigInt),
        required(Shape::BigInt),
        optional(Shape::BigInt),
        optional(Shape::BigInt),
        optional(Shape::BigInt),
        optional(Shape::ListOf(&Shape::Struct(
            "pkcs1AdditionalRSAPrime",
            &[required(Shape::BigInt), required(Shape::BigInt), required(Shape::BigInt)],
        ))),
    ],
);

/// `crypto/rsa` signs with no smaller key.
const SMALLEST_SIGNER: u32 = 1024;

/// `DigestInfo` of SHA-256, up to the digest.
const SHA256_INFO: &[u8] =
    &[0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20];

impl RsaKey {
    /// `rsa.GenerateKey`.
    pub(super) fn generate(bits: u32, random: &mut Generator) -> Result<RsaKey, String> {
        let e = Natural::from(65537);
        loop {
            let (p, q) = (random_prime(random, bits / 2)?, random_prime(random, bits / 2)?);
            let (p1, q1) = (p.minus_one(), q.minus_one());
            let product = p1.times(&q1);
            // Go takes the inverse modulo the least common multiple.
            let divisor = common_divisor(p1.clone(), q1.clone());
            let Some(exponent) = product.over(&divisor).and_then(|multiple| e.inverse(&multiple)) else { continue };
            return RsaKey::new(p.times(&q), 65537, exponent, vec![p, q], None);
        }
    }

    /// `x509.ParsePKCS1PrivateKey`.
    pub(super) fn parse(bytes: &[u8]) -> Result<RsaKey, String> {
        let fields = match unmarshal(bytes, PKCS1) {
            Ok((fields, [])) => fields,
            Ok(_) => return Err("asn1: syntax error: trailing data".to_owned()),
            Err(e) => return Err(key::other_format(bytes, &[(ec::SEC1, "EC"), (key::PKCS8, "PKCS8")]).unwrap_or(e)),
        };
        if fields.get(0).int() > 1 {
            return Err("x509: unsupported private key version".to_owned());
        }
        let is_bad = |at: usize| !is_positive(fields.get(at).bytes());
        if [1, 3, 4, 5].into_iter().any(is_bad) || (6..9).any(|at| *fields.get(at) != Field::Missing && is_bad(at)) {
            return Err("x509: private key contains zero or negative value".to_owned());
        }
        let number = |at: usize| Natural::from_bytes(fields.get(at).bytes());
        let mut primes = vec![number(4), number(5)];
        for prime in fields.get(9).list() {
            if !is_positive(prime.get(0).bytes()) {
                return Err("x509: private key contains zero or negative prime".to_owned());
            }
            primes.push(Natural::from_bytes(prime.get(0).bytes()));
        }
        let given = (*fields.get(8) != Field::Missing).then(|| (number(6), number(7), number(8)));
        // A negative exponent fails the same check as a small one.
        let e = u64::try_from(fields.get(2).int()).unwrap_or(0);
        RsaKey::new(number(1), e, number(3), primes, given)
    }

    /// `rsa.PrivateKey.Validate`: a key whose parts fit together.
    fn new(
        modulus: Natural,
        public_exponent: u64,
        exponent: Natural,
        primes: Vec<Natural>,
        given: Option<(Natural, Natural, Natural)>,
    ) -> Result<RsaKey, String> {
        let error = |text: &str| Err(text.to_owned());
        let [p, q, more @ ..] = primes.as_slice() else { return error("crypto/rsa: missing primes") };
        let is_pair = more.is_empty();
        if modulus.is_trivial() || is_pair && (p.is_trivial() || q.is_trivial()) {
            return error("modulus must be > 1");
        }
        check_below(&exponent, &modulus)?;
        let (p1, q1) = (p.minus_one(), q.minus_one());
        let crt = match given.filter(|_| is_pair) {
            Some(given) => {
                check_below(&given.2, p)?;
                given
            }
            None if is_pair && (p1.is_trivial() || q1.is_trivial()) => return error("modulus must be > 1"),
            None if is_pair && !p.is_odd() => return error("crypto/rsa: p is even"),
            None => {
                let part = |less_one| exponent.modulo(less_one).unwrap_or_else(|| Natural::from(0));
                let inverse = if is_pair {
                    // q to the power of p - 2, which is its inverse when p is prime and is found out below when not.
                    q.power(&p1.minus_one(), p)
                } else {
                    q.inverse(p)
                };
                let Some(inverse) = inverse.or_else(|| is_pair.then(|| Natural::from(0))) else {
                    check_public(&modulus, public_exponent)?;
                    return error("crypto/rsa: prime factors are not relatively prime");
                };
                (part(&p1), part(&q1), inverse)
            }
        };
        check_public(&modulus, public_exponent)?;
        let mut key = RsaKey { modulus, public_exponent, exponent, primes, crt, further: Vec::new() };
        if is_pair {
            key.check_pair()?
        } else {
            key.find_further()?
        }
        Ok(key)
    }

    /// The checks of a key with two primes, in Go's order.
    fn check_pair(&self) -> Result<(), String> {
        let RsaKey { modulus: n, exponent: d, crt: (dp, dq, inverse), .. } = self;
        let [p, q] = self.primes.as_slice() else { return Ok(()) };
        let check = |fits: Option<bool>, text: &str| {
            if fits == Some(true) { Ok(()) } else { Err(format!("crypto/rsa: {text}")) }
        };
        let is_one = |number: Natural| number == Natural::from(1);
        let e = Natural::from(self.public_exponent);
        check(Some(p < n && q < n), "invalid prime")?;
        check(p.times(q).modulo(n).map(|rest| rest == Natural::from(0)), "p * q != n")?;
        let (p1, q1) = (p.minus_one(), q.minus_one());
        for (less_one, exponent) in [(&p1, dp), (&q1, dq)] {
            check(Some(!less_one.is_trivial()), "invalid prime")?;
            check(Some(exponent < less_one), "invalid CRT exponent")?;
            check(exponent.times(&e).modulo(less_one).map(is_one), "invalid CRT exponent")?;
        }
        check(inverse.times(q).modulo(p).map(is_one), "invalid CRT coefficient")?;
        check(d.modulo(&p1).map(|rest| rest == *dp), "d does not match dP")?;
        check(d.modulo(&q1).map(|rest| rest == *dq), "d does not match dQ")?;
        check(Some(p != q), "p == q")?;
        let half = i64::from(n.bits() / 2);
        check(Some(i64::from(p.distance(q).bits()) > half - 100), "|p - q| too small")?;
        check(Some(i64::from(d.bits()) > half), "d too small")
    }

    /// What Go works out for a key with more than two primes, which it does not check otherwise.
    fn find_further(&mut self) -> Result<(), String> {
        if self.primes.iter().any(Natural::is_trivial) {
            return Err("crypto/rsa: prime factor is <= 1".to_owned());
        }
        let [p, q, more @ ..] = self.primes.as_slice() else { return Ok(()) };
        let mut product = p.times(q);
        for prime in more {
            let found = self.exponent.modulo(&prime.minus_one()).zip(product.inverse(prime));
            self.further.push(found.ok_or("crypto/rsa: prime factors are not relatively prime")?);
            product = product.times(prime);
        }
        Ok(())
    }

    /// `x509.MarshalPKCS1PrivateKey`.
    pub(super) fn to_der(&self) -> Vec<u8> {
        let number = |number: &Natural| integer(&number.to_bytes());
        let (dp, dq, inverse) = &self.crt;
        let mut parts = vec![
            integer(&[u8::from(!self.further.is_empty())]),
            number(&self.modulus),
            integer(&self.public_exponent.to_be_bytes()),
            number(&self.exponent),
        ];
        parts.extend(self.primes.iter().take(2).chain([dp, dq, inverse]).map(number));
        if !self.further.is_empty() {
            let further = self.primes.iter().skip(2).zip(&self.further).map(|(prime, (exponent, coefficient))| {
                group(SEQUENCE, &[&number(prime), &number(exponent), &number(coefficient)])
            });
            parts.push(element(SEQUENCE, &further.collect::<Vec<_>>().concat()));
        }
        element(SEQUENCE, &parts.concat())
    }

    /// The public key: modulus and exponent.
    pub(super) fn public(&self) -> (Vec<u8>, u64) {
        (self.modulus.to_bytes(), self.public_exponent)
    }

    /// `rsa.SignPKCS1v15` with SHA-256.
    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, String> {
        let bits = self.modulus.bits();
        if bits < SMALLEST_SIGNER {
            return Err(format!(
                "crypto/rsa: {bits}-bit keys are insecure (see https://go.dev/pkg/crypto/rsa#hdr-Minimum_key_size)"
            ));
        }
        let size = bits.div_ceil(8) as usize;
        let digest = Sha256::digest(message);
        let padding = vec![0xff; size.saturating_sub(3 + SHA256_INFO.len() + digest.len())];
        let padded = [&[0, 1], padding.as_slice(), &[0], SHA256_INFO, &digest].concat();
        let text = Natural::from_bytes(&padded);
        // A signature that does not verify would give the primes away.
        let signature = self.private_power(&text).filter(|signature| {
            let back = signature.power(&Natural::from(self.public_exponent), &self.modulus);
            back.is_some_and(|back| back == text)
        });
        let signature = signature.ok_or("crypto/rsa: decryption error")?.to_bytes();
        Ok([vec![0; size.saturating_sub(signature.len())], signature].concat())
    }

    fn private_power(&self, text: &Natural) -> Option<Natural> {
        let [p, q] = self.primes.as_slice() else { return text.power(&self.exponent, &self.modulus) };
        let (dp, dq, inverse) = &self.crt;
        let (by_p, by_q) = (text.power(dp, p)?, text.power(dq, q)?);
        // Garner's formula, with the difference kept above zero.
        let reduced = by_q.modulo(p)?;
        let difference = if by_p >= reduced { by_p.distance(&reduced) } else { p.distance(&reduced.distance(&by_p)) };
        let upper = difference.times(inverse).modulo(p)?.times(q);
        Some(upper.plus(&by_q))
    }
}

/// The content of a `SubjectPublicKeyInfo`'s bit string.
pub(super) fn public_der(modulus: &[u8], exponent: u64) -> Vec<u8> {
    group(SEQUENCE, &[&integer(modulus), &integer(&exponent.to_be_bytes())])
}

fn check_below(number: &Natural, modulus: &Natural) -> Result<(), String> {
    if number.words() > modulus.words() {
        return Err("input overflows the modulus size".to_owned());
    }
    if number >= modulus { Err("input overflows the modulus".to_owned()) } else { Ok(()) }
}

fn check_public(modulus: &Natural, exponent: u64) -> Result<(), String> {
    let text = match exponent {
        _ if !modulus.is_odd() => "public modulus is even",
        0 | 1 => "public exponent too small or negative",
        even if even % 2 == 0 => "public exponent is even",
        0x8000_0000.. => "public exponent too large",
        _ => return Ok(()),
    };
    Err(format!("crypto/rsa: {text}"))
}

fn common_divisor(mut a: Natural, mut b: Natural) -> Natural {
    while let Some(rest) = a.modulo(&b) {
        (a, b) = (b, rest);
    }
    a
}
