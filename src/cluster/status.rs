//! What became of the hooks of releases: their last runs as recorded, the objects that exist, who will delete them; and releases that
//! are stuck, with what helps.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures::{StreamExt, TryStreamExt};
use jiff::Timestamp;

use crate::go::value::Str;
use crate::helm::dialect::Engine;
use crate::helm::manifest::sort_stream;
use crate::hooks::{Hook, ObjectRef, plain_object};

use super::connect::Cluster;
use super::error::{ClusterError, ErrorKind};
use super::fate::{self, Fate};
use super::live::{self, AT_ONCE, ObjectKey, Presence, Presences, Scope};
use super::release::{LastRun, RecordHead, Store, StoredRelease, is_pending};

/// A release and its hooks.
#[derive(Clone, Debug)]
pub struct ReleaseStatus {
    /// Its newest revision.
    pub head: RecordHead,
    /// The chart's name and version; `None` when the record cannot be read.
    pub chart: Option<(String, String)>,
    /// When that revision was deployed.
    pub last_deployed: Option<Timestamp>,
    /// Its hooks in the order they run, those of earlier events first.
    pub hooks: Vec<HookStatus>,
    /// Set when it will not go on by itself.
    pub stuck: Option<Stuck>,
    /// Why there is no more to say.
    pub error: Option<ClusterError>,
}

/// A hook of a release.
#[derive(Clone, Debug)]
pub struct HookStatus {
    /// The hook.
    pub hook: Arc<Hook>,
    /// Its last run, and the revision whose record tells it; `None` when no record tells of one.
    pub last_run: Option<(LastRun, u32)>,
    /// Its objects, and what will become of them.
    pub objects: Vec<(Arc<ObjectRef>, Presence, Fate)>,
}

/// A release that does not go on by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stuck {
    /// What state it is in since when.
    pub since: Option<Timestamp>,
    /// The words after `helm` that help, without the flags that say where.
    pub command: Vec<String>,
    /// What that does, and what to do should it fail, in sentences.
    pub help: String,
}

/// What was found.
#[derive(Clone, Debug)]
pub struct Statuses {
    /// By namespace and name.
    pub releases: Vec<ReleaseStatus>,
    /// What could not be looked at.
    pub errors: Vec<ClusterError>,
}

/// Tells of one release, or of all of a store.
///
/// # Errors
/// [`ErrorKind::NotFound`] when the release has no records; when records cannot be listed.
pub async fn status(
    cluster: &Cluster,
    store: &Store,
    release: Option<&str>,
    scope: Scope,
    engine: Engine,
) -> Result<Statuses, ClusterError> {
    let heads = store.heads(release).await?;
    let histories: Vec<&[RecordHead]> =
        heads.chunk_by(|a, b| (&a.namespace, &a.name) == (&b.namespace, &b.name)).collect();
    // Records of older revisions are many where all namespaces are looked at.
    let looks_back = scope != Scope::All;
    let read = futures::stream::iter(histories.into_iter().map(|history| Read::of(store, history, looks_back)))
        .buffered(AT_ONCE)
        .try_collect::<Vec<Option<Read>>>()
        .await?;
    let read: Vec<Read> = read.into_iter().flatten().collect();
    if let Some(name) = release.filter(|_| read.is_empty()) {
        return Err(ClusterError::new(ErrorKind::NotFound, format!("there is no release {name:?}")));
    }
    let wanted: BTreeSet<ObjectKey> = read.iter().flat_map(|read| read.keys()).collect();
    let presences = live::find(cluster, wanted, scope).await;
    let mut errors: Vec<ClusterError> = read.iter().filter_map(|read| read.error.clone()).collect();
    errors.extend(presences.errors.iter().cloned());
    let releases = read.into_iter().map(|read| read.into_status(&presences, engine)).collect();
    Ok(Statuses { releases, errors })
}

/// A hook, whether the cluster deletes its Jobs by itself, and its last run with the revision that tells of it.
type ReadHook = (Arc<Hook>, bool, Option<(LastRun, u32)>);

/// What is kept of a release while its objects are looked for.
struct Read {
    head: RecordHead,
    chart: Option<(String, String)>,
    last_deployed: Option<Timestamp>,
    apply_method: Option<String>,
    hooks: Vec<ReadHook>,
    plain: BTreeSet<ObjectKey>,
    stuck: Option<Stuck>,
    error: Option<ClusterError>,
}

impl Read {
    /// `None` for a release that is gone by now: its newest record was purged after it was listed.
    async fn of(store: &Store, history: &[RecordHead], looks_back: bool) -> Result<Option<Read>, ClusterError> {
        let Some((head, older)) = history.split_last() else { return Ok(None) };
        let mut read = Read {
            head: head.clone(),
            chart: None,
            last_deployed: None,
            apply_method: None,
            hooks: Vec::new(),
            plain: BTreeSet::new(),
            stuck: stuck(history),
            error: None,
        };
        match store.read(head).await {
            Ok(release) => read.fill(&release),
            Err(error) if error.kind == ErrorKind::NotFound => return Ok(None),
            // Damaged: the others can still be told of.
            Err(error) if error.kind == ErrorKind::Other => read.error = Some(error),
            Err(error) => return Err(error),
        }
        if looks_back {
            for head in older.iter().rev() {
                if read.hooks.iter().all(|(_, _, run)| run.is_some()) {
                    break;
                }
                // An older record that cannot be read tells of no runs.
                let Ok(release) = store.read(head).await else { continue };
                read.look_back(&release);
            }
        }
        Ok(Some(read))
    }

