//! The grammar of `--set` and its kin: `a.b[0].c=1,d={x,y}`.
//!
//! Mirrors `pkg/strvals` (`parser.go`, `literal_parser.go`). The five flags share one grammar and differ in how a value is
//! read, so there is one parser with a [`Reading`]. It knows nothing of flags or of the order they apply in.

mod parser;
mod scan;

use crate::go::limits::{self, MAX_WORK};
use crate::go::value::{Map, Value};
use crate::helm::dialect::Dialect;

/// How the text after `=` becomes a value.
#[derive(Clone, Copy)]
pub enum Reading<'a> {
    /// `--set`: booleans, null and integers are told from strings.
    Typed,
    /// `--set-string`: always a string.
    Text,
    /// `--set-json`: JSON.
    Json,
    /// `--set-literal`: all that follows, unescaped, as one string.
    Literal,
    /// `--set-file`: what this function gives for the text, which is a path.
    File(&'a dyn Fn(&str) -> Result<Value, String>),
}

/// Puts what the text says into the values.
///
/// # Errors
/// Helm's text, without the words about the flag that the command line adds.
pub fn set(text: &str, reading: Reading<'_>, values: &Map, dialect: &Dialect) -> Result<(), String> {
    parser::Parser::new(text, reading).run(values, dialect)?;
    if limits::is_exhausted() {
        return Err(format!("the values take more than {MAX_WORK} bytes"));
    }
    Ok(())
}
