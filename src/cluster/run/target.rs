//! Where an object lies in the API: its paths, and what is known of it once it was created.

use std::sync::Arc;

use kube::api::{ApiResource, DynamicObject};
use serde_json::Value;

use crate::cluster::kinds::Kind;
use crate::hooks::ObjectRef;

/// An object with its place in the API.
#[derive(Clone, Debug)]
pub(super) struct Target {
    /// The object; once created, with the server's name.
    pub(super) object: Arc<ObjectRef>,
    /// Its namespace; `None` for kinds without.
    pub(super) namespace: Option<String>,
    /// `/api/v1/namespaces/x/configmaps`.
    pub(super) collection: String,
}

/// An object this run created, or applied to.
#[derive(Clone, Debug)]
pub(super) struct Made {
    /// Which.
    pub(super) target: Target,
    /// For which hook.
    pub(super) hook: u32,
    /// Its uid.
    pub(super) uid: String,
    /// True when an apply met it.
    pub(super) existed: bool,
    /// True once a deletion was accepted.
    pub(super) deleted: bool,
    /// True once it was seen to be gone.
    pub(super) gone: bool,
    /// As the server answered.
    pub(super) body: Value,
}

impl Target {
    /// The place of an object of a kind.
    pub(super) fn new(object: &Arc<ObjectRef>, kind: &Kind, release_namespace: &str) -> Target {
        let namespace = kind.namespace(object.namespace.as_deref(), release_namespace);
        Target {
            object: object.clone(),
            namespace: namespace.map(str::to_owned),
            collection: collection(&kind.resource, namespace),
        }
    }

    /// `/api/v1/namespaces/x/configmaps/y`.
    pub(super) fn path(&self) -> String {
        format!("{}/{}", self.collection, escape(&self.object.name))
    }

    /// `/api/v1/namespaces/x/pods`, where the pods of a Job are.
    pub(super) fn pods(&self) -> String {
        format!("/api/v1/namespaces/{}/pods", escape(self.namespace.as_deref().unwrap_or_default()))
    }

    /// Which object it is, whatever version of its group is spoken.
    pub(super) fn identity(&self) -> (String, Option<String>) {
        let object = &self.object;
        (format!("{}/{}/{}", object.group(), object.kind, object.name), self.namespace.clone())
    }

    /// The same under the name the server gave it.
    pub(super) fn named(&self, name: &str) -> Target {
        if self.object.name == name {
            return self.clone();
        }
        let object = ObjectRef { name: name.to_owned(), generate_name: None, ..ObjectRef::clone(&self.object) };
        Target { object: Arc::new(object), ..self.clone() }
    }

    /// `job.batch/x` is what kubectl would say; messages say `Job/ns/x` as Helm does.
    pub(super) fn shown(&self) -> String {
        match &self.namespace {
            Some(namespace) => format!("{}/{namespace}/{}", self.object.kind, self.object.shown_name()),
            None => self.object.to_string(),
        }
    }
}

/// The path of all objects of a kind.
pub(super) fn collection(resource: &ApiResource, namespace: Option<&str>) -> String {
    <DynamicObject as kube::Resource>::url_path(resource, namespace.map(escape).as_deref())
}

/// A name as a segment of a path or a value in a query.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    escaped
}

/// A text at a path of keys; empty when there is none.
pub(super) fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}
