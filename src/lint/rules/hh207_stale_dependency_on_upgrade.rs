//! HH207: a `pre-upgrade` hook meets an object as the release before left it.

use crate::lint::annotate::name_place;
use crate::lint::shortfall::shortfalls;
use crate::lint::{Audience, Docs, Draft, Findings, Fixable, Profile, Rule, State, Subject, Vector};
use crate::text::Severity;

pub(super) const RULE: Rule = Rule {
    code: "HH207",
    name: "stale-dependency-on-upgrade",
    severity: Severity::Error,
    // Its everyday findings are of severity info, which only `pedantic` shows; the error needs a chart to compare with.
    profile: Profile::Default,
    fixable: Fixable::No,
    docs: Docs {
        summary: "A `pre-upgrade` hook needs an object of the release, and meets what the release before left of it.",
        reports: "The pods of a `pre-upgrade` hook name an object that the chart renders as an ordinary one. That is worth knowing \
            and mostly wanted: a backup, a change of password. With `--baseline-chart` it is an error when the older chart does not \
            render the object at all, and nothing else is changed.",
        happens: "Helm changes the objects of the release after the `pre-upgrade` hooks. The hook reads the old ConfigMap or Secret; \
            an object that this version of the chart adds does not exist yet, so the pods cannot start and `helm upgrade` ends in a \
            timeout. The same holds for PreSync in Argo CD.",
        remedy: "Where the new contents are needed, give the hook a copy of the object as a hook of its own, with a lower \
            `helm.sh/hook-weight`.",
        fine: "When the hook is to see the old contents, which is the usual case.",
        evidence: &[
            "`pkg/action/upgrade.go` (3.21.4, 4.2.4): `pre-upgrade` hooks, then `Update`",
            "[open-metadata/openmetadata-helm-charts#111](https://github.com/open-metadata/openmetadata-helm-charts/issues/111)",
            "[unicef/hope#1733](https://github.com/unicef/hope/issues/1733)",
        ],
    },
    check,
    vectors: VECTORS,
};

const OLD_CHART: &str = r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-other
"#;

const CHART: &str = r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-env
data: {a: "1"}
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-migrate
  annotations:
    helm.sh/hook: pre-upgrade
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: main
          image: busybox:1.36
          envFrom:
            - configMapRef: {name: {{ .Release.Name }}-env}
"#;

const VECTORS: &[Vector] = &[
    Vector::bad("the contents of the release before", CHART, &["info templates/x.yaml:22:36"]),
    Vector::bad("the older chart does not have it", CHART, &["error templates/x.yaml:22:36"]).baseline(OLD_CHART),
    Vector::bad("the older chart has it", CHART, &["info templates/x.yaml:22:36"]).baseline(CHART),
    Vector::good(
        "a copy that is a hook",
        r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-env-new
  annotations:
    helm.sh/hook: pre-upgrade
    helm.sh/hook-weight: "-1"
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
data: {a: "1"}
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-migrate
  annotations:
    helm.sh/hook: pre-upgrade
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: main
          image: busybox:1.36
          envFrom:
            - configMapRef: {name: {{ .Release.Name }}-env-new}
"#,
    )
    .baseline(OLD_CHART),
];

fn check(subject: &Subject, findings: &mut Findings) {
    for short in shortfalls(subject, |lookup| lookup.found.state == State::Old) {
        let (hook, provider) = (short.hook, short.provider);
        let is_new = subject.baseline.as_ref().is_some_and(|old| subject.twin(provider.1, old).is_none());
        let (severity, outcome) = if is_new {
            let outcome = format!("and the older chart does not have it. {}", short.outcome(subject));
            (short.severity(subject), outcome)
        } else {
            (Severity::Info, "so the hook meets it as the release before left it".to_owned())
        };
        let message =
            format!("{}, an object of the release, which Helm changes after `pre-upgrade`, {outcome}", short.needs());
        let help = "Where the new contents are needed, give the hook a copy as a `pre-upgrade` hook with a lower \
                    `helm.sh/hook-weight`.";
        findings.push(
            Draft::new(severity, hook.0, short.reference.span.clone(), message)
                .help(help)
                .related(
                    provider.0,
                    name_place(subject, provider.0),
                    format!("{} is an object of the release", short.reference.title()),
                )
                .engines(Audience::ALL),
        );
    }
}
