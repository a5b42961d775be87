//! Exit codes. Scripts rely on them.

use std::process::ExitCode;

/// Done.
pub const OK: u8 = 0;
/// Findings, a failed hook, leftovers that were asked about.
pub const FOUND: u8 = 1;
/// A mistake in the command line or a configuration file; an unknown word, rule or release.
pub const USAGE: u8 = 2;
/// A chart could not be loaded or rendered, a cluster not reached. Wins over [`FOUND`].
pub const LOAD: u8 = 3;
/// A hook that was run did not finish in time.
pub const TIMEOUT: u8 = 4;
/// Refused before anything was changed.
pub const REFUSED: u8 = 5;
/// Interrupted.
pub const INTERRUPTED: u8 = 130;

/// Why a command ends early.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fatal {
    /// The exit code.
    pub code: u8,
    /// What goes after `Error: `, on one line.
    pub message: String,
    /// What to do about it, in sentences.
    pub help: Option<String>,
}

impl Fatal {
    /// A mistake in the command line.
    pub fn usage(message: impl Into<String>) -> Fatal {
        Fatal { code: USAGE, message: message.into(), help: None }
    }

    /// Something that could not be read.
    pub fn load(message: impl Into<String>) -> Fatal {
        Fatal { code: LOAD, message: message.into(), help: None }
    }

    /// Says what to do.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Fatal {
        self.help = Some(help.into());
        self
    }
}

/// What a command that ran to its end returns.
pub type Outcome = Result<u8, Fatal>;

/// A code as the process returns it.
pub fn exit_code(code: u8) -> ExitCode {
    ExitCode::from(code)
}
