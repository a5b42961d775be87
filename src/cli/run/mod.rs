//! `run`: one phase in the cluster. Finds the hooks, shows the plan, looks at everything, asks, takes the lock, runs.
//!
//! Knows the order of all that and the exit codes; how hooks run is [`crate::cluster::run`]'s business.

pub(crate) mod args;
mod commands;
mod names;
mod printers;
mod session;
mod source;
mod terminal;

use std::collections::BTreeSet;
use std::io::{BufRead, IsTerminal};

use crate::cluster::lock::{self, Held};
use crate::cluster::preflight::{self, Intent, Level};
use crate::cluster::run::{LogMode, OnInterrupt, RunOptions, WaitDelete};
use crate::cluster::{Cluster, ErrorKind, Phase};
use crate::hooks::{Event, Release};
use crate::report::run::Run;

use super::exit::{self, Fatal, Outcome};
use super::live::{Live, cluster_fatal};
use super::output::{targets, to_stderr};
use super::settings::Settings;

use args::{DryRunArg, LogsArg, OnInterruptArg, PreflightArg, RunArgs, WaitDeleteArg};
use printers::{FORMATS, Format, Outputs};
use source::Source;

/// Runs `run`.
///
/// # Errors
/// For mistakes in the command line, a cluster that is not reached, and everything that stands against the run.
pub(crate) fn run(args: &RunArgs, settings: &Settings) -> Outcome {
    let event = event(&args.event)?;
    let mut outputs = Outputs::open(&targets(&args.output, &FORMATS, Format::Text)?, settings)?;
    let outcome = begin(args, event, settings, &mut outputs);
    if let Err(fatal) = &outcome {
        outputs.refused(fatal)?;
    }
    outcome
}

fn begin(args: &RunArgs, event: Event, settings: &Settings, outputs: &mut Outputs) -> Outcome {
    source::check(args, event, settings)?;
    let live = Live::connect(&args.cluster, settings)?;
    let found = match source::find(args, event, &live, settings)? {
        Ok(found) => found,
        Err(failure) => return failure.report(settings),
    };
    let Some(phase) = &found.phase else {
        outputs.nothing(event, &found.release)?;
        return Ok(exit::OK);
    };
    let level = level(args);
    if level != Level::None
        && let Some(pending) = &found.pending
    {
        return Err(refused(&pending.message).with_help(format!(
            "Wait until it is over. If nobody is at work any more, this ends it: {}",
            pending.command
        )));
    }
    let only = names::selection(args, phase)?;
    let options = options(args, phase, only.clone())?;
    let run = Run {
        phase,
        context: live.context(),
        runs: phase
            .plan
            .hooks
            .iter()
            .map(|planned| planned.order)
            .filter(|order| runs(only.as_ref(), *order))
            .collect(),
        commands: commands::of(args, &phase.release, &live, settings),
        withdraws: options.on_interrupt == OnInterrupt::Delete,
    };
    let session = Session { args, settings, level, options, run: &run, found: &found };
    live.ask(async |cluster| session.go(cluster, outputs).await)
}

/// A run with everything that is known before the cluster is asked.
struct Session<'a> {
    args: &'a RunArgs,
    settings: &'a Settings,
    level: Level,
    options: RunOptions,
    run: &'a Run<'a>,
    found: &'a Source,
}

