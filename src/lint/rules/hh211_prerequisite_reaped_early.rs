//! HH211: when a Job fails, Helm deletes what it needs and leaves the Job.

use crate::helm::manifest::{HOOK, HOOK_DELETE_POLICY};
use crate::hooks::DeletePolicy;
use crate::lint::annotate::{add_policy, place, value_place};
use crate::lint::availability::is_awaited;
use crate::lint::pods;
use crate::lint::{
    Applicability, Audience, Doc, Docs, Draft, Findings, Fix, Fixable, Lookup, Profile, Rule, Subject, Vector, words,
};
use crate::text::Severity;

pub(super) const RULE: Rule = Rule {
    code: "HH211",
    name: "prerequisite-reaped-early",
    severity: Severity::Warning,
    profile: Profile::Default,
    fixable: Fixable::Sometimes(Applicability::Unsafe),
    docs: Docs {
        summary: "When a hook fails, Helm deletes what it needs while its pods go on.",
        reports: "A Job or Pod without `hook-failed`, and an earlier hook of the same event that it needs and that has \
            `hook-succeeded`. A warning when the Job is kept after a success too; with `hook-succeeded` on both it is worth knowing, \
            and so it is when the Job has an `activeDeadlineSeconds` below Helm's timeout of five minutes.",
        happens: "Since 3.19.0 and 4.0.0 a failing hook makes Helm act on `hook-succeeded` of all hooks that ran before it. The \
            failing Job itself goes by `hook-failed`. If it failed only because Helm's timeout passed, its pods are still running or \
            being retried, now without their ServiceAccount, ConfigMap or Secret. Older Helms leave all of them.",
        remedy: "Add `hook-failed` to the policies of the Job, so that it goes first, or take `hook-succeeded` from what it needs. \
            `activeDeadlineSeconds` below the timeout makes the Job end before Helm gives up.",
        fine: "When the Job is sure to end before Helm's timeout.",
        evidence: &[
            "`execHook` in `pkg/action/hooks.go` (3.19.0, 4.0.0): `deleteHooksByPolicy(executingHooks[0:i], HookSucceeded)`",
            "[helm/helm#30673](https://github.com/helm/helm/issues/30673)",
            "[cozystack/cozystack#4276](https://github.com/cozystack/cozystack/issues/4276)",
        ],
    },
    check,
    vectors: VECTORS,
};

const VECTORS: &[Vector] = &[
    Vector::bad(
        "the Job stays, its account does not",
        r#"apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-weight: "-1"
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-m-run
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-delete-policy: before-hook-creation
spec:
  template:
    spec:
      restartPolicy: Never
      serviceAccountName: {{ .Release.Name }}-m
      containers:
        - name: main
          image: busybox:1.36
"#,
        &["warning templates/x.yaml:16:33"],
    )
    .fixed(
        r#"apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-weight: "-1"
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-m-run
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-delete-policy: before-hook-creation,hook-failed
spec:
  template:
    spec:
      restartPolicy: Never
      serviceAccountName: {{ .Release.Name }}-m
      containers:
        - name: main
          image: busybox:1.36
"#,
    ),
    Vector::bad(
        "the default policy, written out by the fix",
        r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-a
  annotations:
    helm.sh/hook: test
    helm.sh/hook-weight: "-1"
    helm.sh/hook-delete-policy: hook-succeeded
---
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-test
  annotations:
    helm.sh/hook: test
spec:
  restartPolicy: Never
  containers:
    - name: main
      image: busybox:1.36
      envFrom: [{configMapRef: {name: {{ .Release.Name }}-a}}]
"#,
        &["warning templates/x.yaml:15:5"],
    )
    .fixed(
        r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-a
  annotations:
    helm.sh/hook: test
    helm.sh/hook-weight: "-1"
    helm.sh/hook-delete-policy: hook-succeeded
---
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-test
  annotations:
    helm.sh/hook: test
    helm.sh/hook-delete-policy: before-hook-creation,hook-failed
spec:
  restartPolicy: Never
  containers:
    - name: main
      image: busybox:1.36
      envFrom: [{configMapRef: {name: {{ .Release.Name }}-a}}]
"#,
    ),
    Vector::bad(
        "less to worry about: removed together after a success, or a deadline before Helm's",
        r#"apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-weight: "-1"
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-a
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
spec:
  template:
    spec:
      restartPolicy: Never
      serviceAccountName: {{ .Release.Name }}-m
      containers:
        - name: main
          image: busybox:1.36
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-b
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-delete-policy: before-hook-creation
spec:
  activeDeadlineSeconds: 120
  backoffLimit: 0
  template:
    spec:
      restartPolicy: Never
      serviceAccountName: {{ .Release.Name }}-m
      containers:
        - name: main
          image: busybox:1.36
"#,
        &["info templates/x.yaml:16:33", "info templates/x.yaml:32:33"],
    ),
    Vector::good(
        "the Job goes too, or what it needs stays, or comes from another event",
        r#"apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-weight: "-1"
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-stays
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-weight: "-1"
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-m-run
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-delete-policy: before-hook-creation,hook-failed
spec:
  template:
    spec:
      restartPolicy: Never
      serviceAccountName: {{ .Release.Name }}-m
      containers:
        - name: main
          image: busybox:1.36
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-other
  annotations:
    helm.sh/hook: pre-install
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: main
          image: busybox:1.36
          envFrom: [{configMapRef: {name: {{ .Release.Name }}-stays}}]
"#,
    ),
];

