//! A hook as Helm stores it, with the objects its manifest stands for.
//!
//! Helm reads a manifest twice: leniently while sorting (the head), strictly when the hook runs (the Kubernetes resource builder).
//! What only the second reading refuses is kept as [`Refusal`]s.

use std::fmt;
use std::sync::Arc;

use crate::go::json;
use crate::go::value::{Map, Value};
use crate::go::yaml;

use crate::helm::dialect::Engine;
use crate::helm::manifest::{self, Document};

use super::event::Event;
use super::policy::{DeletePolicies, DeletePolicy, log_policies};
use super::weight::Weight;

/// The kind whose hooks Helm never deletes.
pub const CRD: &str = "CustomResourceDefinition";

/// A hook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hook {
    /// Where it was written.
    pub source: Source,
    /// The object it is; for a `List` that is the list itself.
    pub object: Arc<ObjectRef>,
    /// The events of the annotation, in its order and with repeats.
    pub events: Vec<Event>,
    /// Its weight.
    pub weight: Weight,
    /// Its delete policies.
    pub delete_policies: DeletePolicies,
    /// When Helm prints the logs of its containers.
    pub log_policies: Vec<String>,
    /// What is created and deleted: the object, or the items of a list, in order.
    pub objects: Vec<Arc<ObjectRef>>,
    /// True for a list, which Helm treats as one hook.
    pub is_list: bool,
    /// What the Kubernetes client refuses when the hook runs.
    pub refusals: Vec<Refusal>,
}

/// A document of a rendered template.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Source {
    /// The path relative to the chart.
    pub path: String,
    /// Which document of the rendered file, from 1.
    pub document: u32,
    /// The line of the document's first byte in the rendered file, from 1.
    pub rendered_line: u32,
}

/// An object of the cluster, as a manifest names it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectRef {
    /// `apiVersion`.
    pub api_version: String,
    /// `kind`.
    pub kind: String,
    /// `metadata.name`; empty when there is none.
    pub name: String,
    /// `metadata.namespace` where the manifest has one.
    pub namespace: Option<String>,
    /// `metadata.generateName` of an object without a name.
    pub generate_name: Option<String>,
}

/// Something that passes while charts are rendered and fails when the hook runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// A field that must be a string was written as a number or boolean; the path of the field.
    NotAString(String),
    /// `metadata` (or a field of it) is written in another case; the head parse does not mind.
    WrongCase(String),
    /// There is neither a name nor a way to live without one.
    NoName,
    /// No `kind` or no `apiVersion`.
    NoType,
    /// A list without items.
    EmptyList,
    /// It cannot be turned into JSON; the reader's text.
    Unreadable(String),
}

/// Why a hook fails whenever it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertainFailure {
    /// The Kubernetes client refuses the manifest: [`Hook::refusals`].
    Refused,
    /// It has no name of its own.
    GeneratedName(GeneratedName),
}

/// At which step a hook with a generated name fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GeneratedName {
    /// Before it is created: an old object cannot be deleted without a name.
    NothingToDelete,
    /// When it is created: a server-side apply needs a name.
    NothingToApply,
    /// When it has run: it cannot be deleted without a name.
    NothingToCleanUp,
}

impl CertainFailure {
    /// True when nothing is created by then.
    pub fn is_before_creation(self) -> bool {
        self != CertainFailure::GeneratedName(GeneratedName::NothingToCleanUp)
    }
}

impl Hook {
    /// The hook of a document; `None` for a document that is none.
    pub fn from_document(document: &Document) -> Option<Hook> {
        let annotation = |name: &str| document.head.annotations.get(name).map(String::as_str);
        let events = manifest::events(annotation(manifest::HOOK)?)?;
        let (head, read) = (&document.head, Read::of(document.text()));
        let own = Arc::new(object(&read.value, &head.kind, &head.api_version, &head.name));
        let (objects, refusals) = read.objects(&own);
        Some(Hook {
            source: Source::of(document),
            is_list: items(&read.value).is_some(),
            objects,
            object: own,
            events: events.into_iter().filter_map(Event::from_name).collect(),
            weight: Weight::parse(annotation(manifest::HOOK_WEIGHT)),
            delete_policies: DeletePolicies::parse(annotation(manifest::HOOK_DELETE_POLICY)),
            log_policies: log_policies(annotation(manifest::HOOK_OUTPUT_LOG_POLICY)),
            refusals,
        })
    }

