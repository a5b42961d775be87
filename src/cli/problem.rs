//! Problems on stderr: `Error: ` and Helm's own text on one line, then whatever helps.

use std::path::Path;

use crate::helm::chart::check;
use crate::helm::dialect::Engine;
use crate::helm::log::Log;
use crate::lint::config::ConfigError;
use crate::lint::{ChartError, SourcePlace};
use crate::report::lint::place_frame;
use crate::report::look::{Look, State};
use crate::text::Position;

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

/// A chart that could not be linted, or not wholly.
#[derive(Clone, Debug)]
pub(crate) struct ChartProblem {
    /// The chart's path, with `/`.
    pub path: String,
    /// The values it fails with; `None` for its defaults.
    pub values: Option<String>,
    /// Helm's text, without `Error: `.
    pub message: String,
    /// The frame below it.
    pub frame: String,
    /// What to do.
    pub help: Option<String>,
}

impl ChartProblem {
    /// A problem of which only the text is known.
    pub(crate) fn new(path: &str, message: impl Into<String>) -> ChartProblem {
        let (values, frame, help) = (None, String::new(), None);
        ChartProblem { path: path.to_owned(), values, message: message.into(), frame, help }
    }

    /// A rendering that failed.
    pub(crate) fn of_failure(path: &str, values: Option<String>, failure: RenderFailure) -> ChartProblem {
        let RenderFailure { message, frame, help, .. } = failure;
        ChartProblem { path: path.to_owned(), values, message, frame, help }
    }

    /// As machine output has it.
    pub(crate) fn error(&self) -> ChartError {
        let Self { path, message, frame, .. } = self.clone();
        ChartError { path, message, frame }
    }

    /// As stderr has it; `single` when there is no other chart.
    pub(crate) fn render(&self, single: bool, look: &Look) -> String {
        let mut out = line(&self.message, look);
        if !single {
            out.push_str(&format!("  chart: {}\n", look.clean(&self.path)));
        }
        if let Some(values) = &self.values {
            out.push_str(&format!("  with {}\n", look.clean(values)));
        }
        out.push_str(&self.frame);
        push_help(self.help.as_deref(), look, &mut out);
        out
    }
}

/// Something to know that is no error.
pub(crate) fn note(text: &str, look: &Look) -> String {
    format!("{} {}\n", look.paint(State::Dim, "note:"), look.clean(text))
}

/// A configuration that says nothing one could follow.
pub(crate) fn config(error: &ConfigError, look: &Look) -> String {
    let file = &error.source;
    let (at, path) = (error.start, file.name());
    let mut out = line(&format!("{path}: {}", error.message), look);
    // From the place to the end of its word.
    let text = file.line(at.line);
    let rest: String = String::from_utf8_lossy(text).chars().skip(at.column.saturating_sub(1) as usize).collect();
    let word = rest.split([' ', ':', ',', '#']).next().unwrap_or_default().chars().count();
    let end = Position { line: at.line, column: at.column + u32::try_from(word).unwrap_or(0) };
    let place = SourcePlace { path: path.to_owned(), start: at, end, exact: true, source: Some(file.clone()) };
    out.push_str(&place_frame(&place, "", look));
    push_help(error.help.as_deref(), look, &mut out);
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
