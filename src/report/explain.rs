//! A word of hooks, explained on the screen.

use std::fmt::Write;

use crate::hooks::words::{Word, WordKind, words};

use super::look::{Look, State};

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
    let _ = writeln!(out, "\n{}", look.wrap(&format!("See also: {}", word.see.join(", ")), 10));
    out
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
    let _ = writeln!(out, "{}", look.wrap(&format!("{:indent$}{text}", ""), indent));
}
