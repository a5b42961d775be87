//! What happens in the cluster while a phase runs, in lines of a case: `jobs/a +1 complete`, `@5 down 20`.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until};

use super::server::{Server, path};

/// Puts the lines of a case into motion.
pub(super) fn start(server: &Server, lines: &[String], interrupt: &watch::Sender<bool>) {
    for line in lines {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        let (server, interrupt) = (server.clone(), interrupt.clone());
        if let Some(time) = words[0].strip_prefix('@') {
            let time = server.state().begun + Duration::from_secs_f64(time.parse().unwrap());
            tokio::spawn(async move {
                sleep_until(time).await;
                act(&server, &words[1..], &interrupt);
            });
            continue;
        }
        let after = Duration::from_secs_f64(words[1].strip_prefix('+').expect("+seconds").parse().unwrap());
        tokio::spawn(async move {
            let place = words[0].clone();
            let mut words = words[2..].to_vec();
            // Verbs come first: `complete jobs/a`.
            words.insert(1, place.clone());
            let mut known = Vec::new();
            loop {
                let born = server.state().objects.get(&path(&place)).map(|object| object["metadata"]["uid"].clone());
                if let Some(uid) = born
                    && !known.contains(&uid)
                {
                    known.push(uid);
                    let (server, words, interrupt) = (server.clone(), words.clone(), interrupt.clone());
                    tokio::spawn(async move {
                        sleep(after).await;
                        act(&server, &words, &interrupt);
                    });
                }
                sleep(Duration::from_millis(10)).await;
            }
        });
    }
}

/// An object that was there before.
pub(super) fn exists(server: &Server, line: &str) {
    let words: Vec<&str> = line.split_whitespace().collect();
    let place = words[0];
    let (kind, name) = place.split_once('/').unwrap();
    let kind = match kind {
        "jobs" => json!({"apiVersion": "batch/v1", "kind": "Job"}),
        "pods" => json!({"apiVersion": "v1", "kind": "Pod"}),
        _ => json!({"apiVersion": "v1", "kind": "ConfigMap"}),
    };
    let mut object = kind;
    object["metadata"] = json!({"name": name, "managedFields": [{"manager": "kubectl"}]});
    if let Some(manager) = words.get(1).and_then(|word| word.strip_prefix("by=")) {
        object["metadata"]["managedFields"] = json!([{"manager": manager}]);
    }
    server.born(&path(place), object);
    if words.contains(&"complete") {
        condition(server, place, "Complete", "", "");
    }
    if words.contains(&"terminating") {
        let mut object = server.state().objects[&path(place)].clone();
        object["metadata"]["deletionTimestamp"] = json!(server.now());
        server.put(&path(place), object);
    }
}

fn act(server: &Server, words: &[String], interrupt: &watch::Sender<bool>) {
    let word = |n: usize| words.get(n).map(String::as_str).unwrap_or_default();
    let rest = |n: usize| words.get(n..).unwrap_or_default().join(" ");
    let seconds = |n: usize| Duration::from_secs_f64(word(n).parse().unwrap());
    match word(0) {
        "complete" => condition(server, word(1), "Complete", "", ""),
        "fail" if word(1).starts_with("jobs/") => condition(server, word(1), "Failed", word(2), &rest(3)),
        "suspend" => change(server, word(1), |job| job["spec"]["suspend"] = json!(true)),
        "failed-once" => change(server, word(1), |job| job["status"] = json!({"failed": 1})),
        "succeed" => change(server, word(1), |pod| {
            pod["status"]["phase"] = json!("Succeeded");
            pod["status"]["containerStatuses"] = statuses(word(1), "Succeeded", "");
        }),
        "fail" => change(server, word(1), |pod| {
            pod["status"]["phase"] = json!("Failed");
            pod["status"]["containerStatuses"] = statuses(word(1), "Failed", word(2));
        }),
        "run" => change(server, word(1), |pod| {
            pod["status"]["phase"] = json!("Running");
            pod["status"]["containerStatuses"] = statuses(word(1), "Running", "");
        }),
        "touch" => change(server, word(1), |_| {}),
        "delete" => server.remove(&path(word(1))),
        "replace" => {
            let mut object = server.state().objects[&path(word(1))].clone();
            server.remove(&path(word(1)));
            object["metadata"]["managedFields"] = json!([{"manager": "someone"}]);
            object["status"] = Value::Null;
            server.born(&path(word(1)), object);
        }
        // pod jobs/a p1 running
        "pod" => pod(server, word(1), word(2), word(3), &rest(4)),
        "event" => event(server, word(1), word(2), &rest(3)),
        "log" => {
            let now = server.state().begun.elapsed().as_secs_f64();
            let line = rest(2);
            server.state().output.entry(word(1).to_owned()).or_default().push((now, line));
        }
        "cut" => server.cut.send_modify(|cut| *cut += 1),
        "expire" => {
            let now = server.state().version + 1;
            server.state().oldest = now;
            server.state().version = now;
            server.cut.send_modify(|cut| *cut += 1);
        }
        "down" => {
            server.state().down_until = Instant::now() + seconds(1);
            server.cut.send_modify(|cut| *cut += 1);
        }
        "hang" => server.state().hangs_until = Instant::now() + seconds(1),
        "kind" => server.state().kinds.push(rest(1)),
        "interrupt" => {
            let _ = interrupt.send(true);
        }
        other => panic!("the world does not know {other}"),
    }
}

