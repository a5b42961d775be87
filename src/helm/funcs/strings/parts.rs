//! Texts apart and together: splitting, joining, and lists of texts.

use std::rc::Rc;

use bstr::ByteSlice;

use super::text;
use crate::go::value::{Entries, List, Map, STRING_MAP, STRING_SLICE, Str, Value};
use crate::go::{limits, utf8};
use crate::helm::funcs::call::{Answer, checked_size};
use crate::helm::funcs::cast::strval;

/// `strings.SplitN`; a negative count is no limit.
pub(super) fn split(s: &[u8], separator: &[u8], count: i64) -> Vec<Str> {
    let limit = usize::try_from(count).unwrap_or(usize::MAX);
    if limit == 0 {
        return Vec::new();
    }
    if separator.is_empty() {
        return runes(s, limit);
    }
    s.splitn_str(limit, separator).take_while(|_| !limits::is_exhausted()).map(Str::from).collect()
}

/// Rune by rune, the last of `limit` parts holding the rest.
fn runes(s: &[u8], limit: usize) -> Vec<Str> {
    let mut parts: Vec<Str> = Vec::new();
    for (at, _, width) in utf8::runes(s) {
        let last = parts.len() + 1 == limit;
        let end = if last { s.len() } else { at + width };
        parts.push(Str::from(s.get(at..end).unwrap_or_default()));
        if last || limits::is_exhausted() {
            break;
        }
    }
    parts
}

/// Numbering a part and putting it into a map is as much work as making so many bytes of text.
const WORK_OF_PART: usize = 128;

/// The parts as `_0`, `_1` and so on.
pub(super) fn numbered(parts: Vec<Str>) -> Value {
    let numbered = parts.into_iter().enumerate().take_while(|_| limits::work(WORK_OF_PART));
    let entries: Entries = numbered.map(|(at, part)| (Str::from(format!("_{at}")), Value::String(part))).collect();
    Value::Map(Map::from_entries(&STRING_MAP, entries))
}

/// Sprig's `strslice`: a `[]string` as it is, other slices without their nils, any other value alone, and nothing of nil.
pub(in crate::helm::funcs) fn strslice(value: &Value) -> List {
    let strings = |items| List::new(&STRING_SLICE, items);
    match value {
        Value::List(list) if std::ptr::eq(list.ty(), &STRING_SLICE) => list.clone(),
        Value::List(list) => {
            let items = list.items();
            let texts = items.iter().filter(|v| !matches!(v, Value::Nil)).map(|v| Value::String(strval(v)));
            List::with_capacity(&STRING_SLICE, texts.collect(), items.len())
        }
        Value::Bytes(bytes) => strings(bytes.iter().map(|b| Value::from(b.to_string())).collect()),
        Value::Nil => strings(Vec::new()),
        other => strings(vec![Value::String(strval(other))]),
    }
}

pub(super) fn join(separator: &[u8], value: &Value) -> Answer {
    let list = strslice(value);
    let items: Rc<[Value]> = list.items();
    checked_size(separator.len(), items.len())?;
    let parts = items.iter().map(|v| v.as_str().map_or(&[][..], |s| s.as_bytes()));
    Ok(text(bstr::join(separator, parts)))
}

/// Sorts by bytes. A `[]string` is sorted in place, so every holder of it sees the new order.
pub(super) fn sort_alpha(value: &Value) -> Value {
    if !matches!(value, Value::List(_) | Value::Bytes(_)) {
        return Value::strings([strval(value)]);
    }
    let list = strslice(value);
    let mut items = list.items().to_vec();
    items.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
    list.set_items(items);
    Value::List(list)
}
