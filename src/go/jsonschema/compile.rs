//! Documents to compiled schemas.
//!
//! Mirrors `compiler.go` and `objcompiler.go`. What Go does in the random order of a map is done in the order of the keys.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use super::document::{Root, Roots};
use super::draft::{Dialect, Metas};
use super::format;
use super::json::{Fields, Json};
use super::location::{self, Location, escape_token, split_fragment};
use super::number::Number;
use super::schema::{Additional, Arena, Dependency, DynamicRef, Items, Schema, SchemaId, Types};
use crate::go::limits;
use crate::go::regexp::Regexp;
use crate::go::strconv::quote;
use crate::go::value::Str;

/// How many schemas a document can make. References can lead into remote documents, but never make endless many.
const MAX_SCHEMAS: usize = 1_000_000;

/// A schema is as much work as making so many bytes of text.
const WORK_OF_SCHEMA: usize = 1024;

/// The same for each byte of the way to it, which is gone again and again.
const WORK_OF_STEP_DOWN: usize = 16;

/// Compiles schemas and those they refer to.
pub(super) struct Compiler<'l> {
    arena: Arena,
    ids: HashMap<Location, SchemaId>,
    pub(super) roots: Roots<'l>,
    /// How many schemas of the arena are compiled; the others wait for their turn.
    compiled: usize,
    /// Whether `format` is checked in drafts that take it for a remark.
    assert_format: bool,
}

impl<'l> Compiler<'l> {
    /// A compiler that reads other documents with a loader.
    pub(super) fn new(loader: &'l dyn Fn(&str) -> Result<Json, String>, metas: Rc<Metas>) -> Compiler<'l> {
        let roots = Roots::new(loader, metas);
        Compiler { arena: Arena::default(), ids: HashMap::new(), roots, compiled: 0, assert_format: false }
    }

    pub(super) fn into_arena(self) -> Arena {
        self.arena
    }

    /// Compiles the schema of a URL.
    pub(super) fn compile(&mut self, url: &str) -> Result<SchemaId, String> {
        let root = self.roots.root(url)?;
        let id = self.enqueue(Location::new(&root.url, ""));
        while self.compiled < self.arena.len() {
            if self.arena.len() > MAX_SCHEMAS || limits::is_exhausted() {
                return Err(super::too_much());
            }
            self.compile_one(self.compiled)?;
            self.compiled += 1;
        }
        Ok(id)
    }

    /// The id of the schema at a place, which is compiled later if it is new.
    fn enqueue(&mut self, location: Location) -> SchemaId {
        if let Some(id) = self.ids.get(&location) {
            return *id;
        }
        // Where schemas lie deep in each other, the texts of their places are most of what there is.
        limits::work(WORK_OF_SCHEMA + location.pointer.len());
        let id = self.arena.add(Schema { location: Some(location.clone()), ..Schema::default() });
        self.ids.insert(location, id);
        id
    }

    fn compile_one(&mut self, id: SchemaId) -> Result<(), String> {
        let Some(location) = self.arena.get(id).and_then(|schema| schema.location.clone()) else { return Ok(()) };
        limits::work(WORK_OF_STEP_DOWN * location.pointer.len());
        self.roots.ensure_schema(&location)?;
        let root = self.roots.root(&location.url)?;
        let value = location.lookup(&root.document)?;
        let Some((pointer, resource)) = root.resource(&location.pointer) else { return Ok(()) };
        let version = resource.dialect.draft.version;
        let mut schema = Schema { location: Some(location.clone()), version, ..Schema::default() };
        schema.resource = self.enqueue(Location::new(&root.url, Rc::clone(pointer)));
        if version >= 2020 && schema.resource == id {
            for (name, pointer) in &resource.anchors {
                if resource.dynamic_anchors.contains(name) {
                    let anchored = self.enqueue(Location::new(&root.url, Rc::clone(pointer)));
                    schema.dynamic_anchors.insert(name.clone(), anchored);
                }
            }
        }
        match value {
            Json::Bool(b) => schema.bool = Some(*b),
            Json::Object(fields) if fields.is_empty() => schema.bool = Some(true),
            Json::Object(fields) => {
                let base = Rc::clone(&resource.id);
                let dialect = &resource.dialect;
                Object { compiler: self, fields, location: &location, root: &root, base, dialect }
                    .compile(&mut schema)?;
            }
            _ => {}
        }
        schema.all_properties_evaluated = schema.additional_properties.is_some();
        if version < 2020 {
            schema.all_items_evaluated = schema.additional_items.is_some();
            match &schema.items {
                Some(Items::All(_)) => schema.all_items_evaluated = true,
                Some(Items::Each(items)) => schema.items_evaluated = items.len(),
                None => {}
            }
        } else {
            schema.all_items_evaluated = schema.items2020.is_some();
            schema.items_evaluated = schema.prefix_items.len();
        }
        if let Some(place) = self.arena.get_mut(id) {
            *place = schema;
        }
        Ok(())
    }
}

impl Compiler<'static> {
    /// A compiler for the metaschemas, which need no other documents.
    pub(super) fn for_metaschemas() -> Compiler<'static> {
        let mut compiler = Compiler::new(&|_| Err("no URLLoader set".to_owned()), Rc::default());
        compiler.assert_format = true;
        compiler
    }
}

