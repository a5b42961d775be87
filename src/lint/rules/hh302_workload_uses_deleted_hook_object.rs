//! HH302: a workload of the release uses an object that Helm deletes before the workload starts.

use crate::helm::manifest::{HOOK, HOOK_DELETE_POLICY};
use crate::hooks::{DeletePolicy, Event};
use crate::lint::annotate::value_place;
use crate::lint::{Audience, Doc, Docs, Draft, Findings, Fixable, Need, Profile, Rule, Subject, Vector, words};
use crate::text::Severity;

pub(super) const RULE: Rule = Rule {
    code: "HH302",
    name: "workload-uses-deleted-hook-object",
    severity: Severity::Error,
    profile: Profile::Default,
    fixable: Fixable::No,
    docs: Docs {
        summary: "A workload of the release uses a hook's object, and Helm deletes that before the workload starts.",
        reports: "An ordinary workload names an object that only hooks make, with `pre-install` or `pre-upgrade` among the \
            events, none after the release, and `hook-succeeded` among the policies. A secret for pulling images is a warning.",
        happens: "Helm deletes the object when all hooks of the event have succeeded, which is before it creates or changes the \
            workload. The pods of the workload cannot start; with `--wait` the command ends in a timeout, without it nobody is told. \
            Argo CD deletes the object at the end of the sync, and the pods fail when they start again.",
        remedy: "Make the object an ordinary one. If hooks need it as well, give those a copy under another name.",
        fine: "Never.",
        evidence: &[
            "`pkg/action/hooks.go` (3.21.4, 4.2.4): `hook-succeeded` is acted on at the end of the event",
            "[raystack/charts#69](https://github.com/raystack/charts/issues/69)",
            "[zenml-io/zenml#2055](https://github.com/zenml-io/zenml/issues/2055)",
            "[mastodon/chart#37](https://github.com/mastodon/chart/issues/37)",
        ],
    },
    check,
    vectors: VECTORS,
};

const VECTORS: &[Vector] = &[
    Vector::bad(
        "a Secret that is mounted",
        r#"apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}-key
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
data: {a: "1"}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      volumes: [{name: k, secret: {secretName: {{ .Release.Name }}-key}}]
      containers:
        - name: web
          image: nginx:1.27
"#,
        &["error templates/x.yaml:7:33"],
    ),
    Vector::bad(
        "two hooks make it, one with the policy; a CronJob uses it, for its images",
        r#"-- templates/a.yaml --
apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}-pull
  annotations:
    helm.sh/hook: pre-install
-- templates/b.yaml --
apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}-pull
  annotations:
    helm.sh/hook: pre-upgrade
    helm.sh/hook-delete-policy: hook-succeeded
-- templates/c.yaml --
apiVersion: batch/v1
kind: CronJob
metadata:
  name: {{ .Release.Name }}
spec:
  schedule: "0 0 * * *"
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          imagePullSecrets: [{name: {{ .Release.Name }}-pull}]
          containers:
            - name: web
              image: nginx:1.27
"#,
        &["warning templates/b.yaml:7:33"],
    ),
    Vector::good(
        "ordinary, or kept, or made again at the end, or optional, or used by a hook",
        r#"apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}-plain
---
apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}-kept
  annotations:
    helm.sh/hook: pre-install
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-hook
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-delete-policy: hook-succeeded
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      volumes:
        - {name: a, secret: {secretName: {{ .Release.Name }}-plain}}
        - {name: b, secret: {secretName: {{ .Release.Name }}-kept}}
        - {name: c, configMap: {name: {{ .Release.Name }}-hook, optional: true}}
      containers:
        - name: web
          image: nginx:1.27
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-run
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-weight: "1"
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: main
          image: busybox:1.36
          envFrom: [{configMapRef: {name: {{ .Release.Name }}-hook}}]
"#,
    ),
];

fn check(subject: &Subject, findings: &mut Findings) {
    for (at, doc, hook) in subject.hooks() {
        if !hook.delete_policies.has(DeletePolicy::HookSucceeded) || hook.is_never_deleted() {
            continue;
        }
        let Some((user, reference)) =
            users(subject, at).find(|(_, reference)| is_only_before(subject, &reference.providers))
        else {
            continue;
        };
        let Some(workload) = subject.documents.get(user) else { continue };
        let before = |event: &Event| matches!(event, Event::PreInstall | Event::PreUpgrade);
        let own: Vec<Event> = hook.events.iter().copied().filter(before).collect();
        if own.is_empty() {
            continue;
        }
        let severity = if reference.need == Need::Hard { Severity::Error } else { Severity::Warning };
        let message = format!(
            "{} {} {}, which Helm deletes after {} because of `hook-succeeded`, before the {} starts",
            workload.title(),
            reference.verb,
            reference.title(),
            words::events(&own),
            workload.kind()
        );
        let help = format!(
            "Make {} an ordinary object, and give the hooks that need it a copy under another name.",
            doc.title()
        );
        findings.push(
            Draft::new(severity, at, value_place(subject, at, &[HOOK_DELETE_POLICY, HOOK]), message)
                .help(help)
                .related(user, reference.span.clone(), format!("{} needs it here", workload.title()))
                .engines(Audience::ALL),
        );
    }
}

/// The workloads of the release that name an object and cannot do without it.
pub(super) fn users(subject: &Subject, provider: usize) -> impl Iterator<Item = (usize, &crate::lint::Reference)> {
    let users = subject.dependencies().users(provider);
    let is_plain = |at: usize| subject.documents.get(at).is_some_and(Doc::is_plain);
    users.filter(move |(at, reference)| is_plain(*at) && reference.need != Need::Optional)
}

/// True when an object is made by hooks, and by none of them after the release.
fn is_only_before(subject: &Subject, providers: &[usize]) -> bool {
    let hooks = || providers.iter().map(|provider| subject.documents.get(*provider).and_then(Doc::hook));
    let is_after = |event: &Event| matches!(event, Event::PostInstall | Event::PostUpgrade);
    hooks().all(|hook| hook.is_some_and(|hook| !hook.events.iter().any(is_after)))
}
