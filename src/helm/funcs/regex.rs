//! Regular expressions: `regexMatch`, `regexReplaceAll` and their like.
//!
//! Mirrors Sprig's `regex.go`. What is named `must…` returns the error of a bad expression, the others panic with it in
//! other words, except `regexMatch`, which does not match.

use std::rc::Rc;

use super::call::{Answer, Args, INT, STRING, plain};
use crate::go::regexp::{Regexp, quote_meta};
use crate::go::template::{FuncError, Function};
use crate::go::value::{List, STRING_SLICE, Type, Value};

const TWO: &[Type] = &[STRING, STRING];
const THREE: &[Type] = &[STRING, STRING, STRING];
const COUNTED: &[Type] = &[STRING, STRING, INT];

pub(super) static FUNCTIONS: &[Function] = &[
    plain("regexMatch", TWO, |_, a| {
        Ok(Value::Bool(Regexp::cached(a.bytes(0)).is_ok_and(|regex| regex.is_match(a.bytes(1)))))
    }),
    plain("mustRegexMatch", TWO, |_, a| Ok(Value::Bool(must(a)?.is_match(a.bytes(1))))),
    plain("regexFind", TWO, |_, a| Ok(find(&or_panic(a)?, a))),
    plain("mustRegexFind", TWO, |_, a| Ok(find(&must(a)?, a))),
    plain("regexFindAll", COUNTED, |_, a| Ok(strings(or_panic(a)?.find_all(a.bytes(1), a.int(2)), |_| 10))),
    plain("mustRegexFindAll", COUNTED, |_, a| Ok(strings(must(a)?.find_all(a.bytes(1), a.int(2)), |_| 10))),
    plain("regexSplit", COUNTED, |_, a| Ok(strings(or_panic(a)?.split(a.bytes(1), a.int(2)), |n| parts(n, a.int(2))))),
    plain("mustRegexSplit", COUNTED, |_, a| Ok(strings(must(a)?.split(a.bytes(1), a.int(2)), |n| parts(n, a.int(2))))),
    plain("regexReplaceAll", THREE, |_, a| replace(&or_panic(a)?, a)),
    plain("mustRegexReplaceAll", THREE, |_, a| replace(&must(a)?, a)),
    plain("regexReplaceAllLiteral", THREE, |_, a| replace_literal(&or_panic(a)?, a)),
    plain("mustRegexReplaceAllLiteral", THREE, |_, a| replace_literal(&must(a)?, a)),
    plain("regexQuoteMeta", &[STRING], |_, a| Ok(Value::string(quote_meta(a.bytes(0))))),
];

fn must(args: &[Value]) -> Result<Rc<Regexp>, FuncError> {
    Regexp::cached(args.bytes(0)).map_err(|e| FuncError::new(e.to_string()))
}

fn or_panic(args: &[Value]) -> Result<Rc<Regexp>, FuncError> {
    Regexp::cached(args.bytes(0)).map_err(|e| FuncError::panic(e.must_text(args.bytes(0))))
}

fn find(regex: &Rc<Regexp>, args: &[Value]) -> Value {
    Value::string(regex.find(args.bytes(1)).unwrap_or_default())
}

fn replace(regex: &Rc<Regexp>, args: &[Value]) -> Answer {
    Ok(Value::string(regex.replace_all(args.bytes(1), args.bytes(2))))
}

fn replace_literal(regex: &Rc<Regexp>, args: &[Value]) -> Answer {
    Ok(Value::string(regex.replace_all_literal(args.bytes(1), args.bytes(2))))
}

/// What was found, appended to a slice of the capacity that Go begins with.
fn strings(found: Option<Vec<&[u8]>>, capacity: impl Fn(usize) -> usize) -> Value {
    Value::List(found.map_or_else(
        || List::nil(&STRING_SLICE),
        |found| List::appended_to(capacity(found.len()), &STRING_SLICE, found.into_iter().map(Value::string).collect()),
    ))
}

/// `Split` begins with room for one part a match: one too few, unless it stops at the limit.
fn parts(found: usize, limit: i64) -> usize {
    if usize::try_from(limit) == Ok(found) { found } else { found.saturating_sub(1) }
}
