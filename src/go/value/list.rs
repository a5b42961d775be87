//! Go's slice. Items are shared between holders; the few functions that sort in place (`sortAlpha` on a `[]string`)
//! replace the items for all of them.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::Rc;

use super::types::ListType;
use super::{Value, capacity, watch};
use crate::go::limits;
use crate::go::stack::with_room;

/// A slice of some type.
#[derive(Clone)]
pub struct List {
    ty: &'static ListType,
    backing: Option<Rc<Backing>>,
}

struct Backing {
    items: RefCell<Rc<[Value]>>,
    room: Room,
    /// Others see it too: that it is sorted in place is noted.
    watched: Cell<bool>,
}

/// What lies between the length and the capacity.
enum Room {
    /// Nothing.
    None,
    /// What `append` leaves when it has made the slice item by item; zero values.
    Appended,
    /// The items that a larger slice has behind this part of it, and then zero values up to this capacity.
    Hidden(Rc<[Value]>, usize),
}

impl List {
    fn made(ty: &'static ListType, items: Vec<Value>, room: Room) -> List {
        limits::work(size_of_val(items.as_slice()));
        List {
            ty,
            backing: Some(Rc::new(Backing { items: RefCell::new(items.into()), room, watched: Cell::new(false) })),
        }
    }

    /// A slice of these items, which must be of the element type, without room for more.
    pub fn new(ty: &'static ListType, items: Vec<Value>) -> List {
        List::made(ty, items, Room::None)
    }

    /// A slice that Go makes by appending to an empty one, item by item: it has more capacity than items.
    pub fn appended(ty: &'static ListType, items: Vec<Value>) -> List {
        List::made(ty, items, Room::Appended)
    }

    /// A slice that Go makes by appending item by item to an empty one of this capacity.
    pub fn appended_to(capacity: usize, ty: &'static ListType, items: Vec<Value>) -> List {
        let capacity = capacity::appended(capacity, items.len(), ty.elem);
        List::with_capacity(ty, items, capacity)
    }

    /// A slice of this capacity at least.
    pub fn with_capacity(ty: &'static ListType, items: Vec<Value>, capacity: usize) -> List {
        List::made(ty, items, Room::Hidden(Rc::from(Vec::new()), capacity))
    }

    /// What one `append` makes of a slice that had this capacity and now has these items, more than fitted.
    pub fn grown(ty: &'static ListType, items: Vec<Value>, old_capacity: usize) -> List {
        let capacity = capacity::grown(old_capacity, items.len(), ty.elem);
        List::with_capacity(ty, items, capacity)
    }

    /// The nil slice of a type.
    pub fn nil(ty: &'static ListType) -> List {
        List { ty, backing: None }
    }

    /// How many items Go has room for before it moves the slice.
    pub fn capacity(&self) -> usize {
        let Some(backing) = &self.backing else { return 0 };
        match &backing.room {
            Room::None => self.len(),
            Room::Appended => capacity::appended(0, self.len(), self.ty.elem),
            Room::Hidden(_, capacity) => (*capacity).max(self.len()),
        }
    }

    /// `list[start:end]`, where the end may lie beyond the length up to the capacity. The part is a copy: what is later
    /// done to the items of one does not show in the other.
    pub fn slice(&self, start: usize, end: usize) -> Option<List> {
        let capacity = self.capacity();
        if start > end || end > capacity {
            return None;
        }
        let mut items = self.items().to_vec();
        if let Some(Room::Hidden(hidden, _)) = self.backing.as_ref().map(|backing| &backing.room) {
            items.extend_from_slice(hidden);
        }
        if items.len() < end {
            items.resize(end, self.ty.elem.zero());
        }
        let hidden = items.split_off(end).into();
        items.drain(..start);
        Some(List::made(self.ty, items, Room::Hidden(hidden, capacity - start)))
    }

    /// The slice's type.
    pub fn ty(&self) -> &'static ListType {
        self.ty
    }

    /// The same slice seen as another type: Go's conversion between slice types of the same element type.
    #[must_use]
    pub fn with_type(&self, ty: &'static ListType) -> List {
        List { ty, backing: self.backing.clone() }
    }

    /// True for the nil slice.
    pub fn is_nil(&self) -> bool {
        self.backing.is_none()
    }

    /// The items as they are now; later changes do not reach the returned slice.
    pub fn items(&self) -> Rc<[Value]> {
        self.backing.as_ref().map_or_else(|| Rc::from(Vec::new()), |backing| backing.items.borrow().clone())
    }

    /// How many items there are.
    pub fn len(&self) -> usize {
        self.backing.as_ref().map_or(0, |backing| backing.items.borrow().len())
    }

    /// True when there is no item.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One item.
    pub fn get(&self, index: usize) -> Option<Value> {
        self.backing.as_ref()?.items.borrow().get(index).cloned()
    }

    /// Replaces the items for every holder of this slice. Does nothing to a nil slice.
    pub fn set_items(&self, items: Vec<Value>) {
        if let Some(backing) = &self.backing {
            if backing.watched.get() {
                watch::note_change();
            }
            limits::work(size_of_val(items.as_slice()));
            *backing.items.borrow_mut() = items.into();
        }
    }

    /// Notes from now on when the items are replaced; see [`Seen`](super::Seen).
    pub(super) fn watch(&self) {
        if let Some(backing) = &self.backing {
            backing.watched.set(true);
        }
    }

    /// Whether that is noted.
    pub(super) fn is_watched(&self) -> bool {
        self.backing.as_ref().is_none_or(|backing| backing.watched.get())
    }

    /// True when both are the same slice, not only equal ones.
    pub fn same(&self, other: &List) -> bool {
        match (&self.backing, &other.backing) {
            (Some(a), Some(b)) => Rc::ptr_eq(a, b),
            (None, None) => true,
            _ => false,
        }
    }
}

impl Drop for List {
    fn drop(&mut self) {
        // A list may hold lists ten thousand levels deep.
        if let Some(backing) = self.backing.take_if(|backing| Rc::strong_count(backing) == 1) {
            with_room(|| drop(backing));
        }
    }
}

impl fmt::Debug for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.ty.name)?;
        f.debug_list().entries(self.items().iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::super::SLICE;
    use super::*;

    fn shown(list: Option<List>) -> String {
        list.map_or_else(String::new, |list| {
            let texts = list
                .items()
                .iter()
                .map(|v| if let Value::Int(_, n) = v { n.to_string() } else { "nil".into() })
                .collect::<Vec<_>>();
            format!("{} of {}", texts.join(" "), list.capacity())
        })
    }

    #[test]
    fn slices_reach_to_the_capacity() {
        let items = || (1..=3).map(Value::int).collect::<Vec<_>>();
        let list = List::new(&SLICE, items());
        assert_eq!(shown(list.slice(1, 2)), "2 of 2");
        assert_eq!(shown(list.slice(1, 4)), "");
        assert_eq!(shown(list.slice(0, 1).and_then(|part| part.slice(0, 3))), "1 2 3 of 3");
        let list = List::appended(&SLICE, items());
        assert_eq!(shown(list.slice(2, 4)), "3 nil of 2");
        assert_eq!(shown(list.slice(4, 4)), " of 0");
        assert_eq!(shown(List::grown(&SLICE, items(), 2).slice(0, 4)), "1 2 3 nil of 4");
    }
}
