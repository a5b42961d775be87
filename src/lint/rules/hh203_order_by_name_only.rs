//! HH203: a hook finds what it needs only because Helm sorts hooks of one weight by name.

use crate::helm::manifest::{HOOK, HOOK_WEIGHT};
use crate::hooks::Event;
use crate::lint::annotate::place;
use crate::lint::availability::is_awaited;
use crate::lint::shortfall::{commands, earlier};
use crate::lint::{
    Applicability, Audience, Availability, Doc, Docs, Draft, Findings, Fixable, Profile, Rule, State, Subject,
    Variation, Vector, words,
};
use crate::text::Severity;

pub(super) const RULE: Rule = Rule {
    code: "HH203",
    name: "order-by-name-only",
    severity: Severity::Error,
    profile: Profile::Default,
    fixable: Fixable::Sometimes(Applicability::Safe),
    docs: Docs {
        summary: "A hook finds what it needs only because its name sorts behind.",
        reports: "A Job or Pod names an object, or runs as an account whose binding or role is an object, that is a hook of the same \
            event with the same weight and comes first by name alone. The four values that look most like their names (`fullnameOverride`, \
            `nameOverride`, the name of a service account) are set to `zzz` and to `0`: where that turns the order around it is an \
            error, and so it is where the release's name decides (`a` and `zz` are tried where it stands in both). A name that begins with the other and stays so is worth knowing, \
            not more.",
        happens: "Nothing, until somebody renames something: then the hook runs before what it needs, and the command ends in a \
            timeout. Equal names are sorted by kind since Helm 3.2.0, which is safe until a value changes one of them. Argo CD sorts \
            a wave by kind first.",
        remedy: "Give what is needed a lower `helm.sh/hook-weight`.",
        fine: "When the names are a contract, and a comment beside them says so.",
        evidence: &[
            "`hookByWeight` in `pkg/action/hooks.go` (3.21.4, 4.2.4)",
            "[helm/helm#12414](https://github.com/helm/helm/issues/12414)",
            "[kubernetes/ingress-nginx#11376](https://github.com/kubernetes/ingress-nginx/issues/11376): a value for the name of such \
             an account",
        ],
    },
    check,
    vectors: VECTORS,
};

const VECTORS: &[Vector] = &[
    Vector::bad(
        "a name that begins with the other, for every release and every value",
        r#"apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
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
        &["info templates/x.yaml:6:5"],
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
        "names that differ, and those of role and binding with them",
        r#"-- templates/account.yaml --
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}-account
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-weight: "2"
-- templates/binding.yaml --
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: {{ .Release.Name }}-binding
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-weight: "2"
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: {{ .Release.Name }}-binding}
subjects:
  - {kind: ServiceAccount, name: {{ .Release.Name }}-account, namespace: {{ .Release.Namespace }}}
-- templates/job.yaml --
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-migrate
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-weight: "2"
spec:
  template:
    spec:
      restartPolicy: Never
      serviceAccountName: {{ .Release.Name }}-account
      containers:
        - name: main
          image: busybox:1.36
-- templates/role.yaml --
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: {{ .Release.Name }}-binding
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-weight: "2"
rules: []
"#,
        &[
            "warning templates/account.yaml:7:5",
            "warning templates/binding.yaml:7:5",
            "warning templates/role.yaml:7:5",
        ],
    ),
    Vector::bad(
        "a value turns the order around",
        r#"-- values.yaml --
serviceAccount: {name: ""}
-- templates/x.yaml --
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Values.serviceAccount.name | default (printf "%s-account" .Release.Name) }}
  annotations:
    helm.sh/hook: pre-install
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-account-run
  annotations:
    helm.sh/hook: pre-install
spec:
  template:
    spec:
      restartPolicy: Never
      serviceAccountName: {{ .Values.serviceAccount.name | default (printf "%s-account" .Release.Name) }}
      containers:
        - name: main
          image: busybox:1.36
"#,
        &["error templates/x.yaml:6:5"],
    ),
    Vector::bad(
        "a value that is there without a text",
        r#"-- values.yaml --
fullnameOverride:
-- templates/x.yaml --
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ default (printf "%s-app" .Release.Name) .Values.fullnameOverride }}-tests
  annotations:
    helm.sh/hook: test
