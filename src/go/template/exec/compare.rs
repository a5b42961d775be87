//! `eq`, `ne`, `lt`, `le`, `gt`, `ge`.
//!
//! Mirrors the comparisons of `text/template/funcs.go`.

use std::rc::Rc;

use crate::go::fmt::sprintf;
use crate::go::template::builtin::Builtin;
use crate::go::template::error::FuncError;
use crate::go::template::operand::Operand;
use crate::go::value::{Kind, Object, Type, Value};

type Result<T> = std::result::Result<T, FuncError>;

/// The kinds Go compares.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Basic {
    Bool,
    Complex,
    Int,
    Float,
    String,
    Uint,
}

fn basic(value: &Value) -> Option<Basic> {
    Some(match value {
        Value::Bool(_) => Basic::Bool,
        Value::Int(..) => Basic::Int,
        Value::Uint(..) => Basic::Uint,
        Value::Float(..) => Basic::Float,
        Value::Complex(..) => Basic::Complex,
        Value::String(_) => Basic::String,
        _ => return None,
    })
}

fn type_name(value: &Value) -> &'static str {
    value.ty().map_or(Type::Any.name(), Type::name)
}

fn incompatible(a: &Value, b: &Value) -> FuncError {
    let (a, b) = (type_name(a), type_name(b));
    FuncError::new(format!("incompatible types for comparison: {a} and {b}"))
}

fn not_comparable() -> FuncError {
    FuncError::new("invalid type for comparison")
}

impl Builtin {
    /// Whether the first argument equals one of the others.
    pub(super) fn equal(args: &[Operand]) -> Result<bool> {
        let Some((first, others)) = args.split_first().filter(|(_, others)| !others.is_empty()) else {
            return Err(FuncError::new("missing argument for comparison"));
        };
        for other in others {
            if equal(first.value(), other.value())? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    pub(super) fn less(args: &[Operand]) -> Result<bool> {
        match args {
            [a, b] => less(a.value(), b.value()),
            _ => Err(FuncError::new("missing argument for comparison")),
        }
    }

    pub(super) fn less_or_equal(args: &[Operand]) -> Result<bool> {
        Ok(Builtin::less(args)? || Builtin::equal(args)?)
    }
}

fn equal(a: &Value, b: &Value) -> Result<bool> {
    match (a, b) {
        (Value::String(a), Value::String(b)) => Ok(a == b),
        (Value::Int(_, a), Value::Int(_, b)) => Ok(a == b),
        (Value::Uint(_, a), Value::Uint(_, b)) => Ok(a == b),
        (Value::Bool(a), Value::Bool(b)) => Ok(a == b),
        #[expect(clippy::float_cmp, reason = "as Go compares")]
        (Value::Float(_, a), Value::Float(_, b)) => Ok(a == b),
        #[expect(clippy::float_cmp, reason = "as Go compares")]
        (Value::Complex(a, b), Value::Complex(c, d)) => Ok(a == c && b == d),
        // Integers compare whatever their signs.
        (Value::Int(_, int), Value::Uint(_, uint)) | (Value::Uint(_, uint), Value::Int(_, int)) => {
            Ok(u64::try_from(*int) == Ok(*uint))
        }
        _ if basic(a) != basic(b) => match (a, b) {
            (Value::Nil, _) | (_, Value::Nil) => Ok(false),
            _ => Err(incompatible(a, b)),
        },
        _ => equal_other(a, b),
    }
}

/// Two values that are nil, lists, maps or objects.
fn equal_other(a: &Value, b: &Value) -> Result<bool> {
    let comparable = a.kind() == b.kind() || a.kind() == Kind::Invalid || b.kind() == Kind::Invalid;
    if !comparable {
        let (name_a, name_b) = (Value::from(type_name(a)), Value::from(type_name(b)));
        let args = [a.clone(), name_a, name_b, b.clone()];
        return Err(formatted(b"non-comparable types %s: %v, %s: %v", &args));
    }
    if a.is_nil() || b.is_nil() {
        return Ok(a.is_nil() == b.is_nil());
    }
    match (a, b) {
        (Value::Object(a_object), Value::Object(b_object)) if is_comparable(b) => {
            Ok(Rc::ptr_eq(a_object, b_object) || equal_objects(a_object.as_ref(), b_object.as_ref())?)
        }
        _ => Err(formatted(b"non-comparable type %s: %v", &[b.clone(), Value::from(type_name(b))])),
    }
}

fn formatted(format: &[u8], args: &[Value]) -> FuncError {
    FuncError::new(String::from_utf8_lossy(&sprintf(format, args)))
}

/// Whether values of the type can be compared with `==` in Go: not when there is a slice or map in them.
fn is_comparable(value: &Value) -> bool {
    match value {
        Value::Bytes(_) | Value::List(_) | Value::Map(_) => false,
        Value::Object(object) if object.ty().kind == Kind::Struct => object.field_values().iter().all(is_comparable),
        _ => true,
    }
}

fn equal_objects(a: &dyn Object, b: &dyn Object) -> Result<bool> {
    if !std::ptr::eq(a.ty(), b.ty()) || a.ty().kind == Kind::Ptr {
        return Ok(false);
    }
    let (a_fields, b_fields) = (a.field_values(), b.field_values());
    if a_fields.is_empty() {
        // All its fields are unexported: only the object itself can tell.
        return Ok(a.to_text().is_some() && a.same_unexported(b));
    }
    for (a, b) in a_fields.iter().zip(&b_fields) {
        if a.ty() != b.ty() || !equal(a, b)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn less(a: &Value, b: &Value) -> Result<bool> {
    if basic(a).is_none() || basic(b).is_none() {
        return Err(not_comparable());
    }
    match (a, b) {
        (Value::String(a), Value::String(b)) => Ok(a < b),
        (Value::Int(_, a), Value::Int(_, b)) => Ok(a < b),
        (Value::Uint(_, a), Value::Uint(_, b)) => Ok(a < b),
        (Value::Float(_, a), Value::Float(_, b)) => Ok(a < b),
        (Value::Int(_, a), Value::Uint(_, b)) => Ok(u64::try_from(*a).map_or(true, |a| a < *b)),
        (Value::Uint(_, a), Value::Int(_, b)) => Ok(u64::try_from(*b).is_ok_and(|b| *a < b)),
        _ if basic(a) == basic(b) => Err(not_comparable()),
        _ => Err(incompatible(a, b)),
    }
}
