//! HH104: a number or a flag where Kubernetes wants a text, which Helm notices only when the hook runs.

use crate::go::yaml::{Node, Scalar};
use crate::helm::manifest::HOOK_WEIGHT;
use crate::hooks::Weight;
use crate::lint::annotation::lossy;
use crate::lint::{
    Applicability, Audience, Doc, Docs, Draft, Edit, Findings, Fix, Fixable, Profile, Rule, Subject, Vector, words,
};
use crate::text::Severity;

pub(super) const RULE: Rule = Rule {
    code: "HH104",
    name: "weight-not-a-string",
    severity: Severity::Error,
    profile: Profile::Default,
    fixable: Fixable::Sometimes(Applicability::Safe),
    docs: Docs {
        summary: "An annotation or a label of a hook, such as its weight, is a number or a boolean, and the hook fails when it runs.",
        reports: "An annotation or a label of a hook whose value YAML reads as a number or a boolean: most often \
            `helm.sh/hook-weight: -5` without quotes, or an action that prints a number without `quote`.",
        happens: "Helm reads hooks twice. While it sorts them, a number passes as its text, so `helm template`, `helm lint` and the \
            order of the hooks look right. When the event comes, the Kubernetes client reads the manifest again and refuses it: \
            `cannot unmarshal number into Go struct field ObjectMeta.metadata.annotations of type string`. The operation fails \
            then, and no other: with a `test` hook the installation works and `helm test` does not.",
        remedy: "Put the value in double quotes; append `| quote` to an action.",
        fine: "Never. Null and dates are no numbers for YAML here.",
        evidence: &[
            "[Helm: Chart Hooks](https://helm.sh/docs/topics/charts_hooks/): weights are written as strings",
            "[helm/helm#6279](https://github.com/helm/helm/issues/6279)",
            "[yeahdongcn/kustohelmize#30](https://github.com/yeahdongcn/kustohelmize/issues/30)",
            "[apollographql/router#1881](https://github.com/apollographql/router/issues/1881)",
        ],
    },
    check,
    vectors: VECTORS,
};

const VECTORS: &[Vector] = &[
    Vector::bad(
        "a weight without quotes",
        r"apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-weight: -5
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: main
          image: busybox:1.36
",
        &["error templates/x.yaml:7:26"],
    )
    .fixed(
        r#"apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-weight: "-5"
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
        "a weight from the values",
        r#"-- values.yaml --
job:
  weight: 3
-- templates/x.yaml --
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    "helm.sh/hook": pre-install
    "helm.sh/hook-weight": {{ .Values.job.weight }}
"#,
        &["error templates/x.yaml:7:28"],
    )
    .fixed(
        r#"-- values.yaml --
job:
  weight: 3
-- templates/x.yaml --
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    "helm.sh/hook": pre-install
    "helm.sh/hook-weight": {{ .Values.job.weight | quote }}
"#,
    ),
    Vector::bad(
        "a fraction, a policy, and other annotations and labels",
        r"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-m
  labels:
    version: 1.10
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-weight: 1.5
    helm.sh/hook-delete-policy: false
    helm.sh/hook-output-log-policy: 0
    sidecar.istio.io/inject: no
",
        &[
            "error templates/x.yaml:6:14",
            "error templates/x.yaml:9:26",
            "error templates/x.yaml:10:33",
            "error templates/x.yaml:11:37",
            "error templates/x.yaml:12:30",
        ],
    ),
    Vector::bad(
        "a number that is another one as text",
        r"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-weight: 010
",
        &["error templates/x.yaml:7:26"],
    ),
    Vector::good(
        "quotes, null and a date",
        r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-weight: "-5"
    made: 2026-01-02
    empty:
    asked: !!str 5
"#,
    ),
    Vector::good(
        "an ordinary object is refused before anything is created",
        r"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook-weight: 5
",
    ),
];

fn check(subject: &Subject, findings: &mut Findings) {
    for (index, doc, hook) in subject.hooks() {
        for table in ["annotations", "labels"] {
            let entries: Vec<_> = doc.get(&["metadata", table]).into_iter().flat_map(Node::entries).collect();
            for (at, (key, value)) in entries.iter().enumerate() {
                let is_last = entries.iter().skip(at + 1).all(|(later, _)| later.text() != key.text());
                let what = match value.scalar() {
                    Some(Scalar::Int(_) | Scalar::Uint(_) | Scalar::Float(_)) => "number",
                    Some(Scalar::Bool(_)) => "bool",
                    _ => continue,
                };
                if is_last {
                    report(index, doc, &hook.events, (table, *key, *value), what, findings);
                }
            }
        }
    }
}

fn report(
    index: usize,
    doc: &Doc,
    events: &[crate::hooks::Event],
    (table, key, value): (&str, Node<'_>, Node<'_>),
    what: &str,
    findings: &mut Findings,
) {
    let name = lossy(key);
    let noun = if what == "bool" { "boolean" } else { what };
    let message = format!(
        "{}`{name}` of {} is a {noun} and no text: rendering takes it, and {} fail{} when the hook runs (cannot unmarshal {what} \
         into {} of type string)",
        if table == "labels" { "label " } else { "" },
        doc.title(),
        words::commands(events),
        words::verb_end(events),
        if table == "labels" { "ObjectMeta.metadata.labels" } else { "ObjectMeta.metadata.annotations" },
    );
    let written = lossy(value.target());
    let text = format!("\"{written}\"");
    let edit = Edit::Quote { doc: index, span: value.target().span(), text: text.clone() };
    // With quotes a weight such as 010 is another number than without: nobody but a person knows which was meant.
    let read = if name == HOOK_WEIGHT { doc.annotation_text(HOOK_WEIGHT) } else { None };
    let same = read.is_none_or(|read| Weight::parse(Some(read)).value == Weight::parse(Some(&written)).value);
    let applicability = if same { Applicability::Safe } else { Applicability::Suggestion };
    let draft = Draft::new(Severity::Error, index, value.span(), message)
        .help("Put it in double quotes; append `| quote` to an action.")
        .fix(Fix::new(applicability, format!("write `{text}`"), vec![edit]));
    findings.push(draft.engines(Audience { argocd: false, ..Audience::ALL }));
}
