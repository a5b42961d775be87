//! Writes what a run did into the record of the release, as Helm does: `Running` right before a hook is created, how it ended with the
//! next write, the last of which comes when all is over.
//!
//! Everything else in the record stays byte for byte. Each write is guarded by the version that was read: what somebody else has
//! written meanwhile is never undone. A write that fails stops nothing, as in Helm; the next one says all that it would have said.
//! Mirrors `execHook` in `pkg/action/hooks.go` of both versions.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use futures::FutureExt;
use futures::future::LocalBoxFuture;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use crate::helm::dialect::Engine;
use crate::hooks::{DeletePolicy, Hook};

use super::error::{ClusterError, ErrorKind};
use super::phase::Phase;
use super::release::{RecordHead, Store};
use super::run::{HookOutcome, Journal, Outcome, RunEvent};

/// What became of one hook, for the record.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Mark {
    phase: &'static str,
    started: Timestamp,
    completed: Option<Timestamp>,
}

/// Follows a run and writes it down.
pub struct Recorder<'a> {
    store: &'a Store,
    head: &'a RecordHead,
    engine: Engine,
    /// The manifest and the place in the record of each hook, by its order.
    hooks: BTreeMap<u32, Arc<Hook>>,
    manifests: BTreeMap<u32, String>,
    marks: RefCell<BTreeMap<u32, Mark>>,
}

impl Journal for Recorder<'_> {
    fn begins(&self, hook: u32) -> LocalBoxFuture<'_, Result<(), ClusterError>> {
        let now = Timestamp::now();
        self.begin(hook, now);
        self.write(now).boxed_local()
    }
}

impl<'a> Recorder<'a> {
    /// For a phase whose hooks are from the record of a head.
    pub fn new(store: &'a Store, head: &'a RecordHead, phase: &Phase) -> Recorder<'a> {
        let planned = || phase.plan.hooks.iter().zip(&phase.hooks);
        Recorder {
            store,
            head,
            engine: phase.engine,
            hooks: planned().map(|(planned, _)| (planned.order, planned.hook.clone())).collect(),
            manifests: planned().map(|(planned, sent)| (planned.order, sent.manifest.clone())).collect(),
            marks: RefCell::default(),
        }
    }

    /// Notes what an event means.
    pub fn note(&self, now: Timestamp, event: &RunEvent) {
        let mut marks = self.marks.borrow_mut();
        match event {
            // A hook that was not about to be created keeps its former phase.
            RunEvent::HookEnded { hook, outcome, .. } => {
                if let Some(mark) = marks.get_mut(hook) {
                    mark.phase = if *outcome == HookOutcome::Succeeded { "Succeeded" } else { "Failed" };
                    mark.completed = Some(now);
                }
            }
            RunEvent::Finished { outcome: Outcome::Interrupted { hook: Some(hook) }, .. } => {
                if let Some(mark) = marks.get_mut(hook).filter(|mark| mark.completed.is_none()) {
                    mark.phase = "Unknown";
                }
            }
            _ => {}
        }
    }

    /// Writes how it all ended.
    ///
    /// # Errors
    /// When that was not possible: the record is as the last write left it.
    pub async fn finish(&self) -> Result<(), ClusterError> {
        if self.marks.borrow().is_empty() {
            return Ok(());
        }
        self.write(Timestamp::now()).await
    }

    fn begin(&self, hook: u32, now: Timestamp) {
        self.marks.borrow_mut().insert(hook, Mark { phase: "Running", started: now, completed: None });
    }

    async fn write(&self, now: Timestamp) -> Result<(), ClusterError> {
        let mut tries = 0;
        loop {
            let mut stored = self.store.open(self.head).await?;
            let text = stored.fields.get("hooks").unwrap_or("[]");
            let mut hooks: Vec<Value> = serde_json::from_str(text).map_err(|_| unreadable())?;
            self.mark(&mut hooks);
            stored.fields.set("hooks", &Value::Array(hooks));
            let info: Value =
                serde_json::from_str(stored.fields.get("info").unwrap_or("{}")).map_err(|_| unreadable())?;
            let status = info.get("status").and_then(Value::as_str).unwrap_or(&self.head.status).to_owned();
            match self.store.write(stored, &status, now).await {
                // Somebody was faster: the marks are put onto what is there now.
                Err(error) if error.kind == ErrorKind::Conflict && tries < 3 => tries += 1,
                Err(error) if error.kind.is_passing() && tries < 5 => {
                    tries += 1;
                    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
                }
                other => return other,
            }
        }
    }

    /// Puts the marks where the hooks stand in the record. Of a hook that runs twice for one event the later run counts.
    fn mark(&self, hooks: &mut [Value]) {
        let marks = self.marks.borrow();
        for (order, hook) in &self.hooks {
            let (Some(mark), Some(manifest)) = (marks.get(order), self.manifests.get(order)) else { continue };
            let of = |stored: &&mut Value| {
                let text = |key: &str| stored.get(key).and_then(Value::as_str).unwrap_or_default();
                text("name") == hook.object.name && text("kind") == hook.object.kind && text("manifest") == manifest
            };
            let Some(Value::Object(stored)) = hooks.iter_mut().find(of) else { continue };
            stored.insert("last_run".to_owned(), self.last_run(mark));
            if hook.delete_policies.defaulted {
                let default = Value::from(vec![DeletePolicy::BeforeHookCreation.name()]);
                stored.insert("delete_policies".to_owned(), default);
            }
        }
    }

    fn last_run(&self, mark: &Mark) -> Value {
        let mut run = Map::new();
        run.insert("started_at".to_owned(), Value::from(time(mark.started)));
        match (mark.completed, self.engine) {
            (Some(completed), _) => {
                run.insert("completed_at".to_owned(), Value::from(time(completed)));
            }
            // Helm 3 writes no time as an empty text, Helm 4 not at all.
            (None, Engine::Helm3) => {
                run.insert("completed_at".to_owned(), Value::from(""));
            }
            (None, Engine::Helm4) => {}
        }
        run.insert("phase".to_owned(), Value::from(mark.phase));
        Value::Object(run)
    }
}

/// RFC 3339 with nanoseconds and the zone of this machine, as Go writes times.
fn time(at: Timestamp) -> String {
    let zoned = at.to_zoned(TimeZone::system());
    let text = zoned.strftime("%Y-%m-%dT%H:%M:%S%.f%:z").to_string();
    text.strip_suffix("+00:00").map(|text| format!("{text}Z")).unwrap_or(text)
}

fn unreadable() -> ClusterError {
    ClusterError::new(ErrorKind::Other, "the record of the release cannot be read")
}

#[cfg(test)]
mod tests;
