//! Numbers: conversions, integer and float arithmetic, rounding, counting up.
//!
//! Mirrors Sprig's `numeric.go` and the closures of its `functions.go`. Integers wrap as Go's do; the functions that end in
//! `f` compute on decimals.

mod decimal;
mod power;

use self::decimal::Decimal;
use super::call::{ANY, Answer, Args, FLOAT, INT, MAX_ITEMS, STRING, plain, too_many_items, variadic};
use super::cast::{to_float64, to_int64};
use crate::go::template::{FuncError, Function};
use crate::go::value::{INT_SLICE, List, Value};
use crate::go::{fmt, strconv};

pub(super) static FUNCTIONS: &[Function] = &[
    plain("atoi", &[STRING], |_, a| Ok(Value::int(atoi(a.bytes(0))))),
    plain("int", &[ANY], |_, a| Ok(Value::int(to_int64(a.any(0))))),
    plain("int64", &[ANY], |_, a| Ok(Value::int64(to_int64(a.any(0))))),
    plain("float64", &[ANY], |_, a| Ok(Value::float(to_float64(a.any(0))))),
    plain("toDecimal", &[ANY], |_, a| Ok(Value::int64(strconv::parse_int(&fmt::sprint(a), 8, 64).unwrap_or(0)))),
    plain("add1", &[ANY], |_, a| Ok(Value::int64(to_int64(a.any(0)).wrapping_add(1)))),
    variadic("add", &[ANY], |_, a| Ok(fold(0, a, i64::wrapping_add))),
    plain("sub", &[ANY, ANY], |_, a| Ok(fold(to_int64(a.any(0)), a.rest(1), i64::wrapping_sub))),
    plain("div", &[ANY, ANY], |_, a| divided(a, i64::wrapping_div)),
    plain("mod", &[ANY, ANY], |_, a| divided(a, i64::wrapping_rem)),
    variadic("mul", &[ANY, ANY], |_, a| Ok(fold(to_int64(a.any(0)), a.rest(1), i64::wrapping_mul))),
    variadic("max", &[ANY, ANY], |_, a| Ok(fold(to_int64(a.any(0)), a.rest(1), i64::max))),
    variadic("biggest", &[ANY, ANY], |_, a| Ok(fold(to_int64(a.any(0)), a.rest(1), i64::max))),
    variadic("min", &[ANY, ANY], |_, a| Ok(fold(to_int64(a.any(0)), a.rest(1), i64::min))),
    variadic("maxf", &[ANY, ANY], |_, a| Ok(fold_float(a, max_float))),
    variadic("minf", &[ANY, ANY], |_, a| Ok(fold_float(a, |a, b| -max_float(-a, -b)))),
    plain("add1f", &[ANY], |_, a| decimals(a.any(0), &[Value::int(1)], |a, b| Ok(a.add(b)))),
    variadic("addf", &[ANY], |_, a| decimals(&Value::int(0), a, |a, b| Ok(a.add(b)))),
    variadic("subf", &[ANY, ANY], |_, a| decimals(a.any(0), a.rest(1), |a, b| Ok(a.sub(b)))),
    variadic("divf", &[ANY, ANY], |_, a| decimals(a.any(0), a.rest(1), Decimal::div)),
    variadic("mulf", &[ANY, ANY], |_, a| decimals(a.any(0), a.rest(1), |a, b| Ok(a.mul(b)))),
    plain("floor", &[ANY], |_, a| Ok(Value::float(to_float64(a.any(0)).floor()))),
    plain("ceil", &[ANY], |_, a| Ok(Value::float(to_float64(a.any(0)).ceil()))),
    variadic("round", &[ANY, INT, FLOAT], |_, a| {
        Ok(Value::float(round(to_float64(a.any(0)), a.int(1), a.float(2).unwrap_or(0.5))))
    }),
    plain("until", &[INT], |_, a| ints(until_step(0, a.int(0), if a.int(0) < 0 { -1 } else { 1 })?)),
    plain("untilStep", &[INT, INT, INT], |_, a| ints(until_step(a.int(0), a.int(1), a.int(2))?)),
    variadic("seq", &[INT], |_, a| seq(a)),
];

