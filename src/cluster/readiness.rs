//! What a Job or a Pod says of itself: done or failed as each Helm judges it, how far it is, and why it does not go on.
//!
//! Pure: objects in, verdicts out. Mirrors `waitForJob` and `waitForPodSuccess` in `pkg/kube/client.go` of Helm 3 and the status
//! readers of `pkg/kube/statuswait.go` of Helm 4, which agree on Jobs and Pods.

use serde_json::Value;

use crate::hooks::{ObjectRef, Wait};

use super::run::ObjectState;

/// What an object that is waited for has come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Not decided yet.
    Unfinished,
    /// As wanted.
    Ready,
    /// It never will be: the reason and the cluster's words.
    Failed(String, String),
}

/// Judges an object by its own state.
pub fn judge(object: &ObjectRef, wait: Wait, state: &Value) -> Verdict {
    match wait {
        Wait::Created => Verdict::Ready,
        // Helm 3 goes by the kind's name and then minds the type; Helm 4 does not wait for these at all.
        Wait::Complete if object.group() != "batch" => foreign(object, "*batch.Job"),
        Wait::Succeeded if !object.group().is_empty() => foreign(object, "*v1.Pod"),
        Wait::Complete => judge_job(state),
        Wait::Succeeded => judge_pod(state),
    }
}

fn foreign(object: &ObjectRef, wanted: &str) -> Verdict {
    let words = format!("expected {} to be a {wanted}, got *unstructured.Unstructured", object.name);
    Verdict::Failed("NotWatchable".to_owned(), words)
}

fn judge_job(job: &Value) -> Verdict {
    for condition in items(job, "/status/conditions").iter().filter(|condition| text(condition, "/status") == "True") {
        match text(condition, "/type") {
            "Complete" => return Verdict::Ready,
            "Failed" => return Verdict::Failed(or(text(condition, "/reason"), "Failed"), words(condition, "/message")),
            _ => {}
        }
    }
    Verdict::Unfinished
}

fn judge_pod(pod: &Value) -> Verdict {
    match text(pod, "/status/phase") {
        "Succeeded" => Verdict::Ready,
        "Failed" => Verdict::Failed(or(text(pod, "/status/reason"), "Failed"), words(pod, "/status/message")),
        _ => Verdict::Unfinished,
    }
}

/// How far an object is; `pods` are those of a Job, `notes` what events say of it and its pods, newest last.
pub fn state(wait: Wait, object: &Value, pods: &[&Value], notes: &[(String, String)]) -> ObjectState {
    match wait {
        Wait::Created => ObjectState::default(),
        Wait::Succeeded => {
            let summary = pod_words(object).to_owned();
            ObjectState { summary, attempt: None, stuck: pod_stuck(object, notes) }
        }
        Wait::Complete => job_state(object, pods, notes),
    }
}

fn job_state(job: &Value, pods: &[&Value], notes: &[(String, String)]) -> ObjectState {
    let count = |pointer: &str| job.pointer(pointer).and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok());
    let (succeeded, failed) = (count("/status/succeeded").unwrap_or(0), count("/status/failed").unwrap_or(0));
    let wanted = count("/spec/completions").or_else(|| count("/spec/parallelism")).unwrap_or(1);
    let newest = pods.iter().max_by_key(|pod| (text(pod, "/metadata/creationTimestamp"), text(pod, "/metadata/name")));
    let suspended = job.pointer("/spec/suspend").and_then(Value::as_bool).unwrap_or(false);
    if suspended {
        let words = "the Job is suspended: nothing runs until somebody resumes it".to_owned();
        let stuck = Some(("Suspended".to_owned(), words));
        return ObjectState { summary: "suspended".to_owned(), attempt: None, stuck };
    }
    let summary = match newest {
        _ if judge_job(job) == Verdict::Ready => "complete".to_owned(),
        _ if wanted > 1 => format!("{succeeded} of {wanted} succeeded"),
        Some(pod) => format!("pod {} {}", text(pod, "/metadata/name"), pod_words(pod)),
        None => "no pod yet".to_owned(),
    };
    let limit = count("/spec/backoffLimit").unwrap_or(6);
    let restarts: u64 = newest.map_or(0, |pod| {
        items(pod, "/status/containerStatuses").iter().filter_map(|status| status.get("restartCount")?.as_u64()).sum()
    });
    let attempt = failed.saturating_add(u32::try_from(restarts).unwrap_or(0)).saturating_add(1);
    let most = limit.saturating_add(1);
    let attempt = (wanted == 1 && most > 1 && newest.is_some()).then(|| (attempt.min(most), most));
    let stuck = match newest {
        Some(pod) => pod_stuck(pod, notes),
        None => note(notes, &["FailedCreate"]),
    };
    ObjectState { summary, attempt, stuck }
}

