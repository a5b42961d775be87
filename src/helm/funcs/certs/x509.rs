//! Certificates as Sprig has Go make them.
//!
//! Mirrors `getBaseCertTemplate` and `getCertAndKey` of Sprig 3.3.0 and `CreateCertificate` of `crypto/x509` in Go 1.26,
//! as far as Sprig's template reaches: one common name, two key usages, and names or addresses.

use std::net::IpAddr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bstr::ByteSlice as _;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use sha2::{Digest as _, Sha256};

use crate::go::strconv::quote;

use super::der::{self, OCTET_STRING, SEQUENCE, SET, bit_string, context, element, explicit, group, integer};
use super::key::{PrivateKey, PublicKey};
use super::parse::Certificate;

/// What goes into a certificate.
pub(super) struct Template {
    /// The common name; without one the subject is empty.
    pub(super) common_name: Vec<u8>,
    /// Addresses, each of 4 or 16 bytes.
    pub(super) addresses: Vec<Vec<u8>>,
    /// Alternate names.
    pub(super) names: Vec<Vec<u8>>,
    /// 128 random bits.
    pub(super) serial: [u8; 16],
    /// When it is made.
    pub(super) now: SystemTime,
    /// How long it is valid.
    pub(super) days: i64,
    /// Whether it may sign others.
    pub(super) is_authority: bool,
}

const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];
const SERVER_AUTH: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 1];
const CLIENT_AUTH: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 2];

const EMPTY_NAME: &[u8] = &[SEQUENCE, 0];

/// Bytes of a key identifier.
const KEY_ID: usize = 20;

/// `x509.CreateCertificate`: signed by `issuer`, or by itself when there is none.
pub(super) fn create(
    template: &Template,
    issuer: Option<&Certificate>,
    subject_key: &PublicKey,
    signer: &PrivateKey,
) -> Result<Vec<u8>, String> {
    let Some(algorithm) = signer.signature_algorithm() else {
        return Err("x509: certificate private key does not implement crypto.Signer".to_owned());
    };
    let (key_algorithm, key_bytes) = subject_key.info()?;
    let subject = name(&template.common_name)?;
    let issuer_name = issuer.map_or(subject.as_slice(), |issuer| &issuer.subject);
    let issuer_key_id = issuer.map(|issuer| issuer.key_id.as_slice());
    let issuer_key_id = issuer_key_id.filter(|id| !id.is_empty() && issuer_name != subject);
    if let Some(expected) = issuer.and_then(|issuer| issuer.public_key.as_ref())
        && signer.public()? != *expected
    {
        return Err("x509: provided PrivateKey doesn't match parent's PublicKey".to_owned());
    }
    let key_id = template.is_authority.then(|| Sha256::digest(&key_bytes));
    let extensions =
        extensions(template, subject == EMPTY_NAME, key_id.as_ref().and_then(|id| id.get(..KEY_ID)), issuer_key_id)?;
    let body = group(
        SEQUENCE,
        &[
            // Version 3.
            &element(explicit(0), &integer(&[2])),
            &integer(&template.serial),
            &algorithm,
            issuer_name,
            &validity(template)?,
            &subject,
            &group(SEQUENCE, &[&key_algorithm, &bit_string(&key_bytes)]),
            &element(explicit(3), &element(SEQUENCE, &extensions)),
        ],
    );
    let signature = signer.sign(&body)?;
    Ok(group(SEQUENCE, &[&body, &algorithm, &bit_string(&signature)]))
}

/// A name of nothing but a common name.
fn name(common_name: &[u8]) -> Result<Vec<u8>, String> {
    if common_name.is_empty() {
        return Ok(EMPTY_NAME.to_vec());
    }
    // Narrower than what is accepted in certificates that are read.
    let is_printable = |byte: &u8| byte.is_ascii_alphanumeric() || b" '()+,-./:=?".contains(byte);
    let tag = match common_name {
        text if text.iter().all(is_printable) => der::PRINTABLE_STRING,
        text if text.to_str().is_ok() => der::UTF8_STRING,
        _ => return Err("asn1: string not valid UTF-8".to_owned()),
    };
    let attribute = group(SEQUENCE, &[&element(der::OID, COMMON_NAME), &element(tag, common_name)]);
    Ok(element(SEQUENCE, &element(SET, &attribute)))
}

