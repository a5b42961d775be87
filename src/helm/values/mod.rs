//! Values: from files and flags to what templates see.
//!
//! [`merge`] gives what the user says, [`process_dependencies`] settles which charts are there, [`coalesce`] puts the charts' own values
//! below, [`validate`] checks the result. Each gives new values and leaves its input as it was.

mod coalesce;
mod dependencies;
mod documents;
mod options;

mod schema;
mod setting;
mod table;

pub(crate) use dependencies::is_compatible_range;
pub use dependencies::{Processed, process_dependencies};
pub use documents::read_file;
pub use options::{Options, Stdin, ValuesError, merge, merge_maps};
pub use schema::validate;
pub use setting::{Reading, set};

use super::chart::Chart;
use super::dialect::Dialect;
use super::log::Log;
use crate::go::value::Map;

/// Values as templates see them, and what Helm writes to stderr meanwhile.
#[derive(Debug)]
pub struct Coalesced {
    /// The values of the root chart, those of the charts below it under their names.
    pub values: Map,
    /// Lines for stderr.
    pub warnings: Vec<String>,
}

/// Puts the values of a chart and of all charts below it under those given (`CoalesceValues`). Nulls remove keys.
///
/// # Errors
/// Helm's text, when a value for a dependency is no table.
pub fn coalesce(chart: &Chart, given: &Map, dialect: &'static Dialect) -> Result<Coalesced, String> {
    let mut log = Log::new(dialect);
    let values = coalesce::Coalescing { dialect, log: &mut log }.values(&chart, given, coalesce::Nulls::Remove)?;
    Ok(Coalesced { values, warnings: log.into_lines() })
}
