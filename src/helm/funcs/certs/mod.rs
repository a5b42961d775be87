//! Keys and certificates: `genPrivateKey`, `genCA`, `genSelfSignedCert`, `genSignedCert`, their `WithKey` forms and
//! `buildCustomCert`.
//!
//! Mirrors `crypto.go` of Sprig 3.3.0 over Go 1.26. Time and randomness are the world's; a world with fixed keys gets
//! those of [`fixed`] where Sprig would make new ones, and everything else as usual.

mod asn1;
mod der;
mod dsa;
mod ec;
mod extensions;
mod fixed;
mod generator;
mod key;
mod natural;
mod parse;
mod pem;
mod rsa;
#[cfg(test)]
mod tests;
mod x509;

use std::fmt::Display;
use std::rc::Rc;

use crate::go::base64;
use crate::go::fmt::sprintf;
use crate::go::limits;
use crate::go::template::{FuncError, Function, Interp};
use crate::go::value::{FieldDef, Kind, ObjectType, SLICE, Str, Struct, Type, Value};

use super::call::{Answer, Args as _, INT, STRING, plain};
use super::host;
use super::random::random_bytes;

use self::generator::Generator;
use self::key::PrivateKey;
use self::parse::Certificate;
use self::x509::Template;

const LIST: Type = Type::List(&SLICE);
const CERTIFICATE: Type = Type::Object(&CERTIFICATE_TYPE);

/// Sprig's `certificate`.
static CERTIFICATE_TYPE: ObjectType = ObjectType {
    name: "sprig.certificate",
    kind: Kind::Struct,
    fields: &[
        FieldDef { name: "Cert", json: Some("Cert"), omit_empty: false, embedded: false },
        FieldDef { name: "Key", json: Some("Key"), omit_empty: false, embedded: false },
    ],
    methods: &[],
};

pub(super) static FUNCTIONS: &[Function] = &[
    plain("buildCustomCert", &[STRING, STRING], |_, args| build_custom(args)),
    plain("genCA", &[STRING, INT], |interp, args| {
        let key = new_key(interp)?;
        authority(interp, args, &key)
    }),
    plain("genCAWithKey", &[STRING, INT, STRING], |interp, args| {
        let key = given_key(args.bytes(2))?;
        authority(interp, args, &key)
    }),
    plain("genPrivateKey", &[STRING], private_key),
    plain("genSelfSignedCert", &[STRING, LIST, LIST, INT], |interp, args| {
        let key = new_key(interp)?;
        self_signed(interp, args, &key)
    }),
    plain("genSelfSignedCertWithKey", &[STRING, LIST, LIST, INT, STRING], |interp, args| {
        let key = given_key(args.bytes(4))?;
        self_signed(interp, args, &key)
    }),
    plain("genSignedCert", &[STRING, LIST, LIST, INT, CERTIFICATE], |interp, args| {
        let key = new_key(interp)?;
        signed(interp, args, &key)
    }),
    plain("genSignedCertWithKey", &[STRING, LIST, LIST, INT, CERTIFICATE, STRING], |interp, args| {
        let key = given_key(args.bytes(5))?;
        signed(interp, args, &key)
    }),
];

/// How many bytes of text could be made in the time in which a large key is.
const WORK_OF_PRIVATE_KEY: usize = 32 << 20;
/// The same for a certificate's key.
const WORK_OF_KEY: usize = 8 << 20;
/// The same for signing a certificate.
const WORK_OF_SIGNATURE: usize = 1 << 20;

/// Bits of the keys of certificates.
const CERTIFICATE_BITS: u32 = 2048;
/// Bits of the keys of `genPrivateKey`.
const PRIVATE_KEY_BITS: u32 = 4096;

fn private_key(interp: &mut dyn Interp, args: &[Value]) -> Answer {
    let kind = args.bytes(0);
    let fixed = match kind {
        b"" | b"rsa" => fixed::RSA_4096,
        b"dsa" => fixed::DSA,
        b"ecdsa" => fixed::ECDSA,
        b"ed25519" => fixed::ED25519,
        _ => return Ok(Value::string([b"Unknown type ", kind].concat())),
    };
    if host(interp)?.world.fixed_keys {
        return Ok(fixed.into());
    }
    limits::work(WORK_OF_PRIVATE_KEY);
    let mut random = Generator::new(random_bytes(interp)?);
    let text = match kind {
        b"dsa" => dsa::generate(&mut random).map(|key| pem::encode("DSA PRIVATE KEY", &key)),
        b"ecdsa" => PrivateKey::new_ec(&mut random).to_pem(),
        b"ed25519" => PrivateKey::new_ed25519(&mut random).to_pem(),
        _ => PrivateKey::new_rsa(PRIVATE_KEY_BITS, &mut random).and_then(|key| key.to_pem()),
    };
    // Sprig gives the error in place of the key.
    Ok(text.unwrap_or_else(|e| format!("failed to generate private key: {e}")).into())
}

