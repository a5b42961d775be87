//! HH303: a workload of the release waits for a hook that waits for the workload.

use std::ops::Range;

use crate::go::base64;
use crate::go::yaml::{Node, NodeKind};
use crate::helm::manifest::HOOK;
use crate::hooks::Event;
use crate::lint::annotate::{place, value_place};
use crate::lint::pods;
use crate::lint::words::holds;
use crate::lint::{Audience, Doc, Docs, Draft, Findings, Fixable, Profile, Rule, Subject, Vector};
use crate::text::Severity;

use super::hh302_workload_uses_deleted_hook_object::users;

pub(super) const RULE: Rule = Rule {
    code: "HH303",
    name: "workload-waits-for-post-hook",
    severity: Severity::Error,
    profile: Profile::Default,
    fixable: Fixable::No,
    docs: Docs {
        summary: "A workload of the release waits for a hook that may be waiting for the workload.",
        reports: "An ordinary workload names an object that only hooks other than `pre-install` make; or a text of its containers \
            holds the name of a `post-install` Job; or it has an init container that by its name waits for a migration, and the chart \
            has a `post-install` Job that by its name is one. An error for Argo CD and Flux, a warning otherwise.",
        happens: "With `--wait` (and `--atomic`, `--rollback-on-failure`) Helm runs `post-install` hooks when the workloads are \
            ready. The workload is not ready before the hook has run, so both wait and `helm install` ends in a timeout. Flux waits \
            by default, and the PostSync of Argo CD always comes after everything is healthy. Without waiting the pods start late. \
            An object that no event of an install makes is never there after one.",
        remedy: "Make it a `pre-install` hook, or an ordinary object; let an ordinary Job or an init container do the migration.",
        fine: "When nobody installs with `--wait`. The guess by names says that it is one. An object whose kind and name a text of a hook \
            holds that runs before, or a ConfigMap or Secret it mounts, is not reported: its script makes it.",
        evidence: &[
            "`pkg/action/install.go` (3.21.4, 4.2.4): wait, then the `post-install` hooks",
            "[openfga/helm-charts#131](https://github.com/openfga/helm-charts/issues/131)",
            "[chatwoot/charts#206](https://github.com/chatwoot/charts/issues/206)",
            "[grafana-cold-storage/oncall#1789](https://github.com/grafana-cold-storage/oncall/issues/1789)",
            "[airflow-helm/charts#727](https://github.com/airflow-helm/charts/issues/727)",
            "[lakekeeper/lakekeeper-charts#81](https://github.com/lakekeeper/lakekeeper-charts/issues/81)",
            "[helm/charts#6964](https://github.com/helm/charts/issues/6964)",
        ],
    },
    check,
    vectors: VECTORS,
};

const MOUNTED: &str = r#"apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}-cert
  annotations:
    helm.sh/hook: post-install,post-upgrade
data: {a: "1"}
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
      volumes: [{name: c, secret: {secretName: {{ .Release.Name }}-cert}}]
      containers:
        - name: web
          image: nginx:1.27
"#;

const UNAWAITED: &str = r#"apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-users
  annotations:
    helm.sh/hook: post-install,post-upgrade
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{name: main, image: "busybox:1.36"}]
---
apiVersion: batch/v1
kind: CronJob
metadata:
  name: {{ .Release.Name }}-clean
spec:
  schedule: "@daily"
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          initContainers:
            - name: init
              image: busybox:1.36
              env: [{name: DEPENDENCY_JOBS, value: {{ .Release.Name }}-users}]
          containers: [{name: main, image: "busybox:1.36"}]
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-seed
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: main
          image: busybox:1.36
          env: [{name: DEPENDENCY_JOBS, value: {{ .Release.Name }}-users}]
"#;

