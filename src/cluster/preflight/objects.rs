//! Every object that can be created now passes the server's own dry run: schema, admission, quota.
//!
//! What is deleted first may still be there; it is tried under a throw-away name then, so that the old one does not stand in its way.

use std::sync::Arc;

use futures::{StreamExt, stream};
use kube::api::{DynamicObject, Patch, PatchParams, PostParams};
use kube::core::{Request, Resource};
use serde_json::Value;

use crate::hooks::pods::{self, at};
use crate::hooks::{Action, Method, ObjectRef};

use super::super::error::{ClusterError, ErrorKind};
use super::super::kinds::Kind;
use super::super::phase::to_send;
use super::brought::created_before;
use super::{Check, Kinds, Looked, Problem, Remark, Report};

/// So many are tried at once.
const AT_ONCE: usize = 8;
/// The name Helm writes under.
const MANAGER: &str = "helm";
/// What a throw-away name ends with.
const SUFFIX: &str = "-preflight";
/// Kinds whose names are part of what they say.
const NAMED_BY_CONTENT: [&str; 3] = ["APIService", "CustomResourceDefinition", "Namespace"];

/// An object to try.
struct Trial<'a> {
    hook: u32,
    object: &'a Arc<ObjectRef>,
    body: &'a Value,
    kind: &'a Kind,
    method: Method,
    deleted_first: bool,
}

enum Verdict {
    Fine,
    Refused(String, Option<String>),
    Unchecked(String),
}

/// Tries all of them.
pub(super) async fn check(looked: &Looked<'_>, kinds: &Kinds, report: &mut Report) -> Result<(), ClusterError> {
    let trials = trials(looked, kinds, report);
    let answers: Vec<Result<Verdict, ClusterError>> =
        stream::iter(trials.iter().map(|trial| trial.run(looked))).buffered(AT_ONCE).collect().await;
    let mut fine = 0;
    for (trial, answer) in trials.iter().zip(answers) {
        let (hook, object) = (Some(trial.hook), Some(trial.object.clone()));
        match answer? {
            Verdict::Fine => fine += 1,
            Verdict::Refused(message, help) => {
                report.problems.push(Problem { check: Check::DryRun, hook, object, message, help });
            }
            Verdict::Unchecked(message) => {
                report.unchecked.push(Remark { check: Check::DryRun, hook, object, message });
            }
        }
    }
    report.dry_runs = Some(fine);
    Ok(())
}

fn trials<'a>(looked: &'a Looked<'_>, kinds: &'a Kinds, report: &mut Report) -> Vec<Trial<'a>> {
    let mut trials = Vec::new();
    let hooks = looked.phase.plan.hooks.iter().zip(&looked.phase.hooks);
    for (planned, sent) in hooks.filter(|(planned, _)| looked.runs(planned.order)) {
        if planned.hook.certain_failure(looked.phase.engine).is_some() {
            continue;
        }
        for (object, body) in planned.hook.objects.iter().zip(&sent.bodies) {
            let hook = planned.order;
            let Some(kind) = kinds.get(&(object.api_version.clone(), object.kind.clone())) else { continue };
            let namespace = looked.namespace(object);
            let unchecked = if created_before(looked.phase, object, hook) {
                Some("an earlier hook creates the same object".to_owned())
            } else {
                let bringer = looked.brought.earlier("Namespace", namespace, "", hook).filter(|_| kind.namespaced);
                bringer.map(|bringer| format!("its namespace is brought by {bringer}"))
            };
            if let Some(message) = unchecked {
                let object = Some(object.clone());
                report.unchecked.push(Remark { check: Check::DryRun, hook: Some(hook), object, message });
                continue;
            }
            let deleted_first =
                looked.phase.plan.steps.iter().any(|step| {
                    step.hook <= hook && matches!(step.action, Action::Delete(_)) && step.object == *object
                });
            trials.push(Trial { hook, object, body, kind, method: looked.phase.method, deleted_first });
        }
    }
    trials
}

