//! Conversions of any value to a number or a text, as Sprig's functions do them to their arguments.
//!
//! Mirrors `github.com/spf13/cast` 1.7.0 (`ToInt64`, `ToInt`, `ToFloat64`) and Sprig's `strval`; both Helms use these versions.

use crate::go::fmt;
use crate::go::strconv;
use crate::go::value::{IntKind, Kind, Str, UintKind, Value};

/// `cast.ToInt64`, and on 64 bits also `cast.ToInt`: 0 for what has no number in it.
pub(super) fn to_int64(value: &Value) -> i64 {
    match value {
        Value::Int(kind, n) if is_cast_int(*kind) => *n,
        // Go's conversion keeps the bits.
        Value::Uint(kind, n) if *kind != UintKind::Uintptr => *n as i64,
        Value::Float(_, n) => float_to_int64(*n),
        Value::String(text) => {
            let text = text.as_bytes();
            strconv::parse_int(without_zero_decimal(text), 0, 0).unwrap_or(0)
        }
        Value::Bool(b) => i64::from(*b),
        _ => 0,
    }
}

/// `cast.ToFloat64`: 0 for what has no number in it.
pub(super) fn to_float64(value: &Value) -> f64 {
    match value {
        Value::Int(kind, n) if is_cast_int(*kind) => *n as f64,
        Value::Uint(kind, n) if *kind != UintKind::Uintptr => *n as f64,
        Value::Float(_, n) => *n,
        Value::String(text) => strconv::parse_float(text.as_bytes(), 64).unwrap_or(0.0),
        Value::Bool(b) => f64::from(u8::from(*b)),
        _ => 0.0,
    }
}

/// Sprig's `strval`: what `toString`, `quote` and `join` make of a value.
pub(super) fn strval(value: &Value) -> Str {
    match value {
        Value::String(text) => text.clone(),
        Value::Bytes(bytes) => Str::from(&**bytes),
        other => Str::from(fmt::sprint(std::slice::from_ref(other))),
    }
}

/// The type switch names the plain integer types, and of the named ones `time.Month` and `time.Weekday` but not
/// `time.Duration`; the former are `int` below, the latter `int64`.
fn is_cast_int(kind: IntKind) -> bool {
    match kind {
        IntKind::Named(named) => named.kind == Kind::Int,
        _ => true,
    }
}

/// Go's conversion on amd64: what does not fit becomes the smallest number, where Rust would saturate.
pub(super) fn float_to_int64(n: f64) -> i64 {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    if (-LIMIT..LIMIT).contains(&n) { n as i64 } else { i64::MIN }
}

/// `"5.000"` as `"5"`: a fraction of nothing but zeros is dropped before the text is read as an integer. Points right of
/// the zeros are passed over, so that `"5.0."` is 5 as well.
fn without_zero_decimal(text: &[u8]) -> &[u8] {
    let mut zero = false;
    for (at, byte) in text.iter().enumerate().rev() {
        match byte {
            b'.' if zero => return text.get(..at).unwrap_or(text),
            b'.' => {}
            b'0' => zero = true,
            _ => return text,
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_decimals() {
        for (text, want) in [
            ("5.000", "5"),
            ("5.", "5."),
            ("5.10", "5.10"),
            ("500", "500"),
            (".0", ""),
            ("0.0", "0"),
            ("1.0.", "1"),
            ("1..0", "1."),
        ] {
            assert_eq!(without_zero_decimal(text.as_bytes()), want.as_bytes(), "{text}");
        }
    }

    #[test]
    fn floats_out_of_range() {
        assert_eq!(float_to_int64(1e19), i64::MIN);
        assert_eq!(float_to_int64(f64::NAN), i64::MIN);
        assert_eq!(float_to_int64(-1.9), -1);
    }
}
