//! Waits until the objects of one hook are ready, tells their state meanwhile, and judges what became of them as each Helm does.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::cluster::error::ClusterError;
use crate::cluster::readiness::{self, Verdict};
use crate::helm::dialect::Engine;
use crate::hooks::Wait;

use super::event::{FailureReason, ObjectState};
use super::observe::Seen;
use super::target::{Made, text};

/// One object that is waited for, and what is known of it.
pub(super) struct Awaited<'a> {
    /// The object.
    pub(super) made: &'a Made,
    /// What it is waited for.
    pub(super) wait: Wait,
    /// Its last state.
    pub(super) object: Value,
    /// The pods of a Job, by uid.
    pub(super) pods: BTreeMap<String, Value>,
    /// What events say of it and its pods.
    pub(super) notes: Vec<(String, String)>,
    /// What was told last.
    told: Option<ObjectState>,
    /// Why it cannot be watched.
    unwatchable: Option<ClusterError>,
}

/// What one news comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum News {
    /// As wanted.
    Ready,
    /// It never will be.
    Failed(FailureReason, String),
    /// It is not there any more, and was not seen to end.
    Vanished {
        /// Another one has its name.
        replaced: bool,
    },
    /// The server does not answer; it is asked again.
    Trouble(ClusterError),
}

impl<'a> Awaited<'a> {
    /// As it was created.
    pub(super) fn new(made: &'a Made, wait: Wait) -> Awaited<'a> {
        Awaited {
            made,
            wait,
            object: made.body.clone(),
            pods: BTreeMap::new(),
            notes: Vec::new(),
            told: None,
            unwatchable: None,
        }
    }

    /// What it has come to, by its last state.
    pub(super) fn verdict(&self) -> Option<News> {
        match readiness::judge(&self.made.target.object, self.wait, &self.object) {
            Verdict::Unfinished => None,
            Verdict::Ready => Some(News::Ready),
            Verdict::Failed(reason, words) if words.is_empty() => Some(News::Failed(FailureReason::Failed, reason)),
            Verdict::Failed(reason, words) => Some(News::Failed(FailureReason::Failed, format!("{reason}: {words}"))),
        }
    }

    /// Takes news of the object itself; `None` when they decide nothing.
    pub(super) fn take(&mut self, seen: Seen, engine: Engine) -> Option<News> {
        let own = |object: &Value| text(object, "/metadata/uid") == self.made.uid;
        match seen {
            Seen::Is(object) if !own(&object) => Some(News::Vanished { replaced: true }),
            Seen::Is(object) => {
                self.object = object;
                let refused = self.unwatchable.take();
                let unwatchable = || refused.map(|error| News::Failed(FailureReason::Unwatchable, error.message));
                self.verdict().or_else(unwatchable)
            }
            // What was there before ours, told late.
            Seen::Deleted(object) if !own(&object) => None,
            Seen::Deleted(object) => {
                self.object = object;
                self.verdict().or(Some(News::Vanished { replaced: false }))
            }
            Seen::Absent => Some(News::Vanished { replaced: false }),
            Seen::Trouble(error) => Some(News::Trouble(error)),
            // Helm 3 lists again and again; Helm 4 fails unless the first list already has it done.
            Seen::Unwatchable(error) => {
                self.unwatchable = (engine == Engine::Helm4).then_some(error);
                None
            }
            Seen::Refused(error) => {
                Some(News::Failed(FailureReason::Unwatchable, format!("it cannot be watched: {}", error.message)))
            }
        }
    }

    /// Takes news of one of its pods; the pod, when it is one.
    pub(super) fn take_pod(&mut self, seen: Seen) -> Option<&Value> {
        let owned = |pod: &Value| {
            let owners = pod.pointer("/metadata/ownerReferences").and_then(Value::as_array);
            owners.is_some_and(|owners| owners.iter().any(|owner| text(owner, "/uid") == self.made.uid))
        };
        match seen {
            Seen::Is(pod) if owned(&pod) => {
                let uid = text(&pod, "/metadata/uid").to_owned();
                self.pods.insert(uid.clone(), pod);
                self.pods.get(&uid)
            }
            Seen::Deleted(pod) => {
                self.pods.remove(text(&pod, "/metadata/uid"));
                None
            }
            _ => None,
        }
    }

    /// Its state now.
    pub(super) fn state(&self) -> ObjectState {
        let pods: Vec<&Value> = self.pods.values().collect();
        readiness::state(self.wait, &self.object, &pods, &self.notes)
    }

    /// Its state, when it is another than the one told last.
    pub(super) fn changed(&mut self) -> Option<ObjectState> {
        let state = self.state();
        if self.told.as_ref() == Some(&state) {
            return None;
        }
        self.told = Some(state.clone());
        Some(state)
    }
}
