//! What a reader of a plan should know and cannot see in its rows. Each note has a code that scripts may rely on.

mod objects;
mod sequence;
mod single;

use std::collections::HashSet;
use std::sync::Arc;

use crate::helm::dialect::Engine;

use super::event::Event;
use super::hook::{Hook, ObjectRef};
use super::lifecycle::EventPlan;
use super::plan::Renderings;

/// A remark about a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// What it is about; stable.
    pub code: &'static str,
    /// The remark, one line.
    pub message: String,
}

/// What notes are made from.
pub(super) struct Facts<'a> {
    pub(super) renderings: &'a Renderings<'a>,
    pub(super) install: &'a [Arc<Hook>],
    pub(super) upgrade: Option<&'a [Arc<Hook>]>,
    /// The events that are shown.
    pub(super) events: &'a [EventPlan],
    /// The events that are asked for; all when none is named.
    pub(super) only: Option<&'a HashSet<Event>>,
    /// All events.
    pub(super) all_events: &'a [EventPlan],
    pub(super) plain: &'a [Arc<ObjectRef>],
    pub(super) left: &'a [Arc<ObjectRef>],
    pub(super) namespace: &'a str,
    pub(super) engine: Engine,
}

impl Facts<'_> {
    fn is_shown(&self, event: Event) -> bool {
        self.only.is_none_or(|only| only.contains(&event))
    }
}

/// Finds what there is to say about one thing.
type Maker = fn(&Facts<'_>) -> Vec<String>;

/// All notes of a plan, in a fixed order: what fails first, what is only worth knowing last.
pub(super) fn all(facts: &Facts<'_>) -> Vec<Note> {
    let notes: [(&'static str, Maker); 17] = [
        ("fails-when-executed", single::fails_when_executed),
        ("generated-name", single::generated_name),
        ("already-exists", objects::already_exists),
        ("also-a-manifest", objects::also_a_manifest),
        ("same-object-twice", objects::same_object_twice),
        ("weight-misread", single::weight_misread),
        ("empty-delete-policy", single::empty_delete_policy),
        ("unknown-delete-policy", single::unknown_delete_policy),
        ("runs-twice", objects::runs_twice),
        ("not-waited-for", objects::not_waited_for),
        ("hook-in-list", objects::hook_in_list),
        ("not-on-upgrade", sequence::not_on_upgrade),
        ("order-not-as-documented", sequence::order_not_as_documented),
        ("upgrade-not-rendered", sequence::upgrade_not_rendered),
        ("differs-after-upgrade", sequence::differs_after_upgrade),
        ("random-names", sequence::random_names),
        ("helm3-helm4-differ", sequence::helms_differ),
    ];
    let mut found: Vec<Note> = Vec::new();
    for (code, make) in notes {
        found.extend(make(facts).into_iter().map(|message| Note { code, message }));
    }
    if !facts.left.is_empty() {
        let message =
            format!("nothing deletes after an uninstall: {}", names(facts.left.iter().map(|o| o.to_string())));
        found.push(Note { code: "left-after-uninstall", message });
    }
    found
}

/// A few names in full, the rest counted.
fn names(all: impl IntoIterator<Item = String>) -> String {
    const SHOWN: usize = 5;
    let mut unique: Vec<String> = Vec::new();
    let mut seen = HashSet::new();
    for name in all {
        if seen.insert(name.clone()) {
            unique.push(name);
        }
    }
    let more = unique.len().saturating_sub(SHOWN);
    unique.truncate(SHOWN);
    let listed = unique.join(", ");
    if more == 0 { listed } else { format!("{listed} and {more} more") }
}

/// Hooks of all renderings that are planned, each once.
fn planned_hooks<'a>(facts: &Facts<'a>) -> Vec<&'a Arc<Hook>> {
    let mut seen = HashSet::new();
    // A hook that names an event ten thousand times is planned as often.
    let mut places = HashSet::new();
    let all =
        facts.events.iter().flat_map(|plan| &plan.hooks).filter(|planned| places.insert(Arc::as_ptr(&planned.hook)));
    let once = all.filter(|planned| seen.insert((&planned.hook.source, planned.hook.events.clone())));
    once.map(|planned| &planned.hook).collect()
}

fn shown(hook: &Hook) -> String {
    if hook.object.name.is_empty() && hook.object.generate_name.is_none() {
        format!("{} in {}", hook.object.kind, hook.source.path)
    } else {
        hook.object.to_string()
    }
}
