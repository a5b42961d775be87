//! Releases in the middle of something: what is recorded of them is not what is in the cluster, and somebody may still be at work.

use crate::hooks::Release;

/// Why a release is left alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// What is wrong, on one line.
    pub message: String,
    /// The command of helm that ends it, without the flags that name cluster and namespace.
    pub command: String,
}

/// The operation a release is in, by its newest revision and, where there is one, the newest that was deployed once.
pub fn pending(release: &Release, newest: u32, status: &str, good: Option<u32>) -> Option<Pending> {
    let operation = match status {
        "pending-install" => "install",
        "pending-upgrade" => "upgrade",
        "pending-rollback" => "rollback",
        _ => return None,
    };
    let name = &release.name;
    let command = match good {
        Some(good) => format!("helm rollback {name} {good} --namespace {}", release.namespace),
        None => format!("helm uninstall {name} --namespace {}", release.namespace),
    };
    Some(Pending {
        message: format!("revision {newest} of {name} is {status}: the {operation} is not over, or was cut off"),
        command,
    })
}
