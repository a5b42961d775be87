//! Go's `strconv`: quoting and numbers, with its error texts.
//!
//! Mirrors `strconv` of Go 1.26.

mod atof;
mod atoi;
mod error;
mod ftoa;
mod print;
mod quote;
mod unquote;

pub use self::atof::parse_float;
pub use self::atoi::{atoi, parse_bool, parse_int, parse_uint};
pub use self::error::{Cause, NumError};
pub use self::ftoa::{Precision, append_float, format_float};
pub use self::print::is_print;
pub use self::quote::{append_quote, append_quote_rune, append_quote_rune_to_ascii, append_quote_to_ascii};
pub use self::quote::{can_backquote, quote, quote_to_ascii};
pub use self::unquote::unquote;
