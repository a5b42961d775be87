//! The entries of a map in key order. Nearly all maps of values are small: those lie in one run of memory, which takes a tenth of
//! what a tree takes for one or two entries, and is copied in one go. Large ones are trees, so that no order of insertion is slow.

use std::collections::{BTreeMap, btree_map};
use std::slice;
use std::vec;

use super::Value;
use super::str::Str;

/// The most entries that lie in one run.
const FEW: usize = 64;

/// Keys with their values, in key order, which is the order templates, JSON and YAML show.
#[derive(Clone, Debug)]
pub struct Entries(Repr);

#[derive(Clone, Debug)]
enum Repr {
    Few(Vec<(Str, Value)>),
    Many(BTreeMap<Str, Value>),
}

impl Entries {
    /// None yet.
    pub const fn new() -> Entries {
        Entries(Repr::Few(Vec::new()))
    }

    /// None yet, with room for so many.
    pub fn with_capacity(count: usize) -> Entries {
        Entries(Repr::Few(Vec::with_capacity(count.min(FEW))))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        match &self.0 {
            Repr::Few(few) => few.len(),
            Repr::Many(many) => many.len(),
        }
    }

    /// True when there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value of a key.
    pub fn get(&self, key: &[u8]) -> Option<&Value> {
        match &self.0 {
            // Most keys differ by their length already: that is quicker than to halve the run again and again.
            Repr::Few(few) => few.iter().find(|(known, _)| known.as_bytes() == key).map(|(_, value)| value),
            Repr::Many(many) => many.get(key),
        }
    }

    /// Whether a key is there.
    pub fn contains_key(&self, key: &[u8]) -> bool {
        self.get(key).is_some()
    }

    /// Sets a key; the value it had comes back.
    pub fn insert(&mut self, key: Str, value: Value) -> Option<Value> {
        let few = match &mut self.0 {
            Repr::Few(few) => few,
            Repr::Many(many) => return many.insert(key, value),
        };
        let at = match few.last() {
            // Most maps are made in the order of their keys.
            Some((last, _)) if *last < key => Err(few.len()),
            _ => place(few, key.as_bytes()),
        };
        match at {
            Ok(at) => few.get_mut(at).map(|(_, old)| std::mem::replace(old, value)),
            Err(_) if few.len() >= FEW => {
                let mut many: BTreeMap<Str, Value> = std::mem::take(few).into_iter().collect();
                many.insert(key, value);
                self.0 = Repr::Many(many);
                None
            }
            Err(at) => {
                few.insert(at, (key, value));
                None
            }
        }
    }

    /// Removes a key; the value it had comes back.
    pub fn remove(&mut self, key: &[u8]) -> Option<Value> {
        match &mut self.0 {
            Repr::Few(few) => place(few, key).ok().map(|at| few.remove(at).1),
            Repr::Many(many) => many.remove(key),
        }
    }

    /// All of them.
    pub fn iter(&self) -> Iter<'_> {
        match &self.0 {
            Repr::Few(few) => Iter::Few(few.iter()),
            Repr::Many(many) => Iter::Many(many.iter()),
        }
    }

    /// The same keys with other values.
    #[must_use]
    pub fn map_values(&self, mut value: impl FnMut(&Value) -> Value) -> Entries {
        Entries(match &self.0 {
            Repr::Few(few) => Repr::Few(few.iter().map(|(key, old)| (key.clone(), value(old))).collect()),
            Repr::Many(many) => Repr::Many(many.iter().map(|(key, old)| (key.clone(), value(old))).collect()),
        })
    }

    /// The values in the order of their keys.
    pub fn values(&self) -> impl Iterator<Item = &Value> {
        self.iter().map(|(_, value)| value)
    }
}

impl Default for Entries {
    fn default() -> Entries {
        Entries::new()
    }
}

/// Where a key is, or where it belongs.
fn place(few: &[(Str, Value)], key: &[u8]) -> Result<usize, usize> {
    few.binary_search_by(|(known, _)| known.as_bytes().cmp(key))
}

