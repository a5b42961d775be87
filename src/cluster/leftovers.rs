//! Objects of hooks that exist and that nobody will delete; and deleting them, each only as the one that was shown.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures::{StreamExt, TryStreamExt};
use k8s_openapi::api::authorization::v1::{ResourceAttributes, SelfSubjectAccessReview, SelfSubjectAccessReviewSpec};
use kube::api::{Api, ApiResource, DeleteParams, DynamicObject, PostParams, Preconditions, PropagationPolicy};

use crate::helm::dialect::Engine;
use crate::hooks::Hook;

use super::connect::Cluster;
use super::error::{ClusterError, ErrorKind};
use super::fate::{self, Fate};
use super::live::{self, AT_ONCE, LiveObject, ObjectKey, Presence, Scope};
use super::release::{RecordHead, Store, StoredRelease, is_pending};
use super::status::plain;

/// An object that nobody will delete.
#[derive(Clone, Debug)]
pub struct Leftover {
    /// Which.
    pub key: ObjectKey,
    /// As it is now.
    pub object: LiveObject,
    /// The release it comes from: its newest revision; without one, the chart it comes from is not installed.
    pub release: ReleaseOf,
    /// The newest revision whose hooks name it; `None` when only a chart does.
    pub revision: Option<u32>,
    /// The events of that hook.
    pub events: Vec<String>,
    /// Its delete policies.
    pub policies: Vec<String>,
    /// Why nobody will.
    pub reason: Reason,
}

/// The release of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleaseOf {
    /// Its name.
    pub name: String,
    /// Its namespace.
    pub namespace: String,
    /// Its status; `None` without records.
    pub status: Option<String>,
}

/// Why nobody will delete an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The release is uninstalled.
    Uninstalled,
    /// The hook only runs at an install, which will not come again.
    RunsNoMore,
    /// The newest revision has no such hook any more.
    NoLongerAHook,
    /// No policy of the hook, or none that comes to act.
    NoPolicy,
    /// Helm never deletes CRDs of hooks.
    NeverDeleted,
}

impl Reason {
    /// Its name in machine output.
    pub fn name(self) -> &'static str {
        match self {
            Reason::Uninstalled => "uninstalled",
            Reason::RunsNoMore => "runs-no-more",
            Reason::NoLongerAHook => "no-longer-a-hook",
            Reason::NoPolicy => "no-policy",
            Reason::NeverDeleted => "never-deleted",
        }
    }
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Leftovers {
    /// By namespace, release, kind and name.
    pub found: Vec<Leftover>,
    /// Releases with an operation that goes on, whose hooks' objects are in use.
    pub busy: Vec<RecordHead>,
    /// What could not be looked at.
    pub errors: Vec<ClusterError>,
}

/// A chart whose hooks are looked for as well.
#[derive(Clone, Debug)]
pub struct OfChart {
    /// The release's name.
    pub release: String,
    /// Its namespace.
    pub namespace: String,
    /// The hooks with their manifests.
    pub hooks: Vec<(Arc<Hook>, String)>,
}

/// An object that a hook names, and what follows from that.
struct Claim {
    release: ReleaseOf,
    revision: Option<u32>,
    events: Vec<String>,
    policies: Vec<String>,
    /// Items of a list do not say themselves that they are hooks.
    in_list: bool,
    /// Who will delete it, and if nobody, why.
    fate: Fate,
    reason: Reason,
    /// For what the object itself decides later.
    has_ttl: bool,
}

/// What hooks claim.
#[derive(Default)]
struct Claims {
    by_key: BTreeMap<ObjectKey, Claim>,
    busy: Vec<RecordHead>,
    errors: Vec<ClusterError>,
}

/// Finds what one release has left, or all of a store; with those of a chart that need not be installed.
///
/// # Errors
/// When records cannot be listed.
pub async fn find(
    cluster: &Cluster,
    store: &Store,
    release: Option<&str>,
    chart: Option<&OfChart>,
    scope: Scope,
    engine: Engine,
) -> Result<Leftovers, ClusterError> {
    let heads = store.heads(release).await?;
    if let Some(name) = release.filter(|_| heads.is_empty() && chart.is_none()) {
        return Err(ClusterError::new(ErrorKind::NotFound, format!("there is no release {name:?}")));
    }
    let histories = heads.chunk_by(|a, b| (&a.namespace, &a.name) == (&b.namespace, &b.name));
    let each: Vec<Claims> = futures::stream::iter(histories.map(|history| Claims::of(store, history, engine)))
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    let mut claims = Claims::default();
    each.into_iter().for_each(|other| claims.join(other));
    if let Some(chart) = chart {
        claims.add_chart(chart, &heads);
    }
    let may_stay = |claim: &Claim| !claim.fate.is_deleted() || matches!(claim.fate, Fate::AfterNext(_));
    let wanted: BTreeSet<ObjectKey> =
        claims.by_key.iter().filter(|(_, claim)| may_stay(claim)).map(|(key, _)| key.clone()).collect();
    let presences = live::find(cluster, wanted, scope).await;
    let mut found = Leftovers { busy: claims.busy, errors: claims.errors, ..Leftovers::default() };
    found.errors.extend(presences.errors.iter().cloned());
    for (key, claim) in claims.by_key {
        let Presence::Present(object) = presences.get(&key) else { continue };
        if claim.is_left(object) {
            found.found.push(Leftover {
                key,
                object: object.clone(),
                release: claim.release,
                revision: claim.revision,
                events: claim.events,
                policies: claim.policies,
                reason: claim.reason,
            });
        }
    }
    // Versions of one kind have the same objects.
    let mut seen = BTreeSet::new();
    found.found.retain(|leftover| seen.insert(leftover.object.uid.clone()));
    found.found.sort_by(|a, b| {
        let by = |own: &Leftover| {
            (own.release.namespace.clone(), own.release.name.clone(), own.key.kind.clone(), own.key.name.clone())
        };
        by(a).cmp(&by(b))
    });
    Ok(found)
}

