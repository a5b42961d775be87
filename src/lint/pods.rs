//! Pods in documents: from an object to its pod templates, and from those to containers.
//!
//! Knows that a list holds objects, and how mappings are merged; where a kind keeps its pod template is [`crate::hooks::pods`]'. Knows no rule.

use crate::go::yaml::{Node, NodeKind, Scalar};
use crate::hooks::pods::{self, Tree};

use super::{Doc, entry_of, is_mapping};

/// Lists in lists, and maps merged into maps, are followed this far: an alias may lead back to where it stands.
const DEEPEST: usize = 8;

/// An object: a document's, or an item of a document that is a list.
#[derive(Clone, Copy, Debug)]
pub struct Object<'d> {
    /// The mapping with `kind` and `metadata`.
    pub node: Node<'d>,
}

/// The pods an object makes.
#[derive(Clone, Copy, Debug)]
pub struct Pod<'d> {
    /// The object that makes them.
    pub object: Object<'d>,
    /// Their template, which holds `metadata` and `spec`; of a Pod the object itself.
    pub template: Node<'d>,
    /// Their `spec`.
    pub spec: Node<'d>,
}

/// A container of a pod.
#[derive(Clone, Copy, Debug)]
pub struct Container<'d> {
    /// Its mapping.
    pub node: Node<'d>,
    /// True for one of `initContainers`.
    pub init: bool,
}

/// The objects of a document: its own, or the items of a list, in order.
pub fn objects(doc: &Doc) -> Vec<Object<'_>> {
    let mut found = Vec::new();
    if let Some(root) = doc.root() {
        collect(root, 0, &mut found);
    }
    found
}

/// The pods of a document: one for an object that makes some, several for a list of them.
pub fn pods(doc: &Doc) -> Vec<Pod<'_>> {
    objects(doc).into_iter().filter_map(Object::pod).collect()
}

/// As [`entry_of`], for a mapping that may merge others with `<<`.
pub fn entry<'d>(mapping: Node<'d>, key: &str) -> Option<(Node<'d>, Node<'d>)> {
    merged(mapping, key, 0)
}

/// The value at a path of keys, through aliases and merged mappings.
pub fn get<'d>(mapping: Node<'d>, path: &[&str]) -> Option<Node<'d>> {
    path.iter().try_fold(mapping.target(), |node, key| entry(node, key).map(|(_, value)| value))
}

/// The text at a path of keys; `None` for null, an empty text and a collection.
pub fn text(mapping: Node<'_>, path: &[&str]) -> Option<String> {
    let value = get(mapping, path)?;
    let text = match value.scalar()? {
        Scalar::Null => return None,
        _ => String::from_utf8_lossy(value.text()).into_owned(),
    };
    Some(text).filter(|text| !text.is_empty())
}

/// The whole number at a path of keys.
pub fn number(mapping: Node<'_>, path: &[&str]) -> Option<i64> {
    match get(mapping, path)?.scalar()? {
        Scalar::Int(number) => Some(number),
        _ => None,
    }
}

/// Whether the value at a path of keys is `true`.
pub fn is_true(mapping: Node<'_>, path: &[&str]) -> bool {
    get(mapping, path).and_then(Node::scalar) == Some(Scalar::Bool(true))
}

/// The texts of a mapping's entries, such as labels, in order. What is no text is left out.
pub fn texts(mapping: Node<'_>) -> Vec<(String, String)> {
    let lossy = |node: Node<'_>| String::from_utf8_lossy(node.text()).into_owned();
    let entries = mapping.target().entries().map(|(key, value)| (key.target(), value.target()));
    entries.filter(|(_, value)| value.kind() == NodeKind::Scalar).map(|(k, v)| (lossy(k), lossy(v))).collect()
}

/// Through aliases and merged mappings, with the places of everything.
impl Tree for Node<'_> {
    fn get(self, key: &str) -> Option<Self> {
        entry(self.target(), key).map(|(_, value)| value)
    }

    fn items(self) -> Vec<Self> {
        Node::items(self).map(Node::target).collect()
    }

    fn text(self) -> Option<String> {
        text(self, &[])
    }

    fn is_true(self) -> bool {
        is_true(self, &[])
    }

    fn is_mapping(self) -> bool {
        is_mapping(self)
    }
}

fn merged<'d>(mapping: Node<'d>, key: &str, depth: usize) -> Option<(Node<'d>, Node<'d>)> {
    if let Some(own) = entry_of(mapping, key) {
        return Some(own);
    }
    if depth == DEEPEST {
        return None;
    }
    let (_, source) = entry_of(mapping, "<<")?;
    match source.kind() {
        NodeKind::Mapping => merged(source, key, depth + 1),
        NodeKind::Sequence => source.items().find_map(|item| merged(item.target(), key, depth + 1)),
        NodeKind::Scalar | NodeKind::Alias => None,
    }
}

