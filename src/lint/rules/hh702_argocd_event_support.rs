//! HH702: events that Argo CD does not know, or treats otherwise than Helm.

use crate::helm::manifest::{HOOK, HOOK_DELETE_POLICY};
use crate::hooks::{DeletePolicy, Event, Hook, Operation};
use crate::lint::annotate::{add_policy, value_place};
use crate::lint::annotation::list;
use crate::lint::availability::is_awaited;
use crate::lint::{
    Applicability, Audience, Doc, Docs, Draft, Findings, Fix, Fixable, Profile, Rule, Subject, Vector, words,
};
use crate::text::Severity;

pub(super) const RULE: Rule = Rule {
    code: "HH702",
    name: "argocd-event-support",
    severity: Severity::Warning,
    profile: Profile::Argocd,
    fixable: Fixable::Sometimes(Applicability::Safe),
    docs: Docs {
        summary: "Argo CD does not know all events of Helm, and treats some otherwise.",
        reports: "For Argo CD, one finding for each that holds. A warning: an event of the uninstall beside one of an install or \
            upgrade; a hook of the uninstall without `hook-succeeded`. Worth knowing: only rollback and test events; `pre-delete` or \
            `post-delete`; weights of hooks of the uninstall; `hook-succeeded` on an object that is neither Job nor Pod.",
        happens: "Rollback and test events are ignored. `post-delete` works from 2.10 and `pre-delete` from 3.3.0; older ones ignore \
            them. From 3.3.0 to 3.3.4 an object with an event of the uninstall dropped out of the sync, whatever else it was for. \
            Hooks of the uninstall are all created at once, without regard to weights, and stay without `hook-succeeded`. \
            `hook-succeeded` of an object that does not run is acted on at the end of the whole sync, not of its phase.",
        remedy: "Write one document for each event; add `hook-succeeded` to hooks of the uninstall.",
        fine: "When the chart is not used with the versions named.",
        evidence: &[
            "`gitops-engine/pkg/sync/hook`, `controller/hook.go` (3.5.1)",
            "[argoproj/argo-cd#22288](https://github.com/argoproj/argo-cd/issues/22288)",
            "[argoproj/argo-cd#26996](https://github.com/argoproj/argo-cd/issues/26996)",
            "[argoproj/argo-cd#26404](https://github.com/argoproj/argo-cd/issues/26404)",
            "[argoproj/argo-cd#4384](https://github.com/argoproj/argo-cd/issues/4384)",
        ],
    },
    check,
    vectors: VECTORS,
};

const VECTORS: &[Vector] = &[
    Vector::bad(
        "an upgrade and an uninstall in one document",
        r#"apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-upgrade,pre-delete
    helm.sh/hook-delete-policy: before-hook-creation
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: main
          image: busybox:1.36
"#,
        &["info templates/x.yaml:6:31", "warning templates/x.yaml:6:31", "warning templates/x.yaml:7:33"],
    )
    .engine("argocd")
    .fixed(
        r#"apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-upgrade,pre-delete
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
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
        "a test, two uninstall hooks with weights, an account that is deleted late",
        r#"-- templates/a.yaml --
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-a
  annotations:
    helm.sh/hook: pre-rollback,test
spec:
  restartPolicy: Never
  containers: [{name: main, image: "busybox:1.36"}]
-- templates/b.yaml --
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-b
  annotations:
    helm.sh/hook: post-delete
    helm.sh/hook-delete-policy: hook-succeeded
spec:
  restartPolicy: Never
  containers: [{name: main, image: "busybox:1.36"}]
-- templates/c.yaml --
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-c
  annotations:
    helm.sh/hook: post-delete
    helm.sh/hook-weight: "1"
    helm.sh/hook-delete-policy: hook-succeeded
spec:
  restartPolicy: Never
  containers: [{name: main, image: "busybox:1.36"}]
-- templates/d.yaml --
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}-d
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
"#,
        &[
            "info templates/a.yaml:6:19",
            "info templates/b.yaml:6:19",
            "info templates/c.yaml:6:19",
            "info templates/c.yaml:6:19",
            "info templates/d.yaml:7:54",
        ],
    )
    .engine("argocd"),
    Vector::good(
        "one event of a sync, deleted in the end",
        r#"apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-upgrade,test
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: main
          image: busybox:1.36
"#,
    )
    .engine("argocd"),
];

