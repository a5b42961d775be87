//! Where the hooks of a run come from: the record of a release, or a chart.

use std::sync::Arc;

use crate::cli::args::ForArg;
use crate::cli::chart_phase::{PhaseFailure, of_chart};
use crate::cli::exit::Fatal;
use crate::cli::live::{Live, cluster_fatal, source_fatal};
use crate::cli::output::to_stderr;
use crate::cli::problem;
use crate::cli::render_args::HelmArgs;
use crate::cli::settings::{RenderSettings, Settings};
use crate::cluster::preflight::{Pending, pending};
use crate::cluster::release::RecordHead;
use crate::cluster::source::{self, SourceError, Wanted};
use crate::cluster::{ErrorKind, Phase, Store};
use crate::helm::dialect::Engine;
use crate::helm::world::World;
use crate::hooks::{Event, Method, Operation, Release};

use super::args::{RunArgs, ServerSideArg};

/// What it means for a release that exists that its record is not read.
const UNKNOWN_RECORD: &str = ", so that its values are not kept and revisions are not counted";

/// What was found.
pub(super) struct Source {
    /// The release.
    pub(super) release: Release,
    /// What is run; `None` when no hook names the event.
    pub(super) phase: Option<Phase>,
    /// Why the release is to be left alone.
    pub(super) pending: Option<Pending>,
    /// The record the hooks are from.
    pub(super) record: Option<(Store, RecordHead)>,
}

/// Refuses flags that contradict each other.
///
/// # Errors
/// With the first of them.
pub(super) fn check(args: &RunArgs, event: Event, settings: &Settings) -> Result<(), Fatal> {
    let operation = event.operation();
    let of_chart = |what: &str| {
        Err(Fatal::usage(format!("{what} says how a chart is rendered, and the hooks are those of the stored release"))
            .with_help("Add --chart CHART to take them from a chart."))
    };
    let render = &args.render;
    let values =
        [&render.values, &render.set, &render.set_string, &render.set_file, &render.set_json, &render.set_literal];
    match &args.chart {
        None if values.iter().any(|typed| !typed.is_empty()) => return of_chart("a flag of values"),
        None if args.reuse.is_given() => return of_chart("--reuse-values or its like"),
        Some(_) if args.revision.is_some() || args.to.is_some() => {
            return Err(Fatal::usage("--chart and --revision or --to do not go together")
                .with_help("A chart has no revisions: leave one of them out."));
        }
        Some(_) if args.record == Some(true) => {
            return Err(Fatal::usage("--record and --chart do not go together")
                .with_help("The hooks of a chart are in no release record."));
        }
        _ => {}
    }
    if args.to.is_some() && operation != Operation::Rollback {
        return Err(Fatal::usage(format!("--to is the revision of a rollback, and {event} belongs to {operation}"))
            .with_help("Use --revision for the hooks of another revision."));
    }
    if args.to.is_some() && args.revision.is_some() {
        return Err(Fatal::usage("--to and --revision name the same revision").with_help("Leave one of them out."));
    }
    match args.server_side {
        Some(_) if engine(args, settings) == Engine::Helm3 => {
            Err(Fatal::usage("--server-side is a flag of Helm 4").with_help("Helm 3 always creates; leave it out."))
        }
        Some(_) if matches!(operation, Operation::Uninstall | Operation::Test) => {
            Err(Fatal::usage(format!("--server-side is no flag of helm {operation}"))
                .with_help("How its hooks are created is not left to the user there."))
        }
        _ => Ok(()),
    }
}

fn engine(args: &RunArgs, settings: &Settings) -> Engine {
    match args.engine {
        Some(ForArg::Helm3) => Engine::Helm3,
        Some(ForArg::Helm4) => Engine::Helm4,
        None => settings.default_engine,
    }
}

/// Finds the hooks.
///
/// # Errors
/// When there is no such release, and when the cluster or the command line is not as it should be; inside, when a chart is not.
pub(super) fn find(
    args: &RunArgs,
    event: Event,
    live: &Arc<Live>,
    settings: &Settings,
) -> Result<Result<Source, PhaseFailure>, Fatal> {
    let engine = engine(args, settings);
    let namespace = live.namespace();
    let store = live.store(Some(namespace));
    let mut found = match &args.chart {
        None => from_record(args, event, engine, live, store?)?,
        Some(chart) => match from_chart(args, chart, event, engine, live, store, settings)? {
            Ok(found) => found,
            Err(failure) => return Ok(Err(failure)),
        },
    };
    let method = match args.server_side {
        Some(ServerSideArg::True) => Some(Method::Apply),
        Some(ServerSideArg::False) => Some(Method::Post),
        Some(ServerSideArg::Auto) | None => None,
    };
    found.phase = found.phase.map(|phase| match method {
        Some(method) => Phase { plan: phase.plan.with_method(method), method, ..phase },
        None => phase,
    });
    Ok(Ok(found))
}

