//! One set of findings through every format: `testdata/lint/formats/sample.json` and what each format makes of it beside it.
//! `UPDATE=1` writes the outputs anew.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value;

use super::{concise, full, github, gitlab, json, junit, sarif, schema, step_summary};
use crate::hooks::{ObjectRef, Release};
use crate::lint::{
    Applicability, Audience, ChartError, Docs, Finding, Fixable, Outcome, Profile, RelatedPlace, Rule, SourceEdit,
    SourceFix, SourcePlace, Summary,
};
use crate::report::look::{Look, acts_on_terminals};
use crate::text::{Position, Severity, SourceFile};

const fn rule(code: &'static str, name: &'static str, severity: Severity) -> Rule {
    Rule {
        code,
        name,
        severity,
        profile: Profile::Default,
        fixable: Fixable::No,
        docs: Docs {
            summary: "One sentence with `code` and <angles>.",
            reports: "What it reports.",
            happens: "What \"happens\" then.",
            remedy: "What to do.",
            fine: "",
            evidence: &[],
        },
        check: |_, _| {},
        vectors: &[],
    }
}

/// Rules of the sample: the real ones change their texts.
static RULES: [Rule; 3] = [
    rule("HH901", "first-sample", Severity::Error),
    rule("HH902", "second-sample", Severity::Warning),
    rule("HH903", "third-sample", Severity::Info),
];

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("testdata/lint/formats")
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().map(text).collect()
}

fn severity(value: &Value) -> Severity {
    match value.as_str() {
        Some("error") => Severity::Error,
        Some("warning") => Severity::Warning,
        _ => Severity::Info,
    }
}

/// `[line, column]`.
fn position(value: &Value) -> Position {
    let number = |at: usize| u32::try_from(value[at].as_u64().unwrap()).unwrap();
    Position { line: number(0), column: number(1) }
}

fn place(value: &Value, files: &Value) -> SourcePlace {
    let path = text(&value["path"]);
    let source = files[&path].as_str().map(|text| Arc::new(SourceFile::new(path.as_str(), text.as_bytes().to_vec())));
    let exact = value["exact"].as_bool().unwrap_or(true);
    SourcePlace { path, start: position(&value["start"]), end: position(&value["end"]), exact, source }
}

fn fix(value: &Value) -> Option<SourceFix> {
    let edit = |edit: &Value| SourceEdit {
        path: text(&edit["path"]),
        start: position(&edit["start"]),
        end: position(&edit["end"]),
        bytes: 0..0,
        text: text(&edit["text"]),
    };
    value.is_object().then(|| SourceFix {
        applicability: match value["applicability"].as_str() {
            Some("safe") => Applicability::Safe,
            Some("unsafe") => Applicability::Unsafe,
            _ => Applicability::Suggestion,
        },
        title: text(&value["title"]),
        edits: value["edits"].as_array().unwrap().iter().map(edit).collect(),
    })
}

fn finding(value: &Value, files: &Value) -> Finding {
    let related =
        |value: &Value| RelatedPlace { place: place(&value["place"], files), message: text(&value["message"]) };
    let object = &value["object"];
    Finding {
        rule: RULES.iter().find(|rule| value["code"] == rule.code).unwrap(),
        severity: severity(&value["severity"]),
        message: text(&value["message"]),
        help: text(&value["help"]),
        place: place(&value["place"], files),
        rendered: value["rendered"].as_str().map(str::to_owned),
        included_by: texts(&value["includedBy"]),
        chart: text(&value["chart"]),
        release: Release { name: "release-name".into(), namespace: "default".into() },
        object: object.is_object().then(|| ObjectRef {
            api_version: text(&object["apiVersion"]),
            kind: text(&object["kind"]),
            name: text(&object["name"]),
            namespace: object["namespace"].as_str().map(str::to_owned),
            generate_name: None,
        }),
        values: texts(&value["values"]),
        engines: if value["engines"] == "helm3" { Audience::HELM3 } else { Audience::ALL },
        related: value["related"].as_array().into_iter().flatten().map(related).collect(),
        fix: fix(&value["fix"]),
        fingerprint: text(&value["fingerprint"]),
    }
}

fn sample() -> Outcome {
    let text_of = fs::read_to_string(folder().join("sample.json")).expect("the sample");
    let value: Value = serde_json::from_str(&text_of).expect("the sample is JSON");
    let findings: Vec<Finding> =
        value["findings"].as_array().unwrap().iter().map(|one| finding(one, &value["files"])).collect();
    let error = |error: &Value| ChartError {
        path: text(&error["path"]),
        message: text(&error["message"]),
        frame: String::new(),
    };
    let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    let summary = Summary {
        charts: 12,
        rendered: 11,
        hooks: 31,
        errors: count(Severity::Error),
        warnings: count(Severity::Warning),
        infos: count(Severity::Info),
        suppressed: 2,
        fixed: 0,
    };
    Outcome { summary, errors: value["errors"].as_array().unwrap().iter().map(error).collect(), findings }
}