impl Trial<'_> {
    async fn run(&self, looked: &Looked<'_>) -> Result<Verdict, ClusterError> {
        let namespace = self.kind.namespace(self.object.namespace.as_deref(), &looked.phase.release.namespace);
        let path = DynamicObject::url_path(&self.kind.resource, namespace);
        let renamed = self.deleted_first && self.exists(looked, &path).await?;
        if renamed && NAMED_BY_CONTENT.contains(&self.object.kind.as_str()) {
            return Ok(Verdict::Unchecked("it exists, and can have no other name for a trial".to_owned()));
        }
        let mut body = to_send(self.body, self.method).into_owned();
        let mut name = self.object.name.clone();
        if renamed {
            name = throw_away(&name);
            if let Some(slot) = body.pointer_mut("/metadata/name") {
                *slot = Value::from(name.clone());
            }
        }
        match self.send(looked, &path, &name, &body).await {
            Ok(()) => Ok(Verdict::Fine),
            Err(error) => self.judge(looked, error, renamed),
        }
    }

    async fn exists(&self, looked: &Looked<'_>, path: &str) -> Result<bool, ClusterError> {
        let request = Request::new(path).get(&self.object.name, &Default::default());
        let request = request.map_err(|e| ClusterError::new(ErrorKind::Invalid, e.to_string()))?;
        match looked.cluster.client.request::<Value>(request).await.map_err(ClusterError::from) {
            Ok(_) => Ok(true),
            Err(error) => match error.kind {
                ErrorKind::NotFound => Ok(false),
                // Under another name it passes either way.
                ErrorKind::Forbidden => Ok(true),
                _ => Err(error),
            },
        }
    }

    async fn send(&self, looked: &Looked<'_>, path: &str, name: &str, body: &Value) -> Result<(), ClusterError> {
        let request = Request::new(path);
        let built = match self.method {
            Method::Post => {
                let parameters = PostParams { dry_run: true, field_manager: Some(MANAGER.to_owned()) };
                request.create(&parameters, body.to_string().into_bytes())
            }
            Method::Apply => {
                let parameters = PatchParams::apply(MANAGER).dry_run().validation_strict();
                request.patch(name, &parameters, &Patch::Apply(body))
            }
        };
        let built = built.map_err(|e| ClusterError::new(ErrorKind::Invalid, e.to_string()))?;
        looked.cluster.client.request::<Value>(built).await?;
        Ok(())
    }

    /// What the server's refusal means: not every one is one of the real request.
    fn judge(&self, looked: &Looked<'_>, error: ClusterError, renamed: bool) -> Result<Verdict, ClusterError> {
        let message = words(&error.message, self.object);
        let refused = matches!(
            error.kind,
            ErrorKind::Forbidden
                | ErrorKind::NotFound
                | ErrorKind::AlreadyExists
                | ErrorKind::Conflict
                | ErrorKind::Invalid
        ) || (error.kind == ErrorKind::Server && !error.kind.is_passing());
        if !refused && error.kind != ErrorKind::Server {
            return Err(error);
        }
        if message.contains("does not support dry run") {
            return Ok(Verdict::Unchecked("an admission webhook allows no dry run".to_owned()));
        }
        if renamed && (message.contains("exceeded quota") || message.contains("already allocated")) {
            return Ok(Verdict::Unchecked(
                "the old object, which is deleted first, stands in the way of a trial".to_owned(),
            ));
        }
        if let Some(bringer) = self.bringer(looked).filter(|_| error.kind != ErrorKind::AlreadyExists) {
            return Ok(Verdict::Unchecked(format!("it needs what {bringer} brings: {message}")));
        }
        let help = (error.kind == ErrorKind::AlreadyExists).then(|| {
            let delete = format!("kubectl delete {} {}", self.object.kind.to_lowercase(), self.object.name);
            let place = looked.namespace(self.object);
            format!(
                "No delete policy removes it before the hook runs. Delete it if it is not needed: {delete} -n {place}"
            )
        });
        Ok(Verdict::Refused(message, help))
    }

    /// An earlier hook that brings something this object names.
    fn bringer<'l>(&self, looked: &'l Looked<'_>) -> Option<&'l str> {
        let namespace = looked.namespace(self.object);
        let earlier = |kind: &str, name: &str| looked.brought.earlier(kind, name, namespace, self.hook);
        let text = |path: &[&str]| at(self.body, path).and_then(Value::as_str).unwrap_or_default();
        let role = earlier(text(&["roleRef", "kind"]), text(&["roleRef", "name"]));
        let spec = pods::template(self.body, &self.object.kind).and_then(|template| pods::Tree::get(template, "spec"));
        let names = spec.map(pods::names).unwrap_or_default();
        role.or_else(|| names.iter().find_map(|named| earlier(named.kind, named.name.as_str()?)))
    }
}

/// A name that is as long as one may be and not taken.
fn throw_away(name: &str) -> String {
    let head: String = name.chars().take(63 - SUFFIX.len() - 7).collect();
    let clock = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    format!("{}{SUFFIX}-{:06x}", head.trim_end_matches(['-', '.']), clock.subsec_nanos() & 0xff_ffff)
}

/// The server's words, without what a Secret holds: decoding errors quote what they stumbled over.
fn words(message: &str, object: &ObjectRef) -> String {
    let message = message.replace('\n', " ");
    if object.kind != "Secret" {
        return message;
    }
    let end = ["error found in #", "Invalid value:", "illegal base64", ", got "]
        .iter()
        .filter_map(|mark| message.find(mark))
        .min();
    match end {
        Some(end) => format!("{} (the rest is not shown)", message.split_at(end).0.trim_end_matches([' ', ',', ':'])),
        None => message,
    }
}
