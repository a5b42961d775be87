//! Goes through the plan of one event: for each hook what Helm does, in Helm's order; after the last one, or after a failure, the
//! deletions that Helm makes then.
//!
//! Mirrors `execHook` and `deleteHookByPolicy` in `pkg/action/hooks.go` of both versions.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, timeout};

use crate::cluster::connect::Cluster;
use crate::cluster::error::{ClusterError, ErrorKind};
use crate::cluster::phase::Phase;
use crate::helm::dialect::Engine;
use crate::hooks::{DeletePolicy, PlannedHook};

use super::event::{Failure, FailureReason, HookOutcome, Outcome, RunEvent, Warning};
use super::journal::Journal;
use super::observe::{Followed, Seen};
use super::options::{OnInterrupt, RunOptions};
use super::output::Outputs;
use super::target::{Made, Target, text};
use super::wait::{self, Departure, Ended, Watching, departure};
use super::words;
use super::write::{Backoff, Deleted, Writer, brings_kinds, retrying, scrub};

/// What Helm 4 makes of a timeout of zero.
pub(super) const ZERO: Duration = Duration::from_secs(30);
/// How long a write that is under way when the run is interrupted may take to be answered.
const LAST_ANSWER: Duration = Duration::from_secs(3);
/// How long Helm 4 takes between a deletion it does not wait for and the creation: it builds the hook again and writes the record, which
/// on a quiet machine lasts this long. What goes in that time is created anew; what does not is applied to while it goes.
const PAUSE: Duration = Duration::from_millis(100);
/// How long a kind may take to be served after its CRD was created.
const NEW_KIND: Duration = Duration::from_secs(10);

/// Runs the hooks of a phase.
///
/// Says [`RunEvent`]s as they come, [`RunEvent::Finished`] last; a journal is asked before each creation. `interrupt` stops it as soon
/// as it becomes true. The future is meant for one thread, as everything of a [`Cluster`] is, and needs a tokio runtime with its clock.
pub async fn run(
    cluster: &Cluster,
    phase: &Phase,
    options: &RunOptions,
    interrupt: watch::Receiver<bool>,
    say: &dyn Fn(RunEvent),
    journal: Option<&dyn Journal>,
) -> Outcome {
    let begun = Instant::now();
    let outputs = Outputs::new(say);
    let mut runner = Runner {
        cluster,
        phase,
        options,
        interrupt,
        say,
        journal,
        outputs: &outputs,
        made: Vec::new(),
        latest: HashMap::new(),
        retrying: RefCell::new(HashSet::new()),
    };
    let running = async {
        let outcome = runner.all().await;
        if matches!(outcome, Outcome::Interrupted { .. }) && options.on_interrupt == OnInterrupt::Delete {
            runner.withdraw().await;
        }
        let (exists, ()) = tokio::join!(runner.exists(), outputs.ended(|_| true));
        (outcome, exists)
    };
    let (outcome, exists) = tokio::select! {
        biased;
        ended = running => ended,
        never = outputs.pass_on() => match never {},
    };
    say(RunEvent::Finished { outcome: outcome.clone(), took: begun.elapsed(), exists });
    outcome
}

/// Why a run does not go on.
pub(super) enum Stop {
    /// Somebody interrupted it.
    Interrupted,
    /// A hook failed.
    Failed(Box<Failure>),
}

/// A run.
pub(super) struct Runner<'a> {
    pub(super) cluster: &'a Cluster,
    pub(super) phase: &'a Phase,
    pub(super) options: &'a RunOptions,
    pub(super) interrupt: watch::Receiver<bool>,
    pub(super) say: &'a dyn Fn(RunEvent),
    journal: Option<&'a dyn Journal>,
    /// What hooks write.
    pub(super) outputs: &'a Outputs<'a>,
    /// Everything that was created, oldest first.
    pub(super) made: Vec<Made>,
    /// The uid of the newest object this run made under a name.
    pub(super) latest: HashMap<(String, Option<String>), String>,
    /// The hooks for which it was told that something is tried again.
    retrying: RefCell<HashSet<u32>>,
}

impl Stop {
    /// A failure without containers or events.
    pub(super) fn failed(reason: FailureReason, message: impl Into<String>) -> Stop {
        Stop::Failed(Box::new(Failure { reason, message: message.into(), containers: Vec::new(), events: Vec::new() }))
    }
}

