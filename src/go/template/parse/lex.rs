//! The lexer: template text to tokens, with Go's trimming of space and Go's words for what it cannot read.
//!
//! Mirrors `text/template/parse/lex.go`. Knows nothing of the grammar beyond what is inside `{{ }}` and what is not.

use bstr::ByteSlice;

use super::token::{Token, TokenKind};
use crate::go::strconv::quote;
use crate::go::template::text;
use crate::go::utf8;

/// A character of the text, or its end.
const EOF: u32 = u32::MAX;

pub(super) struct Lexer<'a> {
    input: &'a [u8],
    /// Set by an error: what follows is read as if the text were empty.
    stopped: bool,
    pos: usize,
    start: usize,
    width: usize,
    line: u32,
    start_line: u32,
    parens: i64,
    inside_action: bool,
    break_is_keyword: bool,
    continue_is_keyword: bool,
    error: String,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(input: &'a [u8], break_is_keyword: bool, continue_is_keyword: bool) -> Lexer<'a> {
        Lexer {
            input,
            stopped: false,
            pos: 0,
            start: 0,
            width: 0,
            line: 1,
            start_line: 1,
            parens: 0,
            inside_action: false,
            break_is_keyword,
            continue_is_keyword,
            error: String::new(),
        }
    }

    /// The words of the error token.
    pub(super) fn error(&self) -> &str {
        &self.error
    }

    pub(super) fn next_token(&mut self) -> Token {
        if self.inside_action { self.action() } else { self.text() }
    }

    fn rest(&self) -> &'a [u8] {
        if self.stopped { &[] } else { self.input.get(self.pos..).unwrap_or_default() }
    }

    fn pending(&self) -> &'a [u8] {
        if self.stopped { &[] } else { self.input.get(self.start..self.pos).unwrap_or_default() }
    }

    fn next(&mut self) -> u32 {
        let rest = self.rest();
        let Some(first) = rest.first() else {
            self.width = 0;
            return EOF;
        };
        let (char, width) = if *first < 0x80 { (u32::from(*first), 1) } else { utf8::decode(rest) };
        self.width = width;
        self.pos += width;
        if char == u32::from(b'\n') {
            self.line += 1;
        }
        char
    }

    /// Takes back the last [`Lexer::next`].
    fn backup(&mut self) {
        self.pos -= self.width;
        if self.width == 1 && self.rest().first() == Some(&b'\n') {
            self.line -= 1;
        }
        self.width = 0;
    }

    fn peek(&mut self) -> u32 {
        let char = self.next();
        self.backup();
        char
    }

    fn accept(&mut self, set: &[u8]) -> bool {
        let found = self.rest().first().is_some_and(|b| set.contains(b));
        if found {
            self.pos += 1;
        }
        found
    }

    fn accept_run(&mut self, set: &[u8]) {
        while self.accept(set) {}
    }

    fn emit(&mut self, kind: TokenKind) -> Token {
        let token = Token { kind, start: narrow(self.start), end: narrow(self.pos), line: self.start_line };
        self.start = self.pos;
        self.start_line = self.line;
        token
    }

    /// Drops what was skipped without [`Lexer::next`].
    fn ignore(&mut self) {
        self.line += newlines(self.pending());
        self.start = self.pos;
        self.start_line = self.line;
    }

    fn fail(&mut self, words: impl Into<String>) -> Token {
        let token = Token {
            kind: TokenKind::Error,
            start: narrow(self.start),
            end: narrow(self.pos.max(self.start)),
            line: self.start_line,
        };
        self.error = words.into();
        self.stopped = true;
        self.pos = 0;
        self.start = 0;
        token
    }

    /// Outside of actions: text up to the next `{{`, without the space a trim marker takes. Comments are skipped here.
    fn text(&mut self) -> Token {
        loop {
            let rest = self.rest();
            let Some(before) = find_delim(rest) else {
                self.pos += rest.len();
                self.line += newlines(rest);
                let kind = if rest.is_empty() { TokenKind::Eof } else { TokenKind::Text };
                return self.emit(kind);
            };
            if before > 0 {
                let (text, after) = rest.split_at(before);
                let kept = if has_left_trim_marker(after.get(2..).unwrap_or_default()) { trim_end(text) } else { text };
                self.pos += kept.len();
                self.line += newlines(kept);
                let token = self.emit(TokenKind::Text);
                self.pos += before - kept.len();
                self.ignore();
                if !kept.is_empty() {
                    return token;
                }
            }
            if let Some(token) = self.left_delim() {
                return token;
            }
        }
    }

    /// At `{{`. `None` after a comment.
    fn left_delim(&mut self) -> Option<Token> {
        self.pos += 2;
        let marker = if has_left_trim_marker(self.rest()) { 2 } else { 0 };
        if self.rest().get(marker..).unwrap_or_default().starts_with(b"/*") {
            self.pos += marker;
            self.ignore();
            return self.comment();
        }
        let token = self.emit(TokenKind::LeftDelim);
        self.inside_action = true;
        self.pos += marker;
        self.ignore();
        self.parens = 0;
        Some(token)
    }

    fn comment(&mut self) -> Option<Token> {
        self.pos += 2;
        let Some(length) = self.rest().find(b"*/") else { return Some(self.fail("unclosed comment")) };
        self.pos += length + 2;
        let (closed, trim) = self.at_right_delim();
        if !closed {
            return Some(self.fail("comment ends before closing delimiter"));
        }
        self.line += newlines(self.pending());
        self.start = self.pos;
        self.pos += if trim { 4 } else { 2 };
        if trim {
            self.pos += leading_space(self.rest());
        }
        self.ignore();
        None
    }

    /// Whether `}}` is next, and whether a trim marker stands before it.
    fn at_right_delim(&self) -> (bool, bool) {
        match self.rest() {
            [b' ' | b'\t' | b'\r' | b'\n', b'-', b'}', b'}', ..] => (true, true),
            [b'}', b'}', ..] => (true, false),
            _ => (false, false),
        }
    }

    fn right_delim(&mut self) -> Token {
        let (_, trim) = self.at_right_delim();
        if trim {
            self.pos += 2;
            self.ignore();
        }
        self.pos += 2;
        let token = self.emit(TokenKind::RightDelim);
        if trim {
            self.pos += leading_space(self.rest());
            self.ignore();
        }
        self.inside_action = false;
        token
    }

    fn action(&mut self) -> Token {
        if self.at_right_delim().0 {
            return if self.parens == 0 { self.right_delim() } else { self.fail("unclosed left paren") };
        }
        let char = self.next();
        let Some(ascii) = u8::try_from(char).ok().filter(u8::is_ascii) else {
            return match char {
                EOF => self.fail("unclosed action"),
                _ if text::is_alphanumeric(char) => self.identifier(),
                _ => self.fail(format!("unrecognized character in action: {}", text::unicode_name(char))),
            };
        };
        match ascii {
            b' ' | b'\t' | b'\r' | b'\n' => self.space(),
            b'=' => self.emit(TokenKind::Assign),
            b':' => {
                if self.next() == u32::from(b'=') {
                    self.emit(TokenKind::Declare)
                } else {
                    self.fail("expected :=")
                }
            }
            b'|' => self.emit(TokenKind::Pipe),
            b'"' => self.quote(b'"', TokenKind::String, "unterminated quoted string"),
            b'`' => self.raw_quote(),
            b'$' => self.name(TokenKind::Variable, TokenKind::Variable),
            b'\'' => self.quote(b'\'', TokenKind::CharConstant, "unterminated character constant"),
            b'.' if self.rest().first().is_some_and(|b| !b.is_ascii_digit()) => {
                self.name(TokenKind::Field, TokenKind::Dot)
            }
            b'.' | b'+' | b'-' | b'0'..=b'9' => {
                self.backup();
                self.number()
            }
            b'_' | b'a'..=b'z' | b'A'..=b'Z' => self.identifier(),
            b'(' => {
                self.parens += 1;
                self.emit(TokenKind::LeftParen)
            }
            b')' => {
                self.parens -= 1;
                if self.parens < 0 {
                    return self.fail("unexpected right paren");
                }
                self.emit(TokenKind::RightParen)
            }
            b' '..=b'~' => self.emit(TokenKind::Char),
            _ => self.fail(format!("unrecognized character in action: {}", text::unicode_name(char))),
        }
    }

    /// A run of space, whose first character has been read; the last one may belong to a trim marker.
    fn space(&mut self) -> Token {
        while self.rest().first().is_some_and(|b| is_space(*b)) {
            self.next();
        }
        if self.rest().starts_with(b"-}}") {
            self.width = 1;
            self.backup();
            if self.pos == self.start {
                return self.right_delim();
            }
        }
        self.emit(TokenKind::Space)
    }

    fn skip_alphanumeric(&mut self) -> u32 {
        loop {
            let ascii = self.rest().iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
            self.pos += ascii;
            let char = self.next();
            if !text::is_alphanumeric(char) {
                self.backup();
                return char;
            }
        }
    }

    fn identifier(&mut self) -> Token {
        let after = self.skip_alphanumeric();
        let word = self.pending();
        if !self.at_terminator() {
            return self.fail(format!("bad character {}", text::unicode_name(after)));
        }
        let kind = match word {
            b"block" => TokenKind::Block,
            b"break" if self.break_is_keyword => TokenKind::Break,
            b"continue" if self.continue_is_keyword => TokenKind::Continue,
            b"define" => TokenKind::Define,
            b"else" => TokenKind::Else,
            b"end" => TokenKind::End,
            b"if" => TokenKind::If,
            b"range" => TokenKind::Range,
            b"nil" => TokenKind::Nil,
            b"template" => TokenKind::Template,
            b"with" => TokenKind::With,
            b"true" | b"false" => TokenKind::Bool,
            _ => TokenKind::Identifier,
        };
        self.emit(kind)
    }

    /// After `.` or `$`: a field or a variable, or the sign alone.
    fn name(&mut self, named: TokenKind, alone: TokenKind) -> Token {
        if self.at_terminator() {
            return self.emit(alone);
        }
        let after = self.skip_alphanumeric();
        if !self.at_terminator() {
            return self.fail(format!("bad character {}", text::unicode_name(after)));
        }
        self.emit(named)
    }

    fn at_terminator(&mut self) -> bool {
        let char = self.peek();
        char == EOF
            || u8::try_from(char).is_ok_and(|b| is_space(b) || matches!(b, b'.' | b',' | b'|' | b':' | b')' | b'('))
            || self.rest().starts_with(b"}}")
    }

    fn quote(&mut self, end: u8, kind: TokenKind, unterminated: &str) -> Token {
        let newline = u32::from(b'\n');
        loop {
            let mut char = self.next();
            if char == u32::from(b'\\') {
                char = self.next();
                if char != EOF && char != newline {
                    continue;
                }
            }
            if char == EOF || char == newline {
                return self.fail(unterminated);
            }
            if char == u32::from(end) {
                return self.emit(kind);
            }
        }
    }

    fn raw_quote(&mut self) -> Token {
        let Some(length) = self.rest().find_byte(b'`') else { return self.fail("unterminated raw quoted string") };
        self.line += newlines(self.rest().get(..length).unwrap_or_default());
        self.pos += length + 1;
        self.emit(TokenKind::RawString)
    }

    fn number(&mut self) -> Token {
        if !self.scan_number() {
            return self.bad_number();
        }
        if matches!(self.rest().first(), Some(b'+' | b'-')) {
            if !self.scan_number() || !self.pending().ends_with(b"i") {
                return self.bad_number();
            }
            return self.emit(TokenKind::Complex);
        }
        self.emit(TokenKind::Number)
    }

    fn bad_number(&mut self) -> Token {
        let words = format!("bad number syntax: {}", quote(self.pending()));
        self.fail(words)
    }

    /// Reads what looks like a number; the parser finds out whether it is one.
    fn scan_number(&mut self) -> bool {
        self.accept(b"+-");
        let mut digits: &[u8] = b"0123456789_";
        if self.accept(b"0") {
            if self.accept(b"xX") {
                digits = b"0123456789abcdefABCDEF_";
            } else if self.accept(b"oO") {
                digits = b"01234567_";
            } else if self.accept(b"bB") {
                digits = b"01_";
            }
        }
        self.accept_run(digits);
        if self.accept(b".") {
            self.accept_run(digits);
        }
        let exponent: &[u8] = match digits.len() {
            11 => b"eE",
            23 => b"pP",
            _ => b"",
        };
        if self.accept(exponent) {
            self.accept(b"+-");
            self.accept_run(b"0123456789_");
        }
        self.accept(b"i");
        let after = self.peek();
        if text::is_alphanumeric(after) {
            self.next();
            return false;
        }
        true
    }
}

/// Where the next `{{` is.
fn find_delim(text: &[u8]) -> Option<usize> {
    let mut from = 0;
    loop {
        let at = from + text.get(from..)?.find_byte(b'{')?;
        if text.get(at + 1) == Some(&b'{') {
            return Some(at);
        }
        from = at + 1;
    }
}

fn newlines(text: &[u8]) -> u32 {
    narrow(text.iter().filter(|b| **b == b'\n').count())
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

fn has_left_trim_marker(after: &[u8]) -> bool {
    matches!(after, [b'-', b' ' | b'\t' | b'\r' | b'\n', ..])
}

fn leading_space(text: &[u8]) -> usize {
    text.iter().take_while(|b| is_space(**b)).count()
}

fn trim_end(text: &[u8]) -> &[u8] {
    let kept = text.iter().rposition(|b| !is_space(*b)).map_or(0, |at| at + 1);
    text.get(..kept).unwrap_or_default()
}

/// The parser refuses texts whose offsets do not fit.
fn narrow(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
