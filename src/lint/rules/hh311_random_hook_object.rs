//! HH311: a hook whose name or contents are other ones in each rendering.

use std::ops::Range;

use crate::hooks::{Event, Hook, Operation};
use crate::lint::annotate::name_place;
use crate::lint::pods;
use crate::lint::{Audience, Doc, Docs, Draft, Findings, Fixable, Profile, Rule, Subject, Variation, Vector, words};
use crate::text::Severity;

pub(super) const RULE: Rule = Rule {
    code: "HH311",
    name: "random-hook-object",
    severity: Severity::Warning,
    profile: Profile::Default,
    fixable: Fixable::No,
    docs: Docs {
        summary: "The name or the contents of a hook are other ones in each rendering.",
        reports: "The chart is rendered twice with the same values. A warning when the data of a Secret or ConfigMap hook differ and an \
            event of an upgrade is among its events; for Argo CD also with `pre-install` or `post-install` beside them. When a hook's \
            name differs, or holds the release's revision, it is worth knowing, not more. Checksums in annotations do not count, and \
            neither do objects that a template looks up in the cluster.",
        happens: "A new password at every upgrade: the Secret changes, the database that was set up with the old one does not, and \
            pods that start later are refused. With a name that changes, `before-hook-creation` never finds the object of the run \
            before, and each revision leaves one more.",
        remedy: "Make the Secret an ordinary object that is kept, and take over what is there with `lookup`; or let people name a \
            Secret of their own. Give a hook a name that stays.",
        fine: "When the contents are for this one run.",
        evidence: &[
            "[pomerium/pomerium-helm#155](https://github.com/pomerium/pomerium-helm/issues/155)",
            "[sentry-kubernetes/charts#482](https://github.com/sentry-kubernetes/charts/issues/482)",
            "[sentry-kubernetes/charts#2243](https://github.com/sentry-kubernetes/charts/issues/2243)",
            "[hcengineering/huly-selfhost#321](https://github.com/hcengineering/huly-selfhost/issues/321)",
            "[argoproj/argo-cd#9830](https://github.com/argoproj/argo-cd/issues/9830)",
        ],
    },
    check,
    vectors: VECTORS,
};

const PASSWORD: &str = r#"apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}-s
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
stringData: {user: admin, key: {{ randAlphaNum 20 }}}
"#;

const VECTORS: &[Vector] = &[
    Vector::bad("a new password at every upgrade", PASSWORD, &["warning templates/x.yaml:7:32"]),
    Vector::bad(
        "names with random text, with the revision",
        r#"-- templates/a.yaml --
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-{{ randAlpha 5 | lower }}
  annotations:
    helm.sh/hook: test
spec:
  restartPolicy: Never
  containers: [{name: main, image: "busybox:1.36"}]
-- templates/b.yaml --
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-{{ .Release.Revision }}
  annotations:
    helm.sh/hook: pre-upgrade
spec:
  restartPolicy: Never
  containers: [{name: main, image: "busybox:1.36"}]
"#,
        &["info templates/a.yaml:4:9", "info templates/b.yaml:4:9"],
    ),
    Vector::bad(
        "two sets of events, for Argo CD",
        r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-s
  annotations:
    helm.sh/hook: post-install,post-upgrade
data:
  a: x
  b: |
    {{ uuidv4 }}
"#,
        &["warning templates/x.yaml:9:6"],
    )
    .engine("argocd"),
    Vector::good(
        "the same each time, made once, a checksum, or taken from the cluster",
        r#"apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}-a
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    checksum: {{ randAlphaNum 20 | quote }}
stringData: {key: abc}
---
apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}-b
  annotations:
    helm.sh/hook: pre-install
stringData: {key: {{ randAlphaNum 20 }}}
---
{{- $old := lookup "v1" "Secret" .Release.Namespace (printf "%s-c" .Release.Name) }}
{{- $key := dig "data" "key" (randAlphaNum 20 | b64enc) $old }}
apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}-c
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
data: {key: {{ $key }}}
---
apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}-d
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
data: {copy: {{ $key }}}
"#,
    ),
];

