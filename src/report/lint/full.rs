//! `lint -o full`: every finding with the lines it is about, by chart, and a summary.

use std::fmt::Write;

use crate::lint::{Audience, Finding, Outcome, RelatedPlace, SourcePlace};
use crate::report::frame::{Snippet, draw_named};
use crate::report::look::{Look, State};
use crate::text::{Severity, SourceFile};

use super::{audience_title, counted, counts, fix_flag, offset, place_title, state};

/// Rendered texts longer than this say no more.
const LONGEST_VALUE: usize = 60;

/// Places so near each other that one frame shows both.
const NEAR: u32 = 4;

/// The report for people. `audience` is for whom the charts were linted.
pub fn full(outcome: &Outcome, audience: Audience, look: &Look) -> String {
    let mut out = String::new();
    let several = outcome.summary.charts > 1;
    for group in outcome.findings.chunk_by(|a, b| a.chart == b.chart) {
        for finding in group {
            one(finding, look, &mut out);
        }
        if let (true, Some(first)) = (several, group.first()) {
            let chart = look.clean(&first.chart);
            let _ = writeln!(out, "{}: {}\n", look.paint(State::Title, &chart), group_counts(group));
        }
    }
    summary(outcome, audience, look, &mut out);
    out
}

fn group_counts(group: &[Finding]) -> String {
    let count = |severity| group.iter().filter(|finding| finding.severity == severity).count();
    let all = [Severity::Error, Severity::Warning, Severity::Info].map(|severity| (count(severity), severity.name()));
    let parts: Vec<String> = all.iter().filter(|(n, _)| *n > 0).map(|(n, name)| counted(*n, name)).collect();
    parts.join(", ")
}

fn one(finding: &Finding, look: &Look, out: &mut String) {
    let head = format!("{}[{}]:", finding.severity.name(), finding.rule.code);
    let title = look.wrap(&format!("{head} {}", look.clean(&finding.message)), 2);
    let rest = title.strip_prefix(&head).unwrap_or_default();
    let _ = writeln!(out, "{}{rest}", look.paint(state(finding.severity), &head));
    frames(finding, look, out);
    for place in &finding.included_by {
        let _ = writeln!(out, "  included by {}", look.clean(place));
    }
    if !finding.values.is_empty() {
        let values = finding.values.iter().map(|values| look.clean(values)).collect::<Vec<_>>().join(", ");
        let _ = writeln!(out, "{}", look.wrap(&format!("  with {values}"), 7));
    }
    help(finding, look, out);
    out.push('\n');
}

/// The frame of the finding with what is near it, then a frame for each place elsewhere.
fn frames(finding: &Finding, look: &Look, out: &mut String) {
    let near = |related: &&RelatedPlace| {
        related.place.path == finding.place.path
            && related.place.start.line.abs_diff(finding.place.start.line) <= NEAR
            && related.place.start != finding.place.start
    };
    let beside: Vec<&RelatedPlace> = finding.related.iter().filter(near).collect();
    let word = match &finding.rendered {
        Some(text) => format!("renders to {}", look.cut(&shown(text), LONGEST_VALUE)),
        None if !finding.place.exact => "in what begins here".to_owned(),
        None => String::new(),
    };
    let mut labels = vec![(&finding.place, word.as_str())];
    labels.extend(beside.iter().map(|related| (&related.place, related.message.as_str())));
    frame(&labels, finding.severity, look, out);
    for related in finding.related.iter().filter(|related| !near(related)) {
        frame(&[(&related.place, related.message.as_str())], Severity::Info, look, out);
    }
}

fn shown(rendered: &str) -> String {
    let rendered = rendered.trim_end_matches('\n');
    if rendered.is_empty() { "nothing".to_owned() } else { format!("`{rendered}`") }
}

fn frame(labels: &[(&SourcePlace, &str)], severity: Severity, look: &Look, out: &mut String) {
    let Some((place, word)) = labels.first() else { return };
    let Some(file) = place.source.as_deref() else {
        let word = if word.is_empty() { String::new() } else { format!(": {}", look.clean(word)) };
        let sign = look.sign("→", "->");
        let _ = writeln!(out, "{}", look.wrap(&format!("  {sign} {}{word}", look.clean(&place_title(place))), 4));
        return;
    };
    let name = place_title(place);
    let labels = labels.iter().map(|(place, word)| {
        let (start, end) = span(file, place);
        (start, end, *word)
    });
    let snippet = Snippet { name: &name, text: file.text(), labels: labels.collect() };
    out.push_str(&draw_named(&snippet, severity, look));
}

