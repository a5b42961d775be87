//! What a reader sees before a run begins: the plan, and what was looked at.

use std::fmt::Write;

use crate::cluster::PhaseSource;
use crate::cluster::preflight::{Check, Report};
use crate::hooks::{Event, ObjectRef, Release};
use crate::report::look::{Look, State};
use crate::report::plan;

use super::Run;

/// The title and the hooks, one line each.
pub fn heading(run: &Run<'_>, look: &Look) -> String {
    let phase = run.phase;
    let release = &phase.release;
    let title = format!("{} of {}", phase.event.name(), look.clean(&release.name));
    let from = match &phase.source {
        PhaseSource::Record { revision, status } => format!(" (revision {revision}, {})", look.clean(status)),
        PhaseSource::Chart { path, name, revision } => {
            format!(" (chart {} at {}, as revision {revision})", look.clean(name), look.clean(path))
        }
    };
    let context = run.context.map(|context| format!(", context {}", look.clean(context))).unwrap_or_default();
    let text =
        format!("{title}{from} in {}{context}, as {} would", look.clean(&release.namespace), phase.engine.title());
    let mut out = look.wrap(&text, 2);
    out = format!("{}{}", look.paint(State::Title, &title), out.strip_prefix(title.as_str()).unwrap_or(&out));
    out.push_str("\n\n");
    out.push_str(&plan::one_event(&phase.plan, &release.namespace, phase.engine, |hook| run.is_run(hook), look));
    out.push('\n');
    out
}

/// That there is nothing to run.
pub fn nothing(event: Event, release: &Release, look: &Look) -> String {
    let text = format!("{event} of {} in {}: no hook, nothing to run", release.name, release.namespace);
    format!("{}\n", look.wrap(&look.clean(&text), 2))
}

/// What was looked at, on one line, and what was found, one line each. `lock` says how the lock is.
pub fn preflight(report: &Report, lock: Option<&str>, run: &Run<'_>, look: &Look) -> String {
    let failed = |check: Check| report.problems.iter().any(|problem| problem.check == check);
    let mut parts: Vec<String> = Vec::new();
    let mut part = |name: &str, count: Option<usize>, check: Check| match count {
        _ if failed(check) => parts.push(look.paint(State::Error, &format!("{name} not ok"))),
        Some(count) => parts.push(format!("{name} ok ({count})")),
        None => {}
    };
    part("hooks", None, Check::Plan);
    part("rights", report.rights, Check::Rights);
    part("dry run", report.dry_runs, Check::DryRun);
    part("references", report.references, Check::References);
    parts.extend(lock.map(str::to_owned));
    let mut out = String::new();
    if !parts.is_empty() {
        let _ = writeln!(out, "{}", parts.join(look.sign(" · ", " - ")));
    }
    for problem in &report.problems {
        let about = about(problem.hook, problem.object.as_deref(), run);
        let text = look.wrap(&look.clean(&format!("  error: {about}{}", problem.message)), 9);
        let _ = writeln!(out, "{}", painted(&text, "error:", State::Error, look));
        if let Some(help) = &problem.help {
            let _ = writeln!(out, "{}", look.wrap(&look.clean(&format!("    help: {help}")), 10));
        }
    }
    for (remarks, word, state) in
        [(&report.warnings, "warning:", State::Warning), (&report.unchecked, "not checked:", State::Dim)]
    {
        for remark in remarks {
            let about = about(remark.hook, remark.object.as_deref(), run);
            let text = look.wrap(&look.clean(&format!("  {word} {about}{}", remark.message)), 4);
            let _ = writeln!(out, "{}", painted(&text, word, state, look));
        }
    }
    out
}

fn about(hook: Option<u32>, object: Option<&ObjectRef>, run: &Run<'_>) -> String {
    match (object, hook) {
        (Some(object), _) if !object.shown_name().is_empty() => format!("{object}: "),
        (_, Some(hook)) => format!("{}: ", run.title(hook)),
        _ => String::new(),
    }
}

fn painted(text: &str, word: &str, state: State, look: &Look) -> String {
    text.replacen(word, &look.paint(state, word), 1)
}
