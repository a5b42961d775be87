//! Lists: taking apart, putting together, searching.
//!
//! Mirrors Sprig's `list.go`, whose reflection takes any slice; here [`items`] does. A function and its `must` variant
//! differ in whether Go panics or returns the error.

use std::collections::HashSet;
use std::rc::Rc;

use super::call::{ANY, Answer, Args, INT, nil_dereference, plain, variadic};
use super::cast::{float_to_int64, to_int64};
use super::defaults::empty;
use super::reflection::deep_equal;
use crate::go::limits;
use crate::go::template::{FuncError, Function};
use crate::go::value::{List, SLICE, SLICES, Str, UintKind, Value};

pub(super) static FUNCTIONS: &[Function] = &[
    variadic("list", &[ANY], |_, a| Ok(Value::list(a.to_vec()))),
    variadic("tuple", &[ANY], |_, a| Ok(Value::list(a.to_vec()))),
    plain("first", &[ANY], |_, a| first(a.any(0)).map_err(panicking)),
    plain("mustFirst", &[ANY], |_, a| first(a.any(0))),
    plain("last", &[ANY], |_, a| last(a.any(0)).map_err(panicking)),
    plain("mustLast", &[ANY], |_, a| last(a.any(0))),
    plain("rest", &[ANY], |_, a| rest(a.any(0)).map_err(panicking)),
    plain("mustRest", &[ANY], |_, a| rest(a.any(0))),
    plain("initial", &[ANY], |_, a| initial(a.any(0)).map_err(panicking)),
    plain("mustInitial", &[ANY], |_, a| initial(a.any(0))),
    plain("append", &[ANY, ANY], |_, a| push(a.any(0), a.any(1)).map_err(panicking)),
    plain("push", &[ANY, ANY], |_, a| push(a.any(0), a.any(1)).map_err(panicking)),
    plain("mustAppend", &[ANY, ANY], |_, a| push(a.any(0), a.any(1))),
    plain("mustPush", &[ANY, ANY], |_, a| push(a.any(0), a.any(1))),
    plain("prepend", &[ANY, ANY], |_, a| prepend(a.any(0), a.any(1)).map_err(panicking)),
    plain("mustPrepend", &[ANY, ANY], |_, a| prepend(a.any(0), a.any(1))),
    variadic("concat", &[ANY], |_, a| concat(a).map_err(panicking)),
    plain("reverse", &[ANY], |_, a| reverse(a.any(0)).map_err(panicking)),
    plain("mustReverse", &[ANY], |_, a| reverse(a.any(0))),
    plain("uniq", &[ANY], |_, a| uniq(a.any(0)).map_err(panicking)),
    plain("mustUniq", &[ANY], |_, a| uniq(a.any(0))),
    plain("compact", &[ANY], |_, a| compact(a.any(0)).map_err(panicking)),
    plain("mustCompact", &[ANY], |_, a| compact(a.any(0))),
    variadic("without", &[ANY, ANY], |_, a| without(a.any(0), a.rest(1)).map_err(panicking)),
    variadic("mustWithout", &[ANY, ANY], |_, a| without(a.any(0), a.rest(1))),
    plain("has", &[ANY, ANY], |_, a| has(a.any(0), a.any(1)).map_err(panicking)),
    plain("mustHas", &[ANY, ANY], |_, a| has(a.any(0), a.any(1))),
    variadic("slice", &[ANY, ANY], |_, a| slice(a.any(0), a.rest(1)).map_err(panicking)),
    variadic("mustSlice", &[ANY, ANY], |_, a| slice(a.any(0), a.rest(1))),
    plain("chunk", &[INT, ANY], |_, a| chunk(a.int(0), a.any(1)).map_err(panicking)),
    plain("mustChunk", &[INT, ANY], |_, a| chunk(a.int(0), a.any(1))),
];

fn panicking(error: FuncError) -> FuncError {
    FuncError { is_panic: true, ..error }
}

/// The items of any slice; else the complaint with the kind that was found. Nil has no type to ask for its kind.
fn items(value: &Value, complaint: &str) -> Result<Rc<[Value]>, FuncError> {
    match value {
        Value::List(list) => Ok(list.items()),
        Value::Bytes(bytes) => Ok(bytes.iter().map(|b| Value::Uint(UintKind::Uint8, u64::from(*b))).collect()),
        Value::Nil => Err(nil_dereference()),
        other => Err(FuncError::new(format!("{complaint} {}", other.kind()))),
    }
}

fn first(list: &Value) -> Answer {
    Ok(items(list, "Cannot find first on type")?.first().cloned().unwrap_or_default())
}

fn last(list: &Value) -> Answer {
    Ok(items(list, "Cannot find last on type")?.last().cloned().unwrap_or_default())
}

/// Sprig gives a nil slice for the part of an empty list, and an empty one for the part of a single item.
fn part(items: Option<&[Value]>) -> Value {
    items.map_or_else(|| Value::List(List::nil(&SLICE)), |items| Value::list(items.to_vec()))
}

