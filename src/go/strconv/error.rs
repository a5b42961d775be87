//! What Go says of a text that is not the number it should be.

use std::fmt;

use super::quote::quote;
use crate::go::value::Str;

/// Why the text was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Not a number of this form.
    Syntax,
    /// Too large or too small for the type.
    Range,
    /// A base Go does not know.
    Base(i64),
    /// A size no integer type has.
    BitSize(i64),
}

/// Go's `*strconv.NumError`, with the value the Go function returns beside it: zero, or the nearest limit when out of range.
#[derive(Clone, Debug, PartialEq)]
pub struct NumError<T> {
    /// The Go function.
    pub function: &'static str,
    /// The text.
    pub text: Str,
    /// Why.
    pub cause: Cause,
    /// What Go returns beside the error; several of Helm's functions use it and drop the error.
    pub value: T,
}

impl<T> NumError<T> {
    pub(super) fn new(function: &'static str, text: &[u8], cause: Cause, value: T) -> NumError<T> {
        NumError { function, text: text.into(), cause, value }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cause::Syntax => f.write_str("invalid syntax"),
            Cause::Range => f.write_str("value out of range"),
            Cause::Base(base) => write!(f, "invalid base {base}"),
            Cause::BitSize(bits) => write!(f, "invalid bit size {bits}"),
        }
    }
}

impl<T> fmt::Display for NumError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "strconv.{}: parsing {}: {}", self.function, quote(self.text.as_bytes()), self.cause)
    }
}

impl<T: fmt::Debug> std::error::Error for NumError<T> {}
