//! Records and objects of an API server made of a function, and what status and leftovers tell of them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use serde_json::{Value, json};

use super::leftovers::{self, Deletion, Reason};
use super::live::{Presence, Scope};
use super::release::{Driver, Store, encode};
use super::scripted::{Call, Calls, cluster, status};
use super::status::status as status_of;
use super::{Cluster, ErrorKind, Fate};
use crate::helm::dialect::Engine;

fn hook(name: &str, events: &[&str], policies: &[&str], phase: &str) -> Value {
    let manifest = format!("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n# planted\n");
    json!({"name": name, "kind": "ConfigMap", "path": "c/templates/a.yaml", "manifest": manifest, "events": events,
           "delete_policies": policies, "last_run": {"phase": phase, "started_at": "2026-01-01T00:00:00Z"}})
}

/// A server with the revisions of one release, and ConfigMaps by name.
struct Server {
    revisions: Vec<(String, String)>,
    maps: BTreeMap<String, Value>,
}

impl Server {
    fn new() -> Server {
        Server { revisions: Vec::new(), maps: BTreeMap::new() }
    }

    fn revision(mut self, status: &str, hooks: &[Value]) -> Server {
        let version = self.revisions.len() + 1;
        let release = json!({"name": "shop", "namespace": "ns", "version": version, "info": {"status": status},
                             "chart": {"metadata": {"name": "c", "version": "1"}}, "hooks": hooks, "apply_method": "ssa",
                             "manifest": "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: plain}\n"});
        self.revisions.push((status.to_owned(), encode(&release.to_string()).unwrap()));
        self
    }

    fn damaged(mut self) -> Server {
        self.revisions.push(("deployed".to_owned(), "planted".to_owned()));
        self
    }

    fn map(mut self, name: &str, annotations: &Value) -> Server {
        let metadata =
            json!({"name": name, "namespace": "ns", "uid": format!("uid-{name}"), "annotations": annotations});
        self.maps.insert(name.to_owned(), json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata}));
        self
    }

    fn hook_map(self, name: &str) -> Server {
        self.map(name, &json!({"helm.sh/hook": "pre-install"}))
    }

    fn secret(&self, at: usize) -> Value {
        let (status, payload) = &self.revisions[at];
        let version = (at + 1).to_string();
        json!({"apiVersion": "v1", "kind": "Secret",
               "metadata": {"name": format!("sh.helm.release.v1.shop.v{version}"), "namespace": "ns", "resourceVersion": "7",
                            "labels": {"owner": "helm", "name": "shop", "version": version, "status": status}},
               "data": {"release": base64::engine::general_purpose::STANDARD.encode(payload)}})
    }

    fn answer(&self, call: &Call) -> (u16, Value) {
        let (path, query) = call.path.split_once('?').unwrap_or((&call.path, ""));
        let none = || status(404, "NotFound", "not found");
        match path.strip_prefix("/api/v1") {
            Some("") => {
                let resource = |name: &str, kind: &str| json!({"name": name, "singularName": "", "namespaced": true, "kind": kind, "verbs": []});
                let resources = [resource("configmaps", "ConfigMap"), resource("secrets", "Secret")];
                (200, json!({"kind": "APIResourceList", "groupVersion": "v1", "resources": resources}))
            }
            Some("/namespaces/ns/secrets") => {
                // One record a page, so that pages are gone through.
                let at: usize = query
                    .split('&')
                    .find_map(|pair| pair.strip_prefix("continue="))
                    .map_or(0, |at| at.parse().unwrap());
                let mut item = self.revisions.get(at).map(|_| self.secret(at));
                if let Some(item) = &mut item {
                    item["kind"] = json!("PartialObjectMetadata");
                }
                let next = if at + 1 < self.revisions.len() { (at + 1).to_string() } else { String::new() };
                let items: Vec<Value> = item.into_iter().collect();
                (
                    200,
                    json!({"kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1", "metadata": {"continue": next}, "items": items}),
                )
            }
            Some(path) => match path.strip_prefix("/namespaces/ns/") {
                Some(rest) if rest.starts_with("secrets/") => {
                    let at = (0..self.revisions.len()).find(|at| rest.ends_with(&format!(".v{}", at + 1)));
                    at.map_or_else(none, |at| (200, self.secret(at)))
                }
                Some(rest) => match rest.strip_prefix("configmaps/").and_then(|name| self.maps.get(name)) {
                    Some(map)
                        if call.method == "DELETE" && call.body["preconditions"]["uid"] != map["metadata"]["uid"] =>
                    {
                        status(409, "Conflict", "the UID in the precondition does not match")
                    }
                    Some(map) => (200, map.clone()),
                    None => none(),
                },
                None => none(),
            },
            None => none(),
        }
    }

    fn start(self) -> (Cluster, Calls, Store) {
        let (cluster, calls) = cluster(move |call| self.answer(call));
        let store = Store::new(cluster.client.clone(), Driver::Secret, Some("ns".into()));
        (cluster, calls, store)
    }
}

