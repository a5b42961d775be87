//! Plain and quoted scalars.

use std::borrow::Cow;

use super::cursor::Cursor;
use super::token::{Mark, Style, Token, TokenKind};
use super::{Problem, Scanner};

/// The value of a scalar, borrowed from the text as long as the text has it in one piece.
#[derive(Default)]
struct Piece {
    /// What was read since the last change: first byte, one past the last.
    start: usize,
    end: usize,
    changed: Option<Vec<u8>>,
}

impl Piece {
    fn restart(&mut self, at: usize) {
        self.start = at;
        self.end = at;
    }
}

impl<'t> Scanner<'t> {
    /// Makes what was read so far a text of its own, to which something else than the source's next bytes can be added.
    fn own<'v>(&self, value: &'v mut Piece) -> &'v mut Vec<u8> {
        let piece = self.cursor.slice(value.start, value.end);
        value.start = value.end;
        let owned = value.changed.get_or_insert_default();
        owned.extend_from_slice(piece);
        owned
    }

    fn finish(&self, value: Piece) -> Cow<'t, [u8]> {
        let piece = self.cursor.slice(value.start, value.end);
        match value.changed {
            None => Cow::Borrowed(piece),
            Some(mut owned) => {
                owned.extend_from_slice(piece);
                Cow::Owned(owned)
            }
        }
    }

    pub(super) fn scan_plain(&mut self) -> Result<(), Problem> {
        let start = self.cursor.at;
        let mut end = start;
        let mut value = Piece::default();
        value.restart(start.byte);
        let mut folds = Folds::default();
        let indent = self.indent + 1;
        let in_flow = self.in_flow();
        loop {
            self.cursor.need(4)?;
            if self.cursor.is_document_indicator() || self.cursor.peek(0) == b'#' {
                break;
            }
            while !self.cursor.is_blank_or_end(0) {
                match self.cursor.peek(0) {
                    b':' if self.cursor.is_blank_or_end(1) => break,
                    b',' | b'?' | b'[' | b']' | b'{' | b'}' if in_flow => break,
                    _ => {}
                }
                if folds.pending {
                    folds.join(self.own(&mut value));
                    value.start = self.cursor.at.byte;
                }
                self.cursor.skip();
                self.cursor.skip_run(is_letter);
                // Blanks in between are taken along by the next character that is none.
                value.end = self.cursor.at.byte;
                end = self.cursor.at;
                self.cursor.need(2)?;
            }
            if !(self.cursor.is_blank(0) || self.cursor.is_break(0)) {
                break;
            }
            self.cursor.need(1)?;
            self.scan_plain_blanks(&mut folds, start, indent)?;
            if !in_flow && self.cursor.at.column < indent {
                break;
            }
        }
        let kind = TokenKind::Scalar { value: self.finish(value), style: Style::Plain };
        self.queue.push_back(Token { kind, start: start.place(), end: end.place() });
        if folds.pending {
            self.key_allowed = true;
        }
        Ok(())
    }

    fn scan_plain_blanks(&mut self, folds: &mut Folds, start: Mark, indent: i32) -> Result<(), Problem> {
        loop {
            if self.cursor.is_blank(0) {
                if folds.pending && self.cursor.at.column < indent && self.cursor.peek(0) == b'\t' {
                    return Err(self.cursor.problem(start, "found a tab character that violates indentation"));
                }
                self.cursor.skip();
            } else if self.cursor.is_break(0) {
                self.cursor.need(2)?;
                folds.read(&mut self.cursor);
            } else {
                return Ok(());
            }
            self.cursor.need(1)?;
        }
    }

    pub(super) fn scan_single_quoted(&mut self) -> Result<TokenKind<'t>, Problem> {
        self.scan_quoted(b'\'', Style::SingleQuoted)
    }

    pub(super) fn scan_double_quoted(&mut self) -> Result<TokenKind<'t>, Problem> {
        self.scan_quoted(b'"', Style::DoubleQuoted)
    }

    fn scan_quoted(&mut self, quote: u8, style: Style) -> Result<TokenKind<'t>, Problem> {
        let start = self.cursor.at;
        self.cursor.skip();
        let mut value = Piece::default();
        value.restart(self.cursor.at.byte);
        loop {
            self.cursor.need(4)?;
            if self.cursor.is_document_indicator() {
                return Err(self.cursor.problem(start, "found unexpected document indicator"));
            }
            if self.cursor.is_end() {
                return Err(self.cursor.problem(start, "found unexpected end of stream"));
            }
            let escaped_break = self.scan_quoted_word(&mut value, quote, start)?;
            self.cursor.need(1)?;
            if self.cursor.peek(0) == quote {
                break;
            }
            self.scan_quoted_blanks(&mut value, escaped_break)?;
        }
        self.cursor.skip();
        Ok(TokenKind::Scalar { value: self.finish(value), style })
    }

    /// Reads up to a blank, a break, or the closing quote; true when it stopped at an escaped line break.
    fn scan_quoted_word(&mut self, value: &mut Piece, quote: u8, start: Mark) -> Result<bool, Problem> {
        while !self.cursor.is_blank_or_end(0) {
            let byte = self.cursor.peek(0);
            if byte == quote {
                if quote == b'"' || self.cursor.peek(1) != quote {
                    return Ok(false);
                }
                // `''`: the first of the two stays, the second is left out.
                self.cursor.skip();
                value.end = self.cursor.at.byte;
                self.own(value);
                self.cursor.skip();
                value.start = self.cursor.at.byte;
            } else if byte == b'\\' && quote == b'"' {
                self.own(value);
                if self.cursor.is_break(1) {
                    self.cursor.need(3)?;
                    self.cursor.skip();
                    self.cursor.skip_break();
                    value.restart(self.cursor.at.byte);
                    return Ok(true);
                }
                let c = self.scan_escape(start)?;
                self.own(value).extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                value.start = self.cursor.at.byte;
            } else {
                self.cursor.skip();
                self.cursor.skip_run(is_letter);
            }
            value.end = self.cursor.at.byte;
            self.cursor.need(2)?;
        }
        Ok(false)
    }

    fn scan_escape(&mut self, start: Mark) -> Result<char, Problem> {
        let (c, digits) = match self.cursor.peek(1) {
            b'0' => ('\0', 0),
            b'a' => ('\x07', 0),
            b'b' => ('\x08', 0),
            b't' | b'\t' => ('\t', 0),
            b'n' => ('\n', 0),
            b'v' => ('\x0b', 0),
            b'f' => ('\x0c', 0),
            b'r' => ('\r', 0),
            b'e' => ('\x1b', 0),
            byte @ (b' ' | b'"' | b'\'' | b'\\') => (char::from(byte), 0),
            b'N' => ('\u{85}', 0),
            b'_' => ('\u{a0}', 0),
            b'L' => ('\u{2028}', 0),
            b'P' => ('\u{2029}', 0),
            b'x' => ('\0', 2),
            b'u' => ('\0', 4),
            b'U' => ('\0', 8),
            _ => return Err(self.cursor.problem(start, "found unknown escape character")),
        };
        self.cursor.skip();
        self.cursor.skip();
        if digits == 0 {
            return Ok(c);
        }
        self.cursor.need(digits)?;
        let mut code = 0_u32;
        for ahead in 0..digits {
            let Some(digit) = char::from(self.cursor.peek(ahead)).to_digit(16) else {
                return Err(self.cursor.problem(start, "did not find expected hexdecimal number"));
            };
            code = (code << 4) | digit;
        }
        let Some(c) = char::from_u32(code) else {
            return Err(self.cursor.problem(start, "found invalid Unicode character escape code"));
        };
        for _ in 0..digits {
            self.cursor.skip();
        }
        Ok(c)
    }

    fn scan_quoted_blanks(&mut self, value: &mut Piece, escaped_break: bool) -> Result<(), Problem> {
        let mut folds = Folds { pending: escaped_break, ..Folds::default() };
        loop {
            if self.cursor.is_blank(0) {
                self.cursor.skip();
            } else if self.cursor.is_break(0) {
                self.cursor.need(2)?;
                folds.read(&mut self.cursor);
            } else {
                break;
            }
            self.cursor.need(1)?;
        }
        if folds.pending {
            folds.join(self.own(value));
            value.restart(self.cursor.at.byte);
        } else {
            value.end = self.cursor.at.byte;
        }
        Ok(())
    }
}

/// What is no blank and means nothing in any scalar.
fn is_letter(byte: u8) -> bool {
    matches!(byte, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'/' | b'-' | b'_' | b'$' | b'=' | b'(' | b')' | b'+' | b'*')
}

/// Line breaks inside a plain or quoted scalar: one becomes a space, more become one less.
#[derive(Default)]
struct Folds {
    /// There was a break, and nothing else than blanks since. When it was an escaped one, `first` is empty.
    pending: bool,
    first: Vec<u8>,
    others: Vec<u8>,
}

impl Folds {
    fn read(&mut self, cursor: &mut Cursor<'_>) {
        if self.pending {
            cursor.read_break(&mut self.others);
        } else {
            cursor.read_break(&mut self.first);
            self.pending = true;
        }
    }

    /// Writes what the breaks become.
    fn join(&mut self, into: &mut Vec<u8>) {
        if self.first == b"\n" {
            if self.others.is_empty() {
                into.push(b' ');
            } else {
                into.extend_from_slice(&self.others);
            }
        } else {
            into.extend_from_slice(&self.first);
            into.extend_from_slice(&self.others);
        }
        *self = Folds::default();
    }
}
