//! What a template can ask about types, and `reflect.DeepEqual`.
//!
//! Mirrors Sprig's `reflect.go` and Go's `reflect/deepequal.go`.

use std::collections::HashSet;
use std::rc::Rc;

use super::call::{ANY, Answer, Args, STRING, plain};
use crate::go::limits;
use crate::go::stack::with_room;
use crate::go::template::Function;
use crate::go::value::{List, Map, Object, Value};

pub(super) static FUNCTIONS: &[Function] = &[
    plain("typeOf", &[ANY], |_, a| Ok(Value::from(type_of(a.any(0))))),
    plain("typeIs", &[STRING, ANY], |_, a| Ok(Value::Bool(a.bytes(0) == type_of(a.any(1)).as_bytes()))),
    plain("typeIsLike", &[STRING, ANY], |_, a| Ok(Value::Bool(type_is_like(a.bytes(0), type_of(a.any(1)))))),
    plain("kindOf", &[ANY], |_, a| Ok(Value::from(a.any(0).kind().name()))),
    plain("kindIs", &[STRING, ANY], |_, a| Ok(Value::Bool(a.bytes(0) == a.any(1).kind().name().as_bytes()))),
    plain("deepEqual", &[ANY, ANY], |_, a| -> Answer { Ok(Value::Bool(deep_equal(a.any(0), a.any(1)))) }),
];

/// `%T`.
fn type_of(value: &Value) -> &'static str {
    value.ty().map_or("<nil>", |ty| ty.name())
}

fn type_is_like(target: &[u8], name: &str) -> bool {
    let name = name.as_bytes();
    name == target || name.strip_prefix(b"*") == Some(target)
}

/// `reflect.DeepEqual`: same type, same content; nil and empty are different, and so are two NaN.
pub(super) fn deep_equal(a: &Value, b: &Value) -> bool {
    Comparison::default().equal(a, b)
}

/// Pairs of containers that are being compared. Go takes such a pair for equal when it meets it again, which ends the
/// comparison of dicts that contain themselves.
#[derive(Default)]
struct Comparison {
    depth: usize,
    visited: HashSet<(usize, usize)>,
}

/// Comparing two values, without what is inside of them, is as much work as making so many bytes of text.
const WORK_OF_COMPARING: usize = 32;

/// Below this depth nothing is remembered: values seldom are deeper, and a cycle only comes back later.
const UNTRACKED: usize = 32;

impl Comparison {
    fn equal(&mut self, a: &Value, b: &Value) -> bool {
        if !limits::work(WORK_OF_COMPARING) {
            return false;
        }
        match (a, b) {
            (Value::Nil, Value::Nil) => true,
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Int(ka, a), Value::Int(kb, b)) => ka == kb && a == b,
            (Value::Uint(ka, a), Value::Uint(kb, b)) => ka == kb && a == b,
            (Value::Float(ka, a), Value::Float(kb, b)) => ka == kb && a == b,
            (Value::Complex(ar, ai), Value::Complex(br, bi)) => ar == br && ai == bi,
            (Value::String(a), Value::String(b)) => a == b,
            (Value::Bytes(a), Value::Bytes(b)) => a == b,
            (Value::List(a), Value::List(b)) => std::ptr::eq(a.ty(), b.ty()) && self.lists(a, b),
            (Value::Map(a), Value::Map(b)) => std::ptr::eq(a.ty(), b.ty()) && self.maps(a, b),
            (Value::Object(a), Value::Object(b)) => self.objects(a, b),
            _ => false,
        }
    }

    fn lists(&mut self, a: &List, b: &List) -> bool {
        if a.is_nil() != b.is_nil() || a.len() != b.len() {
            return false;
        }
        if a.same(b) {
            return true;
        }
        let (a, b) = (a.items(), b.items());
        self.below(a.as_ptr() as usize, b.as_ptr() as usize, |this| {
            a.iter().zip(b.iter()).all(|(a, b)| this.equal(a, b))
        })
    }

    fn maps(&mut self, a: &Map, b: &Map) -> bool {
        if a.is_nil() != b.is_nil() || a.len() != b.len() {
            return false;
        }
        if a.same(b) {
            return true;
        }
        let (Some(a), Some(b)) = (a.borrow(), b.borrow()) else { return true };
        self.below(std::ptr::from_ref(&*a) as usize, std::ptr::from_ref(&*b) as usize, |this| {
            // Both are in key order and equally long.
            a.iter().zip(b.iter()).all(|((ka, a), (kb, b))| ka == kb && this.equal(a, b))
        })
    }

    fn objects(&mut self, a: &Rc<dyn Object>, b: &Rc<dyn Object>) -> bool {
        if !std::ptr::eq(a.ty(), b.ty()) {
            return false;
        }
        if Rc::ptr_eq(a, b) {
            return true;
        }
        let (fields_a, fields_b) = (a.field_values(), b.field_values());
        a.equal_unexported(&**b) && fields_a.iter().zip(&fields_b).all(|(a, b)| self.equal(a, b))
    }

    fn below(&mut self, a: usize, b: usize, compare: impl FnOnce(&mut Comparison) -> bool) -> bool {
        if self.depth > UNTRACKED && !self.visited.insert((a.min(b), a.max(b))) {
            return true;
        }
        self.depth += 1;
        let equal = with_room(|| compare(self));
        self.depth -= 1;
        equal
    }
}
