//! The summary of a step of GitHub's workflows, in Markdown.

use std::fmt::Write;

use crate::lint::{Audience, Outcome};
use crate::report::look::clean;

use super::{audience_title, counted, counts, place_title};

/// GitHub drops a summary of more than a megabyte; a few hundred rows are more than anybody reads.
const ROWS: usize = 200;

/// What was found, as Markdown.
pub fn step_summary(outcome: &Outcome, audience: Audience) -> String {
    let summary = &outcome.summary;
    let found = if outcome.findings.is_empty() { "no findings".to_owned() } else { counts(outcome) };
    let (charts, hooks) = (counted(summary.charts, "chart"), counted(summary.hooks, "hook"));
    let mut out = format!("### Helm hooks: {found}\n\n{charts}, {hooks}, {}", audience_title(audience));
    if summary.suppressed > 0 {
        let _ = write!(out, ", {} suppressed", summary.suppressed);
    }
    out.push_str(".\n");
    if !outcome.errors.is_empty() {
        out.push_str("\nNot linted, or not wholly:\n\n");
        for error in &outcome.errors {
            let lines: Vec<&str> = error.message.lines().map(str::trim).collect();
            let _ = writeln!(out, "- {}: {}", text(&error.path), text(&lines.join(" ")));
        }
    }
    if !outcome.findings.is_empty() {
        out.push_str("\n| severity | rule | where | what |\n|---|---|---|---|\n");
        for finding in outcome.findings.iter().take(ROWS) {
            let (severity, rule) = (finding.severity.name(), finding.rule);
            let place = text(&place_title(&finding.place));
            let _ =
                writeln!(out, "| {severity} | {} {} | {place} | {} |", rule.code, rule.name, text(&finding.message));
        }
        let left = outcome.findings.len().saturating_sub(ROWS);
        if left > 0 {
            let _ = writeln!(out, "\n{} more.", counted(left, "finding"));
        }
    }
    out
}

/// A text that Markdown leaves alone: code stays code, all else is escaped.
fn text(from: &str) -> String {
    let mut out = String::new();
    let mut code = false;
    let balanced = from.matches('`').count().is_multiple_of(2);
    for c in clean(from, true).chars() {
        match c {
            '`' if balanced => {
                code = !code;
                out.push(c);
            }
            '|' => out.push_str("\\|"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '~' | '!' if !code => {
                out.push('\\');
                out.push(c);
            }
            '<' if !code => out.push_str("&lt;"),
            '&' if !code => out.push_str("&amp;"),
            c => out.push(c),
        }
    }
    out
}