/// A schema that is an object, while it is compiled.
struct Object<'c, 'l> {
    compiler: &'c mut Compiler<'l>,
    fields: &'c Fields,
    location: &'c Location,
    root: &'c Root,
    /// The id of the resource, which references are relative to.
    base: Rc<str>,
    dialect: &'c Dialect,
}

impl Object<'_, '_> {
    fn compile(mut self, schema: &mut Schema) -> Result<(), String> {
        let version = schema.version;
        self.check_id_anchor(version)?;
        schema.reference = self.reference("$ref")?;
        if version < 2019 && schema.reference.is_some() {
            // All other keywords beside a reference are ignored then.
            self.later_references(schema)?;
            return Ok(());
        }
        if self.dialect.has_vocabulary("applicator") {
            self.applicators(schema)?;
        }
        if self.dialect.has_vocabulary("validation") {
            self.assertions(schema)?;
        }
        self.format(schema);
        self.later_references(schema)
    }

    /// Before 2019 the fragment of an id is an anchor, and must be one that can be read.
    fn check_id_anchor(&self, version: u16) -> Result<(), String> {
        if version >= 2019 {
            return Ok(());
        }
        let Some(id) = self.text(self.dialect.draft.id) else { return Ok(()) };
        split_fragment(&id)
            .map(|_| ())
            .map_err(|_| format!("error in parsing anchor at {}", quote(self.location.shown().as_bytes())))
    }

    /// `$recursiveRef` and `$dynamicRef`.
    fn later_references(&mut self, schema: &mut Schema) -> Result<(), String> {
        if schema.version >= 2019 {
            schema.recursive_ref = self.reference("$recursiveRef")?;
            schema.recursive_anchor = self.flag("$recursiveAnchor");
        }
        if schema.version >= 2020 {
            if let Some(target) = self.reference("$dynamicRef")? {
                let text = self.text("$dynamicRef").unwrap_or_default();
                let (_, fragment) = split_fragment(&text)?;
                let anchor = location::anchor(&fragment).unwrap_or_default().to_owned();
                schema.dynamic_ref = Some(DynamicRef { target, anchor });
            }
            schema.dynamic_anchor = self.text("$dynamicAnchor").unwrap_or_default();
        }
        Ok(())
    }

