//! `plan -o table`: one line per hook, the answer first, as wide as the screen and never wider.

use std::fmt::Write;

use comfy_table::{Cell, CellAlignment, Table, presets};
use unicode_width::UnicodeWidthStr;

use crate::hooks::{Operation, Plan};
use crate::report::look::{Look, State};

use super::rows::{self, Fate};
use super::{Report, Skipped};

/// The report for people.
pub fn table(report: &Report, look: &Look) -> String {
    let mut out = String::new();
    for (at, plan) in report.charts.iter().enumerate() {
        if at > 0 && (has_rows(plan) || report.charts.get(at - 1).is_some_and(has_rows)) {
            out.push('\n');
        }
        block(plan, report.single, look, &mut out);
    }
    if !report.single {
        summary(report, look, &mut out);
    }
    out
}

fn has_rows(plan: &Plan) -> bool {
    !plan.events.is_empty() || !plan.dropped.is_empty() || !plan.notes.is_empty()
}

fn block(plan: &Plan, single: bool, look: &Look, out: &mut String) {
    title(plan, single, look, out);
    if plan.events.is_empty() {
        let _ = writeln!(out, "{}no hooks", look.sign(" · ", " - "));
    } else {
        out.push_str("\n\n");
        out.push_str(&hooks(plan, look));
    }
    remarks(plan, look, out);
}

fn title(plan: &Plan, single: bool, look: &Look, out: &mut String) {
    let dot = look.sign(" · ", " - ");
    let (name, release) = rows::title(plan);
    out.push_str(&look.paint(State::Title, &look.clean(&name)));
    if !single {
        let _ = write!(out, "{dot}{}", look.paint(State::Dim, &look.clean(&plan.chart.path)));
    }
    if !plan.events.is_empty() {
        let _ = write!(out, "{dot}{}{dot}as {} would", look.clean(&release), plan.engine.title());
    }
}

/// One line of the table: a hook, or what stands between hooks.
enum Line {
    Heading(String),
    Between(String),
    Hook(Row),
}

struct Row {
    event: &'static str,
    order: String,
    weight: String,
    hook: String,
    does: String,
    fate: Fate,
    policies: String,
    source: String,
}

/// Which columns there are and how long their words.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Layout {
    event_column: bool,
    long_fate: bool,
    policies: bool,
    source: bool,
}

/// From the roomiest to the narrowest; the first that fits is taken, and in the last one names are cut.
const LAYOUTS: [Layout; 5] = [
    Layout { event_column: true, long_fate: true, policies: true, source: true },
    Layout { event_column: true, long_fate: true, policies: false, source: true },
    Layout { event_column: true, long_fate: true, policies: false, source: false },
    Layout { event_column: true, long_fate: false, policies: false, source: false },
    Layout { event_column: false, long_fate: false, policies: false, source: false },
];
/// What is shown where nothing limits the width: what most readers want on a line of a log.
const UNLIMITED: Layout = LAYOUTS[2];
const GAP: usize = 2;

fn hooks(plan: &Plan, look: &Look) -> String {
    let lines = lines(plan, look);
    let rows = || lines.iter().filter_map(|line| if let Line::Hook(row) = line { Some(row) } else { None });
    let (layout, hook_width) = match look.width {
        None => (UNLIMITED, usize::MAX),
        Some(width) => {
            let fits = |layout: &&Layout| {
                rows().map(|row| row.hook.width()).max().unwrap_or(0) <= room(**layout, &lines, width)
            };
            let layout = LAYOUTS.iter().find(fits).copied().unwrap_or(LAYOUTS[4]);
            (layout, room(layout, &lines, width))
        }
    };
    let mut table = Table::new();
    table.load_style(presets::NOTHING).force_no_tty();
    for row in rows() {
        table.add_row(cells(row, layout, hook_width, look));
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, u16::try_from(GAP).unwrap_or(2)));
    }
    print(&lines, layout, &table, look)
}

/// How many columns a layout leaves for the hook.
fn room(layout: Layout, lines: &[Line], width: usize) -> usize {
    let rows = || lines.iter().filter_map(|line| if let Line::Hook(row) = line { Some(row) } else { None });
    let widest = |text: fn(&Row) -> &str| rows().map(|row| text(row).width()).max().unwrap_or(0);
    let mut taken = if layout.event_column { 2 + widest(|row| row.event) + GAP } else { 4 };
    taken += widest(|row| &row.order) + GAP + widest(|row| &row.weight) + GAP;
    taken += GAP + widest(|row| &row.does) + GAP;
    taken += if layout.long_fate { widest(|row| row.fate.text()) } else { widest(|row| row.fate.short()) };
    if layout.policies {
        taken += GAP + widest(|row| &row.policies);
    }
    if layout.source {
        taken += GAP + widest(|row| &row.source);
    }
    width.saturating_sub(taken)
}

fn cells(row: &Row, layout: Layout, hook_width: usize, look: &Look) -> Vec<Cell> {
    let mut cells = Vec::new();
    if layout.event_column {
        cells.push(Cell::new(format!("  {}", row.event)));
    } else {
        cells.push(Cell::new("   "));
    }
    cells.push(Cell::new(&row.order).set_alignment(CellAlignment::Right));
    cells.push(Cell::new(&row.weight).set_alignment(CellAlignment::Right));
    cells.push(Cell::new(look.cut(&row.hook, hook_width)));
    cells.push(Cell::new(&row.does));
    cells.push(Cell::new(fate(row, layout)));
    if layout.policies {
        cells.push(Cell::new(&row.policies));
    }
    if layout.source {
        cells.push(Cell::new(&row.source));
    }
    cells
}

fn fate(row: &Row, layout: Layout) -> &'static str {
    if layout.long_fate { row.fate.text() } else { row.fate.short() }
}

