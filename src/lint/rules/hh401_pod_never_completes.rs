//! HH401: a Pod that Helm waits for and that is started again whenever it ends.

use crate::hooks::Hook;
use crate::lint::pods::{self, Object};
use crate::lint::{
    Applicability, Doc, Docs, Draft, Edit, Findings, Fix, Fixable, Profile, Rule, Subject, Vector, entries, words,
};
use crate::text::Severity;

pub(super) const RULE: Rule = Rule {
    code: "HH401",
    name: "pod-never-completes",
    severity: Severity::Error,
    profile: Profile::Default,
    fixable: Fixable::Sometimes(Applicability::Safe),
    docs: Docs {
        summary: "A Pod that is a hook has no `restartPolicy: Never`, so it may never complete.",
        reports: "A hook of kind Pod whose `restartPolicy` is missing or `Always`; `OnFailure` is a warning.",
        happens: "Helm and Flux wait until a Pod has succeeded or failed, and so does Argo CD. With `Always`, which is the default of \
            Kubernetes, the kubelet starts the containers again whenever they end, and the Pod reaches neither phase: the command \
            ends with a timeout. With `OnFailure` it can succeed and never fail: what is broken shows as a timeout too.",
        remedy: "Write `restartPolicy: Never`. For retries take a Job, which has a limit for them.",
        fine: "Never.",
        evidence: &[
            "`pkg/kube/wait.go` (3.21.4): `waitForPodSuccess` goes by the phase",
            "[kubernetes/kubernetes#8745](https://github.com/kubernetes/kubernetes/issues/8745): the same trap in a test of Kubernetes",
        ],
    },
    check,
    vectors: VECTORS,
};

const VECTORS: &[Vector] = &[
    Vector::bad(
        "no restart policy",
        r#"apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-test
  annotations:
    helm.sh/hook: test
spec:
  containers: [{name: t, image: "busybox:1.36", command: ["true"]}]
"#,
        &["error templates/x.yaml:7:1"],
    )
    .fixed(
        r#"apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-test
  annotations:
    helm.sh/hook: test
spec:
  restartPolicy: Never
  containers: [{name: t, image: "busybox:1.36", command: ["true"]}]
"#,
    ),
    Vector::bad(
        "in braces",
        r#"apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-test
  annotations:
    helm.sh/hook: test
spec: {containers: [{name: t, image: "busybox:1.36"}]}
"#,
        &["error templates/x.yaml:7:1"],
    )
    .fixed(
        r#"apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-test
  annotations:
    helm.sh/hook: test
spec: {restartPolicy: Never, containers: [{name: t, image: "busybox:1.36"}]}
"#,
    ),
    Vector::bad(
        "the other policies",
        r#"-- templates/a.yaml --
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-a
  annotations:
    helm.sh/hook: test
spec:
  containers: [{name: t, image: "busybox:1.36"}]
  restartPolicy: Always
-- templates/b.yaml --
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-b
  annotations:
    helm.sh/hook: pre-upgrade
spec:
  containers: [{name: t, image: "busybox:1.36"}]
  restartPolicy: OnFailure
"#,
        &["error templates/a.yaml:9:18", "warning templates/b.yaml:9:18"],
    )
    .fixed(
        r#"-- templates/a.yaml --
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-a
  annotations:
    helm.sh/hook: test
spec:
  containers: [{name: t, image: "busybox:1.36"}]
  restartPolicy: Never
-- templates/b.yaml --
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-b
  annotations:
    helm.sh/hook: pre-upgrade
spec:
  containers: [{name: t, image: "busybox:1.36"}]
  restartPolicy: Never
"#,
    ),
    Vector::good(
        "Never, a Pod of the release, and a Job",
        r#"-- templates/a.yaml --
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-a
  annotations:
    helm.sh/hook: test
spec:
  restartPolicy: "Never"
  containers: [{name: t, image: "busybox:1.36"}]
-- templates/b.yaml --
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-b
spec:
  containers: [{name: t, image: "busybox:1.36"}]
-- templates/c.yaml --
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-c
  annotations:
    helm.sh/hook: pre-upgrade
spec:
  template:
    spec:
      restartPolicy: OnFailure
      containers: [{name: t, image: "busybox:1.36"}]
"#,
    ),
];

fn check(subject: &Subject, findings: &mut Findings) {
    for (index, doc, hook) in subject.hooks() {
        for object in pods::objects(doc).into_iter().filter(|object| object.kind() == "Pod") {
            findings_of(index, doc, hook, object).into_iter().for_each(|draft| findings.push(draft));
        }
    }
}

fn findings_of(index: usize, doc: &Doc, hook: &Hook, object: Object<'_>) -> Option<Draft> {
    let pod = object.pod()?;
    let commands = words::commands(&hook.events);
    let ends = format!("{commands} end{} with a timeout", words::verb_end(&hook.events));
    let title = format!("Pod `{}`", object.name());
    let policy = pods::get(pod.spec, &["restartPolicy"]);
    let (severity, span, message) = match pods::text(pod.spec, &["restartPolicy"]).as_deref() {
        Some("Never") => return None,
        Some("OnFailure") => {
            let message = format!("{title} is started again whenever it fails, so it never fails: {ends}");
            (Severity::Warning, policy?.span(), message)
        }
        Some("Always") => {
            let message = format!("{title} is started again whenever it ends, so it never completes: {ends}");
            (Severity::Error, policy?.span(), message)
        }
        Some(_) => return None,
        None => {
            let (key, _) = pods::entry(object.node, "spec")?;
            let message = format!("{title} has no `restartPolicy`, so it is started again whenever it ends: {ends}");
            (Severity::Error, key.span(), message)
        }
    };
    let edit = match policy.filter(|policy| !policy.span().is_empty()) {
        Some(policy) => Some(Edit::Replace { doc: index, span: policy.span(), text: "Never".to_owned() }),
        None if policy.is_none() => entries::prepend(index, doc, pod.spec, "restartPolicy: Never"),
        None => None,
    };
    let fix = edit.map(|edit| Fix::new(Applicability::Safe, "write `restartPolicy: Never`", vec![edit]));
    Some(Draft::new(severity, index, span, message).help("Write `restartPolicy: Never`.").fix(fix))
}
