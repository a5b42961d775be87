//! Versions and version constraints as Helm compares them.
//!
//! Mirrors `github.com/Masterminds/semver/v3` 3.5.0, which both Helms use. Scanned by hand instead of by its regular
//! expressions: `semverCompare` is in almost every chart, and compiling those expressions costs more than a render.

mod constraint;
mod error;
mod object;
mod version;

pub use self::constraint::{Constraint, Mismatch};
pub use self::error::Error;
pub use self::object::{VERSION, VERSION_PTR, VersionObject};
pub use self::version::Version;
