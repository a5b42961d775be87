//! Answers the questions that `testdata/record.py` asks Helm's own code, in the same form.

use std::cell::Cell;
use std::rc::Rc;

use helm_hooks::go::yaml;
use helm_hooks::helm::chart::{self, ChartFile};
use helm_hooks::helm::dialect::{Dialect, Engine};
use helm_hooks::helm::log::Log;
use helm_hooks::helm::manifest;
use helm_hooks::helm::render::{self, Capabilities, Release};
use helm_hooks::helm::values::{self, Reading};
use helm_hooks::helm::world::World;
use serde_json::{Value as Json, json};

/// The answer to one question: `{"out": …, "hooks": […], "error": …}`.
pub(crate) fn answer(question: &Json, engine: Engine) -> Json {
    let mut answer = json!({});
    if let Err(error) = ask(question, engine.dialect(), &mut answer) {
        answer["error"] = json!(error);
    }
    answer
}

fn ask(question: &Json, dialect: &'static Dialect, answer: &mut Json) -> Result<(), String> {
    let step = |step: &'static str| move |error: String| format!("{step}: {error}");
    let mut files: Vec<ChartFile> = Vec::new();
    let mut add = |name: &str, text: &str| {
        files.push(ChartFile { name: name.to_owned(), data: text.as_bytes().to_vec().into() });
    };
    for (name, text) in question["files"].as_object().into_iter().flatten() {
        add(name, text.as_str().unwrap_or_default());
    }
    if let Some(text) = question["template"].as_str() {
        add("templates/t", text);
    }
    if question["files"].get("Chart.yaml").is_none() {
        add("Chart.yaml", "apiVersion: v2\nname: c\nversion: 0.1.0\n");
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    let loaded = chart::from_files(files, dialect).map_err(|e| step("load")(e.to_string()))?;
    let given = question["values"].as_str().unwrap_or_default();
    let parsed = yaml::unmarshal_dict(given.as_bytes()).map_err(|e| step("values")(e.to_string()))?;
    let overrides = parsed.unwrap_or_default();
    for (key, flag, reading) in [
        ("setJson", "set-json", Reading::Json),
        ("set", "set", Reading::Typed),
        ("setString", "set-string", Reading::Text),
        ("setLiteral", "set-literal", Reading::Literal),
    ] {
        for text in question[key].as_array().into_iter().flatten().filter_map(Json::as_str) {
            values::set(text, reading, &overrides, dialect).map_err(step(flag))?;
        }
    }
    let mut log = Log::new(dialect);
    let chart =
        values::process_dependencies(loaded.chart, &overrides, dialect, &mut log).map_err(step("dependencies"))?;
    let values = values::coalesce(&chart, &overrides, dialect, &mut log).map_err(step("values"))?;
    values::validate(&chart, &values, &mut log).map_err(step("values"))?;
    let is_upgrade = question["isUpgrade"].as_bool().unwrap_or_default();
    let release = Release {
        name: "rel".to_owned(),
        namespace: "ns".to_owned(),
        revision: if is_upgrade { 2 } else { 1 },
        is_upgrade,
    };
    let capabilities = Capabilities::without_cluster();
    let templates = render::Templates::new(&chart, &render::texts(dialect)).map_err(|e| step("render")(e.message))?;
    let input = render::Input {
        chart: &chart,
        templates: &templates,
        values: &values,
        spoiled: &Cell::new(false),
        release: &release,
        capabilities: &capabilities,
        dialect,
    };
    let rendered = render::render(&input, &Rc::new(World::fixed(1)), None).map_err(|e| step("render")(e.message))?;
    let rendered = rendered.files();
    let name = format!("{}/", chart.metadata.name);
    for (path, text) in rendered {
        // Go's encoding/json, through which Helm's answer came, has U+FFFD for each byte that is not UTF-8.
        let text = go_json_text(text.as_bytes());
        answer["out"][path.strip_prefix(&name).unwrap_or(path)] = json!(text);
    }
    let files = rendered.iter().map(|(path, text)| (path.as_str(), text.clone()));
    let manifests = manifest::sort(files, dialect).map_err(|e| step("manifests")(e.to_string()))?;
    let hooks: Vec<Json> = manifests.hooks.iter().filter_map(hook_json).collect();
    if !hooks.is_empty() {
        answer["hooks"] = json!(hooks);
    }
    Ok(())
}

fn hook_json(document: &manifest::Document) -> Option<Json> {
    let hook = helm_hooks::hooks::Hook::from_document(document)?;
    let policies = &hook.delete_policies;
    Some(json!({
        "name": hook.object.name, "kind": hook.object.kind, "path": document.path.as_ref(),
        "events": hook.events.iter().map(|e| e.name()).collect::<Vec<_>>(),
        "weight": hook.weight.value,
        "deletePolicies": if policies.defaulted { Json::Null } else { json!(policies.words) },
    }))
}

fn go_json_text(bytes: &[u8]) -> String {
    let mut out = String::new();
    for chunk in bytes.utf8_chunks() {
        out.push_str(chunk.valid());
        out.extend(std::iter::repeat_n('\u{fffd}', chunk.invalid().len()));
    }
    out
}
