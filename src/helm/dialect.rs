//! The two Helms. What differs between them is a field here, chosen once by `--for` and handed down.

use std::sync::OnceLock;

use super::manifest::{KINDS_OF_HELM3, KINDS_OF_HELM4, Splitting};
use crate::go::template::FuncTable;

/// Which Helm to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Engine {
    /// Helm 3.21.4.
    Helm3,
    /// Helm 4.2.4.
    #[default]
    Helm4,
}

impl Engine {
    /// Its name on the command line and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Engine::Helm3 => "helm3",
            Engine::Helm4 => "helm4",
        }
    }

    /// Its name for people.
    pub fn title(self) -> &'static str {
        match self {
            Engine::Helm3 => "Helm 3",
            Engine::Helm4 => "Helm 4",
        }
    }

    /// The one of the two that this is not.
    #[must_use]
    pub fn other(self) -> Engine {
        match self {
            Engine::Helm3 => Engine::Helm4,
            Engine::Helm4 => Engine::Helm3,
        }
    }

    /// The table of what this Helm does differently.
    pub fn dialect(self) -> &'static Dialect {
        match self {
            Engine::Helm3 => &HELM3,
            Engine::Helm4 => &HELM4,
        }
    }
}

/// What differs between the two Helms while charts are read and rendered. A room that needs another difference adds a field.
#[derive(Debug)]
pub struct Dialect {
    /// The Helm this describes.
    pub engine: Engine,
    /// `.Capabilities.HelmVersion.Version`.
    pub version: &'static str,
    /// Template functions that only the other Helm has.
    pub lacks: &'static [&'static str],
    /// `--set a[0`: whether the end of the text inside an index is no error (`errors.Is(err, io.EOF)`).
    pub set_ignores_truncated_index: bool,
    /// `--set-json '{"a": 1}'`.
    pub set_json_takes_objects: bool,
    /// Whether a values file can have several documents, which are merged.
    pub merges_values_documents: bool,
    /// Whether a null in a chart's own values is no value.
    pub drops_default_nulls: bool,
    /// Whether a dependency under an alias has its own copies of its requirements and of the charts directly below it.
    pub alias_copies_deep: bool,
    /// Whether `apiVersion` is looked at before a chart is loaded.
    pub detects_chart_version: bool,
    /// Whether a rule of `.helmignore` that begins with slashes loses one more at each use.
    pub helmignore_strips_on: bool,
    /// What the error about a too large archive calls the limit.
    pub chart_size_name: &'static str,
    /// The functions this Helm has, made when first asked for.
    pub(super) functions: OnceLock<FuncTable>,
    /// How rendered files are cut into documents.
    pub splitting: Splitting,
    /// How many kinds of the install order it knows.
    pub install_kinds: usize,
    /// `--kube-version v1.33.4-gke.1`: whether `.Capabilities.KubeVersion.Version` keeps the suffix.
    pub keeps_kube_version_suffix: bool,
    /// Whether `.Chart` is a map of the fields' Go names; Helm 3 hands the struct to the template.
    pub chart_is_map: bool,
    /// Whether an error of a template is written over several lines, one stack level each.
    pub multi_line_errors: bool,
    /// Whether an error says at which stage before rendering it came (`release name check failed: …`).
    pub names_failed_stage: bool,
    /// `.Capabilities.HelmVersion.KubeClientVersion`, which Helm 3 has not.
    pub kube_client_version: Option<&'static str>,
}

/// Helm 3.21.4.
pub static HELM3: Dialect = Dialect {
    engine: Engine::Helm3,
    version: "v3.21.4",
    keeps_kube_version_suffix: false,
    chart_is_map: false,
    multi_line_errors: false,
    names_failed_stage: false,
    kube_client_version: None,
    lacks: &["mustToToml", "mustToYaml"],
    set_ignores_truncated_index: false,
    set_json_takes_objects: false,
    merges_values_documents: false,
    drops_default_nulls: false,
    alias_copies_deep: false,
    detects_chart_version: false,
    helmignore_strips_on: true,
    chart_size_name: "file size",
    functions: OnceLock::new(),
    splitting: Splitting::Trimmed,
    install_kinds: KINDS_OF_HELM3,
};

/// Helm 4.2.4.
pub static HELM4: Dialect = Dialect {
    engine: Engine::Helm4,
    version: "v4.2.4",
    lacks: &[],
    functions: OnceLock::new(),
    splitting: Splitting::LinesKept,
    install_kinds: KINDS_OF_HELM4,
    keeps_kube_version_suffix: true,
    chart_is_map: true,
    multi_line_errors: true,
    names_failed_stage: true,
    kube_client_version: Some("v1.36"),
    set_ignores_truncated_index: true,
    set_json_takes_objects: true,
    merges_values_documents: true,
    drops_default_nulls: true,
    alias_copies_deep: true,
    detects_chart_version: true,
    helmignore_strips_on: false,
    chart_size_name: "size",
};
