//! Places drawn as frames: the line, what is marked in it, and the templates it was included by.
//!
//! miette draws. What it is given is cleaned first: a chart's text must not act on the terminal, and a line of a thousand columns is
//! cut around the mark.

use std::fmt::Write;

use bstr::ByteSlice;
use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, NamedSource, ThemeCharacters, ThemeStyles};
use unicode_width::UnicodeWidthChar;

use crate::go::template::Frame;
use crate::helm::manifest::SortError;
use crate::text::{Diagnostic, FileId, Severity, SourceMap};

use super::look::Look;

/// A text with marked places: start, end (bytes) and what is there.
#[derive(Clone, Debug)]
pub struct Snippet<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its bytes.
    pub text: &'a [u8],
    /// The places; the first is the main one.
    pub labels: Vec<(usize, usize, &'a str)>,
}

/// Draws the places of a diagnostic, one frame per file, the main one first.
pub fn diagnostic(diagnostic: &Diagnostic, sources: &SourceMap, look: &Look) -> String {
    let mut files: Vec<FileId> = Vec::new();
    for label in &diagnostic.labels {
        if !files.contains(&label.span.file) {
            files.push(label.span.file);
        }
    }
    let mut out = String::new();
    for id in files {
        let Some(file) = sources.get(id) else { continue };
        let labels = diagnostic.labels.iter().filter(|label| label.span.file == id);
        let labels = labels.map(|l| (l.span.start as usize, l.span.end as usize, l.text.as_str())).collect();
        out.push_str(&draw(&Snippet { name: file.name(), text: file.text(), labels }, diagnostic.severity, look));
    }
    out
}

/// Draws where a template failed, and the templates that included it. `text_of` gives the text of a template by its name.
pub fn template_error<'a>(
    frames: &[Frame],
    cause: &str,
    text_of: &dyn Fn(&str) -> Option<&'a [u8]>,
    look: &Look,
) -> String {
    let Some((failed, outer)) = frames.split_last() else { return String::new() };
    let text = failed.inline_text.as_ref().map(AsRef::as_ref).or_else(|| text_of(&failed.template));
    let mut out = String::new();
    if let Some(text) = text {
        let start = failed.offset as usize;
        let name = match failed.inline_text {
            Some(_) => format!("{} (a text given to tpl)", failed.template),
            None => failed.template.clone(),
        };
        let (from, to) = node(text, start, &failed.context);
        let snippet = Snippet { name: &name, text, labels: vec![(from, to, cause)] };
        out.push_str(&draw(&snippet, Severity::Error, look));
    }
    for frame in outer.iter().rev() {
        let place = format!("{}:{}:{}", frame.template, frame.line, frame.column + 1);
        let node = if frame.context.is_empty() { String::new() } else { format!(": {}", frame.context) };
        let _ = writeln!(out, "  included by {}", look.clean(&format!("{place}{node}")));
    }
    out
}

/// Draws where a rendered file is no manifest.
pub fn sort_error(error: &SortError, rendered: &[u8], look: &Look) -> String {
    let Some(start) = error.offset else { return String::new() };
    let line = rendered.get(start..).unwrap_or_default().lines().next().unwrap_or_default();
    let cause = error.cause.trim_start_matches("error converting YAML to JSON: ").trim_start_matches("yaml: ");
    // The reader counts lines of the document; the frame shows those of the file.
    let cause = match cause.strip_prefix("line ").and_then(|rest| rest.split_once(": ")) {
        Some((number, text)) if number.bytes().all(|byte| byte.is_ascii_digit()) => text,
        _ => cause,
    };
    let name = format!("{} (rendered)", error.path);
    let labels = vec![(start, start + line.trim_end().len(), cause)];
    draw(&Snippet { name: &name, text: rendered, labels }, Severity::Error, look)
}

