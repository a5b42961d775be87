//! HH504: a hook of an API version that Kubernetes no longer serves.

use std::cell::OnceCell;
use std::rc::Rc;

use crate::lint::removed_apis::{RemovedApi, removed};
use crate::lint::{
    Applicability, Docs, Draft, Edit, Findings, Fix, Fixable, Profile, Rule, Subject, Variation, Vector, annotation,
    pods, words,
};
use crate::text::Severity;

pub(super) const RULE: Rule = Rule {
    code: "HH504",
    name: "removed-api",
    severity: Severity::Error,
    profile: Profile::Default,
    fixable: Fixable::Sometimes(Applicability::Safe),
    docs: Docs {
        summary: "A hook has an `apiVersion` that Kubernetes no longer serves.",
        reports: "A hook whose `apiVersion` and `kind` were removed in or before the version of Kubernetes that `--kube-version` \
            names, by default the newest.",
        happens: "Helm builds the ordinary objects of a release before it changes anything, so an unknown kind stops the command in \
            time. Hooks are built one by one when they run: the command fails in the middle (`no matches for kind`), with the \
            hooks before it done and, for a `post-` event, with all objects changed.",
        remedy: "Write the version that took its place. Where fields have changed, the Kubernetes guide for deprecated APIs says \
            which.",
        fine: "Templates that choose by `.Capabilities` are rendered for the version in question, with the APIs a server of that \
            version has: name yours with `--kube-version`.",
        evidence: &[
            "`pkg/action/hooks.go` (4.2.4): `execHook` builds one hook after the other",
            "[Kubernetes: Deprecated API Migration Guide](https://kubernetes.io/docs/reference/using-api/deprecation-guide/)",
        ],
    },
    check,
    vectors: VECTORS,
};

const VECTORS: &[Vector] = &[
    Vector::bad(
        "a budget",
        r"apiVersion: policy/v1beta1
kind: PodDisruptionBudget
metadata:
  name: {{ .Release.Name }}
  annotations:
    helm.sh/hook: post-install
spec: {minAvailable: 1}
",
        &["error templates/x.yaml:1:13"],
    )
    .fixed(
        r"apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ .Release.Name }}
  annotations:
    helm.sh/hook: post-install
spec: {minAvailable: 1}
",
    ),
    Vector::bad(
        "in quotes",
        r#"apiVersion: "rbac.authorization.k8s.io/v1beta1"
kind: Role
metadata:
  name: {{ .Release.Name }}
  annotations:
    helm.sh/hook: pre-install
"#,
        &["error templates/x.yaml:1:13"],
    )
    .fixed(
        r#"apiVersion: "rbac.authorization.k8s.io/v1"
kind: Role
metadata:
  name: {{ .Release.Name }}
  annotations:
    helm.sh/hook: pre-install
"#,
    ),
    Vector::bad(
        "fields have changed",
        r"apiVersion: admissionregistration.k8s.io/v1beta1
kind: ValidatingWebhookConfiguration
metadata:
  name: {{ .Release.Name }}
  annotations:
    helm.sh/hook: post-install
",
        &["error templates/x.yaml:1:13"],
    ),
    Vector::bad(
        "nothing took its place",
        r"apiVersion: policy/v1beta1
kind: PodSecurityPolicy
metadata:
  name: {{ .Release.Name }}
  annotations:
    helm.sh/hook: pre-install
",
        &["error templates/x.yaml:1:13"],
    ),
    Vector::good(
        "what is served, what is no hook, and what the template chooses",
        r"-- templates/a.yaml --
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ .Release.Name }}-a
  annotations:
    helm.sh/hook: post-install
-- templates/b.yaml --
apiVersion: policy/v1beta1
kind: PodDisruptionBudget
metadata:
  name: {{ .Release.Name }}-b
-- templates/c.yaml --
{{- if semverCompare `<1.25-0` .Capabilities.KubeVersion.Version }}
apiVersion: policy/v1beta1
{{- else }}
apiVersion: policy/v1
{{- end }}
kind: PodDisruptionBudget
metadata:
  name: {{ .Release.Name }}-c
  annotations:
    helm.sh/hook: post-install
",
    ),
    Vector::good(
        "what a server with newer APIs gets otherwise",
        r#"-- templates/a.yaml --
{{- if .Capabilities.APIVersions.Has "policy/v1/PodDisruptionBudget" }}
apiVersion: policy/v1
{{- else }}
apiVersion: policy/v1beta1
{{- end }}
kind: PodDisruptionBudget
metadata:
  name: {{ .Release.Name }}-a
  annotations:
    helm.sh/hook: post-install
-- templates/b.yaml --
{{- if .Capabilities.APIVersions.Has "policy/v1beta1" }}
apiVersion: policy/v1beta1
kind: PodSecurityPolicy
metadata:
  name: {{ .Release.Name }}-b
  annotations:
    helm.sh/hook: pre-install
{{- end }}
"#,
    ),
];

fn check(subject: &Subject, findings: &mut Findings) {
    let real: OnceCell<Option<Rc<Subject>>> = OnceCell::new();
    for (index, doc, hook) in subject.hooks() {
        for object in pods::objects(doc) {
            let version = pods::text(object.node, &["apiVersion"]).unwrap_or_default();
            let found = removed(&version, &object.kind(), subject.kube_version);
            let (Some(RemovedApi { gone, successor, same, .. }), Some(value)) =
                (found, pods::get(object.node, &["apiVersion"]))
            else {
                continue;
            };
            // Helm takes versions for granted that no server has had for years, and no kind at all.
            let real = real.get_or_init(|| subject.again(&Variation::RealApis));
            if real.as_ref().is_some_and(|real| !has(real, &version, &object.kind(), &object.name())) {
                continue;
            }
            let message = format!(
                "Kubernetes has no `{version}` of {} `{}` since 1.{gone}: {} fail{} when the hook runs",
                object.kind(),
                object.name(),
                words::commands(&hook.events),
                words::verb_end(&hook.events)
            );
            let help = match (successor.is_empty(), same) {
                (true, _) => "Remove it: nothing took its place.".to_owned(),
                (false, true) => format!("Write `{successor}`."),
                (false, false) => format!("Write `{successor}`, and change the fields that differ."),
            };
            let edit = Edit::Replace { doc: index, span: annotation::inner(value), text: (*successor).to_owned() };
            let fix = Fix::new(Applicability::Safe, format!("write `{successor}`"), vec![edit]);
            findings
                .push(Draft::new(Severity::Error, index, value.span(), message).help(help).fix(same.then_some(fix)));
        }
    }
}

/// True when a rendering has an object under a version.
fn has(subject: &Subject, version: &str, kind: &str, name: &str) -> bool {
    let objects = subject.hooks().flat_map(|(_, doc, _)| pods::objects(doc));
    let mut same = objects.filter(|object| object.kind() == kind && object.name() == name);
    same.any(|object| pods::text(object.node, &["apiVersion"]).unwrap_or_default() == version)
}
