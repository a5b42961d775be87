//! HH208: a `pre-install` hook calls a Service of the release, behind which nothing runs yet.

use std::ops::Range;

use crate::go::yaml::{Node, NodeKind};
use crate::hooks::Event;
use crate::lint::availability::is_awaited;
use crate::lint::pods::{self, Container};
use crate::lint::{Audience, Docs, Draft, Findings, Fixable, Profile, Rule, Subject, Vector};
use crate::text::Severity;

pub(super) const RULE: Rule = Rule {
    code: "HH208",
    name: "pre-install-calls-release-service",
    severity: Severity::Warning,
    profile: Profile::Default,
    fixable: Fixable::No,
    docs: Docs {
        summary: "A `pre-install` hook calls a Service of the release, which is installed only after it.",
        reports: "A variable or an argument of a container of a `pre-install` Job or Pod names a Service that only the release makes, \
            in a form that is a call: in a URL (`postgres://user@name/db`), with a port (`name:5432`), as the whole value of a \
            variable whose name ends in HOST, ADDR, ADDRESS, SERVER, URL, ENDPOINT or SERVICE, or as an argument of a client such as \
            `nc`, `curl` or `pg_isready`. A bare name elsewhere is not reported, nor are images that make certificates: they list \
            host names and call nobody.",
        happens: "Neither the Service nor the pods behind it exist when `pre-install` hooks run: the name does not resolve, the hook \
            fails or waits, and `helm install` with it. Argo CD runs such a hook in PreSync, with the same result on the first sync.",
        remedy: "Use `post-install` for the install and `pre-upgrade` for upgrades: `post-install,pre-upgrade`.",
        fine: "When the hook goes on without an answer.",
        evidence: &[
            "`pkg/action/install.go` (3.21.4, 4.2.4): hooks first, then `Create`",
            "[turnstonelabs/turnstone#949](https://github.com/turnstonelabs/turnstone/issues/949)",
            "[helm/charts#9047](https://github.com/helm/charts/issues/9047)",
            "[sapcc/helm-charts#4219](https://github.com/sapcc/helm-charts/issues/4219)",
        ],
    },
    check,
    vectors: VECTORS,
};

const VECTORS: &[Vector] = &[
    Vector::bad(
        "a URL in a variable",
        r#"apiVersion: v1
kind: Service
metadata: {name: {{ .Release.Name }}-db}
spec: {selector: {app: db}, ports: [{port: 5432}]}
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
          env: [{name: DB_URL, value: "postgres://{{ .Release.Name }}-db:5432/app"}]
"#,
        &["warning templates/x.yaml:19:39"],
    ),
    Vector::bad(
        "a user before it, a port behind it, a telling variable, arguments of clients",
        r#"-- templates/a.yaml --
apiVersion: v1
kind: Service
metadata: {name: {{ .Release.Name }}-db}
spec: {selector: {app: db}, ports: [{port: 5432}]}
-- templates/b.yaml --
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-a
  annotations:
    helm.sh/hook: pre-install
spec:
  restartPolicy: Never
  containers:
    - name: main
      image: busybox:1.36
      args:
        - --database=postgres://admin:secret@rel-db/app
-- templates/c.yaml --
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-b
  annotations:
    helm.sh/hook: pre-install
spec:
  restartPolicy: Never
  containers:
    - name: main
      image: busybox:1.36
      env:
        - name: TARGETS
          value: rel-db.{{ .Release.Namespace }}.svc:5432
-- templates/d.yaml --
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-c
  annotations:
    helm.sh/hook: pre-install
spec:
  restartPolicy: Never
  initContainers:
    - name: main
      image: busybox:1.36
      env:
        - name: POSTGRES_HOST
          value: rel-db.{{ .Release.Namespace }}
-- templates/e.yaml --
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-d
  annotations:
    helm.sh/hook: pre-install
spec:
  restartPolicy: Never
  containers:
    - name: main
      image: busybox:1.36
      command: [sh, -c, "until nc -z rel-db 5432; do sleep 1; done"]
-- templates/f.yaml --
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-e
  annotations:
    helm.sh/hook: pre-install
spec:
  restartPolicy: Never
  containers:
    - name: main
      image: postgres:17
      command:
        - /usr/bin/pg_isready
        - -h
        - rel-db
"#,
        &[
            "warning templates/b.yaml:13:11",
            "warning templates/c.yaml:14:18",
            "warning templates/d.yaml:14:18",
            "warning templates/e.yaml:12:25",
            "warning templates/f.yaml:15:11",
        ],
    ),
    Vector::good(
        "after the install",
        r#"apiVersion: v1
kind: Service
metadata: {name: {{ .Release.Name }}-db}
spec: {selector: {app: db}, ports: [{port: 5432}]}
---
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
          env: [{name: DB_URL, value: "postgres://{{ .Release.Name }}-db:5432/app"}]
"#,
    ),
    Vector::good(
        "a bare name, another service's name, a list of host names for a certificate, a Service that is a hook",
        r#"apiVersion: v1
kind: Service
metadata: {name: {{ .Release.Name }}-db}
spec: {selector: {app: db}, ports: [{port: 5432}]}
---
apiVersion: v1
kind: Service
metadata:
  name: {{ .Release.Name }}-early
  annotations:
    helm.sh/hook: pre-install
spec: {selector: {app: db}, ports: [{port: 5432}]}
---
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-a
  annotations:
    helm.sh/hook: pre-install
spec:
  restartPolicy: Never
  containers:
    - name: main
      image: busybox:1.36
      args: [create, --name, rel-db, "https://rel-db-external/", "x.rel-db:80", "echo rel-db; curl elsewhere"]
      env:
        - {name: NAME, value: rel-db}
        - {name: EARLY_URL, value: "http://rel-early:80"}
    - name: certgen
      image: registry.k8s.io/ingress-nginx/kube-webhook-certgen:v1.5.0
      args: [create, "--host=rel-db.ns.svc:443"]
"#,
    ),
];

