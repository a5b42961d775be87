//! From a chart to rendered files: natively, by `$HELM_BIN`, or read from stdin.

pub(crate) mod by_helm;
pub(crate) mod native;
pub(crate) mod stream;

use crate::go::value::Str;

/// Why a chart could not be rendered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RenderFailure {
    /// Helm's text, without `Error: `.
    pub message: String,
    /// The frame below it, ready to be printed; empty when nothing more is known.
    pub frame: String,
    /// What to do, in sentences.
    pub help: Option<String>,
    /// What Helm had written to stderr by then.
    pub warnings: Vec<String>,
}

impl RenderFailure {
    /// A failure of which only the text is known.
    pub(crate) fn new(message: impl Into<String>) -> RenderFailure {
        RenderFailure { message: message.into(), frame: String::new(), help: None, warnings: Vec::new() }
    }
}

/// A rendered chart.
#[derive(Clone, Debug)]
pub(crate) struct Rendered {
    /// The chart's name.
    pub name: String,
    /// Its version, where it is known.
    pub version: Option<String>,
    /// What came out.
    pub output: Output,
    /// Whether a template looks at `.Release.IsUpgrade`, `.Release.IsInstall` or `.Release.Revision`.
    pub asks_operation: bool,
    /// The files that may be different with another seed.
    pub random_files: Vec<String>,
}

/// What a renderer gives.
#[derive(Clone, Debug)]
pub(crate) enum Output {
    /// Rendered files: path beginning with the chart's name, and text.
    Files(Vec<(String, Str)>),
    /// One stream of documents, as `helm template` prints them.
    Stream(Str),
}