impl Claim {
    /// Whether an object is what the hook left and nobody will delete it.
    fn is_left(&self, object: &LiveObject) -> bool {
        !self.fate.clone().of_object(object).is_deleted()
            && !object.deleting
            && !object.is_owned
            && !self.has_ttl
            // Another release's object of the same name, or somebody else's.
            && object.managed_by.is_none()
            && (object.is_hook || self.in_list)
    }
}

impl Claims {
    async fn of(store: &Store, history: &[RecordHead], engine: Engine) -> Result<Claims, ClusterError> {
        let mut claims = Claims::default();
        let Some((newest, older)) = history.split_last() else { return Ok(claims) };
        if is_pending(&newest.status) || newest.status == "uninstalling" {
            claims.busy.push(newest.clone());
        }
        match store.read(newest).await {
            Ok(release) => claims.add_newest(newest, &release, engine),
            Err(error) if error.kind == ErrorKind::NotFound => return Ok(claims),
            Err(error) if error.kind == ErrorKind::Other => {
                // Without it nobody knows what is still in use.
                claims.errors.push(error);
                return Ok(claims);
            }
            Err(error) => return Err(error),
        }
        for head in older.iter().rev() {
            match store.read(head).await {
                Ok(release) => claims.add_older(newest, &release),
                Err(error) if error.kind == ErrorKind::NotFound => {}
                Err(error) if error.kind == ErrorKind::Other => claims.errors.push(error),
                Err(error) => return Err(error),
            }
        }
        Ok(claims)
    }

    fn add_newest(&mut self, newest: &RecordHead, release: &StoredRelease, engine: Engine) {
        let is_busy = !self.busy.is_empty();
        let hooks: Vec<(Arc<Hook>, bool)> = release
            .hooks
            .iter()
            .map(|(recorded, _)| {
                let hook = Hook::from_record(recorded);
                let ttl = fate::has_ttl(&recorded.manifest, &hook);
                (Arc::new(hook), ttl)
            })
            .collect();
        let plain = plain(release, hooks.iter().flat_map(|(hook, _)| &hook.objects));
        let installed = newest.status != "uninstalled";
        let of = fate::Release { installed, apply_method: release.apply_method.as_deref(), plain: &plain, engine };
        for (hook, has_ttl) in &hooks {
            for object in &hook.objects {
                let Some(key) = ObjectKey::of(object, &newest.namespace) else { continue };
                let mut fate = fate::of(hook, *has_ttl, &key, None, &of);
                if is_busy && fate == Fate::Stays {
                    // In use, as far as anybody knows.
                    fate = Fate::WithRelease;
                }
                let runs_no_more =
                    hook.events.iter().all(|event| event.operation() == crate::hooks::Operation::Install);
                let reason = match () {
                    () if !installed => Reason::Uninstalled,
                    () if hook.is_never_deleted() => Reason::NeverDeleted,
                    () if runs_no_more => Reason::RunsNoMore,
                    () => Reason::NoPolicy,
                };
                self.put(key, Claim::new(release_of(newest), Some(release.revision), hook, fate, reason, *has_ttl));
            }
        }
    }

    fn add_older(&mut self, newest: &RecordHead, release: &StoredRelease) {
        for (recorded, _) in &release.hooks {
            let hook = Hook::from_record(recorded);
            let has_ttl = fate::has_ttl(&recorded.manifest, &hook);
            for object in &hook.objects {
                let Some(key) = ObjectKey::of(object, &newest.namespace) else { continue };
                let reason = match newest.status.as_str() {
                    "uninstalled" => Reason::Uninstalled,
                    _ => Reason::NoLongerAHook,
                };
                let fate = Fate::Stays;
                self.put(key, Claim::new(release_of(newest), Some(release.revision), &hook, fate, reason, has_ttl));
            }
        }
    }

