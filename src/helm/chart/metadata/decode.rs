//! `Chart.yaml`, `requirements.yaml` and lock files as Go reads them into structs.
//!
//! Mirrors what `LoadFiles` of `pkg/chart/loader/load.go` (Helm 4 `pkg/chart/v2/loader`) does with `chart.Metadata` and
//! `chart.Lock`: a second file changes what the first one left.

use super::shapes::{self, Shapes};
use crate::go::value::{Map, Value};
use crate::go::yaml;
use crate::helm::chart::model::{Dependency, Maintainer, Metadata};
use crate::helm::dialect::{Dialect, Engine};

/// Metadata as far as it is read, not validated yet.
#[derive(Clone, Debug, Default)]
pub(crate) struct Draft {
    pub(crate) metadata: Metadata,
    /// Whether a maintainer is null.
    pub(crate) null_maintainer: bool,
    /// The first dependency that is null.
    pub(crate) null_dependency: Option<usize>,
    /// What all files together say.
    said: Option<Value>,
}

impl Draft {
    /// Reads a file over what is already there.
    pub(crate) fn read(&mut self, data: &[u8], dialect: &Dialect) -> Result<(), yaml::Error> {
        self.said = yaml::unmarshal_onto(data, &shapes(dialect).metadata, self.said.take())?;
        let Some(Value::Map(said)) = &self.said else { return Ok(()) };
        let dependencies = list(said, "dependencies");
        let maintainers = list(said, "maintainers");
        self.null_dependency = dependencies.iter().flatten().position(Value::is_nil);
        self.null_maintainer = maintainers.iter().flatten().any(Value::is_nil);
        // The loader may have filled it in.
        let api_version = if said.contains("apiVersion") { text(said, "apiVersion") } else { self.api_version() };
        self.metadata = Metadata {
            name: text(said, "name"),
            home: text(said, "home"),
            sources: texts(said, "sources"),
            version: text(said, "version"),
            description: text(said, "description"),
            keywords: texts(said, "keywords"),
            maintainers: maintainers.map(|items| items.iter().map(maintainer).collect()),
            icon: text(said, "icon"),
            api_version,
            condition: text(said, "condition"),
            tags: text(said, "tags"),
            app_version: text(said, "appVersion"),
            deprecated: flag(said, "deprecated"),
            annotations: said.get("annotations").and_then(|value| value.as_map().cloned()).map(|annotations| {
                let entries = annotations.entries().into_iter();
                entries.map(|(key, value)| (key.to_text().into_owned(), string(Some(value)))).collect()
            }),
            kube_version: text(said, "kubeVersion"),
            dependencies: dependencies.map(|items| items.iter().map(dependency).collect()),
            chart_type: text(said, "type"),
        };
        Ok(())
    }

    fn api_version(&self) -> String {
        self.metadata.api_version.clone()
    }
}

/// `apiVersion` alone, as Helm 4 looks at it first.
pub(crate) fn api_version(data: &[u8]) -> Result<String, yaml::Error> {
    let said = yaml::unmarshal_as(data, &shapes::CHART_BASE)?;
    Ok(said.as_ref().and_then(Value::as_map).map(|said| text(said, "apiVersion")).unwrap_or_default())
}

/// Whether a lock file can be read. What it says is not used for anything.
pub(crate) fn check_lock(data: &[u8], dialect: &Dialect) -> Result<(), yaml::Error> {
    yaml::unmarshal_as(data, &shapes(dialect).lock).map(|_| ())
}

fn shapes(dialect: &Dialect) -> &'static Shapes {
    match dialect.engine {
        Engine::Helm3 => &shapes::HELM3,
        Engine::Helm4 => &shapes::HELM4,
    }
}

fn maintainer(value: &Value) -> Maintainer {
    let Some(said) = value.as_map() else { return Maintainer::default() };
    Maintainer { name: text(said, "name"), email: text(said, "email"), url: text(said, "url") }
}

fn dependency(value: &Value) -> Dependency {
    let Some(said) = value.as_map() else { return Dependency::default() };
    Dependency {
        name: text(said, "name"),
        version: text(said, "version"),
        repository: text(said, "repository"),
        condition: text(said, "condition"),
        tags: texts(said, "tags"),
        enabled: flag(said, "enabled"),
        import_values: list(said, "import-values"),
        alias: text(said, "alias"),
    }
}

fn text(map: &Map, key: &str) -> String {
    string(map.get(key))
}

fn string(value: Option<Value>) -> String {
    value.as_ref().and_then(Value::as_str).map(|text| text.to_text().into_owned()).unwrap_or_default()
}

fn flag(map: &Map, key: &str) -> bool {
    matches!(map.get(key), Some(Value::Bool(true)))
}

fn list(map: &Map, key: &str) -> Option<Vec<Value>> {
    map.get(key)?.as_list().map(|list| list.items().to_vec())
}

fn texts(map: &Map, key: &str) -> Option<Vec<String>> {
    list(map, key).map(|items| items.into_iter().map(|item| string(Some(item))).collect())
}
