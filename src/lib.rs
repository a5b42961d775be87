//! helm-hooks: what Helm will do with a chart's hooks, known exactly and without helm.
//!
//! Eight rooms, each using only those above it: [`text`], [`go`], [`helm`], [`hooks`], `lint`, `cluster`, [`report`],
//! [`cli`]. `ARCHITECTURE.md` says what lives where; `tests/it/layers.rs` holds it.

pub mod cli;
pub mod go;
pub mod helm;
pub mod hooks;
pub mod report;
pub mod text;

/// Stack for a thread that renders, in bytes. Helm allows 1,000 nested includes and Go grows its stacks by itself; ours are
/// reserved, not used, until a chart needs them.
pub const RENDER_STACK: usize = 256 << 20;
