//! `status -o table`: a block for each release, a line for each hook.

use std::fmt::Write;

use crate::cluster::Fate;
use crate::cluster::live::{LiveObject, Presence};
use crate::cluster::status::{HookStatus, ReleaseStatus};
use crate::hooks::DeletePolicy;
use crate::report::columns::{Cell, columns};
use crate::report::look::{Look, State};
use crate::report::time;

use super::Report;

const HEAD: [&str; 6] = ["EVENT", "HOOK", "LAST RUN", "TOOK", "RESULT", "NOW IN THE CLUSTER"];

/// The report for people.
pub fn table(report: &Report, look: &Look) -> String {
    let mut out = String::new();
    if report.releases.is_empty() {
        let _ = writeln!(out, "no release in {}", look.clean(&report.place));
    }
    for (at, release) in report.releases.iter().enumerate() {
        if at > 0 && !(is_short(release) && report.releases.get(at - 1).is_some_and(is_short)) {
            out.push('\n');
        }
        block(release, report, look, &mut out);
    }
    out
}

/// Whether there is only a title.
fn is_short(release: &ReleaseStatus) -> bool {
    release.hooks.is_empty() && release.stuck.is_none() && release.error.is_none()
}

fn block(release: &ReleaseStatus, report: &Report, look: &Look, out: &mut String) {
    title(release, report, look, out);
    if !release.hooks.is_empty() {
        out.push('\n');
        let mut rows: Vec<Vec<Cell>> = Vec::new();
        let mut last_events = String::new();
        for hook in &release.hooks {
            let row = row(hook, report, look);
            let events = row.first().map(|(text, _)| text.clone()).unwrap_or_default();
            rows.push(row);
            if events == last_events
                && let Some((text, _)) = rows.last_mut().and_then(|row| row.first_mut())
            {
                text.clear();
            }
            last_events = events;
        }
        out.push_str(&columns(&HEAD, &rows, 1, look));
    }
    if let Some(error) = &release.error {
        let _ = writeln!(out, "{} {}", look.paint(State::Error, "error:"), look.clean(&error.message));
    }
    if let Some(stuck) = &release.stuck {
        let since = stuck.since.filter(|_| release.head.status.starts_with("pending"));
        let since = since.map(|since| time::since(since, report.now)).map(|time| format!(" for {time}"));
        let text = format!(
            "stuck: {}{}; unless a helm is at work on it right now, it will not go on by itself",
            look.clean(&release.head.status),
            since.unwrap_or_default()
        );
        let text = look.wrap(&text, 2);
        let rest = text.strip_prefix("stuck:").unwrap_or(&text);
        let _ = writeln!(out, "\n{}{rest}", look.paint(State::Warning, "stuck:"));
        let command = super::command(stuck, release, report);
        let _ = writeln!(out, "  help: {}", look.clean(&command));
        let _ = writeln!(out, "{}", look.wrap(&format!("  {}", stuck.help), 2));
    }
}

fn title(release: &ReleaseStatus, report: &Report, look: &Look, out: &mut String) {
    let dot = look.sign(" · ", " - ");
    let head = &release.head;
    let name = look.clean(&head.name);
    let mut text = name.clone();
    if report.all_namespaces {
        let _ = write!(text, " in {}", look.clean(&head.namespace));
    }
    let _ = write!(text, "{dot}revision {}{dot}{}", head.revision, look.clean(&head.status));
    if let Some(deployed) = release.last_deployed {
        let _ = write!(text, " {}", time::ago(deployed, report.now));
    }
    if release.hooks.is_empty() && release.error.is_none() {
        let _ = write!(text, "{dot}no hooks");
    }
    let text = look.wrap(&text, 2);
    match text.strip_prefix(name.as_str()) {
        Some(rest) => {
            let _ = writeln!(out, "{}{rest}", look.paint(State::Title, &name));
        }
        None => {
            let _ = writeln!(out, "{text}");
        }
    }
}

fn row(hook: &HookStatus, report: &Report, look: &Look) -> Vec<Cell> {
    let mut events: Vec<&str> = hook.hook.events.iter().map(|event| event.name()).collect();
    events.dedup();
    let name = look.clean(&hook.hook.object.to_string());
    let (last, took, result) = match &hook.last_run {
        None => {
            // Where all namespaces are looked at, only the newest records are read.
            let word = if report.all_namespaces { look.sign("–", "-") } else { "never" };
            ((word.to_owned(), Some(State::Dim)), String::new(), (String::new(), None))
        }
        Some((run, _)) => {
            let last = run.started_at.map_or_else(|| "?".to_owned(), |at| time::ago(at, report.now));
            let took = run.started_at.zip(run.completed_at).and_then(|(from, to)| time::took(from, to));
            let state = match run.phase.as_str() {
                "Succeeded" => State::Done,
                "Failed" => State::Error,
                _ => State::Warning,
            };
            ((last, None), took.unwrap_or_default(), (look.clean(&run.phase.to_lowercase()), Some(state)))
        }
    };
    vec![(events.join(","), None), (name, None), last, (took, None), result, now(hook, look)]
}

/// What exists, and what will become of it.
fn now(hook: &HookStatus, look: &Look) -> Cell {
    let dash = || (look.sign("–", "-").to_owned(), Some(State::Dim));
    let there: Vec<(&LiveObject, &Fate)> = hook
        .objects
        .iter()
        .filter_map(|(_, presence, fate)| match presence {
            Presence::Present(object) => Some((object, fate)),
            _ => None,
        })
        .collect();
    if hook.objects.iter().any(|(_, presence, _)| matches!(presence, Presence::Unknown)) {
        return ("not known".to_owned(), Some(State::Warning));
    }
    match (there.as_slice(), hook.objects.len()) {
        ([], _) => match &hook.last_run {
            None => dash(),
            Some((run, _)) => {
                let policy = match run.phase.as_str() {
                    "Succeeded" => DeletePolicy::HookSucceeded,
                    "Failed" => DeletePolicy::HookFailed,
                    _ => return ("gone".to_owned(), Some(State::Dim)),
                };
                if hook.hook.delete_policies.has(policy) && !hook.hook.is_never_deleted() {
                    (format!("deleted ({})", policy.name()), Some(State::Dim))
                } else {
                    ("gone".to_owned(), Some(State::Dim))
                }
            }
        },
        ([(object, fate)], 1) => {
            let state = object.state.unwrap_or("exists");
            let colour = match (object.state, fate) {
                (Some("failed"), _) => Some(State::Error),
                (_, Fate::Stays) => Some(State::Warning),
                _ => None,
            };
            (format!("{state}, {}", words(fate)), colour)
        }
        ([(_, fate), ..], all) => {
            let stays = there.iter().any(|(_, fate)| **fate == Fate::Stays);
            let fate = if stays { &Fate::Stays } else { fate };
            (format!("{} of {all} exist, {}", there.len(), words(fate)), stays.then_some(State::Warning))
        }
    }
}

fn words(fate: &Fate) -> String {
    match fate {
        Fate::Stays => "stays".to_owned(),
        Fate::BeforeNext(event) => format!("until the next {}", event.name()),
        Fate::AfterNext(event) => format!("until {} succeeds", event.name()),
        Fate::Ttl => "until its TTL ends".to_owned(),
        Fate::WithRelease => "until uninstalled".to_owned(),
        Fate::WithOwner => "until its owner goes".to_owned(),
        Fate::Going => "being deleted".to_owned(),
    }
}
