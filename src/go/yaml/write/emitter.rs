//! Lines, indentation, and scalars in each style.
//!
//! Mirrors `emitterc.go` of `go.yaml.in/yaml/v2` and v3, as far as a value without anchors, comments and flow
//! collections needs it.

use super::Version;
use super::analyze::{Analysis, Char, analyze, is_printable, width};
use crate::go::yaml::scan::Style;

/// Version 2 folds longer lines where it can; version 3 never does.
const BEST_WIDTH: usize = 80;

/// A key longer than this is written behind a `?`.
const MAX_SIMPLE_KEY: usize = 128;

/// The text written so far and the state of its last line.
pub(super) struct Emitter {
    pub(super) out: Vec<u8>,
    /// In characters.
    column: usize,
    /// -1 outside of all collections.
    pub(super) indent: i32,
    /// The last thing written was whitespace.
    whitespace: bool,
    /// There is nothing but indentation and `-`, `?`, `:` in the line.
    pub(super) indention: bool,
    best_width: usize,
    version: Version,
}

/// A scalar ready to be written.
pub(super) struct Prepared<'s> {
    text: &'s [u8],
    analysis: Analysis,
    wanted: Style,
    binary: bool,
}

impl<'s> Prepared<'s> {
    pub(super) fn new(text: &'s [u8], wanted: Style, binary: bool, version: Version) -> Prepared<'s> {
        Prepared { text, analysis: analyze(text, version), wanted, binary }
    }

    /// Whether it can stand before a `:` in one line.
    pub(super) fn is_simple_key(&self) -> bool {
        // `!!` and `binary` count too.
        let tag = if self.binary { 8 } else { 0 };
        !self.analysis.multiline && self.text.len() + tag <= MAX_SIMPLE_KEY
    }

    fn style(&self, simple_key: bool) -> Style {
        let mut style = self.wanted;
        if simple_key && self.analysis.multiline {
            style = Style::DoubleQuoted;
        }
        if style == Style::Plain && (!self.analysis.plain || (self.text.is_empty() && simple_key)) {
            style = Style::SingleQuoted;
        }
        if style == Style::SingleQuoted && !self.analysis.single_quoted {
            style = Style::DoubleQuoted;
        }
        if style == Style::Literal && (!self.analysis.block || simple_key) {
            style = Style::DoubleQuoted;
        }
        style
    }
}

impl Emitter {
    pub(super) fn new(version: Version) -> Emitter {
        let best_width = if version == Version::V2 { BEST_WIDTH } else { usize::MAX };
        Emitter { out: Vec::new(), column: 0, indent: -1, whitespace: true, indention: true, best_width, version }
    }

    /// One level further right; gives the level to go back to.
    pub(super) fn increase_indent(&mut self, scalar: bool) -> i32 {
        let before = self.indent;
        self.indent = match before {
            ..0 if scalar => 2,
            ..0 => 0,
            _ => before + 2,
        };
        before
    }

    fn put(&mut self, byte: u8) {
        self.out.push(byte);
        self.column += 1;
    }

    fn put_break(&mut self) {
        self.out.push(b'\n');
        self.column = 0;
        self.indention = true;
    }