const VECTORS: &[Vector] = &[
    Vector::bad("a Secret of a post-install hook", MOUNTED, &["warning templates/x.yaml:18:48"]),
    Vector::bad("the same for Flux", MOUNTED, &["error templates/x.yaml:18:48"]).engine("flux"),
    Vector::bad("the same for Argo CD", MOUNTED, &["error templates/x.yaml:18:48"]).engine("argocd"),
    Vector::bad(
        "waits for the Job by its name, an object no install makes, looks like waiting for a migration",
        r#"-- templates/a.yaml --
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-migrate
  annotations:
    helm.sh/hook: post-install,pre-upgrade
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: main
          image: busybox:1.36
-- templates/b.yaml --
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}-b
spec:
  selector: {matchLabels: {app: b}}
  template:
    metadata: {labels: {app: b}}
    spec:
      initContainers:
        - name: wait-for-migrations
          image: kubectl
          args:
            - wait
            - job/{{ .Release.Name }}-migrate
      containers:
        - name: web
          image: nginx:1.27
-- templates/c.yaml --
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: {{ .Release.Name }}-c
spec:
  serviceName: c
  selector: {matchLabels: {app: c}}
  template:
    metadata: {labels: {app: c}}
    spec:
      initContainers:
        - name: wait-for-migrations
          image: app
      containers:
        - name: web
          image: nginx:1.27
-- templates/d.yaml --
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-late
  annotations:
    helm.sh/hook: pre-upgrade
---
apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: {{ .Release.Name }}-d
spec:
  selector: {matchLabels: {app: d}}
  template:
    metadata: {labels: {app: d}}
    spec:
      containers:
        - name: web
          image: nginx:1.27
          envFrom:
            - configMapRef:
                name: {{ .Release.Name }}-late
"#,
        &["warning templates/b.yaml:15:15", "warning templates/c.yaml:12:17", "warning templates/d.yaml:22:23"],
    ),
    Vector::good("a CronJob and a Job, for which `--wait` does not wait", UNAWAITED),
    Vector::bad("Flux waits for Jobs", UNAWAITED, &["error templates/x.yaml:41:48"]).engine("flux"),
    Vector::good(
        "an ordinary object",
        r#"apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}-cert
data: {a: "1"}
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
      volumes: [{name: c, secret: {secretName: {{ .Release.Name }}-cert}}]
      containers:
        - name: web
          image: nginx:1.27
"#,
    ),
    Vector::good(
        "made by the script of a hook before: in its own text, in what it mounts",
        r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-manifests
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-weight: "-1"
data:
  late.yaml: |
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: {{ .Release.Name }}-late}
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-init
  annotations:
    helm.sh/hook: pre-install
spec:
  template:
    spec:
      restartPolicy: Never
      volumes: [{name: m, configMap: {name: {{ .Release.Name }}-manifests}}]
      containers:
        - name: main
          image: kubectl
          command: [sh, -c, "kubectl apply -f /m; kubectl create secret generic {{ .Release.Name }}-cert"]
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-late
  annotations:
    helm.sh/hook: pre-upgrade
---
apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}-cert
  annotations:
    helm.sh/hook: post-install
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
      volumes:
        - {name: c, secret: {secretName: {{ .Release.Name }}-cert}}
        - {name: d, configMap: {name: {{ .Release.Name }}-late}}
      containers:
        - name: web
          image: nginx:1.27
"#,
    ),
    Vector::bad(
        "a name of which a variable holds the beginning",
        r#"{{- $name := include "app.name" . -}}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ $name }}-late
  annotations:
    helm.sh/hook: pre-upgrade
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ $name }}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: nginx:1.27
          envFrom:
            - configMapRef:
                name: {{ $name }}-late
-- templates/_helpers.tpl --
{{- define "app.name" -}}{{ .Release.Name }}{{- end -}}
"#,
        &["warning templates/x.yaml:23:23"],
    ),
    Vector::good(
        "made before the install too, optional, a Job that runs before, a Job with the name of something else",
        r#"apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}-cert
  annotations:
    helm.sh/hook: pre-install,post-upgrade
---
apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}-late
  annotations:
    helm.sh/hook: post-install
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-migrate
  annotations:
    helm.sh/hook: pre-install,post-install
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{name: main, image: "busybox:1.36"}]
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}
  annotations:
    helm.sh/hook: post-install
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{name: main, image: "busybox:1.36"}]
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
      volumes:
        - {name: c, secret: {secretName: {{ .Release.Name }}-cert}}
        - {name: d, secret: {secretName: {{ .Release.Name }}-late, optional: true}}
      initContainers:
        - name: wait-for-migrations
          image: app
          args: [{{ .Release.Name }}-migrate, {{ .Release.Name }}]
      containers:
        - name: web
          image: nginx:1.27
