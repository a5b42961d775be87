//! What Helm writes to stderr while it works, line by line and in the form of its Helm.
//!
//! Helm 3 uses Go's `log` with the source line before the text (`log.Lshortfile`), Helm 4 `log/slog`'s text handler without
//! times. Who shows the lines, and whether, is decided by the rooms below.

use crate::go::strconv;

use super::dialect::{Dialect, Engine};

/// The lines so far.
#[derive(Clone, Debug)]
pub struct Log {
    engine: Engine,
    lines: Vec<String>,
}

/// `slog`'s level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// `INFO`.
    Info,
    /// `WARN`.
    Warn,
    /// `ERROR`.
    Error,
}

impl Log {
    /// No lines yet.
    pub fn new(dialect: &Dialect) -> Log {
        Log { engine: dialect.engine, lines: Vec::new() }
    }

    /// These lines already.
    pub fn after(lines: Vec<String>, dialect: &Dialect) -> Log {
        Log { engine: dialect.engine, lines }
    }

    /// The lines, in order.
    pub fn into_lines(self) -> Vec<String> {
        self.lines
    }

    /// A line both Helms write with the `log` package; `site` is Helm 3's file and line.
    pub fn print(&mut self, site: &str, text: &str) {
        self.warn(site, text, Level::Info, text, &[]);
    }

    /// A line Helm 3 writes with `log` and Helm 4 with `slog`: site and text of the one, level, message and attributes of the other.
    pub fn warn(&mut self, site: &str, text: &str, level: Level, message: &str, attributes: &[(&str, &str)]) {
        let line = match self.engine {
            Engine::Helm3 => format!("{site}: {text}"),
            Engine::Helm4 => structured(level, message, attributes),
        };
        self.lines.push(line);
    }

    /// A whole line for each Helm, where it writes one.
    pub fn line(&mut self, helm3: Option<&str>, level: Level, message: &str, attributes: &[(&str, &str)]) {
        match self.engine {
            Engine::Helm3 => self.lines.extend(helm3.map(str::to_owned)),
            Engine::Helm4 => self.lines.push(structured(level, message, attributes)),
        }
    }
}

/// `slog.TextHandler` without the time.
fn structured(level: Level, message: &str, attributes: &[(&str, &str)]) -> String {
    let level = match level {
        Level::Info => "INFO",
        Level::Warn => "WARN",
        Level::Error => "ERROR",
    };
    let mut line = format!("level={level} msg={}", quoted_if_needed(message));
    for (key, value) in attributes {
        line.push_str(&format!(" {}={}", quoted_if_needed(key), quoted_if_needed(value)));
    }
    line
}

fn quoted_if_needed(text: &str) -> String {
    let plain = |c: char| match c {
        ' ' | '=' | '"' => false,
        char::REPLACEMENT_CHARACTER => false,
        _ => !c.is_whitespace() && strconv::is_print(u32::from(c)),
    };
    if !text.is_empty() && text.chars().all(plain) { text.to_owned() } else { strconv::quote(text.as_bytes()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helm::dialect::{HELM3, HELM4};

    #[test]
    fn each_helm_writes_its_form() {
        for (dialect, want) in [
            (&HELM3, "walk.go:75: found a b"),
            (&HELM4, r#"level=WARN msg="returned non-bool value" path=a.b chart="" x="a=b""#),
        ] {
            let mut log = Log::new(dialect);
            let attributes = [("path", "a.b"), ("chart", ""), ("x", "a=b")];
            log.warn("walk.go:75", "found a b", Level::Warn, "returned non-bool value", &attributes);
            assert_eq!(log.into_lines(), [want]);
        }
    }
}
