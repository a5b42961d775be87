//! The lexer: template text to tokens, with Go's trimming of space and Go's words for what it cannot read.
//!
//! Mirrors `text/template/parse/lex.go`. Knows nothing of the grammar beyond what is inside `{{ }}` and what is not, so all
//! tokens are read before the first is looked at. Lines are not counted: a token's place tells its line.

use bstr::{ByteSlice, Finder};

use super::token::{Token, TokenKind, Tokens};
use crate::go::strconv::quote;
use crate::go::template::text;
use crate::go::utf8;

/// Which words are keywords: those that are not the names of functions.
#[derive(Clone, Copy)]
pub(super) struct Keywords {
    pub(super) break_: bool,
    pub(super) continue_: bool,
}

/// Templates of charts have a token for each fifteen bytes or so.
const BYTES_A_TOKEN: usize = 12;

/// Cuts a text into tokens, for which there is room.
pub(super) fn lex(input: &[u8], keywords: Keywords, mut tokens: Vec<Token>) -> Tokens {
    tokens.clear();
    tokens.reserve(input.len() / BYTES_A_TOKEN);
    let delim = Finder::new(b"{{");
    let mut lexer =
        Lexer { input, delim, keywords, pos: 0, start: 0, spaced: false, parens: 0, tokens, error: String::new() };
    while lexer.text() && lexer.action() {}
    Tokens { list: lexer.tokens, error: lexer.error }
}

struct Lexer<'a> {
    input: &'a [u8],
    delim: Finder<'static>,
    keywords: Keywords,
    pos: usize,
    start: usize,
    /// Whether there is space before `start`.
    spaced: bool,
    parens: u32,
    tokens: Vec<Token>,
    error: String,
}

