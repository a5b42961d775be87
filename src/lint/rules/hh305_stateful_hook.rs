//! HH305: a hook that holds data, which its delete policy throws away.

use crate::helm::manifest::{HOOK, HOOK_DELETE_POLICY, HOOK_OUTPUT_LOG_POLICY, HOOK_WEIGHT};
use crate::hooks::{DeletePolicy, Event, Hook, Operation};
use crate::lint::annotate::place;
use crate::lint::annotation::{RESOURCE_POLICY, entry};
use crate::lint::remains::comes_again;
use crate::lint::words::holds;
use crate::lint::{
    Applicability, Audience, Doc, Docs, Draft, Edit, Findings, Fix, Fixable, Profile, Rule, Subject, Variation, Vector,
    words,
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
        fine: "When it is to be empty each time: a claim with `hook-succeeded` that only hooks of the same events name, in \
            their pods or in a ConfigMap or Secret of these, is not reported. Nor is what a template leaves out when `lookup` finds it, but for Argo CD, where `lookup` finds nothing.",
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

const LOOKED_FOR: &str = r#"{{- if not (lookup "v1" "Namespace" "" (printf "%s-space" .Release.Name)) }}
apiVersion: v1
kind: Namespace
metadata:
  name: {{ .Release.Name }}-space
  annotations:
    helm.sh/hook: pre-install
{{- end }}
"#;

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
    Vector::good("left out when it is there", LOOKED_FOR),
    Vector::bad("not for Argo CD, where `lookup` finds nothing", LOOKED_FOR, &["error templates/x.yaml:7:5"])
        .engine("argocd"),
    Vector::bad(
        "looked for under another name, or left out of upgrades alone",
        r#"{{- if not (lookup "v1" "Namespace" "" "other") }}
apiVersion: v1
kind: Namespace
metadata:
  name: {{ .Release.Name }}-space
  annotations:
    helm.sh/hook: pre-install
{{- end }}
{{- if not (lookup "v1" "ConfigMap" .Release.Namespace (printf "%s-plain" .Release.Name)) }}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: {{ .Release.Name }}-data
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
{{- end }}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-plain
"#,
        &["error templates/x.yaml:7:5", "error templates/x.yaml:16:5"],
    ),
    Vector::good(
        "claims for the Job of their events alone: mounted, and named in what it mounts",
        r#"apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: {{ .Release.Name }}-tmp
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-weight: "-1"
    helm.sh/hook-delete-policy: hook-succeeded,before-hook-creation
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-unpack
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
spec:
  template:
    spec:
      restartPolicy: Never
      volumes:
        - {name: tmp, persistentVolumeClaim: {claimName: {{ .Release.Name }}-tmp}}
        - {name: pod, configMap: {name: {{ .Release.Name }}-pod}}
      containers: [{name: main, image: "busybox:1.36"}]
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: {{ .Release.Name }}-more
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-delete-policy: hook-succeeded
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-pod
  annotations:
    helm.sh/hook: pre-install,pre-upgrade,post-delete
    helm.sh/hook-weight: "-1"
data:
  pod.yaml: |
    spec: {volumes: [{name: m, persistentVolumeClaim: {claimName: {{ .Release.Name }}-more}}]}
"#,
    ),
    Vector::bad(
        "a claim that a hook of another event mounts too",
        r#"apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: {{ .Release.Name }}-tmp
  annotations:
    helm.sh/hook: pre-upgrade
    helm.sh/hook-delete-policy: hook-succeeded
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-backup
  annotations:
    helm.sh/hook: pre-upgrade,post-rollback
    helm.sh/hook-weight: "1"
spec:
  template:
    spec:
      restartPolicy: Never
      volumes: [{name: tmp, persistentVolumeClaim: {claimName: {{ .Release.Name }}-tmp}}]
      containers: [{name: main, image: "busybox:1.36"}]
"#,
        &["error templates/x.yaml:6:5"],
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
        if after && is_scratch(subject, at, hook) {
            continue;
        }
        let recurs = |event: &Event| match event.operation() {
            Operation::Install | Operation::Uninstall => false,
            Operation::Upgrade => comes_again(subject, doc, &Variation::UpgradedAgain),
            // Helm takes these hooks from what it has rendered before.
            Operation::Rollback | Operation::Test => true,
        };
        let again: Vec<Event> = hook.events.iter().copied().filter(recurs).collect();
        let is_for_both_ends =
            hook.events.iter().any(|event| matches!(event.operation(), Operation::Install | Operation::Uninstall));
        let when = match (after, again.as_slice()) {
            (true, _) => Some(format!("at the end of {} (`hook-succeeded`)", words::events(&hook.events))),
            (false, []) if is_for_both_ends && comes_again(subject, doc, &Variation::InstalledAgain) => {
                Some("when a release of this name is installed again (`before-hook-creation`)".to_owned())
            }
            (false, []) => None,
            (false, events) => Some(format!("at every {} (`before-hook-creation`)", words::events(events))),
        };
        let (who, when, engines) = match when {
            Some(when) => ("Helm", when, Audience::ALL),
            None => (
                "Argo CD",
                "with every sync (`before-hook-creation`), for `lookup` finds nothing there".to_owned(),
                Audience::ARGOCD,
            ),
        };
        // The claims that a StatefulSet makes stay when it goes.
        let what = if hook.object.kind == "StatefulSet" { "its pods" } else { "all that is in it" };
        let message = format!("{who} deletes {} with {what} {when}", doc.title());
        findings.push(
            Draft::new(Severity::Error, at, place(subject, at, &[HOOK]), message)
                .help("Make it an ordinary object with `helm.sh/resource-policy: keep`.")
                .fix(mend(at, doc, hook))
                .engines(engines),
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

/// True for a claim that only hooks of the same events name, in their pods or in a text these are given: it is to be empty each time.
fn is_scratch(subject: &Subject, at: usize, hook: &Hook) -> bool {
    let is_of_its_events = |user: usize| {
        let user = subject.documents.get(user).and_then(Doc::hook);
        user.is_some_and(|user| user.events.iter().all(|event| hook.events.contains(event)))
    };
    let is_named_in = |(other, doc): &(usize, &Doc)| *other != at && holds(doc.text(), &hook.object.name);
    let mut named = subject.documents.iter().enumerate().filter(is_named_in).peekable();
    hook.object.kind == "PersistentVolumeClaim"
        && named.peek().is_some()
        && named.all(|(other, doc)| match doc.kind() {
            "ConfigMap" | "Secret" => subject.dependencies().users(other).all(|(user, _)| is_of_its_events(user)),
            _ => is_of_its_events(other),
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
