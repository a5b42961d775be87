//! What earlier hooks of the phase bring: objects, kinds, namespaces. What is not there yet may be there in time.

use std::collections::HashMap;

use serde_json::Value;

use crate::hooks::pods::at;
use crate::hooks::{Action, CRD, ObjectRef};

use super::super::phase::Phase;
use super::Intent;

/// Kind, name and namespace.
type Key = (String, String, String);

/// What hooks bring, and which.
pub(super) struct Brought {
    /// Each object with the hooks that create it: when they run, and their titles.
    objects: HashMap<Key, Vec<(u32, String)>>,
    /// Group and kind.
    kinds: HashMap<(String, String), (u32, String)>,
}

impl Brought {
    /// Reads the hooks that run.
    pub(super) fn of(phase: &Phase, intent: &Intent) -> Brought {
        let mut brought = Brought { objects: HashMap::new(), kinds: HashMap::new() };
        let release = &phase.release.namespace;
        for (planned, sent) in phase.plan.hooks.iter().zip(&phase.hooks) {
            if intent.only.as_ref().is_some_and(|only| !only.contains(&planned.order)) {
                continue;
            }
            let title = planned.hook.object.to_string();
            for (object, body) in planned.hook.objects.iter().zip(&sent.bodies) {
                let namespace = object.namespace.clone().unwrap_or_else(|| release.clone());
                let key = (object.kind.clone(), object.name.clone(), namespace);
                brought.objects.entry(key).or_default().push((planned.order, title.clone()));
                if object.kind == CRD {
                    let text = |path: &[&str]| at(body, path).and_then(Value::as_str).unwrap_or_default().to_owned();
                    let key = (text(&["spec", "group"]), text(&["spec", "names", "kind"]));
                    brought.kinds.entry(key).or_insert((planned.order, title.clone()));
                }
            }
        }
        brought
    }

    /// The hook before this one that brings the kind of an object.
    pub(super) fn kind(&self, object: &ObjectRef, hook: u32) -> Option<&str> {
        let (order, title) = self.kinds.get(&(object.group().to_owned(), object.kind.clone()))?;
        (*order < hook).then_some(title)
    }

    /// The hook before this one, or this one beside others in a list, that brings an object.
    pub(super) fn earlier(&self, kind: &str, name: &str, namespace: &str, hook: u32) -> Option<&str> {
        self.find(kind, name, namespace, |order| order <= hook)
    }

    /// The hook after this one that brings an object.
    pub(super) fn later(&self, kind: &str, name: &str, namespace: &str, hook: u32) -> Option<&str> {
        self.find(kind, name, namespace, |order| order > hook)
    }

    fn find(&self, kind: &str, name: &str, namespace: &str, when: impl Fn(u32) -> bool) -> Option<&str> {
        let clusterwide = matches!(kind, "PriorityClass" | "ClusterRole" | "Namespace");
        let found =
            self.objects.iter().filter(|((k, n, ns), _)| k == kind && n == name && (clusterwide || ns == namespace));
        found.flat_map(|(_, hooks)| hooks).filter(|(order, _)| when(*order)).min().map(|(_, title)| title.as_str())
    }
}

/// True when a step of an earlier hook creates the very object.
pub(super) fn created_before(phase: &Phase, object: &ObjectRef, hook: u32) -> bool {
    let release = phase.release.namespace.as_str();
    let same = |other: &ObjectRef| {
        other.group() == object.group()
            && other.kind == object.kind
            && other.name == object.name
            && other.namespace.as_deref().unwrap_or(release) == object.namespace.as_deref().unwrap_or(release)
    };
    phase
        .plan
        .steps
        .iter()
        .any(|step| step.hook < hook && matches!(step.action, Action::Create(_)) && same(&step.object))
}
