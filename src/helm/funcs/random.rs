//! Random text, numbers and identifiers: `randAlphaNum`, `randInt`, `uuidv4` and their kin.
//!
//! Mirrors `strings.go`, `crypto.go` and `functions.go` of Sprig 3.3.0 and what they call in goutils and google/uuid. Every byte comes from the world's entropy; it does not know whether that is repeatable.

use crate::go::base64;
use crate::go::template::{FuncError, Function, Interp};
use crate::go::value::Value;

use super::call::{Answer, Args as _, INT, checked_size, plain};
use super::host;

pub(super) static FUNCTIONS: &[Function] = &[
    plain("randAlpha", &[INT], |interp, args| pick(interp, args, ALPHA)),
    plain("randAlphaNum", &[INT], |interp, args| pick(interp, args, ALPHA_NUMERIC)),
    plain("randAscii", &[INT], |interp, args| pick(interp, args, ASCII)),
    plain("randBytes", &[INT], rand_bytes),
    plain("randInt", &[INT, INT], rand_int),
    plain("randNumeric", &[INT], |interp, args| pick(interp, args, NUMERIC)),
    plain("uuidv4", &[], uuidv4),
];

const NUMERIC: &[u8] = b"0123456789";
const ALPHA: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const ALPHA_NUMERIC: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const ASCII: &[u8] =
    b" !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~";

/// The largest slice Go can be asked for, in bytes; what is larger panics before memory is the question.
const GO_MAX_ALLOCATION: u64 = 1 << 48;

/// Random bytes of the world.
pub(super) fn random_bytes<const N: usize>(interp: &dyn Interp) -> Result<[u8; N], FuncError> {
    let mut bytes = [0; N];
    fill(interp, &mut bytes)?;
    Ok(bytes)
}

fn fill(interp: &dyn Interp, buffer: &mut [u8]) -> Result<(), FuncError> {
    host(interp)?.world.entropy.borrow_mut().fill(buffer).map_err(FuncError::new)
}

/// `CryptoRandom`, of which Sprig drops the error: a negative length gives no text.
fn pick(interp: &mut dyn Interp, args: &[Value], alphabet: &[u8]) -> Answer {
    let Ok(count) = u64::try_from(args.int(0)) else { return Ok("".into()) };
    // Go holds the text as runes of four bytes until it is whole.
    if count > GO_MAX_ALLOCATION / 4 {
        return Err(slice_too_long());
    }
    let count = checked_size(usize::try_from(count).unwrap_or(usize::MAX), 1)?;
    // No alphabet here has more than 256 characters, so a byte decides one; those past the last whole multiple of the
    // alphabet's length are thrown away.
    let usable = 256 - 256 % alphabet.len();
    let mut text = Vec::with_capacity(count);
    let mut buffer = [0; 64];
    while text.len() < count {
        fill(interp, &mut buffer)?;
        let left = count - text.len();
        let chosen = buffer.iter().map(|byte| usize::from(*byte)).filter(|n| *n < usable);
        text.extend(chosen.filter_map(|n| alphabet.get(n % alphabet.len())).take(left));
    }
    Ok(Value::string(text))
}

fn rand_bytes(interp: &mut dyn Interp, args: &[Value]) -> Answer {
    let count =
        u64::try_from(args.int(0)).ok().filter(|count| *count <= GO_MAX_ALLOCATION).ok_or_else(slice_too_long)?;
    let mut bytes = vec![0; checked_size(usize::try_from(count).unwrap_or(usize::MAX), 1)?];
    fill(interp, &mut bytes)?;
    Ok(base64::encode(&bytes).into())
}

fn rand_int(interp: &mut dyn Interp, args: &[Value]) -> Answer {
    let (min, max) = (args.int(0), args.int(1));
    // Go's subtraction wraps around, and so do bounds that are too far apart.
    let Some(bound) = u64::try_from(max.wrapping_sub(min)).ok().filter(|bound| *bound > 0) else {
        return Err(FuncError::panic("invalid argument to Intn"));
    };
    let number = host(interp)?.world.entropy.borrow_mut().below(bound).map_err(FuncError::new)?;
    Ok(Value::int(min.wrapping_add(i64::try_from(number).unwrap_or_default())))
}

