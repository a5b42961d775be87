//! What does not fit, as a tree, and the library's English for it.
//!
//! Mirrors `output.go` and `kind/kind.go`.

use std::fmt::Write;

use super::json::Json;
use super::location::escape_token;
use super::number::{Number, grouped, printed};
use crate::go::strconv;

/// A value that does not fit a schema.
#[derive(Clone, Debug)]
pub(super) struct ValidationError {
    pub(super) place: Vec<String>,
    /// Boxed: errors are what most checks return.
    pub(super) kind: Box<Kind>,
    pub(super) causes: Vec<ValidationError>,
}

/// What is wrong.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    /// The root of the tree, with the schema's location.
    Schema(String),
    /// Several errors of one schema.
    Group,
    /// A `$ref` or its kin.
    Reference,
    FalseSchema,
    RefCycle {
        url: String,
        first: String,
        second: String,
    },
    Type {
        got: &'static str,
        want: Vec<&'static str>,
    },
    Enum(Vec<Json>),
    Const(Json),
    Format {
        got: String,
        want: String,
        problem: String,
    },
    Not,
    AllOf,
    AnyOf,
    OneOf(Option<(usize, usize)>),
    MinProperties(usize, usize),
    MaxProperties(usize, usize),
    Required(Vec<String>),
    /// `dependencies` and `dependentRequired`.
    Dependency {
        property: String,
        missing: Vec<String>,
    },
    AdditionalProperties(Vec<String>),
    PropertyName(String),
    MinItems(usize, usize),
    MaxItems(usize, usize),
    UniqueItems(usize, usize),
    AdditionalItems(usize),
    Contains,
    MinContains(Vec<usize>, usize),
    MaxContains(Vec<usize>, usize),
    MinLength(usize, usize),
    MaxLength(usize, usize),
    Pattern {
        got: String,
        want: String,
    },
    /// A bound: the keyword, the number, the bound.
    Bound(&'static str, Number, Number),
}

impl ValidationError {
    /// `Error()`.
    pub(super) fn text(&self) -> String {
        let mut out = String::new();
        self.display(&mut out, 0);
        out
    }

    fn display(&self, out: &mut String, mut indent: usize) {
        // A reference that failed for one reason is not worth a line.
        if !(matches!(*self.kind, Kind::Reference) && self.causes.len() == 1) {
            if indent > 0 {
                out.push('\n');
                out.push_str(&"  ".repeat(indent - 1));
                out.push_str("- ");
            }
            indent += 1;
            if !matches!(*self.kind, Kind::Schema(_)) {
                let pointer: String = self.place.iter().map(|token| format!("/{}", escape_token(token))).collect();
                let _ = write!(out, "at {}: ", quoted(&pointer));
            }
            out.push_str(&self.kind.text());
        }
        for cause in &self.causes {
            cause.display(out, indent);
        }
    }
}

impl Kind {
    fn text(&self) -> String {
        let bounds =
            |name: &str, got: &usize, want: &usize| format!("{name}: got {}, want {}", grouped(*got), grouped(*want));
        match self {
            Kind::Schema(location) => format!("jsonschema validation failed with {}", quoted(location)),
            Kind::Group | Kind::Reference => "validation failed".to_owned(),
            Kind::FalseSchema => "false schema".to_owned(),
            Kind::RefCycle { url, first, second } => {
                let url = strconv::quote(url.as_bytes());
                format!("both {first} and {second} resolve to {url} causing reference cycle")
            }
            Kind::Type { got, want } => format!("got {got}, want {}", want.join(" or ")),
            Kind::Enum(want) => enum_text(want),
            Kind::Const(Json::Array(_) | Json::Object(_)) => "'const' failed".to_owned(),
            Kind::Const(want) => format!("value must be {}", shown(want)),
            Kind::Format { got, want, problem } => format!("{} is not valid {want}: {problem}", quoted(got)),
            Kind::Not => "'not' failed".to_owned(),
            Kind::AllOf => "'allOf' failed".to_owned(),
            Kind::AnyOf => "'anyOf' failed".to_owned(),
            Kind::OneOf(None) => "'oneOf' failed, none matched".to_owned(),
            Kind::OneOf(Some((first, second))) => {
                format!("'oneOf' failed, subschemas {}, {} matched", grouped(*first), grouped(*second))
            }
            Kind::MinProperties(got, want) => bounds("minProperties", got, want),
            Kind::MaxProperties(got, want) => bounds("maxProperties", got, want),
            Kind::MinItems(got, want) => bounds("minItems", got, want),
            Kind::MaxItems(got, want) => bounds("maxItems", got, want),
            Kind::MinLength(got, want) => bounds("minLength", got, want),
            Kind::MaxLength(got, want) => bounds("maxLength", got, want),
            Kind::Required(missing) => match missing.as_slice() {
                [one] => format!("missing property {}", quoted(one)),
                several => format!("missing properties {}", joined(several)),
            },
            Kind::Dependency { property, missing } => {
                format!("properties {} required, if {} exists", joined(missing), quoted(property))
            }
            Kind::AdditionalProperties(names) => format!("additional properties {} not allowed", joined(names)),
            Kind::PropertyName(name) => format!("invalid propertyName {}", quoted(name)),
            Kind::UniqueItems(first, second) => {
                format!("items at {} and {} are equal", grouped(*first), grouped(*second))
            }
            Kind::AdditionalItems(count) => format!("last {} additionalItem(s) not allowed", grouped(*count)),
            Kind::Contains => "no items match contains schema".to_owned(),
            Kind::MinContains(got, want) if got.is_empty() => {
                format!("min {} items required to match contains schema, but none matched", grouped(*want))
            }
            Kind::MinContains(got, want) => contains_text("min", got, *want),
            Kind::MaxContains(got, want) => contains_text("max", got, *want),
            Kind::Pattern { got, want } => format!("{} does not match pattern {}", quoted(got), quoted(want)),
            Kind::Bound(name, got, want) => {
                format!("{name}: got {}, want {}", printed(got.to_float()), printed(want.to_float()))
            }
        }
    }
}

fn enum_text(want: &[Json]) -> String {
    if want.iter().any(|value| matches!(value, Json::Array(_) | Json::Object(_))) {
        return "'enum' failed".to_owned();
    }
    match want {
        [one] => format!("value must be {}", shown(one)),
        several => {
            format!("value must be one of {}", several.iter().map(shown).collect::<Vec<_>>().join(", "))
        }
    }
}

fn contains_text(bound: &str, got: &[usize], want: usize) -> String {
    let places = got.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    format!(
        "{bound} {} items required to match contains schema, but matched {} items at {places}",
        grouped(want),
        grouped(got.len())
    )
}

fn shown(value: &Json) -> String {
    match value {
        Json::String(text) => quoted(&text.to_text()),
        Json::Null => "<nil>".to_owned(),
        Json::Bool(b) => b.to_string(),
        Json::Number(number) => number.shown(),
        Json::Array(_) | Json::Object(_) => "value".to_owned(),
    }
}

/// A Go string literal in single quotes. The library turns `\"` back into `"` with the closing quote still there, so that a
/// backslash at the end of a text is a lone one.
pub(super) fn quoted(text: &str) -> String {
    let literal = strconv::quote(text.as_bytes()).replace("\\\"", "\"").replace('\'', "\\'");
    format!("'{}'", literal.get(1..literal.len().saturating_sub(1)).unwrap_or_default())
}

fn joined(names: &[String]) -> String {
    names.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", ")
}
