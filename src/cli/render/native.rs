//! Rendering by this program.

use std::path::Path;

use crate::cli::settings::{RenderSettings, Settings};

use super::{RenderFailure, Rendered};

/// Renders a chart as install or as upgrade.
///
/// # Errors
/// With Helm's text when the chart cannot be loaded or rendered.
pub(crate) fn render(
    _chart: &Path,
    _upgrade: bool,
    _render: &RenderSettings,
    _settings: &Settings,
) -> Result<Rendered, RenderFailure> {
    let mut failure = RenderFailure::new("this build cannot render charts itself yet");
    failure.help =
        Some("Use --renderer helm, or pipe rendered manifests in: `helm template … | helm hooks plan -`.".to_owned());
    Err(failure)
}