fn uuidv4(interp: &mut dyn Interp, _: &[Value]) -> Answer {
    let number = u128::from_be_bytes(random_bytes(interp)?);
    // RFC 9562: version 4, variant 0b10.
    let number = number & !(0xf << 76 | 0b11 << 62) | 0x4 << 76 | 0b10 << 62;
    let hex = format!("{number:032x}");
    let groups = [0..8, 8..12, 12..16, 16..20, 20..32].map(|range| hex.get(range).unwrap_or_default());
    Ok(groups.join("-").into())
}

fn slice_too_long() -> FuncError {
    FuncError::panic("runtime error: makeslice: len out of range")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::testing::{fails, run, system, text, with};
    use super::*;

    #[test]
    fn alphabets_and_lengths() {
        for (name, alphabet) in
            [("randAlpha", ALPHA), ("randAlphaNum", ALPHA_NUMERIC), ("randAscii", ASCII), ("randNumeric", NUMERIC)]
        {
            let out = text(&run(name, &[Value::int(5000)]));
            assert_eq!(out.len(), 5000, "{name}");
            let seen: BTreeSet<u8> = out.bytes().collect();
            assert_eq!(seen, alphabet.iter().copied().collect(), "{name}");
            assert_eq!(text(&run(name, &[Value::int(0)])), "");
            assert_eq!(text(&run(name, &[Value::int(-3)])), "");
            assert_eq!(fails(name, &[Value::int(i64::MAX)]), "runtime error: makeslice: len out of range");
            assert!(fails(name, &[Value::int(1 << 40)]).starts_with("the result would be larger than"));
        }
    }

    #[test]
    fn a_seed_repeats_and_another_does_not() {
        let tokens = |seed| with(seed, "randAlphaNum", &[Value::int(40)]).map(|v| text(&v));
        assert_eq!(tokens(7), tokens(7));
        assert_ne!(tokens(7), tokens(8));
        let twice = [(); 2].map(|()| text(&system("randAlphaNum", &[Value::int(40)])));
        assert_ne!(twice[0], twice[1]);
    }

    #[test]
    fn bytes() {
        for (count, encoded) in [(0, 0), (1, 4), (32, 44)] {
            let out = text(&run("randBytes", &[Value::int(count)]));
            assert_eq!(out.len(), encoded);
            assert_eq!(base64::decode(out.as_bytes()).map(|b| b.len()), Ok(usize::try_from(count).unwrap()));
        }
        assert_eq!(fails("randBytes", &[Value::int(-1)]), "runtime error: makeslice: len out of range");
    }

    #[test]
    fn numbers_reach_both_ends_and_stay_inside() {
        let seen: BTreeSet<String> =
            (0..200).map(|seed| text(&with(seed, "randInt", &[Value::int(-1), Value::int(2)]).unwrap())).collect();
        assert_eq!(seen, ["-1", "0", "1"].map(String::from).into());
        for (min, max) in [(5, 5), (5, 4), (-i64::MAX, i64::MAX)] {
            assert_eq!(fails("randInt", &[Value::int(min), Value::int(max)]), "invalid argument to Intn");
        }
    }

    #[test]
    fn identifiers_have_the_form_of_version_4() {
        for _ in 0..20 {
            let id = text(&system("uuidv4", &[]));
            assert_eq!(id.len(), 36);
            for (at, byte) in id.bytes().enumerate() {
                match at {
                    8 | 13 | 18 | 23 => assert_eq!(byte, b'-', "{id}"),
                    14 => assert_eq!(byte, b'4', "{id}"),
                    19 => assert!(b"89ab".contains(&byte), "{id}"),
                    _ => assert!(byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte), "{id}"),
                }
            }
        }
    }
}
