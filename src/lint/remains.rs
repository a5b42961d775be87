//! What `lookup` finds when an event comes again: the objects a rendering has left in the cluster.
//!
//! Knows what Helm deletes by itself. What scripts of a chart or somebody else deletes or makes is not known, nor what a server adds.

use crate::go::base64;
use crate::go::value::{List, Map, SLICE, Value};
use crate::go::yaml::Node;
use crate::hooks::{DeletePolicy, Operation};

use super::availability::is_kept;
use super::{Doc, Subject, Variation, pods};

/// Kinds that have no namespace and are found in charts.
pub(super) const CLUSTER_WIDE: [&str; 12] = [
    "ClusterRole",
    "ClusterRoleBinding",
    "MutatingWebhookConfiguration",
    "ValidatingWebhookConfiguration",
    "Namespace",
    "PersistentVolume",
    "PriorityClass",
    "StorageClass",
    "IngressClass",
    "RuntimeClass",
    "PodSecurityPolicy",
    "ClusterIssuer",
];

/// Objects of a rendering.
#[derive(Debug)]
pub(super) struct Remains {
    documents: Vec<Doc>,
    /// The namespace of what names none.
    namespace: String,
}

impl Remains {
    /// What is there after an install or an upgrade, or after the uninstall that follows.
    pub(super) fn new(documents: &[Doc], namespace: &str, is_installed: bool) -> Remains {
        let is_left = |doc: &&Doc| match doc.hook() {
            Some(hook) => {
                let was_made = hook.events.iter().any(|event| match event.operation() {
                    Operation::Install | Operation::Upgrade => true,
                    Operation::Uninstall => !is_installed,
                    Operation::Rollback | Operation::Test => false,
                });
                was_made && !hook.delete_policies.has(DeletePolicy::HookSucceeded)
            }
            None => doc.is_plain() && (is_installed || is_kept(doc)),
        };
        Remains { documents: documents.iter().filter(is_left).cloned().collect(), namespace: namespace.to_owned() }
    }

    /// The object, or the list of all of a kind for an empty name; `None` where there is none.
    pub(super) fn find(&self, api_version: &str, kind: &str, namespace: &str, name: &str) -> Option<Map> {
        let group = |version: &str| version.rsplit_once('/').map_or(String::new(), |(group, _)| group.to_owned());
        let objects = self.documents.iter().flat_map(pods::objects).filter(|object| {
            let version = pods::text(object.node, &["apiVersion"]).unwrap_or_default();
            object.kind() == kind && group(&version) == group(api_version)
        });
        let is_wide = CLUSTER_WIDE.contains(&kind);
        let mut objects = objects.filter(|object| {
            // A chart that looks in a namespace for what it makes in that of the release is meant to be installed there.
            let own = pods::text(object.node, &["metadata", "namespace"]);
            let is_there = !namespace.is_empty() && own.is_none_or(|own| own == namespace);
            is_wide || is_there || (name.is_empty() && namespace.is_empty())
        });
        if !name.is_empty() {
            return self.read(objects.find(|object| object.name() == name)?.node, is_wide);
        }
        let items: Vec<Value> = objects.filter_map(|object| self.read(object.node, is_wide)).map(Value::Map).collect();
        let list = Value::dict().with("apiVersion", api_version).with("kind", format!("{kind}List"));
        (!items.is_empty()).then(|| list.with("items", Value::List(List::new(&SLICE, items))))
    }

    /// An object as the server has it: a new one each time, for templates change what they are given.
    fn read(&self, node: Node<'_>, is_wide: bool) -> Option<Map> {
        let Ok(Value::Map(object)) = node.to_value() else { return None };
        if let Some(Value::Map(metadata)) = object.get("metadata")
            && !is_wide
            && !metadata.contains("namespace")
        {
            let _ = metadata.insert("namespace", self.namespace.as_str());
        }
        if let Some(Value::Map(texts)) = object.remove("stringData") {
            let data = object.get("data").and_then(|data| data.as_map().cloned()).unwrap_or_else(Value::dict);
            for (key, text) in texts.entries() {
                let text = text.as_str().map(|text| base64::encode(text.as_bytes())).unwrap_or_default();
                let _ = data.insert(key, text);
            }
            let _ = object.insert("data", Value::Map(data));
        }
        Some(object)
    }
}

/// True when an install or an upgrade that comes after a rendering renders its hook again, for all that is known: a template that looks
/// for the object may leave it out then.
pub(super) fn comes_again(subject: &Subject, doc: &Doc, variation: &Variation) -> bool {
    let twin = |other: &Subject| subject.twin(doc, other).is_some_and(|twin| twin.hook().is_some());
    subject.otherwise(variation).is_none_or(|other| twin(&other))
}
