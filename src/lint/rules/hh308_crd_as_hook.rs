//! HH308: a CustomResourceDefinition as a hook, which Helm never deletes.

use crate::helm::manifest::HOOK;
use crate::hooks::{CRD, Event, Operation};
use crate::lint::annotate::place;
use crate::lint::{Audience, Docs, Draft, Findings, Fixable, Profile, Rule, Subject, Vector, words};
use crate::text::Severity;

pub(super) const RULE: Rule = Rule {
    code: "HH308",
    name: "crd-as-hook",
    severity: Severity::Error,
    profile: Profile::Default,
    fixable: Fixable::No,
    docs: Docs {
        summary: "A CustomResourceDefinition is a hook: Helm never deletes it, so that the second run meets the first one's.",
        reports: "A CustomResourceDefinition with `helm.sh/hook`, whatever the events and policies.",
        happens: "Helm passes over definitions when it deletes hooks, also for `before-hook-creation`, because deleting one deletes \
            all its objects. Helm 3 then creates it again and fails with `already exists`: at the first upgrade when the hook has \
            such an event, else when the release is installed again. Helm 4 applies to the old one and goes on. After an uninstall \
            it stays in both.",
        remedy: "Move it to `crds/`, or let a Job apply it.",
        fine: "Never, for Helm 3.",
        evidence: &[
            "`deleteHookByPolicy` in `pkg/action/hooks.go` (3.21.4, 4.2.4) returns at once for this kind",
            "[helm/helm#10030](https://github.com/helm/helm/issues/10030)",
        ],
    },
    check,
    vectors: VECTORS,
};

const VECTORS: &[Vector] = &[
    Vector::bad(
        "at an upgrade",
        r#"apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.example.org, annotations: {helm.sh/hook: "pre-install,pre-upgrade"}}
spec: {group: example.org, scope: Namespaced, names: {kind: Thing, plural: things}, versions: []}
"#,
        &["error templates/x.yaml:3:52"],
    ),
    Vector::bad(
        "at an install alone",
        r#"apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: things.example.org
  annotations:
    helm.sh/hook: pre-install
spec: {group: example.org, scope: Namespaced, names: {kind: Thing, plural: things}, versions: []}
"#,
        &["error templates/x.yaml:6:5"],
    ),
    Vector::good(
        "in crds",
        r#"-- crds/things.yaml --
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.example.org}
spec: {group: example.org, scope: Namespaced, names: {kind: Thing, plural: things}, versions: []}
-- templates/x.yaml --
apiVersion: example.org/v1
kind: Thing
metadata:
  name: {{ .Release.Name }}
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
"#,
    ),
];

fn check(subject: &Subject, findings: &mut Findings) {
    for (at, doc, hook) in subject.hooks() {
        if hook.object.kind != CRD {
            continue;
        }
        let recurs = |event: &Event| !matches!(event.operation(), Operation::Install | Operation::Uninstall);
        let again: Vec<Event> = hook.events.iter().copied().filter(recurs).collect();
        let when = match again.as_slice() {
            [] => "when the release is installed a second time".to_owned(),
            events if hook.events.len() > events.len() => format!("at {}", words::events(events)),
            events => format!("at the second {}", words::events(events)),
        };
        let message = format!(
            "{} is a hook, which Helm never deletes: Helm 3 fails with `already exists` {when}, Helm 4 applies to the old one",
            doc.title()
        );
        findings.push(
            Draft::new(Severity::Error, at, place(subject, at, &[HOOK]), message)
                .help("Move it to `crds/`, or let a Job apply it.")
                .engines(Audience { argocd: false, ..Audience::ALL }),
        );
    }
}
