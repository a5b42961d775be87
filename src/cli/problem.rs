//! Problems on stderr: `Error: ` and Helm's own text on one line, then whatever helps.

use std::path::Path;

use crate::helm::chart::check;
use crate::helm::dialect::Engine;
use crate::helm::log::Log;
use crate::report::look::{Look, State};

use super::exit::Fatal;
use super::find::{self, Place};
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

/// A folder in which no chart was found; `passed` charts were there that are not looked at on their own.
pub(crate) fn nothing_found(path: &str, passed: usize) -> Fatal {
    Fatal::load(format!("no chart at or below {path}")).with_help(match passed {
        0 => "A chart is a folder with a file Chart.yaml; hidden folders and what git ignores are not searched.",
        _ => "Only library charts, or charts that others depend on, were found; name one to see it.",
    })
}

/// Refuses a file of an unpacked chart: whoever names one means the chart.
///
/// # Errors
/// For such a file, with the chart.
pub(crate) fn not_a_file_of_a_chart(path: &Path) -> Result<(), Fatal> {
    let is_archive = path.extension().is_some_and(|extension| extension == "tgz" || extension == "gz");
    match find::chart_of_file(path).filter(|_| path.is_file() && !is_archive) {
        Some(chart) => {
            let chart = if chart.as_os_str().is_empty() { Path::new(".") } else { &chart };
            let fatal = Fatal::usage(format!("{} is a file of a chart", path.display()));
            Err(fatal.with_help(format!("Give the chart itself: {}", chart.display())))
        }
        None => Ok(()),
    }
}

/// Refuses two words that are both charts: Helm takes the first for a name and explains it badly.
///
/// # Errors
/// With Helm's words, and what to do.
pub(crate) fn not_two_charts(words: &[String], engine: Engine) -> Result<(), Fatal> {
    let [name, _] = words else { return Ok(()) };
    if !matches!(find::look_at(Path::new(name)), Place::Chart(_)) {
        return Ok(());
    }
    // A folder may well be called as the release is to be.
    let dialect = engine.dialect();
    check::release_name(name, dialect, &mut Log::new(dialect))
        .map_err(|message| Fatal::usage(message).with_help("One PATH at a time, or a folder above them."))
}
