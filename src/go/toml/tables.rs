//! The tables of a document while it is read: which keys are there, and which of them were only implied.
//!
//! Mirrors `addContext`, `setValue` and `setType` of `parse.go`, whose rules for what may be defined twice they are.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::decode::TABLES;
use super::key::dotted;
use crate::go::stack::with_room;
use crate::go::value::{DICT, Entries, List, Map, Str, Value};

/// A table that may still grow.
#[derive(Default)]
struct Table(BTreeMap<Str, Node>);

/// What a key holds.
enum Node {
    /// Anything that does not grow.
    Value(Value),
    Table(Table),
    /// An array of tables, of which the last one may grow.
    Tables(Vec<Table>),
}

impl Drop for Table {
    fn drop(&mut self) {
        let entries = std::mem::take(&mut self.0);
        if !entries.is_empty() {
            with_room(|| drop(entries));
        }
    }
}

impl Node {
    fn from_value(value: Value) -> Node {
        match value {
            Value::Map(map) => {
                let entries = map.entries().into_iter();
                Node::Table(Table(entries.map(|(key, value)| (key, with_room(|| Node::from_value(value)))).collect()))
            }
            value => Node::Value(value),
        }
    }
}

impl Table {
    fn into_value(mut self) -> Value {
        let mut entries = Entries::new();
        for (key, node) in std::mem::take(&mut self.0) {
            let value = match node {
                Node::Value(value) => value,
                Node::Table(table) => with_room(|| table.into_value()),
                Node::Tables(tables) => {
                    let tables = tables.into_iter().map(|table| with_room(|| table.into_value()));
                    List::appended_to(4, &TABLES, tables.collect()).into()
                }
            };
            entries.insert(key, value);
        }
        Map::from_entries(&DICT, entries).into()
    }
}

/// Why a key cannot be set.
pub(super) enum Refusal {
    /// One of the tables around it is none.
    Parent(String),
    /// The key itself is taken.
    Taken(String),
    /// The library holds it for a mistake of its own and panics.
    Bug(String),
}

fn shown(key: &[Str]) -> String {
    String::from_utf8_lossy(&dotted(key)).into_owned()
}

/// The document.
#[derive(Default)]
pub(super) struct Tables {
    root: Table,
    /// Keys that were implied by longer ones, by their dotted form.
    implicit: HashSet<Vec<u8>>,
    /// Whether the value of a key is an array, by the dotted form of the key.
    arrays: HashMap<Vec<u8>, bool>,
}

impl Tables {
    pub(super) fn into_map(self) -> Map {
        match self.root.into_value() {
            Value::Map(map) => map,
            _ => Map::default(),
        }
    }

    pub(super) fn imply(&mut self, key: &[Str]) {
        self.implicit.insert(dotted(key));
    }

    /// Makes the table of a key, or one more of an array of tables.
    pub(super) fn open(&mut self, key: &[Str], array: bool) -> Result<(), Refusal> {
        let Some((last, parents)) = key.split_last() else { return Ok(()) };
        let mut table = &mut self.root;
        for (at, part) in parents.iter().enumerate() {
            let so_far = parents.get(..=at).unwrap_or_default();
            if !table.0.contains_key(part) {
                self.implicit.insert(dotted(so_far));
            }
            let node = table.0.entry(part.clone()).or_insert_with(|| Node::Table(Table::default()));
            table = match newest(node) {
                Some(table) => table,
                None => return Err(Refusal::Parent(format!("Key '{}' was already created as a hash.", shown(so_far)))),
            };
        }
        if !array {
            return self.set(parents, last, Node::Table(Table::default()));
        }
        match table.0.entry(last.clone()).or_insert_with(|| Node::Tables(Vec::new())) {
            Node::Tables(tables) => {
                tables.push(Table::default());
                Ok(())
            }
            _ => {
                let key = shown(key);
                Err(Refusal::Taken(format!("Key '{key}' was already created and cannot be used as an array.")))
            }
        }
    }

    /// Gives a key of a table its value.
    pub(super) fn set_value(&mut self, context: &[Str], key: &Str, value: Value) -> Result<(), Refusal> {
        self.set(context, key, Node::from_value(value))
    }

    fn set(&mut self, context: &[Str], key: &Str, node: Node) -> Result<(), Refusal> {
        let mut table = &mut self.root;
        for (at, part) in context.iter().enumerate() {
            let so_far = || shown(context.get(..=at).unwrap_or_default());
            table = match table.0.get_mut(part) {
                None => return Err(Refusal::Bug(format!("Context for key '{}' has not been established.", so_far()))),
                Some(node) => match newest(node) {
                    Some(table) => table,
                    None => return Err(Refusal::Taken(format!("Key '{}' has already been defined.", so_far()))),
                },
            };
        }
        if !table.0.contains_key(key) {
            table.0.insert(key.clone(), node);
            return Ok(());
        }
        let mut full = context.to_vec();
        full.push(key.clone());
        let dotted = dotted(&full);
        // What was only implied may be defined once; a table then keeps what it holds.
        if !self.implicit.remove(&dotted) {
            return Err(Refusal::Taken(format!(
                "Key '{}' has already been defined.",
                String::from_utf8_lossy(&dotted)
            )));
        }
        if self.arrays.get(&dotted) == Some(&true) {
            table.0.insert(key.clone(), node);
        }
        Ok(())
    }

    /// Notes whether the value of a key is an array.
    pub(super) fn set_type(&mut self, key: &[Str], is_array: bool) {
        // The document itself goes by the name of the empty key.
        let name = if key.is_empty() { b"\"\"".to_vec() } else { dotted(key) };
        self.arrays.insert(name, is_array);
    }
}

/// The table that grows: the node itself or the last of its tables.
fn newest(node: &mut Node) -> Option<&mut Table> {
    match node {
        Node::Table(table) => Some(table),
        Node::Tables(tables) => tables.last_mut(),
        Node::Value(_) => None,
    }
}
