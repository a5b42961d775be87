//! What exists in the cluster of the objects that hooks name: metadata alone, and for Jobs and Pods how they stand.
//!
//! Few objects are asked for one by one, many by lists in pages. No object's content is read, so no Secret's either.

use std::collections::{BTreeMap, BTreeSet};

use futures::StreamExt;
use jiff::Timestamp;
use kube::api::{Api, DynamicObject, ListParams, PartialObjectMeta};
use kube::core::ObjectMeta;
use serde_json::Value;

use crate::hooks::ObjectRef;

use super::connect::Cluster;
use super::error::{ClusterError, ErrorKind};
use super::kinds::Kind;

/// Requests at a time.
pub(super) const AT_ONCE: usize = 16;
/// How many objects of a kind are asked for one by one when lists are allowed.
const FEW: usize = 40;
/// Objects in a page of metadata.
const PAGE: u32 = 500;
/// Objects in a page of Jobs or Pods, which come whole.
const WHOLE_PAGE: u32 = 100;

/// What makes two manifests the same object, whatever version they were written for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ObjectKey {
    /// `apiVersion` as written.
    pub api_version: String,
    /// `kind`.
    pub kind: String,
    /// The namespace it would be in if its kind has namespaces.
    pub namespace: String,
    /// `metadata.name`.
    pub name: String,
}

impl ObjectKey {
    /// The key of a manifest's object; `None` when its name is not known beforehand.
    pub fn of(object: &ObjectRef, release_namespace: &str) -> Option<ObjectKey> {
        if object.name.is_empty() || object.kind.is_empty() {
            return None;
        }
        Some(ObjectKey {
            api_version: object.api_version.clone(),
            kind: object.kind.clone(),
            namespace: object.namespace.clone().unwrap_or_else(|| release_namespace.to_owned()),
            name: object.name.clone(),
        })
    }
}

/// An object that exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveObject {
    /// Its uid.
    pub uid: String,
    /// The namespace it is in; `None` for kinds without.
    pub namespace: Option<String>,
    /// The plural of its kind and the group, as rights name them.
    pub resource: (String, String),
    /// When it was made.
    pub created: Option<Timestamp>,
    /// Whether it is being deleted.
    pub deleting: bool,
    /// For Jobs and Pods: `complete`, `failed`, `running` …
    pub state: Option<&'static str>,
    /// Whether it says of itself that it is a hook.
    pub is_hook: bool,
    /// The release that Helm counts it to; hooks have none.
    pub managed_by: Option<String>,
    /// Whether it goes when another object goes.
    pub is_owned: bool,
}

/// Whether an object exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It does not.
    Absent,
    /// It does.
    Present(LiveObject),
    /// The server does not say.
    Unknown,
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Presences {
    known: BTreeMap<ObjectKey, Presence>,
    /// What the server refused, each once.
    pub errors: Vec<ClusterError>,
}

impl Presences {
    /// Whether an object exists.
    pub fn get(&self, key: &ObjectKey) -> &Presence {
        self.known.get(key).unwrap_or(&Presence::Absent)
    }

    fn fail(&mut self, keys: impl IntoIterator<Item = ObjectKey>, error: ClusterError) {
        self.known.extend(keys.into_iter().map(|key| (key, Presence::Unknown)));
        if !self.errors.contains(&error) {
            self.errors.push(error);
        }
    }
}

/// How many objects there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Those of one release: each is asked for.
    Release,
    /// Those of a namespace's releases: kinds with many are listed there.
    Namespace,
    /// Those of all: kinds with many are listed everywhere.
    All,
}

/// Looks for objects.
pub async fn find(cluster: &Cluster, wanted: BTreeSet<ObjectKey>, scope: Scope) -> Presences {
    let mut found = Presences::default();
    let mut kinds: BTreeMap<(String, String), Vec<ObjectKey>> = BTreeMap::new();
    for key in wanted {
        kinds.entry((key.api_version.clone(), key.kind.clone())).or_default().push(key);
    }
    for ((api_version, kind_name), keys) in kinds {
        match cluster.kinds.find(&cluster.client, &api_version, &kind_name).await {
            Ok(kind) => of_kind(cluster, &kind, keys, scope, &mut found).await,
            // A kind the server does not have has no objects.
            Err(error) if error.kind == ErrorKind::NotFound => {}
            Err(error) => found.fail(keys, error),
        }
    }
    found
}

