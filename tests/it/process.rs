//! What only a process shows: closed pipes, files written, the environment.

use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};

use super::plan::Folder;

fn ours() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_helm-hooks"));
    command.env_clear().current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata"));
    command
}

#[test]
fn a_closed_pipe_is_no_error() {
    let folder = Folder::new("pipe");
    let template = "{{ range until 4000 }}---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: n{{ . }}\n  annotations:\n    helm.sh/hook: test\n{{ end }}";
    folder.write("c/Chart.yaml", "apiVersion: v2\nname: c\nversion: 0.1.0\n");
    folder.write("c/templates/a.yaml", template);
    for command in ["plan", "template"] {
        let mut child = ours()
            .arg(command)
            .arg(folder.path().join("c"))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("our binary starts");
        let mut first = [0; 1];
        child.stdout.take().expect("a pipe").read_exact(&mut first).expect("the first byte");
        // The pipe is closed here, long before everything was written.
        let output = child.wait_with_output().expect("our binary ends");
        assert_eq!(output.status.code(), Some(0), "{command}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{command}");
    }
}

#[test]
fn formats_go_into_files() {
    let folder = Folder::new("files");
    folder.write("there", "");
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let output = ours()
        .args(["plan", "charts/announce", "--color", "always", "--event", "pre-upgrade"])
        .args([
            "-o",
            &format!("json={}", path("plan.json")),
            "-o",
            &format!("table={}", path("plan.txt")),
            "--format",
            "markdown",
        ])
        .output()
        .expect("our binary starts");
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stdout.starts_with(b"### Hooks of announce"));
    let json = std::fs::read_to_string(path("plan.json")).expect("the file of JSON");
    serde_json::from_str::<serde_json::Value>(&json).expect("JSON");
    let table = std::fs::read_to_string(path("plan.txt")).expect("the file of the table");
    assert!(table.starts_with("announce 0.1.0 · ") && !table.contains('\u{1b}'), "{table}");
    let output =
        ours().args(["plan", "charts/announce", "-o", "json=nowhere/x.json"]).output().expect("our binary starts");
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn values_come_from_stdin() {
    let folder = Folder::new("stdin");
    folder.write("values.yaml", "migrate:\n  weight: -7\n");
    let stdin = std::fs::File::open(folder.path().join("values.yaml")).expect("the values");
    let output = ours()
        .args(["plan", "charts/several/shop", "-f", "-", "--event", "pre-install", "-o", "json"])
        .stdin(stdin)
        .output()
        .expect("our binary starts");
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(report["charts"][0]["events"][0]["hooks"][0]["weight"], -7);
}

#[test]
fn completion_scripts_name_the_program() {
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let output = ours().args(["completion", shell]).output().expect("our binary starts");
        let script = String::from_utf8(output.stdout).expect("a script is UTF-8");
        assert!(script.contains("helm-hooks") && script.contains("plan"), "{shell}");
    }
}
