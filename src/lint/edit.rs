//! Fixes carried from the rendered text to the files of the chart: only literals are touched.

use std::ops::Range;
use std::sync::Arc;

use bstr::ByteSlice;

use crate::text::SourceFile;

use super::chart::ordered;
use super::finding::Spot;
use super::fix::{Applicability, Edit, Fix};
use super::outcome::{SourceEdit, SourceFix};
use super::place::{Place, Places};
use super::subject::Subject;

/// Resolves fixes of one rendering.
pub(super) struct Editor<'a> {
    pub(super) subject: &'a Subject,
    pub(super) places: &'a Places<'a>,
}

/// A change of a file of the chart.
struct Change {
    file: Arc<SourceFile>,
    bytes: Range<u32>,
    text: String,
}

impl Editor<'_> {
    /// The fix as edits of files. Where an edit would have to change what an action prints, only the words are left.
    pub(super) fn resolve(&self, fix: &Fix, shown: impl Fn(&str) -> String) -> SourceFix {
        let changes: Option<Vec<Change>> = fix.edits.iter().map(|edit| self.change(edit)).collect();
        // Nobody packs a chart again because of a fix.
        let changes = changes.filter(|changes| changes.iter().all(|change| !shown(change.file.name()).contains("!/")));
        let Some(changes) = changes.filter(|changes| !changes.is_empty()) else {
            return SourceFix { applicability: Applicability::Suggestion, title: fix.title.clone(), edits: Vec::new() };
        };
        let edits = changes.into_iter().map(|Change { file, bytes, text }| SourceEdit {
            path: shown(file.name()),
            start: file.position(bytes.start),
            end: file.position(bytes.end),
            bytes,
            text,
        });
        SourceFix { applicability: fix.applicability, title: fix.title.clone(), edits: ordered(edits.collect()) }
    }

    fn change(&self, edit: &Edit) -> Option<Change> {
        match edit {
            Edit::Replace { doc, span, text } => {
                let place = self.literal(*doc, span)?;
                Some(Change { file: place.file, bytes: place.span, text: text.clone() })
            }
            Edit::InsertEntry { doc, key, entry, before, text } => self.insert_entry(*doc, key, entry, *before, text),
            Edit::RemoveEntry { doc, entry } => self.remove_entry(*doc, entry),
            Edit::InsertLine { doc, span, text } => {
                let place = self.literal(*doc, span)?;
                let start = line_start(place.file.text(), place.span.start);
                let text = format!("{text}{}", line_end(place.file.text()));
                Some(Change { file: place.file, bytes: start..start, text })
            }
            Edit::Pipe { doc, span, text } => self.pipe(*doc, span, text),
            Edit::Quote { doc, span, text } => match self.literal(*doc, span) {
                Some(place) => Some(Change { file: place.file, bytes: place.span, text: text.clone() }),
                None => self.pipe(*doc, span, "| quote"),
            },
        }
    }

    fn find(&self, doc: usize, span: &Range<u32>) -> Option<Place> {
        let place = self.places.find(self.subject, &Spot::Document { doc, span: span.clone() })?;
        place.exact.then_some(place)
    }

    fn literal(&self, doc: usize, span: &Range<u32>) -> Option<Place> {
        self.find(doc, span).filter(|place| place.literal)
    }

    fn insert_entry(
        &self,
        doc: usize,
        key: &Range<u32>,
        entry: &Range<u32>,
        before: bool,
        text: &str,
    ) -> Option<Change> {
        let first = self.literal(doc, key)?;
        let bytes = first.file.text();
        let indent = indentation(bytes, first.span.start)?;
        let newline = line_end(bytes);
        let text = text.replace('\n', &format!("{newline}{indent}"));
        if before {
            let start = line_start(bytes, first.span.start);
            let text = format!("{indent}{text}{newline}");
            return Some(Change { file: first.file, bytes: start..start, text });
        }
        let last = self.find(doc, &(entry.end.saturating_sub(1).max(key.start)..entry.end.max(key.end)))?;
        if last.file.name() != first.file.name() {
            return None;
        }
        let end = next_line(bytes, last.span.end)?;
        let missing = if bytes.get(end as usize - 1) == Some(&b'\n') { "" } else { newline };
        let text = format!("{missing}{indent}{text}{newline}");
        Some(Change { file: first.file, bytes: end..end, text })
    }

    fn remove_entry(&self, doc: usize, entry: &Range<u32>) -> Option<Change> {
        let first = self.find(doc, &(entry.start..entry.start + 1)).filter(|place| place.literal)?;
        let last = self.find(doc, &(entry.end.saturating_sub(1)..entry.end))?;
        let bytes = first.file.text();
        if last.file.name() != first.file.name() || indentation(bytes, first.span.start).is_none() {
            return None;
        }
        let span = line_start(bytes, first.span.start)..next_line(bytes, last.span.end)?;
        Some(Change { file: first.file, bytes: span, text: String::new() })
    }

    /// Adds a command to the pipeline of an action.
    fn pipe(&self, doc: usize, span: &Range<u32>, text: &str) -> Option<Change> {
        let place = self.find(doc, span).filter(|place| !place.literal)?;
        let action = place.file.text().get(place.span.start as usize..place.span.end as usize)?;
        // One action and nothing else: two of them would need to be joined.
        if !action.starts_with(b"{{") || !action.ends_with(b"}}") || action.find_iter(b"{{").count() != 1 {
            return None;
        }
        let inner = action.strip_suffix(b"}}")?;
        let inner = inner.strip_suffix(b"-").unwrap_or(inner).trim_end();
        let at = place.span.start + u32::try_from(inner.len()).ok()?;
        Some(Change { file: place.file, bytes: at..at, text: format!(" {text}") })
    }
}

