//! HH405: a container beside the one that works, which never ends and keeps the pod from ending.

use crate::go::yaml::{Node, NodeKind};
use crate::hooks::Hook;
use crate::lint::annotation::lossy;
use crate::lint::pods::{self, Container, Pod};
use crate::lint::{
    Applicability, Docs, Draft, Edit, Findings, Fix, Fixable, Profile, Rule, Subject, Vector, annotation, entries,
    words,
};
use crate::text::Severity;

pub(super) const RULE: Rule = Rule {
    code: "HH405",
    name: "endless-sidecar",
    severity: Severity::Warning,
    profile: Profile::Default,
    fixable: Fixable::Sometimes(Applicability::Safe),
    docs: Docs {
        summary: "A sidecar never ends, so the hook's pod never completes.",
        reports: "A hook of kind Job or Pod (a) with two containers or more, one of which is a proxy or an agent by its image \
            (Cloud SQL proxy, Istio, Linkerd, Envoy, Vault agent, Fluent Bit), while no container says `quitquitquit`, `/quit` or \
            `pkill` and the pod does not share its processes; (b) that asks for a sidecar of Istio (`sidecar.istio.io/inject: \
            \"true\"`) or Linkerd (`linkerd.io/inject: enabled`); (c) with `vault.hashicorp.com/agent-inject: \"true\"` and without \
            `vault.hashicorp.com/agent-pre-populate-only: \"true\"`.",
        happens: "A Job is complete when its pod is, and a pod is complete when all its containers have ended. A proxy has no reason \
            to end: the work is done, and the command ends with a timeout. Helm, Flux and Argo CD wait for the same thing.",
        remedy: "Make the sidecar an init container with `restartPolicy: Always`, which Kubernetes ends with the pod (1.29 and \
            newer), or tell it to quit when the work is done. Switch injection off for the hook, or let the Vault agent fill the \
            files and go.",
        fine: "Meshes that inject native sidecars, such as Istio with `ENABLE_NATIVE_SIDECARS`, end them with the pod; where the pod \
            asks for that with an annotation, nothing is reported.",
        evidence: &[
            "[helm/helm#5098](https://github.com/helm/helm/issues/5098)",
            "[istio/istio#13166](https://github.com/istio/istio/issues/13166)",
            "[helm/charts#16206](https://github.com/helm/charts/issues/16206)",
            "[argoproj/argo-helm#3053](https://github.com/argoproj/argo-helm/issues/3053)",
            "[jupyterhub/jupyterhub#4513](https://github.com/jupyterhub/jupyterhub/issues/4513)",
            "[kgateway-dev/kgateway#7081](https://github.com/kgateway-dev/kgateway/issues/7081)",
        ],
    },
    check,
    vectors: VECTORS,
};