impl Runner<'_> {
    async fn all(&mut self) -> Outcome {
        let phase = self.phase;
        let mut succeeded: Vec<&PlannedHook> = Vec::new();
        for planned in phase.plan.hooks.iter().filter(|planned| self.options.runs(planned.order)) {
            if *self.interrupt.borrow() {
                return Outcome::Interrupted { hook: None };
            }
            let begun = Instant::now();
            (self.say)(RunEvent::HookStarted { hook: planned.order });
            match self.hook(planned).await {
                Ok(()) => {
                    let (outcome, took) = (HookOutcome::Succeeded, begun.elapsed());
                    (self.say)(RunEvent::HookEnded { hook: planned.order, outcome, took });
                    succeeded.push(planned);
                }
                Err(Stop::Interrupted) => return Outcome::Interrupted { hook: Some(planned.order) },
                Err(Stop::Failed(failure)) => {
                    let outcome = HookOutcome::Failed(Failure::clone(&failure));
                    (self.say)(RunEvent::HookEnded { hook: planned.order, outcome, took: begun.elapsed() });
                    let policies = !matches!(
                        failure.reason,
                        FailureReason::Manifest
                            | FailureReason::Deletion
                            | FailureReason::DeletionTimeout
                            | FailureReason::Creation
                    );
                    // What was refused is not there: Helm acts on no policy then.
                    if policies && self.after_failure(planned, &succeeded).await.is_err() {
                        return Outcome::Interrupted { hook: Some(planned.order) };
                    }
                    return Outcome::Failed { hook: planned.order, failure: *failure };
                }
            }
        }
        for planned in succeeded.iter().rev() {
            match self.after_success(planned).await {
                Ok(()) => {}
                Err(Stop::Interrupted) => return Outcome::Interrupted { hook: Some(planned.order) },
                Err(Stop::Failed(failure)) => {
                    let timeout = failure.reason.is_timeout();
                    let reason = if timeout { FailureReason::CleanUpTimeout } else { FailureReason::CleanUp };
                    let failure = Failure { reason, ..*failure };
                    return Outcome::Failed { hook: planned.order, failure };
                }
            }
        }
        Outcome::Succeeded
    }

    /// One hook: what is there is deleted, the objects are created, and waited for.
    async fn hook(&mut self, planned: &PlannedHook) -> Result<(), Stop> {
        let (hook, order) = (&planned.hook, planned.order);
        if let Some(words) = words::refusal(hook, self.phase.event) {
            return Err(Stop::failed(FailureReason::Manifest, words));
        }
        let targets = self.targets(planned).await?;
        let before = DeletePolicy::BeforeHookCreation;
        if words::deletes_first(hook) {
            self.delete_all(order, &targets, before, false).await?;
        }
        if let Some(journal) = self.journal
            && let Err(error) = self.unless_interrupted(journal.begins(order)).await?
        {
            let message = format!("the release record does not say that it runs, as in Helm the run goes on: {error}");
            self.warn(order, Warning { code: Warning::NOT_RECORDED, message });
        }
        let method = self.phase.method;
        let bodies = self.phase.hooks.get(index(order)).map_or(&[][..], |hook| &hook.bodies);
        let first = self.made.len();
        for (target, body) in targets.iter().zip(bodies) {
            if let Some(words) = words::nameless_apply(&target.object, method) {
                return Err(Stop::failed(FailureReason::Manifest, words));
            }
            self.create(order, target, body).await?;
        }
        if targets.len() > bodies.len() {
            return Err(Stop::failed(FailureReason::Manifest, "the manifest cannot be read"));
        }
        self.wait_ready(planned, first).await
    }

    /// Where the objects of a hook lie. Kinds that an earlier hook brought may take a moment to be served.
    pub(super) async fn targets(&self, planned: &PlannedHook) -> Result<Vec<Target>, Stop> {
        let (hook, order) = (&planned.hook, planned.order);
        let brought = self.made.iter().any(|made| brings_kinds(&made.target));
        let until = self.write_deadline(order);
        let patience = Instant::now() + NEW_KIND;
        let mut targets = Vec::with_capacity(hook.objects.len());
        for object in &hook.objects {
            let mut backoff = Backoff::new();
            let kind = loop {
                let found = self.cluster.kinds.find(&self.cluster.client, &object.api_version, &object.kind);
                let error = match self.unless_interrupted(found).await? {
                    Ok(kind) => break kind,
                    Err(error) => error,
                };
                let again = match error.kind {
                    ErrorKind::NotFound => brought && Instant::now() < patience,
                    kind => kind.is_passing() && Instant::now() < until,
                };
                if !again {
                    let message = match error.kind {
                        ErrorKind::NotFound => words::no_such_kind(object, &error.message),
                        _ => error.message,
                    };
                    let message = words::unbuildable(hook, self.phase.event, &message);
                    return Err(Stop::failed(FailureReason::Manifest, message));
                }
                if error.kind != ErrorKind::NotFound {
                    self.warn_retry(order, &error);
                }
                self.unless_interrupted(tokio::time::sleep(backoff.next())).await?;
            };
            targets.push(Target::new(object, &kind, &self.phase.release.namespace));
        }
        Ok(targets)
    }

    async fn create(&mut self, order: u32, target: &Target, body: &serde_json::Value) -> Result<(), Stop> {
        let method = self.phase.method;
        let until = Some(self.write_deadline(order));
        let warn = |warning| self.warn(order, warning);
        let writer = Writer { client: &self.cluster.client, until, warn: &warn };
        let created = match self.or_last_answer(writer.create(target, body, method)).await {
            Some(Ok(created)) => created,
            Some(Err(error)) => {
                return Err(Stop::failed(FailureReason::Creation, scrub(&error.message, target, Some(body))));
            }
            None => {
                let message = format!("interrupted: whether {} was created is not known", target.shown());
                self.warn(order, Warning { code: Warning::UNKNOWN_WRITE, message });
                return Err(Stop::Interrupted);
            }
        };
        let name = text(&created.body, "/metadata/name");
        let target = if name.is_empty() { target.clone() } else { target.named(name) };
        let uid = text(&created.body, "/metadata/uid").to_owned();
        let (object, existed) = (target.object.clone(), created.existed);
        (self.say)(RunEvent::Created { hook: order, object, method, existed, uid: uid.clone() });
        if existed {
            let message = format!("{} was there already; it was changed instead of created", target.shown());
            self.warn(order, Warning { code: Warning::MET_EXISTING, message });
        }
        self.latest.insert(target.identity(), uid.clone());
        self.made.push(Made { target, hook: order, uid, existed, deleted: false, gone: false, body: created.body });
        if *self.interrupt.borrow() { Err(Stop::Interrupted) } else { Ok(()) }
    }

    /// Deletes objects in order, then waits for all of them when that is asked for. `own` deletes only what this run made.
    pub(super) async fn delete_all(
        &mut self,
        order: u32,
        targets: &[Target],
        reason: DeletePolicy,
        own: bool,
    ) -> Result<(), Stop> {
        let mut leaving = Vec::with_capacity(targets.len());
        self.outputs_of(targets).await?;
        for target in targets {
            if target.object.name.is_empty() {
                return Err(Stop::failed(FailureReason::Deletion, "resource name may not be empty"));
            }
            let uid = own.then(|| self.latest.get(&target.identity()).cloned()).flatten();
            let deleted = self.delete(order, target, uid.as_deref()).await?;
            let object = target.object.clone();
            (self.say)(RunEvent::Deleted { hook: order, object, reason, existed: deleted.existed });
            if deleted.replaced {
                let message = format!("{} is another object now; it is left alone", target.shown());
                self.warn(order, Warning { code: Warning::REPLACED, message });
            }
            if deleted.existed {
                leaving.push((target, deleted.uid));
            }
        }
        let waits = self.options.wait_delete.waits(self.phase.engine, self.phase.event);
        if waits && !leaving.is_empty() {
            let limit = self.options.timeout_of(order);
            self.wait_gone(order, leaving, if limit.is_zero() { ZERO } else { limit }).await?;
        } else if !leaving.is_empty()
            && reason == DeletePolicy::BeforeHookCreation
            && let Err(Stop::Interrupted) = self.wait_gone(order, leaving, PAUSE).await
        {
            return Err(Stop::Interrupted);
        }
        if waits {
            let gone: HashSet<_> = targets.iter().map(Target::identity).collect();
            let made = self.made.iter_mut().filter(|made| gone.contains(&made.target.identity()));
            made.for_each(|made| made.gone = true);
        }
        Ok(())
    }

    /// Waits until everything has been read that goes away with these objects.
    async fn outputs_of(&self, targets: &[Target]) -> Result<(), Stop> {
        let gone: HashSet<_> = targets.iter().map(Target::identity).collect();
        let all = targets.iter().any(|target| target.object.kind == "Namespace");
        let made = self.made.iter().filter(|made| all || gone.contains(&made.target.identity()));
        let hooks: HashSet<u32> = made.map(|made| made.hook).collect();
        self.unless_interrupted(self.outputs.ended(|hook| hooks.contains(&hook))).await
    }

    pub(super) async fn delete(&mut self, order: u32, target: &Target, uid: Option<&str>) -> Result<Deleted, Stop> {
        let until = Some(self.write_deadline(order));
        let warn = |warning| self.warn(order, warning);
        let writer = Writer { client: &self.cluster.client, until, warn: &warn };
        let Some(answer) = self.or_last_answer(writer.delete(target, uid)).await else {
            return Err(Stop::Interrupted);
        };
        let deleted = answer.map_err(|error| Stop::failed(FailureReason::Deletion, error.message))?;
        let identity = target.identity();
        for made in self.made.iter_mut().filter(|made| made.target.identity() == identity) {
            made.deleted = true;
        }
        Ok(deleted)
    }

    async fn wait_gone(
        &mut self,
        order: u32,
        leaving: Vec<(&Target, Option<String>)>,
        patience: Duration,
    ) -> Result<(), Stop> {
        let begun = Instant::now();
        // Helm 3 then looks exactly once, Helm 4 waits for half a minute.
        let once = self.options.timeout_of(order).is_zero() && self.phase.engine == Engine::Helm3;
        let mut watching = Watching::new(&self.cluster.client);
        for (place, (target, _)) in leaving.iter().enumerate() {
            watching.follow(place, Followed::One(Target::clone(target)), None);
        }
        let mut gone = HashSet::new();
        let mut held = HashMap::new();
        let this = &*self;
        let judge = |_: &mut Watching<usize>, place: usize, seen: Seen| {
            let (target, uid) = leaving.get(place)?;
            if let Seen::Is(object) = &seen {
                held.insert(place, finalizers(object));
            }
            if let Seen::Trouble(error) = &seen {
                this.warn_retry(order, error);
            }
            let Some(departure) = departure(uid.as_deref(), &seen) else {
                return (once && matches!(seen, Seen::Is(_))).then_some(Err(None));
            };
            if let Departure::Unwatchable(error) = departure {
                return Some(Err(Some(error)));
            }
            if gone.insert(place) {
                (this.say)(RunEvent::Gone { hook: order, object: target.object.clone(), waited: begun.elapsed() });
                if departure == Departure::Replaced {
                    let message = format!("another {} has been created by somebody else", target.shown());
                    this.warn(order, Warning { code: Warning::REPLACED, message });
                }
            }
            (gone.len() == leaving.len()).then_some(Ok(()))
        };
        match watching.until(wait::deadline(Some(patience)), &self.interrupt, judge).await {
            Ended::With(Ok(())) => Ok(()),
            Ended::Interrupted => Err(Stop::Interrupted),
            Ended::With(Err(Some(error))) => Err(Stop::failed(FailureReason::Deletion, error.message)),
            Ended::Timeout | Ended::With(Err(None)) => {
                let left = leaving.iter().enumerate().filter(|(place, _)| !gone.contains(place));
                let name = |(place, (target, _)): (usize, &(&Target, _))| match held.get(&place).map(String::as_str) {
                    None | Some("") => target.shown(),
                    Some(finalizers) => format!("{} (held by the finalizer {finalizers})", target.shown()),
                };
                let names: Vec<String> = left.map(name).collect();
                let after = if once { String::new() } else { format!(" after {}", seconds(patience)) };
                let message = format!("{} still exists{after}", names.join(", "));
                Err(Stop::failed(FailureReason::DeletionTimeout, message))
            }
        }
    }

    /// When writes of a hook are given up.
    pub(super) fn write_deadline(&self, order: u32) -> Instant {
        let limit = self.options.timeout_of(order);
        Instant::now() + if limit.is_zero() { ZERO } else { limit }
    }

    /// Says something a reader should know.
    pub(super) fn warn(&self, order: u32, warning: Warning) {
        if warning.code == Warning::RETRY && !self.retrying.borrow_mut().insert(order) {
            return;
        }
        (self.say)(RunEvent::Warned { hook: Some(order), warning });
    }

    /// Says, once for each hook, that the server is asked again.
    pub(super) fn warn_retry(&self, order: u32, error: &ClusterError) {
        self.warn(order, retrying(error));
    }

    /// Waits for something as long as nobody interrupts.
    pub(super) async fn unless_interrupted<T>(&self, what: impl Future<Output = T>) -> Result<T, Stop> {
        tokio::select! {
            biased;
            () = wait::interrupted(self.interrupt.clone()) => Err(Stop::Interrupted),
            answer = what => Ok(answer),
        }
    }

    /// Waits for a write; after an interrupt only a little longer, because what has been sent will be done.
    async fn or_last_answer<T>(&self, write: impl Future<Output = T>) -> Option<T> {
        let mut write = std::pin::pin!(write);
        tokio::select! {
            biased;
            answer = &mut write => return Some(answer),
            () = wait::interrupted(self.interrupt.clone()) => {}
        }
        timeout(LAST_ANSWER, write).await.ok()
    }
}

/// The place of a hook in [`Phase::hooks`].
fn index(order: u32) -> usize {
    usize::try_from(order).map_or(usize::MAX, |order| order.wrapping_sub(1))
}

/// Who has to let an object go before it goes.
fn finalizers(object: &serde_json::Value) -> String {
    let all = object.pointer("/metadata/finalizers").and_then(serde_json::Value::as_array);
    all.into_iter().flatten().filter_map(serde_json::Value::as_str).collect::<Vec<_>>().join(", ")
}

/// A timeout in words.
pub(super) fn seconds(time: Duration) -> String {
    format!("{} s", time.as_secs_f64())
}
