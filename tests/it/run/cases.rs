//! Runs the cases of `testdata/run`: hooks, what is there before, what goes wrong, what happens meanwhile; and compares every event,
//! with its time, and every write. `UPDATE=1` writes down what came, `CASE=words` runs the cases whose names have them.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::time::Duration;

use helm_hooks::cluster::run::{
    Failure, HookOutcome, Journal, LogMode, OnInterrupt, Outcome, RunEvent, RunOptions, WaitDelete, run,
};
use helm_hooks::cluster::{ClusterError, ErrorKind};
use helm_hooks::helm::dialect::Engine;
use helm_hooks::hooks::{Event, Method};
use serde::Deserialize;
use tokio::time::{Instant, timeout};

use super::server::{Fault, NAMESPACE, Server};
use super::{phase, world};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Case {
    case: String,
    #[serde(default)]
    r#as: String,
    #[serde(default)]
    method: String,
    #[serde(default)]
    event: String,
    /// `Kind name [delete policies] [log=policy] [weight=n]`.
    #[serde(default)]
    hooks: Vec<String>,
    /// Where the short form is too short.
    #[serde(default)]
    manifests: String,
    #[serde(default)]
    options: String,
    #[serde(default)]
    exists: Vec<String>,
    #[serde(default)]
    slow: BTreeMap<String, String>,
    #[serde(default)]
    faults: Vec<String>,
    #[serde(default)]
    world: Vec<String>,
    #[serde(default)]
    expect: String,
}

#[test]
fn every_case_runs_as_recorded() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/run");
    let only = std::env::var("CASE").unwrap_or_default();
    let update = std::env::var_os("UPDATE").is_some();
    let (mut count, mut wrong) = (0, Vec::new());
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in files.iter().filter(|file| file.extension().is_some_and(|ending| ending == "yaml")) {
        let text = std::fs::read_to_string(file).unwrap();
        let mut written = Vec::new();
        for document in text.split("\n---\n") {
            let case: Case =
                serde_saphyr::from_str(document).unwrap_or_else(|e| panic!("{}: {e}\n{document}", file.display()));
            let head = document.split("\nexpect: |\n").next().unwrap().trim_end();
            if !case.case.contains(&only) {
                written.push(document.trim_end().to_owned());
                continue;
            }
            count += 1;
            let got = play(&case);
            if got.trim_end() != case.expect.trim_end() {
                let lines = similar::TextDiff::from_lines(case.expect.trim_end(), got.trim_end());
                wrong.push(format!("{}\n{}", case.case, lines.unified_diff()));
            }
            let block: String = got.lines().map(|line| format!("  {line}\n")).collect();
            written.push(format!("{head}\nexpect: |\n{}", block.trim_end()));
        }
        if update {
            std::fs::write(file, written.join("\n---\n") + "\n").unwrap();
        }
    }
    assert!(only.is_empty() && count >= 60 || !only.is_empty() && count > 0, "{count} cases");
    assert!(update || wrong.is_empty(), "{} of {count} differ:\n{}", wrong.len(), wrong.join("\n"));
}

/// Writes among the server's writes.
struct Book<'a> {
    server: &'a Server,
    fails: bool,
}

impl Journal for Book<'_> {
    fn begins(&self, hook: u32) -> futures::future::LocalBoxFuture<'_, Result<(), ClusterError>> {
        self.server.state().writes.push(format!("record of {hook}"));
        let answer = if self.fails { Err(ClusterError::new(ErrorKind::Forbidden, "not yours")) } else { Ok(()) };
        Box::pin(std::future::ready(answer))
    }
}

/// What came of a case: its events, then its writes.
fn play(case: &Case) -> String {
    let engine = if case.r#as == "helm3" { Engine::Helm3 } else { Engine::Helm4 };
    let method = if case.method == "post" { Method::Post } else { Method::of(engine) };
    let event = Event::from_name(&case.event).unwrap_or(Event::PreInstall);
    let manifests = case.hooks.iter().map(|line| manifest(line, event)).chain([case.manifests.clone()]);
    let manifests = manifests.filter(|text| !text.is_empty()).collect::<Vec<_>>().join("---\n");
    let phase = phase::of(&manifests, event, engine, method, NAMESPACE);
    let record = case.options.split_whitespace().find_map(|word| word.strip_prefix("record="));
    let options = options(&case.options);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(async {
        let server = Server::new();
        for (place, seconds) in &case.slow {
            server.state().slow.insert(place.clone(), seconds.parse().ok());
        }
        server.state().faults = case.faults.iter().map(|line| fault(line)).collect();
        case.exists.iter().for_each(|line| world::exists(&server, line));
        let (stop, interrupt) = tokio::sync::watch::channel(false);
        world::start(&server, &case.world, &stop);
        let begun = Instant::now();
        let told = RefCell::new(String::new());
        let say = |event| *told.borrow_mut() += &format!("{:.1} {}\n", begun.elapsed().as_secs_f64(), line(&event));
        let cluster = server.cluster();
        // No case lasts for a day; one that does would never end.
        let book = Book { server: &server, fails: record == Some("fails") };
        let journal = record.map(|_| &book as &dyn Journal);
        let ran = timeout(Duration::from_secs(86_400), run(&cluster, &phase, &options, interrupt, &say, journal)).await;
        if ran.is_err() {
            told.borrow_mut().push_str("never ends\n");
        }
        let writes: String = server.state().writes.iter().map(|write| format!("  {write}\n")).collect();
        format!("{}writes:\n{writes}", told.borrow())
    })
}