const VECTORS: &[Vector] = &[
    Vector::bad(
        "a database proxy",
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
        - name: proxy
          image: gcr.io/cloudsql-docker/gce-proxy:1.33
",
        &["warning templates/x.yaml:16:18"],
    ),
    Vector::bad(
        "injected proxies",
        r#"-- templates/a.yaml --
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-a
  annotations:
    helm.sh/hook: pre-install
spec:
  template:
    metadata:
      labels:
        sidecar.istio.io/inject: "true"
    spec:
      restartPolicy: Never
      containers: [{name: main, image: "busybox:1.36"}]
-- templates/b.yaml --
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-b
  annotations:
    helm.sh/hook: test
    linkerd.io/inject: enabled
spec:
  restartPolicy: Never
  containers: [{name: main, image: "busybox:1.36"}]
"#,
        &["warning templates/a.yaml:11:34", "warning templates/b.yaml:7:24"],
    )
    .fixed(
        r#"-- templates/a.yaml --
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-a
  annotations:
    helm.sh/hook: pre-install
spec:
  template:
    metadata:
      labels:
        sidecar.istio.io/inject: "false"
    spec:
      restartPolicy: Never
      containers: [{name: main, image: "busybox:1.36"}]
-- templates/b.yaml --
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-b
  annotations:
    helm.sh/hook: test
    linkerd.io/inject: disabled
spec:
  restartPolicy: Never
  containers: [{name: main, image: "busybox:1.36"}]
"#,
    ),
    Vector::bad(
        "the Vault agent",
        r#"apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-install
spec:
  template:
    metadata:
      annotations:
        vault.hashicorp.com/agent-inject: "true"
        vault.hashicorp.com/role: app
    spec:
      restartPolicy: Never
      containers: [{name: main, image: "busybox:1.36"}]
"#,
        &["warning templates/x.yaml:11:43"],
    )
    .fixed(
        r#"apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-install
spec:
  template:
    metadata:
      annotations:
        vault.hashicorp.com/agent-inject: "true"
        vault.hashicorp.com/agent-pre-populate-only: "true"
        vault.hashicorp.com/role: app
    spec:
      restartPolicy: Never
      containers: [{name: main, image: "busybox:1.36"}]
"#,
    ),
    Vector::good(
        "native sidecars, sidecars that are told to quit, a proxy alone, and no hook",
        r#"-- templates/a.yaml --
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-a
  annotations: {helm.sh/hook: pre-install}
spec:
  template:
    spec:
      restartPolicy: Never
      initContainers: [{name: proxy, image: "gce-proxy:1", restartPolicy: Always}]
      containers: [{name: main, image: "busybox:1.36"}, {name: other, image: "busybox:1.36"}]
-- templates/b.yaml --
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-b
  annotations: {helm.sh/hook: pre-install}
spec:
  template:
    metadata:
      annotations: {sidecar.istio.io/inject: "true"}
    spec:
      restartPolicy: Never
      containers:
        - name: main
          image: busybox:1.36
          command: [sh, -c, "work; curl -X POST http://localhost:15000/quitquitquit"]
        - name: proxy
          image: envoyproxy/envoy:v1.30
-- templates/c.yaml --
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-c
  annotations: {helm.sh/hook: pre-install}
spec:
  template:
    spec:
      restartPolicy: Never
      shareProcessNamespace: true
      containers: [{name: main, image: busybox}, {name: proxy, image: "envoyproxy/envoy:v1.30"}]
-- templates/d.yaml --
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-d
  annotations: {helm.sh/hook: pre-install}
spec:
  template:
    metadata:
      annotations:
        vault.hashicorp.com/agent-inject: "true"
        vault.hashicorp.com/agent-pre-populate-only: "true"
        sidecar.istio.io/inject: "true"
        sidecar.istio.io/nativeSidecar: "true"
    spec:
      restartPolicy: Never
      containers: [{name: proxy, image: "envoyproxy/envoy:v1.30"}]
-- templates/e.yaml --
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-e
spec:
  template:
    metadata:
      annotations: {linkerd.io/inject: enabled}
    spec:
      restartPolicy: Never
      containers: [{name: main, image: busybox}, {name: proxy, image: "envoyproxy/envoy:v1.30"}]
"#,
    ),
];

/// Parts of image names, each with a name for people.
const IMAGES: [(&str, &str); 8] = [
    ("cloud-sql-proxy", "the Cloud SQL proxy"),
    ("gce-proxy", "the Cloud SQL proxy"),
    ("istio/proxyv2", "the Istio proxy"),
    ("linkerd/proxy", "the Linkerd proxy"),
    ("vault-agent", "the Vault agent"),
    ("fluent-bit", "Fluent Bit"),
    ("fluentbit", "Fluent Bit"),
    ("envoy", "Envoy"),
];

/// What asks for native sidecars.
const NATIVE: [&str; 3] = [
    "sidecar.istio.io/nativeSidecar",
    "config.alpha.linkerd.io/proxy-enable-native-sidecar",
    "config.beta.linkerd.io/proxy-enable-native-sidecar",
];

const VAULT: &str = "vault.hashicorp.com/agent-inject";
const VAULT_ONCE: &str = "vault.hashicorp.com/agent-pre-populate-only";

fn check(subject: &Subject, findings: &mut Findings) {
    for (index, doc, hook) in subject.hooks() {
        for pod in pods::pods(doc) {
            if matches!(pod.object.kind().as_str(), "Job" | "Pod") && !is_told_to_quit(pod) {
                images(index, hook, pod, findings);
                injected(index, hook, pod, findings);
                vault(index, hook, pod, findings);
            }
        }
    }
}

