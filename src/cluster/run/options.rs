//! What a run can be told.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use crate::hooks::Event;

use crate::helm::dialect::Engine;

/// What a run can be told.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// How long each wait may last, as Helm counts: every deletion and every readiness anew.
    pub timeout: Duration,
    /// Other timeouts for some hooks, by [`crate::hooks::PlannedHook::order`].
    pub hook_timeouts: HashMap<u32, Duration>,
    /// Whether deletions are waited for.
    pub wait_delete: WaitDelete,
    /// The hooks to run, by [`crate::hooks::PlannedHook::order`]; all when there is no such set.
    pub only: Option<BTreeSet<u32>>,
    /// What becomes of the containers' output.
    pub logs: LogMode,
    /// What an interrupt leaves.
    pub on_interrupt: OnInterrupt,
}

/// Whether a deletion is waited for before the run goes on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WaitDelete {
    /// Always.
    #[default]
    Always,
    /// As that Helm does by default: Helm 3 always, Helm 4 only in `helm test`.
    Helm,
}

/// What becomes of the containers' output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogMode {
    /// Told while it comes.
    #[default]
    Stream,
    /// Only the last lines of what failed.
    OnFailure,
    /// Not read.
    None,
}

/// What an interrupt leaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnInterrupt {
    /// Everything as it is, as Helm does.
    #[default]
    Leave,
    /// Nothing of what this run created.
    Delete,
}

impl Default for RunOptions {
    fn default() -> RunOptions {
        RunOptions {
            timeout: Duration::from_secs(300),
            hook_timeouts: HashMap::new(),
            wait_delete: WaitDelete::default(),
            only: None,
            logs: LogMode::default(),
            on_interrupt: OnInterrupt::default(),
        }
    }
}

impl RunOptions {
    /// How long each wait of this hook may last.
    pub(super) fn timeout_of(&self, hook: u32) -> Duration {
        self.hook_timeouts.get(&hook).copied().unwrap_or(self.timeout)
    }

    /// True when this hook is to be run.
    pub(super) fn runs(&self, hook: u32) -> bool {
        self.only.as_ref().is_none_or(|only| only.contains(&hook))
    }
}

impl WaitDelete {
    /// True when this Helm's run of this event waits until what was deleted is gone.
    pub fn waits(self, engine: Engine, event: Event) -> bool {
        match self {
            WaitDelete::Always => true,
            WaitDelete::Helm => engine == Engine::Helm3 || event == Event::Test,
        }
    }
}
