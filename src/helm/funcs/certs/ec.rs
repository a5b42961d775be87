//! Keys on the NIST curves: reading, public keys, signatures, SEC 1.
//!
//! Mirrors `crypto/ecdsa` and `crypto/x509/sec1.go` of Go 1.26. The arithmetic is that of the p256, p384 and p521 crates.
//! Go also knows P-224; its private keys are read and checked here, but nothing is derived from them.

use ecdsa::signature::hazmat::PrehashSigner as _;
use sha2::{Digest as _, Sha256, Sha384, Sha512};

use super::asn1::{Shape, required, tagged, unmarshal};
use super::der::{self, BIT_STRING, OCTET_STRING, SEQUENCE, element, explicit, group, integer};
use super::generator::Generator;
use super::{key, rsa};

/// The `ecPrivateKey` of Go.
pub(super) const SEC1: Shape = Shape::Struct(
    "ecPrivateKey",
    &[required(Shape::Int), required(Shape::Octets), tagged(Shape::Oid, 0), tagged(Shape::BitString, 1)],
);

/// A curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Curve {
    /// P-224.
    P224,
    /// P-256.
    P256,
    /// P-384.
    P384,
    /// P-521.
    P521,
}

/// A private key.
#[derive(Debug)]
pub(super) struct EcKey {
    curve: Curve,
    /// As many bytes as the curve's order has.
    number: Vec<u8>,
}

/// Object identifiers of the signature algorithms.
const ECDSA_SHA256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
const ECDSA_SHA384: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x03];
const ECDSA_SHA512: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x04];

impl Curve {
    const ALL: [Curve; 4] = [Curve::P224, Curve::P256, Curve::P384, Curve::P521];

    /// Its object identifier.
    pub(super) fn oid(self) -> &'static [u8] {
        match self {
            Curve::P224 => &[0x2b, 0x81, 0x04, 0x00, 0x21],
            Curve::P256 => &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07],
            Curve::P384 => &[0x2b, 0x81, 0x04, 0x00, 0x22],
            Curve::P521 => &[0x2b, 0x81, 0x04, 0x00, 0x23],
        }
    }

    /// The curve of an object identifier.
    pub(super) fn of(oid: &[u8]) -> Option<Curve> {
        Curve::ALL.into_iter().find(|curve| curve.oid() == oid)
    }

    /// The bytes of a number below its order, and of a coordinate.
    fn size(self) -> usize {
        self.order().len()
    }

    /// Its order, from which on no number is a private key.
    fn order(self) -> &'static [u8] {
        match self {
            Curve::P224 => {
                b"\
                \xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x16\xa2\
                \xe0\xb8\xf0\x3e\x13\xdd\x29\x45\x5c\x5c\x2a\x3d"
            }
            Curve::P256 => {
                b"\
                \xff\xff\xff\xff\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff\
                \xbc\xe6\xfa\xad\xa7\x17\x9e\x84\xf3\xb9\xca\xc2\xfc\x63\x25\x51"
            }
            Curve::P384 => {
                b"\
                \xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\
                \xff\xff\xff\xff\xff\xff\xff\xff\xc7\x63\x4d\x81\xf4\x37\x2d\xdf\
                \x58\x1a\x0d\xb2\x48\xb0\xa7\x7a\xec\xec\x19\x6a\xcc\xc5\x29\x73"
            }
            Curve::P521 => {
                b"\
                \x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\
                \xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\
                \xff\xfa\x51\x86\x87\x83\xbf\x2f\x96\x6b\x7f\xcc\x01\x48\xf7\x09\
                \xa5\xd0\x3b\xb5\xc9\xb8\x89\x9c\x47\xae\xbb\x6f\xb7\x1e\x91\x38\
                \x64\x09"
            }
        }
    }

    /// The prime that every coordinate is below.
    fn prime(self) -> &'static [u8] {
        match self {
            Curve::P224 => {
                b"\
                \xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\
                \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01"
            }
            Curve::P256 => {
                b"\
                \xff\xff\xff\xff\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\
                \x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
            }
            Curve::P384 => {
                b"\
                \xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\
                \xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xfe\
                \xff\xff\xff\xff\x00\x00\x00\x00\x00\x00\x00\x00\xff\xff\xff\xff"
            }
            Curve::P521 => {
                b"\
                \x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\
                \xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\
                \xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\
                \xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\
                \xff\xff"
            }
        }
    }

    fn name(self) -> &'static str {
        match self {
            Curve::P224 => "P224",
            Curve::P256 => "P256",
            Curve::P384 => "P384",
            Curve::P521 => "P521",
        }
    }

    /// The algorithm Go signs with on this curve.
    pub(super) fn signature_oid(self) -> &'static [u8] {
        match self {
            Curve::P224 | Curve::P256 => ECDSA_SHA256,
            Curve::P384 => ECDSA_SHA384,
            Curve::P521 => ECDSA_SHA512,
        }
    }

    /// `ecdsa.ParseUncompressedPublicKey`.
    pub(super) fn check_point(self, point: &[u8]) -> Result<(), String> {
        if point.first() != Some(&4) {
            return Err("ecdsa: invalid uncompressed public key".to_owned());
        }
        if point.len() != 1 + 2 * self.size() {
            return Err(format!("invalid {} point encoding", self.name()));
        }
        let coordinates = point.get(1..).unwrap_or_default().chunks(self.size());
        if coordinates.into_iter().any(|coordinate| coordinate >= self.prime()) {
            return Err(format!("invalid {} element encoding", self.name()));
        }
        let is_on_curve = match self {
            Curve::P224 => true,
            Curve::P256 => p256::ecdsa::VerifyingKey::from_sec1_bytes(point).is_ok(),
            Curve::P384 => p384::ecdsa::VerifyingKey::from_sec1_bytes(point).is_ok(),
            Curve::P521 => p521::ecdsa::VerifyingKey::from_sec1_bytes(point).is_ok(),
        };
        if is_on_curve { Ok(()) } else { Err(format!("{} point not on curve", self.name())) }
    }
}

