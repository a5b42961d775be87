//! What a run says while it goes on. One event is one line of `run -o json`; every printer is a consumer of these.

use std::sync::Arc;
use std::time::Duration;

use crate::hooks::{DeletePolicy, Method, ObjectRef, Wait};

/// Something that happened. `hook` is always [`crate::hooks::PlannedHook::order`], from 1.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum RunEvent {
    /// A hook begins.
    HookStarted {
        /// Which.
        hook: u32,
    },
    /// A deletion was accepted by the server, or there was nothing to delete.
    Deleted {
        /// For which hook.
        hook: u32,
        /// What was deleted.
        object: Arc<ObjectRef>,
        /// Why.
        reason: DeletePolicy,
        /// False when there was no such object.
        existed: bool,
    },
    /// Deleted because the run was interrupted and is to leave nothing of its own.
    Withdrawn {
        /// For which hook it was created.
        hook: u32,
        /// Which object.
        object: Arc<ObjectRef>,
        /// False when there was no such object any more.
        existed: bool,
    },
    /// A deleted object is gone.
    Gone {
        /// For which hook.
        hook: u32,
        /// Which object.
        object: Arc<ObjectRef>,
        /// How long that took.
        waited: Duration,
    },
    /// An object was created, or changed by an apply.
    Created {
        /// For which hook.
        hook: u32,
        /// Which object; with the server's name when that was generated.
        object: Arc<ObjectRef>,
        /// How.
        method: Method,
        /// True when an apply met an object that was there already.
        existed: bool,
        /// Its uid.
        uid: String,
    },
    /// What is waited for has changed its state.
    Waiting {
        /// For which hook.
        hook: u32,
        /// Which object.
        object: Arc<ObjectRef>,
        /// What it is waited for.
        until: Wait,
        /// What is known now.
        state: ObjectState,
    },
    /// A line of a container's output, without its line end, as bytes came (UTF-8 repaired).
    Log {
        /// Of which hook.
        hook: u32,
        /// From where.
        source: LogSource,
        /// The line.
        line: String,
    },
    /// Something a reader should know; the run goes on.
    Warned {
        /// For which hook, if one.
        hook: Option<u32>,
        /// What.
        warning: Warning,
    },
    /// A hook has ended.
    HookEnded {
        /// Which.
        hook: u32,
        /// How.
        outcome: HookOutcome,
        /// How long it took, its deletions and waits included.
        took: Duration,
    },
    /// The run has ended; nothing comes after this.
    Finished {
        /// How.
        outcome: Outcome,
        /// How long all of it took.
        took: Duration,
        /// What exists now of everything this run created, oldest first.
        exists: Vec<Arc<ObjectRef>>,
    },
}

/// Where a line of output comes from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LogSource {
    /// The pod.
    pub pod: String,
    /// The container.
    pub container: String,
    /// True for an init container.
    pub init: bool,
}

/// What is known of an object that is waited for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ObjectState {
    /// In few words: `pod x running`, `0 of 1 succeeded`.
    pub summary: String,
    /// The attempt of a Job, from 1, and how many it has at most.
    pub attempt: Option<(u32, u32)>,
    /// Why it does not go on (`ImagePullBackOff`, `Unschedulable` …), with the cluster's words.
    pub stuck: Option<(String, String)>,
}

/// Something a reader should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// In kebab case, for machines: one of [`Warning::CODES`].
    pub code: &'static str,
    /// For people, one line.
    pub message: String,
}

/// How a hook ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HookOutcome {
    /// It is done.
    Succeeded,
    /// It is not.
    Failed(Failure),
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Every hook succeeded, and what was to be deleted is.
    Succeeded,
    /// This hook failed; later ones did not run.
    Failed {
        /// Which.
        hook: u32,
        /// Why.
        failure: Failure,
    },
    /// It was interrupted at this hook.
    Interrupted {
        /// At which, if one had begun.
        hook: Option<u32>,
    },
}

/// Why a hook failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What sort of failure.
    pub reason: FailureReason,
    /// In the cluster's words, one line.
    pub message: String,
    /// How containers ended that did not end well.
    pub containers: Vec<ContainerEnd>,
    /// Events of the objects concerned that say something, oldest first: reason and message.
    pub events: Vec<(String, String)>,
}