    /// The hook of a stored release. What Helm goes by is what was stored: only the objects are read from the manifest.
    pub fn from_record(record: &RecordedHook) -> Hook {
        let read = Read::of(record.manifest.as_bytes());
        let api_version = field(&read.value, "apiVersion").as_ref().and_then(scalar).unwrap_or_default();
        let own = Arc::new(object(&read.value, &record.kind, &api_version, &record.name));
        let (objects, refusals) = read.objects(&own);
        let path = record.path.split_once('/').map_or(record.path.as_str(), |(_, rest)| rest);
        let text = (record.weight != 0).then(|| record.weight.to_string());
        Hook {
            source: Source { path: path.to_owned(), document: 1, rendered_line: 1 },
            is_list: items(&read.value).is_some(),
            objects,
            object: own,
            events: record.events.iter().filter_map(|name| Event::from_name(name)).collect(),
            weight: Weight::parse(text.as_deref()),
            delete_policies: DeletePolicies::stored(&record.delete_policies),
            log_policies: record.output_log_policies.clone(),
            refusals,
        }
    }

    /// Why the hook fails whenever it runs, whatever the cluster is like; `None` when nothing is known against it.
    pub fn certain_failure(&self, engine: Engine) -> Option<CertainFailure> {
        if self.object.generate_name.is_some() {
            let policies = &self.delete_policies;
            let outcome = match engine {
                _ if policies.has(DeletePolicy::BeforeHookCreation) => GeneratedName::NothingToDelete,
                Engine::Helm4 => GeneratedName::NothingToApply,
                Engine::Helm3 if policies.has(DeletePolicy::HookSucceeded) => GeneratedName::NothingToCleanUp,
                Engine::Helm3 => return self.refused(),
            };
            return Some(CertainFailure::GeneratedName(outcome));
        }
        self.refused()
    }

    fn refused(&self) -> Option<CertainFailure> {
        (!self.refusals.is_empty()).then_some(CertainFailure::Refused)
    }

    /// What this policy deletes, in order.
    pub fn deleted_by(&self, policy: DeletePolicy) -> impl Iterator<Item = &Arc<ObjectRef>> {
        let acts = !self.is_never_deleted() && self.delete_policies.has(policy);
        self.objects.iter().filter(move |_| acts)
    }

    /// True when no delete policy of this hook is ever acted on: Helm looks at the hook's own kind, not at those of a list's items.
    pub fn is_never_deleted(&self) -> bool {
        self.object.kind == CRD
    }
}

/// A hook as a release record stores it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordedHook {
    /// `name`.
    pub name: String,
    /// `kind`.
    pub kind: String,
    /// `path`, beginning with the chart's name.
    pub path: String,
    /// `manifest`.
    pub manifest: String,
    /// `events`.
    pub events: Vec<String>,
    /// `weight`.
    pub weight: i64,
    /// `delete_policies`; empty for a hook without the annotation that never ran.
    pub delete_policies: Vec<String>,
    /// `output_log_policies`.
    pub output_log_policies: Vec<String>,
}

/// What the Kubernetes client would send for the objects of a hook's manifest, as JSON, in the order of [`Hook::objects`].
///
/// # Errors
/// With the reader's text when the manifest is no YAML, or holds something that JSON cannot.
pub fn bodies(manifest: &[u8]) -> Result<Vec<String>, String> {
    let value = yaml::unmarshal(manifest).map_err(|e| e.message().to_owned())?;
    let text = |key: &str| field(&value, key).as_ref().and_then(scalar).unwrap_or_default();
    let own = Arc::new(object(&value, &text("kind"), &text("apiVersion"), ""));
    let flat = flatten(&value, &own).into_iter().map(|(object, value)| {
        if let Value::Map(map) = &value {
            for (key, known) in [("kind", &object.kind), ("apiVersion", &object.api_version)] {
                if map.get(key).is_none() && !known.is_empty() {
                    // Only a nil map refuses, which a document never is.
                    let _ = map.insert(key, known.as_str());
                }
            }
        }
        let json = json::marshal_raw(&value).map_err(|e| e.to_string())?;
        Ok(String::from_utf8_lossy(&json).into_owned())
    });
    flat.collect()
}

