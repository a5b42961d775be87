//! HH503: a Service that sends its traffic to the pods of a hook too.

use crate::go::yaml::Scalar;
use crate::hooks::{Event, Hook};
use crate::lint::pods::{self, Pod};
use crate::lint::{Doc, Docs, Draft, Findings, Fixable, Profile, Rule, Subject, Vector};
use crate::text::Severity;

pub(super) const RULE: Rule = Rule {
    code: "HH503",
    name: "service-selects-hook-pod",
    severity: Severity::Warning,
    profile: Profile::Default,
    fixable: Fixable::No,
    docs: Docs {
        summary: "A Service selects the pods of a hook, so clients get answers from a Job.",
        reports: "A hook whose pods have all the labels that a Service of the chart selects, in the same namespace, at an event at \
            which the Service is there (any but `pre-install` and `post-delete`). It is of severity info for tests, and when all \
            ports of the Service are names that no container of the pod has. PodDisruptionBudgets and workloads that select the \
            pods too are named.",
        happens: "As soon as a pod of the Job is ready, which it is at once without a readiness probe, it is an endpoint of the \
            Service: a part of the requests is refused while the hook runs.",
        remedy: "Give the pods of the hook another value for one of the labels, such as `app.kubernetes.io/name`, or leave one out. \
            A label more does not help: a Service looks only at those it selects by.",
        fine: "Pods with a readiness probe that never succeeds get no requests.",
        evidence: &[
            "[BerriAI/litellm#19940](https://github.com/BerriAI/litellm/issues/19940)",
            "[BerriAI/litellm#40393](https://github.com/BerriAI/litellm/issues/40393)",
            "[neochaotic/leoflow#1055](https://github.com/neochaotic/leoflow/issues/1055)",
            "[rubentalstra/FerroEHR#3197](https://github.com/rubentalstra/FerroEHR/issues/3197)",
        ],
    },
    check,
    vectors: VECTORS,
};

const VECTORS: &[Vector] = &[
    Vector::bad(
        "a port with a number",
        r"apiVersion: v1
kind: Service
metadata: {name: {{ .Release.Name }}}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
spec:
  template:
    metadata: {labels: {app: web}}
    spec:
      restartPolicy: Never
      containers:
        - name: main
          image: busybox:1.36
",
        &["warning templates/x.yaml:15:16"],
    ),
    Vector::bad(
        "a name that the pod has, and no target at all",
        r#"-- templates/a.yaml --
apiVersion: v1
kind: Service
metadata: {name: {{ .Release.Name }}-a}
spec:
  selector: {app: a}
  ports: [{port: 80, targetPort: http}]
---
apiVersion: v1
kind: Service
metadata: {name: {{ .Release.Name }}-b}
spec:
  selector: {app: b}
  ports: [{port: 80}]
-- templates/b.yaml --
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-a
  annotations: {helm.sh/hook: post-install}
spec:
  template:
    metadata:
      labels:
        app: a
        more: "1"
    spec:
      restartPolicy: Never
      containers: [{name: main, image: busybox, ports: [{name: http, containerPort: 80}]}]
-- templates/c.yaml --
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-b
  labels: {app: b}
  annotations: {helm.sh/hook: post-upgrade}
spec:
  restartPolicy: Never
  containers: [{name: main, image: busybox}]
"#,
        &["warning templates/b.yaml:9:7", "warning templates/c.yaml:5:3"],
    ),
    Vector::bad(
        "a name that the pod lacks, and a test",
        r#"-- templates/a.yaml --
apiVersion: v1
kind: Service
metadata: {name: {{ .Release.Name }}-a}
spec:
  selector: {app: a}
  ports: [{port: 80, targetPort: http}]
---
apiVersion: v1
kind: Service
metadata: {name: {{ .Release.Name }}-b}
spec:
  selector: {app: b}
  ports: [{port: 80}]
-- templates/b.yaml --
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-a
  annotations: {helm.sh/hook: post-install}
spec:
  template:
    metadata:
      labels: {app: a}
    spec:
      restartPolicy: Never
      containers: [{name: main, image: busybox}]
-- templates/c.yaml --
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-b
  labels: {app: b}
  annotations: {helm.sh/hook: test}
spec:
  restartPolicy: Never
  containers: [{name: main, image: busybox}]
"#,
        &["info templates/b.yaml:9:7", "info templates/c.yaml:5:3"],
    ),
    Vector::good(
        "other labels, other namespace, no selector, before the Service is there, and an ordinary Job",
        r#"-- templates/a.yaml --
apiVersion: v1
kind: Service
metadata: {name: {{ .Release.Name }}-a}
spec: {selector: {app: web, tier: front}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: {{ .Release.Name }}-b, namespace: elsewhere}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: {{ .Release.Name }}-c}
spec: {type: ExternalName, externalName: example.org}
---
apiVersion: v1
kind: Service
metadata: {name: {{ .Release.Name }}-d}
spec: {selector: {app: early}, ports: [{port: 80}]}
-- templates/b.yaml --
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-a
  annotations: {helm.sh/hook: post-install}
spec:
  template:
    metadata: {labels: {app: web}}
    spec: {restartPolicy: Never, containers: [{name: main, image: busybox}]}
-- templates/c.yaml --
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-c
  annotations: {helm.sh/hook: "pre-install,post-delete"}
spec:
  template:
    metadata: {labels: {app: early}}
    spec: {restartPolicy: Never, containers: [{name: main, image: busybox}]}
-- templates/d.yaml --
apiVersion: batch/v1
kind: Job
metadata: {name: {{ .Release.Name }}-d}
spec:
  template:
    metadata: {labels: {app: early}}
    spec: {restartPolicy: Never, containers: [{name: main, image: busybox}]}
"#,
    ),
];

