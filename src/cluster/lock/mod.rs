//! Two runs of one release exclude each other: a Lease in the release's namespace, named after the release.
//!
//! The Lease is written with its `resourceVersion` always, so that of two only one gets it. Times are compared on the server's
//! clock alone: this machine's, and that of the holder, may be wrong. Knows nothing of what is done under the lock.

mod holder;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use k8s_openapi::api::coordination::v1::{Lease, LeaseSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::MicroTime;
use kube::api::{Api, DeleteParams, ObjectMeta, PostParams, Preconditions};

use crate::hooks::{Event, Release};

use super::connect::Cluster;
use super::error::{ClusterError, ErrorKind};
use holder::ProcessId;

pub use holder::Holder;

/// A holder that has not renewed for so long is taken for dead. Longer than an API server takes to come back.
const DURATION: Duration = Duration::from_secs(40);
/// How often the holder renews.
const RENEWAL: Duration = Duration::from_secs(8);
/// How soon it tries again when that failed: what was lost must be known before the run writes again.
const RETRY: Duration = Duration::from_secs(1);
/// A request that is not answered by then is sent again.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often one of several that want the lock tries again when another was faster.
const RACES: usize = 8;

const MANAGER: &str = "helm-hooks";
const PROCESS: &str = "helm-hooks/process";
const EVENT: &str = "helm-hooks/event";

/// The lock of a release, held.
pub struct Lock {
    leases: Api<Lease>,
    name: String,
    lease: RefCell<Lease>,
    /// Whose it was, when it was taken over from one that is dead.
    pub taken_over_from: Option<String>,
}

/// A lock that somebody alive has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Who.
    pub holder: String,
    /// Which event runs.
    pub event: Option<String>,
    /// How long ago that was last heard of.
    pub renewed_ago: Option<Duration>,
    /// When it may be taken over, if nothing more is heard.
    pub free_in: Duration,
}

/// Why there is no lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LockError {
    /// Somebody else has it.
    Held(Held),
    /// It cannot be read or written.
    Cluster(ClusterError),
}

/// How a lock was lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lost {
    /// Somebody else has it now.
    TakenBy(String),
    /// Somebody deleted it.
    Deleted,
    /// We may not renew it any more; the server's words.
    Refused(String),
}

impl From<ClusterError> for LockError {
    fn from(error: ClusterError) -> LockError {
        LockError::Cluster(error)
    }
}

/// The name of the Lease of a release.
pub fn name(release: &Release) -> String {
    format!("helm-hooks.{}", release.name)
}

/// Who has the lock of a release.
///
/// # Errors
/// When the cluster does not say.
pub async fn holder(cluster: &Cluster, release: &Release) -> Result<Option<Held>, ClusterError> {
    let (lease, now) = look(cluster, &release.namespace, &name(release)).await?;
    Ok(lease.and_then(|lease| held(&lease, now)))
}

