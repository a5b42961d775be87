//! HH106: a word of the delete policy that Helm keeps and never acts on.

use crate::helm::manifest::HOOK_DELETE_POLICY;
use crate::hooks::{DeletePolicy, Event, Hook};
use crate::lint::annotation::{self, List, Word};
use crate::lint::words::nearest;
use crate::lint::{Applicability, Doc, Docs, Draft, Edit, Findings, Fix, Fixable, Profile, Rule, Subject, Vector};
use crate::text::Severity;

pub(super) const RULE: Rule = Rule {
    code: "HH106",
    name: "unknown-delete-policy",
    severity: Severity::Error,
    profile: Profile::Default,
    fixable: Fixable::Sometimes(Applicability::Safe),
    docs: Docs {
        summary: "A word of `helm.sh/hook-delete-policy` is no delete policy, so Helm does nothing for it.",
        reports: "A value of `helm.sh/hook-delete-policy` that is empty, or holds a word other than `before-hook-creation`, \
            `hook-succeeded` and `hook-failed`. `never`, and a comma too many beside good words, are warnings.",
        happens: "Helm 3 and 4, and Flux, keep unknown words and never act on them. The annotation alone, even an empty one, switches \
            off the default `before-hook-creation`: when no other word is known, nothing ever deletes the hook, and its second run \
            fails in Helm 3 because the object already exists. Helm 4 applies over it, and a Job that has finished counts as done \
            without having run. Argo CD ignores unknown words and falls back to `before-hook-creation`.",
        remedy: "Write `before-hook-creation,hook-succeeded`, or what was meant of the three. An empty annotation is best removed.",
        fine: "`never` is sometimes written on purpose, to keep an object that is created once. An ordinary object with \
            `helm.sh/resource-policy: keep` does that and is part of the release.",
        evidence: &[
            "`pkg/release/v1/util/manifest_sorter.go` (4.2.4): `operateAnnotationValues`; `pkg/action/hooks.go`: `hookSetDeletePolicy`",
            "[helm/helm#13627](https://github.com/helm/helm/issues/13627): `never` on purpose",
            "[helm/helm#31385](https://github.com/helm/helm/issues/31385)",
        ],
    },
    check,
    vectors: VECTORS,
};

const VECTORS: &[Vector] = &[
    Vector::bad(
        "almost a policy",
        r"apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-delete-policy: hook-success
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: main
          image: busybox:1.36
",
        &["error templates/x.yaml:7:33"],
    ),
    Vector::bad(
        "a misspelling beside a good word",
        r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    "helm.sh/hook": pre-install,pre-upgrade
    "helm.sh/hook-delete-policy": "hook-succeeded, before-hook-creating"
"#,
        &["error templates/x.yaml:7:52"],
    ),
    Vector::bad(
        "two steps from a policy",
        r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    "helm.sh/hook": pre-install,pre-upgrade
    "helm.sh/hook-delete-policy": "before-hook-creation, hook-succeded"
"#,
        &["error templates/x.yaml:7:58"],
    )
    .fixed(
        r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    "helm.sh/hook": pre-install,pre-upgrade
    "helm.sh/hook-delete-policy": "before-hook-creation, hook-succeeded"
"#,
    ),
    Vector::bad(
        "an empty value",
        r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-delete-policy: ""
"#,
        &["error templates/x.yaml:7:5"],
    ),
    Vector::bad(
        "null",
        r"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-delete-policy: {{ .Values.policy }}
",
        &["error templates/x.yaml:7:5"],
    ),
    Vector::bad(
        "never, which may be meant",
        r"apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-delete-policy: never
",
        &["warning templates/x.yaml:7:33"],
    ),
    Vector::bad(
        "a comma too many",
        r"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-delete-policy: before-hook-creation,
",
        &["warning templates/x.yaml:7:53"],
    )
    .fixed(
        r"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-delete-policy: before-hook-creation
",
    ),
    Vector::bad(
        "the next line is folded in",
        r"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: post-install
    helm.sh/hook-delete-policy: hook-succeeded
      null
",
        &["error templates/x.yaml:8:7"],
    ),
    Vector::bad(
        "two policies without a comma",
        r"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: post-install
    helm.sh/hook-delete-policy: before-hook-creation hook-succeeded
",
        &["error templates/x.yaml:7:33"],
    )
    .fixed(
        r"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: post-install
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
",
    ),
    Vector::good(
        "all three, in any case",
        r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-delete-policy: "Before-Hook-Creation , hook-succeeded,hook-failed"
"#,
    ),
    Vector::good(
        "no annotation has a default",
        r"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-install
",
    ),
];

fn check(subject: &Subject, findings: &mut Findings) {
    for (index, doc, hook) in subject.hooks() {
        let Some(list) = annotation::list(doc, HOOK_DELETE_POLICY) else { continue };
        let unknown: Vec<&Word> = list.words.iter().filter(|word| !is_known(&word.text)).collect();
        let Some(first) = unknown.iter().find(|word| !word.text.is_empty()).or(unknown.first()) else { continue };
        findings.push(report(index, doc, hook, &list, first));
    }
}

fn is_known(word: &str) -> bool {
    DeletePolicy::ALL.iter().any(|policy| policy.name() == word)
}

