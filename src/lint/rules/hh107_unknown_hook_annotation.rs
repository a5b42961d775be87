//! HH107: an annotation whose name was meant to be one of Helm's.

use crate::go::yaml::Node;
use crate::helm::manifest::HOOK;
use crate::lint::annotation::{self, RESOURCE_POLICY, inner, is_valid, lossy, near_miss};
use crate::lint::{Applicability, Doc, Docs, Draft, Edit, Findings, Fix, Fixable, Profile, Rule, Subject, Vector};
use crate::text::Severity;

pub(super) const RULE: Rule = Rule {
    code: "HH107",
    name: "unknown-hook-annotation",
    severity: Severity::Error,
    profile: Profile::Default,
    fixable: Fixable::Sometimes(Applicability::Safe),
    docs: Docs {
        summary: "An annotation looks like one of Helm's and is none, so Helm ignores it.",
        reports: "A name that is almost `helm.sh/hook`, `helm.sh/hook-weight`, `helm.sh/hook-delete-policy`, \
            `helm.sh/hook-output-log-policy` or `helm.sh/resource-policy`: misspelled, in upper case, in the plural, shortened \
            (`helm.sh/weight`), or with another domain or none (`helm/hook`, `hook-weight`). Any other name under `helm.sh/` that \
            Helm does not know is of severity info.",
        happens: "Helm, Flux and Argo CD look for exact names and say nothing about others. Without `helm.sh/hook` the object is \
            part of the release: a Job meant for upgrades runs once, with the installation, and is still there at the next \
            upgrade, which cannot change it.",
        remedy: "Write the name as Helm knows it.",
        fine: "`helm.sh/chart`, and `helm.sh/hook-delete-timeout` of Helm 2, are known and not reported. Tools have keys of their \
            own below `helm.sh/`, such as `helm.sh/images`: ignore the rule for those.",
        evidence: &[
            "`pkg/release/v1/hook.go` (4.2.4): the four names; `pkg/kube/resource_policy.go`: the fifth",
            "Designs of the Kubernetes service catalog, and courses, that teach `helm.sh/hooks`",
        ],
    },
    check,
    vectors: VECTORS,
};

const VECTORS: &[Vector] = &[
    Vector::bad(
        "the plural",
        r"apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hooks: pre-upgrade
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: main
          image: busybox:1.36
",
        &["error templates/x.yaml:6:5"],
    )
    .fixed(
        r"apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-upgrade
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: main
          image: busybox:1.36
",
    ),
    Vector::bad(
        "one letter, in quotes",
        r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-install
    "helm.sh/hook-wieght": "-5"
"#,
        &["error templates/x.yaml:7:5"],
    )
    .fixed(
        r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-install
    "helm.sh/hook-weight": "-5"
"#,
    ),
    Vector::bad(
        "one letter, and a value that is none",
        r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-weigth: heavy
"#,
        &["error templates/x.yaml:7:5"],
    ),
    Vector::bad(
        "farther off",
        r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm/hook: pre-install
    hook-weight: "1"
    helm.sh/delete-policy: hook-succeeded
    helm.sh/hook-delete-policies: hook-succeeded
    helm.sh/resource-polcy: keep
"#,
        &[
            "error templates/x.yaml:6:5",
            "error templates/x.yaml:7:5",
            "error templates/x.yaml:8:5",
            "error templates/x.yaml:9:5",
            "error templates/x.yaml:10:5",
        ],
    ),
    Vector::bad(
        "a name of nobody's",
        r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/release-time: "1"
"#,
        &["info templates/x.yaml:6:5"],
    ),
    Vector::good(
        "names that are known, and names of others",
        r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-weight: "1"
    helm.sh/hook-delete-policy: hook-succeeded
    helm.sh/hook-output-log-policy: hook-failed
    helm.sh/hook-delete-timeout: "10"
    helm.sh/resource-policy: keep
    helm.sh/chart: x
    meta.helm.sh/release-name: x
    werf.io/weight: "1"
    argocd.argoproj.io/hook: PreSync
    argocd.argoproj.io/hook-delete-policy: HookSucceeded
    hook: x
"#,
    ),
];

/// What belongs to Helm 2 or to charts' habits.
const OTHERS: [&str; 2] = ["helm.sh/chart", "helm.sh/hook-delete-timeout"];

fn check(subject: &Subject, findings: &mut Findings) {
    for (index, doc) in subject.documents.iter().enumerate() {
        for (key, value) in doc.annotations() {
            let name = lossy(key.target());
            if annotation::KNOWN.contains(&name.as_str()) || OTHERS.contains(&name.as_str()) {
                continue;
            }
            if let Some((meant, steps)) = near_miss(&name) {
                findings.push(near(index, doc, (key, value), &name, meant, steps));
            } else if name.starts_with("helm.sh/") {
                let message = format!("`{name}` of {} is no annotation that Helm knows", doc.title());
                let draft = Draft::new(Severity::Info, index, key.span(), message);
                findings.push(draft.help("Use a domain of your own for annotations of your own."));
            }
        }
    }
}

fn near(index: usize, doc: &Doc, (key, value): (Node<'_>, Node<'_>), name: &str, meant: &str, steps: usize) -> Draft {
    let title = doc.title();
    let message = match meant {
        HOOK if doc.hook().is_none() => {
            format!("`{name}` is no annotation of Helm, so {title} is no hook: Helm installs it with the release")
        }
        RESOURCE_POLICY => {
            format!("`{name}` is no annotation of Helm, so `helm uninstall` deletes {title} whatever the value says")
        }
        _ => format!("`{name}` of {title} is no annotation of Helm, which ignores it and says nothing"),
    };
    let edit = Edit::Replace { doc: index, span: inner(key), text: meant.to_owned() };
    let safe = steps == 1 && is_valid(meant, &lossy(value.target())) && annotation::entry(doc, meant).is_none();
    let applicability = if safe { Applicability::Safe } else { Applicability::Suggestion };
    let fix = Fix::new(applicability, format!("write `{meant}`"), vec![edit]);
    Draft::new(Severity::Error, index, key.span(), message).help(format!("Write `{meant}`.")).fix(fix)
}
