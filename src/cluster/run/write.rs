//! Creates and deletes, with Helm's requests. A write whose answer was lost is never repeated blindly: a look tells what became of it.

use std::time::Duration;

use http::Method as Verb;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep, timeout};

use crate::cluster::error::{ClusterError, ErrorKind};
use crate::cluster::phase::to_send;
use crate::hooks::{CRD, Method};

use super::event::Warning;
use super::request::{Answer, Refused, send};
use super::target::{Target, text};

/// How long one attempt may take: an API server that pauses for twenty seconds and goes on is waited for.
const ATTEMPT: Duration = Duration::from_secs(30);
/// How long a look may take.
pub(super) const LOOK: Duration = Duration::from_secs(10);
/// Credentials that were renewed a moment ago are taken up within this time.
const UNAUTHORIZED: Duration = Duration::from_secs(90);

/// Sends writes until they are done, refused, or too late.
pub(super) struct Writer<'a> {
    /// The client.
    pub(super) client: &'a kube::Client,
    /// When to give up.
    pub(super) until: Option<Instant>,
    /// Takes what a reader should know.
    pub(super) warn: &'a dyn Fn(Warning),
}

/// What a creation came to.
pub(super) struct Created {
    /// As the server answered.
    pub(super) body: Value,
    /// True when an apply met it.
    pub(super) existed: bool,
}

/// What a deletion came to.
pub(super) struct Deleted {
    /// False when there was nothing to delete.
    pub(super) existed: bool,
    /// The uid of what was deleted, where the server says so.
    pub(super) uid: Option<String>,
    /// True when another object lives under that name.
    pub(super) replaced: bool,
}

/// How long to wait before asking again: more each time.
pub(super) struct Backoff(Duration);

impl Backoff {
    /// Begins with a short one.
    pub(super) fn new() -> Backoff {
        Backoff(Duration::from_millis(100))
    }

    /// The next one.
    pub(super) fn next(&mut self) -> Duration {
        let now = self.0;
        self.0 = (now * 2).min(Duration::from_secs(2));
        now
    }
}

impl Writer<'_> {
    /// Creates an object, or applies it.
    pub(super) async fn create(&self, target: &Target, body: &Value, method: Method) -> Result<Created, ClusterError> {
        let path = match method {
            Method::Post => format!("{}?fieldManager=helm", target.collection),
            Method::Apply => format!("{}?fieldManager=helm&fieldValidation=Strict&force=false", target.path()),
        };
        let (verb, kind) = match method {
            Method::Post => (Verb::POST, "application/json"),
            Method::Apply => (Verb::PATCH, "application/apply-patch+yaml"),
        };
        let body = &*to_send(body, method);
        let mut trial = Trial::new(self);
        loop {
            trial.begin();
            let answer = match timeout(ATTEMPT, send(self.client, verb.clone(), &path, kind, Some(body))).await {
                Ok(Ok(answer)) => {
                    self.pass_on(&answer, target);
                    return Ok(Created { existed: method == Method::Apply && answer.code == 200, body: answer.body });
                }
                Ok(Err(refused)) => refused,
                Err(_) => no_answer(),
            };
            let met = answer.error.kind == ErrorKind::AlreadyExists && trial.lost.is_some();
            if !met {
                trial.again(&answer).await?;
            }
            if let Some(since) = trial.lost {
                // Without a name there is nothing to look for, and a second one must not come to be.
                if target.object.name.is_empty() {
                    return Err(answer.error);
                }
                if let Some(body) = self.ours(target, since, &mut trial).await? {
                    let message = format!("the answer was lost; {} has been created", target.shown());
                    (self.warn)(Warning { code: Warning::FOUND_AFTER_LOSS, message });
                    return Ok(Created { body, existed: false });
                }
            }
            if met {
                return Err(answer.error);
            }
        }
    }

    /// Deletes an object as Helm does; only this one where its uid is known.
    pub(super) async fn delete(&self, target: &Target, uid: Option<&str>) -> Result<Deleted, ClusterError> {
        let mut options = json!({"kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": "Background"});
        if let Some(uid) = uid {
            options["preconditions"] = json!({"uid": uid});
        }
        let path = target.path();
        let gone = Deleted { existed: false, uid: uid.map(str::to_owned), replaced: false };
        let mut trial = Trial::new(self);
        loop {
            trial.begin();
            let request = send(self.client, Verb::DELETE, &path, "application/json", Some(&options));
            let refused = match timeout(ATTEMPT, request).await {
                Ok(Ok(answer)) => {
                    self.pass_on(&answer, target);
                    let known = [text(&answer.body, "/metadata/uid"), text(&answer.body, "/details/uid")];
                    let uid = known.into_iter().find(|uid| !uid.is_empty()).or(uid).map(str::to_owned);
                    return Ok(Deleted { existed: true, uid, replaced: false });
                }
                Ok(Err(refused)) => refused,
                Err(_) => no_answer(),
            };
            match refused.error.kind {
                // After a lost answer that is what the lost request did.
                ErrorKind::NotFound => return Ok(Deleted { existed: trial.lost.is_some(), ..gone }),
                ErrorKind::Conflict if uid.is_some() && refused.error.message.contains("recondition") => {
                    return Ok(Deleted { replaced: true, ..gone });
                }
                _ => trial.again(&refused).await?,
            }
            if trial.lost.is_some() && uid.is_none() {
                match self.look(target, &mut trial).await? {
                    None => return Ok(Deleted { existed: true, ..gone }),
                    Some(answer) if answer.body.pointer("/metadata/deletionTimestamp").is_some() => {
                        let uid = Some(text(&answer.body, "/metadata/uid").to_owned());
                        return Ok(Deleted { existed: true, uid, replaced: false });
                    }
                    Some(_) => {}
                }
            }
        }
    }

    /// The object that is there, when it can only be ours.
    async fn ours(
        &self,
        target: &Target,
        since: Instant,
        trial: &mut Trial<'_>,
    ) -> Result<Option<Value>, ClusterError> {
        let Some(answer) = self.look(target, trial).await? else { return Ok(None) };
        Ok(is_ours(&answer, since.elapsed()).then_some(answer.body))
    }

    /// What is there; `None` when nothing is. Asks until there is an answer.
    async fn look(&self, target: &Target, trial: &mut Trial<'_>) -> Result<Option<Answer>, ClusterError> {
        loop {
            let refused = match timeout(LOOK, send(self.client, Verb::GET, &target.path(), "", None)).await {
                Ok(Ok(answer)) => return Ok(Some(answer)),
                Ok(Err(refused)) if refused.error.kind == ErrorKind::NotFound => return Ok(None),
                Ok(Err(refused)) => refused,
                Err(_) => no_answer(),
            };
            let lost = trial.lost;
            trial.again(&refused).await?;
            trial.lost = lost;
        }
    }

    fn pass_on(&self, answer: &Answer, target: &Target) {
        for message in &answer.warnings {
            (self.warn)(Warning { code: Warning::API_WARNING, message: scrub(message, target, None) });
        }
    }
}

