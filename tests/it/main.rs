//! The one integration binary.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test says what went wrong by failing")]

mod by_helm;
mod cmd;
#[path = "../common/mod.rs"]
mod common;
mod conformance;
mod generated;
mod layers;
mod lint;
mod loading;
mod packaging;
mod places;
mod plan;
mod process;
mod readme;
mod recorded;
mod robustness;
mod run;
mod schema;
mod vectors;
