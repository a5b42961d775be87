//! What a run does at its end: Helm's deletions after a success or a failure, taking back after an interrupt, a look at what exists.

use std::sync::Arc;
use std::time::Duration;

use futures::{StreamExt, stream};
use tokio::time::timeout;

use crate::cluster::error::ErrorKind;
use crate::hooks::{DeletePolicy, ObjectRef, PlannedHook};

use super::event::{RunEvent, Warning};
use super::observe::ask;
use super::runner::{Runner, Stop};
use super::target::{Made, Target, text};
use super::write::Writer;

/// How long a run goes on with what it owes after its end.
const FAREWELL: Duration = Duration::from_secs(10);
/// How many objects are asked for at once.
const AT_ONCE: usize = 16;

impl Runner<'_> {
    /// The deletions of one hook after all have succeeded.
    pub(super) async fn after_success(&mut self, planned: &PlannedHook) -> Result<(), Stop> {
        self.output_logs(planned, DeletePolicy::HookSucceeded).await?;
        self.delete_by(planned, DeletePolicy::HookSucceeded).await
    }

    /// What is deleted when a hook has failed: the hook itself, then the earlier ones in the order they ran. An error ends it.
    pub(super) async fn after_failure(&mut self, failed: &PlannedHook, succeeded: &[&PlannedHook]) -> Result<(), Stop> {
        self.output_logs(failed, DeletePolicy::HookFailed).await?;
        let warn = |this: &Self, order, stop| match stop {
            Stop::Interrupted => Err(Stop::Interrupted),
            Stop::Failed(failure) => {
                this.warn(order, Warning { code: Warning::CLEAN_UP_FAILED, message: failure.message });
                Ok(())
            }
        };
        if let Err(stop) = self.delete_by(failed, DeletePolicy::HookFailed).await {
            warn(self, failed.order, stop)?;
        }
        for planned in succeeded {
            if let Err(stop) = self.delete_by(planned, DeletePolicy::HookSucceeded).await {
                return warn(self, planned.order, stop);
            }
        }
        Ok(())
    }

    async fn delete_by(&mut self, planned: &PlannedHook, policy: DeletePolicy) -> Result<(), Stop> {
        if planned.hook.deleted_by(policy).next().is_none() {
            return Ok(());
        }
        let targets = self.targets(planned).await?;
        self.delete_all(planned.order, &targets, policy, true).await
    }

    /// Deletes what this run created, newest first, and nothing else.
    pub(super) async fn withdraw(&mut self) {
        let until = Some(tokio::time::Instant::now() + FAREWELL);
        let mine: Vec<usize> =
            (0..self.made.len()).rev().filter(|&at| self.made.get(at).is_some_and(is_ours)).collect();
        for at in mine {
            let Some(made) = self.made.get(at) else { continue };
            let (order, target, uid) = (made.hook, made.target.clone(), made.uid.clone());
            let warn = |warning| self.warn(order, warning);
            let writer = Writer { client: &self.cluster.client, until, warn: &warn };
            match timeout(FAREWELL, writer.delete(&target, Some(&uid))).await {
                Ok(Ok(deleted)) => {
                    let existed = deleted.existed && !deleted.replaced;
                    (self.say)(RunEvent::Withdrawn { hook: order, object: target.object.clone(), existed });
                    if let Some(made) = self.made.get_mut(at) {
                        made.deleted = true;
                    }
                }
                Ok(Err(error)) => self.not_withdrawn(order, &target, &error.message),
                Err(_) => self.not_withdrawn(order, &target, "the API server does not answer"),
            }
        }
    }

    fn not_withdrawn(&self, order: u32, target: &Target, why: &str) {
        let message = format!("{} could not be deleted: {why}", target.shown());
        self.warn(order, Warning { code: Warning::CLEAN_UP_FAILED, message });
    }

    /// What exists of everything that was created. Where the server does not say, what was not deleted counts as there.
    pub(super) async fn exists(&self) -> Vec<Arc<ObjectRef>> {
        let mut candidates: Vec<&Made> = Vec::new();
        for made in self.made.iter().filter(|made| !made.gone) {
            // The same object, applied twice, is one object.
            if !candidates.iter().any(|other| other.uid == made.uid && !made.uid.is_empty()) {
                candidates.push(made);
            }
        }
        let until = tokio::time::Instant::now() + FAREWELL;
        let asked = candidates.into_iter().map(|made| async move {
            let there = match tokio::time::timeout_at(until, ask(&self.cluster.client, &made.target.path())).await {
                Ok(Ok(object)) => text(&object, "/metadata/uid") == made.uid,
                Ok(Err(error)) if error.kind == ErrorKind::NotFound => false,
                Ok(Err(_)) | Err(_) => !made.deleted,
            };
            there.then(|| made.target.object.clone())
        });
        stream::iter(asked).buffered(AT_ONCE).filter_map(|there| async move { there }).collect().await
    }
}

/// True for an object that would not be there without this run.
fn is_ours(made: &Made) -> bool {
    !made.existed && !made.deleted
}
