//! HH403: a long-running object as a hook.

use crate::go::yaml::{Node, NodeKind};
use crate::helm::manifest::HOOK;
use crate::hooks::Hook;
use crate::lint::annotation::lossy;
use crate::lint::{Doc, Docs, Draft, Findings, Fixable, Profile, Rule, Subject, Vector, pods};
use crate::text::Severity;

pub(super) const RULE: Rule = Rule {
    code: "HH403",
    name: "workload-as-hook",
    severity: Severity::Warning,
    profile: Profile::Default,
    fixable: Fixable::No,
    docs: Docs {
        summary: "A hook is an object that keeps running, which Helm does not wait for and does not uninstall.",
        reports: "A hook of kind Deployment, StatefulSet, DaemonSet, ReplicaSet, CronJob, Service, Ingress, \
            HorizontalPodAutoscaler or PodDisruptionBudget. It is of severity info when a Job or a Pod that runs after it at the \
            same event mentions its name, and so waits for it.",
        happens: "Helm and Flux wait for Jobs and Pods only: any other kind counts as ready when it is created. The default delete \
            policy deletes it at the next run and makes it anew, with an outage, instead of rolling out a change. It is no part of \
            the release: `helm rollback` does not bring back the old one, `helm uninstall` leaves it. Argo CD waits until it is \
            healthy.",
        remedy: "Make it an ordinary object. Where something has to run before others, let those wait for it, in an init container \
            or by being ready late.",
        fine: "A DaemonSet that pulls images, followed by a Job that waits for it, does what it should (info). So does a Service \
            for a test Pod.",
        evidence: &[
            "[sentry-kubernetes/charts#1197](https://github.com/sentry-kubernetes/charts/issues/1197)",
            "[sentry-kubernetes/charts#2256](https://github.com/sentry-kubernetes/charts/issues/2256)",
            "[sentry-kubernetes/charts#787](https://github.com/sentry-kubernetes/charts/issues/787)",
            "[PostHog/charts-clickhouse#176](https://github.com/PostHog/charts-clickhouse/issues/176)",
        ],
    },
    check,
    vectors: VECTORS,
};

const VECTORS: &[Vector] = &[
    Vector::bad(
        "a Deployment",
        r"apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
  annotations:
    helm.sh/hook: post-install,post-upgrade
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: nginx:1.27
",
        &["warning templates/x.yaml:6:5"],
    ),
    Vector::bad(
        "each of the other kinds",
        r"{{- range tuple `StatefulSet` `DaemonSet` `ReplicaSet` `CronJob` `Service` `Ingress` `HorizontalPodAutoscaler` `PodDisruptionBudget` }}
---
apiVersion: example/v1
kind: {{ . }}
metadata:
  name: {{ $.Release.Name }}
  annotations:
    helm.sh/hook: post-install
{{- end }}
",
        &[
            "warning templates/x.yaml:8:5",
            "warning templates/x.yaml:8:5",
            "warning templates/x.yaml:8:5",
            "warning templates/x.yaml:8:5",
            "warning templates/x.yaml:8:5",
            "warning templates/x.yaml:8:5",
            "warning templates/x.yaml:8:5",
            "warning templates/x.yaml:8:5",
        ],
    ),
    Vector::bad(
        "a Job waits for it",
        r#"-- templates/a.yaml --
apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: {{ .Release.Name }}-puller
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-weight: "-10"
spec: {}
-- templates/b.yaml --
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-awaiter
  annotations:
    helm.sh/hook: pre-install
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{name: main, image: waiter, args: ["-daemonset={{ .Release.Name }}-puller"]}]
"#,
        &["info templates/a.yaml:6:5"],
    ),
    Vector::bad(
        "a Job before it, and one that means another",
        r#"-- templates/a.yaml --
apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: {{ .Release.Name }}-puller
  annotations:
    helm.sh/hook: pre-install
spec: {}
-- templates/b.yaml --
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-before
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-weight: "-1"
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{name: main, image: waiter, args: ["{{ .Release.Name }}-puller"]}]
-- templates/c.yaml --
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-other
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-weight: "1"
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{name: main, image: waiter, args: ["{{ .Release.Name }}-puller-2"]}]
"#,
        &["warning templates/a.yaml:6:5"],
    ),
    Vector::good(
        "objects of the release, and hooks of other kinds",
        r"-- templates/a.yaml --
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
-- templates/b.yaml --
apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}
  annotations:
    helm.sh/hook: pre-install
",
    ),
];

const KINDS: [&str; 9] = [
    "Deployment",
    "StatefulSet",
    "DaemonSet",
    "ReplicaSet",
    "CronJob",
    "Service",
    "Ingress",
    "HorizontalPodAutoscaler",
    "PodDisruptionBudget",
];

fn check(subject: &Subject, findings: &mut Findings) {
    for (index, doc, hook) in subject.hooks() {
        if KINDS.contains(&doc.kind()) {
            findings.push(report(subject, index, doc, hook));
        }
    }
}

fn report(subject: &Subject, index: usize, doc: &Doc, hook: &Hook) -> Draft {
    let title = doc.title();
    let waiter = subject.hooks().find(|(_, other, later)| {
        matches!(other.kind(), "Job" | "Pod")
            && later.events.iter().any(|event| hook.events.contains(event))
            && (later.weight.value, other.name()) > (hook.weight.value, doc.name())
            && mentions(other, doc.name())
    });
    let span = doc.place_of(HOOK);
    if let Some((at, other, _)) = waiter {
        let message = format!(
            "{title} is a hook that keeps running, which {} waits for: it is no part of the release, and `helm uninstall` leaves it",
            other.title()
        );
        let draft = Draft::new(Severity::Info, index, span, message);
        return draft.help("Delete it when it has done its work.").related(
            at,
            other.place_of(HOOK),
            "this one mentions it",
        );
    }
    let message = format!(
        "{title} is a hook, so Helm does not wait for it, makes it anew each time instead of updating it, and leaves it at \
         `helm uninstall`"
    );
    Draft::new(Severity::Warning, index, span, message).help("Make it an ordinary object of the release.")
}

/// Whether a container of a document mentions a name as a word of its own.
fn mentions(doc: &Doc, name: &str) -> bool {
    if name.is_empty() {
        return false;
    }
    let mut open: Vec<Node<'_>> =
        pods::pods(doc).into_iter().flat_map(pods::Pod::containers).map(|container| container.node).collect();
    while let Some(node) = open.pop() {
        match node.kind() {
            NodeKind::Scalar if has_word(&lossy(node), name) => return true,
            NodeKind::Scalar | NodeKind::Alias => {}
            NodeKind::Sequence => open.extend(node.items()),
            NodeKind::Mapping => open.extend(node.entries().map(|(_, value)| value)),
        }
    }
    false
}

fn has_word(text: &str, word: &str) -> bool {
    let part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || matches!(c, '-' | '_'));
    text.match_indices(word).any(|(at, _)| {
        let before = text.get(..at).and_then(|text| text.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|text| text.chars().next());
        !part(before) && !part(after)
    })
}
