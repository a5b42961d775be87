//! `template`.

use super::args::TemplateCommand;
use super::exit::{Fatal, Outcome};
use super::settings::{RenderSettings, Settings};

/// Runs `template`.
///
/// # Errors
/// For mistakes in the command line, and when the chart cannot be rendered.
pub(crate) fn run(args: &TemplateCommand, settings: &Settings) -> Outcome {
    let _ = RenderSettings::resolve(&args.render, &args.args, settings)?;
    Err(Fatal::load("this build cannot render charts itself yet"))
}