/// The frame of one place, for errors.
pub fn place_frame(place: &SourcePlace, word: &str, look: &Look) -> String {
    let mut out = String::new();
    frame(&[(place, word)], Severity::Error, look, &mut out);
    out
}

/// The bytes of a place; of one that goes on, those of its first line.
fn span(file: &SourceFile, place: &SourcePlace) -> (usize, usize) {
    let start = offset(file, place.start);
    let end = offset(file, place.end);
    if place.end.line == place.start.line {
        return (start, end.max(start));
    }
    let rest = file.text().get(start..).unwrap_or_default();
    let line = rest.split(|byte| *byte == b'\n').next().unwrap_or_default();
    (start, start + bstr::ByteSlice::trim_end(line).len())
}

fn help(finding: &Finding, look: &Look, out: &mut String) {
    let flag = finding.fix.as_ref().and_then(fix_flag);
    let by_machine = flag.map(|flag| format!(" (`{} lint {flag}` does)", look.program)).unwrap_or_default();
    let title = finding.fix.as_ref().map(|fix| fix.title.as_str());
    // A title that only repeats the help is not worth a line.
    let title = title.filter(|title| !finding.help.to_lowercase().contains(&title.to_lowercase()));
    let mut lines = Vec::new();
    match (finding.help.is_empty(), title) {
        (false, None) => lines.push(format!("  help: {}{by_machine}", look.clean(&finding.help))),
        (false, Some(title)) => {
            lines.push(format!("  help: {}", look.clean(&finding.help)));
            lines.push(format!("  fix: {}{by_machine}", look.clean(title)));
        }
        (true, Some(title)) => lines.push(format!("  fix: {}{by_machine}", look.clean(title))),
        (true, None) => {}
    }
    for line in lines {
        let indent = line.find(": ").map_or(2, |at| at + 2);
        let _ = writeln!(out, "{}", look.wrap(&line, indent));
    }
}

fn summary(outcome: &Outcome, audience: Audience, look: &Look, out: &mut String) {
    let summary = &outcome.summary;
    let found = counts(outcome);
    let mut about = vec![counted(summary.hooks, "hook")];
    let audience = audience_title(audience);
    if !audience.is_empty() {
        about.push(audience);
    }
    let more = [(summary.suppressed, "suppressed"), (summary.fixed, "fixed")];
    about.extend(more.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")));
    let charts = counted(summary.charts, "chart");
    let worst = outcome.findings.iter().map(|finding| finding.severity).max();
    let (word, state) = match worst {
        None if outcome.errors.is_empty() => ("no findings".to_owned(), State::Done),
        None => ("no findings where there was something to see".to_owned(), State::Title),
        Some(severity) => (found, state(severity)),
    };
    let text = look.wrap(&format!("{word} in {charts} ({})", about.join(", ")), 2);
    let rest = text.strip_prefix(&word).map(str::to_owned);
    match rest {
        Some(rest) => out.push_str(&format!("{}{rest}\n", look.paint(state, &word))),
        None => out.push_str(&format!("{text}\n")),
    }
    let failed = outcome.errors.iter().map(|error| &error.path).collect::<std::collections::BTreeSet<_>>().len();
    if failed > 0 {
        let text = format!("{} not linted, or not wholly: see above", counted(failed, "chart"));
        let _ = writeln!(out, "{}", look.paint(State::Error, &text));
    }
    let fixable =
        |flag| outcome.findings.iter().filter_map(|f| f.fix.as_ref().and_then(fix_flag)).filter(|f| *f == flag).count();
    for flag in ["--fix", "--fix=unsafe"] {
        let n = fixable(flag);
        if n > 0 {
            let _ = writeln!(out, "{n} can be fixed: {} lint {flag}", look.program);
        }
    }
    if let Some(first) = outcome.findings.first() {
        let _ = writeln!(out, "{} explain {} says more", look.program, first.rule.code);
    }
}
