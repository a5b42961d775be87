//! HH312: two charts of one umbrella have the same hook object.

use crate::hooks::DeletePolicy;
use crate::lint::annotate::name_place;
use crate::lint::{Audience, Doc, Docs, Draft, Findings, Fixable, Profile, Rule, Subject, Vector};
use crate::text::Severity;

use super::hh309_same_object_twice::{chart_of, same_objects, two_hooks};

pub(super) const RULE: Rule = Rule {
    code: "HH312",
    name: "same-hook-in-two-charts",
    severity: Severity::Error,
    profile: Profile::Default,
    fixable: Fixable::No,
    docs: Docs {
        summary: "Two charts of one umbrella have a hook of the same kind, name and namespace.",
        reports: "A hook of a chart and one of a subchart, or of two subcharts, that are one object. An error when they share an event \
            and differ, or one would meet the other; a warning when they are the same text, when both are Jobs or Pods that are \
            deleted before they are created, or when only their events keep them apart. Two hooks of one chart are \
            [HH309](HH309.md)'s.",
        happens: "Helm puts the hooks of all charts into one list. Of two with one name the second deletes the first one's object and \
            puts its own in its place, so that a later hook of the other chart reads what was not made for it; without \
            `before-hook-creation` Helm 3 ends with `already exists`. Each chart for itself is right, which is why this is seen only \
            where they meet.",
        remedy: "Put the name of the chart, or the `nameOverride` of the subchart, into the name of the hook.",
        fine: "When the object is the same on purpose.",
        evidence: &["`execHook` in `pkg/action/hooks.go` (3.21.4, 4.2.4): one list, by weight and name"],
    },
    check,
    vectors: VECTORS,
};

const VECTORS: &[Vector] = &[
    Vector::bad(
        "the chart and its subchart, and two subcharts",
        r#"-- Chart.yaml --
apiVersion: v2
name: app
version: 1.0.0
-- charts/one/Chart.yaml --
apiVersion: v2
name: one
version: 1.0.0
-- charts/one/templates/a.yaml --
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-migrate
  annotations:
    helm.sh/hook: pre-install
data: {a: one}
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-migrate
  annotations:
    helm.sh/hook: pre-install
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{name: main, image: "one:1"}]
-- charts/two/Chart.yaml --
apiVersion: v2
name: two
version: 1.0.0
-- charts/two/templates/a.yaml --
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-migrate
  annotations:
    helm.sh/hook: pre-install
data: {a: two}
-- templates/a.yaml --
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-migrate
  annotations:
    helm.sh/hook: pre-install
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{name: main, image: "app:1"}]
"#,
        &["error charts/two/templates/a.yaml:4:9", "warning templates/a.yaml:4:9"],
    ),
    Vector::bad(
        "the same text, or kept apart by events alone",
        r#"-- charts/one/Chart.yaml --
apiVersion: v2
name: one
version: 1.0.0
-- charts/one/templates/a.yaml --
apiVersion: v1
kind: ServiceAccount
metadata:
  name: hooks
  annotations:
    helm.sh/hook: pre-install
-- charts/one/templates/b.yaml --
apiVersion: v1
kind: Secret
metadata:
  name: hooks
  annotations:
    helm.sh/hook: pre-install
-- charts/two/Chart.yaml --
apiVersion: v2
name: two
version: 1.0.0
-- charts/two/templates/a.yaml --
apiVersion: v1
kind: ServiceAccount
metadata:
  name: hooks
  annotations:
    helm.sh/hook: pre-install
-- charts/two/templates/b.yaml --
apiVersion: v1
kind: Secret
metadata:
  name: hooks
  annotations:
    helm.sh/hook: pre-upgrade
"#,
        &["warning charts/two/templates/a.yaml:4:9", "warning charts/two/templates/b.yaml:4:9"],
    ),
    Vector::good(
        "names of their own, or two of one chart",
        r#"-- charts/one/Chart.yaml --
apiVersion: v2
name: one
version: 1.0.0
-- charts/one/templates/a.yaml --
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-{{ .Chart.Name }}
  annotations:
    helm.sh/hook: pre-install
-- templates/a.yaml --
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-{{ .Chart.Name }}
  annotations:
    helm.sh/hook: pre-install
-- templates/b.yaml --
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-{{ .Chart.Name }}
  annotations:
    helm.sh/hook: pre-install
"#,
    ),
];

fn check(subject: &Subject, findings: &mut Findings) {
    for group in same_objects(subject) {
        let hooks: Vec<(usize, &Doc)> = group
            .iter()
            .filter_map(|at| Some((*at, subject.documents.get(*at).filter(|doc| doc.hook().is_some())?)))
            .collect();
        for (place, (second, doc)) in hooks.iter().enumerate() {
            let mut others = hooks.iter().take(place);
            let Some((first, other)) = others.find(|(_, other)| chart_of(other) != chart_of(doc)) else {
                continue;
            };
            let (severity, outcome) = match two_hooks(subject, *first, *second) {
                Some((_, outcome)) if other.text() == doc.text() && deletes(doc) => (Severity::Warning, outcome),
                Some(found) => found,
                None => (Severity::Warning, "only their events keep them apart".to_owned()),
            };
            let message = format!("{} is a hook of {} and of {} too: {outcome}", doc.title(), shown(other), shown(doc));
            findings.push(
                Draft::new(severity, *second, name_place(subject, *second), message)
                    .help("Put the name of the chart into the name of the hook.")
                    .related(*first, name_place(subject, *first), format!("the same object, in {}", shown(other)))
                    .engines(Audience::ALL),
            );
        }
    }
}

/// True for a hook that deletes what it meets.
fn deletes(doc: &Doc) -> bool {
    doc.hook().is_some_and(|hook| hook.delete_policies.has(DeletePolicy::BeforeHookCreation))
}

/// The chart of a document, for messages.
fn shown(doc: &Doc) -> String {
    match chart_of(doc).trim_end_matches('/') {
        "" => "the chart".to_owned(),
        below => format!("`{below}`"),
    }
}
