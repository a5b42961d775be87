//! What Helm does with the hooks of one event: each call in order, what stays behind, and what a failure changes.
//!
//! Mirrors `execHook` and `deleteHookByPolicy` in `pkg/action/hooks.go` of both versions.

use std::sync::Arc;

use crate::helm::dialect::{Dialect, Engine};

use super::event::{Event, ReleaseState};
use super::existing::{Existing, Identities};
use super::hook::{CertainFailure, Hook, ObjectRef};
use super::order::{documented_places, running_order};
use super::policy::DeletePolicy;

/// Which of a chart's renderings an event's hooks come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rendering {
    /// As a first install.
    Install,
    /// As an upgrade.
    Upgrade,
}

/// What happens at one event.
#[derive(Clone, Debug)]
pub struct EventPlan {
    /// The event.
    pub event: Event,
    /// Where its hooks come from.
    pub rendering: Rendering,
    /// Its hooks in the order they run.
    pub hooks: Vec<PlannedHook>,
    /// Everything Helm does when all goes well, in order.
    pub steps: Vec<Step>,
    /// What then still exists of what the event created.
    pub left_behind: Vec<Arc<ObjectRef>>,
}

/// A hook with its place in an event.
#[derive(Clone, Debug)]
pub struct PlannedHook {
    /// When it runs, from 1.
    pub order: u32,
    /// The hook.
    pub hook: Arc<Hook>,
    /// When it would run if Helm did what its documentation says, from 1.
    pub documented_order: u32,
    /// What Helm waits for before the next hook.
    pub waits: Wait,
}

/// What Helm waits for after creating an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wait {
    /// Nothing but the API server's answer.
    Created,
    /// The Pod's phase `Succeeded`.
    Succeeded,
    /// The Job's condition `Complete`.
    Complete,
}

/// How an object is created.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// A POST, which fails when the object exists.
    Post,
    /// A server-side apply, which changes an object that exists.
    Apply,
}

/// One thing Helm does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The object it is done to.
    pub object: Arc<ObjectRef>,
    /// The [`PlannedHook::order`] of the hook it is done for.
    pub hook: u32,
    /// What is done.
    pub action: Action,
}

/// What is done in a [`Step`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Delete the object, for this reason; that it does not exist is no error.
    Delete(DeletePolicy),
    /// Create the object.
    Create(Method),
    /// Wait for the object.
    Wait(Wait),
    /// Print the logs of its containers, because the hook succeeded.
    Log,
}

/// What happens when a hook fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnFailure {
    /// What Helm deletes then, in order.
    pub deletes: Vec<(Arc<ObjectRef>, DeletePolicy)>,
    /// What then still exists of what the event created.
    pub leaves: Vec<Arc<ObjectRef>>,
    /// What becomes of the release record.
    pub release: ReleaseState,
}

impl Wait {
    /// What an object of this type is waited for. Readers of other API groups' Jobs and Pods: Helm 3 goes by the kind alone.
    pub fn of(object: &ObjectRef, engine: Engine) -> Wait {
        let by_group = |group: &str| engine == Engine::Helm3 || object.group() == group;
        match object.kind.as_str() {
            "Job" if by_group("batch") => Wait::Complete,
            "Pod" if by_group("") => Wait::Succeeded,
            _ => Wait::Created,
        }
    }

    /// Its name in machine output.
    pub fn name(self) -> &'static str {
        match self {
            Wait::Complete => "complete",
            Wait::Succeeded => "succeeded",
            Wait::Created => "created",
        }
    }
}

impl Method {
    /// How a Helm creates hooks of its own releases, without flags that change it.
    pub fn of(engine: Engine) -> Method {
        match engine {
            Engine::Helm3 => Method::Post,
            Engine::Helm4 => Method::Apply,
        }
    }

    /// Its name in machine output.
    pub fn name(self) -> &'static str {
        match self {
            Method::Post => "post",
            Method::Apply => "apply",
        }
    }
}

impl Rendering {
    /// Its name in machine output.
    pub fn name(self) -> &'static str {
        match self {
            Rendering::Install => "install",
            Rendering::Upgrade => "upgrade",
        }
    }
}

