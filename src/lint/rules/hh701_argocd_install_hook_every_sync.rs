//! HH701: a hook for the install alone, which Argo CD runs at every sync.

use crate::helm::manifest::HOOK;
use crate::hooks::{Event, Hook, Operation};
use crate::lint::annotate::value_place;
use crate::lint::{Audience, Doc, Docs, Draft, Findings, Fixable, Profile, Rule, Subject, Variation, Vector, words};
use crate::text::Severity;

use super::hh311_random_hook_object::{different, is_looked_up, same_place};

pub(super) const RULE: Rule = Rule {
    code: "HH701",
    name: "argocd-install-hook-every-sync",
    severity: Severity::Warning,
    profile: Profile::Argocd,
    fixable: Fixable::No,
    docs: Docs {
        summary: "A hook is for the install alone, and Argo CD runs it at every sync.",
        reports: "A Job, Pod, Secret or ConfigMap that is a hook of `pre-install` or `post-install` and of no upgrade. A warning when \
            the data of a Secret or ConfigMap are random, or when the template makes the hook only while `.Release.IsInstall` is \
            true; otherwise it is worth knowing.",
        happens: "Argo CD renders the chart and applies the result; it knows no install and no upgrade. `pre-install` becomes PreSync, \
            `post-install` PostSync, and `.Release.IsInstall` is true each time. The Job that makes the first administrator runs with \
            each sync, and a Secret with a random password is deleted and made anew.",
        remedy: "Write the script so that it may run again, and name both events. Make the Secret an ordinary object.",
        fine: "When the Job does no harm the second time.",
        evidence: &[
            "Argo CD's page on Helm: \"Helm hooks\"",
            "[argoproj/argo-cd#7536](https://github.com/argoproj/argo-cd/issues/7536)",
            "[bryopsida/wireguard-chart#46](https://github.com/bryopsida/wireguard-chart/issues/46)",
            "[helm/helm#9590](https://github.com/helm/helm/issues/9590)",
        ],
    },
    check,
    vectors: VECTORS,
};

const VECTORS: &[Vector] = &[
    Vector::bad(
        "a Job that makes the administrator",
        r#"apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-create-admin
  annotations:
    helm.sh/hook: post-install
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: main
          image: busybox:1.36
"#,
        &["info templates/x.yaml:6:19"],
    )
    .engine("argocd"),
    Vector::bad(
        "a random password, a hook that asks whether it is an install",
        r#"-- templates/a.yaml --
apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}-s
  annotations:
    helm.sh/hook: pre-install
stringData: {key: {{ randAlphaNum 20 }}}
-- templates/b.yaml --
{{- if .Release.IsInstall }}
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-b
  annotations:
    helm.sh/hook: pre-install,post-install
spec:
  restartPolicy: Never
  containers: [{name: main, image: "busybox:1.36"}]
{{- end }}
"#,
        &["warning templates/a.yaml:6:19", "warning templates/b.yaml:7:19"],
    )
    .engine("argocd"),
    Vector::good(
        "both events, or another kind",
        r#"apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-create-admin
  annotations:
    helm.sh/hook: post-install,post-upgrade
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: main
          image: busybox:1.36
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}
  annotations:
    helm.sh/hook: pre-install
---
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-test
  annotations:
    helm.sh/hook: test
spec:
  restartPolicy: Never
  containers: [{name: main, image: "busybox:1.36"}]
"#,
    )
    .engine("argocd"),
];

fn check(subject: &Subject, findings: &mut Findings) {
    for (at, doc, hook) in subject.hooks() {
        let is_known = match doc.kind() {
            "Job" => doc.group() == "batch",
            "Pod" | "Secret" | "ConfigMap" => doc.group().is_empty(),
            _ => false,
        };
        let installs = events_of(hook, Operation::Install);
        if !is_known || installs.is_empty() || !events_of(hook, Operation::Upgrade).is_empty() {
            continue;
        }
        let when = words::events(&installs);
        let (severity, why) = if is_random(subject, doc) {
            (Severity::Warning, "its random contents are other ones each time")
        } else if asks_for_install(subject, doc) {
            (Severity::Warning, "`.Release.IsInstall` is always true there")
        } else {
            (Severity::Info, "it knows no install and no upgrade")
        };
        let message = format!("{} is for {when} alone, and Argo CD runs it at every sync: {why}", doc.title());
        let help = match doc.kind() {
            "Job" | "Pod" => "Write it so that it may run again, and name the event of the upgrade too.",
            _ => "Make it an ordinary object.",
        };
        findings.push(
            Draft::new(severity, at, value_place(subject, at, &[HOOK]), message).help(help).engines(Audience::ARGOCD),
        );
    }
}

fn events_of(hook: &Hook, operation: Operation) -> Vec<Event> {
    let mut events: Vec<Event> = hook.events.iter().copied().filter(|event| event.operation() == operation).collect();
    events.dedup();
    events
}

fn is_random(subject: &Subject, doc: &Doc) -> bool {
    if !matches!(doc.kind(), "Secret" | "ConfigMap") || is_looked_up(subject, doc) {
        return false;
    }
    let other = subject.otherwise(&Variation::OtherSeed);
    other.is_some_and(|other| same_place(doc, &other).is_some_and(|twin| different(doc, twin).is_some()))
}

/// True for a hook that is not there when the chart is rendered as an upgrade.
fn asks_for_install(subject: &Subject, doc: &Doc) -> bool {
    let upgrade = if subject.is_upgrade { None } else { subject.otherwise(&Variation::Upgrade) };
    upgrade.is_some_and(|upgrade| subject.twin(doc, &upgrade).is_none())
}
