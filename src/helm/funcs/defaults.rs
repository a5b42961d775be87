//! Values that stand in for missing ones: `default`, `empty`, `coalesce`, `ternary` and their kin.
//!
//! Mirrors Sprig's `defaults.go` without its JSON functions.

use super::call::{ANY, Args, BOOL, plain, variadic};
use crate::go::template::Function;
use crate::go::value::Value;

pub(super) static FUNCTIONS: &[Function] = &[
    variadic("default", &[ANY, ANY], |_, a| {
        let given = a.any(1);
        Ok(if empty(given) { a.any(0).clone() } else { given.clone() })
    }),
    plain("empty", &[ANY], |_, a| Ok(Value::Bool(empty(a.any(0))))),
    variadic("coalesce", &[ANY], |_, a| Ok(a.iter().find(|v| !empty(v)).cloned().unwrap_or_default())),
    variadic("all", &[ANY], |_, a| Ok(Value::Bool(!a.iter().any(empty)))),
    variadic("any", &[ANY], |_, a| Ok(Value::Bool(!a.iter().all(empty)))),
    plain("ternary", &[ANY, ANY, BOOL], |_, a| Ok(if a.bool(2) { a.any(0) } else { a.any(1) }.clone())),
];

/// Whether a value is the zero value of its type: nil, false, 0, or without a single byte, item or key. Structs and pointers never are.
pub(super) fn empty(value: &Value) -> bool {
    match value {
        Value::Nil => true,
        Value::Bool(b) => !b,
        Value::Int(_, n) => *n == 0,
        Value::Uint(_, n) => *n == 0,
        Value::Float(_, n) => *n == 0.0,
        Value::Complex(re, im) => *re == 0.0 && *im == 0.0,
        Value::String(text) => text.is_empty(),
        Value::Bytes(bytes) => bytes.is_empty(),
        Value::List(list) => list.is_empty(),
        Value::Map(map) => map.is_empty(),
        Value::Object(_) => false,
    }
}
