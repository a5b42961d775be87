//! The Go that Helm is made of: dynamic values, `fmt`, `text/template`, YAML, JSON, regular expressions, time, versions.
//!
//! Knows nothing of Helm. Function tables are handed in by the room below.

pub mod base32;
pub mod base64;
pub mod errno;
pub mod fmt;
pub mod glob;
pub mod json;
pub mod jsonschema;
pub mod limits;
pub mod path;
pub mod regexp;
pub mod semver;
pub mod stack;
pub mod strconv;
pub mod template;
pub mod time;
pub mod toml;
pub mod unicode;
pub mod url;
pub mod utf8;
pub mod value;
pub mod yaml;
