//! The nine moments at which Helm runs hooks, and the operations they belong to.

use std::fmt;

/// A moment of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Event {
    /// Before anything of a new release is created.
    PreInstall,
    /// After the objects of a new release were created.
    PostInstall,
    /// Before an upgrade changes anything.
    PreUpgrade,
    /// After an upgrade changed the objects.
    PostUpgrade,
    /// Before a rollback changes anything.
    PreRollback,
    /// After a rollback changed the objects.
    PostRollback,
    /// Before an uninstall deletes anything.
    PreDelete,
    /// After an uninstall deleted the objects.
    PostDelete,
    /// On `helm test`.
    Test,
}

/// What a user asks Helm to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Operation {
    /// `helm install`.
    Install,
    /// `helm upgrade`.
    Upgrade,
    /// `helm rollback`.
    Rollback,
    /// `helm uninstall`.
    Uninstall,
    /// `helm test`.
    Test,
}

/// What is left of the release record when a hook of the event fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReleaseState {
    /// The revision is `failed`.
    Failed,
    /// The new revision stays `pending-rollback` for good.
    PendingRollback,
    /// The release stays `uninstalling`; nothing of it was deleted.
    Uninstalling,
    /// The objects and the records are gone all the same.
    Uninstalled,
    /// The record's status does not change.
    Unchanged,
}

impl Event {
    /// All events, in the order of a release's life; the test last.
    pub const ALL: [Event; 9] = [
        Event::PreInstall,
        Event::PostInstall,
        Event::PreUpgrade,
        Event::PostUpgrade,
        Event::PreRollback,
        Event::PostRollback,
        Event::PreDelete,
        Event::PostDelete,
        Event::Test,
    ];

    /// Its name in the annotation.
    pub fn name(self) -> &'static str {
        match self {
            Event::PreInstall => "pre-install",
            Event::PostInstall => "post-install",
            Event::PreUpgrade => "pre-upgrade",
            Event::PostUpgrade => "post-upgrade",
            Event::PreRollback => "pre-rollback",
            Event::PostRollback => "post-rollback",
            Event::PreDelete => "pre-delete",
            Event::PostDelete => "post-delete",
            Event::Test => "test",
        }
    }

    /// The event of a name as [`Event::name`] gives it.
    pub fn from_name(name: &str) -> Option<Event> {
        Event::ALL.into_iter().find(|event| event.name() == name)
    }

    /// The operation it is part of.
    pub fn operation(self) -> Operation {
        match self {
            Event::PreInstall | Event::PostInstall => Operation::Install,
            Event::PreUpgrade | Event::PostUpgrade => Operation::Upgrade,
            Event::PreRollback | Event::PostRollback => Operation::Rollback,
            Event::PreDelete | Event::PostDelete => Operation::Uninstall,
            Event::Test => Operation::Test,
        }
    }

    /// True for the event before its operation touches the chart's objects.
    pub fn is_pre(self) -> bool {
        matches!(self, Event::PreInstall | Event::PreUpgrade | Event::PreRollback | Event::PreDelete)
    }

    /// What a failing hook leaves of the release record.
    pub fn release_after_failure(self) -> ReleaseState {
        match self {
            Event::PreInstall | Event::PostInstall | Event::PreUpgrade | Event::PostUpgrade => ReleaseState::Failed,
            Event::PreRollback | Event::PostRollback => ReleaseState::PendingRollback,
            Event::PreDelete => ReleaseState::Uninstalling,
            Event::PostDelete => ReleaseState::Uninstalled,
            Event::Test => ReleaseState::Unchanged,
        }
    }
}

impl Operation {
    /// Its name: that of helm's command.
    pub fn name(self) -> &'static str {
        match self {
            Operation::Install => "install",
            Operation::Upgrade => "upgrade",
            Operation::Rollback => "rollback",
            Operation::Uninstall => "uninstall",
            Operation::Test => "test",
        }
    }
}

impl ReleaseState {
    /// Its name in machine output.
    pub fn name(self) -> &'static str {
        match self {
            ReleaseState::Failed => "failed",
            ReleaseState::PendingRollback => "pending-rollback",
            ReleaseState::Uninstalling => "uninstalling",
            ReleaseState::Uninstalled => "uninstalled",
            ReleaseState::Unchanged => "unchanged",
        }
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
