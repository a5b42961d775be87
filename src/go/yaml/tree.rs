//! A document as a tree of nodes with their places.
//!
//! Mirrors the node tree of `decode.go` of `go.yaml.in/yaml/v2`. The nodes lie in one arena: a text nested ten thousand
//! deep needs no stack to be read, walked or dropped.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::ops::Range;

use super::error::Error;
use super::input::{Fatal, Input};
use super::parse::{Event, Located, Parser, Properties};
use super::resolve::{self, Scalar};
use super::scan::{Scanner, Style};

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NodeKind {
    /// A text.
    Scalar,
    /// A list.
    Sequence,
    /// A map.
    Mapping,
    /// Another mention of a node that has an anchor.
    Alias,
}

/// One YAML document.
#[derive(Clone)]
pub struct Document<'t> {
    nodes: Vec<NodeData<'t>>,
}

#[derive(Clone)]
struct NodeData<'t> {
    kind: NodeKind,
    style: Style,
    /// In `[]` or `{}`.
    flow: bool,
    /// go-yaml's `implicit`: plain without a tag, or with the tag `!`.
    plain: bool,
    start: u32,
    end: u32,
    line: u32,
    /// The first child, and the next sibling; 0, the root, for none.
    first: u32,
    next: u32,
    /// Of an alias.
    target: u32,
    value: Cow<'t, [u8]>,
    /// Anchor and tag, which few nodes have.
    properties: Option<Box<Properties<'t>>>,
}

/// A node of a [`Document`]: a cheap reference.
#[derive(Clone, Copy)]
pub struct Node<'d> {
    document: &'d Document<'d>,
    id: u32,
}

/// Reads the first document, as `yaml.Unmarshal` does; `None` when the text has none.
///
/// # Errors
/// go-yaml's error, beginning with `yaml: `. What follows the first document is not looked at.
pub fn parse(text: &[u8]) -> Result<Option<Document<'_>>, Error> {
    let input = Input::new(text);
    match input.text {
        Cow::Borrowed(text) => Builder::new(text, input.start, input.fatal).document(),
        Cow::Owned(text) => Ok(Builder::new(&text, input.start, input.fatal).document()?.map(Document::into_owned)),
    }
}

/// Reads all documents, as a decoder asked until its end does.
///
/// # Errors
/// go-yaml's error, beginning with `yaml: `.
pub fn parse_all(text: &[u8]) -> Result<Vec<Document<'_>>, Error> {
    let input = Input::new(text);
    match input.text {
        Cow::Borrowed(text) => {
            let mut builder = Builder::new(text, input.start, input.fatal);
            std::iter::from_fn(|| builder.document().transpose()).collect()
        }
        Cow::Owned(text) => {
            let mut builder = Builder::new(&text, input.start, input.fatal);
            std::iter::from_fn(|| builder.document().transpose()).map(|d| d.map(Document::into_owned)).collect()
        }
    }
}

/// Events to nodes.
struct Builder<'t> {
    parser: Parser<'t>,
    started: bool,
}

impl<'t> Builder<'t> {
    fn new(text: &'t [u8], start: usize, fatal: Option<Fatal>) -> Builder<'t> {
        Builder { parser: Parser::new(Scanner::new(text, start, fatal)), started: false }
    }

    /// The next document.
    fn document(&mut self) -> Result<Option<Document<'t>>, Error> {
        if !self.started {
            self.parser.next()?;
            self.started = true;
        }
        if let Event::StreamEnd = self.parser.next()?.event {
            return Ok(None);
        }
        let mut tree = Tree::default();
        while tree.nodes.is_empty() || !tree.open.is_empty() {
            let located = self.parser.next()?;
            tree.add(located)?;
        }
        // go-yaml wants to see the document's end before it decodes anything.
        self.parser.next()?;
        Ok(Some(Document { nodes: tree.nodes }))
    }
}

