//! Problems on stderr: `Error: ` and Helm's own text on one line, then whatever helps.

use crate::report::look::{Look, State};

use super::exit::Fatal;
use super::render::RenderFailure;
use super::settings::Settings;

/// A chart that could not be rendered. The path is named where there are several.
pub(crate) fn render(failure: &RenderFailure, path: Option<&str>, settings: &Settings) -> String {
    let look = &settings.error_look;
    let mut out = line(&failure.message, look);
    if let Some(path) = path {
        out.push_str(&format!("  chart: {}\n", look.clean(path)));
    }
    out.push_str(&failure.frame);
    push_help(failure.help.as_deref(), look, &mut out);
    out
}

/// A command that ends early.
pub(crate) fn fatal(fatal: &Fatal, look: &Look) -> String {
    let mut out = line(&fatal.message, look);
    push_help(fatal.help.as_deref(), look, &mut out);
    out
}

fn line(message: &str, look: &Look) -> String {
    // Helm 4 has texts of several lines; scripts look for them as they are.
    let lines: Vec<String> = message.lines().map(|line| look.clean(line)).collect();
    format!("{} {}\n", look.paint(State::Error, "Error:"), lines.join("\n"))
}

fn push_help(help: Option<&str>, look: &Look, out: &mut String) {
    if let Some(help) = help {
        out.push_str(&look.wrap(&format!("  help: {}", look.clean(help)), 8));
        out.push('\n');
    }
}

/// A path where there is nothing, in Helm's words where Helm has some.
pub(crate) fn no_such_chart(path: &str) -> Fatal {
    const PULL: &str = "Charts are read from this machine. Fetch it with `helm pull … --untar` and give its folder.";
    if path.starts_with("oci://") || path.starts_with("http://") || path.starts_with("https://") {
        return Fatal::usage(format!("{path} is not on this machine")).with_help(PULL);
    }
    let fatal = Fatal::load(format!("path {path:?} not found"));
    match path.split_once('/') {
        Some((repository, chart)) if !repository.is_empty() && !repository.starts_with('.') && !chart.contains('/') => {
            fatal.with_help(format!("If {path} is a chart of a repository: {PULL}"))
        }
        _ => fatal,
    }
}

/// Helm's complaint about a release name.
pub(crate) fn invalid_release_name(name: &str) -> String {
    format!(
        "release name {name:?}: invalid release name, must match regex ^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$ and the length must not be longer than 53"
    )
}
