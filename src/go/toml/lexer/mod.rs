//! The tokens of a TOML document. Mirrors `lex.go`: a machine whose states are kept on a stack.
//!
//! Whether a number or a date is a good one is found out later; here they are runs of the right characters.

mod strings;
mod values;

use super::key::is_bare;
use crate::go::strconv::append_quote_rune;
use crate::go::utf8;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Eof,
    Text,
    String,
    EscapedString,
    RawString,
    MultilineString,
    RawMultilineString,
    Bool,
    Integer,
    Float,
    Datetime,
    Array,
    ArrayEnd,
    TableStart,
    TableEnd,
    ArrayTableStart,
    ArrayTableEnd,
    KeyStart,
    KeyEnd,
    CommentStart,
    InlineTableStart,
    InlineTableEnd,
}

/// A token.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item<'a> {
    pub(super) kind: Kind,
    pub(super) text: &'a [u8],
    /// The line its end is on.
    pub(super) line: i64,
}

/// Text that makes no token.
#[derive(Debug)]
pub(super) struct LexError {
    pub(super) line: i64,
    pub(super) message: String,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Top,
    TopEnd,
    TableStart,
    TableEnd,
    ArrayTableEnd,
    TableNameStart,
    TableNameEnd,
    BareName,
    QuotedName,
    KeyStart,
    KeyNameStart,
    KeyEnd,
    Value,
    ArrayValue,
    ArrayValueEnd,
    InlineTableValue,
    InlineTableValueEnd,
    String,
    MultilineString,
    RawString,
    MultilineRawString,
    StringEscape,
    Comment,
    /// Nothing comes after the end.
    Done,
}

/// What stands for the end of the text among the characters; a real NUL is refused before it is seen.
const EOF: char = '\0';

type Step = Result<State, LexError>;

