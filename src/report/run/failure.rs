//! How a run ended that did not end well: what failed and why, what is there now, and what to type next.

use std::collections::HashMap;
use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

use crate::cluster::run::{ContainerEnd, Failure, FailureReason, Outcome};
use crate::hooks::ObjectRef;
use crate::report::look::{Look, State, output_line};

use super::{Run, words};

/// The cluster's own words can be pages long.
const LONGEST: usize = 600;

/// Everything about a failed hook, below its line.
pub(super) fn failure(failure: &Failure, attempts: Option<(u32, u32)>, logged: bool, look: &Look) -> String {
    let mut out = String::new();
    let mut sentence = |text: &str, indent: usize| {
        let text = look.cut_end(&look.clean(text), LONGEST);
        let _ = writeln!(out, "{}", look.wrap(&format!("{:indent$}{text}", ""), indent + 2));
    };
    if !failure.message.is_empty() {
        sentence(&failure.message, 3);
    }
    let mut attempts = attempts.filter(|(attempt, _)| *attempt > 1);
    let mut lines = Vec::new();
    // The attempts of a Job mostly end alike; what is said of one is said of all.
    let alike = |a: &ContainerEnd, b: &ContainerEnd| {
        a.source.container == b.source.container && a.exit_code == b.exit_code && a.reason == b.reason
    };
    let told = |at: usize, end: &ContainerEnd| {
        let before = failure.containers.get(..at).unwrap_or_default();
        end.last_lines.is_empty() && before.iter().any(|other| alike(other, end))
    };
    for (_, end) in failure.containers.iter().enumerate().filter(|(at, end)| !told(*at, end)) {
        let tries = attempts.take().map(|(attempt, _)| format!(", {attempt} attempts")).unwrap_or_default();
        // What was streamed a moment ago need not be said again.
        let last: &[String] = if logged { &[] } else { &end.last_lines };
        let colon = if last.is_empty() { "" } else { "; its last lines:" };
        lines.push((3, format!("{}{tries}{colon}", words::ending(end))));
        lines.extend(last.iter().map(|line| (5, output_line(line, look.unicode))));
    }
    let events = failure.events.iter().map(|(reason, message)| format!("{reason}: {message}"));
    let events: Vec<String> = events.filter(|event| *event != failure.message).collect();
    if !events.is_empty() {
        lines.push((3, "the cluster says:".to_owned()));
        lines.extend(events.into_iter().map(|event| (6, event)));
    }
    for (indent, line) in lines {
        let line = look.cut_end(&look.clean(&line), LONGEST);
        // Output stands as it came; sentences are wrapped.
        let text = match indent {
            5 => format!("     {line}"),
            6 => look.wrap(&format!("     {line}"), 7),
            _ => look.wrap(&format!("   {line}"), 5),
        };
        let _ = writeln!(out, "{text}");
    }
    out
}

/// What a run leaves and what to do about it; nothing after a success.
pub(super) fn afterwards(
    run: &Run<'_>,
    outcome: &Outcome,
    took: Duration,
    exists: &[Arc<ObjectRef>],
    states: &HashMap<String, &'static str>,
    look: &Look,
) -> String {
    let mut out = String::new();
    match outcome {
        Outcome::Succeeded => {
            let count = run.runs.len();
            let hooks = if count == 1 { "1 hook".to_owned() } else { format!("{count} hooks") };
            let done = look.paint(State::Done, "done");
            let _ = writeln!(out, "\n{done}: {hooks} in {}", words::took(took));
            return out;
        }
        Outcome::Interrupted { hook } => {
            let at = hook.map(|hook| format!(" during {}", look.clean(&run.title(hook)))).unwrap_or_default();
            let word = look.paint(State::Warning, "interrupted");
            let text = look.wrap(&format!("   interrupted{at} after {}", words::took(took)), 5);
            let _ = writeln!(out, "\n{}", text.replacen("interrupted", &word, 1));
        }
        // The hook itself has been told as a success.
        Outcome::Failed { hook, failure: why }
            if matches!(why.reason, FailureReason::CleanUp | FailureReason::CleanUpTimeout) =>
        {
            let sign = look.paint(State::Error, look.sign("✗", "failed"));
            let _ = writeln!(out, " {sign} {}   {}\n", look.clean(&run.title(*hook)), words::reason(why));
            out.push_str(&failure(why, None, false, look));
        }
        Outcome::Failed { .. } => {}
    }
    let name = |object: &Arc<ObjectRef>| {
        let text = super::super::plan::object_title(object, &run.phase.release.namespace);
        match states.get(&text) {
            Some(state) => format!("{} ({state})", look.clean(&text)),
            None => look.clean(&text),
        }
    };
    let there = if exists.is_empty() {
        "nothing of this run".to_owned()
    } else {
        exists.iter().map(name).collect::<Vec<_>>().join(", ")
    };
    let _ = writeln!(out, "{}", look.wrap(&format!("   now in the cluster: {there}"), 5));
    out.push('\n');
    // Commands are there to be copied: never wrapped, never cut.
    if let Some(go_on) = run.go_on(outcome, exists) {
        if !run.commands.hidden.is_empty() {
            let hidden = run.commands.hidden.join(" ");
            let _ = writeln!(out, "   set again first:  {}   (values are not shown)", look.clean(&hidden));
        }
        let _ = writeln!(out, "   go on from here:  {}", look.clean(&go_on));
    }
    if let Some(deletion) = run.deletion(exists) {
        let _ = writeln!(out, "   clean up:         {}", look.clean(&deletion));
    }
    out
}
