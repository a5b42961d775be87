//! `merge` and `mergeOverwrite`.
//!
//! Mirrors `dario.cat/mergo` 1.0.1 as Sprig calls it: on maps, with no option but `WithOverride`. The left map is changed in
//! place, nested maps of the right one are taken over as they are (later changes show in both), and what is empty by Go's
//! measure (`false`, 0, `""`) counts as missing on the left. On the right only nil counts as missing, and with overwriting not
//! even that.

use crate::go::limits;
use crate::go::stack::with_room;
use crate::go::template::FuncError;
use crate::go::value::{DICT, Kind, Map, Str, Type, Value};
use crate::helm::funcs::call::{Answer, Args, MAX_DEPTH, as_dict, nil_map_assignment, too_deep};
use crate::helm::funcs::defaults::empty;

/// Merges the maps after the first into the first, one after the other, and gives the first.
pub(super) fn all(maps: &[Value], overwrite: bool) -> Answer {
    let mut target = maps.map(0);
    for source in maps.rest(1) {
        let source = as_dict(source);
        if target.is_nil() && !source.is_nil() {
            target = Map::new(&DICT);
        }
        merge(&target, &source, overwrite, 0)?;
    }
    Ok(Value::Map(target))
}

fn merge(target: &Map, source: &Map, overwrite: bool, depth: usize) -> Result<(), FuncError> {
    if depth > MAX_DEPTH {
        return Err(too_deep());
    }
    for (key, new) in source.entries() {
        if limits::is_exhausted() {
            return Ok(());
        }
        let old = target.get(&key);
        if matches!(new, Value::Nil) {
            if overwrite {
                assign(target, &key, new, source.ty().elem)?;
            }
            continue;
        }
        match new.kind() {
            Kind::Map | Kind::Struct | Kind::Ptr => merge_value(old.as_ref(), &new, overwrite, depth + 1)?,
            Kind::Slice if overwrite => {
                let ty = new.ty().unwrap_or(Type::Any);
                assign(target, &key, new.clone(), ty)?;
            }
            _ => {}
        }
        let old_is_empty = old.as_ref().is_none_or(empty);
        let kept = new.kind() == Kind::Slice
            || new.kind() == Kind::Map && old.as_ref().is_some_and(|old| old.kind() == Kind::Map);
        if old_is_empty || (overwrite && !kept) {
            assign(target, &key, new, source.ty().elem)?;
        }
    }
    Ok(())
}

/// Merges what is not plain data into what stands in its place. Only maps are changed by it: nothing else that an
/// interface holds can be set.
fn merge_value(old: Option<&Value>, new: &Value, overwrite: bool, depth: usize) -> Result<(), FuncError> {
    match (old, new) {
        (Some(Value::Map(old)), Value::Map(new)) if old.is_nil() || new.is_nil() => Ok(()),
        (Some(Value::Map(old)), Value::Map(new)) => with_room(|| merge(old, new, overwrite, depth)),
        (Some(Value::Map(old)), Value::Object(new)) if old.is_nil() && new.ty().kind == Kind::Struct => {
            Err(FuncError::panic("reflect: call of reflect.Value.IsNil on struct Value"))
        }
        (Some(Value::Object(old)), new) if old.ty().kind == Kind::Struct => match new.kind() {
            Kind::Struct => Ok(()),
            _ if old.ty().fields.is_empty() => Ok(()),
            other => Err(FuncError::panic(format!("reflect: call of reflect.Value.Field on {other} Value"))),
        },
        // A pointer is filled only from a pointer, and replaced only when overwriting.
        (Some(Value::Object(old)), new) if old.ty().kind == Kind::Ptr && !overwrite => match new.kind() {
            Kind::Ptr => Ok(()),
            _ if new.is_nil() => Ok(()),
            _ => Err(FuncError::new("src and dst must be of same type")),
        },
        _ => Ok(()),
    }
}

/// `reflect.Value.SetMapIndex` with an element of this static type: reflection does not look into an interface.
fn assign(target: &Map, key: &Str, value: Value, elem: Type) -> Result<(), FuncError> {
    let wanted = target.ty().elem;
    if wanted != Type::Any && wanted != elem {
        return Err(FuncError::panic(format!(
            "reflect.Value.SetMapIndex: value of type {elem} is not assignable to type {wanted}"
        )));
    }
    if target.insert(key.clone(), value) { Ok(()) } else { Err(nil_map_assignment()) }
}
