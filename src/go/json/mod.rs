//! JSON as Go's `encoding/json` writes and reads it, error texts included.
//!
//! Mirrors `encoding/json` of Go 1.26 (not the v2 experiment). Reading gives what `interface{}` gets: every number is a
//! `float64`, and of equal keys the last one stays.

mod decode;
mod encode;
mod error;
mod indent;

pub use self::decode::{Kind, decode_first, unmarshal, unmarshal_list, unmarshal_map};
pub use self::encode::{append_string, marshal, marshal_raw};
pub use self::error::Error;
pub use self::indent::{indent, marshal_indent};

#[cfg(test)]
mod tests;
