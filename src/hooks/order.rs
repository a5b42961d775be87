//! The order hooks run in, and the order the documentation promises.
//!
//! Mirrors `hookByWeight` in `pkg/action/hooks.go`, which both Helms share.

use std::sync::Arc;

use crate::helm::dialect::Dialect;
use crate::helm::manifest::install_key;

use super::event::Event;
use super::hook::Hook;

/// The hooks of one event in the order they run, from hooks in stored order: weight, then name, then as stored, which is by kind, path
/// and place. A hook that names the event twice is there twice.
pub fn running_order(stored: &[Arc<Hook>], event: Event) -> Vec<Arc<Hook>> {
    let entries = |hook: &Arc<Hook>| hook.events.iter().filter(|own| **own == event).count();
    let mut hooks: Vec<Arc<Hook>> =
        stored.iter().flat_map(|hook| std::iter::repeat_n(hook, entries(hook)).cloned()).collect();
    hooks.sort_by(|a, b| (a.weight.value, a.object.name.as_bytes()).cmp(&(b.weight.value, b.object.name.as_bytes())));
    hooks
}

/// For each hook of a running order its place, from 1, in the documented order: weight, then kind, then name.
pub fn documented_places(running: &[Arc<Hook>], dialect: &Dialect) -> Vec<u32> {
    let mut order: Vec<usize> = (0..running.len()).collect();
    order.sort_by_key(|index| {
        running.get(*index).map(|hook| {
            (hook.weight.value, install_key(&hook.object.kind, dialect.install_kinds), hook.object.name.as_bytes())
        })
    });
    let mut places = vec![0; running.len()];
    for (index, place) in order.into_iter().zip(1..) {
        if let Some(slot) = places.get_mut(index) {
            *slot = place;
        }
    }
    places
}
