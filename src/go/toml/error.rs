//! What can go wrong with TOML, in the library's words.

use std::fmt;

use crate::go::strconv::quote;

/// An error of the library; its text is Go's.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// A value that TOML cannot express.
    Encode(String),
    /// Text that is no TOML.
    Parse {
        /// The line, from 1, as the library counts it.
        line: i64,
        /// The key that was being read; empty at the top of the document.
        last_key: Vec<u8>,
        /// What is wrong.
        message: String,
    },
    /// The Go function panics with this text.
    Panic(String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Encode(text) | Error::Panic(text) => f.write_str(text),
            Error::Parse { line, last_key, message } if last_key.is_empty() => {
                write!(f, "toml: line {line}: {message}")
            }
            Error::Parse { line, last_key, message } => {
                write!(f, "toml: line {line} (last key {}): {message}", quote(last_key))
            }
        }
    }
}

impl std::error::Error for Error {}
