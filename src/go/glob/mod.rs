//! Patterns for many paths: `*` and `?` stop at separators, `**` does not, `[a-c]`, `{one,two}`.
//!
//! Mirrors `github.com/gobwas/glob` 0.2.3 with its mistakes. It turns a pattern into matchers that look for each other's
//! places, and which of them are merged decides what is found: `a{b,c*}d` is one thing, `*{b,c*}d` may be another. So the
//! same matchers are built here by the same rules, and none of them is put right.

mod compile;
mod lex;
mod matcher;
mod tree;

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

/// The library panicked: a merged matcher looked beyond the end of the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfRange {
    end: usize,
    len: usize,
}

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
    /// When the library would panic.
    pub fn matches(&self, name: impl AsRef<[u8]>) -> Result<bool, OutOfRange> {
        self.matcher.matches(name.as_ref())
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

impl fmt::Display for OutOfRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "runtime error: slice bounds out of range [:{}] with length {}", self.end, self.len)
    }
}

impl std::error::Error for Error {}
impl std::error::Error for OutOfRange {}
