//! What a scalar means: YAML 1.1 as go-yaml reads it.
//!
//! Mirrors `resolve.go` of `go.yaml.in/yaml/v2`. Version 3 differs only in that `y`, `yes`, `on` and their like are texts.

use std::borrow::Cow;

use super::error::Error;
use super::parse::TAG_PREFIX;
use super::timestamp::is_timestamp;
use crate::go::base64;
use crate::go::strconv;

/// The meaning of a scalar.
#[derive(Clone, Debug, PartialEq)]
pub enum Scalar<'t> {
    /// Null.
    Null,
    /// A bool.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// An integer that is too large for the other.
    Uint(u64),
    /// A float, an infinity or NaN.
    Float(f64),
    /// A text; also a timestamp, and what a tag unknown to go-yaml stands before.
    Text(Cow<'t, [u8]>),
}

/// What a plain text looks like.
#[derive(Clone, Copy, PartialEq)]
enum Look {
    Null,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Float(f64),
    Timestamp,
    Text,
}

impl Look {
    fn tag(self) -> &'static str {
        match self {
            Look::Null => "!!null",
            Look::Bool(_) => "!!bool",
            Look::Int(_) | Look::Uint(_) => "!!int",
            Look::Float(_) => "!!float",
            Look::Timestamp => "!!timestamp",
            Look::Text => "!!str",
        }
    }

    fn into_scalar(self, text: &[u8]) -> Scalar<'_> {
        match self {
            Look::Null => Scalar::Null,
            Look::Bool(b) => Scalar::Bool(b),
            Look::Int(n) => Scalar::Int(n),
            Look::Uint(n) => Scalar::Uint(n),
            Look::Float(f) => Scalar::Float(f),
            Look::Timestamp | Look::Text => Scalar::Text(Cow::Borrowed(text)),
        }
    }
}

/// The meaning of a text with a tag, which go-yaml follows only where the text agrees.
pub(super) fn resolve<'t>(tag: Option<&[u8]>, plain: bool, text: &'t [u8]) -> Result<Scalar<'t>, Error> {
    let Some(tag) = tag else {
        return Ok(if plain { look(text, true).into_scalar(text) } else { Scalar::Text(Cow::Borrowed(text)) });
    };
    let name = tag.strip_prefix(TAG_PREFIX).unwrap_or(b"");
    match name {
        b"binary" => {
            let data = base64::decode(text).map_err(|_| Error::yaml("!!binary value contains invalid base64 data"))?;
            return Ok(Scalar::Text(Cow::Owned(data)));
        }
        b"bool" | b"int" | b"float" | b"null" | b"timestamp" => {}
        _ => return Ok(Scalar::Text(Cow::Borrowed(text))),
    }
    let look = look(text, name == b"timestamp");
    let want = format!("!!{}", String::from_utf8_lossy(name));
    match look {
        Look::Int(n) if name == b"float" => {
            #[expect(clippy::cast_precision_loss, reason = "what Go's float64(n) does")]
            return Ok(Scalar::Float(n as f64));
        }
        look if look.tag() == want => Ok(look.into_scalar(text)),
        look => {
            let text = String::from_utf8_lossy(text);
            Err(Error::yaml(format_args!("cannot decode {} `{text}` as a {want}", look.tag())))
        }
    }
}

fn look(text: &[u8], timestamps: bool) -> Look {
    let Some(first) = text.first() else { return Look::Null };
    match first {
        b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' | b'~' => look_of_word(text),
        b'.' => match text {
            b".nan" | b".NaN" | b".NAN" => Look::Float(f64::NAN),
            b".inf" | b".Inf" | b".INF" => Look::Float(f64::INFINITY),
            _ => strconv::parse_float(text, 64).map_or(Look::Text, Look::Float),
        },
        b'+' | b'-' | b'0'..=b'9' => look_of_number(text, timestamps),
        _ => Look::Text,
    }
}

fn look_of_word(text: &[u8]) -> Look {
    match text {
        b"y" | b"Y" | b"yes" | b"Yes" | b"YES" | b"true" | b"True" | b"TRUE" | b"on" | b"On" | b"ON" => {
            Look::Bool(true)
        }
        b"n" | b"N" | b"no" | b"No" | b"NO" | b"false" | b"False" | b"FALSE" | b"off" | b"Off" | b"OFF" => {
            Look::Bool(false)
        }
        b"~" | b"null" | b"Null" | b"NULL" => Look::Null,
        _ => Look::Text,
    }
}

