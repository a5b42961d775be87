//! The command line as typed. Nothing is looked up or decided here; [`super::settings`] does that in one step.

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::cluster_args::ClusterArgs;
use super::later::Later;
use super::leftovers::LeftoversArgs;
use super::lint::args::{LintArgs, RulesArgs};
use super::render_args::{HelmArgs, RenderArgs, TemplateArgs};
use super::run::args::RunArgs;
use super::status::StatusArgs;

/// Knows what Helm will do with a chart's hooks, without helm and without a cluster.
#[derive(Parser, Debug)]
#[command(version, about, long_about = None, args_override_self = true, disable_help_subcommand = true, max_term_width = 110)]
pub(crate) struct Cli {
    /// Flags of every command.
    #[command(flatten)]
    pub global: GlobalArgs,
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    /// Show what runs at each event, in Helm's real order, what is deleted and what stays behind
    Plan(Later<PlanArgs>),
    /// Find what is wrong with the hooks of charts, and mend it
    Lint(Later<LintArgs>),
    /// Render a chart as `helm template` does, byte for byte
    Template(Later<TemplateCommand>),
    /// Run the hooks of one event in the cluster, as Helm would, after showing what that does
    Run(Later<RunArgs>),
    /// Explain an event, a delete policy, an annotation or a rule; without a word, list what can be explained
    Explain(ExplainArgs),
    /// Show what became of the hooks of releases, what exists of them, and releases that are stuck
    Status(Later<StatusArgs>),
    /// Find objects of hooks that nobody will delete, and delete them
    Leftovers(Later<LeftoversArgs>),
    /// List the rules of lint
    Rules(RulesArgs),
    /// Print the JSON Schema of a command's JSON output
    Schema(SchemaArgs),
    /// Print a completion script for a shell
    Completion(CompletionArgs),
    /// Print the version, and the versions of Helm it equals
    Version,
}

/// Flags of every command.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct GlobalArgs {
    /// Namespace of the release
    #[arg(short, long, global = true, value_name = "NAMESPACE", help_heading = "Global options")]
    pub namespace: Option<String>,
    /// Context of the kubeconfig to use
    #[arg(long, alias = "context", global = true, value_name = "CONTEXT", help_heading = "Global options")]
    pub kube_context: Option<String>,
    /// Path of the kubeconfig
    #[arg(long, global = true, value_name = "FILE", help_heading = "Global options")]
    pub kubeconfig: Option<String>,
    /// Say more on stderr
    #[arg(long, global = true, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_parser = go_bool, value_name = "BOOL", hide_possible_values = true, help_heading = "Global options")]
    pub debug: Option<bool>,
    /// When to use colours
    #[arg(long, alias = "colour", global = true, value_enum, value_name = "WHEN", help_heading = "Global options")]
    pub color: Option<ColorChoice>,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorChoice {
    /// When stdout is a terminal
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// Which Helm to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ForArg {
    /// Helm 3.21.4
    Helm3,
    /// Helm 4.2.4
    Helm4,
}

/// Who renders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Default)]
pub(crate) enum RendererArg {
    /// This program
    #[default]
    Native,
    /// $HELM_BIN, or the first helm of $PATH
    Helm,
}

/// `plan`.
#[derive(Args, Clone, Debug)]
#[command(
    after_help = "PATH is a chart folder, a .tgz, a folder below which charts are looked for, or - for rendered manifests on stdin."
)]
pub(crate) struct PlanArgs {
    /// The path, after a release name if one is wanted (default: release-name)
    #[arg(value_name = "PATH", value_hint = clap::ValueHint::AnyPath)]
    pub args: Vec<String>,
    /// Show this event only; may be repeated
    #[arg(long, value_name = "EVENT")]
    pub event: Vec<String>,
    /// Plan a release that is installed, from its record: plan --live [RELEASE]
    #[arg(long)]
    pub live: bool,
    /// With --live: this revision instead of the newest
    #[arg(long, value_name = "N", requires = "live")]
    pub revision: Option<u32>,
    /// With a chart: render with a cluster's capabilities, and let lookup read its objects
    #[arg(long, conflicts_with = "live")]
    pub cluster: bool,
    /// Format: table, wide, json, yaml or markdown; with =FILE into a file; may be repeated
    #[arg(short, long, alias = "format", value_name = "FORMAT[=FILE]")]
    pub output: Vec<String>,
    /// How charts are rendered.
    #[command(flatten)]
    pub render: RenderArgs,
    /// By whom.
    #[command(flatten)]
    pub helm: HelmArgs,
    /// How a cluster is reached.
    #[command(flatten)]
    pub access: ClusterArgs,
}

/// `template`.
#[derive(Args, Clone, Debug)]
pub(crate) struct TemplateCommand {
    /// The chart, after a release name if one is wanted (default: release-name)
    #[arg(value_name = "CHART", value_hint = clap::ValueHint::AnyPath)]
    pub args: Vec<String>,
    /// How the chart is rendered.
    #[command(flatten)]
    pub render: RenderArgs,
    /// By whom.
    #[command(flatten)]
    pub helm: HelmArgs,
    /// What is printed.
    #[command(flatten)]
    pub template: TemplateArgs,
    /// Render with a cluster's capabilities, and let lookup read its objects
    #[arg(long)]
    pub cluster: bool,
    /// How a cluster is reached.
    #[command(flatten)]
    pub access: ClusterArgs,
}

/// `explain`.
#[derive(Args, Clone, Debug)]
pub(crate) struct ExplainArgs {
    /// The word to explain
    #[arg(value_name = "WORD")]
    pub word: Option<String>,
}

/// `schema`.
#[derive(Args, Clone, Debug)]
pub(crate) struct SchemaArgs {
    /// The command whose output is described, or config
    #[arg(value_enum, value_name = "COMMAND")]
    pub of: SchemaOf,
}

/// What has a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SchemaOf {
    /// plan -o json
    Plan,
    /// lint -o json
    Lint,
    /// One line of run -o json
    Run,
    /// status -o json
    Status,
    /// leftovers -o json
    Leftovers,
    /// rules -o json
    Rules,
    /// .helm-hooks.yaml
    Config,
}

/// `completion`.
#[derive(Args, Clone, Debug)]
pub(crate) struct CompletionArgs {
    /// The shell
    #[arg(value_enum, value_name = "SHELL")]
    pub shell: Shell,
}

/// A shell with completion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs, reason = "names of shells")]
pub(crate) enum Shell {
    Bash,
    Zsh,
    Fish,
    Powershell,
}

/// Reads a boolean as Go's flag library does.
///
/// # Errors
/// With Go's words, for anything that is no boolean to it.
pub(crate) fn go_bool(text: &str) -> Result<bool, String> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Ok(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Ok(false),
        _ => Err(format!("strconv.ParseBool: parsing {text:?}: invalid syntax")),
    }
}
