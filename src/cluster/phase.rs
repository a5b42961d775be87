//! One event of one release, ready to be run: where its hooks come from, their plan, and what is sent for each object.

use crate::helm::dialect::Engine;
use crate::hooks::{Event, EventPlan, Method, OnFailure, Release};

/// The hooks of one event of one release, as they will be run.
#[derive(Clone, Debug)]
pub struct Phase {
    /// The event.
    pub event: Event,
    /// The release.
    pub release: Release,
    /// As which Helm.
    pub engine: Engine,
    /// Where the hooks come from.
    pub source: PhaseSource,
    /// How objects are created; [`EventPlan::steps`] says the same.
    pub method: Method,
    /// What happens, in order.
    pub plan: EventPlan,
    /// What a failure of each hook leads to, in running order.
    pub failures: Vec<OnFailure>,
    /// What is sent, for each hook of the plan, in running order.
    pub hooks: Vec<PhaseHook>,
}

/// What is sent for one hook.
#[derive(Clone, Debug)]
pub struct PhaseHook {
    /// The manifest as Helm stores it.
    pub manifest: String,
    /// The bodies of [`crate::hooks::Hook::objects`], in the same order; fewer when the manifest cannot be read.
    pub bodies: Vec<serde_json::Value>,
}

/// Where the hooks of a phase come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PhaseSource {
    /// A stored release.
    Record {
        /// Its revision.
        revision: u32,
        /// Its status, `deployed` and so on.
        status: String,
    },
    /// A chart, rendered as the operation would.
    Chart {
        /// Where it lies.
        path: String,
        /// Its name and version.
        name: String,
        /// The revision it was rendered as.
        revision: u32,
    },
}
