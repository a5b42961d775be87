//! The functions Helm gives to templates: Sprig's and its own, one file per family, one table.
//!
//! Mirrors `github.com/Masterminds/sprig/v3` 3.3.0 (`TxtFuncMap` without `env` and `expandenv`) and `pkg/engine/funcs.go`.

mod call;
mod cast;
mod certs;
mod crypto;
mod dates;
mod defaults;
mod dicts;
mod encode;
pub(crate) mod flow;
mod lists;
mod math;
mod paths;
mod random;
mod read;
mod reflection;
mod regex;
mod semver;
mod strings;
#[cfg(test)]
mod testing;
mod urls;
mod yaml;

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::LazyLock;

use crate::go::template::{FuncError, FuncTable, Function, Interp};
use crate::go::value::Str;

pub use read::ReadTexts;

use super::dialect::Dialect;
use super::world::World;

/// The functions a Helm has.
pub fn table(dialect: &'static Dialect) -> &'static FuncTable {
    dialect.functions.get_or_init(|| {
        let all = families().into_iter().flatten();
        FuncTable::new(all.filter(|function| !dialect.lacks.contains(&function.name)))
    })
}

/// Every function, from every family, whichever Helm has it.
pub static TABLE: LazyLock<FuncTable> = LazyLock::new(|| FuncTable::new(families().into_iter().flatten()));

/// The families, in no particular order; no two define the same name (a test holds it).
fn families() -> Vec<&'static [Function]> {
    vec![
        certs::FUNCTIONS,
        crypto::FUNCTIONS,
        dates::FUNCTIONS,
        defaults::FUNCTIONS,
        dicts::FUNCTIONS,
        encode::FUNCTIONS,
        flow::FUNCTIONS,
        lists::FUNCTIONS,
        math::FUNCTIONS,
        paths::FUNCTIONS,
        random::FUNCTIONS,
        reflection::FUNCTIONS,
        regex::FUNCTIONS,
        semver::FUNCTIONS,
        strings::FUNCTIONS,
        urls::FUNCTIONS,
        yaml::FUNCTIONS,
    ]
}

/// What Helm's functions find behind [`Interp::host`].
pub struct Host {
    /// Clock, randomness, look-ups.
    pub world: Rc<World>,
    /// Which Helm.
    pub dialect: &'static Dialect,
    /// How often each named template is being included right now, as Helm counts it.
    pub included: RefCell<HashMap<Str, usize>>,
    /// What earlier renderings of the chart have read as YAML, where each dict may have texts in common with others.
    pub read: Option<Rc<ReadTexts>>,
}

/// The [`Host`] of a running template.
///
/// # Errors
/// When the evaluator was started without one, which is a mistake of ours and not the chart's.
pub fn host(interp: &dyn Interp) -> Result<&Host, FuncError> {
    interp
        .host()
        .downcast_ref::<Host>()
        .ok_or_else(|| FuncError::new("template functions were started without their host"))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::families;

    #[test]
    fn no_two_families_define_a_function() {
        let mut names = HashSet::new();
        for function in families().into_iter().flatten() {
            assert!(names.insert(function.name), "{} is defined twice", function.name);
        }
    }
}