---
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-ui-test
  annotations:
    helm.sh/hook: test
spec:
  restartPolicy: Never
  containers:
    - name: main
      image: busybox:1.36
      envFrom:
        - configMapRef: {name: {{ default (printf "%s-app" .Release.Name) .Values.fullnameOverride }}-tests}
"#,
        &["error templates/x.yaml:6:5"],
    ),
    Vector::bad(
        "equal names, until a value changes one of them: of many values the one with most words in common is tried",
        r#"-- values.yaml --
fullnameOverride: ""
a: {serviceAccount: {name: ""}}
b: {serviceAccount: {name: ""}}
c: {serviceAccount: {name: ""}}
adminTask: {serviceAccount: {name: ""}}
-- templates/admin-task.yaml --
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Values.adminTask.serviceAccount.name | default .Release.Name }}
  annotations:
    helm.sh/hook: pre-install
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}
  annotations:
    helm.sh/hook: pre-install
spec:
  template:
    spec:
      restartPolicy: Never
      serviceAccountName: {{ .Values.adminTask.serviceAccount.name | default .Release.Name }}
      containers:
        - name: main
          image: busybox:1.36
"#,
        &["error templates/admin-task.yaml:6:5"],
    ),
    Vector::bad(
        "the release's name decides",
        r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: migrations
  annotations:
    helm.sh/hook: pre-install
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
      containers:
        - name: main
          image: busybox:1.36
          envFrom:
            - configMapRef: {name: migrations}
"#,
        &["error templates/x.yaml:6:5"],
    ),
    Vector::bad(
        "the release's name decides, and stands at the end of the other name",
        r#"apiVersion: v1
kind: Secret
metadata:
  name: hook-{{ .Release.Name }}
  annotations:
    helm.sh/hook: pre-install
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
      containers:
        - name: main
          image: busybox:1.36
          envFrom:
            - secretRef: {name: hook-{{ .Release.Name }}}
"#,
        &["error templates/x.yaml:6:5"],
    ),
    Vector::bad(
        "one line gives both their weight: the one that asks for it is shown",
        r#"-- templates/_helpers.tpl --
{{- define "app.hook" -}}
helm.sh/hook: pre-install
helm.sh/hook-weight: "-5"
{{- end -}}
-- templates/x.yaml --
apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}-keys
  annotations:
    {{- include "app.hook" . | nindent 4 }}
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-run
  annotations:
    {{- include "app.hook" . | nindent 4 }}
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: main
          image: busybox:1.36
          envFrom:
            - secretRef: {name: {{ .Release.Name }}-keys}
"#,
        &["warning templates/x.yaml:6:5"],
    ),
    Vector::good(
        "a lower weight, equal names no value changes, a hook nobody waits for",
        r#"-- values.yaml --
nameOverride: ""
-- templates/x.yaml --
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}{{ .Values.nameOverride }}
  annotations:
    helm.sh/hook: pre-install
---
apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}-a
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-weight: "-1"
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}{{ .Values.nameOverride }}
  annotations:
    helm.sh/hook: pre-install
spec:
  template:
    spec:
      restartPolicy: Never
      serviceAccountName: {{ .Release.Name }}{{ .Values.nameOverride }}
      containers:
        - name: main
          image: busybox:1.36
          envFrom:
            - secretRef: {name: {{ .Release.Name }}-a}
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
      serviceAccountName: {{ .Release.Name }}{{ .Values.nameOverride }}
      containers:
        - name: main
          image: busybox:1.36
"#,
    ),
];

/// How many values are tried, each with two texts: every try is one more rendering.
const MOST_VALUES: usize = 4;

/// Names of releases that sort before and behind most others.
const RELEASES: [&str; 2] = ["a", "zz"];

/// A hook that finds something by its name.
struct Pair {
    hook: usize,
    provider: usize,
    events: Vec<Event>,
    state: State,
}

