//! JSON, TOML, base 64 and 32, and checksums.
//!
//! Mirrors the JSON and TOML functions of `pkg/engine/funcs.go`, which hide Sprig's of the same name, and of Sprig
//! `defaults.go` (the other JSON functions), `strings.go` (`b64enc` and kin) and the sums of `crypto.go`.

use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

use super::call::{ANY, Answer, Args, STRING, plain};
use super::dates;
use crate::go::template::{FuncError, Function};
use crate::go::value::{List, Map, SLICE, Value};
use crate::go::{base32, base64, json, toml};

pub(super) static FUNCTIONS: &[Function] = &[
    plain("toJson", &[ANY], |_, a| Ok(Value::string(json::marshal(a.any(0)).unwrap_or_default()))),
    // Sprig returns the error, Helm 4 panics with it; the template fails with the same words.
    plain("mustToJson", &[ANY], |_, a| text_or_error(json::marshal(a.any(0)))),
    plain("toPrettyJson", &[ANY], |_, a| Ok(Value::string(pretty(a.any(0)).unwrap_or_default()))),
    plain("mustToPrettyJson", &[ANY], |_, a| text_or_error(pretty(a.any(0)))),
    plain("toRawJson", &[ANY], |_, a| match json::marshal_raw(a.any(0)) {
        Ok(text) => Ok(Value::string(text)),
        Err(error) => Err(FuncError::panic(error.to_string())),
    }),
    plain("mustToRawJson", &[ANY], |_, a| text_or_error(json::marshal_raw(a.any(0)))),
    plain("fromJson", &[STRING], |_, a| Ok(from_json(a.bytes(0)).into())),
    plain("fromJsonArray", &[STRING], |_, a| Ok(from_json_array(a.bytes(0)).into())),
    plain("mustFromJson", &[STRING], |_, a| {
        json::unmarshal(a.bytes(0)).map_err(|error| FuncError::new(error.to_string()))
    }),
    plain("toToml", &[ANY], |_, a| match toml::encode(a.any(0)) {
        Ok(text) => Ok(Value::string(text)),
        Err(toml::Error::Panic(text)) => Err(FuncError::panic(text)),
        // Helm gives the error's text for the document's.
        Err(error) => Ok(Value::string(error.to_string())),
    }),
    plain("mustToToml", &[ANY], |_, a| {
        toml::encode(a.any(0)).map(Value::string).map_err(|error| FuncError::panic(error.to_string()))
    }),
    plain("fromToml", &[STRING], |interp, a| {
        let now = dates::now(interp)?;
        match toml::decode(a.bytes(0), now.zone_now().1) {
            Ok(map) => Ok(map.into()),
            Err(toml::Error::Panic(text)) => Err(FuncError::panic(text)),
            Err(error) => Ok(Map::default().with("Error", error.to_string()).into()),
        }
    }),
    plain("b64enc", &[STRING], |_, a| Ok(Value::string(base64::encode(a.bytes(0))))),
    plain("b64dec", &[STRING], |_, a| Ok(bytes_or_text(base64::decode(a.bytes(0))))),
    plain("b32enc", &[STRING], |_, a| Ok(Value::string(base32::encode(a.bytes(0))))),
    plain("b32dec", &[STRING], |_, a| Ok(bytes_or_text(base32::decode(a.bytes(0))))),
    plain("adler32sum", &[STRING], |_, a| Ok(Value::string(adler32(a.bytes(0)).to_string()))),
    plain("sha1sum", &[STRING], |_, a| Ok(hex_digest::<Sha1>(a.bytes(0)))),
    plain("sha256sum", &[STRING], |_, a| Ok(hex_digest::<Sha256>(a.bytes(0)))),
    plain("sha512sum", &[STRING], |_, a| Ok(hex_digest::<Sha512>(a.bytes(0)))),
];

fn text_or_error(text: Result<Vec<u8>, json::Error>) -> Answer {
    text.map(Value::string).map_err(|error| FuncError::new(error.to_string()))
}

fn pretty(value: &Value) -> Result<Vec<u8>, json::Error> {
    json::marshal_indent(value, "", "  ")
}

/// The map, with the error in it under `Error`.
fn from_json(text: &[u8]) -> Map {
    let (map, error) = json::unmarshal_map(text);
    match error {
        Some(error) => map.with("Error", error.to_string()),
        None => map,
    }
}

/// The list, or one with nothing but the error.
fn from_json_array(text: &[u8]) -> List {
    let (list, error) = json::unmarshal_list(text);
    match error {
        Some(error) => List::new(&SLICE, vec![error.to_string().into()]),
        None => list,
    }
}

/// What was decoded; Sprig gives the error's text in its place.
fn bytes_or_text(decoded: Result<Vec<u8>, impl std::fmt::Display>) -> Value {
    match decoded {
        Ok(bytes) => Value::string(bytes),
        Err(error) => Value::string(error.to_string()),
    }
}

fn hex_digest<D: Digest>(text: &[u8]) -> Value {
    let digest = D::digest(text);
    let mut hex = String::with_capacity(digest.len() * 2);
    for byte in digest.iter() {
        for digit in [byte >> 4, byte & 0xf] {
            hex.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
        }
    }
    Value::string(hex)
}

fn adler32(text: &[u8]) -> u32 {
    const MODULUS: u32 = 65_521;
    // So many bytes cannot overflow the sums before they are reduced.
    const CHUNK: usize = 5552;
    let (mut a, mut b) = (1, 0);
    for chunk in text.chunks(CHUNK) {
        for &byte in chunk {
            a += u32::from(byte);
            b += a;
        }
        a %= MODULUS;
        b %= MODULUS;
    }
    b << 16 | a
}
