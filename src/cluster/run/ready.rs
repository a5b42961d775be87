//! Waits until the objects of one hook are ready, tells their state meanwhile, and judges what became of them as each Helm does.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::cluster::error::ClusterError;
use crate::cluster::readiness::{self, Verdict};
use crate::helm::dialect::Engine;
use crate::hooks::Wait;

use super::diagnosis::{is_owned, newest_first};
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
    pods: BTreeMap<String, Value>,
    /// What events say of it and its pods.
    notes: Vec<(String, String)>,
    /// True when pods cannot be looked at.
    pub(super) pods_refused: bool,
    /// The pods whose events are followed.
    asked: BTreeSet<String>,
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
            pods_refused: false,
            asked: BTreeSet::new(),
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

    /// Takes news of one of its pods; the pod, when it is one. That they cannot be looked at is told.
    pub(super) fn take_pod(&mut self, seen: Seen, refused: impl Fn(&str)) -> Option<&Value> {
        match seen {
            Seen::Is(pod) if is_owned(&pod, &self.made.uid) => {
                let uid = text(&pod, "/metadata/uid").to_owned();
                self.pods.insert(uid.clone(), pod);
                self.pods.get(&uid)
            }
            Seen::Deleted(pod) => {
                self.pods.remove(text(&pod, "/metadata/uid"));
                None
            }
            Seen::Refused(error) => {
                self.pods_refused = true;
                refused(&error.message);
                None
            }
            _ => None,
        }
    }

    /// Takes an event of the object or of one of its pods.
    pub(super) fn take_event(&mut self, seen: &Seen) {
        let Seen::Is(event) = seen else { return };
        if text(event, "/type") == "Warning" {
            let note = (text(event, "/reason").to_owned(), text(event, "/message").trim().replace('\n', " "));
            self.notes.retain(|other| *other != note);
            self.notes.push(note);
        }
    }

    /// The uids of pods whose events have not been asked for yet and may say why they do not run.
    pub(super) fn quiet_pods(&mut self) -> Vec<String> {
        let waiting = |pod: &Value| text(pod, "/status/phase") == "Pending";
        let quiet = self.pods.iter().filter(|(uid, pod)| waiting(pod) && !self.asked.contains(*uid));
        let quiet: Vec<String> = quiet.map(|(uid, _)| uid.clone()).collect();
        self.asked.extend(quiet.iter().cloned());
        quiet
    }

    /// The pods it is known to have, newest first; `None` when it may have others.
    pub(super) fn all_pods(&self) -> Option<Vec<Value>> {
        let mut pods: Vec<Value> = match self.wait {
            Wait::Created => Vec::new(),
            Wait::Succeeded => vec![self.object.clone()],
            Wait::Complete => self.pods.values().cloned().collect(),
        };
        newest_first(&mut pods);
        (!self.may_have_other_pods()).then_some(pods)
    }

    /// True unless every pod that a Job counts is known and has ended.
    pub(super) fn may_have_other_pods(&self) -> bool {
        if self.wait != Wait::Complete || self.pods_refused {
            return false;
        }
        let count = |name: &str| self.object.pointer(&format!("/status/{name}")).and_then(Value::as_u64).unwrap_or(0);
        let ended = |pod: &Value| matches!(text(pod, "/status/phase"), "Succeeded" | "Failed");
        let counted = usize::try_from(count("succeeded") + count("failed")).unwrap_or(usize::MAX);
        counted == 0 || count("active") > 0 || self.pods.len() < counted || !self.pods.values().all(ended)
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