/// What turns an order around.
enum Turn {
    ReleaseName,
    Named(&'static str),
    Value(Vec<String>, &'static str),
}

fn check(subject: &Subject, findings: &mut Findings) {
    let pairs = pairs(subject);
    let mut providers: Vec<usize> = pairs.iter().map(|pair| pair.provider).collect();
    providers.sort_unstable();
    providers.dedup();
    for provider in providers {
        let of_it = || pairs.iter().filter(|pair| pair.provider == provider);
        let turned = of_it().find_map(|pair| Some((pair, turn(subject, pair)?)));
        let first = of_it().find(|pair| pair.state == State::ReadyByName);
        let (Some(pair), turn) = (turned.as_ref().map(|(pair, _)| *pair).or(first), turned.as_ref().map(|(_, t)| t))
        else {
            continue;
        };
        report(subject, pair, turn, findings);
    }
}

fn report(subject: &Subject, pair: &Pair, turn: Option<&Turn>, findings: &mut Findings) {
    let (Some(doc), Some(hook)) = (subject.documents.get(pair.provider), subject.documents.get(pair.hook)) else {
        return;
    };
    let weight = doc.hook().map_or(0, |hook| hook.weight.value);
    let events = words::events(&pair.events);
    let sorted = match pair.state {
        State::ReadyByKind => "Helm sorts equal names by kind",
        _ => "Helm sorts equal weights by name",
    };
    let so_far = format!(
        "{} needs {} at {events} and finds it because {sorted}: both have weight {weight}",
        hook.title(),
        doc.title()
    );
    let commands = words::list(&commands(&pair.events));
    let (severity, message) = match turn {
        Some(Turn::Value(path, text)) => (
            Severity::Error,
            format!("{so_far}. With `{}={text}` the order turns around and {commands} cannot succeed", path.join(".")),
        ),
        Some(Turn::ReleaseName) => (
            Severity::Error,
            format!(
                "{so_far}. One of the names begins with that of the release: with some releases {commands} cannot succeed"
            ),
        ),
        Some(Turn::Named(name)) => (
            Severity::Error,
            format!("{so_far}. With a release called `{name}` the order turns around and {commands} cannot succeed"),
        ),
        None if hook.name().starts_with(doc.name()) => (
            Severity::Info,
            format!("{so_far}. One name is the beginning of the other, so this holds for every release"),
        ),
        None => (Severity::Warning, format!("{so_far}. A new name for either can turn the order around")),
    };
    let fix = earlier(subject, &[pair.provider]);
    let help = match &fix {
        Some(fix) => format!("To say what comes first, {}.", fix.title),
        None => format!("Give {} a lower `helm.sh/hook-weight` than {}.", doc.title(), hook.title()),
    };
    findings.push(
        Draft::new(severity, pair.provider, place(subject, pair.provider, &[HOOK_WEIGHT, HOOK]), message)
            .help(help)
            .apart_from(pair.hook, place(subject, pair.hook, &[HOOK_WEIGHT, HOOK]))
            .related(pair.hook, place(subject, pair.hook, &[HOOK_WEIGHT, HOOK]), format!("{} needs it", hook.title()))
            .fix(fix)
            .engines(Audience { argocd: false, ..Audience::ALL }),
    );
}

/// What hooks that Helm waits for find by name or kind: what their pods name, and the bindings and roles of their account.
fn pairs(subject: &Subject) -> Vec<Pair> {
    let mut pairs: Vec<Pair> = Vec::new();
    let mut add = |hook: usize, event: Event, found: Availability| {
        if !matches!(found.state, State::ReadyByName | State::ReadyByKind) {
            return;
        }
        let same = |pair: &&mut Pair| (pair.hook, pair.provider, pair.state) == (hook, found.provider, found.state);
        match pairs.iter_mut().find(same) {
            Some(pair) => pair.events.push(event),
            None => pairs.push(Pair { hook, provider: found.provider, events: vec![event], state: found.state }),
        }
    };
    let awaited =
        |at: usize| subject.documents.get(at).and_then(Doc::hook).is_some_and(|hook| is_awaited(subject, hook));
    for lookup in subject.lookups().iter().filter(|lookup| awaited(lookup.hook)) {
        add(lookup.hook, lookup.event, lookup.found);
    }
    for (at, _, hook) in subject.hooks().filter(|(at, _, _)| awaited(*at)) {
        for binding in subject.dependencies().bindings_of(subject, at) {
            for event in subject.own_events(hook) {
                for providers in [&[binding.doc][..], &binding.roles] {
                    if let Some(found) = subject.availability(at, event, providers) {
                        add(at, event, found);
                    }
                }
            }
        }
    }
    pairs
}

/// The first thing known to turn an order around.
fn turn(subject: &Subject, pair: &Pair) -> Option<Turn> {
    if depends_on_release_name(subject, pair) {
        return Some(Turn::ReleaseName);
    }
    if let Some(name) = turning_name(subject, pair) {
        return Some(Turn::Named(name));
    }
    let paths = likely_values(subject, pair);
    let tries = paths.into_iter().flat_map(|path| ["zzz", "0"].map(|text| (path, text)));
    let mut tries = tries.filter(|(path, text)| {
        let variation = Variation::Value((*path).clone(), (*text).to_owned());
        subject.again(&variation).is_some_and(|other| is_turned(subject, pair, &other))
    });
    tries.next().map(|(path, text)| Turn::Value(path.clone(), text))
}

/// The values that look like names and are most likely to be of the two hooks: those whose path has most words in common with
/// the names and the files of the hooks.
fn likely_values<'s>(subject: &'s Subject, pair: &Pair) -> Vec<&'s Vec<String>> {
    let plain = |text: &str| -> String {
        text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
    };
    let about = |at: usize| subject.documents.get(at).map(|doc| plain(&format!("{} {}", doc.name(), doc.source.path)));
    let about = [about(pair.hook), about(pair.provider)].map(Option::unwrap_or_default);
    let looks_like_name = |path: &[String]| match path {
        [.., last] if matches!(last.as_str(), "fullnameOverride" | "nameOverride") => true,
        [.., account, last] => last == "name" && account.to_ascii_lowercase().contains("serviceaccount"),
        _ => false,
    };
    let common = |path: &[String]| {
        let words = path.iter().rev().skip(1).map(|word| plain(word)).filter(|word| word != "serviceaccount");
        words.filter(|word| about.iter().any(|about| about.contains(word))).count()
    };
    let mut paths: Vec<_> =
        subject.values().iter().map(|(path, _)| path).filter(|path| looks_like_name(path)).collect();
    paths.sort_by_key(|path| (std::cmp::Reverse(common(path)), path.len()));
    paths.truncate(MOST_VALUES);
    paths
}

