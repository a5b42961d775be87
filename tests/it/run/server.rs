//! An API server in memory: keeps objects, answers reads, writes, lists and watches as the real one does, and fails as it is told to.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use bytes::Bytes;
use helm_hooks::cluster::Cluster;
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, StreamBody, combinators::UnsyncBoxBody};
use kube::client::Body;
use serde_json::{Value, json};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep};
use tower::BoxError;

pub(super) type Answer = Response<UnsyncBoxBody<Bytes, BoxError>>;

/// The namespace of all that is namespaced.
pub(super) const NAMESPACE: &str = "n";
/// When the world begins, by the server's clock.
const BEGIN: i64 = 1_767_225_600;

/// What the server knows.
pub(super) struct State {
    pub(super) begun: Instant,
    pub(super) objects: BTreeMap<String, Value>,
    pub(super) history: Vec<(u64, &'static str, String, Value)>,
    pub(super) version: u64,
    uids: u64,
    /// Versions before this one are forgotten.
    pub(super) oldest: u64,
    /// Every write, with its answer.
    pub(super) writes: Vec<String>,
    pub(super) faults: Vec<Fault>,
    /// How long objects take to vanish, by resource and name.
    pub(super) slow: BTreeMap<String, Option<f64>>,
    pub(super) down_until: Instant,
    pub(super) hangs_until: Instant,
    /// Lines of output by `pod/container`: time in seconds, text.
    pub(super) output: BTreeMap<String, Vec<(f64, String)>>,
    pub(super) kinds: Vec<String>,
}

/// What goes wrong, and how many times.
pub(super) struct Fault {
    pub(super) on: String,
    pub(super) what: Vec<String>,
    pub(super) left: u32,
}

/// The server: cheap to clone.
#[derive(Clone)]
pub(super) struct Server {
    state: Arc<Mutex<State>>,
    /// Rises with every change.
    changed: watch::Sender<u64>,
    /// Rises when open watches and logs are cut.
    pub(super) cut: watch::Sender<u64>,
}

/// A request in parts.
struct Asked {
    path: String,
    query: BTreeMap<String, String>,
    raw: String,
    body: Value,
}

impl Server {
    pub(super) fn new() -> Server {
        let begun = Instant::now();
        let kinds =
            ["v1 ConfigMap configmaps", "v1 Secret secrets", "v1 Pod pods", "v1 ServiceAccount serviceaccounts"];
        let more =
            ["batch/v1 Job jobs", "example.com/v1 Job jobs", "apiextensions.k8s.io/v1 CustomResourceDefinition crds"];
        let state = State {
            begun,
            objects: BTreeMap::new(),
            history: Vec::new(),
            version: 10,
            uids: 0,
            oldest: 0,
            writes: Vec::new(),
            faults: Vec::new(),
            slow: BTreeMap::new(),
            down_until: begun,
            hangs_until: begun,
            output: BTreeMap::new(),
            kinds: kinds.into_iter().chain(more).map(str::to_owned).collect(),
        };
        Server { state: Arc::new(Mutex::new(state)), changed: watch::Sender::new(0), cut: watch::Sender::new(0) }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    pub(super) fn cluster(&self) -> Cluster {
        let server = self.clone();
        let service = tower::service_fn(move |request: Request<Body>| {
            let server = server.clone();
            async move { server.answer(request).await }
        });
        Cluster::new(kube::Client::new(service, NAMESPACE), None, NAMESPACE)
    }

    async fn answer(&self, request: Request<Body>) -> Result<Answer, BoxError> {
        if Instant::now() < self.state().down_until {
            return Err(std::io::Error::from(std::io::ErrorKind::ConnectionRefused).into());
        }
        let (parts, body) = request.into_parts();
        let bytes = body.collect().await?.to_bytes();
        let raw = parts.uri.query().unwrap_or_default().to_owned();
        let pairs = raw.split('&').filter_map(|pair| pair.split_once('='));
        let query = pairs.map(|(key, value)| (key.to_owned(), value.replace("%3D", "=").replace("%3A", ":"))).collect();
        let body = serde_json::from_slice(&bytes).unwrap_or_default();
        let asked = Asked { path: parts.uri.path().to_owned(), query, raw, body };
        let verb = verb(&parts.method, &asked);
        let fault = self.fault(&format!("{verb} {}", place(&asked.path)));
        let pause = self.state().hangs_until;
        tokio::time::sleep_until(pause).await;
        let word = |n: usize| fault.get(n).map(String::as_str).unwrap_or_default();
        match word(0) {
            "" => Ok(self.handle(&verb, asked)),
            // It is done, and nobody hears of it.
            "lost" => {
                self.handle(&verb, asked);
                Err("connection closed before message completed".into())
            }
            // It never comes, and nobody hears of that.
            "unheard" => Err("connection closed before message completed".into()),
            "slow" => {
                sleep(Duration::from_secs_f64(word(1).parse().unwrap())).await;
                Ok(self.handle(&verb, asked))
            }
            "late" => {
                let answer = self.handle(&verb, asked);
                sleep(Duration::from_secs_f64(word(1).parse().unwrap())).await;
                Ok(answer)
            }
            "warn" => {
                let mut answer = self.handle(&verb, asked);
                let text = format!("299 - \"{}\"", fault[1..].join(" "));
                answer.headers_mut().insert(http::header::WARNING, text.parse().unwrap());
                Ok(answer)
            }
            code => {
                let code: u16 = code.parse().unwrap();
                let message = fault[1..].join(" ");
                if matches!(verb.as_str(), "POST" | "PATCH" | "DELETE") {
                    self.state().writes.push(format!("{verb} {} {code}", place(&asked.path)));
                }
                Ok(refusal(code, "", if message.is_empty() { "no" } else { &message }))
            }
        }
    }

    fn fault(&self, request: &str) -> Vec<String> {
        let mut state = self.state();
        let fault = state.faults.iter_mut().find(|fault| {
            let same = fault.on == request || fault.on.strip_suffix('*').is_some_and(|head| request.starts_with(head));
            same && fault.left > 0
        });
        fault.map_or_else(Vec::new, |fault| {
            fault.left -= 1;
            fault.what.clone()
        })
    }

    fn handle(&self, verb: &str, asked: Asked) -> Answer {
        let discovery = asked.path.split('/').count() <= 4 && !asked.path.contains("/namespaces/") && verb == "LIST";
        match verb {
            _ if discovery && self.version_of(&asked.path).is_some() => self.discovery(&asked.path),
            "LOG" => self.log(&asked),
            "WATCH" => self.watch(&asked),
            "LIST" => self.list(&asked),
            "GET" => self.get(&asked.path),
            "DELETE" => self.delete(&asked),
            _ => self.create(verb, asked),
        }
    }

    fn get(&self, path: &str) -> Answer {
        let object = self.state().objects.get(path).cloned();
        object.map_or_else(|| missing(path), |object| self.found(200, &object))
    }

    fn version_of(&self, path: &str) -> Option<String> {
        let version = path.strip_prefix("/apis/").or_else(|| path.strip_prefix("/api/"))?;
        (version.split('/').count() == if path.starts_with("/apis/") { 2 } else { 1 }).then(|| version.to_owned())
    }

    fn discovery(&self, path: &str) -> Answer {
        let version = self.version_of(path).unwrap();
        let state = self.state();
        let kinds = state.kinds.iter().filter_map(|kind| {
            let words: Vec<&str> = kind.split(' ').collect();
            let namespaced = words[2] != "crds";
            (words[0] == version).then(|| {
                json!({"name": words[2], "singularName": "", "namespaced": namespaced, "kind": words[1], "verbs": ["get"]})
            })
        });
        let resources: Vec<Value> = kinds.collect();
        drop(state);
        if resources.is_empty() {
            return refusal(404, "NotFound", "the server could not find the requested resource");
        }
        self.found(200, &json!({"kind": "APIResourceList", "groupVersion": version, "resources": resources}))
    }

    fn create(&self, verb: &str, asked: Asked) -> Answer {
        let wanted = match verb {
            "POST" => "fieldManager=helm",
            _ => "fieldManager=helm&fieldValidation=Strict&force=false",
        };
        assert_eq!(asked.raw, wanted, "the query of a write");
        let mut object = asked.body;
        if verb == "POST" && !object["metadata"]["resourceVersion"].is_null() {
            return refusal(500, "", "resourceVersion should not be set on objects to be created");
        }
        if object["metadata"]["name"].is_null() {
            object["metadata"]["name"] = json!(format!("{}x1", object["metadata"]["generateName"].as_str().unwrap()));
        }
        let name = object["metadata"]["name"].as_str().unwrap().to_owned();
        let path = if verb == "POST" { format!("{}/{name}", asked.path) } else { asked.path.clone() };
        let existing = self.state().objects.get(&path).cloned();
        let code = match (&existing, verb) {
            (Some(_), "POST") => 409,
            (Some(_), _) => 200,
            (None, _) => 201,
        };
        self.state().writes.push(format!("{verb} {} {code}", place(&path)));
        match existing {
            Some(_) if verb == "POST" => {
                refusal(409, "AlreadyExists", &format!("{} already exists", place(&path).replace('/', " \"") + "\""))
            }
            Some(object) => {
                let object = self.put(&path, object);
                self.found(200, &object)
            }
            None => {
                let object = self.born(&path, object);
                self.found(201, &object)
            }
        }
    }

    fn delete(&self, asked: &Asked) -> Answer {
        assert_eq!(asked.body["propagationPolicy"], "Background");
        let existing = self.state().objects.get(&asked.path).cloned();
        let place = place(&asked.path);
        let wanted = asked.body.pointer("/preconditions/uid");
        let code = match &existing {
            None => 404,
            Some(object) if wanted.is_some_and(|uid| *uid != object["metadata"]["uid"]) => 409,
            Some(_) => 200,
        };
        self.state().writes.push(format!("DELETE {place} {code}"));
        let Some(mut object) = existing else { return missing(&asked.path) };
        if code == 409 {
            return refusal(409, "Conflict", "Precondition failed: UID in precondition: a, UID in object meta: b");
        }
        let slow = self.state().slow.get(&place).copied();
        let Some(slow) = slow else {
            self.remove(&asked.path);
            let details = json!({"name": object["metadata"]["name"], "uid": object["metadata"]["uid"]});
            return self.found(200, &json!({"kind": "Status", "status": "Success", "details": details}));
        };
        object["metadata"]["deletionTimestamp"] = json!(self.now());
        let object = self.put(&asked.path, object);
        if let Some(after) = slow {
            let (server, path) = (self.clone(), asked.path.clone());
            tokio::spawn(async move {
                sleep(Duration::from_secs_f64(after)).await;
                server.remove(&path);
            });
        }
        self.found(200, &object)
    }

    /// An object that was not there before.
    pub(super) fn born(&self, path: &str, mut object: Value) -> Value {
        let uid = {
            let mut state = self.state();
            state.uids += 1;
            format!("u{}", state.uids)
        };
        let metadata = &mut object["metadata"];
        metadata["uid"] = json!(uid);
        metadata["namespace"] = json!(NAMESPACE);
        metadata["creationTimestamp"] = json!(self.now());
        if metadata["managedFields"].is_null() {
            metadata["managedFields"] = json!([{"manager": "helm"}]);
        }
        self.write("ADDED", path, object)
    }

    /// A change of an object.
    pub(super) fn put(&self, path: &str, object: Value) -> Value {
        self.write("MODIFIED", path, object)
    }

    /// The end of an object.
    pub(super) fn remove(&self, path: &str) {
        let object = self.state().objects.remove(path);
        if let Some(object) = object {
            self.write("DELETED", path, object);
            self.state().objects.remove(path);
        }
    }

    fn write(&self, how: &'static str, path: &str, mut object: Value) -> Value {
        let mut state = self.state();
        state.version += 1;
        let version = state.version;
        object["metadata"]["resourceVersion"] = json!(version.to_string());
        state.objects.insert(path.to_owned(), object.clone());
        state.history.push((version, how, path.to_owned(), object.clone()));
        drop(state);
        self.changed.send_modify(|changed| *changed += 1);
        object
    }

    fn list(&self, asked: &Asked) -> Answer {
        let state = self.state();
        let below = format!("{}/", asked.path);
        let items = state.objects.iter().filter(|(path, object)| path.starts_with(&below) && asked.selects(object));
        let items: Vec<Value> = items.map(|(_, object)| object.clone()).collect();
        let version = state.version.to_string();
        drop(state);
        self.found(200, &json!({"kind": "List", "metadata": {"resourceVersion": version}, "items": items}))
    }

    fn watch(&self, asked: &Asked) -> Answer {
        let from: u64 = asked.query["resourceVersion"].parse().unwrap_or(0);
        if from < self.state().oldest {
            return self.stream_of([json!({"type": "ERROR", "object": {
                "kind": "Status", "status": "Failure", "code": 410, "reason": "Expired", "message": "too old resource version"}})]);
        }
        let (tell, told) = mpsc::channel(16);
        let (server, below) = (self.clone(), format!("{}/", asked.path));
        let (mut changed, mut cut) = (self.changed.subscribe(), self.cut.subscribe());
        let asked = Asked { path: String::new(), query: asked.query.clone(), raw: String::new(), body: Value::Null };
        cut.mark_unchanged();
        tokio::spawn(async move {
            let mut seen = from;
            loop {
                let news: Vec<_> = {
                    let state = server.state();
                    let new = state
                        .history
                        .iter()
                        .filter(|(version, _, path, _)| *version > seen && path.starts_with(&below));
                    new.filter(|(_, _, _, object)| asked.selects(object)).cloned().collect()
                };
                for (version, how, _, object) in news {
                    seen = version;
                    if tell.send(Ok(format!("{}\n", json!({"type": how, "object": object})))).await.is_err() {
                        return;
                    }
                }
                tokio::select! {
                    biased;
                    done = changed.changed() => if done.is_err() { return },
                    _ = cut.changed() => return,
                    () = tell.closed() => return,
                }
            }
        });
        self.streaming(told)
    }

    fn log(&self, asked: &Asked) -> Answer {
        let pod = asked.path.trim_end_matches("/log").to_owned();
        if !self.state().objects.contains_key(&pod) {
            return missing(&pod);
        }
        let key = format!("{}/{}", pod.rsplit('/').next().unwrap(), asked.query["container"]);
        let stamps = asked.query.contains_key("timestamps");
        let follows = asked.query.get("follow").is_some_and(|value| value == "true");
        let since: Option<jiff::Timestamp> = asked.query.get("sinceTime").map(|text| text.parse().unwrap());
        let (tell, told) = mpsc::channel(16);
        let server = self.clone();
        let (mut changed, mut cut) = (self.changed.subscribe(), self.cut.subscribe());
        cut.mark_unchanged();
        tokio::spawn(async move {
            let mut next = 0;
            loop {
                let (lines, ended) = {
                    let state = server.state();
                    let now = state.begun.elapsed().as_secs_f64();
                    let all = state.output.get(&key).cloned().unwrap_or_default();
                    let due: Vec<_> = all.into_iter().filter(|(time, _)| *time <= now).collect();
                    let status = state.objects.get(&pod).and_then(|pod| pod.pointer("/status/phase").cloned());
                    (due, !status.is_some_and(|phase| phase == "Running"))
                };
                for (time, line) in lines.iter().skip(next) {
                    next += 1;
                    let stamp = time_of(*time);
                    if since.is_some_and(|since| stamp < since) {
                        continue;
                    }
                    let line = if stamps { format!("{stamp} {line}\n") } else { format!("{line}\n") };
                    if tell.send(Ok(line)).await.is_err() {
                        return;
                    }
                }
                if ended || !follows {
                    return;
                }
                tokio::select! {
                    biased;
                    _ = changed.changed() => {}
                    _ = cut.changed() => {
                        let _ = tell.send(Err("cut".into())).await;
                        return;
                    }
                    () = sleep(Duration::from_millis(100)) => {}
                    () = tell.closed() => return,
                }
            }
        });
        self.streaming(told)
    }

    fn stream_of<const N: usize>(&self, events: [Value; N]) -> Answer {
        let (tell, told) = mpsc::channel(N.max(1));
        for event in events {
            tell.try_send(Ok(format!("{event}\n"))).unwrap();
        }
        self.streaming(told)
    }

    fn streaming(&self, told: mpsc::Receiver<Result<String, BoxError>>) -> Answer {
        let frames = futures::stream::unfold(told, |mut told| async move {
            let next = told.recv().await?;
            Some((next.map(|text| http_body::Frame::data(Bytes::from(text))), told))
        });
        Response::new(StreamBody::new(frames).boxed_unsync())
    }

    fn found(&self, code: u16, body: &Value) -> Answer {
        let mut answer =
            Response::new(Full::new(Bytes::from(body.to_string())).map_err(|never| match never {}).boxed_unsync());
        *answer.status_mut() = StatusCode::from_u16(code).unwrap();
        let now = self.state().begun.elapsed().as_secs_f64();
        let date = time_of(now).strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
        answer.headers_mut().insert(http::header::DATE, date.parse().unwrap());
        answer
    }

    /// The time at the server.
    pub(super) fn now(&self) -> String {
        let seconds = self.state().begun.elapsed().as_secs();
        time_of(seconds as f64).to_string()
    }
}

impl Asked {
    fn selects(&self, object: &Value) -> bool {
        let field = self.query.get("fieldSelector").and_then(|text| text.split_once('='));
        let label = self.query.get("labelSelector").and_then(|text| text.split_once('='));
        let is = |pointer: &str, wanted: &str| object.pointer(pointer).and_then(Value::as_str) == Some(wanted);
        field.is_none_or(|(key, value)| is(&format!("/{}", key.replace('.', "/")), value))
            && label.is_none_or(|(key, value)| is(&format!("/metadata/labels/{key}"), value))
    }
}

fn verb(method: &Method, asked: &Asked) -> String {
    match method.as_str() {
        "GET" if asked.path.ends_with("/log") => "LOG".into(),
        "GET" if asked.query.contains_key("watch") => "WATCH".into(),
        "GET" if place(&asked.path).contains('/') => "GET".into(),
        "GET" => "LIST".into(),
        other => other.to_owned(),
    }
}

/// `jobs/a` of a path, `jobs` of a collection.
fn place(path: &str) -> String {
    if let Some((_, rest)) = path.split_once("/namespaces/") {
        return rest.split_once('/').map_or("", |(_, rest)| rest).to_owned();
    }
    let before = if path.starts_with("/apis/") { 3 } else { 2 };
    path.match_indices('/').nth(before).map_or("", |(at, _)| &path[at + 1..]).to_owned()
}

/// The path of `jobs/a`.
pub(super) fn path(place: &str) -> String {
    let group = if place.starts_with("jobs/") { "/apis/batch/v1" } else { "/api/v1" };
    format!("{group}/namespaces/{NAMESPACE}/{place}")
}

fn missing(path: &str) -> Answer {
    refusal(404, "NotFound", &format!("{} not found", place(path)))
}

fn refusal(code: u16, reason: &str, message: &str) -> Answer {
    let status = json!({"kind": "Status", "status": "Failure", "code": code, "reason": reason, "message": message});
    let mut answer =
        Response::new(Full::new(Bytes::from(status.to_string())).map_err(|never| match never {}).boxed_unsync());
    *answer.status_mut() = StatusCode::from_u16(code).unwrap();
    answer
}

fn time_of(seconds: f64) -> jiff::Timestamp {
    jiff::Timestamp::from_second(BEGIN).unwrap() + Duration::from_secs_f64(seconds)
}
