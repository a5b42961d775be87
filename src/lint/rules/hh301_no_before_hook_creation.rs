//! HH301: a delete policy without `before-hook-creation`, so that the next run meets the last one's object.

use crate::helm::manifest::HOOK_DELETE_POLICY;
use crate::hooks::{CRD, DeletePolicy, Event, Hook, Operation};
use crate::lint::annotate::{add_policy, value_place};
use crate::lint::availability::is_awaited;
use crate::lint::pods;
use crate::lint::{
    Applicability, Audience, Doc, Docs, Draft, Findings, Fix, Fixable, Profile, Rule, Subject, Variation, Vector, words,
};
use crate::text::Severity;

use super::hh106_unknown_delete_policy::meant;
use super::hh305_stateful_hook::holds_data;

pub(super) const RULE: Rule = Rule {
    code: "HH301",
    name: "no-before-hook-creation",
    severity: Severity::Error,
    profile: Profile::Default,
    fixable: Fixable::Sometimes(Applicability::Safe),
    docs: Docs {
        summary: "A delete policy without `before-hook-creation`: the next run meets what the last one left.",
        reports: "A hook with a `helm.sh/hook-delete-policy` that does not hold `before-hook-creation`. An error when \
            `hook-succeeded` is missing too and an event recurs (an upgrade, a rollback, a test); a warning otherwise. Hooks whose \
            name is another one each time are left out, and so are CustomResourceDefinitions, which no policy deletes, and Jobs with \
            `ttlSecondsAfterFinished: 0`. With a few minutes there it is worth knowing, with more a warning. Annotations with no word that Helm knows, or with this one misspelt, are [HH106](HH106.md)'s.",
        happens: "The annotation replaces the default, which is `before-hook-creation`. With `hook-succeeded` alone, a Job or Pod \
            that fails stays, and so does every other object when the command is interrupted, or before Helm 3.19 when a later hook \
            fails; with `hook-succeeded,hook-failed`, only what is interrupted stays. Helm 3 then ends the next run with \
            `already exists`. Helm 4 applies to the old object instead: an unchanged Job that is finished counts with its old \
            outcome and does not run, a changed one is refused because its pod template cannot change. Argo CD acts like Helm 4.",
        remedy: "Put `before-hook-creation,` in front.",
        fine: "When the name holds the release's revision, the time or random text.",
        evidence: &[
            "`hookSetDeletePolicy` in `pkg/action/hooks.go` (3.21.4, 4.2.4): the default is for an empty list",
            "[helm/helm#8101](https://github.com/helm/helm/issues/8101)",
            "[helm/helm#11188](https://github.com/helm/helm/issues/11188)",
            "[lightdash/helm-charts#141](https://github.com/lightdash/helm-charts/issues/141)",
            "[cloudfoundry/korifi#1767](https://github.com/cloudfoundry/korifi/issues/1767)",
            "[spiffe/helm-charts#202](https://github.com/spiffe/helm-charts/issues/202)",
        ],
    },
    check,
    vectors: VECTORS,
};

