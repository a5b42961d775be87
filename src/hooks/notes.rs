//! What a reader of a plan should know and cannot see in its rows. Each note has a code that scripts may rely on.

use std::collections::HashSet;
use std::sync::Arc;

use crate::helm::dialect::Engine;

use super::event::{Event, Operation};
use super::existing::Identities;
use super::hook::{Hook, ObjectRef, Refusal};
use super::lifecycle::{Action, EventPlan, PlannedHook, Wait};
use super::plan::{Renderings, UpgradeRendering, events, hooks};
use super::policy::DeletePolicy;
use super::weight::WeightReading;

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
    pub(super) events: &'a [EventPlan],
    pub(super) plain: &'a [Arc<ObjectRef>],
    pub(super) left: &'a [Arc<ObjectRef>],
    pub(super) namespace: &'a str,
    pub(super) engine: Engine,
}

/// Finds what there is to say about one thing.
type Maker = fn(&Facts<'_>) -> Vec<String>;

/// All notes of a plan, in a fixed order: what fails first, what is only worth knowing last.
pub(super) fn all(facts: &Facts<'_>) -> Vec<Note> {
    let notes: [(&'static str, Maker); 17] = [
        ("fails-when-executed", fails_when_executed),
        ("generated-name", generated_name),
        ("already-exists", already_exists),
        ("also-a-manifest", also_a_manifest),
        ("same-object-twice", same_object_twice),
        ("weight-misread", weight_misread),
        ("empty-delete-policy", empty_delete_policy),
        ("unknown-delete-policy", unknown_delete_policy),
        ("runs-twice", runs_twice),
        ("not-waited-for", not_waited_for),
        ("hook-in-list", hook_in_list),
        ("not-on-upgrade", not_on_upgrade),
        ("order-not-as-documented", order_not_as_documented),
        ("upgrade-not-rendered", upgrade_not_rendered),
        ("differs-after-upgrade", differs_after_upgrade),
        ("random-names", random_names),
        ("helm3-helm4-differ", helms_differ),
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
    let all = facts.events.iter().flat_map(|plan| &plan.hooks);
    let once = all.filter(|planned| seen.insert((&planned.hook.source, planned.hook.events.clone())));
    once.map(|planned| &planned.hook).collect()
}

fn fails_when_executed(facts: &Facts<'_>) -> Vec<String> {
    let failing = planned_hooks(facts).into_iter().filter_map(|hook| {
        let reasons: Vec<String> = hook
            .refusals
            .iter()
            .map(|refusal| match refusal {
                Refusal::NotAString(field) => format!("{field} is not a string (quote it)"),
                Refusal::WrongCase(key) => format!("`{key}` is written in another case"),
                Refusal::NoName => "it has no name".to_owned(),
                Refusal::NoType => "it has no kind or no apiVersion".to_owned(),
            })
            .collect();
        (!reasons.is_empty())
            .then(|| format!("{} renders, but fails when it runs: {}", shown(hook), reasons.join("; ")))
    });
    failing.collect()
}

fn shown(hook: &Hook) -> String {
    if hook.object.name.is_empty() && hook.object.generate_name.is_none() {
        format!("{} in {}", hook.object.kind, hook.source.path)
    } else {
        hook.object.to_string()
    }
}

fn generated_name(facts: &Facts<'_>) -> Vec<String> {
    let generated = planned_hooks(facts).into_iter().filter(|hook| hook.object.generate_name.is_some());
    generated
        .map(|hook| {
            let fails_first = hook.delete_policies.has(DeletePolicy::BeforeHookCreation);
            let outcome = match (fails_first, facts.engine) {
                (true, _) => {
                    "fails before it is created (resource name may not be empty): there is nothing to delete by name"
                }
                (false, Engine::Helm4) => "fails when it is created: a server-side apply needs a name",
                (false, Engine::Helm3) if hook.delete_policies.has(DeletePolicy::HookSucceeded) => {
                    "runs, then fails when it is to be deleted by name"
                }
                (false, Engine::Helm3) => "runs, and leaves one more object each time",
            };
            format!("{} has a generated name: it {outcome}", hook.object)
        })
        .collect()
}

/// Hooks that the next run of their event meets again, because nothing deletes them first.
fn already_exists(facts: &Facts<'_>) -> Vec<String> {
    let mut meeting: Vec<&PlannedHook> = Vec::new();
    for plan in facts.events {
        let identities = Identities::of(plan.hooks.iter().flat_map(|planned| &planned.hook.objects), facts.namespace);
        let stays = |object: &ObjectRef| plan.left_behind.iter().any(|left| identities.same(left, object));
        meeting.extend(plan.hooks.iter().filter(|planned| {
            let hook = &planned.hook;
            let deleted_first = hook.delete_policies.has(DeletePolicy::BeforeHookCreation) && !hook.is_never_deleted();
            !deleted_first && hook.object.generate_name.is_none() && hook.objects.iter().any(|object| stays(object))
        }));
    }
    if meeting.is_empty() {
        return Vec::new();
    }
    let which = names(meeting.iter().map(|planned| shown(&planned.hook)));
    let awaited = meeting.iter().any(|planned| planned.waits != Wait::Created);
    let outcome = match facts.engine {
        Engine::Helm3 => "the next run of the event fails with `already exists`",
        Engine::Helm4 if awaited => {
            "the next run applies to the old object, and a finished Job or Pod counts as done without running"
        }
        Engine::Helm4 => "the next run applies to the old object",
    };
    vec![format!("nothing deletes these before they are created again, so {outcome}: {which}")]
}

fn also_a_manifest(facts: &Facts<'_>) -> Vec<String> {
    let identities = Identities::of(facts.plain, facts.namespace);
    let objects = planned_hooks(facts).into_iter().flat_map(|hook| &hook.objects);
    let both = names(
        objects.filter(|object| facts.plain.iter().any(|plain| identities.same(plain, object))).map(|o| o.to_string()),
    );
    if both.is_empty() {
        return Vec::new();
    }
    vec![format!("both a hook and an object of the chart: {both}")]
}

fn same_object_twice(facts: &Facts<'_>) -> Vec<String> {
    let mut found = Vec::new();
    for plan in facts.events {
        let identities = Identities::of(plan.hooks.iter().flat_map(|planned| &planned.hook.objects), facts.namespace);
        let mut seen: Vec<(&PlannedHook, &Arc<ObjectRef>)> = Vec::new();
        let mut twice = Vec::new();
        let mut keys = HashSet::new();
        for planned in &plan.hooks {
            for object in &planned.hook.objects {
                let fresh = keys.insert((object.kind.as_str(), object.name.as_str(), object.namespace.as_deref()));
                let other = seen.iter().find(|(other, first)| {
                    !fresh && !Arc::ptr_eq(&other.hook, &planned.hook) && identities.same(first, object)
                });
                if other.is_some() {
                    twice.push(object.to_string());
                }
                seen.push((planned, object));
            }
        }
        if !twice.is_empty() {
            found.push(format!("{}: two hooks are the same object: {}", plan.event, names(twice)));
        }
    }
    found
}

fn weight_misread(facts: &Facts<'_>) -> Vec<String> {
    let misread = planned_hooks(facts).into_iter().filter(|hook| hook.weight.is_misread());
    misread
        .map(|hook| {
            let text = hook.weight.text.as_deref().unwrap_or_default();
            let why = match hook.weight.reading {
                WeightReading::OutOfRange => "does not fit 64 bits",
                _ => "is not a whole number to Helm",
            };
            format!("{}: the weight {text:?} {why}, so it is 0", shown(hook))
        })
        .collect()
}

fn empty_delete_policy(facts: &Facts<'_>) -> Vec<String> {
    let empty = planned_hooks(facts).into_iter().filter(|hook| hook.delete_policies.words.iter().all(String::is_empty));
    let which = names(empty.map(|hook| shown(hook)));
    if which.is_empty() {
        return Vec::new();
    }
    vec![format!("an empty delete policy is not the default: nothing is ever deleted of {which}")]
}

fn unknown_delete_policy(facts: &Facts<'_>) -> Vec<String> {
    let mut found = Vec::new();
    for hook in planned_hooks(facts) {
        let unknown: Vec<String> =
            hook.delete_policies.unknown().filter(|word| !word.is_empty()).map(|word| format!("{word:?}")).collect();
        if !unknown.is_empty() {
            let off = if hook.delete_policies.unknown().count() == hook.delete_policies.words.len() {
                ", and switches the default off"
            } else {
                ""
            };
            found.push(format!("{}: delete policy {} does nothing{off}", shown(hook), unknown.join(", ")));
        }
    }
    found
}

fn runs_twice(facts: &Facts<'_>) -> Vec<String> {
    let mut found = Vec::new();
    for plan in facts.events {
        let twice = planned_hooks(facts)
            .into_iter()
            .filter(|hook| hook.events.iter().filter(|e| **e == plan.event).count() > 1);
        let twice = names(twice.map(|hook| shown(hook)));
        if !twice.is_empty() {
            found.push(format!("{} is named more than once, so it runs as often: {twice}", plan.event));
        }
    }
    found
}

/// Workloads that a reader would expect Helm to wait for.
fn not_waited_for(facts: &Facts<'_>) -> Vec<String> {
    const WORKLOADS: [&str; 8] =
        ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "CronJob", "Job", "Pod"];
    let objects = facts.events.iter().flat_map(|plan| &plan.hooks).flat_map(|planned| &planned.hook.objects);
    let unwatched = objects
        .filter(|object| WORKLOADS.contains(&object.kind.as_str()) && Wait::of(object, facts.engine) == Wait::Created);
    let unwatched = names(unwatched.map(|o| o.to_string()));
    if unwatched.is_empty() {
        return Vec::new();
    }
    vec![format!("Helm waits for Jobs and Pods only, not for {unwatched}")]
}

fn hook_in_list(facts: &Facts<'_>) -> Vec<String> {
    let lists = facts.renderings.install.plain.iter().filter(|document| document.head.kind.ends_with("List"));
    let annotated = lists.filter(|document| bstr::ByteSlice::contains_str(document.text(), "helm.sh/hook"));
    let which = names(annotated.map(|document| document.path.to_string()));
    if which.is_empty() {
        return Vec::new();
    }
    vec![format!("hook annotations on the items of a list do nothing: {which}")]
}

fn not_on_upgrade(facts: &Facts<'_>) -> Vec<String> {
    let of = |operation: Operation| {
        let plans = facts.events.iter().filter(move |plan| plan.event.operation() == operation);
        plans.flat_map(|plan| &plan.hooks).map(|planned| &planned.hook)
    };
    let upgraded: HashSet<(&str, &str)> =
        of(Operation::Upgrade).map(|hook| (hook.object.kind.as_str(), hook.object.name.as_str())).collect();
    let only = of(Operation::Install)
        .filter(|hook| !upgraded.contains(&(hook.object.kind.as_str(), hook.object.name.as_str())));
    let only = names(only.map(|hook| shown(hook)));
    if only.is_empty() {
        return Vec::new();
    }
    vec![format!("only an install runs these, an upgrade does not: {only}")]
}

fn order_not_as_documented(facts: &Facts<'_>) -> Vec<String> {
    let mut found = Vec::new();
    for plan in facts.events {
        let moved = plan.hooks.windows(2).find_map(|pair| match pair {
            [first, second] if first.documented_order > second.documented_order => Some((first, second)),
            _ => None,
        });
        if let Some((first, second)) = moved {
            found.push(format!(
                "{}: at equal weight Helm sorts by name, not by kind as documented: {} runs before {}",
                plan.event,
                shown(&first.hook),
                shown(&second.hook)
            ));
        }
    }
    found
}

fn upgrade_not_rendered(facts: &Facts<'_>) -> Vec<String> {
    match facts.renderings.upgrade {
        UpgradeRendering::Failed(message) => {
            vec![format!(
                "the upgrade events are shown as an install renders them, because as an upgrade the chart says: {message}"
            )]
        }
        UpgradeRendering::Same | UpgradeRendering::Differs(_) => Vec::new(),
    }
}

/// Events whose hooks are those of the newest revision, where an upgrade would change them.
fn differs_after_upgrade(facts: &Facts<'_>) -> Vec<String> {
    let Some(upgrade) = facts.upgrade else { return Vec::new() };
    let upgraded = events(upgrade, None, facts.namespace, facts.engine);
    let steps = |plans: &[EventPlan], event: Event| {
        plans.iter().find(|plan| plan.event == event).map(|plan| plan.steps.clone()).unwrap_or_default()
    };
    let newest = [Event::PreDelete, Event::PostDelete, Event::Test];
    let changed: Vec<&str> = newest
        .into_iter()
        .filter(|event| steps(facts.events, *event) != steps(&upgraded, *event))
        .map(Event::name)
        .collect();
    if changed.is_empty() {
        return Vec::new();
    }
    vec![format!("shown as after an install; after an upgrade the hooks differ: {}", changed.join(", "))]
}

fn random_names(facts: &Facts<'_>) -> Vec<String> {
    let Some(reseeded) = facts.renderings.reseeded else { return Vec::new() };
    let other = hooks(reseeded);
    let known: HashSet<(&str, &str)> =
        other.iter().map(|hook| (hook.object.kind.as_str(), hook.object.name.as_str())).collect();
    let random =
        facts.install.iter().filter(|hook| !known.contains(&(hook.object.kind.as_str(), hook.object.name.as_str())));
    let random = names(random.map(|hook| shown(hook)));
    if random.is_empty() {
        return Vec::new();
    }
    vec![format!("the name is random, so nothing finds the object of an earlier run: {random}")]
}

/// Whether the other Helm makes other calls, beside the way objects are created.
fn helms_differ(facts: &Facts<'_>) -> Vec<String> {
    let other = match facts.engine {
        Engine::Helm3 => Engine::Helm4,
        Engine::Helm4 => Engine::Helm3,
    };
    let theirs = match facts.renderings.other_engine {
        Some(manifests) => hooks(manifests),
        None => {
            // The same documents, and another list of kinds to sort them by first.
            let mut hooks: Vec<Arc<Hook>> = facts.install.to_vec();
            let key = |hook: &Arc<Hook>| (hook.source.path.clone(), hook.source.document);
            hooks.sort_by_key(key);
            let known = other.dialect().install_kinds;
            hooks.sort_by(|a, b| {
                let kind = |hook: &Arc<Hook>| hook.object.kind.clone();
                crate::helm::manifest::install_key(&kind(a), known)
                    .cmp(&crate::helm::manifest::install_key(&kind(b), known))
            });
            hooks
        }
    };
    let theirs = events(&theirs, None, facts.namespace, other);
    let calls = |plan: &EventPlan| -> Vec<(Arc<ObjectRef>, Option<Action>)> {
        plan.steps
            .iter()
            .map(|step| (step.object.clone(), (!matches!(step.action, Action::Create(_))).then_some(step.action)))
            .collect()
    };
    let ours =
        facts.events.iter().filter(|plan| plan.event.operation() != Operation::Upgrade || facts.upgrade.is_none());
    let mut changed: Vec<&str> = Vec::new();
    for plan in ours {
        let twin = theirs.iter().find(|twin| twin.event == plan.event);
        if twin.map(&calls) != Some(calls(plan)) {
            changed.push(plan.event.name());
        }
    }
    changed.extend(
        theirs
            .iter()
            .filter(|twin| facts.events.iter().all(|plan| plan.event != twin.event))
            .map(|twin| twin.event.name()),
    );
    if changed.is_empty() {
        return Vec::new();
    }
    vec![format!("{} does it differently: {} (see --for {})", other.title(), changed.join(", "), other.name())]
}
