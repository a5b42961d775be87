//! Who keeps book of a run, and is waited for.

use futures::future::LocalBoxFuture;

use crate::cluster::error::ClusterError;

/// Keeps book of a run.
pub trait Journal {
    /// The objects of a hook are about to be created; nothing is before this has ended. An error is told, and the run goes on.
    fn begins(&self, hook: u32) -> LocalBoxFuture<'_, Result<(), ClusterError>>;
}
