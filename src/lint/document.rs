//! A rendered document as rules see it: its tree with places, what Helm makes of it, and short ways to what rules look at.

use std::cell::OnceCell;
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use crate::go::yaml::{self, Node, NodeKind};
use crate::helm::manifest::{Document, SortError};
use crate::hooks::{Event, Hook, Source};

/// What Helm makes of a document.
#[derive(Clone, Debug)]
pub enum Role {
    /// An object of the release.
    Plain,
    /// A hook.
    Hook(Arc<Hook>),
    /// Nothing: a word of its hook annotation is no event.
    Dropped,
    /// The end of the whole rendering: the document cannot be read.
    Unreadable(SortError),
}

/// A document of a rendering, with those that Helm drops or cannot read.
///
/// A clone shares the tree, which is read when it is first asked for.
#[derive(Clone, Debug)]
pub struct Doc {
    /// Where it is: path relative to the chart, number, line.
    pub source: Source,
    /// As Helm's sorter has it. The head of an unreadable document is empty.
    pub document: Document,
    /// What Helm makes of it.
    pub role: Role,
    tree: Rc<OnceCell<Option<yaml::Document<'static>>>>,
}

impl Doc {
    /// A document with its role.
    pub fn new(document: Document, role: Role) -> Doc {
        Doc { source: Source::of(&document), document, role, tree: Rc::default() }
    }

    /// Its text.
    pub fn text(&self) -> &[u8] {
        self.document.text()
    }

    /// The bytes of a span, as text.
    pub fn slice(&self, span: &Range<u32>) -> String {
        let bytes = self.text().get(span.start as usize..span.end as usize).unwrap_or_default();
        String::from_utf8_lossy(bytes).into_owned()
    }

    /// The root of its tree, whose spans are bytes of [`Doc::text`]; `None` where the text is no YAML or empty.
    pub fn root(&self) -> Option<Node<'_>> {
        let read = || yaml::parse(self.text()).ok().flatten().map(yaml::Document::into_owned);
        self.tree.get_or_init(read).as_ref().map(|tree| tree.root().target())
    }

    /// The node at a path of keys; the last of equal keys, as everywhere.
    pub fn get(&self, path: &[&str]) -> Option<Node<'_>> {
        path.iter().try_fold(self.root()?, |node, key| node.get(key))
    }

    /// Key and value of the entry at a path of keys.
    pub fn entry(&self, path: &[&str]) -> Option<(Node<'_>, Node<'_>)> {
        let (last, before) = path.split_last()?;
        entry_of(self.get(before)?, last)
    }

    /// Key and value of an annotation of `metadata.annotations`.
    pub fn annotation(&self, name: &str) -> Option<(Node<'_>, Node<'_>)> {
        self.entry(&["metadata", "annotations", name])
    }

    /// The text of an annotation as Helm reads it.
    pub fn annotation_text(&self, name: &str) -> Option<&str> {
        self.document.head.annotations.get(name).map(String::as_str)
    }

    /// All entries of `metadata.annotations`.
    pub fn annotations(&self) -> impl Iterator<Item = (Node<'_>, Node<'_>)> {
        self.get(&["metadata", "annotations"]).into_iter().flat_map(Node::entries)
    }

    /// The hook it is.
    pub fn hook(&self) -> Option<&Arc<Hook>> {
        match &self.role {
            Role::Hook(hook) => Some(hook),
            _ => None,
        }
    }

    /// True for an object of the release, which Helm installs.
    pub fn is_plain(&self) -> bool {
        matches!(self.role, Role::Plain)
    }

    /// Whether it is a hook of an event.
    pub fn has_event(&self, event: Event) -> bool {
        self.hook().is_some_and(|hook| hook.events.contains(&event))
    }

    /// `kind`.
    pub fn kind(&self) -> &str {
        &self.document.head.kind
    }

    /// `metadata.name`.
    pub fn name(&self) -> &str {
        &self.document.head.name
    }

    /// The group of `apiVersion`; empty for the core group.
    pub fn group(&self) -> &str {
        self.document.head.api_version.split_once('/').map_or("", |(group, _)| group)
    }

    /// `metadata.namespace`, where the manifest has one.
    pub fn namespace(&self) -> Option<String> {
        let node = self.get(&["metadata", "namespace"])?;
        Some(String::from_utf8_lossy(node.text()).into_owned()).filter(|namespace| !namespace.is_empty())
    }

    /// `Kind name`, for messages.
    pub fn title(&self) -> String {
        match (self.kind(), self.name()) {
            ("", "") => "a document without kind and name".to_owned(),
            (kind, "") => format!("{kind} without a name"),
            ("", name) => format!("`{name}`"),
            (kind, name) => format!("{kind} `{name}`"),
        }
    }

    /// Where a finding about the whole document goes: the key of an annotation if it is there, else `metadata`, else the first key.
    pub fn place_of(&self, annotation: &str) -> Range<u32> {
        let key = self.annotation(annotation).or_else(|| self.entry(&["metadata"]));
        let key = key.or_else(|| self.root()?.entries().next());
        key.map_or(0..0, |(key, _)| key.span())
    }
}

/// Key and value of a key of a mapping: the last of equal ones, aliases followed.
pub fn entry_of<'d>(mapping: Node<'d>, key: &str) -> Option<(Node<'d>, Node<'d>)> {
    let found = mapping.target().entries().filter(|(k, _)| k.target().text() == key.as_bytes()).last();
    found.map(|(key, value)| (key, value.target()))
}

/// True for a mapping.
pub fn is_mapping(node: Node<'_>) -> bool {
    node.kind() == NodeKind::Mapping
}