    /// Copies the first character; gives what follows it.
    fn put_char<'s>(&mut self, text: &'s [u8]) -> &'s [u8] {
        let width = text.first().map_or(1, |lead| width(*lead));
        let (char, rest) = text.split_at_checked(width).unwrap_or((text, b""));
        self.out.extend_from_slice(char);
        self.column += 1;
        rest
    }

    /// Copies a line break; gives what follows it.
    fn copy_break<'s>(&mut self, text: &'s [u8]) -> &'s [u8] {
        if let [b'\n', rest @ ..] = text {
            self.put_break();
            return rest;
        }
        let rest = self.put_char(text);
        self.column = 0;
        self.indention = true;
        rest
    }

    /// To the current indentation, in a new line if need be.
    pub(super) fn write_indent(&mut self) {
        let indent = usize::try_from(self.indent).unwrap_or(0);
        if !self.indention || self.column > indent || (self.column == indent && !self.whitespace) {
            self.put_break();
        }
        while self.column < indent {
            self.put(b' ');
        }
        self.whitespace = true;
        self.indention = true;
    }

    /// Punctuation; `indents` when what follows may stand in the same line and count as indented by it.
    pub(super) fn write_indicator(&mut self, text: &[u8], spaced: bool, whitespace: bool, indents: bool) {
        if spaced && !self.whitespace {
            self.put(b' ');
        }
        for byte in text {
            self.put(*byte);
        }
        self.whitespace = whitespace;
        self.indention &= indents;
    }

    pub(super) fn write_scalar(&mut self, scalar: &Prepared<'_>, simple_key: bool) {
        let style = scalar.style(simple_key);
        if scalar.binary {
            self.write_indicator(b"!!binary", true, false, false);
        }
        let before = self.increase_indent(true);
        match style {
            Style::Plain => self.write_plain(scalar.text, !simple_key),
            Style::SingleQuoted => self.write_single_quoted(scalar.text, !simple_key),
            Style::DoubleQuoted => self.write_double_quoted(scalar.text, !simple_key),
            Style::Literal | Style::Folded => self.write_literal(scalar.text),
        }
        self.indent = before;
    }

    fn may_fold(&self, allowed: bool, spaces: bool) -> bool {
        allowed && !spaces && self.column > self.best_width
    }

    fn write_plain(&mut self, text: &[u8], fold: bool) {
        if !self.whitespace && (self.version == Version::V2 || !text.is_empty()) {
            self.put(b' ');
        }
        // A plain scalar has no line breaks, and no space at either end.
        let mut rest = text;
        let mut spaces = false;
        while !rest.is_empty() {
            let space = rest.starts_with(b" ");
            if space && self.may_fold(fold, spaces) && !rest.starts_with(b"  ") {
                self.write_indent();
                rest = rest.get(1..).unwrap_or_default();
            } else {
                rest = self.put_char(rest);
            }
            spaces = space;
        }
        self.whitespace = false;
        self.indention = false;
    }

    fn write_single_quoted(&mut self, text: &[u8], fold: bool) {
        self.write_indicator(b"'", true, false, false);
        let mut rest = text;
        let (mut spaces, mut breaks) = (false, false);
        while let Some(byte) = rest.first() {
            match Char::of(rest) {
                Char::Space => {
                    let inside = rest.len() < text.len() && rest.len() > 1;
                    if self.may_fold(fold, spaces) && inside && !rest.starts_with(b"  ") {
                        self.write_indent();
                        rest = rest.get(1..).unwrap_or_default();
                    } else {
                        rest = self.put_char(rest);
                    }
                    spaces = true;
                }
                Char::Break => {
                    if !breaks && *byte == b'\n' {
                        self.put_break();
                    }
                    rest = self.copy_break(rest);
                    breaks = true;
                }
                Char::Other => {
                    if breaks {
                        self.write_indent();
                    }
                    if *byte == b'\'' {
                        self.put(b'\'');
                    }
                    rest = self.put_char(rest);
                    self.indention = false;
                    (spaces, breaks) = (false, false);
                }
            }
        }
        self.write_indicator(b"'", false, false, false);
    }

    fn write_double_quoted(&mut self, text: &[u8], fold: bool) {
        self.write_indicator(b"\"", true, false, false);
        // go-yaml looks for a byte order mark at the beginning of the text and not where it is.
        let escape_all = text.starts_with(&[0xef, 0xbb, 0xbf]);
        let mut rest = text;
        let mut spaces = false;
        while let Some(byte) = rest.first() {
            let escape = escape_all
                || matches!(byte, b'"' | b'\\' | b'\n')
                || !is_printable(rest)
                || Char::of(rest) == Char::Break;
            if escape {
                rest = self.write_escape(rest);
                spaces = false;
            } else if *byte == b' ' {
                let inside = rest.len() < text.len() && rest.len() > 1;
                if self.may_fold(fold, spaces) && inside {
                    self.write_indent();
                    if rest.starts_with(b"  ") {
                        self.put(b'\\');
                    }
                    rest = rest.get(1..).unwrap_or_default();
                } else {
                    rest = self.put_char(rest);
                }
                spaces = true;
            } else {
                rest = self.put_char(rest);
                spaces = false;
            }
        }
        self.write_indicator(b"\"", false, false, false);
    }

    fn write_escape<'s>(&mut self, text: &'s [u8]) -> &'s [u8] {
        let width = text.first().map_or(1, |lead| width(*lead)).min(text.len());
        let (char, rest) = text.split_at(width);
        let (rune, _) = crate::go::utf8::decode(char);
        self.put(b'\\');
        let short = match rune {
            0x00 => b'0',
            0x07 => b'a',
            0x08 => b'b',
            0x09 => b't',
            0x0a => b'n',
            0x0b => b'v',
            0x0c => b'f',
            0x0d => b'r',
            0x1b => b'e',
            0x22 => b'"',
            0x5c => b'\\',
            0x85 => b'N',
            0xa0 => b'_',
            0x2028 => b'L',
            0x2029 => b'P',
            _ => {
                let digits = match rune {
                    0..=0xff => format!("x{rune:02X}"),
                    0x100..=0xffff => format!("u{rune:04X}"),
                    _ => format!("U{rune:08X}"),
                };
                digits.bytes().for_each(|digit| self.put(digit));
                return rest;
            }
        };
        self.put(short);
        rest
    }

    fn write_literal(&mut self, text: &[u8]) {
        self.write_indicator(b"|", true, false, false);
        if Char::of(text) != Char::Other {
            self.write_indicator(b"2", false, false, false);
        }
        if let Some(chomp) = chomp_hint(text) {
            self.write_indicator(&[chomp], false, false, false);
        }
        self.put_break();
        self.whitespace = true;
        let mut rest = text;
        let mut breaks = true;
        while !rest.is_empty() {
            if Char::of(rest) == Char::Break {
                rest = self.copy_break(rest);
                breaks = true;
                continue;
            }
            if breaks {
                self.write_indent();
                self.indention = false;
                breaks = false;
            }
            rest = self.put_char(rest);
        }
    }
}

/// `-` when there is no line break at the end, `+` when there are several or nothing else.
fn chomp_hint(text: &[u8]) -> Option<u8> {
    let last_char = |text: &[u8]| text.iter().rposition(|byte| byte & 0xc0 != 0x80);
    let Some(last) = last_char(text).filter(|at| is_break_at(text, *at)) else { return Some(b'-') };
    match last_char(text.get(..last).unwrap_or_default()) {
        None => Some(b'+'),
        Some(before) => is_break_at(text, before).then_some(b'+'),
    }
}

fn is_break_at(text: &[u8], at: usize) -> bool {
    Char::of(text.get(at..).unwrap_or_default()) == Char::Break
}
