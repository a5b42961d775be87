//! HH206: a `post-delete` hook needs an object of the release, which is deleted by then.

use crate::lint::annotate::name_place;
use crate::lint::shortfall::shortfalls;
use crate::lint::{Audience, Docs, Draft, Findings, Fixable, Profile, Rule, State, Subject, Vector};
use crate::text::Severity;

pub(super) const RULE: Rule = Rule {
    code: "HH206",
    name: "post-delete-needs-release-object",
    severity: Severity::Error,
    profile: Profile::Default,
    fixable: Fixable::No,
    docs: Docs {
        summary: "A `post-delete` hook needs an object of the release, and those are gone by then.",
        reports: "The pods of a `post-delete` hook name a ServiceAccount, ConfigMap, Secret, PersistentVolumeClaim or PriorityClass \
            that the chart renders as an ordinary object. A secret for pulling images, and a hook that Helm does not wait for, are a \
            warning. Objects with `helm.sh/resource-policy: keep` stay and are not reported.",
        happens: "`helm uninstall` deletes the objects of the release first. Then it creates the hook, whose pods cannot start, waits \
            until its timeout and fails; by that time the release is gone, its record too, and what the hook was to clean up stays. \
            The PostDelete hooks of Argo CD fare no better.",
        remedy: "Give the hook a copy of the object as a `post-delete` hook of its own: another name, a lower \
            `helm.sh/hook-weight`. Or use `pre-delete`, when everything is still there.",
        fine: "Never, unless the object is kept.",
        evidence: &[
            "`pkg/action/uninstall.go` (3.21.4, 4.2.4): delete, then the `post-delete` hooks",
            "[helm/helm#11157](https://github.com/helm/helm/issues/11157)",
            "[kubernetes-sigs/node-feature-discovery#1746](https://github.com/kubernetes-sigs/node-feature-discovery/issues/1746)",
        ],
    },
    check,
    vectors: VECTORS,
};

const VECTORS: &[Vector] = &[
    Vector::bad(
        "the account of the release",
        r#"apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}-m
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-bye
  annotations:
    helm.sh/hook: post-delete
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
        &["error templates/x.yaml:17:27"],
    ),
    Vector::bad(
        "a secret for pulling images is a warning",
        r#"apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}-pull
---
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-bye
  annotations:
    helm.sh/hook: post-delete
spec:
  restartPolicy: Never
  imagePullSecrets: [{name: {{ .Release.Name }}-pull}]
  containers:
    - name: main
      image: busybox:1.36
"#,
        &["warning templates/x.yaml:14:29"],
    ),
    Vector::good(
        "an account of its own",
        r#"apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}-bye
  annotations:
    helm.sh/hook: post-delete
    helm.sh/hook-weight: "-1"
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-bye-run
  annotations:
    helm.sh/hook: post-delete
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
spec:
  template:
    spec:
      restartPolicy: Never
      serviceAccountName: {{ .Release.Name }}-bye
      containers:
        - name: main
          image: busybox:1.36
"#,
    ),
    Vector::good(
        "kept, or needed before the objects are deleted",
        r#"apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: {{ .Release.Name }}-data
  annotations:
    helm.sh/resource-policy: keep
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}-m
---
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-bye
  annotations:
    helm.sh/hook: post-delete
spec:
  restartPolicy: Never
  volumes: [{name: d, persistentVolumeClaim: {claimName: {{ .Release.Name }}-data}}]
  containers:
    - name: main
      image: busybox:1.36
---
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-before
  annotations:
    helm.sh/hook: pre-delete
spec:
  restartPolicy: Never
  serviceAccountName: {{ .Release.Name }}-m
  containers:
    - name: main
      image: busybox:1.36
"#,
    ),
];

fn check(subject: &Subject, findings: &mut Findings) {
    for short in shortfalls(subject, |lookup| lookup.found.state == State::Gone) {
        let (hook, provider) = (short.hook, short.provider);
        let message = format!(
            "{}, an object of the release, which Helm has deleted by `post-delete`. {}",
            short.needs(),
            short.outcome(subject)
        );
        let help = "Give the hook a copy under another name as a `post-delete` hook with a lower `helm.sh/hook-weight`, or run it \
                    at `pre-delete`.";
        findings.push(
            Draft::new(short.severity(subject), hook.0, short.reference.span.clone(), message)
                .help(help)
                .related(
                    provider.0,
                    name_place(subject, provider.0),
                    format!("{} is an object of the release", short.reference.title()),
                )
                .engines(Audience::ALL),
        );
    }
}
