//! `completion`.

use clap::builder::PossibleValuesParser;
use clap_complete::{generate, shells};

use crate::hooks::Event;
use crate::hooks::words::words;
use crate::lint::every_rule;

use super::args::{CompletionArgs, PlanArgs, Shell};
use super::exit::{OK, Outcome};
use super::later;
use super::lint::args::LintArgs;
use super::output::to_stdout;
use super::run::args::RunArgs;

/// Prints the script for a shell.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn run(args: &CompletionArgs, command: clap::Command, program: &str) -> Outcome {
    let mut command = with_words(command);
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

/// The command line with the words that may stand where any text is taken: shells offer them.
fn with_words(command: clap::Command) -> clap::Command {
    let rules = || every_rule().flat_map(|rule| [rule.code, rule.name]);
    let known = || words().map(|word| word.name).chain(rules());
    let events = || Event::ALL.map(Event::name);
    command
        .mut_subcommand("lint", |lint| {
            later::now::<LintArgs>(lint)
                .mut_arg("select", |arg| arg.value_parser(PossibleValuesParser::new(rules())))
                .mut_arg("ignore", |arg| arg.value_parser(PossibleValuesParser::new(rules())))
        })
        .mut_subcommand("explain", |explain| {
            explain.mut_arg("word", |arg| arg.value_parser(PossibleValuesParser::new(known())))
        })
        .mut_subcommand("run", |run| {
            later::now::<RunArgs>(run).mut_arg("event", |arg| arg.value_parser(PossibleValuesParser::new(events())))
        })
        .mut_subcommand("plan", |plan| {
            later::now::<PlanArgs>(plan).mut_arg("event", |arg| arg.value_parser(PossibleValuesParser::new(events())))
        })
}