fn collect<'d>(node: Node<'d>, depth: usize, found: &mut Vec<Object<'d>>) {
    let node = node.target();
    if !is_mapping(node) {
        return;
    }
    let object = Object { node };
    // The API machinery takes whatever has `items` for a list; a ConfigMap has none at the top.
    match get(node, &["items"]).filter(|items| items.kind() == NodeKind::Sequence && depth < DEEPEST) {
        Some(items) => items.items().for_each(|item| collect(item, depth + 1, found)),
        None => found.push(object),
    }
}

impl<'d> Object<'d> {
    /// `kind`.
    pub fn kind(self) -> String {
        text(self.node, &["kind"]).unwrap_or_default()
    }

    /// `metadata.name`.
    pub fn name(self) -> String {
        text(self.node, &["metadata", "name"]).unwrap_or_default()
    }

    /// The pods it makes.
    pub fn pod(self) -> Option<Pod<'d>> {
        let template = pods::template(self.node, &self.kind())?;
        let spec = get(template, &["spec"]).filter(|spec| is_mapping(*spec))?;
        Some(Pod { object: self, template, spec })
    }
}

impl<'d> Pod<'d> {
    /// Its labels.
    pub fn labels(self) -> Vec<(String, String)> {
        get(self.template, &["metadata", "labels"]).map(texts).unwrap_or_default()
    }

    /// Its init containers, then its containers.
    pub fn containers(self) -> impl Iterator<Item = Container<'d>> {
        pods::containers(self.spec).map(|(node, init)| Container { node, init })
    }
}

impl Container<'_> {
    /// `name`.
    pub fn name(self) -> String {
        text(self.node, &["name"]).unwrap_or_default()
    }

    /// `image`.
    pub fn image(self) -> String {
        text(self.node, &["image"]).unwrap_or_default()
    }

    /// True for an init container that keeps running beside the others: a native sidecar.
    pub fn is_sidecar(self) -> bool {
        self.init && text(self.node, &["restartPolicy"]).as_deref() == Some("Always")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helm::dialect::Engine;
    use crate::lint::read;

    fn shown(text: &str) -> Vec<String> {
        let docs = read([("c/templates/a.yaml", text.into())], Engine::Helm4.dialect());
        let show = |pod: Pod<'_>| {
            let containers = pod.containers().map(|c| format!("{}{}", if c.init { "+" } else { "" }, c.name()));
            format!("{} {} {}", pod.object.kind(), pod.object.name(), containers.collect::<Vec<_>>().join(" "))
        };
        docs.iter().flat_map(pods).map(show).collect()
    }

    #[test]
    fn each_kind_keeps_its_template_somewhere() {
        let spec = "spec: {initContainers: [{name: i}], containers: [{name: c}]}";
        let all = format!(
            "kind: Pod\nmetadata: {{name: a}}\n{spec}\n---\n\
             kind: Job\nmetadata: {{name: b}}\nspec: {{template: {{{spec}}}}}\n---\n\
             kind: CronJob\nmetadata: {{name: c}}\nspec: {{jobTemplate: {{spec: {{template: {{{spec}}}}}}}}}\n---\n\
             kind: PodTemplate\nmetadata: {{name: d}}\ntemplate: {{{spec}}}\n---\n\
             kind: Rollout\nmetadata: {{name: e}}\nspec: {{template: {{{spec}}}}}\n---\n\
             kind: ExternalSecret\nmetadata: {{name: f}}\nspec: {{template: {{spec: {{}}}}}}\n---\n\
             kind: ConfigMap\nmetadata: {{name: g}}\ndata: {{spec: x}}\n"
        );
        assert_eq!(shown(&all), ["Pod a +i c", "Job b +i c", "CronJob c +i c", "PodTemplate d +i c", "Rollout e +i c"]);
    }

    #[test]
    fn lists_aliases_and_merges_are_followed() {
        let text = "kind: List\nitems:\n- kind: Pod\n  metadata: {name: a}\n  spec: &s {containers: [{name: c}]}\n\
                    - kind: Pod\n  metadata: {name: b}\n  spec: {<<: *s, restartPolicy: Never}\n\
                    - kind: Job\n  metadata: {name: d}\n  spec: {template: {spec: *s}}\n";
        assert_eq!(shown(text), ["Pod a c", "Pod b c", "Job d c"]);
        assert_eq!(shown("kind: Pod\nspec: &a\n  <<: *a\n"), ["Pod  "]);
    }
}
