//! HH305: a hook that holds data, which its delete policy throws away.

use crate::helm::manifest::{HOOK, HOOK_DELETE_POLICY, HOOK_OUTPUT_LOG_POLICY, HOOK_WEIGHT};
use crate::hooks::{DeletePolicy, Event, Hook, Operation};
use crate::lint::annotate::place;
use crate::lint::annotation::{RESOURCE_POLICY, entry};
use crate::lint::{
    Applicability, Audience, Doc, Docs, Draft, Edit, Findings, Fix, Fixable, Profile, Rule, Subject, Vector, words,
};
use crate::text::Severity;

pub(super) const RULE: Rule = Rule {
    code: "HH305",
    name: "stateful-hook",
    severity: Severity::Error,
    profile: Profile::Default,
    fixable: Fixable::Sometimes(Applicability::Unsafe),
    docs: Docs {
        summary: "An object that holds data is a hook, and its delete policy throws the data away.",
        reports: "A PersistentVolumeClaim, PersistentVolume, Namespace or StatefulSet with `helm.sh/hook`, and with \
            `before-hook-creation` (the default) or `hook-succeeded`.",
        happens: "`hook-succeeded` deletes the object with its data at the end of the event. `before-hook-creation` deletes it \
            whenever the event comes again: at the next upgrade, or when a release of the same name is installed anew. A claim that \
            is mounted stays in deletion until its pods are gone. Argo CD does so with every sync.",
        remedy: "Make it an ordinary object with `helm.sh/resource-policy: keep`.",
        fine: "When it is to be empty each time.",
        evidence: &[
            "`deleteHookByPolicy` in `pkg/action/hooks.go` (3.21.4, 4.2.4)",
            "[helm/helm#13627](https://github.com/helm/helm/issues/13627)",
            "[stackrox/stackrox#8945](https://github.com/stackrox/stackrox/issues/8945)",
            "[argoproj/argo-cd#3837](https://github.com/argoproj/argo-cd/issues/3837)",
        ],
    },
    check,
    vectors: VECTORS,
};

const VECTORS: &[Vector] = &[
    Vector::bad(
        "a claim for the install",
        r#"apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: {{ .Release.Name }}-data
  annotations:
    helm.sh/hook: pre-install
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
"#,
        &["error templates/x.yaml:6:5"],
    )
    .fixed(
        r#"apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: {{ .Release.Name }}-data
  annotations:
    helm.sh/resource-policy: keep
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
"#,
    ),
    Vector::bad(
        "a namespace at every upgrade, a set that is deleted at once",
        r#"-- templates/a.yaml --
apiVersion: v1
kind: Namespace
metadata:
  name: {{ .Release.Name }}-space
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-delete-policy: before-hook-creation
-- templates/b.yaml --
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: {{ .Release.Name }}-set
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-delete-policy: hook-succeeded
spec:
  serviceName: c
  selector: {matchLabels: {app: c}}
  template:
    metadata: {labels: {app: c}}
    spec:
      containers: [{name: web, image: "nginx:1.27"}]
"#,
        &["error templates/a.yaml:6:5", "error templates/b.yaml:6:5"],
    ),
    Vector::good(
        "ordinary, or with a policy that never deletes",
        r#"apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: {{ .Release.Name }}-data
  annotations:
    helm.sh/resource-policy: keep
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: {{ .Release.Name }}-more
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-delete-policy: never
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: example.org/v1
kind: Namespace
metadata:
  name: {{ .Release.Name }}-alike
  annotations:
    helm.sh/hook: pre-install
"#,
    ),
];

fn check(subject: &Subject, findings: &mut Findings) {
    for (at, doc, hook) in subject.hooks() {
        let policies = &hook.delete_policies;
        let (before, after) =
            (policies.has(DeletePolicy::BeforeHookCreation), policies.has(DeletePolicy::HookSucceeded));
        if !holds_data(hook) || !(before || after) {
            continue;
        }
        let recurs = |event: &Event| !matches!(event.operation(), Operation::Install | Operation::Uninstall);
        let again: Vec<Event> = hook.events.iter().copied().filter(recurs).collect();
        let when = match (after, again.as_slice()) {
            (true, _) => format!("at the end of {} (`hook-succeeded`)", words::events(&hook.events)),
            (false, []) => "when a release of this name is installed again (`before-hook-creation`)".to_owned(),
            (false, events) => format!("at every {} (`before-hook-creation`)", words::events(events)),
        };
        // The claims that a StatefulSet makes stay when it goes.
        let what = if hook.object.kind == "StatefulSet" { "its pods" } else { "all that is in it" };
        let message = format!("Helm deletes {} with {what} {when}", doc.title());
        findings.push(
            Draft::new(Severity::Error, at, place(subject, at, &[HOOK]), message)
                .help("Make it an ordinary object with `helm.sh/resource-policy: keep`.")
                .fix(mend(at, doc, hook))
                .engines(Audience::ALL),
        );
    }
}

/// True for a hook with an object that loses something for good when it is deleted.
pub(super) fn holds_data(hook: &Hook) -> bool {
    hook.objects.iter().any(|object| {
        matches!(
            (object.kind.as_str(), object.group()),
            ("PersistentVolumeClaim" | "PersistentVolume" | "Namespace", "") | ("StatefulSet", "apps")
        )
    })
}

/// An ordinary object that is kept, in place of a hook of the install alone.
fn mend(at: usize, doc: &Doc, hook: &Hook) -> Option<Fix> {
    let (key, value) = entry(doc, HOOK)?;
    if hook.events != [Event::PreInstall] || doc.annotation(RESOURCE_POLICY).is_some() {
        return None;
    }
    let span = key.span().start..value.span().end;
    let mut edits = vec![Edit::Replace { doc: at, span, text: format!("{RESOURCE_POLICY}: keep") }];
    for name in [HOOK_WEIGHT, HOOK_DELETE_POLICY, HOOK_OUTPUT_LOG_POLICY] {
        if let Some((key, value)) = entry(doc, name) {
            edits.push(Edit::RemoveEntry { doc: at, entry: key.span().start..value.span().end });
        }
    }
    let title = format!("make {} an ordinary object that is kept", doc.title());
    Some(Fix { applicability: Applicability::Unsafe, title, edits })
}