/// Where a node lies: where its text stands around the place (Go gives the second field of a chain as its place), else from the place
/// to the end of the action or line.
fn node(text: &[u8], place: usize, context: &str) -> (usize, usize) {
    let around = place.saturating_sub(context.len())..place.saturating_add(context.len() + 1).min(text.len());
    let near = text.get(around.clone()).unwrap_or_default();
    let mut written = near.find_iter(context.as_bytes()).map(|at| around.start + at);
    if !context.is_empty()
        && let Some(start) = written.find(|start| *start <= place && place < start + context.len())
    {
        return (start, start + context.len());
    }
    let line = text.get(place..).unwrap_or_default().lines().next().unwrap_or_default();
    let action = line.find("}}").map_or(line, |end| line.get(..end).unwrap_or_default());
    (place, place + action.trim_end_with(|c| c == '-' || c.is_whitespace()).len())
}

/// Draws one frame, with line and column of the first place beside the name.
pub fn draw(snippet: &Snippet<'_>, severity: Severity, look: &Look) -> String {
    draw_with(snippet, severity, look, true)
}

/// Draws one frame of a text whose name says already where the first place is.
pub fn draw_named(snippet: &Snippet<'_>, severity: Severity, look: &Look) -> String {
    draw_with(snippet, severity, look, false)
}

fn draw_with(snippet: &Snippet<'_>, severity: Severity, look: &Look, with_position: bool) -> String {
    let width = look.width.unwrap_or(120);
    let (text, labels) = prepare(snippet, width.saturating_sub(12).max(20), look.unicode);
    let labels = labels.into_iter().zip(&snippet.labels).enumerate();
    let labels = labels.map(|(at, ((start, end), (_, _, words)))| {
        let words = Some(look.clean(words)).filter(|words| !words.is_empty());
        let span = (start, end.saturating_sub(start));
        if at == 0 { LabeledSpan::new_primary_with_span(words, span) } else { LabeledSpan::new_with_span(words, span) }
    });
    let problem =
        Drawn { severity, labels: labels.collect(), source: NamedSource::new(look.clean(snippet.name), text) };
    let characters = if look.unicode { ThemeCharacters::unicode() } else { ThemeCharacters::ascii() };
    let corner = format!("{}{}", characters.ltop, characters.hbar);
    let theme =
        GraphicalTheme { characters, styles: if look.color { ThemeStyles::ansi() } else { ThemeStyles::none() } };
    let handler = GraphicalReportHandler::new_themed(theme).with_width(width).with_links(false).with_context_lines(1);
    let handler = if with_position { handler } else { handler.without_primary_span_start() };
    let mut drawn = String::new();
    if handler.render_report(&mut drawn, &problem).is_err() {
        return String::new();
    }
    // Above the frame miette repeats the message, which stands on a line of its own already.
    let frame =
        drawn.lines().skip_while(|line| !line.contains(&corner)).map(str::trim_end).filter(|line| !line.is_empty());
    frame.fold(String::new(), |mut out, line| {
        out.push_str(line);
        out.push('\n');
        out
    })
}

/// The text with nothing in it that acts on a terminal, or that the screen does not have, and no line wider than `width`; and the places
/// of the labels in it.
fn prepare(snippet: &Snippet<'_>, width: usize, unicode: bool) -> (String, Vec<(usize, usize)>) {
    let mut out = String::with_capacity(snippet.text.len());
    let mut places = vec![(0, 0); snippet.labels.len()];
    let mut start = 0;
    for line in snippet.text.lines_with_terminator() {
        let end = start + line.len();
        let starts = snippet.labels.iter().map(|(at, _, _)| *at).filter(|at| (start..end).contains(at));
        let window = window(line, starts.min().map(|at| at - start), width);
        for (from, to, c) in line.char_indices() {
            let shown = window.contains(&from) || c == '\n';
            for (label, place) in snippet.labels.iter().zip(&mut places) {
                if (start + from..start + to).contains(&label.0) {
                    place.0 = out.len();
                }
                if (start + from..start + to).contains(&label.1) {
                    place.1 = out.len();
                }
            }
            if shown {
                out.push(if unicode || c.is_ascii() { visible(c) } else { '?' });
            }
        }
        start = end;
    }
    for ((from, to, _), place) in snippet.labels.iter().zip(&mut places) {
        if *from >= snippet.text.len() {
            place.0 = out.len();
        }
        if *to >= snippet.text.len() || place.1 < place.0 {
            place.1 = out.len();
        }
    }
    (out, places)
}

