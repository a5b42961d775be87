//! What of an object or array no schema has looked at yet.

use std::collections::BTreeSet;

use super::super::json::Json;
use super::super::schema::Schema;
use super::Validator;
use crate::go::value::Str;

/// The properties or items that are left.
#[derive(Clone, Debug, Default)]
pub(super) struct Unevaluated {
    pub(super) properties: BTreeSet<Str>,
    pub(super) items: BTreeSet<usize>,
}

impl Unevaluated {
    /// All that a schema does not look at by its form; nothing when nobody asks.
    pub(super) fn of(value: &Json, schema: &Schema, asked: bool) -> Unevaluated {
        let mut left = Unevaluated::default();
        match value {
            Json::Object(fields)
                if !schema.all_properties_evaluated && (asked || schema.unevaluated_properties.is_some()) =>
            {
                left.properties = fields.keys().cloned().collect();
            }
            Json::Array(items) if !schema.all_items_evaluated && (asked || schema.unevaluated_items.is_some()) => {
                left.items = (schema.items_evaluated..items.len()).collect();
            }
            _ => {}
        }
        left
    }

    pub(super) fn is_empty(&self) -> bool {
        self.properties.is_empty() && self.items.is_empty()
    }

    /// Keeps what is left on both sides.
    pub(super) fn keep_only(&mut self, other: &Unevaluated) {
        self.properties.retain(|name| other.properties.contains(name));
        self.items.retain(|at| other.items.contains(at));
    }
}

impl Validator<'_, '_> {
    /// `unevaluatedProperties` and `unevaluatedItems`.
    pub(super) fn check_unevaluated(&mut self) {
        match self.value {
            Json::Object(fields) => {
                let Some(schema) = self.rules.unevaluated_properties else { return };
                for name in std::mem::take(&mut self.unevaluated.properties) {
                    if let Some(value) = fields.get(&name) {
                        let outcome = self.part(schema, value, &name.to_text());
                        self.add_outcome(outcome);
                    }
                }
            }
            Json::Array(items) => {
                let Some(schema) = self.rules.unevaluated_items else { return };
                for at in std::mem::take(&mut self.unevaluated.items) {
                    if let Some(value) = items.get(at) {
                        let outcome = self.part(schema, value, &at.to_string());
                        self.add_outcome(outcome);
                    }
                }
            }
            _ => {}
        }
    }
}
