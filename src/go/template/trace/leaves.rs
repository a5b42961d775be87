//! The texts that values hold, and the way to each of them.

use std::collections::HashMap;
use std::rc::Rc;

use super::piece::Origin;
use super::{Piece, Step, ValuePath};
use crate::go::value::{Map, Str, Value};

/// Values whose leaves a trace recognizes, by where they lie in memory: once for all traces with the same values.
#[derive(Debug, Default)]
pub struct Leaves {
    pub(super) texts: Texts,
    /// Where maps of the values are.
    maps: ByAddress<(Map, Rc<Vec<Step>>)>,
}

type ByAddress<T> = HashMap<usize, T, foldhash::fast::RandomState>;

/// Pieces of texts. The texts are kept so that no address is used twice.
#[derive(Debug, Default)]
pub(super) struct Texts(ByAddress<(Str, Rc<[Piece]>)>);

impl Texts {
    pub(super) fn get(&self, text: &Str) -> Option<&Rc<[Piece]>> {
        self.0.get(&address(text)).map(|(_, pieces)| pieces)
    }

    pub(super) fn insert(&mut self, text: &Str, pieces: Rc<[Piece]>) {
        self.0.insert(address(text), (text.clone(), pieces));
    }
}

/// What a text is known by while it lives.
fn address(text: &Str) -> usize {
    text.as_bytes().as_ptr().addr()
}

impl Leaves {
    /// The leaves of these values.
    pub fn of(values: &Map) -> Leaves {
        let mut leaves = Leaves::default();
        leaves.map(values, &mut Vec::new());
        leaves
    }

    /// The way to a map of the values.
    pub(super) fn path(&self, map: &Map) -> Option<&Rc<Vec<Step>>> {
        self.maps.get(&map.address()?).map(|(_, path)| path)
    }

    fn map(&mut self, map: &Map, path: &mut Vec<Step>) {
        /// Deeper than values are written by hand.
        const DEEPEST: usize = 48;
        let Some(address) = map.address() else { return };
        if self.maps.contains_key(&address) || path.len() > DEEPEST {
            return;
        }
        self.maps.insert(address, (map.clone(), Rc::new(path.clone())));
        for (key, value) in map.entries() {
            path.push(Step::Key(key.clone()));
            self.text(&key, path, true);
            self.value(&value, path);
            path.pop();
        }
    }

    fn value(&mut self, value: &Value, path: &mut Vec<Step>) {
        match value {
            Value::String(text) => self.text(text, path, false),
            Value::Map(map) => self.map(map, path),
            Value::List(list) => {
                for (at, item) in list.items().iter().enumerate() {
                    path.push(Step::Index(at));
                    self.value(item, path);
                    path.pop();
                }
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &Str, path: &[Step], key: bool) {
        self.texts.0.entry(address(text)).or_insert_with(|| {
            let value = Rc::new(ValuePath { steps: path.to_vec(), key });
            let origin = Rc::new(Origin { value: Some(value), ..Origin::default() });
            (text.clone(), [Piece::whole(text.len(), origin)].into())
        });
    }
}
