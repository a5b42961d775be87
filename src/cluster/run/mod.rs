//! Runs a [`super::Phase`] and says what happens while it does, as typed events; printing them is the business of others.
//!
//! `runner` goes through the plan, `write` creates and deletes, `observe` watches, `wait` joins what is seen until a condition holds.

mod diagnosis;
mod ending;
mod event;
mod journal;
mod lines;
mod logs;
mod observe;
mod options;
mod output;
mod ready;
mod request;
mod runner;
mod target;
mod wait;
mod waiting;
mod words;
mod write;

pub use event::{
    ContainerEnd, Failure, FailureReason, HookOutcome, LogSource, ObjectState, Outcome, RunEvent, Warning,
};
pub use journal::Journal;
pub use options::{LogMode, OnInterrupt, RunOptions, WaitDelete};
pub use runner::run;
