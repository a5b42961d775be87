//! Go's types, as far as a template can meet them, with the names `%T`, `typeOf` and error messages show.

use std::fmt;

use super::object::ObjectType;
use super::str::Str;
use super::{List, Map, Value};
use crate::go::template::Method;

/// A Go type. Named list, map and object types are compared by address.
#[derive(Clone, Copy, Debug)]
pub enum Type {
    /// `interface {}`.
    Any,
    /// `bool`.
    Bool,
    /// A signed integer.
    Int(IntKind),
    /// An unsigned integer.
    Uint(UintKind),
    /// A float.
    Float(FloatKind),
    /// `complex128`.
    Complex,
    /// `string`.
    String,
    /// `[]uint8`.
    Bytes,
    /// A slice.
    List(&'static ListType),
    /// A map with string keys.
    Map(&'static MapType),
    /// A struct or pointer.
    Object(&'static ObjectType),
}

/// A signed integer type.
#[derive(Clone, Copy, Debug)]
pub enum IntKind {
    /// `int`.
    Int,
    /// `int8`.
    Int8,
    /// `int16`.
    Int16,
    /// `int32`.
    Int32,
    /// `int64`.
    Int64,
    /// A named type such as `time.Duration`.
    Named(&'static NamedInt),
}

/// An unsigned integer type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UintKind {
    /// `uint`.
    Uint,
    /// `uint8`.
    Uint8,
    /// `uint16`.
    Uint16,
    /// `uint32`.
    Uint32,
    /// `uint64`.
    Uint64,
    /// `uintptr`.
    Uintptr,
}

/// A float type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FloatKind {
    /// `float32`.
    Float32,
    /// `float64`.
    Float64,
}

/// A named integer type with methods: `time.Duration`, `time.Month`, `time.Weekday`.
#[derive(Debug)]
pub struct NamedInt {
    /// As Go writes it.
    pub name: &'static str,
    /// The kind below: [`Kind::Int`] or [`Kind::Int64`].
    pub kind: Kind,
    /// Its `String` method.
    pub to_text: fn(i64) -> Str,
    /// Its methods.
    pub methods: &'static [Method],
}

/// A slice type.
#[derive(Debug)]
pub struct ListType {
    /// As Go writes it.
    pub name: &'static str,
    /// The element type.
    pub elem: Type,
    /// Methods of a named type.
    pub methods: &'static [Method],
}

/// A map type; keys are strings.
#[derive(Debug)]
pub struct MapType {
    /// As Go writes it.
    pub name: &'static str,
    /// The element type.
    pub elem: Type,
    /// Methods of a named type.
    pub methods: &'static [Method],
}

/// `[]interface {}`.
pub static SLICE: ListType = ListType { name: "[]interface {}", elem: Type::Any, methods: &[] };
/// `[]string`.
pub static STRING_SLICE: ListType = ListType { name: "[]string", elem: Type::String, methods: &[] };
/// `[]int`.
pub static INT_SLICE: ListType = ListType { name: "[]int", elem: Type::Int(IntKind::Int), methods: &[] };
/// `[][]interface {}`.
pub static SLICES: ListType = ListType { name: "[][]interface {}", elem: Type::List(&SLICE), methods: &[] };
/// `[][]uint8`.
pub static BYTE_SLICES: ListType = ListType { name: "[][]uint8", elem: Type::Bytes, methods: &[] };
/// `map[string]interface {}`.
pub static DICT: MapType = MapType { name: "map[string]interface {}", elem: Type::Any, methods: &[] };
/// `map[string]string`.
pub static STRING_MAP: MapType = MapType { name: "map[string]string", elem: Type::String, methods: &[] };

/// `reflect.Kind`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nil: no value at all.
    Invalid,
    /// `bool`.
    Bool,
    /// `int`.
    Int,
    /// `int8`.
    Int8,
    /// `int16`.
    Int16,
    /// `int32`.
    Int32,
    /// `int64`.
    Int64,
    /// `uint`.
    Uint,
    /// `uint8`.
    Uint8,
    /// `uint16`.
    Uint16,
    /// `uint32`.
    Uint32,
    /// `uint64`.
    Uint64,
    /// `uintptr`.
    Uintptr,
    /// `float32`.
    Float32,
    /// `float64`.
    Float64,
    /// `complex128`.
    Complex128,
    /// `interface`.
    Interface,
    /// `map`.
    Map,
    /// `ptr`.
    Ptr,
    /// `slice`.
    Slice,
    /// `string`.
    String,
    /// `struct`.
    Struct,
}

impl Kind {
    /// The name `reflect.Kind.String` gives, which `kindOf` shows.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Invalid => "invalid",
            Kind::Bool => "bool",
            Kind::Int => "int",
            Kind::Int8 => "int8",
            Kind::Int16 => "int16",
            Kind::Int32 => "int32",
            Kind::Int64 => "int64",
            Kind::Uint => "uint",
            Kind::Uint8 => "uint8",
            Kind::Uint16 => "uint16",
            Kind::Uint32 => "uint32",
            Kind::Uint64 => "uint64",
            Kind::Uintptr => "uintptr",
            Kind::Float32 => "float32",
            Kind::Float64 => "float64",
            Kind::Complex128 => "complex128",
            Kind::Interface => "interface",
            Kind::Map => "map",
            Kind::Ptr => "ptr",
            Kind::Slice => "slice",
            Kind::String => "string",
            Kind::Struct => "struct",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Type {
    /// The kind of the type.
    pub fn kind(self) -> Kind {
        match self {
            Type::Any => Kind::Interface,
            Type::Bool => Kind::Bool,
            Type::Int(kind) => kind.kind(),
            Type::Uint(kind) => kind.kind(),
            Type::Float(FloatKind::Float32) => Kind::Float32,
            Type::Float(FloatKind::Float64) => Kind::Float64,
            Type::Complex => Kind::Complex128,
            Type::String => Kind::String,
            Type::Bytes | Type::List(_) => Kind::Slice,
            Type::Map(_) => Kind::Map,
            Type::Object(ty) => ty.kind,
        }
    }

    /// As Go writes it: what `%T` and `typeOf` show.
    pub fn name(self) -> &'static str {
        match self {
            Type::Any => "interface {}",
            Type::Int(IntKind::Named(named)) => named.name,
            Type::Bytes => "[]uint8",
            Type::List(ty) => ty.name,
            Type::Map(ty) => ty.name,
            Type::Object(ty) => ty.name,
            other => other.kind().name(),
        }
    }

