//! What every family needs: table entries, access to checked arguments, the texts of Go's own panics, and limits.
//!
//! The evaluator has checked the arguments against the signature, so an accessor that does not find its type answers
//! with the zero value; that happens only when a table entry and its body disagree.

use crate::go::limits::MAX_TEXT;
use crate::go::template::{FuncError, Function, Interp};
use crate::go::value::{DICT, FloatKind, IntKind, Map, Str, Type, Value};

/// `interface {}`.
pub(super) const ANY: Type = Type::Any;
/// `string`.
pub(super) const STRING: Type = Type::String;
/// `int`.
pub(super) const INT: Type = Type::Int(IntKind::Int);
/// `float64`.
pub(super) const FLOAT: Type = Type::Float(FloatKind::Float64);
/// `bool`.
pub(super) const BOOL: Type = Type::Bool;
/// `map[string]interface {}`.
pub(super) const MAP: Type = Type::Map(&DICT);

/// What a function body is.
pub(super) type Body = fn(&mut dyn Interp, &[Value]) -> Result<Value, FuncError>;

/// What a function gives.
pub(super) type Answer = Result<Value, FuncError>;

/// A function with exactly these parameters.
pub(super) const fn plain(name: &'static str, params: &'static [Type], call: Body) -> Function {
    Function { name, params, variadic: false, call }
}

/// A function whose last parameter may be repeated or left out.
pub(super) const fn variadic(name: &'static str, params: &'static [Type], call: Body) -> Function {
    Function { name, params, variadic: true, call }
}

const NIL: &Value = &Value::Nil;

/// Typed access to the arguments of a call.
pub(super) trait Args {
    /// An argument of any type.
    fn any(&self, at: usize) -> &Value;
    /// The bytes of a `string`.
    fn bytes(&self, at: usize) -> &[u8];
    /// A `string`.
    fn str(&self, at: usize) -> Str;
    /// An `int`.
    fn int(&self, at: usize) -> i64;
    /// A `float64`, when the argument is there.
    fn float(&self, at: usize) -> Option<f64>;
    /// A `bool`.
    fn bool(&self, at: usize) -> bool;
    /// A `map[string]interface {}`, also when the value came as a named type of that shape.
    fn map(&self, at: usize) -> Map;
    /// The arguments from here on.
    fn rest(&self, from: usize) -> &[Value];
}

impl Args for [Value] {
    fn any(&self, at: usize) -> &Value {
        self.get(at).unwrap_or(NIL)
    }

    fn bytes(&self, at: usize) -> &[u8] {
        self.any(at).as_str().map_or(&[], |s| s.as_bytes())
    }

    fn str(&self, at: usize) -> Str {
        self.any(at).as_str().cloned().unwrap_or_default()
    }

    fn int(&self, at: usize) -> i64 {
        match self.any(at) {
            Value::Int(_, n) => *n,
            _ => 0,
        }
    }

    fn float(&self, at: usize) -> Option<f64> {
        match self.any(at) {
            Value::Float(_, n) => Some(*n),
            _ => None,
        }
    }

    fn bool(&self, at: usize) -> bool {
        matches!(self.any(at), Value::Bool(true))
    }

    fn map(&self, at: usize) -> Map {
        as_dict(self.any(at))
    }

    fn rest(&self, from: usize) -> &[Value] {
        self.get(from..).unwrap_or_default()
    }
}

/// A map as a `map[string]interface {}` parameter receives it: the same entries, without the name of the type.
pub(super) fn as_dict(value: &Value) -> Map {
    value.as_map().map_or_else(|| Map::nil(&DICT), |map| map.with_type(&DICT))
}

/// The panic of a method call on a nil interface or pointer.
pub(super) fn nil_dereference() -> FuncError {
    FuncError::panic("runtime error: invalid memory address or nil pointer dereference")
}

/// The panic of an assignment to a key of a nil map.
pub(super) fn nil_map_assignment() -> FuncError {
    FuncError::panic("assignment to entry in nil map")
}

/// More items than one function call may produce; each takes some 32 bytes.
pub(super) const MAX_ITEMS: usize = 2 << 20;

/// How deep nested maps and slices are followed; YAML and JSON are read to half this depth, so only a dict that contains
/// itself reaches it (on which Go overflows its stack and ends the process).
pub(super) const MAX_DEPTH: usize = 20_000;

/// The size of `count` copies of `len` bytes, when it is below the limit.
pub(super) fn checked_size(len: usize, count: usize) -> Result<usize, FuncError> {
    len.checked_mul(count)
        .filter(|size| *size <= MAX_TEXT)
        .ok_or_else(|| FuncError::new(format!("the result would be larger than {MAX_TEXT} bytes")))
}

/// The error for a list that would be longer than [`MAX_ITEMS`].
pub(super) fn too_many_items() -> FuncError {
    FuncError::new(format!("the result would have more than {MAX_ITEMS} items"))
}

/// The error for a value nested deeper than [`MAX_DEPTH`].
pub(super) fn too_deep() -> FuncError {
    FuncError::new(format!("the value is nested more than {MAX_DEPTH} levels deep, or contains itself"))
}
