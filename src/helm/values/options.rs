//! The values a user gives: files, then the `--set` flags, in Helm's order.
//!
//! Mirrors `pkg/cli/values/options.go`. Values from the network are refused: rendering never goes there.

use std::fs;
use std::path::Path;

use super::read_file;
use super::setting::{Reading, set};
use crate::go::errno;
use crate::go::json;
use crate::go::limits::Work;
use crate::go::url::Url;
use crate::go::value::{Map, Value};
use crate::helm::dialect::Dialect;
use crate::helm::values::table::table;

/// What the flags say, each in the order given.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// `-f`, `--values`.
    pub files: Vec<String>,
    /// `--set-json`.
    pub set_json: Vec<String>,
    /// `--set`.
    pub set: Vec<String>,
    /// `--set-string`.
    pub set_string: Vec<String>,
    /// `--set-file`.
    pub set_file: Vec<String>,
    /// `--set-literal`.
    pub set_literal: Vec<String>,
}

/// Why there are no values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValuesError {
    /// Helm's whole text.
    pub message: String,
    /// The file given by `-f` that is wrong.
    pub file: Option<String>,
    /// The byte of that file where it is wrong.
    pub offset: Option<u32>,
}

impl std::fmt::Display for ValuesError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ValuesError {}

impl From<String> for ValuesError {
    fn from(message: String) -> ValuesError {
        ValuesError { message, file: None, offset: None }
    }
}

/// Reads standard input, of which `-f -` and `--set-file x=-` make values.
pub type Stdin<'a> = dyn Fn() -> Result<Vec<u8>, String> + 'a;

/// All values the flags give, merged: `Options.MergeValues`.
///
/// # Errors
/// Helm's, for the first flag that cannot be read.
pub fn merge(options: &Options, stdin: &Stdin<'_>, dialect: &'static Dialect) -> Result<Map, ValuesError> {
    let _work = Work::begin();
    let mut base = Value::dict();
    for path in &options.files {
        let data = read(path, stdin)?;
        let values = read_file(&data, dialect).map_err(|e| ValuesError {
            message: format!("failed to parse {path}: {e}"),
            file: Some(path.clone()),
            offset: e.offset(),
        })?;
        base = merge_maps(&base, &values);
    }
    for text in &options.set_json {
        base = set_json(text, base, dialect)?;
    }
    let apply = |flag: &str, texts: &[String], reading: Reading<'_>| {
        texts.iter().try_for_each(|text| {
            set(text, reading, &base, dialect).map_err(|e| format!("failed parsing --{flag} data: {e}"))
        })
    };
    apply("set", &options.set, Reading::Typed)?;
    apply("set-string", &options.set_string, Reading::Text)?;
    let read_text = |path: &str| read(path, stdin).map(|data| Value::string(data.as_slice()));
    apply("set-file", &options.set_file, Reading::File(&read_text))?;
    apply("set-literal", &options.set_literal, Reading::Literal)?;
    Ok(base)
}

/// `--set-json`. Helm 4 also takes a whole object.
fn set_json(text: &str, base: Map, dialect: &Dialect) -> Result<Map, String> {
    let trimmed = text.trim();
    if dialect.set_json_takes_objects && trimmed.starts_with('{') {
        return match json::unmarshal_map(trimmed.as_bytes()) {
            (values, None) => Ok(merge_maps(&base, &values)),
            (_, Some(_)) => Err(format!("failed parsing --set-json data JSON: {text}")),
        };
    }
    match set(text, Reading::Json, &base, dialect) {
        Ok(()) => Ok(base),
        Err(_) => Err(format!("failed parsing --set-json data {text}")),
    }
}

/// Both maps in one; where both have tables these are merged, else the second wins. Neither is changed.
pub fn merge_maps(first: &Map, second: &Map) -> Map {
    let merged = super::table::shallow_copy(first);
    for (key, value) in second.entries() {
        let present = merged.get(&key);
        let both = present.as_ref().and_then(table).zip(table(&value));
        let value = match both {
            Some((present, value)) => Value::Map(crate::go::stack::with_room(|| merge_maps(present, value))),
            None => value,
        };
        let _ = merged.insert(key, value);
    }
    merged
}

/// The bytes of a file a flag names; a lone dash is standard input.
fn read(path: &str, stdin: &Stdin<'_>) -> Result<Vec<u8>, String> {
    if path.trim() == "-" {
        return stdin();
    }
    // Helm takes every name for a URL first.
    let url = Url::parse(path).map_err(|e| e.to_string())?;
    if matches!(url.scheme.as_slice(), b"http" | b"https" | b"oci") {
        return Err(format!("{path}: values are not fetched from the network"));
    }
    let file = Path::new(path);
    fs::read(file).map_err(|e| {
        let call = if file.is_dir() { "read" } else { "open" };
        errno::path_error(call, file, &e)
    })
}
