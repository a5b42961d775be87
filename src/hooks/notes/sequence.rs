//! Notes about the sequence of operations, its order, and what changes it.

use std::collections::HashSet;
use std::sync::Arc;

use crate::helm::dialect::Engine;
use crate::helm::manifest::install_key;

use super::super::event::{Event, Operation};
use super::super::hook::{Hook, ObjectRef};
use super::super::lifecycle::{Action, EventPlan, Wait};
use super::super::plan::{UpgradeRendering, events, hooks};
use super::{Facts, names, shown};

pub(super) fn not_on_upgrade(facts: &Facts<'_>) -> Vec<String> {
    let of = |operation: Operation| {
        let plans = if operation == Operation::Upgrade { facts.all_events } else { facts.events };
        let plans = plans.iter().filter(move |plan| plan.event.operation() == operation);
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

pub(super) fn order_not_as_documented(facts: &Facts<'_>) -> Vec<String> {
    // Many hooks name an install and an upgrade event: one remark for both.
    let mut moved: Vec<(String, Vec<&str>)> = Vec::new();
    for plan in facts.events {
        let pair = plan.hooks.windows(2).find_map(|pair| match pair {
            [first, second] if first.documented_order > second.documented_order => Some((first, second)),
            _ => None,
        });
        let Some((first, second)) = pair else { continue };
        let pair = format!("{} runs before {}", shown(&first.hook), shown(&second.hook));
        match moved.iter_mut().find(|(known, _)| *known == pair) {
            Some((_, events)) => events.push(plan.event.name()),
            None => moved.push((pair, vec![plan.event.name()])),
        }
    }
    let note = |(pair, events): (String, Vec<&str>)| {
        format!("{}: at equal weight Helm sorts by name, not by kind as documented: {pair}", events.join(", "))
    };
    moved.into_iter().map(note).collect()
}

pub(super) fn upgrade_not_rendered(facts: &Facts<'_>) -> Vec<String> {
    match facts.renderings.upgrade {
        UpgradeRendering::Failed(message) => {
            // Charts like to say it in a box of several lines.
            let message = message.split_whitespace().collect::<Vec<_>>().join(" ");
            vec![format!(
                "the upgrade events are shown as an install renders them, because as an upgrade the chart says: {message}"
            )]
        }
        UpgradeRendering::Same | UpgradeRendering::Differs(_) => Vec::new(),
    }
}

/// Events whose hooks are those of the newest revision, where an upgrade would change them.
pub(super) fn differs_after_upgrade(facts: &Facts<'_>) -> Vec<String> {
    let Some(upgrade) = facts.upgrade else { return Vec::new() };
    let upgraded = events(upgrade, None, facts.namespace, facts.engine);
    let steps = |plans: &[EventPlan], event: Event| {
        plans.iter().find(|plan| plan.event == event).map(|plan| plan.steps.clone()).unwrap_or_default()
    };
    let newest = [Event::PreDelete, Event::PostDelete, Event::Test];
    let changed: Vec<&str> = newest
        .into_iter()
        .filter(|event| facts.is_shown(*event) && steps(facts.all_events, *event) != steps(&upgraded, *event))
        .map(Event::name)
        .collect();
    if changed.is_empty() {
        return Vec::new();
    }
    vec![format!("shown as after an install; after an upgrade the hooks differ: {}", changed.join(", "))]
}

pub(super) fn random_names(facts: &Facts<'_>) -> Vec<String> {
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
pub(super) fn helms_differ(facts: &Facts<'_>) -> Vec<String> {
    let other = facts.engine.other();
    if facts.renderings.other_engine.is_none()
        && facts.install.iter().all(|hook| is_same_for(hook, other, facts.engine))
    {
        return Vec::new();
    }
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
                install_key(&kind(a), known).cmp(&install_key(&kind(b), known))
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
    // Where an upgrade is rendered on its own, the other Helm's install says nothing about it.
    let compared =
        |event: Event| facts.is_shown(event) && (event.operation() != Operation::Upgrade || facts.upgrade.is_none());
    let ours = facts.all_events.iter().filter(|plan| compared(plan.event));
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
            .filter(|twin| compared(twin.event) && facts.all_events.iter().all(|plan| plan.event != twin.event))
            .map(|twin| twin.event.name()),
    );
    if changed.is_empty() {
        return Vec::new();
    }
    vec![format!("{} does it differently: {} (see --for {})", other.title(), changed.join(", "), other.name())]
}

/// True for a hook that both Helms sort and wait for alike.
fn is_same_for(hook: &Hook, one: Engine, other: Engine) -> bool {
    let place = |engine: Engine| install_key(&hook.object.kind, engine.dialect().install_kinds);
    place(one) == place(other) && hook.objects.iter().all(|object| Wait::of(object, one) == Wait::of(object, other))
}
