//! Plans on paper: the report of all charts of a run, and its formats.

mod json;
mod markdown;
mod rows;
mod schema;
mod table;
mod wide;

use crate::hooks::Plan;

pub use json::{json, json_in_parts, yaml};
pub use markdown::markdown;
pub use rows::distance;
pub(super) use rows::{hook as hook_title, object as object_title};
pub use schema::schema;
pub use table::table;
pub(super) use table::{cut_name, one_event};
pub use wide::wide;

/// Everything a run of `plan` has found.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The plans, in the order the charts were found.
    pub charts: Vec<Plan>,
    /// The charts that could not be planned.
    pub errors: Vec<Failure>,
    /// Charts that are not planned on their own.
    pub skipped: Skipped,
    /// Whether one chart was named, rather than a folder that was searched.
    pub single: bool,
}

/// A chart that could not be planned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Its path.
    pub path: String,
    /// Helm's text.
    pub message: String,
}

/// How many charts a search passed by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Skipped {
    /// Library charts.
    pub library: usize,
    /// Charts that another chart found depends on.
    pub dependency: usize,
}
