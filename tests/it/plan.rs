//! Plans against what Helm's own code did: the charts and calls recorded in `testdata/plan/charts.jsonl`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

fn cases() -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/plan/charts.jsonl");
    let text = fs::read_to_string(path).expect("the recorded charts");
    text.lines().map(|line| serde_json::from_str(line).expect("a case is JSON")).collect()
}

/// A folder of charts that is gone when the test is.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("helm-hooks-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        Folder(path)
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder can be made");
        fs::write(path, text).expect("a file can be written");
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn chart(&self, name: &str, case: &Value) {
        self.write(&format!("{name}/Chart.yaml"), "apiVersion: v2\nname: c\nversion: 0.1.0\n");
        for (path, text) in case["files"].as_object().expect("files") {
            self.write(&format!("{name}/{path}"), text.as_str().expect("a text"));
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The report on a folder or chart, charts and errors by the last part of their path.
fn plan(path: &Path, engine: &str, more: &[&str]) -> (Value, BTreeMap<String, Value>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_helm-hooks"));
    command.args(["plan", "rel"]).arg(path).args(["-n", "ns", "-o", "json", "--for", engine]).args(more).env_clear();
    let output = command.output().expect("our binary starts");
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&output.stderr)));
    let name = |chart: &Value| chart["path"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    let all = report["charts"].as_array().unwrap().iter().chain(report["errors"].as_array().unwrap());
    let by_name = all.map(|chart| (name(chart), chart.clone())).collect();
    (report, by_name)
}

/// Delete and create calls per event, as recorded: a list is one object there.
pub(crate) fn calls(chart: &Value) -> Value {
    let mut events = serde_json::Map::new();
    for event in chart["events"].as_array().expect("events") {
        let mut calls: Vec<Value> = Vec::new();
        let hooks = event["hooks"].as_array().unwrap();
        for step in event["steps"].as_array().unwrap() {
            let op = step["op"].as_str().unwrap();
            if !matches!(op, "delete" | "create") {
                continue;
            }
            let hook = &hooks[usize::try_from(step["hook"].as_u64().unwrap()).unwrap() - 1];
            let is_list = hook["kind"].as_str().unwrap().ends_with("List");
            let folded = is_list && (hook["kind"] != step["kind"] || hook["name"] != step["name"]);
            let object = if folded { hook } else { step };
            let mut call = vec![json!(op), object["kind"].clone(), object["name"].clone()];
            call.extend(object["namespace"].as_str().map(Value::from));
            if !(folded && calls.last() == Some(&Value::from(call.clone()))) {
                calls.push(call.into());
            }
        }
        events.insert(event["event"].as_str().unwrap().to_owned(), calls.into());
    }
    events.into()
}

fn compare(case: &Value, engine: &str, chart: Option<&Value>) -> Result<(), String> {
    let want = case.get("want").unwrap_or(&case[engine]);
    let error = want["error"].as_str().unwrap_or_default();
    let Some(chart) = chart else { return Err("neither planned nor failed".to_owned()) };
    if let Some(text) = error.strip_prefix("install: ") {
        let got = chart["message"].as_str().ok_or("Helm fails, the plan does not")?;
        return if got == text { Ok(()) } else { Err(format!("\n  helm: {text}\n  ours: {got}")) };
    }
    if let Some(message) = chart["message"].as_str() {
        return Err(format!("fails: {message}"));
    }
    let got = calls(chart);
    for event in want["events"].as_object().unwrap().keys().chain(got.as_object().unwrap().keys()) {
        // After an operation that failed nothing was recorded.
        if !error.is_empty() && !matches!(event.as_str(), "pre-install" | "post-install" | "test") {
            continue;
        }
        let (want, got) = (&want["events"][event], &got[event]);
        // A list without items fails in a cluster; the recorder saw it as an object.
        let empty_list = *got == json!([]) && want[0][1] == "List";
        if want != got && !empty_list {
            return Err(format!("{event}\n  helm: {want}\n  ours: {got}"));
        }
    }
    hooks(want, chart)
}

/// Weight, path and policies of each hook that the plan shows.
fn hooks(want: &Value, chart: &Value) -> Result<(), String> {
    for event in chart["events"].as_array().unwrap() {
        if event["rendering"] == "upgrade" {
            continue;
        }
        for hook in event["hooks"].as_array().unwrap() {
            let path = format!("c/{}", hook["source"]["path"].as_str().unwrap());
            let stored = want["hooks"].as_array().unwrap().iter().find(|stored| {
                stored[0] == hook["name"]
                    && stored[1] == hook["kind"]
                    && stored[2] == json!(path)
                    && stored[4] == hook["weight"]
            });
            let Some(stored) = stored else {
                return Err(format!("{} is not stored so: {}", hook["name"], want["hooks"]));
            };
            // The default is added when a hook runs.
            let defaulted = hook["deletePolicyDefaulted"] == json!(true);
            let policies = if defaulted { json!(["before-hook-creation"]) } else { stored[5].clone() };
            if hook["deletePolicies"] != policies {
                return Err(format!("{}: policies {} are {}", hook["name"], policies, hook["deletePolicies"]));
            }
        }
    }
    Ok(())
}

#[test]
fn recorded_charts_are_planned_as_helm_runs_them() {
    let cases = cases();
    assert!(cases.len() >= 150, "{} cases", cases.len());
    let folder = Folder::new("plan");
    for (at, case) in cases.iter().enumerate().filter(|(_, case)| case["values"].is_null()) {
        folder.chart(&at.to_string(), case);
    }
    let mut wrong = Vec::new();
    for engine in ["helm3", "helm4"] {
        let (report, planned) = plan(&folder.0, engine, &[]);
        super::schema::validate("plan", &report);
        for (at, case) in cases.iter().enumerate() {
            let mut chart = planned.get(&at.to_string()).cloned();
            if let Some(values) = case["values"].as_str() {
                let own = Folder::new(&format!("plan-{at}"));
                own.chart("c", case);
                own.write("values.yaml", values);
                let file = own.0.join("values.yaml");
                chart = plan(&own.0.join("c"), engine, &["-f", &file.to_string_lossy()]).1.remove("c");
            }
            if let Err(why) = compare(case, engine, chart.as_ref()) {
                wrong.push(format!("{} ({engine}): {why}", case["name"]));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), 2 * cases.len(), wrong.join("\n"));
}
