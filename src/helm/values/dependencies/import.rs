//! `import-values`: values of a child that its parent takes over as defaults.
//!
//! Mirrors `processImportValues` (`pkg/chartutil/dependencies.go`) with merging, which is how both Helms install.

use super::Processing;
use super::graph::{ChartId, RequirementId};
use crate::go::fmt::sprint;
use crate::go::value::{Map, STRING_MAP, Value};
use crate::helm::log::Level;
use crate::helm::values::coalesce::{Coalescing, Nulls};
use crate::helm::values::table::{deep_copy, lookup, table};

impl Processing<'_> {
    /// Imports on all levels, the lowest first.
    pub(super) fn import_values(&mut self, chart: ChartId) -> Result<(), String> {
        for child in self.graph.dependencies(chart) {
            self.import_values(child)?;
        }
        let Some(required) = self.graph.required(chart) else { return Ok(()) };
        let values = self.coalesced(chart, &Value::dict(), Nulls::Keep)?;
        let imported = Value::dict();
        for id in required {
            self.import_from(id, &values, &imported);
        }
        // The chart's own values win; they may be shared with what was imported, hence the copy.
        let own = deep_copy(&values);
        self.merge(&own, &imported);
        self.graph.set_values(chart, own);
        Ok(())
    }

    fn import_from(&mut self, id: RequirementId, values: &Map, imported: &Map) {
        let Some(required) = self.graph.requirement(id) else { return };
        let chart = required.name.clone();
        // What the imports are afterwards: maps of strings, whatever they were.
        let mut plain = Vec::new();
        for import in required.import_values.clone().unwrap_or_default() {
            let (child, parent) = match &import {
                Value::String(name) => (format!("exports.{name}"), ".".to_owned()),
                other => match table(other) {
                    Some(pair) => (shown(pair, "child"), shown(pair, "parent")),
                    None => continue,
                },
            };
            let pair = Map::new(&STRING_MAP).with("child", child.as_str()).with("parent", parent.as_str());
            plain.push(Value::Map(pair));
            match lookup(values, &format!("{chart}.{child}")) {
                Ok(found) => {
                    let found = if found.is_empty() { Value::dict() } else { found };
                    self.merge(imported, &at_path(&parent, found));
                }
                Err(missing) if matches!(import, Value::String(_)) => self.log.warn(
                    "dependencies.go:287",
                    &format!("Warning: ImportValues missing table: {missing}"),
                    Level::Warn,
                    "ImportValues missing table",
                    &[("error", &missing)],
                ),
                Err(missing) => self.log.warn(
                    "dependencies.go:270",
                    &format!("Warning: ImportValues missing table from chart {chart}: {missing}"),
                    Level::Warn,
                    "ImportValues missing table from chart",
                    &[("chart", &chart), ("error", &missing)],
                ),
            }
        }
        if let Some(required) = self.graph.requirement_mut(id) {
            required.import_values = (!plain.is_empty()).then_some(plain);
        }
    }

    fn merge(&mut self, above: &Map, below: &Map) {
        Coalescing { dialect: self.dialect, log: self.log }.tables(above, below, Nulls::Keep);
    }
}

/// `fmt.Sprintf("%v", pair[key])`.
fn shown(pair: &Map, key: &str) -> String {
    String::from_utf8_lossy(&sprint(&[pair.get(key).unwrap_or_default()])).into_owned()
}

/// The values under a dotted path; `.` is the top.
fn at_path(path: &str, values: Map) -> Map {
    if path == "." {
        return values;
    }
    path.rsplit('.').fold(values, |inner, name| Value::dict().with(name, inner))
}
