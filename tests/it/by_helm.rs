//! `--renderer helm` with a helm of our own that prints what it is told to: what is handed to it, and what is made of its output.

#![cfg(unix)]

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use super::plan::Folder;

fn plan(script: &str, more: &[&str]) -> (Option<i32>, String, String) {
    let folder = Folder::new(&format!("helm-{:x}", script.len() * 1000 + more.len()));
    folder.write("helm", &format!("#!/bin/sh\n{script}\n"));
    let helm = folder.path().join("helm");
    std::fs::set_permissions(&helm, std::fs::Permissions::from_mode(0o755)).expect("the script can be run");
    let output = Command::new(env!("CARGO_BIN_EXE_helm-hooks"))
        .args(["plan", "rel", "charts/announce", "--renderer", "helm"])
        .args(more)
        .env_clear()
        .env("HELM_BIN", helm)
        .env("LC_ALL", "C.UTF-8")
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata"))
        .output()
        .expect("our binary starts");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn helm_is_handed_the_flags() {
    let script = "printf -- '---\\n# Source: app/templates/x.yaml\\nkind: Job\\napiVersion: batch/v1\\nmetadata:\\n  name: \"%s\"\\n  annotations: {helm.sh/hook: test}\\n' \"$*\"";
    let (code, stdout, stderr) =
        plan(script, &["-n", "ns", "--set", "a=b,c", "-f", "v.yaml", "-a", "x/v1", "-o", "json"]);
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
    let report: serde_json::Value = serde_json::from_str(&stdout).expect("JSON");
    let name = report["charts"][0]["events"][0]["hooks"][0]["name"].as_str().expect("a name");
    assert_eq!(
        name, "template --namespace=ns --values=v.yaml --set=a=b,c --api-versions=x/v1 -- rel charts/announce",
        "{stdout}"
    );
    assert_eq!(report["charts"][0]["name"], "app");
}

#[test]
fn helms_error_is_ours() {
    let (code, stdout, stderr) = plan(
        "printf 'level=WARN msg=x\\nError: execution error at (x): no\\n\\nUse --debug flag to render out invalid YAML\\n' >&2; exit 1",
        &[],
    );
    assert_eq!((code, stdout.as_str(), stderr.as_str()), (Some(3), "", "Error: execution error at (x): no\n"));
}
