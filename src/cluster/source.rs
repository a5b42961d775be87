//! Where the hooks of an event come from when a release is stored: which revision, as Helm chooses it, and how its objects are made.
//!
//! Mirrors the beginnings of `pkg/action/{upgrade,rollback,uninstall,release_testing}.go`.

use std::sync::Arc;

use crate::helm::dialect::Engine;
use crate::hooks::{Event, Hook, Method, Operation, Release};

use super::error::ClusterError;
use super::phase::{Phase, PhaseSource};
use super::release::{RecordHead, Store, StoredRelease};

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The release; `None` for the only one of the namespace.
    pub release: Option<String>,
    /// The event.
    pub event: Event,
    /// `--revision`.
    pub revision: Option<u32>,
    /// `--to`, of a rollback.
    pub to: Option<u32>,
    /// As which Helm.
    pub engine: Engine,
}

/// What was found.
#[derive(Clone, Debug)]
pub struct Found {
    /// The revision the hooks are from.
    pub release: StoredRelease,
    /// The newest revision, whose status is the release's.
    pub newest: RecordHead,
    /// The phase; `None` when no hook of that revision names the event.
    pub phase: Option<Phase>,
}

/// Why there is nothing to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceError {
    /// The cluster did not answer as it should.
    Cluster(ClusterError),
    /// What was named is not there: a mistake of whoever named it.
    Unknown {
        /// What is not there, and what is.
        message: String,
        /// What to do, in sentences.
        help: Option<String>,
    },
}

impl From<ClusterError> for SourceError {
    fn from(error: ClusterError) -> SourceError {
        SourceError::Cluster(error)
    }
}

impl SourceError {
    fn unknown(message: impl Into<String>, help: impl Into<String>) -> SourceError {
        let help = Some(help.into()).filter(|help: &String| !help.is_empty());
        SourceError::Unknown { message: message.into(), help }
    }
}

/// Finds the hooks of an event in the records of a release.
///
/// # Errors
/// When there is no such release or revision, or its record cannot be read.
pub async fn find(store: &Store, namespace: &str, wanted: &Wanted) -> Result<Found, SourceError> {
    let name = name(store, namespace, wanted.release.as_deref()).await?;
    let history = store.history(&name).await?;
    let Some(newest) = history.last() else {
        return Err(no_release(store, namespace, &name, Some(wanted.event)).await?);
    };
    let head = chosen(&history, newest, wanted)?;
    let release = store.read(head).await?;
    let phase = phase(&release, &newest.status, wanted.event, wanted.engine);
    Ok(Found { release, newest: newest.clone(), phase })
}

/// The phase of an event of a stored release; `None` when no hook names it.
pub fn phase(release: &StoredRelease, status: &str, event: Event, engine: Engine) -> Option<Phase> {
    let hooks =
        release.hooks.iter().map(|(hook, _)| (Arc::new(Hook::from_record(hook)), hook.manifest.clone())).collect();
    let source = PhaseSource::Record { revision: release.revision, status: status.to_owned() };
    let id = Release { name: release.name.clone(), namespace: release.namespace.clone() };
    let method = method(engine, event, Some(release.apply_method.as_deref()));
    Phase::of(hooks, event, id, engine, source, method)
}

/// How Helm creates the objects of an event's hooks. `recorded` is the `apply_method` of the revision Helm goes by (for an upgrade the
/// last one, for a rollback the target), `None` where there is no record.
pub fn method(engine: Engine, event: Event, recorded: Option<Option<&str>>) -> Method {
    let applied = match (event.operation(), recorded) {
        _ if engine == Engine::Helm3 => false,
        (Operation::Uninstall, _) | (_, None) => true,
        // An install applies unless it was told not to; all others do what was done before.
        (Operation::Install, Some(method)) => method != Some("csa"),
        (_, Some(method)) => method == Some("ssa"),
    };
    if applied { Method::Apply } else { Method::Post }
}

/// The release that is meant.
///
/// # Errors
/// When none is named, and the namespace has none or several.
pub async fn name(store: &Store, namespace: &str, typed: Option<&str>) -> Result<String, SourceError> {
    if let Some(name) = typed {
        return Ok(name.to_owned());
    }
    let mut names: Vec<String> = store.newest_heads().await?.into_iter().map(|head| head.name).collect();
    match (names.pop(), names.len()) {
        (None, _) => Err(SourceError::unknown(
            format!("there is no release in {namespace}"),
            "Choose another namespace with -n, or give a chart with --chart.",
        )),
        (Some(name), 0) => Ok(name),
        (Some(name), _) => {
            names.push(name);
            let shown = shown(&names);
            Err(SourceError::unknown(
                format!("which release? {namespace} has {}: {shown}", names.len()),
                "Name one of them.",
            ))
        }
    }
}

