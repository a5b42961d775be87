//! HH402: a Job that Kubernetes refuses, or never starts.

use crate::go::yaml::Node;
use crate::hooks::Hook;
use crate::lint::pods::{self, Object};
use crate::lint::{
    Applicability, Doc, Docs, Draft, Edit, Findings, Fix, Fixable, Profile, Rule, Subject, Vector, entries, words,
};
use crate::text::Severity;

pub(super) const RULE: Rule = Rule {
    code: "HH402",
    name: "job-cannot-run",
    severity: Severity::Error,
    profile: Profile::Default,
    fixable: Fixable::Sometimes(Applicability::Safe),
    docs: Docs {
        summary: "A Job that is a hook is refused by Kubernetes or never starts.",
        reports: "A hook of kind Job whose pod template has no `restartPolicy`, or `Always`; a Job with `suspend: true`; a Job with \
            `parallelism: 0`.",
        happens: "Kubernetes takes Jobs with `restartPolicy: Never` or `OnFailure` only (`Unsupported value: \"Always\"`), and \
            `Always` is what a missing value means. Helm finds out when the hook runs, in the middle of the operation. A suspended \
            Job, and one without parallelism, start no pod: Helm waits for them until the timeout.",
        remedy: "Write `restartPolicy: Never` into the pod's spec. Remove `suspend` and `parallelism`.",
        fine: "A suspended Job with the label `kueue.x-k8s.io/queue-name` is started by Kueue and not reported. `completions: 0` \
            completes at once.",
        evidence: &["The validation of `batch/v1` in Kubernetes"],
    },
    check,
    vectors: VECTORS,
};

const VECTORS: &[Vector] = &[
    Vector::bad(
        "no restart policy",
        r"apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
spec:
  template:
    spec:
      terminationGracePeriodSeconds: 5
      containers:
        - name: main
          image: busybox:1.36
",
        &["error templates/x.yaml:10:5"],
    )
    .fixed(
        r"apiVersion: batch/v1
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
      terminationGracePeriodSeconds: 5
      containers:
        - name: main
          image: busybox:1.36
",
    ),
    Vector::bad(
        "Always",
        r#"apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-install
spec:
  template:
    spec:
      restartPolicy: Always
      containers: [{name: main, image: "busybox:1.36"}]
"#,
        &["error templates/x.yaml:10:22"],
    )
    .fixed(
        r#"apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-install
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{name: main, image: "busybox:1.36"}]
"#,
    ),
    Vector::bad(
        "suspended, and without parallelism",
        r#"apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: post-install
spec:
  suspend: true
  parallelism: 0
  template:
    spec:
      restartPolicy: Never
      containers: [{name: main, image: "busybox:1.36"}]
"#,
        &["error templates/x.yaml:8:12", "error templates/x.yaml:9:16"],
    ),
    Vector::good(
        "what runs, what Kueue starts, what is complete at once, and a Job of the release",
        r#"-- templates/a.yaml --
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-a
  annotations:
    helm.sh/hook: post-install
spec:
  suspend: false
  completions: 0
  template:
    spec:
      restartPolicy: OnFailure
      containers: [{name: main, image: "busybox:1.36"}]
-- templates/b.yaml --
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-b
  labels:
    kueue.x-k8s.io/queue-name: jobs
  annotations:
    helm.sh/hook: post-install
spec:
  suspend: true
  template:
    spec:
      restartPolicy: Never
      containers: [{name: main, image: "busybox:1.36"}]
-- templates/c.yaml --
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-c
spec:
  template:
    spec:
      containers: [{name: main, image: "busybox:1.36"}]
"#,
    ),
];

fn check(subject: &Subject, findings: &mut Findings) {
    for (index, doc, hook) in subject.hooks() {
        for object in pods::objects(doc).into_iter().filter(|object| object.kind() == "Job") {
            let title = format!("Job `{}`", object.name());
            restart_policy(index, doc, hook, &title, object).into_iter().for_each(|draft| findings.push(draft));
            never_started(index, hook, &title, object, findings);
        }
    }
}

fn restart_policy(index: usize, doc: &Doc, hook: &Hook, title: &str, object: Object<'_>) -> Option<Draft> {
    let pod = object.pod()?;
    let (key, _) = pods::entry(pod.template, "spec")?;
    let policy = pods::get(pod.spec, &["restartPolicy"]);
    let value = pods::text(pod.spec, &["restartPolicy"]);
    let (problem, span) = match value.as_deref() {
        None => ("has no `restartPolicy`, which means `Always`".to_owned(), key.span()),
        Some("Always") => ("has `restartPolicy: Always`".to_owned(), policy?.span()),
        Some(_) => return None,
    };
    let message = format!(
        "{title} {problem}, and Kubernetes refuses such Jobs: {} fail{} when the hook runs",
        words::commands(&hook.events),
        words::verb_end(&hook.events)
    );
    let edit = match (policy, value) {
        (Some(policy), Some(_)) => Some(Edit::Replace { doc: index, span: policy.span(), text: "Never".to_owned() }),
        (None, _) => entries::prepend(index, doc, pod.spec, "restartPolicy: Never"),
        (Some(_), None) => None,
    };
    let fix = edit.map(|edit| Fix::new(Applicability::Safe, "write `restartPolicy: Never`", vec![edit]));
    let help = "Write `restartPolicy: Never` into the spec of the pod template.";
    Some(Draft::new(Severity::Error, index, span, message).help(help).fix(fix))
}

fn never_started(index: usize, hook: &Hook, title: &str, object: Object<'_>, findings: &mut Findings) {
    let ends = format!("{} end{} with a timeout", words::commands(&hook.events), words::verb_end(&hook.events));
    let mut report = |value: Option<Node<'_>>, why: &str, help: &str| {
        let span = value.map(Node::span).unwrap_or_default();
        findings.push(Draft::new(Severity::Error, index, span, format!("{title} {why}: {ends}")).help(help));
    };
    let by_kueue = pods::text(object.node, &["metadata", "labels", "kueue.x-k8s.io/queue-name"]).is_some();
    if pods::is_true(object.node, &["spec", "suspend"]) && !by_kueue {
        let value = pods::get(object.node, &["spec", "suspend"]);
        report(value, "is suspended, so it starts no pod", "Remove `suspend`.");
    }
    if pods::number(object.node, &["spec", "parallelism"]) == Some(0) {
        let value = pods::get(object.node, &["spec", "parallelism"]);
        report(
            value,
            "may run no pod at a time, so it starts none",
            "Remove `parallelism`, or write a number above 0.",
        );
    }
}