async fn of_kind(cluster: &Cluster, kind: &Kind, keys: Vec<ObjectKey>, scope: Scope, found: &mut Presences) {
    let listed = match scope {
        Scope::Release => None,
        _ if keys.len() <= FEW => None,
        Scope::All => Some(None),
        Scope::Namespace => {
            // The namespace most of them are in; what lies elsewhere is asked for.
            let mut count: BTreeMap<&str, usize> = BTreeMap::new();
            keys.iter().for_each(|key| *count.entry(&key.namespace).or_default() += 1);
            count.into_iter().max_by_key(|(_, count)| *count).map(|(namespace, _)| Some(namespace.to_owned()))
        }
    };
    let Some(namespace) = listed else { return each(cluster, kind, keys, found).await };
    let in_list = |key: &ObjectKey| namespace.as_ref().is_none_or(|own| *own == key.namespace) || !kind.namespaced;
    let (listed, others): (Vec<_>, Vec<_>) = keys.into_iter().partition(in_list);
    each(cluster, kind, others, found).await;
    // By where it is and its name: the versions of a kind have the same objects.
    let place =
        |key: &ObjectKey| (if kind.namespaced { key.namespace.clone() } else { String::new() }, key.name.clone());
    let mut by_place: BTreeMap<(String, String), Vec<ObjectKey>> = BTreeMap::new();
    for key in listed {
        by_place.entry(place(&key)).or_default().push(key);
    }
    let api = kind.api(&cluster.client, namespace.as_deref());
    let listing = list(&api, kind, |metadata, state| {
        let own = (metadata.namespace.clone().unwrap_or_default(), metadata.name.clone().unwrap_or_default());
        for key in by_place.get(&own).into_iter().flatten() {
            found.known.insert(key.clone(), Presence::Present(live(kind, metadata, state)));
        }
    })
    .await;
    if let Err(error) = listing {
        found.fail(by_place.into_values().flatten(), error);
    }
}

/// Asks for each object.
async fn each(cluster: &Cluster, kind: &Kind, keys: Vec<ObjectKey>, found: &mut Presences) {
    let ask = |key: ObjectKey| async move {
        let api = kind.api(&cluster.client, Some(&key.namespace));
        let answer = if has_state(kind) {
            api.get(&key.name).await.map(|object| live(kind, &object.metadata, state(kind, &object.data)))
        } else {
            api.get_metadata(&key.name).await.map(|object| live(kind, &object.metadata, None))
        };
        (key, answer.map_err(ClusterError::from))
    };
    let mut answers = futures::stream::iter(keys.into_iter().map(ask)).buffer_unordered(AT_ONCE);
    while let Some((key, answer)) = answers.next().await {
        match answer {
            Ok(object) => drop(found.known.insert(key, Presence::Present(object))),
            Err(error) if error.kind == ErrorKind::NotFound => {}
            Err(error) => found.fail([key], error),
        }
    }
}

/// Goes through all objects of a kind, page by page.
async fn list(
    api: &Api<DynamicObject>,
    kind: &Kind,
    mut visit: impl FnMut(&ObjectMeta, Option<&'static str>),
) -> Result<(), ClusterError> {
    let whole = has_state(kind);
    let mut params = ListParams::default().limit(if whole { WHOLE_PAGE } else { PAGE });
    loop {
        let page = if whole {
            api.list(&params).await.map(|page| {
                page.items.iter().for_each(|object| visit(&object.metadata, state(kind, &object.data)));
                page.metadata
            })
        } else {
            api.list_metadata(&params).await.map(|page| {
                page.items.iter().for_each(|object: &PartialObjectMeta<_>| visit(&object.metadata, None));
                page.metadata
            })
        };
        let metadata = match page.map_err(ClusterError::from) {
            Ok(metadata) => metadata,
            // Visiting an object again does no harm.
            Err(error) if error.kind == ErrorKind::Gone && params.continue_token.is_some() => {
                params.continue_token = None;
                continue;
            }
            Err(error) => return Err(error),
        };
        params.continue_token = metadata.continue_.filter(|token| !token.is_empty());
        if params.continue_token.is_none() {
            return Ok(());
        }
    }
}

fn has_state(kind: &Kind) -> bool {
    matches!((kind.resource.group.as_str(), kind.resource.kind.as_str()), ("batch", "Job") | ("", "Pod"))
}

fn live(kind: &Kind, metadata: &ObjectMeta, state: Option<&'static str>) -> LiveObject {
    let annotation = |name: &str| metadata.annotations.as_ref().and_then(|all| all.get(name));
    LiveObject {
        uid: metadata.uid.clone().unwrap_or_default(),
        namespace: metadata.namespace.clone(),
        resource: (kind.resource.plural.clone(), kind.resource.group.clone()),
        created: metadata.creation_timestamp.as_ref().map(|time| time.0),
        deleting: metadata.deletion_timestamp.is_some(),
        state,
        is_hook: annotation("helm.sh/hook").is_some(),
        managed_by: annotation("meta.helm.sh/release-name").cloned(),
        is_owned: metadata.owner_references.as_ref().is_some_and(|owners| !owners.is_empty()),
    }
}

/// How a Job or Pod stands.
fn state(kind: &Kind, data: &Value) -> Option<&'static str> {
    let status = data.get("status");
    let field = |name: &str| status.and_then(|status| status.get(name));
    if kind.resource.kind == "Pod" {
        return Some(match field("phase").and_then(Value::as_str) {
            Some("Succeeded") => "succeeded",
            Some("Failed") => "failed",
            Some("Running") => "running",
            Some("Pending") | None => "pending",
            Some(_) => "unknown",
        });
    }
    let conditions = field("conditions").and_then(Value::as_array);
    let is = |wanted: &str| {
        conditions.into_iter().flatten().any(|condition| {
            let text = |key: &str| condition.get(key).and_then(Value::as_str);
            text("type") == Some(wanted) && text("status") == Some("True")
        })
    };
    Some(match () {
        () if is("Complete") => "complete",
        () if is("Failed") => "failed",
        () if is("Suspended") => "suspended",
        () if field("active").and_then(Value::as_i64).unwrap_or_default() > 0 => "running",
        () => "waiting",
    })
}
