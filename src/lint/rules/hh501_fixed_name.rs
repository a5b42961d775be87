//! HH501: a hook that has the same name in every release.

use crate::go::yaml::Node;
use crate::hooks::CRD;
use crate::lint::remains::CLUSTER_WIDE;
use crate::lint::{Doc, Docs, Draft, Findings, Fixable, Profile, Rule, Subject, Variation, Vector};
use crate::text::Severity;

pub(super) const RULE: Rule = Rule {
    code: "HH501",
    name: "fixed-name",
    severity: Severity::Warning,
    profile: Profile::Default,
    fixable: Fixable::No,
    docs: Docs {
        summary: "A hook has the same name in every release, although the chart's objects do not.",
        reports: "A hook that keeps kind and name when the chart is rendered for another release in another namespace, in a chart \
            that has three ordinary objects or more of which fewer than a third keep theirs.",
        happens: "Two releases of the chart in one namespace (in one cluster, for kinds that have no namespace) share the hook. \
            Helm does not check who owns a hook: each release deletes the other's before it creates its own, or fails because it \
            already exists. A Job of the one may be gone while its `helm upgrade` waits for it.",
        remedy: "Begin the name with the release's, as the chart's other objects do; add the namespace where the kind has none.",
        fine: "Charts that can be installed once in a cluster keep most of their names and are not reported, nor are kinds whose \
            names are given (CustomResourceDefinition, APIService). A name that is wholly a value is reported only where the chart's own \
            values have one: what only a file from outside says is not the chart's.",
        evidence: &[
            "[apache/superset#24219](https://github.com/apache/superset/issues/24219)",
            "[portworx/helm#16](https://github.com/portworx/helm/issues/16)",
            "[openfga/helm-charts#8](https://github.com/openfga/helm-charts/issues/8)",
            "[llm-d-incubation/llm-d-fast-model-actuation#741](https://github.com/llm-d-incubation/llm-d-fast-model-actuation/issues/741)",
        ],
    },
    check,
    vectors: VECTORS,
};

const VECTORS: &[Vector] = &[
    Vector::bad(
        "a Job",
        r#"apiVersion: batch/v1
kind: Job
metadata:
  name: migrate
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
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-a
data: {a: "1"}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-b
data: {a: "1"}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-c
data: {a: "1"}
"#,
        &["warning templates/x.yaml:4:9"],
    ),
    Vector::bad(
        "a kind without namespaces",
        r#"-- templates/a.yaml --
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: {{ .Values.name }}
  annotations:
    helm.sh/hook: pre-install
-- templates/b.yaml --
{{- range tuple "a" "b" "c" "d" }}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ if eq . "d" }}fixed{{ else }}{{ $.Release.Name }}-{{ . }}{{ end }}
{{- end }}
-- values.yaml --
name: reader
"#,
        &["warning templates/a.yaml:4:9"],
    ),
    Vector::bad(
        "a value of a file for tests is nobody's mistake, unless the chart has one too",
        r#"-- templates/a.yaml --
apiVersion: v1
kind: Secret
metadata:
  name: {{ .Values.secret | default (printf "%s-s" .Release.Name) }}
  annotations:
    helm.sh/hook: pre-install
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Values.config }}
  annotations:
    helm.sh/hook: pre-install
{{- range .Values.raw }}
---
{{ toYaml (mergeOverwrite . (dict "metadata" (dict "annotations" (dict "helm.sh/hook" "pre-install")))) }}
{{- end }}
-- templates/b.yaml --
{{- range tuple "a" "b" "c" }}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ $.Release.Name }}-{{ . }}
{{- end }}
-- values.yaml --
secret: ""
config: settings
raw: []
-- ci/test-values.yaml --
secret: tests
config: test-settings
raw:
  - apiVersion: v1
    kind: Secret
    metadata: {name: raw}
"#,
        &["warning templates/a.yaml:11:9"],
    ),
    Vector::good(
        "two ordinary objects say nothing about a chart's habits",
        r#"-- templates/a.yaml --
apiVersion: v1
kind: Secret
metadata:
  name: fixed
  annotations:
    helm.sh/hook: pre-install
-- templates/b.yaml --
{{- range tuple "a" "b" }}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ $.Release.Name }}-{{ . }}
{{- end }}
"#,
    ),
    Vector::good(
        "a chart that is installed once",
        r#"-- templates/a.yaml --
apiVersion: v1
kind: Secret
metadata:
  name: fixed
  annotations:
    helm.sh/hook: pre-install
-- templates/b.yaml --
{{- range tuple "a" "b" "c" }}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ if eq . "c" }}c{{ else }}{{ $.Release.Name }}-{{ . }}{{ end }}
{{- end }}
"#,
    ),
    Vector::good(
        "names of the release, and a name that is given",
        r#"-- templates/a.yaml --
apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Namespace }}-x
  annotations:
    helm.sh/hook: pre-install
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: things.example.org
  annotations:
    helm.sh/hook: pre-install
-- templates/b.yaml --
{{- range tuple "a" "b" "c" }}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ $.Release.Name }}-{{ . }}
{{- end }}
"#,
    ),
];

/// Ordinary objects a chart must have before its habits count.
const ENOUGH: usize = 3;

fn check(subject: &Subject, findings: &mut Findings) {
    if subject.hooks().next().is_none() {
        return;
    }
    let Some(other) = subject.again(&Variation::OtherRelease) else { return };
    let same =
        |doc: &Doc, twin: &Doc| (doc.kind(), doc.group(), doc.name()) == (twin.kind(), twin.group(), twin.name());
    let keeps = |doc: &Doc| other.documents.iter().any(|twin| same(doc, twin));
    let plain: Vec<&Doc> = subject.documents.iter().filter(|doc| doc.is_plain() && !doc.name().is_empty()).collect();
    let kept = plain.iter().filter(|doc| keeps(doc)).count();
    if plain.len() < ENOUGH || kept * 3 >= plain.len() {
        return;
    }
    for (index, doc, hook) in subject.hooks() {
        let given = matches!(doc.kind(), CRD | "APIService") || hook.is_list;
        if doc.name().is_empty() || given || !keeps(doc) {
            continue;
        }
        let Some(name) = doc.get(&["metadata", "name"]).map(Node::span) else { continue };
        let wide =
            CLUSTER_WIDE.contains(&doc.kind()) || doc.namespace().is_some_and(|own| own != subject.release.namespace);
        let place = if wide { "cluster" } else { "namespace" };
        let message = format!(
            "{} has the same name in every release: two releases in one {place} delete or block each other's",
            doc.title()
        );
        let help = match wide {
            true => "Put the names of the release and of its namespace into the name.",
            false => "Begin the name with that of the release.",
        };
        findings.push(Draft::new(Severity::Warning, index, name, message).help(help).unless_given(doc.name()));
    }
}