/// A drawn line with what is certain to fail in colour. The table library would colour the blanks after it too.
fn painted(line: &str, row: &Row, layout: Layout, look: &Look) -> String {
    let word = fate(row, layout);
    let at = line.rfind(&format!("  {word}")).filter(|_| row.fate == Fate::Fails);
    match at.and_then(|at| line.split_at_checked(at + 2)) {
        Some((before, rest)) => {
            let after = rest.strip_prefix(word).unwrap_or_default();
            format!("{before}{}{after}", look.paint(State::Error, word))
        }
        None => line.to_owned(),
    }
}

/// Puts headings and what lies between events around the table's lines.
fn print(lines: &[Line], layout: Layout, table: &Table, look: &Look) -> String {
    let mut drawn = table.lines();
    let mut out = String::new();
    let mut event = "";
    for line in lines {
        match line {
            Line::Heading(operation) => {
                let _ = writeln!(out, "{operation}");
                event = "";
            }
            Line::Between(text) => {
                let dots = look.sign("…", ".").repeat(12);
                let _ = writeln!(out, "  {}", look.paint(State::Dim, &format!("{dots}  {text}")));
                event = "";
            }
            Line::Hook(row) => {
                if !layout.event_column && row.event != event && !row.event.is_empty() {
                    let _ = writeln!(out, "  {}", row.event);
                }
                event = row.event;
                let drawn = drawn.next().unwrap_or_default();
                out.push_str(&painted(drawn.trim_end(), row, layout, look));
                out.push('\n');
            }
        }
    }
    out
}

fn lines(plan: &Plan, look: &Look) -> Vec<Line> {
    let mut lines = Vec::new();
    for (operation, events) in rows::by_operation(plan) {
        lines.push(Line::Heading(operation.name().to_owned()));
        let between = rows::in_between(operation, plan.objects).map(Line::Between);
        let mut between = between.filter(|_| operation != Operation::Test);
        for event in events {
            if !event.event.is_pre() {
                lines.extend(between.take());
            }
            for (at, planned) in event.hooks.iter().enumerate() {
                lines.push(Line::Hook(Row {
                    event: if at == 0 { event.event.name() } else { "" },
                    order: planned.order.to_string(),
                    weight: planned.hook.weight.value.to_string(),
                    hook: look.clean(&rows::hook(planned, &plan.release.namespace)),
                    does: rows::does(planned),
                    fate: Fate::of(planned, event, plan.engine),
                    policies: look.clean(&rows::policies(planned)),
                    source: look.clean(&rows::source(planned)),
                }));
            }
        }
        lines.extend(between);
    }
    lines
}

fn remarks(plan: &Plan, look: &Look, out: &mut String) {
    let mut lines: Vec<String> = Vec::new();
    for dropped in &plan.dropped {
        let hint = rows::nearest_event(&dropped.annotation)
            .map(|event| format!("; did you mean {event}?"))
            .unwrap_or_default();
        let text = format!(
            "dropped: {}/{} in {}: {:?} is no event, so Helm neither runs nor installs it{hint}",
            dropped.kind, dropped.name, dropped.source.path, dropped.annotation
        );
        lines.push(mark(&look.wrap(&look.clean(&text), 9), "dropped:", State::Error, look));
    }
    for note in plan.notes.iter().filter(|note| note.code != "left-after-uninstall") {
        let state = if SERIOUS.contains(&note.code) { State::Warning } else { State::Dim };
        let text = look.wrap(&format!("note: {}", look.clean(&note.message)), 6);
        lines.push(mark(&text, "note:", state, look));
    }
    if !plan.left_after_uninstall.is_empty() {
        let left = rows::kinds(plan.left_after_uninstall.iter().map(AsRef::as_ref));
        let text = format!(
            "Left behind after uninstall: {left} that nothing deletes ({} explain hook-delete-policy)",
            look.program
        );
        lines.insert(0, look.wrap(&look.clean(&text), 2));
    }
    if !lines.is_empty() {
        if !plan.events.is_empty() {
            out.push('\n');
        }
        out.push_str(&lines.join("\n"));
        out.push('\n');
    }
}

/// Notes about something that goes wrong.
const SERIOUS: [&str; 9] = [
    "fails-when-executed",
    "generated-name",
    "already-exists",
    "also-a-manifest",
    "same-object-twice",
    "weight-misread",
    "empty-delete-policy",
    "unknown-delete-policy",
    "random-names",
];

fn mark(text: &str, word: &str, state: State, look: &Look) -> String {
    match text.strip_prefix(word) {
        Some(rest) => format!("{}{rest}", look.paint(state, word)),
        None => text.to_owned(),
    }
}

fn summary(report: &Report, look: &Look, out: &mut String) {
    let dot = look.sign(" · ", " - ");
    let hooks = report.charts.iter().map(|plan| plan.hooks).sum();
    let notes = report.charts.iter().map(|plan| plan.notes.len() + plan.dropped.len()).sum();
    let mut parts = vec![
        rows::counted(report.charts.len() + report.errors.len(), "chart"),
        rows::counted(hooks, "hook"),
        rows::counted(notes, "note"),
    ];
    if !report.errors.is_empty() {
        parts.push(look.paint(State::Error, &rows::counted(report.errors.len(), "error")));
    }
    let Skipped { library, dependency } = report.skipped;
    if library > 0 {
        parts.push(format!("{} not planned", rows::counted(library, "library chart")));
    }
    if dependency > 0 {
        parts.push(format!("{} of other charts not planned on their own", rows::counted(dependency, "dependency")));
    }
    if !report.charts.is_empty() {
        out.push('\n');
    }
    let _ = writeln!(out, "{}", parts.join(dot));
}
