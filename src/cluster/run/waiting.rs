//! The readiness wait of one hook: what is followed for it, what is told meanwhile, and what its end means.

use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;

use crate::helm::dialect::Engine;
use crate::hooks::{DeletePolicy, PlannedHook, Wait};

use super::diagnosis::{containers_of, end_by_events, events_of, events_path, pods_of, pods_of_job, tail};
use super::event::{Failure, FailureReason, LogSource, RunEvent, Warning};
use super::logs::Logs;
use super::observe::{Followed, is_gone, refused};
use super::options::LogMode;
use super::output::LAST_OUTPUT;
use super::ready::{Awaited, News};
use super::runner::{Runner, Stop, ZERO, seconds};
use super::target::{Made, text};
use super::wait::{Ended, Watching, deadline};

/// A hook that goes on at once needs nobody to read its events.
const QUIET: Duration = Duration::from_secs(2);
/// How many lines of a container are told where its own log policy asks for its output.
const WHOLE: usize = 10_000;

/// What a piece of news is about.
#[derive(Clone, Copy, Debug)]
enum Mark {
    /// The object at this place.
    Object(usize),
    /// The pods of the Job at this place.
    Pods(usize),
    /// The events of the object at this place, or of its pods.
    Events(usize),
}

/// Why a wait for readiness ended.
enum End {
    /// The object at this place will not become ready.
    Of(usize, News),
    /// Time ran out.
    Timeout,
}

