//! The chart as Helm holds it in memory (`pkg/chart`): metadata, default values, files, dependencies.

use std::rc::Rc;
use std::sync::Arc;

use super::data::Data;
use crate::go::path;
use crate::go::value::Map;

/// A file of a chart.
#[derive(Clone, Debug)]
pub struct ChartFile {
    /// Its path inside its own chart, with `/`.
    pub name: String,
    /// Its bytes, without a UTF-8 byte order mark.
    pub data: Data,
}

/// A chart with its dependencies.
#[derive(Clone, Debug, Default)]
pub struct Chart {
    /// `Chart.yaml`, and `requirements.yaml` of a v1 chart.
    pub metadata: Metadata,
    /// `values.yaml` as parsed. Helm's `import-values` changes it.
    pub values: Map,
    /// `values.yaml` as written, with the name it was found under; for places.
    pub values_file: Option<ChartFile>,
    /// `values.schema.json`.
    pub schema: Option<Arc<[u8]>>,
    /// Files below `templates/`, in the order they were loaded.
    pub templates: Rc<Vec<ChartFile>>,
    /// All other files that `.Files` shows, and `crds/`.
    pub files: Rc<Vec<ChartFile>>,
    /// Charts below `charts/` that are (still) enabled, in the order Helm renders them.
    pub dependencies: Vec<Chart>,
    /// Where the chart lies below its parent's `charts/` (`sub`, or `sub-1.0.tgz!/sub`); empty for the root. For places: the rendered
    /// paths use the chart's name instead, which an alias changes.
    pub location: String,
    /// The path Helm gives it: the root's name, then `/charts/NAME` for each level (`ChartFullPath`); what its templates and CRDs are
    /// called by. An alias changes it. With Helm 3 the charts below a chart that is used under an alias keep the path they had
    /// before, so that two aliases of one chart share the templates of its dependencies.
    pub path: String,
}

/// `Chart.yaml`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "the fields of Chart.yaml, documented by Helm")]
pub struct Metadata {
    pub name: String,
    pub home: String,
    pub sources: Option<Vec<String>>,
    pub version: String,
    pub description: String,
    pub keywords: Option<Vec<String>>,
    pub maintainers: Option<Vec<Maintainer>>,
    pub icon: String,
    pub api_version: String,
    pub condition: String,
    pub tags: String,
    pub app_version: String,
    pub deprecated: bool,
    pub annotations: Option<std::collections::BTreeMap<String, String>>,
    pub kube_version: String,
    pub dependencies: Option<Vec<Dependency>>,
    pub chart_type: String,
}

/// An entry of `maintainers`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "the fields of Chart.yaml, documented by Helm")]
pub struct Maintainer {
    pub name: String,
    pub email: String,
    pub url: String,
}

/// An entry of `dependencies`.
#[derive(Clone, Debug, Default)]
#[allow(missing_docs, reason = "the fields of Chart.yaml, documented by Helm")]
pub struct Dependency {
    pub name: String,
    pub version: String,
    pub repository: String,
    pub condition: String,
    pub tags: Option<Vec<String>>,
    pub enabled: bool,
    /// Entries are strings or `{child, parent}` maps.
    pub import_values: Option<Vec<crate::go::value::Value>>,
    pub alias: String,
}

impl PartialEq for Dependency {
    fn eq(&self, other: &Dependency) -> bool {
        self.name == other.name && self.version == other.version && self.alias == other.alias
    }
}

impl Eq for Dependency {}

impl Chart {
    /// Files below `crds/` with a manifest's extension, of this chart and then of its dependencies: path from the root chart, file.
    pub fn crds(&self) -> Vec<(String, ChartFile)> {
        let mut found = Vec::new();
        self.collect_crds(&mut found);
        found
    }

    fn collect_crds(&self, found: &mut Vec<(String, ChartFile)>) {
        for file in self.files.iter() {
            let ext = path::ext(file.name.as_bytes());
            let manifest = [".yaml", ".yml", ".json"].iter().any(|known| ext.eq_ignore_ascii_case(known.as_bytes()));
            if file.name.starts_with("crds/") && manifest {
                found.push((format!("{}/{}", self.path, file.name), file.clone()));
            }
        }
        for child in &self.dependencies {
            child.collect_crds(found);
        }
    }

    /// Sets the paths of a chart as loaded and of those below it.
    pub(super) fn name_paths(&mut self, parent: &str) {
        let name = &self.metadata.name;
        self.path = if parent.is_empty() { name.clone() } else { format!("{parent}/charts/{name}") };
        for child in &mut self.dependencies {
            child.name_paths(&self.path);
        }
    }

    /// True for a chart of type `library`.
    pub fn is_library(&self) -> bool {
        self.metadata.chart_type.eq_ignore_ascii_case("library")
    }
}
