//! `schema run`.

/// The JSON Schema of one line of `run -o json`.
pub fn schema() -> &'static str {
    include_str!("schema.json")
}