fn is_told_to_quit(pod: Pod<'_>) -> bool {
    let says = |node: Node<'_>| {
        let text = lossy(node);
        ["quitquitquit", "/quit", "pkill"].iter().any(|word| text.contains(word))
    };
    let commands = |container: Container<'_>| {
        ["command", "args"].iter().filter_map(|key| pods::get(container.node, &[key])).any(|list| match list.kind() {
            NodeKind::Sequence => list.items().map(Node::target).any(says),
            _ => says(list),
        })
    };
    pods::is_true(pod.spec, &["shareProcessNamespace"]) || pod.containers().any(commands)
}

/// How a message begins and ends.
fn sentence(hook: &Hook, pod: Pod<'_>, what: &str) -> String {
    format!(
        "{} `{}` {what}, which does not end when the work is done: {} end{} with a timeout",
        pod.object.kind(),
        pod.object.name(),
        words::commands(&hook.events),
        words::verb_end(&hook.events)
    )
}

fn images(index: usize, hook: &Hook, pod: Pod<'_>, findings: &mut Findings) {
    let own: Vec<Container<'_>> = pod.containers().filter(|container| !container.init).collect();
    if own.len() < 2 {
        return;
    }
    for container in own {
        let image = container.image();
        let known = IMAGES.iter().find(|(part, _)| image.contains(part));
        let (Some((_, name)), Some(value)) = (known, pods::get(container.node, &["image"])) else { continue };
        let what = format!("has container `{}` with {name}", container.name());
        let help =
            "Make it an init container with `restartPolicy: Always` (Kubernetes 1.29 and newer), or tell it to quit.";
        findings.push(Draft::new(Severity::Warning, index, value.span(), sentence(hook, pod, &what)).help(help));
    }
}

fn injected(index: usize, hook: &Hook, pod: Pod<'_>, findings: &mut Findings) {
    let tables = ["annotations", "labels"].map(|table| pods::get(pod.template, &["metadata", table]));
    let value_of = |name: &str| tables.iter().flatten().find_map(|table| pods::get(*table, &[name]));
    if NATIVE.iter().any(|name| value_of(name).is_some_and(|value| matches!(value.text(), b"true" | b"enabled"))) {
        return;
    }
    for (name, on, off, mesh) in [
        ("sidecar.istio.io/inject", "true", "false", "an Istio sidecar"),
        ("linkerd.io/inject", "enabled", "disabled", "a Linkerd sidecar"),
    ] {
        let Some(value) = value_of(name).filter(|value| value.text() == on.as_bytes()) else { continue };
        // A quoted value stays quoted.
        let edit = Edit::Replace { doc: index, span: annotation::inner(value), text: off.to_owned() };
        // The hook may have to talk to pods that take no one without a sidecar.
        let fix = Fix::new(Applicability::Unsafe, format!("write `{name}: {off}`"), vec![edit]);
        let help = format!("Write `{name}: \"{off}\"`, unless the mesh injects native sidecars.");
        let message = sentence(hook, pod, &format!("asks for {mesh}"));
        findings.push(Draft::new(Severity::Warning, index, value.span(), message).help(help).fix(fix));
    }
}

fn vault(index: usize, hook: &Hook, pod: Pod<'_>, findings: &mut Findings) {
    let Some(table) = pods::get(pod.template, &["metadata", "annotations"]) else { return };
    let is_on = |name: &str| pods::get(table, &[name]).is_some_and(|value| value.text() == b"true");
    let Some(entry) = pods::entry(table, VAULT).filter(|_| is_on(VAULT) && !is_on(VAULT_ONCE)) else { return };
    let missing = pods::entry(table, VAULT_ONCE).is_none() && !table.is_flow();
    let edit = entries::after(index, entry, format!("{VAULT_ONCE}: \"true\""));
    let fix = Fix::new(Applicability::Safe, format!("add `{VAULT_ONCE}: \"true\"`"), vec![edit]);
    let message = sentence(hook, pod, "asks for a Vault agent");
    let draft = Draft::new(Severity::Warning, index, entry.1.span(), message);
    findings.push(draft.help(format!("Add `{VAULT_ONCE}: \"true\"`.")).fix(missing.then_some(fix)));
}