impl Lock {
    /// Takes the lock of a release for the run of an event.
    ///
    /// # Errors
    /// When a living holder has it, or the cluster refuses.
    pub async fn acquire(
        cluster: &Cluster,
        release: &Release,
        event: Event,
        holder: &Holder,
    ) -> Result<Lock, LockError> {
        let leases: Api<Lease> = Api::namespaced(cluster.client.clone(), &release.namespace);
        let name = name(release);
        let parameters = PostParams { field_manager: Some(MANAGER.to_owned()), ..PostParams::default() };
        let mut last = None;
        for _ in 0..RACES {
            let (lease, now) = look(cluster, &release.namespace, &name).await?;
            let wanted = lease_of(&name, event, holder, lease.as_ref());
            let (written, from) = match &lease {
                None => (leases.create(&parameters, &wanted).await, None),
                Some(lease) => {
                    let from = holder_of(lease);
                    if let Some(held) = held(lease, now) {
                        return Err(LockError::Held(held));
                    }
                    (leases.replace(&name, &parameters, &wanted).await, from)
                }
            };
            match written.map_err(ClusterError::from) {
                Ok(lease) => return Ok(Lock { leases, name, lease: RefCell::new(lease), taken_over_from: from }),
                // Another was faster, or it is gone by now: look again.
                Err(error)
                    if matches!(error.kind, ErrorKind::AlreadyExists | ErrorKind::Conflict)
                        || (error.kind == ErrorKind::NotFound && lease.is_some()) =>
                {
                    last = Some(error);
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(last.unwrap_or(ClusterError::new(ErrorKind::Conflict, "the lease changes all the time")).into())
    }

    /// Renews the lock for as long as it is polled; ends only when the lock is lost.
    pub async fn keep(&self) -> Lost {
        let mut pause = RENEWAL;
        loop {
            tokio::time::sleep(pause).await;
            pause = match self.renew().await {
                Ok(()) => RENEWAL,
                Err(Ok(lost)) => return lost,
                Err(Err(_unreachable)) => RETRY,
            };
        }
    }

    /// `Err(Ok)` when the lock is lost, `Err(Err)` when that is not known.
    async fn renew(&self) -> Result<(), Result<Lost, ClusterError>> {
        let mut lease = self.lease.borrow().clone();
        if let Some(spec) = &mut lease.spec {
            spec.renew_time = Some(MicroTime(Timestamp::now()));
        }
        let parameters = PostParams { field_manager: Some(MANAGER.to_owned()), ..PostParams::default() };
        let error = match in_time(self.leases.replace(&self.name, &parameters, &lease)).await {
            Ok(lease) => {
                *self.lease.borrow_mut() = lease;
                return Ok(());
            }
            Err(error) => error,
        };
        match error.kind {
            ErrorKind::NotFound => Err(Ok(Lost::Deleted)),
            ErrorKind::Conflict => match in_time(self.leases.get_opt(&self.name)).await {
                Ok(Some(now)) if self.is_ours(&now) => {
                    // An answer of ours got lost, or somebody wrote a label on it.
                    *self.lease.borrow_mut() = now;
                    Err(Err(error))
                }
                Ok(Some(now)) => Err(Ok(Lost::TakenBy(holder_of(&now).unwrap_or_else(|| "nobody".to_owned())))),
                Ok(None) => Err(Ok(Lost::Deleted)),
                Err(error) => Err(Err(error)),
            },
            ErrorKind::Forbidden | ErrorKind::Invalid => Err(Ok(Lost::Refused(error.message))),
            _ => Err(Err(error)),
        }
    }

    fn is_ours(&self, now: &Lease) -> bool {
        let own = self.lease.borrow();
        own.metadata.uid == now.metadata.uid && holder_of(&own) == holder_of(now)
    }

    /// Gives the lock back; what is not ours any more is left alone.
    ///
    /// # Errors
    /// When the cluster does not let us, or cannot be asked; the lock is free then a little later all the same.
    pub async fn release(self) -> Result<(), ClusterError> {
        let mut failed = None;
        for _ in 0..4 {
            let (uid, version) = {
                let lease = self.lease.borrow();
                (lease.metadata.uid.clone(), lease.metadata.resource_version.clone())
            };
            let parameters = DeleteParams::default().preconditions(Preconditions { uid, resource_version: version });
            let error = match in_time(self.leases.delete(&self.name, &parameters)).await {
                Ok(_) => return Ok(()),
                Err(error) => error,
            };
            match error.kind {
                ErrorKind::NotFound => return Ok(()),
                ErrorKind::Conflict => match in_time(self.leases.get_opt(&self.name)).await {
                    Ok(Some(now)) if self.is_ours(&now) => *self.lease.borrow_mut() = now,
                    Ok(_) => return Ok(()),
                    Err(error) => failed = Some(error),
                },
                kind if kind.is_passing() => {
                    failed = Some(error);
                    tokio::time::sleep(RETRY).await;
                }
                _ => return Err(error),
            }
        }
        failed.map_or(Ok(()), Err)
    }
}

/// The Lease as it is, and the time on the server's clock.
async fn look(
    cluster: &Cluster,
    namespace: &str,
    name: &str,
) -> Result<(Option<Lease>, Option<Timestamp>), ClusterError> {
    let uri = format!("/apis/coordination.k8s.io/v1/namespaces/{namespace}/leases/{name}");
    let request = http::Request::get(uri).body(kube::client::Body::empty());
    let request = request.map_err(|e| ClusterError::new(ErrorKind::Other, e.to_string()))?;
    let answer = cluster.client.send(request).await?;
    let date = answer.headers().get(http::header::DATE).and_then(|date| date.to_str().ok());
    let now = date.and_then(|date| jiff::fmt::rfc2822::parse(date).ok()).map(|zoned| zoned.timestamp());
    let code = answer.status().as_u16();
    let body = answer.into_body().collect_bytes().await.map_err(ClusterError::from)?;
    match code {
        200 => match serde_json::from_slice(&body) {
            Ok(lease) => Ok((Some(lease), now)),
            Err(_) => Err(ClusterError::new(ErrorKind::Other, format!("the Lease {name} cannot be read"))),
        },
        404 => Ok((None, now)),
        _ => {
            let unknown = || kube::core::Status { code, ..kube::core::Status::default() };
            let status: kube::core::Status = serde_json::from_slice(&body).unwrap_or_else(|_| unknown());
            Err(ClusterError::from(kube::Error::Api(Box::new(status))))
        }
    }
}

async fn in_time<T>(request: impl Future<Output = Result<T, kube::Error>>) -> Result<T, ClusterError> {
    match tokio::time::timeout(PATIENCE, request).await {
        Ok(answer) => answer.map_err(ClusterError::from),
        Err(_) => Err(ClusterError::new(ErrorKind::Unreachable, "no answer in time")),
    }
}

fn holder_of(lease: &Lease) -> Option<String> {
    lease.spec.as_ref()?.holder_identity.clone().filter(|holder| !holder.is_empty())
}

/// Who holds it, when somebody alive does.
fn held(lease: &Lease, now: Option<Timestamp>) -> Option<Held> {
    let holder = holder_of(lease)?;
    let spec = lease.spec.as_ref()?;
    let annotation =
        |name: &str| lease.metadata.annotations.as_ref().and_then(|annotations| annotations.get(name)).cloned();
    if annotation(PROCESS).and_then(|text| ProcessId::parse(&text)).is_some_and(|process| process.is_known_to_be_gone())
    {
        return None;
    }
    let duration = spec.lease_duration_seconds.and_then(|seconds| u64::try_from(seconds).ok());
    let duration = duration.map_or(DURATION, Duration::from_secs);
    // The server notes when the holder last wrote; its own note of that is of its own clock.
    let written =
        lease.metadata.managed_fields.iter().flatten().filter_map(|fields| Some(fields.time.as_ref()?.0)).max();
    let renewed = written.or(spec.renew_time.as_ref().map(|time| time.0));
    let now = now.unwrap_or_else(Timestamp::now);
    let ago = renewed.map(|renewed| Duration::try_from(now.duration_since(renewed)).unwrap_or_default());
    let free_in = ago.map_or(duration, |ago| duration.saturating_sub(ago));
    (!free_in.is_zero()).then(|| Held { holder, event: annotation(EVENT), renewed_ago: ago, free_in })
}

fn lease_of(name: &str, event: Event, holder: &Holder, old: Option<&Lease>) -> Lease {
    let mut annotations = BTreeMap::from([(EVENT.to_owned(), event.name().to_owned())]);
    annotations.extend(holder.process.as_ref().map(|process| (PROCESS.to_owned(), process.to_string())));
    let now = MicroTime(Timestamp::now());
    let transitions = old.and_then(|old| old.spec.as_ref()?.lease_transitions).map_or(0, |n| n.saturating_add(1));
    Lease {
        metadata: ObjectMeta {
            name: Some(name.to_owned()),
            resource_version: old.and_then(|old| old.metadata.resource_version.clone()),
            uid: old.and_then(|old| old.metadata.uid.clone()),
            annotations: Some(annotations),
            labels: Some(BTreeMap::from([("app.kubernetes.io/managed-by".to_owned(), MANAGER.to_owned())])),
            ..ObjectMeta::default()
        },
        spec: Some(LeaseSpec {
            acquire_time: Some(now.clone()),
            renew_time: Some(now),
            holder_identity: Some(holder.to_string()),
            lease_duration_seconds: i32::try_from(DURATION.as_secs()).ok(),
            lease_transitions: Some(transitions),
            ..LeaseSpec::default()
        }),
    }
}

#[cfg(test)]
mod tests;
