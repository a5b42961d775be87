//! From a template's error to Helm's: `cleanupParseError`, `cleanupExecError` (Helm 3), `reformatExecErrorMsg` (Helm 4).

use std::fmt;

use crate::go::template::{ExecError, Frame, ParseError};
use crate::helm::dialect::Dialect;
use crate::helm::funcs::flow::{WARNING_END, WARNING_START};

/// A chart that could not be rendered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenderError {
    /// Helm's text, byte for byte.
    pub message: String,
    /// From the outermost template to the place that failed; the template names are paths from the chart's name on.
    pub frames: Vec<Frame>,
    /// The innermost text alone.
    pub cause: String,
}

impl fmt::Display for RenderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for RenderError {}

/// Helm's text for a template that does not parse: the place after the first colon, the text after the last.
pub(super) fn parse_error(file: &str, e: ParseError) -> RenderError {
    let tokens: Vec<&str> = e.message.split(": ").collect();
    let message = match tokens.as_slice() {
        [_, location, .., last] => format!("parse error at ({location}): {last}"),
        [_, location] => format!("parse error at ({location}): {location}"),
        _ => format!("parse error in ({file}): {}", e.message),
    };
    RenderError { message, cause: e.cause, frames: vec![e.frame] }
}

/// Helm's text for a template that failed to run.
pub(super) fn exec_error(file: &str, e: ExecError, dialect: &Dialect) -> RenderError {
    let message = exec_message(file, &e, dialect);
    let cause = strip_delimiters(&e.cause).map_or(e.cause.clone(), str::to_owned);
    RenderError { message, frames: e.frames, cause }
}

fn exec_message(file: &str, e: &ExecError, dialect: &Dialect) -> String {
    if !e.is_exec_error {
        return e.message.clone();
    }
    let mut tokens = e.message.splitn(3, ": ");
    let (Some(_), Some(location), Some(rest)) = (tokens.next(), tokens.next(), tokens.next()) else {
        return format!("execution error in ({file}): {}", e.message);
    };
    if let Some(text) = strip_delimiters(rest) {
        return format!("execution error at ({location}): {text}");
    }
    if !dialect.multi_line_errors {
        return e.message.clone();
    }
    let mut levels: Vec<Level<'_>> = Vec::new();
    for text in std::iter::once(e.message.as_str()).chain(e.causes()) {
        let Some(level) = parse_level(text) else { return e.message.clone() };
        if levels.last() != Some(&level) {
            levels.push(level);
        }
    }
    let mut out = String::new();
    for level in levels {
        if !level.location.is_empty() {
            out.push_str(level.location);
            out.push_str("\n  ");
        }
        if let Some((function, node)) = level.executing {
            out.push_str(&format!("executing \"{function}\" at <{node}>:\n    "));
        }
        if !level.message.is_empty() {
            out.push_str(level.message);
            out.push('\n');
        }
    }
    out.trim().to_owned()
}

/// The text that `fail` and `required` mark for this.
fn strip_delimiters(text: &str) -> Option<&str> {
    let (_, after) = text.split_once(WARNING_START)?;
    after.rsplit_once(WARNING_END).map(|(inside, _)| inside)
}

/// What Helm 4 reads out of one level of a Go template error.
#[derive(PartialEq, Eq)]
struct Level<'a> {
    location: &'a str,
    executing: Option<(&'a str, &'a str)>,
    message: &'a str,
}

fn parse_level(text: &str) -> Option<Level<'_>> {
    let rest = text.strip_prefix("template: ")?;
    if rest.starts_with("no template ") {
        return Some(Level { location: "", executing: None, message: text });
    }
    executing_level(rest).or_else(|| {
        let (location, message) = rest.rsplit_once(": ")?;
        Some(Level { location, executing: None, message: before_next(message) })
    })
}

fn executing_level(rest: &str) -> Option<Level<'_>> {
    let (location, after) = rest.split_once(": executing ")?;
    let (function, after) = after.strip_prefix('"')?.split_once('"')?;
    let (node, message) = after.strip_prefix(" at <")?.split_once(">: ")?;
    Some(Level { location, executing: Some((function, node)), message: before_next(message) })
}

/// The message up to the error it wraps.
fn before_next(message: &str) -> &str {
    message.split_once(" template:").map_or(message, |(own, _)| own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_read_as_helm_reads_them() {
        let level = parse_level(
            "template: c/t:1:2: executing \"c/t\" at <include \"a\" .>: error calling include: template: x",
        );
        let level = level.expect("an executing error");
        assert_eq!((level.location, level.message), ("c/t:1:2", "error calling include:"));
        assert_eq!(level.executing, Some(("c/t", "include \"a\" .")));
    }
}
