//! HH202: a hook needs an object that another hook of the same event makes after it.

use crate::helm::manifest::{HOOK, HOOK_WEIGHT};
use crate::lint::annotate::place;
use crate::lint::shortfall::{compared, shortfalls};
use crate::lint::{
    Applicability, Audience, Docs, Draft, Findings, Fixable, Profile, Rule, State, Subject, Vector, words,
};
use crate::text::Severity;

pub(super) const RULE: Rule = Rule {
    code: "HH202",
    name: "hook-needs-later-hook",
    severity: Severity::Error,
    profile: Profile::Default,
    fixable: Fixable::Sometimes(Applicability::Safe),
    docs: Docs {
        summary: "A hook needs an object that another hook of the same event makes only after it.",
        reports: "The pods of a hook name an object that is a hook of the same event with a higher weight, or with the same weight \
            and a later name, and nothing else makes the object by then. A hook that Helm does not wait for, such as a Deployment, is \
            a warning, and so is a secret for pulling images.",
        happens: "Helm runs the hooks of an event one after the other, by weight and then by name; the kind decides only between \
            equal names, whatever the documentation says. It waits for a Job or a Pod before it goes on. So it waits for pods that \
            cannot start, and the object they need is behind them in the line: the command ends in a timeout. Argo CD sorts a wave \
            by kind first, which hides the mistake there.",
        remedy: "Give what is needed a lower `helm.sh/hook-weight` than what needs it.",
        fine: "Never, for a Job or a Pod. With values that by their name are for Argo CD it is a warning.",
        evidence: &[
            "`hookByWeight` in `pkg/action/hooks.go` (3.21.4, 4.2.4)",
            "[helm/helm#7416](https://github.com/helm/helm/issues/7416)",
            "[helm/helm#10006](https://github.com/helm/helm/issues/10006)",
            "[helm/helm#10768](https://github.com/helm/helm/issues/10768)",
            "[helm/helm#12414](https://github.com/helm/helm/issues/12414): the documentation says kind before name",
        ],
    },
    check,
    vectors: VECTORS,
};

const VECTORS: &[Vector] = &[
    Vector::bad(
        "by name alone, `migrate` comes before `runner`",
        r#"apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}-runner
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-migrate
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
spec:
  template:
    spec:
      restartPolicy: Never
      serviceAccountName: {{ .Release.Name }}-runner
      containers:
        - name: main
          image: busybox:1.36
"#,
        &["error templates/x.yaml:20:27"],
    )
    .fixed(
        r#"apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}-runner
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-weight: "-1"
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-migrate
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
spec:
  template:
    spec:
      restartPolicy: Never
      serviceAccountName: {{ .Release.Name }}-runner
      containers:
        - name: main
          image: busybox:1.36
"#,
    ),
    Vector::bad(
        "a higher weight, needed by two",
        r#"-- templates/config.yaml --
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-a
  annotations: {helm.sh/hook: pre-install, helm.sh/hook-weight: "5"}
data: {a: "1"}
-- templates/first.yaml --
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-b
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-weight: "-3"
spec:
  restartPolicy: Never
  containers:
    - name: main
      image: busybox:1.36
      envFrom:
        - configMapRef:
            name: {{ .Release.Name }}-a
        - configMapRef:
            name: {{ .Release.Name }}-a
-- templates/second.yaml --
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}-c
  annotations:
    helm.sh/hook: pre-install
spec:
  selector: {matchLabels: {app: c}}
  template:
    metadata: {labels: {app: c}}
    spec:
      containers:
        - name: main
          image: busybox:1.36
          envFrom:
            - configMapRef:
                name: {{ .Release.Name }}-a
"#,
        &["error templates/first.yaml:15:19", "warning templates/second.yaml:17:23"],
    )
    .fixed(
        r#"-- templates/config.yaml --
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-a
  annotations: {helm.sh/hook: pre-install, helm.sh/hook-weight: "-4"}
data: {a: "1"}
-- templates/first.yaml --
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-b
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-weight: "-3"
spec:
  restartPolicy: Never
  containers:
    - name: main
      image: busybox:1.36
      envFrom:
        - configMapRef:
            name: {{ .Release.Name }}-a
        - configMapRef:
            name: {{ .Release.Name }}-a
-- templates/second.yaml --
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}-c
  annotations:
    helm.sh/hook: pre-install
spec:
  selector: {matchLabels: {app: c}}
  template:
    metadata: {labels: {app: c}}
    spec:
      containers:
        - name: main
          image: busybox:1.36
          envFrom:
            - configMapRef:
                name: {{ .Release.Name }}-a
"#,
    ),
    Vector::bad(
        "with values for Argo CD, which sorts by kind first",
        r#"-- templates/x.yaml --
{{- if .Values.hooks }}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-runner
  annotations:
    helm.sh/hook: pre-install
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-migrate
  annotations:
    helm.sh/hook: pre-install
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: main
          image: busybox:1.36
          envFrom: [{configMapRef: {name: {{ .Release.Name }}-runner}}]
{{- end }}
-- values.yaml --
hooks: false
-- ci/argo-cd-values.yaml --
hooks: true
"#,
        &["warning templates/x.yaml:22:43"],
    ),
    Vector::good(
        "a lower weight, an equal name, an object left by an earlier event, another that provides it",
        r#"apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}-z
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-weight: "-1"
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}-a
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-a
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
          envFrom:
            - secretRef: {name: {{ .Release.Name }}-z}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-kept
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-weight: "5"
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-reads-the-kept-one
  annotations:
    helm.sh/hook: pre-upgrade
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: main
          image: busybox:1.36
          envFrom:
            - configMapRef: {name: {{ .Release.Name }}-kept}
"#,
    ),
    Vector::good(
        "made in time when it is an upgrade",
        r#"apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}-z
  annotations:
    helm.sh/hook: pre-upgrade
    helm.sh/hook-weight: {{ if .Release.IsUpgrade }}"-1"{{ else }}"1"{{ end }}
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-a
  annotations:
    helm.sh/hook: pre-upgrade
spec:
  template:
    spec:
      restartPolicy: Never
      serviceAccountName: {{ .Release.Name }}-z
      containers:
        - name: main
          image: busybox:1.36
"#,
    ),
];

fn check(subject: &Subject, findings: &mut Findings) {
    for short in shortfalls(subject, |lookup| lookup.found.state == State::Later) {
        let (hook, provider) = (short.hook, short.provider);
        if hook.1.kind() == "CronJob" {
            continue;
        }
        let message = format!(
            "{}, which {} {} after it: {}. {}",
            short.needs(),
            words::events(&short.events),
            if short.events.len() > 1 { "make" } else { "makes" },
            compared(hook.1, provider.1),
            short.outcome(subject)
        );
        let fix = short.earlier(subject);
        let help = match fix.as_ref() {
            Some(fix) => format!("To have it there first, {}.", fix.title),
            None => format!("Give {} a lower `helm.sh/hook-weight` than {}.", provider.1.title(), hook.1.title()),
        };
        let weight = provider.1.hook().map_or(0, |hook| hook.weight.value);
        findings.push(
            Draft::new(short.severity(subject), hook.0, short.reference.span.clone(), message)
                .help(help)
                .related(
                    provider.0,
                    place(subject, provider.0, &[HOOK_WEIGHT, HOOK]),
                    format!("made here, with weight {weight}"),
                )
                .fix(fix)
                .engines(Audience { argocd: false, ..Audience::ALL }),
        );
    }
}
