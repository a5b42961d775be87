//! HH210: a `pre-delete` hook needs an object of the release, which a failed install may never have made.

use crate::hooks::Event;
use crate::lint::annotate::name_place;
use crate::lint::shortfall::shortfalls;
use crate::lint::{Audience, Docs, Draft, Findings, Fixable, Need, Profile, Rule, State, Subject, Vector};
use crate::text::Severity;

pub(super) const RULE: Rule = Rule {
    code: "HH210",
    name: "delete-hook-needs-release-object",
    severity: Severity::Info,
    profile: Profile::Pedantic,
    fixable: Fixable::No,
    docs: Docs {
        summary: "A `pre-delete` hook needs an object of the release, which is not there after an install that failed early.",
        reports: "The pods of a `pre-delete` Job or Pod name an object that the chart renders as an ordinary one.",
        happens: "It works for a release that was installed. When the first install fails in a `pre-install` hook, nothing of the \
            release exists; `helm uninstall`, and `--atomic` for it, then run the `pre-delete` hook, which waits for an object that \
            will never come, and the release cannot be removed without `--no-hooks`.",
        remedy: "Give the hook a copy of the object as a `pre-delete` hook of its own, with a lower `helm.sh/hook-weight`.",
        fine: "In most charts: an install fails before the first object rather seldom.",
        evidence: &[
            "`pkg/action/uninstall.go` (3.21.4, 4.2.4): the hooks run whatever the state of the release",
            "[hashicorp/consul-helm#418](https://github.com/hashicorp/consul-helm/issues/418)",
            "[hashicorp/consul-helm#419](https://github.com/hashicorp/consul-helm/issues/419)",
            "[mesosphere/charts#894](https://github.com/mesosphere/charts/issues/894)",
        ],
    },
    check,
    vectors: VECTORS,
};

const VECTORS: &[Vector] = &[
    Vector::bad(
        "the account of the release",
        r#"apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-bye
  annotations:
    helm.sh/hook: pre-delete
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
spec:
  template:
    spec:
      restartPolicy: Never
      serviceAccountName: {{ .Release.Name }}
      containers:
        - name: main
          image: busybox:1.36
"#,
        &["info templates/x.yaml:17:27"],
    ),
    Vector::good(
        "an account of its own, or one the hook can do without",
        r#"apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}-bye
  annotations:
    helm.sh/hook: pre-delete
    helm.sh/hook-weight: "-1"
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
---
apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}-pull
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-bye-run
  annotations:
    helm.sh/hook: pre-delete
spec:
  template:
    spec:
      restartPolicy: Never
      serviceAccountName: {{ .Release.Name }}-bye
      imagePullSecrets: [{name: {{ .Release.Name }}-pull}]
      containers:
        - name: main
          image: busybox:1.36
"#,
    ),
];

fn check(subject: &Subject, findings: &mut Findings) {
    let there = |lookup: &crate::lint::Lookup| lookup.event == Event::PreDelete && lookup.found.state == State::Ready;
    for short in shortfalls(subject, there) {
        let (hook, provider) = (short.hook, short.provider);
        if !provider.1.is_plain() || short.reference.need != Need::Hard || !short.is_awaited(subject) {
            continue;
        }
        let message = format!(
            "{}, an object of the release. After an install that failed before it made any, `helm uninstall` waits for it in vain",
            short.needs()
        );
        let help = "Give the hook a copy under another name as a `pre-delete` hook with a lower `helm.sh/hook-weight`.";
        let about = format!("{} is an object of the release", short.reference.title());
        findings.push(
            Draft::new(Severity::Info, hook.0, short.reference.span.clone(), message)
                .help(help)
                .related(provider.0, name_place(subject, provider.0), about)
                .engines(Audience { argocd: false, ..Audience::ALL }),
        );
    }
}
