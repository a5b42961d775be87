//! HH801: an ordinary object of the older chart is a hook now, and the upgrade deletes it.

use crate::helm::manifest::HOOK;
use crate::hooks::{Event, Operation};
use crate::lint::annotate::place;
use crate::lint::availability::{is_awaited, is_kept};
use crate::lint::{Audience, Doc, Docs, Draft, Findings, Fixable, Profile, Rule, Subject, Vector, words};
use crate::text::Severity;

pub(super) const RULE: Rule = Rule {
    code: "HH801",
    name: "object-became-hook",
    severity: Severity::Error,
    profile: Profile::Baseline,
    fixable: Fixable::No,
    docs: Docs {
        summary: "An ordinary object of the older chart is a hook now, and the upgrade deletes it.",
        reports: "With `--baseline-chart`: an object that the older chart renders as an ordinary one and this chart as a hook of an \
            upgrade, or of an install alone. An error when it is gone after the upgrade. A warning when a `post-upgrade` hook makes \
            it anew, or when the older chart kept it with `helm.sh/resource-policy: keep`; for a Job or Pod it is worth knowing, not \
            more.",
        happens: "The object is no longer in the manifest of the release, so the upgrade deletes it. A `pre-upgrade` hook deletes and \
            makes it before that, and the upgrade deletes what the hook made; `helm upgrade` succeeds and the object is gone. The \
            next upgrade leaves it. A hook for installs alone does not run in an upgrade at all. Only a `post-upgrade` hook comes \
            after the deletion.",
        remedy: "Give the hook a new name, or ship the object as an ordinary one with `helm.sh/resource-policy: keep` for one version.",
        fine: "When nobody needs the object any more.",
        evidence: &[
            "`pkg/kube/client.go` (3.21.4, 4.2.4): `Update` deletes what the new manifest lacks",
            "[helm/helm#11608](https://github.com/helm/helm/issues/11608)",
            "[helm/helm#8420](https://github.com/helm/helm/issues/8420)",
            "[sentry-kubernetes/charts#787](https://github.com/sentry-kubernetes/charts/issues/787)",
        ],
    },
    check,
    vectors: VECTORS,
};

const OLD: &str = r#"apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}
"#;

const VECTORS: &[Vector] = &[
    Vector::bad(
        "an account for the upgrade",
        r#"apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
"#,
        &["error templates/x.yaml:6:5"],
    )
    .baseline(OLD),
    Vector::bad(
        "an account for the install alone",
        r#"apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}
  annotations:
    helm.sh/hook: pre-install
"#,
        &["error templates/x.yaml:6:5"],
    )
    .baseline(OLD),
    Vector::bad(
        "made anew after the upgrade",
        r#"apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}
  annotations:
    helm.sh/hook: post-install,post-upgrade
"#,
        &["warning templates/x.yaml:6:5"],
    )
    .baseline(OLD),
    Vector::bad(
        "kept by the older chart",
        r#"apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}
  annotations:
    helm.sh/hook: pre-upgrade
"#,
        &["warning templates/x.yaml:6:5"],
    )
    .baseline(
        r#"apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}
  annotations:
    helm.sh/resource-policy: keep
"#,
    ),
    Vector::bad(
        "a Job has run by then",
        r#"apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}
  annotations:
    helm.sh/hook: pre-upgrade
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{name: main, image: "busybox:1.36"}]
"#,
        &["info templates/x.yaml:6:5"],
    )
    .baseline(
        r#"apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{name: main, image: "busybox:1.36"}]
"#,
    ),
    Vector::good(
        "still ordinary, with a second one for the hooks",
        r#"apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}-hook
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
"#,
    )
    .baseline(OLD),
    Vector::good(
        "a hook before, or a test now",
        r#"apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}
  annotations:
    helm.sh/hook: test
---
apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}
  annotations:
    helm.sh/hook: pre-upgrade
"#,
    )
    .baseline(
        r#"apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}
---
apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}
  annotations:
    helm.sh/hook: pre-upgrade
"#,
    ),
];

fn check(subject: &Subject, findings: &mut Findings) {
    let Some(old) = &subject.baseline else { return };
    for (at, doc, hook) in subject.hooks() {
        let is_same = |other: &Doc, here: &Subject| {
            (other.kind(), other.group(), other.name()) == (doc.kind(), doc.group(), doc.name())
                && here.namespace_of(other) == subject.namespace_of(doc)
        };
        let was = old.documents.iter().find(|other| other.is_plain() && is_same(other, old));
        let stays = subject.documents.iter().any(|other| other.is_plain() && is_same(other, subject));
        let Some(was) = was.filter(|_| !stays && !doc.name().is_empty()) else { continue };
        let of = |operation| hook.events.iter().any(|event: &Event| event.operation() == operation);
        if !of(Operation::Upgrade) && !hook.events.iter().all(|event| event.operation() == Operation::Install) {
            continue;
        }
        let is_after = hook.events.contains(&Event::PostUpgrade);
        let outcome = match (is_after, of(Operation::Upgrade)) {
            (true, _) => "deletes it and `post-upgrade` makes it anew: for a while there is none",
            (false, true) => "deletes what `pre-upgrade` has just made, because the manifest does not hold it any more",
            (false, false) => "deletes it, and no event of an upgrade makes it anew",
        };
        let (severity, outcome) = if is_kept(was) {
            (Severity::Warning, "leaves the old one, which was kept, for the hook to delete")
        } else if is_awaited(subject, hook) {
            (Severity::Info, outcome)
        } else {
            (if is_after { Severity::Warning } else { Severity::Error }, outcome)
        };
        let message = format!(
            "{} is an ordinary object in the older chart and a hook of {} here: `helm upgrade` {outcome}",
            doc.title(),
            words::events(&hook.events)
        );
        findings.push(
            Draft::new(severity, at, place(subject, at, &[HOOK]), message)
                .help("Give the hook a name of its own, or leave the object an ordinary one.")
                .engines(Audience { argocd: false, ..Audience::ALL }),
        );
    }
}