fn change(server: &Server, place: &str, how: impl FnOnce(&mut Value)) {
    let object = server.state().objects.get(&path(place)).cloned();
    // Whatever is gone by then does not change any more.
    if let Some(mut object) = object {
        how(&mut object);
        server.put(&path(place), object);
    }
}

fn condition(server: &Server, place: &str, kind: &str, reason: &str, message: &str) {
    change(server, place, |job| {
        job["status"]["conditions"] = json!([{"type": kind, "status": "True", "reason": reason, "message": message}]);
    });
}

fn statuses(pod: &str, phase: &str, code: &str) -> Value {
    let state = match phase {
        "Running" => json!({"running": {}}),
        "Succeeded" => json!({"terminated": {"exitCode": 0, "reason": "Completed"}}),
        _ => json!({"terminated": {"exitCode": code.parse().unwrap_or(1), "reason": "Error"}}),
    };
    let pod = pod.rsplit('/').next().unwrap();
    json!([{"name": "main", "containerID": format!("c://{pod}"), "state": state, "restartCount": 0}])
}

fn pod(server: &Server, job: &str, name: &str, phase: &str, rest: &str) {
    let place = format!("pods/{name}");
    let Some(owner) = server.state().objects.get(&path(job)).cloned() else { return };
    let job = job.rsplit('/').next().unwrap();
    if !server.state().objects.contains_key(&path(&place)) {
        let owner = json!([{"kind": "Job", "uid": owner["metadata"]["uid"]}]);
        let metadata = json!({"name": name, "labels": {"job-name": job}, "ownerReferences": owner});
        server.born(&path(&place), json!({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": {"containers": [{"name": "main"}]}}));
    }
    change(server, &place, |pod| match phase {
        "running" | "succeeded" | "failed" => {
            let phase = match phase {
                "running" => "Running",
                "succeeded" => "Succeeded",
                _ => "Failed",
            };
            pod["spec"]["nodeName"] = json!("node");
            pod["status"] = json!({"phase": phase, "containerStatuses": statuses(name, phase, rest)});
        }
        "waiting" => {
            let (reason, message) = rest.split_once(' ').unwrap_or((rest, ""));
            let state = json!({"waiting": {"reason": reason, "message": message}});
            pod["spec"]["nodeName"] = json!("node");
            pod["status"] = json!({"phase": "Pending", "containerStatuses": [{"name": "main", "state": state}]});
        }
        "unschedulable" => {
            let scheduled =
                json!({"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": rest});
            pod["status"] = json!({"phase": "Pending", "conditions": [scheduled]});
        }
        "init" => {
            let state = json!({"running": {}});
            pod["spec"]["nodeName"] = json!("node");
            pod["status"] = json!({"phase": "Running", "initContainerStatuses": [{"name": "first", "containerID": format!("c://{name}-first"), "state": state}]});
        }
        _ => {
            pod["spec"]["nodeName"] = json!("node");
            pod["status"] = json!({"phase": "Pending"});
        }
    });
}

fn event(server: &Server, place: &str, reason: &str, message: &str) {
    let uid = server.state().objects.get(&path(place)).map(|object| object["metadata"]["uid"].clone());
    let uid = uid.unwrap_or_else(|| json!("u1"));
    let kind = if reason == "Completed" { "Normal" } else { "Warning" };
    let name = format!("e{}", server.state().version);
    let event = json!({"apiVersion": "v1", "kind": "Event", "metadata": {"name": name}, "type": kind, "reason": reason,
        "message": message, "involvedObject": {"uid": uid}});
    server.born(&path(&format!("events/{name}")), event);
}
