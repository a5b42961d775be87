//! HH304: an object that running workloads use is deleted and made anew at every upgrade.

use crate::helm::manifest::HOOK;
use crate::hooks::{DeletePolicy, Event, Operation};
use crate::lint::annotate::place;
use crate::lint::remains::comes_again;
use crate::lint::{
    Audience, Doc, Docs, Draft, Findings, Fixable, Need, Profile, Rule, Subject, Variation, Vector, words,
};
use crate::text::Severity;

use super::hh302_workload_uses_deleted_hook_object::users;
use super::hh305_stateful_hook::holds_data;
use super::hh311_random_hook_object::{different, same_place, stays_at_upgrade};

pub(super) const RULE: Rule = Rule {
    code: "HH304",
    name: "live-object-recreated",
    severity: Severity::Warning,
    profile: Profile::Default,
    fixable: Fixable::No,
    docs: Docs {
        summary: "An object that running workloads use is a hook, so Helm deletes it and makes it anew at every upgrade.",
        reports: "An ordinary workload names an object that only hooks make, at `pre-install` and at an event of an upgrade, with \
            `before-hook-creation` by word or by default and without `hook-succeeded`. A secret for pulling images is worth knowing, \
            not more.",
        happens: "Before the hook is created again, the object is deleted under the running pods. For a ServiceAccount the tokens of \
            those pods become invalid until they are renewed. A Secret or ConfigMap is replaced outside the release: a rollback does \
            not bring back the old contents, and `helm uninstall` leaves it. Argo CD does so with every sync.",
        remedy: "Make two objects: one for the hooks, under a name of its own and with `hook-succeeded`, and an ordinary one for the \
            workload.",
        fine: "When the pods read the object only once, and nobody minds that it stays after an uninstall. What a template leaves out of \
            an upgrade because `lookup` finds it is not reported, but for Argo CD, where `lookup` finds nothing.",
        evidence: &[
            "`pkg/action/hooks.go` (3.21.4, 4.2.4): `before-hook-creation` deletes whatever has the name",
            "[airbytehq/airbyte#18731](https://github.com/airbytehq/airbyte/issues/18731)",
            "[helm/helm#8694](https://github.com/helm/helm/issues/8694)",
            "[grafana/k8s-monitoring-helm#1934](https://github.com/grafana/k8s-monitoring-helm/issues/1934)",
            "[temporalio/helm-charts#432](https://github.com/temporalio/helm-charts/issues/432)",
        ],
    },
    check,
    vectors: VECTORS,
};

const LOOKED_FOR: &str = r#"{{- if not (lookup "v1" "Secret" .Release.Namespace .Release.Name) }}
apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
stringData: {key: {{ randAlphaNum 20 }}}
{{- end }}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: nginx:1.27
          envFrom: [{secretRef: {name: {{ .Release.Name }}}}]
"#;

const VECTORS: &[Vector] = &[
    Vector::bad(
        "the account of a Deployment",
        r#"apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      serviceAccountName: {{ .Release.Name }}
      containers:
        - name: web
          image: nginx:1.27
"#,
        &["warning templates/x.yaml:6:5"],
    ),
    Vector::bad(
        "a secret for pulling images",
        r#"apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}
  annotations:
    helm.sh/hook: pre-install,post-upgrade
    helm.sh/hook-delete-policy: before-hook-creation
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      imagePullSecrets: [{name: {{ .Release.Name }}}]
      containers:
        - name: web
          image: nginx:1.27
"#,
        &["info templates/x.yaml:6:5"],
    ),
    Vector::good(
        "ordinary, made once, or an object of hooks alone",
        r#"apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}
---
apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}-once
  annotations:
    helm.sh/hook: pre-install
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-unused
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      serviceAccountName: {{ .Release.Name }}
      containers:
        - name: web
          image: nginx:1.27
          envFrom:
            - secretRef: {name: {{ .Release.Name }}-once}
            - configMapRef: {name: {{ .Release.Name }}-unused, optional: true}
"#,
    ),
    Vector::good("left out when it is there", LOOKED_FOR),
    Vector::bad("not for Argo CD, where `lookup` finds nothing", LOOKED_FOR, &["warning templates/x.yaml:7:5"])
        .engine("argocd"),
    Vector::bad(
        "made anew with what is there",
        r#"{{- $there := lookup "v1" "Secret" .Release.Namespace .Release.Name }}
apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
data: {key: {{ dig "data" "key" (randAlphaNum 20 | b64enc) $there }}}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: nginx:1.27
          envFrom: [{secretRef: {name: {{ .Release.Name }}}}]
"#,
        &["warning templates/x.yaml:7:5"],
    ),
];

