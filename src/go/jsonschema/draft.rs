//! The drafts of JSON Schema: their metaschemas, where their keywords hold schemas, their vocabularies.
//!
//! Mirrors `draft.go`.

use std::cell::OnceCell;
use std::rc::Rc;

use super::compile::Compiler;
use super::json::Json;
use super::location::split;
use super::schema::{Arena, Schema, SchemaId};

/// A draft.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) version: u16,
    pub(super) url: &'static str,
    /// The keyword that names a schema.
    pub(super) id: &'static str,
    /// Where schemas lie below a schema: `*` is any key, `[]` any item.
    pub(super) subschemas: &'static [&'static [&'static str]],
    vocabulary_prefix: &'static str,
    vocabularies: &'static [&'static str],
    default_vocabularies: &'static [&'static str],
}

const DRAFT4_PLACES: &[&str] = &[
    "definitions/*",
    "not",
    "allOf/[]",
    "anyOf/[]",
    "oneOf/[]",
    "properties/*",
    "additionalProperties",
    "patternProperties/*",
    "items",
    "items/[]",
    "additionalItems",
    "dependencies/*",
];
const DRAFT6_PLACES: &[&str] = &["propertyNames", "contains"];
const DRAFT7_PLACES: &[&str] = &["if", "then", "else"];
const DRAFT2019_PLACES: &[&str] =
    &["$defs/*", "dependentSchemas/*", "unevaluatedProperties", "unevaluatedItems", "contentSchema"];
const DRAFT2020_PLACES: &[&str] = &["prefixItems/[]"];

const fn old(
    version: u16,
    url: &'static str,
    id: &'static str,
    subschemas: &'static [&'static [&'static str]],
) -> Draft {
    Draft { version, url, id, subschemas, vocabulary_prefix: "", vocabularies: &[], default_vocabularies: &[] }
}

/// Draft 4, 6, 7, 2019-09 and 2020-12.
pub(super) static DRAFTS: [Draft; 5] = [
    old(4, "http://json-schema.org/draft-04/schema", "id", &[DRAFT4_PLACES]),
    old(6, "http://json-schema.org/draft-06/schema", "$id", &[DRAFT4_PLACES, DRAFT6_PLACES]),
    old(7, "http://json-schema.org/draft-07/schema", "$id", &[DRAFT4_PLACES, DRAFT6_PLACES, DRAFT7_PLACES]),
    Draft {
        version: 2019,
        url: "https://json-schema.org/draft/2019-09/schema",
        id: "$id",
        subschemas: &[DRAFT4_PLACES, DRAFT6_PLACES, DRAFT7_PLACES, DRAFT2019_PLACES],
        vocabulary_prefix: "https://json-schema.org/draft/2019-09/vocab/",
        vocabularies: &["core", "applicator", "validation", "meta-data", "format", "content"],
        default_vocabularies: &["core", "applicator", "validation"],
    },
    Draft {
        version: 2020,
        url: "https://json-schema.org/draft/2020-12/schema",
        id: "$id",
        subschemas: &[DRAFT4_PLACES, DRAFT6_PLACES, DRAFT7_PLACES, DRAFT2019_PLACES, DRAFT2020_PLACES],
        vocabulary_prefix: "https://json-schema.org/draft/2020-12/vocab/",
        vocabularies: &[
            "core",
            "applicator",
            "unevaluated",
            "validation",
            "meta-data",
            "format-annotation",
            "format-assertion",
            "content",
        ],
        default_vocabularies: &["core", "applicator", "unevaluated", "validation"],
    },
];

/// What a schema without `$schema` is.
pub(super) fn latest() -> &'static Draft {
    let [.., latest] = &DRAFTS;
    latest
}

/// The draft a `$schema` names.
pub(super) fn by_url(url: &str) -> Option<&'static Draft> {
    let (url, fragment) = split(url);
    if !fragment.is_empty() {
        return None;
    }
    let bare = |url: &'static str| url.split_once("://").map_or(url, |(_, rest)| rest);
    let asked = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://")).unwrap_or(url);
    match asked {
        "json-schema.org/schema" => Some(latest()),
        _ => DRAFTS.iter().find(|draft| bare(draft.url) == asked),
    }
}

