//! The head of a manifest: the few fields Helm reads before it knows what a document is.
//!
//! Mirrors `SimpleHead` of `pkg/releaseutil/manifest.go` (3.21.4) and `pkg/release/v1/util/manifest.go` (4.2.4).

use std::collections::BTreeMap;

use super::skim;
use crate::go::value::{Map, Value};
use crate::go::yaml::{Error, MapShape, Shape, StructShape, unmarshal_as};
use crate::helm::dialect::{Dialect, Engine};

/// `SimpleHead`, with every scalar as the text Helm makes of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// `apiVersion`.
    pub api_version: String,
    /// `kind`.
    pub kind: String,
    /// `metadata.name`.
    pub name: String,
    /// `metadata.annotations`.
    pub annotations: BTreeMap<String, String>,
}

static ANNOTATIONS: MapShape = MapShape { go: "map[string]string", item: Shape::String };
static METADATA: StructShape = StructShape {
    go: r#"struct { Name string "json:\"name\""; Annotations map[string]string "json:\"annotations\"" }"#,
    fields: &[("name", Shape::String), ("annotations", Shape::Map(&ANNOTATIONS))],
};
const FIELDS: &[(&str, Shape)] =
    &[("apiVersion", Shape::String), ("kind", Shape::String), ("metadata", Shape::Struct(&METADATA))];
static HEAD_OF_HELM3: StructShape = StructShape { go: "releaseutil.SimpleHead", fields: FIELDS };
static HEAD_OF_HELM4: StructShape = StructShape { go: "util.SimpleHead", fields: FIELDS };

impl Head {
    /// Reads the first YAML document of a text.
    ///
    /// # Errors
    /// With the YAML reader's text.
    pub fn parse(text: &[u8], dialect: &Dialect) -> Result<Head, Error> {
        match skim::head(text) {
            Some(head) => Ok(head),
            None => Head::read(text, dialect),
        }
    }

    /// The same by the YAML reader, whatever the text is like.
    pub(super) fn read(text: &[u8], dialect: &Dialect) -> Result<Head, Error> {
        let shape = match dialect.engine {
            Engine::Helm3 => &HEAD_OF_HELM3,
            Engine::Helm4 => &HEAD_OF_HELM4,
        };
        let value = unmarshal_as(text, &Shape::Struct(shape))?;
        let Some(Value::Map(head)) = value else { return Ok(Head::default()) };
        let metadata = head.get("metadata").and_then(|value| value.as_map().cloned()).unwrap_or_default();
        let annotations = metadata.get("annotations").and_then(|value| value.as_map().cloned()).unwrap_or_default();
        Ok(Head {
            api_version: text_of(&head, "apiVersion"),
            kind: text_of(&head, "kind"),
            name: text_of(&metadata, "name"),
            annotations: annotations
                .entries()
                .into_iter()
                .map(|(key, value)| (key.to_text().into_owned(), string(&value)))
                .collect(),
        })
    }
}

fn text_of(map: &Map, key: &str) -> String {
    map.get(key).as_ref().map(string).unwrap_or_default()
}

fn string(value: &Value) -> String {
    value.as_str().map(|text| text.to_text().into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_those_of_each_helm() {
        let error = |text: &str, engine: Engine| {
            Head::parse(text.as_bytes(), engine.dialect()).unwrap_err().message().to_owned()
        };
        let prefix = "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal";
        assert_eq!(error("x", Engine::Helm3), format!("{prefix} string into Go value of type releaseutil.SimpleHead"));
        assert_eq!(error("- x", Engine::Helm4), format!("{prefix} array into Go value of type util.SimpleHead"));
        assert_eq!(
            error("metadata: {annotations: {a: [1]}}", Engine::Helm4),
            format!("{prefix} array into Go struct field .metadata.annotations of type string")
        );
        assert_eq!(
            error("kind: {}", Engine::Helm4),
            format!("{prefix} object into Go struct field SimpleHead.kind of type string")
        );
    }

    #[test]
    fn scalars_become_texts() {
        let text = "Kind: 12\nmetadata:\n  name: 007\n  annotations: {a: 1e6, b: ~, c: yes, 5: 08}\n";
        let head = Head::parse(text.as_bytes(), Engine::Helm4.dialect()).unwrap();
        assert_eq!((head.kind.as_str(), head.name.as_str()), ("12", "7"));
        let annotations: Vec<_> = head.annotations.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        assert_eq!(annotations, [("5", "8"), ("a", "1e+06"), ("b", ""), ("c", "true")]);
    }
}