#[derive(Default)]
struct Tree<'t> {
    nodes: Vec<NodeData<'t>>,
    anchors: HashMap<&'t [u8], u32>,
    /// The collections that are not closed yet, each with its last child.
    open: Vec<(u32, u32)>,
}

impl<'t> Tree<'t> {
    fn add(&mut self, located: Located<'t>) -> Result<(), Error> {
        let Located { event, start, end } = located;
        let span = (start.byte, end.byte);
        match event {
            Event::Alias(name) => {
                let Some(target) = self.anchors.get(name).copied() else {
                    let text = format!("unknown anchor '{}' referenced", String::from_utf8_lossy(name));
                    return Err(Error::yaml(text).at(span.0));
                };
                let value = Cow::Borrowed(name);
                self.push(NodeData { target, value, ..leaf(NodeKind::Alias, span, start.line) });
            }
            Event::Scalar { properties, value, style, plain } => {
                let data = NodeData { value, style, plain, ..leaf(NodeKind::Scalar, span, start.line) };
                self.push(NodeData { properties, ..data });
            }
            Event::SequenceStart { properties, flow } => {
                let id = self.push(NodeData { flow, properties, ..leaf(NodeKind::Sequence, span, start.line) });
                self.open.push((id, 0));
            }
            Event::MappingStart { properties, flow } => {
                let id = self.push(NodeData { flow, properties, ..leaf(NodeKind::Mapping, span, start.line) });
                self.open.push((id, 0));
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(span.1),
            Event::StreamStart | Event::StreamEnd | Event::DocumentStart | Event::DocumentEnd => {}
        }
        Ok(())
    }

    fn push(&mut self, data: NodeData<'t>) -> u32 {
        let id = offset(self.nodes.len());
        if let Some(Properties { anchor: Some(Cow::Borrowed(anchor)), .. }) = data.properties.as_deref() {
            self.anchors.insert(anchor, id);
        }
        self.nodes.push(data);
        if let Some((parent, last)) = self.open.last_mut() {
            let (parent, before) = (*parent, std::mem::replace(last, id));
            if before == 0 {
                if let Some(parent) = self.nodes.get_mut(parent as usize) {
                    parent.first = id;
                }
            } else if let Some(before) = self.nodes.get_mut(before as usize) {
                before.next = id;
            }
        }
        id
    }

    fn close(&mut self, end: u32) {
        let Some((id, last)) = self.open.pop() else { return };
        // A block ends where its last node does: its own end is noticed only at the next token.
        let last_end = self.nodes.get(last as usize).filter(|_| last != 0).map(|last| last.end);
        if let Some(node) = self.nodes.get_mut(id as usize) {
            node.end = if node.flow { end } else { last_end.unwrap_or(node.end) };
        }
    }
}

fn leaf<'t>(kind: NodeKind, (start, end): (u32, u32), line: u32) -> NodeData<'t> {
    NodeData {
        kind,
        style: Style::Plain,
        flow: false,
        plain: false,
        start,
        end,
        line,
        first: 0,
        next: 0,
        target: 0,
        value: Cow::Borrowed(b""),
        properties: None,
    }
}

/// Offsets are 32 bits wide; [`crate::text::Span`] has the same bound.
fn offset(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

impl<'t> Document<'t> {
    /// The node that is the document.
    pub fn root(&self) -> Node<'_> {
        Node { document: self, id: 0 }
    }

    /// The same document, independent of the text it was read from.
    pub fn into_owned(self) -> Document<'static> {
        let own = |text: Cow<'t, [u8]>| Cow::Owned(text.into_owned());
        let nodes = self.nodes.into_iter().map(|node| {
            let NodeData { kind, style, flow, plain, start, end, line, first, next, target, value, properties } = node;
            let properties = properties.map(|properties| {
                Box::new(Properties { anchor: properties.anchor.map(own), tag: properties.tag.map(own) })
            });
            NodeData { kind, style, flow, plain, start, end, line, first, next, target, value: own(value), properties }
        });
        Document { nodes: nodes.collect() }
    }
}

