//! HH407: a hook without a name of its own, which Helm cannot find again.

use crate::helm::dialect::Engine;
use crate::hooks::{CertainFailure, GeneratedName};
use crate::lint::{Audience, Docs, Draft, Findings, Fixable, Profile, Rule, Subject, Vector, pods, words};
use crate::text::Severity;

pub(super) const RULE: Rule = Rule {
    code: "HH407",
    name: "generate-name",
    severity: Severity::Error,
    profile: Profile::Default,
    fixable: Fixable::No,
    docs: Docs {
        summary: "A hook has `generateName` and no name, so Helm cannot delete it, and Helm 4 cannot create it.",
        reports: "A hook with `metadata.generateName` and without `metadata.name`.",
        happens: "With the policy `before-hook-creation`, which is the default, Helm 3 and 4 fail before they create it: there is \
            nothing to look for (`resource name may not be empty`). With other policies Helm 4 fails when it creates it, because \
            a server-side apply needs a name. Helm 3 creates it and runs it; with `hook-succeeded` it then fails to delete it, \
            without that the objects pile up. Argo CD gives such hooks a name for each sync.",
        remedy: "Give it a name. Where each run should have an object of its own, put `{{ .Release.Revision }}` into the name.",
        fine: "Charts that are only ever deployed by Argo CD may use it.",
        evidence: &[
            "[helm/helm#3348](https://github.com/helm/helm/issues/3348)",
            "[helm/helm#9488](https://github.com/helm/helm/issues/9488)",
            "[helm/helm#31509](https://github.com/helm/helm/issues/31509)",
        ],
    },
    check,
    vectors: VECTORS,
};

const PLAIN: &str = r"apiVersion: batch/v1
kind: Job
metadata:
  generateName: {{ .Release.Name }}-m-
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
";

const KEPT: &str = r"apiVersion: v1
kind: ConfigMap
metadata:
  generateName: {{ .Release.Name }}-m-
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-delete-policy: hook-failed
";

const VECTORS: &[Vector] = &[
    Vector::bad("nothing to delete", PLAIN, &["error templates/x.yaml:4:3"]),
    Vector::bad("nothing to delete for Helm 3 alone", PLAIN, &["error templates/x.yaml:4:3"]).engine("helm3"),
    Vector::bad("nothing to apply", KEPT, &["error templates/x.yaml:4:3"]),
    Vector::bad("Helm 3 creates one more each time", KEPT, &["warning templates/x.yaml:4:3"]).engine("helm3"),
    Vector::bad(
        "Helm 3 cannot clean up",
        r"apiVersion: v1
kind: ConfigMap
metadata:
  generateName: {{ .Release.Name }}-m-
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-delete-policy: hook-succeeded
",
        &["error templates/x.yaml:4:3"],
    )
    .engine("helm3"),
    Vector::good(
        "a name, and no hook",
        r"-- templates/a.yaml --
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-a
  generateName: a-
  annotations:
    helm.sh/hook: pre-install
-- templates/b.yaml --
apiVersion: v1
kind: ConfigMap
metadata:
  generateName: {{ .Release.Name }}-b-
",
    ),
];

/// What each way to fail means, for which Helms.
fn outcome(failure: Option<CertainFailure>) -> (&'static str, bool) {
    match failure {
        Some(CertainFailure::GeneratedName(GeneratedName::NothingToDelete)) => {
            ("before it is created, because nothing can be deleted without a name", true)
        }
        Some(CertainFailure::GeneratedName(GeneratedName::NothingToApply)) => {
            ("when it is created, because a server-side apply needs a name", true)
        }
        Some(CertainFailure::GeneratedName(GeneratedName::NothingToCleanUp)) => {
            ("when it has run and is to be deleted, because nothing can be deleted without a name", true)
        }
        Some(CertainFailure::Refused) | None => ("", false),
    }
}

fn check(subject: &Subject, findings: &mut Findings) {
    for (index, doc, hook) in subject.hooks() {
        let Some(prefix) = &hook.object.generate_name else { continue };
        let Some((key, _)) = doc.get(&["metadata"]).and_then(|metadata| pods::entry(metadata, "generateName")) else {
            continue;
        };
        let (commands, end) = (words::commands(&hook.events), words::verb_end(&hook.events));
        let title = format!("{} `{prefix}*`", doc.kind());
        let fails = |engine| outcome(hook.certain_failure(engine));
        let audience = subject.audience;
        let (in_3, in_4) = (fails(Engine::Helm3), fails(Engine::Helm4));
        let (severity, message) = match (audience.helm3.then_some(in_3), in_4) {
            (Some((why, true)), (other, true)) if why == other => {
                (Severity::Error, format!("{title} has no name of its own: {commands} fail{end} {why}"))
            }
            // Flux runs Helm 4's code.
            (_, (why, true)) if audience.helm4 || audience.flux => {
                (Severity::Error, format!("{title} has no name of its own: with Helm 4, {commands} fail{end} {why}"))
            }
            (Some((why, true)), _) => {
                (Severity::Error, format!("{title} has no name of its own: with Helm 3, {commands} fail{end} {why}"))
            }
            (Some((_, false)), _) => {
                (Severity::Warning, format!("{title} has no name of its own: Helm 3 leaves one more object each time"))
            }
            _ => continue,
        };
        let draft = Draft::new(severity, index, key.span(), message);
        let help = "Give it a `name`; put `{{ .Release.Revision }}` into it where each run needs an object of its own.";
        findings.push(draft.help(help).engines(Audience { argocd: false, ..Audience::ALL }));
    }
}
