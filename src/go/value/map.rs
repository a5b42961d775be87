//! Go's map with string keys, the only map a Helm template can meet. Every holder sees every change.

use std::cell::{Ref, RefCell};
use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;

use super::Value;
use super::str::Str;
use super::types::{DICT, MapType};
use crate::go::limits;
use crate::go::stack::with_room;

/// The entries of a [`Map`] in key order, which is the order templates, JSON and YAML show.
pub type Entries = BTreeMap<Str, Value>;

/// Some bytes that an entry takes.
const ENTRY: usize = size_of::<(Str, Value)>();

/// What a map takes that has any entry: trees have room for eleven in their first node.
const FIRST: usize = 11 * ENTRY;

/// A map of some type.
#[derive(Clone)]
pub struct Map {
    ty: &'static MapType,
    entries: Option<Rc<RefCell<Entries>>>,
}

impl Map {
    /// A new, empty map.
    pub fn new(ty: &'static MapType) -> Map {
        Map::from_entries(ty, Entries::new())
    }

    /// A map of these entries, which must be of the element type.
    pub fn from_entries(ty: &'static MapType, entries: Entries) -> Map {
        limits::work(if entries.is_empty() { ENTRY } else { FIRST + ENTRY * entries.len() });
        Map { ty, entries: Some(Rc::new(RefCell::new(entries))) }
    }

    /// The nil map of a type.
    pub fn nil(ty: &'static MapType) -> Map {
        Map { ty, entries: None }
    }

    /// The map's type.
    pub fn ty(&self) -> &'static MapType {
        self.ty
    }

    /// The same map seen as another type: Go's conversion between map types of the same shape.
    #[must_use]
    pub fn with_type(&self, ty: &'static MapType) -> Map {
        Map { ty, entries: self.entries.clone() }
    }

    /// True for the nil map.
    pub fn is_nil(&self) -> bool {
        self.entries.is_none()
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.entries.as_ref().map_or(0, |cell| cell.borrow().len())
    }

    /// True when there is no entry.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value of a key.
    pub fn get(&self, key: impl AsRef<[u8]>) -> Option<Value> {
        self.entries.as_ref()?.borrow().get(key.as_ref()).cloned()
    }

    /// True when the key is there, whatever its value.
    pub fn contains(&self, key: impl AsRef<[u8]>) -> bool {
        self.entries.as_ref().is_some_and(|cell| cell.borrow().contains_key(key.as_ref()))
    }

    /// Sets a key for every holder; false when this is the nil map, on which Go panics.
    #[must_use = "Go panics when a nil map is assigned to"]
    pub fn insert(&self, key: impl Into<Str>, value: impl Into<Value>) -> bool {
        match &self.entries {
            Some(cell) => {
                limits::work(ENTRY);
                cell.borrow_mut().insert(key.into(), value.into());
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
        self.entries.as_ref()?.borrow_mut().remove(key.as_ref())
    }

    /// Keys and values as they are now, in key order; the map may be changed while the copy is walked.
    pub fn entries(&self) -> Vec<(Str, Value)> {
        match &self.entries {
            Some(cell) => {
                limits::work(ENTRY * self.len());
                cell.borrow().iter().map(|(k, v)| (k.clone(), v.clone())).collect()
            }
            None => Vec::new(),
        }
    }

    /// A look at the entries without a copy; `None` for the nil map. Nothing may change the map while it is held.
    pub fn borrow(&self) -> Option<Ref<'_, Entries>> {
        self.entries.as_ref().map(|cell| cell.borrow())
    }

    /// What tells this map from other live ones; `None` for the nil map.
    pub fn address(&self) -> Option<usize> {
        self.entries.as_ref().map(|cell| Rc::as_ptr(cell).addr())
    }

    /// True when both are the same map, not only equal ones.
    pub fn same(&self, other: &Map) -> bool {
        match (&self.entries, &other.entries) {
            (Some(a), Some(b)) => Rc::ptr_eq(a, b),
            (None, None) => true,
            _ => false,
        }
    }
}

impl Drop for Map {
    fn drop(&mut self) {
        // A map may hold maps ten thousand levels deep.
        if let Some(entries) = self.entries.take_if(|cell| Rc::strong_count(cell) == 1) {
            with_room(|| drop(entries));
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
