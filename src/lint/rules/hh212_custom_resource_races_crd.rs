//! HH212: a hook of a custom kind follows at once on the hook that defines the kind.

use crate::go::yaml::Node;
use crate::helm::manifest::{HOOK, HOOK_WEIGHT};
use crate::hooks::Event;
use crate::lint::annotate::place;
use crate::lint::availability::{before, is_awaited};
use crate::lint::{Audience, Docs, Draft, Findings, Fixable, Profile, Rule, Subject, Vector};
use crate::text::Severity;

use super::hh209_custom_resource_before_crd::definitions;

pub(super) const RULE: Rule = Rule {
    code: "HH212",
    name: "custom-resource-races-crd",
    severity: Severity::Warning,
    profile: Profile::Default,
    fixable: Fixable::No,
    docs: Docs {
        summary: "A hook of a custom kind runs right after the hook that defines the kind, and Helm 3 does not wait in between.",
        reports: "A hook is of a kind and group that a CustomResourceDefinition hook of the same event defines before it, no Job or \
            Pod runs between the two, and no earlier event defines the kind.",
        happens: "Helm 3 goes on as soon as the API server has taken the definition, but the new kind is served only a moment later. \
            With 3.21.4 and a real API server 4 of 10 installs ended in `no matches for kind`; with a second in between all went \
            well. 4.2.4 passed each time: its look at the definition's state takes long enough.",
        remedy: "Move the definition to `crds/`: Helm waits for those until they are served.",
        fine: "Never, for Helm 3; releases that Helm 4 or Flux from 2.8 installs are not known to fail.",
        evidence: &[
            "`pkg/kube/client.go` (3.21.4): hooks of other kinds than Job and Pod are not waited for",
            "`pkg/action/install.go` (3.21.4, 4.2.4): `installCRDs` waits",
        ],
    },
    check,
    vectors: VECTORS,
};

const VECTORS: &[Vector] = &[
    Vector::bad(
        "one after the other",
        r#"apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: things.example.org
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-weight: "-1"
spec: {group: example.org, scope: Namespaced, names: {kind: Thing, plural: things}, versions: []}
---
apiVersion: example.org/v1
kind: Thing
metadata:
  name: {{ .Release.Name }}
  annotations:
    helm.sh/hook: pre-install
"#,
        &["warning templates/x.yaml:11:7"],
    )
    .engine("helm3"),
    Vector::good(
        "a Job between them",
        r#"apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: things.example.org
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-weight: "-2"
spec: {group: example.org, scope: Namespaced, names: {kind: Thing, plural: things}, versions: []}
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-wait
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-weight: "-1"
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: main
          image: busybox:1.36
---
apiVersion: example.org/v1
kind: Thing
metadata:
  name: {{ .Release.Name }}
  annotations:
    helm.sh/hook: pre-install
"#,
    ),
    Vector::good(
        "defined by an earlier event, or of another group",
        r#"apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: things.example.org
  annotations:
    helm.sh/hook: pre-install
spec: {group: example.org, scope: Namespaced, names: {kind: Thing, plural: things}, versions: []}
---
apiVersion: example.org/v1
kind: Thing
metadata:
  name: {{ .Release.Name }}
  annotations:
    helm.sh/hook: post-install
---
apiVersion: example.com/v1
kind: Thing
metadata:
  name: {{ .Release.Name }}-z
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-weight: "1"
"#,
    ),
];

fn check(subject: &Subject, findings: &mut Findings) {
    let definitions = definitions(subject);
    if definitions.is_empty() {
        return;
    }
    for (at, doc, hook) in subject.hooks() {
        let own =
            definitions.iter().filter(|(_, kind, group)| (kind.as_str(), group.as_str()) == (doc.kind(), doc.group()));
        let races = |definition: usize| {
            let defined = subject.documents.get(definition)?.hook()?;
            let first = |event: &&Event| !before(**event).iter().any(|earlier| defined.events.contains(earlier));
            let shared = hook.events.iter().filter(|event| defined.events.contains(event)).filter(first);
            shared.copied().find(|event| is_race(subject, *event, definition, at))
        };
        let Some((definition, event)) = own.filter_map(|(at, _, _)| Some((*at, races(*at)?))).next() else { continue };
        let message = format!(
            "{} follows at once on the hook that defines its kind, and Helm 3 does not wait until the API server serves it: at \
             `{event}` it may fail with no matches for kind `{}`",
            doc.title(),
            doc.kind()
        );
        findings.push(
            Draft::new(Severity::Warning, at, doc.get(&["kind"]).map(Node::span).unwrap_or_default(), message)
                .help("Move the definition to `crds/`.")
                .related(
                    definition,
                    place(subject, definition, &[HOOK_WEIGHT, HOOK]),
                    format!("defines the kind `{}`, as a hook", doc.kind()),
                )
                .engines(Audience::HELM3),
        );
    }
}

/// True when one hook runs after another with nothing between that Helm waits for.
fn is_race(subject: &Subject, event: Event, first: usize, second: usize) -> bool {
    let (Some(from), Some(to)) = (subject.place_in(event, first), subject.place_in(event, second)) else {
        return false;
    };
    let between = |at: usize| subject.place_in(event, at).is_some_and(|place| from < place && place < to);
    from < to && !subject.hooks().any(|(at, _, hook)| between(at) && is_awaited(subject, hook))
}
