//! Number constants: every Go type a constant can be, found out once.
//!
//! Mirrors `newNumber` of `text/template/parse/node.go`.

use crate::go::strconv::{parse_float, parse_int, parse_uint, quote, unquote};
use crate::go::utf8;
use crate::go::value::Value;

/// A constant under all types that can hold it.
#[derive(Clone, Debug)]
pub(in crate::go::template) struct Number {
    pub(in crate::go::template) int: Option<i64>,
    pub(in crate::go::template) uint: Option<u64>,
    pub(in crate::go::template) float: Option<f64>,
    pub(in crate::go::template) complex: Option<(f64, f64)>,
    /// What it is where no type is asked for; `None` when it overflows `int`.
    ideal: Option<Ideal>,
}

#[derive(Clone, Copy, Debug)]
enum Ideal {
    Int(i64),
    Float(f64),
    Complex(f64, f64),
}

impl Number {
    /// Its value where no type is asked for; `None` when it overflows `int`.
    pub(in crate::go::template) fn ideal(&self) -> Option<Value> {
        self.ideal.map(|ideal| match ideal {
            Ideal::Int(n) => Value::int(n),
            Ideal::Float(f) => Value::float(f),
            Ideal::Complex(real, imaginary) => Value::Complex(real, imaginary),
        })
    }

    const NONE: Number = Number { int: None, uint: None, float: None, complex: None, ideal: None };

    /// A constant in single quotes.
    pub(super) fn char(literal: &[u8]) -> Result<Number, String> {
        let rune = char_value(literal)?;
        Ok(Number {
            int: Some(rune.into()),
            uint: Some(rune.into()),
            float: Some(rune.into()),
            ideal: Some(Ideal::Int(rune.into())),
            ..Number::NONE
        })
    }

    /// A real and an imaginary part.
    pub(super) fn complex(literal: &[u8]) -> Result<Number, String> {
        const SYNTAX: &str = "syntax error scanning complex number";
        let real = float_token(literal);
        let (real, rest) = literal.split_at_checked(real).ok_or(SYNTAX)?;
        let Some((b'+' | b'-', unsigned)) = rest.split_first() else { return Err(SYNTAX.into()) };
        let imaginary = 1 + float_token(unsigned);
        let (imaginary, rest) = rest.split_at_checked(imaginary).ok_or(SYNTAX)?;
        if rest.first() != Some(&b'i') {
            return Err(SYNTAX.into());
        }
        let float = |part: &[u8]| parse_float(part, 64).map_err(|e| e.to_string());
        Ok(Number::from_complex(float(real)?, float(imaginary)?))
    }

    fn from_complex(real: f64, imaginary: f64) -> Number {
        let mut number =
            Number { complex: Some((real, imaginary)), ideal: Some(Ideal::Complex(real, imaginary)), ..Number::NONE };
        if imaginary == 0.0 {
            number.float = Some(real);
            number.int = exact_int(real);
            number.uint = exact_uint(real);
        }
        number
    }

    /// Any other number.
    pub(super) fn real(literal: &[u8]) -> Result<Number, String> {
        if let Some(imaginary) = literal.strip_suffix(b"i") {
            // An imaginary zero is a real number too.
            if let Ok(imaginary) = parse_float(imaginary, 64) {
                return Ok(Number::from_complex(0.0, imaginary));
            }
        }
        let looks_like_float = literal.iter().any(|b| b".eEpP".contains(b));
        let mut number =
            Number { int: parse_int(literal, 0, 64).ok(), uint: parse_uint(literal, 0, 64).ok(), ..Number::NONE };
        match (number.int, number.uint) {
            (Some(n), _) => {
                if n == 0 {
                    number.uint = Some(0);
                }
                number.float = Some(n as f64);
            }
            (None, Some(n)) => number.float = Some(n as f64),
            (None, None) => {
                let Ok(float) = parse_float(literal, 64) else {
                    return Err(format!("illegal number syntax: {}", quote(literal)));
                };
                if !looks_like_float {
                    return Err(format!("integer overflow: {}", quote(literal)));
                }
                number.float = Some(float);
                number.int = exact_int(float);
                number.uint = exact_uint(float);
            }
        }
        number.ideal = match (number.float, number.int) {
            (Some(float), _) if looks_like_float && !is_hex_int(literal) => Some(Ideal::Float(float)),
            (_, Some(int)) => Some(Ideal::Int(int)),
            _ => None,
        };
        Ok(number)
    }
}

fn is_hex_int(literal: &[u8]) -> bool {
    matches!(literal, [b'0', b'x' | b'X', _, ..]) && !literal.iter().any(|b| b"pP".contains(b))
}

/// The number as an integer when nothing is lost, by Go's conversion: out of range is never exact.
fn exact_int(float: f64) -> Option<i64> {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    ((-LIMIT..LIMIT).contains(&float) && float.fract() == 0.0).then_some(float as i64)
}

fn exact_uint(float: f64) -> Option<u64> {
    const LIMIT: f64 = 18_446_744_073_709_551_616.0;
    ((0.0..LIMIT).contains(&float) && float.fract() == 0.0).then_some(float as u64)
}

/// The rune of a literal in single quotes.
fn char_value(literal: &[u8]) -> Result<u32, String> {
    const SYNTAX: &str = "invalid syntax";
    let inside = literal.get(1..).unwrap_or_default();
    let length = match inside {
        [b'\\', b'x', ..] | [b'\\', b'0'..=b'7', ..] => 4,
        [b'\\', b'u', ..] => 6,
        [b'\\', b'U', ..] => 10,
        [b'\\', ..] => 2,
        _ => utf8::decode(inside).1,
    };
    let (first, tail) = inside.split_at_checked(length).ok_or(SYNTAX)?;
    let mut alone = vec![b'\''];
    alone.extend_from_slice(first);
    alone.push(b'\'');
    let bytes = unquote(&alone).filter(|bytes| !bytes.is_empty()).ok_or(SYNTAX)?;
    if tail != b"'" {
        return Err(format!("malformed character constant: {}", String::from_utf8_lossy(literal)));
    }
    Ok(match bytes.as_slice() {
        [byte] => u32::from(*byte),
        more => utf8::decode(more).0,
    })
}

/// How much of a text `fmt.Sscan` takes for a float.
fn float_token(text: &[u8]) -> usize {
    let mut at = 0;
    let accept = |at: &mut usize, set: &[u8]| {
        let found = text.get(*at).is_some_and(|b| set.contains(b));
        *at += usize::from(found);
        found
    };
    accept(&mut at, b"+-");
    // Go looks for `Inf` here and does not give back the `i` it has taken.
    accept(&mut at, b"iI");
    let (digits, exponent): (&[u8], &[u8]) = if accept(&mut at, b"0") && accept(&mut at, b"xX") {
        (b"0123456789aAbBcCdDeEfF_", b"pP")
    } else {
        (b"0123456789_", b"eEpP")
    };
    while accept(&mut at, digits) {}
    if accept(&mut at, b".") {
        while accept(&mut at, digits) {}
    }
    if accept(&mut at, exponent) {
        accept(&mut at, b"+-");
        while accept(&mut at, b"0123456789_") {}
    }
    at
}
