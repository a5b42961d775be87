//! What is written about the rules of lint: the list, as a table and as JSON, and the pages of `docs/rules`.

mod page;

use std::fmt::Write;

use crate::lint::{Fixable, Rule, every_rule};

use super::json::{Json, Layout};
use super::lint::url;
use super::look::{Look, State};

pub(super) use page::example;
pub use page::{index, page};

/// Narrower screens have no room for a sentence beside the names.
const ROOM_FOR_SUMMARY: usize = 110;

/// What can be mended: `safe`, `unsafe`, `suggestion`; nothing else is a word.
fn fix(rule: &Rule) -> Option<&'static str> {
    match rule.fixable {
        Fixable::No => None,
        Fixable::Sometimes(applicability) => Some(applicability.name()),
    }
}

/// All rules, a line each.
pub fn table(look: &Look) -> String {
    let rules: Vec<&Rule> = every_rule().collect();
    let widest = |text: fn(&Rule) -> &'static str| rules.iter().map(|rule| text(rule).len()).max().unwrap_or(0);
    let name_width = widest(|rule| rule.name);
    let mut out = String::new();
    let head = format!("{:5}  {:name_width$}  {:8}  {:8}  {:10}", "CODE", "NAME", "SEVERITY", "PROFILE", "FIX");
    let with_summary = look.width.is_none_or(|width| width >= ROOM_FOR_SUMMARY);
    // Two columns between, and what tells that something was cut off.
    let room = look.width.map(|width| width.saturating_sub(head.len() + 2 + " ...".len()));
    let head = if with_summary { format!("{head}  SUMMARY") } else { head };
    let _ = writeln!(out, "{}", look.paint(State::Title, head.trim_end()));
    for rule in &rules {
        let severity = format!("{:8}", rule.severity.name());
        let severity = look.paint(super::lint::state(rule.severity), &severity);
        let (code, name, profile) = (rule.code, rule.name, rule.profile.name());
        let fix = fix(rule).unwrap_or_else(|| look.sign("–", "-"));
        let mut line = format!("{code:5}  {name:name_width$}  {severity}  {profile:8}  {fix:10}");
        if with_summary {
            let summary =
                room.map_or_else(|| rule.docs.summary.to_owned(), |room| look.cut_end(rule.docs.summary, room));
            let _ = write!(line, "  {summary}");
        }
        let _ = writeln!(out, "{}", line.trim_end());
    }
    let _ = writeln!(out, "\n{} explain CODE says more.", look.program);
    out
}

/// All rules as JSON.
pub fn json() -> String {
    let mut json = Json::default();
    json.table(Layout::Lines, |json| {
        json.key("schemaVersion").string("1");
        json.key("rules").list(Layout::Lines, every_rule(), |json, rule| {
            json.table(Layout::Lines, |json| {
                json.key("code").string(rule.code);
                json.key("name").string(rule.name);
                json.key("severity").string(rule.severity.name());
                json.key("profile").string(rule.profile.name());
                json.key("fix").optional(fix(rule));
                json.key("summary").string(rule.docs.summary);
                json.key("url").optional(url(rule).as_deref());
            });
        });
    });
    json.finish()
}

/// Markdown's links as a screen shows them: of pages beside this one the name, of others the address too.
pub(super) fn without_links(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, name, address, after)) = next_link(rest) {
        out.push_str(before);
        out.push_str(name);
        if address.contains("://") {
            let _ = write!(out, " ({address})");
        }
        rest = after;
    }
    out + rest
}

/// What is before a link, its name, its address, and what is after it.
fn next_link(text: &str) -> Option<(&str, &str, &str, &str)> {
    let (head, tail) = text.split_once("](")?;
    let (before, name) = head.rsplit_once('[')?;
    let (address, after) = tail.split_once(')')?;
    Some((before, name, address, after))
}

/// JSON Schema (2020-12) of [`json`], as text.
pub fn schema() -> &'static str {
    include_str!("schema.json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_fits() {
        for width in [80, 100, 120, 200] {
            let look = Look { width: Some(width), color: false, unicode: false, program: "helm hooks".into() };
            let table = table(&look);
            assert!(table.lines().all(|line| line.len() <= width), "{width}:\n{table}");
        }
    }

    #[test]
    fn the_list_keeps_to_its_schema() {
        let schema = serde_json::from_str(schema()).unwrap();
        let list = serde_json::from_str(&json()).unwrap();
        let validator = jsonschema::draft202012::new(&schema).unwrap();
        assert!(validator.is_valid(&list), "{list}");
    }
}
