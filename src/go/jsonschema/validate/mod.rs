//! Values against compiled schemas.
//!
//! Mirrors `validator.go`. Where Go walks a map, in an order that changes from run to run, keys come in their order here.

mod array;
mod object;
mod unevaluated;

use std::collections::BTreeMap;
use std::rc::Rc;

use self::unevaluated::Unevaluated;
use super::document::Resource;
use super::draft::{Dialect, Metas};
use super::error::{Kind, ValidationError};
use super::json::Json;
use super::location::{append, escape_token};
use super::number::Number;
use super::schema::{Arena, Schema, SchemaId};
use crate::go::limits;
use crate::go::stack::with_room;
use crate::go::utf8;
use crate::go::value::Str;

/// A schema with those it refers to.
#[derive(Clone, Copy)]
struct SchemaRef<'a> {
    arena: &'a Arena,
    id: SchemaId,
}

impl<'a> SchemaRef<'a> {
    fn schema(self) -> Option<&'a Schema> {
        self.arena.get(self.id)
    }

    fn sibling(self, id: SchemaId) -> SchemaRef<'a> {
        SchemaRef { arena: self.arena, id }
    }

    fn same(self, other: SchemaRef<'_>) -> bool {
        self.id == other.id && std::ptr::eq(self.arena, other.arena)
    }
}

/// While a schema is checked against its metaschema: parts of it can be written in another dialect.
#[derive(Clone, Copy)]
struct MetaCheck<'a> {
    meta: SchemaRef<'a>,
    resources: &'a BTreeMap<Rc<str>, Resource>,
    metas: &'a Metas,
}

/// How validation got to a schema.
struct Scope<'s, 'a> {
    schema: SchemaRef<'a>,
    /// The keyword of a reference that led here; empty when the schema lies inside of its parent.
    keyword: &'static str,
    /// Counts how deep the value lies; two scopes of the same number are about the same value.
    depth: usize,
    parent: Option<&'s Scope<'s, 'a>>,
}

/// Where the value lies, as a list that grows on the stack.
#[derive(Clone, Copy)]
struct Place<'p> {
    token: &'p str,
    parent: Option<&'p Place<'p>>,
}

/// One schema at work on one value.
struct Validator<'s, 'a> {
    value: &'s Json,
    place: Option<&'s Place<'s>>,
    schema: SchemaRef<'a>,
    rules: &'a Schema,
    scope: &'s Scope<'s, 'a>,
    unevaluated: Unevaluated,
    errors: Vec<ValidationError>,
    /// Only whether the value fits is asked, not why not.
    silent: bool,
    meta: Option<MetaCheck<'a>>,
}

/// Checking a value against a schema, without what is inside of both, is as much work as making so many bytes of text.
const WORK_OF_SCHEMA: usize = 512;

/// The same for a step out of a scope.
const WORK_OF_SCOPE: usize = 16;

type Outcome = Result<Unevaluated, ValidationError>;

/// Checks a value against a schema of an arena.
pub(super) fn value(value: &Json, arena: &Arena, schema: SchemaId) -> Result<(), ValidationError> {
    check(value, SchemaRef { arena, id: schema }, None)
}

/// Checks a schema against the metaschema of its dialect; `resources` are those of its document.
pub(super) fn metaschema(
    schema: &Json,
    dialect: &Dialect,
    resources: &BTreeMap<Rc<str>, Resource>,
    metas: &Metas,
) -> Result<(), ValidationError> {
    let meta = metas.of(dialect);
    let root = SchemaRef { arena: &meta.arena, id: meta.root };
    check(schema, root, Some(MetaCheck { meta: root, resources, metas }))
}

fn check(value: &Json, schema: SchemaRef<'_>, meta: Option<MetaCheck<'_>>) -> Result<(), ValidationError> {
    let Some(rules) = schema.schema() else { return Ok(()) };
    let scope = Scope { schema, keyword: "", depth: 0, parent: None };
    let unevaluated = Unevaluated::of(value, rules, false);
    let validator = Validator {
        value,
        place: None,
        schema,
        rules,
        scope: &scope,
        unevaluated,
        errors: Vec::new(),
        silent: false,
        meta,
    };
    validator.run().map(|_| ()).map_err(|error| {
        let causes = match *error.kind {
            Kind::Group => error.causes,
            _ => vec![error],
        };
        ValidationError { place: Vec::new(), kind: Box::new(Kind::Schema(rules.shown_location())), causes }
    })
}