/// Of equal keys the last one stays.
impl FromIterator<(Str, Value)> for Entries {
    fn from_iter<I: IntoIterator<Item = (Str, Value)>>(entries: I) -> Entries {
        let entries = entries.into_iter();
        let mut all = Entries::with_capacity(entries.size_hint().0);
        entries.for_each(|(key, value)| {
            all.insert(key, value);
        });
        all
    }
}

impl<'e> IntoIterator for &'e Entries {
    type Item = (&'e Str, &'e Value);
    type IntoIter = Iter<'e>;

    fn into_iter(self) -> Iter<'e> {
        self.iter()
    }
}

impl IntoIterator for Entries {
    type Item = (Str, Value);
    type IntoIter = IntoIter;

    fn into_iter(self) -> IntoIter {
        match self.0 {
            Repr::Few(few) => IntoIter::Few(few.into_iter()),
            Repr::Many(many) => IntoIter::Many(many.into_iter()),
        }
    }
}

/// See [`Entries::iter`].
#[derive(Clone, Debug)]
pub enum Iter<'e> {
    /// Of a run.
    Few(slice::Iter<'e, (Str, Value)>),
    /// Of a tree.
    Many(btree_map::Iter<'e, Str, Value>),
}

impl<'e> Iterator for Iter<'e> {
    type Item = (&'e Str, &'e Value);

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Iter::Few(few) => few.next().map(|(key, value)| (key, value)),
            Iter::Many(many) => many.next(),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match self {
            Iter::Few(few) => few.size_hint(),
            Iter::Many(many) => many.size_hint(),
        }
    }
}

/// The entries themselves, in key order.
#[derive(Debug)]
pub enum IntoIter {
    /// Of a run.
    Few(vec::IntoIter<(Str, Value)>),
    /// Of a tree.
    Many(btree_map::IntoIter<Str, Value>),
}

impl Iterator for IntoIter {
    type Item = (Str, Value);

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            IntoIter::Few(few) => few.next(),
            IntoIter::Many(many) => many.next(),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match self {
            IntoIter::Few(few) => few.size_hint(),
            IntoIter::Many(many) => many.size_hint(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_and_trees_are_alike() {
        for count in [0, 1, 2, FEW - 1, FEW, FEW + 1, 3 * FEW] {
            let mut entries = Entries::new();
            let mut tree = BTreeMap::new();
            for n in 0..count {
                // In an order that is none.
                let key = format!("{:03}", n * 37 % 211);
                let old = entries.insert(key.as_str().into(), Value::int(1));
                assert_eq!(old.is_some(), tree.insert(key, ()).is_some());
            }
            let same = |entries: &Entries, tree: &BTreeMap<String, ()>| {
                assert_eq!(entries.len(), tree.len());
                assert!(entries.iter().map(|(key, _)| key.to_text()).eq(tree.keys().map(String::as_str)));
            };
            same(&entries, &tree);
            same(&entries.clone().into_iter().collect(), &tree);
            for key in tree.keys().cloned().collect::<Vec<_>>().iter().step_by(2) {
                assert!(entries.contains_key(key.as_bytes()) && entries.remove(key.as_bytes()).is_some());
                assert!(entries.get(key.as_bytes()).is_none() && entries.remove(key.as_bytes()).is_none());
                tree.remove(key);
            }
            same(&entries, &tree);
        }
    }

    #[test]
    fn the_last_of_equal_keys_stays() {
        let entries: Entries =
            [("b", 1), ("a", 2), ("b", 3)].map(|(k, n)| (k.into(), Value::int(n))).into_iter().collect();
        let shown: Vec<_> = entries.iter().map(|(key, value)| format!("{key}={value:?}")).collect();
        assert_eq!(shown.len(), 2);
        assert!(shown[1].contains('3'), "{shown:?}");
    }
}
