//! What Helm checks of a loaded chart before it installs or renders it.
//!
//! Mirrors `runInstall` (`cmd/helm/install.go`, Helm 4 `pkg/cmd/install.go`) and `renderResources` (`pkg/action/action.go`).

use super::model::Chart;
use crate::go::strconv;
use crate::helm::dialect::{Dialect, Engine};
use crate::helm::log::{Level, Log};
use crate::helm::values::is_compatible_range;

/// Library charts are not installable.
///
/// # Errors
/// Helm's text.
pub fn installable(chart: &Chart) -> Result<(), String> {
    match chart.metadata.chart_type.as_str() {
        "" | "application" => Ok(()),
        other => Err(format!("{other} charts are not installable")),
    }
}

/// Says when a chart is deprecated.
pub fn deprecation(chart: &Chart, log: &mut Log) {
    if chart.metadata.deprecated {
        log.line(Some("WARNING: This chart is deprecated"), Level::Warn, "this chart is deprecated", &[]);
    }
}

/// Every dependency of `Chart.yaml` must be in `charts/`, whatever its version; asked before dependencies are processed.
///
/// # Errors
/// Helm's text.
pub fn dependencies_present(chart: &Chart, dialect: &Dialect) -> Result<(), String> {
    let required = chart.metadata.dependencies.as_deref().unwrap_or_default();
    let is_missing = |name: &str| !chart.dependencies.iter().any(|child| child.metadata.name == name);
    let missing: Vec<&str> = required.iter().map(|r| r.name.as_str()).filter(|name| is_missing(name)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let (start, quote) = match dialect.engine {
        Engine::Helm3 => ("An", '`'),
        Engine::Helm4 => ("an", '\''),
    };
    Err(format!(
        "{start} error occurred while checking for chart dependencies. You may need to run {quote}helm dependency build{quote} \
         to fetch missing dependencies: found in Chart.yaml, but missing in charts/ directory: {}",
        missing.join(", ")
    ))
}

/// The longest release name Helm takes.
const MAX_RELEASE_NAME: usize = 53;

/// What a release can be called: names of a DNS subdomain.
///
/// # Errors
/// Helm's text.
pub fn release_name(name: &str, dialect: &Dialect, log: &mut Log) -> Result<(), String> {
    let problem = if name.is_empty() {
        "no name provided"
    } else if name.len() > MAX_RELEASE_NAME || !name.split('.').all(is_label) {
        r"invalid release name, must match regex ^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$ and the length must not be longer than 53"
    } else {
        return Ok(());
    };
    let text = format!("release name {}: {problem}", strconv::quote(name.as_bytes()));
    log.line(None, Level::Error, "release name check failed", &[("error", &text)]);
    Err(match dialect.engine {
        Engine::Helm3 => text,
        Engine::Helm4 => format!("release name check failed: {text}"),
    })
}

fn is_label(label: &str) -> bool {
    let is_alphanumeric = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let ends = [label.bytes().next(), label.bytes().last()];
    ends.into_iter().all(|end| end.is_some_and(is_alphanumeric))
        && label.bytes().all(|byte| byte == b'-' || is_alphanumeric(byte))
}

/// The chart's `kubeVersion` against the cluster's version: `normalized` is compared, `shown` is what the text names, in Helm 4 the version
/// with its suffix.
///
/// # Errors
/// Helm's text.
pub fn kube_version(chart: &Chart, normalized: &str, shown: &str) -> Result<(), String> {
    let range = &chart.metadata.kube_version;
    if range.is_empty() || is_compatible_range(range, normalized) {
        return Ok(());
    }
    Err(format!("chart requires kubeVersion: {range} which is incompatible with Kubernetes {shown}"))
}