/// A pod in one word, or two.
fn pod_words(pod: &Value) -> &'static str {
    let deleted = pod.pointer("/metadata/deletionTimestamp").is_some();
    match text(pod, "/status/phase") {
        "Succeeded" => "succeeded",
        "Failed" => "failed",
        _ if deleted => "terminating",
        "Running" => "running",
        "Unknown" => "unknown: its node does not answer",
        _ if is_scheduled(pod) => "starting",
        _ => "pending",
    }
}

fn is_scheduled(pod: &Value) -> bool {
    !text(pod, "/spec/nodeName").is_empty()
}

/// Why a pod does not go on, where it says so.
fn pod_stuck(pod: &Value, notes: &[(String, String)]) -> Option<(String, String)> {
    const WAITING: [&str; 8] = [
        "ImagePullBackOff",
        "ErrImagePull",
        "InvalidImageName",
        "ErrImageNeverPull",
        "CreateContainerConfigError",
        "CreateContainerError",
        "RunContainerError",
        "CrashLoopBackOff",
    ];
    if matches!(text(pod, "/status/phase"), "Succeeded" | "Failed") {
        return None;
    }
    for status in containers(pod) {
        let reason = text(status, "/state/waiting/reason");
        if WAITING.contains(&reason) {
            let container = text(status, "/name");
            let said = words(status, "/state/waiting/message");
            let said = if said.is_empty() { text(status, "/image").to_owned() } else { said };
            return Some((reason.to_owned(), format!("container {container}: {said}")));
        }
    }
    for condition in items(pod, "/status/conditions") {
        if text(condition, "/type") == "PodScheduled" && text(condition, "/status") == "False" {
            return Some((or(text(condition, "/reason"), "Unschedulable"), words(condition, "/message")));
        }
    }
    if text(pod, "/status/phase") == "Running" {
        return left_running(pod);
    }
    note(notes, &["FailedMount", "FailedAttachVolume", "FailedCreatePodSandBox", "FailedScheduling", "Failed"])
}

/// A container that runs on when another has ended well keeps its pod from ending: a proxy beside the work, mostly.
fn left_running(pod: &Value) -> Option<(String, String)> {
    let statuses = items(pod, "/status/containerStatuses");
    let ended =
        statuses.iter().any(|status| status.pointer("/state/terminated/exitCode").and_then(Value::as_i64) == Some(0));
    let running = statuses.iter().find(|status| status.pointer("/state/running").is_some())?;
    ended.then(|| {
        let words = format!("container {} still runs while another has ended", text(running, "/name"));
        ("ContainersRunning".to_owned(), words)
    })
}

fn note(notes: &[(String, String)], reasons: &[&str]) -> Option<(String, String)> {
    notes.iter().rev().find(|(reason, _)| reasons.contains(&reason.as_str())).cloned()
}

/// The statuses of a pod's init and other containers, in that order.
pub(super) fn containers(pod: &Value) -> impl Iterator<Item = &Value> {
    items(pod, "/status/initContainerStatuses").iter().chain(items(pod, "/status/containerStatuses"))
}

fn items<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    value.pointer(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

fn words(value: &Value, pointer: &str) -> String {
    text(value, pointer).trim().replace('\n', " ")
}

fn or(text: &str, otherwise: &str) -> String {
    if text.is_empty() { otherwise.to_owned() } else { text.to_owned() }
}
