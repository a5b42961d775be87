//! Documents that hold schemas: which parts are schemas, the ids and anchors in them, and in which dialect each is written.
//!
//! Mirrors `root.go` and `roots.go`.

use std::collections::{BTreeMap, HashSet};
use std::rc::Rc;

use super::draft::{self, Dialect, Draft, Metas};
use super::json::Json;
use super::location::{self, Location, Reference, append, split};
use super::validate;
use crate::go::stack::with_room;
use crate::go::strconv::quote;
use crate::go::url::Url;

/// A document.
#[derive(Clone, Debug)]
pub(super) struct Root {
    pub(super) url: Rc<str>,
    pub(super) document: Json,
    /// By the pointer to each.
    pub(super) resources: BTreeMap<Rc<str>, Resource>,
    processed: HashSet<Rc<str>>,
}

/// A schema with an id of its own, or the document.
#[derive(Clone, Debug)]
pub(super) struct Resource {
    pub(super) id: Rc<str>,
    pub(super) dialect: Dialect,
    pub(super) anchors: BTreeMap<String, Rc<str>>,
    pub(super) dynamic_anchors: Vec<String>,
}

impl Root {
    /// The pointer of the resource a place belongs to, and the resource.
    pub(super) fn resource(&self, pointer: &str) -> Option<(&Rc<str>, &Resource)> {
        let mut pointer = pointer;
        loop {
            if let Some(found) = self.resources.get_key_value(pointer) {
                return Some(found);
            }
            pointer = pointer.rsplit_once('/')?.0;
        }
    }

    fn resource_by_id(&self, id: &str) -> Option<(&Rc<str>, &Resource)> {
        self.resources.iter().find(|(_, resource)| *resource.id == *id)
    }

    fn fragment_in(&self, reference: &Reference, pointer: &str, resource: &Resource) -> Result<Location, String> {
        match reference.anchor() {
            None => Ok(Location::new(&self.url, format!("{pointer}{}", reference.fragment))),
            Some(name) => match resource.anchors.get(name) {
                Some(pointer) => Ok(Location::new(&self.url, Rc::clone(pointer))),
                None => {
                    let wanted = Reference { url: Rc::clone(&resource.id), fragment: reference.fragment.clone() };
                    let (wanted, url) = (quote(wanted.shown().as_bytes()), quote(self.url.as_bytes()));
                    Err(format!("anchor in {wanted} not found in schema {url}"))
                }
            },
        }
    }

    /// Where a reference leads whose URL is this document's.
    pub(super) fn fragment(&self, reference: &Reference) -> Result<Location, String> {
        match self.resources.get("") {
            Some(root) => self.fragment_in(reference, "", root),
            None => Ok(Location::new(&self.url, reference.fragment.as_str())),
        }
    }

    /// Where a reference leads inside of this document; `None` when it leads out of it.
    pub(super) fn resolve(&self, reference: &Reference) -> Result<Option<Location>, String> {
        if reference.url == self.url {
            return self.fragment(reference).map(Some);
        }
        match self.resource_by_id(&reference.url) {
            Some((pointer, resource)) => self.fragment_in(reference, pointer, resource).map(Some),
            None => Ok(None),
        }
    }

    pub(super) fn is_processed(&self, pointer: &str) -> bool {
        self.processed.contains(pointer)
    }

    fn collect_anchors(&mut self, schema: &Json, pointer: &str, resource: &str) -> Result<(), String> {
        let url = Rc::clone(&self.url);
        let Some(resource) = self.resources.get_mut(resource) else { return Ok(()) };
        let version = resource.dialect.draft.version;
        let text = |key: &str| schema.get(key).and_then(Json::as_str).map(|text| text.to_text().into_owned());
        let mut names = Vec::new();
        if version < 2019 {
            if schema.get("$ref").is_some() {
                return Ok(());
            }
            // The fragment of an id is an anchor.
            if let Some(id) = text(resource.dialect.draft.id) {
                let (_, fragment) = location::split_fragment(&id).map_err(|_| {
                    let place = Location::new(&url, pointer).shown();
                    format!("error in parsing anchor at {}", quote(place.as_bytes()))
                })?;
                names.extend(location::anchor(&fragment).map(str::to_owned));
            }
        } else {
            names.extend(text("$anchor"));
            if version >= 2020
                && let Some(name) = text("$dynamicAnchor")
            {
                resource.dynamic_anchors.push(name.clone());
                names.push(name);
            }
        }
        for name in names {
            match resource.anchors.get(&name) {
                Some(known) if **known != *pointer => {
                    let [name, url, first, second] =
                        [name.as_str(), &url, known, pointer].map(|text| quote(text.as_bytes()));
                    return Err(format!("duplicate anchor {name} in {url} at {first} and {second}"));
                }
                _ => {
                    resource.anchors.insert(name, pointer.into());
                }
            }
        }
        Ok(())
    }
}