/// Whether there is more to read; false after the last token.
type More = bool;

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a [u8] {
        self.input.get(self.pos..).unwrap_or_default()
    }

    fn pending(&self) -> &'a [u8] {
        self.input.get(self.start..self.pos).unwrap_or_default()
    }

    fn byte(&self) -> Option<u8> {
        self.input.get(self.pos).copied()
    }

    /// The next character and its width.
    fn peek(&self) -> Option<(u32, usize)> {
        match self.byte()? {
            byte @ ..0x80 => Some((u32::from(byte), 1)),
            _ => Some(utf8::decode(self.rest())),
        }
    }

    fn accept(&mut self, set: &[u8]) -> bool {
        let found = self.byte().is_some_and(|b| set.contains(&b));
        self.pos += usize::from(found);
        found
    }

    fn accept_run(&mut self, set: &[u8]) {
        while self.accept(set) {}
    }

    fn emit(&mut self, kind: TokenKind) -> More {
        let spaced = std::mem::take(&mut self.spaced);
        self.tokens.push(Token { kind, spaced, start: narrow(self.start), end: narrow(self.pos) });
        self.start = self.pos;
        true
    }

    fn skip(&mut self, width: usize) {
        self.pos += width;
        self.start = self.pos;
    }

    fn fail(&mut self, words: impl Into<String>) -> More {
        self.error = words.into();
        self.emit(TokenKind::Error);
        false
    }

    /// Outside of actions: text up to the next `{{`, without the space a trim marker takes. Comments are skipped here.
    fn text(&mut self) -> More {
        loop {
            let rest = self.rest();
            let Some(before) = self.delim.find(rest) else {
                self.pos += rest.len();
                if !rest.is_empty() {
                    self.emit(TokenKind::Text);
                }
                self.emit(TokenKind::Eof);
                return false;
            };
            let (text, after) = rest.split_at(before);
            let marker = trim_marker(after.get(2..).unwrap_or_default()) as usize;
            let kept = if marker > 0 { trim_end(text) } else { text };
            if !kept.is_empty() {
                self.pos += kept.len();
                self.emit(TokenKind::Text);
            }
            self.skip(before - kept.len());
            if !after.get(2 + marker..).unwrap_or_default().starts_with(b"/*") {
                self.pos += 2;
                self.emit(TokenKind::LeftDelim);
                self.skip(marker);
                self.parens = 0;
                return true;
            }
            self.skip(2 + marker);
            if !self.comment() {
                return false;
            }
        }
    }

    fn comment(&mut self) -> More {
        self.pos += 2;
        let Some(length) = self.rest().find(b"*/") else { return self.fail("unclosed comment") };
        self.pos += length + 2;
        match self.right_delim() {
            None => return self.fail("comment ends before closing delimiter"),
            Some(false) => self.skip(2),
            Some(true) => {
                self.pos += 4;
                self.skip(leading_space(self.rest()));
            }
        }
        true
    }

    /// Whether `}}` is next, and if so whether a trim marker stands before it.
    fn right_delim(&self) -> Option<bool> {
        match self.rest() {
            [b'}', b'}', ..] => Some(false),
            [space, b'-', b'}', b'}', ..] if is_space(*space) => Some(true),
            _ => None,
        }
    }

    /// Inside of an action, up to its end.
    fn action(&mut self) -> More {
        loop {
            let more = match self.rest() {
                [b'}', b'}', ..] => return self.action_end(false),
                [space, rest @ ..] if is_space(*space) => {
                    if rest.starts_with(TRIM_END) {
                        return self.action_end(true);
                    }
                    self.space(rest);
                    continue;
                }
                [] => self.fail("unclosed action"),
                [ascii @ ..0x80, ..] => self.ascii_token(*ascii),
                _ => self.other_token(),
            };
            if !more {
                return false;
            }
        }
    }

    fn action_end(&mut self, trims: bool) -> More {
        if self.parens > 0 {
            return self.fail("unclosed left paren");
        }
        if trims {
            self.skip(2);
        }
        self.pos += 2;
        self.emit(TokenKind::RightDelim);
        if trims {
            self.skip(leading_space(self.rest()));
        }
        true
    }

    /// A token that begins outside of ASCII.
    fn other_token(&mut self) -> More {
        let (char, width) = utf8::decode(self.rest());
        self.pos += width;
        if text::is_alphanumeric(char) { self.identifier() } else { self.unrecognized(char) }
    }

    fn unrecognized(&mut self, char: u32) -> More {
        self.fail(format!("unrecognized character in action: {}", text::unicode_name(char)))
    }

    fn ascii_token(&mut self, ascii: u8) -> More {
        self.pos += 1;
        match ascii {
            b'_' | b'a'..=b'z' | b'A'..=b'Z' => self.identifier(),
            b'.' if self.byte().is_some_and(|b| !b.is_ascii_digit()) => self.name(TokenKind::Field, TokenKind::Dot),
            b'"' => self.quote(b'"', TokenKind::String, "unterminated quoted string"),
            b'$' => self.name(TokenKind::Variable, TokenKind::Variable),
            b'(' => {
                self.parens += 1;
                self.emit(TokenKind::LeftParen)
            }
            b')' => match self.parens.checked_sub(1) {
                Some(parens) => {
                    self.parens = parens;
                    self.emit(TokenKind::RightParen)
                }
                None => self.fail("unexpected right paren"),
            },
            b'|' => self.emit(TokenKind::Pipe),
            b'=' => self.emit(TokenKind::Assign),
            b':' if self.accept(b"=") => self.emit(TokenKind::Declare),
            b':' => self.fail("expected :="),
            b'`' => self.raw_quote(),
            b'\'' => self.quote(b'\'', TokenKind::CharConstant, "unterminated character constant"),
            b'.' | b'+' | b'-' | b'0'..=b'9' => {
                self.pos -= 1;
                self.number()
            }
            b' '..=b'~' => self.emit(TokenKind::Char),
            _ => self.unrecognized(u32::from(ascii)),
        }
    }

    /// A run of space, of which `rest` is what stands behind its first character; the last one may belong to a trim marker.
    fn space(&mut self, rest: &[u8]) {
        let more = leading_space(rest);
        let trims = more > 0 && rest.get(more..).is_some_and(|after| after.starts_with(TRIM_END));
        self.skip(1 + more - usize::from(trims));
        self.spaced = true;
    }

    /// Reads the rest of a name. A failure, when something stands behind it that may not.
    fn rest_of_name(&mut self) -> Result<(), More> {
        loop {
            let rest = self.rest();
            self.pos += rest.iter().position(|byte| !is_name(*byte)).unwrap_or(rest.len());
            if self.at_terminator() {
                return Ok(());
            }
            match self.peek() {
                Some((char, width)) if width > 1 && text::is_alphanumeric(char) => self.pos += width,
                Some((char, _)) => return Err(self.fail(format!("bad character {}", text::unicode_name(char)))),
                None => return Ok(()),
            }
        }
    }

    fn identifier(&mut self) -> More {
        if let Err(more) = self.rest_of_name() {
            return more;
        }
        let kind = match self.pending() {
            b"block" => TokenKind::Block,
            b"break" if self.keywords.break_ => TokenKind::Break,
            b"continue" if self.keywords.continue_ => TokenKind::Continue,
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
    fn name(&mut self, named: TokenKind, alone: TokenKind) -> More {
        if self.at_terminator() {
            return self.emit(alone);
        }
        match self.rest_of_name() {
            Ok(()) => self.emit(named),
            Err(more) => more,
        }
    }

    #[inline]
    fn at_terminator(&self) -> bool {
        matches!(
            self.rest(),
            [] | [b' ' | b'\t' | b'\r' | b'\n' | b'.' | b',' | b'|' | b':' | b')' | b'(', ..] | [b'}', b'}', ..]
        )
    }

    fn quote(&mut self, end: u8, kind: TokenKind, unterminated: &str) -> More {
        loop {
            match self.rest() {
                [] | [b'\n', ..] | [b'\\'] | [b'\\', b'\n', ..] => return self.fail(unterminated),
                [b'\\', _, ..] => self.pos += 2,
                [byte, ..] if *byte == end => {
                    self.pos += 1;
                    return self.emit(kind);
                }
                rest => {
                    let run = rest.iter().position(|byte| *byte == end || matches!(byte, b'\\' | b'\n'));
                    self.pos += run.unwrap_or(rest.len());
                }
            }
        }
    }

    fn raw_quote(&mut self) -> More {
        let Some(length) = self.rest().find_byte(b'`') else { return self.fail("unterminated raw quoted string") };
        self.pos += length + 1;
        self.emit(TokenKind::RawString)
    }

    fn number(&mut self) -> More {
        if !self.scan_number() {
            return self.bad_number();
        }
        if matches!(self.byte(), Some(b'+' | b'-')) {
            if !self.scan_number() || !self.pending().ends_with(b"i") {
                return self.bad_number();
            }
            return self.emit(TokenKind::Complex);
        }
        self.emit(TokenKind::Number)
    }

    fn bad_number(&mut self) -> More {
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
        match self.peek() {
            Some((after, width)) if text::is_alphanumeric(after) => {
                self.pos += width;
                false
            }
            _ => true,
        }
    }
}

/// What follows the space of a trim marker at the end of an action.
const TRIM_END: &[u8] = b"-}}";

/// Which bytes of ASCII a name is made of.
const NAME: [bool; 256] = {
    let mut name = [false; 256];
    let mut byte = 0_u8;
    while byte < 0x80 {
        // The index is a byte's value: there are 256 of them.
        name[byte as usize] = byte.is_ascii_alphanumeric() || byte == b'_';
        byte += 1;
    }
    name
};

#[inline]
fn is_name(byte: u8) -> bool {
    NAME.get(usize::from(byte)).is_some_and(|is_name| *is_name)
}

/// How long the trim marker is with which an action may begin, after its `{{`.
pub(super) fn trim_marker(action: &[u8]) -> u32 {
    match action {
        [b'-', space, ..] if is_space(*space) => 2,
        _ => 0,
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
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