/// Helm's own timeout for a hook, in seconds, when no flag says another.
const HELMS_TIMEOUT: i64 = 300;

fn check(subject: &Subject, findings: &mut Findings) {
    for (at, doc, hook) in subject.hooks() {
        if hook.delete_policies.has(DeletePolicy::HookFailed) || !is_awaited(subject, hook) {
            continue;
        }
        let reaped = |lookup: &&Lookup| {
            let made = subject.documents.get(lookup.found.provider).and_then(Doc::hook);
            lookup.hook == at
                && made.is_some_and(|made| {
                    made.events.contains(&lookup.event) && made.delete_policies.has(DeletePolicy::HookSucceeded)
                })
                && subject.place_in(lookup.event, lookup.found.provider) < subject.place_in(lookup.event, at)
        };
        let mut needed: Vec<usize> =
            subject.lookups().iter().filter(reaped).map(|lookup| lookup.found.provider).collect();
        needed.sort_unstable();
        needed.dedup();
        let titles: Vec<String> = needed.iter().filter_map(|at| Some(subject.documents.get(*at)?.title())).collect();
        if titles.is_empty() {
            continue;
        }
        let is_kept = !hook.delete_policies.has(DeletePolicy::HookSucceeded);
        let severity = if is_kept && !ends_in_time(doc) { Severity::Warning } else { Severity::Info };
        let message = format!(
            "when {} fails or Helm's timeout passes, Helm deletes {} and leaves the {}, which may still be running",
            doc.title(),
            words::list(&titles),
            doc.kind()
        );
        let fix = add_policy(subject, at, "hook-failed", false).map(|edit| Fix {
            applicability: Applicability::Unsafe,
            title: format!("add `hook-failed` to the delete policies of {}", doc.title()),
            edits: vec![edit],
        });
        let mut draft = Draft::new(severity, at, value_place(subject, at, &[HOOK_DELETE_POLICY]), message)
            .help(format!(
                "Add `hook-failed` to the delete policies of the {}, or give it an `activeDeadlineSeconds` below Helm's timeout.",
                doc.kind()
            ))
            .fix(fix)
            .engines(Audience { argocd: false, ..Audience::ALL });
        for (provider, title) in needed.iter().zip(&titles) {
            let policy = place(subject, *provider, &[HOOK_DELETE_POLICY, HOOK]);
            draft = draft.related(*provider, policy, format!("{title} has `hook-succeeded`"));
        }
        findings.push(draft);
    }
}

/// True when all pods of a hook end before Helm gives up.
fn ends_in_time(doc: &Doc) -> bool {
    let objects = pods::objects(doc);
    !objects.is_empty()
        && objects.iter().all(|object| {
            pods::number(object.node, &["spec", "activeDeadlineSeconds"]).is_some_and(|seconds| seconds < HELMS_TIMEOUT)
        })
}
