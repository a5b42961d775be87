//! `version`.

use crate::helm::dialect::Engine;

use super::exit::{OK, Outcome};
use super::output::to_stdout;

/// Prints the version, and the Helms it equals.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn run() -> Outcome {
    let (three, four) = (Engine::Helm3.dialect().version, Engine::Helm4.dialect().version);
    let text = format!("helm-hooks {} (as Helm {three} and {four})\n", env!("CARGO_PKG_VERSION"));
    to_stdout(text.as_bytes()).map(|()| OK)
}