impl<'a> Validator<'_, 'a> {
    fn run(mut self) -> Outcome {
        // What comes of it no longer matters then.
        if !limits::work(WORK_OF_SCHEMA) {
            return Ok(self.unevaluated);
        }
        let rules = self.rules;
        if let Some(fits) = rules.bool {
            return if fits { Ok(self.unevaluated) } else { Err(self.error(Kind::FalseSchema)) };
        }
        if let Some(earlier) = self.scope.cycle() {
            let (first, second) = (self.scope.keyword_location(), earlier.keyword_location());
            return Err(self.error(Kind::RefCycle { url: rules.shown_location(), first, second }));
        }
        if let Some(kind) = self.misfit() {
            return Err(self.error(kind));
        }
        if let Some(target) = rules.reference {
            let outcome = self.reference(self.schema.sibling(target), "$ref");
            match outcome {
                Err(e) if rules.version < 2019 => return Err(e),
                Err(e) => self.errors.push(e),
                Ok(()) if rules.version < 2019 => return Ok(self.unevaluated),
                Ok(()) => {}
            }
        }
        match self.value {
            Json::Object(fields) => self.object(fields),
            Json::Array(items) => self.array(items),
            Json::String(text) => self.text(text),
            Json::Number(number) => self.number(number),
            Json::Null | Json::Bool(_) => {}
        }
        if self.errors.is_empty() || !self.silent {
            if rules.version >= 2019 {
                self.moving_references();
            }
            self.combinations();
            if rules.version >= 2019 {
                self.check_unevaluated();
            }
        }
        match self.errors.len() {
            0 => Ok(self.unevaluated),
            1 => Err(self.errors.swap_remove(0)),
            _ => {
                let causes = std::mem::take(&mut self.errors);
                Err(ValidationError { causes, ..self.error(Kind::Group) })
            }
        }
    }

    /// Type, constants and format: the first of these that does not fit ends the check.
    fn misfit(&self) -> Option<Kind> {
        let (rules, value) = (self.rules, self.value);
        let got = value.type_name();
        if !rules.types.is_empty() {
            let is_integer = || matches!(value, Json::Number(number) if number.is_integer());
            if !(rules.types.contains(got) || rules.types.contains("integer") && is_integer()) {
                return Some(Kind::Type { got, want: rules.types.names() });
            }
        }
        if let Some(want) = &rules.constant
            && !value.equals(want)
        {
            return Some(Kind::Const(want.clone()));
        }
        if let Some((want, types)) = &rules.enumeration
            && !(types.contains(got) && want.iter().any(|item| value.equals(item)))
        {
            return Some(Kind::Enum(want.clone()));
        }
        if let (Some(format), Json::String(text)) = (&rules.format, value)
            && let Err(problem) = format.check(&text.to_text())
        {
            return Some(Kind::Format { got: text.to_text().into_owned(), want: format.name.to_owned(), problem });
        }
        None
    }

    fn text(&mut self, text: &Str) {
        let rules = self.rules;
        let length = || utf8::rune_count(text);
        if let Some(want) = rules.min_length
            && length() < want
        {
            self.add(Kind::MinLength(length(), want));
        }
        if let Some(want) = rules.max_length
            && length() > want
        {
            self.add(Kind::MaxLength(length(), want));
        }
        if let Some((pattern, want)) = &rules.pattern
            && !pattern.is_match(text)
        {
            self.add(Kind::Pattern { got: text.to_text().into_owned(), want: want.clone() });
        }
    }

    fn number(&mut self, number: &Number) {
        use std::cmp::Ordering::{Equal, Greater, Less};
        let rules = self.rules;
        let bounds: [(&'static str, &Option<Number>, &[std::cmp::Ordering]); 4] = [
            ("minimum", &rules.minimum, &[Less]),
            ("maximum", &rules.maximum, &[Greater]),
            ("exclusiveMinimum", &rules.exclusive_minimum, &[Less, Equal]),
            ("exclusiveMaximum", &rules.exclusive_maximum, &[Greater, Equal]),
        ];
        for (name, want, wrong) in bounds {
            if let Some(want) = want
                && number.compare(want).is_some_and(|order| wrong.contains(&order))
            {
                self.add(Kind::Bound(name, number.clone(), want.clone()));
            }
        }
        if let Some(want) = &rules.multiple_of
            && !number.is_multiple_of(want)
        {
            self.add(Kind::Bound("multipleOf", number.clone(), want.clone()));
        }
    }

    /// `not`, `allOf`, `anyOf`, `oneOf`, `if`.
    fn combinations(&mut self) {
        let rules = self.rules;
        if let Some(not) = rules.not
            && self.same_value(not, true).is_ok()
        {
            self.add(Kind::Not);
        }
        let mut failed = Vec::new();
        for id in &rules.all_of {
            if let Err(e) = self.same_value(*id, false) {
                failed.push(e);
                if self.silent {
                    break;
                }
            }
        }
        if !failed.is_empty() {
            self.add_with(Kind::AllOf, failed);
        }
        if !rules.any_of.is_empty() {
            let mut failed = Vec::new();
            let mut matched = false;
            for id in &rules.any_of {
                match self.same_value(*id, false) {
                    Err(e) => failed.push(e),
                    Ok(()) => {
                        matched = true;
                        // What is evaluated is told by all that fit.
                        if self.unevaluated.is_empty() {
                            break;
                        }
                    }
                }
            }
            if !matched {
                self.add_with(Kind::AnyOf, failed);
            }
        }
        if !rules.one_of.is_empty() {
            self.one_of(&rules.one_of);
        }
        if let Some(condition) = rules.if_ {
            let branch = if self.same_value(condition, true).is_ok() { rules.then } else { rules.else_ };
            if let Some(Err(e)) = branch.map(|branch| self.same_value(branch, false)) {
                self.errors.push(e);
            }
        }
    }

    fn one_of(&mut self, ids: &[SchemaId]) {
        let mut failed = Vec::new();
        let mut matched = None;
        for (at, id) in ids.iter().enumerate() {
            match (self.same_value(*id, matched.is_some()), matched) {
                (Err(e), None) => failed.push(e),
                (Err(_), Some(_)) => {}
                (Ok(()), None) => matched = Some(at),
                (Ok(()), Some(first)) => return self.add(Kind::OneOf(Some((first, at)))),
            }
        }
        if matched.is_none() {
            self.add_with(Kind::OneOf(None), failed);
        }
    }

    /// Another schema for the same value.
    fn same_value(&mut self, id: SchemaId, silent: bool) -> Result<(), ValidationError> {
        self.same_value_by(self.schema.sibling(id), "", silent)
    }

    fn same_value_by(
        &mut self,
        schema: SchemaRef<'a>,
        keyword: &'static str,
        silent: bool,
    ) -> Result<(), ValidationError> {
        let scope = Scope { schema, keyword, depth: self.scope.depth, parent: Some(self.scope) };
        let needed = !self.unevaluated.is_empty();
        let left = self.spawn(self.value, self.place, schema, &scope, needed, self.silent || silent)?;
        self.unevaluated.keep_only(&left);
        Ok(())
    }

    /// A schema for a part of the value.
    fn part(&self, id: SchemaId, value: &Json, token: &str) -> Result<(), ValidationError> {
        let schema = self.schema.sibling(id);
        let scope = Scope { schema, keyword: "", depth: self.scope.depth + 1, parent: Some(self.scope) };
        let place = Place { token, parent: self.place };
        self.spawn(value, Some(&place), schema, &scope, false, self.silent).map(|_| ())
    }

    fn spawn(
        &self,
        value: &Json,
        place: Option<&Place<'_>>,
        schema: SchemaRef<'a>,
        scope: &Scope<'_, 'a>,
        needs_unevaluated: bool,
        silent: bool,
    ) -> Outcome {
        let Some(rules) = schema.schema() else { return Ok(Unevaluated::default()) };
        let unevaluated = Unevaluated::of(value, rules, needs_unevaluated);
        let (schema, meta) = self.in_dialect(schema, place);
        let Some(rules) = schema.schema() else { return Ok(unevaluated) };
        let errors = Vec::new();
        with_room(|| Validator { value, place, schema, rules, scope, unevaluated, errors, silent, meta }.run())
    }

    /// The metaschema of the dialect of the part of a schema that lies here, where that is another one.
    fn in_dialect(&self, schema: SchemaRef<'a>, place: Option<&Place<'_>>) -> (SchemaRef<'a>, Option<MetaCheck<'a>>) {
        let Some(check) = self.meta.filter(|check| schema.same(check.meta)) else { return (schema, self.meta) };
        let pointer = tokens(place).iter().fold(String::new(), |pointer, token| append(&pointer, token));
        let Some(resource) = check.resources.get(pointer.as_str()) else { return (schema, self.meta) };
        let meta = check.metas.of(&resource.dialect);
        let meta = SchemaRef { arena: &meta.arena, id: meta.root };
        (meta, Some(MetaCheck { meta, ..check }))
    }

    fn reference(&mut self, target: SchemaRef<'a>, keyword: &'static str) -> Result<(), ValidationError> {
        self.same_value_by(target, keyword, false).map_err(|error| {
            let causes = match *error.kind {
                Kind::Group => error.causes,
                _ => vec![error],
            };
            ValidationError { causes, ..self.error(Kind::Reference) }
        })
    }

    /// `$recursiveRef` and `$dynamicRef`, whose target depends on how validation got here.
    fn moving_references(&mut self) {
        let rules = self.rules;
        if let Some(id) = rules.recursive_ref {
            let mut target = self.schema.sibling(id);
            if target.schema().is_some_and(|schema| schema.recursive_anchor) {
                target = self.scope.outermost(target, |scope| {
                    let resource = scope.schema.schema().and_then(|schema| scope.schema.arena.get(schema.resource));
                    resource.is_some_and(|resource| resource.recursive_anchor).then_some(scope.schema)
                });
            }
            if let Err(e) = self.reference(target, "$recursiveRef") {
                self.errors.push(e);
            }
        }
        if let Some(dynamic) = &rules.dynamic_ref {
            let mut target = self.schema.sibling(dynamic.target);
            let anchor = &dynamic.anchor;
            if !anchor.is_empty() && target.schema().is_some_and(|schema| schema.dynamic_anchor == *anchor) {
                target = self.scope.outermost(target, |scope| {
                    let resource = scope.schema.schema().and_then(|schema| scope.schema.arena.get(schema.resource));
                    resource.and_then(|r| r.dynamic_anchors.get(anchor)).map(|id| scope.schema.sibling(*id))
                });
            }
            if let Err(e) = self.reference(target, "$dynamicRef") {
                self.errors.push(e);
            }
        }
    }

    fn error(&self, kind: Kind) -> ValidationError {
        let place = if self.silent { Vec::new() } else { tokens(self.place) };
        ValidationError { place, kind: Box::new(kind), causes: Vec::new() }
    }

    fn add(&mut self, kind: Kind) {
        let error = self.error(kind);
        self.errors.push(error);
    }

    fn add_with(&mut self, kind: Kind, causes: Vec<ValidationError>) {
        let error = self.error(kind);
        self.errors.push(ValidationError { causes, ..error });
    }

    fn add_outcome(&mut self, outcome: Result<(), ValidationError>) {
        self.errors.extend(outcome.err());
    }
}

