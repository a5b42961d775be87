//! `plan -o wide`: one line per hook with everything that is known of it, as wide as it gets.

use comfy_table::{Cell, CellAlignment, Table, presets};

use crate::report::look::{Look, State};

use super::Report;
use super::rows::{self, Fate};

const HEADER: [&str; 11] = [
    "CHART",
    "EVENT",
    "ORDER",
    "WEIGHT",
    "HOOK",
    "NAMESPACE",
    "DOES",
    "AFTERWARDS",
    "POLICIES",
    "TEMPLATE",
    "WHEN IT FAILS",
];

/// The report as one table.
pub fn wide(report: &Report, look: &Look) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).force_no_tty();
    table.set_header(HEADER);
    for plan in &report.charts {
        for event in &plan.events {
            let failures = event.failures(&plan.release.namespace, plan.engine);
            let left = rows::left(event);
            for (planned, failure) in event.hooks.iter().zip(&failures) {
                let hook = &planned.hook;
                let namespace = &plan.release.namespace;
                let weight = match (&hook.weight.text, hook.weight.is_misread()) {
                    (Some(text), true) => format!("{} ({text:?})", hook.weight.value),
                    _ => hook.weight.value.to_string(),
                };
                let line = hook.source.rendered_line;
                let texts = [
                    plan.chart.path.clone(),
                    event.event.name().to_owned(),
                    planned.order.to_string(),
                    weight,
                    rows::hook(planned, hook.object.namespace.as_deref().unwrap_or(namespace)),
                    hook.object.namespace.clone().unwrap_or_else(|| namespace.clone()),
                    rows::does(planned),
                    Fate::of(planned, &left, plan.engine).text().to_owned(),
                    rows::policies(planned),
                    format!("{} (rendered line {line})", rows::source(planned)),
                    rows::on_failure(failure, namespace),
                ];
                table.add_row(texts.iter().map(|text| Cell::new(look.clean(text))).collect::<Vec<_>>());
            }
        }
    }
    for (at, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, 2));
        if matches!(at, 2 | 3) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let mut out = String::new();
    for (at, line) in table.lines().enumerate() {
        let line = line.trim_end();
        out.push_str(&if at == 0 { look.paint(State::Dim, line) } else { line.to_owned() });
        out.push('\n');
    }
    for plan in &report.charts {
        for dropped in &plan.dropped {
            let at = format!("{}/{}", plan.chart.path, dropped.source.path);
            let object = format!("{}/{}", dropped.kind, dropped.name);
            out.push_str(&look.paint(State::Error, "dropped:"));
            out.push_str(&look.clean(&format!(" {object} in {at}: {:?} is no event", dropped.annotation)));
            out.push('\n');
        }
        for note in &plan.notes {
            out.push_str(&look.paint(State::Dim, "note:"));
            out.push_str(&look.clean(&format!(" {} {}: {}", plan.chart.path, note.code, note.message)));
            out.push('\n');
        }
    }
    out
}
