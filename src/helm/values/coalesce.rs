//! The values of a chart and of the charts below it, from what the user gives and what the charts have.
//!
//! Mirrors `pkg/chartutil/coalesce.go`, in Helm 4 `pkg/chart/common/util/coalesce.go`, operation by operation: which maps are shared
//! while this runs decides what a template sees (a subchart's default of a nested global can show up in its parent).

use std::collections::BTreeSet;

use super::table::{deep_copy, shallow_copy, table};
use crate::go::fmt::sprintf;
use crate::go::stack::with_room;
use crate::go::value::{Map, Str, Value};
use crate::helm::chart::Chart;
use crate::helm::dialect::Dialect;
use crate::helm::log::Log;

/// `GlobalKey`.
const GLOBAL: &str = "global";

/// A chart as far as its values go.
pub(super) trait Node: Sized {
    fn name(&self) -> &str;
    /// Its own values.
    fn values(&self) -> Map;
    fn children(&self) -> Vec<Self>;
}

impl Node for &Chart {
    fn name(&self) -> &str {
        &self.metadata.name
    }

    fn values(&self) -> Map {
        self.values.clone()
    }

    fn children(&self) -> Vec<Self> {
        self.dependencies.iter().collect()
    }
}

/// What nulls mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Nulls {
    /// A null removes the key: `CoalesceValues`, `CoalesceTables`.
    Remove,
    /// A null is a value: `MergeValues`, `MergeTables`.
    Keep,
}

/// Coalesces values; what it has to say goes to the log.
pub(super) struct Coalescing<'l> {
    pub(super) dialect: &'static Dialect,
    pub(super) log: &'l mut Log,
}

