//! The pages of `docs/rules`, in Markdown: one a rule, and the list of them.

use std::fmt::Write;

use crate::lint::{Rule, Vector, every_rule};

use super::fix;

/// The page of a rule.
pub fn page(rule: &Rule) -> String {
    let docs = &rule.docs;
    let mut out = format!("# {} {}\n\n{}\n\n", rule.code, rule.name, docs.summary);
    let fix = fix(rule).map_or_else(|| "no".to_owned(), |fix| format!("{fix}, in some cases"));
    let _ = writeln!(out, "| severity | profile | fix |\n|---|---|---|");
    let _ = writeln!(out, "| {} | {} | {fix} |", rule.severity.name(), rule.profile.name());
    let sections = [
        ("What it reports", docs.reports),
        ("What happens", docs.happens),
        ("What to do", docs.remedy),
        ("When it is fine", docs.fine),
    ];
    for (heading, text) in sections.iter().filter(|(_, text)| !text.is_empty()) {
        let _ = write!(out, "\n## {heading}\n\n{text}\n");
    }
    if let Some(bad) = example(rule) {
        let _ = write!(out, "\n## Example\n\nWrong ({}):\n\n{}", bad.name, code(bad.chart));
        if let Some(fixed) = bad.fixed {
            let _ = write!(out, "\nRight:\n\n{}", code(fixed));
        }
    }
    if !docs.evidence.is_empty() {
        out.push_str("\n## Where it comes from\n\n");
        for source in docs.evidence {
            let _ = writeln!(out, "- {source}");
        }
    }
    out.push_str("\n<!-- Made from the rule's source by `UPDATE=1 cargo test`. -->\n");
    out
}

/// The chart that shows a rule best: the first wrong one, rather one whose fix is known.
pub(in crate::report) fn example(rule: &Rule) -> Option<&'static Vector> {
    let bad = || rule.vectors.iter().filter(|vector| !vector.want.is_empty());
    bad().find(|vector| vector.fixed.is_some()).or_else(|| bad().next())
}

fn code(chart: &str) -> String {
    // A chart with a fence in it needs a longer one.
    let fence = if chart.contains("```") { "````" } else { "```" };
    format!("{fence}yaml\n{}\n{fence}\n", chart.trim_end())
}

/// The list of all pages.
pub fn index() -> String {
    let mut out = String::from(
        "# Rules\n\n\
         What `helm hooks lint` reports. `helm hooks explain CODE` shows a page on the screen.\n\n\
         Rules of profile `default` are always on; `--profile pedantic|argocd|flux` turns on more, `--baseline-chart OLD` those that \
         compare two versions of a chart (`baseline`). Findings of severity info are shown under `pedantic`, or where their rule is \
         selected.\n\n\
         | code | name | severity | profile | fix | |\n|---|---|---|---|---|---|\n",
    );
    for rule in every_rule() {
        let (code, name, severity) = (rule.code, rule.name, rule.severity.name());
        let fix = fix(rule).unwrap_or_default();
        let summary = rule.docs.summary.replace('|', "\\|");
        let _ = writeln!(
            out,
            "| [{code}]({code}.md) | {name} | {severity} | {} | {fix} | {summary} |",
            rule.profile.name()
        );
    }
    out.push_str("\n<!-- Made from the rules' source by `UPDATE=1 cargo test`. -->\n");
    out
}