fn rest(list: &Value) -> Answer {
    Ok(part(items(list, "Cannot find rest on type")?.get(1..)))
}

fn initial(list: &Value) -> Answer {
    Ok(part(items(list, "Cannot find initial on type")?.split_last().map(|(_, initial)| initial)))
}

fn push(list: &Value, item: &Value) -> Answer {
    let items = items(list, "Cannot push on type")?;
    Ok(Value::List(List::grown(&SLICE, items.iter().chain([item]).cloned().collect(), items.len())))
}

fn prepend(list: &Value, item: &Value) -> Answer {
    let items = items(list, "Cannot prepend on type")?;
    let all = [item].into_iter().chain(items.iter()).cloned().collect();
    Ok(Value::List(if items.is_empty() { List::new(&SLICE, all) } else { List::grown(&SLICE, all, 1) }))
}

fn concat(lists: &[Value]) -> Answer {
    let mut all = Vec::new();
    for list in lists {
        match list {
            Value::List(_) | Value::Bytes(_) | Value::Nil => all.extend_from_slice(&items(list, "")?),
            other => return Err(FuncError::panic(format!("Cannot concat type {} as list", other.kind()))),
        }
    }
    Ok(if all.is_empty() { Value::List(List::nil(&SLICE)) } else { Value::appended_list(all) })
}

fn reverse(list: &Value) -> Answer {
    Ok(Value::list(items(list, "Cannot find reverse on type")?.iter().rev().cloned().collect()))
}

fn uniq(list: &Value) -> Answer {
    let items = items(list, "Cannot find uniq on type")?;
    let mut texts: HashSet<&Str> = HashSet::new();
    let mut others: Vec<&Value> = Vec::new();
    let fresh = items.iter().filter(|item| match item {
        Value::String(text) => texts.insert(text),
        other => {
            // Equal or not no longer matters once there has been too much work.
            let fresh = !limits::is_exhausted() && !others.iter().any(|seen| deep_equal(other, seen));
            if fresh {
                others.push(other);
            }
            fresh
        }
    });
    Ok(Value::appended_list(fresh.cloned().collect()))
}

fn compact(list: &Value) -> Answer {
    let items = items(list, "Cannot compact on type")?;
    Ok(Value::appended_list(items.iter().filter(|item| !empty(item)).cloned().collect()))
}

fn contains(haystack: &[Value], needle: &Value) -> bool {
    haystack.iter().take_while(|_| !limits::is_exhausted()).any(|item| deep_equal(needle, item))
}

fn without(list: &Value, omitted: &[Value]) -> Answer {
    let items = items(list, "Cannot find without on type")?;
    Ok(Value::appended_list(items.iter().filter(|item| !contains(omitted, item)).cloned().collect()))
}

fn has(needle: &Value, haystack: &Value) -> Answer {
    if matches!(haystack, Value::Nil) {
        return Ok(Value::Bool(false));
    }
    Ok(Value::Bool(contains(&items(haystack, "Cannot find has on type")?, needle)))
}

fn slice(list: &Value, indices: &[Value]) -> Answer {
    let items = items(list, "list should be type of slice or array but")?;
    if items.is_empty() {
        return Ok(Value::Nil);
    }
    let start = indices.first().map_or(0, to_int64);
    let end = indices.get(1).map_or(items.len() as i64, to_int64);
    let part = usize::try_from(start).ok().zip(usize::try_from(end).ok()).and_then(|(start, end)| match list {
        Value::List(list) => list.slice(start, end).map(Value::List),
        Value::Bytes(bytes) => bytes.get(start..end).map(|part| Value::Bytes(part.into())),
        _ => None,
    });
    part.ok_or_else(|| FuncError::panic("reflect.Value.Slice: slice index out of bounds"))
}

/// Sprig counts the chunks in floats, so that sizes that make no sense become lengths that make no sense.
fn chunk(size: i64, list: &Value) -> Answer {
    let items = items(list, "Cannot chunk type")?;
    let nonsense = || FuncError::panic("runtime error: makeslice: len out of range");
    let len = items.len();
    let count = float_to_int64(((len as f64 - 1.0) / size as f64).floor() + 1.0);
    let count = usize::try_from(count).map_err(|_| nonsense())?;
    let mut chunks = Vec::with_capacity(count.min(len));
    for at in 0..count {
        let mut wanted = size;
        if at + 1 == count {
            let left = (len as f64 % size as f64).floor() as i64;
            wanted = if left == 0 { size } else { left };
        }
        let wanted = usize::try_from(wanted).map_err(|_| nonsense())?;
        let from = at.saturating_mul(usize::try_from(size).unwrap_or(0));
        let part = items.get(from..from.saturating_add(wanted)).ok_or_else(nonsense)?;
        chunks.push(Value::list(part.to_vec()));
    }
    Ok(Value::List(List::new(&SLICES, chunks)))
}