/// Plans one event from a release's hooks in stored order; `None` when no hook names it.
pub fn plan_event(
    stored: &[Arc<Hook>],
    event: Event,
    rendering: Rendering,
    namespace: &str,
    dialect: &Dialect,
) -> Option<EventPlan> {
    let running = running_order(stored, event);
    if running.is_empty() {
        return None;
    }
    let places = documented_places(&running, dialect);
    let identities = Identities::of(running.iter().flat_map(|hook| &hook.objects), namespace);
    let mut existing = Existing::none(&identities);
    let (mut hooks, mut steps) = (Vec::with_capacity(running.len()), Vec::new());
    for ((hook, order), documented_order) in running.iter().zip(1..).zip(places) {
        let waits = hook.objects.iter().map(|object| Wait::of(object, dialect.engine)).max().unwrap_or(Wait::Created);
        steps.extend(create_steps(hook, order, dialect.engine));
        hooks.push(PlannedHook { order, hook: hook.clone(), documented_order, waits });
    }
    for planned in hooks.iter().rev() {
        steps.extend(clean_steps(&planned.hook, planned.order));
    }
    existing.apply(&steps);
    let left_behind = existing.objects().cloned().collect();
    Some(EventPlan { event, rendering, hooks, steps, left_behind })
}

impl EventPlan {
    /// The same plan with objects created in this way, where a release was made otherwise than its Helm's default.
    #[must_use]
    pub fn with_method(mut self, method: Method) -> EventPlan {
        for step in &mut self.steps {
            if let Action::Create(how) = &mut step.action {
                *how = method;
            }
        }
        self
    }

    /// What happens when a hook fails, for each hook in running order. All earlier hooks have succeeded then.
    pub fn failures(&self, release_namespace: &str, engine: Engine) -> Vec<OnFailure> {
        let objects = self.hooks.iter().flat_map(|planned| &planned.hook.objects);
        let identities = Identities::of(objects, release_namespace);
        let mut existing = Existing::none(&identities);
        let mut reaped = Existing::none(&identities);
        let mut reaps: Vec<(Arc<ObjectRef>, DeletePolicy)> = Vec::new();
        let mut outcomes = Vec::with_capacity(self.hooks.len());
        let release = self.event.release_after_failure();
        for planned in &self.hooks {
            let hook = &planned.hook;
            // A hook that is not waited for can only be refused by the API server, and some cannot even be sent there: then it
            // does not exist when it has failed, and no policy of any hook is acted on.
            let unborn = planned.waits == Wait::Created
                || hook.certain_failure(engine).is_some_and(CertainFailure::is_before_creation);
            if unborn {
                let leaves = existing.objects().cloned().collect();
                outcomes.push(OnFailure { deletes: Vec::new(), leaves, release });
            }
            existing.apply(&create_steps(hook, planned.order, engine));
            if !unborn {
                let mut gone = Existing::none(&identities);
                let own = hook.deleted_by(DeletePolicy::HookFailed);
                let mut deletes: Vec<_> = own.map(|object| (object.clone(), DeletePolicy::HookFailed)).collect();
                deletes.iter().for_each(|(object, _)| gone.create(object));
                deletes.extend(reaps.iter().cloned());
                let leaves = existing.without(&[&reaped, &gone]).cloned().collect();
                outcomes.push(OnFailure { deletes, leaves, release });
            }
            for object in hook.deleted_by(DeletePolicy::HookSucceeded) {
                reaped.create(object);
                reaps.push((object.clone(), DeletePolicy::HookSucceeded));
            }
        }
        outcomes
    }
}

fn create_steps(hook: &Hook, order: u32, engine: Engine) -> Vec<Step> {
    let step = |object: &Arc<ObjectRef>, action| Step { object: object.clone(), hook: order, action };
    let policy = DeletePolicy::BeforeHookCreation;
    let mut steps: Vec<Step> = hook.deleted_by(policy).map(|object| step(object, Action::Delete(policy))).collect();
    steps.extend(hook.objects.iter().map(|object| step(object, Action::Create(Method::of(engine)))));
    steps.extend(hook.objects.iter().map(|object| step(object, Action::Wait(Wait::of(object, engine)))));
    steps
}

fn clean_steps(hook: &Hook, order: u32) -> Vec<Step> {
    let policy = DeletePolicy::HookSucceeded;
    let mut steps = Vec::new();
    // Logs are looked for by the hook's own kind and name, so those of a list's items are never printed.
    let logged = hook.log_policies.iter().any(|word| word == policy.name());
    if logged && matches!(hook.object.kind.as_str(), "Job" | "Pod") {
        steps.push(Step { object: hook.object.clone(), hook: order, action: Action::Log });
    }
    let deleted = hook.deleted_by(policy);
    steps.extend(deleted.map(|object| Step { object: object.clone(), hook: order, action: Action::Delete(policy) }));
    steps
}
