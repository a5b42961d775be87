//! Which objects exist, as far as the planned steps create and delete them.

use std::collections::HashMap;
use std::sync::Arc;

use super::hook::ObjectRef;
use super::lifecycle::{Action, Step};

/// What makes two manifests the same object: group, kind, namespace, name. A generated name makes a new one each time.
#[derive(PartialEq, Eq, Hash)]
struct Identity<'a> {
    group: &'a str,
    kind: &'a str,
    namespace: &'a str,
    name: &'a str,
}

/// The objects of some manifests, told apart.
pub(super) struct Identities<'a> {
    namespace: &'a str,
    numbers: HashMap<Identity<'a>, usize, foldhash::fast::RandomState>,
}

impl<'a> Identities<'a> {
    /// Numbers the objects; those without a namespace live in the release's.
    pub(super) fn of(
        objects: impl IntoIterator<Item = &'a Arc<ObjectRef>>,
        release_namespace: &'a str,
    ) -> Identities<'a> {
        let mut numbers = HashMap::default();
        for object in objects {
            let next = numbers.len();
            numbers.entry(identity(object, release_namespace)).or_insert(next);
        }
        Identities { namespace: release_namespace, numbers }
    }

    /// True when both mean the same object of the cluster.
    pub(super) fn same(&self, a: &ObjectRef, b: &ObjectRef) -> bool {
        self.number(a).is_some() && self.number(a) == self.number(b)
    }

    fn number(&self, object: &ObjectRef) -> Option<usize> {
        if object.generate_name.is_some() {
            return None;
        }
        self.numbers.get(&identity(object, self.namespace)).copied()
    }
}

fn identity<'a>(object: &'a ObjectRef, release_namespace: &'a str) -> Identity<'a> {
    let namespace = object.namespace.as_deref().unwrap_or(release_namespace);
    Identity { group: object.group(), kind: &object.kind, namespace, name: &object.name }
}

/// A set of objects in the order they came to be.
pub(super) struct Existing<'a> {
    /// How objects are told apart.
    pub identities: &'a Identities<'a>,
    present: Vec<bool>,
    created: Vec<(Option<usize>, Arc<ObjectRef>)>,
}

impl<'a> Existing<'a> {
    /// The empty set.
    pub(super) fn none(identities: &'a Identities<'a>) -> Existing<'a> {
        Existing { identities, present: vec![false; identities.numbers.len()], created: Vec::new() }
    }

    /// Does what the steps do.
    pub(super) fn apply(&mut self, steps: &[Step]) {
        for step in steps {
            match step.action {
                Action::Delete(_) => self.delete(&step.object),
                Action::Create(_) => self.create(&step.object),
                Action::Wait(_) | Action::Log => {}
            }
        }
    }

    /// Adds an object.
    pub(super) fn create(&mut self, object: &Arc<ObjectRef>) {
        let number = self.identities.number(object);
        match number.and_then(|number| self.present.get_mut(number)) {
            Some(present) if *present => return,
            Some(present) => *present = true,
            None => {}
        }
        self.created.push((number, object.clone()));
    }

    /// Removes an object, if it is there.
    pub(super) fn delete(&mut self, object: &ObjectRef) {
        let Some(number) = self.identities.number(object) else { return };
        let Some(present) = self.present.get_mut(number) else { return };
        if *present {
            *present = false;
            self.created.retain(|(other, _)| *other != Some(number));
        }
    }

    /// True when the object is there.
    pub(super) fn has(&self, object: &ObjectRef) -> bool {
        self.identities.number(object).and_then(|number| self.present.get(number)).is_some_and(|present| *present)
    }

    /// What is there and in none of the other sets, oldest first.
    pub(super) fn without(&self, others: &[&Existing<'_>]) -> impl Iterator<Item = &Arc<ObjectRef>> {
        let has = |other: &Existing<'_>, number: usize| other.present.get(number).is_some_and(|present| *present);
        let gone =
            move |number: Option<usize>| number.is_some_and(|number| others.iter().any(|other| has(other, number)));
        self.created.iter().filter(move |(number, _)| !gone(*number)).map(|(_, object)| object)
    }

    /// What is there, oldest first.
    pub(super) fn objects(&self) -> impl Iterator<Item = &Arc<ObjectRef>> {
        self.created.iter().map(|(_, object)| object)
    }
}
