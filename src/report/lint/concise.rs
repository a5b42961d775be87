//! `lint -o concise`: one line a finding, as compilers have it and editors read it.

use std::fmt::Write;

use crate::lint::Outcome;
use crate::report::look::Look;

use super::{place_title, state};

/// The findings, a line each.
pub fn concise(outcome: &Outcome, look: &Look) -> String {
    let mut out = String::new();
    for finding in &outcome.findings {
        let severity = look.paint(state(finding.severity), finding.severity.name());
        let (place, message) = (look.clean(&place_title(&finding.place)), look.clean(&finding.message));
        let _ = writeln!(out, "{place}: {severity} {} {message}", finding.rule.code);
    }
    out
}
