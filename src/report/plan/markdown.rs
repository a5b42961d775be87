//! `plan -o markdown`: for pull requests and documents.

use std::fmt::Write;

use crate::hooks::Plan;
use crate::report::look::clean;

use super::Report;
use super::rows::{self, Fate};

/// The report as Markdown.
pub fn markdown(report: &Report) -> String {
    let mut out = String::new();
    for (at, plan) in report.charts.iter().enumerate() {
        if at > 0 {
            out.push('\n');
        }
        chart(plan, &mut out);
    }
    if !report.errors.is_empty() {
        out.push_str(if report.charts.is_empty() { "### Errors\n\n" } else { "\n### Errors\n\n" });
        for error in &report.errors {
            let _ = writeln!(out, "- {}: {}", code(&error.path), escape(&error.message));
        }
    }
    out
}

fn chart(plan: &Plan, out: &mut String) {
    let (name, release) = rows::title(plan);
    let _ = writeln!(out, "### Hooks of {}\n", escape(&name));
    let _ = writeln!(out, "{} · {} · as {} would\n", code(&plan.chart.path), escape(&release), plan.engine.title());
    if plan.events.is_empty() {
        out.push_str("No hooks.\n");
    } else {
        out.push_str("| event | order | weight | hook | Helm does | afterwards | policies | template |\n");
        out.push_str("|---|--:|--:|---|---|---|---|---|\n");
    }
    for event in &plan.events {
        let left = rows::left(event);
        for (at, planned) in event.hooks.iter().enumerate() {
            let name = if at == 0 { event.event.name() } else { "" };
            let _ = writeln!(
                out,
                "| {name} | {} | {} | {} | {} | {} | {} | {} |",
                planned.order,
                planned.hook.weight.value,
                code(&rows::hook(planned, &plan.release.namespace)),
                rows::does(planned),
                Fate::of(planned, &left, plan.engine).text(),
                escape(&rows::policies(planned)),
                code(&rows::source(planned)),
            );
        }
    }
    let mut remarks = Vec::new();
    for dropped in &plan.dropped {
        let object = code(&format!("{}/{}", dropped.kind, dropped.name));
        let (path, annotation) = (code(&dropped.source.path), code(&dropped.annotation));
        remarks.push(format!("**dropped**: {object} in {path}: {annotation} is no event"));
    }
    remarks.extend(plan.notes.iter().map(|note| format!("{} ({})", escape(&note.message), note.code)));
    if !remarks.is_empty() {
        out.push('\n');
    }
    for remark in remarks {
        let _ = writeln!(out, "- {remark}");
    }
}

/// Text that Markdown, also in a table, shows as it is.
fn escape(text: &str) -> String {
    let mut out = String::new();
    for c in clean(text, true).chars() {
        match c {
            '|' | '*' | '_' | '`' | '<' | '[' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    out
}

/// Text in code style. A fence longer than any run of backquotes inside keeps it whole.
fn code(text: &str) -> String {
    let text = clean(text, true).replace('|', "\\|");
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let space = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{space}{text}{space}{fence}")
}
