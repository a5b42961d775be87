//! Go's own functions.
//!
//! Mirrors `text/template/funcs.go`.

use crate::go::fmt::{append_value, html_escape, js_escape, sprint, sprintf, sprintln, url_query_escape};
use crate::go::template::builtin::Builtin;
use crate::go::template::error::FuncError;
use crate::go::template::operand::{Operand, pointee_name};
use crate::go::value::{List, Str, Type, UintKind, Value};

type Result<T> = std::result::Result<T, FuncError>;

impl Builtin {
    /// Calls the function. `callee` is how `call` names what it was told to call.
    pub(super) fn run(self, mut args: Vec<Operand>, callee: &str) -> Result<Operand> {
        let mut take = |at: usize| args.get_mut(at).map(std::mem::take).unwrap_or_default();
        let value = match self {
            Builtin::Not => Value::Bool(!take(0).truth()),
            Builtin::Len => length(&take(0))?,
            Builtin::Index => return index(args),
            Builtin::Slice => slice(args)?,
            Builtin::Call => return Err(call(&take(0), callee)),
            Builtin::Eq => Value::Bool(Builtin::equal(&args)?),
            Builtin::Ne => Value::Bool(!Builtin::equal(&args)?),
            Builtin::Lt => Value::Bool(Builtin::less(&args)?),
            Builtin::Le => Value::Bool(Builtin::less_or_equal(&args)?),
            Builtin::Gt => Value::Bool(!Builtin::less_or_equal(&args)?),
            Builtin::Ge => Value::Bool(!Builtin::less(&args)?),
            Builtin::Print => text(sprint(&values(args))),
            Builtin::Println => text(sprintln(&values(args))),
            Builtin::Printf => {
                let values = values(args);
                match values.split_first() {
                    Some((Value::String(format), rest)) => text(sprintf(format.as_bytes(), rest)),
                    _ => text(Vec::new()),
                }
            }
            Builtin::Html => text(html_escape(&printed(values(args)))),
            Builtin::Js => text(js_escape(&printed(values(args)))),
            Builtin::Urlquery => text(url_query_escape(&printed(values(args)))),
            // The evaluator runs these itself, as they need not evaluate all arguments.
            Builtin::And | Builtin::Or => Value::Nil,
        };
        Ok(Operand::concrete(value))
    }
}

fn text(bytes: Vec<u8>) -> Value {
    Value::String(Str::from(bytes))
}

fn values(args: Vec<Operand>) -> Vec<Value> {
    args.into_iter().map(Operand::into_value).collect()
}

/// The arguments of an escaper as one text: as `Sprint` has it, but with pointers followed and nil as a template prints it.
fn printed(args: Vec<Value>) -> Vec<u8> {
    let mut out = Vec::new();
    let mut after_text = true;
    for arg in &args {
        let is_text = matches!(arg, Value::String(_) | Value::Nil);
        if !is_text && !after_text {
            out.push(b' ');
        }
        append_value(&mut out, arg);
        after_text = is_text;
    }
    out
}

fn length(item: &Operand) -> Result<Value> {
    if item.is_nil_interface() {
        return Err(FuncError::new("len of nil pointer"));
    }
    let length = match item.value() {
        Value::String(text) => text.len(),
        Value::Bytes(bytes) => bytes.len(),
        Value::List(list) => list.len(),
        Value::Map(map) => map.len(),
        Value::Nil => return Err(FuncError::panic("reflect: call of reflect.Value.Type on zero Value")),
        other => return Err(FuncError::new(format!("len of type {}", pointee_name(other)))),
    };
    Ok(Value::int(i64::try_from(length).unwrap_or(i64::MAX)))
}

/// A number as an index into something of this length. Go lets the length itself pass.
fn position(index: &Value, length: usize) -> Result<usize> {
    let n = match index {
        Value::Int(_, n) => *n,
        #[expect(clippy::cast_possible_wrap, reason = "as Go converts it")]
        Value::Uint(_, n) => *n as i64,
        Value::Nil => return Err(FuncError::new("cannot index slice/array with nil")),
        other => {
            let ty = other.ty().map_or(Type::Any.name(), Type::name);
            return Err(FuncError::new(format!("cannot index slice/array with type {ty}")));
        }
    };
    usize::try_from(n).ok().filter(|n| *n <= length).ok_or_else(|| FuncError::new(format!("index out of range: {n}")))
}

