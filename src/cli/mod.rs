//! Flags, settings, commands, exit codes.

mod args;
mod chart_phase;
mod cluster_args;
mod completion;
pub mod exit;
mod explain;
mod find;
mod later;
mod leftovers;
mod lint;
mod live;
mod output;
mod plan;
mod plan_live;
mod problem;
mod render;
mod render_args;
mod rules;
mod run;
mod settings;
mod status;
mod template;
mod version;

use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};

use args::{Cli, Command, SchemaOf};
use exit::Outcome;
use later::Later;
use output::{to_stderr, to_stdout};
use settings::{Process, Program, Settings};

/// Runs the program.
pub fn main() -> ExitCode {
    let words: Vec<std::ffi::OsString> = std::env::args_os().collect();
    let argv0 = words.first().map(|word| word.to_string_lossy().into_owned());
    let program = Program::of(argv0.as_deref(), &Process);
    exit::exit_code(start(words, &program))
}

fn start(words: Vec<std::ffi::OsString>, program: &Program) -> u8 {
    let mut command = command(program);
    let cli = match command.try_get_matches_from_mut(words).and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    let settings = Settings::resolve(&cli.global, program, &Process);
    match dispatch(&cli, &settings, program) {
        Ok(code) => code,
        Err(fatal) => {
            to_stderr(&problem::fatal(&fatal, &settings.error_look));
            fatal.code
        }
    }
}

/// The command line's definition, called as this program was.
fn command(program: &Program) -> clap::Command {
    let name = &program.name;
    let usage = |command: &str, words: &str| format!("{name} {command} {words} [OPTIONS]");
    Cli::command()
        .bin_name(name.clone())
        .display_name(name.clone())
        .mut_subcommand("plan", |c| c.override_usage(usage("plan", "[NAME] PATH")))
        .mut_subcommand("lint", |c| c.override_usage(usage("lint", "PATH...")))
        .mut_subcommand("run", |c| c.override_usage(usage("run", "EVENT [RELEASE]")))
        .mut_subcommand("status", |c| c.override_usage(usage("status", "[RELEASE]")))
        .mut_subcommand("leftovers", |c| c.override_usage(usage("leftovers", "[RELEASE]")))
        .mut_subcommand("template", |c| c.override_usage(usage("template", "[NAME] CHART")))
}

fn dispatch(cli: &Cli, settings: &Settings, program: &Program) -> Outcome {
    match &cli.command {
        Command::Plan(Later(args)) => plan::run(args, settings),
        Command::Lint(Later(args)) => lint::run(args, settings),
        Command::Run(Later(args)) => run::run(args, settings),
        Command::Status(Later(args)) => status::run(args, settings),
        Command::Leftovers(Later(args)) => leftovers::run(args, settings),
        Command::Rules(args) => rules::run(args, settings),
        Command::Template(Later(args)) => template::run(args, settings),
        Command::Explain(args) => explain::run(args, settings),
        Command::Schema(args) => {
            let schema = match args.of {
                SchemaOf::Plan => crate::report::plan::schema(),
                SchemaOf::Lint => crate::report::lint::schema(),
                SchemaOf::Run => crate::report::run::schema(),
                SchemaOf::Status => crate::report::status::schema(),
                SchemaOf::Leftovers => crate::report::leftovers::schema(),
                SchemaOf::Rules => crate::report::rules::schema(),
                SchemaOf::Config => crate::lint::config::schema(),
            };
            to_stdout(schema.as_bytes()).map(|()| exit::OK)
        }
        Command::Completion(args) => completion::run(args, command(program), &program.name),
        Command::Version => version::run(),
    }
}

/// What clap has to say: help on stdout, complaints on stderr in the form of all other errors.
fn usage(error: &clap::Error) -> u8 {
    if error.kind() == clap::error::ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        let _ = error.print();
        exit::USAGE
    } else if error.use_stderr() {
        let text = error.render().to_string();
        to_stderr(&format!("Error: {}", text.strip_prefix("error: ").unwrap_or(&text)));
        exit::USAGE
    } else {
        let _ = error.print();
        exit::OK
    }
}
