//! JSON Schema, drafts 4 to 2020-12, with the words of the library Helm uses.
//!
//! Mirrors `github.com/santhosh-tekuri/jsonschema/v6` 6.0.2: which values fit, which schemas are refused, and every text. Knows nothing
//! of Helm; other documents come from a loader that is handed in. Not here: `contentEncoding` and its kin, which the library
//! only checks when asked to.

mod compile;
mod document;
mod draft;
mod error;
mod format;
mod json;
mod location;
mod number;
mod schema;
#[cfg(test)]
mod tests;
mod validate;

use std::rc::Rc;

use self::compile::Compiler;
use self::draft::Metas;
use self::json::Json;
use crate::go::limits;
use crate::go::value::Map;

thread_local! {
    /// Compiled metaschemas are the same for every chart.
    static METAS: Rc<Metas> = Rc::default();
}

/// Why a value was not accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The schema is not usable.
    Schema(String),
    /// The value does not fit; the text says where and why, over several lines.
    Value(String),
}

/// Checks a map against the schema in a text. `url` is what the texts call the schema; `load` gives the text of other documents by
/// their URL, or says why not.
///
/// # Errors
/// The library's texts.
pub fn check(
    map: &Map,
    schema: &[u8],
    url: &str,
    load: &dyn Fn(&str) -> Result<Vec<u8>, String>,
) -> Result<(), Failure> {
    let document = Json::parse(schema).map_err(Failure::Schema)?;
    let loader = |url: &str| Json::parse(&load(url)?);
    let mut compiler = Compiler::new(&loader, METAS.with(Rc::clone));
    compiler.roots.add_document(url, document);
    let root = compiler.compile(url).map_err(Failure::Schema)?;
    let arena = compiler.into_arena();
    let fits = validate::value(&Json::from_map(map), &arena, root);
    if limits::is_exhausted() {
        return Err(Failure::Schema(too_much()));
    }
    fits.map_err(|e| Failure::Value(e.text()))
}

/// The error for what would take too long, or too much memory.
fn too_much() -> String {
    "the schema is too much work for these values".to_owned()
}