pub(super) struct Lexer<'a> {
    input: &'a [u8],
    /// Where the current token begins.
    start: usize,
    pos: usize,
    line: i64,
    at_eof: bool,
    /// The current string has an escape in it.
    escaped: bool,
    state: State,
    /// Where to go on after a value, a name or a comment.
    stack: Vec<State>,
    item: Option<Item<'a>>,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(input: &'a [u8]) -> Lexer<'a> {
        Lexer {
            input,
            start: 0,
            pos: 0,
            line: 1,
            at_eof: false,
            escaped: false,
            state: State::Top,
            stack: Vec::new(),
            item: None,
        }
    }

    /// The next token.
    pub(super) fn item(&mut self) -> Result<Item<'a>, LexError> {
        loop {
            if let Some(item) = self.item.take() {
                return Ok(item);
            }
            self.state = self.step()?;
        }
    }

    fn step(&mut self) -> Step {
        match self.state {
            State::Top => self.top(),
            State::TopEnd => self.top_end(),
            State::TableStart => self.table_start(),
            State::TableEnd => {
                self.emit(Kind::TableEnd);
                Ok(State::TopEnd)
            }
            State::ArrayTableEnd => self.array_table_end(),
            State::TableNameStart => self.table_name_start(),
            State::TableNameEnd => self.table_name_end(),
            State::BareName => self.bare_name(),
            State::QuotedName => self.quoted_name(),
            State::KeyStart => self.key_start(),
            State::KeyNameStart => self.key_name_start(),
            State::KeyEnd => self.key_end(),
            State::Value => self.value(),
            State::ArrayValue => self.array_value(),
            State::ArrayValueEnd => self.array_value_end(),
            State::InlineTableValue => self.inline_table_value(),
            State::InlineTableValueEnd => self.inline_table_value_end(),
            State::String => self.string(),
            State::MultilineString => self.multiline_string(),
            State::RawString => self.raw_string(),
            State::MultilineRawString => self.multiline_raw_string(),
            State::StringEscape => self.string_escape(),
            State::Comment => self.comment(),
            State::Done => {
                self.emit(Kind::Eof);
                Ok(State::Done)
            }
        }
    }

    fn pop(&mut self) -> State {
        self.stack.pop().unwrap_or(State::Done)
    }

    fn current(&self) -> &'a [u8] {
        self.input.get(self.start..self.pos).unwrap_or_default()
    }

    fn emit(&mut self, kind: Kind) {
        self.item = Some(Item { kind, text: self.current(), line: self.line });
        self.start = self.pos;
    }

    fn ignore(&mut self) {
        self.start = self.pos;
    }

    fn skip_to(&mut self, state: State) -> Step {
        self.ignore();
        Ok(state)
    }

    /// Consumes a rune.
    fn next(&mut self) -> Result<char, LexError> {
        let rest = self.input.get(self.pos..).unwrap_or_default();
        let Some(&byte) = rest.first() else {
            self.at_eof = true;
            return Ok(EOF);
        };
        if byte == b'\n' {
            self.line += 1;
        }
        let (rune, width) = utf8::decode(rest);
        if rune == utf8::RUNE_ERROR && width == 1 {
            return Err(self.here(format!("invalid UTF-8 byte: 0x{byte:02x}")));
        }
        let lone_return = rune == 0x0d && rest.get(1) != Some(&b'\n');
        if is_control(rune) || lone_return {
            return Err(self.here(format!("TOML files cannot contain control characters: '0x{rune:02x}'")));
        }
        self.pos += width;
        // Well-formed, so it is a character.
        Ok(char::from_u32(rune).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    /// Takes one rune back.
    fn back(&mut self) {
        if self.at_eof {
            self.at_eof = false;
            return;
        }
        loop {
            self.pos = self.pos.saturating_sub(1);
            match self.input.get(self.pos) {
                // The middle of a rune.
                Some(0x80..=0xbf) if self.pos > 0 => {}
                Some(b'\n') => return self.line -= 1,
                _ => return,
            }
        }
    }

    fn accept(&mut self, wanted: char) -> Result<bool, LexError> {
        let found = self.next()? == wanted;
        if !found {
            self.back();
        }
        Ok(found)
    }

    fn peek(&mut self) -> Result<char, LexError> {
        let rune = self.next()?;
        self.back();
        Ok(rune)
    }

    fn skip_blanks(&mut self) -> Result<(), LexError> {
        while is_blank(self.next()?) {}
        self.back();
        self.ignore();
        Ok(())
    }

    fn here(&self, message: impl Into<String>) -> LexError {
        LexError { line: self.line, message: message.into() }
    }

    /// An error on this line; at the end of the text on the last one that is not empty.
    fn error(&self, message: impl Into<String>) -> LexError {
        let empty_line = self.at_eof && self.pos > 0 && self.input.get(self.pos - 1) == Some(&b'\n');
        LexError { line: self.line - i64::from(empty_line), message: message.into() }
    }

    fn fail(&self, message: impl Into<String>) -> Step {
        Err(self.error(message))
    }

    fn fail_on_line_before(&self, message: impl Into<String>) -> Step {
        Err(LexError { line: self.line - 1, message: message.into() })
    }

    fn top(&mut self) -> Step {
        match self.next()? {
            '\t' | ' ' | '\n' | '\r' => self.skip_to(State::Top),
            '#' => self.comment_then(State::Top),
            '[' => Ok(State::TableStart),
            EOF => Ok(State::Done),
            _ => {
                self.back();
                self.stack.push(State::TopEnd);
                Ok(State::KeyStart)
            }
        }
    }

    fn top_end(&mut self) -> Step {
        let rune = self.next()?;
        match rune {
            '#' => self.comment_then(State::Top),
            '\t' | ' ' => Ok(State::TopEnd),
            '\n' | '\r' => self.skip_to(State::Top),
            EOF => Ok(State::Done),
            _ => self.fail(format!(
                "expected a top-level item to end with a newline, comment, or EOF, but got {} instead",
                quoted(rune)
            )),
        }
    }

    fn comment_then(&mut self, state: State) -> Step {
        self.stack.push(state);
        self.ignore();
        self.emit(Kind::CommentStart);
        Ok(State::Comment)
    }

    fn comment(&mut self) -> Step {
        while !matches!(self.next()?, '\n' | '\r' | EOF) {}
        self.back();
        self.emit(Kind::Text);
        Ok(self.pop())
    }

    fn table_start(&mut self) -> Step {
        if self.peek()? == '[' {
            self.next()?;
            self.emit(Kind::ArrayTableStart);
            self.stack.push(State::ArrayTableEnd);
        } else {
            self.emit(Kind::TableStart);
            self.stack.push(State::TableEnd);
        }
        Ok(State::TableNameStart)
    }

    fn array_table_end(&mut self) -> Step {
        let rune = self.next()?;
        if rune != ']' {
            let got = quoted(rune);
            return self.fail(format!("expected end of table array name delimiter ']', but got {got} instead"));
        }
        self.emit(Kind::ArrayTableEnd);
        Ok(State::TopEnd)
    }

    fn table_name_start(&mut self) -> Step {
        self.skip_blanks()?;
        match self.peek()? {
            ']' | EOF => self.fail("unexpected end of table name (table names cannot be empty)"),
            '.' => self.fail("unexpected table separator (table names cannot be empty)"),
            '"' | '\'' => {
                self.ignore();
                self.stack.push(State::TableNameEnd);
                Ok(State::QuotedName)
            }
            _ => {
                self.stack.push(State::TableNameEnd);
                Ok(State::BareName)
            }
        }
    }

    fn table_name_end(&mut self) -> Step {
        self.skip_blanks()?;
        let rune = self.next()?;
        match rune {
            '.' => self.skip_to(State::TableNameStart),
            ']' => Ok(self.pop()),
            _ => self.fail(format!("expected '.' or ']' to end table name, but got {} instead", quoted(rune))),
        }
    }

    fn bare_name(&mut self) -> Step {
        while u8::try_from(self.next()?).is_ok_and(is_bare) {}
        self.back();
        self.emit(Kind::Text);
        Ok(self.pop())
    }

    fn quoted_name(&mut self) -> Step {
        let state = if self.next()? == '"' { State::String } else { State::RawString };
        self.skip_to(state)
    }

    fn key_start(&mut self) -> Step {
        self.skip_blanks()?;
        match self.peek()? {
            '=' | EOF => self.fail("unexpected '=': key name appears blank"),
            '.' => self.fail("unexpected '.': keys cannot start with a '.'"),
            _ => {
                self.emit(Kind::KeyStart);
                Ok(State::KeyNameStart)
            }
        }
    }

    fn key_name_start(&mut self) -> Step {
        self.skip_blanks()?;
        match self.peek()? {
            '=' | EOF => self.fail("unexpected '='"),
            '.' => self.fail("unexpected '.'"),
            '"' | '\'' => {
                self.stack.push(State::KeyEnd);
                Ok(State::QuotedName)
            }
            _ => {
                self.stack.push(State::KeyEnd);
                Ok(State::BareName)
            }
        }
    }

    fn key_end(&mut self) -> Step {
        self.skip_blanks()?;
        let rune = self.next()?;
        match rune {
            EOF => self.fail("unexpected EOF; expected key separator '='"),
            '.' => self.skip_to(State::KeyNameStart),
            '=' => {
                self.emit(Kind::KeyEnd);
                self.skip_to(State::Value)
            }
            '\n' => self.fail_on_line_before(format!("expected '.' or '=', but got {} instead", quoted(rune))),
            _ => self.fail(format!("expected '.' or '=', but got {} instead", quoted(rune))),
        }
    }
}

fn is_blank(c: char) -> bool {
    matches!(c, '\t' | ' ')
}

fn is_control(rune: u32) -> bool {
    matches!(rune, 0x00..=0x1f | 0x7f) && !matches!(rune, 0x09 | 0x0a | 0x0d)
}

fn quoted(c: char) -> String {
    let mut out = Vec::new();
    append_quote_rune(&mut out, u32::from(c));
    String::from_utf8_lossy(&out).into_owned()
}