/// What an edit does to the rendered file: the bytes that go, and what comes.
pub(super) fn rendered_change(subject: &Subject, edit: &Edit) -> Option<(usize, (Range<usize>, String))> {
    let in_file = |doc: usize, span: &Range<u32>| {
        let start = subject.documents.get(doc)?.document.range().start;
        Some(start + span.start as usize..start + span.end as usize)
    };
    let text_of = |doc: usize| subject.documents.get(doc).map(|doc| doc.document.file().as_bytes());
    match edit {
        Edit::Replace { doc, span, text } | Edit::Quote { doc, span, text } => {
            Some((*doc, (in_file(*doc, span)?, text.clone())))
        }
        Edit::InsertLine { doc, span, text } => {
            let at = line_start(text_of(*doc)?, narrow(in_file(*doc, span)?.start)) as usize;
            Some((*doc, (at..at, format!("{text}\n"))))
        }
        Edit::InsertEntry { doc, key, entry, before, text } => {
            let bytes = text_of(*doc)?;
            let first = narrow(in_file(*doc, key)?.start);
            let indent = indentation(bytes, first)?;
            let text = text.replace('\n', &format!("\n{indent}"));
            let at = if *before {
                line_start(bytes, first)
            } else {
                let end = narrow(in_file(*doc, entry)?.end);
                next_line(bytes, end)?
            } as usize;
            let missing = if at > 0 && bytes.get(at - 1) != Some(&b'\n') { "\n" } else { "" };
            Some((*doc, (at..at, format!("{missing}{indent}{text}\n"))))
        }
        Edit::RemoveEntry { doc, entry } => {
            let bytes = text_of(*doc)?;
            let range = in_file(*doc, entry)?;
            let span = line_start(bytes, narrow(range.start))..next_line(bytes, narrow(range.end))?;
            Some((*doc, (span.start as usize..span.end as usize, String::new())))
        }
        Edit::Pipe { doc, span, text } => {
            // The only command fixes add.
            if text.trim_start_matches(['|', ' ']) != "quote" {
                return None;
            }
            let range = in_file(*doc, span)?;
            let printed = text_of(*doc)?.get(range.clone())?.to_str_lossy().into_owned();
            Some((*doc, (range, crate::go::strconv::quote(printed.as_bytes()))))
        }
    }
}

fn narrow(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn line_start(text: &[u8], at: u32) -> u32 {
    let before = text.get(..at as usize).unwrap_or_default();
    before.rfind_byte(b'\n').map_or(0, |newline| narrow(newline + 1))
}

/// Where the next line begins after a place behind which nothing but white space and a comment follows.
fn next_line(text: &[u8], at: u32) -> Option<u32> {
    // A block that ends with a line end has the next line already.
    if at > 0 && text.get(at as usize - 1) == Some(&b'\n') {
        return Some(at);
    }
    let rest = text.get(at as usize..)?;
    let line = rest.lines().next().unwrap_or_default();
    let tail = line.trim();
    let comment = tail.starts_with(b"#") || (tail.starts_with(b"{{/*") && tail.ends_with(b"*/}}"));
    if !tail.is_empty() && !comment && tail != b"\"" && tail != b"'" {
        return None;
    }
    Some(rest.find_byte(b'\n').map_or(narrow(text.len()), |newline| at + narrow(newline + 1)))
}

/// What stands before a place in its line, when that is only white space.
fn indentation(text: &[u8], at: u32) -> Option<String> {
    let start = line_start(text, at);
    let before = text.get(start as usize..at as usize)?;
    before.iter().all(|byte| matches!(byte, b' ' | b'\t')).then(|| before.to_str_lossy().into_owned())
}

fn line_end(text: &[u8]) -> &'static str {
    if text.contains_str("\r\n") { "\r\n" } else { "\n" }
}