impl EcKey {
    /// `ecdsa.GenerateKey` on P-256.
    pub(super) fn generate(random: &mut Generator) -> EcKey {
        loop {
            let number: [u8; 32] = random.bytes();
            if p256::ecdsa::SigningKey::from_slice(&number).is_ok() {
                return EcKey { curve: Curve::P256, number: number.to_vec() };
            }
        }
    }

    /// `x509.ParseECPrivateKey`; a curve that is named outside of the key comes first.
    pub(super) fn parse(named: Option<&[u8]>, bytes: &[u8]) -> Result<EcKey, String> {
        let (fields, _) = unmarshal(bytes, SEC1).map_err(|e| {
            key::other_format(bytes, &[(key::PKCS8, "PKCS8"), (rsa::PKCS1, "PKCS1")])
                .unwrap_or_else(|| format!("x509: failed to parse EC private key: {e}"))
        })?;
        let version = fields.get(0).int();
        if version != 1 {
            return Err(format!("x509: unknown EC private key version {version}"));
        }
        let curve = Curve::of(named.unwrap_or_else(|| fields.get(2).bytes())).ok_or("x509: unknown elliptic curve")?;
        let number = fields.get(1).bytes();
        let surplus = number.len().saturating_sub(curve.size());
        let (zeros, number) = number.split_at_checked(surplus).unwrap_or_default();
        if zeros.iter().any(|byte| *byte != 0) {
            return Err("x509: invalid private key length".to_owned());
        }
        let number = [vec![0; curve.size() - number.len()], number.to_vec()].concat();
        // Multiples of the order have no public key, which is what Go finds first.
        if number.iter().all(|byte| *byte == 0) || number == curve.order() {
            return Err("ecdsa: invalid public key encoding".to_owned());
        }
        if number.as_slice() > curve.order() {
            return Err("input overflows the modulus".to_owned());
        }
        Ok(EcKey { curve, number })
    }

    /// The curve.
    pub(super) fn curve(&self) -> Curve {
        self.curve
    }

    /// The public key: a point in uncompressed form.
    pub(super) fn public(&self) -> Result<Vec<u8>, String> {
        macro_rules! point {
            ($curve:ident) => {
                $curve::ecdsa::SigningKey::from_slice(&self.number)
                    .map(|key| key.verifying_key().to_sec1_point(false).as_bytes().to_vec())
                    .map_err(|e| e.to_string())
            };
        }
        match self.curve {
            Curve::P224 => Err(unsupported()),
            Curve::P256 => point!(p256),
            Curve::P384 => point!(p384),
            Curve::P521 => point!(p521),
        }
    }

    /// `x509.MarshalECPrivateKey`.
    pub(super) fn to_der(&self) -> Result<Vec<u8>, String> {
        Ok(group(
            SEQUENCE,
            &[
                &integer(&[1]),
                &element(OCTET_STRING, &self.number),
                &element(explicit(0), &element(der::OID, self.curve.oid())),
                &element(explicit(1), &element(BIT_STRING, &[&[0], self.public()?.as_slice()].concat())),
            ],
        ))
    }

    /// A signature over the digest that Go takes for the curve, in DER.
    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, String> {
        macro_rules! sign {
            ($curve:ident, $digest:ident) => {{
                let key = $curve::ecdsa::SigningKey::from_slice(&self.number).map_err(|e| e.to_string())?;
                let signature: $curve::ecdsa::Signature =
                    key.sign_prehash(&$digest::digest(message)).map_err(|e| e.to_string())?;
                let (r, s) = signature.split_bytes();
                Ok(group(SEQUENCE, &[&integer(&r), &integer(&s)]))
            }};
        }
        match self.curve {
            Curve::P224 => Err(unsupported()),
            Curve::P256 => sign!(p256, Sha256),
            Curve::P384 => sign!(p384, Sha384),
            Curve::P521 => sign!(p521, Sha512),
        }
    }
}

fn unsupported() -> String {
    "keys on the curve P-224 are not supported".to_owned()
}
