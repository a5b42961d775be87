//! Values: from files and flags to what templates see.
//!
//! [`merge`] gives what the user says, [`process_dependencies`] settles which charts are there, [`coalesce`] puts the charts' own values
//! below, [`validate`] checks the result. Each gives new values and leaves its input as it was.

mod coalesce;
mod dependencies;
mod documents;
mod options;

mod reuse;
mod schema;
mod setting;
mod table;

pub(crate) use dependencies::is_compatible_range;
pub use dependencies::process_dependencies;
pub use documents::read_file;
pub use options::{Options, Stdin, ValuesError, merge, merge_maps};
pub use reuse::{Previous, Reuse, reuse};
pub use schema::validate;
pub use setting::{Reading, set};
pub(super) use table::deep_copy;

use super::chart::Chart;
use super::dialect::Dialect;
use super::log::Log;
use crate::go::value::Map;

/// Puts the values of a chart and of all charts below it under those given (`CoalesceValues`): the values of the root chart, those of
/// the charts below it under their names. Nulls remove keys.
///
/// # Errors
/// Helm's text, when a value for a dependency is no table.
pub fn coalesce(chart: &Chart, given: &Map, dialect: &'static Dialect, log: &mut Log) -> Result<Map, String> {
    coalesce::Coalescing { dialect, log }.values(&chart, given, coalesce::Nulls::Remove)
}
