//! TOML 1.1 as `github.com/BurntSushi/toml` writes and reads it, error texts included.
//!
//! Mirrors version 1.6.0, which both Helms use. Reading is into a `map[string]interface{}`. It differs where nesting is
//! deeper than a thousand levels, on which Go's stack or patience would end: that is an error.

mod dates;
mod decode;
mod encode;
mod error;
mod key;
mod lexer;
mod scalar;
mod tables;

pub use self::decode::{TABLES, decode};
pub use self::encode::encode;
pub use self::error::Error;

/// More levels than any document has; the recursion below takes memory for each.
const MAX_DEPTH: usize = 1000;
