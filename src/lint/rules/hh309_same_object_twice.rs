//! HH309: one object of the cluster in two documents of a chart, one of them a hook at least.

use crate::hooks::{DeletePolicy, Event, Operation};
use crate::lint::annotate::name_place;
use crate::lint::availability::is_awaited;
use crate::lint::{Audience, Doc, Docs, Draft, Findings, Fixable, Profile, Rule, Subject, Vector, words};
use crate::text::Severity;

pub(super) const RULE: Rule = Rule {
    code: "HH309",
    name: "same-object-twice",
    severity: Severity::Error,
    profile: Profile::Default,
    fixable: Fixable::No,
    docs: Docs {
        summary: "Two documents are the same object, and one of them is a hook: one meets or deletes the other.",
        reports: "The same kind, group, namespace and name in a hook and in an ordinary object, where the hook is still there when the \
            object is installed or runs while the object is live; or in two hooks with an event in common. For two Jobs or Pods with \
            `before-hook-creation` it is a warning. Two hooks of different charts are [HH312](HH312.md)'s. Only what is rendered \
            together counts.",
        happens: "A hook of `pre-install` without `hook-succeeded` is still there when Helm 3 creates the object: `already exists`. \
            Helm 4 patches it instead, and later upgrades of the hook delete it. A hook of a later event deletes the live object \
            before it is created anew. Of two hooks the second deletes the first one's object, or collides with it. Kustomize, as a \
            post-renderer of Helm 4 or in Flux from 2.8, refuses both.",
        remedy: "Give the copy for the hook a name of its own.",
        fine: "Never.",
        evidence: &[
            "`pkg/action/install.go`, `pkg/action/hooks.go` (3.21.4, 4.2.4)",
            "[helm/helm#5556](https://github.com/helm/helm/issues/5556)",
            "[helm/helm#11608](https://github.com/helm/helm/issues/11608)",
            "[helm/helm#32049](https://github.com/helm/helm/issues/32049)",
        ],
    },
    check,
    vectors: VECTORS,
};

const VECTORS: &[Vector] = &[
    Vector::bad(
        "a hook that is still there when the object is installed",
        r#"apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}
  annotations:
    helm.sh/hook: pre-install
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}
"#,
        &["error templates/x.yaml:11:9"],
    ),
    Vector::bad(
        "a hook that deletes the live object, two hooks of one event, two Jobs",
        r#"-- templates/a.yaml --
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-a
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-a
  annotations:
    helm.sh/hook: pre-upgrade
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
-- templates/b.yaml --
apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}-b
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
---
apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}-b
  namespace: {{ .Release.Namespace }}
  annotations:
    helm.sh/hook: post-install,pre-upgrade
-- templates/c.yaml --
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-c
  annotations:
    helm.sh/hook: post-install
spec: &spec
  template:
    spec:
      restartPolicy: Never
      containers: [{name: main, image: "busybox:1.36"}]
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-c
  annotations:
    helm.sh/hook: post-install
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{name: main, image: "busybox:1.36"}]
"#,
        &["error templates/a.yaml:9:9", "error templates/b.yaml:11:9", "warning templates/c.yaml:16:9"],
    ),
    Vector::good(
        "a name of its own",
        r#"apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}-hook
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}
"#,
    ),
    Vector::good(
        "gone before the object is installed, different events, another namespace, another group, two ordinary objects",
        r#"apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}-a
  annotations:
    helm.sh/hook: pre-install,post-delete
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}-a
---
apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}-b
  annotations:
    helm.sh/hook: pre-install
---
apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}-b
  annotations:
    helm.sh/hook: post-install
---
apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}-b
  namespace: elsewhere
  annotations:
    helm.sh/hook: pre-install
---
apiVersion: example.org/v1
kind: Secret
metadata:
  name: {{ .Release.Name }}-b
  annotations:
    helm.sh/hook: pre-install
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}
"#,
    ),
];

