//! Values against the schemas charts bring along.
//!
//! Mirrors `pkg/chartutil/jsonschema.go` (Helm 4 `pkg/chart/common/util`). Schemas refer to files of this machine as with Helm, but
//! never to the network.

use std::cell::RefCell;
use std::path::Path;

use super::table::table;
use crate::go::errno;
use crate::go::fmt::sprintf;
use crate::go::jsonschema::{self, Failure};
use crate::go::url::Url;
use crate::go::value::{Map, Value};
use crate::helm::chart::Chart;
use crate::helm::log::{Level, Log};
use crate::helm::regular;

/// What texts call a chart's schema.
const URL: &str = "file:///values.schema.json";

/// Checks coalesced values against the schemas of a chart and of all charts below it.
///
/// # Errors
/// Helm's text, with what the schemas of all charts object to.
pub fn validate(chart: &Chart, values: &Map, log: &mut Log) -> Result<(), String> {
    let mut problems = String::new();
    check(chart, values, &RefCell::new(log), &mut problems);
    if problems.is_empty() {
        return Ok(());
    }
    Err(format!("values don't meet the specifications of the schema(s) in the following chart(s):\n{problems}"))
}

fn check(chart: &Chart, values: &Map, log: &RefCell<&mut Log>, problems: &mut String) {
    if let Some(schema) = &chart.schema
        && let Err(failure) = jsonschema::check(values, schema, URL, &|url| load(url, log))
    {
        problems.push_str(&format!("{}:\n", chart.metadata.name));
        match failure {
            Failure::Schema(text) => problems.push_str(&text),
            Failure::Value(text) => {
                let header = format!("jsonschema validation failed with '{URL}#'\n");
                problems.push_str(text.strip_prefix(&header).unwrap_or(&text));
                problems.push('\n');
            }
        }
    }
    for child in &chart.dependencies {
        let name = &child.metadata.name;
        match values.get(name) {
            None | Some(Value::Nil) => {}
            Some(value) => match table(&value) {
                Some(values) => check(child, values, log, problems),
                None => {
                    let found = String::from_utf8_lossy(&sprintf(b"%T", &[value])).into_owned();
                    problems
                        .push_str(&format!("{name}:\ninvalid type for values: expected object (map), got {found}\n"));
                }
            },
        }
    }
}

/// The document of a `$ref`.
fn load(url: &str, log: &RefCell<&mut Log>) -> Result<Vec<u8>, String> {
    let parsed = Url::parse(url).map_err(|e| e.to_string())?;
    match parsed.scheme.as_slice() {
        b"file" => {
            let path = String::from_utf8_lossy(&parsed.path).into_owned();
            let path = Path::new(&path);
            regular::read(path).map_err(|e| errno::path_error(if path.is_dir() { "read" } else { "open" }, path, &e))
        }
        b"http" | b"https" => Err(format!("HTTP request failed for {url}: schemas are not fetched from the network")),
        b"urn" => {
            // Helm takes such a schema for one that allows everything, and says so once.
            let text = format!("WARNING: unresolved URN reference ignored; using permissive schema: {url}");
            let message = "unresolved URN reference ignored; using permissive schema";
            log.borrow_mut().warn("jsonschema.go:192", &text, Level::Warn, message, &[("urn", url)]);
            Ok(b"true".to_vec())
        }
        _ => Err(format!("no URLLoader registered for {}", crate::go::strconv::quote(url.as_bytes()))),
    }
}
