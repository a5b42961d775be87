//! The words of a plan, the same in every format for people.

use std::collections::HashSet;
use std::fmt::Write;

use crate::helm::dialect::Engine;
use crate::hooks::{DeletePolicy, Dropped, Event, EventPlan, ObjectRef, OnFailure, Operation, Plan, PlannedHook, Wait};

/// `Kind/name`, with the namespace when it is not the release's.
pub(in crate::report) fn object(object: &ObjectRef, release_namespace: &str) -> String {
    let name = object.shown_name();
    let name = if name.is_empty() { "(no name)".to_owned() } else { name };
    match object.namespace.as_deref() {
        Some(namespace) if namespace != release_namespace => format!("{}/{name} in {namespace}", object.kind),
        _ => format!("{}/{name}", object.kind),
    }
}

/// A hook's object; of a list also how many items it has.
pub(in crate::report) fn hook(planned: &PlannedHook, release_namespace: &str) -> String {
    let hook = &planned.hook;
    if hook.is_list {
        let items = hook.objects.iter().map(|item| object(item, release_namespace)).collect::<Vec<_>>().join(", ");
        let items = if items.is_empty() { "nothing".to_owned() } else { items };
        return format!("{} of {items}", hook.object.kind);
    }
    object(&hook.object, release_namespace)
}

/// What Helm does before the next hook.
pub(super) fn does(planned: &PlannedHook) -> String {
    let hook = &planned.hook;
    let mut text = String::new();
    if hook.delete_policies.has(DeletePolicy::BeforeHookCreation) && !hook.is_never_deleted() {
        text.push_str("delete old, ");
    }
    text.push_str("create");
    if planned.waits != Wait::Created {
        text.push_str(", wait");
    }
    text
}

/// What becomes of the hook's object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// Nothing deletes it.
    Stays,
    /// Deleted when the event has succeeded.
    DeletedAfterSuccess,
    /// Deleted when the hook fails.
    DeletedAfterFailure,
    /// Deleted either way.
    DeletedEitherWay,
    /// A later hook of the event deletes it.
    Replaced,
    /// The hook fails whenever it runs.
    Fails,
    /// The hook is not run, so nothing becomes of it.
    Untouched,
}

/// The objects an event leaves, to ask for each hook's fate.
pub(super) fn left(plan: &EventPlan) -> HashSet<&ObjectRef> {
    plan.left_behind.iter().map(AsRef::as_ref).collect()
}

impl Fate {
    /// The fate of a hook of an event.
    pub(super) fn of(planned: &PlannedHook, left: &HashSet<&ObjectRef>, engine: Engine) -> Fate {
        let hook = &planned.hook;
        if hook.certain_failure(engine).is_some() {
            return Fate::Fails;
        }
        let has = |policy| hook.delete_policies.has(policy) && !hook.is_never_deleted();
        match (has(DeletePolicy::HookSucceeded), has(DeletePolicy::HookFailed)) {
            (true, true) => Fate::DeletedEitherWay,
            (true, false) => Fate::DeletedAfterSuccess,
            (false, true) => Fate::DeletedAfterFailure,
            (false, false) if hook.objects.iter().any(|own| left.contains(own.as_ref())) => Fate::Stays,
            (false, false) => Fate::Replaced,
        }
    }

    /// In words.
    pub(super) fn text(self) -> &'static str {
        match self {
            Fate::Stays => "stays",
            Fate::DeletedAfterSuccess => "deleted after success",
            Fate::DeletedAfterFailure => "deleted after failure",
            Fate::DeletedEitherWay => "deleted afterwards",
            Fate::Replaced => "replaced",
            Fate::Fails => "fails when it runs",
            Fate::Untouched => "untouched",
        }
    }

    /// In fewer letters, for narrow screens.
    pub(super) fn short(self) -> &'static str {
        match self {
            Fate::DeletedAfterSuccess | Fate::DeletedEitherWay => "deleted",
            Fate::DeletedAfterFailure | Fate::Stays => "stays",
            Fate::Replaced => "replaced",
            Fate::Fails => "fails",
            Fate::Untouched => "untouched",
        }
    }
}

/// The delete policies as Helm goes by them, the default marked.
pub(super) fn policies(planned: &PlannedHook) -> String {
    let policies = &planned.hook.delete_policies;
    if policies.defaulted {
        return format!("{} (default)", policies.words.join(","));
    }
    if policies.words.iter().all(String::is_empty) {
        return "(empty)".to_owned();
    }
    policies.words.join(",")
}

/// The place in the chart.
pub(super) fn source(planned: &PlannedHook) -> String {
    let source = &planned.hook.source;
    if source.document == 1 { source.path.clone() } else { format!("{} #{}", source.path, source.document) }
}

/// What happens when the hook fails.
pub(super) fn on_failure(outcome: &OnFailure, release_namespace: &str) -> String {
    let mut text = match outcome.release {
        crate::hooks::ReleaseState::Unchanged => String::from("test fails"),
        state => format!("release {}", state.name()),
    };
    if !outcome.deletes.is_empty() {
        let gone = outcome.deletes.iter().map(|(gone, _)| object(gone, release_namespace));
        let _ = write!(text, ", deletes {}", gone.collect::<Vec<_>>().join(" "));
    }
    if !outcome.leaves.is_empty() {
        let left = outcome.leaves.iter().map(|left| object(left, release_namespace));
        let _ = write!(text, ", leaves {}", left.collect::<Vec<_>>().join(" "));
    }
    text
}

