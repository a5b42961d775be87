//! The domain: events, weights, delete policies, the order hooks run in, and the plan of each operation.
//!
//! Pure: manifests in, a [`Plan`] out. Knows nothing of how a plan is printed or run.

mod event;
mod existing;
mod hook;
mod lifecycle;
mod notes;
mod order;
mod plan;
pub mod pods;
mod policy;
mod weight;
pub mod words;

pub use event::{Event, Operation, ReleaseState};
pub(crate) use hook::plain_object;
pub use hook::{CRD, CertainFailure, GeneratedName, Hook, ObjectRef, RecordedHook, Refusal, Source, bodies};
pub use lifecycle::{Action, EventPlan, Method, OnFailure, PlannedHook, Rendering, Step, Wait, plan_event};
pub use notes::Note;
pub use order::{documented_places, running_order};
pub use plan::{ChartId, Dropped, Plan, Release, Renderings, UpgradeRendering, plan, plan_stored};
pub use policy::{DeletePolicies, DeletePolicy};
pub use weight::{Weight, WeightReading};
