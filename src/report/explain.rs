//! A word of hooks, or a rule, explained on the screen.

use std::fmt::Write;

use crate::hooks::words::{Word, WordKind, words};
use crate::lint::{Fixable, Profile, Rule};

use super::look::{Look, State};
use super::rules::without_links;

/// Texts are for reading, so they are not wider than a page.
const PAGE: usize = 88;

/// Everything about a word.
pub fn explain(word: &Word, look: &Look) -> String {
    let look = &page(look);
    let mut out = String::new();
    let _ = writeln!(out, "{}  ({})\n", look.paint(State::Title, word.name), word.kind.title());
    paragraph(word.meaning, 0, look, &mut out);
    heading("When it happens", look, &mut out);
    for step in word.when {
        match step.strip_prefix("> ") {
            Some(own) => {
                let text = look.wrap(&format!("  {} {own}", look.sign("→", ">")), 4);
                let _ = writeln!(out, "{}", look.paint(State::Title, &text));
            }
            None => {
                let _ = writeln!(out, "{}", look.wrap(&format!("    {step}"), 4));
            }
        }
    }
    heading("Example", look, &mut out);
    for line in word.example.lines() {
        let _ = writeln!(out, "  {line}");
    }
    heading("The usual trap", look, &mut out);
    paragraph(word.trap, 2, look, &mut out);
    heading("Helm 3 and Helm 4", look, &mut out);
    paragraph(word.helms, 2, look, &mut out);
    if word.kind == WordKind::Event {
        heading("On its own", look, &mut out);
        let text = format!(
            "{} run {} RELEASE runs these hooks in the cluster, after showing what that does.",
            look.program, word.name
        );
        paragraph(&text, 2, look, &mut out);
    }
    let _ = writeln!(out, "\n{}", look.wrap(&format!("See also: {}", word.see.join(", ")), 10));
    out
}

/// Everything about a rule.
pub fn rule(rule: &Rule, look: &Look) -> String {
    let look = &page(look);
    let docs = &rule.docs;
    let mut out = String::new();
    let dot = look.sign(" · ", " - ");
    let on = match rule.profile {
        Profile::Default => "always on".to_owned(),
        Profile::Baseline => "on with --baseline-chart".to_owned(),
        other => format!("on with --profile {}", other.name()),
    };
    let fix = match rule.fixable {
        Fixable::No => "",
        Fixable::Sometimes(applicability) => match applicability {
            crate::lint::Applicability::Safe => "some fixed by lint --fix",
            crate::lint::Applicability::Unsafe => "some fixed by lint --fix=unsafe",
            crate::lint::Applicability::Suggestion => "",
        },
    };
    let _ = writeln!(out, "{}  (rule)", look.paint(State::Title, &format!("{} {}", rule.code, rule.name)));
    let facts: Vec<&str> = [rule.severity.name(), &on, fix].into_iter().filter(|fact| !fact.is_empty()).collect();
    let _ = writeln!(out, "{}\n", look.paint(State::Dim, &facts.join(dot)));
    paragraph(docs.summary, 0, look, &mut out);
    let sections = [
        ("What it reports", docs.reports),
        ("What happens", docs.happens),
        ("What to do", docs.remedy),
        ("When it is fine", docs.fine),
    ];
    for (title, text) in sections.into_iter().filter(|(_, text)| !text.is_empty()) {
        heading(title, look, &mut out);
        paragraph(text, 2, look, &mut out);
    }
    if let Some(bad) = super::rules::example(rule) {
        heading(&format!("Wrong: {}", bad.name), look, &mut out);
        bad.chart.lines().for_each(|line| indented(line, &mut out));
        if let Some(fixed) = bad.fixed {
            heading("Right", look, &mut out);
            fixed.lines().for_each(|line| indented(line, &mut out));
        }
    }
    if !docs.evidence.is_empty() {
        heading("Where it comes from", look, &mut out);
        for source in docs.evidence {
            let _ = writeln!(out, "{}", look.wrap(&format!("  {}", without_links(source)), 4));
        }
    }
    if rule.code.starts_with("HH0") {
        // What is said about suppressions cannot be suppressed by one.
        return out;
    }
    let ignore = format!("To live with it: # hooks-lint: ignore {} and the reason, on the line above.", rule.code);
    let _ = writeln!(out, "\n{}", look.wrap(&ignore, 2));
    out
}

fn indented(line: &str, out: &mut String) {
    let _ = writeln!(out, "{}", format!("  {line}").trim_end());
}

/// All words, one line each.
pub fn list(look: &Look) -> String {
    let width = words().map(|word| word.name.len()).max().unwrap_or(0);
    let mut out = String::new();
    for kind in [WordKind::Event, WordKind::DeletePolicy, WordKind::Annotation] {
        let title = match kind {
            WordKind::Event => "Events: values of helm.sh/hook",
            WordKind::DeletePolicy => "Delete policies: values of helm.sh/hook-delete-policy",
            WordKind::Annotation => "Annotations: what makes a manifest a hook",
        };
        let _ = writeln!(out, "{}", look.paint(State::Title, title));
        for word in words().filter(|word| word.kind == kind) {
            let indent = width + 4;
            let _ = writeln!(out, "{}", look.wrap(&format!("  {:width$}  {}", word.name, word.summary), indent));
        }
        out.push('\n');
    }
    let _ = writeln!(out, "{} rules lists the rules of lint, which are explained too.", look.program);
    let _ = writeln!(out, "{} explain WORD says more.", look.program);
    out
}

fn page(look: &Look) -> Look {
    Look { width: Some(look.width.unwrap_or(PAGE).min(PAGE)), ..look.clone() }
}

fn heading(text: &str, look: &Look, out: &mut String) {
    let _ = writeln!(out, "\n{}", look.paint(State::Title, text));
}

fn paragraph(text: &str, indent: usize, look: &Look, out: &mut String) {
    let _ = writeln!(out, "{}", look.wrap(&format!("{:indent$}{}", "", without_links(text)), indent));
}