/// Go gives the nearest number even with the error of a number that is too large, and Sprig drops only the error.
fn atoi(text: &[u8]) -> i64 {
    strconv::atoi(text).unwrap_or_else(|error| error.value)
}

fn fold(start: i64, rest: &[Value], step: fn(i64, i64) -> i64) -> Value {
    Value::int64(rest.iter().map(to_int64).fold(start, step))
}

fn divided(args: &[Value], operation: fn(i64, i64) -> i64) -> Answer {
    match to_int64(args.any(1)) {
        0 => Err(FuncError::panic("runtime error: integer divide by zero")),
        divisor => Ok(Value::int64(operation(to_int64(args.any(0)), divisor))),
    }
}

fn fold_float(args: &[Value], step: impl Fn(f64, f64) -> f64) -> Value {
    Value::float(args.rest(1).iter().map(to_float64).fold(to_float64(args.any(0)), step))
}

/// `math.Max`: infinity before NaN, NaN before numbers, and 0 above -0.
fn max_float(a: f64, b: f64) -> f64 {
    if a == f64::INFINITY || b == f64::INFINITY {
        f64::INFINITY
    } else if a.is_nan() || b.is_nan() {
        f64::NAN
    } else if a == 0.0 && b == 0.0 {
        if a.is_sign_negative() { b } else { a }
    } else {
        a.max(b)
    }
}

fn decimals(
    first: &Value,
    rest: &[Value],
    operation: impl Fn(&Decimal, &Decimal) -> Result<Decimal, FuncError>,
) -> Answer {
    let mut result = Decimal::from_float(to_float64(first))?;
    for value in rest {
        result = operation(&result, &Decimal::from_float(to_float64(value))?)?;
    }
    Ok(Value::float(result.to_float()))
}

/// Sprig moves the point, cuts there, and moves it back, all in floats; negative numbers are so rounded up.
fn round(value: f64, places: i64, round_on: f64) -> f64 {
    let power = power::ten(places);
    let moved = power * value;
    // Go's Modf leaves NaN beside an infinity, which is not at least anything.
    let fraction = moved % 1.0;
    let rounded = if fraction >= round_on { moved.ceil() } else { moved.floor() };
    rounded / power
}

fn ints(numbers: Vec<i64>) -> Answer {
    Ok(Value::List(List::appended(&INT_SLICE, numbers.into_iter().map(Value::int).collect())))
}

fn until_step(start: i64, stop: i64, step: i64) -> Result<Vec<i64>, FuncError> {
    let mut numbers = Vec::new();
    if step == 0 || (stop < start) != (step < 0) {
        return Ok(numbers);
    }
    let mut n = start;
    while if step < 0 { n > stop } else { n < stop } {
        if numbers.len() == MAX_ITEMS {
            return Err(too_many_items());
        }
        numbers.push(n);
        n = n.wrapping_add(step);
    }
    Ok(numbers)
}

fn seq(args: &[Value]) -> Answer {
    let numbers = match args.len() {
        1 => {
            let end = args.int(0);
            let step = if end < 1 { -1 } else { 1 };
            until_step(1, end.wrapping_add(step), step)?
        }
        2 => {
            let (start, end) = (args.int(0), args.int(1));
            let step = if end < start { -1 } else { 1 };
            until_step(start, end.wrapping_add(step), step)?
        }
        3 => {
            let (start, step, end) = (args.int(0), args.int(1), args.int(2));
            let past_end = end.wrapping_add(if end < start { -1 } else { 1 });
            if end < start && step > 0 { Vec::new() } else { until_step(start, past_end, step)? }
        }
        _ => Vec::new(),
    };
    let texts: Vec<String> = numbers.iter().map(i64::to_string).collect();
    Ok(Value::from(texts.join(" ")))
}
