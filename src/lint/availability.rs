//! Whether what a hook needs is there when the hook runs.
//!
//! Knows in which order Helm does things, and what its delete policies remove; which document needs which comes from
//! [`references`](super::references). Goes by one chart version: what an older one left in the cluster is not known.

use std::collections::HashMap;

use crate::helm::manifest::install_key;
use crate::hooks::{DeletePolicy, Event, Hook, Operation, Wait, running_order};

use super::annotation::RESOURCE_POLICY;
use super::references::Need;
use super::{Doc, Reference, Subject};

/// How an object stands when a hook of an event runs, from best to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// It is there.
    Ready,
    /// It is there because Helm sorts hooks of one weight and one name by kind.
    ReadyByKind,
    /// It is there because Helm sorts hooks of one weight by name.
    ReadyByName,
    /// It is there as the release before made it: an upgrade comes to objects after `pre-upgrade`.
    Old,
    /// It is there if the release was ever upgraded: only hooks of upgrades make it.
    AfterUpgrade,
    /// A hook of the same event makes it, later.
    Later,
    /// A hook made it, and its delete policy removed it.
    Reaped,
    /// It is an object of the release, which is not installed yet.
    NotYet,
    /// It is an object of the release, which is deleted by then.
    Gone,
    /// Only hooks of other events make it, none of which ran for sure.
    Never,
}

/// How an object stands, and which document decides it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Availability {
    /// How it stands.
    pub state: State,
    /// The document that makes it, the best of several.
    pub provider: usize,
}

/// An object a hook needs when it runs at an event.
#[derive(Clone, Debug)]
pub struct Lookup {
    /// The document of the hook.
    pub hook: usize,
    /// The place of the name among the references of the hook.
    pub reference: usize,
    /// The event.
    pub event: Event,
    /// How the object stands then.
    pub found: Availability,
}

/// When each hook runs: the place in its event, by document.
#[derive(Debug, Default)]
pub(super) struct Order {
    places: HashMap<(Event, usize), usize>,
}

impl Order {
    pub(super) fn of(subject: &Subject) -> Order {
        let kinds = subject.engine.dialect().install_kinds;
        let mut stored: Vec<usize> = subject.hooks().map(|(at, _, _)| at).collect();
        let kind = |at: &usize| subject.documents.get(*at).map(|doc| install_key(doc.kind(), kinds));
        stored.sort_by_key(kind);
        let hooks = stored.iter().filter_map(|at| Some((*at, subject.documents.get(*at)?.hook()?.clone())));
        let hooks: Vec<_> = hooks.collect();
        let docs: HashMap<_, usize> = hooks.iter().map(|(at, hook)| (&hook.source, *at)).collect();
        let stored: Vec<_> = hooks.iter().map(|(_, hook)| hook.clone()).collect();
        let mut places = HashMap::new();
        for event in Event::ALL {
            for (place, hook) in running_order(&stored, event).iter().enumerate() {
                if let Some(at) = docs.get(&hook.source) {
                    places.entry((event, *at)).or_insert(place);
                }
            }
        }
        Order { places }
    }
}

/// The events that ran for sure before one, with hooks of the same chart version.
pub(super) fn before(event: Event) -> &'static [Event] {
    use Event::{PostInstall, PostUpgrade, PreDelete, PreInstall, PreRollback, PreUpgrade};
    match event {
        Event::PreInstall => &[],
        Event::PostInstall => &[PreInstall],
        PreUpgrade | PreDelete | PreRollback | Event::Test => &[PreInstall, PostInstall],
        PostUpgrade => &[PreInstall, PostInstall, PreUpgrade],
        Event::PostDelete => &[PreInstall, PostInstall, PreDelete],
        Event::PostRollback => &[PreInstall, PostInstall, PreRollback],
    }
}

/// True for a hook that Helm waits for: a Job or a Pod.
pub(super) fn is_awaited(subject: &Subject, hook: &Hook) -> bool {
    hook.objects.iter().any(|object| Wait::of(object, subject.engine) != Wait::Created)
}

/// True for an object of the release that `helm uninstall` leaves alone.
pub(super) fn is_kept(doc: &Doc) -> bool {
    doc.is_plain() && doc.annotation_text(RESOURCE_POLICY).is_some_and(|policy| policy.trim() == "keep")
}

impl Subject {
    /// When a hook runs in an event, among all hooks of that event.
    pub fn place_in(&self, event: Event, hook: usize) -> Option<usize> {
        self.dependencies().order.places.get(&(event, hook)).copied()
    }

    /// How an object that some documents make stands when a hook runs at an event; `None` for no document.
    pub fn availability(&self, hook: usize, event: Event, providers: &[usize]) -> Option<Availability> {
        let found = providers.iter().filter_map(|provider| {
            let state = self.state(hook, event, self.documents.get(*provider)?, *provider)?;
            Some(Availability { state, provider: *provider })
        });
        found.min_by_key(|found| found.state)
    }

