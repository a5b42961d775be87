//! One file per output format. Nothing but `cli` knows this room.

pub mod explain;
pub mod frame;
mod json;
pub mod lint;
pub mod look;
pub mod manifests;
pub mod plan;
pub mod rules;
pub mod run;
mod yaml;
