//! Private keys of every kind: PEM in, PEM out, public keys, signatures.
//!
//! Mirrors `crypto.go` of Sprig 3.3.0 (`parsePrivateKeyPEM`, `pemBlockForKey`, `generatePrivateKey`) and
//! `crypto/x509/pkcs8.go` of Go 1.26.

use ed25519_dalek::{Signer as _, SigningKey};

use super::asn1::{Shape, optional, required, unmarshal};
use super::der::{self, NULL, OCTET_STRING, SEQUENCE, element, group, integer, oid_numbers, oid_text};
use super::ec::{Curve, EcKey, SEC1};
use super::generator::Generator;
use super::rsa::{PKCS1, RsaKey};
use super::{dsa, pem, rsa};

/// The `pkcs8` of Go.
pub(super) const PKCS8: Shape = Shape::Struct(
    "pkcs8",
    &[
        required(Shape::Int),
        required(Shape::Struct("AlgorithmIdentifier", &[required(Shape::Oid), optional(Shape::Raw)])),
        required(Shape::Octets),
    ],
);

/// Object identifiers of public keys.
pub(super) const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
pub(super) const DSA: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x38, 0x04, 0x01];
pub(super) const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
pub(super) const ED25519: &[u8] = &[0x2b, 0x65, 0x70];
const X25519: &[u8] = &[0x2b, 0x65, 0x6e];

const RSA_SHA256: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b];

/// A private key.
#[derive(Debug)]
pub(super) enum PrivateKey {
    /// RSA.
    Rsa(RsaKey),
    /// ECDSA.
    Ec(EcKey),
    /// Ed25519: the seed.
    Ed25519([u8; 32]),
    /// DSA, which no certificate can have.
    Dsa,
    /// X25519, which no certificate can have either.
    X25519,
}

/// A public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum PublicKey {
    /// RSA: modulus, exponent.
    Rsa(Vec<u8>, u64),
    /// ECDSA: curve, point.
    Ec(Curve, Vec<u8>),
    /// Ed25519.
    Ed25519(Vec<u8>),
    /// One that no private key read here belongs to; its Go type.
    Other(&'static str),
}

impl PublicKey {
    /// The algorithm identifier and the key's bytes of a `SubjectPublicKeyInfo`.
    pub(super) fn info(&self) -> Result<(Vec<u8>, Vec<u8>), String> {
        let algorithm = |oid, parameters: &[u8]| group(SEQUENCE, &[&element(der::OID, oid), parameters]);
        Ok(match self {
            PublicKey::Rsa(modulus, exponent) => (algorithm(RSA, NULL), rsa::public_der(modulus, *exponent)),
            PublicKey::Ec(curve, point) => (algorithm(EC, &element(der::OID, curve.oid())), point.clone()),
            PublicKey::Ed25519(key) => (algorithm(ED25519, &[]), key.clone()),
            PublicKey::Other(name) => return Err(format!("x509: unsupported public key type: {name}")),
        })
    }
}

impl PrivateKey {
    /// A new RSA key of so many bits.
    pub(super) fn new_rsa(bits: u32, random: &mut Generator) -> Result<PrivateKey, String> {
        RsaKey::generate(bits, random).map(PrivateKey::Rsa)
    }

    /// A new key on P-256.
    pub(super) fn new_ec(random: &mut Generator) -> PrivateKey {
        PrivateKey::Ec(EcKey::generate(random))
    }

    /// A new Ed25519 key.
    pub(super) fn new_ed25519(random: &mut Generator) -> PrivateKey {
        PrivateKey::Ed25519(random.bytes())
    }

    /// `parsePrivateKeyPEM` of Sprig.
    pub(super) fn parse(text: &[u8]) -> Result<PrivateKey, String> {
        let block = pem::decode(text).ok_or("no PEM data in input")?;
        let label = String::from_utf8_lossy(block.label);
        if label == "PRIVATE KEY" {
            return parse_pkcs8(&block.bytes).map_err(|e| format!("decoding PEM as PKCS#8: {e}"));
        }
        let failed = |kind: &'static str| move |e| format!("parsing {kind} private key from PEM: {e}");
        match label.strip_suffix(" PRIVATE KEY") {
            None => Err(format!("no private key data in PEM block of type {label}")),
            Some("RSA") => RsaKey::parse(&block.bytes).map(PrivateKey::Rsa).map_err(failed("RSA")),
            Some("EC") => EcKey::parse(None, &block.bytes).map(PrivateKey::Ec).map_err(failed("EC")),
            Some("DSA") => dsa::check(&block.bytes).map(|()| PrivateKey::Dsa).map_err(failed("DSA")),
            Some(_) => Err(format!("invalid private key type {label}")),
        }
    }

