//! `deepCopy`.
//!
//! Mirrors `github.com/mitchellh/copystructure` 1.2.0 on the values a template can hold: maps and slices are copied with
//! their types, nil ones stay nil, objects lose what is unexported, all else is immutable here and shared.

use crate::go::limits;
use crate::go::stack::with_room;
use crate::go::template::FuncError;
use crate::go::value::{List, Map, Value};
use crate::helm::funcs::call::{Answer, MAX_DEPTH, too_deep};

pub(super) fn deep_copy(value: &Value) -> Answer {
    if matches!(value, Value::Nil) {
        // The library asks nil for its type once it has found nothing to copy.
        return Err(FuncError::panic("reflect: call of reflect.Value.Type on zero Value"));
    }
    copy(value, 0)
}

fn copy(value: &Value, depth: usize) -> Answer {
    if depth > MAX_DEPTH {
        return Err(too_deep());
    }
    if limits::is_exhausted() {
        return Ok(Value::Nil);
    }
    Ok(match value {
        Value::Map(map) if !map.is_nil() => {
            let entries =
                map.entries().into_iter().map(|(key, value)| Ok((key, with_room(|| copy(&value, depth + 1))?)));
            Value::Map(Map::from_entries(map.ty(), entries.collect::<Result<_, FuncError>>()?))
        }
        Value::List(list) if !list.is_nil() => {
            let items = list.items();
            let items = items.iter().map(|item| with_room(|| copy(item, depth + 1)));
            Value::List(List::with_capacity(list.ty(), items.collect::<Result<_, _>>()?, list.capacity()))
        }
        Value::Object(object) => object.reflected_copy().unwrap_or_else(|| value.clone()),
        other => other.clone(),
    })
}
