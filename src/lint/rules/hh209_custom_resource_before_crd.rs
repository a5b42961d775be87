//! HH209: a `pre-install` hook is of a kind that is defined only after it.

use crate::go::yaml::Node;
use crate::hooks::{CRD, Event};
use crate::lint::annotate::name_place;
use crate::lint::pods;
use crate::lint::{Audience, Docs, Draft, Findings, Fixable, Profile, Rule, Subject, Vector};
use crate::text::Severity;

pub(super) const RULE: Rule = Rule {
    code: "HH209",
    name: "custom-resource-before-crd",
    severity: Severity::Error,
    profile: Profile::Default,
    fixable: Fixable::No,
    docs: Docs {
        summary: "A `pre-install` hook is of a custom kind whose definition comes after it.",
        reports: "A `pre-install` hook is of a kind and group that a CustomResourceDefinition of the chart's templates defines, and \
            that definition is an ordinary object of the release or a hook that runs later. Kinds that `crds/` defines, and those of \
            other charts, are not reported.",
        happens: "When the hook runs, the API server does not know its kind: `no matches for kind`, and `helm install` fails at \
            once. Nobody sees it on a cluster where the definition was left from an earlier install.",
        remedy: "Move the definition to `crds/`, which Helm installs first, or make the resource a `post-install` hook.",
        fine: "Never.",
        evidence: &[
            "`pkg/action/install.go` (3.21.4, 4.2.4): `crds/`, hooks, objects",
            "[helm/helm#8339](https://github.com/helm/helm/issues/8339)",
            "[helm/helm#10030](https://github.com/helm/helm/issues/10030)",
            "[helm/helm#4950](https://github.com/helm/helm/issues/4950)",
        ],
    },
    check,
    vectors: VECTORS,
};

const VECTORS: &[Vector] = &[
    Vector::bad(
        "the definition is an object of the release",
        r#"apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.example.org}
spec: {group: example.org, scope: Namespaced, names: {kind: Thing, plural: things}, versions: []}
---
apiVersion: example.org/v1
kind: Thing
metadata:
  name: {{ .Release.Name }}
  annotations:
    helm.sh/hook: pre-install
"#,
        &["error templates/x.yaml:7:7"],
    ),
    Vector::bad(
        "the definition is a hook with a higher weight",
        r#"apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: things.example.org
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-weight: "1"
spec: {group: example.org, scope: Namespaced, names: {kind: Thing, plural: things}, versions: []}
---
apiVersion: example.org/v1
kind: Thing
metadata:
  name: {{ .Release.Name }}
  annotations:
    helm.sh/hook: pre-install
"#,
        &["error templates/x.yaml:11:7"],
    ),
    Vector::good(
        "the resource comes after the install",
        r#"apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.example.org}
spec: {group: example.org, scope: Namespaced, names: {kind: Thing, plural: things}, versions: []}
---
apiVersion: example.org/v1
kind: Thing
metadata:
  name: {{ .Release.Name }}
  annotations:
    helm.sh/hook: post-install
"#,
    ),
    Vector::good(
        "defined in crds, by another chart, of another group, or by an earlier hook",
        r#"-- crds/things.yaml --
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.example.org}
spec: {group: example.org, scope: Namespaced, names: {kind: Thing, plural: things}, versions: []}
-- templates/x.yaml --
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.example.org}
spec: {group: example.org, scope: Namespaced, names: {kind: Thing, plural: things}, versions: []}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: others.example.org
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-weight: "-1"
spec: {group: example.org, scope: Namespaced, names: {kind: Other, plural: others}, versions: []}
---
apiVersion: example.org/v1
kind: Thing
metadata:
  name: {{ .Release.Name }}-a
  annotations:
    helm.sh/hook: pre-install
---
apiVersion: example.org/v1
kind: Other
metadata:
  name: {{ .Release.Name }}-b
  annotations:
    helm.sh/hook: pre-install
---
apiVersion: example.com/v1
kind: Thing
metadata:
  name: {{ .Release.Name }}-c
  annotations:
    helm.sh/hook: pre-install
---
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata:
  name: {{ .Release.Name }}-d
  annotations:
    helm.sh/hook: pre-install
"#,
    ),
];

fn check(subject: &Subject, findings: &mut Findings) {
    let definitions = definitions(subject);
    if definitions.is_empty() {
        return;
    }
    for (at, doc, hook) in subject.hooks() {
        if !subject.own_events(hook).contains(&Event::PreInstall) {
            continue;
        }
        let own = || {
            definitions.iter().filter(|(_, kind, group)| (kind.as_str(), group.as_str()) == (doc.kind(), doc.group()))
        };
        let is_later = |definition: usize| match subject.place_in(Event::PreInstall, definition) {
            Some(place) => subject.place_in(Event::PreInstall, at).is_some_and(|own| own < place),
            None => true,
        };
        let Some((definition, _, _)) = own().next() else { continue };
        if !own().all(|(definition, _, _)| is_later(*definition)) || is_in_crds(subject, doc.kind(), doc.group()) {
            continue;
        }
        let Some(crd) = subject.documents.get(*definition) else { continue };
        let when = match crd.hook() {
            Some(hook) if hook.events.contains(&Event::PreInstall) => "is a hook that runs after it",
            Some(_) => "is a hook of other events",
            None => "is an object of the release, which Helm installs after `pre-install`",
        };
        let message = format!(
            "{} is a `pre-install` hook, and the definition of its kind {when}. On a new cluster `helm install` fails: no matches \
             for kind `{}`",
            doc.title(),
            doc.kind()
        );
        let help = "Move the definition to `crds/`, or make the resource a `post-install` hook.";
        let span = doc.get(&["kind"]).map(Node::span).unwrap_or_default();
        findings.push(
            Draft::new(Severity::Error, at, span, message)
                .help(help)
                .related(*definition, name_place(subject, *definition), format!("defines the kind `{}`", doc.kind()))
                .engines(Audience { argocd: false, ..Audience::ALL }),
        );
    }
}

/// The definitions among the documents, with the kind and group each defines.
pub(super) fn definitions(subject: &Subject) -> Vec<(usize, String, String)> {
    let defines = |(at, doc): (usize, &crate::lint::Doc)| {
        let is_known = doc.kind() == CRD && (doc.is_plain() || doc.hook().is_some());
        let (kind, group) = defined(doc.root().filter(|_| is_known)?)?;
        Some((at, kind, group))
    };
    subject.documents.iter().enumerate().filter_map(defines).collect()
}

fn defined(definition: Node<'_>) -> Option<(String, String)> {
    Some((pods::text(definition, &["spec", "names", "kind"])?, pods::text(definition, &["spec", "group"])?))
}

/// True when a file of `crds/` defines a kind.
fn is_in_crds(subject: &Subject, kind: &str, group: &str) -> bool {
    subject.crds.iter().any(|(_, data)| {
        let documents = crate::go::yaml::parse_all(data).unwrap_or_default();
        let same = |document: &crate::go::yaml::Document<'_>| {
            defined(document.root()).is_some_and(|(own, of)| (own.as_str(), of.as_str()) == (kind, group))
        };
        documents.iter().any(same)
    })
}
