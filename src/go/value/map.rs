//! Go's map with string keys, the only map a Helm template can meet. Every holder sees every change.

use std::cell::{Cell, Ref, RefCell};
use std::fmt;
use std::rc::Rc;

use super::Value;
use super::entries::Entries;
use super::str::Str;
use super::types::{DICT, MapType};
use super::watch::Watch;
use crate::go::limits;
use crate::go::stack::with_room;

/// Some bytes that an entry takes.
const ENTRY: usize = size_of::<(Str, Value)>();

/// What a map takes that has any entry.
const FIRST: usize = 11 * ENTRY;

/// A map of some type.
#[derive(Clone)]
pub struct Map {
    ty: &'static MapType,
    shared: Option<Rc<Shared>>,
}

/// What all holders of a map see.
struct Shared {
    entries: RefCell<Entries>,
    /// Entries that are made when somebody looks.
    later: Cell<Option<Box<Later>>>,
    watch: Cell<Watch>,
}

type Later = dyn FnOnce() -> Entries;

impl Shared {
    fn entries(&self) -> &RefCell<Entries> {
        if let Some(make) = self.later.take() {
            *self.entries.borrow_mut() = make();
        }
        &self.entries
    }
}

impl Map {
    /// A new, empty map.
    pub fn new(ty: &'static MapType) -> Map {
        Map::from_entries(ty, Entries::new())
    }

    /// A map of these entries, which must be of the element type.
    pub fn from_entries(ty: &'static MapType, entries: Entries) -> Map {
        limits::work(if entries.is_empty() { ENTRY } else { FIRST + ENTRY * entries.len() });
        let shared = Shared { entries: RefCell::new(entries), later: Cell::default(), watch: Cell::default() };
        Map { ty, shared: Some(Rc::new(shared)) }
    }

    /// A map whose entries are made when somebody looks at it: most are never looked at. They may hold no maps and no lists.
    pub fn later(ty: &'static MapType, make: impl FnOnce() -> Entries + 'static) -> Map {
        let map = Map::new(ty);
        if let Some(shared) = &map.shared {
            shared.later.set(Some(Box::new(make)));
        }
        map
    }

    /// The nil map of a type.
    pub fn nil(ty: &'static MapType) -> Map {
        Map { ty, shared: None }
    }

    /// The map's type.
    pub fn ty(&self) -> &'static MapType {
        self.ty
    }

    /// The same map seen as another type: Go's conversion between map types of the same shape.
    #[must_use]
    pub fn with_type(&self, ty: &'static MapType) -> Map {
        Map { ty, shared: self.shared.clone() }
    }

    /// True for the nil map.
    pub fn is_nil(&self) -> bool {
        self.shared.is_none()
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.shared.as_ref().map_or(0, |shared| shared.entries().borrow().len())
    }

    /// True when there is no entry.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value of a key.
    pub fn get(&self, key: impl AsRef<[u8]>) -> Option<Value> {
        let shared = self.shared.as_ref()?;
        shared.watch.get().read(key.as_ref());
        shared.entries().borrow().get(key.as_ref()).cloned()
    }

    /// True when the key is there, whatever its value.
    pub fn contains(&self, key: impl AsRef<[u8]>) -> bool {
        self.shared.as_ref().is_some_and(|shared| shared.entries().borrow().contains_key(key.as_ref()))
    }

    /// Sets a key for every holder; false when this is the nil map, on which Go panics.
    #[must_use = "Go panics when a nil map is assigned to"]
    pub fn insert(&self, key: impl Into<Str>, value: impl Into<Value>) -> bool {
        match &self.shared {
            Some(shared) => {
                shared.watch.get().change();
                limits::work(ENTRY);
                let old = shared.entries().borrow_mut().insert(key.into(), value.into());
                // What an old value holds can be this map again.
                drop(old);
                true
            }
            None => false,
        }
    }

    /// Sets a key and returns the map, to build one in an expression.
    #[must_use]
    pub fn with(self, key: impl Into<Str>, value: impl Into<Value>) -> Map {
        let _ = self.insert(key, value);
        self
    }

    /// Removes a key for every holder.
    pub fn remove(&self, key: impl AsRef<[u8]>) -> Option<Value> {
        let shared = self.shared.as_ref()?;
        shared.watch.get().change();
        shared.entries().borrow_mut().remove(key.as_ref())
    }

    /// Keys and values as they are now, in key order; the map may be changed while the copy is walked.
    pub fn entries(&self) -> Vec<(Str, Value)> {
        match &self.shared {
            Some(shared) => {
                shared.watch.get().read_all();
                let entries = shared.entries().borrow();
                limits::work(ENTRY * entries.len());
                entries.iter().map(|(k, v)| (k.clone(), v.clone())).collect()
            }
            None => Vec::new(),
        }
    }

    /// A look at the entries without a copy; `None` for the nil map. Nothing may change the map while it is held.
    pub fn borrow(&self) -> Option<Ref<'_, Entries>> {
        self.shared.as_ref().map(|shared| {
            shared.watch.get().read_all();
            shared.entries().borrow()
        })
    }

    /// What is to be noted of this map from now on; see [`Seen`](super::Seen).
    pub fn watch(&self, watch: Watch) {
        if let Some(shared) = &self.shared {
            shared.watch.set(watch);
        }
    }

    /// The entries, but none where they are only made when somebody looks.
    pub(super) fn made(&self) -> Option<Ref<'_, Entries>> {
        self.shared.as_ref().map(|shared| shared.entries.borrow())
    }

    /// What is noted of this map.
    pub fn watched(&self) -> Watch {
        self.shared.as_ref().map_or(Watch::Nothing, |shared| shared.watch.get())
    }

    /// What tells this map from other live ones; `None` for the nil map.
    pub fn address(&self) -> Option<usize> {
        self.shared.as_ref().map(|shared| Rc::as_ptr(shared).addr())
    }

    /// True when both are the same map, not only equal ones.
    pub fn same(&self, other: &Map) -> bool {
        match (&self.shared, &other.shared) {
            (Some(a), Some(b)) => Rc::ptr_eq(a, b),
            (None, None) => true,
            _ => false,
        }
    }
}

impl Drop for Map {
    fn drop(&mut self) {
        // A map may hold maps ten thousand levels deep.
        if let Some(shared) = self.shared.take_if(|shared| Rc::strong_count(shared) == 1) {
            with_room(|| drop(shared));
        }
    }
}

impl Default for Map {
    fn default() -> Map {
        Map::new(&DICT)
    }
}

impl fmt::Debug for Map {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // One level only: a dict may contain itself.
        write!(f, "{}{{", self.ty.name)?;
        for (at, (key, value)) in self.entries().iter().enumerate() {
            let comma = if at == 0 { "" } else { ", " };
            match value {
                Value::Map(map) => write!(f, "{comma}{key}: {}(len {})", map.ty.name, map.len())?,
                other => write!(f, "{comma}{key}: {other:?}")?,
            }
        }
        write!(f, "}}")
    }
}