fn asked(calls: &Arc<Mutex<Vec<Call>>>, method: &str) -> Vec<String> {
    calls.lock().unwrap().iter().filter(|call| call.method == method).map(|call| call.path.clone()).collect()
}

#[tokio::test]
async fn runs_that_only_older_records_know_are_found() {
    let hooks = |pre: &str, gone: &str| {
        [hook("pre", &["pre-install"], &[], pre), hook("gone", &["pre-upgrade"], &["hook-succeeded"], gone)]
    };
    let server =
        Server::new().revision("superseded", &hooks("Succeeded", "")).revision("deployed", &hooks("", "Failed"));
    let (cluster, calls, store) = server.hook_map("pre").start();
    let found = status_of(&cluster, &store, Some("shop"), Scope::Release, Engine::Helm4).await.unwrap();
    assert!(found.errors.is_empty());
    let release = &found.releases[0];
    assert_eq!((release.head.revision, release.stuck.is_none()), (2, true));
    let told = release.hooks.iter().map(|own| {
        let (run, revision) = own.last_run.clone().unwrap();
        let (_, presence, fate) = own.objects[0].clone();
        (own.hook.object.name.clone(), run.phase, revision, matches!(presence, Presence::Present(_)), fate)
    });
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            ("pre".into(), "Succeeded".into(), 1, true, Fate::Stays),
            ("gone".into(), "Failed".into(), 2, false, Fate::AfterNext(crate::hooks::Event::PreUpgrade)),
        ]
    );
    let lists: Vec<String> = asked(&calls, "GET").into_iter().filter(|path| path.contains("/secrets?")).collect();
    assert!(lists.len() == 2 && lists.iter().all(|path| path.contains("limit=")), "{lists:?}");
    let error = status_of(&cluster, &Server::new().start().2, Some("other"), Scope::Release, Engine::Helm4).await;
    assert_eq!(error.unwrap_err().kind, ErrorKind::NotFound);
}

#[tokio::test]
async fn a_damaged_record_is_named_and_not_shown() {
    let (cluster, _, store) = Server::new().damaged().start();
    let found = status_of(&cluster, &store, None, Scope::Namespace, Engine::Helm4).await.unwrap();
    assert_eq!(
        found.errors[0].message,
        "the record of revision 1 of \"shop\" cannot be read: it is not base64 (secrets/sh.helm.release.v1.shop.v1 in ns)"
    );
    assert!(!format!("{found:?}").contains("planted"));
    let found = leftovers::find(&cluster, &store, Some("shop"), None, Scope::Release, Engine::Helm4).await.unwrap();
    assert_eq!((found.found.len(), found.errors.len()), (0, 1));
}

