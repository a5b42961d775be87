//! `text/template`: lexer, parser, tree and evaluator, with Go's error texts.
//!
//! Mirrors `text/template` and `text/template/parse` of Go 1.26. The functions a template may call are handed in as a
//! [`FuncTable`]; the embedder's own state travels through as [`Interp::host`].

mod ahead;
mod builtin;
mod error;
mod exec;
mod func;
mod operand;
mod parse;
mod parsed;
mod set;
mod text;
mod trace;

pub use error::{ExecError, Frame, FuncError, ParseError, TextError};
pub use func::{FuncTable, Function, Interp, Method};
pub use parsed::ParsedTexts;
pub use set::{MissingKey, TemplateSet};
pub use trace::{Leaves, Segment, SourceRange, Step, ValuePath};

#[cfg(test)]
mod tests;
