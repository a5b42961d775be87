//! What Helm does offline: charts, values, template functions, rendering, and the order of manifests.
//!
//! Knows nothing of hooks beyond the text of an annotation, and nothing of clusters.

pub mod action;
pub mod chart;
pub mod dialect;
pub mod files;
pub mod funcs;
pub mod log;
pub mod manifest;
pub(crate) mod regular;
pub mod render;
pub mod values;
pub mod world;
