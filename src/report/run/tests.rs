//! Runs as event lists, through each format: what comes of them stands in `testdata/run/formats`. `UPDATE=1` writes it anew.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::*;
use crate::cluster::PhaseSource;
use crate::cluster::preflight::{Check, Problem, Remark, Report};
use crate::cluster::run::{
    ContainerEnd, Failure, FailureReason, HookOutcome, LogSource, ObjectState, RunEvent, Warning,
};
use crate::helm::dialect::Engine;
use crate::hooks::{DeletePolicy, Event, Hook, Method, ObjectRef, RecordedHook, Release, Wait};
use crate::report::look::{Look, acts_on_terminals};

const ESCAPE: &str = "\u{1b}[31mred\u{1b}[0m \u{202e}\u{7}";

fn phase() -> Phase {
    let hook = |kind: &str, api: &str, name: &str, weight, policies: &[&str]| {
        let record = RecordedHook {
            name: name.into(),
            kind: kind.into(),
            path: "shop/templates/hooks.yaml".into(),
            manifest: format!("apiVersion: {api}\nkind: {kind}\nmetadata:\n  name: {name}\n"),
            events: vec!["pre-upgrade".into()],
            weight,
            delete_policies: policies.iter().map(|policy| (*policy).to_owned()).collect(),
            ..RecordedHook::default()
        };
        (Arc::new(Hook::from_record(&record)), record.manifest)
    };
    let hooks = vec![
        hook("ConfigMap", "v1", "shop-settings", -10, &[]),
        hook("Job", "batch/v1", "shop-announce", -5, &[]),
        hook("Job", "batch/v1", "shop-migrate-the-database-of-orders-and-customers", 0, &["hook-succeeded"]),
    ];
    let release = Release { name: "shop".into(), namespace: "prod".into() };
    let source = PhaseSource::Record { revision: 12, status: "deployed".into() };
    Phase::of(hooks, Event::PreUpgrade, release, Engine::Helm4, source, Method::Apply).unwrap()
}

fn run(phase: &Phase) -> Run<'_> {
    Run {
        phase,
        context: Some("prod-eu"),
        runs: vec![2, 3],
        commands: Commands {
            run: "kubectl hooks run pre-upgrade shop -n prod".into(),
            kubectl: " --context prod-eu".into(),
            hidden: Vec::new(),
        },
        withdraws: false,
    }
}

fn seconds(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}

struct Sample {
    name: &'static str,
    events: Vec<(f64, RunEvent)>,
    code: u8,
}

fn object(phase: &Phase, hook: u32) -> Arc<ObjectRef> {
    phase.plan.hooks[hook as usize - 1].hook.object.clone()
}

/// What every sample begins with: the first hook, from its old object to its end.
fn announced(phase: &Phase) -> Vec<(f64, RunEvent)> {
    let job = || object(phase, 2);
    let reason = DeletePolicy::BeforeHookCreation;
    let state = |summary: &str| ObjectState { summary: summary.into(), attempt: Some((1, 7)), stuck: None };
    let waiting =
        |summary: &str| RunEvent::Waiting { hook: 2, object: job(), until: Wait::Complete, state: state(summary) };
    vec![
        (0.0, RunEvent::HookStarted { hook: 2 }),
        (0.1, RunEvent::Deleted { hook: 2, object: job(), reason, existed: true }),
        (1.3, RunEvent::Gone { hook: 2, object: job(), waited: seconds(1.2) }),
        (1.4, RunEvent::Created { hook: 2, object: job(), method: Method::Apply, existed: false, uid: "1-2".into() }),
        (1.5, waiting("0 of 1 succeeded")),
        (2.0, waiting("pod shop-announce-x7k2p running")),
        (2.1, waiting("pod shop-announce-x7k2p running")),
        (4.1, RunEvent::HookEnded { hook: 2, outcome: HookOutcome::Succeeded, took: seconds(4.12) }),
        (4.1, RunEvent::HookStarted { hook: 3 }),
        (4.2, RunEvent::Deleted { hook: 3, object: object(phase, 3), reason, existed: false }),
        (
            4.2,
            RunEvent::Created {
                hook: 3,
                object: object(phase, 3),
                method: Method::Apply,
                existed: false,
                uid: "3-4".into(),
            },
        ),
    ]
}

