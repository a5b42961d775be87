//! Edits of hook annotations that rules share: a weight, one more word in a list.
//!
//! Knows how annotations are written; whether the text is literal in the template is found out where edits are carried there.

use std::ops::Range;

use crate::go::yaml::{Node, NodeKind, Style};
use crate::helm::manifest::{HOOK, HOOK_DELETE_POLICY, HOOK_WEIGHT};

use super::annotation::{entry, inner};
use super::{Edit, Subject};

/// The key of the first of some annotations that is there, or a place that stands for the document.
pub(super) fn place(subject: &Subject, doc: usize, annotations: &[&str]) -> Range<u32> {
    let Some(found) = subject.documents.get(doc) else { return 0..0 };
    let key = annotations.iter().find_map(|name| entry(found, name));
    key.map_or_else(|| found.place_of(HOOK), |(key, _)| key.span())
}

/// The value of an annotation; its key, where it has no value to point at.
pub(super) fn value_place(subject: &Subject, doc: usize, annotations: &[&str]) -> Range<u32> {
    let entry = subject.documents.get(doc).and_then(|doc| annotations.iter().find_map(|name| entry(doc, name)));
    let value = entry.map(|(_, value)| value.span()).filter(|span| !span.is_empty());
    value.unwrap_or_else(|| place(subject, doc, annotations))
}

/// The name of a document's object, or a place that stands for the document.
pub(super) fn name_place(subject: &Subject, doc: usize) -> Range<u32> {
    let Some(found) = subject.documents.get(doc) else { return 0..0 };
    let name = found.get(&["metadata", "name"]).map(Node::span).filter(|span| !span.is_empty());
    name.unwrap_or_else(|| found.place_of(HOOK))
}

/// Gives a hook a weight: a new value where it has one, else one more annotation.
pub(super) fn set_weight(subject: &Subject, doc: usize, weight: i64) -> Option<Edit> {
    set(subject, doc, HOOK_WEIGHT, &format!("\"{weight}\""))
}

/// Gives a hook an annotation: a new value where it has one, else an entry behind the events.
pub(super) fn set(subject: &Subject, doc: usize, name: &str, value: &str) -> Option<Edit> {
    let found = subject.documents.get(doc)?;
    if let Some((_, old)) = entry(found, name) {
        let usual = old.kind() == NodeKind::Scalar && !matches!(old.style(), Style::Literal | Style::Folded);
        let text = if is_flow(subject, doc) { in_flow(value) } else { value.to_owned() };
        let edit = Edit::Replace { doc, span: old.span(), text };
        return (usual && !old.span().is_empty()).then_some(edit);
    }
    let (key, events) = entry(found, HOOK)?;
    if is_flow(subject, doc) {
        let text = format!("{}, {name}: {}", found.slice(&events.span()), in_flow(value));
        return Some(Edit::Replace { doc, span: events.span(), text });
    }
    let entry = key.span().start..events.span().end;
    Some(Edit::InsertEntry { doc, key: key.span(), entry, before: false, text: format!("{name}: {value}") })
}

/// Adds events to those of a hook.
pub(super) fn append_event(subject: &Subject, doc: usize, events: &[&str]) -> Option<Edit> {
    let (_, value) = entry(subject.documents.get(doc)?, HOOK)?;
    let (span, old) = written(subject, doc, value)?;
    Some(replaced(subject, doc, value, span, format!("{old},{}", events.join(","))))
}

/// Adds a delete policy to those of a hook, in front or behind; where nothing says one, the default is written out.
pub(super) fn add_policy(subject: &Subject, doc: usize, policy: &str, in_front: bool) -> Option<Edit> {
    let Some((_, value)) = entry(subject.documents.get(doc)?, HOOK_DELETE_POLICY) else {
        return set(subject, doc, HOOK_DELETE_POLICY, &format!("before-hook-creation,{policy}"));
    };
    let (span, old) = written(subject, doc, value)?;
    let text = match (old.trim().is_empty(), in_front) {
        (true, _) => policy.to_owned(),
        (_, true) => format!("{policy},{old}"),
        (_, false) => format!("{old},{policy}"),
    };
    Some(replaced(subject, doc, value, span, text))
}

/// Writes a value anew, in the quotes it has; in `{}` a comma needs some.
pub(super) fn replaced(subject: &Subject, doc: usize, value: Node<'_>, span: Range<u32>, text: String) -> Edit {
    let bare = value.style() == Style::Plain && is_flow(subject, doc);
    Edit::Replace { doc, span, text: if bare { in_flow(&text) } else { text } }
}

fn is_flow(subject: &Subject, doc: usize) -> bool {
    let annotations = subject.documents.get(doc).and_then(|doc| doc.get(&["metadata", "annotations"]));
    annotations.is_some_and(Node::is_flow)
}

/// A value for `{}`.
fn in_flow(value: &str) -> String {
    if value.contains(',') && !value.starts_with('"') { format!("\"{value}\"") } else { value.to_owned() }
}

/// What stands in a scalar, without its quotes, and where; `None` for blocks, and where there is nothing.
fn written(subject: &Subject, doc: usize, value: Node<'_>) -> Option<(Range<u32>, String)> {
    let usual = value.kind() == NodeKind::Scalar && !matches!(value.style(), Style::Literal | Style::Folded);
    let span = Some(inner(value)).filter(|span| usual && !span.is_empty())?;
    let text = subject.documents.get(doc)?.slice(&span);
    Some((span, text))
}
