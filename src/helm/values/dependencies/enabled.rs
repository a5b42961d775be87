//! Which dependencies stay: version ranges, aliases, tags and conditions.
//!
//! Mirrors `processDependencyEnabled` and what it calls (`pkg/chartutil/dependencies.go`).

use super::Processing;
use super::graph::{ChartId, MAX_CHARTS, RequirementId};
use crate::go::semver;
use crate::go::value::{Map, Value};
use crate::helm::log::Level;
use crate::helm::values::coalesce::Nulls;
use crate::helm::values::table;

impl Processing<'_> {
    /// Settles a chart's dependencies and then theirs. Below the root, `values` are still the root's, and `path` leads to the chart's.
    pub(super) fn settle_enabled(&mut self, chart: ChartId, values: &Map, path: &str) -> Result<(), String> {
        let Some(required) = self.graph.required(chart) else { return Ok(()) };
        if self.graph.is_too_large() {
            return Err(format!("aliases of dependencies make more than {MAX_CHARTS} charts"));
        }
        self.pick_charts(chart, &required);
        for id in &required {
            self.set_enabled(*id, true);
        }
        let values = self.coalesced(chart, values, Nulls::Remove)?;
        self.apply_tags(&required, &values);
        self.apply_conditions(&required, &values, path);
        let is_enabled =
            |work: &Processing<'_>, id: RequirementId| work.graph.requirement(id).is_some_and(|r| r.enabled);
        let (enabled, disabled): (Vec<_>, Vec<_>) = required.iter().partition(|id| is_enabled(self, **id));
        let disabled: Vec<String> = disabled.into_iter().map(|id| self.name_of(id)).collect();
        let is_disabled = |name: &str| disabled.iter().any(|disabled| disabled == name);
        let mut kept = self.graph.dependencies(chart);
        kept.retain(|child| !is_disabled(self.graph.name(*child)));
        let required: Vec<_> = enabled.into_iter().filter(|id| !is_disabled(&self.name_of(*id))).collect();
        for child in &kept {
            let path = format!("{path}{}.", self.graph.name(*child));
            self.settle_enabled(*child, &values, &path)?;
        }
        self.graph.set_required(chart, (!required.is_empty()).then_some(required));
        self.graph.set_dependencies(chart, kept);
        Ok(())
    }

    /// Puts the charts into the order of the requirements, each under its alias, behind those that nobody requires.
    fn pick_charts(&mut self, chart: ChartId, required: &[RequirementId]) {
        let present = self.graph.dependencies(chart);
        let mut picked = Vec::with_capacity(present.len());
        for child in &present {
            if !required.iter().any(|id| self.meets(*child, *id)) {
                picked.push(*child);
            }
        }
        for id in required {
            let alias = self.graph.requirement(*id).map(|r| r.alias.clone()).unwrap_or_default();
            let found = present.iter().find(|child| self.meets(**child, *id));
            let copy = found.and_then(|child| self.graph.copy(*child, &alias, self.dialect));
            picked.extend(copy);
            if let Some(required) = self.graph.requirement_mut(*id)
                && !alias.is_empty()
            {
                required.name = alias;
            }
        }
        self.graph.set_dependencies(chart, picked);
    }

    /// Whether a chart is the one that is required.
    fn meets(&self, chart: ChartId, required: RequirementId) -> bool {
        self.graph.requirement(required).is_some_and(|required| {
            self.graph.name(chart) == required.name
                && is_compatible_range(&required.version, self.graph.version(&self.contents, chart))
        })
    }

    fn set_enabled(&mut self, required: RequirementId, enabled: bool) {
        if let Some(required) = self.graph.requirement_mut(required) {
            required.enabled = enabled;
        }
    }

    /// A dependency is disabled by tags that are all false.
    fn apply_tags(&mut self, required: &[RequirementId], values: &Map) {
        let Ok(tags) = table::lookup(values, "tags") else { return };
        for id in required {
            let (mut some_true, mut some_false) = (false, false);
            let own = self.graph.requirement(*id).and_then(|r| r.tags.clone()).unwrap_or_default();
            for tag in own {
                match tags.get(&tag) {
                    None => {}
                    Some(Value::Bool(true)) => some_true = true,
                    Some(Value::Bool(false)) => some_false = true,
                    Some(_) => {
                        let chart = self.name_of(*id);
                        self.log.warn(
                            "dependencies.go:95",
                            &format!("Warning: Tag '{tag}' for chart {chart} returned non-bool value"),
                            Level::Warn,
                            "returned non-bool value",
                            &[("tag", &tag), ("chart", &chart)],
                        );
                    }
                }
            }
            self.set_enabled(*id, some_true || !some_false);
        }
    }

    /// The first condition that has a value decides, whatever the tags say.
    fn apply_conditions(&mut self, required: &[RequirementId], values: &Map, path: &str) {
        for id in required {
            let Some(own) = self.graph.requirement(*id) else { continue };
            let (chart, conditions) = (own.name.clone(), own.condition.trim().to_owned());
            for condition in conditions.split(',').filter(|condition| !condition.is_empty()) {
                match table::path_value(values, &format!("{path}{condition}")) {
                    None => {}
                    Some(Value::Bool(enabled)) => {
                        self.set_enabled(*id, enabled);
                        break;
                    }
                    Some(_) => self.log.warn(
                        "dependencies.go:64",
                        &format!("Warning: Condition path '{condition}' for chart {chart} returned non-bool value"),
                        Level::Warn,
                        "returned non-bool value",
                        &[("path", condition), ("chart", &chart)],
                    ),
                }
            }
        }
    }
}

/// `IsCompatibleRange`: whether a version is in a range; not when either is malformed.
pub(crate) fn is_compatible_range(range: &str, version: &str) -> bool {
    let (Ok(version), Ok(range)) = (semver::Version::parse(version), semver::Constraint::parse(range)) else {
        return false;
    };
    range.check(&version)
}
