//! HH204: a hook needs an object that only hooks of other events make.

use crate::helm::manifest::HOOK;
use crate::hooks::DeletePolicy;
use crate::lint::annotate::{append_event, set_weight, value_place};
use crate::lint::shortfall::{Shortfall, shortfalls, weight_before_dependents};
use crate::lint::{
    Applicability, Audience, Docs, Draft, Edit, Findings, Fix, Fixable, Profile, Rule, State, Subject, Vector, words,
};
use crate::text::Severity;

pub(super) const RULE: Rule = Rule {
    code: "HH204",
    name: "dependency-event-gap",
    severity: Severity::Error,
    profile: Profile::Default,
    fixable: Fixable::Sometimes(Applicability::Safe),
    docs: Docs {
        summary: "A hook needs an object that is a hook too, but not of this event, and is gone by then.",
        reports: "The pods of a hook name an object that only hooks make, none of them at this event. Looked at are the events that \
            ran for sure before: `post-install` comes after `pre-install`, an upgrade after both. An error when one of them made the \
            object and `hook-succeeded` removed it again, or when none of them makes it. A warning when only hooks of upgrades make \
            it and it is needed by a test, a rollback or an uninstall.",
        happens: "The object is not there, the pods cannot start, and Helm waits for them until its timeout. The first install is \
            often well, and the first upgrade fails. For Argo CD install and upgrade are one and the same.",
        remedy: "Add the event to the events of what is needed.",
        fine: "When a program that runs in another hook makes the object: Helm and this check do not know of it, so nothing is \
            reported unless the chart renders the object as well.",
        evidence: &[
            "`pkg/action/hooks.go` (3.21.4, 4.2.4): `hook-succeeded` is acted on at the end of the event",
            "[clastix/kamaji-etcd#47](https://github.com/clastix/kamaji-etcd/issues/47)",
            "[cozystack/cozystack#4276](https://github.com/cozystack/cozystack/issues/4276)",
            "[argoproj/argo-cd#26404](https://github.com/argoproj/argo-cd/issues/26404)",
        ],
    },
    check,
    vectors: VECTORS,
};

const VECTORS: &[Vector] = &[
    Vector::bad(
        "an account for the install alone, removed after it",
        r#"apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-weight: "-1"
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-m-run
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
spec:
  template:
    spec:
      restartPolicy: Never
      serviceAccountName: {{ .Release.Name }}-m
      containers:
        - name: main
          image: busybox:1.36
"#,
        &["error templates/x.yaml:6:19"],
    )
    .fixed(
        r#"apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-weight: "-1"
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-m-run
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
spec:
  template:
    spec:
      restartPolicy: Never
      serviceAccountName: {{ .Release.Name }}-m
      containers:
        - name: main
          image: busybox:1.36
"#,
    ),
    Vector::bad(
        "made by no event before, and a weight that has to change with the event",
        r#"-- templates/a.yaml --
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-z
  annotations:
    "helm.sh/hook": "post-upgrade"
-- templates/b.yaml --
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-run
  annotations:
    helm.sh/hook: post-install
spec:
  restartPolicy: Never
  containers:
    - name: main
      image: busybox:1.36
      envFrom:
        - configMapRef: {name: {{ .Release.Name }}-z}
"#,
        &["error templates/a.yaml:6:21"],
    )
    .fixed(
        r#"-- templates/a.yaml --
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-z
  annotations:
    "helm.sh/hook": "post-upgrade,post-install"
    helm.sh/hook-weight: "-1"
-- templates/b.yaml --
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-run
  annotations:
    helm.sh/hook: post-install
spec:
  restartPolicy: Never
  containers:
    - name: main
      image: busybox:1.36
      envFrom:
        - configMapRef: {name: {{ .Release.Name }}-z}
"#,
    ),
    Vector::bad(
        "made by upgrades alone, needed when the release is uninstalled",
        r#"apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}-a
  annotations:
    helm.sh/hook: pre-upgrade
    helm.sh/hook-weight: "-1"
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-bye
  annotations:
    helm.sh/hook: pre-delete
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: main
          image: busybox:1.36
          envFrom:
            - secretRef: {name: {{ .Release.Name }}-a}
"#,
        &["warning templates/x.yaml:6:19"],
    )
    .fixed(
        r#"apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}-a
  annotations:
    helm.sh/hook: pre-upgrade,pre-delete
    helm.sh/hook-weight: "-1"
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-bye
  annotations:
    helm.sh/hook: pre-delete
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: main
          image: busybox:1.36
          envFrom:
            - secretRef: {name: {{ .Release.Name }}-a}
"#,
    ),
    Vector::good(
        "left by an earlier event, or made by a second hook",
        r#"apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}-kept
  annotations:
    helm.sh/hook: pre-install
---
apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}-both
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-weight: "-1"
    helm.sh/hook-delete-policy: hook-succeeded
---
apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}-both
  annotations:
    helm.sh/hook: post-upgrade
    helm.sh/hook-weight: "-1"
    helm.sh/hook-delete-policy: hook-succeeded
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-run
  annotations:
    helm.sh/hook: post-upgrade