fn index(args: Vec<Operand>) -> Result<Operand> {
    let mut args = args.into_iter().map(Operand::elem);
    let mut item = args.next().unwrap_or_default();
    if !item.is_valid() {
        return Err(FuncError::new("index of untyped nil"));
    }
    for index in args {
        let index = index.value();
        item = match item.value() {
            Value::Nil => return Err(FuncError::new("index of nil pointer")),
            Value::List(list) => {
                let at = position(index, list.len())?;
                let found = list.get(at).ok_or_else(|| FuncError::panic("reflect: slice index out of range"))?;
                Operand::element(found, list.ty().elem)
            }
            Value::Bytes(bytes) => {
                let at = position(index, bytes.len())?;
                byte(bytes.get(at), "reflect: slice index out of range")?
            }
            Value::String(text) => {
                let at = position(index, text.len())?;
                byte(text.as_bytes().get(at), "reflect: string index out of range")?
            }
            Value::Map(map) => {
                let key = match index {
                    Value::String(key) => key,
                    Value::Nil => return Err(FuncError::new("value is nil; should be of type string")),
                    other => {
                        let ty = other.ty().map_or(Type::Any.name(), Type::name);
                        return Err(FuncError::new(format!("value has type {ty}; should be string")));
                    }
                };
                let elem = map.ty().elem;
                map.get(key).map_or_else(|| Operand::zero(elem), |found| Operand::element(found, elem))
            }
            other => return Err(FuncError::new(format!("can't index item of type {}", pointee_name(other)))),
        };
    }
    Ok(item)
}

fn byte(byte: Option<&u8>, panic: &str) -> Result<Operand> {
    let byte = byte.ok_or_else(|| FuncError::panic(panic))?;
    Ok(Operand::concrete(Value::Uint(UintKind::Uint8, u64::from(*byte))))
}

fn slice(args: Vec<Operand>) -> Result<Value> {
    let mut args = args.into_iter().map(Operand::elem);
    let item = args.next().unwrap_or_default();
    let indexes: Vec<Operand> = args.collect();
    if !item.is_valid() {
        return Err(FuncError::new("slice of untyped nil"));
    }
    if indexes.len() > 3 {
        return Err(FuncError::new(format!("too many slice indexes: {}", indexes.len())));
    }
    // Where Go allows a slice to be extended into the space behind it, there is none here.
    let length = match item.value() {
        Value::String(_) if indexes.len() == 3 => return Err(FuncError::new("cannot 3-index slice a string")),
        Value::String(text) => text.len(),
        Value::Bytes(bytes) => bytes.len(),
        Value::List(list) => list.len(),
        other => return Err(FuncError::new(format!("can't slice item of type {}", pointee_name(other)))),
    };
    let (mut from, mut to, mut limit) = (0, length, length);
    for (index, slot) in indexes.iter().zip([&mut from, &mut to, &mut limit]) {
        *slot = position(index.value(), length)?;
    }
    for (low, high) in [(from, to), (to, limit)] {
        if low > high {
            return Err(FuncError::new(format!("invalid slice index: {low} > {high}")));
        }
    }
    Ok(match item.value() {
        Value::String(text) => text.as_bytes().get(from..to).map_or(Value::Nil, Value::string),
        Value::Bytes(bytes) => bytes.get(from..to).map_or(Value::Nil, |part| Value::Bytes(part.into())),
        Value::List(list) => {
            let items = list.items();
            Value::List(List::new(list.ty(), items.get(from..to).unwrap_or_default().to_vec()))
        }
        _ => Value::Nil,
    })
}

/// No value of ours is a function.
fn call(callee: &Operand, name: &str) -> FuncError {
    match callee.value().ty() {
        Some(ty) => FuncError::new(format!("non-function {name} of type {ty}")),
        None => FuncError::new("call of nil"),
    }
}
