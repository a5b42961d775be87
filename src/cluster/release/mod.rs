//! Release records: what Helm 3 and 4 store of every revision of a release.
//!
//! Mirrors `pkg/storage/driver/{secrets,cfgmaps,util}.go` and `pkg/release/v1`. No text from inside a record reaches an error or debug
//! output: it holds the values of Secrets.

mod fields;
mod record;
mod store;

use std::fmt;

use jiff::Timestamp;

use crate::hooks::RecordedHook;

use super::error::{ClusterError, ErrorKind};

pub use fields::Fields;
pub use record::{LARGEST, decode, encode, json};
pub use store::{RecordHead, Store, Stored};

/// A revision of a release, as its record tells it.
#[derive(Clone)]
pub struct StoredRelease {
    /// The release's name.
    pub name: String,
    /// Its namespace.
    pub namespace: String,
    /// Which revision.
    pub revision: u32,
    /// Its status: `deployed`, `failed`, `pending-upgrade` …
    pub status: String,
    /// What Helm says of it.
    pub description: String,
    /// `ssa` or `csa`; `None` in records of Helm 3.
    pub apply_method: Option<String>,
    /// When the release was first deployed.
    pub first_deployed: Option<Timestamp>,
    /// When this revision was.
    pub last_deployed: Option<Timestamp>,
    /// The chart's name.
    pub chart_name: String,
    /// The chart's version.
    pub chart_version: String,
    /// The hooks in stored order, with what became of them.
    pub hooks: Vec<(RecordedHook, LastRun)>,
    /// The values the user gave, as JSON text.
    pub config: String,
    /// The objects that are no hooks.
    pub manifest: String,
}

/// What became of a hook when it last ran, as far as the record of its revision knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LastRun {
    /// `Running`, `Succeeded`, `Failed` or `Unknown`; empty when it never ran.
    pub phase: String,
    /// When it began.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub completed_at: Option<Timestamp>,
}

impl StoredRelease {
    /// True while an operation goes on, or was cut off.
    pub fn is_pending(&self) -> bool {
        is_pending(&self.status)
    }
}

/// True for the states of an operation that goes on, or was cut off; Helm refuses to upgrade then.
pub fn is_pending(status: &str) -> bool {
    matches!(status, "pending-install" | "pending-upgrade" | "pending-rollback")
}

/// Shows which record it is, never what is in it.
impl fmt::Debug for StoredRelease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredRelease")
            .field("name", &self.name)
            .field("namespace", &self.namespace)
            .field("revision", &self.revision)
            .field("status", &self.status)
            .field("hooks", &self.hooks.len())
            .finish_non_exhaustive()
    }
}

/// What holds release records: Helm's storage driver.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Driver {
    /// Secrets, Helm's default.
    #[default]
    Secret,
    /// ConfigMaps.
    ConfigMap,
}

impl Driver {
    /// The driver that `HELM_DRIVER` names.
    ///
    /// # Errors
    /// For drivers whose records are in no cluster, and unknown ones.
    pub fn of(helm_driver: Option<&str>) -> Result<Driver, ClusterError> {
        let refuse = |message: &str| Err(ClusterError::new(ErrorKind::Config, message));
        match helm_driver.unwrap_or_default() {
            "" | "secret" | "secrets" => Ok(Driver::Secret),
            "configmap" | "configmaps" => Ok(Driver::ConfigMap),
            "sql" => refuse(
                "HELM_DRIVER is sql: those records are in a database, and only the API server is asked here; give the chart with --chart",
            ),
            "memory" => refuse(
                "HELM_DRIVER is memory: such records end with the helm that made them; give the chart with --chart",
            ),
            other => Err(ClusterError::new(ErrorKind::Config, format!("unknown driver {other:?} in HELM_DRIVER"))),
        }
    }

    /// True for Helm's drivers whose records are in no cluster.
    pub fn is_elsewhere(helm_driver: Option<&str>) -> bool {
        matches!(helm_driver, Some("sql" | "memory"))
    }

    /// The plural of what it stores records in.
    pub fn resource(self) -> &'static str {
        match self {
            Driver::Secret => "secrets",
            Driver::ConfigMap => "configmaps",
        }
    }
}
