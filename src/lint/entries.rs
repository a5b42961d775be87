//! Edits of mapping entries, for fixes that add one or take one away.

use crate::go::yaml::Node;

use super::{Doc, Edit, is_mapping};

/// From the first byte of an entry's key to the last of its value.
pub fn whole((key, value): (Node<'_>, Node<'_>)) -> std::ops::Range<u32> {
    key.span().start..value.span().end.max(key.span().end)
}

/// Removes an entry with its lines.
pub fn remove(doc: usize, entry: (Node<'_>, Node<'_>)) -> Edit {
    Edit::RemoveEntry { doc, entry: whole(entry) }
}

/// Adds a line after an entry.
pub fn after(doc: usize, entry: (Node<'_>, Node<'_>), text: impl Into<String>) -> Edit {
    Edit::InsertEntry { doc, key: entry.0.span(), entry: whole(entry), before: false, text: text.into() }
}

/// Makes a line the first one of a mapping, whether that is written in lines or in braces; `None` for an empty one.
pub fn prepend(index: usize, doc: &Doc, mapping: Node<'_>, text: &str) -> Option<Edit> {
    let mapping = Some(mapping).filter(|node| is_mapping(*node))?;
    let first = mapping.entries().next()?;
    if !mapping.is_flow() {
        let (key, entry) = (first.0.span(), whole(first));
        return Some(Edit::InsertEntry { doc: index, key, entry, before: true, text: text.to_owned() });
    }
    let start = mapping.span().start;
    let brace = start..start + 1;
    let one_line = !text.contains('\n') && doc.slice(&brace) == "{";
    one_line.then(|| Edit::Replace { doc: index, span: brace, text: format!("{{{text}, ") })
}
