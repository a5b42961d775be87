//! The facts about hooks that rendering and order decide: `testdata/conformance/cases.jsonl`, recorded from both real Helms.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::plan::{Folder, calls};

fn ours(folder: &Folder, command: &str, engine: &str, more: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_helm-hooks"))
        .args([command, "rel", "c", "-n", "ns", "--for", engine])
        .args(more)
        .current_dir(folder.path())
        .env_clear()
        .output()
        .expect("our binary starts");
    let text = |bytes| String::from_utf8(bytes).expect("our output is UTF-8");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

fn compare(case: &Value, engine: &str) -> Result<(), String> {
    let want = &case[engine];
    let folder = Folder::new(&format!("conformance-{engine}-{}", case["case"]));
    folder.chart("c", case);
    let args: Vec<&str> = case["args"].as_array().into_iter().flatten().map(|word| word.as_str().unwrap()).collect();
    let (code, stdout, stderr) = ours(&folder, "template", engine, &args);
    // Helm knows one exit code for everything that goes wrong; ours says what.
    if (code == Some(0)) != (want["exit"] == 0) {
        return Err(format!("exit {code:?}, helm {}: {stderr}", want["exit"]));
    }
    if stdout != want["stdout"].as_str().unwrap() {
        return Err(format!("prints\n{stdout}\nhelm prints\n{}", want["stdout"].as_str().unwrap()));
    }
    let first = |text: &str| text.lines().next().unwrap_or_default().to_owned();
    let (got, helm) = (first(&stderr), first(want["stderr"].as_str().unwrap()));
    if got != helm {
        return Err(format!("says {got:?}, helm {helm:?}"));
    }
    let Some(helm_calls) = want.get("calls") else { return Ok(()) };
    let (_, stdout, stderr) = ours(&folder, "plan", engine, &["-o", "json"]);
    let report: Value = serde_json::from_str(&stdout).map_err(|e| format!("{e}: {stderr}"))?;
    let own_calls = calls(&report["charts"][0]);
    if own_calls == *helm_calls { Ok(()) } else { Err(format!("calls {own_calls}, helm {helm_calls}")) }
}

#[test]
fn facts_about_hooks_hold() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/conformance/cases.jsonl");
    let cases: Vec<Value> = fs::read_to_string(path)
        .expect("the recorded cases")
        .lines()
        .map(|line| serde_json::from_str(line).expect("a case is JSON"))
        .collect();
    let mut wrong = Vec::new();
    for case in &cases {
        for engine in ["helm3", "helm4"] {
            if let Err(why) = compare(case, engine) {
                wrong.push(format!("{} {} ({engine}): {why}", case["case"], case["title"]));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), 2 * cases.len(), wrong.join("\n"));
}
