//! What `encoding/json` complains of.

use std::fmt;

use crate::go::strconv::quote;
use crate::go::utf8;

/// An error of `encoding/json`; its text is Go's.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// A type JSON cannot express.
    UnsupportedType(&'static str),
    /// A value JSON cannot express: infinities, not-a-number, a value that contains itself.
    UnsupportedValue(String),
    /// What a `MarshalJSON` method returned.
    Marshaler {
        /// The type that has the method.
        ty: &'static str,
        /// Its error.
        message: String,
    },
    /// Text that is no JSON.
    Syntax {
        /// What is wrong.
        message: String,
        /// How many bytes were read before the error was noticed, as Go counts them.
        offset: usize,
    },
    /// JSON of another kind than the target.
    Type {
        /// `array`, `object`, `string`, `bool`, `number` or `number 1e999`.
        value: String,
        /// The target's Go type.
        ty: &'static str,
    },
}

impl Error {
    pub(super) fn syntax(byte: u8, context: impl fmt::Display, offset: usize) -> Error {
        Error::Syntax { message: format!("invalid character {} {context}", quote_char(byte)), offset }
    }

    pub(super) fn end(offset: usize) -> Error {
        Error::Syntax { message: "unexpected end of JSON input".into(), offset }
    }
}

/// A byte as Go shows it: taken for the rune of the same number, between single quotes.
fn quote_char(byte: u8) -> String {
    match byte {
        b'\'' => r"'\''".into(),
        b'"' => "'\"'".into(),
        _ => {
            let mut text = Vec::new();
            utf8::append(&mut text, u32::from(byte));
            let literal = quote(&text);
            format!("'{}'", literal.trim_matches('"'))
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::UnsupportedType(ty) => write!(f, "json: unsupported type: {ty}"),
            Error::UnsupportedValue(text) => write!(f, "json: unsupported value: {text}"),
            Error::Marshaler { ty, message } => write!(f, "json: error calling MarshalJSON for type {ty}: {message}"),
            Error::Syntax { message, .. } => f.write_str(message),
            Error::Type { value, ty } => write!(f, "json: cannot unmarshal {value} into Go value of type {ty}"),
        }
    }
}

impl std::error::Error for Error {}