fn check(subject: &Subject, findings: &mut Findings) {
    let services: Vec<&str> = services(subject);
    if services.is_empty() {
        return;
    }
    for (at, doc, hook) in subject.hooks() {
        if !subject.own_events(hook).contains(&Event::PreInstall) || !is_awaited(subject, hook) {
            continue;
        }
        let mut known: Vec<&str> = Vec::new();
        for container in pods::pods(doc).into_iter().flat_map(|pod| pod.containers().collect::<Vec<_>>()) {
            for Call { service, span, certain } in calls(container, &services) {
                if known.contains(&service) {
                    continue;
                }
                known.push(service);
                let (title, kind) = (doc.title(), doc.kind());
                let message = match certain {
                    true => format!(
                        "{title} calls Service `{service}` at `pre-install`, when nothing of the release is installed. The call \
                         fails, and with it `helm install`, unless the {kind} goes on without an answer"
                    ),
                    // A variable may be there for other containers that share it.
                    false => format!(
                        "{title} has the address of Service `{service}` at `pre-install`, when nothing of the release is \
                         installed. If the {kind} calls it and needs an answer, `helm install` fails"
                    ),
                };
                let help = "Run it at `post-install,pre-upgrade`, or call something that exists before the chart.";
                findings.push(Draft::new(Severity::Warning, at, span, message).help(help).engines(Audience::ALL));
            }
        }
    }
}

/// The Services that only the release makes.
fn services(subject: &Subject) -> Vec<&str> {
    let all = || subject.documents.iter().filter(|doc| doc.kind() == "Service" && doc.group().is_empty());
    let is_hook = |name: &str| all().any(|doc| doc.hook().is_some() && doc.name() == name);
    let names = all().filter(|doc| doc.is_plain() && !doc.name().is_empty()).map(crate::lint::Doc::name);
    names.filter(|name| !is_hook(name)).collect()
}

/// A service that a container calls, or only knows of, and where that is said.
struct Call<'s> {
    service: &'s str,
    span: Range<u32>,
    certain: bool,
}

