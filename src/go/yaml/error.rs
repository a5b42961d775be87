//! What can go wrong while reading or writing YAML, with go-yaml's texts.
//!
//! Mirrors `parser.fail` of `go.yaml.in/yaml/v2` and the wrapping of `sigs.k8s.io/yaml` v1.6.0.

use std::borrow::Cow;
use std::fmt;

/// An error of the reader, the writer or a conversion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    message: String,
    offset: Option<u32>,
}

impl Error {
    /// An error with Go's whole text.
    pub fn new(message: impl Into<String>) -> Error {
        Error { message: message.into(), offset: None }
    }

    /// go-yaml's `failf`: the text with `yaml: ` before it.
    pub(super) fn yaml(message: impl fmt::Display) -> Error {
        Error::new(format!("yaml: {message}"))
    }

    /// Says at which byte of the text it happened.
    #[must_use]
    pub(super) fn at(mut self, offset: u32) -> Error {
        self.offset = Some(offset);
        self
    }

    /// `fmt.Errorf("PREFIX: %w", err)`.
    #[must_use]
    pub fn wrap(self, prefix: &str) -> Error {
        Error { message: format!("{prefix}: {}", self.message), offset: self.offset }
    }

    /// Go's text, byte for byte.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The byte of the text at which it was noticed, where that is known.
    pub fn offset(&self) -> Option<u32> {
        self.offset
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

/// Which layer of the reader complained; it decides how the line is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layer {
    /// Bytes to characters: knows no lines.
    Input,
    /// Characters to tokens: lines from 1.
    Scanner,
    /// Tokens to events: lines from 0, as go-yaml prints them.
    Parser,
}

/// A complaint of one of the layers, before it becomes a text.
#[derive(Clone, Debug)]
pub(super) struct Problem {
    pub(super) layer: Layer,
    pub(super) text: Cow<'static, str>,
    pub(super) line: u32,
    pub(super) context_line: u32,
    pub(super) offset: u32,
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Error {
        // A problem in the first line has no line number, whatever the layer: go-yaml takes 0 for "unknown".
        let line = match problem.line {
            0 => problem.context_line,
            line if problem.layer == Layer::Scanner => line + 1,
            line => line,
        };
        let error = match line {
            0 => Error::yaml(problem.text),
            line => Error::yaml(format_args!("line {line}: {}", problem.text)),
        };
        error.at(problem.offset)
    }
}
