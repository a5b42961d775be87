//! The plan of a chart: one pure value that is printed, linted and executed.
//!
//! Knows the sequence install, test, upgrade, rollback to 1, uninstall, and which rendering each event takes its hooks from.

use std::collections::HashSet;
use std::sync::Arc;

use crate::helm::dialect::Engine;
use crate::helm::manifest::Manifests;

use super::event::{Event, Operation};
use super::existing::{Existing, Identities};
use super::hook::{Hook, ObjectRef, Source, plain_object};
use super::lifecycle::{EventPlan, Rendering, plan_event};
use super::notes::{self, Note};

/// What Helm will do with a chart's hooks.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Which chart.
    pub chart: ChartId,
    /// As which release.
    pub release: Release,
    /// By which Helm.
    pub engine: Engine,
    /// The events that have hooks, in the order of [`Event::ALL`].
    pub events: Vec<EventPlan>,
    /// What Helm drops without a word.
    pub dropped: Vec<Dropped>,
    /// What a reader should know.
    pub notes: Vec<Note>,
    /// What still exists after an uninstall, of everything hooks created.
    pub left_after_uninstall: Vec<Arc<ObjectRef>>,
    /// How many objects the chart has that are no hooks, as install.
    pub objects: usize,
    /// How many hooks the chart has, as install.
    pub hooks: usize,
}

/// A chart, as far as a plan names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChartId {
    /// Where it was found, with `/`.
    pub path: String,
    /// Its name.
    pub name: String,
    /// Its version; `None` where only manifests are known.
    pub version: Option<String>,
}

/// A release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// Its name.
    pub name: String,
    /// Its namespace.
    pub namespace: String,
}

/// A document that Helm drops.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dropped {
    /// Where it was written.
    pub source: Source,
    /// Its kind.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// The annotation as written.
    pub annotation: String,
    /// Why it is dropped.
    pub reason: &'static str,
}

/// The renderings a plan is made from.
#[derive(Clone, Copy, Debug)]
pub struct Renderings<'a> {
    /// As a first install.
    pub install: &'a Manifests,
    /// As an upgrade.
    pub upgrade: UpgradeRendering<'a>,
    /// The install once more with other random numbers, when a template asks for any.
    pub reseeded: Option<&'a Manifests>,
    /// The install files as the other Helm splits and sorts them, when that is another result.
    pub other_engine: Option<&'a Manifests>,
}

