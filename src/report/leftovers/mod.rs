//! `leftovers`: objects of hooks that nobody will delete.

mod json;
mod table;

use jiff::Timestamp;

use crate::cluster::leftovers::{Deletion, Leftover};

pub use json::{json, yaml};
pub use table::table;

/// What is printed.
#[derive(Clone, Debug)]
pub struct Report {
    /// The objects.
    pub found: Vec<Leftover>,
    /// What became of each, where they were to be deleted; in the same order.
    pub deletions: Option<Vec<Deletion>>,
    /// Releases that are left out, as sentences.
    pub busy: Vec<String>,
    /// What could not be looked at, a line each.
    pub errors: Vec<String>,
    /// Whether more than one namespace was looked at.
    pub all_namespaces: bool,
    /// Where they were looked for, in words.
    pub place: String,
    /// What to type to delete them.
    pub delete_command: String,
    /// The time.
    pub now: Timestamp,
}

/// JSON Schema (2020-12) of the report, as text.
pub fn schema() -> &'static str {
    include_str!("schema.json")
}

/// What became of an object, in a word for machines.
fn deletion(deletion: &Deletion) -> &'static str {
    match deletion {
        Deletion::Deleted => "deleted",
        Deletion::Gone => "gone",
        Deletion::Another => "another",
        Deletion::Failed(_) => "failed",
    }
}
