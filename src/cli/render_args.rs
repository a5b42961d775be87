//! The flags of rendering, which are helm's own, shared by every command that renders; and those that are refused, with the reason.

use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};

use crate::helm::dialect::Engine;

use super::args::{ForArg, RendererArg, go_bool};
use super::settings::Settings;

/// How a chart is rendered, as typed.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct RenderArgs {
    /// Values from a YAML file, or - for stdin; may be repeated or separated by commas
    #[arg(short = 'f', long, value_name = "FILE", help_heading = "Rendering")]
    pub values: Vec<String>,
    /// Set values (key1=val1,key2=val2); may be repeated
    #[arg(long, value_name = "KEY=VALUE", allow_hyphen_values = true, help_heading = "Rendering")]
    pub set: Vec<String>,
    /// Set values that are strings
    #[arg(long, value_name = "KEY=VALUE", allow_hyphen_values = true, help_heading = "Rendering")]
    pub set_string: Vec<String>,
    /// Set values from files (key1=path1,key2=path2)
    #[arg(long, value_name = "KEY=FILE", allow_hyphen_values = true, help_heading = "Rendering")]
    pub set_file: Vec<String>,
    /// Set JSON values, or a whole JSON object
    #[arg(long, value_name = "KEY=JSON", allow_hyphen_values = true, help_heading = "Rendering")]
    pub set_json: Vec<String>,
    /// Set one value that is a string, with no character special
    #[arg(long, value_name = "KEY=VALUE", allow_hyphen_values = true, help_heading = "Rendering")]
    pub set_literal: Vec<String>,
    /// Kubernetes version of .Capabilities.KubeVersion
    #[arg(long, value_name = "VERSION", help_heading = "Rendering")]
    pub kube_version: Option<String>,
    /// Further API versions of .Capabilities.APIVersions; may be repeated or separated by commas
    #[arg(short, long, value_name = "API", help_heading = "Rendering")]
    pub api_versions: Vec<String>,
    /// Do not check values against values.schema.json
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_parser = go_bool, value_name = "BOOL", help_heading = "Rendering")]
    pub skip_schema_validation: Option<bool>,
    /// Make up a release name (NAME must be left out)
    #[arg(short = 'g', long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_parser = go_bool, value_name = "BOOL", help_heading = "Rendering")]
    pub generate_name: Option<bool>,
    /// Template of the release name
    #[arg(long, value_name = "TEMPLATE", help_heading = "Rendering")]
    pub name_template: Option<String>,
    /// Leave out CRDs (they are no hooks)
    #[arg(long, hide = true, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_parser = go_bool, value_name = "BOOL")]
    pub skip_crds: Option<bool>,
    /// Put the release name into the paths of --output-dir
    #[arg(long, hide = true, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_parser = go_bool, value_name = "BOOL")]
    pub release_name: Option<bool>,
    /// Flags of helm that are refused.
    #[command(flatten)]
    pub refused: RefusedArgs,
}

/// Which Helm renders, as typed.
#[derive(Args, Clone, Copy, Debug, Default)]
pub(crate) struct HelmArgs {
    /// Which Helm to be (default: the one that started this, else helm4)
    #[arg(long = "for", value_enum, value_name = "HELM", help_heading = "Rendering")]
    pub engine: Option<ForArg>,
    /// Who renders: this program, or $HELM_BIN for comparison
    #[arg(long, value_enum, value_name = "RENDERER", help_heading = "Rendering")]
    pub renderer: Option<RendererArg>,
}

impl HelmArgs {
    /// Which Helm to be.
    pub(crate) fn chosen(&self, settings: &Settings) -> Engine {
        match self.engine {
            Some(ForArg::Helm3) => Engine::Helm3,
            Some(ForArg::Helm4) => Engine::Helm4,
            None => settings.default_engine,
        }
    }
}

/// What `template` prints, as typed.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct TemplateArgs {
    /// Render as an upgrade: .Release.IsUpgrade instead of .Release.IsInstall
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_parser = go_bool, value_name = "BOOL", help_heading = "Printing")]
    pub is_upgrade: Option<bool>,
    /// Leave out hooks
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_parser = go_bool, value_name = "BOOL", help_heading = "Printing")]
    pub no_hooks: Option<bool>,
    /// Leave out test hooks
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_parser = go_bool, value_name = "BOOL", help_heading = "Printing")]
    pub skip_tests: Option<bool>,
    /// Print the CRDs of crds/ too
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_parser = go_bool, value_name = "BOOL", help_heading = "Printing")]
    pub include_crds: Option<bool>,
    /// Print these templates only; may be repeated
    #[arg(short, long, value_name = "PATH", help_heading = "Printing")]
    pub show_only: Vec<String>,
    /// Write files below this folder instead of stdout
    #[arg(long, value_name = "FOLDER", help_heading = "Printing")]
    pub output_dir: Option<String>,
}