fn check(subject: &Subject, findings: &mut Findings) {
    if subject.hooks().next().is_none() {
        return;
    }
    let other = subject.otherwise(&Variation::OtherSeed);
    let later = [Variation::Upgrade, Variation::NextUpgrade].map(|variation| subject.otherwise(&variation));
    for (at, doc, hook) in subject.hooks() {
        let twin = other.as_deref().and_then(|other| same_place(doc, other));
        if twin.is_some_and(|twin| twin.name() != doc.name()) {
            name_differs(subject, at, "holds random text", findings);
        } else if differs_by_revision(doc, &later) {
            name_differs(subject, at, "holds the revision", findings);
        }
        let is_data = matches!(doc.kind(), "Secret" | "ConfigMap") && doc.group().is_empty();
        let Some(span) = twin.filter(|_| is_data).and_then(|twin| different(doc, twin)) else { continue };
        let events = rotating(subject, hook);
        if events.is_empty() || is_looked_up(subject, doc) || stays_at_upgrade(subject, doc) {
            continue;
        }
        let message = format!(
            "{} gets other contents at every {}, for a template makes them up anew; what was set up with the old ones does not \
             follow",
            doc.title(),
            words::events(&events)
        );
        findings.push(
            Draft::new(Severity::Warning, at, span, message)
                .help("Make it an ordinary object with `helm.sh/resource-policy: keep`, and take over what is there with `lookup`.")
                .engines(Audience::ALL),
        );
    }
}

fn name_differs(subject: &Subject, at: usize, why: &str, findings: &mut Findings) {
    let Some(doc) = subject.documents.get(at) else { return };
    // Without the name, which is another one in each rendering.
    let message = format!(
        "the name of this {} {why}, so `before-hook-creation` never finds the one of the run before: each run leaves one more \
         unless `hook-succeeded` removes it",
        doc.kind()
    );
    findings.push(
        Draft::new(Severity::Info, at, name_place(subject, at), message)
            .help("Give the hook a name that stays.")
            .engines(Audience::ALL),
    );
}

/// The document at the same place of the same file.
pub(super) fn same_place<'s>(doc: &Doc, other: &'s Subject) -> Option<&'s Doc> {
    let same = |twin: &&Doc| {
        (&twin.source.path, twin.source.document, twin.kind()) == (&doc.source.path, doc.source.document, doc.kind())
    };
    other.documents.iter().find(same)
}

/// True when two upgrades in a row, which differ in the revision alone, name the hook differently.
fn differs_by_revision(doc: &Doc, upgrades: &[Option<std::rc::Rc<Subject>>; 2]) -> bool {
    let [Some(first), Some(second)] = upgrades else { return false };
    let names = (same_place(doc, first).map(Doc::name), same_place(doc, second).map(Doc::name));
    matches!(names, (Some(first), Some(second)) if first != second)
}

/// The first value of an object's data that another rendering of it has otherwise.
pub(super) fn different(doc: &Doc, twin: &Doc) -> Option<Range<u32>> {
    for table in ["data", "stringData", "binaryData"] {
        let Some(own) = doc.get(&[table]) else { continue };
        for (key, value) in own.entries() {
            let same = twin.root().and_then(|root| pods::get(root, &[table]))?.get(key.text());
            if same.is_none_or(|same| same.text() != value.target().text()) {
                return Some(value.span()).filter(|span| !span.is_empty()).or(Some(key.span()));
            }
        }
    }
    None
}

/// The events at which new contents replace old ones.
fn rotating(subject: &Subject, hook: &Hook) -> Vec<Event> {
    let upgrades: Vec<Event> =
        hook.events.iter().copied().filter(|event| event.operation() == Operation::Upgrade).collect();
    // To Argo CD install and upgrade are one: what is for the install alone is HH701's.
    if upgrades.is_empty() || !subject.audience.argocd {
        return upgrades;
    }
    hook.events
        .iter()
        .copied()
        .filter(|event| matches!(event.operation(), Operation::Install | Operation::Upgrade))
        .collect()
}

/// True when an upgrade with other random numbers gives the same contents, as far as look-ups find what this rendering has made.
pub(super) fn stays_at_upgrade(subject: &Subject, doc: &Doc) -> bool {
    let next = subject.otherwise(&Variation::UpgradedAgain);
    next.is_some_and(|next| subject.twin(doc, &next).is_some_and(|twin| different(doc, twin).is_none()))
}

/// True when a template asks the cluster for the object, and so may keep what is there.
pub(super) fn is_looked_up(subject: &Subject, doc: &Doc) -> bool {
    subject.looked_up.iter().any(|(kind, name)| kind == doc.kind() && (name.is_empty() || name == doc.name()))
}
