//! `completion`.

use clap_complete::{generate, shells};

use super::args::{CompletionArgs, Shell};
use super::exit::{OK, Outcome};
use super::output::to_stdout;

/// Prints the script for a shell.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn run(args: &CompletionArgs, mut command: clap::Command, program: &str) -> Outcome {
    // A shell completes words of one program: the binary, whichever way it was called.
    let name = program.replace(' ', "-");
    let mut script = Vec::new();
    match args.shell {
        Shell::Bash => generate(shells::Bash, &mut command, name, &mut script),
        Shell::Zsh => generate(shells::Zsh, &mut command, name, &mut script),
        Shell::Fish => generate(shells::Fish, &mut command, name, &mut script),
        Shell::Powershell => generate(shells::PowerShell, &mut command, name, &mut script),
    }
    to_stdout(&script).map(|()| OK)
}
