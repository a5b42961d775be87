//! Percent-encoding, which depends on the part of the URL.

use super::Problem;
use crate::go::strconv::quote;

/// The part of a URL a text is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The path as a whole.
    Path,
    /// One element of the path.
    PathSegment,
    /// The host.
    Host,
    /// The zone of an IPv6 address.
    Zone,
    /// User name or password.
    UserPassword,
    /// A key or a value of the query.
    QueryComponent,
    /// The fragment.
    Fragment,
}

/// Whether a byte must be encoded in a part, as Go sees RFC 3986.
pub(super) fn should_escape(byte: u8, part: Part) -> bool {
    match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => false,
        b'!' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*' | b'+' | b',' | b';' | b'=' | b':' | b'[' | b']' | b'<'
        | b'>' | b'"'
            if matches!(part, Part::Host | Part::Zone) =>
        {
            false
        }
        b'$' | b'&' | b'+' | b',' | b'/' | b':' | b';' | b'=' | b'?' | b'@' => match part {
            Part::Path => byte == b'?',
            Part::PathSegment => matches!(byte, b'/' | b';' | b',' | b'?'),
            Part::UserPassword => matches!(byte, b'@' | b'/' | b'?' | b':'),
            Part::Fragment => false,
            Part::QueryComponent | Part::Host | Part::Zone => true,
        },
        b'!' | b'(' | b')' | b'*' => part != Part::Fragment,
        _ => true,
    }
}

/// `QueryEscape`, `PathEscape` and what `String` does with the parts.
pub fn escape(text: &[u8], part: Part) -> Vec<u8> {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let digit = |value: u8| HEX.get(usize::from(value)).copied().unwrap_or(b'0');
    let mut out = Vec::with_capacity(text.len());
    for &byte in text {
        if byte == b' ' && part == Part::QueryComponent {
            out.push(b'+');
        } else if should_escape(byte, part) {
            out.extend_from_slice(&[b'%', digit(byte >> 4), digit(byte & 15)]);
        } else {
            out.push(byte);
        }
    }
    out
}

/// `QueryUnescape`, `PathUnescape` and what `Parse` does with the parts.
///
/// # Errors
/// For an escape that is none, and for what a host cannot have.
pub fn unescape(text: &[u8], part: Part) -> Result<Vec<u8>, Problem> {
    let in_host = matches!(part, Part::Host | Part::Zone);
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, after)) = rest.split_first() {
        match byte {
            b'%' => {
                let bad = || Problem(format!("invalid URL escape {}", quote(rest.get(..3).unwrap_or(rest))));
                let value = after.split_first_chunk::<2>().and_then(|([high, low], _)| hex(*high).zip(hex(*low)));
                let (high, low) = value.ok_or_else(bad)?;
                let value = high << 4 | low;
                let allowed = match part {
                    Part::Host => high >= 8 || value == b'%',
                    Part::Zone => value == b'%' || value == b' ' || !should_escape(value, Part::Host),
                    _ => true,
                };
                if !allowed {
                    return Err(bad());
                }
                out.push(value);
                rest = after.get(2..).unwrap_or_default();
            }
            b'+' if part == Part::QueryComponent => {
                out.push(b' ');
                rest = after;
            }
            _ => {
                if in_host && byte < 0x80 && should_escape(byte, part) {
                    return Err(Problem(format!("invalid character {} in host name", quote(&[byte]))));
                }
                out.push(byte);
                rest = after;
            }
        }
    }
    Ok(out)
}

fn hex(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}
