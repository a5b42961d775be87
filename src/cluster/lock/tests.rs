use std::sync::Mutex;

use serde_json::{Value, json};

use super::*;
use crate::cluster::scripted::{Call, cluster, status};

const NOW: &str = "2026-11-26T19:00:00Z";

/// A server with room for one lease.
fn server(first: Option<Value>) -> impl Fn(&Call) -> (u16, Value) + Send + Sync {
    let state = Mutex::new((first, 1));
    move |call| {
        let (stored, version) = &mut *state.lock().unwrap();
        let current = stored.as_ref().map(|lease| lease["metadata"]["resourceVersion"].clone());
        let sent = &call.body["metadata"]["resourceVersion"];
        match (call.method.as_str(), stored.is_some()) {
            ("POST", true) => return status(409, "AlreadyExists", "there"),
            ("GET" | "PUT" | "DELETE", false) => return status(404, "NotFound", "none"),
            ("PUT", true) if Some(sent) != current.as_ref() => return status(409, "Conflict", "changed"),
            ("DELETE", true) if Some(&call.body["preconditions"]["resourceVersion"]) != current.as_ref() => {
                return status(409, "Conflict", "changed");
            }
            ("POST" | "PUT", _) => {
                let mut lease = call.body.clone();
                *version += 1;
                lease["metadata"]["resourceVersion"] = json!(version.to_string());
                lease["metadata"]["uid"] = json!("u");
                *stored = Some(lease);
            }
            ("DELETE", _) => {
                *stored = None;
                return (200, json!({"kind": "Status", "status": "Success"}));
            }
            _ => {}
        }
        (200, stored.clone().unwrap())
    }
}

fn lease(holder: &str, written: &str) -> Value {
    json!({
        "metadata": {"name": "helm-hooks.shop", "resourceVersion": "1", "uid": "u", "managedFields": [{"time": written}],
                     "annotations": {"helm-hooks/event": "pre-upgrade"}},
        "spec": {"holderIdentity": holder, "leaseDurationSeconds": 40, "renewTime": "2030-01-01T00:00:00.000000Z"}
    })
}

fn release() -> Release {
    Release { name: "shop".into(), namespace: "prod".into() }
}

async fn acquire(cluster: &Cluster, holder: &str) -> Result<Lock, LockError> {
    Lock::acquire(cluster, &release(), Event::Test, &Holder::fake(holder)).await
}

#[tokio::test]
async fn a_free_lock_is_taken_and_given_back() {
    let (cluster, calls) = cluster(server(None));
    let lock = acquire(&cluster, "a").await.unwrap();
    assert!(lock.taken_over_from.is_none());
    lock.renew().await.unwrap();
    assert!(matches!(acquire(&cluster, "b").await, Err(LockError::Held(Held { holder, .. })) if holder == "a"));
    lock.release().await.unwrap();
    acquire(&cluster, "b").await.unwrap();
    let methods: Vec<String> = calls.lock().unwrap().iter().map(|call| call.method.clone()).collect();
    assert_eq!(methods, ["GET", "POST", "PUT", "GET", "DELETE", "GET", "POST"]);
}

#[tokio::test]
async fn the_server_says_what_time_it_is() {
    let (fresh, _) = cluster(server(Some(lease("a", "2026-11-26T18:59:50Z"))));
    let held = LockError::Held(Held {
        holder: "a".into(),
        event: Some("pre-upgrade".into()),
        renewed_ago: Some(Duration::from_secs(10)),
        free_in: Duration::from_secs(30),
    });
    assert_eq!(acquire(&fresh, "b").await.err(), Some(held));
    let (stale, _) = cluster(server(Some(lease("a", "2026-11-26T18:59:20Z"))));
    assert_eq!(acquire(&stale, "b").await.unwrap().taken_over_from.as_deref(), Some("a"));
}

#[tokio::test]
async fn of_two_only_one_gets_it() {
    let inner = server(Some(lease("a", "2026-11-26T18:00:00Z")));
    // Between the look and the write of `b`, `c` is faster.
    let (cluster, _) = cluster(move |call| {
        if call.method == "PUT" && call.body["spec"]["holderIdentity"] == "b" {
            let mut faster = call.clone();
            faster.body["spec"]["holderIdentity"] = json!("c");
            faster.body["metadata"]["managedFields"] = json!([{"time": NOW}]);
            inner(&faster);
        }
        inner(call)
    });
    assert!(matches!(acquire(&cluster, "b").await, Err(LockError::Held(Held { holder, .. })) if holder == "c"));
}

#[tokio::test]
async fn a_lost_lock_is_noticed() {
    let (cluster, _) = cluster(server(None));
    let lock = acquire(&cluster, "a").await.unwrap();
    let mut other = lock.lease.borrow().clone();
    if let Some(spec) = &mut other.spec {
        spec.holder_identity = Some("b".into());
    }
    lock.leases.replace("helm-hooks.shop", &PostParams::default(), &other).await.unwrap();
    assert_eq!(lock.renew().await, Err(Ok(Lost::TakenBy("b".into()))));
    lock.release().await.unwrap();
    // What is not ours is left alone.
    assert!(matches!(acquire(&cluster, "c").await, Err(LockError::Held(Held { holder, .. })) if holder == "b"));
}

#[tokio::test]
async fn no_right_is_an_error() {
    let (cluster, _) = cluster(|_| status(403, "Forbidden", "leases is forbidden"));
    assert!(matches!(acquire(&cluster, "a").await, Err(LockError::Cluster(e)) if e.kind == ErrorKind::Forbidden));
}
