//! Text and places in it: byte spans, the source map and the neutral diagnostic.
//!
//! Knows nothing of Go, Helm or terminals; every other room speaks of places with these types.

mod diagnostic;
mod source;

pub use diagnostic::{Diagnostic, Label, Severity};
pub use source::{FileId, Position, SourceFile, SourceMap, Span};
