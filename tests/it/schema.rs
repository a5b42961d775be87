//! Machine output keeps to the schemas we print.

use std::process::Command;

use serde_json::Value;

/// Fails when a value does not keep to the schema of a command.
pub(crate) fn validate(command: &str, value: &Value) {
    let output =
        Command::new(env!("CARGO_BIN_EXE_helm-hooks")).args(["schema", command]).output().expect("our binary starts");
    let schema: Value = serde_json::from_slice(&output.stdout).expect("a schema is JSON");
    let validator = jsonschema::draft202012::new(&schema).expect("a schema is a schema");
    let errors: Vec<String> =
        validator.iter_errors(value).map(|e| format!("{}: {e}", e.instance_path())).take(5).collect();
    assert!(errors.is_empty(), "{command}: {}", errors.join("\n"));
}

/// Properties that stand in the schema and nowhere in what it describes, or the other way round, are typing errors.
#[test]
fn the_schema_of_a_plan_names_every_key() {
    let output =
        Command::new(env!("CARGO_BIN_EXE_helm-hooks")).args(["schema", "plan"]).output().expect("our binary starts");
    let schema = String::from_utf8(output.stdout).expect("a schema is UTF-8");
    let plan = Command::new(env!("CARGO_BIN_EXE_helm-hooks"))
        .args(["plan", "-", "-o", "json"])
        .stdin(
            std::fs::File::open(concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/plan/stream.yaml")).expect("the stream"),
        )
        .output()
        .expect("our binary starts");
    let plan: Value = serde_json::from_slice(&plan.stdout).expect("a plan is JSON");
    validate("plan", &plan);
    let mut keys = Vec::new();
    collect(&plan, &mut keys);
    let missing: Vec<&String> = keys.iter().filter(|key| !schema.contains(&format!("\"{key}\":"))).collect();
    assert!(missing.is_empty(), "not in the schema: {missing:?}");
}

fn collect(value: &Value, keys: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                keys.push(key.clone());
                collect(value, keys);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, keys)),
        _ => {}
    }
}
