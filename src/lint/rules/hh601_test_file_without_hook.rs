//! HH601: an object among the tests that is no test, and is installed with the release.

use crate::go::yaml::Node;
use crate::helm::manifest::HOOK;
use crate::lint::annotation::{ARGOCD_HOOK, lossy, near_miss};
use crate::lint::{
    Applicability, Doc, Docs, Draft, Edit, Findings, Fix, Fixable, Profile, Rule, Subject, Vector, entries, is_mapping,
};
use crate::text::Severity;

pub(super) const RULE: Rule = Rule {
    code: "HH601",
    name: "test-file-without-hook",
    severity: Severity::Warning,
    profile: Profile::Default,
    fixable: Fixable::Sometimes(Applicability::Safe),
    docs: Docs {
        summary: "An object in `templates/tests/` has no `helm.sh/hook`, so it is installed with the release.",
        reports: "An object from `templates/tests/` or `templates/test/` without `helm.sh/hook`: a warning for Pods and Jobs, of \
            severity info for the rest.",
        happens: "The folder means nothing to Helm, only the annotation does. A test Pod without it runs with the installation, \
            while what it tests is still starting, stays for as long as the release does, and `helm test` does not run it.",
        remedy: "Add `helm.sh/hook: test`; to what the test needs also `helm.sh/hook-weight: \"-1\"`.",
        fine: "Objects that tests and the release share may lie there (info).",
        evidence: &[
            "[helm/helm#8691](https://github.com/helm/helm/issues/8691)",
            "[cdk8s-team/cdk8s#547](https://github.com/cdk8s-team/cdk8s/issues/547)",
        ],
    },
    check,
    vectors: VECTORS,
};

const VECTORS: &[Vector] = &[
    Vector::bad(
        "a test that is none",
        r#"-- templates/tests/x.yaml --
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-test
spec:
  restartPolicy: Never
  containers: [{name: t, image: "busybox:1.36", command: ["true"]}]
"#,
        &["warning templates/tests/x.yaml:3:1"],
    )
    .fixed(
        r#"-- templates/tests/x.yaml --
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-test
  annotations:
    helm.sh/hook: test
spec:
  restartPolicy: Never
  containers: [{name: t, image: "busybox:1.36", command: ["true"]}]
"#,
    ),
    Vector::bad(
        "with annotations, in braces, and what the test needs",
        r#"-- templates/test/a.yaml --
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-a
  annotations:
    a: b
spec:
  restartPolicy: Never
  containers: [{name: t, image: "busybox:1.36"}]
-- templates/test/b.yaml --
apiVersion: v1
kind: Pod
metadata: {name: {{ .Release.Name }}-b}
spec:
  restartPolicy: Never
  containers: [{name: t, image: "busybox:1.36"}]
-- templates/test/c.yaml --
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-c
-- templates/test/d.yaml --
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-d
"#,
        &[
            "warning templates/test/a.yaml:3:1",
            "warning templates/test/b.yaml:3:1",
            "info templates/test/c.yaml:3:1",
            "warning templates/test/d.yaml:3:1",
        ],
    )
    .fixed(
        r#"-- templates/test/a.yaml --
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-a
  annotations:
    helm.sh/hook: test
    a: b
spec:
  restartPolicy: Never
  containers: [{name: t, image: "busybox:1.36"}]
-- templates/test/b.yaml --
apiVersion: v1
kind: Pod
metadata: {annotations: {helm.sh/hook: test}, name: {{ .Release.Name }}-b}
spec:
  restartPolicy: Never
  containers: [{name: t, image: "busybox:1.36"}]
-- templates/test/c.yaml --
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-c
-- templates/test/d.yaml --
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-d
"#,
    ),
    Vector::good(
        "tests, hooks of Argo CD, misspelled hooks, and other folders",
        r#"-- templates/tests/a.yaml --
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-a
  annotations:
    helm.sh/hook: test
-- templates/tests/b.yaml --
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-b
  annotations:
    argocd.argoproj.io/hook: PostSync
-- templates/tests/c.yaml --
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-c
  annotations:
    helm.sh/hooks: test
-- templates/contests/d.yaml --
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-d
-- templates/tests.yaml --
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-e
"#,
    ),
];

fn check(subject: &Subject, findings: &mut Findings) {
    for (index, doc) in subject.documents.iter().enumerate() {
        let path = &doc.source.path;
        let among_tests = ["templates/tests/", "templates/test/"].iter().any(|folder| path.contains(folder));
        let misspelled = |(key, _): (Node<'_>, Node<'_>)| near_miss(&lossy(key)).is_some_and(|(name, _)| name == HOOK);
        let typed = !doc.kind().is_empty();
        if !among_tests || !doc.is_plain() || !typed || doc.annotations().any(misspelled) {
            continue;
        }
        if doc.annotation_text(ARGOCD_HOOK).is_none() {
            findings.push(report(index, doc));
        }
    }
}

fn report(index: usize, doc: &Doc) -> Draft {
    let title = doc.title();
    let runs = matches!(doc.kind(), "Pod" | "Job");
    let span = doc.entry(&["metadata"]).map_or_else(|| doc.place_of(HOOK), |(key, _)| key.span());
    let (severity, message, help) = if runs {
        let message =
            format!("{title} is among the tests and has no `{HOOK}`: `helm install` runs it, and `helm test` does not");
        (Severity::Warning, message, "Add `helm.sh/hook: test`.")
    } else {
        let message = format!("{title} is among the tests and has no `{HOOK}`: it is part of the release");
        (
            Severity::Info,
            message,
            "If only the tests need it, add `helm.sh/hook: test` and `helm.sh/hook-weight: \"-1\"`.",
        )
    };
    // A Pod can be nothing else than a test; a Job may prepare one, and other objects may be shared.
    let applicability = if doc.kind() == "Pod" { Applicability::Safe } else { Applicability::Suggestion };
    let lines: &[&str] =
        if runs { &["helm.sh/hook: test"] } else { &["helm.sh/hook: test", "helm.sh/hook-weight: \"-1\""] };
    let fix = added(index, doc, lines)
        .map(|edit| Fix::new(applicability, format!("add `{}`", lines.join("`, `")), vec![edit]));
    Draft::new(severity, index, span, message).help(help).fix(fix)
}

/// Adds annotations to an object.
fn added(index: usize, doc: &Doc, lines: &[&str]) -> Option<Edit> {
    let metadata = doc.get(&["metadata"])?;
    if let Some((_, table)) = doc.entry(&["metadata", "annotations"]) {
        let text = if table.is_flow() { lines.join(", ") } else { lines.join("\n") };
        return entries::prepend(index, doc, table, &text).filter(|_| is_mapping(table));
    }
    if metadata.is_flow() {
        return entries::prepend(index, doc, metadata, &format!("annotations: {{{}}}", lines.join(", ")));
    }
    let entry = doc.entry(&["metadata", "name"])?;
    Some(entries::after(index, entry, format!("annotations:\n  {}", lines.join("\n  "))))
}
