//! HH102: an event of Helm 2, over which Helm drops the whole document.

use std::ops::Range;

use crate::go::yaml;
use crate::helm::manifest::HOOK;
use crate::lint::annotation::{self, List, Word};
use crate::lint::{Audience, Doc, Docs, Draft, Findings, Fixable, Profile, Role, Rule, Subject, Vector, pods};
use crate::text::Severity;

pub(super) const RULE: Rule = Rule {
    code: "HH102",
    name: "removed-event",
    severity: Severity::Error,
    profile: Profile::Default,
    fixable: Fixable::No,
    docs: Docs {
        summary: "`crd-install` and `test-failure` are events of Helm 2, so Helm drops the whole object.",
        reports: "A value of `helm.sh/hook` that holds `crd-install` or `test-failure`, with or without other events.",
        happens: "Helm 3 and 4, and Flux with them, take both for unknown words: they print one line that names neither file nor \
            object, and go on without it. A CustomResourceDefinition with `crd-install` is never created, and what is of its kind \
            fails. `helm lint` warns of `crd-install` alone. Argo CD applies `crd-install` objects like any other.",
        remedy: "Move a CustomResourceDefinition, without the annotation, to a file in `crds/`; Helm creates those before \
            everything else. Delete a `test-failure` test: a `test` hook has to succeed.",
        fine: "Charts for Helm 2 and 3 often keep their CustomResourceDefinitions in `crds/` and in a template for Helm 2. When \
            `crds/` has one of the same name, the finding is only a hint that the template can go.",
        evidence: &[
            "`pkg/releaseutil/manifest_sorter.go` (3.21.4): `events` knows neither word",
            "[emissary-ingress/emissary#2057](https://github.com/emissary-ingress/emissary/issues/2057)",
            "[argoproj/argo-helm#169](https://github.com/argoproj/argo-helm/issues/169)",
            "[open-policy-agent/gatekeeper#846](https://github.com/open-policy-agent/gatekeeper/issues/846)",
            "[splunk/qbec#111](https://github.com/splunk/qbec/issues/111)",
        ],
    },
    check,
    vectors: VECTORS,
};

const VECTORS: &[Vector] = &[
    Vector::bad(
        "a definition that no Helm since 3 creates",
        r"apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: things.example.org
  annotations:
    helm.sh/hook: crd-install
spec: {}
",
        &["error templates/x.yaml:6:19"],
    ),
    Vector::bad(
        "a test that wants to fail",
        r#"apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-t
  annotations:
    "helm.sh/hook": "test-success, Test-Failure"
spec:
  restartPolicy: Never
  containers: [{name: t, image: "busybox:1.36", command: ["false"]}]
"#,
        &["error templates/x.yaml:6:36"],
    ),
    Vector::bad(
        "a definition that is in crds/ too is a leftover of Helm 2",
        r"-- templates/crds.yaml --
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: things.example.org
  annotations:
    helm.sh/hook: crd-install
spec: {}
-- crds/all.yaml --
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: others.example.org
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: things.example.org
",
        &["info templates/crds.yaml:6:19"],
    ),
    Vector::bad(
        "crds/ has another one",
        r"-- templates/crds.yaml --
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: things.example.org
  annotations:
    helm.sh/hook: crd-install
-- crds/other.yaml --
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: others.example.org
",
        &["error templates/crds.yaml:6:19"],
    ),
    Vector::good(
        "the definition is in crds/",
        r"-- crds/things.yaml --
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: things.example.org
-- templates/cm.yaml --
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}
",
    ),
];

fn check(subject: &Subject, findings: &mut Findings) {
    for (index, doc) in subject.documents.iter().enumerate() {
        if !matches!(doc.role, Role::Dropped) {
            continue;
        }
        let Some(list) = annotation::list(doc, HOOK) else { continue };
        for word in &list.words {
            match word.text.as_str() {
                "crd-install" => crd_install(subject, index, doc, &list, word, findings),
                "test-failure" => test_failure(index, doc, &list, word, findings),
                _ => {}
            }
        }
    }
}

/// Argo CD applies these objects all the same.
const WITHOUT_ARGOCD: Audience = Audience { argocd: false, ..Audience::ALL };

fn crd_install(subject: &Subject, index: usize, doc: &Doc, list: &List<'_>, word: &Word, findings: &mut Findings) {
    let span = list.place(word);
    let draft = match twin(subject, doc) {
        Some((path, _)) => {
            let message = format!(
                "`crd-install` is an event of Helm 2: Helm 3 and 4 drop {} and create the one in `{path}` instead",
                doc.title()
            );
            Draft::new(Severity::Info, index, span, message)
                .help("Delete this template when Helm 2 is no longer served.")
        }
        None => {
            let message = format!(
                "`crd-install` is an event of Helm 2: Helm 3 and 4 drop {} with one line that names neither file nor object, and `helm install` \
                 goes on without it",
                doc.title()
            );
            let help = "Move the object, without the annotation, to a file in `crds/`.";
            Draft::new(Severity::Error, index, span, message).help(help)
        }
    };
    findings.push(draft.engines(WITHOUT_ARGOCD));
}

fn test_failure(index: usize, doc: &Doc, list: &List<'_>, word: &Word, findings: &mut Findings) {
    let message = format!(
        "`test-failure` is an event of Helm 2: Helm 3 and 4 drop {} with one line that names neither file nor object, and \
         `helm test` never runs it",
        doc.title()
    );
    let help = "Delete the test, or make it a `test` hook that succeeds when it sees the failure it expects.";
    let draft = Draft::new(Severity::Error, index, list.place(word), message).help(help);
    findings.push(draft.engines(WITHOUT_ARGOCD));
}

/// The file in `crds/`, and the place in it, of a definition of the same name.
fn twin(subject: &Subject, doc: &Doc) -> Option<(String, Range<u32>)> {
    subject.crds.iter().find_map(|(path, data)| {
        let documents = yaml::parse_all(data).ok()?;
        let named = documents.iter().find(|document| {
            pods::text(document.root(), &["metadata", "name"]).as_deref() == Some(doc.name()) && !doc.name().is_empty()
        })?;
        Some((path.clone(), named.root().span()))
    })
}
