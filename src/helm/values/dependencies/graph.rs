//! Charts as Helm holds them: pointers that several parents can share.
//!
//! Which parts an alias copies and which it shares differs between the Helms and shows in what is rendered, so the processing of
//! dependencies works on the same graph Helm has, and a tree of [`Chart`]s is made of it in the end.

use std::rc::Rc;
use std::sync::Arc;

use crate::go::value::Map;
use crate::helm::chart::{Chart, ChartFile, Dependency, Metadata};
use crate::helm::dialect::Dialect;
use crate::helm::values::coalesce::Node;

/// How many charts there may be. Ten aliases in each of nine charts that lie in each other make a milliard.
pub(super) const MAX_CHARTS: usize = 10_000;

/// `*chart.Chart`.
pub(super) type ChartId = usize;
/// `*chart.Metadata`.
pub(super) type MetadataId = usize;
/// `*chart.Dependency`.
pub(super) type RequirementId = usize;

/// All that exists; ids are places in these lists.
#[derive(Default)]
pub(super) struct Graph {
    charts: Vec<ChartNode>,
    metadata: Vec<MetadataNode>,
    requirements: Vec<Dependency>,
}

#[derive(Clone)]
struct ChartNode {
    metadata: MetadataId,
    values: Map,
    dependencies: Vec<ChartId>,
    parent: Option<ChartId>,
    /// Place in the list of the charts' contents, which no processing changes.
    content: usize,
}

#[derive(Clone)]
struct MetadataNode {
    name: String,
    /// The rest, without `dependencies`.
    rest: usize,
    dependencies: Option<Vec<RequirementId>>,
}

/// What the charts hold beside what is processed.
#[derive(Default)]
pub(super) struct Contents {
    charts: Vec<Content>,
    metadata: Vec<Metadata>,
}

struct Content {
    values_file: Option<ChartFile>,
    schema: Option<Arc<[u8]>>,
    templates: Rc<Vec<ChartFile>>,
    files: Rc<Vec<ChartFile>>,
    location: String,
}

impl Graph {
    /// The graph of a loaded chart, whose id is returned.
    pub(super) fn new(chart: Chart) -> (Graph, Contents, ChartId) {
        let mut graph = Graph::default();
        let mut contents = Contents::default();
        let root = graph.add(chart, None, &mut contents);
        (graph, contents, root)
    }

    fn add(&mut self, chart: Chart, parent: Option<ChartId>, contents: &mut Contents) -> ChartId {
        let Chart { mut metadata, values, values_file, schema, templates, files, dependencies, location, path: _ } =
            chart;
        let required = metadata.dependencies.take().map(|required| {
            let first = self.requirements.len();
            self.requirements.extend(required);
            (first..self.requirements.len()).collect()
        });
        let node = MetadataNode {
            name: std::mem::take(&mut metadata.name),
            rest: contents.metadata.len(),
            dependencies: required,
        };
        contents.metadata.push(metadata);
        self.metadata.push(node);
        let content = contents.charts.len();
        contents.charts.push(Content { values_file, schema, templates, files, location });
        let id = self.charts.len();
        let metadata = self.metadata.len() - 1;
        self.charts.push(ChartNode { metadata, values, dependencies: Vec::new(), parent, content });
        for child in dependencies {
            let child = self.add(child, Some(id), contents);
            if let Some(node) = self.charts.get_mut(id) {
                node.dependencies.push(child);
            }
        }
        id
    }

    /// The tree below a chart as it is now.
    pub(super) fn tree(&self, contents: &Contents, id: ChartId) -> Option<Chart> {
        let node = self.charts.get(id)?;
        let meta = self.metadata.get(node.metadata)?;
        let content = contents.charts.get(node.content)?;
        let required = meta.dependencies.as_ref();
        let required = required.map(|ids| ids.iter().filter_map(|id| self.requirements.get(*id).cloned()).collect());
        Some(Chart {
            metadata: Metadata {
                name: meta.name.clone(),
                dependencies: required,
                ..contents.metadata.get(meta.rest)?.clone()
            },
            values: node.values.clone(),
            values_file: content.values_file.clone(),
            schema: content.schema.clone(),
            templates: content.templates.clone(),
            files: content.files.clone(),
            dependencies: node.dependencies.iter().filter_map(|child| self.tree(contents, *child)).collect(),
            location: content.location.clone(),
            path: self.full_path(id),
        })
    }

    /// `ChartFullPath`.
    fn full_path(&self, id: ChartId) -> String {
        let name = self.name(id);
        match self.charts.get(id).and_then(|node| node.parent) {
            Some(parent) => format!("{}/charts/{name}", self.full_path(parent)),
            None => name.to_owned(),
        }
    }