fn check(subject: &Subject, findings: &mut Findings) {
    for (at, doc, hook) in subject.hooks() {
        let of = |operation: Operation| -> Vec<Event> {
            Event::ALL
                .into_iter()
                .filter(|event| event.operation() == operation && hook.events.contains(event))
                .collect()
        };
        let deletes = of(Operation::Uninstall);
        let syncs = !of(Operation::Install).is_empty() || !of(Operation::Upgrade).is_empty();
        let mut report =
            |severity: Severity, span: std::ops::Range<u32>, message: String, help: &str, fix: Option<Fix>| {
                findings.push(Draft::new(severity, at, span, message).help(help).fix(fix).engines(Audience::ARGOCD));
            };
        let whole = value_place(subject, at, &[HOOK]);
        if deletes.is_empty() && !syncs {
            let message =
                format!("Argo CD ignores {}: it has no phase for {}", doc.title(), words::events(&hook.events));
            report(Severity::Info, whole.clone(), message, "Run it by other means, or leave it to Helm.", None);
        }
        if let Some(event) = deletes.first() {
            let span = word_place(doc, *event).unwrap_or(whole);
            let since = if *event == Event::PreDelete { "3.3.0" } else { "2.10" };
            let message = format!("Argo CD before {since} ignores `{event}`, and with it {}", doc.title());
            report(
                Severity::Info,
                span.clone(),
                message,
                "Say in the chart's documentation which version it needs.",
                None,
            );
            if syncs {
                let message = format!(
                    "{} is for a sync and for `{event}` too: Argo CD 3.3.0 to 3.3.4 drops it from the sync",
                    doc.title()
                );
                report(Severity::Warning, span.clone(), message, "Write one document for each of the two.", None);
            }
            if weights_matter(subject, &deletes, hook) {
                let message = format!(
                    "Argo CD creates all hooks of `{event}` at once, and the weight of {} does nothing",
                    doc.title()
                );
                report(Severity::Info, span, message, "Let one Job do the steps in their order.", None);
            }
            if !hook.delete_policies.has(DeletePolicy::HookSucceeded) {
                let message = format!("Argo CD leaves {} in the cluster after `{event}`", doc.title());
                let fix = add_policy(subject, at, "hook-succeeded", false).map(|edit| Fix {
                    applicability: Applicability::Safe,
                    title: format!("add `hook-succeeded` to the delete policies of {}", doc.title()),
                    edits: vec![edit],
                });
                let span = value_place(subject, at, &[HOOK_DELETE_POLICY, HOOK]);
                report(Severity::Warning, span, message, "Add `hook-succeeded` to its delete policies.", fix);
            }
        }
        if syncs && hook.delete_policies.has(DeletePolicy::HookSucceeded) && !is_awaited(subject, hook) {
            let message = format!("Argo CD deletes {} at the end of the whole sync, not of its phase", doc.title());
            let span = policy_place(doc).unwrap_or_else(|| value_place(subject, at, &[HOOK_DELETE_POLICY]));
            report(Severity::Info, span, message, "Expect it to be there until everything is healthy.", None);
        }
    }
}

/// True for a hook with another weight than some hook of the same event has.
fn weights_matter(subject: &Subject, events: &[Event], hook: &Hook) -> bool {
    hook.weight.value != 0
        && subject.hooks().any(|(_, _, other)| {
            events.iter().any(|event| other.events.contains(event)) && other.weight.value != hook.weight.value
        })
}

fn word_place(doc: &Doc, event: Event) -> Option<std::ops::Range<u32>> {
    let list = list(doc, HOOK)?;
    let word = list.words.iter().find(|word| word.text == event.name())?;
    Some(list.place(word))
}

fn policy_place(doc: &Doc) -> Option<std::ops::Range<u32>> {
    let list = list(doc, HOOK_DELETE_POLICY)?;
    let word = list.words.iter().find(|word| word.text == DeletePolicy::HookSucceeded.name())?;
    Some(list.place(word))
}