fn log(pod: &str, container: &str, init: bool, line: &str) -> RunEvent {
    let source = LogSource { pod: pod.into(), container: container.into(), init };
    RunEvent::Log { hook: 3, source, line: line.into() }
}

fn samples(phase: &Phase) -> Vec<Sample> {
    let (announce, migrate) = (object(phase, 2), object(phase, 3));
    let waiting = |summary: &str, attempt, stuck: Option<(&str, &str)>| RunEvent::Waiting {
        hook: 3,
        object: migrate.clone(),
        until: Wait::Complete,
        state: ObjectState {
            summary: summary.into(),
            attempt: Some((attempt, 3)),
            stuck: stuck.map(|(reason, message)| (reason.to_owned(), message.to_owned())),
        },
    };
    let with = |more: Vec<(f64, RunEvent)>| [announced(phase), more].concat();
    let end = |container: &str, reason: &str, exit_code, lines: &[&str]| ContainerEnd {
        source: LogSource { pod: "m-1".into(), container: container.into(), init: container == "setup" },
        exit_code,
        reason: reason.into(),
        last_lines: lines.iter().map(|line| (*line).to_owned()).collect(),
    };
    let failure = Failure {
        reason: FailureReason::Failed,
        message: "resource Job/prod/shop-migrate not ready. status: Failed, message: Job Failed. failed: 3/1".into(),
        containers: vec![end("migrate", "Error", Some(1), &["ERROR: relation \"orders_v2\" already exists", ESCAPE])],
        events: vec![("BackoffLimitExceeded".into(), "Job has reached the specified backoff limit".into())],
    };
    let stuck =
        ("ImagePullBackOff", "image \"shop:2.1\" cannot be pulled: not found; Helm would wait until the timeout");
    let timeout = Failure {
        reason: FailureReason::Timeout,
        message: "timed out waiting for the condition".into(),
        containers: vec![end("setup", "Completed", Some(0), &[]), end("migrate", "ImagePullBackOff", None, &[])],
        events: vec![],
    };
    let failed = |failure: &Failure, took| RunEvent::HookEnded {
        hook: 3,
        outcome: HookOutcome::Failed(failure.clone()),
        took: seconds(took),
    };
    let finished = |outcome, took, exists| RunEvent::Finished { outcome, took: seconds(took), exists };
    vec![
        Sample {
            name: "success",
            code: 0,
            events: with(vec![
                (5.0, waiting("pod m-1 running", 1, None)),
                (5.1, log("m-1", "setup", true, "ready\r")),
                (5.2, log("m-1", "migrate", false, "applying 0042_orders.sql\t\u{1b}[32mok\u{1b}[0m")),
                (
                    40.0,
                    RunEvent::Warned {
                        hook: Some(3),
                        warning: Warning { code: "retry", message: "trying again: connection refused".into() },
                    },
                ),
                (41.0, RunEvent::HookEnded { hook: 3, outcome: HookOutcome::Succeeded, took: seconds(37.0) }),
                (
                    41.1,
                    RunEvent::Deleted {
                        hook: 3,
                        object: migrate.clone(),
                        reason: DeletePolicy::HookSucceeded,
                        existed: true,
                    },
                ),
                (41.2, RunEvent::Gone { hook: 3, object: migrate.clone(), waited: seconds(0.1) }),
                (41.2, finished(Outcome::Succeeded, 41.2, vec![announce.clone()])),
            ]),
        },
        Sample {
            name: "failure",
            code: 1,
            events: with(vec![
                (5.0, waiting("pod m-1 running", 1, None)),
                (30.0, waiting("pod m-2 running", 2, None)),
                (60.0, waiting("pod m-3 running", 3, None)),
                (76.0, failed(&failure, 72.0)),
                (
                    76.0,
                    finished(
                        Outcome::Failed { hook: 3, failure: failure.clone() },
                        76.1,
                        vec![announce.clone(), migrate.clone()],
                    ),
                ),
            ]),
        },
        Sample {
            name: "stuck",
            code: 4,
            events: with(vec![
                (5.0, waiting("pod m-1 pending", 1, Some(stuck))),
                (5.5, waiting("pod m-1 pending", 1, Some(stuck))),
                (304.0, failed(&timeout, 300.0)),
                (
                    304.0,
                    finished(
                        Outcome::Failed { hook: 3, failure: timeout.clone() },
                        304.0,
                        vec![announce.clone(), migrate.clone()],
                    ),
                ),
            ]),
        },
        Sample {
            name: "interrupted",
            code: 130,
            events: with(vec![
                (5.2, log("m-1", "migrate", false, "first pod")),
                (5.4, log("m-2", "migrate", false, &format!("second pod {ESCAPE}"))),
                (6.0, RunEvent::Withdrawn { hook: 3, object: migrate.clone(), existed: true }),
                (6.0, finished(Outcome::Interrupted { hook: Some(3) }, 6.0, vec![announce])),
            ]),
        },
    ]
}