/// True when one of two names is the release's with something behind it and the other is not.
fn depends_on_release_name(subject: &Subject, pair: &Pair) -> bool {
    let name = |at: usize| subject.documents.get(at).map_or("", Doc::name);
    let begins = |at: usize| name(at).starts_with(&subject.release.name);
    if begins(pair.hook) == begins(pair.provider) {
        return false;
    }
    let Some(other) = subject.again(&Variation::OtherRelease) else { return false };
    let moves = |at: usize| {
        let doc = subject.documents.get(at)?;
        Some(other.documents.get(same_place(doc, &other)?)?.name() != doc.name())
    };
    moves(pair.hook).is_some() && moves(pair.hook) != moves(pair.provider) && moves(pair.provider).is_some()
}

/// The name of a release that turns an order around, where only one of two names begins with the release's.
fn turning_name(subject: &Subject, pair: &Pair) -> Option<&'static str> {
    let name = |at: usize| subject.documents.get(at).map_or("", Doc::name);
    let begins = |at: usize| name(at).starts_with(&subject.release.name);
    if begins(pair.hook) == begins(pair.provider) {
        return None;
    }
    RELEASES.into_iter().find(|name| {
        let other = subject.again(&Variation::Named(name));
        other.is_some_and(|other| is_turned(subject, pair, &other))
    })
}

/// True when another rendering has the two hooks the other way round.
fn is_turned(subject: &Subject, pair: &Pair, other: &Subject) -> bool {
    let there = |at: usize| same_place(subject.documents.get(at)?, other);
    let (Some(hook), Some(provider)) = (there(pair.hook), there(pair.provider)) else { return false };
    let needed = other.dependencies().dependents(other, provider).contains(&hook);
    needed && pair.events.iter().any(|event| other.place_in(*event, hook) < other.place_in(*event, provider))
}

/// The document at the same place of the same file, if it is of the same kind.
fn same_place(doc: &Doc, other: &Subject) -> Option<usize> {
    let same = |twin: &Doc| {
        (&twin.source.path, twin.source.document, twin.kind()) == (&doc.source.path, doc.source.document, doc.kind())
    };
    other.documents.iter().position(same)
}