impl fmt::Debug for Document<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Document({} nodes)", self.nodes.len())
    }
}

impl<'d> Node<'d> {
    fn data(self) -> Option<&'d NodeData<'d>> {
        self.document.nodes.get(self.id as usize)
    }

    fn of(self, id: u32) -> Option<Node<'d>> {
        (id != 0).then_some(Node { id, ..self })
    }

    /// What the node is.
    pub fn kind(self) -> NodeKind {
        self.data().map_or(NodeKind::Scalar, |data| data.kind)
    }

    /// The bytes of the text it was read from, with anchor and tag.
    pub fn span(self) -> Range<u32> {
        self.data().map_or(0..0, |data| data.start..data.end)
    }

    /// The line it begins in, from 1.
    pub fn line(self) -> u32 {
        self.data().map_or(0, |data| data.line + 1)
    }

    /// How a scalar is written.
    pub fn style(self) -> Style {
        self.data().map_or(Style::Plain, |data| data.style)
    }

    /// True for a collection in `[]` or `{}`.
    pub fn is_flow(self) -> bool {
        self.data().is_some_and(|data| data.flow)
    }

    /// The tag as written, with its handle resolved.
    pub fn tag(self) -> Option<&'d [u8]> {
        self.data()?.properties.as_ref()?.tag.as_deref()
    }

    /// The anchor other nodes can mention this one by.
    pub fn anchor(self) -> Option<&'d [u8]> {
        self.data()?.properties.as_ref()?.anchor.as_deref()
    }

    /// The text of a scalar, without quotes and escapes; the name of an alias; empty for a collection.
    pub fn text(self) -> &'d [u8] {
        self.data().map_or(b"", |data| &data.value)
    }

    /// What a scalar means; `None` for a collection, and for a text that its tag does not allow. Aliases are followed.
    pub fn scalar(self) -> Option<Scalar<'d>> {
        let node = self.target();
        let is_scalar = node.kind() == NodeKind::Scalar;
        is_scalar.then(|| resolve::resolve(node.tag(), node.is_plain(), node.text()).ok()).flatten()
    }

    /// The node an alias means, or the node itself.
    #[must_use]
    pub fn target(self) -> Node<'d> {
        match self.data() {
            Some(data) if data.kind == NodeKind::Alias => Node { id: data.target, ..self },
            _ => self,
        }
    }

    /// go-yaml's `implicit`: whether what the text looks like decides what it is.
    pub(super) fn is_plain(self) -> bool {
        self.data().is_some_and(|data| data.plain)
    }

    /// Something to tell nodes of a document apart by.
    pub(super) fn id(self) -> u32 {
        self.id
    }

    /// The children of a collection: items, or keys and values in turn.
    pub(super) fn children(self) -> impl Iterator<Item = Node<'d>> {
        let first = self.data().and_then(|data| self.of(data.first));
        std::iter::successors(first, |node| node.data().and_then(|data| node.of(data.next)))
    }

    /// The items of a sequence; none for any other node.
    pub fn items(self) -> impl Iterator<Item = Node<'d>> {
        self.children().filter(move |_| self.kind() == NodeKind::Sequence)
    }

    /// Keys and values of a mapping in the order of the text, as written: `<<` is a key like others.
    pub fn entries(self) -> impl Iterator<Item = (Node<'d>, Node<'d>)> {
        let mut children = self.children();
        std::iter::from_fn(move || {
            if self.kind() != NodeKind::Mapping {
                return None;
            }
            Some((children.next()?, children.next()?))
        })
    }

    /// The value of the last entry whose key has this text. Aliases are followed, merged mappings are not looked into.
    pub fn get(self, key: impl AsRef<[u8]>) -> Option<Node<'d>> {
        let (_, value) = self.target().entries().filter(|(k, _)| k.target().text() == key.as_ref()).last()?;
        Some(value.target())
    }
}

impl fmt::Debug for Node<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}@{:?}({:?})", self.kind(), self.span(), bstr::BStr::new(self.text()))
    }
}
