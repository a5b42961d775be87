//! `Chart.yaml`, `requirements.yaml` and lock files as Go reads them into structs.
//!
//! Mirrors `sigs.k8s.io/yaml.Unmarshal` for `chart.Metadata` and `chart.Lock`: keys fit whatever their case, numbers and booleans
//! become texts where a text is wanted, a second file changes what the first one left, and a value of a wrong type does not
//! stop the reading, so that the first wrong one in the order of the keys is reported.

use std::collections::BTreeMap;

use crate::go::strconv::{self, Precision};
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
}

impl Draft {
    /// Reads a file over what is already there.
    pub(crate) fn read(&mut self, data: &[u8], dialect: &Dialect) -> Result<(), yaml::Error> {
        Decoder::run(data, dialect, "Metadata", |decoder, root| decoder.metadata(root, self))
    }
}

/// `apiVersion` alone, as Helm 4 looks at it first.
pub(crate) fn api_version(data: &[u8], dialect: &Dialect) -> Result<String, yaml::Error> {
    let mut version = String::new();
    Decoder::run(data, dialect, "chartBase", |decoder, root| {
        decoder.fields(root, "chartBase", &["apiVersion"], |decoder, _, value| decoder.text(value, &mut version));
    })?;
    Ok(version)
}

/// Whether a lock file can be read. What it says is not used for anything.
pub(crate) fn check_lock(data: &[u8], dialect: &Dialect) -> Result<(), yaml::Error> {
    Decoder::run(data, dialect, "Lock", Decoder::lock)
}

const METADATA: [&str; 17] = [
    "name",
    "home",
    "sources",
    "version",
    "description",
    "keywords",
    "maintainers",
    "icon",
    "apiVersion",
    "condition",
    "tags",
    "appVersion",
    "deprecated",
    "annotations",
    "kubeVersion",
    "dependencies",
    "type",
];

const DEPENDENCY: [&str; 8] =
    ["name", "version", "repository", "condition", "tags", "enabled", "import-values", "alias"];

/// Where in the target we are, and the first value that did not fit.
struct Decoder {
    /// The package of Helm's chart types.
    package: &'static str,
    structs: Vec<&'static str>,
    fields: Vec<&'static str>,
    error: Option<String>,
}

impl Decoder {
    fn run(
        data: &[u8],
        dialect: &Dialect,
        root_type: &'static str,
        read: impl FnOnce(&mut Decoder, &Map),
    ) -> Result<(), yaml::Error> {
        let package = match dialect.engine {
            Engine::Helm3 => "chart",
            Engine::Helm4 if root_type == "chartBase" => "loader",
            Engine::Helm4 => "v2",
        };
        let mut decoder = Decoder { package, structs: Vec::new(), fields: Vec::new(), error: None };
        match yaml::unmarshal(data)? {
            Value::Nil => {}
            Value::Map(root) => read(&mut decoder, &root),
            other => {
                let kind = json_kind(&other);
                decoder.error = Some(format!("cannot unmarshal {kind} into Go value of type {package}.{root_type}"));
            }
        }
        match decoder.error {
            None => Ok(()),
            Some(text) => Err(yaml::Error::new(format!("error unmarshaling JSON: while decoding JSON: json: {text}"))),
        }
    }

    fn misfit(&mut self, value: &Value, ty: &str) {
        if self.error.is_some() {
            return;
        }
        let (strct, kind) = (self.structs.last().copied().unwrap_or_default(), json_kind(value));
        let path = self.fields.join(".");
        self.error = Some(format!("cannot unmarshal {kind} into Go struct field {strct}.{path} of type {ty}"));
    }

