//! The dynamic value of a template run: what Go's `reflect.Value` is to `text/template`.
//!
//! Values are shared and mutable inside one render, as in Go: a dict that is put into another dict is the same dict,
//! and Sprig's `set` changes it for every holder. Strings are byte strings. Integer kinds, `int` and `float64`,
//! `[]string` and `[]interface {}` stay apart because templates can tell them apart (`kindOf`, `typeOf`, `eq`, `printf`).

mod capacity;
mod entries;
mod list;
mod map;
mod object;
mod str;
mod types;
mod watch;

pub use self::entries::Entries;
pub use self::list::List;
pub use self::map::Map;
pub use self::object::{FieldDef, Object, ObjectType, Struct};
pub use self::str::Str;
pub use self::types::{BYTE_SLICES, DICT, INT_SLICE, SLICE, SLICES, STRING_MAP, STRING_SLICE};
pub use self::types::{FloatKind, IntKind, Kind, ListType, MapType, NamedInt, Type, UintKind};
pub use self::watch::{Seen, Watch};

use std::rc::Rc;
use std::sync::Arc;

/// A Go value.
#[derive(Clone, Debug, Default)]
pub enum Value {
    /// The nil interface. What Go prints as `<no value>` or `<nil>`.
    #[default]
    Nil,
    /// `bool`.
    Bool(bool),
    /// A signed integer of some kind; the number always fits the kind.
    Int(IntKind, i64),
    /// An unsigned integer of some kind; the number always fits the kind.
    Uint(UintKind, u64),
    /// `float32` or `float64`.
    Float(FloatKind, f64),
    /// `complex128`: real and imaginary part.
    Complex(f64, f64),
    /// `string`.
    String(Str),
    /// `[]uint8`.
    Bytes(Arc<[u8]>),
    /// A slice.
    List(List),
    /// A map with string keys.
    Map(Map),
    /// A struct or a pointer to one.
    Object(Rc<dyn Object>),
}

impl Value {
    /// An `int`.
    pub fn int(n: i64) -> Value {
        Value::Int(IntKind::Int, n)
    }

    /// An `int64`.
    pub fn int64(n: i64) -> Value {
        Value::Int(IntKind::Int64, n)
    }

    /// A `float64`.
    pub fn float(n: f64) -> Value {
        Value::Float(FloatKind::Float64, n)
    }

    /// A `string`.
    pub fn string(text: impl Into<Str>) -> Value {
        Value::String(text.into())
    }

    /// An `[]interface {}`.
    pub fn list(items: Vec<Value>) -> Value {
        Value::List(List::new(&SLICE, items))
    }

    /// An `[]interface {}` that Go makes by appending item by item, as when it reads JSON.
    pub fn appended_list(items: Vec<Value>) -> Value {
        Value::List(List::appended(&SLICE, items))
    }

    /// A `[]string`.
    pub fn strings<S: Into<Str>>(items: impl IntoIterator<Item = S>) -> Value {
        Value::List(List::new(&STRING_SLICE, items.into_iter().map(|s| Value::String(s.into())).collect()))
    }

    /// A new, empty `map[string]interface {}`.
    pub fn dict() -> Map {
        Map::new(&DICT)
    }

    /// The dynamic type; `None` for nil.
    pub fn ty(&self) -> Option<Type> {
        Some(match self {
            Value::Nil => return None,
            Value::Bool(_) => Type::Bool,
            Value::Int(kind, _) => Type::Int(*kind),
            Value::Uint(kind, _) => Type::Uint(*kind),
            Value::Float(kind, _) => Type::Float(*kind),
            Value::Complex(..) => Type::Complex,
            Value::String(_) => Type::String,
            Value::Bytes(_) => Type::Bytes,
            Value::List(list) => Type::List(list.ty()),
            Value::Map(map) => Type::Map(map.ty()),
            Value::Object(object) => Type::Object(object.ty()),
        })
    }

    /// The kind as `reflect.Kind` names it; [`Kind::Invalid`] for nil.
    pub fn kind(&self) -> Kind {
        self.ty().map_or(Kind::Invalid, |ty| ty.kind())
    }

    /// The string of a `string` value.
    pub fn as_str(&self) -> Option<&Str> {
        match self {
            Value::String(s) => Some(s),
            _ => None,
        }
    }

    /// The map of a map value.
    pub fn as_map(&self) -> Option<&Map> {
        match self {
            Value::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The list of a slice value other than `[]uint8`.
    pub fn as_list(&self) -> Option<&List> {
        match self {
            Value::List(list) => Some(list),
            _ => None,
        }
    }

    /// True for the nil interface and for nil maps and slices, which print and marshal differently in Go.
    pub fn is_nil(&self) -> bool {
        match self {
            Value::Nil => true,
            Value::List(list) => list.is_nil(),
            Value::Map(map) => map.is_nil(),
            _ => false,
        }
    }
}

impl From<bool> for Value {
    fn from(b: bool) -> Value {
        Value::Bool(b)
    }
}

impl From<Str> for Value {
    fn from(s: Str) -> Value {
        Value::String(s)
    }
}

impl From<&str> for Value {
    fn from(s: &str) -> Value {
        Value::String(s.into())
    }
}

impl From<String> for Value {
    fn from(s: String) -> Value {
        Value::String(s.into())
    }
}

impl From<Map> for Value {
    fn from(map: Map) -> Value {
        Value::Map(map)
    }
}

impl From<List> for Value {
    fn from(list: List) -> Value {
        Value::List(list)
    }
}
