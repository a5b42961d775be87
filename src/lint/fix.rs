//! Fixes as rules speak of them: changes of the rendered text, which are carried to the source afterwards.

use std::ops::Range;

/// How far a fix may be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Applicability {
    /// To be shown; a person decides.
    Suggestion,
    /// What is meant is clear, what depends on it is not: `--fix=unsafe`.
    Unsafe,
    /// Renders to what was meant for every value: `--fix`.
    Safe,
}

impl Applicability {
    /// Its name in machine output.
    pub fn name(self) -> &'static str {
        match self {
            Applicability::Suggestion => "suggestion",
            Applicability::Unsafe => "unsafe",
            Applicability::Safe => "safe",
        }
    }
}

/// A change that mends a finding. All edits are made or none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// How far it may be trusted, if it turns out that only literals have to be changed; a fix that would have to change what
    /// an action prints is dropped, or kept as a suggestion without edits.
    pub applicability: Applicability,
    /// What it does, as an order: ``write `pre-install` ``.
    pub title: String,
    /// The changes.
    pub edits: Vec<Edit>,
}

/// One change. Spans are bytes of the text of a document of the [`Subject`](super::Subject), by the document's index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// Replaces text, which must be literal in the source.
    Replace {
        /// The document.
        doc: usize,
        /// What is replaced.
        span: Range<u32>,
        /// By what.
        text: String,
    },
    /// Inserts a line before or after the lines of a mapping entry, indented like it.
    InsertEntry {
        /// The document.
        doc: usize,
        /// The key of the entry.
        key: Range<u32>,
        /// The whole entry (key to end of value), after which the line goes.
        entry: Range<u32>,
        /// Before the entry, and not after it.
        before: bool,
        /// The line, or several, without the entry's indentation and without the last line end.
        text: String,
    },
    /// Removes a mapping entry with its lines.
    RemoveEntry {
        /// The document.
        doc: usize,
        /// From the first byte of the key to the last of the value.
        entry: Range<u32>,
    },
    /// Inserts text on a line of its own, at the beginning of the line a span begins in.
    InsertLine {
        /// The document.
        doc: usize,
        /// Where.
        span: Range<u32>,
        /// The line, without its line end.
        text: String,
    },
    /// Adds a command to the end of the action that printed a span: `| quote`.
    Pipe {
        /// The document.
        doc: usize,
        /// What the action printed.
        span: Range<u32>,
        /// The command, beginning with `|`.
        text: String,
    },
    /// Makes a text of a number or a flag: replaces a literal by a quoted text, and adds `| quote` to an action that printed the
    /// whole span.
    Quote {
        /// The document.
        doc: usize,
        /// The scalar, which has no quotes yet.
        span: Range<u32>,
        /// The quoted text that takes the place of a literal.
        text: String,
    },
}

impl Fix {
    /// A fix.
    pub fn new(applicability: Applicability, title: impl Into<String>, edits: Vec<Edit>) -> Fix {
        Fix { applicability, title: title.into(), edits }
    }
}