/// The bytes of a line that are shown: all, or as many columns as fit, beginning a little before the mark.
fn window(line: &[u8], mark: Option<usize>, width: usize) -> std::ops::Range<usize> {
    if line.len() <= width {
        return 0..line.len();
    }
    let from = mark.map_or(0, |mark| mark.saturating_sub(width / 4));
    let mut columns = 0;
    for (at, _, c) in line.char_indices() {
        if at >= from {
            columns += visible(c).width().unwrap_or(0);
            if columns > width {
                return from..at;
            }
        }
    }
    from..line.len()
}

fn visible(c: char) -> char {
    match c {
        '\n' | '\t' => c,
        c if super::look::acts_on_terminals(c) => '\u{fffd}',
        c => c,
    }
}

#[derive(Debug)]
struct Drawn {
    severity: Severity,
    labels: Vec<LabeledSpan>,
    source: NamedSource<String>,
}

impl std::fmt::Display for Drawn {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        Ok(())
    }
}

impl std::error::Error for Drawn {}

impl miette::Diagnostic for Drawn {
    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Info => miette::Severity::Advice,
        })
    }

    fn source_code(&self) -> Option<&dyn miette::SourceCode> {
        Some(&self.source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(unicode: bool) -> Look {
        Look { width: Some(60), color: false, unicode, program: String::new() }
    }

    #[test]
    fn a_failed_template() {
        let text = "kind: Job\nname: {{ .Values.a.b | quote }}\nend: 1\n";
        let frame = |template: &str, offset, line, context: &str| Frame {
            template: template.into(),
            offset,
            line,
            column: 9,
            context: context.into(),
            inline_text: None,
        };
        let frames =
            [frame("c/templates/x.yaml", 3, 7, "include \"h\" ."), frame("c/templates/h.tpl", 26, 2, ".Values.a.b")];
        let drawn = template_error(&frames, "nil pointer", &|_| Some(text.as_bytes()), &look(true));
        let want = "\
\x20  ╭─[c/templates/h.tpl:2:10]
 1 │ kind: Job
 2 │ name: {{ .Values.a.b | quote }}
   ·          ─────┬─────
   ·               ╰── nil pointer
 3 │ end: 1
   ╰────
  included by c/templates/x.yaml:7:10: include \"h\" .
";
        assert_eq!(drawn, want, "\n{drawn}");
    }

    #[test]
    fn text_is_harmless_and_fits() {
        let long = format!("a\u{1b}[31m: {}MARK{}\n", "x".repeat(500), "y".repeat(500));
        let start = long.find("MARK").unwrap();
        let snippet = Snippet { name: "f\u{1b}", text: long.as_bytes(), labels: vec![(start, start + 4, "h\u{7}ere")] };
        let drawn = draw(&snippet, Severity::Error, &look(false));
        assert!(!drawn.contains(['\u{1b}', '\u{7}']), "{drawn}");
        assert!(drawn.contains("MARK") && drawn.contains("h\\u{7}ere"), "{drawn}");
        assert!(drawn.lines().all(|line| line.len() <= 60), "{drawn}");
    }

    #[test]
    fn places_past_the_end_are_no_problem() {
        for (start, end) in [(5, 9), (3, 3), (2, 1), (900, 901)] {
            let snippet = Snippet { name: "f", text: b"abc", labels: vec![(start, end, "x")] };
            let _ = draw(&snippet, Severity::Warning, &look(true));
            let snippet = Snippet { name: "f", text: b"", labels: vec![(start, end, "x")] };
            let _ = draw(&snippet, Severity::Warning, &look(true));
        }
    }
}