"#,
    ),
];

fn check(subject: &Subject, findings: &mut Findings) {
    let severity = match subject.audience.argocd || subject.audience.flux {
        true => Severity::Error,
        false => Severity::Warning,
    };
    check_objects(subject, severity, findings);
    check_jobs(subject, severity, findings);
}

/// Names of objects that hooks make after the workload.
fn check_objects(subject: &Subject, severity: Severity, findings: &mut Findings) {
    let mut known: Vec<(usize, &[usize])> = Vec::new();
    for (at, doc, _) in subject.hooks() {
        for (user, reference) in users(subject, at) {
            let hooks = || reference.providers.iter().map(|at| subject.documents.get(*at).and_then(Doc::hook));
            let events: Vec<Event> = hooks().flatten().flat_map(|hook| hook.events.clone()).collect();
            let is_made_before = hooks().any(|hook| hook.is_none()) || events.contains(&Event::PreInstall);
            if is_made_before || known.contains(&(user, &reference.providers)) {
                continue;
            }
            known.push((user, &reference.providers));
            let first = match events.contains(&Event::PostInstall) {
                true => &[Event::PreInstall][..],
                false => &[Event::PreInstall, Event::PostInstall],
            };
            if is_made_by_script(subject, doc, first) {
                continue;
            }
            let Some(workload) = subject.documents.get(user) else { continue };
            if events.contains(&Event::PostInstall) && !holds_up_install(workload, subject.audience) {
                continue;
            }
            let needs = format!("{} {} {}", workload.title(), reference.verb, reference.title());
            let message = match events.contains(&Event::PostInstall) {
                true => format!(
                    "{needs}, which Helm makes at `post-install`: with `--wait` after the workloads are ready, which the {} \
                     is not without it, so `helm install --wait` ends in a timeout",
                    workload.kind()
                ),
                false => format!(
                    "{needs}, which only hooks of other events than those of an install make. After `helm install` its pods \
                     cannot start"
                ),
            };
            findings.push(
                Draft::new(severity, user, reference.span.clone(), message)
                    .help(format!("Make {} an ordinary object, or a hook of `pre-install` too.", doc.title()))
                    .related(at, value_place(subject, at, &[HOOK]), format!("{} is a hook", doc.title()))
                    .engines(Audience::ALL),
            );
        }
    }
}

/// Jobs that run after the workload and that it waits for.
fn check_jobs(subject: &Subject, severity: Severity, findings: &mut Findings) {
    let is_late = |doc: &Doc| doc.has_event(Event::PostInstall) && !doc.has_event(Event::PreInstall);
    let jobs = || subject.hooks().filter(|(_, doc, _)| doc.kind() == "Job" && is_late(doc));
    let awaited = |doc: &Doc| doc.is_plain() && holds_up_install(doc, subject.audience);
    for (user, workload) in subject.documents.iter().enumerate().filter(|(_, doc)| awaited(doc)) {
        for (at, job, _) in jobs() {
            // A name that something else has as well may mean that.
            let is_shared = subject.documents.iter().filter(|doc| doc.name() == job.name()).count() > 1;
            let named = || if is_shared { None } else { text_with(workload, job.name()) };
            let (span, how) = match named() {
                Some(span) => (span, format!("names {}", job.title())),
                None => match waiting_container(workload).filter(|_| is_migration(job.name())) {
                    Some(span) => (span, format!("has an init container that looks like it waits for {}", job.title())),
                    None => continue,
                },
            };
            let message = format!(
                "{} {how}, a hook of `post-install`: {} if the {} waits for it",
                workload.title(),
                outcome(subject.audience),
                workload.kind()
            );
            findings.push(
                Draft::new(severity, user, span, message)
                    .help("Run the Job at `pre-install`, or make it an ordinary Job.")
                    .related(at, place(subject, at, &[HOOK]), format!("{} runs after the install", job.title()))
                    .engines(Audience::ALL),
            );
            break;
        }
    }
}

