//! HH307: an object of a hook that stays in the cluster when the release is gone.

use crate::helm::manifest::{HOOK, HOOK_DELETE_POLICY};
use crate::hooks::{CRD, DeletePolicy, Event, Hook};
use crate::lint::annotate::{add_policy, place};
use crate::lint::availability::is_awaited;
use crate::lint::pods;
use crate::lint::references::RBAC;
use crate::lint::{
    Applicability, Audience, Doc, Docs, Draft, Findings, Fix, Fixable, Profile, Rule, Subject, Vector, words,
};
use crate::text::Severity;

use super::hh305_stateful_hook::holds_data;

pub(super) const RULE: Rule = Rule {
    code: "HH307",
    name: "leftover-after-uninstall",
    severity: Severity::Warning,
    profile: Profile::Default,
    fixable: Fixable::Sometimes(Applicability::Safe),
    docs: Docs {
        summary: "`helm uninstall` leaves the object of a hook in the cluster.",
        reports: "A hook without `hook-succeeded`, unless it is for tests alone. A warning for roles, bindings, service accounts, \
            webhook configurations and APIServices, which go on giving rights or catching requests; for anything else, such as a \
            finished Job, it is worth knowing. Not reported: an object that a hook of the uninstall has too, with `hook-succeeded`; \
            a Job with `ttlSecondsAfterFinished`; definitions and objects with data, which have rules of their own.",
        happens: "Hooks are no part of the release: `helm uninstall` deletes its objects and not those of hooks. Rights for an \
            account that anybody may create again stay, or a webhook whose service is gone refuses every request it matches.",
        remedy: "Add `hook-succeeded` to the delete policies when nothing needs the object after the event; otherwise write down what \
            has to be deleted by hand.",
        fine: "When a workload needs the object all the time and the notes of the chart say what remains.",
        evidence: &[
            "`pkg/action/uninstall.go` (3.21.4, 4.2.4): deletes what the release's manifest holds",
            "[helm/helm#10758](https://github.com/helm/helm/issues/10758)",
            "[helm/helm#9206](https://github.com/helm/helm/issues/9206)",
            "[bitwarden/helm-charts#418](https://github.com/bitwarden/helm-charts/issues/418)",
            "[envoyproxy/gateway#6489](https://github.com/envoyproxy/gateway/issues/6489)",
        ],
    },
    check,
    vectors: VECTORS,
};

const VECTORS: &[Vector] = &[
    Vector::bad(
        "an account",
        r#"apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-weight: "-1"
"#,
        &["warning templates/x.yaml:6:5"],
    )
    .fixed(
        r#"apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
    helm.sh/hook-weight: "-1"
"#,
    ),
    Vector::bad(
        "a webhook, a role that a later hook needs, a finished Job, an account of a workload",
        r#"-- templates/a.yaml --
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata:
  name: {{ .Release.Name }}-hook
  annotations:
    helm.sh/hook: post-install,post-upgrade
webhooks: []
-- templates/b.yaml --
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: {{ .Release.Name }}-b
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-delete-policy: before-hook-creation
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
subjects: [{kind: ServiceAccount, name: by-hand, namespace: {{ .Release.Namespace }}}]
-- templates/c.yaml --
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-c
  annotations:
    helm.sh/hook: post-install
spec:
  template:
    spec:
      restartPolicy: Never
      serviceAccountName: by-hand
      containers: [{name: main, image: "busybox:1.36"}]
-- templates/d.yaml --
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}-d
  annotations:
    helm.sh/hook: pre-install
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
      serviceAccountName: {{ .Release.Name }}-d
      containers: [{name: web, image: "nginx:1.27"}]
"#,
        &[
            "warning templates/a.yaml:6:5",
            "warning templates/b.yaml:7:5",
            "info templates/c.yaml:6:5",
            "warning templates/d.yaml:6:5",
        ],
    )
    .fixed(
        r#"-- templates/a.yaml --
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata:
  name: {{ .Release.Name }}-hook
  annotations:
    helm.sh/hook: post-install,post-upgrade
webhooks: []
-- templates/b.yaml --
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: {{ .Release.Name }}-b
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-delete-policy: before-hook-creation
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
subjects: [{kind: ServiceAccount, name: by-hand, namespace: {{ .Release.Namespace }}}]
-- templates/c.yaml --
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-c
  annotations:
    helm.sh/hook: post-install
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
spec:
  template:
    spec:
      restartPolicy: Never
      serviceAccountName: by-hand
      containers: [{name: main, image: "busybox:1.36"}]
-- templates/d.yaml --
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}-d
  annotations:
    helm.sh/hook: pre-install
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
      serviceAccountName: {{ .Release.Name }}-d
      containers: [{name: web, image: "nginx:1.27"}]
"#,
    ),
    Vector::bad(
        "the items of a list",
        r#"apiVersion: v1
kind: List
metadata:
  annotations:
    helm.sh/hook: pre-install
items:
  - apiVersion: v1
    kind: ServiceAccount
    metadata: {name: {{ .Release.Name }}-m}
"#,
        &["warning templates/x.yaml:5:5"],
    ),
    Vector::good(
        "deleted in the end, or by a hook of the uninstall, or by its own clock, or for tests alone",
        r#"apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}-a
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}-b
  annotations:
    helm.sh/hook: pre-install
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}-b
  annotations:
    helm.sh/hook: post-delete
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-c
  annotations:
    helm.sh/hook: post-install
