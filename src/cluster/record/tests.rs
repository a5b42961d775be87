use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::*;
use crate::cluster::phase::PhaseSource;
use crate::cluster::release::{self, Driver};
use crate::cluster::run::{Failure, FailureReason};
use crate::cluster::scripted::{Call, Calls, cluster, status};
use crate::hooks::{Event, Method, RecordedHook, Release};

const MANIFEST: &str = "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: migrate\n";

fn stored() -> String {
    json!({
        "name": "shop", "namespace": "prod", "version": 3, "future": {"x": [1.50, "<"]},
        "info": {"status": "deployed", "description": "d"},
        "chart": {"metadata": {"name": "shop", "version": "1.0.0"}}, "config": {}, "manifest": "",
        "hooks": [
            {"name": "other", "kind": "Job", "path": "p", "manifest": "x", "events": ["pre-upgrade"], "last_run": {"phase": ""}},
            {"name": "migrate", "kind": "Job", "path": "p", "manifest": MANIFEST, "events": ["pre-upgrade"], "last_run": {"phase": ""}, "unknown": 1}
        ]
    })
    .to_string()
}

/// A server with the record, whose `conflicts` first writes meet another that was faster.
fn server(conflicts: usize) -> impl Fn(&Call) -> (u16, Value) + Send + Sync {
    let secret = |version: u32, payload: &str| {
        let data = STANDARD.encode(payload);
        json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "sh.helm.release.v1.shop.v3", "resourceVersion": version.to_string(), "labels": {"owner": "helm"}}, "data": {"release": data}})
    };
    let state = Mutex::new((secret(1, &release::encode(&stored()).unwrap()), 1, conflicts));
    move |call| {
        let (stored, version, conflicts) = &mut *state.lock().unwrap();
        if call.method == "PUT" {
            if *conflicts > 0 {
                *conflicts -= 1;
                return status(409, "Conflict", "changed");
            }
            assert_eq!(call.body["metadata"]["resourceVersion"], version.to_string());
            *version += 1;
            *stored = call.body.clone();
            stored["metadata"]["resourceVersion"] = json!(version.to_string());
        }
        (200, stored.clone())
    }
}

fn written(calls: &Calls) -> Vec<Value> {
    let calls = calls.lock().unwrap();
    let puts = calls.iter().filter(|call| call.method == "PUT");
    puts.map(|call| {
        let data = STANDARD.decode(call.body["data"]["release"].as_str().unwrap()).unwrap();
        serde_json::from_str(&release::json(&data).unwrap()).unwrap()
    })
    .collect()
}

fn phase() -> Phase {
    let record = RecordedHook {
        name: "migrate".into(),
        kind: "Job".into(),
        path: "p".into(),
        manifest: MANIFEST.into(),
        events: vec!["pre-upgrade".into()],
        ..RecordedHook::default()
    };
    let hooks = vec![(Arc::new(Hook::from_record(&record)), record.manifest)];
    let release = Release { name: "shop".into(), namespace: "prod".into() };
    let source = PhaseSource::Record { revision: 3, status: "deployed".into() };
    Phase::of(hooks, Event::PreUpgrade, release, Engine::Helm4, source, Method::Apply).unwrap()
}

/// What happens in a run, as far as the record is concerned.
enum Step {
    Begins,
    Happens(RunEvent),
}

async fn follow(conflicts: usize, steps: Vec<Step>) -> (Vec<ErrorKind>, Vec<Value>) {
    let (cluster, calls) = cluster(server(conflicts));
    let store = Store::new(cluster.client.clone(), Driver::Secret, Some("prod".into()));
    let head = RecordHead {
        name: "shop".into(),
        namespace: "prod".into(),
        revision: 3,
        status: "deployed".into(),
        object: "sh.helm.release.v1.shop.v3".into(),
        created: None,
    };
    let phase = phase();
    let start: Timestamp = "2026-11-26T19:00:00Z".parse().unwrap();
    let recorder = Recorder::new(&store, &head, &phase);
    let mut errors = Vec::new();
    for (step, at) in steps.into_iter().zip(0_i64..) {
        let now = start + jiff::SignedDuration::from_secs(at);
        match step {
            Step::Begins => {
                recorder.begin(1, now);
                errors.extend(recorder.write(now).await.err());
            }
            Step::Happens(event) => recorder.note(now, &event),
        }
    }
    errors.extend(recorder.finish().await.err());
    (errors.into_iter().map(|error| error.kind).collect(), written(&calls))
}

