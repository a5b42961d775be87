//! `base32.StdEncoding`: what it accepts (line breaks anywhere, text behind the padding) and how it complains.
//!
//! Mirrors `encoding/base32` of Go 1.26.

use std::fmt;

const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// `base32.CorruptInputError`: the place, line breaks not counted, of the byte that cannot be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CorruptInput(pub usize);

impl fmt::Display for CorruptInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "illegal base32 data at input byte {}", self.0)
    }
}

impl std::error::Error for CorruptInput {}

/// `EncodeToString`.
pub fn encode(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(5) * 8);
    for chunk in bytes.chunks(5) {
        let bits = chunk.iter().fold(0_u64, |bits, &b| bits << 8 | u64::from(b)) << (8 * (5 - chunk.len()));
        let digits = (chunk.len() * 8).div_ceil(5);
        for place in 0..8 {
            let digit = (bits >> (35 - 5 * place)) & 31;
            let letter = ALPHABET.get(digit as usize).copied().unwrap_or(b'=');
            out.push(if place < digits { char::from(letter) } else { '=' });
        }
    }
    out
}

/// `DecodeString`.
///
/// # Errors
/// Go's, with Go's count of the byte.
pub fn decode(text: &[u8]) -> Result<Vec<u8>, CorruptInput> {
    let text: Vec<u8> = text.iter().copied().filter(|c| !matches!(c, b'\r' | b'\n')).collect();
    let mut out = Vec::with_capacity(text.len() / 8 * 5);
    let mut at = 0;
    while at < text.len() {
        let (mut bits, mut digits) = (0_u64, 0);
        while digits < 8 {
            let Some(&c) = text.get(at) else { return Err(CorruptInput(text.len() - digits)) };
            at += 1;
            let left = text.len() - at;
            if c == b'=' && digits >= 2 && left < 8 {
                check_padding(text.get(at..).unwrap_or_default(), digits, text.len())?;
                push_bytes(&mut out, bits << (5 * (8 - digits)), digits * 5 / 8);
                // What follows the padding is not looked at.
                return Ok(out);
            }
            let digit = match c {
                b'A'..=b'Z' => c - b'A',
                b'2'..=b'7' => c - b'2' + 26,
                _ => return Err(CorruptInput(at - 1)),
            };
            bits = bits << 5 | u64::from(digit);
            digits += 1;
        }
        push_bytes(&mut out, bits, 5);
    }
    Ok(out)
}

/// What follows the first padding character, after so many digits of the last group.
fn check_padding(rest: &[u8], digits: usize, length: usize) -> Result<(), CorruptInput> {
    if rest.len() + digits < 7 {
        return Err(CorruptInput(length));
    }
    let at = length - rest.len();
    match rest.iter().take(7 - digits).position(|&c| c != b'=') {
        Some(wrong) => Err(CorruptInput(at + wrong - 1)),
        // So many digits hold no whole number of bytes.
        None if matches!(digits, 3 | 6) => Err(CorruptInput(at - 1)),
        None => Ok(()),
    }
}

fn push_bytes(out: &mut Vec<u8>, forty_bits: u64, count: usize) {
    let [_, _, _, bytes @ ..] = forty_bits.to_be_bytes();
    out.extend(bytes.iter().take(count));
}
