//! Strings and their escapes.

use super::{EOF, Kind, LexError, Lexer, State, Step};
use crate::go::strconv::quote;

impl Lexer<'_> {
    pub(super) fn string(&mut self) -> Step {
        loop {
            match self.next()? {
                EOF => return self.fail("unexpected EOF; expected '\"'"),
                '\n' | '\r' => return self.fail_on_line_before("strings cannot contain newlines"),
                '\\' => {
                    self.stack.push(State::String);
                    return Ok(State::StringEscape);
                }
                '"' => {
                    self.back();
                    let escaped = std::mem::take(&mut self.escaped);
                    self.emit(if escaped { Kind::EscapedString } else { Kind::String });
                    return self.close_string(1);
                }
                _ => {}
            }
        }
    }

    pub(super) fn raw_string(&mut self) -> Step {
        loop {
            match self.next()? {
                EOF => return self.fail("unexpected EOF; expected \"'\""),
                '\n' | '\r' => return self.fail_on_line_before("strings cannot contain newlines"),
                '\'' => {
                    self.back();
                    self.emit(Kind::RawString);
                    return self.close_string(1);
                }
                _ => {}
            }
        }
    }

    fn close_string(&mut self, quotes: usize) -> Step {
        for _ in 0..quotes {
            self.next()?;
        }
        self.ignore();
        Ok(self.pop())
    }

    pub(super) fn multiline_string(&mut self) -> Step {
        loop {
            match self.next()? {
                EOF => return self.fail("unexpected EOF; expected '\"\"\"'"),
                // A backslash before a line break is no escape, and both are consumed.
                '\\' if !matches!(self.next()?, '\n' | '\r') => {
                    self.back();
                    self.stack.push(State::MultilineString);
                    return Ok(State::StringEscape);
                }
                // Two quotes may stand before the closing three, unless the first of five is escaped.
                '"' if self.ends_multiline(
                    '"',
                    b"\"\"\"\"\"",
                    Some(b"\\\"\"\"\"\""),
                    "unexpected '\"\"\"\"\"\"'",
                )? =>
                {
                    self.escaped = false;
                    self.emit(Kind::MultilineString);
                    return self.close_string(3);
                }
                _ => {}
            }
        }
    }

    pub(super) fn multiline_raw_string(&mut self) -> Step {
        loop {
            match self.next()? {
                EOF => return self.fail("unexpected EOF; expected \"'''\""),
                '\'' if self.ends_multiline('\'', b"'''''", None, "unexpected \"''''''\"")? => {
                    self.emit(Kind::RawMultilineString);
                    return self.close_string(3);
                }
                _ => {}
            }
        }
    }

    /// After one quote: whether it and the next two are the end of the string, which are then ahead again.
    fn ends_multiline(
        &mut self,
        mark: char,
        five: &[u8],
        unless: Option<&[u8]>,
        too_many: &str,
    ) -> Result<bool, LexError> {
        if !self.accept(mark)? {
            return Ok(false);
        }
        if !self.accept(mark)? {
            self.back();
            return Ok(false);
        }
        if self.peek()? == mark {
            let text = self.current();
            if text.ends_with(five) && !unless.is_some_and(|u| text.ends_with(u)) {
                return Err(self.error(too_many));
            }
            self.back();
            self.back();
            return Ok(false);
        }
        for _ in 0..3 {
            self.back();
        }
        Ok(true)
    }

    /// What follows a backslash. A blank is good here only before the end of a line, which is found out later.
    pub(super) fn string_escape(&mut self) -> Step {
        self.escaped = true;
        let rune = self.next()?;
        let (digits, words) = match rune {
            'e' | 'b' | 't' | 'n' | 'f' | 'r' | '"' | ' ' | '\t' | '\\' => return Ok(self.pop()),
            'x' => (2, r"two hexadecimal digits after '\x'"),
            'u' => (4, r"four hexadecimal digits after '\u'"),
            'U' => (8, r"eight hexadecimal digits after '\U'"),
            other => {
                let message = format!("invalid escape in string '\\{other}'");
                let line = self.line - i64::from(self.at_eof);
                return Err(LexError { line, message });
            }
        };
        for _ in 0..digits {
            if !self.next()?.is_ascii_hexdigit() {
                return self.fail(format!("expected {words}, but got {} instead", quote(self.current())));
            }
        }
        Ok(self.pop())
    }
}
