//! HH108: weight, delete policy or log policy of an object that is no hook.

use crate::go::yaml::Node;
use crate::helm::manifest::{HOOK, HOOK_DELETE_POLICY, HOOK_OUTPUT_LOG_POLICY, HOOK_WEIGHT};
use crate::lint::annotation::{self, ARGOCD_HOOK, RESOURCE_POLICY, inner, lossy, near_miss};
use crate::lint::{
    Applicability, Audience, Doc, Docs, Draft, Edit, Findings, Fix, Fixable, Profile, Rule, Subject, Vector,
};
use crate::text::Severity;

pub(super) const RULE: Rule = Rule {
    code: "HH108",
    name: "orphan-hook-annotation",
    severity: Severity::Error,
    profile: Profile::Default,
    fixable: Fixable::Sometimes(Applicability::Safe),
    docs: Docs {
        summary: "An object has a hook's weight or policy and no `helm.sh/hook`, so the annotation does nothing.",
        reports: "`helm.sh/hook-weight`, `helm.sh/hook-delete-policy` or `helm.sh/hook-output-log-policy` on an object without \
            `helm.sh/hook`. It is an error when the delete policy is `keep`: `helm.sh/resource-policy: keep` was meant.",
        happens: "Helm 3 and 4, and Flux, look at the three annotations only on hooks. The object is part of the release: installed \
            with it, upgraded with it, and deleted by `helm uninstall`, also with `helm.sh/hook-delete-policy: keep`. Argo CD \
            takes a weight without a hook for a sync wave, and the policies for nothing.",
        remedy: "Add `helm.sh/hook` if the object should be a hook, or remove the annotation. To keep an object at uninstall, write \
            `helm.sh/resource-policy: keep`.",
        fine: "An object with `argocd.argoproj.io/hook`, for which Argo CD reads Helm's policies, is not reported, nor is one whose \
            `helm.sh/hook` is misspelled (HH107). Where `helm.sh/hook` depends on a value, only renderings without it are \
            reported: put the other annotations under the same condition.",
        evidence: &[
            "`pkg/release/v1/util/manifest_sorter.go` (4.2.4): nothing else is read where `helm.sh/hook` is missing",
            "gitops-engine, `pkg/sync/syncwaves/waves.go`: the weight is the sync wave of any object",
            "[mastodon/chart#218](https://github.com/mastodon/chart/issues/218): claims meant to be protected by `keep`",
        ],
    },
    check,
    vectors: VECTORS,
};

const VECTORS: &[Vector] = &[
    Vector::bad(
        "keep under the wrong name",
        r"apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: {{ .Release.Name }}-data
  annotations:
    helm.sh/hook-delete-policy: keep
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
",
        &["error templates/x.yaml:6:5"],
    )
    .fixed(
        r"apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: {{ .Release.Name }}-data
  annotations:
    helm.sh/resource-policy: keep
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
",
    ),
    Vector::bad(
        "weight and policies without a hook",
        r#"apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    "helm.sh/hook-weight": "-1"
    "helm.sh/hook-delete-policy": hook-succeeded
    "helm.sh/hook-output-log-policy": hook-failed
"#,
        &["warning templates/x.yaml:6:5"],
    ),
    Vector::bad(
        "the hook depends on a value",
        r#"-- values.yaml --
asHook: false
-- templates/x.yaml --
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    {{- if .Values.asHook }}
    helm.sh/hook: pre-install
    {{- end }}
    helm.sh/hook-weight: "-1"
"#,
        &["warning templates/x.yaml:9:5"],
    ),
    Vector::good(
        "hooks of Helm and Argo CD, and a misspelled one",
        r#"-- templates/a.yaml --
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}-a
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-weight: "-1"
-- templates/b.yaml --
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}-b
  annotations:
    argocd.argoproj.io/hook: PreSync
    helm.sh/hook-weight: "-1"
    helm.sh/hook-delete-policy: hook-succeeded
-- templates/c.yaml --
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}-c
  annotations:
    helm.sh/hooks: pre-install
    helm.sh/hook-weight: "-1"
-- templates/d.yaml --
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}-d
  annotations:
    helm.sh/hook: pre-instal
    helm.sh/hook-weight: "-1"
"#,
    ),
];

fn check(subject: &Subject, findings: &mut Findings) {
    for (index, doc) in subject.documents.iter().enumerate() {
        let misspelled = |(key, _): (Node<'_>, Node<'_>)| near_miss(&lossy(key)).is_some_and(|(name, _)| name == HOOK);
        if !doc.is_plain() || doc.annotation_text(ARGOCD_HOOK).is_some() || doc.annotations().any(misspelled) {
            continue;
        }
        let names = [HOOK_WEIGHT, HOOK_DELETE_POLICY, HOOK_OUTPUT_LOG_POLICY].into_iter();
        let found: Vec<_> = names.filter_map(|name| Some((name, annotation::entry(doc, name)?.0))).collect();
        let keeps =
            doc.annotation_text(HOOK_DELETE_POLICY).is_some_and(|text| text.trim().eq_ignore_ascii_case("keep"));
        let kept = found.iter().find(|(name, _)| *name == HOOK_DELETE_POLICY && keeps);
        if let Some((_, key)) = kept {
            findings.push(keep(index, doc, *key));
        } else if let Some(first) = found.iter().min_by_key(|(_, key)| key.span().start) {
            findings.push(orphan(index, doc, first, &found));
        }
    }
}

fn keep(index: usize, doc: &Doc, key: Node<'_>) -> Draft {
    let title = doc.title();
    let edit = Edit::Replace { doc: index, span: inner(key), text: RESOURCE_POLICY.to_owned() };
    let has_policy = annotation::entry(doc, RESOURCE_POLICY).is_some();
    let fix = Fix::new(Applicability::Safe, format!("write `{RESOURCE_POLICY}`"), vec![edit]);
    let message = format!(
        "`{HOOK_DELETE_POLICY}: keep` does nothing on {title}, which is no hook{}",
        if has_policy { "" } else { ": `helm uninstall` deletes it" }
    );
    let help = match has_policy {
        true => "Remove the annotation.".to_owned(),
        false => format!("Write `{RESOURCE_POLICY}: keep`."),
    };
    let severity = if has_policy { Severity::Warning } else { Severity::Error };
    Draft::new(severity, index, key.span(), message).help(help).fix((!has_policy).then_some(fix))
}

fn orphan(index: usize, doc: &Doc, first: &(&str, Node<'_>), found: &[(&str, Node<'_>)]) -> Draft {
    let mut names: Vec<(u32, String)> =
        found.iter().map(|(name, key)| (key.span().start, format!("`{name}`"))).collect();
    names.sort();
    let names: Vec<String> = names.into_iter().map(|(_, name)| name).collect();
    let (verb, it) = if names.len() == 1 { ("does", "it") } else { ("do", "them") };
    let message = format!(
        "{} {verb} nothing on {}, which has no `{HOOK}` and is installed with the release",
        crate::lint::words::list(&names),
        doc.title()
    );
    // For Argo CD a weight is the sync wave of any object.
    let only_weight = found.iter().all(|(name, _)| *name == HOOK_WEIGHT);
    let engines = Audience { argocd: !only_weight, ..Audience::ALL };
    Draft::new(Severity::Warning, index, first.1.span(), message)
        .help(format!("Add `{HOOK}` if it should be a hook, or remove {it}."))
        .engines(engines)
}