fn tokens(place: Option<&Place<'_>>) -> Vec<String> {
    let mut tokens: Vec<String> =
        std::iter::successors(place, |place| place.parent).map(|place| place.token.to_owned()).collect();
    tokens.reverse();
    tokens
}

impl<'a> Scope<'_, 'a> {
    /// An earlier scope of the same schema for the same value.
    fn cycle(&self) -> Option<&Scope<'_, 'a>> {
        std::iter::successors(self.parent, |scope| scope.parent)
            .take_while(|scope| scope.depth == self.depth)
            .find(|scope| scope.schema.same(self.schema))
    }

    /// The last answer on the way out, else the fallback.
    fn outermost(
        &self,
        fallback: SchemaRef<'a>,
        find: impl Fn(&Scope<'_, 'a>) -> Option<SchemaRef<'a>>,
    ) -> SchemaRef<'a> {
        let mut found = fallback;
        let mut scope = Some(self);
        while let Some(current) = scope {
            // All the way out, from every schema of a document: the square of how deep they lie.
            limits::work(WORK_OF_SCOPE);
            found = find(current).unwrap_or(found);
            scope = current.parent;
        }
        found
    }

    /// The keywords that led here.
    fn keyword_location(&self) -> String {
        let mut parts = Vec::new();
        let mut scope = self;
        while let Some(parent) = scope.parent {
            if scope.keyword.is_empty() {
                let shown =
                    |scope: &Scope<'_, '_>| scope.schema.schema().map(Schema::shown_location).unwrap_or_default();
                let (own, outer) = (shown(scope), shown(parent));
                parts.push(own.get(outer.len()..).unwrap_or_default().to_owned());
            } else {
                parts.push(format!("/{}", escape_token(scope.keyword)));
            }
            scope = parent;
        }
        parts.reverse();
        parts.concat()
    }
}
