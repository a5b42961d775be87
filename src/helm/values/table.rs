//! Tables, which is what Helm calls maps of values: copies, paths, and which values are tables at all.
//!
//! Mirrors `pkg/chartutil/values.go` (Helm 4 `pkg/chart/common/values.go`).

use crate::go::stack::with_room;
use crate::go::strconv;
use crate::go::value::{DICT, List, Map, Value};

/// The table a value is, if it is one: a `map[string]interface {}`. A `map[string]string` is none.
pub(super) fn table(value: &Value) -> Option<&Map> {
    value.as_map().filter(|map| std::ptr::eq(map.ty(), &raw const DICT))
}

/// A copy that shares no map and no list with the original.
pub(in crate::helm) fn deep_copy(map: &Map) -> Map {
    let Some(entries) = map.borrow() else { return map.clone() };
    Map::from_entries(map.ty(), entries.map_values(deep_copy_value))
}

fn deep_copy_value(value: &Value) -> Value {
    match value {
        Value::Map(map) => with_room(|| Value::Map(deep_copy(map))),
        Value::List(list) if list.is_nil() => Value::List(list.clone()),
        Value::List(list) => with_room(|| {
            let items = list.items().iter().map(deep_copy_value).collect();
            Value::List(List::with_capacity(list.ty(), items, list.capacity()))
        }),
        other => other.clone(),
    }
}

/// A copy of the map alone; what it holds is shared.
pub(super) fn shallow_copy(map: &Map) -> Map {
    Map::from_entries(map.ty(), map.borrow().map(|entries| entries.clone()).unwrap_or_default())
}

/// The table at a path of names with dots between them (`Values.Table`); else Helm's text.
pub(super) fn lookup(values: &Map, path: &str) -> Result<Map, String> {
    let mut found = values.clone();
    for name in path.split('.') {
        let next = found.get(name).as_ref().and_then(table).cloned();
        found = next.ok_or_else(|| format!("{} is not a table", strconv::quote(name.as_bytes())))?;
    }
    Ok(found)
}

/// The value at a path that is no table (`Values.PathValue`); `None` when there is none.
pub(super) fn path_value(values: &Map, path: &str) -> Option<Value> {
    let found = match path.rsplit_once('.') {
        Some((tables, key)) => lookup(values, tables).ok()?.get(key),
        None => values.get(path),
    }?;
    table(&found).is_none().then_some(found)
}
