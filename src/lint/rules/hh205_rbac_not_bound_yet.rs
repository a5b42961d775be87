//! HH205: a hook runs as an account whose rights come later, or are gone already.

use crate::helm::manifest::HOOK;
use crate::hooks::{Event, Operation};
use crate::lint::annotate::place;
use crate::lint::availability::is_awaited;
use crate::lint::shortfall::earlier;
use crate::lint::{
    Applicability, Audience, Availability, Docs, Draft, Findings, Fixable, Profile, Rule, State, Subject, Variation,
    Vector, words,
};
use crate::text::Severity;

pub(super) const RULE: Rule = Rule {
    code: "HH205",
    name: "rbac-not-bound-yet",
    severity: Severity::Error,
    profile: Profile::Default,
    fixable: Fixable::Sometimes(Applicability::Safe),
    docs: Docs {
        summary: "A hook runs as a service account that has no rights at that moment.",
        reports: "A Job or Pod names a service account, the chart renders at least one RoleBinding or ClusterRoleBinding for it, and \
            none of them is there with its role when the hook runs: they sort behind the hook, are objects of the release while the \
            event is `pre-install` or `post-delete`, or are hooks that were removed. Where the account itself is missing, \
            [HH201](HH201.md) and [HH206](HH206.md) say so instead.",
        happens: "The pods start, and the API server refuses what they ask for. A Job tries again, but Helm waits for it and does not \
            go on to the binding, so it fails in the end. Argo CD sorts a wave by kind first, which hides a mere mistake of order.",
        remedy: "Make binding and role hooks of the same events, with a lower `helm.sh/hook-weight` than the hook.",
        fine: "When the hook never asks the API server for anything: then it needs no account of that name either.",
        evidence: &[
            "`hookByWeight` in `pkg/action/hooks.go` (3.21.4, 4.2.4)",
            "[helm/helm#3654](https://github.com/helm/helm/issues/3654)",
            "[helm/helm#6149](https://github.com/helm/helm/issues/6149)",
            "[helm/helm#11157](https://github.com/helm/helm/issues/11157)",
        ],
    },
    check,
    vectors: VECTORS,
};

const VECTORS: &[Vector] = &[
    Vector::bad(
        "the binding comes after the Job",
        r#"apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-weight: "-1"
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-weight: "5"
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}
subjects:
  - {kind: ServiceAccount, name: {{ .Release.Name }}-m, namespace: {{ .Release.Namespace }}}
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-m-run
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
spec:
  template:
    spec:
      restartPolicy: Never
      serviceAccountName: {{ .Release.Name }}-m
      containers:
        - name: main
          image: busybox:1.36
"#,
        &["error templates/x.yaml:15:5"],
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
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-weight: "-1"
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}
subjects:
  - {kind: ServiceAccount, name: {{ .Release.Name }}-m, namespace: {{ .Release.Namespace }}}
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-m-run
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
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
        "the role is an object of the release",
        r#"-- templates/job.yaml --
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-run
  annotations:
    helm.sh/hook: pre-install
spec:
  template:
    spec:
      restartPolicy: Never
      serviceAccountName: made-by-hand
      containers:
        - name: main
          image: busybox:1.36
-- templates/rbac.yaml --
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: {{ .Release.Name }}-a
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-weight: "-5"
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: {{ .Release.Name }}-role}
subjects:
  - {kind: ServiceAccount, name: made-by-hand, namespace: {{ .Release.Namespace }}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: {{ .Release.Name }}-role
rules: []
"#,
        &["error templates/rbac.yaml:14:1"],
    ),
    Vector::bad(
        "the binding is deleted with the release, or was removed after the install",
        r#"-- templates/a.yaml --
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: {{ .Release.Name }}-release
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}
subjects:
  - {kind: ServiceAccount, name: one, namespace: {{ .Release.Namespace }}}
-- templates/b.yaml --
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: {{ .Release.Name }}-hook
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-weight: "-5"
    helm.sh/hook-delete-policy: hook-succeeded
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}
subjects:
  - {kind: ServiceAccount, name: two, namespace: {{ .Release.Namespace }}}
-- templates/jobs.yaml --
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-bye
  annotations:
    helm.sh/hook: post-delete
spec:
  restartPolicy: Never
  serviceAccountName: one
  containers:
    - name: main
      image: busybox:1.36
---
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-test
  annotations:
    helm.sh/hook: test
spec:
  restartPolicy: Never
  serviceAccountName: two
  containers:
    - name: main
      image: busybox:1.36
