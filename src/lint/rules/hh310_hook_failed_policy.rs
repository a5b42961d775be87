//! HH310: `hook-failed` where it does nothing, or where it takes the logs of the failure away.

use crate::helm::manifest::HOOK_DELETE_POLICY;
use crate::hooks::DeletePolicy;
use crate::lint::annotate::replaced;
use crate::lint::annotation::{List, inner, list};
use crate::lint::availability::is_awaited;
use crate::lint::{Applicability, Audience, Docs, Draft, Findings, Fix, Fixable, Profile, Rule, Subject, Vector};
use crate::text::Severity;

pub(super) const RULE: Rule = Rule {
    code: "HH310",
    name: "hook-failed-policy",
    severity: Severity::Info,
    profile: Profile::Pedantic,
    fixable: Fixable::Sometimes(Applicability::Safe),
    docs: Docs {
        summary: "`hook-failed` does nothing for an object that cannot fail, and takes the logs of a Job that can.",
        reports: "`hook-failed` on a hook that is no Job and no Pod; or on a Job or Pod without `hook-failed` in \
            `helm.sh/hook-output-log-policy`.",
        happens: "Helm acts on `hook-failed` when waiting for the hook has failed, and it waits for Jobs and Pods alone. An object \
            that cannot be created is no case for it either. (In 4.x waiting for another kind can fail when watching it is \
            forbidden.) A Job that failed is deleted with its pods, and with them the only account of why. Argo CD does delete other \
            objects when the sync fails.",
        remedy: "Remove the word. For a Job use `before-hook-creation`, or print the logs first with \
            `helm.sh/hook-output-log-policy: hook-failed`, which Helm knows since 3.18.",
        fine: "When logs are collected elsewhere; when the chart is for Argo CD.",
        evidence: &[
            "`execHook` in `pkg/action/hooks.go` (3.21.4, 4.2.4): an error of creation returns at once",
            "[spiffe/helm-charts#128](https://github.com/spiffe/helm-charts/issues/128)",
        ],
    },
    check,
    vectors: VECTORS,
};

const VECTORS: &[Vector] = &[
    Vector::bad(
        "a ConfigMap cannot fail",
        r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-delete-policy: before-hook-creation,hook-failed
data: {a: "1"}
"#,
        &["info templates/x.yaml:7:54"],
    )
    .fixed(
        r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-delete-policy: before-hook-creation
data: {a: "1"}
"#,
    ),
    Vector::bad(
        "alone: no fix, for the default is another policy; in the middle, in quotes",
        r#"-- templates/a.yaml --
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-a
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-delete-policy: hook-failed
-- templates/b.yaml --
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-b
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-delete-policy: "before-hook-creation, hook-failed, hook-succeeded"
"#,
        &["info templates/a.yaml:7:33", "info templates/b.yaml:7:56"],
    )
    .fixed(
        r#"-- templates/a.yaml --
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-a
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-delete-policy: hook-failed
-- templates/b.yaml --
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-b
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-delete-policy: "before-hook-creation,hook-succeeded"
"#,
    ),
    Vector::bad(
        "a Job whose logs are gone",
        r#"apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-delete-policy: before-hook-creation,hook-failed
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{name: main, image: "busybox:1.36"}]
"#,
        &["info templates/x.yaml:7:54"],
    ),
    Vector::good(
        "the logs are printed, or it is not there",
        r#"apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-delete-policy: before-hook-creation,hook-failed
    helm.sh/hook-output-log-policy: hook-failed
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{name: main, image: "busybox:1.36"}]
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-b
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
"#,
    ),
];

fn check(subject: &Subject, findings: &mut Findings) {
    let failed = DeletePolicy::HookFailed.name();
    for (at, doc, hook) in subject.hooks() {
        if !hook.delete_policies.has(DeletePolicy::HookFailed) {
            continue;
        }
        let Some(list) = list(doc, HOOK_DELETE_POLICY) else { continue };
        let Some(word) = list.words.iter().find(|word| word.text == failed) else { continue };
        let draft = |message: String| Draft::new(Severity::Info, at, list.place(word), message);
        if !is_awaited(subject, hook) {
            let message = format!(
                "`hook-failed` does nothing for {}: Helm waits for Jobs and Pods alone, so nothing else can fail",
                doc.title()
            );
            findings.push(
                draft(message)
                    .help("Remove the word.")
                    .fix(without(subject, at, &list))
                    .engines(Audience { argocd: false, ..Audience::ALL }),
            );
        } else if !hook.log_policies.iter().any(|policy| policy == failed) {
            let message = format!("when {} fails, Helm deletes it, and the logs that say why go with it", doc.title());
            findings.push(
                draft(message)
                    .help(
                        "Use `before-hook-creation` instead, or add `helm.sh/hook-output-log-policy: hook-failed`, which Helm \
                         knows since 3.18.",
                    )
                    .engines(Audience::ALL),
            );
        }
    }
}

/// The other policies; `None` when there are none, for an empty value is not the same as no annotation.
fn without(subject: &Subject, at: usize, list: &List<'_>) -> Option<Fix> {
    let kept: Vec<&str> = list
        .words
        .iter()
        .filter(|word| word.text != DeletePolicy::HookFailed.name())
        .map(|word| word.raw.as_str())
        .collect();
    if kept.is_empty() || !list.exact {
        return None;
    }
    let edit = replaced(subject, at, list.value, inner(list.value), kept.join(","));
    Some(Fix { applicability: Applicability::Safe, title: "remove `hook-failed`".to_owned(), edits: vec![edit] })
}