/// What people write for a policy that is too far from its name for a machine to correct.
pub(super) fn meant(word: &str) -> Option<&'static str> {
    match word {
        "hook-success" | "hook-successful" | "hook-succeed" | "on-success" | "success" | "succeeded" => {
            Some("hook-succeeded")
        }
        "hook-failure" | "hook-fail" | "on-failure" | "failure" | "failed" => Some("hook-failed"),
        "before-hook-creating" | "before-hook-create" | "before-creation" | "before-hook" => {
            Some("before-hook-creation")
        }
        other => nearest(other, DeletePolicy::ALL.map(DeletePolicy::name), 3).map(|(policy, _)| policy),
    }
}

fn report(index: usize, doc: &Doc, hook: &Hook, list: &List<'_>, word: &Word) -> Draft {
    let title = doc.title();
    let others = list.words.iter().any(|word| is_known(&word.text));
    let several: Vec<&str> = word.text.split([' ', '\n', '\t', ';', '|']).filter(|part| !part.is_empty()).collect();
    let all_known = several.len() > 1 && several.iter().all(|part| is_known(part));
    let folded = word.folded.clone().filter(|_| !all_known);
    let shown = several.join(" ");
    let problem = match word.text.as_str() {
        "" if list.words.len() == 1 => format!("the delete policy of {title} is empty"),
        "" => format!("the delete policy of {title} has a comma with no word beside it"),
        "never" => format!(
            "`never` is no delete policy of Helm, it only switches off the default `before-hook-creation` of {title}"
        ),
        _ if folded.is_some() => {
            format!("YAML reads this line as part of the delete policy of {title}, and `{shown}` is no delete policy")
        }
        _ => format!("`{shown}` is no delete policy, and Helm ignores it for {title}"),
    };
    let severity = match word.text.as_str() {
        "never" => Severity::Warning,
        "" if others => Severity::Warning,
        _ => Severity::Error,
    };
    let before = DeletePolicy::BeforeHookCreation;
    let message = match others {
        false => format!("{problem}: {}", consequence(hook)),
        true if meant(&word.text) == Some(before.name()) && !hook.delete_policies.has(before) => {
            format!("{problem}: nothing deletes what an earlier run left, and the next run meets it")
        }
        true => problem,
    };
    let help = match (word.text.as_str(), meant(&word.text)) {
        ("", _) if others => "Remove the comma.".to_owned(),
        ("", _) => "Remove the annotation, or write `before-hook-creation,hook-succeeded`.".to_owned(),
        ("never", _) => {
            "To keep the object, make it an ordinary one with `helm.sh/resource-policy: keep` instead of a hook."
                .to_owned()
        }
        _ if folded.is_some() => {
            "Print this line only when there is something to print: put it inside `with`.".to_owned()
        }
        _ if all_known => format!("Separate policies by commas: `{}`.", several.join(",")),
        (_, Some("hook-succeeded")) if !others => "Write `before-hook-creation,hook-succeeded`.".to_owned(),
        (_, Some(policy)) => format!("Write `{policy}`."),
        _ => "Write one or more of `before-hook-creation`, `hook-succeeded` and `hook-failed`.".to_owned(),
    };
    let empty = word.text.is_empty() && list.words.len() == 1;
    let span = if empty { list.key.span() } else { folded.unwrap_or_else(|| list.place(word)) };
    Draft::new(severity, index, span, message).help(help).fix(mend(index, list))
}

/// What follows when nothing deletes a hook.
fn consequence(hook: &Hook) -> &'static str {
    let again =
        |event: &Event| !matches!(event, Event::PreInstall | Event::PostInstall | Event::PreDelete | Event::PostDelete);
    if hook.events.iter().any(again) {
        "nothing deletes it, so its second run fails in Helm 3 because it already exists, and Helm 4 takes a finished Job for done"
    } else {
        "nothing deletes it, and another installation under the same name fails in Helm 3 because it already exists"
    }
}

/// Safe when each unknown word is empty beside good ones, near to a policy, or several policies.
fn mend(index: usize, list: &List<'_>) -> Option<Fix> {
    let span = list.all()?;
    let mut edits = Vec::new();
    let mut kept: Vec<String> = Vec::new();
    for word in &list.words {
        let several: Vec<&str> = word.text.split([' ', '\n', '\t', ';', '|']).filter(|part| !part.is_empty()).collect();
        let replaced = if is_known(&word.text) {
            kept.push(word.raw.clone());
            continue;
        } else if several.len() > 1 && several.iter().all(|part| is_known(part)) {
            several.join(",")
        } else if word.text.is_empty() {
            continue;
        } else {
            nearest(&word.text, DeletePolicy::ALL.map(DeletePolicy::name), 2)?.0.to_owned()
        };
        edits.push(Edit::Replace { doc: index, span: word.span.clone(), text: replaced.clone() });
        kept.push(replaced);
    }
    let text = kept.join(",");
    if kept.is_empty() {
        return None;
    }
    if list.words.iter().any(|word| word.text.is_empty()) {
        edits = vec![Edit::Replace { doc: index, span, text: text.clone() }];
    }
    Some(Fix::new(Applicability::Safe, format!("write `{text}`"), edits))
}
