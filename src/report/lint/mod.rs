//! Findings on paper: one file per format, all over the same outcome in the same order, and what is written about rules.
//!
//! Texts of charts reach every format: none of them may carry a character that acts on a terminal.

mod concise;
mod full;
mod github;
mod gitlab;
mod json;
mod junit;
mod sarif;
mod schema;
mod summary;

use crate::hooks::ObjectRef;
use crate::lint::{Applicability, Audience, Outcome, Rule, SourceFix, SourcePlace};
use crate::text::{Position, Severity, SourceFile};

use super::look::State;

pub use concise::concise;
pub use full::{full, place_frame};
pub use github::github;
pub use gitlab::gitlab;
pub use json::json;
pub use junit::junit;
pub use sarif::sarif;
pub use schema::schema;
pub use summary::step_summary;

/// Where the project lives, without a final slash. While it has no public address, nothing links to it.
pub const HOME: Option<&str> = None;

/// The page of a rule on the net.
pub(super) fn url(rule: &Rule) -> Option<String> {
    HOME.map(|home| format!("{home}/blob/main/docs/rules/{}.md", rule.code))
}

/// `1 chart`, `2 charts`.
fn counted(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

/// The colour of a severity.
pub(super) fn state(severity: Severity) -> State {
    match severity {
        Severity::Error => State::Error,
        Severity::Warning => State::Warning,
        Severity::Info => State::Done,
    }
}

/// `1 error, 2 warnings`; empty when there is nothing.
fn counts(outcome: &Outcome) -> String {
    let summary = &outcome.summary;
    let parts = [(summary.errors, "error"), (summary.warnings, "warning"), (summary.infos, "info")];
    let parts: Vec<String> = parts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| counted(*n, what)).collect();
    parts.join(", ")
}

/// For whom a chart was linted.
fn audience_title(audience: Audience) -> String {
    let helms = match (audience.helm3, audience.helm4) {
        (true, true) => "Helm 3 and 4",
        (true, false) => "Helm 3",
        (false, true) => "Helm 4",
        (false, false) => "",
    };
    let others = [(audience.argocd, "Argo CD"), (audience.flux, "Flux")];
    let others = others.into_iter().filter(|(on, _)| *on).map(|(_, name)| name);
    let all: Vec<&str> = [helms].into_iter().filter(|name| !name.is_empty()).chain(others).collect();
    all.join(", ")
}

/// `Job/name`.
fn object_title(object: &ObjectRef) -> String {
    format!("{}/{}", object.kind, object.name)
}

/// `path:line:column`; for a value given on the command line, the flag.
fn place_title(place: &SourcePlace) -> String {
    if is_flag(place) {
        return place.path.clone();
    }
    format!("{}:{}:{}", place.path, place.start.line, place.start.column)
}

/// Whether a place is a flag, which is no file.
fn is_flag(place: &SourcePlace) -> bool {
    place.source.is_none() && place.path.starts_with("--")
}

/// What makes a fix by machine: nothing for suggestions.
fn fix_flag(fix: &SourceFix) -> Option<&'static str> {
    if fix.edits.is_empty() {
        return None;
    }
    match fix.applicability {
        Applicability::Safe => Some("--fix"),
        Applicability::Unsafe => Some("--fix=unsafe"),
        Applicability::Suggestion => None,
    }
}

/// The byte of a place in a text; the end where there is no such place.
fn offset(file: &SourceFile, position: Position) -> usize {
    let text = file.text();
    let mut start = 0;
    for _ in 1..position.line {
        match text.get(start..).and_then(|rest| rest.iter().position(|byte| *byte == b'\n')) {
            Some(at) => start += at + 1,
            None => return text.len(),
        }
    }
    let line = file.line(position.line);
    let skip = position.column.saturating_sub(1) as usize;
    let in_line = bstr::ByteSlice::char_indices(line).nth(skip).map_or(line.len(), |(from, _, _)| from);
    start + in_line
}

#[cfg(test)]
mod tests;
