//! Versions: `semver` and `semverCompare`.
//!
//! Mirrors Sprig's `semver.go`.

use super::call::{Answer, Args, STRING, plain};
use crate::go::semver::{Constraint, Version, VersionObject};
use crate::go::template::Function;
use crate::go::value::Value;

pub(super) static FUNCTIONS: &[Function] = &[
    plain("semver", &[STRING], |_, a| Ok(VersionObject::pointer(Version::parse(a.bytes(0))?))),
    plain("semverCompare", &[STRING, STRING], |_, a| semver_compare(a.bytes(0), a.bytes(1))),
];

fn semver_compare(constraint: &[u8], version: &[u8]) -> Answer {
    // Both are parsed, and the constraint first: its error is the one that is seen.
    let constraint = Constraint::parse(constraint)?;
    Ok(Value::Bool(constraint.check(&Version::parse(version)?)))
}
