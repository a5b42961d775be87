//! Runs a [`super::Phase`] and says what happens while it does, as typed events; printing them is the business of others.

mod event;

pub use event::{
    ContainerEnd, Failure, FailureReason, HookOutcome, LogSource, ObjectState, Outcome, RunEvent, Waited, Warning,
};
