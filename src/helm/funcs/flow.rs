//! Helm's own control flow: `include`, `tpl`, `required`, `fail`, and the looks outside, `lookup` and `getHostByName`.
//!
//! Mirrors the function map of `pkg/engine/engine.go`. The running of templates is the evaluator's ([`Interp`]); what a
//! cluster would say is the caller's ([`World`](crate::helm::world::World)). DNS is never asked, as without `--enable-dns`.

use bstr::ByteSlice;

use super::call::{ANY, Answer, Args, STRING, plain};
use super::host;
use crate::go::template::{FuncError, Function, Interp, TextError};
use crate::go::value::{Str, Value};
use crate::go::{strconv, utf8};

/// What Helm puts before the message of `required` and `fail`, so that its clean-up of errors finds the message again.
pub(crate) const WARNING_START: &str = "HELM_ERR_START";

/// What Helm puts after such a message.
pub(crate) const WARNING_END: &str = "HELM_ERR_END";

/// A template may be entered this often at once before Helm calls it endless. The check comes before the count, so the
/// limit is passed by one.
const MAX_INCLUDES: usize = 1000;

pub(super) static FUNCTIONS: &[Function] = &[
    plain("include", &[STRING, ANY], |interp, a| include(interp, &a.str(0), a.any(1))),
    plain("tpl", &[STRING, ANY], |interp, a| tpl(interp, &a.str(0), a.any(1))),
    plain("required", &[STRING, ANY], |_, a| required(a.bytes(0), a.any(1))),
    plain("fail", &[STRING], |_, a| Err(warning(a.bytes(0)))),
    plain("lookup", &[STRING, STRING, STRING, STRING], lookup),
    plain("getHostByName", &[STRING], |_, _| Ok(Value::from(""))),
];

fn warning(message: &[u8]) -> FuncError {
    // An error's text is a string here, which Go's need not be: each malformed byte is shown as U+FFFD.
    let message: String = utf8::runes(message).filter_map(|(_, rune, _)| char::from_u32(rune)).collect();
    FuncError::new(format!("{WARNING_START}{message}{WARNING_END}"))
}

fn required(message: &[u8], value: &Value) -> Answer {
    match value {
        Value::Nil => Err(warning(message)),
        Value::String(text) if text.is_empty() => Err(warning(message)),
        given => Ok(given.clone()),
    }
}

fn include(interp: &mut dyn Interp, name: &Str, data: &Value) -> Answer {
    {
        let mut included = host(interp)?.included.borrow_mut();
        let count = included.entry(name.clone()).or_insert(0);
        if *count > MAX_INCLUDES {
            return Err(FuncError::wrap(
                FuncError::new("unable to execute template"),
                format_args!("rendering template has a nested reference name: {name}"),
            ));
        }
        *count += 1;
    }
    let result = interp.execute(name, data);
    if let Some(count) = host(interp)?.included.borrow_mut().get_mut(name) {
        *count -= 1;
    }
    Ok(Value::String(result?))
}

fn tpl(interp: &mut dyn Interp, text: &Str, data: &Value) -> Answer {
    match interp.execute_text(text, data) {
        Ok(out) => Ok(Value::String(without_no_value(out))),
        Err(TextError::Parse(error)) => {
            let quoted = strconv::quote(text.as_bytes());
            Err(FuncError::wrap((*error).into(), format_args!("cannot parse template {quoted}")))
        }
        Err(TextError::Exec(error)) => {
            let quoted = strconv::quote(text.as_bytes());
            Err(FuncError::wrap((*error).into(), format_args!("error during tpl function execution for {quoted}")))
        }
    }
}

/// What Go prints for a missing key of an `interface {}` map.
pub(crate) const NO_VALUE: &[u8] = b"<no value>";

/// Helm wants nothing where a key is missing, and so takes Go's words out.
pub(crate) fn without_no_value(text: Str) -> Str {
    if text.find(NO_VALUE).is_none() { text } else { Str::from(text.replace(NO_VALUE, b"")) }
}

fn lookup(interp: &mut dyn Interp, args: &[Value]) -> Answer {
    let (api_version, kind, namespace, name) = (args.str(0), args.str(1), args.str(2), args.str(3));
    let world = &host(interp)?.world;
    world
        .look_up(&api_version.to_text(), &kind.to_text(), &namespace.to_text(), &name.to_text())
        .map(Value::Map)
        .map_err(FuncError::new)
}