    /// The hooks of a chart: those of a release that is installed are told by its records.
    fn add_chart(&mut self, chart: &OfChart, heads: &[RecordHead]) {
        let newest = heads.iter().rev().find(|head| head.name == chart.release && head.namespace == chart.namespace);
        let installed = newest.is_some_and(|head| head.status != "uninstalled");
        let release = ReleaseOf {
            name: chart.release.clone(),
            namespace: chart.namespace.clone(),
            status: newest.map(|head| head.status.clone()),
        };
        for (hook, manifest) in &chart.hooks {
            let has_ttl = fate::has_ttl(manifest, hook);
            for object in &hook.objects {
                let Some(key) = ObjectKey::of(object, &chart.namespace) else { continue };
                let reason = if installed { Reason::NoLongerAHook } else { Reason::Uninstalled };
                self.put(key, Claim::new(release.clone(), None, hook, Fate::Stays, reason, has_ttl));
            }
        }
    }

    /// The newest claim on an object decides, except that one that says it is deleted wins over one that says it is not.
    fn put(&mut self, key: ObjectKey, claim: Claim) {
        match self.by_key.get(&key) {
            Some(known) if known.fate.is_deleted() || !claim.fate.is_deleted() => {}
            _ => drop(self.by_key.insert(key, claim)),
        }
    }

    fn join(&mut self, other: Claims) {
        self.busy.extend(other.busy);
        self.errors.extend(other.errors);
        for (key, claim) in other.by_key {
            self.put(key, claim);
        }
    }
}

impl Claim {
    fn new(release: ReleaseOf, revision: Option<u32>, hook: &Hook, fate: Fate, reason: Reason, has_ttl: bool) -> Claim {
        Claim {
            release,
            revision,
            events: hook.events.iter().map(|event| event.name().to_owned()).collect(),
            policies: hook.delete_policies.words.clone(),
            in_list: hook.is_list,
            fate,
            reason,
            has_ttl,
        }
    }
}

fn release_of(head: &RecordHead) -> ReleaseOf {
    let RecordHead { name, namespace, status, .. } = head.clone();
    ReleaseOf { name, namespace, status: Some(status) }
}

/// What became of an object that was to be deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deletion {
    /// The server has accepted it.
    Deleted,
    /// It was gone already.
    Gone,
    /// Another object has its name now, which is left alone.
    Another,
    /// The server refused.
    Failed(ClusterError),
}

/// Which rights to delete these objects are missing: verb, resource and namespace in words.
///
/// # Errors
/// When the server cannot be asked.
pub async fn missing_rights(cluster: &Cluster, leftovers: &[Leftover]) -> Result<Vec<String>, ClusterError> {
    let needed: BTreeSet<(Option<String>, (String, String))> =
        leftovers.iter().map(|own| (own.object.namespace.clone(), own.object.resource.clone())).collect();
    let api: Api<SelfSubjectAccessReview> = Api::all(cluster.client.clone());
    let mut missing = Vec::new();
    for (namespace, (resource, group)) in needed {
        let attributes = ResourceAttributes {
            group: Some(group.clone()),
            resource: Some(resource.clone()),
            namespace: namespace.clone(),
            verb: Some("delete".to_owned()),
            ..ResourceAttributes::default()
        };
        let spec = SelfSubjectAccessReviewSpec { resource_attributes: Some(attributes), ..Default::default() };
        let review = SelfSubjectAccessReview { spec, ..Default::default() };
        let answer = api.create(&PostParams::default(), &review).await?;
        if !answer.status.is_some_and(|status| status.allowed) {
            let group = if group.is_empty() { String::new() } else { format!(".{group}") };
            let place =
                namespace.map_or_else(|| "the cluster".to_owned(), |namespace| format!("namespace {namespace}"));
            missing.push(format!("delete {resource}{group} in {place}"));
        }
    }
    Ok(missing)
}

/// Deletes an object, if it is still the one that was shown.
pub async fn delete(cluster: &Cluster, leftover: &Leftover) -> Deletion {
    let key = &leftover.key;
    let (group, version) = key.api_version.split_once('/').unwrap_or(("", &key.api_version));
    let resource = ApiResource {
        group: group.to_owned(),
        version: version.to_owned(),
        api_version: key.api_version.clone(),
        kind: key.kind.clone(),
        plural: leftover.object.resource.0.clone(),
    };
    let api: Api<DynamicObject> = match &leftover.object.namespace {
        Some(namespace) => Api::namespaced_with(cluster.client.clone(), namespace, &resource),
        None => Api::all_with(cluster.client.clone(), &resource),
    };
    let params = DeleteParams {
        propagation_policy: Some(PropagationPolicy::Background),
        preconditions: Some(Preconditions { uid: Some(leftover.object.uid.clone()), resource_version: None }),
        ..DeleteParams::default()
    };
    match api.delete(&key.name, &params).await.map_err(ClusterError::from) {
        Ok(_) => Deletion::Deleted,
        Err(error) if error.kind == ErrorKind::NotFound => Deletion::Gone,
        Err(error) if error.kind == ErrorKind::Conflict => Deletion::Another,
        Err(error) => Deletion::Failed(error),
    }
}
