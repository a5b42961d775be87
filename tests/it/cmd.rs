//! Transcripts: what a user types and sees, as data below `testdata/cmd`. `UPDATE=1` writes them anew.
//!
//! A transcript is text. A line `$ [NAME=VALUE…] helm-hooks|kubectl-hooks words… [< file]` is a command, run in `testdata`; below it stand its
//! stdout, then `[stderr]` and its stderr if there is any, then `[exit N]` if it is not 0. Lines that begin with `#: ` are comments.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

fn testdata() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata")
}

/// Splits a line as a shell does, as far as blanks and quotes go.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote, mut begun) = (Vec::new(), String::new(), None, false);
    for c in line.chars() {
        match (c, quote) {
            (c, Some(open)) if c == open => quote = None,
            (c, Some(_)) => word.push(c),
            ('"' | '\'', None) => (quote, begun) = (Some(c), true),
            (' ', None) => {
                if begun || !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
                begun = false;
            }
            (c, None) => word.push(c),
        }
    }
    if begun || !word.is_empty() {
        words.push(word);
    }
    words
}

fn run(line: &str) -> String {
    let mut words = words(line);
    let mut stdin = Stdio::null();
    if let Some(at) = words.iter().position(|word| word == "<") {
        let file = fs::File::open(testdata().join(&words[at + 1])).expect("the file of stdin can be opened");
        stdin = Stdio::from(file);
        words.truncate(at);
    }
    let program = words.iter().position(|word| !word.contains('=')).expect("a program");
    let binary = match words[program].as_str() {
        "helm-hooks" => env!("CARGO_BIN_EXE_helm-hooks"),
        "kubectl-hooks" => env!("CARGO_BIN_EXE_kubectl-hooks"),
        other => panic!("{other} is not ours"),
    };
    let mut command = Command::new(binary);
    // Nothing of the developer's machine reaches a transcript.
    command.env_clear().env("LC_ALL", "C.UTF-8").current_dir(testdata()).stdin(stdin);
    for assignment in &words[..program] {
        let (name, value) = assignment.split_once('=').expect("NAME=VALUE");
        command.env(name, value);
    }
    let output = command.args(&words[program + 1..]).output().expect("our binary starts");
    let mut text = String::from_utf8(output.stdout).expect("stdout is UTF-8");
    if !text.is_empty() && !text.ends_with('\n') {
        text.push_str("[no newline]\n");
    }
    let stderr = String::from_utf8(output.stderr).expect("stderr is UTF-8");
    if !stderr.is_empty() {
        let _ = write!(text, "[stderr]\n{stderr}");
    }
    match output.status.code() {
        Some(0) => {}
        Some(code) => {
            let _ = writeln!(text, "[exit {code}]");
        }
        None => text.push_str("[killed]\n"),
    }
    text
}

/// The transcript with the outputs of today. Everything but comments and commands is output.
fn replay(transcript: &str) -> String {
    let mut out = String::new();
    let lines: Vec<&str> = transcript.lines().collect();
    for (at, line) in lines.iter().enumerate() {
        if let Some(command) = line.strip_prefix("$ ") {
            let _ = writeln!(out, "{line}\n{}", run(command).trim_end_matches('\n'));
            if at < lines.len() {
                out.push('\n');
            }
        } else if let Some(comment) = line.strip_prefix("#: ") {
            let _ = writeln!(out, "#: {comment}");
        }
    }
    out
}

#[test]
fn transcripts() {
    let mut files: Vec<_> =
        fs::read_dir(testdata().join("cmd")).expect("testdata/cmd").map(|e| e.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty());
    let mut wrong = Vec::new();
    for file in files {
        let before = fs::read_to_string(&file).expect("a transcript is UTF-8");
        let now = replay(&before);
        if before == now {
            continue;
        }
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&file, now).expect("a transcript can be written");
        } else {
            let same = before.lines().zip(now.lines()).take_while(|(a, b)| a == b).count();
            let line = |text: &str| text.lines().nth(same).unwrap_or("(end)").to_owned();
            wrong.push(format!(
                "{}:{}\n  written: {}\n  now:     {}",
                file.display(),
                same + 1,
                line(&before),
                line(&now)
            ));
        }
    }
    assert!(wrong.is_empty(), "UPDATE=1 cargo test accepts these:\n{}", wrong.join("\n"));
}