fn look(width: Option<usize>, unicode: bool) -> Look {
    Look { width, color: false, unicode, program: "kubectl hooks".into() }
}

fn report() -> Report {
    let job = Arc::new(ObjectRef {
        api_version: "batch/v1".into(),
        kind: "Job".into(),
        name: "shop-announce".into(),
        namespace: None,
        generate_name: None,
    });
    Report {
        rights: Some(6),
        dry_runs: Some(1),
        references: Some(3),
        problems: vec![
            Problem {
                check: Check::Rights,
                hook: None,
                object: None,
                message: "not allowed to delete jobs.batch in prod".into(),
                help: Some(
                    "A Role needs this rule: {apiGroups: [\"batch\"], resources: [\"jobs\"], verbs: [\"delete\"]}."
                        .into(),
                ),
            },
            Problem {
                check: Check::DryRun,
                hook: Some(2),
                object: Some(job.clone()),
                message: format!("admission webhook denied the request: {ESCAPE}"),
                help: None,
            },
        ],
        unchecked: vec![Remark {
            check: Check::DryRun,
            hook: Some(3),
            object: None,
            message: "its namespace is brought by Namespace/x".into(),
        }],
        warnings: vec![Remark {
            check: Check::References,
            hook: Some(2),
            object: Some(job),
            message: "pulls its images with Secret/registry, which does not exist in prod".into(),
        }],
    }
}

fn text(run: &Run<'_>, sample: &Sample, look: &Look, live: bool) -> String {
    let mut printer = Text::new(run, look.clone(), live);
    let mut out = String::new();
    for (now, event) in &sample.events {
        out.push_str(&printer.event(seconds(*now), event));
        // The line that changes, as it stands at some moments.
        if live && matches!(event, RunEvent::Waiting { .. }) {
            out.push_str(&format!(" * {}\n", printer.status(seconds(*now + 0.05)).unwrap_or_default()));
        }
    }
    out
}

fn lines(run: &Run<'_>, sample: &Sample) -> String {
    let lines = Lines::new(run);
    let start: Timestamp = "2026-11-26T19:00:00Z".parse().unwrap();
    let mut out = lines.plan(start);
    for (now, event) in &sample.events {
        let at = start + jiff::SignedDuration::from_secs_f64(*now);
        out.push_str(&lines.event(at, event, sample.code));
    }
    out
}

fn outputs() -> Vec<(String, String)> {
    let phase = phase();
    let run = run(&phase);
    let mut outputs = Vec::new();
    let mut looks = Vec::new();
    for (name, look) in [("", look(None, true)), ("-80-ascii", look(Some(80), false))] {
        let mut out = heading(&run, &look);
        out.push_str(&preflight(&report(), Some("lock free"), &run, &look));
        looks.push((format!("refused{name}.txt"), out));
    }
    outputs.append(&mut looks);
    let now: Timestamp = "2026-11-26T19:00:00Z".parse().unwrap();
    let json = Lines::new(&run);
    let refused = [
        json.plan(now),
        json.preflight(now, &report()),
        Lines::refused(now, 5, "not run: 2 problems found before anything was changed", Some("Help.")),
        Lines::nothing(now, phase.event, &phase.release),
    ];
    outputs.push(("refused.jsonl".into(), refused.concat()));
    for sample in samples(&phase) {
        outputs.push((format!("{}.txt", sample.name), text(&run, &sample, &look(None, true), false)));
        outputs.push((format!("{}-80-ascii.txt", sample.name), text(&run, &sample, &look(Some(80), false), false)));
        outputs.push((format!("{}-live-80.txt", sample.name), text(&run, &sample, &look(Some(80), true), true)));
        outputs.push((format!("{}.jsonl", sample.name), lines(&run, &sample)));
    }
    outputs
}