impl Source {
    /// The place of a document, with the chart's own folder taken off the path.
    pub fn of(document: &Document) -> Source {
        let path = document.path.split_once('/').map_or(&*document.path, |(_, rest)| rest);
        Source { path: path.to_owned(), document: document.number, rendered_line: document.line }
    }
}

impl ObjectRef {
    /// The group of `apiVersion`; empty for the core group.
    pub fn group(&self) -> &str {
        self.api_version.split_once('/').map_or("", |(group, _)| group)
    }

    /// The name, or what is known of a generated one.
    pub fn shown_name(&self) -> String {
        match &self.generate_name {
            Some(prefix) => format!("{prefix}*"),
            None => self.name.clone(),
        }
    }
}

impl fmt::Display for ObjectRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind, self.shown_name())
    }
}

/// The object of a document. A plain one is read from its head alone.
pub(crate) fn plain_object(document: &Document) -> ObjectRef {
    let value = yaml::unmarshal(document.text()).unwrap_or_default();
    object(&value, &document.head.kind, &document.head.api_version, &document.head.name)
}

/// A manifest as the Kubernetes client reads it.
struct Read {
    value: Value,
    refusals: Vec<Refusal>,
}

impl Read {
    fn of(manifest: &[u8]) -> Read {
        let mut refusals = Vec::new();
        let value = yaml::unmarshal(manifest).unwrap_or_else(|e| {
            // The head has no place for numbers that JSON cannot have; the client has.
            refusals.push(Refusal::Unreadable(e.message().to_owned()));
            Value::Nil
        });
        if let Value::Map(map) = &value {
            refuse(map, &mut refusals);
        }
        Read { value, refusals }
    }

    /// What is created for it, and what the client minds.
    fn objects(&self, own: &Arc<ObjectRef>) -> (Vec<Arc<ObjectRef>>, Vec<Refusal>) {
        let objects: Vec<_> = flatten(&self.value, own).into_iter().map(|(object, _)| object).collect();
        let mut refusals = self.refusals.clone();
        if objects.is_empty() {
            refusals.push(Refusal::EmptyList);
        }
        (objects, refusals)
    }
}

fn object(value: &Value, kind: &str, api_version: &str, name: &str) -> ObjectRef {
    let metadata = field(value, "metadata");
    let text = |key: &str| metadata.as_ref().and_then(|map| field(map, key)).as_ref().and_then(scalar);
    ObjectRef {
        api_version: api_version.to_owned(),
        kind: kind.to_owned(),
        name: name.to_owned(),
        namespace: text("namespace").filter(|namespace| !namespace.is_empty()),
        generate_name: text("generateName").filter(|prefix| !prefix.is_empty() && name.is_empty()),
    }
}

/// What the client makes of a manifest: the object, or what is in it when it has `items`, nested lists breadth first.
fn flatten(value: &Value, own: &Arc<ObjectRef>) -> Vec<(Arc<ObjectRef>, Value)> {
    if items(value).is_none() {
        // The client minds the case of `metadata` and `name`, which the head does not.
        let named = field(value, "metadata").is_some_and(|metadata| field(&metadata, "name").is_some());
        let known = named || value.is_nil() || own.name.is_empty();
        let unnamed = || Arc::new(ObjectRef { name: String::new(), ..ObjectRef::clone(own) });
        return vec![(if known { own.clone() } else { unnamed() }, value.clone())];
    }
    let mut objects = Vec::new();
    let mut waiting = std::collections::VecDeque::from([(value.clone(), own.clone())]);
    while let Some((value, own)) = waiting.pop_front() {
        let Some(items) = items(&value) else {
            objects.push((own, value));
            continue;
        };
        for item in items.iter() {
            let text = |value: Option<Value>| value.as_ref().and_then(scalar).unwrap_or_default();
            let (mut kind, mut api_version) = (text(field(item, "kind")), text(field(item, "apiVersion")));
            // An item without a type takes the list's, as the API machinery has it.
            if kind.is_empty() && api_version.is_empty() {
                kind = own.kind.strip_suffix("List").unwrap_or(&own.kind).to_owned();
                api_version.clone_from(&own.api_version);
            }
            let name = text(field(item, "metadata").as_ref().and_then(|metadata| field(metadata, "name")));
            waiting.push_back((item.clone(), Arc::new(object(item, &kind, &api_version, &name))));
        }
    }
    objects
}