spec:
  ttlSecondsAfterFinished: 600
  template:
    spec:
      restartPolicy: Never
      containers: [{name: main, image: "busybox:1.36"}]
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}-d
  annotations:
    helm.sh/hook: test
"#,
    ),
];

fn check(subject: &Subject, findings: &mut Findings) {
    for (at, doc, hook) in subject.hooks() {
        let for_tests = hook.events.iter().all(|event| *event == Event::Test);
        let is_other_rules = hook.object.kind == CRD || holds_data(hook);
        let is_deleted = hook.delete_policies.has(DeletePolicy::HookSucceeded);
        if for_tests || is_other_rules || is_deleted || ends_by_itself(doc) || is_reaped_at_uninstall(subject, doc) {
            continue;
        }
        let is_serious = gives_or_catches(hook);
        let severity = if is_serious { Severity::Warning } else { Severity::Info };
        let message = format!(
            "nothing deletes {} after the release is gone: hooks are no part of it, so `helm uninstall` leaves them",
            titles(doc, hook)
        );
        let is_done = !is_live(hook) && is_done_with(subject, at, hook);
        let fix = add_policy(subject, at, "hook-succeeded", false);
        let fix = fix.filter(|_| is_done && !outlived(subject, at)).map(|edit| Fix {
            // With a Job or a Pod its logs go.
            applicability: if is_awaited(subject, hook) { Applicability::Unsafe } else { Applicability::Safe },
            title: format!("add `hook-succeeded` to the delete policies of {}", doc.title()),
            edits: vec![edit],
        });
        let help = match is_done {
            true => "Add `hook-succeeded` to its delete policies.",
            false => "It is needed after its events. Make it an ordinary object, or say in the notes that it stays.",
        };
        findings.push(
            Draft::new(severity, at, place(subject, at, &[HOOK_DELETE_POLICY, HOOK]), message)
                .help(help)
                .fix(fix)
                .engines(Audience { argocd: false, ..Audience::ALL }),
        );
    }
}

/// What stays: of a list the items, for the server knows no lists.
fn titles(doc: &Doc, hook: &Hook) -> String {
    let items = || hook.objects.iter().map(|object| format!("{} `{}`", object.kind, object.name));
    if hook.is_list { words::list(&items().collect::<Vec<_>>()) } else { doc.title() }
}

/// True for objects that give rights or catch requests for as long as they exist.
fn gives_or_catches(hook: &Hook) -> bool {
    let is_account = |kind: &str, group: &str| kind == "ServiceAccount" && group.is_empty();
    hook.objects.iter().any(|object| {
        let (kind, group) = (object.kind.as_str(), object.group());
        let is_rbac = group == RBAC && matches!(kind, "Role" | "ClusterRole" | "RoleBinding" | "ClusterRoleBinding");
        is_rbac || is_account(kind, group)
    }) || is_live(hook)
}

/// True for objects that are of use only while they exist.
fn is_live(hook: &Hook) -> bool {
    let live = ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration", "APIService"];
    hook.objects.iter().any(|object| live.contains(&object.kind.as_str()))
}

/// True for a Job that the cluster deletes.
fn ends_by_itself(doc: &Doc) -> bool {
    let objects = pods::objects(doc);
    !objects.is_empty()
        && objects.iter().all(|object| pods::get(object.node, &["spec", "ttlSecondsAfterFinished"]).is_some())
}

/// True when a hook of the uninstall is the same object and is deleted in the end.
fn is_reaped_at_uninstall(subject: &Subject, doc: &Doc) -> bool {
    let same = |other: &Doc| {
        (other.kind(), other.group(), other.name()) == (doc.kind(), doc.group(), doc.name())
            && subject.namespace_of(other) == subject.namespace_of(doc)
    };
    subject.hooks().any(|(_, other, hook)| {
        let at_uninstall = hook.events.iter().any(|event| matches!(event, Event::PreDelete | Event::PostDelete));
        at_uninstall && hook.delete_policies.has(DeletePolicy::HookSucceeded) && same(other)
    })
}

/// True when a Job that needs the object stays when it fails, and would then go on without: HH211.
fn outlived(subject: &Subject, at: usize) -> bool {
    let stays = |user: usize| {
        let hook = subject.documents.get(user).and_then(Doc::hook);
        hook.is_some_and(|hook| {
            let deleted = [DeletePolicy::HookSucceeded, DeletePolicy::HookFailed];
            is_awaited(subject, hook) && !deleted.iter().any(|policy| hook.delete_policies.has(*policy))
        })
    };
    subject.dependencies().dependents(subject, at).into_iter().any(stays)
}

/// True when nothing needs the object when its events are over: no workload, and no hook at another event.
fn is_done_with(subject: &Subject, at: usize, hook: &Hook) -> bool {
    let dependencies = subject.dependencies();
    let plain = |at: usize| subject.documents.get(at).is_some_and(Doc::is_plain);
    let mut users: Vec<usize> = dependencies.users(at).map(|(user, _)| user).collect();
    let bindings = dependencies.bindings.iter().filter(|binding| binding.doc == at || binding.roles.contains(&at));
    for binding in bindings {
        let bound =
            |user: &usize| dependencies.bindings_of(subject, *user).iter().any(|other| other.doc == binding.doc);
        users.extend((0..subject.documents.len()).filter(bound));
    }
    users.iter().all(|user| {
        let own = subject.documents.get(*user).and_then(Doc::hook);
        !plain(*user) && own.is_some_and(|user| user.events.iter().all(|event| hook.events.contains(event)))
    })
}
