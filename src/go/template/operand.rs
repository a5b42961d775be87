//! What `reflect.Value` is to Go's evaluator: a value that remembers whether it sits in an interface.
//!
//! An element of a `map[string]interface {}` is an interface that may be nil, which is not the same as no value at all:
//! a field of the first is an error, a field of the second is no value again.

use crate::go::value::{Kind, List, Map, Type, Value};

/// A value on its way through an expression.
#[derive(Clone, Debug, Default)]
pub(super) struct Operand {
    value: Value,
    interface: bool,
}

impl Operand {
    /// The zero `reflect.Value`: no value at all.
    pub(super) const INVALID: Operand = Operand { value: Value::Nil, interface: false };

    /// What `reflect.ValueOf` gives.
    pub(super) fn concrete(value: Value) -> Operand {
        Operand { value, interface: false }
    }

    /// What a function gives back, or a struct's field holds: a nil can only be an interface's.
    pub(super) fn result(value: Value) -> Operand {
        Operand { interface: matches!(value, Value::Nil), value }
    }

    /// An element of a container with this element type.
    pub(super) fn element(value: Value, ty: Type) -> Operand {
        Operand { interface: matches!(ty, Type::Any) || matches!(value, Value::Nil), value }
    }

    /// `reflect.Zero`.
    pub(super) fn zero(ty: Type) -> Operand {
        Operand::result(match ty {
            Type::Any | Type::Object(_) => Value::Nil,
            Type::Bool => Value::Bool(false),
            Type::Int(kind) => Value::Int(kind, 0),
            Type::Uint(kind) => Value::Uint(kind, 0),
            Type::Float(kind) => Value::Float(kind, 0.0),
            Type::Complex => Value::Complex(0.0, 0.0),
            Type::String => Value::from(""),
            Type::Bytes => Value::Bytes((&b""[..]).into()),
            Type::List(ty) => Value::List(List::nil(ty)),
            Type::Map(ty) => Value::Map(Map::nil(ty)),
        })
    }

    /// False for no value at all.
    pub(super) fn is_valid(&self) -> bool {
        self.interface || !matches!(self.value, Value::Nil)
    }

    /// True for a nil interface.
    pub(super) fn is_nil_interface(&self) -> bool {
        self.interface && matches!(self.value, Value::Nil)
    }

    /// The value inside; `Nil` for a nil interface and for no value.
    pub(super) fn value(&self) -> &Value {
        &self.value
    }

    /// The operand without its interface.
    pub(super) fn elem(self) -> Operand {
        Operand { value: self.value, interface: false }
    }

    /// The value as it is passed to a function.
    pub(super) fn into_value(self) -> Value {
        match &self.value {
            Value::Object(object) => object.copied().unwrap_or(self.value),
            _ => self.value,
        }
    }

    /// The name of the static type, as messages show it. Go panics for no value; callers look first.
    pub(super) fn type_name(&self) -> &'static str {
        if self.interface { Type::Any.name() } else { self.value.ty().map_or(Type::Any.name(), Type::name) }
    }

    /// `truth` of Go: whether the value is not the zero of its type.
    pub(super) fn truth(&self) -> bool {
        match &self.value {
            Value::Nil => false,
            Value::Bool(b) => *b,
            Value::Int(_, n) => *n != 0,
            Value::Uint(_, n) => *n != 0,
            Value::Float(_, n) => *n != 0.0,
            Value::Complex(re, im) => *re != 0.0 || *im != 0.0,
            Value::String(s) => !s.as_bytes().is_empty(),
            Value::Bytes(bytes) => !bytes.is_empty(),
            Value::List(list) => !list.is_empty(),
            Value::Map(map) => !map.is_empty(),
            Value::Object(_) => true,
        }
    }
}

/// The name of a value's type once pointers are followed.
pub(super) fn pointee_name(value: &Value) -> &'static str {
    match value.ty() {
        Some(ty) if ty.kind() == Kind::Ptr => ty.name().strip_prefix('*').unwrap_or(ty.name()),
        Some(ty) => ty.name(),
        None => Type::Any.name(),
    }
}

/// Whether a Go variable of the type can be nil.
pub(super) fn can_be_nil(ty: Type) -> bool {
    matches!(ty.kind(), Kind::Interface | Kind::Map | Kind::Slice | Kind::Ptr)
}

/// The value as one of the type, when Go would let it be assigned: the same type, or a named type and an unnamed one
/// that are built alike. The value itself comes back when not.
pub(super) fn assign(value: Value, ty: Type) -> Result<Value, Value> {
    match (&value, ty) {
        (Value::Nil, _) => return Err(value),
        (Value::Map(map), Type::Map(to)) if !std::ptr::eq(map.ty(), to) => {
            let from = map.ty();
            let unnamed = from.name.starts_with("map[") || to.name.starts_with("map[");
            if from.elem == to.elem && unnamed {
                return Ok(Value::Map(map.with_type(to)));
            }
            return Err(value);
        }
        (Value::List(list), Type::List(to)) if !std::ptr::eq(list.ty(), to) => {
            let from = list.ty();
            let unnamed = from.name.starts_with('[') || to.name.starts_with('[');
            if from.elem == to.elem && unnamed {
                return Ok(Value::List(list.with_type(to)));
            }
            return Err(value);
        }
        // A pointer is followed once; both are the same object here.
        (Value::Object(object), Type::Object(to)) if object.ty().kind == Kind::Ptr && to.kind == Kind::Struct => {
            let same = object.ty().name.strip_prefix('*') == Some(to.name);
            return if same { Ok(value) } else { Err(value) };
        }
        _ => {}
    }
    if matches!(ty, Type::Any) || value.ty() == Some(ty) { Ok(value) } else { Err(value) }
}
