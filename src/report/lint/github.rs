//! `lint -o github`: workflow commands, which GitHub shows beside the changed lines.
//!
//! GitHub shows ten of a kind in a step and is silent about the rest; so are we, but we say how many there are.

use std::fmt::Write;

use crate::lint::Outcome;
use crate::report::look::clean;
use crate::text::Severity;

use super::counted;

/// What GitHub shows of one kind in one step.
const SHOWN: usize = 10;

/// The findings, and charts that could not be linted, as workflow commands.
pub fn github(outcome: &Outcome) -> String {
    let mut out = String::new();
    let mut left = 0;
    let mut room = [SHOWN; 3];
    let kinds = [Severity::Error, Severity::Warning, Severity::Info];
    let mut take = |severity: Severity| {
        let room = kinds.iter().zip(&mut room).find(|(kind, _)| **kind == severity).map(|(_, room)| room);
        let taken = room.filter(|room| **room > 0).map(|room| *room -= 1).is_some();
        left += usize::from(!taken);
        taken
    };
    for error in &outcome.errors {
        if take(Severity::Error) {
            let title = "this chart cannot be linted";
            command("error", &[("file", &error.path), ("title", title)], &error.message, &mut out);
        }
    }
    for finding in &outcome.findings {
        if !take(finding.severity) {
            continue;
        }
        let place = &finding.place;
        let (line, end_line) = (place.start.line.to_string(), place.end.line.to_string());
        let (column, end_column) = (place.start.column.to_string(), place.end.column.saturating_sub(1).to_string());
        let title = format!("{} {}", finding.rule.code, finding.rule.name);
        let mut properties = vec![("file", place.path.as_str()), ("line", &line), ("endLine", &end_line)];
        // GitHub knows columns only within a line, and its last one is the last that is marked.
        if place.exact && place.start.line == place.end.line && place.end.column > place.start.column {
            properties.extend([("col", column.as_str()), ("endColumn", &end_column)]);
        }
        properties.push(("title", &title));
        let text = match finding.help.as_str() {
            "" => finding.message.clone(),
            help => format!("{}\n{help}", finding.message),
        };
        let name = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "notice",
        };
        command(name, &properties, &text, &mut out);
    }
    if left > 0 {
        let _ = writeln!(out, "{} more: GitHub shows {SHOWN} of a kind", counted(left, "finding"));
    }
    out
}

fn command(name: &str, properties: &[(&str, &str)], text: &str, out: &mut String) {
    let properties: Vec<String> =
        properties.iter().map(|(key, value)| format!("{key}={}", escape(value, &[':', ',']))).collect();
    let lines: Vec<String> = text.lines().map(|line| escape(line, &[])).collect();
    let _ = writeln!(out, "::{name} {}::{}", properties.join(","), lines.join("%0A"));
}

/// As GitHub's own toolkit escapes, on one line and without what acts on terminals: a log is read in one too.
fn escape(text: &str, more: &[char]) -> String {
    let mut out = String::new();
    for c in clean(text, true).chars() {
        match c {
            '%' => out.push_str("%25"),
            c if more.contains(&c) => {
                let _ = write!(out, "%{:02X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}
