//! Keywords about objects.

use super::super::error::{Kind, ValidationError};
use super::super::json::{Fields, Json};
use super::super::schema::{Additional, Dependency, SchemaId};
use super::{SchemaRef, Validator, check, tokens};
use crate::go::value::Str;

impl Validator<'_, '_> {
    pub(super) fn object(&mut self, fields: &Fields) {
        let rules = self.rules;
        if let Some(want) = rules.min_properties.filter(|want| fields.len() < *want) {
            self.add(Kind::MinProperties(fields.len(), want));
        }
        if let Some(want) = rules.max_properties.filter(|want| fields.len() > *want) {
            self.add(Kind::MaxProperties(fields.len(), want));
        }
        if let Some(missing) = missing(fields, &rules.required) {
            self.add(Kind::Required(missing));
        }
        if self.silent && !self.errors.is_empty() {
            return;
        }
        for (name, dependency) in rules.dependencies.iter().filter(|(name, _)| fields.contains_key(*name)) {
            match dependency {
                Dependency::Properties(wanted) => self.dependent(fields, name, wanted),
                Dependency::Schema(id) => {
                    let outcome = self.same_value(*id, false);
                    self.add_outcome(outcome);
                }
            }
        }
        self.properties(fields);
        if rules.version == 4 {
            return;
        }
        if let Some(schema) = rules.property_names {
            for name in fields.keys() {
                let outcome = self.property_name(schema, name);
                self.add_outcome(outcome);
            }
        }
        if rules.version == 6 {
            return;
        }
        for (_, id) in rules.dependent_schemas.iter().filter(|(name, _)| fields.contains_key(*name)) {
            let outcome = self.same_value(*id, false);
            self.add_outcome(outcome);
        }
        for (name, wanted) in rules.dependent_required.iter().filter(|(name, _)| fields.contains_key(*name)) {
            self.dependent(fields, name, wanted);
        }
    }

    fn dependent(&mut self, fields: &Fields, name: &Str, wanted: &[Str]) {
        if let Some(missing) = missing(fields, wanted) {
            self.add(Kind::Dependency { property: name.to_text().into_owned(), missing });
        }
    }

    /// `properties`, `patternProperties` and `additionalProperties`.
    fn properties(&mut self, fields: &Fields) {
        let rules = self.rules;
        let mut additional = Vec::new();
        for (name, value) in fields {
            if self.silent && !self.errors.is_empty() {
                return;
            }
            let token = name.to_text();
            let mut evaluated = false;
            if let Some(id) = rules.properties.get(name) {
                evaluated = true;
                let outcome = self.part(*id, value, &token);
                self.add_outcome(outcome);
            }
            for (_, id) in rules.pattern_properties.iter().filter(|(pattern, _)| pattern.is_match(name)) {
                evaluated = true;
                let outcome = self.part(*id, value, &token);
                self.add_outcome(outcome);
            }
            match rules.additional_properties {
                Some(Additional::Allowed(allowed)) if !evaluated => {
                    evaluated = true;
                    if !allowed {
                        additional.push(token.into_owned());
                    }
                }
                Some(Additional::Schema(id)) if !evaluated => {
                    evaluated = true;
                    let outcome = self.part(id, value, &token);
                    self.add_outcome(outcome);
                }
                _ => {}
            }
            if evaluated {
                self.unevaluated.properties.remove(name);
            }
        }
        if !additional.is_empty() {
            self.add(Kind::AdditionalProperties(additional));
        }
    }

    /// A name is a value of its own, which lies nowhere.
    fn property_name(&self, schema: SchemaId, name: &Str) -> Result<(), ValidationError> {
        let mut schema = self.schema.sibling(schema);
        let mut meta = self.meta;
        if let Some(found) = self.meta.filter(|check| schema.same(check.meta)) {
            let pointer = tokens(self.place).iter().fold(String::new(), |p, t| super::append(&p, t));
            if let Some(resource) = found.resources.get(pointer.as_str()) {
                let own = found.metas.of(&resource.dialect);
                schema = SchemaRef { arena: &own.arena, id: own.root };
                meta = Some(super::MetaCheck { meta: schema, ..found });
            }
        }
        let outcome = check(&Json::String(name.clone()), schema, meta);
        outcome.map_err(|e| ValidationError { kind: Box::new(Kind::PropertyName(name.to_text().into_owned())), ..e })
    }
}

/// The names that are not there; `None` when all are.
fn missing(fields: &Fields, wanted: &[Str]) -> Option<Vec<String>> {
    let missing = wanted.iter().filter(|name| !fields.contains_key(*name));
    let missing: Vec<String> = missing.map(|name| name.to_text().into_owned()).collect();
    (!missing.is_empty()).then_some(missing)
}
