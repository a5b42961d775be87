//! HH502: a Job whose name is too long when the release's is.

use crate::go::yaml::Node;
use crate::lint::{Applicability, Doc, Docs, Draft, Findings, Fix, Fixable, Profile, Rule, Subject, Variation, Vector};
use crate::text::Severity;

pub(super) const RULE: Rule = Rule {
    code: "HH502",
    name: "job-name-too-long",
    severity: Severity::Warning,
    profile: Profile::Pedantic,
    fixable: Fixable::Sometimes(Applicability::Suggestion),
    docs: Docs {
        summary: "A Job's name has more than 63 characters when the release has a long name, and Kubernetes refuses it.",
        reports: "A hook of kind Job whose name has more than 63 characters in a release whose name has 53, the most that Helm \
            takes. The message says which length still works; it is a warning when that is below 25, and of severity info \
            otherwise.",
        happens: "Kubernetes puts the name of a Job into a label of its pods, and labels hold 63 characters. Ordinary objects may \
            have longer names, so the installation works up to the hook: `must be no more than 63 characters`.",
        remedy: "Cut the whole name: `{{ printf \"%s-migrate\" .Release.Name | trunc 63 | trimSuffix \"-\" }}`. Cutting only the part \
            before the last word does not help.",
        fine: "Hardly anybody has names of 53 characters: the number in the message is what counts.",
        evidence: &[
            "[Azure/secrets-store-csi-driver-provider-azure#592](https://github.com/Azure/secrets-store-csi-driver-provider-azure/issues/592)",
            "[VictoriaMetrics/helm-charts#1945](https://github.com/VictoriaMetrics/helm-charts/issues/1945)",
            "[kubewarden/helm-charts#521](https://github.com/kubewarden/helm-charts/issues/521)",
            "[piraeusdatastore/piraeus-operator#156](https://github.com/piraeusdatastore/piraeus-operator/issues/156)",
        ],
    },
    check,
    vectors: VECTORS,
};

const VECTORS: &[Vector] = &[
    Vector::bad(
        "a long word behind the name",
        r"apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-run-database-migrations
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: main
          image: busybox:1.36
",
        &["info templates/x.yaml:4:9"],
    ),
    Vector::bad(
        "the name is there twice",
        r#"apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-x-{{ .Release.Name | trunc 40 }}-run-database-migrations
  annotations:
    helm.sh/hook: pre-install
spec:
  template: {spec: {restartPolicy: Never, containers: [{name: main, image: "busybox:1.36"}]}}
"#,
        &["warning templates/x.yaml:4:9"],
    ),
    Vector::good(
        "cut, short, of the release, and of a kind without that limit",
        r#"-- templates/a.yaml --
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ printf "%s-run-database-migrations" .Release.Name | trunc 63 | trimSuffix "-" }}
  annotations:
    helm.sh/hook: pre-install
-- templates/b.yaml --
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-migrate
  annotations:
    helm.sh/hook: pre-install
-- templates/c.yaml --
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-run-database-migrations
-- templates/d.yaml --
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-run-database-migrations
  annotations:
    helm.sh/hook: test
"#,
    ),
];

/// What a label holds.
const LIMIT: usize = 63;
/// Below this, names people use do not work.
const TIGHT: usize = 25;

fn check(subject: &Subject, findings: &mut Findings) {
    if !subject.hooks().any(|(_, doc, _)| doc.kind() == "Job") {
        return;
    }
    let Some(longest) = subject.again(&Variation::LongestName) else { return };
    for (index, doc, _) in subject.hooks().filter(|(_, doc, _)| doc.kind() == "Job") {
        let Some(length) = length(doc, &longest).filter(|length| *length > LIMIT) else { continue };
        let Some(name) = doc.get(&["metadata", "name"]).map(Node::span) else { continue };
        let works = most(subject, doc, (longest.release.name.len(), length));
        let severity = if works < TIGHT { Severity::Warning } else { Severity::Info };
        let message = match works {
            0 => format!("the name of {} is too long for a Job in any release", doc.title()),
            works => format!(
                "the name of {} is too long for a Job when that of the release has more than {works} characters: Kubernetes refuses \
                 more than {LIMIT}",
                doc.title()
            ),
        };
        let help = "Cut the whole name: `| trunc 63 | trimSuffix \"-\"`.";
        let fix =
            Fix::new(Applicability::Suggestion, "append `| trunc 63 | trimSuffix \"-\"` to the whole name", Vec::new());
        findings.push(Draft::new(severity, index, name, message).help(help).fix(fix));
    }
}

/// The length of the name of the same document in another rendering.
fn length(doc: &Doc, other: &Subject) -> Option<usize> {
    let same = |twin: &&Doc| {
        (&twin.source.path, twin.source.document, twin.kind()) == (&doc.source.path, doc.source.document, doc.kind())
    };
    other.documents.iter().find(same).map(|twin| twin.name().chars().count())
}

/// The longest release name that works, from renderings with names of other lengths: a name grows evenly until it is cut somewhere.
fn most(subject: &Subject, doc: &Doc, longest: (usize, usize)) -> usize {
    let own = (subject.release.name.len(), doc.name().chars().count());
    let other = subject.again(&Variation::OtherRelease);
    let other = other.and_then(|other| Some((other.release.name.len(), length(doc, &other)?)));
    let near = other.filter(|other| other.0 != own.0).unwrap_or(longest);
    let (low, high) = if own.0 < near.0 { (own, near) } else { (near, own) };
    let steps = high.0.saturating_sub(low.0).max(1);
    // At least one: what did not grow between the two was cut, and what is too long was not.
    let slope = (high.1.saturating_sub(low.1) / steps).max(1);
    let works = if low.1 <= LIMIT {
        low.0 + (LIMIT - low.1) / slope
    } else {
        low.0.saturating_sub((low.1 - LIMIT).div_ceil(slope))
    };
    works.min(longest.0.saturating_sub(1))
}
