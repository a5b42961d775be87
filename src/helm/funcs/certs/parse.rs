//! Certificates that are read: those of an authority that is to sign, and those `buildCustomCert` is given.
//!
//! Mirrors `ParseCertificate` of `crypto/x509` in Go 1.26 with its errors. Only what signing needs is kept. URIs in
//! alternative names and mailboxes in name constraints are not looked into.

use bstr::ByteSlice as _;

use super::der::{self, GENERALIZED_TIME, Input, SEQUENCE, SET, UTC_TIME, explicit, is_negative, is_positive};
use super::ec::Curve;
use super::extensions::{self, Extension};
use super::key::{DSA, EC, ED25519, PublicKey, RSA};

/// What is kept of a certificate.
#[derive(Debug)]
pub(super) struct Certificate {
    /// The subject as it stands there.
    pub(super) subject: Vec<u8>,
    /// The subject's key identifier, empty when there is none.
    pub(super) key_id: Vec<u8>,
    /// The key, when Go knows its algorithm.
    pub(super) public_key: Option<PublicKey>,
}

/// What is wrong.
pub(super) type Wrong = &'static str;

/// `x509.ParseCertificate`.
pub(super) fn certificate(bytes: &[u8]) -> Result<Certificate, String> {
    let mut input = Input(bytes);
    let mut outer = input.read(SEQUENCE).ok_or("x509: malformed certificate")?;
    let certificate = parts(&mut outer)?;
    if input.is_empty() { Ok(certificate) } else { Err("x509: trailing data".to_owned()) }
}

fn parts(outer: &mut Input) -> Result<Certificate, String> {
    let mut body = outer.read(SEQUENCE).ok_or("x509: malformed tbs certificate")?;
    let version = match body.optional(explicit(0)).ok_or("x509: malformed version")? {
        None => 0,
        Some(mut version) => {
            let number = version.small(der::INTEGER).filter(|_| version.is_empty());
            number.ok_or("x509: malformed version")?
        }
    };
    if version > 2 {
        return Err("x509: invalid version".to_owned());
    }
    let serial = body.integer(der::INTEGER).ok_or("x509: malformed serial number")?;
    if is_negative(serial) {
        return Err("x509: negative serial number".to_owned());
    }
    let algorithm = body.read(SEQUENCE).ok_or("x509: malformed signature algorithm identifier")?;
    let outer_algorithm = outer.read(SEQUENCE).ok_or("x509: malformed algorithm identifier")?;
    if algorithm.0 != outer_algorithm.0 {
        return Err("x509: inner and outer signature algorithm identifiers don't match".to_owned());
    }
    algorithm_identifier(algorithm)?;
    name(Input(body.read_whole(SEQUENCE).ok_or("x509: malformed issuer")?))?;
    let mut validity = body.read(SEQUENCE).ok_or("x509: malformed validity")?;
    time(&mut validity)?;
    time(&mut validity)?;
    let subject = body.read_whole(SEQUENCE).ok_or("x509: malformed issuer")?;
    name(Input(subject))?;
    let public_key = public_key(body.read(SEQUENCE).ok_or("x509: malformed spki")?)?;
    let mut key_id = Vec::new();
    if version > 0 {
        body.optional(der::context(1)).ok_or("x509: malformed issuerUniqueID")?;
        body.optional(der::context(2)).ok_or("x509: malformed subjectUniqueID")?;
    }
    if version > 1
        && let Some(mut list) = body.optional(explicit(3)).ok_or("x509: malformed extensions")?
    {
        let list = list.read(SEQUENCE).ok_or("x509: malformed extensions")?;
        key_id = extensions::check(&extension_list(list)?)?;
    }
    outer.bits().ok_or("x509: malformed signature")?;
    Ok(Certificate { subject: subject.to_vec(), key_id, public_key })
}

/// Object identifier and parameters, as a whole element.
fn algorithm_identifier<'a>(mut input: Input<'a>) -> Result<(&'a [u8], &'a [u8]), Wrong> {
    let oid = input.oid().ok_or("x509: malformed OID")?;
    if input.is_empty() {
        return Ok((oid, &[]));
    }
    Ok((oid, input.any_whole().ok_or("x509: malformed parameters")?))
}