impl Coalescing<'_> {
    /// The values of a chart and all charts below it; `given` wins and is not changed.
    pub(super) fn values(&mut self, chart: &impl Node, given: &Map, nulls: Nulls) -> Result<Map, String> {
        let values = if given.is_nil() { Value::dict() } else { deep_copy(given) };
        self.chart(chart, &values, "", nulls)?;
        Ok(values)
    }

    fn chart(&mut self, chart: &impl Node, values: &Map, prefix: &str, nulls: Nulls) -> Result<(), String> {
        self.defaults(chart, values, prefix, nulls);
        self.children(chart, values, prefix, nulls)
    }

    fn children(&mut self, chart: &impl Node, values: &Map, prefix: &str, nulls: Nulls) -> Result<(), String> {
        for child in chart.children() {
            let own = match values.get(child.name()) {
                None => {
                    let own = Value::dict();
                    set(values, child.name(), own.clone());
                    own
                }
                Some(value) => match table(&value) {
                    Some(own) => own.clone(),
                    None => {
                        // Helm formats the value with %t, which is for booleans.
                        let value = String::from_utf8_lossy(&sprintf(b"%t", &[value])).into_owned();
                        return Err(format!("type mismatch on {}: {value}", child.name()));
                    }
                },
            };
            let prefix = join(prefix, chart.name());
            self.globals(&own, values, &prefix);
            with_room(|| self.chart(&child, &own, &prefix, nulls))?;
        }
        Ok(())
    }

    /// Hands the globals of a parent's values down into its child's.
    fn globals(&mut self, child: &Map, parent: &Map, prefix: &str) {
        let not_a_table = |which| format!("warning: skipping globals because {which} {GLOBAL} is not a table.");
        let Some(to) = table_or_new(child) else {
            return self.log.print("coalesce.go:138", &not_a_table("destination"));
        };
        let Some(from) = table_or_new(parent) else {
            return self.log.print("coalesce.go:145", &not_a_table("source"));
        };
        for (key, value) in from.entries() {
            let present = to.get(&key);
            let Some(source) = table(&value) else {
                if present.as_ref().and_then(table).is_some() {
                    self.log.print("coalesce.go:175", &format!("key {key} is table. Skipping"));
                } else {
                    set(&to, key, value);
                }
                continue;
            };
            let copy = shallow_copy(source);
            match present {
                None => set(&to, key, copy),
                Some(present) => match table(&present) {
                    Some(present) => {
                        // Top-down here: the parent's globals win over the child's.
                        self.tables_below(&copy, present, &join(prefix, &key.to_text()), Nulls::Keep);
                        set(&to, key, copy);
                    }
                    None => {
                        let key = crate::go::strconv::quote(&key);
                        let text = format!("Conflict: cannot merge map onto non-map for {key}. Skipping.");
                        self.log.print("coalesce.go:161", &text);
                    }
                },
            }
        }
        set(child, GLOBAL, to);
    }

    /// Puts a chart's own values below those that are there.
    fn defaults(&mut self, chart: &impl Node, values: &Map, prefix: &str, nulls: Nulls) {
        let prefix = join(prefix, chart.name());
        let children: Vec<_> = chart.children();
        let defaults = deep_copy(&chart.values());
        // Helm 4 takes a null in a chart's own values for no value; Helm 3 lets it through.
        let clean = self.dialect.drops_default_nulls && nulls == Nulls::Remove;
        for (key, default) in defaults.entries() {
            let Some(value) = values.get(&key) else {
                match &default {
                    Value::Nil if clean => continue,
                    other => {
                        if let Some(own) = table(other).filter(|_| clean) {
                            remove_nulls(own);
                        }
                    }
                }
                set(values, key, default);
                continue;
            };
            if matches!(value, Value::Nil) && nulls == Nulls::Remove {
                values.remove(&key);
            } else if let Some(value) = table(&value) {
                let Some(default) = table(&default) else {
                    if !matches!(default, Value::Nil) {
                        let text = format!("warning: skipped value for {prefix}.{key}: Not a table.");
                        self.log.print("coalesce.go:237", &text);
                    }
                    continue;
                };
                // What a parent says of its child is coalesced again with the child's own values, which its nulls are for.
                let for_child = children.iter().any(|child| child.name().as_bytes() == key.as_bytes());
                let nulls = if for_child { Nulls::Keep } else { nulls };
                if clean && nulls == Nulls::Remove {
                    remove_nulls(default);
                }
                self.tables_below(value, default, &join(&prefix, &key.to_text()), nulls);
            }
        }
    }

    /// Puts one table below another: `CoalesceTables` and `MergeTables`. Changes both.
    pub(super) fn tables(&mut self, above: &Map, below: &Map, nulls: Nulls) {
        self.tables_below(above, below, "", nulls);
    }

    fn tables_below(&mut self, above: &Map, below: &Map, prefix: &str, nulls: Nulls) {
        if below.is_nil() || above.is_nil() {
            return;
        }
        // A null hides what is below it; over a value it removes the key, where nulls do.
        let mut removed = BTreeSet::new();
        for (key, _) in above.entries().into_iter().filter(|(_, value)| matches!(value, Value::Nil)) {
            let hides_value = below.get(&key).is_some_and(|default| !matches!(default, Value::Nil));
            set(below, key.clone(), Value::Nil);
            if hides_value && nulls == Nulls::Remove {
                above.remove(&key);
                removed.insert(key);
            }
        }
        for (key, default) in below.entries() {
            let Some(value) = above.get(&key) else {
                if !removed.contains(&key) {
                    set(above, key, default);
                }
                continue;
            };
            match (table(&value), table(&default)) {
                (Some(value), Some(default)) => {
                    let prefix = join(prefix, &key.to_text());
                    with_room(|| self.tables_below(value, default, &prefix, nulls));
                }
                (None, Some(_)) => {
                    let text = self.shown("cannot overwrite table with non table for %s (%v)", prefix, &key, default);
                    self.log.print("coalesce.go:316", &text);
                }
                (Some(_), None) if !matches!(default, Value::Nil) => {
                    let text = "destination for %s is a table. Ignoring non-table value (%v)";
                    let text = self.shown(text, prefix, &key, default);
                    self.log.print("coalesce.go:319", &text);
                }
                _ => {}
            }
        }
    }

    fn shown(&self, format: &str, prefix: &str, key: &Str, value: Value) -> String {
        let name = Value::from(join(prefix, &key.to_text()));
        let text = sprintf(format!("warning: {format}").as_bytes(), &[name, value]);
        String::from_utf8_lossy(&text).into_owned()
    }
}

/// `cleanNilValues`.
fn remove_nulls(map: &Map) {
    for (key, value) in map.entries() {
        if matches!(value, Value::Nil) {
            map.remove(&key);
        } else if let Some(inner) = table(&value) {
            with_room(|| remove_nulls(inner));
        }
    }
}

/// The globals of some values: a new table when there are none, `None` when they are no table.
fn table_or_new(values: &Map) -> Option<Map> {
    match values.get(GLOBAL) {
        None => Some(Value::dict()),
        Some(value) => table(&value).cloned(),
    }
}

fn set(map: &Map, key: impl Into<Str>, value: impl Into<Value>) {
    // Not the nil map: coalescing starts from a fresh one and goes down into tables that a parser made.
    let _ = map.insert(key, value);
}

fn join(prefix: &str, name: &str) -> String {
    if prefix.is_empty() { name.to_owned() } else { format!("{prefix}.{name}") }
}
