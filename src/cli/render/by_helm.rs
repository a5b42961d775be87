//! Rendering by `$HELM_BIN template`, for comparison and for the day this program is wrong.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::cli::render_args::RenderArgs;
use crate::cli::settings::{RenderSettings, Settings};
use crate::go::value::Str;

use super::{Output, RenderFailure, Rendered};

/// Renders a chart as install or as upgrade.
///
/// # Errors
/// With helm's text when it cannot be started or fails.
pub(crate) fn render(
    chart: &Path,
    upgrade: bool,
    render: &RenderSettings,
    settings: &Settings,
) -> Result<Rendered, RenderFailure> {
    let mut command = Command::new(&settings.helm_bin);
    command.arg("template").args(flags(render, &settings.namespace));
    if upgrade {
        command.arg("--is-upgrade");
    }
    command.arg("--");
    command.arg(&render.release).arg(chart).stdin(Stdio::inherit());
    let output = command.output().map_err(|e| {
        let mut failure = RenderFailure::new(format!("cannot start {}: {e}", settings.helm_bin));
        failure.help = Some("Set HELM_BIN to a helm, or leave out --renderer helm.".to_owned());
        failure
    })?;
    if !output.status.success() {
        return Err(failure(&String::from_utf8_lossy(&output.stderr)));
    }
    let name = chart.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    // Which templates ask what is helm's secret, so the second rendering is always made.
    Ok(Rendered {
        name,
        version: None,
        output: Output::Stream(Str::from(output.stdout)),
        asks_operation: true,
        random_files: Vec::new(),
    })
}

fn flags(render: &RenderSettings, namespace: &str) -> Vec<String> {
    let RenderArgs {
        values,
        set,
        set_string,
        set_file,
        set_json,
        set_literal,
        kube_version,
        api_versions,
        skip_schema_validation,
        ..
    } = &render.args;
    let repeated = [
        ("--values", values),
        ("--set", set),
        ("--set-string", set_string),
        ("--set-file", set_file),
        ("--set-json", set_json),
        ("--set-literal", set_literal),
        ("--api-versions", api_versions),
    ];
    let mut flags = vec![format!("--namespace={namespace}")];
    for (flag, values) in repeated {
        flags.extend(values.iter().map(|value| format!("{flag}={value}")));
    }
    flags.extend(kube_version.iter().map(|version| format!("--kube-version={version}")));
    if *skip_schema_validation == Some(true) {
        flags.push("--skip-schema-validation".to_owned());
    }
    flags
}

/// helm's text after `Error: `, without its advice about a flag that is not ours.
fn failure(stderr: &str) -> RenderFailure {
    let text = match stderr.rsplit_once("\nError: ") {
        Some((_, text)) => text,
        None => stderr.strip_prefix("Error: ").unwrap_or(stderr),
    };
    RenderFailure::new(text.trim_end().trim_end_matches("Use --debug flag to render out invalid YAML").trim_end())
}
