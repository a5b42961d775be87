//! HH201: a `pre-install` hook needs an object of the release, which Helm installs after it.

use crate::lint::annotate::name_place;
use crate::lint::shortfall::shortfalls;
use crate::lint::{Audience, Docs, Draft, Findings, Fixable, Need, Profile, Rule, State, Subject, Vector};
use crate::text::Severity;

pub(super) const RULE: Rule = Rule {
    code: "HH201",
    name: "hook-needs-release-object",
    severity: Severity::Error,
    profile: Profile::Default,
    fixable: Fixable::No,
    docs: Docs {
        summary: "A `pre-install` hook needs an object of the release, and nothing of the release is installed yet.",
        reports: "The pods of a `pre-install` hook name a ServiceAccount, ConfigMap, Secret, PersistentVolumeClaim or PriorityClass \
            that the chart renders as an ordinary object. A secret for pulling images, and a hook that Helm does not wait for, are a \
            warning. References with `optional: true` and names the chart does not render are left out.",
        happens: "Helm runs all `pre-install` hooks before it creates the first object of the release. The pods of a Job stay \
            pending, or cannot be created at all, until Helm gives up (five minutes without `--timeout`); the API server refuses a \
            Pod whose ServiceAccount does not exist. Nothing of the release is installed then. Argo CD runs such a hook in PreSync, \
            before the sync. It often goes unseen: where the object is left from an earlier install, all is well.",
        remedy: "Give the hook a copy of the object as a hook of its own: another name, the same events, a lower \
            `helm.sh/hook-weight`. Or run the hook at `post-install`.",
        fine: "When the object is made by hand before the chart is installed, and the chart is never asked to make it.",
        evidence: &[
            "`pkg/action/install.go` (3.21.4, 4.2.4): hooks first, then `Create`",
            "[helm/helm#7447](https://github.com/helm/helm/issues/7447)",
            "[airbytehq/airbyte#10336](https://github.com/airbytehq/airbyte/issues/10336)",
            "[flipt-io/helm-charts#204](https://github.com/flipt-io/helm-charts/issues/204)",
            "[gravitational/teleport#48530](https://github.com/gravitational/teleport/issues/48530)",
            "[evoila/meho#2417](https://github.com/evoila/meho/issues/2417)",
        ],
    },
    check,
    vectors: VECTORS,
};

const VECTORS: &[Vector] = &[
    Vector::bad(
        "a Job that reads a ConfigMap of the release",
        r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-env
data: {a: "1"}
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
      containers:
        - name: main
          image: busybox:1.36
          envFrom:
            - configMapRef: {name: {{ .Release.Name }}-env}
"#,
        &["error templates/x.yaml:22:36"],
    ),
    Vector::good(
        "a copy that is a hook",
        r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-migrate-env
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-weight: "-5"
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
data: {a: "1"}
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-migrate
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: main
          image: busybox:1.36
          envFrom:
            - configMapRef: {name: {{ .Release.Name }}-migrate-env}
"#,
    ),
    Vector::bad(
        "every kind of reference, in init containers and projected volumes too",
        r#"-- templates/objects.yaml --
apiVersion: v1
kind: ServiceAccount
metadata: {name: {{ .Release.Name }}-account}
---
apiVersion: v1
kind: Secret
metadata: {name: {{ .Release.Name }}-secret}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}-config}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: {{ .Release.Name }}-claim}
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: {{ .Release.Name }}-class}
value: 1
-- templates/pod.yaml --
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-run
  annotations:
    helm.sh/hook: pre-install
spec:
  restartPolicy: Never
  serviceAccountName: {{ .Release.Name }}-account
  priorityClassName: {{ .Release.Name }}-class
  volumes:
    - name: claim
      persistentVolumeClaim:
        claimName: {{ .Release.Name }}-claim
    - name: more
      projected:
        sources:
          - secret:
              name: {{ .Release.Name }}-secret
  initContainers:
    - name: first
      image: busybox:1.36
      env:
        - name: A
          valueFrom:
            configMapKeyRef:
              name: {{ .Release.Name }}-config
              key: a
  containers:
    - name: main
      image: busybox:1.36