/// The services a container calls, what is certain first.
fn calls<'s>(container: Container<'_>, services: &[&'s str]) -> Vec<Call<'s>> {
    if container.image().contains("certgen") {
        return Vec::new();
    }
    let mut found = Vec::new();
    let scalars = |list: Option<Node<'_>>| -> Vec<(String, Range<u32>)> {
        let items = list.into_iter().flat_map(Node::items).map(Node::target);
        let items = items.filter(|item| item.kind() == NodeKind::Scalar);
        items.map(|item| (String::from_utf8_lossy(item.text()).into_owned(), item.span())).collect()
    };
    for variable in pods::get(container.node, &["env"]).into_iter().flat_map(Node::items) {
        let Some(value) = pods::get(variable, &["value"]) else { continue };
        let text = String::from_utf8_lossy(value.text()).into_owned();
        let tells = pods::text(variable, &["name"]).is_some_and(|name| names_a_host(&name));
        let called = services.iter().filter(|name| is_call(&text, name) || (tells && is_host(text.trim(), name)));
        found.extend(called.map(|name| Call { service: name, span: value.span(), certain: false }));
    }
    let mut line = scalars(pods::get(container.node, &["command"]));
    line.extend(scalars(pods::get(container.node, &["args"])));
    for name in services {
        let plain = line.iter().find(|(text, _)| is_call(text, name) || is_client_call(text, name));
        let words: Vec<&str> = line.iter().map(|(text, _)| text.as_str()).collect();
        let place = plain.or_else(|| client_argument(&words, name).and_then(|at| line.get(at)));
        found.extend(place.map(|(_, span)| Call { service: name, span: span.clone(), certain: true }));
    }
    found.sort_by_key(|call| !call.certain);
    found
}

fn names_a_host(variable: &str) -> bool {
    let upper = variable.to_ascii_uppercase();
    ["HOST", "ADDR", "ADDRESS", "SERVER", "URL", "ENDPOINT", "SERVICE"].iter().any(|end| upper.ends_with(end))
}

/// True for the name of a service, with the rest of its domain or without.
fn is_host(text: &str, service: &str) -> bool {
    match text.strip_prefix(service) {
        Some("") => true,
        Some(rest) => rest.starts_with('.') && rest.bytes().all(is_host_byte),
        None => false,
    }
}

fn is_host_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.'
}

/// True for a text that names a service in a URL or with a port.
fn is_call(text: &str, service: &str) -> bool {
    text.match_indices(service).any(|(at, _)| {
        let (before, after) = (text.get(..at).unwrap_or_default(), text.get(at + service.len()..).unwrap_or_default());
        if before.bytes().next_back().is_some_and(is_host_byte) || is_name_byte(after) {
            return false;
        }
        let domain =
            if after.starts_with('.') { after.bytes().take_while(|byte| is_host_byte(*byte)).count() } else { 0 };
        let behind = after.get(domain..).unwrap_or_default();
        let port = behind.strip_prefix(':').is_some_and(|port| port.starts_with(|c: char| c.is_ascii_digit()));
        port || is_in_url(before)
    })
}

fn is_name_byte(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '-')
}

/// True when what stands before a name makes it the host of a URL: a scheme, and a user perhaps.
fn is_in_url(before: &str) -> bool {
    let Some(scheme) = before.rfind("://") else { return false };
    let between = before.get(scheme + 3..).unwrap_or_default();
    let user = between.strip_suffix('@');
    between.is_empty() || user.is_some_and(|user| !user.contains(['/', ' ', '\n', '@', '"', '\'']))
}

const CLIENTS: [&str; 9] = ["nc", "wget", "curl", "psql", "pg_isready", "mysql", "redis-cli", "mongo", "nslookup"];

fn is_client(word: &str) -> bool {
    word.rsplit('/').next().is_some_and(|name| CLIENTS.contains(&name))
}

/// True for a shell command with a client and the service among its arguments.
fn is_client_call(script: &str, service: &str) -> bool {
    script.split(['\n', ';', '|', '&', '(', ')', '`']).any(|command| {
        let words: Vec<&str> = command.split_whitespace().map(|word| word.trim_matches(['"', '\''])).collect();
        client_argument(&words, service).is_some()
    })
}

/// The place of a service's name among words, behind a client.
fn client_argument(words: &[&str], service: &str) -> Option<usize> {
    let client = words.iter().position(|word| is_client(word))?;
    let named = |word: &str| {
        let word = word.rsplit('=').next().unwrap_or(word);
        is_host(word, service) || word.strip_prefix("-h").is_some_and(|host| is_host(host, service))
    };
    words.iter().enumerate().skip(client + 1).find(|(_, word)| named(word)).map(|(at, _)| at)
}