fn check(subject: &Subject, findings: &mut Findings) {
    for group in same_objects(subject) {
        let pairs = group.iter().enumerate().flat_map(|(place, second)| {
            let earlier = group.get(..place).unwrap_or_default();
            earlier.iter().map(move |first| (*first, *second))
        });
        let mut known = Vec::new();
        for (first, second) in pairs {
            let (Some(a), Some(b)) = (subject.documents.get(first), subject.documents.get(second)) else { continue };
            let found = match (a.hook(), b.hook()) {
                (Some(_), Some(_)) if chart_of(a) != chart_of(b) => None,
                (Some(_), Some(_)) => two_hooks(subject, first, second),
                (Some(_), None) => hook_and_object(a, subject.is_upgrade),
                (None, Some(_)) => hook_and_object(b, subject.is_upgrade),
                (None, None) => None,
            };
            let Some((severity, outcome)) = found.filter(|_| !known.contains(&second)) else { continue };
            known.push(second);
            let what = |doc: &Doc| if doc.hook().is_some() { "a hook" } else { "an ordinary object" };
            let message = match (a.is_plain(), b.is_plain()) {
                (false, false) => format!("{} is two hooks: {outcome}", b.title()),
                _ => format!("{} is both a hook and an ordinary object: {outcome}", b.title()),
            };
            findings.push(
                Draft::new(severity, second, name_place(subject, second), message)
                    .help("Give the copy for the hook a name of its own.")
                    .related(first, name_place(subject, first), format!("the same object, as {}", what(a)))
                    .engines(Audience::ALL),
            );
        }
    }
}

/// The documents that are one object, a hook among them; several documents each.
pub(super) fn same_objects(subject: &Subject) -> Vec<Vec<usize>> {
    let identity = |doc: &Doc| {
        let namespace = subject.namespace_of(doc);
        (doc.kind().to_owned(), doc.group().to_owned(), doc.name().to_owned(), namespace)
    };
    let created = |doc: &Doc| !doc.name().is_empty() && (doc.is_plain() || doc.hook().is_some());
    let mut groups: std::collections::BTreeMap<_, Vec<usize>> = std::collections::BTreeMap::new();
    for (at, doc) in subject.documents.iter().enumerate().filter(|(_, doc)| created(doc)) {
        groups.entry(identity(doc)).or_default().push(at);
    }
    let is_hook = |at: &usize| subject.documents.get(*at).and_then(Doc::hook).is_some();
    groups.into_values().filter(|group| group.len() > 1 && group.iter().any(is_hook)).collect()
}

/// The chart a document comes from: the path up to its templates.
pub(super) fn chart_of(doc: &Doc) -> &str {
    let path = doc.source.path.as_str();
    let mut at = 0;
    while let Some(rest) = path.get(at..).and_then(|rest| rest.strip_prefix("charts/")) {
        let Some(name) = rest.find('/') else { break };
        at += "charts/".len() + name + 1;
    }
    path.get(..at).unwrap_or_default()
}

/// What comes of a hook that is an ordinary object too, when anything does.
fn hook_and_object(hook: &Doc, is_upgrade: bool) -> Option<(Severity, String)> {
    let hook = hook.hook()?;
    let has = |policy| hook.delete_policies.has(policy);
    if hook.events.contains(&Event::PreInstall) && !has(DeletePolicy::HookSucceeded) && !is_upgrade {
        let outcome = "the hook is still there when Helm installs the object. Helm 3 fails with `already exists`, Helm 4 patches it";
        return Some((Severity::Error, outcome.to_owned()));
    }
    let is_live = |event: &Event| *event != Event::PreInstall && event.operation() != Operation::Uninstall;
    let live: Vec<Event> = hook.events.iter().copied().filter(is_live).collect();
    let events = words::events(&live);
    match live.is_empty() {
        true => None,
        false if has(DeletePolicy::BeforeHookCreation) => {
            Some((Severity::Error, format!("at {events} Helm deletes the live object to create the hook")))
        }
        false => Some((
            Severity::Error,
            format!("at {events} Helm 3 meets the live object and fails with `already exists`, Helm 4 changes it"),
        )),
    }
}

/// What comes of two hooks at an event they share.
pub(super) fn two_hooks(subject: &Subject, first: usize, second: usize) -> Option<(Severity, String)> {
    let (a, b) = (subject.documents.get(first)?.hook()?, subject.documents.get(second)?.hook()?);
    let shared: Vec<Event> = subject.own_events(a).into_iter().filter(|event| b.events.contains(event)).collect();
    let event = *shared.first()?;
    // The one that runs second is the one that meets the other's object.
    let later = if subject.place_in(event, first) < subject.place_in(event, second) { b } else { a };
    let events = words::events(&shared);
    if !later.delete_policies.has(DeletePolicy::BeforeHookCreation) {
        let outcome =
            format!("at {events} the second meets the first. Helm 3 fails with `already exists`, Helm 4 applies to it");
        return Some((Severity::Error, outcome));
    }
    let both_run = is_awaited(subject, a) && is_awaited(subject, b);
    let severity = if both_run { Severity::Warning } else { Severity::Error };
    Some((severity, format!("at {events} Helm deletes the first to create the second")))
}