fn check(subject: &Subject, findings: &mut Findings) {
    for (at, doc, hook) in subject.hooks() {
        let policies = &hook.delete_policies;
        let upgrades: Vec<Event> =
            hook.events.iter().copied().filter(|event| event.operation() == Operation::Upgrade).collect();
        let recreated = policies.has(DeletePolicy::BeforeHookCreation) && !policies.has(DeletePolicy::HookSucceeded);
        // An object with data is HH305's.
        if upgrades.is_empty() || !hook.events.contains(&Event::PreInstall) || !recreated || holds_data(hook) {
            continue;
        }
        let is_hook = |at: &usize| subject.documents.get(*at).and_then(Doc::hook).is_some();
        let users: Vec<_> =
            users(subject, at).filter(|(_, reference)| reference.providers.iter().all(is_hook)).collect();
        let Some((user, reference)) = users.iter().min_by_key(|(at, reference)| (reference.need, *at)) else {
            continue;
        };
        let titles: Vec<String> =
            users.iter().filter_map(|(at, _)| Some(subject.documents.get(*at)?.title())).collect();
        let is_rendered = comes_again(subject, doc, &Variation::UpgradedAgain);
        let outcome = match doc.kind() {
            "ServiceAccount" => "the tokens of running pods become invalid",
            _ if is_rendered && !subject.audience.argocd && keeps_contents(subject, doc) => {
                "the template takes its contents from what `lookup` finds, so they are lost if Helm is stopped in between, and an \
                 uninstall leaves it"
            }
            _ => {
                "its contents change under running pods, a rollback does not bring them back, and an uninstall leaves it"
            }
        };
        let severity = if reference.need == Need::Hard { Severity::Warning } else { Severity::Info };
        let (who, when, engines) = match is_rendered {
            true => ("Helm", format!("at {}", words::events(&upgrades)), Audience::ALL),
            // There `lookup` finds nothing.
            false => ("Argo CD", "with every sync".to_owned(), Audience::ARGOCD),
        };
        let message =
            format!("{who} deletes {} and makes it anew {when}, while {}: {outcome}", doc.title(), in_use(&titles));
        let mut help = format!("Make {} an ordinary object", doc.title());
        if !subject.dependencies().dependents(subject, at).is_empty() {
            help.push_str(", and give the hooks that need it a copy under another name with `hook-succeeded`");
        }
        help.push('.');
        let about = subject.documents.get(*user).map(Doc::title).unwrap_or_default();
        findings.push(
            Draft::new(severity, at, place(subject, at, &[HOOK]), message)
                .help(help)
                .related(*user, reference.span.clone(), format!("{about} uses it here"))
                .engines(engines),
        );
    }
}

/// True when random contents stay at an upgrade, because a template takes them from the object that is there.
fn keeps_contents(subject: &Subject, doc: &Doc) -> bool {
    let without = subject.otherwise(&Variation::OtherSeed);
    let is_random = |other: &Subject| same_place(doc, other).is_some_and(|twin| different(doc, twin).is_some());
    stays_at_upgrade(subject, doc) && without.is_some_and(|other| is_random(&other))
}

/// ``Deployment `a` uses it``, ``Deployment `a` and others use it``: how many they are differs from values to values, the finding does not.
fn in_use(titles: &[String]) -> String {
    match titles {
        [] => "it is in use".to_owned(),
        [only] => format!("{only} uses it"),
        [first, second] => format!("{first} and {second} use it"),
        [first, ..] => format!("{first} and others use it"),
    }
}
