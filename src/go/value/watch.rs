//! What a piece of work looks at and changes of what other work sees as well: whether a rendering can be told from another one.
//!
//! A dict is read and changed nowhere but in `map.rs`, a slice in place nowhere but in `list.rs`; both keep book here, so whatever
//! is not noted here has not happened.

use std::cell::Cell;

use super::Value;
use crate::go::stack::with_room;

thread_local! {
    // As with limits: values have no context they could be charged to, and a render stays on its thread.
    static SEEN: Cell<Seen> = const { Cell::new(Seen::NOTHING) };
}

/// What has happened since it was last looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The entries that were read of a [`Watch::Reading`] dict, a bit for each of its keys.
    pub read: u32,
    /// Something was changed that is watched, which others see too.
    pub changed: bool,
}

impl Seen {
    /// Nothing.
    pub const NOTHING: Seen = Seen { read: 0, changed: false };

    /// What happened since the last call, on this thread.
    pub fn take() -> Seen {
        SEEN.replace(Seen::NOTHING)
    }
}

/// What is noted of a dict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Watch {
    /// Nothing: it was made by the work itself.
    #[default]
    Nothing,
    /// Changes: others see it too.
    Changes,
    /// Changes, and which of these keys are read.
    Reading(&'static [&'static str]),
}

impl Watch {
    /// A key is set or removed.
    pub(super) fn change(self) {
        if self != Watch::Nothing {
            note_change();
        }
    }

    /// A key is read.
    pub(super) fn read(self, key: &[u8]) {
        if let Watch::Reading(keys) = self
            && let Some(at) = keys.iter().position(|known| known.as_bytes() == key)
        {
            note_read(1 << at);
        }
    }

    /// All entries are read.
    pub(super) fn read_all(self) {
        if let Watch::Reading(_) = self {
            note_read(u32::MAX);
        }
    }
}

/// Something that others may see is changed.
pub(super) fn note_change() {
    SEEN.with(|seen| seen.set(Seen { changed: true, ..seen.get() }));
}

fn note_read(keys: u32) {
    SEEN.with(|seen| {
        let before = seen.get();
        seen.set(Seen { read: before.read | keys, ..before });
    });
}

impl Value {
    /// Watches this value and all that is in it for changes. What is watched already is not looked into again.
    pub fn watch_changes(&self) {
        match self {
            Value::Map(map) if map.watched() == Watch::Nothing => {
                map.watch(Watch::Changes);
                with_room(|| map.made().iter().flat_map(|entries| entries.values()).for_each(Value::watch_changes));
            }
            Value::List(list) if !list.is_watched() => {
                list.watch();
                with_room(|| list.items().iter().for_each(Value::watch_changes));
            }
            Value::Object(object) => with_room(|| object.field_values().iter().for_each(Value::watch_changes)),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::go::value::{Entries, Map, STRING_MAP};

    #[test]
    fn changes_of_what_is_watched_are_noted() {
        let inner = Value::dict().with("a", 1 == 1);
        let strings = Value::strings(["b", "a"]);
        let outer = Value::dict().with("in", Value::list(vec![inner.clone().into(), strings.clone()]));
        Value::from(outer.clone()).watch_changes();
        Seen::take();
        let own = Value::dict().with("x", outer.clone());
        assert_eq!((own.get("x").is_some(), Seen::take()), (true, Seen::NOTHING));
        let _ = inner.insert("b", "c");
        assert_eq!(Seen::take(), Seen { read: 0, changed: true });
        outer.remove("none");
        assert!(Seen::take().changed);
        if let Value::List(list) = strings {
            list.set_items(Vec::new());
        }
        assert!(Seen::take().changed);
    }

    #[test]
    fn reading_is_noted_by_key() {
        let map = Value::dict().with("a", "1").with("b", "2").with("c", "3");
        map.watch(Watch::Reading(&["b", "c"]));
        assert!(map.get("a").is_some() && map.contains("b") && map.len() == 3);
        assert_eq!(Seen::take(), Seen::NOTHING);
        map.get("c");
        assert_eq!(Seen::take().read, 2);
        map.entries();
        assert_eq!(Seen::take().read, u32::MAX);
    }

    #[test]
    fn what_comes_later_is_made_when_it_is_asked_for() {
        let map = Map::later(&STRING_MAP, || [("k".into(), "v".into())].into_iter().collect::<Entries>());
        Value::from(map.clone()).watch_changes();
        assert_eq!((map.get("k").is_some(), map.len()), (true, 1));
    }
}
