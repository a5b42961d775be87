//! Lint: what is wrong with a chart's hooks, and the line of the source that says so.
//!
//! One file a rule (`rules/`), one registry ([`rules::ALL`]). A rule looks at a [`Subject`], one rendering of a chart, and speaks of
//! places in rendered documents; what lies behind them in the chart is found afterwards, by one piece of code. Knows neither
//! clusters nor printing.

mod annotate;
pub mod annotation;
mod apply;
mod availability;
pub mod baseline;
mod chart;
pub mod config;
mod document;
mod edit;
pub mod entries;
mod finding;
mod fix;
mod outcome;
mod place;
pub mod pods;
mod references;
mod remains;
pub mod removed_apis;
mod render;
mod rule;
pub mod rules;
pub mod select;
mod shortfall;
mod stream;
mod subject;
pub mod suppress;
mod values;
mod vector;
pub mod words;

pub use apply::{Applied, ChangedFile, apply};
pub use availability::{Availability, Lookup, State};
pub use chart::{ChartOutcome, Intent, Problem, Task, Variant, lint_chart};
pub use document::{Doc, Role, entry_of, is_mapping};
pub use finding::{Draft, Findings, Related, Spot};
pub use fix::{Applicability, Edit, Fix};
pub use outcome::{ChartError, Finding, Outcome, RelatedPlace, SourceEdit, SourceFix, SourcePlace, Summary};
pub use place::{Place, Places};
pub use references::{Binding, Dependencies, Need, Reference};
pub use render::{Job, subject};
pub use rule::{Docs, Fixable, Profile, Rule};
pub use stream::lint_stream;
pub use subject::{Again, Audience, ChartFile, Subject, Variation, read};
pub use values::ValueSource;
pub use vector::Vector;

/// All rules by code: those about suppressions, then those of [`rules::ALL`].
pub fn every_rule() -> impl Iterator<Item = &'static Rule> {
    suppress::RULES.into_iter().chain(rules::ALL.iter().copied())
}