#[test]
fn every_format_shows_the_samples() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("testdata/run/formats");
    let mut wrong = Vec::new();
    for (name, text) in outputs() {
        let path = folder.join(&name);
        if std::env::var_os("UPDATE").is_some() {
            fs::create_dir_all(&folder).unwrap();
            fs::write(path, text).unwrap();
        } else if fs::read_to_string(path).unwrap_or_default() != text {
            wrong.push(format!("{name}: now\n{text}"));
        }
    }
    assert!(wrong.is_empty(), "UPDATE=1 cargo test accepts these:\n{}", wrong.join("\n"));
}

#[test]
fn lines_keep_to_their_schema() {
    let schema: serde_json::Value = serde_json::from_str(schema()).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let mut types = std::collections::BTreeSet::new();
    for (name, text) in outputs().iter().filter(|(name, _)| name.ends_with(".jsonl")) {
        for line in text.lines() {
            let value: serde_json::Value = serde_json::from_str(line).unwrap();
            assert!(validator.is_valid(&value), "{name}: {line}");
            types.insert(value["type"].as_str().unwrap().to_owned());
        }
    }
    // Every type the schema knows is in a sample.
    assert_eq!(types.len(), schema["oneOf"].as_array().unwrap().len(), "{types:?}");
}

#[test]
fn nothing_acts_on_a_terminal_or_is_too_wide() {
    for (name, text) in outputs() {
        for line in text.lines() {
            assert!(!line.contains(acts_on_terminals), "{name}: {line:?}");
            let command = line.contains("go on from here") || line.contains("clean up:");
            let narrow = name.contains("-80") && !command && !line.contains(" | ");
            assert!(!narrow || unicode_width::UnicodeWidthStr::width(line) <= 80, "{name}: {line}");
            assert!(!name.contains("ascii") || line.is_ascii(), "{name}: {line}");
        }
    }
}

#[test]
fn a_hook_whose_name_is_not_its_own_is_named_by_its_number() {
    let phase = phase();
    let mut run = run(&phase);
    assert_eq!(run.name(2), "Job/shop-announce");
    run.commands.run = "x".into();
    let outcome = Outcome::Interrupted { hook: Some(2) };
    assert_eq!(run.go_on(&outcome, &[]).as_deref(), Some("x --start-at Job/shop-announce"));
    assert_eq!(run.go_on(&Outcome::Succeeded, &[]), None);
    run.withdraws = true;
    assert_eq!(run.go_on(&outcome, &[]).as_deref(), Some("x"));
}

#[test]
fn what_is_in_the_way_is_deleted_before_going_on() {
    let phase = phase();
    let mut run = run(&phase);
    run.commands.run = "x".into();
    let object = |order: usize| phase.plan.hooks[order - 1].hook.objects[0].clone();
    let exists = [object(2), object(3)];
    let go_on = |hook: u32| run.go_on(&Outcome::Interrupted { hook: Some(hook) }, &exists).unwrap();
    // The policy of the first takes the old one away.
    assert_eq!(go_on(2), "x --start-at Job/shop-announce");
    let name = "shop-migrate-the-database-of-orders-and-customers";
    let deletion = format!("kubectl delete -n prod --context prod-eu job.batch/{name}");
    assert_eq!(go_on(3), format!("{deletion} && x --start-at Job/{name}"));
    assert_eq!(run.deletion(&exists[..1]).unwrap(), "kubectl delete -n prod --context prod-eu job.batch/shop-announce");
    assert_eq!(run.deletion(&[]), None);
}