/// Names, not more than a screen holds.
fn shown(names: &[String]) -> String {
    const MOST: usize = 20;
    let mut text = names.iter().take(MOST).map(String::as_str).collect::<Vec<_>>().join(", ");
    if names.len() > MOST {
        text.push_str(&format!(" and {} more", names.len() - MOST));
    }
    text
}

/// What to say of a release without records.
///
/// # Errors
/// When not even that can be found out.
pub async fn no_release(
    store: &Store,
    namespace: &str,
    name: &str,
    event: Option<Event>,
) -> Result<SourceError, ClusterError> {
    let names: Vec<String> = store.newest_heads().await?.into_iter().map(|head| head.name).collect();
    let there = if names.is_empty() { "none".to_owned() } else { shown(&names) };
    let help = match event.map(Event::operation) {
        Some(Operation::Uninstall) => {
            "helm uninstall removes the records, and with them the hooks. Give the chart the release was made of with --chart."
        }
        Some(Operation::Install) => "Before a first install the hooks are those of the chart: give it with --chart.",
        Some(_) => "Give the chart with --chart where there is no record.",
        None => "Another namespace is chosen with -n.",
    };
    Ok(SourceError::unknown(format!("there is no release {name:?} in {namespace}; there: {there}"), help))
}

/// The revision whose hooks Helm runs.
fn chosen<'a>(
    history: &'a [RecordHead],
    newest: &'a RecordHead,
    wanted: &Wanted,
) -> Result<&'a RecordHead, SourceError> {
    let name = &newest.name;
    let revision = match (wanted.event.operation(), wanted.to, wanted.revision) {
        (Operation::Rollback, Some(to), _) => to,
        (Operation::Rollback, None, Some(revision)) => revision,
        // Helm takes the number before the newest, whatever became of that revision.
        (Operation::Rollback, None, None) => newest.revision.saturating_sub(1),
        (_, _, Some(revision)) => revision,
        _ => newest.revision,
    };
    history.iter().find(|head| head.revision == revision).ok_or_else(|| {
        let all: Vec<String> = history.iter().map(|head| format!("{} ({})", head.revision, head.status)).collect();
        let help = match wanted.event.operation() {
            Operation::Rollback if wanted.to.is_none() => {
                "A rollback goes to the revision before the newest. Name another with --to.".to_owned()
            }
            _ => format!("Recorded revisions: {}.", shown(&all)),
        };
        SourceError::unknown(format!("release {name:?} has no revision {revision}"), help)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(revision: u32, status: &str) -> RecordHead {
        RecordHead {
            name: "r".into(),
            namespace: "n".into(),
            revision,
            status: status.into(),
            object: format!("sh.helm.release.v1.r.v{revision}"),
            created: None,
        }
    }

    #[test]
    fn revisions_are_chosen_as_helm_does() {
        let history = [head(2, "superseded"), head(9, "failed"), head(10, "deployed")];
        let choose = |event, revision, to| {
            let wanted = Wanted { release: None, event, revision, to, engine: Engine::Helm4 };
            chosen(&history, &history[2], &wanted).map(|head| head.revision)
        };
        assert_eq!(choose(Event::PreUpgrade, None, None), Ok(10));
        assert_eq!(choose(Event::PostDelete, None, None), Ok(10));
        assert_eq!(choose(Event::PreRollback, None, None), Ok(9));
        assert_eq!(choose(Event::PreRollback, None, Some(2)), Ok(2));
        assert_eq!(choose(Event::Test, Some(2), None), Ok(2));
        let SourceError::Unknown { message, help } = choose(Event::Test, Some(3), None).unwrap_err() else { panic!() };
        assert_eq!(message, "release \"r\" has no revision 3");
        assert_eq!(help.unwrap(), "Recorded revisions: 2 (superseded), 9 (failed), 10 (deployed).");
    }

    #[test]
    fn objects_are_made_as_the_record_says() {
        use Event::{PostUpgrade, PreDelete, PreInstall, Test};
        let helm4 = |event, recorded| method(Engine::Helm4, event, recorded);
        assert_eq!(helm4(PreInstall, None), Method::Apply);
        assert_eq!(helm4(PreInstall, Some(Some("csa"))), Method::Post);
        assert_eq!(helm4(PostUpgrade, Some(Some("ssa"))), Method::Apply);
        assert_eq!(helm4(PostUpgrade, Some(None)), Method::Post);
        assert_eq!(helm4(Test, Some(Some("csa"))), Method::Post);
        assert_eq!(helm4(PreDelete, Some(None)), Method::Apply);
        assert_eq!(method(Engine::Helm3, PreDelete, Some(Some("ssa"))), Method::Post);
    }
}