/// A flag of helm that is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RefusedFlag {
    /// Its name without dashes.
    pub name: &'static str,
    takes_value: bool,
    /// Why.
    pub reason: &'static str,
    /// The way round.
    pub instead: &'static str,
}

const NO_FETCH: &str = "charts are read from this machine, never fetched";
const PULL: &str = "Fetch the chart with `helm pull … --untar` and give its folder.";

const fn refused(name: &'static str, takes_value: bool, reason: &'static str, instead: &'static str) -> RefusedFlag {
    RefusedFlag { name, takes_value, reason, instead }
}

/// Every refused flag.
static REFUSED: [RefusedFlag; 18] = [
    refused("repo", true, NO_FETCH, PULL),
    refused("version", true, NO_FETCH, PULL),
    refused("devel", false, NO_FETCH, PULL),
    refused("username", true, NO_FETCH, PULL),
    refused("password", true, NO_FETCH, PULL),
    refused("ca-file", true, NO_FETCH, PULL),
    refused("cert-file", true, NO_FETCH, PULL),
    refused("key-file", true, NO_FETCH, PULL),
    refused("keyring", true, NO_FETCH, PULL),
    refused("pass-credentials", false, NO_FETCH, PULL),
    refused("plain-http", false, NO_FETCH, PULL),
    refused("verify", false, NO_FETCH, "Fetch the chart with `helm pull --verify … --untar` and give its folder."),
    refused(
        "dependency-update",
        false,
        "dependencies are read from charts/, never fetched",
        "Run `helm dependency build CHART` first.",
    ),
    refused(
        "post-renderer",
        true,
        "no other program is started while rendering",
        "Pipe what helm makes of it: `helm template … --post-renderer X | helm hooks plan -`.",
    ),
    refused(
        "post-renderer-args",
        true,
        "no other program is started while rendering",
        "Pipe what helm makes of it: `helm template … --post-renderer X | helm hooks plan -`.",
    ),
    refused(
        "validate",
        false,
        "no cluster is asked while rendering",
        "Pipe what helm makes of it: `helm template … --validate | helm hooks plan -`.",
    ),
    refused(
        "dry-run",
        true,
        "nothing is ever installed here, and no cluster is asked",
        "Leave it out, or pipe what helm makes of it: `helm template … --dry-run=server | helm hooks plan -`.",
    ),
    refused(
        "enable-dns",
        false,
        "there is no network while rendering",
        "Leave it out: getHostByName gives an empty string then.",
    ),
];

/// The refused flags that were typed.
#[derive(Clone, Debug, Default)]
pub(crate) struct RefusedArgs {
    /// In the order of the table.
    pub typed: Vec<&'static RefusedFlag>,
}

impl Args for RefusedArgs {
    fn augment_args(command: Command) -> Command {
        REFUSED.iter().fold(command, |command, flag| {
            // A command may have a flag of that name that it does take.
            if command.get_arguments().any(|arg| arg.get_long() == Some(flag.name)) {
                return command;
            }
            let arg = Arg::new(flag.name).long(flag.name).hide(true);
            // A value is optional so that the reason is given rather than a complaint about the value.
            let arg = arg.num_args(0..=1).default_missing_value("").require_equals(!flag.takes_value);
            command.arg(arg.action(ArgAction::Append))
        })
    }

    fn augment_args_for_update(command: Command) -> Command {
        RefusedArgs::augment_args(command)
    }
}

impl FromArgMatches for RefusedArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<RefusedArgs, clap::Error> {
        let typed = |flag: &&RefusedFlag| {
            let known = matches.try_contains_id(flag.name).is_ok();
            known && matches.value_source(flag.name) == Some(ValueSource::CommandLine)
        };
        Ok(RefusedArgs { typed: REFUSED.iter().filter(typed).collect() })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = RefusedArgs::from_arg_matches(matches)?;
        Ok(())
    }
}
