//! HH406: a Job that goes on trying longer than Helm waits.

use std::ops::Range;

use crate::hooks::{Event, Hook};
use crate::lint::pods::{self, Object};
use crate::lint::{Docs, Draft, Findings, Fixable, Profile, Rule, Subject, Vector, words};
use crate::text::Severity;

pub(super) const RULE: Rule = Rule {
    code: "HH406",
    name: "late-failure",
    severity: Severity::Info,
    profile: Profile::Pedantic,
    fixable: Fixable::No,
    docs: Docs {
        summary: "A Job goes on trying longer than Helm waits, so a failure shows as a timeout.",
        reports: "A hook of kind Job (a) without `activeDeadlineSeconds` whose `backoffLimit` is missing (6) or above 4; (b) with \
            `activeDeadlineSeconds` above 300; (c) of `pre-delete` or `post-delete` without `activeDeadlineSeconds`.",
        happens: "Kubernetes waits 10, 20, 40, 80 and 160 seconds between the tries of a Job, and Helm waits 300 seconds unless \
            `--timeout` says otherwise. With five tries or more Helm gives up first and reports a timeout, not the Job's failure; \
            the Job goes on in the background. A Job that hangs blocks `helm uninstall` for as long. Flux does not fail early \
            either.",
        remedy: "Write `backoffLimit: 2` and `activeDeadlineSeconds: 240`, or what the work needs.",
        fine: "Where the chart says which `--timeout` it needs.",
        evidence: &[
            "[open-policy-agent/gatekeeper#2710](https://github.com/open-policy-agent/gatekeeper/issues/2710)",
            "[sentry-kubernetes/charts#379](https://github.com/sentry-kubernetes/charts/issues/379)",
            "[sentry-kubernetes/charts#753](https://github.com/sentry-kubernetes/charts/issues/753)",
            "[projectcalico/calico#9220](https://github.com/projectcalico/calico/issues/9220)",
            "[openeverest/openeverest#1665](https://github.com/openeverest/openeverest/issues/1665)",
            "[fluxcd/helm-controller#1327](https://github.com/fluxcd/helm-controller/issues/1327)",
        ],
    },
    check,
    vectors: VECTORS,
};

const VECTORS: &[Vector] = &[
    Vector::bad(
        "no limit at all",
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
      containers:
        - name: main
          image: busybox:1.36
",
        &["info templates/x.yaml:8:1"],
    ),
    Vector::bad(
        "many tries, a late deadline, and an uninstallation without one",
        r#"-- templates/a.yaml --
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-a
  annotations: {helm.sh/hook: pre-install}
spec:
  backoffLimit: 5
  template: {spec: {restartPolicy: Never, containers: [{name: main, image: "busybox:1.36"}]}}
-- templates/b.yaml --
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-b
  annotations: {helm.sh/hook: pre-install}
spec:
  activeDeadlineSeconds: 301
  template: {spec: {restartPolicy: Never, containers: [{name: main, image: "busybox:1.36"}]}}
-- templates/c.yaml --
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-c
  annotations: {helm.sh/hook: post-delete}
spec:
  backoffLimit: 1
  template: {spec: {restartPolicy: Never, containers: [{name: main, image: "busybox:1.36"}]}}
"#,
        &["info templates/a.yaml:7:17", "info templates/b.yaml:7:26", "info templates/c.yaml:6:1"],
    ),
    Vector::good(
        "limits, and a Job of the release",
        r#"-- templates/a.yaml --
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-a
  annotations: {helm.sh/hook: pre-install}
spec:
  backoffLimit: 4
  template: {spec: {restartPolicy: Never, containers: [{name: main, image: "busybox:1.36"}]}}
-- templates/b.yaml --
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-b
  annotations: {helm.sh/hook: pre-delete}
spec:
  activeDeadlineSeconds: 300
  template: {spec: {restartPolicy: Never, containers: [{name: main, image: "busybox:1.36"}]}}
-- templates/c.yaml --
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-c
spec:
  template: {spec: {restartPolicy: Never, containers: [{name: main, image: "busybox:1.36"}]}}
"#,
    ),
];

/// What Helm waits unless told otherwise, in seconds.
const TIMEOUT: i64 = 300;
/// What Kubernetes puts in the place of a missing limit.
const DEFAULT_TRIES: i64 = 6;
/// Five pauses of a Job that fails at once add up to 310 seconds.
const TOO_MANY_TRIES: i64 = 5;

fn check(subject: &Subject, findings: &mut Findings) {
    for (index, doc, hook) in subject.hooks() {
        for object in pods::objects(doc).into_iter().filter(|object| object.kind() == "Job") {
            if let Some((span, message, help)) = late(hook, object) {
                findings.push(Draft::new(Severity::Info, index, span, message).help(help));
            }
        }
    }
}

fn late(hook: &Hook, object: Object<'_>) -> Option<(Range<u32>, String, &'static str)> {
    let (key, spec) = pods::entry(object.node, "spec")?;
    let title = format!("Job `{}`", object.name());
    let (commands, end) = (words::commands(&hook.events), words::verb_end(&hook.events));
    if let Some(deadline) = pods::number(spec, &["activeDeadlineSeconds"]) {
        let value = pods::get(spec, &["activeDeadlineSeconds"])?;
        let message = format!(
            "{title} may take {deadline} seconds, and {commands} wait{end} {TIMEOUT} seconds unless `--timeout` says otherwise"
        );
        return (deadline > TIMEOUT).then_some((
            value.span(),
            message,
            "Write 240, or say which `--timeout` the chart needs.",
        ));
    }
    let tries = pods::number(spec, &["backoffLimit"]);
    if tries.unwrap_or(DEFAULT_TRIES) >= TOO_MANY_TRIES {
        let span = tries.and_then(|_| pods::get(spec, &["backoffLimit"])).map_or(key.span(), |value| value.span());
        let message = format!(
            "{title} tries {} times before it fails, and {commands} report{end} a timeout before that",
            tries.unwrap_or(DEFAULT_TRIES) + 1
        );
        return Some((
            span,
            message,
            "Write `backoffLimit: 2` and `activeDeadlineSeconds: 240`, or what the work needs.",
        ));
    }
    let deletes = hook.events.iter().any(|event| matches!(event, Event::PreDelete | Event::PostDelete));
    let message = format!("{title} has no deadline: when it hangs, `helm uninstall` waits until the timeout and fails");
    deletes.then_some((key.span(), message, "Write `activeDeadlineSeconds: 240`, or what the work needs."))
}
