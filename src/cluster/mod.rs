//! The cluster: the only user of kube. Connects as kubectl and Helm do, reads and writes release records, runs the hooks of one
//! event as a [`crate::hooks::EventPlan`] says, tells what became of earlier runs and what nothing will delete.
//!
//! Knows neither how any of that is printed nor anything of lint. Everything here is asynchronous and runs on one thread; the caller
//! owns the runtime.

mod access;
mod capabilities;
mod connect;
mod error;
mod fate;
mod kinds;
mod kubeconfig;
pub mod leftovers;
pub mod live;
pub mod lock;
pub mod lookup;
mod phase;
pub mod preflight;
pub mod readiness;
pub mod record;
pub mod release;
mod retry;
pub mod run;
#[cfg(test)]
mod scripted;
pub mod source;
pub mod status;
#[cfg(test)]
mod stories;
mod tls;
mod transport;

pub use access::{Access, Proxies, REQUEST_TIMEOUT};
pub use capabilities::capabilities;
pub use connect::{Cluster, connect};
pub use error::{ClusterError, ErrorKind};
pub use fate::Fate;
pub use kinds::{Kind, Kinds};
pub use phase::{Phase, PhaseHook, PhaseSource};
pub use release::{Driver, LastRun, RecordHead, Store, StoredRelease};