/// What the operation does between its two events.
pub(super) fn in_between(operation: Operation, objects: usize) -> Option<String> {
    let objects = match objects {
        0 => return None,
        1 => "the object of the chart".to_owned(),
        n => format!("the {n} objects of the chart"),
    };
    match operation {
        Operation::Install => Some(format!("Helm creates {objects}")),
        Operation::Upgrade => Some(format!("Helm updates {objects}")),
        Operation::Rollback => Some(format!("Helm brings back {objects}")),
        Operation::Uninstall => Some(format!("Helm deletes {objects}")),
        Operation::Test => None,
    }
}

/// A plan's events, grouped by operation.
pub(super) fn by_operation(plan: &Plan) -> Vec<(Operation, Vec<&EventPlan>)> {
    let mut groups: Vec<(Operation, Vec<&EventPlan>)> = Vec::new();
    for event in &plan.events {
        match groups.last_mut() {
            Some((operation, events)) if *operation == event.event.operation() => events.push(event),
            _ => groups.push((event.event.operation(), vec![event])),
        }
    }
    groups
}

/// `7 Jobs and 1 ConfigMap`.
pub(super) fn kinds<'a>(objects: impl IntoIterator<Item = &'a ObjectRef>) -> String {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for object in objects {
        match counts.iter_mut().find(|(kind, _)| *kind == object.kind) {
            Some((_, count)) => *count += 1,
            None => counts.push((&object.kind, 1)),
        }
    }
    let parts: Vec<String> = counts.into_iter().map(|(kind, count)| counted(count, kind)).collect();
    match parts.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => parts.join(""),
    }
}

/// `1 hook`, `2 hooks`.
pub(super) fn counted(count: usize, noun: &str) -> String {
    let ending = match noun {
        _ if count == 1 => "",
        _ if noun.ends_with('s') || noun.ends_with('x') => "es",
        _ => "s",
    };
    match noun.strip_suffix('y') {
        Some(stem) if count != 1 && !noun.ends_with("ay") => format!("{count} {stem}ies"),
        _ => format!("{count} {noun}{ending}"),
    }
}

/// The chart, its version, the release and the Helm.
pub(super) fn title(plan: &Plan) -> (String, String) {
    let version = plan.chart.version.as_ref().map(|version| format!(" {version}")).unwrap_or_default();
    let name = format!("{}{version}", plan.chart.name);
    (name, format!("{} in {}", plan.release.name, plan.release.namespace))
}

/// What is dropped, by annotation: a few objects with their templates, the rest counted.
pub(super) fn dropped_by_annotation(plan: &Plan) -> Vec<(&str, String)> {
    const SHOWN: usize = 3;
    let mut groups: Vec<(&str, Vec<&Dropped>)> = Vec::new();
    for dropped in &plan.dropped {
        match groups.iter_mut().find(|(annotation, _)| *annotation == dropped.annotation) {
            Some((_, group)) => group.push(dropped),
            None => groups.push((&dropped.annotation, vec![dropped])),
        }
    }
    let name = |dropped: &&Dropped| format!("{}/{} in {}", dropped.kind, dropped.name, dropped.source.path);
    let listed = |group: Vec<&Dropped>| {
        let names = group.iter().take(SHOWN).map(name).collect::<Vec<_>>().join(", ");
        let more = group.len().saturating_sub(SHOWN);
        if more == 0 { names } else { format!("{names} and {more} more") }
    };
    groups.into_iter().map(|(annotation, group)| (annotation, listed(group))).collect()
}

/// What to write instead of a word that is no event, beginning with `; `; empty when there is no guess.
pub(super) fn event_hint(annotation: &str) -> String {
    match annotation.trim().to_lowercase().as_str() {
        "crd-install" | "post-crd-install" => "; it was Helm 2's, CRDs belong into crds/ now".to_owned(),
        "test-failure" => "; it was Helm 2's, the event is test".to_owned(),
        _ => nearest_event(annotation).map(|event| format!("; did you mean {event}?")).unwrap_or_default(),
    }
}

/// The event a word was probably meant to be.
fn nearest_event(annotation: &str) -> Option<&'static str> {
    let word = annotation.trim().to_lowercase();
    let known = Event::ALL.iter().map(|event| event.name());
    let (distance, event) = known.map(|name| (distance(&word, name), name)).min()?;
    (distance <= 3).then_some(event)
}

/// Levenshtein's distance.
pub fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (line, a) in a.chars().enumerate() {
        let mut diagonal = line;
        let mut left = line + 1;
        if let Some(first) = row.first_mut() {
            *first = left;
        }
        for (cell, b) in row.iter_mut().skip(1).zip(&b) {
            let cost = usize::from(a != *b);
            let next = (diagonal + cost).min(left + 1).min(*cell + 1);
            diagonal = std::mem::replace(cell, next);
            left = next;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typing_errors_are_recognised() {
        assert_eq!(nearest_event("pre-instal"), Some("pre-install"));
        assert_eq!(nearest_event("post_upgrade"), Some("post-upgrade"));
        assert_eq!(event_hint("crd-install"), "; it was Helm 2's, CRDs belong into crds/ now");
        assert_eq!(nearest_event("whenever"), None);
        assert_eq!(distance("kitten", "sitting"), 3);
    }

    #[test]
    fn plurals() {
        assert_eq!(counted(2, "Ingress"), "2 Ingresses");
        assert_eq!(counted(2, "NetworkPolicy"), "2 NetworkPolicies");
        assert_eq!(counted(1, "Job"), "1 Job");
    }
}