/// All documents of a compilation.
pub(super) struct Roots<'l> {
    roots: BTreeMap<Rc<str>, Rc<Root>>,
    documents: BTreeMap<Rc<str>, Json>,
    loader: &'l dyn Fn(&str) -> Result<Json, String>,
    metas: Rc<Metas>,
}

impl<'l> Roots<'l> {
    pub(super) fn new(loader: &'l dyn Fn(&str) -> Result<Json, String>, metas: Rc<Metas>) -> Roots<'l> {
        Roots { roots: BTreeMap::new(), documents: BTreeMap::new(), loader, metas }
    }

    pub(super) fn add_document(&mut self, url: &str, document: Json) {
        self.documents.insert(url.into(), document);
    }

    fn load(&mut self, url: &str) -> Result<Json, String> {
        if let Some(document) = self.documents.get(url) {
            return Ok(document.clone());
        }
        let loaded = match draft::metaschema(url) {
            Some(text) => Json::parse(text.as_bytes()),
            None => (self.loader)(url),
        };
        let document = loaded.map_err(|e| format!("failing loading {}: {e}", quote(url.as_bytes())))?;
        self.add_document(url, document.clone());
        Ok(document)
    }

    /// The document of a URL, read if need be.
    pub(super) fn root(&mut self, url: &str) -> Result<Rc<Root>, String> {
        if let Some(root) = self.roots.get(url) {
            return Ok(Rc::clone(root));
        }
        let document = self.load(url)?;
        let mut root =
            Root { url: url.into(), document: document.clone(), resources: BTreeMap::new(), processed: HashSet::new() };
        let base = Rc::clone(&root.url);
        self.collect(&mut root, &document, &base, "", &Dialect::of(draft::latest()))?;
        if !url.starts_with("http://json-schema.org/") && !url.starts_with("https://json-schema.org/") {
            self.check(&root, &document, "")?;
        }
        let root = Rc::new(root);
        self.roots.insert(Rc::clone(&root.url), Rc::clone(&root));
        Ok(root)
    }

    /// Makes sure that what is at a place is treated as a schema, even where no keyword says so.
    pub(super) fn ensure_schema(&mut self, place: &Location) -> Result<(), String> {
        let root = self.root(&place.url)?;
        if root.is_processed(&place.pointer) {
            return Ok(());
        }
        let schema = place.lookup(&root.document)?.clone();
        let mut root = Root::clone(&root);
        if let Some((resource_pointer, resource)) = root.resource(&place.pointer) {
            let resource_pointer = Rc::clone(resource_pointer);
            let (base, dialect) = (Rc::clone(&resource.id), resource.dialect.clone());
            self.collect(&mut root, &schema, &base, &place.pointer, &dialect)?;
            if !root.resources.contains_key(&place.pointer) {
                root.collect_anchors(&schema, &place.pointer, &resource_pointer)?;
            }
        }
        self.check(&root, &schema, &place.pointer)?;
        self.roots.insert(Rc::clone(&root.url), Rc::new(root));
        Ok(())
    }

    /// Checks a schema against the metaschema of its dialect.
    fn check(&self, root: &Root, schema: &Json, pointer: &str) -> Result<(), String> {
        let Some((_, resource)) = root.resource(pointer) else { return Ok(()) };
        validate::metaschema(schema, &resource.dialect, &root.resources, &self.metas).map_err(|e| {
            let place = Location::new(&root.url, pointer).shown();
            format!("{} is not valid against metaschema: {}", quote(place.as_bytes()), e.text())
        })
    }

    /// Finds the resources, anchors and schemas in a schema.
    fn collect(
        &mut self,
        root: &mut Root,
        schema: &Json,
        base: &Rc<str>,
        pointer: &str,
        fallback: &Dialect,
    ) -> Result<(), String> {
        if !root.is_processed(pointer) {
            with_room(|| self.collect_unseen(root, schema, base, pointer, fallback))?;
            root.processed.insert(pointer.into());
        }
        Ok(())
    }

    fn collect_unseen(
        &mut self,
        root: &mut Root,
        schema: &Json,
        base: &Rc<str>,
        pointer: &str,
        fallback: &Dialect,
    ) -> Result<(), String> {
        let resource = |id: &Rc<str>, dialect: Dialect| Resource {
            id: Rc::clone(id),
            dialect,
            anchors: BTreeMap::new(),
            dynamic_anchors: Vec::new(),
        };
        if schema.as_object().is_none() {
            if pointer.is_empty() {
                root.resources.insert("".into(), resource(base, fallback.clone()));
            }
            return Ok(());
        }
        let place = Location::new(&root.url, pointer);
        let mut has_schema = schema.get("$schema").is_some_and(|value| value.as_str().is_some());
        let mut draft = self.draft_of(&place, schema, fallback.draft, &mut HashSet::new())?;
        let mut id = draft.id_of(schema);
        if id.is_empty() && !pointer.is_empty() {
            // Only a resource can choose a draft.
            draft = fallback.draft;
            has_schema = false;
            id = draft.id_of(schema);
        }
        let mut base = Rc::clone(base);
        if !id.is_empty() {
            let bad_id = |_| format!("error in parsing id at {}", quote(place.shown().as_bytes()));
            base = location::join(&base, &id).map_err(bad_id)?.url;
        }
        if !id.is_empty() || pointer.is_empty() {
            match root.resource_by_id(&base) {
                Some((known, _)) if **known != *pointer => {
                    let [id, url, first, second] =
                        [&*base, &root.url, pointer, known].map(|text| quote(text.as_bytes()));
                    return Err(format!("duplicate id {id} in {url} at {first} and {second}"));
                }
                Some(_) => {}
                None => {
                    let dialect = if has_schema { self.dialect_of(schema, draft)? } else { fallback.clone() };
                    root.resources.insert(pointer.into(), resource(&base, dialect));
                }
            }
        }
        let Some((home, dialect)) = root.resource_by_id(&base).map(|(p, r)| (Rc::clone(p), r.dialect.clone())) else {
            return Ok(());
        };
        root.collect_anchors(schema, pointer, &home)?;
        let mut below = BTreeMap::new();
        for path in draft.subschemas.iter().copied().flatten() {
            let (keyword, each) = path.split_once('/').unwrap_or((path, ""));
            let Some(value) = schema.get(keyword) else { continue };
            let pointer = append(pointer, keyword);
            match (each, value) {
                ("*", Json::Object(fields)) => {
                    below.extend(fields.iter().map(|(key, value)| (append(&pointer, &key.to_text()), value)));
                }
                ("[]", Json::Array(items)) => {
                    let items = items.iter().enumerate();
                    below.extend(items.map(|(at, value)| (append(&pointer, &at.to_string()), value)));
                }
                ("", value) => {
                    below.insert(pointer, value);
                }
                _ => {}
            }
        }
        for (pointer, value) in below {
            self.collect(root, value, &base, &pointer, &dialect)?;
        }
        Ok(())
    }

    /// The draft a schema is written in.
    fn draft_of(
        &mut self,
        place: &Location,
        schema: &Json,
        default: &'static Draft,
        seen: &mut HashSet<String>,
    ) -> Result<&'static Draft, String> {
        let Some(named) = schema.get("$schema").and_then(Json::as_str) else { return Ok(default) };
        let named = named.to_text();
        if let Some(draft) = draft::by_url(&named) {
            return Ok(draft);
        }
        let url = split(&named).0;
        if let Err(e) = Url::parse(url) {
            return Err(format!("invalid $schema in {}: {e}", quote(place.shown().as_bytes())));
        }
        if place.pointer.is_empty() && *url == *place.url {
            return Err(format!("draft {} is not supported", quote(url.as_bytes())));
        }
        if !seen.insert(url.to_owned()) {
            return Err(format!("cycle in resolving $schema in {}", quote(url.as_bytes())));
        }
        let metaschema = self.load(url)?;
        self.draft_of(&Location::new(&url.into(), ""), &metaschema, default, seen)
    }

    /// The dialect of a schema with `$schema`: its draft, with vocabularies when the metaschema is someone's own.
    fn dialect_of(&mut self, schema: &Json, draft: &'static Draft) -> Result<Dialect, String> {
        let named = schema.get("$schema").and_then(Json::as_str).map(|text| text.to_text().into_owned());
        let Some(named) = named.filter(|named| draft::by_url(named).is_none()) else {
            return Ok(Dialect::of(draft));
        };
        let url = split(&named).0;
        let metaschema = self.load(url)?;
        match draft.vocabularies_of(url, &metaschema)? {
            Some(names) => Dialect::choosing(draft, names),
            None => Ok(Dialect::of(draft)),
        }
    }
}
