//! A compiled schema: its keywords, with other schemas as ids.
//!
//! Mirrors `schema.go`.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::format::Format;
use super::json::Json;
use super::location::Location;
use super::number::Number;
use crate::go::regexp::Regexp;
use crate::go::value::Str;

/// The place of a schema in its [`Arena`].
pub(super) type SchemaId = usize;

/// `additionalProperties` and `additionalItems`.
#[derive(Clone, Copy, Debug)]
pub(super) enum Additional {
    Allowed(bool),
    Schema(SchemaId),
}

/// `items` before 2020.
#[derive(Clone, Debug)]
pub(super) enum Items {
    All(SchemaId),
    Each(Vec<SchemaId>),
}

/// A value of `dependencies`.
#[derive(Clone, Debug)]
pub(super) enum Dependency {
    Properties(Vec<Str>),
    Schema(SchemaId),
}

/// `$dynamicRef`.
#[derive(Clone, Debug)]
pub(super) struct DynamicRef {
    pub(super) target: SchemaId,
    pub(super) anchor: String,
}

/// The types of values, as bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Types(u8);

/// The names of the types, in the library's order; the bits of [`Types`] are places in it.
pub(super) const TYPE_NAMES: [&str; 7] = ["null", "boolean", "number", "integer", "string", "array", "object"];

impl Types {
    pub(super) fn add(&mut self, name: &str) {
        if let Some(bit) = TYPE_NAMES.iter().position(|known| *known == name) {
            self.0 |= 1 << bit;
        }
    }

    pub(super) fn contains(self, name: &str) -> bool {
        TYPE_NAMES.iter().position(|known| *known == name).is_some_and(|bit| self.0 & (1 << bit) != 0)
    }

    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(super) fn names(self) -> Vec<&'static str> {
        TYPE_NAMES.into_iter().filter(|name| self.contains(name)).collect()
    }
}

impl Json {
    /// The type, as errors name it.
    pub(super) fn type_name(&self) -> &'static str {
        match self {
            Json::Null => "null",
            Json::Bool(_) => "boolean",
            Json::Number(_) => "number",
            Json::String(_) => "string",
            Json::Array(_) => "array",
            Json::Object(_) => "object",
        }
    }
}

/// A schema.
#[derive(Debug, Default)]
pub(super) struct Schema {
    /// `None` for one that was made up.
    pub(super) location: Option<Location>,
    pub(super) version: u16,
    /// The schema of the resource it belongs to.
    pub(super) resource: SchemaId,
    pub(super) dynamic_anchors: BTreeMap<String, SchemaId>,
    pub(super) all_properties_evaluated: bool,
    pub(super) all_items_evaluated: bool,
    pub(super) items_evaluated: usize,

    pub(super) bool: Option<bool>,
    pub(super) reference: Option<SchemaId>,
    pub(super) recursive_ref: Option<SchemaId>,
    pub(super) recursive_anchor: bool,
    pub(super) dynamic_ref: Option<DynamicRef>,
    pub(super) dynamic_anchor: String,
    pub(super) types: Types,
    pub(super) enumeration: Option<(Vec<Json>, Types)>,
    pub(super) constant: Option<Json>,
    pub(super) not: Option<SchemaId>,
    pub(super) all_of: Vec<SchemaId>,
    pub(super) any_of: Vec<SchemaId>,
    pub(super) one_of: Vec<SchemaId>,
    pub(super) if_: Option<SchemaId>,
    pub(super) then: Option<SchemaId>,
    pub(super) else_: Option<SchemaId>,
    pub(super) format: Option<Format>,

    pub(super) max_properties: Option<usize>,
    pub(super) min_properties: Option<usize>,
    pub(super) required: Vec<Str>,
    pub(super) property_names: Option<SchemaId>,
    pub(super) properties: BTreeMap<Str, SchemaId>,
    pub(super) pattern_properties: Vec<(Rc<Regexp>, SchemaId)>,
    pub(super) additional_properties: Option<Additional>,
    pub(super) dependencies: BTreeMap<Str, Dependency>,
    pub(super) dependent_required: BTreeMap<Str, Vec<Str>>,
    pub(super) dependent_schemas: BTreeMap<Str, SchemaId>,
    pub(super) unevaluated_properties: Option<SchemaId>,

    pub(super) min_items: Option<usize>,
    pub(super) max_items: Option<usize>,
    pub(super) unique_items: bool,
    pub(super) contains: Option<SchemaId>,
    pub(super) min_contains: Option<usize>,
    pub(super) max_contains: Option<usize>,
    pub(super) items: Option<Items>,
    pub(super) additional_items: Option<Additional>,
    pub(super) prefix_items: Vec<SchemaId>,
    pub(super) items2020: Option<SchemaId>,
    pub(super) unevaluated_items: Option<SchemaId>,

    pub(super) min_length: Option<usize>,
    pub(super) max_length: Option<usize>,
    pub(super) pattern: Option<(Rc<Regexp>, String)>,

    pub(super) maximum: Option<Number>,
    pub(super) minimum: Option<Number>,
    pub(super) exclusive_maximum: Option<Number>,
    pub(super) exclusive_minimum: Option<Number>,
    pub(super) multiple_of: Option<Number>,
}

impl Schema {
    /// The location as texts show it.
    pub(super) fn shown_location(&self) -> String {
        self.location.as_ref().map_or_else(|| "urn:mem:metaschema".to_owned(), Location::shown)
    }
}

/// Schemas that refer to each other.
#[derive(Debug, Default)]
pub(super) struct Arena {
    schemas: Vec<Schema>,
}

impl Arena {
    pub(super) fn add(&mut self, schema: Schema) -> SchemaId {
        self.schemas.push(schema);
        self.schemas.len() - 1
    }

    pub(super) fn len(&self) -> usize {
        self.schemas.len()
    }

    pub(super) fn get(&self, id: SchemaId) -> Option<&Schema> {
        self.schemas.get(id)
    }

    pub(super) fn get_mut(&mut self, id: SchemaId) -> Option<&mut Schema> {
        self.schemas.get_mut(id)
    }

    /// The metaschema of chosen vocabularies.
    pub(super) fn add_metaschema(&mut self, version: u16, all_of: Vec<SchemaId>) -> SchemaId {
        let id = self.len();
        let mut schema = Schema { version, resource: id, all_of, ..Schema::default() };
        if version >= 2020 {
            "meta".clone_into(&mut schema.dynamic_anchor);
            schema.dynamic_anchors.insert("meta".to_owned(), id);
        }
        self.add(schema)
    }
}