"#,
        &[
            "error templates/pod.yaml:9:23",
            "error templates/pod.yaml:10:22",
            "error templates/pod.yaml:14:20",
            "error templates/pod.yaml:19:21",
            "error templates/pod.yaml:27:21",
        ],
    ),
    Vector::bad(
        "what is needed less: a secret for pulling, a hook nobody waits for",
        r#"apiVersion: v1
kind: Secret
metadata: {name: {{ .Release.Name }}-pull}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: {{ .Release.Name }}-account}
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-run
  annotations:
    helm.sh/hook: pre-install
spec:
  template:
    spec:
      restartPolicy: Never
      imagePullSecrets:
        - name: {{ .Release.Name }}-pull
      containers:
        - name: main
          image: busybox:1.36
---
apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: {{ .Release.Name }}-puller
  annotations:
    helm.sh/hook: pre-install
spec:
  selector: {matchLabels: {app: puller}}
  template:
    metadata: {labels: {app: puller}}
    spec:
      serviceAccountName: {{ .Release.Name }}-account
      containers:
        - name: main
          image: busybox:1.36
"#,
        &["warning templates/x.yaml:20:17", "warning templates/x.yaml:36:27"],
    ),
    Vector::good(
        "optional, from elsewhere, of another group or namespace, the default account, or after the installation",
        r#"apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}-optional}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}-away, namespace: elsewhere}
---
apiVersion: example.org/v1
kind: Secret
metadata: {name: {{ .Release.Name }}-alike}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: default}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: {{ .Release.Name }}-account}
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-run
  annotations:
    helm.sh/hook: pre-install
spec:
  template:
    spec:
      restartPolicy: Never
      serviceAccountName: default
      priorityClassName: system-node-critical
      containers:
        - name: main
          image: busybox:1.36
          envFrom:
            - configMapRef: {name: {{ .Release.Name }}-optional, optional: true}
            - configMapRef: {name: {{ .Release.Name }}-away}
            - secretRef: {name: {{ .Release.Name }}-alike}
            - secretRef: {name: made-by-hand}
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-after
  annotations:
    helm.sh/hook: post-install,pre-delete,test
spec:
  template:
    spec:
      restartPolicy: Never
      serviceAccountName: {{ .Release.Name }}-account
      containers:
        - name: main
          image: busybox:1.36
"#,
    ),
];

fn check(subject: &Subject, findings: &mut Findings) {
    for short in shortfalls(subject, |lookup| lookup.found.state == State::NotYet) {
        let (hook, provider) = (short.hook, short.provider);
        // The pods of a CronJob come later than the release.
        if hook.1.kind() == "CronJob" {
            continue;
        }
        let message = format!(
            "{}, an object of the release, which Helm installs after `pre-install`. {}",
            short.needs(),
            short.outcome(subject)
        );
        let help = match short.reference.need {
            Need::Soft => {
                "Make the Secret a hook of its own with a lower `helm.sh/hook-weight`, or one that exists before the chart."
            }
            _ if short.reference.kind == "ServiceAccount" => {
                "Give the hook a ServiceAccount (and its roles and bindings) of its own as hooks with a lower \
                 `helm.sh/hook-weight`, or run it at `post-install`."
            }
            _ => {
                "Give the hook a copy under another name as a hook with a lower `helm.sh/hook-weight`, or run it at `post-install`."
            }
        };
        let there = format!("{} is an object of the release", short.reference.title());
        findings.push(
            Draft::new(short.severity(subject), hook.0, short.reference.span.clone(), message)
                .help(help)
                .related(provider.0, name_place(subject, provider.0), there)
                .engines(Audience::ALL),
        );
    }
}
