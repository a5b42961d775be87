//! The papers are true: the README's output is the program's, and every path that a paper names exists.

use std::fs;
use std::path::Path;
use std::process::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn paper(name: &str) -> String {
    fs::read_to_string(root().join(name)).expect("the paper is there")
}

#[test]
fn the_readme_shows_what_the_program_prints() {
    let readme = paper("README.md");
    let sessions: Vec<&str> = readme.split("```console\n$ helm hooks ").skip(1).collect();
    assert!(sessions.len() >= 2);
    for session in sessions {
        let (command, after) = session.split_once('\n').expect("a command");
        let (shown, _) = after.split_once("```").expect("an end");
        let output = Command::new(env!("CARGO_BIN_EXE_helm-hooks"))
            .args(command.split(' '))
            .current_dir(root())
            .env_clear()
            .env("LC_ALL", "C.UTF-8")
            .env("HELM_PLUGIN_NAME", "hooks")
            .env("HELM_CONTENT_CACHE", "set by Helm 4")
            .output()
            .expect("the program starts");
        assert_eq!(shown, String::from_utf8_lossy(&output.stdout));
    }
}

#[test]
fn named_paths_exist() {
    let mut missing = Vec::new();
    for name in ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "COMPATIBILITY.md"] {
        let text = paper(name);
        for quoted in text.split('`').skip(1).step_by(2) {
            let path = quoted.split([' ', ':', ',']).next().unwrap_or_default().trim_end_matches('/');
            let ours = ["src/", "tests/", "testdata/", "scripts/", "benches/", "fuzz/", ".ci/"];
            let is_path = ours.iter().any(|start| path.starts_with(start)) || path.ends_with(".md");
            if is_path && !path.contains(['*', '<', '…']) && !root().join(path).exists() {
                missing.push(format!("{name}: {path}"));
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}
