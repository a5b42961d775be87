//! Fields and methods: what `.X` finds in a value.

use super::call::Call;
use super::eval::Final;
use super::{Eval, Exec};
use crate::go::template::func::Method;
use crate::go::template::operand::Operand;
use crate::go::template::parse::{Bytes, NodeId, Source};
use crate::go::template::set::MissingKey;
use crate::go::value::{Kind, Map, Object, Value};

/// What a name means in a struct.
enum Member {
    Field(Value),
    Method(&'static Method, Value),
    /// A field that the type's package keeps to itself.
    Unexported,
}

impl Exec<'_> {
    /// `.X` of a value, with arguments when it is a method.
    #[expect(clippy::too_many_arguments, reason = "the state of Go's function of the same purpose")]
    pub(super) fn eval_field(
        &mut self,
        source: &Source,
        dot: &Operand,
        receiver: &Operand,
        name: Bytes,
        node: NodeId,
        args: &[NodeId],
        last: Final,
    ) -> Eval<Operand> {
        let name = source.bytes(name);
        let shown = || String::from_utf8_lossy(name);
        if !receiver.is_valid() {
            if self.set.missing_key == MissingKey::Error {
                let key = crate::go::strconv::quote(name);
                return Err(self.error(source, format!("nil data; no entry for key {key}")));
            }
            return Ok(Operand::INVALID);
        }
        if receiver.is_nil_interface() {
            let ty = receiver.type_name();
            return Err(self.error(source, format!("nil pointer evaluating {ty}.{}", shown())));
        }
        let has_args = !args.is_empty() || last.is_some();
        let value = receiver.value();
        match value {
            Value::Map(map) => {
                if let Some(method) = own_method(map.ty().methods, name) {
                    return self.call_method(source, dot, method, value, node, args, last);
                }
                if has_args {
                    return Err(self.error(source, format!("{} is not a method but has arguments", shown())));
                }
                let entry = self.entry(source, map, name)?;
                if let Some(trace) = &mut self.trace {
                    trace.read(map, name, entry.value());
                }
                return Ok(entry);
            }
            Value::Object(object) => match member(object.as_ref(), value, name) {
                Some(Member::Method(method, receiver)) => {
                    return self.call_method(source, dot, method, &receiver, node, args, last);
                }
                Some(Member::Field(field)) => {
                    if has_args {
                        let cause = format!("{} has arguments but cannot be invoked as function", shown());
                        return Err(self.error(source, cause));
                    }
                    return Ok(Operand::result(field));
                }
                Some(Member::Unexported) => {
                    let ty = receiver.type_name();
                    return Err(self.error(source, format!("{} is an unexported field of struct type {ty}", shown())));
                }
                None => {}
            },
            _ => {
                let methods = value.ty().map(|ty| ty.methods()).unwrap_or_default();
                if let Some(method) = own_method(methods, name) {
                    return self.call_method(source, dot, method, value, node, args, last);
                }
            }
        }
        Err(self.error(source, format!("can't evaluate field {} in type {}", shown(), receiver.type_name())))
    }

    fn entry(&self, source: &Source, map: &Map, name: &[u8]) -> Eval<Operand> {
        let elem = map.ty().elem;
        if let Some(value) = map.get(name) {
            return Ok(Operand::element(value, elem));
        }
        match self.set.missing_key {
            MissingKey::Invalid => Ok(Operand::INVALID),
            MissingKey::Zero => Ok(Operand::zero(elem)),
            MissingKey::Error => {
                let key = crate::go::strconv::quote(name);
                Err(self.error(source, format!("map has no entry for key {key}")))
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the state of Go's function of the same purpose")]
    fn call_method(
        &mut self,
        source: &Source,
        dot: &Operand,
        method: &'static Method,
        receiver: &Value,
        node: NodeId,
        args: &[NodeId],
        last: Final,
    ) -> Eval<Operand> {
        self.eval_call(source, dot, Call::Method(method, receiver), node, method.name.as_bytes(), args, last)
    }
}

fn own_method(methods: &'static [Method], name: &[u8]) -> Option<&'static Method> {
    methods.iter().find(|method| method.name.as_bytes() == name)
}

/// Go's rule for promoted members: the shallowest one wins, and two of the same depth hide each other.
fn member(object: &dyn Object, value: &Value, name: &[u8]) -> Option<Member> {
    /// Structs embed each other a few levels deep at most.
    const MAX_EMBEDDING: usize = 8;
    if let Some(found) = direct_member(object, value, name) {
        return Some(found);
    }
    let mut level = embedded(object);
    for _ in 0..MAX_EMBEDDING {
        let mut found = None;
        let mut below = Vec::new();
        for value in &level {
            let Value::Object(object) = value else { continue };
            match direct_member(object.as_ref(), value, name) {
                Some(_) if found.is_some() => return None,
                Some(member) => found = Some(member),
                None => below.extend(embedded(object.as_ref())),
            }
        }
        if found.is_some() || below.is_empty() {
            return found;
        }
        level = below;
    }
    None
}

fn direct_member(object: &dyn Object, value: &Value, name: &[u8]) -> Option<Member> {
    if let Some(method) = own_method(object.ty().methods, name) {
        return Some(Member::Method(method, value.clone()));
    }
    if object.unexported().iter().any(|field| field.as_bytes() == name) {
        return Some(Member::Unexported);
    }
    let index = object.ty().fields.iter().position(|field| field.name.as_bytes() == name)?;
    object.field_value(index).map(Member::Field)
}

fn embedded(object: &dyn Object) -> Vec<Value> {
    let fields = object.ty().fields.iter().enumerate().filter(|(_, field)| field.embedded);
    fields.filter_map(|(index, _)| object.field_value(index)).filter(|value| value.kind() != Kind::Invalid).collect()
}