fn items(value: &Value) -> Option<std::rc::Rc<[Value]>> {
    match field(value, "items")? {
        Value::List(list) => Some(list.items()),
        _ => None,
    }
}

fn field(value: &Value, key: &str) -> Option<Value> {
    value.as_map()?.get(key)
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.to_text().into_owned()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Int(_, number) => Some(number.to_string()),
        Value::Uint(_, number) => Some(number.to_string()),
        Value::Float(_, number) => Some(number.to_string()),
        _ => None,
    }
}

/// Collects what the client's strict reading of `metadata` minds.
fn refuse(map: &Map, refusals: &mut Vec<Refusal>) {
    for key in ["kind", "apiVersion"] {
        match map.get(key) {
            Some(Value::String(text)) if !text.as_bytes().is_empty() => {}
            Some(Value::String(_) | Value::Nil) | None => refusals.push(Refusal::NoType),
            Some(_) => refusals.push(Refusal::NotAString(key.to_owned())),
        }
    }
    refusals.dedup();
    let Some(metadata) = map.get("metadata").and_then(|value| value.as_map().cloned()) else {
        let other = map.entries().into_iter().map(|(key, _)| key.to_text().into_owned());
        refusals.extend(other.filter(|key| key.eq_ignore_ascii_case("metadata")).map(Refusal::WrongCase));
        refusals.push(Refusal::NoName);
        return;
    };
    for key in ["name", "namespace", "generateName"] {
        match metadata.get(key) {
            None | Some(Value::Nil | Value::String(_)) => {}
            Some(_) => refusals.push(Refusal::NotAString(format!("metadata.{key}"))),
        }
    }
    for table in ["annotations", "labels"] {
        let Some(Value::Map(entries)) = metadata.get(table) else { continue };
        for (key, value) in entries.entries() {
            if !matches!(value, Value::String(_) | Value::Nil) {
                refusals.push(Refusal::NotAString(format!("metadata.{table}[{key}]")));
            }
        }
    }
    for (key, _) in metadata.entries() {
        let key = key.to_text();
        let known = ["name", "annotations"].iter().find(|known| key.eq_ignore_ascii_case(known) && key != **known);
        if known.is_some() {
            refusals.push(Refusal::WrongCase(format!("metadata.{key}")));
        }
    }
    let missing = |key: &str| !matches!(metadata.get(key), Some(Value::String(text)) if !text.as_bytes().is_empty());
    let listed = matches!(map.get("items"), Some(Value::List(_)));
    if missing("name") && metadata.get("name").is_none_or(|name| name.is_nil()) && missing("generateName") && !listed {
        refusals.push(Refusal::NoName);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list() -> RecordedHook {
        RecordedHook {
            name: String::new(),
            kind: "ConfigMapList".into(),
            path: "c/templates/a.yaml".into(),
            manifest: "apiVersion: v1\nkind: ConfigMapList\nitems:\n- metadata: {name: a}\n- {kind: Secret, apiVersion: v1, metadata: {name: b}}\n".into(),
            events: vec!["pre-install".into(), "pre-install".into()],
            weight: -3,
            ..RecordedHook::default()
        }
    }

    #[test]
    fn a_stored_hook_is_what_was_stored() {
        let hook = Hook::from_record(&list());
        assert_eq!(hook.source.path, "templates/a.yaml");
        assert_eq!((hook.weight.value, hook.events.len(), hook.is_list), (-3, 2, true));
        assert!(hook.delete_policies.defaulted && hook.delete_policies.has(DeletePolicy::BeforeHookCreation));
        let policies = vec![String::new()];
        let none = Hook::from_record(&RecordedHook { delete_policies: policies, ..list() }).delete_policies;
        assert!(!none.defaulted && !none.has(DeletePolicy::BeforeHookCreation));
    }

    #[test]
    fn bodies_are_those_of_the_objects() {
        let hook = Hook::from_record(&list());
        let bodies = bodies(list().manifest.as_bytes()).unwrap();
        assert_eq!(hook.objects.len(), bodies.len());
        assert_eq!(bodies[0], r#"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}}"#);
        assert!(super::bodies(b"a: [").is_err());
    }
}
