//! The JSON Schema of `lint -o json`.

/// JSON Schema (2020-12) of the outcome, as text.
pub fn schema() -> &'static str {
    include_str!("schema.json")
}