fn name(mut whole: Input) -> Result<(), String> {
    let broken = "x509: invalid RDNSequence";
    let mut sets = whole.read(SEQUENCE).ok_or(broken)?;
    while !sets.is_empty() {
        let mut set = sets.read(SET).ok_or(broken)?;
        while !set.is_empty() {
            let mut attribute = set.read(SEQUENCE).ok_or("x509: invalid RDNSequence: invalid attribute")?;
            attribute.oid().ok_or("x509: invalid RDNSequence: invalid attribute type")?;
            let (tag, value) = attribute.any().ok_or("x509: invalid RDNSequence: invalid attribute value")?;
            text(tag, value.0).map_err(|e| format!("x509: invalid RDNSequence: invalid attribute value: {e}"))?;
        }
    }
    Ok(())
}

/// Whether the value of a string type is one.
fn text(tag: u8, value: &[u8]) -> Result<(), String> {
    let is_printable = |byte: &u8| byte.is_ascii_alphanumeric() || b" '()+,-./:=?*&".contains(byte);
    let (is_right, kind) = match tag {
        // T61String: any bytes.
        20 => return Ok(()),
        der::PRINTABLE_STRING => (value.iter().all(is_printable), "PrintableString"),
        der::UTF8_STRING => (value.to_str().is_ok(), "UTF-8 string"),
        // BMPString: no surrogates, no noncharacters.
        30 => {
            let mut units =
                value.chunks_exact(2).map(|unit| unit.iter().fold(0u32, |n, byte| n << 8 | u32::from(*byte)));
            let is_right = units.all(|unit| !matches!(unit, 0xd800..=0xdfff | 0xfdd0..=0xfdef | 0xfffe | 0xffff));
            (is_right && value.len().is_multiple_of(2), "BMPString")
        }
        22 => (value.is_ascii(), "IA5String"),
        18 => (value.iter().all(|byte| byte.is_ascii_digit() || *byte == b' '), "NumericString"),
        other => return Err(format!("unsupported string type: {other}")),
    };
    if is_right { Ok(()) } else { Err(format!("invalid {kind}")) }
}

fn time(input: &mut Input) -> Result<(), Wrong> {
    if input.is_next(UTC_TIME) {
        let text = input.read(UTC_TIME).filter(|text| is_time(text.0, 2, false) || is_time(text.0, 2, true));
        text.map(drop).ok_or("x509: malformed UTCTime")
    } else if input.is_next(GENERALIZED_TIME) {
        let text = input.read(GENERALIZED_TIME).filter(|text| is_time(text.0, 4, true));
        text.map(drop).ok_or("x509: malformed GeneralizedTime")
    } else {
        Err("x509: unsupported time format")
    }
}

/// Whether a text is a time as Go would write it: year, month, day, hour, minute, perhaps second, zone.
fn is_time(text: &[u8], year_digits: usize, has_seconds: bool) -> bool {
    let mut rest = text;
    let mut number = |digits: usize| {
        let (taken, after) = rest.split_at_checked(digits)?;
        rest = after;
        taken.iter().all(u8::is_ascii_digit).then(|| taken.iter().fold(0i16, |n, d| n * 10 + i16::from(d - b'0')))
    };
    let Some(year) = number(year_digits) else { return false };
    let year = if year_digits == 2 { year + if year >= 69 { 1900 } else { 2000 } } else { year };
    let [Some(month), Some(day), Some(hour), Some(minute)] = [(); 4].map(|()| number(2)) else { return false };
    if has_seconds && number(2).is_none_or(|second| second > 59) {
        return false;
    }
    let zone = match rest {
        b"Z" => true,
        // Go writes no offset as Z.
        [b'+' | b'-', digits @ ..] => {
            digits.len() == 4
                && digits != b"0000"
                && digits.iter().all(u8::is_ascii_digit)
                && digits.first_chunk().is_some_and(|hours: &[u8; 2]| hours <= b"24")
                && digits.last_chunk().is_some_and(|minutes: &[u8; 2]| minutes < b"60")
        }
        _ => false,
    };
    let date = i8::try_from(month).ok().zip(i8::try_from(day).ok());
    zone && hour < 24
        && minute < 60
        && date.is_some_and(|(month, day)| jiff::civil::Date::new(year, month, day).is_ok())
}

