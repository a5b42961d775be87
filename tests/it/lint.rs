//! What `lint` does with files: baselines, fixes, git, the summary of a step.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use super::plan::Folder;

const CHART: &str = "apiVersion: v2\nname: c\nversion: 0.1.0\n";

fn hook(name: &str, event: &str) -> String {
    format!(
        "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: {{{{ .Release.Name }}}}-{name}\n  annotations:\n    helm.sh/hook: {event}\n    \
         helm.sh/hook-delete-policy: before-hook-creation\nspec:\n  backoffLimit: 1\n  template:\n    spec:\n      restartPolicy: Never\n      \
         containers: [{{name: a, image: busybox:1.36}}]\n"
    )
}

fn charts(name: &str) -> Folder {
    let folder = Folder::new(name);
    for chart in ["a", "b"] {
        folder.write(&format!("{chart}/Chart.yaml"), CHART);
        folder.write(&format!("{chart}/templates/job.yaml"), &hook("x", "pre-instal"));
    }
    folder
}

fn lint(folder: &Path, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_helm-hooks"));
    command.arg("lint").args(words).current_dir(folder).env_clear().env("LC_ALL", "C.UTF-8");
    if let Some(path) = std::env::var_os("PATH") {
        command.env("PATH", path);
    }
    command.output().expect("our binary starts")
}

/// The places of the findings.
fn found(output: &Output) -> Vec<String> {
    let value: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&output.stderr)));
    super::schema::validate("lint", &value);
    let all = value["findings"].as_array().expect("findings").iter();
    all.map(|finding| {
        format!("{} {}:{}", finding["code"].as_str().unwrap(), finding["path"].as_str().unwrap(), finding["line"])
    })
    .collect()
}

const JSON: [&str; 4] = ["-o", "json", "--select", "HH101"];