fn from_record(args: &RunArgs, event: Event, engine: Engine, live: &Live, store: Store) -> Result<Source, Fatal> {
    let wanted = Wanted { release: args.release.clone(), event, revision: args.revision, to: args.to, engine };
    let found = live.ask(async |_| source::find(&store, live.namespace(), &wanted).await);
    let found = found.map_err(|error| unreadable(error, &store))?;
    let release = Release { name: found.release.name.clone(), namespace: live.namespace().to_owned() };
    let history = live.ask(async |_| store.history(&release.name).await).map_err(|error| cluster_fatal(&error))?;
    let pending = pending_of(&release, &history);
    let head = history.into_iter().find(|head| head.revision == found.release.revision);
    Ok(Source { release, phase: found.phase, pending, record: head.map(|head| (store, head)) })
}

fn from_chart(
    args: &RunArgs,
    chart: &str,
    event: Event,
    engine: Engine,
    live: &Arc<Live>,
    store: Result<Store, Fatal>,
    settings: &Settings,
) -> Result<Result<Source, PhaseFailure>, Fatal> {
    let store = match (store, &args.release, live.driver_elsewhere()) {
        (Ok(store), ..) => Some(store),
        // A chart that is given for a release that is named needs no record.
        (Err(_), Some(_), Some(driver)) if !args.reuse.keeps() => {
            let upgrade = if event.operation() == Operation::Install { "" } else { UNKNOWN_RECORD };
            let note = format!("HELM_DRIVER is {driver}: the records of the release are not read{upgrade}");
            to_stderr(&problem::note(&note, &settings.error_look));
            None
        }
        (Err(fatal), _, Some(_)) => {
            return Err(fatal
                .with_help("With a chart name the release, and keep none of its values: then no record is needed."));
        }
        (Err(fatal), ..) => return Err(fatal),
    };
    let name = match (&args.release, &store) {
        (Some(name), _) => name.clone(),
        (None, None) => String::new(),
        (None, Some(store)) => {
            let name = live.ask(async |_| source::name(store, live.namespace(), None).await);
            name.map_err(|error| unreadable(error, store))?
        }
    };
    let helm =
        HelmArgs { engine: Some(if engine == Engine::Helm3 { ForArg::Helm3 } else { ForArg::Helm4 }), renderer: None };
    let words = [name.clone(), chart.to_owned()];
    let (render, path) = RenderSettings::resolve(&args.render, helm, &words, settings, World::real())?;
    let found = match of_chart(live, store.as_ref(), &path, event, &render, args.reuse.reuse(), settings) {
        Ok(found) => found,
        Err(PhaseFailure::Fatal(fatal)) => return Err(fatal),
        Err(failure) => return Ok(Err(failure)),
    };
    for warning in &found.warnings {
        to_stderr(&problem::note(warning, &settings.error_look));
    }
    let release = Release { name, namespace: live.namespace().to_owned() };
    let pending = pending_of(&release, &found.history);
    Ok(Ok(Source { release, phase: found.phase, pending, record: None }))
}

/// Why there is nothing to run; without the right to read records, what is missing.
fn unreadable(error: SourceError, store: &Store) -> Fatal {
    match error {
        SourceError::Cluster(error) if error.kind == ErrorKind::Forbidden => {
            let resource = store.driver().resource();
            super::refused(error.message).with_help(format!(
                "Release records are read first. A Role needs this rule: {{apiGroups: [\"\"], resources: [{resource:?}], verbs: [\"get\", \"list\"]}}."
            ))
        }
        error => source_fatal(error),
    }
}

fn pending_of(release: &Release, history: &[RecordHead]) -> Option<Pending> {
    let newest = history.last()?;
    let good = history.iter().rev().find(|head| matches!(head.status.as_str(), "deployed" | "superseded"));
    pending(release, newest.revision, &newest.status, good.map(|head| head.revision))
}