/// True for what an install does not end without: nobody waits for a CronJob, and for Jobs Flux and Argo CD do, but not `--wait`.
fn holds_up_install(workload: &Doc, audience: Audience) -> bool {
    match workload.kind() {
        "CronJob" => false,
        "Job" => audience.flux || audience.argocd,
        _ => true,
    }
}

/// What comes of it when both wait for each other.
fn outcome(audience: Audience) -> &'static str {
    match (audience.argocd, audience.flux) {
        (true, _) => {
            "Argo CD runs it when all is healthy, and Helm with `--wait` when the workloads are ready, so the sync never ends"
        }
        (_, true) => {
            "Flux, like `helm install --wait`, runs it when the workloads are ready, so the install ends in a timeout"
        }
        _ => "with `--wait` it runs after the workloads are ready, so `helm install --wait` ends in a timeout",
    }
}

/// True when a hook that runs at one of some events has a text with the kind and the name of an object, in its containers or in a
/// ConfigMap or Secret they use: a manifest that its script applies.
fn is_made_by_script(subject: &Subject, object: &Doc, events: &[Event]) -> bool {
    let is_manifest = |text: &[u8]| holds(text, object.kind()) && holds(text, object.name());
    let kind = object.kind().to_ascii_lowercase();
    let is_command = |text: &[u8]| holds(text, "create") && holds(text, &kind) && holds(text, object.name());
    let uses = |hook: usize| {
        let references = subject.dependencies().references(hook).iter();
        let data = references.filter(|reference| matches!(reference.kind, "ConfigMap" | "Secret"));
        data.flat_map(|reference| &reference.providers).filter_map(|at| subject.documents.get(*at))
    };
    let mut hooks = subject.hooks().filter(|(_, _, hook)| events.iter().any(|event| hook.events.contains(event)));
    hooks.any(|(at, hook, _)| {
        container_texts(hook).into_iter().map(Node::text).any(|text| is_manifest(text) || is_command(text))
            || uses(at).any(|data| {
                let tables = ["data", "stringData"].into_iter().filter_map(|key| data.get(&[key]));
                let texts: Vec<Node<'_>> = tables.flat_map(Node::entries).map(|(_, value)| value.target()).collect();
                texts.into_iter().any(|node| {
                    let decoded = || base64::decode(node.text()).ok().filter(|_| data.kind() == "Secret");
                    is_manifest(node.text()) || decoded().is_some_and(|text| is_manifest(&text))
                })
            })
    })
}

/// The first text of the containers of a workload that holds a name.
fn text_with(workload: &Doc, name: &str) -> Option<Range<u32>> {
    container_texts(workload).into_iter().find(|node| holds(node.text(), name)).map(Node::span)
}

/// The commands, arguments and variables of the containers of a document.
fn container_texts(doc: &Doc) -> Vec<Node<'_>> {
    let containers = pods::pods(doc).into_iter().flat_map(|pod| pod.containers().collect::<Vec<_>>());
    let lists = containers.flat_map(|container| {
        let words = ["command", "args"].into_iter().filter_map(move |key| pods::get(container.node, &[key]));
        let words = words.flat_map(Node::items).map(Node::target);
        let variables = pods::get(container.node, &["env"]).into_iter().flat_map(Node::items);
        words.chain(variables.filter_map(|variable| pods::get(variable, &["value"])))
    });
    lists.filter(|node| node.kind() == NodeKind::Scalar).collect()
}

/// The name of an init container that by its name waits for a migration.
fn waiting_container(workload: &Doc) -> Option<Range<u32>> {
    let waits = |name: &str| name.contains("wait") || name.contains("check");
    let containers = pods::pods(workload).into_iter().flat_map(|pod| pod.containers().collect::<Vec<_>>());
    let mut waiting = containers.filter(|container| {
        let name = container.name().to_ascii_lowercase();
        container.init && waits(&name) && is_migration(&name)
    });
    waiting.next().and_then(|container| pods::get(container.node, &["name"])).map(Node::span)
}

fn is_migration(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["migrat", "schema", "db-init", "setup-db"].iter().any(|word| name.contains(word))
}