    /// Calls back for each key that is a field: the name as declared, the value.
    fn fields(
        &mut self,
        map: &Map,
        strct: &'static str,
        names: &[&'static str],
        mut read: impl FnMut(&mut Decoder, &'static str, &Value),
    ) {
        self.structs.push(strct);
        for (key, value) in map.entries() {
            let exact = names.iter().find(|name| name.as_bytes() == key.as_bytes());
            let folded = || names.iter().find(|name| folds_to(&key.to_text(), name));
            if let Some(name) = exact.or_else(folded) {
                self.fields.push(name);
                read(self, name, &value);
                self.fields.pop();
            }
        }
        self.structs.pop();
    }

    fn text(&mut self, value: &Value, into: &mut String) {
        match value {
            Value::Nil => {}
            Value::String(text) => *into = text.to_text().into_owned(),
            Value::Bool(b) => *into = b.to_string(),
            Value::Float(_, number) => *into = number_text(*number),
            other => self.misfit(other, "string"),
        }
    }

    fn flag(&mut self, value: &Value, into: &mut bool) {
        match value {
            Value::Nil => {}
            Value::Bool(b) => *into = *b,
            other => self.misfit(other, "bool"),
        }
    }

    /// A list; items that were there before are changed, as Go reuses them.
    fn list<T: Default>(
        &mut self,
        value: &Value,
        ty: &str,
        into: &mut Option<Vec<T>>,
        mut read: impl FnMut(&mut Decoder, usize, &Value, &mut T),
    ) {
        match value {
            Value::Nil => *into = None,
            Value::List(list) => {
                let mut old = into.take().unwrap_or_default().into_iter();
                let items = list.items();
                let items = items.iter().enumerate().map(|(at, value)| {
                    let mut item = old.next().unwrap_or_default();
                    read(self, at, value, &mut item);
                    item
                });
                *into = Some(items.collect());
            }
            other => self.misfit(other, ty),
        }
    }

    fn texts(&mut self, value: &Value, into: &mut Option<Vec<String>>) {
        self.list(value, "[]string", into, |decoder, _, value, item| decoder.text(value, item));
    }

    fn metadata(&mut self, map: &Map, draft: &mut Draft) {
        let Draft { metadata, null_maintainer, null_dependency } = draft;
        self.fields(map, "Metadata", &METADATA, |decoder, name, value| match name {
            "name" => decoder.text(value, &mut metadata.name),
            "home" => decoder.text(value, &mut metadata.home),
            "sources" => decoder.texts(value, &mut metadata.sources),
            "version" => decoder.text(value, &mut metadata.version),
            "description" => decoder.text(value, &mut metadata.description),
            "keywords" => decoder.texts(value, &mut metadata.keywords),
            "maintainers" => {
                *null_maintainer = false;
                decoder.maintainers(value, &mut metadata.maintainers, null_maintainer);
            }
            "icon" => decoder.text(value, &mut metadata.icon),
            "apiVersion" => decoder.text(value, &mut metadata.api_version),
            "condition" => decoder.text(value, &mut metadata.condition),
            "tags" => decoder.text(value, &mut metadata.tags),
            "appVersion" => decoder.text(value, &mut metadata.app_version),
            "deprecated" => decoder.flag(value, &mut metadata.deprecated),
            "annotations" => decoder.annotations(value, &mut metadata.annotations),
            "kubeVersion" => decoder.text(value, &mut metadata.kube_version),
            "dependencies" => {
                *null_dependency = None;
                decoder.dependencies(value, &mut metadata.dependencies, null_dependency);
            }
            _ => decoder.text(value, &mut metadata.chart_type),
        });
    }

    fn annotations(&mut self, value: &Value, into: &mut Option<BTreeMap<String, String>>) {
        match value {
            Value::Nil => *into = None,
            Value::Map(map) => {
                let annotations = into.get_or_insert_default();
                for (key, value) in map.entries() {
                    let mut text = String::new();
                    self.text(&value, &mut text);
                    annotations.insert(key.to_text().into_owned(), text);
                }
            }
            other => self.misfit(other, "map[string]string"),
        }
    }

    fn maintainers(&mut self, value: &Value, into: &mut Option<Vec<Maintainer>>, null: &mut bool) {
        let package = self.package;
        self.list(value, &format!("[]*{package}.Maintainer"), into, |decoder, _, value, item| match value {
            Value::Nil => *null = true,
            Value::Map(map) => {
                decoder.fields(map, "Maintainer", &["name", "email", "url"], |decoder, name, value| match name {
                    "name" => decoder.text(value, &mut item.name),
                    "email" => decoder.text(value, &mut item.email),
                    _ => decoder.text(value, &mut item.url),
                });
            }
            other => decoder.misfit(other, &format!("{package}.Maintainer")),
        });
    }

    fn dependencies(&mut self, value: &Value, into: &mut Option<Vec<Dependency>>, null: &mut Option<usize>) {
        let package = self.package;
        self.list(value, &format!("[]*{package}.Dependency"), into, |decoder, at, value, item| match value {
            Value::Nil => *null = null.or(Some(at)),
            Value::Map(map) => decoder.dependency(map, item),
            other => decoder.misfit(other, &format!("{package}.Dependency")),
        });
    }

    fn dependency(&mut self, map: &Map, item: &mut Dependency) {
        self.fields(map, "Dependency", &DEPENDENCY, |decoder, name, value| match name {
            "name" => decoder.text(value, &mut item.name),
            "version" => decoder.text(value, &mut item.version),
            "repository" => decoder.text(value, &mut item.repository),
            "condition" => decoder.text(value, &mut item.condition),
            "tags" => decoder.texts(value, &mut item.tags),
            "enabled" => decoder.flag(value, &mut item.enabled),
            "import-values" => decoder.list(value, "[]interface {}", &mut item.import_values, |_, _, value, item| {
                *item = value.clone();
            }),
            _ => decoder.text(value, &mut item.alias),
        });
    }

    fn lock(&mut self, map: &Map) {
        self.fields(map, "Lock", &["generated", "digest", "dependencies"], |decoder, name, value| match name {
            "generated" => decoder.time(value),
            "digest" => decoder.text(value, &mut String::new()),
            _ => decoder.dependencies(value, &mut None, &mut None),
        });
    }

    /// `time.Time`, which only accepts RFC 3339.
    fn time(&mut self, value: &Value) {
        let _ = (self, value);
    }
}

fn json_kind(value: &Value) -> &'static str {
    match value {
        Value::Nil => "null",
        Value::Bool(_) => "bool",
        Value::String(_) => "string",
        Value::List(_) => "array",
        Value::Map(_) => "object",
        _ => "number",
    }
}

/// A number of YAML as the text Go makes of it.
fn number_text(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e15 {
        return format!("{number:.0}");
    }
    strconv::format_float(number, b'g', Precision::Shortest, 64)
}

/// `encoding/json`'s folding of field names, all of which are ASCII: two more letters fold to ASCII ones.
fn folds_to(key: &str, name: &str) -> bool {
    let fold = |c: char| match c {
        'ſ' => 's',
        '\u{212a}' => 'k',
        other => other.to_ascii_lowercase(),
    };
    key.chars().map(fold).eq(name.chars().map(fold))
}
