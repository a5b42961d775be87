//! The readiness wait of one hook: what is followed for it, and what its end means.

use crate::helm::dialect::Engine;
use crate::hooks::{DeletePolicy, PlannedHook, Wait};

use super::event::{FailureReason, RunEvent, Warning};
use super::observe::{Followed, refused};
use super::ready::{Awaited, News};
use super::runner::{Runner, Stop, ZERO, seconds};
use super::target::text;
use super::wait::{Ended, Watching, deadline};

/// What a piece of news is about.
#[derive(Clone, Copy, Debug)]
enum Mark {
    /// The object at this place.
    Object(usize),
    /// The pods of the Job at this place.
    Pods(usize),
}

impl Runner<'_> {
    /// Waits until everything made since `first` is ready.
    pub(super) async fn wait_ready(&mut self, planned: &PlannedHook, first: usize) -> Result<(), Stop> {
        let (order, engine) = (planned.order, self.phase.engine);
        let made = self.made.get(first..).unwrap_or_default();
        let mut awaited: Vec<Awaited<'_>> = Vec::new();
        for made in made {
            let wait = Wait::of(&made.target.object, engine);
            if wait != Wait::Created {
                awaited.push(Awaited::new(made, wait));
            } else if engine == Engine::Helm4 {
                let version = text(&made.body, "/metadata/resourceVersion");
                let refused = refused(&self.cluster.client, &made.target, version);
                if let Some(error) = self.unless_interrupted(refused).await? {
                    let message = format!("{} cannot be watched: {error}", made.target.shown());
                    return Err(Stop::failed(FailureReason::Unwatchable, message));
                }
            }
        }
        let mut open: Vec<usize> = Vec::new();
        let mut watching = Watching::new(&self.cluster.client);
        for (place, one) in awaited.iter_mut().enumerate() {
            match one.verdict() {
                Some(News::Ready) => {
                    let message = format!("{} had ended before; nothing ran", one.made.target.shown());
                    if one.made.existed {
                        self.warn(order, Warning { code: Warning::ALREADY_COMPLETE, message });
                    }
                    continue;
                }
                Some(News::Failed(reason, words)) => return Err(Stop::failed(reason, words)),
                Some(News::Vanished { .. } | News::Trouble(_)) | None => open.push(place),
            }
            let version = text(&one.made.body, "/metadata/resourceVersion").to_owned();
            watching.follow(Mark::Object(place), Followed::Listed(one.made.target.clone()), Some(version));
            if one.wait == Wait::Complete {
                watching.follow(Mark::Pods(place), one.pods_followed(), None);
            }
            self.tell(order, one);
        }
        if open.is_empty() {
            return Ok(());
        }
        let limit = self.options.timeout_of(order);
        let limit = match (limit.is_zero(), engine) {
            (false, _) => Some(limit),
            (true, Engine::Helm4) => Some(ZERO),
            (true, Engine::Helm3) => None,
        };
        let this = &*self;
        let judge = |mark: Mark, seen| {
            let (Mark::Object(place) | Mark::Pods(place)) = mark;
            let one = awaited.get_mut(place)?;
            let news = match mark {
                Mark::Object(_) => one.take(seen, engine),
                Mark::Pods(_) => {
                    one.take_pod(seen);
                    None
                }
            };
            this.tell(order, one);
            match news? {
                News::Ready => open.retain(|other| *other != place),
                News::Trouble(error) => this.warn_retry(order, &error),
                News::Failed(reason, words) => return Some(Err((place, News::Failed(reason, words)))),
                vanished @ News::Vanished { .. } if open.contains(&place) => return Some(Err((place, vanished))),
                News::Vanished { .. } => {}
            }
            open.is_empty().then_some(Ok(()))
        };
        match watching.until(deadline(limit), &self.interrupt, judge).await {
            Ended::With(Ok(())) => Ok(()),
            Ended::Interrupted => Err(Stop::Interrupted),
            Ended::With(Err((_, News::Failed(reason, words)))) => Err(Stop::failed(reason, words)),
            Ended::With(Err((place, _))) => {
                let shown = awaited.get(place).map(|one| one.made.target.shown()).unwrap_or_default();
                let message = format!("{shown} was deleted while it was waited for");
                if engine == Engine::Helm4 {
                    return Err(Stop::failed(FailureReason::DeletedMeanwhile, message));
                }
                self.warn(order, Warning { code: Warning::DELETED_MEANWHILE, message });
                Ok(())
            }
            Ended::Timeout => {
                let one = open.first().and_then(|place| awaited.get(*place));
                let state = one.map(|one| one.state().summary).unwrap_or_default();
                let after = limit.map(seconds).unwrap_or_default();
                Err(Stop::failed(FailureReason::Timeout, format!("not done after {after}: {state}")))
            }
        }
    }

    fn tell(&self, order: u32, one: &mut Awaited<'_>) {
        if let Some(state) = one.changed() {
            let (object, until) = (one.made.target.object.clone(), one.wait);
            (self.say)(RunEvent::Waiting { hook: order, object, until, state });
        }
    }

    /// Prints the logs that a hook's own log policy asks for.
    pub(super) async fn output_logs(&self, _planned: &PlannedHook, _policy: DeletePolicy) -> Result<(), Stop> {
        Ok(())
    }
}

impl Awaited<'_> {
    /// The pods of a Job.
    fn pods_followed(&self) -> Followed {
        let target = &self.made.target;
        let namespace = target.namespace.as_deref().unwrap_or_default();
        let collection = format!("/api/v1/namespaces/{}/pods", super::target::escape(namespace));
        Followed::Labelled { collection, selector: format!("job-name={}", target.object.name) }
    }
}
