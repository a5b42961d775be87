//! Why a version or a constraint was refused, in the library's words.

use std::fmt;

use crate::go::strconv::NumError;
use crate::go::template::FuncError;

/// What is wrong with a version or a constraint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    message: String,
    /// The errors below, as in [`FuncError::chain`].
    chain: Vec<usize>,
}

impl Error {
    pub(super) fn new(message: impl Into<String>) -> Error {
        Error { message: message.into(), chain: Vec::new() }
    }

    /// A part of the version that is no number of 64 bits.
    pub(super) fn segment(inner: &NumError<u64>) -> Error {
        let number = Error::number(inner);
        let mut chain = number.chain;
        chain.insert(0, number.message.len());
        Error { message: format!("error parsing version segment: {}", number.message), chain }
    }

    /// As [`Error::segment`], as strict parsing says it.
    pub(super) fn number(inner: &NumError<u64>) -> Error {
        Error { message: inner.to_string(), chain: vec![inner.cause.to_string().len()] }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

impl From<Error> for FuncError {
    fn from(e: Error) -> FuncError {
        FuncError { chain: e.chain, ..FuncError::new(e.message) }
    }
}
