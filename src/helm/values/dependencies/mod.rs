//! Which of a chart's dependencies are there, under which names, and what they export to their parents' values.
//!
//! Mirrors `ProcessDependencies` of Helm 3 and Helm 4's of the same name, which keeps nulls (Helm 3's
//! `ProcessDependenciesWithMerge`, which is what its install command calls as well).

mod enabled;
mod graph;
mod import;

pub(crate) use self::enabled::is_compatible_range;
use self::graph::{Graph, RequirementId};
use super::coalesce::Nulls;
use crate::go::value::Map;
use crate::helm::chart::Chart;
use crate::helm::dialect::Dialect;
use crate::helm::log::Log;

/// The graph under way.
struct Processing<'l> {
    graph: Graph,
    contents: graph::Contents,
    dialect: &'static Dialect,
    log: &'l mut Log,
}

/// Settles the dependencies of a chart for these values, which stay as they are: the chart without its disabled dependencies, with
/// aliases in place of names and imported values among its values.
///
/// # Errors
/// Helm's text, when a value for a dependency is no table.
pub fn process_dependencies(
    chart: Chart,
    values: &Map,
    dialect: &'static Dialect,
    log: &mut Log,
) -> Result<Chart, String> {
    if chart.metadata.dependencies.is_none() && !imports_below(&chart) {
        return Ok(chart);
    }
    let (graph, contents, root) = Graph::new(chart);
    let mut work = Processing { graph, contents, dialect, log };
    work.settle_enabled(root, values, "")?;
    work.import_values(root)?;
    Ok(work.graph.tree(&work.contents, root).unwrap_or_default())
}

fn imports_below(chart: &Chart) -> bool {
    chart.dependencies.iter().any(|child| child.metadata.dependencies.is_some() || imports_below(child))
}

impl Processing<'_> {
    fn name_of(&self, id: RequirementId) -> String {
        self.graph.requirement(id).map(|required| required.name.clone()).unwrap_or_default()
    }

    /// The coalesced values of a chart of the graph.
    fn coalesced(&mut self, chart: graph::ChartId, given: &Map, nulls: Nulls) -> Result<Map, String> {
        let cursor = graph::Cursor { graph: &self.graph, id: chart };
        super::coalesce::Coalescing { dialect: self.dialect, log: self.log }.values(&cursor, given, nulls)
    }
}
