//! Go's slice. Items are shared between holders; the few functions that sort in place (`sortAlpha` on a `[]string`)
//! replace the items for all of them.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use super::Value;
use super::types::ListType;
use crate::go::stack::with_room;

/// A slice of some type.
#[derive(Clone)]
pub struct List {
    ty: &'static ListType,
    items: Option<Rc<RefCell<Rc<[Value]>>>>,
}

impl List {
    /// A slice of these items, which must be of the element type.
    pub fn new(ty: &'static ListType, items: Vec<Value>) -> List {
        List { ty, items: Some(Rc::new(RefCell::new(items.into()))) }
    }

    /// The nil slice of a type.
    pub fn nil(ty: &'static ListType) -> List {
        List { ty, items: None }
    }

    /// The slice's type.
    pub fn ty(&self) -> &'static ListType {
        self.ty
    }

    /// The same slice seen as another type: Go's conversion between slice types of the same element type.
    #[must_use]
    pub fn with_type(&self, ty: &'static ListType) -> List {
        List { ty, items: self.items.clone() }
    }

    /// True for the nil slice.
    pub fn is_nil(&self) -> bool {
        self.items.is_none()
    }

    /// The items as they are now; later changes do not reach the returned slice.
    pub fn items(&self) -> Rc<[Value]> {
        self.items.as_ref().map_or_else(|| Rc::from(Vec::new()), |cell| cell.borrow().clone())
    }

    /// How many items there are.
    pub fn len(&self) -> usize {
        self.items.as_ref().map_or(0, |cell| cell.borrow().len())
    }

    /// True when there is no item.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One item.
    pub fn get(&self, index: usize) -> Option<Value> {
        self.items.as_ref()?.borrow().get(index).cloned()
    }

    /// Replaces the items for every holder of this slice. Does nothing to a nil slice.
    pub fn set_items(&self, items: Vec<Value>) {
        if let Some(cell) = &self.items {
            *cell.borrow_mut() = items.into();
        }
    }

    /// True when both are the same slice, not only equal ones.
    pub fn same(&self, other: &List) -> bool {
        match (&self.items, &other.items) {
            (Some(a), Some(b)) => Rc::ptr_eq(a, b),
            (None, None) => true,
            _ => false,
        }
    }
}

impl Drop for List {
    fn drop(&mut self) {
        // A list may hold lists ten thousand levels deep.
        if let Some(items) = self.items.take_if(|cell| Rc::strong_count(cell) == 1) {
            with_room(|| drop(items));
        }
    }
}

impl fmt::Debug for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.ty.name)?;
        f.debug_list().entries(self.items().iter()).finish()
    }
}
