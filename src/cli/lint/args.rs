//! The command line of `lint` and `rules` as typed.

use clap::{Args, ValueEnum};

use crate::cli::render_args::RenderArgs;
use crate::lint::config::For;
use crate::lint::{Applicability, Profile};
use crate::text::Severity;

/// `lint`.
#[derive(Args, Clone, Debug)]
#[command(
    after_help = "PATH is a chart, a folder below which charts are looked for, a file of a chart, or - for rendered manifests on stdin.\n\
        A RULE is a code (HH203), a name (order-by-name-only), a prefix of codes (HH2) or a profile.\n\
        Every chart is linted with its defaults and with each ci/*-values.yaml."
)]
pub(crate) struct LintArgs {
    /// Charts, folders with charts, files of charts, or - for stdin
    #[arg(value_name = "PATH", value_hint = clap::ValueHint::AnyPath)]
    pub paths: Vec<String>,
    /// Format: full, concise, json, sarif, github, gitlab or junit; with =FILE into a file; may be repeated
    #[arg(short, long, alias = "format", value_name = "FORMAT[=FILE]")]
    pub output: Vec<String>,
    /// Whom the charts are for; may be repeated (default: both Helms)
    #[arg(long = "for", value_enum, value_delimiter = ',', value_name = "ENGINE", help_heading = "Rules")]
    pub engines: Vec<EngineArg>,
    /// Run the rules of this profile too; may be repeated
    #[arg(long, value_enum, value_delimiter = ',', value_name = "PROFILE", help_heading = "Rules")]
    pub profile: Vec<ProfileArg>,
    /// Run these rules and no others; may be repeated or separated by commas
    #[arg(long, value_name = "RULE", help_heading = "Rules")]
    pub select: Vec<String>,
    /// Do not run these rules; may be repeated or separated by commas
    #[arg(long, value_name = "RULE", help_heading = "Rules")]
    pub ignore: Vec<String>,
    /// The least severity that makes the exit code 1 (default: error)
    #[arg(long, value_enum, value_name = "SEVERITY", help_heading = "Rules")]
    pub fail_on: Option<SeverityArg>,
    /// Exit with 0 whatever is found
    #[arg(long, help_heading = "Rules")]
    pub exit_zero: bool,
    /// The configuration, instead of the nearest .helm-hooks.yaml at or above each chart
    #[arg(long, value_name = "FILE", conflicts_with = "isolated", help_heading = "Rules")]
    pub config: Option<String>,
    /// Read no configuration
    #[arg(long, help_heading = "Rules")]
    pub isolated: bool,
    /// Report only what is not in this file
    #[arg(long, value_name = "FILE", help_heading = "What is looked at")]
    pub baseline: Option<String>,
    /// Write what is found to a file for --baseline
    #[arg(long, value_name = "FILE", conflicts_with = "baseline", help_heading = "What is looked at")]
    pub write_baseline: Option<String>,
    /// The chart as it was, for the rules that compare (HH8)
    #[arg(long, value_name = "CHART", value_hint = clap::ValueHint::AnyPath, help_heading = "What is looked at")]
    pub baseline_chart: Option<String>,
    /// Lint only charts that differ from a commit of git, or from where the branch left it
    #[arg(long, value_name = "REF", help_heading = "What is looked at")]
    pub changed_since: Option<String>,
    /// Also lint with each value turned round that a template of hooks asks for in an if
    #[arg(long, help_heading = "What is looked at")]
    pub values_matrix: bool,
    /// Apply fixes: the safe ones, or with =unsafe all
    #[arg(long, value_enum, num_args = 0..=1, require_equals = true, default_missing_value = "safe", value_name = "WHICH", help_heading = "Fixing")]
    pub fix: Option<FixArg>,
    /// Print what --fix would change, and change nothing
    #[arg(long, help_heading = "Fixing")]
    pub diff: bool,
    /// How charts are rendered.
    #[command(flatten)]
    pub render: RenderArgs,
}

/// `rules`.
#[derive(Args, Clone, Debug)]
pub(crate) struct RulesArgs {
    /// Format: table or json; with =FILE into a file; may be repeated
    #[arg(short, long, alias = "format", value_name = "FORMAT[=FILE]")]
    pub output: Vec<String>,
}

/// Whom charts are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs, reason = "names of programs")]
pub(crate) enum EngineArg {
    Helm3,
    Helm4,
    Argocd,
    Flux,
}

impl From<EngineArg> for For {
    fn from(arg: EngineArg) -> For {
        match arg {
            EngineArg::Helm3 => For::Helm3,
            EngineArg::Helm4 => For::Helm4,
            EngineArg::Argocd => For::Argocd,
            EngineArg::Flux => For::Flux,
        }
    }
}

/// A profile that can be turned on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProfileArg {
    /// What is always on
    Default,
    /// Style, and facts worth knowing
    Pedantic,
    /// What Argo CD makes of hooks
    Argocd,
    /// What Flux makes of hooks
    Flux,
}

impl From<ProfileArg> for Profile {
    fn from(arg: ProfileArg) -> Profile {
        match arg {
            ProfileArg::Default => Profile::Default,
            ProfileArg::Pedantic => Profile::Pedantic,
            ProfileArg::Argocd => Profile::Argocd,
            ProfileArg::Flux => Profile::Flux,
        }
    }
}

/// A severity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs, reason = "their names say it")]
pub(crate) enum SeverityArg {
    Error,
    Warning,
    Info,
}

impl From<SeverityArg> for Severity {
    fn from(arg: SeverityArg) -> Severity {
        match arg {
            SeverityArg::Error => Severity::Error,
            SeverityArg::Warning => Severity::Warning,
            SeverityArg::Info => Severity::Info,
        }
    }
}

/// Which fixes are applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FixArg {
    /// Those that give what was meant with every value
    Safe,
    /// Also those that may change more
    Unsafe,
}

impl From<FixArg> for Applicability {
    fn from(arg: FixArg) -> Applicability {
        match arg {
            FixArg::Safe => Applicability::Safe,
            FixArg::Unsafe => Applicability::Unsafe,
        }
    }
}