    fn applicators(&mut self, schema: &mut Schema) -> Result<(), String> {
        let version = schema.version;
        schema.all_of = self.list("allOf");
        schema.any_of = self.list("anyOf");
        schema.one_of = self.list("oneOf");
        schema.not = self.one("not");
        if version < 2020 {
            match self.get("items") {
                Some(Json::Array(_)) => {
                    schema.items = Some(Items::Each(self.list("items")));
                    schema.additional_items = self.additional("additionalItems");
                }
                Some(_) => schema.items = self.one("items").map(Items::All),
                None => {}
            }
        } else {
            schema.prefix_items = self.list("prefixItems");
            schema.items2020 = self.one("items");
        }
        schema.properties = self.map("properties");
        for (pattern, id) in self.map("patternProperties") {
            let regexp = self.regexp(&pattern.to_text(), "patternProperties")?;
            schema.pattern_properties.push((regexp, id));
        }
        schema.additional_properties = self.additional("additionalProperties");
        if let Some(fields) = self.fields.get("dependencies".as_bytes()).and_then(Json::as_object) {
            for (name, value) in fields {
                let dependency = match value.as_array() {
                    Some(names) => Dependency::Properties(texts(names)),
                    None => Dependency::Schema(self.below(&["dependencies", &name.to_text()])),
                };
                schema.dependencies.insert(name.clone(), dependency);
            }
        }
        if version >= 6 {
            schema.contains = self.one("contains");
            schema.property_names = self.one("propertyNames");
        }
        if version >= 7 {
            schema.if_ = self.one("if");
            if schema.if_.is_some() {
                let known = self.get("if").and_then(Json::as_bool);
                schema.then = if known == Some(false) { None } else { self.one("then") };
                schema.else_ = if known == Some(true) { None } else { self.one("else") };
            }
        }
        if version >= 2019 {
            schema.dependent_schemas = self.map("dependentSchemas");
        }
        let unevaluated = if version == 2019 { "applicator" } else { "unevaluated" };
        if version >= 2019 && self.dialect.has_vocabulary(unevaluated) {
            schema.unevaluated_items = self.one("unevaluatedItems");
            schema.unevaluated_properties = self.one("unevaluatedProperties");
        }
        Ok(())
    }

    fn assertions(&mut self, schema: &mut Schema) -> Result<(), String> {
        let version = schema.version;
        match self.get("type") {
            Some(Json::String(name)) => schema.types.add(&name.to_text()),
            Some(Json::Array(names)) => names.iter().for_each(|name| {
                if let Some(name) = name.as_str() {
                    schema.types.add(&name.to_text());
                }
            }),
            _ => {}
        }
        if let Some(values) = self.get("enum").and_then(Json::as_array) {
            let mut types = Types::default();
            values.iter().for_each(|value| types.add(value.type_name()));
            schema.enumeration = Some((values.to_vec(), types));
        }
        schema.multiple_of = self.number("multipleOf");
        schema.maximum = self.number("maximum");
        schema.exclusive_maximum = self.exclusive("exclusiveMaximum", &mut schema.maximum);
        schema.minimum = self.number("minimum");
        schema.exclusive_minimum = self.exclusive("exclusiveMinimum", &mut schema.minimum);
        schema.min_length = self.count("minLength");
        schema.max_length = self.count("maxLength");
        if let Some(pattern) = self.text("pattern") {
            schema.pattern = Some((self.regexp(&pattern, "pattern")?, pattern));
        }
        schema.min_items = self.count("minItems");
        schema.max_items = self.count("maxItems");
        schema.unique_items = self.flag("uniqueItems");
        schema.max_properties = self.count("maxProperties");
        schema.min_properties = self.count("minProperties");
        schema.required = self.get("required").and_then(Json::as_array).map(texts).unwrap_or_default();
        if version >= 6 {
            schema.constant = self.get("const").cloned();
        }
        if version >= 2019 {
            if schema.contains.is_some() {
                schema.min_contains = self.count("minContains");
                schema.max_contains = self.count("maxContains");
            }
            if let Some(fields) = self.get("dependentRequired").and_then(Json::as_object) {
                let lists = fields.iter().filter_map(|(name, value)| Some((name.clone(), texts(value.as_array()?))));
                schema.dependent_required = lists.collect();
            }
        }
        Ok(())
    }

