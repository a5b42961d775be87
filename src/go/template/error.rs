//! What can go wrong in a template, in Go's words, with places beside the words.

use std::fmt;

use crate::go::value::Str;

/// One level of the stack of a failed execution: the template, the place in it, and the node as Go shows it in `at <…>`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frame {
    /// Name of the template text the node was parsed from (`chart/templates/x.yaml`), as in Go's messages.
    pub template: String,
    /// First byte of the node in that text.
    pub offset: u32,
    /// Line from 1 and column as Go counts it (bytes, from 0).
    pub line: u32,
    /// See `line`.
    pub column: u32,
    /// The node, shortened as Go does; empty when the message has no `at <…>`.
    pub context: String,
    /// The text the template was parsed from when it is not a chart file: the argument of `tpl`.
    pub inline_text: Option<Str>,
}

/// A template that failed to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExecError {
    /// All of Go's text, byte for byte, beginning with `template: `.
    pub message: String,
    /// The errors `errors.Unwrap` walks below this one, as lengths of tails of `message` (see [`ExecError::causes`]).
    pub chain: Vec<usize>,
    /// From the outermost template to the one that failed.
    pub frames: Vec<Frame>,
    /// The innermost text alone, without places.
    pub cause: String,
    /// False for what Go does not wrap in `template.ExecError` (a missing template at the top, a writer's error).
    pub is_exec_error: bool,
}

/// A template that could not be parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// All of Go's text, beginning with `template: `.
    pub message: String,
    /// Where; `context` is empty.
    pub frame: Frame,
    /// The innermost text alone.
    pub cause: String,
}

/// What [`crate::go::template::Interp::execute_text`] can meet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TextError {
    /// The text does not parse.
    Parse(Box<ParseError>),
    /// It parsed and failed.
    Exec(Box<ExecError>),
}

/// The error a function returns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FuncError {
    /// `err.Error()` of the Go function.
    pub message: String,
    /// The errors `errors.Unwrap` walks below it, as lengths of tails of `message`. A wrapping error repeats the whole
    /// text of the one below at its end, so a length is enough, and a deep stack of includes stays small.
    pub chain: Vec<usize>,
    /// When the function itself ran a template that failed: where.
    pub frames: Vec<Frame>,
    /// The innermost text, when `frames` is not empty.
    pub cause: Option<String>,
    /// True when the Go function panics; Go reports `error calling f: …` for both, but recovers with other words in places.
    pub is_panic: bool,
    /// True when Go refuses to call the function because of what it returns; the message is then all there is.
    pub is_signature: bool,
}

impl FuncError {
    /// An error with this text.
    pub fn new(message: impl Into<String>) -> FuncError {
        FuncError {
            message: message.into(),
            chain: Vec::new(),
            frames: Vec::new(),
            cause: None,
            is_panic: false,
            is_signature: false,
        }
    }

    /// `fmt.Errorf("TEXT: %w", inner)`: keeps the inner error's chain and places.
    #[must_use]
    pub fn wrap(inner: FuncError, prefix: impl fmt::Display) -> FuncError {
        let mut chain = inner.chain;
        chain.insert(0, inner.message.len());
        FuncError {
            message: format!("{prefix}: {}", inner.message),
            chain,
            frames: inner.frames,
            cause: inner.cause,
            is_panic: false,
            is_signature: false,
        }
    }

    /// The refusal of a function whose results a template cannot use.
    pub fn signature(message: impl Into<String>) -> FuncError {
        FuncError { is_signature: true, ..FuncError::new(message) }
    }

    /// A Go panic with this text.
    pub fn panic(message: impl Into<String>) -> FuncError {
        FuncError { is_panic: true, ..FuncError::new(message) }
    }
}

impl ParseError {
    /// A mistake of ours, which no text has to answer for.
    pub(super) fn nowhere(cause: &str) -> ParseError {
        ParseError { message: format!("template: {cause}"), frame: Frame::default(), cause: cause.to_owned() }
    }
}

impl ExecError {
    /// `Error()` of each error below this one, in the order `errors.Unwrap` walks them. Helm 4 builds its text from these.
    pub fn causes(&self) -> impl Iterator<Item = &str> {
        self.chain.iter().filter_map(|tail| self.message.get(self.message.len().checked_sub(*tail)?..))
    }
}

impl From<ExecError> for FuncError {
    fn from(e: ExecError) -> FuncError {
        FuncError {
            message: e.message,
            chain: e.chain,
            frames: e.frames,
            cause: Some(e.cause),
            ..FuncError::new(String::new())
        }
    }
}

impl From<ParseError> for FuncError {
    fn from(e: ParseError) -> FuncError {
        FuncError {
            message: e.message,
            chain: Vec::new(),
            frames: vec![e.frame],
            cause: Some(e.cause),
            is_panic: false,
            is_signature: false,
        }
    }
}

impl fmt::Display for FuncError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Display for ExecError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for FuncError {}
impl std::error::Error for ExecError {}
impl std::error::Error for ParseError {}