fn manifest(line: &str, event: Event) -> String {
    let words: Vec<&str> = line.split_whitespace().collect();
    let (kind, name) = (words[0], words[1]);
    let version = if kind == "Job" { "batch/v1" } else { "v1" };
    let mut annotations = format!("    helm.sh/hook: {event}\n");
    for word in &words[2..] {
        annotations += &match word.split_once('=') {
            Some(("log", policy)) => format!("    helm.sh/hook-output-log-policy: {policy}\n"),
            Some(("weight", weight)) => format!("    helm.sh/hook-weight: \"{weight}\"\n"),
            Some(("backoff", _) | ("ttl", _)) => String::new(),
            _ => format!("    helm.sh/hook-delete-policy: {word}\n"),
        };
    }
    let backoff = words.iter().find_map(|word| word.strip_prefix("backoff=")).unwrap_or("0");
    let spec = if kind == "Job" { format!("spec: {{backoffLimit: {backoff}}}\n") } else { String::new() };
    format!("apiVersion: {version}\nkind: {kind}\nmetadata:\n  name: {name}\n  annotations:\n{annotations}{spec}")
}

fn options(text: &str) -> RunOptions {
    let words: HashMap<&str, &str> = text.split_whitespace().filter_map(|word| word.split_once('=')).collect();
    let word = |name: &str| words.get(name).copied().unwrap_or_default();
    let seconds = |text: &str| Duration::from_secs_f64(text.parse().unwrap());
    let timeouts = word("hook-timeout").split_once(':').map(|(hook, time)| (hook.parse().unwrap(), seconds(time)));
    RunOptions {
        timeout: if word("timeout").is_empty() { Duration::from_secs(300) } else { seconds(word("timeout")) },
        hook_timeouts: timeouts.into_iter().collect(),
        wait_delete: if word("wait-delete") == "helm" { WaitDelete::Helm } else { WaitDelete::Always },
        only: words.get("only").map(|orders| orders.split(',').map(|order| order.parse().unwrap()).collect()),
        logs: match word("logs") {
            "stream" => LogMode::Stream,
            "none" => LogMode::None,
            _ => LogMode::OnFailure,
        },
        on_interrupt: if word("on-interrupt") == "delete" { OnInterrupt::Delete } else { OnInterrupt::Leave },
    }
}

/// `POST jobs x2 500 words`; without a number, once.
fn fault(line: &str) -> Fault {
    let mut words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
    let on = words.drain(..2).collect::<Vec<_>>().join(" ");
    let left = words[0].strip_prefix('x').and_then(|number| number.parse().ok());
    if left.is_some() {
        words.remove(0);
    }
    Fault { on, what: words, left: left.unwrap_or(1) }
}

/// An event on one line.
fn line(event: &RunEvent) -> String {
    match event {
        RunEvent::HookStarted { hook } => format!("{hook} begins"),
        RunEvent::Deleted { hook, object, reason, existed: true } => {
            format!("{hook} deleted {object} ({})", reason.name())
        }
        RunEvent::Deleted { hook, object, reason, existed: false } => {
            format!("{hook} found no {object} to delete ({})", reason.name())
        }
        RunEvent::Withdrawn { hook, object, existed } => format!("{hook} withdrew {object} (existed: {existed})"),
        RunEvent::Gone { hook, object, .. } => format!("{hook} gone {object}"),
        RunEvent::Created { hook, object, method, existed, uid } => {
            let how = if *existed { "changed" } else { "created" };
            format!("{hook} {how} {object} by {} as {uid}", method.name())
        }
        RunEvent::Waiting { hook, object, until, state } => {
            let attempt =
                state.attempt.map(|(number, most)| format!(", attempt {number} of {most}")).unwrap_or_default();
            let stuck =
                state.stuck.as_ref().map(|(reason, words)| format!(", stuck: {reason}: {words}")).unwrap_or_default();
            format!("{hook} waits until {object} is {}: {}{attempt}{stuck}", until.name(), state.summary)
        }
        RunEvent::Log { hook, source, line } => {
            let init = if source.init { " (init)" } else { "" };
            format!("{hook} {}/{}{init} | {line}", source.pod, source.container)
        }
        RunEvent::Warned { hook, warning } => {
            format!("{} warning {}: {}", hook.unwrap_or_default(), warning.code, warning.message)
        }
        RunEvent::HookEnded { hook, outcome: HookOutcome::Succeeded, .. } => format!("{hook} succeeded"),
        RunEvent::HookEnded { hook, outcome: HookOutcome::Failed(failure), .. } => {
            format!("{hook} failed, {}", failed(failure))
        }
        RunEvent::Finished { outcome, exists, .. } => {
            let outcome = match outcome {
                Outcome::Succeeded => "succeeded".to_owned(),
                Outcome::Failed { hook, failure } => {
                    format!("failed at {hook}: {}: {}", failure.reason.name(), failure.message)
                }
                Outcome::Interrupted { hook } => format!("interrupted at {hook:?}"),
            };
            let exists: Vec<String> = exists.iter().map(ToString::to_string).collect();
            format!("finished: {outcome}; exists: [{}]", exists.join(", "))
        }
        other => format!("{other:?}"),
    }
}

fn failed(failure: &Failure) -> String {
    let mut text = format!("{}: {}", failure.reason.name(), failure.message);
    for end in &failure.containers {
        let code = end.exit_code.map(|code| format!(" {code}")).unwrap_or_default();
        text += &format!("; {}/{} {}{code} {:?}", end.source.pod, end.source.container, end.reason, end.last_lines);
    }
    for (reason, message) in &failure.events {
        text += &format!("; event {reason}: {message}");
    }
    text
}
