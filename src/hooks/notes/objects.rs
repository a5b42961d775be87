//! Notes about objects: those that meet themselves again, and those nobody waits for.

use std::collections::HashSet;
use std::sync::Arc;

use crate::helm::dialect::Engine;

use super::super::existing::{Existing, Identities};
use super::super::hook::ObjectRef;
use super::super::lifecycle::{PlannedHook, Wait};
use super::super::policy::DeletePolicy;
use super::{Facts, names, planned_hooks, shown};

/// Hooks that the next run of their event meets again, because nothing deletes them first.
pub(super) fn already_exists(facts: &Facts<'_>) -> Vec<String> {
    let mut meeting: Vec<&PlannedHook> = Vec::new();
    for plan in facts.events {
        let identities = Identities::of(plan.hooks.iter().flat_map(|planned| &planned.hook.objects), facts.namespace);
        let mut left = Existing::none(&identities);
        plan.left_behind.iter().for_each(|object| left.create(object));
        let stays = |object: &ObjectRef| left.has(object);
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

pub(super) fn also_a_manifest(facts: &Facts<'_>) -> Vec<String> {
    let identities = Identities::of(facts.plain, facts.namespace);
    let mut plain = Existing::none(&identities);
    facts.plain.iter().for_each(|object| plain.create(object));
    let objects = planned_hooks(facts).into_iter().flat_map(|hook| &hook.objects);
    let both = names(objects.filter(|object| plain.has(object)).map(|o| o.to_string()));
    if both.is_empty() {
        return Vec::new();
    }
    vec![format!("both a hook and an object of the chart, so that one meets or deletes the other: {both}")]
}

pub(super) fn same_object_twice(facts: &Facts<'_>) -> Vec<String> {
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

pub(super) fn runs_twice(facts: &Facts<'_>) -> Vec<String> {
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
pub(super) fn not_waited_for(facts: &Facts<'_>) -> Vec<String> {
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

pub(super) fn hook_in_list(facts: &Facts<'_>) -> Vec<String> {
    let lists = facts.renderings.install.plain.iter().filter(|document| document.head.kind.ends_with("List"));
    let annotated = lists.filter(|document| bstr::ByteSlice::contains_str(document.text(), "helm.sh/hook"));
    let which = names(annotated.map(|document| document.path.to_string()));
    if which.is_empty() {
        return Vec::new();
    }
    vec![format!("hook annotations on the items of a list do nothing: {which}")]
}