/// One write and all its attempts.
struct Trial<'a> {
    writer: &'a Writer<'a>,
    backoff: Backoff,
    first: Instant,
    sent: Instant,
    /// Since when an answer is missing.
    lost: Option<Instant>,
    told: bool,
}

impl<'a> Trial<'a> {
    fn new(writer: &'a Writer<'a>) -> Trial<'a> {
        let now = Instant::now();
        Trial { writer, backoff: Backoff::new(), first: now, sent: now, lost: None, told: false }
    }

    fn begin(&mut self) {
        self.sent = Instant::now();
    }

    /// Waits before the next attempt, where there is one.
    async fn again(&mut self, refused: &Refused) -> Result<(), ClusterError> {
        let passing = match refused.error.kind {
            ErrorKind::Unauthorized => self.first.elapsed() < UNAUTHORIZED,
            kind => kind.is_passing(),
        };
        let pause = self.backoff.next();
        if !passing || self.writer.until.is_some_and(|until| Instant::now() + pause >= until) {
            return Err(refused.error.clone());
        }
        if !refused.undone {
            self.lost.get_or_insert(self.sent);
        }
        if !self.told {
            self.told = true;
            (self.writer.warn)(retrying(&refused.error));
        }
        sleep(pause).await;
        Ok(())
    }
}

/// That the server is asked again.
pub(super) fn retrying(error: &ClusterError) -> Warning {
    Warning { code: Warning::RETRY, message: format!("trying again: {error}") }
}

pub(super) fn no_answer() -> Refused {
    let error = ClusterError::new(ErrorKind::Unreachable, "the API server does not answer");
    Refused { error, undone: false }
}

/// An object is ours when Helm's name stands on it and it is not older than our request, both by the server's own clock.
fn is_ours(answer: &Answer, since: Duration) -> bool {
    let born = text(&answer.body, "/metadata/creationTimestamp").parse::<jiff::Timestamp>();
    let (Ok(born), Some(now)) = (born, answer.date) else { return false };
    let managers = answer.body.pointer("/metadata/managedFields").and_then(Value::as_array);
    let by_helm = managers.is_some_and(|managers| managers.iter().any(|field| text(field, "/manager") == "helm"));
    // Both clocks count whole seconds.
    let age = u64::try_from(now.saturating_sub(born.as_second())).unwrap_or(0);
    by_helm && age <= since.as_secs() + 1
}

/// A server's words without anything that was sent in a Secret. Decoding errors quote what they stumbled over.
pub(super) fn scrub(message: &str, target: &Target, body: Option<&Value>) -> String {
    let message = message.replace('\n', " ");
    if target.object.kind != "Secret" || !target.object.group().is_empty() {
        return message;
    }
    // What follows is a piece of what was sent, or all of it in Go's own way to print.
    let mut message = match ["error found in #", ", got "].iter().filter_map(|mark| message.find(mark)).min() {
        Some(at) => message[..at].trim_end().trim_end_matches(',').to_owned(),
        None => message,
    };
    for value in ["data", "stringData"].into_iter().filter_map(|key| body?.get(key)) {
        hide(value, &mut message);
    }
    message
}

/// Hides every value, however deep: what a Secret holds may be of a shape that no Secret has.
fn hide(value: &Value, message: &mut String) {
    match value {
        Value::Object(table) => table.values().for_each(|value| hide(value, message)),
        Value::Array(list) => list.iter().for_each(|value| hide(value, message)),
        Value::Null => {}
        _ => {
            let shown = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            for line in shown.lines().filter(|line| !line.is_empty()) {
                *message = message.replace(line, "***");
            }
        }
    }
}

/// True for the kind whose hooks bring kinds.
pub(super) fn brings_kinds(target: &Target) -> bool {
    target.object.kind == CRD
}