fn finished(outcome: Outcome) -> Step {
    Step::Happens(RunEvent::Finished { outcome, took: Duration::ZERO, exists: vec![] })
}

fn ended(outcome: HookOutcome) -> Step {
    Step::Happens(RunEvent::HookEnded { hook: 1, outcome, took: Duration::ZERO })
}

fn failure(reason: FailureReason) -> Failure {
    Failure { reason, message: String::new(), containers: vec![], events: vec![] }
}

#[tokio::test]
async fn a_hook_runs_and_succeeds_in_the_record() {
    let started = Step::Happens(RunEvent::HookStarted { hook: 1 });
    let steps = vec![started, Step::Begins, ended(HookOutcome::Succeeded), finished(Outcome::Succeeded)];
    let (errors, records) = follow(0, steps).await;
    assert!(errors.is_empty());
    let runs: Vec<&Value> = records.iter().map(|record| &record["hooks"][1]["last_run"]).collect();
    assert_eq!(runs.len(), 2);
    assert_eq!((&runs[0]["phase"], runs[0].get("completed_at")), (&json!("Running"), None));
    assert_eq!(runs[1]["phase"], "Succeeded");
    let time = |key: &str| runs[1][key].as_str().unwrap().parse::<Timestamp>().unwrap().to_string();
    assert_eq!(
        (time("started_at"), time("completed_at")),
        ("2026-11-26T19:00:01Z".into(), "2026-11-26T19:00:02Z".into())
    );
    // The default policy is written with it; everything else stays, also what this program does not know.
    let last = &records[1];
    assert_eq!(last["hooks"][1]["delete_policies"], json!(["before-hook-creation"]));
    assert_eq!((&last["hooks"][1]["unknown"], &last["future"]["x"][0]), (&json!(1), &json!(1.50)));
    assert_eq!(last["hooks"][0]["last_run"], json!({"phase": ""}));
}

#[tokio::test]
async fn what_did_not_get_so_far_keeps_its_phase() {
    let failed = failure(FailureReason::DeletionTimeout);
    let steps =
        vec![ended(HookOutcome::Failed(failed.clone())), finished(Outcome::Failed { hook: 1, failure: failed })];
    assert_eq!(follow(0, steps).await.1.len(), 0);
    // A refused creation is a failure all the same.
    let failed = failure(FailureReason::Creation);
    let end = ended(HookOutcome::Failed(failed.clone()));
    let steps = vec![Step::Begins, end, finished(Outcome::Failed { hook: 1, failure: failed })];
    assert_eq!(follow(0, steps).await.1[1]["hooks"][1]["last_run"]["phase"], "Failed");
    let steps = vec![Step::Begins, finished(Outcome::Interrupted { hook: Some(1) })];
    assert_eq!(follow(0, steps).await.1[1]["hooks"][1]["last_run"]["phase"], "Unknown");
}

#[tokio::test]
async fn what_others_write_is_never_undone() {
    let (errors, records) = follow(1, vec![Step::Begins]).await;
    assert_eq!((errors.len(), records.len()), (0, 3));
    // Given up for the first write, and all said by the last.
    let (errors, records) = follow(5, vec![Step::Begins, ended(HookOutcome::Succeeded)]).await;
    assert_eq!((errors, records.len()), (vec![ErrorKind::Conflict], 6));
    assert_eq!(records[5]["hooks"][1]["last_run"]["phase"], "Succeeded");
}
