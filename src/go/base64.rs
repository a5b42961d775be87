//! `base64.StdEncoding`: what it accepts (line breaks anywhere, stray bits before the padding) and how it complains.
//!
//! Mirrors `encoding/base64` of Go 1.26.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// `base64.CorruptInputError`: the place of the byte that cannot be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CorruptInput(pub usize);

impl fmt::Display for CorruptInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "illegal base64 data at input byte {}", self.0)
    }
}

impl std::error::Error for CorruptInput {}

/// `EncodeToString`.
pub fn encode(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// `DecodedLen`: the size of the buffer Go decodes into.
pub fn decoded_len(encoded: usize) -> usize {
    encoded / 4 * 3
}

/// `DecodeString`.
///
/// # Errors
/// Go's, with Go's count of the byte.
pub fn decode(text: &[u8]) -> Result<Vec<u8>, CorruptInput> {
    // Clean text, the usual case, needs none of Go's rules.
    if let Ok(bytes) = STANDARD.decode(text) {
        return Ok(bytes);
    }
    let mut out = Vec::with_capacity(decoded_len(text.len()));
    let mut at = 0;
    while at < text.len() {
        at = decode_quantum(text, at, &mut out)?;
    }
    Ok(out)
}

/// Decodes up to four characters from `start` on and gives the place after them.
fn decode_quantum(text: &[u8], start: usize, out: &mut Vec<u8>) -> Result<usize, CorruptInput> {
    let mut at = start;
    let mut bits: u32 = 0;
    let mut digits = 0;
    while digits < 4 {
        let Some(&byte) = text.get(at) else {
            // Go subtracts the digits and not the line breaks between them.
            return if digits == 0 { Ok(at) } else { Err(CorruptInput(at - digits)) };
        };
        at += 1;
        if let Some(digit) = digit(byte) {
            bits = bits << 6 | digit;
            digits += 1;
            continue;
        }
        match byte {
            b'\n' | b'\r' => continue,
            b'=' if digits >= 2 => {}
            _ => return Err(CorruptInput(at - 1)),
        }
        if digits == 2 {
            at = skip_line_breaks(text, at);
            match text.get(at) {
                None => return Err(CorruptInput(text.len())),
                Some(b'=') => at += 1,
                Some(_) => return Err(CorruptInput(at - 1)),
            }
        }
        at = skip_line_breaks(text, at);
        if at < text.len() {
            return Err(CorruptInput(at));
        }
        break;
    }
    let [_, a, b, c] = (bits << (6 * (4 - digits))).to_be_bytes();
    out.extend([a, b, c].iter().take(digits - 1));
    Ok(at)
}

fn skip_line_breaks(text: &[u8], mut at: usize) -> usize {
    while matches!(text.get(at), Some(b'\n' | b'\r')) {
        at += 1;
    }
    at
}

fn digit(byte: u8) -> Option<u32> {
    Some(u32::from(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_and_complains_as_go_does() {
        // Answers of base64.StdEncoding.DecodeString.
        for (text, want) in [
            ("", Ok("")),
            ("aGVsbG8=", Ok("hello")),
            ("aGVs\r\nbG8=\n", Ok("hello")),
            ("aGVsbG9=", Ok("hello")),
            ("aGVsbG8", Err(4)),
            ("a", Err(0)),
            ("aGVsbA=", Err(7)),
            ("aGVsbA=x", Err(6)),
            ("aGVsbA=\n=\n", Ok("hell")),
            ("aGVsbA==x", Err(8)),
            ("=", Err(0)),
            ("aGVs bG8=", Err(4)),
            ("aGVsb\nG8", Err(5)),
            ("\n", Ok("")),
            ("-_-_", Err(0)),
        ] {
            assert_eq!(decode(text.as_bytes()), want.map(|s| s.as_bytes().to_vec()).map_err(CorruptInput), "{text:?}");
        }
    }
}
