//! Dicts: making, reading, changing in place, choosing keys.
//!
//! Mirrors Sprig's `dict.go`. Where Go walks a map in random order (`keys`, `values`) this gives the order of the keys.

mod copy;
mod merge;

use super::call::{ANY, Answer, Args, MAP, STRING, as_dict, nil_map_assignment, plain, variadic};
use super::cast::strval;
use crate::go::template::{FuncError, Function};
use crate::go::value::{DICT, Entries, List, Map, STRING_SLICE, Str, Value};

pub(super) static FUNCTIONS: &[Function] = &[
    variadic("dict", &[ANY], |_, a| Ok(dict(a))),
    plain("get", &[MAP, STRING], |_, a| Ok(a.map(0).get(a.bytes(1)).unwrap_or_else(|| Value::from("")))),
    plain("set", &[MAP, STRING, ANY], |_, a| set(a.map(0), a.str(1), a.any(2))),
    plain("unset", &[MAP, STRING], |_, a| {
        let map = a.map(0);
        map.remove(a.bytes(1));
        Ok(Value::Map(map))
    }),
    plain("hasKey", &[MAP, STRING], |_, a| Ok(Value::Bool(a.map(0).contains(a.bytes(1))))),
    variadic("pluck", &[STRING, MAP], |_, a| {
        Ok(Value::appended_list(a.rest(1).iter().filter_map(|map| as_dict(map).get(a.bytes(0))).collect()))
    }),
    variadic("keys", &[MAP], |_, a| {
        let keys = a.iter().flat_map(entries).map(|(key, _)| Value::String(key));
        Ok(Value::List(List::appended(&STRING_SLICE, keys.collect())))
    }),
    plain("values", &[MAP], |_, a| {
        Ok(Value::appended_list(entries(a.any(0)).into_iter().map(|(_, value)| value).collect()))
    }),
    variadic("pick", &[MAP, STRING], |_, a| Ok(pick(&a.map(0), a.rest(1)))),
    variadic("omit", &[MAP, STRING], |_, a| Ok(omit(a.any(0), a.rest(1)))),
    variadic("dig", &[ANY], |_, a| dig(a)),
    variadic("merge", &[MAP, MAP], |_, a| merge::all(a, false).or_else(swallowed)),
    variadic("mustMerge", &[MAP, MAP], |_, a| merge::all(a, false)),
    variadic("mergeOverwrite", &[MAP, MAP], |_, a| merge::all(a, true).or_else(swallowed)),
    variadic("mustMergeOverwrite", &[MAP, MAP], |_, a| merge::all(a, true)),
    plain("deepCopy", &[ANY], |_, a| copy::deep_copy(a.any(0))),
    plain("mustDeepCopy", &[ANY], |_, a| copy::deep_copy(a.any(0))),
];

fn entries(map: &Value) -> Vec<(Str, Value)> {
    map.as_map().map(Map::entries).unwrap_or_default()
}

/// `merge` makes an empty text of an error, but cannot stop a panic.
fn swallowed(error: FuncError) -> Answer {
    if error.is_panic { Err(error) } else { Ok(Value::from("")) }
}

fn dict(pairs: &[Value]) -> Value {
    let entries: Entries = pairs
        .chunks(2)
        .map(|pair| match pair {
            [key, value] => (strval(key), value.clone()),
            _ => (strval(pair.any(0)), Value::from("")),
        })
        .collect();
    Value::Map(Map::from_entries(&DICT, entries))
}

fn set(map: Map, key: Str, value: &Value) -> Answer {
    if map.insert(key, value.clone()) { Ok(Value::Map(map)) } else { Err(nil_map_assignment()) }
}

fn pick(map: &Map, keys: &[Value]) -> Value {
    let keys = keys.iter().filter_map(Value::as_str);
    let entries = keys.filter_map(|key| Some((key.clone(), map.get(key)?))).collect();
    Value::Map(Map::from_entries(&DICT, entries))
}

fn omit(map: &Value, keys: &[Value]) -> Value {
    let omitted: Vec<&Str> = keys.iter().filter_map(Value::as_str).collect();
    let entries = entries(map).into_iter().filter(|(key, _)| !omitted.contains(&key)).collect();
    Value::Map(Map::from_entries(&DICT, entries))
}

/// `dig KEY… DEFAULT DICT`.
fn dig(args: &[Value]) -> Answer {
    let [keys @ .., default, dict] = args else { return Err(too_few_to_dig()) };
    if keys.is_empty() {
        return Err(too_few_to_dig());
    }
    let mut step = dict.clone();
    let mut map = asserted_dict(&step)?;
    // All keys are looked at before the first is used.
    let keys = keys.iter().map(asserted_string).collect::<Result<Vec<_>, _>>()?;
    for (at, key) in keys.iter().enumerate() {
        if at > 0 {
            map = asserted_dict(&step)?;
        }
        match map.get(key) {
            Some(value) => step = value,
            None => return Ok(default.clone()),
        }
    }
    Ok(step)
}

fn too_few_to_dig() -> FuncError {
    FuncError::panic("dig needs at least three arguments")
}

fn asserted_dict(value: &Value) -> Result<Map, FuncError> {
    match value {
        Value::Map(map) if std::ptr::eq(map.ty(), &DICT) => Ok(map.clone()),
        other => Err(failed_assertion(other, "map[string]interface {}")),
    }
}

fn asserted_string(value: &Value) -> Result<Str, FuncError> {
    value.as_str().cloned().ok_or_else(|| failed_assertion(value, "string"))
}

/// The panic of a type assertion on an `interface {}`.
fn failed_assertion(value: &Value, wanted: &str) -> FuncError {
    let found = value.ty().map_or("nil", |ty| ty.name());
    FuncError::panic(format!("interface conversion: interface {{}} is {found}, not {wanted}"))
}
