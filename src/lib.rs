//! helm-hooks: what Helm will do with a chart's hooks, known exactly and without helm.
//!
//! Eight rooms, each using only those above it: [`text`], [`go`], [`helm`], [`hooks`], [`lint`], [`cluster`], [`report`],
//! [`cli`]. `ARCHITECTURE.md` says what lives where; `tests/it/layers.rs` holds it.

pub mod cli;
pub mod cluster;
pub mod go;
pub mod helm;
pub mod hooks;
pub mod lint;
pub mod report;
pub mod text;
