//! One file per output format. Nothing but `cli` knows this room.

mod columns;
pub mod explain;
pub mod frame;
mod json;
pub mod leftovers;
pub mod lint;
pub mod look;
pub mod manifests;
pub mod plan;
pub mod rules;
pub mod run;
pub mod status;
mod time;
mod yaml;
