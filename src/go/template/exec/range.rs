//! `range`: over integers, lists, bytes and maps.

use super::{Eval, Exec, Flow};
use crate::go::fmt::append_value;
use crate::go::template::operand::Operand;
use crate::go::template::parse::{Branch, NodeId, NodeKind, Pipe, Source};
use crate::go::value::{Type, UintKind, Value};

impl Exec<'_> {
    pub(super) fn walk_range(&mut self, source: &Source, id: NodeId, branch: Branch, dot: &Operand) -> Eval<Flow> {
        self.at(id);
        let mark = self.variables.len();
        let flow = match (self.turns(source, branch, dot)?, branch.else_list) {
            // A `continue` here belongs to the range around this one; a `break` should too, but Go catches it here.
            (false, Some(else_list)) => match self.walk(source, else_list, dot)? {
                Flow::Break => Flow::Next,
                flow => flow,
            },
            _ => Flow::Next,
        };
        self.variables.truncate(mark);
        Ok(flow)
    }

    /// Takes the turns; false when there was none to take.
    fn turns(&mut self, source: &Source, branch: Branch, dot: &Operand) -> Eval<bool> {
        let value = self.eval_pipe(source, dot, branch.pipe)?;
        let NodeKind::Pipe(pipe) = source.kind(branch.pipe) else { return Ok(false) };
        let turn = |exec: &mut Self, index: Operand, elem: Operand| exec.turn(source, branch, pipe, index, elem);
        match value.value() {
            Value::Int(..) | Value::Uint(..) if source.declared(pipe).symbols().len() > 1 => {
                let shown = show(value.value());
                Err(self.error(source, format!("can't use {shown} to iterate over more than one variable")))
            }
            Value::Int(kind, count) => {
                for n in 0..*count {
                    if turn(self, Operand::INVALID, Operand::concrete(Value::Int(*kind, n)))? == Flow::Break {
                        break;
                    }
                }
                Ok(*count > 0)
            }
            Value::Uint(kind, count) => {
                for n in 0..*count {
                    if turn(self, Operand::INVALID, Operand::concrete(Value::Uint(*kind, n)))? == Flow::Break {
                        break;
                    }
                }
                Ok(*count > 0)
            }
            Value::List(list) => {
                let elem = list.ty().elem;
                let items = list.items();
                for (index, item) in items.iter().enumerate() {
                    if turn(self, position(index), Operand::element(item.clone(), elem))? == Flow::Break {
                        break;
                    }
                }
                Ok(!items.is_empty())
            }
            Value::Bytes(bytes) => {
                for (index, byte) in bytes.iter().enumerate() {
                    let byte = Value::Uint(UintKind::Uint8, u64::from(*byte));
                    if turn(self, position(index), Operand::element(byte, Type::Uint(UintKind::Uint8)))? == Flow::Break
                    {
                        break;
                    }
                }
                Ok(!bytes.is_empty())
            }
            Value::Map(map) => {
                let elem = map.ty().elem;
                let entries = map.entries();
                let any = !entries.is_empty();
                for (key, item) in entries {
                    if turn(self, Operand::concrete(Value::String(key)), Operand::element(item, elem))? == Flow::Break {
                        break;
                    }
                }
                Ok(any)
            }
            Value::Nil => Ok(false),
            other => Err(self.error(source, format!("range can't iterate over {}", show(other)))),
        }
    }

    /// One turn: sets the variables, walks the body, drops what the body declared.
    fn turn(&mut self, source: &Source, branch: Branch, pipe: &Pipe, index: Operand, elem: Operand) -> Eval<Flow> {
        self.step(source)?;
        let mark = self.variables.len();
        let declared = source.declared(pipe);
        match (declared.assign, declared.symbols()) {
            (_, []) => {}
            // With two variables the index comes first.
            (true, [first]) => self.set_variable(source, *first, elem.clone())?,
            (true, [first, second, ..]) => {
                self.set_variable(source, *first, index)?;
                self.set_variable(source, *second, elem.clone())?;
            }
            // The pipeline has just pushed them.
            (false, declared) => {
                if let [.., variable] = self.variables.as_mut_slice() {
                    variable.value = elem.clone();
                }
                if let ([.., variable, _], [_, _, ..]) = (self.variables.as_mut_slice(), declared) {
                    variable.value = index;
                }
            }
        }
        let flow = self.walk(source, branch.list, &elem)?;
        self.variables.truncate(mark);
        Ok(flow)
    }
}

fn position(index: usize) -> Operand {
    Operand::concrete(Value::int(i64::try_from(index).unwrap_or(i64::MAX)))
}

/// A value under `%v`, for which Go copies it out of where it is.
fn show(value: &Value) -> String {
    let copied = match value {
        Value::Object(object) => object.copied(),
        _ => None,
    };
    let mut out = Vec::new();
    append_value(&mut out, copied.as_ref().unwrap_or(value));
    String::from_utf8_lossy(&out).into_owned()
}
