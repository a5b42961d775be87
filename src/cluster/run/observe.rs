//! Follows objects by look and watch, for as long as anybody listens: cut watches, old versions, servers that do not answer are its
//! business; what the objects mean is not.

use std::time::Duration;

use futures::{Stream, StreamExt};
use http::{Method, Request};
use kube::api::{DynamicObject, WatchEvent};
use serde_json::Value;
use tokio::sync::mpsc::UnboundedSender;
use tokio::time::{Instant, sleep, timeout};

use crate::cluster::error::{ClusterError, ErrorKind};

use super::request::{Refused, send};
use super::target::{Target, escape, text};
use super::write::{Backoff, LOOK, no_answer};

/// A watch that has been silent for this long is not trusted: a connection can be dead without a word.
const SILENCE: Duration = Duration::from_secs(30);
/// A watch that ended within this time did not end by age.
const BRIEF: Duration = Duration::from_secs(5);
/// How often one looks where watching is not allowed.
const GLANCE: Duration = Duration::from_secs(1);

/// How long it may take until a watch is refused.
const PROBE: Duration = Duration::from_secs(1);

/// What a watch gives.
trait Watch: Stream<Item = kube::Result<WatchEvent<DynamicObject>>> {}

impl<S: Stream<Item = kube::Result<WatchEvent<DynamicObject>>>> Watch for S {}

/// What is followed.
#[derive(Clone, Debug)]
pub(super) enum Followed {
    /// One object, asked for by name, or in a list where only that is allowed.
    One(Target),
    /// One object, asked for in lists alone, as Helm waits for readiness: with the same rights.
    Listed(Target),
    /// Everything that a list with this path and query has.
    All(String),
}

/// What was seen.
#[derive(Clone, Debug)]
pub(super) enum Seen {
    /// An object is like this now.
    Is(Value),
    /// An object was deleted; this was its last state.
    Deleted(Value),
    /// A look found nothing under that name.
    Absent,
    /// The server does not answer, or not now; it is asked again.
    Trouble(ClusterError),
    /// Watching is not allowed, looking is; it goes on with looks.
    Unwatchable(ClusterError),
    /// Neither is allowed; nothing more will be seen.
    Refused(ClusterError),
}

/// Follows until nobody listens. `version` is where to begin; without it a look comes first.
pub(super) async fn follow(
    client: kube::Client,
    followed: Followed,
    version: Option<String>,
    tell: impl Fn(Seen) -> bool,
) {
    let mut version = version;
    let (mut watchable, mut broken) = (true, 0);
    let mut backoff = Backoff::new();
    loop {
        if version.is_none() {
            match followed.look(&client).await {
                Ok(found) => {
                    backoff = Backoff::new();
                    version = Some(found.version);
                    let none = found.objects.is_empty() && !matches!(followed, Followed::All(_));
                    let mut seen = found.objects.into_iter().map(Seen::Is).chain(none.then_some(Seen::Absent));
                    // What is gone is gone: whoever waits for an end by name has it.
                    if !seen.all(&tell) || none {
                        return;
                    }
                }
                Err(error) if error.kind == ErrorKind::Forbidden => {
                    tell(Seen::Refused(error));
                    return;
                }
                Err(error) => {
                    if !tell(Seen::Trouble(error)) {
                        return;
                    }
                    sleep(backoff.next()).await;
                    continue;
                }
            }
        }
        if !watchable {
            sleep(GLANCE).await;
            version = None;
            continue;
        }
        let opened = Instant::now();
        match followed.watch(&client, version.as_deref().unwrap_or_default(), &tell).await {
            Ended::Unheard => return,
            Ended::At(newer) => {
                // A watch that ends at once, again and again, must not become a storm of requests.
                if opened.elapsed() < BRIEF && version.as_ref() == Some(&newer) {
                    sleep(backoff.next()).await;
                } else {
                    backoff = Backoff::new();
                }
                version = Some(newer);
                broken = 0;
            }
            Ended::Stale => version = None,
            Ended::Broken(error) if error.kind == ErrorKind::Forbidden => {
                watchable = false;
                version = None;
                if !tell(Seen::Unwatchable(error)) {
                    return;
                }
            }
            Ended::Broken(error) => {
                // The next watch begins where this one ended, so nothing is missed; unless it is the server that minds the version.
                broken += u32::from(error.kind != ErrorKind::Unreachable);
                if broken > 3 {
                    (version, broken) = (None, 0);
                }
                if !tell(Seen::Trouble(error)) {
                    return;
                }
                sleep(backoff.next()).await;
            }
        }
    }
}

/// How a watch ended.
enum Ended {
    /// Nobody listens.
    Unheard,
    /// As watches do, or silent for long; the next one begins at this version.
    At(String),
    /// The version is too old.
    Stale,
    /// With an error.
    Broken(ClusterError),
}

/// What a look found.
struct Found {
    objects: Vec<Value>,
    version: String,
}

impl Followed {
    /// The collection with what selects from it.
    fn query(&self) -> String {
        match self {
            Followed::One(target) | Followed::Listed(target) => {
                format!("{}?fieldSelector=metadata.name%3D{}", target.collection, escape(&target.object.name))
            }
            Followed::All(query) => query.clone(),
        }
    }

