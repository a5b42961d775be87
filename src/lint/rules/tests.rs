//! The vectors of every rule, each rule alone.

use std::collections::HashSet;
use std::rc::Rc;

use super::ALL;
use crate::go::value::Value;
use crate::go::yaml;
use crate::helm::action::Request;
use crate::helm::chart::{self, ChartFile};
use crate::helm::dialect::Engine;
use crate::helm::render::Release;
use crate::lint::{Applicability, Audience, ChartOutcome, Job, Rule, Task, ValueSource, Vector, apply, lint_chart};
use crate::text::Severity;

fn job(files: &str, engine: &str) -> Job {
    let dialect = if engine == "helm3" { Engine::Helm3 } else { Engine::Helm4 }.dialect();
    let files = Vector::files(files).into_iter();
    let files = files.map(|(name, text)| ChartFile { name, data: text.into_bytes().into() }).collect();
    let loaded = chart::from_files(files, dialect).unwrap_or_else(|e| panic!("{}", e.message));
    let request = Request {
        overrides: Value::dict(),
        release: Release { name: "rel".into(), namespace: "ns".into(), revision: 1, is_upgrade: false },
        kube_version: None,
        api_versions: Vec::new(),
        capabilities: None,
        skip_schema_validation: false,
        dialect,
    };
    let audience = match engine {
        "" => Audience::HELM,
        "helm3" => Audience::HELM3,
        "helm4" => Audience::HELM4,
        "argocd" => Audience { argocd: true, ..Audience::HELM },
        "flux" => Audience { flux: true, ..Audience::HELM },
        other => panic!("no such engine: {other}"),
    };
    Job::new(Rc::new(loaded), request, audience)
}

/// The jobs of a chart: with its own values, and with those of each file in `ci/`.
fn jobs(vector: &Vector) -> Vec<(Option<String>, Job)> {
    let mut jobs = vec![(None, job(vector.chart, vector.engine))];
    for (path, text) in Vector::files(vector.chart).into_iter().filter(|(path, _)| path.starts_with("ci/")) {
        let mut job = job(vector.chart, vector.engine);
        job.request.overrides = yaml::unmarshal_dict(text.as_bytes()).unwrap().unwrap();
        job.sources = vec![ValueSource::File(path.clone(), text.into_bytes().into())];
        jobs.push((Some(path), job));
    }
    jobs
}

fn task(rule: &'static Rule, vector: &Vector) -> Task {
    Task {
        path: ".".to_owned(),
        jobs: jobs(vector),
        baseline: vector.baseline.map(|chart| job(chart, vector.engine)),
        rules: vec![rule],
    }
}

/// The files of a vector that has them, after all its fixes.
fn fixed(task: &Task, outcome: &ChartOutcome, vector: &Vector) -> Vec<(String, String)> {
    let applied = apply(task, outcome, Applicability::Unsafe);
    let mut files = Vector::files(vector.chart);
    for (path, text) in &mut files {
        if let Some(changed) = applied.files.iter().find(|file| file.path == *path) {
            *text = String::from_utf8_lossy(&changed.after).into_owned();
        }
    }
    files
}

fn findings(outcome: &ChartOutcome) -> Vec<String> {
    let shown = outcome.findings.iter().map(|finding| {
        let place = &finding.place;
        let severity = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "info",
        };
        let inexact = if place.exact { "" } else { " (not exact)" };
        format!("{severity} {}:{}:{}{inexact}", place.path, place.start.line, place.start.column)
    });
    shown.collect()
}

#[test]
fn vectors() {
    let mut wrong = Vec::new();
    for rule in ALL {
        for vector in rule.vectors {
            let task = task(rule, vector);
            let outcome = lint_chart(&task);
            let found = findings(&outcome);
            if let Some(want) = vector.fixed {
                let fixed = fixed(&task, &outcome, vector);
                if fixed != Vector::files(want) {
                    let texts: Vec<_> = fixed.into_iter().map(|(path, text)| format!("-- {path} --\n{text}")).collect();
                    wrong.push(format!("{} {}: fixed to\n{}", rule.code, vector.name, texts.concat()));
                }
            }
            if found != vector.want {
                wrong.push(format!("{} {}: {:?}, want {:?}", rule.code, vector.name, found, vector.want));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_rule_is_whole() {
    let mut codes = HashSet::new();
    let mut names = HashSet::new();
    let mut before = "";
    for rule in ALL {
        let Rule { code, name, docs, vectors, .. } = rule;
        assert!(code.len() == 5 && code.starts_with("HH") && code[2..].bytes().all(|b| b.is_ascii_digit()), "{code}");
        assert!(before < *code, "{code} is not in its place");
        assert!(codes.insert(*code) && names.insert(*name), "{code} {name} twice");
        assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{name}");
        assert!(vectors.iter().any(|vector| !vector.want.is_empty()), "{code} has no bad vector");
        assert!(vectors.iter().any(|vector| vector.want.is_empty()), "{code} has no good vector");
        for (heading, text) in
            [("summary", docs.summary), ("reports", docs.reports), ("happens", docs.happens), ("remedy", docs.remedy)]
        {
            assert!(text.ends_with(['.', '`', ')']) && text.len() > 20, "{code}: {heading}: {text:?}");
        }
        before = code;
    }
}

/// The message of the only finding of a rule in a chart.
fn message(code: &str, engine: &'static str, chart: &'static str) -> String {
    let rule = ALL.iter().find(|rule| rule.code == code).unwrap_or_else(|| panic!("{code}"));
    let outcome = lint_chart(&task(rule, &Vector::bad("", chart, &[]).engine(engine)));
    let [finding] = outcome.findings.as_slice() else { panic!("{code}: {:?}", findings(&outcome)) };
    finding.message.clone()
}

#[test]
fn leftovers_say_what_leaves_them_and_who_meets_them() {
    let job = r#"apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-bye
  annotations:
    helm.sh/hook: pre-delete
    helm.sh/hook-delete-policy: hook-succeeded
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{name: main, image: "busybox:1.36"}]
"#;
    assert!(message("HH301", "", job).contains("a run that fails leaves it and the next `helm uninstall` meets it"));
    let map = r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-test
  annotations:
    helm.sh/hook: test
    helm.sh/hook-delete-policy: hook-succeeded
"#;
    assert!(message("HH301", "", map).contains("a run that is interrupted leaves it and the next run meets it"));
}

#[test]
fn a_workload_that_waits_is_told_who_never_ends() {
    let chart = r#"-- templates/a.yaml --
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-migrate
  annotations:
    helm.sh/hook: post-install
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{name: main, image: "busybox:1.36"}]
-- templates/b.yaml --
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
spec:
  selector: {matchLabels: {app: b}}
  template:
    metadata: {labels: {app: b}}
    spec:
      initContainers: [{name: wait-for-migrations, image: app}]
      containers: [{name: web, image: "nginx:1.27"}]
"#;
    for (engine, words) in
        [("", "`helm install --wait` ends"), ("argocd", "the sync never ends"), ("flux", "Flux, like")]
    {
        assert!(message("HH303", engine, chart).contains(words), "{engine}");
    }
}
