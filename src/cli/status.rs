//! `status`: what became of the hooks of releases, and what exists now.

use clap::Args;
use jiff::Timestamp;

use crate::cluster::live::Scope;
use crate::cluster::source::{self, SourceError};
use crate::cluster::status::status;
use crate::cluster::{Cluster, ErrorKind, Store};
use crate::report::status::{Report, json, table, yaml};

use super::args::{ForArg, go_bool};
use super::cluster_args::ClusterArgs;
use super::exit::{self, Fatal, Outcome};
use super::live::{Live, cluster_fatal, source_fatal};
use super::output::{deliver, targets, to_stderr};
use super::problem;
use super::render_args::HelmArgs;
use super::settings::Settings;

/// `status`.
#[derive(Args, Clone, Debug)]
pub(crate) struct StatusArgs {
    /// The release (default: all of the namespace)
    #[arg(value_name = "RELEASE", conflicts_with = "all_namespaces")]
    pub release: Option<String>,
    /// Look at all namespaces
    #[arg(short = 'A', long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_parser = go_bool, value_name = "BOOL", hide_possible_values = true)]
    pub all_namespaces: Option<bool>,
    /// Format: table, json or yaml; with =FILE into a file; may be repeated
    #[arg(short, long, alias = "format", value_name = "FORMAT[=FILE]")]
    pub output: Vec<String>,
    /// The Helm that will go on with the release (default: the one that started this, else helm4)
    #[arg(long = "for", value_enum, value_name = "HELM")]
    pub engine: Option<ForArg>,
    /// How a cluster is reached.
    #[command(flatten)]
    pub cluster: ClusterArgs,
}

/// Formats of `status` and `leftovers`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Table,
    Json,
    Yaml,
}

/// See [`Format`].
pub(super) const FORMATS: [(&str, Format); 3] =
    [("table", Format::Table), ("json", Format::Json), ("yaml", Format::Yaml)];

/// Which releases are looked at.
pub(super) struct Place {
    pub store: Store,
    pub scope: Scope,
    /// In words.
    pub words: String,
    pub all_namespaces: bool,
}

impl Place {
    /// A release, a namespace or all of them.
    ///
    /// # Errors
    /// When the records are in no cluster.
    pub(super) fn of(live: &Live, release: Option<&str>, everywhere: bool) -> Result<Place, Fatal> {
        let namespace = live.namespace();
        let (scope, words) = match release {
            _ if everywhere => (Scope::All, "any namespace".to_owned()),
            Some(release) => (Scope::Release, format!("{namespace} by {release}")),
            None => (Scope::Namespace, namespace.to_owned()),
        };
        let store = live.store((!everywhere).then_some(namespace))?;
        Ok(Place { store, scope, words, all_namespaces: everywhere })
    }
}

/// Runs `status`.
///
/// # Errors
/// For an unknown release, and when the cluster does not answer.
pub(crate) fn run(args: &StatusArgs, settings: &Settings) -> Outcome {
    let targets = targets(&args.output, &FORMATS, Format::Table)?;
    let engine = HelmArgs { engine: args.engine, renderer: None }.chosen(settings);
    let live = Live::connect(&args.cluster, settings)?;
    let place = Place::of(&live, args.release.as_deref(), args.all_namespaces == Some(true))?;
    let namespace = live.namespace();
    let work = async |cluster: &Cluster| {
        let release = args.release.as_deref();
        match status(cluster, &place.store, release, place.scope, engine).await {
            Err(error) if error.kind == ErrorKind::NotFound && release.is_some() => {
                Err(unknown(&place.store, namespace, release.unwrap_or_default()).await)
            }
            other => other.map_err(|error| cluster_fatal(&error)),
        }
    };
    let found = live.ask(work)?;
    let report = Report {
        releases: found.releases,
        errors: found.errors.iter().map(|error| error.message.clone()).collect(),
        all_namespaces: place.all_namespaces,
        place: place.words,
        helm_flags: helm_flags(settings, &live),
        now: Timestamp::now(),
    };
    for target in &targets {
        let look = settings.look.for_file(target.file.is_some());
        let text = match target.format {
            Format::Table => table(&report, &look),
            Format::Json => json(&report),
            Format::Yaml => yaml(&report),
        };
        deliver(target.file.as_deref(), &text)?;
    }
    Ok(end(&report.errors, settings))
}

/// Says what could not be looked at, and gives the exit code for it.
pub(super) fn end(errors: &[String], settings: &Settings) -> u8 {
    for error in errors {
        to_stderr(&problem::fatal(&Fatal::load(error.as_str()), &settings.error_look));
    }
    if errors.is_empty() { exit::OK } else { exit::LOAD }
}

/// A release without records.
pub(super) async fn unknown(store: &Store, namespace: &str, release: &str) -> Fatal {
    let error = source::no_release(store, namespace, release, None).await.unwrap_or_else(SourceError::from);
    source_fatal(error)
}

/// The context, where one was named: another helm would choose another cluster.
fn helm_flags(settings: &Settings, live: &Live) -> Vec<String> {
    match settings.access.context.as_ref().filter(|_| live.context().is_some()) {
        Some(context) => vec!["--kube-context".to_owned(), context.clone()],
        None => Vec::new(),
    }
}
