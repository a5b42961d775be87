//! HH802: a hook of the older chart is an ordinary object now, which Helm refuses to take over.

use crate::hooks::DeletePolicy;
use crate::lint::{Audience, Doc, Docs, Draft, Findings, Fixable, Profile, Rule, Subject, Vector, pods};
use crate::text::Severity;

pub(super) const RULE: Rule = Rule {
    code: "HH802",
    name: "hook-became-object",
    severity: Severity::Warning,
    profile: Profile::Baseline,
    fixable: Fixable::No,
    docs: Docs {
        summary: "A hook of the older chart is an ordinary object now, and Helm refuses to take over what the hook left.",
        reports: "With `--baseline-chart`: an object that the older chart renders only as hooks without `hook-succeeded`, and this \
            chart as an ordinary object. A hook that already carried the label and annotations of ownership is left out.",
        happens: "What hooks make carries neither `app.kubernetes.io/managed-by: Helm` nor the annotations with the name and namespace \
            of the release. `helm upgrade` finds the object in the cluster, sees that it belongs to nobody, and stops with `invalid \
            ownership metadata` before it has run any hook. With `--take-ownership`, which Helm knows since 3.17, it goes on.",
        remedy: "Let the hook carry label and annotations one version earlier, or write down that this upgrade needs \
            `--take-ownership`.",
        fine: "When the old object is sure to be gone.",
        evidence: &[
            "`checkOwnership` in `pkg/action/validate.go` (3.21.4, 4.2.4)",
            "[helm/charts#11375](https://github.com/helm/charts/issues/11375)",
        ],
    },
    check,
    vectors: VECTORS,
};

const NEW: &str = r#"apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}-key
"#;

const VECTORS: &[Vector] = &[
    Vector::bad("a Secret of the first install", NEW, &["warning templates/x.yaml:3:1"]).baseline(
        r#"apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}-key
  annotations: {helm.sh/hook: pre-install}
"#,
    ),
    Vector::good("it carries label and annotations", NEW).baseline(
        r#"apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}-key
  labels: {app.kubernetes.io/managed-by: Helm}
  annotations:
    helm.sh/hook: pre-install
    meta.helm.sh/release-name: {{ .Release.Name }}
    meta.helm.sh/release-namespace: {{ .Release.Namespace }}
"#,
    ),
    Vector::good("gone by then", NEW).baseline(
        r#"apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}-key
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
"#,
    ),
    Vector::good("an ordinary object before, too", NEW).baseline(NEW),
];

fn check(subject: &Subject, findings: &mut Findings) {
    let Some(old) = &subject.baseline else { return };
    for (at, doc) in subject.documents.iter().enumerate().filter(|(_, doc)| doc.is_plain() && !doc.name().is_empty()) {
        let same = |other: &&Doc| {
            (other.kind(), other.group(), other.name()) == (doc.kind(), doc.group(), doc.name())
                && old.namespace_of(other) == subject.namespace_of(doc)
        };
        let was: Vec<&Doc> = old.documents.iter().filter(same).collect();
        if was.iter().any(|was| was.is_plain()) {
            continue;
        }
        let left = |was: &&&Doc| {
            was.hook()
                .is_some_and(|hook| !hook.delete_policies.has(DeletePolicy::HookSucceeded) || hook.is_never_deleted())
        };
        if !was.iter().filter(left).any(|was| !is_owned(old, was)) {
            continue;
        }
        let message = format!(
            "{} is a hook in the older chart and stays when its event is over; `helm upgrade` finds it and stops with `invalid \
             ownership metadata`",
            doc.title()
        );
        let span = doc.entry(&["metadata"]).map(|(key, _)| key.span()).unwrap_or_default();
        findings.push(
            Draft::new(Severity::Warning, at, span, message)
                .help(
                    "Let the hook carry the label and the annotations of ownership one version earlier, or have people upgrade with \
                     `--take-ownership`.",
                )
                .engines(Audience { argocd: false, ..Audience::ALL }),
        );
    }
}

/// True for an object that says it belongs to the release.
fn is_owned(subject: &Subject, doc: &Doc) -> bool {
    let Some(root) = doc.root() else { return false };
    let says = |path: &[&str], wanted: &str| pods::text(root, path).is_some_and(|text| text == wanted);
    says(&["metadata", "labels", "app.kubernetes.io/managed-by"], "Helm")
        && says(&["metadata", "annotations", "meta.helm.sh/release-name"], &subject.release.name)
        && says(&["metadata", "annotations", "meta.helm.sh/release-namespace"], &subject.release.namespace)
}
