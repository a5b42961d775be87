//! Waiting: what is seen of the objects goes into one loop, which asks a pure condition after each news and ends with its answer, the
//! timeout or the interrupt.

use std::time::Duration;

use serde_json::Value;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

use crate::cluster::error::ClusterError;

use super::observe::{Followed, Seen, follow, to};
use super::target::text;

/// How a wait ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Ended<T> {
    /// With an answer.
    With(T),
    /// Too late.
    Timeout,
    /// Interrupted.
    Interrupted,
}

/// When a wait that begins now is over; `None` for never.
pub(super) fn deadline(timeout: Option<Duration>) -> Option<Instant> {
    timeout.map(|timeout| Instant::now() + timeout)
}

/// Becomes ready at this time, or never.
pub(super) async fn at(time: Option<Instant>) {
    match time {
        Some(time) => sleep_until(time).await,
        None => std::future::pending().await,
    }
}

/// Becomes ready when the run is interrupted.
pub(super) async fn interrupted(mut interrupt: watch::Receiver<bool>) {
    if interrupt.wait_for(|now| *now).await.is_err() {
        // Whoever could interrupt is gone.
        std::future::pending::<()>().await;
    }
}

/// What is followed at once, each with a mark.
pub(super) struct Watching<M> {
    client: kube::Client,
    tasks: JoinSet<()>,
    tell: mpsc::UnboundedSender<(M, Seen)>,
    seen: mpsc::UnboundedReceiver<(M, Seen)>,
}

impl<M: Clone + Send + Sync + 'static> Watching<M> {
    /// Follows nothing yet.
    pub(super) fn new(client: &kube::Client) -> Watching<M> {
        let (tell, seen) = mpsc::unbounded_channel();
        Watching { client: client.clone(), tasks: JoinSet::new(), tell, seen }
    }

    /// Follows this too; it ends when this value is dropped.
    pub(super) fn follow(&mut self, mark: M, followed: Followed, version: Option<String>) {
        self.tasks.spawn(follow(self.client.clone(), followed, version, to(self.tell.clone(), mark)));
    }

    /// The same, once this time has passed.
    pub(super) fn follow_later(&mut self, after: Duration, mark: M, followed: Followed) {
        let (client, tell) = (self.client.clone(), to(self.tell.clone(), mark));
        self.tasks.spawn(async move {
            sleep(after).await;
            follow(client, followed, None, tell).await;
        });
    }

    /// The next news.
    pub(super) async fn next(&mut self) -> (M, Seen) {
        match self.seen.recv().await {
            Some(news) => news,
            // Cannot be: a sender lives in this very value.
            None => std::future::pending().await,
        }
    }

    /// The loop: hands each news to a condition until it answers.
    pub(super) async fn until<T>(
        &mut self,
        deadline: Option<Instant>,
        interrupt: &watch::Receiver<bool>,
        mut condition: impl FnMut(&mut Self, M, Seen) -> Option<T>,
    ) -> Ended<T> {
        let mut interrupted = std::pin::pin!(interrupted(interrupt.clone()));
        let mut late = std::pin::pin!(at(deadline));
        loop {
            tokio::select! {
                biased;
                () = &mut interrupted => return Ended::Interrupted,
                (mark, seen) = self.next() => {
                    if let Some(answer) = condition(self, mark, seen) {
                        return Ended::With(answer);
                    }
                }
                () = &mut late => return Ended::Timeout,
            }
        }
    }
}

/// What became of something that was deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Departure {
    /// It is gone.
    Gone,
    /// It is gone, and another one came in its place.
    Replaced,
    /// Nobody is allowed to look.
    Unwatchable(ClusterError),
}

/// Judges news of a deleted object; `uid` is that of what was deleted, where it is known.
pub(super) fn departure(uid: Option<&str>, seen: &Seen) -> Option<Departure> {
    let own = |object: &Value| uid.is_none_or(|uid| text(object, "/metadata/uid") == uid);
    match seen {
        Seen::Absent => Some(Departure::Gone),
        Seen::Deleted(object) if own(object) => Some(Departure::Gone),
        Seen::Is(object) if !own(object) => Some(Departure::Replaced),
        Seen::Refused(error) => Some(Departure::Unwatchable(error.clone())),
        Seen::Is(_) | Seen::Deleted(_) | Seen::Trouble(_) | Seen::Unwatchable(_) => None,
    }
}
