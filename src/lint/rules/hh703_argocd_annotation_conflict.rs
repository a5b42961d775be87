//! HH703: a hook of Helm that is a hook of Argo CD too, for other moments.

use std::collections::BTreeSet;

use crate::helm::manifest::HOOK;
use crate::hooks::{Event, Hook};
use crate::lint::annotate::place;
use crate::lint::annotation::{ARGOCD_HOOK, entry};
use crate::lint::{Audience, Docs, Draft, Findings, Fixable, Profile, Rule, Subject, Vector, words};
use crate::text::Severity;

pub(super) const RULE: Rule = Rule {
    code: "HH703",
    name: "argocd-annotation-conflict",
    severity: Severity::Warning,
    profile: Profile::Argocd,
    fixable: Fixable::No,
    docs: Docs {
        summary: "An object is a hook of Helm and of Argo CD, and the two say different things.",
        reports: "`argocd.argoproj.io/hook` on an object with `helm.sh/hook`, unless both come to the same: PreSync for `pre-install` \
            and `pre-upgrade`, PostSync for `post-install` and `post-upgrade`, PreDelete and PostDelete for the events of an \
            uninstall.",
        happens: "Argo CD then ignores the events of Helm for this object. `helm.sh/hook-delete-policy` still adds to its own \
            policies, and `argocd.argoproj.io/sync-wave` wins over `helm.sh/hook-weight`.",
        remedy: "Use one family of annotations for an object, behind a value where people need both.",
        fine: "When the two differ on purpose.",
        evidence: &[
            "`gitops-engine/pkg/sync/hook/hook.go`, `delete_policy.go` (3.5.1)",
            "[argoproj/argo-cd#15613](https://github.com/argoproj/argo-cd/issues/15613)",
            "[Sentinel-One/helm-charts#244](https://github.com/Sentinel-One/helm-charts/issues/244)",
        ],
    },
    check,
    vectors: VECTORS,
};

const VECTORS: &[Vector] = &[
    Vector::bad(
        "before for Helm, after for Argo CD",
        r#"apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    argocd.argoproj.io/hook: PostSync
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: main
          image: busybox:1.36
"#,
        &["warning templates/x.yaml:7:5"],
    )
    .engine("argocd"),
    Vector::good(
        "the same moments, or one family",
        r#"apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-a
  annotations:
    helm.sh/hook: pre-install,pre-upgrade,post-delete
    argocd.argoproj.io/hook: PostDelete, PreSync
spec:
  restartPolicy: Never
  containers: [{name: main, image: "busybox:1.36"}]
---
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-b
  annotations:
    argocd.argoproj.io/hook: Sync
spec:
  restartPolicy: Never
  containers: [{name: main, image: "busybox:1.36"}]
"#,
    )
    .engine("argocd"),
];

fn check(subject: &Subject, findings: &mut Findings) {
    for (at, doc, hook) in subject.hooks() {
        let (Some(text), Some((key, _))) = (doc.annotation_text(ARGOCD_HOOK), entry(doc, ARGOCD_HOOK)) else {
            continue;
        };
        let own: BTreeSet<&str> = text.split(',').map(str::trim).filter(|word| !word.is_empty()).collect();
        let phases = phases(hook);
        if own.is_empty() || own == phases {
            continue;
        }
        let shown: Vec<String> = own.iter().map(|phase| format!("`{phase}`")).collect();
        let instead: Vec<String> = phases.iter().map(|phase| format!("`{phase}`")).collect();
        let instead = match instead.is_empty() {
            true => String::new(),
            false => format!(" ({} to it)", words::list(&instead)),
        };
        let message = format!(
            "for Argo CD {} is a hook of {} and not of {}{instead}: its own annotation wins",
            doc.title(),
            words::list(&shown),
            words::events(&hook.events)
        );
        findings.push(
            Draft::new(Severity::Warning, at, key.span(), message)
                .help("Use one family of annotations for an object, behind a value where people need both.")
                .related(at, place(subject, at, &[HOOK]), "what Helm goes by")
                .engines(Audience::ARGOCD),
        );
    }
}

/// The hooks Argo CD makes of Helm's events.
fn phases(hook: &Hook) -> BTreeSet<&'static str> {
    let phase = |event: &Event| match event {
        Event::PreInstall | Event::PreUpgrade => Some("PreSync"),
        Event::PostInstall | Event::PostUpgrade => Some("PostSync"),
        Event::PreDelete => Some("PreDelete"),
        Event::PostDelete => Some("PostDelete"),
        Event::PreRollback | Event::PostRollback | Event::Test => None,
    };
    hook.events.iter().filter_map(phase).collect()
}