/// Where each kind keeps the labels it selects pods by.
const SELECTORS: [(&str, &[&str]); 5] = [
    ("Service", &["spec", "selector"]),
    ("PodDisruptionBudget", &["spec", "selector", "matchLabels"]),
    ("Deployment", &["spec", "selector", "matchLabels"]),
    ("StatefulSet", &["spec", "selector", "matchLabels"]),
    ("DaemonSet", &["spec", "selector", "matchLabels"]),
];

fn check(subject: &Subject, findings: &mut Findings) {
    for (index, doc, hook) in subject.hooks() {
        let meets = |event: &Event| !matches!(event, Event::PreInstall | Event::PostDelete);
        if !hook.events.iter().any(meets) {
            continue;
        }
        for pod in pods::pods(doc) {
            if let Some(draft) = report(subject, index, doc, hook, pod) {
                findings.push(draft);
            }
        }
    }
}

/// The ordinary objects that select a pod, with their indices.
fn selecting<'s>(subject: &'s Subject, doc: &Doc, labels: &[(String, String)]) -> Vec<(usize, &'s Doc)> {
    let selects = |other: &Doc| {
        let (_, path) = SELECTORS.iter().find(|(kind, _)| *kind == other.kind())?;
        let wanted = pods::texts(pods::get(other.root()?, path)?);
        let all = !wanted.is_empty() && wanted.iter().all(|label| labels.contains(label));
        (all && subject.namespace_of(other) == subject.namespace_of(doc)).then_some(())
    };
    let all = subject.documents.iter().enumerate();
    all.filter(|(_, other)| other.is_plain() && selects(other).is_some()).collect()
}

fn report(subject: &Subject, index: usize, doc: &Doc, hook: &Hook, pod: Pod<'_>) -> Option<Draft> {
    let labels = pod.labels();
    let selecting = selecting(subject, doc, &labels);
    let services: Vec<&(usize, &Doc)> = selecting.iter().filter(|(_, other)| other.kind() == "Service").collect();
    let reached = services.iter().find(|(_, service)| reaches(service, pod));
    let (at, service) = **reached.or(services.first())?;
    let only_test =
        hook.events.iter().all(|event| matches!(event, Event::Test | Event::PreInstall | Event::PostDelete));
    let severity = if reached.is_some() && !only_test { Severity::Warning } else { Severity::Info };
    let message = format!(
        "{} selects the pods of {} `{}`, and sends them requests while the hook runs",
        service.title(),
        pod.object.kind(),
        pod.object.name()
    );
    let (key, _) = pods::entry(pods::get(pod.template, &["metadata"])?, "labels")?;
    let draft = Draft::new(severity, index, key.span(), message)
        .help("Change one of the labels that the Service selects by, or leave one out: a label more does not help.")
        .related(at, place(service), format!("{} is here", service.title()));
    let others = selecting.iter().filter(|(other, _)| *other != at);
    Some(others.fold(draft, |draft, (at, other)| {
        draft.related(*at, place(other), format!("{} selects them too", other.title()))
    }))
}

fn place(doc: &Doc) -> std::ops::Range<u32> {
    doc.get(&["spec"]).and_then(|spec| pods::entry(spec, "selector")).map_or(0..0, |(key, _)| key.span())
}

/// Whether a port of a Service leads to a port that a pod may have: a number always does.
fn reaches(service: &Doc, pod: Pod<'_>) -> bool {
    let Some(ports) = service.get(&["spec", "ports"]) else { return false };
    let has = |name: &str| {
        pod.containers()
            .filter_map(|container| pods::get(container.node, &["ports"]))
            .any(|ports| ports.items().any(|port| pods::text(port.target(), &["name"]).as_deref() == Some(name)))
    };
    ports.items().any(|port| match pods::get(port.target(), &["targetPort"]) {
        None => true,
        Some(target) => match target.scalar() {
            Some(Scalar::Text(name)) => {
                let name = String::from_utf8_lossy(&name);
                name.bytes().all(|byte| byte.is_ascii_digit()) || has(&name)
            }
            _ => true,
        },
    })
}
