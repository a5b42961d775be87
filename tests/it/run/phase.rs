//! Makes phases out of manifests.

use std::sync::Arc;

use helm_hooks::cluster::{Phase, PhaseSource};
use helm_hooks::helm::dialect::Engine;
use helm_hooks::hooks::{Event, Hook, Method, RecordedHook, Release};
use serde_json::Value;

/// The phase of an event of hooks in stored order, separated by `---`.
pub(super) fn of(manifests: &str, event: Event, engine: Engine, method: Method, namespace: &str) -> Phase {
    let hooks = manifests.split("---\n").map(str::trim_start).filter(|text| !text.is_empty()).map(hook).collect();
    let release = Release { name: "r".into(), namespace: namespace.into() };
    let source = PhaseSource::Record { revision: 1, status: "deployed".into() };
    Phase::of(hooks, event, release, engine, source, method).expect("hooks of the event")
}

fn hook(manifest: &str) -> (Arc<Hook>, String) {
    let value: Value = serde_saphyr::from_str(manifest).expect("a manifest");
    let text = |pointer: &str| value.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
    let words = |name: &str| -> Vec<String> {
        let annotation = value.pointer(&format!("/metadata/annotations/helm.sh~1{name}")).and_then(Value::as_str);
        annotation.map(|text| text.split(',').map(|word| word.trim().to_owned()).collect()).unwrap_or_default()
    };
    let record = RecordedHook {
        name: text("/metadata/name"),
        kind: text("/kind"),
        path: "c/templates/all.yaml".into(),
        events: words("hook"),
        weight: words("hook-weight").first().and_then(|text| text.parse().ok()).unwrap_or(0),
        delete_policies: words("hook-delete-policy"),
        output_log_policies: words("hook-output-log-policy"),
        manifest: manifest.to_owned(),
    };
    (Arc::new(Hook::from_record(&record)), record.manifest)
}
