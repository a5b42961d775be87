//! `status`: releases, what became of their hooks, and what exists now.

mod json;
mod table;

use jiff::Timestamp;

use crate::cluster::live::Presence;
use crate::cluster::status::{HookStatus, ReleaseStatus, Stuck};

pub use json::{json, yaml};
pub use table::table;

/// What is printed.
#[derive(Clone, Debug)]
pub struct Report {
    /// The releases.
    pub releases: Vec<ReleaseStatus>,
    /// What could not be looked at, a line each.
    pub errors: Vec<String>,
    /// Whether more than one namespace was looked at.
    pub all_namespaces: bool,
    /// Where they were looked for, in words.
    pub place: String,
    /// Flags for helm beside the namespace, so that a command does what is meant.
    pub helm_flags: Vec<String>,
    /// The time.
    pub now: Timestamp,
}

/// JSON Schema (2020-12) of the report, as text.
pub fn schema() -> &'static str {
    include_str!("schema.json")
}

/// The command that helps a stuck release, whole.
fn command(stuck: &Stuck, release: &ReleaseStatus, report: &Report) -> String {
    let mut words = vec!["helm".to_owned()];
    words.extend(stuck.command.iter().cloned());
    words.extend(["-n".to_owned(), release.head.namespace.clone()]);
    words.extend(report.helm_flags.iter().cloned());
    words.join(" ")
}

/// What is known of the objects of a hook, in one word for machines: `exists`, `absent`, `unknown`, `partly`.
fn presence(hook: &HookStatus) -> &'static str {
    let is = |wanted: fn(&Presence) -> bool| hook.objects.iter().all(|(_, presence, _)| wanted(presence));
    match () {
        () if is(|presence| matches!(presence, Presence::Absent)) => "absent",
        () if is(|presence| matches!(presence, Presence::Present(_))) => "exists",
        () if hook.objects.iter().any(|(_, presence, _)| matches!(presence, Presence::Unknown)) => "unknown",
        () => "partly",
    }
}
