//! Why Go refuses an expression.

use std::fmt;

use crate::go::strconv::{can_backquote, quote};
use crate::go::utf8;

pub(super) const INVALID_CHAR_RANGE: &str = "invalid character class range";
pub(super) const INVALID_ESCAPE: &str = "invalid escape sequence";
pub(super) const INVALID_NAMED_CAPTURE: &str = "invalid named capture";
pub(super) const INVALID_PERL_OP: &str = "invalid or unsupported Perl syntax";
pub(super) const INVALID_REPEAT_OP: &str = "invalid nested repetition operator";
pub(super) const INVALID_REPEAT_SIZE: &str = "invalid repeat count";
pub(super) const INVALID_UTF8: &str = "invalid UTF-8";
pub(super) const MISSING_BRACKET: &str = "missing closing ]";
pub(super) const MISSING_PAREN: &str = "missing closing )";
pub(super) const MISSING_REPEAT_ARGUMENT: &str = "missing argument to repetition operator";
pub(super) const TRAILING_BACKSLASH: &str = "trailing backslash at end of expression";
pub(super) const UNEXPECTED_PAREN: &str = "unexpected )";
pub(super) const NESTING_DEPTH: &str = "expression nests too deeply";
pub(super) const TOO_LARGE: &str = "expression too large";

/// A refused expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    code: &'static str,
    /// The part of the expression that is to blame.
    part: Vec<u8>,
}

impl Error {
    pub(super) fn new(code: &'static str, part: &[u8]) -> Error {
        Error { code, part: part.to_vec() }
    }

    /// What `regexp.MustCompile` panics with for an expression with this error.
    pub fn must_text(&self, pattern: &[u8]) -> String {
        let quoted = match can_backquote(pattern) {
            true => format!("`{}`", utf8::text(pattern)),
            false => quote(pattern),
        };
        format!("regexp: Compile({quoted}): {self}")
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error parsing regexp: {}: `{}`", self.code, utf8::text(&self.part))
    }
}

impl std::error::Error for Error {}