impl Draft {
    /// The id of a schema, without its fragment; empty for none.
    pub(super) fn id_of<'j>(&self, schema: &'j Json) -> std::borrow::Cow<'j, str> {
        // Before 2019 everything beside a reference is ignored.
        if self.version < 2019 && schema.get("$ref").is_some() {
            return "".into();
        }
        let Some(id) = schema.get(self.id).and_then(Json::as_str) else { return "".into() };
        match id.to_text() {
            std::borrow::Cow::Borrowed(text) => split(text).0.into(),
            std::borrow::Cow::Owned(text) => split(&text).0.to_owned().into(),
        }
    }

    /// The vocabularies a metaschema requires; `None` when it does not say.
    pub(super) fn vocabularies_of(&self, url: &str, metaschema: &Json) -> Result<Option<Vec<&'static str>>, String> {
        let Some(listed) = metaschema.get("$vocabulary").and_then(Json::as_object) else { return Ok(None) };
        if self.version < 2019 {
            return Ok(None);
        }
        let mut found = Vec::new();
        for (name, required) in listed {
            if required.as_bool() != Some(true) {
                continue;
            }
            let name = name.to_text();
            let known = name.strip_prefix(self.vocabulary_prefix);
            let known = known.and_then(|name| self.vocabularies.iter().find(|known| **known == name));
            match known {
                Some(name) => found.push(*name),
                None => {
                    let quote = |text: &str| crate::go::strconv::quote(text.as_bytes());
                    return Err(format!("unsupported vocabulary {} in {}", quote(&name), quote(url)));
                }
            }
        }
        if !found.contains(&"core") {
            found.push("core");
        }
        Ok(Some(found))
    }
}

/// A draft, with the vocabularies a metaschema of someone's own chooses.
#[derive(Clone, Debug)]
pub(super) struct Dialect {
    pub(super) draft: &'static Draft,
    pub(super) chosen: Option<Rc<Chosen>>,
}

/// Vocabularies and what their schemas are checked against.
#[derive(Debug)]
pub(super) struct Chosen {
    names: Vec<&'static str>,
    meta: Meta,
}

/// A compiled metaschema.
#[derive(Debug)]
pub(super) struct Meta {
    pub(super) arena: Arena,
    pub(super) root: SchemaId,
}

impl Dialect {
    pub(super) fn of(draft: &'static Draft) -> Dialect {
        Dialect { draft, chosen: None }
    }

    /// The dialect of these vocabularies.
    pub(super) fn choosing(draft: &'static Draft, names: Vec<&'static str>) -> Result<Dialect, String> {
        let folder = draft.url.trim_end_matches("schema");
        let mut compiler = Compiler::for_metaschemas();
        let mut all_of = Vec::new();
        for name in &names {
            all_of.push(compiler.compile(&format!("{folder}meta/{name}"))?);
        }
        let mut arena = compiler.into_arena();
        let root = arena.add_metaschema(draft.version, all_of);
        Ok(Dialect { draft, chosen: Some(Rc::new(Chosen { names, meta: Meta { arena, root } })) })
    }

    pub(super) fn has_vocabulary(&self, name: &str) -> bool {
        if name == "core" || self.draft.version < 2019 {
            return true;
        }
        match &self.chosen {
            Some(chosen) => chosen.names.contains(&name),
            None => self.draft.default_vocabularies.contains(&name),
        }
    }
}

/// The metaschemas of the drafts, compiled when first needed.
#[derive(Debug, Default)]
pub(super) struct Metas {
    compiled: [OnceCell<Meta>; 5],
}

impl Metas {
    /// What schemas of a dialect are checked against.
    pub(super) fn of<'m>(&'m self, dialect: &'m Dialect) -> &'m Meta {
        if let Some(chosen) = &dialect.chosen {
            return &chosen.meta;
        }
        let at = DRAFTS.iter().position(|draft| draft.version == dialect.draft.version).unwrap_or(0);
        let [first, ..] = &self.compiled;
        self.compiled.get(at).unwrap_or(first).get_or_init(|| {
            let mut compiler = Compiler::for_metaschemas();
            match compiler.compile(dialect.draft.url) {
                Ok(root) => Meta { arena: compiler.into_arena(), root },
                // The metaschemas are ours and compile (a test holds it).
                Err(_) => {
                    let mut arena = Arena::default();
                    let root = arena.add(Schema { bool: Some(true), ..Schema::default() });
                    Meta { arena, root }
                }
            }
        })
    }
}

/// The text of a metaschema, by its URL.
pub(super) fn metaschema(url: &str) -> Option<&'static str> {
    let path = url.strip_prefix("http://json-schema.org/").or_else(|| url.strip_prefix("https://json-schema.org/"))?;
    macro_rules! texts {
        ($($path:literal),* $(,)?) => {
            match path {
                "schema" => metaschema(latest().url),
                $($path => Some(include_str!(concat!("metaschemas/", $path, ".json"))),)*
                _ => None,
            }
        };
    }
    texts!(
        "draft-04/schema",
        "draft-06/schema",
        "draft-07/schema",
        "draft/2019-09/schema",
        "draft/2019-09/meta/applicator",
        "draft/2019-09/meta/content",
        "draft/2019-09/meta/core",
        "draft/2019-09/meta/format",
        "draft/2019-09/meta/meta-data",
        "draft/2019-09/meta/validation",
        "draft/2020-12/schema",
        "draft/2020-12/meta/applicator",
        "draft/2020-12/meta/content",
        "draft/2020-12/meta/core",
        "draft/2020-12/meta/format-annotation",
        "draft/2020-12/meta/format-assertion",
        "draft/2020-12/meta/meta-data",
        "draft/2020-12/meta/unevaluated",
        "draft/2020-12/meta/validation",
    )
}