const VECTORS: &[Vector] = &[
    Vector::bad(
        "a failed run blocks the next",
        r#"apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-delete-policy: hook-succeeded
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: main
          image: busybox:1.36
"#,
        &["warning templates/x.yaml:7:33"],
    )
    .fixed(
        r#"apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: main
          image: busybox:1.36
"#,
    ),
    Vector::bad(
        "never deleted: an error where the event recurs, in whatever words",
        r#"-- templates/a.yaml --
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-a
  annotations:
    helm.sh/hook: post-upgrade
    "helm.sh/hook-delete-policy": "hook-failed"
-- templates/c.yaml --
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-c
  annotations: {helm.sh/hook: post-install, helm.sh/hook-delete-policy: hook-failed}
-- templates/d.yaml --
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-d
  annotations:
    helm.sh/hook: pre-rollback
    helm.sh/hook-delete-policy: hook-succeeded,hook-failed
"#,
        &["error templates/a.yaml:7:35", "warning templates/c.yaml:5:73", "warning templates/d.yaml:7:33"],
    )
    .fixed(
        r#"-- templates/a.yaml --
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-a
  annotations:
    helm.sh/hook: post-upgrade
    "helm.sh/hook-delete-policy": "before-hook-creation,hook-failed"
-- templates/c.yaml --
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-c
  annotations: {helm.sh/hook: post-install, helm.sh/hook-delete-policy: "before-hook-creation,hook-failed"}
-- templates/d.yaml --
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-d
  annotations:
    helm.sh/hook: pre-rollback
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded,hook-failed
"#,
    ),
    Vector::good(
        "with it, or by default, or never deleted on purpose",
        r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-a
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-b
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
---
apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}-c
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-delete-policy: never
"#,
    ),
    Vector::good(
        "no word that Helm knows, or this one misspelt: the other rule says what follows",
        r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-b
  annotations:
    helm.sh/hook: test
    helm.sh/hook-delete-policy: ""
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-c
  annotations:
    helm.sh/hook: pre-upgrade
    helm.sh/hook-delete-policy: hook-succeeded,before-hook-create
---
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-p
  annotations:
    helm.sh/hook: test
    helm.sh/hook-delete-policy: hook-succeeded
    null
spec:
  restartPolicy: Never
  containers: [{name: main, image: "busybox:1.36"}]
"#,
    ),
    Vector::bad(
        "the cluster deletes it: soon, late",
        r#"-- templates/a.yaml --
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-a
  annotations:
    helm.sh/hook: pre-delete
    helm.sh/hook-delete-policy: hook-succeeded
spec:
  ttlSecondsAfterFinished: 100
  template:
    spec:
      restartPolicy: Never
      containers: [{name: main, image: "busybox:1.36"}]
-- templates/b.yaml --
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-b
  annotations:
    helm.sh/hook: post-upgrade
    helm.sh/hook-delete-policy: hook-failed
spec:
  ttlSecondsAfterFinished: 86400
  template:
    spec:
      restartPolicy: Never
      containers: [{name: main, image: "busybox:1.36"}]
"#,
        &["info templates/a.yaml:7:33", "warning templates/b.yaml:7:33"],
    ),
    Vector::good(
        "the cluster deletes it at once, or its name holds the time",
        r#"apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-a
  annotations:
    helm.sh/hook: pre-delete
    helm.sh/hook-delete-policy: hook-succeeded
spec:
  ttlSecondsAfterFinished: 0
  template:
    spec:
      restartPolicy: Never
      containers: [{name: main, image: "busybox:1.36"}]
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-{{ now | date "20060102150405.000000" }}
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-delete-policy: hook-succeeded
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{name: main, image: "busybox:1.36"}]
"#,
    ),
    Vector::good(
        "another name each time, and a definition, which is never deleted",
        r#"apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-{{ .Release.Revision }}
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-delete-policy: hook-succeeded
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: main
          image: busybox:1.36
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-{{ randAlphaNum 5 | lower }}
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-delete-policy: hook-succeeded
---
apiVersion: v1
kind: Pod
metadata:
  generateName: {{ .Release.Name }}-
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-delete-policy: hook-succeeded
spec:
  restartPolicy: Never
  containers:
    - name: main
      image: busybox:1.36
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: things.example.org
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-delete-policy: hook-succeeded
spec: {group: example.org, scope: Namespaced, names: {kind: Thing, plural: things}, versions: []}
"#,
    ),
];

