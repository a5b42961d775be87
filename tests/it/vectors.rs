//! The vectors of lint rules, rendered: what the rules look at is what real Helm makes of the charts.
//!
//! `testdata/lint/rendered.jsonl` holds a line for each vector and both Helms, written by `testdata/lint/record.py` with the real
//! programs. `UPDATE=1` writes `testdata/lint/vectors.jsonl`, from which it works.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use helm_hooks::go::value::Value;
use helm_hooks::helm::action::{self, Request};
use helm_hooks::helm::chart::{self, ChartFile};
use helm_hooks::helm::dialect::Engine;
use helm_hooks::helm::manifest;
use helm_hooks::helm::render::Release;
use helm_hooks::helm::world::World;
use helm_hooks::lint::{Vector, rules};
use helm_hooks::report::manifests::{Selection, print};
use serde_json::{Value as Json, json};

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/lint").join(name)
}

/// Charts of all vectors by their names: `HH101 a misspelling`, and the charts they are compared with.
fn charts() -> BTreeMap<String, Vec<(String, String)>> {
    let mut charts = BTreeMap::new();
    for rule in rules::ALL {
        for vector in rule.vectors {
            let name = format!("{} {}", rule.code, vector.name);
            charts.extend(vector.fixed.map(|chart| (format!("{name}, fixed"), Vector::files(chart))));
            charts.extend(vector.baseline.map(|chart| (format!("{name}, baseline"), Vector::files(chart))));
            assert!(
                charts.insert(name.clone(), Vector::files(vector.chart)).is_none(),
                "two vectors are called {name}"
            );
        }
    }
    charts
}

/// The output of `template`, or the error.
fn rendered(files: &[(String, String)], engine: Engine) -> Result<String, String> {
    let dialect = engine.dialect();
    let files = files.iter().map(|(name, text)| ChartFile { name: name.clone(), data: text.as_bytes().into() });
    let loaded = chart::from_files(files.collect(), dialect).map_err(|e| e.message)?;
    let release = Release { name: "rel".into(), namespace: "ns".into(), revision: 1, is_upgrade: false };
    let request = Request {
        overrides: Value::dict(),
        release,
        kube_version: None,
        api_versions: Vec::new(),
        capabilities: None,
        skip_schema_validation: false,
        dialect,
    };
    let rendering = action::render(&loaded, &request, &Rc::new(World::fixed(1))).map_err(|e| e.message)?;
    let files = rendering.files().iter().map(|(path, text)| (path.as_str(), text.clone()));
    let manifests = manifest::sort(files, dialect).map_err(|e| e.to_string())?;
    let text = print(&manifests, &[], &Selection::default(), dialect)?;
    Ok(String::from_utf8_lossy(&text.concat()).into_owned())
}

#[test]
fn vectors_render_as_by_helm() {
    let charts = charts();
    if std::env::var_os("UPDATE").is_some() {
        let line =
            |(name, files): (&String, &Vec<(String, String)>)| format!("{}\n", json!({"name": name, "files": files}));
        fs::write(data("vectors.jsonl"), charts.iter().map(line).collect::<String>()).expect("vectors can be written");
    }
    let recorded = fs::read_to_string(data("rendered.jsonl")).expect("the recording can be read");
    let recorded: BTreeMap<String, Json> = recorded
        .lines()
        .map(|line| serde_json::from_str(line).expect("a line is JSON"))
        .map(|line: Json| (line["name"].as_str().unwrap_or_default().to_owned(), line))
        .collect();
    let mut wrong = Vec::new();
    for (name, files) in &charts {
        let Some(line) = recorded.get(name).filter(|line| line["files"] == json!(files)) else {
            wrong.push(format!(
                "{name}: not recorded; UPDATE=1 cargo test --test it vectors, then testdata/lint/record.py"
            ));
            continue;
        };
        for engine in [Engine::Helm3, Engine::Helm4] {
            // Random text is another one each time.
            if line["random"] == json!(true) {
                continue;
            }
            let want = &line[engine.name()];
            match (rendered(files, engine), want["error"].as_str()) {
                (Ok(text), None) if want["out"] == json!(text) => {}
                (Err(text), Some(error)) if error == text => {}
                (found, _) => wrong.push(format!("{name} ({}): {found:?}, helm: {want}", engine.name())),
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), charts.len(), wrong.join("\n"));
}