fn look(width: Option<usize>, color: bool, unicode: bool) -> Look {
    Look { width, color, unicode, program: "helm hooks".into() }
}

/// Every format with the name of its file.
fn outputs(outcome: &Outcome) -> Vec<(&'static str, String)> {
    let audience = Audience::HELM;
    vec![
        ("full.txt", full(outcome, audience, &look(None, false, true))),
        ("full-80-ascii.txt", full(outcome, audience, &look(Some(80), false, false))),
        ("concise.txt", concise(outcome, &look(None, false, true))),
        ("lint.json", json(outcome)),
        ("lint.sarif", sarif(outcome)),
        ("github.txt", github(outcome)),
        ("summary.md", step_summary(outcome, audience)),
        ("gitlab.json", gitlab(outcome)),
        ("junit.xml", junit(outcome)),
    ]
}

fn clean() -> Outcome {
    Outcome { summary: Summary { charts: 12, rendered: 12, hooks: 31, ..Summary::default() }, ..Outcome::default() }
}

#[test]
fn every_format_shows_the_sample() {
    let mut wrong = Vec::new();
    let clean = outputs(&clean()).into_iter().map(|(name, text)| (format!("clean/{name}"), text));
    for (name, now) in outputs(&sample()).into_iter().map(|(name, text)| (name.to_owned(), text)).chain(clean) {
        let path = folder().join(&name);
        if std::env::var_os("UPDATE").is_some() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &now).unwrap();
        } else if fs::read_to_string(&path).unwrap_or_default() != now {
            wrong.push(format!("{name} is now:\n{now}"));
        }
    }
    assert!(wrong.is_empty(), "UPDATE=1 cargo test accepts these:\n{}", wrong.join("\n"));
}

#[test]
fn nothing_acts_on_a_terminal() {
    for (name, text) in outputs(&sample()) {
        let bad: Vec<char> = text.chars().filter(|c| *c != '\n' && acts_on_terminals(*c)).collect();
        assert!(bad.is_empty(), "{name}: {bad:?}\n{text}");
        assert!(!name.contains("ascii") || text.is_ascii(), "{name}\n{text}");
    }
}

#[test]
fn colours_change_nothing_else() {
    let painted = full(&sample(), Audience::HELM, &look(Some(100), true, true));
    let mut plain = String::new();
    let mut rest = painted.as_str();
    while let Some(at) = rest.find('\u{1b}') {
        plain.push_str(&rest[..at]);
        rest = &rest[at + rest[at..].find('m').unwrap() + 1..];
    }
    plain.push_str(rest);
    assert_eq!(plain, full(&sample(), Audience::HELM, &look(Some(100), false, true)));
}

#[test]
fn every_format_has_the_findings_in_the_same_order() {
    let outcome = sample();
    for (name, text) in outputs(&outcome) {
        let mut at = 0;
        for finding in &outcome.findings {
            let needle = match name {
                "lint.json" => format!("\"code\": \"{}\"", finding.rule.code),
                "lint.sarif" => format!("\"ruleId\": \"{}\"", finding.rule.code),
                "gitlab.json" => format!("\"check_name\": \"{}\"", finding.rule.name),
                _ => finding.rule.code.to_owned(),
            };
            let found = text[at..].find(&needle).unwrap_or_else(|| panic!("{name}: {needle} is missing after {at}"));
            at += found + needle.len();
        }
    }
}

#[test]
fn machine_formats_keep_to_their_schemas() {
    let validate = |schema: &Value, text: &str| {
        let validator = jsonschema::validator_for(schema).expect("a schema is a schema");
        let value: Value = serde_json::from_str(text).expect("JSON");
        let errors: Vec<String> =
            validator.iter_errors(&value).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(errors.is_empty(), "{}", errors.join("\n"));
    };
    let official = folder().join("../sarif-schema-2.1.0.json");
    let official = serde_json::from_str(&fs::read_to_string(official).unwrap()).unwrap();
    let ours = serde_json::from_str(schema()).unwrap();
    for outcome in [sample(), clean()] {
        validate(&official, &sarif(&outcome));
        validate(&ours, &json(&outcome));
    }
}

#[test]
fn github_is_told_ten_of_a_kind() {
    let mut outcome = sample();
    let first = outcome.findings.first().cloned().unwrap();
    outcome.findings.extend(std::iter::repeat_n(first, 20));
    let text = github(&outcome);
    assert_eq!(text.lines().filter(|line| line.starts_with("::error ")).count(), 10);
    assert!(text.lines().last().unwrap().ends_with("more: GitHub shows 10 of a kind"), "{text}");
}