    fn format(&self, schema: &mut Schema) {
        let asserted = self.compiler.assert_format
            || match schema.version {
                ..2019 => true,
                2019 => self.dialect.has_vocabulary("format"),
                _ => self.dialect.has_vocabulary("format-assertion"),
            };
        if asserted {
            schema.format = self.text("format").and_then(|name| format::by_name(&name));
        }
    }

    fn get(&self, keyword: &str) -> Option<&Json> {
        self.fields.get(keyword.as_bytes())
    }

    fn text(&self, keyword: &str) -> Option<String> {
        self.get(keyword)?.as_str().map(|text| text.to_text().into_owned())
    }

    fn flag(&self, keyword: &str) -> bool {
        self.get(keyword).and_then(Json::as_bool).unwrap_or(false)
    }

    fn number(&self, keyword: &str) -> Option<Number> {
        match self.get(keyword) {
            Some(Json::Number(number)) => Some(number.clone()),
            _ => None,
        }
    }

    fn count(&self, keyword: &str) -> Option<usize> {
        // A negative bound is met by everything or by nothing, as Go compares it; zero does the same.
        self.number(keyword)?.to_int().map(|count| usize::try_from(count).unwrap_or(0))
    }

    /// In draft 4 an exclusive bound is a flag beside the bound.
    fn exclusive(&self, keyword: &str, bound: &mut Option<Number>) -> Option<Number> {
        if self.flag(keyword) { bound.take() } else { self.number(keyword) }
    }

    fn regexp(&self, pattern: &str, keyword: &str) -> Result<Rc<Regexp>, String> {
        Regexp::cached(pattern).map_err(|e| {
            let place = format!(
                "{}#{}/{}",
                self.location.url,
                location::encode(&self.location.pointer),
                location::encode(&escape_token(keyword))
            );
            format!("invalid regex {} at {}: {e}", quote(pattern.as_bytes()), quote(place.as_bytes()))
        })
    }

    fn below(&mut self, tokens: &[&str]) -> SchemaId {
        let place = tokens.iter().fold(self.location.clone(), |place, token| place.below(token));
        self.compiler.enqueue(place)
    }

    fn one(&mut self, keyword: &str) -> Option<SchemaId> {
        self.fields.contains_key(keyword.as_bytes()).then(|| self.below(&[keyword]))
    }

    fn list(&mut self, keyword: &str) -> Vec<SchemaId> {
        let count = self.get(keyword).and_then(Json::as_array).map_or(0, <[Json]>::len);
        (0..count).map(|at| self.below(&[keyword, &at.to_string()])).collect()
    }

    fn map(&mut self, keyword: &str) -> BTreeMap<Str, SchemaId> {
        let Some(fields) = self.fields.get(keyword.as_bytes()).and_then(Json::as_object) else {
            return BTreeMap::new();
        };
        fields.keys().map(|key| (key.clone(), self.below(&[keyword, &key.to_text()]))).collect()
    }

    fn additional(&mut self, keyword: &str) -> Option<Additional> {
        match self.get(keyword).and_then(Json::as_bool) {
            Some(allowed) => Some(Additional::Allowed(allowed)),
            None => self.one(keyword).map(Additional::Schema),
        }
    }

    fn reference(&mut self, keyword: &str) -> Result<Option<SchemaId>, String> {
        let Some(text) = self.text(keyword) else { return Ok(None) };
        let reference = location::join(&self.base, &text)?;
        let location = match self.root.resolve(&reference)? {
            Some(location) => location,
            None => self.compiler.roots.root(&reference.url)?.fragment(&reference)?,
        };
        Ok(Some(self.compiler.enqueue(location)))
    }
}

fn texts(items: &[Json]) -> Vec<Str> {
    items.iter().filter_map(|item| item.as_str().cloned()).collect()
}