    /// The zero value: what Go finds where nothing was put. Structs, which a variable of their type would show empty, are not
    /// made up: they give nil, as pointers and interfaces do.
    pub fn zero(self) -> Value {
        match self {
            Type::Any | Type::Object(_) => Value::Nil,
            Type::Bool => Value::Bool(false),
            Type::Int(kind) => Value::Int(kind, 0),
            Type::Uint(kind) => Value::Uint(kind, 0),
            Type::Float(kind) => Value::Float(kind, 0.0),
            Type::Complex => Value::Complex(0.0, 0.0),
            Type::String => Value::String(Str::default()),
            Type::Bytes => Value::Bytes([].into()),
            Type::List(ty) => Value::List(List::nil(ty)),
            Type::Map(ty) => Value::Map(Map::nil(ty)),
        }
    }

    /// The methods a template may call on values of this type.
    pub fn methods(self) -> &'static [Method] {
        match self {
            Type::Int(IntKind::Named(named)) => named.methods,
            Type::List(ty) => ty.methods,
            Type::Map(ty) => ty.methods,
            Type::Object(ty) => ty.methods,
            _ => &[],
        }
    }
}

impl PartialEq for Type {
    fn eq(&self, other: &Type) -> bool {
        match (self, other) {
            (Type::Int(a), Type::Int(b)) => a == b,
            (Type::Uint(a), Type::Uint(b)) => a == b,
            (Type::Float(a), Type::Float(b)) => a == b,
            (Type::List(a), Type::List(b)) => std::ptr::eq(*a, *b),
            (Type::Map(a), Type::Map(b)) => std::ptr::eq(*a, *b),
            (Type::Object(a), Type::Object(b)) => std::ptr::eq(*a, *b),
            (a, b) => std::mem::discriminant(a) == std::mem::discriminant(b),
        }
    }
}

impl Eq for Type {}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl IntKind {
    /// The kind below a named type, or the kind itself.
    pub fn kind(self) -> Kind {
        match self {
            IntKind::Int => Kind::Int,
            IntKind::Int8 => Kind::Int8,
            IntKind::Int16 => Kind::Int16,
            IntKind::Int32 => Kind::Int32,
            IntKind::Int64 => Kind::Int64,
            IntKind::Named(named) => named.kind,
        }
    }
}

impl PartialEq for IntKind {
    fn eq(&self, other: &IntKind) -> bool {
        match (self, other) {
            (IntKind::Named(a), IntKind::Named(b)) => std::ptr::eq(*a, *b),
            (a, b) => std::mem::discriminant(a) == std::mem::discriminant(b),
        }
    }
}

impl Eq for IntKind {}

impl UintKind {
    /// The kind.
    pub fn kind(self) -> Kind {
        match self {
            UintKind::Uint => Kind::Uint,
            UintKind::Uint8 => Kind::Uint8,
            UintKind::Uint16 => Kind::Uint16,
            UintKind::Uint32 => Kind::Uint32,
            UintKind::Uint64 => Kind::Uint64,
            UintKind::Uintptr => Kind::Uintptr,
        }
    }
}