fn validity(template: &Template) -> Result<Vec<u8>, String> {
    let now = match template.now.duration_since(UNIX_EPOCH) {
        Ok(since) => nanoseconds(since),
        Err(before) => -nanoseconds(before.duration()),
    };
    // Go multiplies 64-bit nanoseconds: beyond 292 years the end wraps around.
    let valid = 86_400_000_000_000i64.wrapping_mul(template.days);
    Ok(group(SEQUENCE, &[&time(now)?, &time(now + i128::from(valid))?]))
}

fn nanoseconds(duration: Duration) -> i128 {
    i128::try_from(duration.as_nanos()).unwrap_or(i128::MAX / 2)
}

fn time(nanoseconds: i128) -> Result<Vec<u8>, String> {
    let unrepresentable = |_| "cannot represent time as GeneralizedTime".to_owned();
    let seconds = i64::try_from(nanoseconds.div_euclid(1_000_000_000)).unwrap_or(i64::MAX);
    let time = Timestamp::from_second(seconds).map_err(unrepresentable)?.to_zoned(TimeZone::UTC);
    Ok(if (1950..2050).contains(&time.year()) {
        element(der::UTC_TIME, time.strftime("%y%m%d%H%M%SZ").to_string().as_bytes())
    } else {
        element(der::GENERALIZED_TIME, time.strftime("%Y%m%d%H%M%SZ").to_string().as_bytes())
    })
}

/// An extension: the last part of its identifier below 2.5.29, whether it is critical, its value.
fn extension(number: u8, is_critical: bool, value: &[u8]) -> Vec<u8> {
    let critical = if is_critical { element(der::BOOLEAN, &[0xff]) } else { Vec::new() };
    group(SEQUENCE, &[&element(der::OID, &[0x55, 0x1d, number]), &critical, &element(OCTET_STRING, value)])
}

fn extensions(
    template: &Template,
    is_nameless: bool,
    key_id: Option<&[u8]>,
    issuer_key_id: Option<&[u8]>,
) -> Result<Vec<u8>, String> {
    // Digital signature and key encipherment; an authority signs certificates as well.
    let usage: &[u8] = if template.is_authority { &[2, 0b1010_0100] } else { &[5, 0b1010_0000] };
    let purposes = [SERVER_AUTH, CLIENT_AUTH].map(|purpose| element(der::OID, purpose)).concat();
    let constraints = if template.is_authority { element(der::BOOLEAN, &[0xff]) } else { Vec::new() };
    let mut all = vec![
        extension(15, true, &element(der::BIT_STRING, usage)),
        extension(37, false, &element(SEQUENCE, &purposes)),
        extension(19, true, &element(SEQUENCE, &constraints)),
    ];
    if let Some(id) = key_id {
        all.push(extension(14, false, &element(OCTET_STRING, id)));
    }
    if let Some(id) = issuer_key_id {
        all.push(extension(35, false, &element(SEQUENCE, &element(context(0), id))));
    }
    let mut alternatives = Vec::new();
    for name in &template.names {
        if !name.is_ascii() {
            return Err(format!("x509: {} cannot be encoded as an IA5String", quote(name)));
        }
        alternatives.extend(element(context(2), name));
    }
    for address in &template.addresses {
        alternatives.extend(element(context(7), address));
    }
    if !alternatives.is_empty() {
        all.push(extension(17, is_nameless, &element(SEQUENCE, &alternatives)));
    }
    Ok(all.concat())
}

/// `net.ParseIP`, with the bytes a certificate shows.
pub(super) fn address(text: &[u8]) -> Option<Vec<u8>> {
    Some(match text.to_str().ok()?.parse().ok()? {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => {
            address.to_ipv4_mapped().map_or_else(|| address.octets().to_vec(), |v4| v4.octets().to_vec())
        }
    })
}