fn public_key(mut info: Input) -> Result<Option<PublicKey>, String> {
    let algorithm = info.read(SEQUENCE).ok_or("x509: malformed public key algorithm identifier")?;
    let (oid, parameters) = algorithm_identifier(algorithm)?;
    let (bits, padding) = info.bits().ok_or("x509: malformed subjectPublicKey")?;
    let bytes = right_aligned(bits, padding);
    Ok(Some(match oid {
        RSA => rsa_key(&bytes, parameters)?,
        EC => {
            let oid = Input(parameters).oid().ok_or("x509: invalid ECDSA parameters")?;
            let curve = Curve::of(oid).ok_or("x509: unsupported elliptic curve")?;
            curve.check_point(&bytes)?;
            PublicKey::Ec(curve, bytes)
        }
        ED25519 if !parameters.is_empty() => return Err("x509: Ed25519 key encoded with illegal parameters".to_owned()),
        ED25519 if bytes.len() != 32 => return Err("x509: wrong Ed25519 public key size".to_owned()),
        ED25519 => PublicKey::Ed25519(bytes),
        DSA => {
            let key = Input(&bytes).integer(der::INTEGER).ok_or("x509: invalid DSA public key")?;
            let mut numbers = Input(parameters).read(SEQUENCE).ok_or("x509: invalid DSA parameters")?;
            for number in [(); 3].map(|()| numbers.integer(der::INTEGER)) {
                let number = number.ok_or("x509: invalid DSA parameters")?;
                if !is_positive(number) {
                    return Err("x509: zero or negative DSA parameter".to_owned());
                }
            }
            if !is_positive(key) {
                return Err("x509: zero or negative DSA parameter".to_owned());
            }
            PublicKey::Other("*dsa.PublicKey")
        }
        _ => return Ok(None),
    }))
}

fn rsa_key(bytes: &[u8], parameters: &[u8]) -> Result<PublicKey, Wrong> {
    if parameters != der::NULL {
        return Err("x509: RSA key missing NULL parameters");
    }
    let mut numbers = Input(bytes).read(SEQUENCE).ok_or("x509: invalid RSA public key")?;
    let modulus = numbers.integer(der::INTEGER).ok_or("x509: invalid RSA modulus")?;
    let exponent = numbers.integer(der::INTEGER).filter(|e| e.len() <= 8).ok_or("x509: invalid RSA public exponent")?;
    if !is_positive(modulus) {
        return Err("x509: RSA modulus is not a positive number");
    }
    if !is_positive(exponent) {
        return Err("x509: RSA public exponent is not a positive number");
    }
    let exponent = exponent.iter().fold(0, |number, byte| number << 8 | u64::from(*byte));
    Ok(PublicKey::Rsa(der::trim(modulus).to_vec(), exponent))
}

/// The bits of a bit string with the padding moved to the front.
fn right_aligned(bits: &[u8], padding: u8) -> Vec<u8> {
    let mut carry = 0u16;
    let shift = |byte: &u8| {
        let both = carry << 8 | u16::from(*byte);
        carry = u16::from(*byte);
        (both >> padding) as u8
    };
    bits.iter().map(shift).collect()
}

fn extension_list(mut list: Input) -> Result<Vec<Extension>, String> {
    let mut found: Vec<Extension> = Vec::new();
    while !list.is_empty() {
        let mut parts = list.read(SEQUENCE).ok_or("x509: malformed extension")?;
        let oid = parts.oid().ok_or("x509: malformed extension OID field")?;
        let is_critical =
            parts.is_next(der::BOOLEAN) && parts.boolean().ok_or("x509: malformed extension critical field")?;
        let value = parts.read(der::OCTET_STRING).ok_or("x509: malformed extension value field")?;
        if found.iter().any(|other| other.oid == oid) {
            let oid = der::oid_text(&der::oid_numbers(oid).unwrap_or_default());
            return Err(format!("x509: certificate contains duplicate extension with OID \"{oid}\""));
        }
        found.push(Extension { oid, is_critical, value });
    }
    Ok(found)
}
