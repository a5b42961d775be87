//! Folders, links, .helmignore, archives, flags and files: what the real helm binaries print, and what ours prints.
//!
//! The cases and their recorder are in `testdata/loading`. `LOADING=link cargo test loading` runs those with the word in their name.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use rayon::prelude::*;
use serde_json::{Value as Json, json};

/// Cases whose texts cannot be Helm's, with the reason.
const EXCUSED: &[(&str, &str)] = &[("release -a2", "a mistake in the command line is ours to explain")];

fn content(of: &Json) -> Vec<u8> {
    if let Some(text) = of["text"].as_str() {
        return text.as_bytes().to_vec();
    }
    if let Some(size) = of["fill"].as_u64() {
        return vec![b'x'; usize::try_from(size).expect("a size")];
    }
    BASE64_STANDARD.decode(of["base64"].as_str().expect("a content")).expect("base64")
}

#[cfg(unix)]
fn build(folder: &Path, tree: &Json) {
    for (path, of) in tree.as_object().expect("a tree") {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        if let Some(target) = of["link"].as_str() {
            std::os::unix::fs::symlink(target, path).expect("a link");
        } else if of.get("folder").is_some() {
            fs::create_dir_all(path).expect("a folder");
        } else if of.get("fifo").is_some() {
            assert!(Command::new("mkfifo").arg(path).status().expect("mkfifo").success());
        } else {
            fs::write(path, content(of)).expect("a file");
        }
    }
}

fn answer(case: &Json, engine: &str) -> Json {
    let folder = tempfile(&format!("{}-{engine}", case["name"].as_str().expect("a name")));
    build(&folder, &case["tree"]);
    let args = case["args"].as_array().expect("arguments").iter().map(|arg| arg.as_str().expect("a text"));
    let mut child = Command::new(env!("CARGO_BIN_EXE_helm-hooks"))
        .args(args)
        .args(["--for", engine])
        .env_clear()
        .env("LC_ALL", "C.UTF-8")
        .current_dir(&folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("our binary");
    let stdin = case["stdin"].as_str().unwrap_or_default();
    // A command that does not read it is gone by now.
    let _ = child.stdin.take().expect("stdin").write_all(stdin.as_bytes());
    let output = child.wait_with_output().expect("an end");
    let text = |bytes: &[u8]| {
        String::from_utf8_lossy(bytes)
            .replace(folder.to_str().expect("a UTF-8 folder"), "$DIR")
            .replace('\u{fffd}', "?")
    };
    let failed = i32::from(!output.status.success());
    fs::remove_dir_all(&folder).expect("the folder can go");
    json!({"rc": failed, "out": text(&output.stdout), "err": text(&output.stderr)})
}

/// Helm's answer without what is meant to be another here: how its advice stands below an error, and the empty line after a schema's.
fn alike(want: &Json) -> Json {
    let mut want = want.clone();
    let err = want["err"].as_str().expect("a text");
    let err = err.replace("\n\nUse --debug flag", "\n  help: Use --debug flag");
    want["err"] = json!(err.strip_suffix("\n\n").map_or(err.clone(), |cut| format!("{cut}\n")));
    want
}

/// A folder of its own, below a path without anything a log line would quote.
fn tempfile(name: &str) -> PathBuf {
    let plain: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).take(60).collect();
    let hash = name.bytes().fold(0_u64, |hash, byte| hash.wrapping_mul(31).wrapping_add(u64::from(byte)));
    let root = fs::canonicalize(std::env::temp_dir()).expect("a folder for temporary files");
    let folder = root.join(format!("hh-loading-{}-{plain}-{hash:x}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

#[cfg(unix)]
#[test]
fn charts_are_loaded_as_helm_loads_them() {
    let only = std::env::var("LOADING").unwrap_or_default();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/loading/cases.jsonl");
    let text = fs::read_to_string(file).expect("the recorded cases");
    let cases: Vec<Json> = text.lines().map(|line| serde_json::from_str(line).expect("a case")).collect();
    assert!(cases.len() > 300, "only {} cases found", cases.len());
    let wrong: Vec<String> = cases
        .par_iter()
        .filter(|case| case["name"].as_str().is_some_and(|name| name.contains(&only)))
        .filter(|case| !EXCUSED.iter().any(|(name, _)| case["name"] == *name))
        .flat_map_iter(|case| {
            ["helm3", "helm4"].into_iter().filter_map(move |engine| {
                let want = case.get("want").or_else(|| case.get(engine)).expect("a recorded answer");
                let got = answer(case, engine);
                (got != alike(want))
                    .then(|| format!("{} {engine} {}\n  helm: {want}\n  ours: {got}", case["name"], case["args"]))
            })
        })
        .collect();
    let shown = if only.is_empty() { 20 } else { 2000 };
    assert!(
        wrong.is_empty(),
        "{} differences, the first {shown}:\n{}",
        wrong.len(),
        wrong[..shown.min(wrong.len())].join("\n")
    );
}
