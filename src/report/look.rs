//! How text meets the reader: width, colour, ASCII or not, and what must never reach a terminal as it is.

use std::fmt::Write;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// What the reader's screen can do.
#[derive(Clone, Debug)]
pub struct Look {
    /// Columns; `None` when there is no screen, so that nothing is cut.
    pub width: Option<usize>,
    /// Whether colours are wanted.
    pub color: bool,
    /// Whether characters beyond ASCII are shown right.
    pub unicode: bool,
    /// How this program is called: `helm hooks`.
    pub program: String,
}

/// What a colour stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Something is wrong.
    Error,
    /// Something is probably not meant.
    Warning,
    /// Something went well.
    Done,
    /// May be skipped.
    Dim,
    /// Begins something.
    Title,
}

impl Look {
    /// The same, or for a file: no colours and no edge, and UTF-8 whatever the terminal is.
    #[must_use]
    pub fn for_file(&self, is_file: bool) -> Look {
        if is_file { Look { width: None, color: false, unicode: true, ..self.clone() } } else { self.clone() }
    }

    /// Colours a text, when colours are wanted.
    pub fn paint(&self, state: State, text: &str) -> String {
        if !self.color || text.is_empty() {
            return text.to_owned();
        }
        let code = match state {
            State::Error => "31",
            State::Warning => "33",
            State::Done => "32",
            State::Dim => "2",
            State::Title => "1",
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }

    /// Replaces the program's own signs where the screen has ASCII only. Text of charts goes through [`Look::clean`].
    pub fn sign<'a>(&self, sign: &'a str, ascii: &'a str) -> &'a str {
        if self.unicode { sign } else { ascii }
    }

    /// A text from elsewhere on one line, without anything a terminal would act on; ASCII when the screen is.
    pub fn clean(&self, text: &str) -> String {
        clean(text, self.unicode)
    }

    /// Cuts a text in the middle so that it fits: its beginning and its end say most.
    pub fn cut(&self, text: &str, width: usize) -> String {
        if text.width() <= width {
            return text.to_owned();
        }
        let gap = self.sign("…", "..");
        let Some(room) = width.checked_sub(gap.width()) else { return gap.chars().take(width).collect() };
        let (head, tail) = (room.div_ceil(2), room / 2);
        format!("{}{gap}{}", take(text.chars(), head), take(text.chars().rev(), tail).chars().rev().collect::<String>())
    }

    /// Cuts what is longer than a text may be at its end; for sentences, which begin with what matters.
    pub fn cut_end(&self, text: &str, width: usize) -> String {
        if text.width() <= width {
            return text.to_owned();
        }
        format!("{} {}", take(text.chars(), width).trim_end(), self.sign("…", "..."))
    }

    /// Breaks a text at blanks so that it fits, with an indentation for the lines after the first.
    pub fn wrap(&self, text: &str, indent: usize) -> String {
        let Some(width) = self.width else { return text.to_owned() };
        let body = text.trim_start_matches(' ');
        let lead = text.len() - body.len();
        let mut out = " ".repeat(lead);
        let mut column = lead;
        for (at, word) in body.split(' ').enumerate() {
            let needed = word.width();
            if at > 0 && column > indent && column + 1 + needed > width {
                let _ = write!(out, "\n{:indent$}", "");
                column = indent;
            } else if at > 0 {
                out.push(' ');
                column += 1;
            }
            out.push_str(word);
            column += needed;
        }
        out
    }
}

/// As many characters as fit into some columns.
fn take(chars: impl Iterator<Item = char>, mut room: usize) -> String {
    let mut out = String::new();
    for c in chars {
        let width = c.width().unwrap_or(0);
        if width > room {
            break;
        }
        room -= width;
        out.push(c);
    }
    out
}

/// A line of a container's output as a screen would have shown it, without anything a terminal would act on: colours and other
/// sequences are left out, tabs are blanks, and of a line that was written over only the last writing is kept.
pub fn output_line(text: &str, unicode: bool) -> String {
    let text = text.trim_end_matches(['\r', '\n']);
    let text = text.rsplit_once('\r').map_or(text, |(_, last)| last);
    if !text.contains(['\u{1b}', '\t']) {
        return clean(text, unicode);
    }
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\t' => plain.push_str("    "),
            '\u{1b}' => match chars.next() {
                // A control sequence ends with its final byte.
                Some('[') => drop(chars.by_ref().find(|c| ('\u{40}'..='\u{7e}').contains(c))),
                // A command of the system (titles, links) ends with a bell or the string terminator.
                Some(']') => {
                    while let Some(c) = chars.next() {
                        if c == '\u{7}' || (c == '\u{1b}' && chars.next_if_eq(&'\\').is_some()) {
                            break;
                        }
                    }
                }
                _ => {}
            },
            _ => plain.push(c),
        }
    }
    clean(&plain, unicode)
}

/// Escapes control characters, line ends, and characters that reorder or hide text.
pub fn clean(text: &str, unicode: bool) -> String {
    if text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            _ if acts_on_terminals(c) || (!unicode && !c.is_ascii()) => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
            _ => out.push(c),
        }
    }
    out
}

pub(super) fn acts_on_terminals(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(width: usize) -> Look {
        Look { width: Some(width), color: false, unicode: true, program: "helm hooks".into() }
    }

    #[test]
    fn names_are_cut_in_the_middle() {
        let look = look(80);
        assert_eq!(look.cut("Job/release-name-migrate", 11), "Job/r…grate");
        assert_eq!(look.cut("Job/x", 5), "Job/x");
        assert_eq!(look.cut("日本語日本語", 5), "日…語");
        assert_eq!(look.cut("abc", 0), "");
    }

    #[test]
    fn terminals_are_safe() {
        assert_eq!(clean("a\u{1b}[31mb\r\n\u{202e}ü", true), "a\\u{1b}[31mb\\r\\n\\u{202e}ü");
        assert_eq!(clean("ü", false), "\\u{fc}");
    }

    #[test]
    fn output_is_what_a_screen_would_show() {
        assert_eq!(output_line("\u{1b}[1;31mred\u{1b}[0m\tx\r\n", true), "red    x");
        assert_eq!(output_line("10%\r50%\r100%", true), "100%");
        assert_eq!(output_line("a\u{1b}]0;title\u{7}b\u{1b}]8;;u\u{1b}\\c\u{8}", true), "abc\\u{8}");
        assert_eq!(output_line("\u{1b}[", true), "");
    }

    #[test]
    fn long_texts_hang() {
        assert_eq!(look(12).wrap("note: one two three", 6), "note: one\n      two\n      three");
    }
}
