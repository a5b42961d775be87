//! The flags of `run`, as typed.

use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::cli::args::{ForArg, go_bool};
use crate::cli::chart_phase::ReuseArgs;
use crate::cli::cluster_args::{ClusterArgs, duration};
use crate::cli::render_args::RenderArgs;

/// `run`.
#[derive(Args, Clone, Debug)]
#[command(
    after_help = "Hooks are named as [KIND/]NAME, or as #N by their place in the plan. Exit codes: 0 done, 1 a hook failed, 2 usage, 3 cluster not reached, 4 timed out, 5 refused before anything changed, 130 interrupted."
)]
pub(crate) struct RunArgs {
    /// The event whose hooks are run: pre-upgrade, test …
    // Numbered, since completion gives it its words anew and would put it last.
    #[arg(index = 1, value_name = "EVENT")]
    pub event: String,
    /// The release (default: the only one of the namespace)
    #[arg(index = 2, value_name = "RELEASE")]
    pub release: Option<String>,
    /// Take the hooks from this chart instead of the stored release
    #[arg(long, value_name = "CHART", value_hint = clap::ValueHint::AnyPath)]
    pub chart: Option<String>,
    /// Take the hooks of this revision (default: the one Helm would take)
    #[arg(long, value_name = "N")]
    pub revision: Option<u32>,
    /// Revision to roll back to, for rollback events (default: the previous one)
    #[arg(long, value_name = "N")]
    pub to: Option<u32>,
    /// Run this hook only; may be repeated
    #[arg(long, value_name = "HOOK")]
    pub only: Vec<String>,
    /// Do not run this hook; may be repeated
    #[arg(long, value_name = "HOOK")]
    pub skip: Vec<String>,
    /// Begin with this hook
    #[arg(long, value_name = "HOOK")]
    pub start_at: Option<String>,
    /// How long each wait may take, as Helm counts (0 as that Helm has it)
    #[arg(long, value_name = "DURATION", default_value = "5m0s", value_parser = duration)]
    pub timeout: Duration,
    /// Another timeout for one hook (migrate=30m); may be repeated
    #[arg(long, value_name = "HOOK=DURATION")]
    pub hook_timeout: Vec<String>,
    /// What is looked at before anything changes
    #[arg(long, value_enum, value_name = "LEVEL", default_value = "all")]
    pub preflight: PreflightArg,
    /// Whether deletions are waited for: always, or as that Helm does
    #[arg(long, value_enum, value_name = "WHEN", default_value = "always")]
    pub wait_delete: WaitDeleteArg,
    /// Run without asking; scripts need it
    #[arg(short, long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_parser = go_bool, value_name = "BOOL", hide_possible_values = true)]
    pub yes: Option<bool>,
    /// Change nothing: client shows the plan, server looks at everything a run would need
    #[arg(long, value_enum, value_name = "HOW", num_args = 0..=1, require_equals = true, default_missing_value = "client")]
    pub dry_run: Option<DryRunArg>,
    /// What becomes of the output of containers
    #[arg(long, value_enum, value_name = "WHEN", default_value = "stream")]
    pub logs: LogsArg,
    /// What an interrupt leaves: everything, as Helm does, or nothing of this run
    #[arg(long, value_enum, value_name = "WHAT", default_value = "leave")]
    pub on_interrupt: OnInterruptArg,
    /// Write phases and times into the release record, as Helm does
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_parser = go_bool, value_name = "BOOL", hide_possible_values = true)]
    pub record: Option<bool>,
    /// Do not take the lock that keeps two runs of a release apart
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_parser = go_bool, value_name = "BOOL", hide_possible_values = true)]
    pub no_lock: Option<bool>,
    /// Format: text or json (one event a line); with =FILE into a file; may be repeated
    #[arg(short, long, alias = "format", value_name = "FORMAT[=FILE]")]
    pub output: Vec<String>,
    /// Which Helm to be (default: the one that started this, else helm4)
    #[arg(long = "for", value_enum, value_name = "HELM")]
    pub engine: Option<ForArg>,
    /// Helm 4: create objects by server-side apply (true, false, or auto: as the release was made)
    #[arg(long, value_enum, value_name = "WHETHER", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub server_side: Option<ServerSideArg>,
    /// Which values of the release are kept.
    #[command(flatten)]
    pub reuse: ReuseArgs,
    /// How a chart is rendered.
    #[command(flatten)]
    pub render: RenderArgs,
    /// How the cluster is reached.
    #[command(flatten)]
    pub cluster: ClusterArgs,
}

/// `--preflight`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PreflightArg {
    /// Rights, a dry run of every object, what their pods refer to
    All,
    /// Rights
    Rights,
    /// Nothing
    None,
}

/// `--wait-delete`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum WaitDeleteArg {
    /// Always
    Always,
    /// As that Helm does
    Helm,
}

/// `--dry-run`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DryRunArg {
    /// Show the plan
    Client,
    /// Look at everything a run would need
    Server,
    /// Run
    #[value(hide = true)]
    None,
}

/// `--logs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogsArg {
    /// While it comes
    Stream,
    /// The last lines of what failed
    OnFailure,
    /// Not at all
    None,
}

/// `--on-interrupt`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum OnInterruptArg {
    /// Leave everything
    Leave,
    /// Delete what this run created
    Delete,
}

/// `--server-side`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ServerSideArg {
    /// Apply
    True,
    /// Create
    False,
    /// As the release was made
    Auto,
}