#[tokio::test]
async fn what_nobody_deletes_is_left_over() {
    let first = [hook("old", &["pre-upgrade"], &[], "Succeeded"), hook("plain", &["pre-install"], &[], "Succeeded")];
    let second = [
        hook("install", &["pre-install"], &[], ""),
        hook("again", &["pre-install", "pre-upgrade"], &[], "Succeeded"),
        hook("kept", &["test"], &["hook-failed"], "Succeeded"),
        hook("foreign", &["pre-install"], &[], ""),
    ];
    let server = Server::new().revision("superseded", &first).revision("deployed", &second);
    let server = ["old", "install", "again", "kept"].into_iter().fold(server, Server::hook_map);
    // What is an object of a release by now, and what somebody else has made, is nobody's leftover.
    let server = server.map("plain", &json!({"helm.sh/hook": "x", "meta.helm.sh/release-name": "shop"}));
    let (cluster, calls, store) = server.map("foreign", &json!({})).start();
    let find = async |release| leftovers::find(&cluster, &store, release, None, Scope::Release, Engine::Helm4).await;
    let mut found = find(Some("shop")).await.unwrap().found;
    let told: Vec<_> = found.iter().map(|own| (own.key.name.as_str(), own.revision, own.reason)).collect();
    assert_eq!(
        told,
        [
            ("install", Some(2), Reason::RunsNoMore),
            ("kept", Some(2), Reason::NoPolicy),
            ("old", Some(1), Reason::NoLongerAHook),
        ]
    );
    assert!(asked(&calls, "DELETE").is_empty());
    found[0].object.uid = "an older one".into();
    assert_eq!(leftovers::delete(&cluster, &found[0]).await, Deletion::Another);
    assert_eq!(leftovers::delete(&cluster, &found[1]).await, Deletion::Deleted);
    let paths = asked(&calls, "DELETE");
    assert_eq!(paths.len(), 2);
    assert!(paths[1].starts_with("/api/v1/namespaces/ns/configmaps/kept"), "{paths:?}");
}

#[tokio::test]
async fn an_operation_that_goes_on_keeps_what_it_made() {
    let hooks = [hook("install", &["pre-install"], &[], "Running")];
    let (cluster, _, store) = Server::new().revision("pending-install", &hooks).hook_map("install").start();
    let found = leftovers::find(&cluster, &store, None, None, Scope::Namespace, Engine::Helm4).await.unwrap();
    assert_eq!((found.found.len(), found.busy.len()), (0, 1));
    let found = status_of(&cluster, &store, None, Scope::Namespace, Engine::Helm4).await.unwrap();
    assert_eq!(found.releases[0].stuck.as_ref().unwrap().command, ["uninstall", "shop"]);
    let hooks = [hook("install", &["pre-install"], &[], "Succeeded")];
    let (cluster, _, store) = Server::new().revision("uninstalled", &hooks).hook_map("install").start();
    let found = leftovers::find(&cluster, &store, None, None, Scope::Namespace, Engine::Helm4).await.unwrap();
    assert_eq!(found.found[0].reason, Reason::Uninstalled);
}

#[tokio::test]
async fn a_record_is_written_back_with_all_it_had() {
    let (_, calls, store) = Server::new().revision("deployed", &[]).start();
    let head = store.history("shop").await.unwrap().pop().unwrap();
    let mut stored = store.open(&head).await.unwrap();
    assert_eq!(stored.resource_version(), Some("7"));
    stored.fields.set("info", &json!({"status": "failed"}));
    // The server made of a function has no answer to PUT but the object itself.
    store.write(stored, "failed", jiff::Timestamp::UNIX_EPOCH).await.unwrap();
    let put = calls.lock().unwrap().iter().find(|call| call.method == "PUT").cloned().unwrap();
    assert_eq!(put.body["metadata"]["resourceVersion"], "7");
    assert_eq!(put.body["metadata"]["labels"]["status"], "failed");
    assert_eq!(put.body["metadata"]["labels"]["modifiedAt"], "0");
    let data = base64::engine::general_purpose::STANDARD.decode(put.body["data"]["release"].as_str().unwrap()).unwrap();
    let release = super::release::decode(&data).unwrap();
    assert_eq!((release.status.as_str(), release.apply_method.as_deref()), ("failed", Some("ssa")));
}