"#,
        &["error templates/a.yaml:3:1", "error templates/b.yaml:6:5"],
    ),
    Vector::good(
        "one of two bindings is there",
        r#"apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: {{ .Release.Name }}-early
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-weight: "-1"
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}
subjects:
  - {kind: ServiceAccount, name: made-by-hand, namespace: {{ .Release.Namespace }}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: {{ .Release.Name }}-late
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
subjects:
  - {kind: ServiceAccount, name: made-by-hand, namespace: {{ .Release.Namespace }}}
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-run
  annotations:
    helm.sh/hook: pre-install
spec:
  template:
    spec:
      restartPolicy: Never
      serviceAccountName: made-by-hand
      containers:
        - name: main
          image: busybox:1.36
"#,
    ),
    Vector::good(
        "objects of the release after the install, no account named, an account of another namespace",
        r#"apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: {{ .Release.Name }}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}
subjects:
  - {kind: ServiceAccount, name: {{ .Release.Name }}, namespace: {{ .Release.Namespace }}}
  - {kind: ServiceAccount, name: default, namespace: {{ .Release.Namespace }}}
  - {kind: ServiceAccount, name: away, namespace: elsewhere}
  - {kind: User, name: away}
---
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-after
  annotations:
    helm.sh/hook: post-install,pre-upgrade,pre-delete
spec:
  restartPolicy: Never
  serviceAccountName: {{ .Release.Name }}
  containers:
    - name: main
      image: busybox:1.36
---
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-before
  annotations:
    helm.sh/hook: pre-install
spec:
  restartPolicy: Never
  containers:
    - name: main
      image: busybox:1.36
---
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-before-too
  annotations:
    helm.sh/hook: pre-install
spec:
  restartPolicy: Never
  serviceAccountName: away
  containers:
    - name: main
      image: busybox:1.36
"#,
    ),
    Vector::good(
        "the account is missing as well: another rule's finding",
        r#"apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: {{ .Release.Name }}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}
subjects:
  - {kind: ServiceAccount, name: {{ .Release.Name }}, namespace: {{ .Release.Namespace }}}
---
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-before
  annotations:
    helm.sh/hook: pre-install
spec:
  restartPolicy: Never
  serviceAccountName: {{ .Release.Name }}
  containers:
    - name: main
      image: busybox:1.36
"#,
    ),
];

fn check(subject: &Subject, findings: &mut Findings) {
    for (at, doc, hook) in subject.hooks() {
        if !is_awaited(subject, hook) {
            continue;
        }
        let events = subject.own_events(hook).into_iter();
        let unbound: Vec<(Event, Availability)> =
            events.filter_map(|event| Some((event, confirmed(subject, at, event)?))).collect();
        let Some((_, first)) = unbound.first() else { continue };
        let Some(missing) = subject.documents.get(first.provider) else { continue };
        let account = subject.dependencies().references(at).iter().find(|reference| reference.kind == "ServiceAccount");
        let account = account.map(crate::lint::Reference::title).unwrap_or_default();
        let same = unbound.iter().filter(|(_, found)| found.provider == first.provider && found.state == first.state);
        let events = words::events(&same.map(|(event, _)| *event).collect::<Vec<_>>());
        let why = match first.state {
            State::Later => "comes after it",
            State::NotYet => "is an object of the release, which Helm installs later",
            State::Gone => "is an object of the release, which Helm has deleted by then",
            State::Reaped => "was removed by `hook-succeeded`",
            _ => "belongs to other events",
        };
        let message = format!(
            "{} runs as {account} and has no rights at {events}: {} {why}. The API server refuses what the {} asks for",
            doc.title(),
            missing.title(),
            doc.kind()
        );
        let all_later = unbound.iter().all(|(_, found)| found.state == State::Later);
        let fix = if all_later { earlier(subject, &later(subject, at, &unbound)) } else { None };
        let help = match (&fix, first.state) {
            (Some(fix), _) => format!("To have it there first, {}.", fix.title),
            (None, State::Later) => {
                format!("Give {} a lower `helm.sh/hook-weight` than {}.", missing.title(), doc.title())
            }
            _ => format!(
                "Make {} a hook of {events} with a lower `helm.sh/hook-weight` than {}.",
                missing.title(),
                doc.title()
            ),
        };
        findings.push(
            Draft::new(Severity::Error, first.provider, place(subject, first.provider, &[HOOK]), message)
                .help(help)
                .related(at, place(subject, at, &[HOOK]), format!("{} runs as {account}", doc.title()))
                .fix(fix)
                .engines(Audience { argocd: first.state != State::Later, ..Audience::ALL }),
        );
    }
}

/// What keeps a hook from having rights at an event, in the rendering of an upgrade too if it is one.
fn confirmed(subject: &Subject, hook: usize, event: Event) -> Option<Availability> {
    let found = unbound(subject, hook, event)?;
    if event.operation() == Operation::Upgrade
        && !subject.is_upgrade
        && let Some(upgrade) = subject.otherwise(&Variation::Upgrade)
    {
        unbound(&upgrade, subject.hook_in(&upgrade, hook, event)?, event)?;
    }
    Some(found)
}

/// The first binding or role that is not there, when no binding is there with its role.
fn unbound(subject: &Subject, hook: usize, event: Event) -> Option<Availability> {
    let dependencies = subject.dependencies();
    let account = dependencies.references(hook).iter().find(|reference| reference.kind == "ServiceAccount")?;
    let account = subject.availability(hook, event, &account.providers);
    if account.is_some_and(|found| matches!(found.state, State::NotYet | State::Gone)) {
        return None;
    }
    let mut first = None;
    for binding in dependencies.bindings_of(subject, hook) {
        let missing = [&[binding.doc][..], &binding.roles].into_iter().find_map(|providers| {
            subject.availability(hook, event, providers).filter(|found| found.state > State::AfterUpgrade)
        });
        first = first.or(Some(missing?));
    }
    first
}

/// The bindings and roles that come too late for a hook.
fn later(subject: &Subject, hook: usize, unbound: &[(Event, Availability)]) -> Vec<usize> {
    let mut late = Vec::new();
    for (event, _) in unbound {
        for binding in subject.dependencies().bindings_of(subject, hook) {
            let parts = [&[binding.doc][..], &binding.roles];
            let found = parts.into_iter().filter_map(|providers| subject.availability(hook, *event, providers));
            late.extend(found.filter(|found| found.state == State::Later).map(|found| found.provider));
        }
    }
    late.sort_unstable();
    late.dedup();
    late
}