#[test]
fn a_baseline_keeps_what_is_known_silent() {
    let folder = charts("lint-baseline");
    let words = |more: &[&'static str]| [&JSON[..], more].concat();
    let written = lint(folder.path(), &words(&[".", "--write-baseline", "known.json"]));
    assert_eq!(written.status.code(), Some(0), "{}", String::from_utf8_lossy(&written.stderr));
    let quiet = lint(folder.path(), &words(&[".", "--baseline", "known.json"]));
    assert_eq!((quiet.status.code(), found(&quiet)), (Some(0), vec![]));
    // Lines move, another finding comes, and one stands elsewhere.
    folder.write("a/templates/job.yaml", &format!("# Moved.\n\n{}---\n{}", hook("x", "pre-instal"), hook("y", "tset")));
    let new = lint(&folder.path().join("a"), &words(&[".", "--baseline", "../known.json"]));
    assert_eq!((new.status.code(), found(&new)), (Some(1), vec!["HH101 templates/job.yaml:22".to_owned()]));
}

#[test]
fn fixes_are_written() {
    let folder = charts("lint-fix");
    let job = folder.path().join("a/templates/job.yaml");
    let crlf = format!("\u{feff}{}", hook("x", "pre-instal").replace('\n', "\r\n"));
    std::fs::write(&job, &crlf).unwrap();
    let diff = lint(folder.path(), &["a", "--select", "HH101", "--diff"]);
    assert!(String::from_utf8_lossy(&diff.stdout).contains("+    helm.sh/hook: pre-install"));
    assert_eq!(std::fs::read_to_string(&job).unwrap(), crlf);
    let fixed = lint(folder.path(), &["a", "--fix", "-o", "json", "--select", "HH101"]);
    assert_eq!((fixed.status.code(), found(&fixed)), (Some(0), vec![]));
    let value: Value = serde_json::from_slice(&fixed.stdout).unwrap();
    assert_eq!(value["summary"]["fixed"], 1);
    assert_eq!(std::fs::read_to_string(&job).unwrap(), crlf.replace("pre-instal", "pre-install"));
}

fn git(folder: &Path, words: &[&str]) {
    let mut command = Command::new("git");
    command.args(["-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "init.defaultBranch=main"]);
    let output = command.args(words).current_dir(folder).output().expect("git starts");
    assert!(output.status.success(), "git {words:?}: {}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn only_what_differs_from_a_commit_is_linted() {
    let folder = charts("lint-git");
    let words = |more: &[&'static str]| [&JSON[..], more].concat();
    let nothing = lint(folder.path(), &words(&[".", "--changed-since", "HEAD"]));
    assert_eq!(nothing.status.code(), Some(2));
    git(folder.path(), &["init", "-q"]);
    git(folder.path(), &["add", "."]);
    git(folder.path(), &["commit", "-q", "-m", "first"]);
    assert_eq!(found(&lint(folder.path(), &words(&[".", "--changed-since", "HEAD"]))), Vec::<String>::new());
    folder.write("b/values.yaml", "a: 1\n");
    let changed = ["HH101 b/templates/job.yaml:6".to_owned()];
    assert_eq!(found(&lint(folder.path(), &words(&[".", "--changed-since", "HEAD"]))), changed);
    git(folder.path(), &["add", "."]);
    git(folder.path(), &["commit", "-q", "-m", "second"]);
    assert_eq!(found(&lint(folder.path(), &words(&[".", "--changed-since", "HEAD~1"]))), changed);
    let unknown = lint(folder.path(), &words(&[".", "--changed-since", "--output=x"]));
    assert_eq!(unknown.status.code(), Some(2));
    assert!(!folder.path().join("x").exists());
}

#[test]
fn the_nearest_configuration_wins() {
    let folder = charts("lint-config");
    folder.write(".git/HEAD", "");
    folder.write(".helm-hooks.yaml", "per-path:\n  a/templates/*: [HH101]\n");
    assert_eq!(found(&lint(folder.path(), &[&JSON[..], &["."]].concat())), ["HH101 b/templates/job.yaml:6"]);
    folder.write("b/.helm-hooks.yaml", "severity: {HH101: warning}\nvalues: [extra/*.yaml]\n");
    let output = lint(folder.path(), &["b", "-o", "json"]);
    let value: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((output.status.code(), &value["findings"][0]["severity"]), (Some(0), &Value::from("warning")));
    let isolated = lint(folder.path(), &[&JSON[..], &[".", "--isolated"]].concat());
    assert_eq!((isolated.status.code(), found(&isolated).len()), (Some(1), 2));
}

#[test]
fn a_file_means_its_chart_wherever_one_stands() {
    let folder = charts("lint-file");
    let places = |below: &str, words: &[&str]| found(&lint(&folder.path().join(below), &[&JSON[..], words].concat()));
    assert_eq!(places("a/templates", &["job.yaml"]), ["HH101 ../templates/job.yaml:6"]);
    assert_eq!(places("a", &["templates"]), ["HH101 templates/job.yaml:6"]);
    assert_eq!(places("", &["a/templates/job.yaml", "./a", "a/Chart.yaml"]), ["HH101 a/templates/job.yaml:6"]);
}

#[test]
fn a_step_gets_its_summary() {
    let folder = charts("lint-summary");
    let mut command = Command::new(env!("CARGO_BIN_EXE_helm-hooks"));
    command.args(["lint", ".", "-o", "github", "--select", "HH101"]).current_dir(folder.path()).env_clear();
    let output = command.env("GITHUB_STEP_SUMMARY", "summary.md").output().expect("our binary starts");
    assert!(output.stdout.starts_with(b"::error file=a/templates/job.yaml,line=6,"));
    let summary = std::fs::read_to_string(folder.path().join("summary.md")).expect("a summary");
    assert!(summary.starts_with("### Helm hooks: 2 errors\n"), "{summary}");
}

#[test]
fn the_number_of_threads_shows_nowhere() {
    // Many charts, so that threads overtake each other; with findings, errors and what is silent among them.
    let folder = Folder::new("lint-threads");
    for n in 0..24 {
        let chart = format!("c{n:02}");
        folder.write(&format!("{chart}/Chart.yaml"), CHART);
        folder.write(&format!("{chart}/templates/job.yaml"), &hook("x", ["pre-instal", "pre-install", "tset"][n % 3]));
        folder.write(&format!("{chart}/ci/a-values.yaml"), "a: 1\n");
        if n % 8 == 1 {
            folder.write(&format!("{chart}/templates/broken.yaml"), "{{ .Values.no.such }}\n");
        }
    }
    let run = |threads: &str, format: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_helm-hooks"));
        command.args(["lint", ".", "--profile", "pedantic", "-o", format]).current_dir(folder.path()).env_clear();
        let output = command.env("RAYON_NUM_THREADS", threads).output().expect("our binary starts");
        (output.status.code(), output.stdout, output.stderr)
    };
    for format in ["full", "concise", "json", "sarif", "github", "gitlab", "junit"] {
        let alone = run("1", format);
        assert!(!alone.1.is_empty() && !alone.2.is_empty(), "{format}");
        for again in ["1", "4", "4"] {
            assert!(run(again, format) == alone, "{format} with {again} threads");
        }
    }
}

#[test]
fn switches_of_charts_below_are_turned_round_too() {
    let folder = Folder::new("lint-matrix");
    folder.write("Chart.yaml", CHART);
    folder.write("values.yaml", "other: {b: {enabled: false}}\n");
    let guarded = |switch: &str| format!("{{{{- if .Values.{switch} }}}}\n{}{{{{- end }}}}\n", hook("x", "pre-instal"));
    for (chart, values) in [("sub", "a: {enabled: false}\n"), ("other", "b: {enabled: true}\n")] {
        folder.write(&format!("charts/{chart}/Chart.yaml"), &CHART.replace("name: c", &format!("name: {chart}")));
        folder.write(&format!("charts/{chart}/values.yaml"), values);
    }
    folder.write("charts/sub/templates/job.yaml", &guarded("a.enabled"));
    folder.write("charts/other/templates/job.yaml", &guarded("b.enabled"));
    assert_eq!(found(&lint(folder.path(), &[&JSON[..], &["."]].concat())), Vec::<String>::new());
    let output = lint(folder.path(), &[&JSON[..], &[".", "--values-matrix"]].concat());
    assert_eq!(found(&output), ["HH101 charts/other/templates/job.yaml:7", "HH101 charts/sub/templates/job.yaml:7"]);
    let value: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(value["findings"][0]["values"], serde_json::json!(["--set other.b.enabled=true"]));
}