    /// What is there now. One object is asked for by name, and in a list where only that is allowed.
    async fn look(&self, client: &kube::Client) -> Result<Found, ClusterError> {
        if let Followed::One(target) = self {
            match ask(client, &target.path()).await {
                Ok(object) => return Ok(Found { version: version(&object), objects: vec![object] }),
                // Where a deletion is waited for, any version later than this one will do: an object that comes back is another.
                Err(error) if error.kind == ErrorKind::NotFound => {
                    return Ok(Found { version: String::new(), objects: Vec::new() });
                }
                Err(error) if error.kind == ErrorKind::Forbidden => {}
                Err(error) => return Err(error),
            }
        }
        let mut list = ask(client, &self.query()).await?;
        let objects = match list.get_mut("items").map(Value::take) {
            Some(Value::Array(items)) => items,
            _ => Vec::new(),
        };
        Ok(Found { version: version(&list), objects })
    }

    /// Opens a watch.
    async fn open(
        &self,
        client: &kube::Client,
        from: &str,
        limit: Duration,
    ) -> Result<impl Watch + use<>, ClusterError> {
        let path = format!(
            "{}&watch=true&allowWatchBookmarks=true&timeoutSeconds=290&resourceVersion={}",
            self.query(),
            escape(from)
        );
        let request = Request::builder().method(Method::GET).uri(path).body(Vec::new());
        let request = request.map_err(|error| ClusterError::new(ErrorKind::Invalid, error.to_string()))?;
        match timeout(limit, client.request_events::<DynamicObject>(request)).await {
            Ok(opened) => Ok(opened.map_err(ClusterError::from)?),
            Err(_) => Err(no_answer().error),
        }
    }

    async fn watch(&self, client: &kube::Client, from: &str, tell: &impl Fn(Seen) -> bool) -> Ended {
        let opened = match self.open(client, from, LOOK).await {
            Ok(opened) => opened,
            Err(error) => return Ended::broken(error),
        };
        let mut newest = from.to_owned();
        let mut events = std::pin::pin!(opened);
        loop {
            let Ok(next) = timeout(SILENCE, events.next()).await else { return Ended::At(newest) };
            let (object, deleted) = match next {
                None => return Ended::At(newest),
                Some(Err(error)) => return Ended::broken(error.into()),
                Some(Ok(WatchEvent::Error(status))) => return Ended::broken(kube::Error::Api(status).into()),
                Some(Ok(WatchEvent::Bookmark(bookmark))) => {
                    newest = bookmark.metadata.resource_version;
                    continue;
                }
                Some(Ok(WatchEvent::Deleted(object))) => (object, true),
                Some(Ok(WatchEvent::Added(object) | WatchEvent::Modified(object))) => (object, false),
            };
            if let Some(version) = &object.metadata.resource_version {
                newest.clone_from(version);
            }
            let Ok(object) = serde_json::to_value(object) else { continue };
            if !tell(if deleted { Seen::Deleted(object) } else { Seen::Is(object) }) {
                return Ended::Unheard;
            }
        }
    }
}

impl Ended {
    fn broken(error: ClusterError) -> Ended {
        match error.kind {
            ErrorKind::Gone => Ended::Stale,
            _ => Ended::Broken(error),
        }
    }
}

/// One read, with an end.
pub(super) async fn ask(client: &kube::Client, path: &str) -> Result<Value, ClusterError> {
    let refused: Refused = match timeout(LOOK, send(client, Method::GET, path, "application/json", None)).await {
        Ok(Ok(answer)) => return Ok(answer.body),
        Ok(Err(refused)) => refused,
        Err(_) => no_answer(),
    };
    Err(refused.error)
}

fn version(value: &Value) -> String {
    text(value, "/metadata/resourceVersion").to_owned()
}

/// Tells whether an object can be listed or watched, which Helm 4 does with every object that it created; the refusal otherwise.
pub(super) async fn refused(client: &kube::Client, target: &Target, version: &str) -> Option<ClusterError> {
    let followed = Followed::Listed(target.clone());
    // From the server's memory, one object at most: only the right to ask counts. Most may list, and a watch costs a connection.
    let refusal = ask(client, &format!("{}&limit=1&resourceVersion=0", followed.query())).await.err()?;
    if refusal.kind != ErrorKind::Forbidden {
        return None;
    }
    // Whoever does not answer at once has not refused.
    let watch = followed.open(client, version, PROBE).await.err()?;
    (watch.kind == ErrorKind::Forbidden).then_some(refusal)
}

/// Tells whether an object is known not to be there, asked for in a list, as Helm asks.
pub(super) async fn is_gone(client: &kube::Client, target: &Target) -> bool {
    let list = ask(client, &Followed::Listed(target.clone()).query()).await;
    list.is_ok_and(|list| list.get("items").and_then(Value::as_array).is_some_and(Vec::is_empty))
}

/// A listener for [`follow`]: what is seen goes to a channel, with a mark that says of what.
pub(super) fn to<M: Clone>(channel: UnboundedSender<(M, Seen)>, mark: M) -> impl Fn(Seen) -> bool {
    move |seen| channel.send((mark.clone(), seen)).is_ok()
}