/// How a chart renders as an upgrade.
#[derive(Clone, Copy, Debug)]
pub enum UpgradeRendering<'a> {
    /// As it does as an install: no template asks.
    Same,
    /// Like this.
    Differs(&'a Manifests),
    /// Not at all; the chart's own message.
    Failed(&'a str),
}

impl<'a> Renderings<'a> {
    /// Manifests that nobody will render again.
    pub fn only(install: &'a Manifests) -> Renderings<'a> {
        Renderings { install, upgrade: UpgradeRendering::Same, reseeded: None, other_engine: None }
    }
}

/// Makes the plan of a chart; of some events only when they are named.
pub fn plan(
    chart: ChartId,
    release: Release,
    engine: Engine,
    renderings: Renderings<'_>,
    only: Option<&HashSet<Event>>,
) -> Plan {
    let install = hooks(renderings.install);
    let upgrade = match renderings.upgrade {
        UpgradeRendering::Differs(manifests) => Some(hooks(manifests)),
        UpgradeRendering::Same | UpgradeRendering::Failed(_) => None,
    };
    let events = events(&install, upgrade.as_deref(), &release.namespace, engine);
    let plain = plain_objects(renderings.install, &install);
    let left_after_uninstall = left_after_uninstall(&events, &plain, &release.namespace, engine);
    let shown = |plan: &&EventPlan| only.is_none_or(|only| only.contains(&plan.event));
    let facts = notes::Facts {
        renderings: &renderings,
        install: &install,
        upgrade: upgrade.as_deref(),
        events: &events.iter().filter(shown).cloned().collect::<Vec<_>>(),
        only,
        all_events: &events,
        plain: &plain,
        left: if only.is_none() { &left_after_uninstall } else { &[] },
        namespace: &release.namespace,
        engine,
    };
    let notes = notes::all(&facts);
    Plan {
        dropped: dropped(renderings.install),
        objects: renderings.install.plain.iter().filter(|document| !document.head.kind.is_empty()).count(),
        hooks: install.len(),
        chart,
        release,
        engine,
        events: events.into_iter().filter(|plan| shown(&plan)).collect(),
        notes,
        left_after_uninstall: if only.is_none() { left_after_uninstall } else { Vec::new() },
    }
}

/// Notes that compare renderings, of which a stored release is one that nobody makes again.
const OF_RENDERINGS: [&str; 5] =
    ["not-on-upgrade", "upgrade-not-rendered", "differs-after-upgrade", "random-names", "helm3-helm4-differ"];

/// The plan of a stored release: its events are planned already, each from the revision Helm would take, and shown all.
pub fn plan_stored(chart: ChartId, release: Release, engine: Engine, events: Vec<EventPlan>, objects: usize) -> Plan {
    let none = Manifests::default();
    let mut hooks: Vec<Arc<Hook>> = Vec::new();
    for planned in events.iter().flat_map(|plan| &plan.hooks) {
        if !hooks.iter().any(|known| Arc::ptr_eq(known, &planned.hook)) {
            hooks.push(planned.hook.clone());
        }
    }
    let facts = notes::Facts {
        renderings: &Renderings::only(&none),
        install: &hooks,
        upgrade: None,
        events: &events,
        only: None,
        all_events: &events,
        plain: &[],
        left: &[],
        namespace: &release.namespace,
        engine,
    };
    let mut notes = notes::all(&facts);
    notes.retain(|note| !OF_RENDERINGS.contains(&note.code));
    let (dropped, left_after_uninstall) = (Vec::new(), Vec::new());
    Plan { chart, release, engine, dropped, objects, hooks: hooks.len(), events, notes, left_after_uninstall }
}

/// The hooks of a rendering, in stored order.
pub(super) fn hooks(manifests: &Manifests) -> Vec<Arc<Hook>> {
    manifests.hooks.iter().filter_map(Hook::from_document).map(Arc::new).collect()
}

/// Plans all events; those of an upgrade from the upgrade rendering where there is one.
pub(super) fn events(
    install: &[Arc<Hook>],
    upgrade: Option<&[Arc<Hook>]>,
    namespace: &str,
    engine: Engine,
) -> Vec<EventPlan> {
    let plan = |event: Event| {
        let (hooks, rendering) = match (event.operation(), upgrade) {
            (Operation::Upgrade, Some(hooks)) => (hooks, Rendering::Upgrade),
            _ => (install, Rendering::Install),
        };
        plan_event(hooks, event, rendering, namespace, engine.dialect())
    };
    Event::ALL.into_iter().filter_map(plan).collect()
}

/// The chart's own objects that share kind and name with an object of a hook; the others do not matter here.
fn plain_objects(manifests: &Manifests, hooks: &[Arc<Hook>]) -> Vec<Arc<ObjectRef>> {
    let of_hooks: HashSet<(&str, &str)> = hooks
        .iter()
        .flat_map(|hook| &hook.objects)
        .map(|object| (object.kind.as_str(), object.name.as_str()))
        .collect();
    let shared =
        manifests.plain.iter().filter(|plain| of_hooks.contains(&(plain.head.kind.as_str(), plain.head.name.as_str())));
    shared.map(|document| Arc::new(plain_object(document))).collect()
}

/// What exists of all that hooks created once the release is gone: every event's leftovers, then the uninstall.
fn left_after_uninstall(
    events: &[EventPlan],
    plain: &[Arc<ObjectRef>],
    namespace: &str,
    engine: Engine,
) -> Vec<Arc<ObjectRef>> {
    let identities =
        Identities::of(events.iter().flat_map(|plan| &plan.hooks).flat_map(|planned| &planned.hook.objects), namespace);
    let mut existing = Existing::none(&identities);
    // Tests may run at any time before; what they leave counts, what they delete does not.
    for plan in events.iter().filter(|plan| plan.event.operation() != Operation::Uninstall) {
        plan.left_behind.iter().for_each(|object| existing.create(object));
    }
    for event in [Event::PreDelete, Event::PostDelete] {
        if event == Event::PostDelete {
            // Between the two Helm deletes the chart's own objects, whoever made them.
            plain.iter().for_each(|object| existing.delete(object));
        }
        if let Some(plan) = events.iter().find(|plan| plan.event == event) {
            existing.apply(&plan.steps);
        }
    }
    // What cannot even be created cannot stay.
    let doomed = events.iter().flat_map(|plan| &plan.hooks).map(|planned| &planned.hook);
    let doomed: Vec<_> =
        doomed.filter(|hook| hook.certain_failure(engine).is_some()).flat_map(|hook| &hook.objects).collect();
    existing.objects().filter(|object| !doomed.contains(object)).cloned().collect()
}

fn dropped(manifests: &Manifests) -> Vec<Dropped> {
    let drop = |document: &crate::helm::manifest::Document| Dropped {
        source: Source::of(document),
        kind: document.head.kind.clone(),
        name: document.head.name.clone(),
        annotation: document.hook_annotation().unwrap_or_default().to_owned(),
        reason: "unknown event",
    };
    manifests.dropped.iter().map(drop).collect()
}