    fn fill(&mut self, release: &StoredRelease) {
        self.chart = Some((release.chart_name.clone(), release.chart_version.clone()));
        self.last_deployed = release.last_deployed;
        self.apply_method.clone_from(&release.apply_method);
        self.hooks = release
            .hooks
            .iter()
            .map(|(recorded, run)| {
                let hook = Hook::from_record(recorded);
                let ttl = fate::has_ttl(&recorded.manifest, &hook);
                let run = (!run.phase.is_empty()).then(|| (run.clone(), release.revision));
                (Arc::new(hook), ttl, run)
            })
            .collect();
        self.plain = plain(release, self.hooks.iter().flat_map(|(hook, ..)| &hook.objects));
        let order = |hook: &Hook| {
            let first = hook.events.iter().min().copied();
            (first, hook.weight.value, hook.object.name.clone())
        };
        self.hooks.sort_by_cached_key(|(hook, ..)| order(hook));
    }

    /// Fills in runs that only an older revision's record knows: an upgrade's record begins without any.
    fn look_back(&mut self, release: &StoredRelease) {
        for (recorded, run) in release.hooks.iter().filter(|(_, run)| !run.phase.is_empty()) {
            let same = |hook: &Hook| hook.object.name == recorded.name && hook.object.kind == recorded.kind;
            for (hook, _, known) in &mut self.hooks {
                if known.is_none() && same(hook) {
                    *known = Some((run.clone(), release.revision));
                }
            }
        }
    }

    fn keys(&self) -> impl Iterator<Item = ObjectKey> {
        let namespace = &self.head.namespace;
        self.hooks
            .iter()
            .flat_map(move |(hook, ..)| hook.objects.iter().filter_map(move |object| ObjectKey::of(object, namespace)))
    }

    fn into_status(self, presences: &Presences, engine: Engine) -> ReleaseStatus {
        let Read { head, chart, last_deployed, apply_method, hooks, plain, stuck, error } = self;
        let release = fate::Release {
            installed: head.status != "uninstalled",
            apply_method: apply_method.as_deref(),
            plain: &plain,
            engine,
        };
        let status = |(hook, ttl, last_run): ReadHook| {
            let of = |object: &Arc<ObjectRef>| {
                let key = ObjectKey::of(object, &head.namespace)?;
                let presence = presences.get(&key).clone();
                let there = if let Presence::Present(object) = &presence { Some(object) } else { None };
                let fate = fate::of(&hook, ttl, &key, there, &release);
                Some((Arc::clone(object), presence, fate))
            };
            let objects = hook.objects.iter().filter_map(of).collect();
            HookStatus { hook, last_run, objects }
        };
        let hooks = hooks.into_iter().map(status).collect();
        ReleaseStatus { head, chart, last_deployed, hooks, stuck, error }
    }
}

/// Those objects of a release that are no hooks and share kind and name with an object of a hook.
pub(super) fn plain<'a>(
    release: &StoredRelease,
    of_hooks: impl Iterator<Item = &'a Arc<ObjectRef>> + Clone,
) -> BTreeSet<ObjectKey> {
    // Most releases have none, and reading YAML takes its time.
    if !of_hooks.clone().any(|object| release.manifest.contains(&object.name)) {
        return BTreeSet::new();
    }
    let text = Str::from(release.manifest.as_str());
    let documents = sort_stream(&text, |_| String::new(), Engine::Helm4.dialect());
    let documents = documents.map(|manifests| manifests.plain).unwrap_or_default();
    let shared = documents.iter().filter(|document| {
        of_hooks.clone().any(|object| object.kind == document.head.kind && object.name == document.head.name)
    });
    shared.filter_map(|document| ObjectKey::of(&plain_object(document), &release.namespace)).collect()
}

/// What helps a release that does not go on by itself; what an operation does that goes on right now looks the same.
fn stuck(history: &[RecordHead]) -> Option<Stuck> {
    let newest = history.last()?;
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let good = |status: &str| history.iter().rev().find(|head| head.status == status);
    let name = newest.name.as_str();
    let (command, help) = match newest.status.as_str() {
        "pending-install" => (
            words(&["uninstall", name]),
            "Nothing was installed before, so there is nothing to go back to; install again afterwards.",
        ),
        status if is_pending(status) => match good("deployed").or_else(|| good("superseded")) {
            Some(target) => (
                words(&["rollback", name, &target.revision.to_string()]),
                "Goes back to the revision that was deployed last; with --no-hooks should a rollback hook be what fails.",
            ),
            None => (words(&["uninstall", name]), "There is no revision to go back to; install again afterwards."),
        },
        "uninstalling" => (
            words(&["uninstall", name]),
            "Runs the pre-delete hooks again and goes on; with --no-hooks should one of them be what fails.",
        ),
        _ => return None,
    };
    Some(Stuck { since: newest.created, command, help: help.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_helps_depends_on_the_history() {
        let head = |revision: u32, status: &str| RecordHead {
            name: "shop".into(),
            namespace: "prod".into(),
            revision,
            status: status.into(),
            object: String::new(),
            created: None,
        };
        let command = |history: &[RecordHead]| stuck(history).map(|stuck| stuck.command.join(" "));
        assert_eq!(command(&[head(1, "pending-install")]).unwrap(), "uninstall shop");
        let upgrade = [head(3, "superseded"), head(4, "deployed"), head(5, "failed"), head(6, "pending-upgrade")];
        assert_eq!(command(&upgrade).unwrap(), "rollback shop 4");
        assert_eq!(command(&[head(1, "failed"), head(2, "pending-upgrade")]).unwrap(), "uninstall shop");
        assert_eq!(command(&[head(4, "deployed"), head(5, "pending-rollback")]).unwrap(), "rollback shop 4");
        assert_eq!(command(&[head(4, "uninstalling")]).unwrap(), "uninstall shop");
        assert_eq!(command(&[head(4, "deployed"), head(5, "failed")]), None);
    }
}
