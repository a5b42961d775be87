//! HH306: `helm.sh/resource-policy: keep` on a hook, where Helm does not read it.

use crate::hooks::DeletePolicy;
use crate::lint::annotation::{RESOURCE_POLICY, entry};
use crate::lint::availability::is_awaited;
use crate::lint::{Audience, Docs, Draft, Findings, Fixable, Profile, Rule, Subject, Vector, words};
use crate::text::Severity;

pub(super) const RULE: Rule = Rule {
    code: "HH306",
    name: "keep-without-effect",
    severity: Severity::Warning,
    profile: Profile::Default,
    fixable: Fixable::No,
    docs: Docs {
        summary: "`helm.sh/resource-policy: keep` on a hook keeps nothing.",
        reports: "The annotation with the value `keep` on an object with `helm.sh/hook`. With `--for argocd` it is worth knowing, not \
            more.",
        happens: "Helm reads it for objects of the release only. An uninstall leaves hooks alone anyway, and the delete policies of \
            the hook (`before-hook-creation` when it has none) delete it all the same. The documentation of hooks recommends the \
            annotation; the code never looks. Argo CD does keep the object when the application is deleted.",
        remedy: "Remove the annotation, or take away `helm.sh/hook` and have an ordinary object that is kept.",
        fine: "When it is meant for Argo CD.",
        evidence: &[
            "`deleteHookByPolicy` in `pkg/action/hooks.go` (3.21.4, 4.2.4) deletes without asking",
            "[sentry-kubernetes/charts#179](https://github.com/sentry-kubernetes/charts/issues/179)",
            "[stackrox/stackrox#8945](https://github.com/stackrox/stackrox/issues/8945)",
        ],
    },
    check,
    vectors: VECTORS,
};

const KEPT: &str = r#"apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}-s
  annotations:
    helm.sh/hook: pre-install
    helm.sh/resource-policy: keep
data: {a: "1"}
"#;

const VECTORS: &[Vector] = &[
    Vector::bad("a Secret that is to stay", KEPT, &["warning templates/x.yaml:7:5"]),
    Vector::bad("Argo CD reads it", KEPT, &["info templates/x.yaml:7:5"]).engine("argocd"),
    Vector::bad(
        "a policy that never acts on a Secret",
        r#"apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}-s
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-delete-policy: hook-failed
    helm.sh/resource-policy: keep
data: {a: "1"}
"#,
        &["warning templates/x.yaml:8:5"],
    ),
    Vector::good(
        "an ordinary object",
        r#"apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}-s
  annotations:
    helm.sh/resource-policy: keep
data: {a: "1"}
"#,
    ),
];

fn check(subject: &Subject, findings: &mut Findings) {
    for (at, doc, hook) in subject.hooks() {
        let is_keep =
            doc.annotation_text(RESOURCE_POLICY).is_some_and(|policy| policy.trim().eq_ignore_ascii_case("keep"));
        let Some((key, _)) = entry(doc, RESOURCE_POLICY).filter(|_| is_keep) else { continue };
        let deleting = [DeletePolicy::BeforeHookCreation, DeletePolicy::HookSucceeded, DeletePolicy::HookFailed];
        // Only waiting for a hook makes `hook-failed` act, and nobody waits for what is ready at once.
        let acts = |policy: &DeletePolicy| *policy != DeletePolicy::HookFailed || is_awaited(subject, hook);
        let has = |policy: &DeletePolicy| hook.delete_policies.has(*policy) && !hook.is_never_deleted();
        let own = deleting.into_iter().filter(|policy| has(policy) && acts(policy));
        let own: Vec<String> = own.map(|policy| format!("`{}`", policy.name())).collect();
        let outcome = match own.len() {
            0 => "and nothing deletes this one".to_owned(),
            1 => format!("and {} deletes it all the same", words::list(&own)),
            _ => format!("and {} delete it all the same", words::list(&own)),
        };
        let severity = if subject.audience.argocd { Severity::Info } else { Severity::Warning };
        let message = format!("Helm does not read `{RESOURCE_POLICY}` on a hook such as {}, {outcome}", doc.title());
        findings.push(
            Draft::new(severity, at, key.span(), message)
                .help("Remove the annotation, or make the object an ordinary one by removing `helm.sh/hook`.")
                .engines(Audience { argocd: false, ..Audience::ALL }),
        );
    }
}