impl Session<'_> {
    async fn go(&self, cluster: &Cluster, outputs: &mut Outputs) -> Outcome {
        outputs.plan(self.run)?;
        let dry_run = self.args.dry_run.filter(|how| *how != DryRunArg::None);
        if dry_run == Some(DryRunArg::Client) {
            return Ok(exit::OK);
        }
        let asks = self.args.yes != Some(true) && dry_run.is_none();
        let can_ask = std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
        if asks && !can_ask {
            return Err(refused("not run: nobody is there to confirm it")
                .with_help("Add --yes to run it, or --dry-run=server to look at everything a run would need."));
        }
        self.look(cluster, outputs).await?;
        if dry_run.is_some() {
            return Ok(exit::OK);
        }
        if asks {
            if !outputs.shows_text() {
                let look = &self.settings.error_look;
                to_stderr(&crate::report::run::heading(self.run, look));
            }
            confirm(self.run.runs.len())?;
        }
        self.run(cluster, outputs).await
    }

    /// Looks at everything; nothing has changed when something is wrong.
    async fn look(&self, cluster: &Cluster, outputs: &mut Outputs) -> Result<(), Fatal> {
        if self.level == Level::None {
            return Ok(());
        }
        let phase = self.run.phase;
        let locks = self.args.no_lock != Some(true);
        let record = self.found.record.as_ref().filter(|_| self.args.record == Some(true));
        let intent = Intent {
            waits_for_deletions: self.options.wait_delete.waits(phase.engine, phase.event),
            reads_logs: self.options.logs != LogMode::None,
            only: self.options.only.clone(),
            locks,
            record: record.map(|(store, head)| (store.driver().resource(), head.object.clone())),
        };
        let report =
            preflight::check(cluster, phase, &intent, self.level).await.map_err(|error| cluster_fatal(&error))?;
        let holder = if locks { lock::holder(cluster, &phase.release).await } else { Ok(None) };
        let words = match &holder {
            _ if !locks => None,
            Ok(None) => Some("lock free"),
            Ok(Some(_)) => Some("lock held"),
            Err(_) => Some("lock not readable"),
        };
        outputs.preflight(self.run, &report, words)?;
        if !report.is_fine() {
            let count = report.problems.len();
            let problems = if count == 1 { "a problem".to_owned() } else { format!("{count} problems") };
            return Err(refused(format!("not run: {problems} found before anything was changed"))
                .with_help("--preflight=rights looks at rights alone, --preflight=none at nothing."));
        }
        match holder {
            Ok(Some(held)) => Err(locked(&held, &phase.release)),
            Ok(None) => Ok(()),
            // Whoever may not read it is told so by the rights.
            Err(error) if error.kind == ErrorKind::Forbidden => Ok(()),
            Err(error) => Err(cluster_fatal(&error)),
        }
    }
}

/// The event of a word.
fn event(typed: &str) -> Result<Event, Fatal> {
    Event::from_name(typed).ok_or_else(|| {
        let all: Vec<&str> = Event::ALL.iter().map(|event| event.name()).collect();
        Fatal::usage(format!("unknown event {typed:?}")).with_help(format!("Known events: {}.", all.join(", ")))
    })
}

fn level(args: &RunArgs) -> Level {
    match args.preflight {
        PreflightArg::All => Level::All,
        PreflightArg::Rights => Level::Rights,
        PreflightArg::None => Level::None,
    }
}

fn options(args: &RunArgs, phase: &Phase, only: Option<BTreeSet<u32>>) -> Result<RunOptions, Fatal> {
    Ok(RunOptions {
        timeout: args.timeout,
        hook_timeouts: names::timeouts(&args.hook_timeout, phase)?,
        wait_delete: match args.wait_delete {
            WaitDeleteArg::Always => WaitDelete::Always,
            WaitDeleteArg::Helm => WaitDelete::Helm,
        },
        only,
        logs: match args.logs {
            LogsArg::Stream => LogMode::Stream,
            LogsArg::OnFailure => LogMode::OnFailure,
            LogsArg::None => LogMode::None,
        },
        on_interrupt: match args.on_interrupt {
            OnInterruptArg::Leave => OnInterrupt::Leave,
            OnInterruptArg::Delete => OnInterrupt::Delete,
        },
    })
}

fn runs(only: Option<&BTreeSet<u32>>, order: u32) -> bool {
    only.is_none_or(|only| only.contains(&order))
}

fn refused(message: impl Into<String>) -> Fatal {
    Fatal { code: exit::REFUSED, message: message.into(), help: None }
}

fn locked(held: &Held, release: &Release) -> Fatal {
    let event = held.event.as_deref().unwrap_or("a phase");
    let ago = held.renewed_ago.map(|ago| format!(", heard of {} s ago", ago.as_secs())).unwrap_or_default();
    let free = held.free_in.as_secs().max(1);
    refused(format!("{event} of {} is being run by {}{ago}", release.name, held.holder)).with_help(format!(
        "Wait until that has ended. If nothing more is heard of it, the lock is free in {free} s; --no-lock runs without it."
    ))
}

/// Asks the person at the terminal.
fn confirm(hooks: usize) -> Result<(), Fatal> {
    let what = if hooks == 1 { "this hook".to_owned() } else { format!("these {hooks} hooks") };
    to_stderr(&format!("Run {what}? [y/N] "));
    let mut answer = String::new();
    let read = std::io::stdin().lock().read_line(&mut answer);
    if read.is_ok() && matches!(answer.trim().to_lowercase().as_str(), "y" | "yes") {
        to_stderr("\n");
        return Ok(());
    }
    if !answer.ends_with('\n') {
        to_stderr("\n");
    }
    Err(refused("not run: not confirmed"))
}