impl Runner<'_> {
    /// Waits until everything made since `first` is ready.
    pub(super) async fn wait_ready(&mut self, planned: &PlannedHook, first: usize) -> Result<(), Stop> {
        let order = planned.order;
        let made: Vec<Made> = self.made.get(first..).unwrap_or_default().to_vec();
        let mut awaited: Vec<Awaited<'_>> = Vec::new();
        for made in &made {
            match Wait::of(&made.target.object, self.phase.engine) {
                Wait::Created => self.check_watchable(made).await?,
                wait => awaited.push(Awaited::new(made, wait)),
            }
        }
        let mut logs = self.outputs.logs(&self.cluster.client, order);
        let Err(end) = self.until_ready(order, &mut awaited, &mut logs).await? else {
            self.outputs.end(order, logs, self.unseen(&awaited));
            return Ok(());
        };
        let place = match &end {
            End::Of(place, _) => *place,
            End::Timeout => awaited.iter().position(|one| one.verdict().is_none()).unwrap_or(0),
        };
        let Some(one) = awaited.get(place) else { return Ok(()) };
        let (reason, message) = match end {
            End::Of(_, News::Failed(reason, words)) => (reason, words),
            End::Of(_, News::Vanished { replaced }) => match self.vanished(order, one, replaced).await? {
                None => {
                    self.outputs.end(order, logs, self.unseen(&awaited));
                    return Ok(());
                }
                Some(failure) => failure,
            },
            End::Of(_, News::Ready | News::Trouble(_)) => return Ok(()),
            End::Timeout => (FailureReason::Timeout, self.late(order, one)),
        };
        let mut failure = Failure { reason, message, containers: Vec::new(), events: Vec::new() };
        let look = self.look_into(one, self.unseen(&awaited), logs, &mut failure);
        self.unless_interrupted(look).await?;
        Err(Stop::Failed(Box::new(failure)))
    }

    /// The Jobs whose pods may have written something that nobody follows.
    fn unseen(&self, awaited: &[Awaited<'_>]) -> Vec<Made> {
        let streams = self.options.logs == LogMode::Stream;
        awaited.iter().filter(|one| streams && one.may_have_other_pods()).map(|one| one.made.clone()).collect()
    }

    /// Reads the rest of the output of a hook that failed, and adds what can be found out about the object it failed with.
    async fn look_into(&self, one: &Awaited<'_>, mut unseen: Vec<Made>, mut logs: Logs, failure: &mut Failure) {
        let client = &self.cluster.client;
        let pods = pods_of(client, one).await;
        if self.options.logs == LogMode::Stream {
            pods.iter().rev().for_each(|pod| logs.take(pod));
        }
        unseen.retain(|job| job.uid != one.made.uid);
        let rest = logs.finish(Instant::now() + LAST_OUTPUT, unseen);
        let (kept, events) = tokio::join!(rest, events_of(client, one.made, &pods));
        self.outputs.flush();
        containers_of(client, self.options.logs, &pods, &kept, failure).await;
        failure.events = events;
    }

    /// Helm 4 watches everything it has created, and fails where that is not allowed, or where nothing is there.
    async fn check_watchable(&self, made: &Made) -> Result<(), Stop> {
        if self.phase.engine == Engine::Helm3 {
            return Ok(());
        }
        let version = text(&made.body, "/metadata/resourceVersion");
        let refused = refused(&self.cluster.client, &made.target, version);
        let shown = made.target.shown();
        if let Some(error) = self.unless_interrupted(refused).await? {
            return Err(Stop::failed(FailureReason::Unwatchable, format!("{shown} cannot be watched: {error}")));
        }
        // An apply to what is going away may take away what held it.
        let going = made.body.pointer("/metadata/deletionTimestamp").is_some();
        if going && self.unless_interrupted(is_gone(&self.cluster.client, &made.target)).await? {
            let helm = "; Helm 4 would wait for it until the timeout, and fail";
            let message = format!("{shown} was going away when it was applied, and is gone{helm}");
            return Err(Stop::failed(FailureReason::DeletedMeanwhile, message));
        }
        Ok(())
    }

    /// Waits until all are ready, or one never will be, and tells meanwhile what happens.
    async fn until_ready(
        &self,
        order: u32,
        awaited: &mut [Awaited<'_>],
        logs: &mut Logs,
    ) -> Result<Result<(), End>, Stop> {
        let engine = self.phase.engine;
        let mut watching = Watching::new(&self.cluster.client);
        let mut open: Vec<usize> = Vec::new();
        for (place, one) in awaited.iter_mut().enumerate() {
            match one.verdict() {
                Some(News::Ready) => {
                    if one.made.existed {
                        let message = format!("{} had ended before; nothing ran", one.made.target.shown());
                        self.warn(order, Warning { code: Warning::ALREADY_COMPLETE, message });
                    }
                    continue;
                }
                Some(news @ News::Failed(..)) => return Ok(Err(End::Of(place, news))),
                Some(News::Vanished { .. } | News::Trouble(_)) | None => open.push(place),
            }
            let (target, uid) = (&one.made.target, &one.made.uid);
            let version = text(&one.made.body, "/metadata/resourceVersion").to_owned();
            watching.follow(Mark::Object(place), Followed::Listed(target.clone()), Some(version));
            if one.wait == Wait::Complete {
                let selector =
                    format!("labelSelector={}", super::target::escape(&format!("job-name={}", target.object.name)));
                watching.follow(Mark::Pods(place), Followed::All(format!("{}?{selector}", target.pods())), None);
            }
            let namespace = target.namespace.as_deref().unwrap_or_default();
            watching.follow_later(QUIET, Mark::Events(place), Followed::All(events_path(namespace, uid)));
            self.tell(order, one);
        }
        if open.is_empty() {
            return Ok(Ok(()));
        }
        let limit = self.ready_limit(order);
        let streams = self.options.logs == LogMode::Stream;
        let judge = |watching: &mut Watching<Mark>, mark: Mark, seen| {
            let (Mark::Object(place) | Mark::Pods(place) | Mark::Events(place)) = mark;
            let one = awaited.get_mut(place)?;
            let news = match mark {
                Mark::Object(_) => one.take(seen, engine),
                Mark::Pods(_) => {
                    let pod = one.take_pod(seen, |error| self.not_observable(order, "pods", error));
                    pod.filter(|_| streams).into_iter().for_each(|pod| logs.take(pod));
                    None
                }
                Mark::Events(_) => {
                    one.take_event(&seen);
                    None
                }
            };
            if let (Mark::Object(_), Wait::Succeeded, true) = (mark, one.wait, streams) {
                logs.take(&one.object);
            }
            for uid in one.quiet_pods() {
                let namespace = one.made.target.namespace.as_deref().unwrap_or_default();
                let events = Followed::All(events_path(namespace, &uid));
                watching.follow_later(QUIET, Mark::Events(place), events);
            }
            self.tell(order, one);
            match news? {
                News::Ready => open.retain(|other| *other != place),
                News::Trouble(error) => self.warn_retry(order, &error),
                news if open.contains(&place) => return Some(End::Of(place, news)),
                _ => {}
            }
            open.is_empty().then_some(End::Of(place, News::Ready))
        };
        match watching.until(deadline(limit), &self.interrupt, judge).await {
            Ended::Interrupted => Err(Stop::Interrupted),
            Ended::With(End::Of(_, News::Ready)) => Ok(Ok(())),
            Ended::With(end) => Ok(Err(end)),
            Ended::Timeout => Ok(Err(End::Timeout)),
        }
    }

    fn not_observable(&self, order: u32, what: &str, why: &str) {
        let message = format!("{what} cannot be looked at: {why}");
        self.warn(order, Warning { code: Warning::NOT_OBSERVABLE, message });
    }

    fn tell(&self, order: u32, one: &mut Awaited<'_>) {
        if let Some(state) = one.changed() {
            let (object, until) = (one.made.target.object.clone(), one.wait);
            (self.say)(RunEvent::Waiting { hook: order, object, until, state });
        }
    }

    fn ready_limit(&self, order: u32) -> Option<Duration> {
        let limit = self.options.timeout_of(order);
        match (limit.is_zero(), self.phase.engine) {
            (false, _) => Some(limit),
            (true, Engine::Helm4) => Some(ZERO),
            (true, Engine::Helm3) => None,
        }
    }

    fn late(&self, order: u32, one: &Awaited<'_>) -> String {
        let after = self.ready_limit(order).map(seconds).unwrap_or_default();
        let state = one.state();
        let stuck = state.stuck.map(|(reason, words)| format!(", {reason}: {words}")).unwrap_or_default();
        format!("{} not done after {after}: {}{stuck}", one.made.target.shown(), state.summary)
    }

    /// What it means that an object is gone that was not seen to end; `None` where that is no failure.
    async fn vanished(
        &self,
        order: u32,
        one: &Awaited<'_>,
        replaced: bool,
    ) -> Result<Option<(FailureReason, String)>, Stop> {
        let shown = one.made.target.shown();
        let told = self.unless_interrupted(end_by_events(&self.cluster.client, one.made)).await?;
        let removed = |message: String| self.warn(order, Warning { code: Warning::FINISHED_AND_REMOVED, message });
        match told {
            Some(Ok(())) => {
                removed(format!("{shown} had completed, and was removed before that was seen"));
                return Ok(None);
            }
            Some(Err((reason, words))) => {
                removed(format!("{shown} had failed, and was removed before that was seen"));
                return Ok(Some((FailureReason::Failed, format!("{reason}: {words}"))));
            }
            None => {}
        }
        let how = if replaced { "was replaced by another one" } else { "was deleted" };
        let message = format!("{shown} {how} while it was waited for");
        if self.phase.engine == Engine::Helm4 {
            let helm = "; Helm 4 would wait for it until the timeout, and fail";
            return Ok(Some((FailureReason::DeletedMeanwhile, format!("{message}{helm}"))));
        }
        let message = format!("{message}; Helm 3 takes that for success");
        self.warn(order, Warning { code: Warning::DELETED_MEANWHILE, message });
        Ok(None)
    }

    /// Tells the logs that a hook's own log policy asks for, where they have not been streamed.
    pub(super) async fn output_logs(&self, planned: &PlannedHook, policy: DeletePolicy) -> Result<(), Stop> {
        let hook = &planned.hook;
        let asked = hook.log_policies.iter().any(|word| word == policy.name());
        if !asked || self.options.logs != LogMode::OnFailure {
            return Ok(());
        }
        // Helm goes by the hook's own kind, so the items of a list have no logs.
        let made = self.made.iter().filter(|made| made.hook == planned.order && !hook.is_list);
        for made in made.filter(|made| matches!(made.target.object.kind.as_str(), "Job" | "Pod")) {
            self.unless_interrupted(self.whole_output(planned.order, made)).await?;
        }
        Ok(())
    }

    async fn whole_output(&self, order: u32, made: &Made) {
        let client = &self.cluster.client;
        let pods = match made.target.object.kind.as_str() {
            "Pod" => super::observe::ask(client, &made.target.path()).await.map(|pod| vec![pod]),
            _ => pods_of_job(client, made).await,
        };
        let pods = match pods {
            Ok(pods) => pods,
            Err(error) => return self.not_observable(order, "logs", &error.message),
        };
        for pod in pods.iter().rev() {
            let containers = pod.pointer("/spec/containers").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
            for container in containers.iter().map(|container| text(container, "/name")) {
                let pod_name = text(pod, "/metadata/name").to_owned();
                let source = LogSource { pod: pod_name, container: container.to_owned(), init: false };
                for line in tail(client, pod, container, false, WHOLE).await.unwrap_or_default() {
                    (self.say)(RunEvent::Log { hook: order, source: source.clone(), line });
                }
            }
        }
    }
}
