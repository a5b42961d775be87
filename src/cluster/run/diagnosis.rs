//! Why a hook failed: how its containers ended, their last lines, and what events say of it.

use std::time::Duration;

use futures::future::join_all;
use http::{Method, Request};
use serde_json::Value;
use tokio::time::{Instant, timeout, timeout_at};

use crate::cluster::error::ClusterError;
use crate::cluster::readiness::containers;
use crate::hooks::Wait;

use super::event::{ContainerEnd, Failure, LogSource};
use super::lines::Lines;
use super::logs::{Kept, key};
use super::observe::ask;
use super::options::LogMode;
use super::ready::Awaited;
use super::target::{Made, escape, text};

/// How long a diagnosis may take: what is wrong is known without it.
const LIMIT: Duration = Duration::from_secs(10);
/// How many last lines are kept.
pub(super) const LINES: usize = 20;
/// How many bytes are asked for, for those.
const TAIL: usize = 64 << 10;
/// How many pods of a Job are looked at, newest first.
const PODS: usize = 8;
/// How many events are kept.
const EVENTS: usize = 10;

/// The pods of an object that has any, newest first: those that are known, when these are all.
pub(super) async fn pods_of(client: &kube::Client, one: &Awaited<'_>) -> Vec<Value> {
    let ended = one.verdict().is_some();
    let asked = async {
        match one.wait {
            Wait::Created => Vec::new(),
            Wait::Succeeded => ask(client, &one.made.target.path()).await.map_or_else(|_| Vec::new(), |pod| vec![pod]),
            Wait::Complete => pods_of_job(client, one.made).await.unwrap_or_default(),
        }
    };
    match one.all_pods().filter(|_| ended) {
        Some(pods) => pods,
        // What cannot be found out in time is left out.
        None => timeout(LIMIT, asked).await.unwrap_or_default(),
    }
}

/// The pods of a Job, newest first.
pub(super) async fn pods_of_job(client: &kube::Client, made: &Made) -> Result<Vec<Value>, ClusterError> {
    let selector = escape(&format!("job-name={}", made.target.object.name));
    let mut list = ask(client, &format!("{}?labelSelector={selector}", made.target.pods())).await?;
    let mut pods = match list.get_mut("items").map(Value::take) {
        Some(Value::Array(pods)) => pods,
        _ => Vec::new(),
    };
    pods.retain(|pod| is_owned(pod, &made.uid));
    newest_first(&mut pods);
    Ok(pods)
}

/// Sorts pods by age.
pub(super) fn newest_first(pods: &mut [Value]) {
    pods.sort_by(|one, other| age(other).cmp(&age(one)));
}

/// True for a pod of the object with this uid.
pub(super) fn is_owned(pod: &Value, uid: &str) -> bool {
    let owners = pod.pointer("/metadata/ownerReferences").and_then(Value::as_array);
    owners.is_some_and(|owners| owners.iter().any(|owner| text(owner, "/uid") == uid))
}

fn age(pod: &Value) -> (&str, &str) {
    (text(pod, "/metadata/creationTimestamp"), text(pod, "/metadata/name"))
}

/// Adds to a failure how the containers of these pods ended, with their last lines: those that were read already, when these are the
/// last ones.
pub(super) async fn containers_of(
    client: &kube::Client,
    logs: LogMode,
    pods: &[Value],
    kept: &Kept,
    failure: &mut Failure,
) {
    let until = Instant::now() + LIMIT;
    for (place, pod) in pods.iter().take(PODS).enumerate() {
        let init = pod.pointer("/status/initContainerStatuses").and_then(Value::as_array).map_or(0, Vec::len);
        for (number, status) in containers(pod).enumerate() {
            let Some((exit_code, reason, previous)) = ended(status) else { continue };
            // Of earlier attempts only that they were; one that runs on is news of the newest alone.
            if place > 0 && exit_code.is_none() {
                continue;
            }
            let source = LogSource {
                pod: text(pod, "/metadata/name").to_owned(),
                container: text(status, "/name").to_owned(),
                init: number < init,
            };
            let id = text(status, if previous { "/lastState/terminated/containerID" } else { "/containerID" });
            let last_lines = match kept.get(&key(&source.pod, id)) {
                _ if place > 0 || logs == LogMode::None || !has_begun(status) => Vec::new(),
                Some(lines) => lines.clone(),
                None => {
                    let tail = tail(client, pod, &source.container, previous, LINES);
                    timeout_at(until, tail).await.ok().flatten().unwrap_or_default()
                }
            };
            failure.containers.push(ContainerEnd { source, exit_code, reason, last_lines });
        }
    }
}

