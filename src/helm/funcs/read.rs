//! Texts that templates have read as YAML before. Library charts hold whole tables in templates and read them again for every name
//! they make.

use std::cell::RefCell;
use std::collections::HashMap;

use crate::go::value::{Map, Str};
use crate::helm::values::deep_copy;

/// What texts mean. Whoever asks gets a dict of his own.
#[derive(Debug, Default)]
pub struct ReadTexts(RefCell<Known>);

#[derive(Debug, Default)]
struct Known {
    /// `None` of a text that was met once.
    dicts: HashMap<Str, Option<Map>, foldhash::fast::RandomState>,
    bytes: usize,
}

/// Shorter texts are read as fast as they are found here.
const SHORTEST: usize = 128;

/// Texts kept at most, in bytes.
const MOST: usize = 4 << 20;

impl ReadTexts {
    /// The dict of a text that was met twice.
    pub(super) fn get(&self, text: &Str) -> Option<Map> {
        if text.len() < SHORTEST {
            return None;
        }
        self.0.borrow().dicts.get(text).and_then(Option::as_ref).map(deep_copy)
    }

    /// Notes what a text means.
    pub(super) fn met(&self, text: &Str, dict: &Map) {
        if text.len() < SHORTEST {
            return;
        }
        let mut known = self.0.borrow_mut();
        if let Some(kept) = known.dicts.get_mut(text) {
            *kept = Some(deep_copy(dict));
            return;
        }
        if known.bytes + text.len() > MOST {
            *known = Known::default();
        }
        known.bytes += text.len();
        known.dicts.insert(text.clone(), None);
    }
}
