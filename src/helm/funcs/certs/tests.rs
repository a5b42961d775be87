//! Properties of what is generated, and keys and certificates that Go made.

use std::time::Instant;

use crate::go::value::Value;

use super::super::testing::{fails, run, system, text};
use super::key::PublicKey;
use super::*;

/// Certificate and key of a result.
fn parts(value: &Value) -> (String, String) {
    let Value::Object(object) = value else { panic!("{value:?}") };
    assert_eq!(object.ty().name, "sprig.certificate");
    let fields: Vec<String> = object.field_values().iter().map(text).collect();
    (fields[0].clone(), fields[1].clone())
}

fn read(pem: &str) -> Certificate {
    let block = pem::decode(pem.as_bytes()).unwrap();
    assert_eq!(block.label, b"CERTIFICATE");
    parse::certificate(&block.bytes).unwrap()
}

fn strings(items: &[&str]) -> Value {
    Value::list(items.iter().map(|item| Value::from(*item)).collect())
}

#[test]
fn keys_of_every_kind_are_read_back() {
    for (kind, label) in [
        ("rsa", "RSA PRIVATE KEY"),
        ("dsa", "DSA PRIVATE KEY"),
        ("ecdsa", "EC PRIVATE KEY"),
        ("ed25519", "PRIVATE KEY"),
    ] {
        for (world, key) in
            [("fixed", run("genPrivateKey", &[kind.into()])), ("real", system("genPrivateKey", &[kind.into()]))]
        {
            let pem = text(&key);
            assert!(pem.starts_with(&format!("-----BEGIN {label}-----\n")), "{world} {kind}: {pem}");
            let key = PrivateKey::parse(pem.as_bytes()).unwrap_or_else(|e| panic!("{world} {kind}: {e}"));
            if kind != "dsa" {
                assert_eq!(key.to_pem().as_deref(), Ok(pem.as_str()), "{world} {kind}");
                assert!(key.sign(b"message").is_ok());
            }
        }
    }
    let size = |key: &Value| match PrivateKey::parse(text(key).as_bytes()).unwrap().public().unwrap() {
        PublicKey::Rsa(modulus, exponent) => (modulus.len() * 8, exponent),
        other => panic!("{other:?}"),
    };
    assert_eq!(size(&system("genPrivateKey", &["".into()])), (4096, 65537));
    assert_eq!(size(&parts(&system("genCA", &["x".into(), Value::int(1)])).1.into()), (2048, 65537));
    assert_eq!(text(&run("genPrivateKey", &["x".into()])), "Unknown type x");
}

#[test]
fn certificates_belong_to_their_keys_and_issuers() {
    let authority = run("genCA", &["ca".into(), Value::int(365)]);
    let (ca, ca_key) = parts(&authority);
    let leaf_key = text(&run("genPrivateKey", &["ecdsa".into()]));
    let leaf = run(
        "genSignedCertWithKey",
        &[
            "leaf".into(),
            strings(&["10.0.0.1", "::1"]),
            strings(&["a.example"]),
            Value::int(30),
            authority.clone(),
            leaf_key.as_str().into(),
        ],
    );
    let (cert, key) = parts(&leaf);
    assert_eq!(key, leaf_key);
    let ca = read(&ca);
    assert_eq!(ca.key_id.len(), 20);
    assert_eq!(ca.public_key, PrivateKey::parse(ca_key.as_bytes()).unwrap().public().ok());
    let leaf = read(&cert);
    assert_eq!(leaf.public_key, PrivateKey::parse(key.as_bytes()).unwrap().public().ok());
    assert!(leaf.key_id.is_empty());
    // The same world gives the same certificate, whose key is not the authority's.
    assert_eq!(parts(&run("genCA", &["ca".into(), Value::int(365)])).1, ca_key);
    let mismatch = pair(cert.as_str(), ca_key.as_str());
    let args = ["x".into(), Value::Nil, Value::Nil, Value::int(1), mismatch];
    assert_eq!(
        fails("genSignedCert", &args),
        "error creating certificate: x509: provided PrivateKey doesn't match parent's PublicKey"
    );
}

#[test]
fn a_custom_certificate_keeps_its_texts() {
    let (cert, key) = parts(&run("genSelfSignedCert", &["x".into(), Value::Nil, Value::Nil, Value::int(1)]));
    let encoded = [&cert, &key].map(|text| Value::from(base64::encode(text.as_bytes())));
    assert_eq!(parts(&run("buildCustomCert", &encoded)), (cert, key));
}

#[test]
fn fixed_worlds_do_not_wait_for_keys() {
    let start = Instant::now();
    for _ in 0..4 {
        run("genCA", &["x".into(), Value::int(1)]);
        run("genPrivateKey", &["rsa".into()]);
        run("genPrivateKey", &["dsa".into()]);
    }
    // Generating would take tens of seconds in a build for development.
    assert!(start.elapsed().as_secs() < 2, "{:?}", start.elapsed());
}
