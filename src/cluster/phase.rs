//! One event of one release, ready to be run: where its hooks come from, their plan, and what is sent for each object.

use std::borrow::Cow;
use std::sync::Arc;

use crate::helm::dialect::Engine;
use crate::hooks::{Event, EventPlan, Hook, Method, OnFailure, Operation, Release, Rendering, bodies, plan_event};

/// The hooks of one event of one release, as they will be run.
#[derive(Clone, Debug)]
pub struct Phase {
    /// The event.
    pub event: Event,
    /// The release.
    pub release: Release,
    /// As which Helm.
    pub engine: Engine,
    /// Where the hooks come from.
    pub source: PhaseSource,
    /// How objects are created; [`EventPlan::steps`] says the same.
    pub method: Method,
    /// What happens, in order.
    pub plan: EventPlan,
    /// What a failure of each hook leads to, in running order.
    pub failures: Vec<OnFailure>,
    /// What is sent, for each hook of the plan, in running order.
    pub hooks: Vec<PhaseHook>,
}

/// What is sent for one hook.
#[derive(Clone, Debug)]
pub struct PhaseHook {
    /// The manifest as Helm stores it.
    pub manifest: String,
    /// The bodies of [`crate::hooks::Hook::objects`], in the same order; fewer when the manifest cannot be read.
    pub bodies: Vec<serde_json::Value>,
}

/// A body as it is sent: Helm's client never creates an object at a version of its own, and an apply keeps it.
pub(super) fn to_send(body: &serde_json::Value, method: Method) -> Cow<'_, serde_json::Value> {
    let has_version = body.pointer("/metadata/resourceVersion").and_then(serde_json::Value::as_str);
    if method == Method::Apply || has_version.is_none_or(str::is_empty) {
        return Cow::Borrowed(body);
    }
    let mut without = body.clone();
    if let Some(metadata) = without.get_mut("metadata").and_then(serde_json::Value::as_object_mut) {
        metadata.remove("resourceVersion");
    }
    Cow::Owned(without)
}

/// Where the hooks of a phase come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PhaseSource {
    /// A stored release.
    Record {
        /// Its revision.
        revision: u32,
        /// Its status, `deployed` and so on.
        status: String,
    },
    /// A chart, rendered as the operation would.
    Chart {
        /// Where it lies.
        path: String,
        /// Its name and version.
        name: String,
        /// The revision it was rendered as.
        revision: u32,
    },
}

impl Phase {
    /// The phase of one event of a release, from its hooks in stored order with their manifests; `None` when no hook names the event.
    pub fn of(
        hooks: Vec<(Arc<Hook>, String)>,
        event: Event,
        release: Release,
        engine: Engine,
        source: PhaseSource,
        method: Method,
    ) -> Option<Phase> {
        let rendering = match event.operation() {
            Operation::Upgrade => Rendering::Upgrade,
            _ => Rendering::Install,
        };
        let (stored, manifests): (Vec<_>, Vec<_>) = hooks.into_iter().unzip();
        let plan = plan_event(&stored, event, rendering, &release.namespace, engine.dialect())?.with_method(method);
        let failures = plan.failures(&release.namespace, engine);
        let manifest_of = |hook: &Arc<Hook>| {
            let own = stored.iter().zip(&manifests).find(|(other, _)| Arc::ptr_eq(hook, other));
            own.map(|(_, manifest)| manifest.clone()).unwrap_or_default()
        };
        let hooks = plan.hooks.iter().map(|planned| PhaseHook::of(manifest_of(&planned.hook))).collect();
        Some(Phase { event, release, engine, source, method, plan, failures, hooks })
    }
}

impl PhaseHook {
    fn of(manifest: String) -> PhaseHook {
        let texts = bodies(manifest.as_bytes()).unwrap_or_default();
        // What this program has just written is JSON; `map_while` keeps the order should it ever not be.
        let bodies = texts.iter().map_while(|text| serde_json::from_str(text).ok()).collect();
        PhaseHook { manifest, bodies }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hooks::{Action, RecordedHook};

    #[test]
    fn a_phase_has_the_bodies_of_its_hooks_in_running_order() {
        let hook = |name: &str, weight: i64| {
            let record = RecordedHook {
                name: name.into(),
                kind: "ConfigMap".into(),
                path: "c/templates/a.yaml".into(),
                manifest: format!("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n"),
                events: vec!["pre-upgrade".into()],
                weight,
                ..RecordedHook::default()
            };
            (Arc::new(Hook::from_record(&record)), record.manifest)
        };
        let of = |event| {
            let release = Release { name: "r".into(), namespace: "n".into() };
            let source = PhaseSource::Record { revision: 2, status: "deployed".into() };
            Phase::of(vec![hook("b", 1), hook("a", 0)], event, release, Engine::Helm4, source, Method::Post)
        };
        let phase = of(Event::PreUpgrade).unwrap();
        let names: Vec<_> = phase.hooks.iter().map(|hook| hook.bodies[0]["metadata"]["name"].clone()).collect();
        assert_eq!(names, ["a", "b"]);
        assert_eq!(phase.failures.len(), 2);
        assert!(phase.plan.steps.iter().any(|step| step.action == Action::Create(Method::Post)));
        assert!(of(Event::PreDelete).is_none());
    }
}