/// Sorts of failures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FailureReason {
    /// The manifest cannot be sent at all.
    Manifest,
    /// What was there could not be deleted.
    Deletion,
    /// What was deleted did not go away in time.
    DeletionTimeout,
    /// The server did not create it.
    Creation,
    /// It ran and failed.
    Failed,
    /// It was not done in time.
    Timeout,
    /// It was deleted while it was waited for.
    DeletedMeanwhile,
    /// The server cannot be asked any more, or does not let us look.
    Unwatchable,
    /// All hooks succeeded, and one could not be deleted afterwards.
    CleanUp,
    /// All hooks succeeded, and one that was deleted afterwards did not go away in time.
    CleanUpTimeout,
}

/// How a container ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContainerEnd {
    /// Which.
    pub source: LogSource,
    /// Its exit code; `None` when it still ran, or never did.
    pub exit_code: Option<i32>,
    /// The cluster's word for it (`Error`, `OOMKilled` …); `Running` when it still ran.
    pub reason: String,
    /// Its last lines of output, oldest first.
    pub last_lines: Vec<String>,
}

impl Warning {
    /// Every code there is.
    pub const CODES: [&'static str; 12] = [
        Warning::API_WARNING,
        Warning::RETRY,
        Warning::FOUND_AFTER_LOSS,
        Warning::MET_EXISTING,
        Warning::ALREADY_COMPLETE,
        Warning::DELETED_MEANWHILE,
        Warning::FINISHED_AND_REMOVED,
        Warning::REPLACED,
        Warning::CLEAN_UP_FAILED,
        Warning::NOT_OBSERVABLE,
        Warning::UNKNOWN_WRITE,
        Warning::NOT_RECORDED,
    ];
    /// The API server says something about what was sent.
    pub const API_WARNING: &'static str = "api-warning";
    /// The API server does not answer, or not now; it is asked again.
    pub const RETRY: &'static str = "retry";
    /// An answer was lost; a look showed that the write had been done.
    pub const FOUND_AFTER_LOSS: &'static str = "found-after-loss";
    /// An apply met an object that was there already.
    pub const MET_EXISTING: &'static str = "met-existing";
    /// An apply met a finished Job or Pod: nothing ran.
    pub const ALREADY_COMPLETE: &'static str = "already-complete";
    /// Deleted by somebody while it was waited for; Helm 3 takes that for success.
    pub const DELETED_MEANWHILE: &'static str = "deleted-meanwhile";
    /// It ended and was removed (by its TTL, say) before it was seen to end.
    pub const FINISHED_AND_REMOVED: &'static str = "finished-and-removed";
    /// Another object is there under the same name; it is left alone.
    pub const REPLACED: &'static str = "replaced";
    /// After a failure, something could not be deleted.
    pub const CLEAN_UP_FAILED: &'static str = "clean-up-failed";
    /// Pods, logs or events cannot be looked at.
    pub const NOT_OBSERVABLE: &'static str = "not-observable";
    /// Whether a write was done could not be found out.
    pub const UNKNOWN_WRITE: &'static str = "unknown-write";
    /// The release record could not be written before a hook was created.
    pub const NOT_RECORDED: &'static str = "not-recorded";
}

impl FailureReason {
    /// Its name in machine output.
    pub fn name(self) -> &'static str {
        match self {
            FailureReason::Manifest => "manifest",
            FailureReason::Deletion => "deletion",
            FailureReason::DeletionTimeout => "deletion-timeout",
            FailureReason::Creation => "creation",
            FailureReason::Failed => "failed",
            FailureReason::Timeout => "timeout",
            FailureReason::DeletedMeanwhile => "deleted-meanwhile",
            FailureReason::Unwatchable => "unwatchable",
            FailureReason::CleanUp => "clean-up",
            FailureReason::CleanUpTimeout => "clean-up-timeout",
        }
    }

    /// True when time ran out.
    pub fn is_timeout(self) -> bool {
        matches!(self, FailureReason::Timeout | FailureReason::DeletionTimeout | FailureReason::CleanUpTimeout)
    }
}
