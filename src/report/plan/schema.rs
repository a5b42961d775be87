//! The JSON Schema of `plan -o json`.

/// JSON Schema (2020-12) of the report, as text.
pub fn schema() -> &'static str {
    include_str!("schema.json")
}