fn look_of_number(text: &[u8], timestamps: bool) -> Look {
    match text {
        b"+.inf" | b"+.Inf" | b"+.INF" => return Look::Float(f64::INFINITY),
        b"-.inf" | b"-.Inf" | b"-.INF" => return Look::Float(f64::NEG_INFINITY),
        _ => {}
    }
    if timestamps && is_timestamp(text) {
        return Look::Timestamp;
    }
    let plain: Cow<'_, [u8]> = if text.contains(&b'_') {
        text.iter().copied().filter(|byte| *byte != b'_').collect()
    } else {
        Cow::Borrowed(text)
    };
    integer(&plain)
        .or_else(|| decimal(&plain).map(Look::Float))
        .or_else(|| odd_binary(&plain).map(Look::Int))
        .unwrap_or(Look::Text)
}

/// With a sign, and with the prefixes `0x`, `0o`, `0b` and `0`.
fn integer(text: &[u8]) -> Option<Look> {
    // What is no number at all is far more common than what does not fit.
    if !text.last().is_some_and(u8::is_ascii_hexdigit) {
        return None;
    }
    match strconv::parse_int(text, 0, 64) {
        Ok(n) => Some(Look::Int(n)),
        Err(error) if error.cause == strconv::Cause::Range => strconv::parse_uint(text, 0, 64).ok().map(Look::Uint),
        Err(_) => None,
    }
}

/// A float without the words and hexadecimal digits that Go would accept as well.
fn decimal(text: &[u8]) -> Option<f64> {
    let mut seen = text.iter().skip(1).filter(|byte| !matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'));
    if seen.next().is_some() {
        return None;
    }
    strconv::parse_float(text, 64).ok()
}

/// What go-yaml tries last, for a text beginning with `0b`: there may be a sign behind the prefix.
fn odd_binary(text: &[u8]) -> Option<i64> {
    let digits = text.strip_prefix(b"0b")?;
    strconv::parse_int(digits, 2, 64).ok()
}

/// What only YAML 1.1 takes for a bool; go-yaml 3 reads it as a text and still quotes it.
pub(super) fn is_old_bool(text: &[u8]) -> bool {
    !matches!(text.first(), Some(b't' | b'T' | b'f' | b'F')) && matches!(look_of_word(text), Look::Bool(_))
}

/// Whether a text, written plainly, would be read as this text again and not as something else.
pub(super) fn reads_as_text(text: &[u8]) -> bool {
    look(text, true) == Look::Text && !is_base_60(text)
}

/// YAML 1.1 has numbers such as `1:30:00`; go-yaml does not read them, but quotes them for those who do.
fn is_base_60(text: &[u8]) -> bool {
    let text = text.strip_prefix(b"+").or_else(|| text.strip_prefix(b"-")).unwrap_or(text);
    let mut parts = text.split(|byte| *byte == b':');
    let head = parts.next().unwrap_or_default();
    if !head.first().is_some_and(u8::is_ascii_digit) || !head.iter().all(|byte| byte.is_ascii_digit() || *byte == b'_')
    {
        return false;
    }
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return false;
    }
    while let Some(part) = parts.next() {
        let dot = part.iter().position(|byte| *byte == b'.').filter(|_| parts.peek().is_none());
        let (digits, fraction) = part.split_at(dot.unwrap_or(part.len()));
        let sixtieth = matches!(digits, [b'0'..=b'9'] | [b'0'..=b'5', b'0'..=b'9']);
        let rest = fraction.get(1..).unwrap_or_default();
        if !sixtieth || !rest.iter().all(|byte| byte.is_ascii_digit() || *byte == b'_') {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_scalars() {
        let check = |text: &str, want: Scalar<'_>| {
            assert_eq!(resolve(None, true, text.as_bytes()), Ok(want), "{text}");
        };
        for text in ["", "~", "null", "Null", "NULL"] {
            check(text, Scalar::Null);
        }
        for text in ["y", "Yes", "on", "TRUE"] {
            check(text, Scalar::Bool(true));
        }
        check("1_000", Scalar::Int(1000));
        check("1e3", Scalar::Float(1000.0));
        check("08", Scalar::Float(8.0));
        check("1:30", Scalar::Text(b"1:30".into()));
        check("2001-01-01", Scalar::Text(b"2001-01-01".into()));
        check("<<", Scalar::Text(b"<<".into()));
        check("0b-1", Scalar::Int(-1));
        check("yEs", Scalar::Text(b"yEs".into()));
        check(".inf", Scalar::Float(f64::INFINITY));
    }

    #[test]
    fn base_60() {
        for yes in ["1:30", "+12:30:45", "1_0:05.5_", "-1:2.", "190:20:30"] {
            assert!(is_base_60(yes.as_bytes()), "{yes}");
        }
        for no in ["1:60", "1:", "a:1", "1:2.3:4", ":1", "_1:2", "1", "1:123"] {
            assert!(!is_base_60(no.as_bytes()), "{no}");
        }
    }
}
