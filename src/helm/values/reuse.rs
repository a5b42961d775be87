//! What an upgrade makes of the values of the release it upgrades.
//!
//! Mirrors `reuseValues` in `pkg/action/upgrade.go`, the same in both Helms.

use super::coalesce::{Coalescing, Nulls};
use crate::go::value::Map;
use crate::helm::chart::Chart;
use crate::helm::dialect::Dialect;
use crate::helm::log::Log;

/// Which values an upgrade keeps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reuse {
    /// Those of the release, when no new ones are given.
    #[default]
    UnlessGiven,
    /// None: `--reset-values`.
    Reset,
    /// Those of the release and of its chart, below new ones: `--reuse-values`.
    Keep,
    /// Those of the release, below new ones, above the new chart's: `--reset-then-reuse-values`.
    KeepOverChart,
}

/// The release that is upgraded, as its record has it.
#[derive(Clone, Debug)]
pub struct Previous {
    /// Its chart's name.
    pub chart_name: String,
    /// Its chart's own values; the record has none of the charts below it.
    pub chart_values: Map,
    /// What the user gave.
    pub given: Map,
}

/// The values to upgrade with; `chart` gets other values of its own where the old chart's are kept.
///
/// # Errors
/// Helm's text, when the old values cannot be put together.
pub fn reuse(
    chart: &mut Chart,
    previous: &Previous,
    given: Map,
    reuse: Reuse,
    dialect: &'static Dialect,
    log: &mut Log,
) -> Result<Map, String> {
    match reuse {
        Reuse::Reset => return Ok(given),
        Reuse::UnlessGiven if given.is_empty() && !previous.given.is_empty() => return Ok(previous.given.clone()),
        Reuse::UnlessGiven => return Ok(given),
        Reuse::Keep => {
            let mut old = Chart { values: previous.chart_values.clone(), ..Chart::default() };
            old.metadata.name.clone_from(&previous.chart_name);
            let kept = super::coalesce(&old, &previous.given, dialect, log);
            chart.values = kept.map_err(|error| format!("failed to rebuild old values: {error}"))?;
        }
        Reuse::KeepOverChart => {}
    }
    Coalescing { dialect, log }.tables(&given, &previous.given, Nulls::Remove);
    Ok(given)
}
