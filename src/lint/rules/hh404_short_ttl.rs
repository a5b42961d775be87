//! HH404: a Job that deletes itself soon after it ends.

use crate::hooks::DeletePolicy;
use crate::lint::{
    Applicability, Audience, Docs, Draft, Findings, Fix, Fixable, Profile, Rule, Subject, Vector, entries, pods,
};
use crate::text::Severity;

pub(super) const RULE: Rule = Rule {
    code: "HH404",
    name: "short-ttl",
    severity: Severity::Warning,
    profile: Profile::Default,
    fixable: Fixable::Sometimes(Applicability::Safe),
    docs: Docs {
        summary: "`ttlSecondsAfterFinished` deletes a hook's Job so soon that nobody may see how it ended.",
        reports: "A hook of kind Job with `ttlSecondsAfterFinished` of 30 or less, and one with any such value beside the delete \
            policy `hook-succeeded`, which deletes the Job anyway. It is of severity info; the first case is a warning for Argo CD.",
        happens: "Argo CD asks for the Job now and then; one that is gone when it asks was never done, and the sync hangs or starts \
            over (since 3.0 a finalizer helps in most cases). Helm 3 and 4 watch the Job and see its end before Kubernetes deletes \
            it, even with 0; only when the watch is interrupted in that moment does Helm 4 wait until the timeout, and Helm 3 count \
            the Job as succeeded.",
        remedy: "Remove it and let the delete policy `hook-succeeded` do the work, or write 300 or more.",
        fine: "Flux and Helm cope with it.",
        evidence: &[
            "[helm/helm#32586](https://github.com/helm/helm/issues/32586)",
            "[argoproj/argo-cd#21055](https://github.com/argoproj/argo-cd/issues/21055)",
            "[argoproj/argo-cd#18884](https://github.com/argoproj/argo-cd/issues/18884)",
            "[kumahq/kuma#16084](https://github.com/kumahq/kuma/issues/16084)",
            "[bitnami/charts#8270](https://github.com/bitnami/charts/issues/8270)",
        ],
    },
    check,
    vectors: VECTORS,
};

const SHORT: &str = r"apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-delete-policy: before-hook-creation
spec:
  ttlSecondsAfterFinished: 0
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: main
          image: busybox:1.36
";

const VECTORS: &[Vector] = &[
    Vector::bad("gone at once", SHORT, &["info templates/x.yaml:9:28"]),
    Vector::bad("gone at once, for Argo CD", SHORT, &["warning templates/x.yaml:9:28"]).engine("argocd"),
    Vector::bad(
        "beside hook-succeeded",
        r"apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
spec:
  ttlSecondsAfterFinished: 600
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: main
          image: busybox:1.36
",
        &["info templates/x.yaml:9:28"],
    )
    .engine("argocd")
    .fixed(
        r"apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-m
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
",
    ),
    Vector::good(
        "long enough, and a Job of the release",
        r#"-- templates/a.yaml --
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-a
  annotations:
    helm.sh/hook: pre-install
spec:
  ttlSecondsAfterFinished: 31
  template: {spec: {restartPolicy: Never, containers: [{name: main, image: "busybox:1.36"}]}}
-- templates/b.yaml --
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-b
spec:
  ttlSecondsAfterFinished: 0
  template: {spec: {restartPolicy: Never, containers: [{name: main, image: "busybox:1.36"}]}}
"#,
    ),
];

/// Argo CD has looked at a Job by then.
const LONG_ENOUGH: i64 = 30;

fn check(subject: &Subject, findings: &mut Findings) {
    for (index, doc, hook) in subject.hooks() {
        for object in pods::objects(doc).into_iter().filter(|object| object.kind() == "Job") {
            let path = ["spec", "ttlSecondsAfterFinished"];
            let (Some(ttl), Some(spec)) = (pods::number(object.node, &path), pods::get(object.node, &["spec"])) else {
                continue;
            };
            let Some((key, value)) = pods::entry(spec, "ttlSecondsAfterFinished") else { continue };
            let deleted = hook.delete_policies.has(DeletePolicy::HookSucceeded);
            let title = format!("Job `{}`", object.name());
            let (severity, message) = if ttl <= LONG_ENOUGH {
                let severity = if subject.audience.argocd { Severity::Warning } else { Severity::Info };
                let message = format!(
                    "{title} is deleted {ttl} seconds after it ends: Argo CD, before 3.0 above all, may not see its end, and the sync \
                     never ends. Helm 4 waits until the timeout if its watch breaks off in that moment"
                );
                (severity, message)
            } else if deleted {
                let message =
                    format!("{title} is deleted by its delete policy `hook-succeeded` before {ttl} seconds are over");
                (Severity::Info, message)
            } else {
                continue;
            };
            let help = match deleted {
                true => "Remove it: `hook-succeeded` deletes the Job.",
                false => "Remove it and add `hook-succeeded` to the delete policy, or write 300 or more.",
            };
            let remove = || Fix::new(Applicability::Safe, "remove it", vec![entries::remove(index, (key, value))]);
            let draft = Draft::new(severity, index, value.span(), message).help(help).fix(deleted.then(remove));
            findings.push(draft.engines(Audience { flux: false, ..Audience::ALL }));
        }
    }
}