/// The key of a new certificate.
fn new_key(interp: &dyn Interp) -> Result<PrivateKey, FuncError> {
    limits::work(WORK_OF_SIGNATURE);
    if host(interp)?.world.fixed_keys {
        return PrivateKey::parse(fixed::RSA_2048.as_bytes()).map_err(FuncError::new);
    }
    limits::work(WORK_OF_KEY);
    let key = PrivateKey::new_rsa(CERTIFICATE_BITS, &mut Generator::new(random_bytes(interp)?));
    key.map_err(|e| failed("error generating rsa key", &e))
}

/// A key out of a template.
fn given_key(text: &[u8]) -> Result<PrivateKey, FuncError> {
    PrivateKey::parse(text).map_err(|e| failed("parsing private key", &e))
}

/// Sprig formats the errors it passes on and does not wrap them.
fn failed(what: &str, why: &dyn Display) -> FuncError {
    FuncError::new(format!("{what}: {why}"))
}

/// Sprig's `certificate` of two texts.
fn pair(certificate: impl Into<Str>, key: impl Into<Str>) -> Value {
    let fields = vec![Value::String(certificate.into()), Value::String(key.into())];
    Value::Object(Rc::new(Struct::new(&CERTIFICATE_TYPE, fields)))
}

fn authority(interp: &dyn Interp, args: &[Value], key: &PrivateKey) -> Answer {
    let template = Template { is_authority: true, ..template(interp, args.bytes(0), &[], args.int(1))? };
    issue(&template, key, None, key)
}

fn self_signed(interp: &dyn Interp, args: &[Value], key: &PrivateKey) -> Answer {
    let template = template(interp, args.bytes(0), args.rest(1), args.int(3))?;
    issue(&template, key, None, key)
}

fn signed(interp: &dyn Interp, args: &[Value], key: &PrivateKey) -> Answer {
    let fields = match args.any(4) {
        Value::Object(authority) => authority.field_values(),
        _ => Vec::new(),
    };
    let (certificate, signer) = (fields.bytes(0), fields.bytes(1));
    let block = pem::decode(certificate).ok_or_else(|| FuncError::new("unable to decode certificate"))?;
    let issuer = parsed(&block.bytes)?;
    let signer = PrivateKey::parse(signer).map_err(|e| failed("error parsing private key", &e))?;
    let template = template(interp, args.bytes(0), args.rest(1), args.int(3))?;
    issue(&template, key, Some(&issuer), &signer)
}

fn parsed(bytes: &[u8]) -> Result<Certificate, FuncError> {
    parse::certificate(bytes).map_err(|e| failed("error parsing certificate: decodedCert.Bytes", &e))
}

/// `getBaseCertTemplate`; `lists` begins with the addresses and the names.
fn template(interp: &dyn Interp, name: &[u8], lists: &[Value], days: i64) -> Result<Template, FuncError> {
    let items = |at: usize| lists.any(at).as_list().map(|list| list.items()).unwrap_or_default();
    let mut addresses = Vec::new();
    for item in items(0).iter() {
        let text = item.as_str().ok_or_else(|| not_a_string("error parsing ip", item))?;
        addresses.push(x509::address(text.as_bytes()).ok_or_else(|| failed("error parsing ip", text))?);
    }
    let mut names = Vec::new();
    for item in items(1).iter() {
        let text = item.as_str().ok_or_else(|| not_a_string("error processing alternate dns name", item))?;
        names.push(text.as_bytes().to_vec());
    }
    Ok(Template {
        common_name: name.to_vec(),
        addresses,
        names,
        serial: random_bytes(interp)?,
        now: host(interp)?.world.now(),
        days,
        is_authority: false,
    })
}

fn not_a_string(what: &str, item: &Value) -> FuncError {
    let text = sprintf(b"%v", std::slice::from_ref(item));
    FuncError::new(format!("{what}: {} is not a string", String::from_utf8_lossy(&text)))
}

/// `getCertAndKey`.
fn issue(template: &Template, key: &PrivateKey, issuer: Option<&Certificate>, signer: &PrivateKey) -> Answer {
    let failed = |e| failed("error creating certificate", &e);
    let public_key = key.public().map_err(failed)?;
    let certificate = x509::create(template, issuer, &public_key, signer).map_err(failed)?;
    Ok(pair(pem::encode("CERTIFICATE", &certificate), key.to_pem().map_err(failed)?))
}

fn build_custom(args: &[Value]) -> Answer {
    let decoded = |at: usize, what: &str| {
        base64::decode(args.bytes(at)).map_err(|_| FuncError::new(format!("unable to decode base64 {what}")))
    };
    let (certificate, key) = (decoded(0, "certificate")?, decoded(1, "private key")?);
    let block = pem::decode(&certificate).ok_or_else(|| FuncError::new("unable to decode certificate"))?;
    parsed(&block.bytes)?;
    PrivateKey::parse(&key).map_err(|e| failed("error parsing private key", &e))?;
    Ok(pair(certificate, key))
}
