//! Why a chart cannot be loaded.

use std::fmt;

/// Helm's text, and the place where one is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadError {
    /// Helm's whole text.
    pub message: String,
    /// The file that is wrong: a path inside the root chart's folder, through `charts/`; in an archive, the archive's path, `!/`, and
    /// the path inside.
    pub file: Option<String>,
    /// The byte of that file where it is wrong.
    pub offset: Option<u32>,
    /// What Helm had written to stderr by then.
    pub warnings: Vec<String>,
}

impl LoadError {
    pub(super) fn new(message: impl Into<String>) -> LoadError {
        LoadError { message: message.into(), file: None, offset: None, warnings: Vec::new() }
    }

    /// Names the file, unless a place further inside is already known.
    #[must_use]
    pub(super) fn in_file(mut self, file: impl Into<String>) -> LoadError {
        self.file.get_or_insert_with(|| file.into());
        self
    }

    #[must_use]
    pub(super) fn at(mut self, offset: Option<u32>) -> LoadError {
        self.offset = self.offset.or(offset);
        self
    }

    /// The text put before the error's.
    #[must_use]
    pub(super) fn within(mut self, what: impl fmt::Display) -> LoadError {
        self.message = format!("{what}: {}", self.message);
        self
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for LoadError {}
