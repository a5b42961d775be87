//! Every case recorded from Helm's own code, through our whole pipeline, for both Helms.
//!
//! `RECORDED=funcs/lists cargo test recorded -- --nocapture` runs a part and shows more of the differences.

use std::fs;
use std::path::{Path, PathBuf};

use helm_hooks::helm::dialect::Engine;
use rayon::prelude::*;
use serde_json::{Value as Json, json};

use crate::common;

const FOLDERS: [&str; 4] = ["template", "funcs", "yaml", "values"];

/// At least so many cases must be there: a wrong path must not look like success.
const AT_LEAST: [(&str, usize); 4] = [("template", 300), ("funcs", 4000), ("yaml", 300), ("values", 300)];

fn case_files(folder: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(folder);
    let Ok(entries) = fs::read_dir(root) else { return Vec::new() };
    let mut files: Vec<PathBuf> = entries
        .filter_map(Result::ok)
        .map(|e| e.path())
        .filter(|p| p.extension().is_some_and(|e| e == "jsonl"))
        .collect();
    files.sort();
    files
}

/// Reduces a bare template's answer to its text, as the recorder does.
fn as_recorded(question: &Json, mut answer: Json) -> Json {
    if question.get("template").is_some() && answer.get("out").is_some() {
        return json!({"out": answer["out"]["templates/t"].take()});
    }
    answer
}

/// The differences of one file and how many cases it has.
fn run(file: &Path) -> (usize, Vec<String>) {
    let text = fs::read_to_string(file).expect("a case file is UTF-8");
    let mut cases = 0;
    let mut wrong = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let question: Json = serde_json::from_str(line).expect("a case is a line of JSON");
        for engine in [Engine::Helm3, Engine::Helm4] {
            let want = question.get("want").or_else(|| question.get(engine.name())).expect("a recorded answer");
            let got = as_recorded(&question, common::answer(&question, engine));
            cases += 1;
            if got != *want {
                let asked = question.get("template").or_else(|| question.get("files")).unwrap_or(&question);
                let place = format!("{}:{}", file.file_name().unwrap_or_default().to_string_lossy(), number + 1);
                wrong.push(format!("{place} {} {asked}\n  helm: {want}\n  ours: {got}", engine.name()));
            }
        }
    }
    (cases, wrong)
}

#[test]
fn recorded_cases_give_helms_answers() {
    let only = std::env::var("RECORDED").unwrap_or_default();
    let mut wrong = Vec::new();
    for folder in FOLDERS {
        let files: Vec<PathBuf> =
            case_files(folder).into_iter().filter(|f| f.to_string_lossy().contains(&only)).collect();
        let results: Vec<_> = files.par_iter().map(|file| (file, run(file))).collect();
        let mut total = 0;
        for (file, (cases, differences)) in results {
            println!(
                "{folder}/{}: {} of {cases} equal",
                file.file_stem().unwrap_or_default().to_string_lossy(),
                cases - differences.len()
            );
            total += cases / 2;
            wrong.extend(differences);
        }
        let least = AT_LEAST.iter().find(|(name, _)| *name == folder).map_or(0, |(_, n)| *n);
        assert!(!only.is_empty() || total >= least, "{folder}: only {total} cases found");
    }
    let shown = if only.is_empty() { 20 } else { 2000 };
    assert!(
        wrong.is_empty(),
        "{} differences, the first {shown}:\n{}",
        wrong.len(),
        wrong[..shown.min(wrong.len())].join("\n")
    );
}
