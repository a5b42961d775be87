//! Keywords about arrays.

use std::collections::HashMap;

use super::super::error::Kind;
use super::super::json::Json;
use super::super::schema::{Additional, Items, SchemaId};
use super::Validator;

impl Validator<'_, '_> {
    pub(super) fn array(&mut self, items: &[Json]) {
        let rules = self.rules;
        if let Some(want) = rules.min_items.filter(|want| items.len() < *want) {
            self.add(Kind::MinItems(items.len(), want));
        }
        if let Some(want) = rules.max_items.filter(|want| items.len() > *want) {
            self.add(Kind::MaxItems(items.len(), want));
        }
        if rules.unique_items
            && let Some((first, second)) = duplicates(items)
        {
            self.add(Kind::UniqueItems(first, second));
        }
        if rules.version < 2020 {
            self.items_before_2020(items);
        } else {
            for (at, (item, id)) in items.iter().zip(&rules.prefix_items).enumerate() {
                self.item(*id, item, at);
            }
            if let Some(id) = rules.items2020 {
                // The library counts these from zero again.
                for (at, item) in items.iter().skip(rules.prefix_items.len()).enumerate() {
                    self.item(id, item, at);
                }
            }
        }
        if let Some(id) = rules.contains {
            self.contains(id, items);
        }
    }

    fn item(&mut self, id: SchemaId, item: &Json, at: usize) {
        let outcome = self.part(id, item, &at.to_string());
        self.add_outcome(outcome);
    }

    fn items_before_2020(&mut self, items: &[Json]) {
        let rules = self.rules;
        let mut evaluated = 0;
        match &rules.items {
            Some(Items::All(id)) => {
                for (at, item) in items.iter().enumerate() {
                    self.item(*id, item, at);
                }
                evaluated = items.len();
            }
            Some(Items::Each(ids)) => {
                for (at, (item, id)) in items.iter().zip(ids).enumerate() {
                    self.item(*id, item, at);
                }
                evaluated = items.len().min(ids.len());
            }
            None => {}
        }
        match rules.additional_items {
            Some(Additional::Allowed(false)) if evaluated != items.len() => {
                self.add(Kind::AdditionalItems(items.len() - evaluated));
            }
            Some(Additional::Schema(id)) => {
                for (at, item) in items.iter().skip(evaluated).enumerate() {
                    self.item(id, item, at);
                }
            }
            _ => {}
        }
    }

    fn contains(&mut self, id: SchemaId, items: &[Json]) {
        let rules = self.rules;
        let (mut failed, mut matched) = (Vec::new(), Vec::new());
        for (at, item) in items.iter().enumerate() {
            match self.part(id, item, &at.to_string()) {
                Err(e) => failed.push(e),
                Ok(()) => {
                    matched.push(at);
                    if rules.version >= 2020 {
                        self.unevaluated.items.remove(&at);
                    }
                }
            }
        }
        match rules.min_contains {
            Some(want) if matched.len() < want => {
                self.add_with(Kind::MinContains(matched.clone(), want), failed);
            }
            None if matched.is_empty() => self.add_with(Kind::Contains, failed),
            _ => {}
        }
        if let Some(want) = rules.max_contains.filter(|want| matched.len() > *want) {
            self.add(Kind::MaxContains(matched, want));
        }
    }
}

/// Up to here the library compares all items with each other, and then a text of digits can equal a number.
const FEW: usize = 20;

/// The first two equal items: the earliest that equals one before it, and the first of those.
fn duplicates(items: &[Json]) -> Option<(usize, usize)> {
    if items.len() <= FEW {
        let pairs = items.iter().enumerate().flat_map(|(at, item)| {
            items.iter().take(at).enumerate().map(move |(before, other)| (before, other, at, item))
        });
        return pairs.filter(|(_, other, _, item)| item.equals(other)).map(|(before, _, at, _)| (before, at)).next();
    }
    // Equal values have the same rough form, so only few need to be compared.
    let mut seen: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, item) in items.iter().enumerate() {
        let alike = seen.entry(form(item)).or_default();
        if let Some(first) = alike.iter().find(|other| items.get(**other).is_some_and(|other| other.equals(item))) {
            return Some((*first, at));
        }
        alike.push(at);
    }
    None
}

fn form(item: &Json) -> String {
    match item {
        Json::Number(number) => format!("{:e}", number.to_float()),
        Json::String(text) => format!("\"{}", text.to_text()),
        Json::Array(items) => format!("[{}", items.len()),
        Json::Object(fields) => fields.keys().fold("{".to_owned(), |form, key| form + &key.to_text() + ","),
        Json::Bool(b) => b.to_string(),
        Json::Null => String::new(),
    }
}