/// How a container ended, when not well: code, reason, and whether its output is that of a former run of it.
fn ended(status: &Value) -> Option<(Option<i32>, String, bool)> {
    let of = |pointer: &str| {
        let terminated = status.pointer(pointer)?;
        let code = terminated.get("exitCode").and_then(Value::as_i64).and_then(|code| i32::try_from(code).ok())?;
        Some((Some(code), text(terminated, "/reason").to_owned()))
    };
    if let Some((code, reason)) = of("/state/terminated") {
        return (code != Some(0)).then_some((code, reason, false));
    }
    if status.pointer("/state/running").is_some() {
        return Some((None, "Running".to_owned(), false));
    }
    if let Some((code, reason)) = of("/lastState/terminated") {
        return Some((code, reason, true));
    }
    let waiting = text(status, "/state/waiting/reason");
    (!matches!(waiting, "" | "PodInitializing")).then(|| (None, waiting.to_owned(), false))
}

fn has_begun(status: &Value) -> bool {
    !text(status, "/containerID").is_empty() || status.pointer("/lastState/terminated").is_some()
}

/// The last lines of a container, oldest first.
pub(super) async fn tail(
    client: &kube::Client,
    pod: &Value,
    container: &str,
    previous: bool,
    lines: usize,
) -> Option<Vec<String>> {
    let (namespace, name) = (escape(text(pod, "/metadata/namespace")), escape(text(pod, "/metadata/name")));
    let container = escape(container);
    let path = format!(
        "/api/v1/namespaces/{namespace}/pods/{name}/log?container={container}&tailLines={lines}&previous={previous}"
    );
    let request = Request::builder().method(Method::GET).uri(path).body(Vec::new()).ok()?;
    let mut stream = std::pin::pin!(client.request_stream(request).await.ok()?);
    // The end is what counts, so the beginning of very long lines is dropped.
    let mut bytes: Vec<u8> = Vec::new();
    let mut part = vec![0; 16 << 10];
    loop {
        let read = futures::AsyncReadExt::read(&mut stream, &mut part).await.ok()?;
        if read == 0 {
            break;
        }
        bytes.extend_from_slice(part.get(..read)?);
        let most = TAIL.max(lines.saturating_mul(1 << 10));
        if bytes.len() > 2 * most {
            bytes.drain(..bytes.len() - most);
        }
    }
    let mut cut = Lines::default();
    let mut told = cut.take(&bytes);
    told.extend(cut.finish());
    told.drain(..told.len().saturating_sub(lines));
    Some(told)
}

/// What events warn of, oldest first.
pub(super) async fn events_of(client: &kube::Client, made: &Made, pods: &[Value]) -> Vec<(String, String)> {
    let own = (made.target.namespace.clone().unwrap_or_else(|| "default".to_owned()), made.uid.clone());
    let of_pods = pods
        .iter()
        .take(2)
        .map(|pod| (text(pod, "/metadata/namespace").to_owned(), text(pod, "/metadata/uid").to_owned()));
    let mut about: Vec<(String, String)> = Vec::new();
    for one in std::iter::once(own).chain(of_pods) {
        if !one.1.is_empty() && !about.contains(&one) {
            about.push(one);
        }
    }
    let lists = about.iter().map(|(namespace, uid)| ask_in_time(client, events_path(namespace, uid)));
    let mut found: Vec<(String, String, String)> = Vec::new();
    for list in join_all(lists).await.into_iter().flatten() {
        for event in list.get("items").and_then(Value::as_array).into_iter().flatten() {
            if text(event, "/type") == "Warning" {
                let times = ["/lastTimestamp", "/series/lastObservedTime", "/eventTime", "/metadata/creationTimestamp"];
                let time = times.into_iter().map(|pointer| text(event, pointer)).find(|time| !time.is_empty());
                found.push((
                    time.unwrap_or_default().to_owned(),
                    text(event, "/reason").to_owned(),
                    text(event, "/message").trim().replace('\n', " "),
                ));
            }
        }
    }
    found.sort();
    found.drain(..found.len().saturating_sub(EVENTS));
    let mut told: Vec<(String, String)> = Vec::new();
    for (_, reason, message) in found {
        if !told.iter().any(|(other, words)| *other == reason && *words == message) {
            told.push((reason, message));
        }
    }
    told
}

async fn ask_in_time(client: &kube::Client, path: String) -> Option<Value> {
    timeout(LIMIT, ask(client, &path)).await.ok()?.ok()
}

/// Where the events of one object are.
pub(super) fn events_path(namespace: &str, uid: &str) -> String {
    format!(
        "/api/v1/namespaces/{}/events?fieldSelector={}",
        escape(namespace),
        escape(&format!("involvedObject.uid={uid}"))
    )
}

/// How a Job ended that is not there any more, by its events; `None` when they do not say.
pub(super) async fn end_by_events(client: &kube::Client, made: &Made) -> Option<Result<(), (String, String)>> {
    let namespace = made.target.namespace.as_deref().unwrap_or("default");
    let list = ask(client, &events_path(namespace, &made.uid)).await.ok()?;
    let events = list.get("items")?.as_array()?;
    events.iter().find_map(|event| match text(event, "/reason") {
        "Completed" => Some(Ok(())),
        reason @ ("BackoffLimitExceeded" | "DeadlineExceeded" | "PodFailurePolicy" | "FailedIndexes") => {
            Some(Err((reason.to_owned(), text(event, "/message").trim().replace('\n', " "))))
        }
        _ => None,
    })
}
