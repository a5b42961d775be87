//! `plan -o table`: one line per hook, the answer first, as wide as the screen and never wider.

use std::collections::HashSet;
use std::fmt::Write;

use comfy_table::{Cell, CellAlignment, Table, presets};
use unicode_width::UnicodeWidthStr;

use crate::helm::dialect::Engine;
use crate::hooks::{EventPlan, ObjectRef, Operation, Plan, PlannedHook};
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
    if !plan.events.is_empty() {
        out.push('\n');
        out.push_str(&hooks(plan, look));
    }
    remarks(plan, look, out);
}

fn title(plan: &Plan, single: bool, look: &Look, out: &mut String) {
    let dot = look.sign(" · ", " - ");
    let (name, release) = rows::title(plan);
    let name = look.clean(&name);
    let mut text = name.clone();
    if !single {
        let _ = write!(text, "{dot}{}", look.clean(&plan.chart.path));
    }
    if plan.events.is_empty() {
        let _ = write!(text, "{dot}no hooks");
    } else {
        let _ = write!(text, "{dot}{}{dot}as {} would", look.clean(&release), plan.engine.title());
    }
    out.push_str(&mark(&look.wrap(&text, 2), &name, State::Title, look));
    out.push('\n');
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
    does: bool,
    long_fate: bool,
    policies: bool,
    source: bool,
}

/// From the roomiest to the narrowest; the first that fits is taken, and in the last one names are cut.
const LAYOUTS: [Layout; 5] = [
    Layout { event_column: true, does: true, long_fate: true, policies: true, source: true },
    Layout { event_column: true, does: true, long_fate: true, policies: false, source: true },
    Layout { event_column: true, does: true, long_fate: true, policies: false, source: false },
    Layout { event_column: true, does: true, long_fate: false, policies: false, source: false },
    Layout { event_column: false, does: true, long_fate: false, policies: false, source: false },
];
/// The same for one event, which needs no name.
const OF_ONE_EVENT: [Layout; 3] = [
    Layout { event_column: false, does: true, long_fate: true, policies: false, source: true },
    Layout { event_column: false, does: true, long_fate: true, policies: false, source: false },
    LAYOUTS[4],
];
/// What is shown where nothing limits the width: what most readers want on a line of a log.
const UNLIMITED: Layout = LAYOUTS[2];
/// On a screen that leaves nothing of the names otherwise.
const NARROWEST: Layout = Layout { does: false, ..LAYOUTS[4] };
/// Fewer columns than this say nothing of a name.
const SHORTEST_NAME: usize = 22;
const GAP: usize = 2;

fn hooks(plan: &Plan, look: &Look) -> String {
    draw(&lines(plan, look), &LAYOUTS, UNLIMITED, look)
}

/// The hooks of one event that are run now, and those that are not.
pub(in crate::report) fn one_event(
    event: &EventPlan,
    release_namespace: &str,
    engine: Engine,
    runs: impl Fn(u32) -> bool,
    look: &Look,
) -> String {
    let left = rows::left(event);
    let lines: Vec<Line> = event
        .hooks
        .iter()
        .map(|planned| {
            let row = row(planned, "", &left, release_namespace, engine, look);
            Line::Hook(if runs(planned.order) {
                row
            } else {
                Row { does: "skipped".to_owned(), fate: Fate::Untouched, ..row }
            })
        })
        .collect();
    draw(&lines, &OF_ONE_EVENT, OF_ONE_EVENT[1], look)
}

/// The widest layout that fits, or the narrowest with its names cut.
fn draw(lines: &[Line], layouts: &[Layout], unlimited: Layout, look: &Look) -> String {
    let rows = || lines.iter().filter_map(|line| if let Line::Hook(row) = line { Some(row) } else { None });
    let (layout, hook_width) = match look.width {
        None => (unlimited, usize::MAX),
        Some(width) => {
            let fits = |layout: &&Layout| {
                rows().map(|row| row.hook.width()).max().unwrap_or(0) <= room(**layout, lines, width)
            };
            let layout = layouts.iter().find(fits).or(layouts.last()).copied().unwrap_or(NARROWEST);
            let layout = if room(layout, lines, width) < SHORTEST_NAME { NARROWEST } else { layout };
            (layout, room(layout, lines, width))
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
    print(lines, layout, &table, look)
}

/// How many columns a layout leaves for the hook.
fn room(layout: Layout, lines: &[Line], width: usize) -> usize {
    let rows = || lines.iter().filter_map(|line| if let Line::Hook(row) = line { Some(row) } else { None });
    let widest = |text: fn(&Row) -> &str| rows().map(|row| text(row).width()).max().unwrap_or(0);
    let mut taken = if layout.event_column { 2 + widest(|row| row.event) + GAP } else { 4 };
    taken += widest(|row| &row.order) + GAP + widest(|row| &row.weight) + GAP;
    taken += GAP;
    if layout.does {
        taken += widest(|row| &row.does) + GAP;
    }
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
        cells.push(Cell::new("  "));
    }
    cells.push(Cell::new(&row.order).set_alignment(CellAlignment::Right));
    cells.push(Cell::new(&row.weight).set_alignment(CellAlignment::Right));
    cells.push(Cell::new(cut_name(&row.hook, hook_width, look)));
    if layout.does {
        cells.push(Cell::new(&row.does));
    }
    cells.push(Cell::new(fate(row, layout)));
    if layout.policies {
        cells.push(Cell::new(&row.policies));
    }
    if layout.source {
        cells.push(Cell::new(&row.source));
    }
    cells
}

/// Cuts the name in the middle and keeps the kind, as long as that leaves something of the name.
pub(in crate::report) fn cut_name(hook: &str, width: usize, look: &Look) -> String {
    match hook.split_once('/') {
        Some((kind, name)) if hook.width() > width && kind.width() + 12 < width => {
            format!("{kind}/{}", look.cut(name, width - kind.width() - 1))
        }
        _ => look.cut(hook, width),
    }
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
            let left = rows::left(event);
            for (at, planned) in event.hooks.iter().enumerate() {
                let name = if at == 0 { event.event.name() } else { "" };
                lines.push(Line::Hook(row(planned, name, &left, &plan.release.namespace, plan.engine, look)));
            }
        }
        lines.extend(between);
    }
    lines
}