    /// `pemBlockForKey` of Sprig, encoded.
    pub(super) fn to_pem(&self) -> Result<String, String> {
        Ok(match self {
            PrivateKey::Rsa(key) => pem::encode("RSA PRIVATE KEY", &key.to_der()),
            PrivateKey::Ec(key) => pem::encode("EC PRIVATE KEY", &key.to_der()?),
            PrivateKey::Ed25519(seed) => {
                let algorithm = element(SEQUENCE, &element(der::OID, ED25519));
                let key = element(OCTET_STRING, &element(OCTET_STRING, seed));
                pem::encode("PRIVATE KEY", &group(SEQUENCE, &[&integer(&[]), &algorithm, &key]))
            }
            // No certificate can be made with these, so nobody asks for their text.
            PrivateKey::Dsa | PrivateKey::X25519 => return Err("this key cannot be written".to_owned()),
        })
    }

    /// The public key.
    pub(super) fn public(&self) -> Result<PublicKey, String> {
        Ok(match self {
            PrivateKey::Rsa(key) => {
                let (modulus, exponent) = key.public();
                PublicKey::Rsa(modulus, exponent)
            }
            PrivateKey::Ec(key) => PublicKey::Ec(key.curve(), key.public()?),
            PrivateKey::Ed25519(seed) => {
                PublicKey::Ed25519(SigningKey::from_bytes(seed).verifying_key().to_bytes().to_vec())
            }
            PrivateKey::Dsa => PublicKey::Other("*dsa.PublicKey"),
            PrivateKey::X25519 => PublicKey::Other("*ecdh.PublicKey"),
        })
    }

    /// The identifier of the algorithm Go signs with; `None` for a key that cannot sign.
    pub(super) fn signature_algorithm(&self) -> Option<Vec<u8>> {
        let (oid, parameters) = match self {
            PrivateKey::Rsa(_) => (RSA_SHA256, NULL),
            PrivateKey::Ec(key) => (key.curve().signature_oid(), &[][..]),
            PrivateKey::Ed25519(_) => (ED25519, &[][..]),
            PrivateKey::Dsa | PrivateKey::X25519 => return None,
        };
        Some(group(SEQUENCE, &[&element(der::OID, oid), parameters]))
    }

    /// A signature with that algorithm.
    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, String> {
        match self {
            PrivateKey::Rsa(key) => key.sign(message),
            PrivateKey::Ec(key) => key.sign(message),
            PrivateKey::Ed25519(seed) => Ok(SigningKey::from_bytes(seed).sign(message).to_bytes().to_vec()),
            PrivateKey::Dsa | PrivateKey::X25519 => {
                Err("x509: certificate private key does not implement crypto.Signer".to_owned())
            }
        }
    }
}

/// `x509.ParsePKCS8PrivateKey`.
fn parse_pkcs8(bytes: &[u8]) -> Result<PrivateKey, String> {
    let (fields, _) =
        unmarshal(bytes, PKCS8).map_err(|e| other_format(bytes, &[(SEC1, "EC"), (PKCS1, "PKCS1")]).unwrap_or(e))?;
    let (algorithm, parameters) = (fields.get(1).get(0).bytes(), fields.get(1).get(1).bytes());
    let key = fields.get(2).bytes();
    let embedded =
        |kind: &'static str| move |e| format!("x509: failed to parse {kind} private key embedded in PKCS#8: {e}");
    match algorithm {
        RSA => RsaKey::parse(key).map(PrivateKey::Rsa).map_err(embedded("RSA")),
        EC => {
            let named = unmarshal(parameters, Shape::Oid).ok().map(|(curve, _)| curve.bytes());
            EcKey::parse(named, key).map(PrivateKey::Ec).map_err(embedded("EC"))
        }
        ED25519 => {
            let seed = edwards_key("Ed25519", parameters, key)?;
            let length = || format!("x509: invalid Ed25519 private key length: {}", seed.len());
            seed.try_into().map(PrivateKey::Ed25519).map_err(|_| length())
        }
        X25519 => match edwards_key("X25519", parameters, key)?.len() {
            32 => Ok(PrivateKey::X25519),
            _ => Err("crypto/ecdh: invalid private key size".to_owned()),
        },
        other => Err(format!(
            "x509: PKCS#8 wrapping contained private key with unknown algorithm: {}",
            oid_text(&oid_numbers(other).unwrap_or_default())
        )),
    }
}

/// The octets inside the octets of a key on Curve25519.
fn edwards_key<'a>(kind: &str, parameters: &[u8], key: &'a [u8]) -> Result<&'a [u8], String> {
    if !parameters.is_empty() {
        return Err(format!("x509: invalid {kind} private key parameters"));
    }
    let read = unmarshal(key, Shape::Octets).map_err(|e| format!("x509: invalid {kind} private key: {e}"));
    read.map(|(field, _)| field.bytes())
}

/// What Go says when a key is one of the other formats.
pub(super) fn other_format(bytes: &[u8], formats: &[(Shape, &str)]) -> Option<String> {
    let (_, name) = formats.iter().find(|(shape, _)| unmarshal(bytes, *shape).is_ok())?;
    Some(format!("x509: failed to parse private key (use Parse{name}PrivateKey instead for this key format)"))
}