spec:
  template:
    spec:
      restartPolicy: Never
      serviceAccountName: {{ .Release.Name }}-kept
      containers:
        - name: main
          image: busybox:1.36
          envFrom:
            - secretRef: {name: {{ .Release.Name }}-both}
"#,
    ),
    Vector::good(
        "the events of an upgrade when it is one",
        r#"apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}-a
  annotations:
    helm.sh/hook: {{ if .Release.IsUpgrade }}pre-upgrade{{ else }}pre-install{{ end }}
    helm.sh/hook-weight: "-1"
    helm.sh/hook-delete-policy: hook-succeeded
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-run
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
spec:
  template:
    spec:
      restartPolicy: Never
      serviceAccountName: {{ .Release.Name }}-a
      containers:
        - name: main
          image: busybox:1.36
"#,
    ),
];

fn check(subject: &Subject, findings: &mut Findings) {
    for state in [State::Reaped, State::Never, State::AfterUpgrade] {
        for short in shortfalls(subject, |lookup| lookup.found.state == state) {
            report(subject, &short, state, findings);
        }
    }
}

fn report(subject: &Subject, short: &Shortfall<'_>, state: State, findings: &mut Findings) {
    let (at, doc) = short.provider;
    let Some(made) = doc.hook() else { return };
    let events = words::events(&short.events);
    let own = words::events(&made.events);
    let (make, remove) = if made.events.len() > 1 { ("make", "remove") } else { ("makes", "removes") };
    let why = match state {
        State::Reaped => format!("`hook-succeeded` removed it after {own}"),
        State::AfterUpgrade => format!("only {own} {make} it, so it is there if the release was ever upgraded"),
        _ if made.delete_policies.has(DeletePolicy::HookSucceeded) => {
            format!("only {own} {make} it, and {remove} it again")
        }
        _ => format!("only {own} {make} it"),
    };
    let message = format!("{} at {events}, but {why}. {}", short.needs(), short.outcome(subject));
    let severity = match state {
        State::AfterUpgrade => Severity::Warning,
        _ => short.severity(subject),
    };
    let help = format!("Add {events} to the events of {}.", doc.title());
    findings.push(
        Draft::new(severity, at, value_place(subject, at, &[HOOK]), message)
            .help(help)
            .related(short.hook.0, short.reference.span.clone(), format!("{} needs it here", short.hook.1.title()))
            .fix(mend(subject, short))
            .engines(Audience { argocd: false, ..Audience::ALL }),
    );
}

/// Adds the events; where the object would come too late at them, it gets a lower weight too.
fn mend(subject: &Subject, short: &Shortfall<'_>) -> Option<Fix> {
    let (at, doc) = short.provider;
    let events: Vec<&str> = short.events.iter().map(|event| event.name()).collect();
    let mut edits: Vec<Edit> = vec![append_event(subject, at, &events)?];
    let mut title = format!("add {} to the events of {}", words::events(&short.events), doc.title());
    let (made, hook) = (doc.hook()?, short.hook.1.hook()?);
    if made.weight.value >= hook.weight.value {
        let shared = weight_before_dependents(subject, at);
        let weight = hook.weight.value.checked_sub(1)?;
        let weight = shared.map_or(weight, |shared| shared.min(weight));
        edits.push(set_weight(subject, at, weight)?);
        title.push_str(&format!(", and give it the weight {weight}"));
    }
    Some(Fix { applicability: Applicability::Safe, title, edits })
}
