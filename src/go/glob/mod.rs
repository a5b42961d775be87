//! Patterns for many paths: `*` and `?` stop at separators, `**` does not, `[a-c]`, `{one,two}`.
//!
//! Mirrors `github.com/gobwas/glob` 0.2.3 with its mistakes. It turns a pattern into matchers that look for each other's
//! places, and which of them are merged decides what is found: `a{b,c*}d` is one thing, `*{b,c*}d` may be another. So the
//! same matchers are built here by the same rules, and none of them is put right.

mod compile;
mod lex;
mod matcher;
#[cfg(test)]
mod tests;
mod tree;

use std::cell::Cell;
use std::fmt;

use self::matcher::Matcher;

/// A compiled pattern.
#[derive(Clone, Debug)]
pub struct Glob {
    matcher: Matcher,
}

/// A pattern that cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// The library refuses it.
    Syntax,
    /// It is longer or deeper than a pattern for the files of a chart can sensibly be; the library has no limit.
    TooComplex,
}

/// The steps that are left.
struct Steps(Cell<u32>);

impl Steps {
    fn take(&self) -> Result<(), MatchError> {
        self.0.set(self.0.get().checked_sub(1).ok_or(MatchError::TooSlow)?);
        Ok(())
    }
}

/// Why a pattern gives no answer for a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MatchError {
    /// The library panics: a merged matcher looked beyond the end of the name.
    OutOfRange {
        /// The place it looked at.
        end: usize,
        /// How long the text is.
        len: usize,
    },
    /// It takes too many steps; the library has no limit and would not come back.
    TooSlow,
}

/// The steps one name may take: some tens of milliseconds. Patterns of real charts take less than a hundred.
const MAX_STEPS: u32 = 2_000_000;

impl Glob {
    /// Compiles a pattern.
    ///
    /// # Errors
    /// When it is malformed or too complex.
    pub fn compile(pattern: impl AsRef<[u8]>, separators: &[char]) -> Result<Glob, Error> {
        let tree = tree::parse(pattern.as_ref())?;
        Ok(Glob { matcher: compile::compile(tree, separators) })
    }

    /// Whether the pattern fits the whole name.
    ///
    /// # Errors
    /// When the library would panic, or not come back.
    pub fn matches(&self, name: impl AsRef<[u8]>) -> Result<bool, MatchError> {
        self.matcher.matches(name.as_ref(), &Steps(Cell::new(MAX_STEPS)))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Error::Syntax => "the pattern is malformed",
            Error::TooComplex => "the pattern is too long or too deeply nested",
        })
    }
}

impl fmt::Display for MatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MatchError::OutOfRange { end, len } => {
                write!(f, "runtime error: slice bounds out of range [:{end}] with length {len}")
            }
            MatchError::TooSlow => f.write_str("the pattern takes too long to match"),
        }
    }
}

impl std::error::Error for Error {}
impl std::error::Error for MatchError {}
