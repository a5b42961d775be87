//! A terminal that does not show `^C`: it would come onto the line that changes, push it up, and leave it there for ever.

/// A terminal without `^C`, until this value goes.
#[cfg(unix)]
pub(super) struct Quiet {
    before: Option<rustix::termios::Termios>,
}

#[cfg(unix)]
impl Quiet {
    /// Of the terminal on stdin, where there is one.
    pub(super) fn new() -> Quiet {
        use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
        let before = tcgetattr(std::io::stdin()).ok();
        if let Some(before) = &before {
            let mut quiet = before.clone();
            quiet.local_modes.remove(LocalModes::ECHOCTL);
            // A terminal that does not change is only less tidy.
            let _ = tcsetattr(std::io::stdin(), OptionalActions::Now, &quiet);
        }
        Quiet { before }
    }
}

#[cfg(unix)]
impl Drop for Quiet {
    fn drop(&mut self) {
        if let Some(before) = &self.before {
            let _ = rustix::termios::tcsetattr(std::io::stdin(), rustix::termios::OptionalActions::Now, before);
        }
    }
}

/// Nothing to do elsewhere.
#[cfg(not(unix))]
pub(super) struct Quiet;

#[cfg(not(unix))]
impl Quiet {
    /// Nothing to do elsewhere.
    pub(super) fn new() -> Quiet {
        Quiet
    }
}