    pub(super) fn name(&self, id: ChartId) -> &str {
        let metadata = self.charts.get(id).and_then(|node| self.metadata.get(node.metadata));
        metadata.map_or("", |metadata| &metadata.name)
    }

    pub(super) fn version<'c>(&self, contents: &'c Contents, id: ChartId) -> &'c str {
        let metadata = self.charts.get(id).and_then(|node| self.metadata.get(node.metadata));
        metadata.and_then(|metadata| contents.metadata.get(metadata.rest)).map_or("", |rest| &rest.version)
    }

    pub(super) fn dependencies(&self, id: ChartId) -> Vec<ChartId> {
        self.charts.get(id).map(|node| node.dependencies.clone()).unwrap_or_default()
    }

    /// `SetDependencies`: makes the chart their parent, whoever it was before.
    pub(super) fn set_dependencies(&mut self, id: ChartId, children: Vec<ChartId>) {
        for child in &children {
            if let Some(node) = self.charts.get_mut(*child) {
                node.parent = Some(id);
            }
        }
        if let Some(node) = self.charts.get_mut(id) {
            node.dependencies = children;
        }
    }

    /// What `Chart.yaml` requires; `None` when it says nothing.
    pub(super) fn required(&self, id: ChartId) -> Option<Vec<RequirementId>> {
        let metadata = self.charts.get(id).and_then(|node| self.metadata.get(node.metadata))?;
        metadata.dependencies.clone()
    }

    pub(super) fn set_required(&mut self, id: ChartId, required: Option<Vec<RequirementId>>) {
        let metadata = self.charts.get(id).map(|node| node.metadata);
        if let Some(metadata) = metadata.and_then(|id| self.metadata.get_mut(id)) {
            metadata.dependencies = required;
        }
    }

    pub(super) fn requirement(&self, id: RequirementId) -> Option<&Dependency> {
        self.requirements.get(id)
    }

    pub(super) fn requirement_mut(&mut self, id: RequirementId) -> Option<&mut Dependency> {
        self.requirements.get_mut(id)
    }

    pub(super) fn set_values(&mut self, id: ChartId, values: Map) {
        if let Some(node) = self.charts.get_mut(id) {
            node.values = values;
        }
    }

    /// Whether aliases of aliases have made more charts than anyone could have meant.
    pub(super) fn is_too_large(&self) -> bool {
        self.charts.len() > MAX_CHARTS
    }

    /// A copy of a chart for one requirement of it, under its alias. It shares with the original what that Helm's copy shares.
    pub(super) fn copy(&mut self, id: ChartId, alias: &str, dialect: &Dialect) -> Option<ChartId> {
        let original = self.charts.get(id)?.clone();
        let mut metadata = self.metadata.get(original.metadata)?.clone();
        if !alias.is_empty() {
            alias.clone_into(&mut metadata.name);
        }
        if dialect.alias_copies_deep {
            metadata.dependencies = metadata.dependencies.map(|required| self.copy_requirements(&required));
        }
        self.metadata.push(metadata);
        let copy = self.charts.len();
        let metadata = self.metadata.len() - 1;
        self.charts.push(ChartNode { metadata, ..original.clone() });
        if dialect.alias_copies_deep {
            let mut children = Vec::with_capacity(original.dependencies.len());
            for child in original.dependencies {
                let child = self.charts.get(child)?.clone();
                children.push(self.charts.len());
                self.charts.push(child);
            }
            self.set_dependencies(copy, children);
        }
        Some(copy)
    }

    fn copy_requirements(&mut self, required: &[RequirementId]) -> Vec<RequirementId> {
        let copies: Vec<_> = required.iter().filter_map(|id| self.requirements.get(*id).cloned()).collect();
        let first = self.requirements.len();
        self.requirements.extend(copies);
        (first..self.requirements.len()).collect()
    }
}

/// A chart of a graph.
pub(super) struct Cursor<'g> {
    pub(super) graph: &'g Graph,
    pub(super) id: ChartId,
}

impl Node for Cursor<'_> {
    fn name(&self) -> &str {
        self.graph.name(self.id)
    }

    fn values(&self) -> Map {
        self.graph.charts.get(self.id).map(|node| node.values.clone()).unwrap_or_default()
    }

    fn children(&self) -> Vec<Self> {
        let children = self.graph.charts.get(self.id).map(|node| node.dependencies.as_slice()).unwrap_or_default();
        children.iter().map(|id| Cursor { graph: self.graph, id: *id }).collect()
    }
}