fn row(
    planned: &PlannedHook,
    event: &'static str,
    left: &HashSet<&ObjectRef>,
    release_namespace: &str,
    engine: Engine,
    look: &Look,
) -> Row {
    Row {
        event,
        order: planned.order.to_string(),
        weight: planned.hook.weight.value.to_string(),
        hook: look.clean(&rows::hook(planned, release_namespace)),
        does: rows::does(planned),
        fate: Fate::of(planned, left, engine),
        policies: look.clean(&rows::policies(planned)),
        source: look.clean(&rows::source(planned)),
    }
}

fn remarks(plan: &Plan, look: &Look, out: &mut String) {
    let mut lines: Vec<String> = Vec::new();
    for (annotation, objects) in rows::dropped_by_annotation(plan) {
        let hint = rows::event_hint(annotation);
        let text =
            format!("dropped: {objects}: {annotation:?} is no event, so Helm neither runs nor installs this{hint}");
        lines.push(mark(&look.wrap(&look.clean(&text), 9), "dropped:", State::Error, look));
    }
    for note in plan.notes.iter().filter(|note| note.code != "left-after-uninstall") {
        let state = if SERIOUS.contains(&note.code) { State::Warning } else { State::Dim };
        let text = format!("note: {}", look.clean(&look.cut_end(&note.message, LONGEST_NOTE)));
        let text = look.wrap(&text, 6);
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

/// Charts' own messages can be pages long.
const LONGEST_NOTE: usize = 320;

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
        parts.push(rows::counted(report.errors.len(), "error"));
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
    let _ = writeln!(out, "{}", look.wrap(&parts.join(dot), 2));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::go::value::Str;
    use crate::helm::manifest;
    use crate::hooks::{ChartId, Release, Renderings, plan};

    fn drawn(width: usize, unicode: bool) -> String {
        let job = |name: &str, annotations: &str| {
            format!("apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: {name}\n  annotations:\n{annotations}")
        };
        let long = "release-name-some-long-chart-name-admission-create-and-more";
        let text = [
            job(long, "    helm.sh/hook: pre-install,pre-rollback\n    helm.sh/hook-weight: \"-9000000000\"\n"),
            job("日本語日本語日本語日本語日本語日本語日本語", "    helm.sh/hook: pre-install,post-delete\n    helm.sh/hook-delete-policy: hook-succeeded,hook-failed\n"),
            job("x", "    helm.sh/hook: test\n    helm.sh/hook-weight: 5\n"),
            job("typo", "    helm.sh/hook: pre-instal\n"),
        ]
        .join("---\n")
        .replacen("batch/v1", "v1", 1)
        .replacen("kind: Job", "kind: ClusterRoleBinding", 1);
        let dialect = Engine::Helm4.dialect();
        let manifests = manifest::sort([("c/templates/some/folder/x.yaml", Str::from(text))], dialect).unwrap();
        let chart = ChartId { path: "charts/c".into(), name: "c".into(), version: Some("1.0.0".into()) };
        let release = Release { name: "release-name".into(), namespace: "default".into() };
        let plan = plan(chart, release, Engine::Helm4, Renderings::only(&manifests), None);
        let look = Look { width: Some(width), color: false, unicode, program: "helm hooks".into() };
        table(&Report { charts: vec![plan], ..Report::default() }, &look)
    }

    #[test]
    fn nothing_is_wider_than_the_screen() {
        for width in [60, 72, 80, 100, 120, 160, 200] {
            for unicode in [true, false] {
                let drawn = drawn(width, unicode);
                for line in drawn.lines() {
                    // A name in a sentence is not broken: it is there to be copied.
                    let longest = line.split(' ').map(UnicodeWidthStr::width).max().unwrap_or(0);
                    let fits = line.width() <= width || longest + 6 > width;
                    assert!(fits, "{width}: {} columns: {line}\n{drawn}", line.width());
                    assert_eq!(line.trim_end(), line);
                    assert!(unicode || line.is_ascii(), "{line}");
                }
            }
        }
    }

    #[test]
    fn names_are_cut_and_kinds_are_not() {
        assert!(drawn(80, true).contains("ClusterRoleBinding/release"), "{}", drawn(80, true));
        assert!(drawn(200, true).contains("release-name-some-long-chart-name-admission-create-and-more"));
    }
}
