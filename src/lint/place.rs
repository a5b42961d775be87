//! From places in rendered documents to places in the files of the chart.

use crate::text::Position;

use super::Subject;
use super::finding::Spot;

/// A place in a file of the chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file, relative to the chart.
    pub path: String,
    /// Its first character.
    pub start: Position,
    /// After its last character.
    pub end: Position,
    /// False when it is only the first line of the document in the rendered file.
    pub exact: bool,
}

/// The place in the rendered file, where nothing better is known.
pub fn rendered(subject: &Subject, spot: &Spot) -> Place {
    match spot {
        Spot::Document { doc, span } => {
            let Some(doc) = subject.documents.get(*doc) else { return nowhere("") };
            let position = |at: u32| {
                let before = doc.text().get(..at as usize).unwrap_or_default();
                let line = before.iter().filter(|byte| **byte == b'\n').count();
                let column = before.iter().rev().take_while(|byte| **byte != b'\n').count();
                let narrow = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
                Position { line: doc.source.rendered_line + narrow(line), column: narrow(column) + 1 }
            };
            Place { path: doc.source.path.clone(), start: position(span.start), end: position(span.end), exact: false }
        }
        Spot::File { path, .. } => nowhere(path),
    }
}

fn nowhere(path: &str) -> Place {
    let start = Position { line: 1, column: 1 };
    Place { path: path.to_owned(), start, end: start, exact: false }
}
