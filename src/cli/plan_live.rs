//! `plan --live`: what Helm would do now with the hooks of a release that is stored.
//!
//! An upgrade is planned with the stored hooks, which are those of the same chart once more; a rollback with the hooks of the revision
//! it would go to; the events of an install only when they are asked for, since no command would run them.

use std::collections::HashSet;

use crate::cluster::source::{self, Wanted};
use crate::cluster::{RecordHead, Store, StoredRelease};
use crate::go::value::Str;
use crate::helm::dialect::Engine;
use crate::hooks::{ChartId, Event, EventPlan, Note, Operation, Plan, Release, plan_stored};
use crate::report::plan::Report;

use super::args::PlanArgs;
use super::exit::Fatal;
use super::live::{Live, cluster_fatal, source_fatal};
use super::render::stream;
use super::settings::Settings;

/// Plans a stored release.
///
/// # Errors
/// When there is no such release, or no cluster.
pub(super) fn report(args: &PlanArgs, only: Option<&HashSet<Event>>, settings: &Settings) -> Result<Report, Fatal> {
    let release = match args.args.as_slice() {
        [] => None,
        [release] => Some(release.clone()),
        _ => return Err(Fatal::usage("plan --live takes one release")),
    };
    let engine = args.helm.chosen(settings);
    let live = Live::connect(&args.access, settings)?;
    let namespace = live.namespace();
    let store = live.store(Some(namespace))?;
    // Any event that goes by the newest revision, or by the one that is named.
    let wanted = Wanted { release, event: Event::Test, revision: args.revision, to: None, engine };
    let found = live.ask(async |_| source::find(&store, namespace, &wanted).await).map_err(source_fatal)?;
    let (newest, release) = (found.newest, found.release);
    let back = match args.revision {
        Some(_) => None,
        None => live.ask(async |_| before(&store, &newest).await).map_err(|error| cluster_fatal(&error))?,
    };
    Ok(Report {
        single: true,
        charts: vec![plan(&release, back.as_ref(), &newest, args, only, engine)],
        ..Report::default()
    })
}

/// The revision that a rollback without further words goes to.
async fn before(store: &Store, newest: &RecordHead) -> Result<Option<StoredRelease>, crate::cluster::ClusterError> {
    let history = store.history(&newest.name).await?;
    match history.iter().find(|head| head.revision.checked_add(1) == Some(newest.revision)) {
        Some(head) => store.read(head).await.map(Some),
        None => Ok(None),
    }
}

fn plan(
    release: &StoredRelease,
    back: Option<&StoredRelease>,
    newest: &RecordHead,
    args: &PlanArgs,
    only: Option<&HashSet<Event>>,
    engine: Engine,
) -> Plan {
    let wanted = |event: &Event| match only {
        Some(only) => only.contains(event),
        None => event.operation() != Operation::Install,
    };
    let of_event = |event: Event| -> Option<EventPlan> {
        let from = match (event.operation(), args.revision) {
            (Operation::Rollback, None) => back?,
            _ => release,
        };
        source::phase(from, &newest.status, event, engine).map(|phase| phase.plan)
    };
    let events = Event::ALL.into_iter().filter(wanted).filter_map(of_event).collect();
    let (name, version) = (release.chart_name.clone(), Some(release.chart_version.clone()));
    let chart = ChartId { path: format!("release/{}.v{}", release.name, release.revision), name, version };
    let id = Release { name: release.name.clone(), namespace: release.namespace.clone() };
    let mut plan = plan_stored(chart, id, engine, events, objects(release, engine));
    let mut notes = about(release, back, newest, &plan);
    notes.append(&mut plan.notes);
    plan.notes = notes;
    plan
}

/// How many objects a stored manifest has.
fn objects(release: &StoredRelease, engine: Engine) -> usize {
    let documents = stream::read(&Str::from(release.manifest.as_str()), engine.dialect());
    documents.map_or(0, |(manifests, _)| manifests.plain.iter().filter(|own| !own.head.kind.is_empty()).count())
}

/// What to know of the release itself.
fn about(release: &StoredRelease, back: Option<&StoredRelease>, newest: &RecordHead, plan: &Plan) -> Vec<Note> {
    let mut notes = Vec::new();
    let mut note = |code, message| notes.push(Note { code, message });
    let RecordHead { name, revision, status, .. } = newest;
    if release.revision == *revision {
        note("stored-release", format!("hooks as stored in revision {revision} ({status}) of {name}"));
    } else {
        let own = release.revision;
        note(
            "stored-release",
            format!("hooks as stored in revision {own} of {name}, whose newest is {revision} ({status})"),
        );
    }
    let rolls_back = plan.events.iter().any(|event| event.event.operation() == Operation::Rollback);
    if let Some(back) = back.filter(|_| rolls_back) {
        note("rollback-target", format!("rollback: hooks of revision {}, the one before", back.revision));
    }
    if crate::cluster::release::is_pending(status) {
        note("release-pending", format!("{status}: helm refuses to upgrade until that is mended (see status {name})"));
    }
    notes
}
