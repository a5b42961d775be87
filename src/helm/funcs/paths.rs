//! Paths as text: `base`, `dir`, `clean`, `ext`, `isAbs`, and the same with `os` before their names.
//!
//! Sprig takes the latter from `path/filepath`; they behave here as on Linux everywhere.

use super::call::{Args, Body, STRING, plain};
use crate::go::path;
use crate::go::template::Function;
use crate::go::value::Value;

const fn on_path(name: &'static str, call: Body) -> Function {
    plain(name, &[STRING], call)
}

const BASE: Body = |_, a| Ok(Value::string(path::base(a.bytes(0))));
const CLEAN: Body = |_, a| Ok(Value::string(path::clean(a.bytes(0))));
const DIR: Body = |_, a| Ok(Value::string(path::dir(a.bytes(0))));
const EXT: Body = |_, a| Ok(Value::string(path::ext(a.bytes(0))));
const IS_ABS: Body = |_, a| Ok(Value::Bool(path::is_abs(a.bytes(0))));

pub(super) static FUNCTIONS: &[Function] = &[
    on_path("base", BASE),
    on_path("clean", CLEAN),
    on_path("dir", DIR),
    on_path("ext", EXT),
    on_path("isAbs", IS_ABS),
    on_path("osBase", BASE),
    on_path("osClean", CLEAN),
    on_path("osDir", DIR),
    on_path("osExt", EXT),
    on_path("osIsAbs", IS_ABS),
];