fn check(subject: &Subject, findings: &mut Findings) {
    for (at, doc, hook) in subject.hooks() {
        let policies = &hook.delete_policies;
        if policies.has(DeletePolicy::BeforeHookCreation)
            || hook.object.kind == CRD
            || has_new_names(subject, doc, hook)
        {
            continue;
        }
        let recurring: Vec<Event> =
            Event::ALL.into_iter().filter(|event| recurs(*event) && hook.events.contains(event)).collect();
        let succeeded = policies.has(DeletePolicy::HookSucceeded);
        // Where Helm knows no word at all, or this one was meant, the other rule says so; `never` is meant as it stands.
        let misspelt = || policies.unknown().any(|word| meant(word) == Some(DeletePolicy::BeforeHookCreation.name()));
        if policies.unknown().count() == policies.words.len() || misspelt() {
            continue;
        }
        let ttl = ttl(doc);
        let severity = match (ttl, !succeeded && !recurring.is_empty()) {
            (Some(0), _) => continue,
            (Some(..=SHORT), _) => Severity::Info,
            (None, true) => Severity::Error,
            _ => Severity::Warning,
        };
        let what = match (succeeded, policies.has(DeletePolicy::HookFailed)) {
            (true, true) => "a run that is interrupted leaves it",
            // What nobody waits for does not fail; when a later hook does, `hook-succeeded` deletes it.
            (true, false) if !is_awaited(subject, hook) => "a run that is interrupted leaves it",
            (true, false) => "a run that fails leaves it",
            (false, _) => "every run leaves it",
        };
        let when = match (succeeded || recurring.is_empty(), recurring.as_slice()) {
            (_, []) if hook.events.iter().any(|event| event.operation() == Operation::Uninstall) => {
                "the next `helm uninstall`".to_owned()
            }
            (_, []) => "the next install of the same name".to_owned(),
            (true, _) => "the next run".to_owned(),
            (false, events) => format!("the next run at {}", words::events(events)),
        };
        let meets = match hook.object.kind.as_str() {
            "Job" | "Pod" => "Helm 4 takes the outcome of the old one for that of the new one, or cannot change it",
            _ => "Helm 4 applies to it",
        };
        let meets_it = match ttl {
            Some(seconds) => format!(
                "for {seconds} seconds after its end (`ttlSecondsAfterFinished`), and {when} meets it if it comes before they are over"
            ),
            None => format!("and {when} meets it"),
        };
        let message = format!(
            "the delete policies of {} lack `before-hook-creation`, so {what} {meets_it}: Helm 3 fails with `already exists`, {meets}",
            doc.title()
        );
        let fix = add_policy(subject, at, "before-hook-creation", true).filter(|_| !holds_data(hook)).map(|edit| Fix {
            applicability: Applicability::Safe,
            title: "put `before-hook-creation` in front".to_owned(),
            edits: vec![edit],
        });
        let help = if holds_data(hook) {
            "Make it an ordinary object: `before-hook-creation` would delete its data."
        } else {
            "Put `before-hook-creation` in front of the policies."
        };
        findings.push(
            Draft::new(severity, at, value_place(subject, at, &[HOOK_DELETE_POLICY]), message)
                .help(help)
                .fix(fix)
                .engines(Audience::ALL),
        );
    }
}

/// Seconds after which a Job that is deleted by the cluster is rarely met by the next run.
const SHORT: i64 = 300;

/// The seconds after which the cluster deletes a finished Job.
fn ttl(doc: &Doc) -> Option<i64> {
    pods::number(doc.root()?, &["spec", "ttlSecondsAfterFinished"]).filter(|_| doc.kind() == "Job")
}

/// True for an event that comes more than once in the life of a release.
fn recurs(event: Event) -> bool {
    matches!(event.operation(), Operation::Upgrade | Operation::Rollback | Operation::Test)
}

/// True when the next run makes an object of another name.
pub(super) fn has_new_names(subject: &Subject, doc: &Doc, hook: &Hook) -> bool {
    if hook.object.generate_name.is_some() {
        return true;
    }
    let differs = |variation: &Variation| {
        let other = subject.otherwise(variation)?;
        let same_place = |twin: &&Doc| {
            (&twin.source, twin.kind()) == (&doc.source, doc.kind())
                || (twin.kind(), twin.name()) == (doc.kind(), doc.name())
        };
        let twins: Vec<&Doc> = other.documents.iter().filter(same_place).collect();
        Some(!twins.is_empty() && twins.iter().all(|twin| twin.name() != doc.name()))
    };
    [Variation::OtherSeed, Variation::OtherTime, Variation::NextUpgrade].iter().any(|way| differs(way) == Some(true))
}