    fn state(&self, holder: usize, event: Event, doc: &Doc, provider: usize) -> Option<State> {
        let Some(made) = doc.hook() else { return Some(release_object(doc, event)) };
        let holder_hook = self.documents.get(holder)?.hook()?;
        let ran = before(event).iter().any(|earlier| made.events.contains(earlier));
        let reaped = made.delete_policies.has(DeletePolicy::HookSucceeded) && !made.is_never_deleted();
        let left = if ran && !reaped { State::Ready } else { State::Never };
        if made.events.contains(&event) {
            if self.place_in(event, provider)? < self.place_in(event, holder)? {
                return Some(match made.weight.value < holder_hook.weight.value {
                    true => State::Ready,
                    false if made.object.name == holder_hook.object.name => State::ReadyByKind,
                    false => State::ReadyByName,
                });
            }
            // What an earlier event left is still there, though this event will make it anew.
            return Some(left.min(State::Later));
        }
        let upgraded = made.events.iter().any(|event| event.operation() == Operation::Upgrade);
        Some(match (ran, reaped) {
            (true, false) => State::Ready,
            (true, true) => State::Reaped,
            (false, false) if upgraded && event.operation() > Operation::Upgrade => State::AfterUpgrade,
            (false, _) => State::Never,
        })
    }

    /// The events of a hook that take their hooks from this rendering, in the order of a release's life: that of an upgrade shows
    /// what an upgrade does and nothing else.
    pub(super) fn own_events(&self, hook: &Hook) -> Vec<Event> {
        let own = |event: &Event| !self.is_upgrade || event.operation() == Operation::Upgrade;
        Event::ALL.into_iter().filter(own).filter(|event| hook.events.contains(event)).collect()
    }

    /// What each hook needs at each of its events, an object once: where it is needed most. Optional names are left out, and names of
    /// objects no document makes. What stands badly at an event of an upgrade does so in the rendering of an upgrade too.
    pub fn lookups(&self) -> &[Lookup] {
        self.dependencies().lookups.get_or_init(|| {
            let mut found = Vec::new();
            for (at, _, hook) in self.hooks() {
                let events = self.own_events(hook);
                for (reference, needed) in self.needed(at) {
                    for event in &events {
                        let Some(state) = self.availability(at, *event, &needed.providers) else { continue };
                        if self.is_confirmed(at, needed, *event, state.state) {
                            found.push(Lookup { hook: at, reference, event: *event, found: state });
                        }
                    }
                }
            }
            found
        })
    }

    /// The reference a lookup is about.
    pub fn reference(&self, lookup: &Lookup) -> Option<&Reference> {
        self.dependencies().references(lookup.hook).get(lookup.reference)
    }

    /// The names a document needs, one for each object.
    fn needed(&self, doc: usize) -> Vec<(usize, &Reference)> {
        let all = self.dependencies().references(doc);
        let strongest = |reference: &Reference| {
            let same = all.iter().enumerate().filter(|(_, other)| other.providers == reference.providers);
            same.min_by_key(|(_, other)| other.need).map(|(at, _)| at)
        };
        let known = all.iter().enumerate().filter(|(_, r)| !r.providers.is_empty() && r.need != Need::Optional);
        known.filter(|(at, reference)| strongest(reference) == Some(*at)).collect()
    }

    /// The document of a hook in another rendering, if it is a hook of an event there.
    pub(super) fn hook_in(&self, other: &Subject, hook: usize, event: Event) -> Option<usize> {
        let doc = self.documents.get(hook)?;
        let same =
            |twin: &Doc| (twin.kind(), twin.name(), &twin.source.path) == (doc.kind(), doc.name(), &doc.source.path);
        other.documents.iter().position(|twin| same(twin) && twin.has_event(event))
    }

    /// Looks at the rendering of an upgrade before something is said about one. Templates often ask which of the two it is.
    fn is_confirmed(&self, holder: usize, reference: &Reference, event: Event, state: State) -> bool {
        if self.is_upgrade || event.operation() != Operation::Upgrade || state <= State::Old {
            return true;
        }
        let Some(upgrade) = self.otherwise(&super::Variation::Upgrade) else { return true };
        let Some(twin) = self.hook_in(&upgrade, holder, event) else { return false };
        let same = |other: &&Reference| (other.kind, &other.name) == (reference.kind, &reference.name);
        let Some(needed) = upgrade.dependencies().references(twin).iter().find(same) else { return false };
        upgrade.availability(twin, event, &needed.providers).is_some_and(|found| found.state > State::Old)
    }
}

fn release_object(doc: &Doc, event: Event) -> State {
    match event {
        Event::PreInstall => State::NotYet,
        Event::PreUpgrade => State::Old,
        Event::PostDelete if !is_kept(doc) => State::Gone,
        _ => State::Ready,
    }
}
