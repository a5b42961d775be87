//! Values: what kind of one begins, arrays, inline tables, words, numbers and dates.

use super::{EOF, Kind, Lexer, State, Step, quoted};
use crate::go::strconv::quote;
use crate::go::unicode::is_letter;

impl Lexer<'_> {
    pub(super) fn value(&mut self) -> Step {
        let rune = self.next()?;
        match rune {
            '\t' | ' ' => return self.skip_to(State::Value),
            '0'..='9' => {
                self.back();
                return self.number_or_date();
            }
            '[' => {
                self.ignore();
                self.emit(Kind::Array);
                return Ok(State::ArrayValue);
            }
            '{' => {
                self.ignore();
                self.emit(Kind::InlineTableStart);
                return Ok(State::InlineTableValue);
            }
            '"' => return self.quotes('"', State::String, State::MultilineString),
            '\'' => return self.quotes('\'', State::RawString, State::MultilineRawString),
            '.' => return self.fail("floats must start with a digit, not '.'"),
            // The library takes `nnf` for a float as well, and finds out later.
            'i' | 'n' if (self.accept('n')? && self.accept('f')?) || (self.accept('a')? && self.accept('n')?) => {
                self.emit(Kind::Float);
                return Ok(self.pop());
            }
            '-' | '+' => return self.signed_number(),
            _ => {}
        }
        if is_letter(rune) {
            self.back();
            return self.word();
        }
        let message = format!("expected value but found {} instead", quoted(rune));
        match rune {
            EOF => self.fail("unexpected EOF; expected value"),
            '\n' => self.fail_on_line_before(message),
            _ => self.fail(message),
        }
    }

    /// One quote or three.
    fn quotes(&mut self, mark: char, one: State, three: State) -> Step {
        if self.accept(mark)? {
            if self.accept(mark)? {
                return self.skip_to(three);
            }
            self.back();
        }
        self.skip_to(one)
    }

    /// A word is a boolean or nothing.
    fn word(&mut self) -> Step {
        let from = self.pos;
        while is_letter(self.next()?) {}
        self.back();
        let word = self.input.get(from..self.pos).unwrap_or_default();
        if matches!(word, b"true" | b"false") {
            self.emit(Kind::Bool);
            return Ok(self.pop());
        }
        self.fail(format!("expected value but found {} instead", quote(word)))
    }

    pub(super) fn array_value(&mut self) -> Step {
        match self.next()? {
            '\t' | ' ' | '\n' | '\r' => self.skip_to(State::ArrayValue),
            '#' => self.comment_then(State::ArrayValue),
            ',' => self.fail("unexpected comma"),
            ']' => self.end(Kind::ArrayEnd),
            _ => {
                self.back();
                self.stack.push(State::ArrayValueEnd);
                Ok(State::Value)
            }
        }
    }

    pub(super) fn array_value_end(&mut self) -> Step {
        let rune = self.next()?;
        match rune {
            '\t' | ' ' | '\n' | '\r' => self.skip_to(State::ArrayValueEnd),
            '#' => self.comment_then(State::ArrayValueEnd),
            ',' => self.skip_to(State::ArrayValue),
            ']' => self.end(Kind::ArrayEnd),
            _ => {
                let got = char_or_end(rune);
                self.fail(format!("expected a comma (',') or array terminator (']'), but got {got}"))
            }
        }
    }

    fn end(&mut self, kind: Kind) -> Step {
        self.ignore();
        self.emit(kind);
        Ok(self.pop())
    }

    pub(super) fn inline_table_value(&mut self) -> Step {
        match self.next()? {
            '\t' | ' ' | '\n' | '\r' => self.skip_to(State::InlineTableValue),
            '#' => self.comment_then(State::InlineTableValue),
            ',' => self.fail("unexpected comma"),
            '}' => self.end(Kind::InlineTableEnd),
            _ => {
                self.back();
                self.stack.push(State::InlineTableValueEnd);
                Ok(State::KeyStart)
            }
        }
    }

    pub(super) fn inline_table_value_end(&mut self) -> Step {
        let rune = self.next()?;
        match rune {
            '\t' | ' ' | '\n' | '\r' => self.skip_to(State::InlineTableValueEnd),
            '#' => self.comment_then(State::InlineTableValueEnd),
            ',' => {
                self.ignore();
                self.skip_blanks()?;
                let closes = self.peek()? == '}';
                Ok(if closes { State::InlineTableValueEnd } else { State::InlineTableValue })
            }
            '}' => self.end(Kind::InlineTableEnd),
            _ => {
                let got = char_or_end(rune);
                self.fail(format!("expected a comma or an inline table terminator '}}', but got {got} instead"))
            }
        }
    }

    /// A number or date that begins with a digit.
    fn number_or_date(&mut self) -> Step {
        if self.next()? == '0' {
            let (is_digit, name): (fn(char) -> bool, _) = match self.next()? {
                '0'..='9' => return self.decimal_or_date(),
                '_' => return self.decimal(),
                '.' | 'e' | 'E' => return self.run(Kind::Float, is_float_char),
                'b' => (|c| matches!(c, '0' | '1'), "a binary"),
                'o' => (|c| matches!(c, '0'..='7'), "an octal"),
                'x' => (|c| c.is_ascii_hexdigit(), "a hexadecimal"),
                _ => {
                    self.back();
                    self.emit(Kind::Integer);
                    return Ok(self.pop());
                }
            };
            let next = self.peek()?;
            if !is_digit(next) {
                let so_far = String::from_utf8_lossy(self.current());
                return self.fail(format!("not {name} number: '{so_far}{next}'"));
            }
            return self.run(Kind::Integer, |c| is_digit(c) || c == '_');
        }
        self.decimal_or_date()
    }

    fn decimal_or_date(&mut self) -> Step {
        loop {
            match self.next()? {
                '0'..='9' => {}
                '-' | ':' => return self.date(),
                '_' => return self.decimal(),
                '.' | 'e' | 'E' => return self.run(Kind::Float, is_float_char),
                _ => {
                    self.back();
                    self.emit(Kind::Integer);
                    return Ok(self.pop());
                }
            }
        }
    }

    fn date(&mut self) -> Step {
        let fits = |c| matches!(c, '0'..='9' | '-' | ':' | 'T' | 't' | ' ' | '.' | 'Z' | 'z' | '+');
        let state = self.run(Kind::Datetime, fits)?;
        // A blank is part of a date only before a time.
        if let Some(item) = &mut self.item {
            item.text = item.text.trim_ascii();
        }
        Ok(state)
    }

    fn decimal(&mut self) -> Step {
        loop {
            match self.next()? {
                '0'..='9' | '_' => {}
                '.' | 'e' | 'E' => return self.run(Kind::Float, is_float_char),
                _ => {
                    self.back();
                    self.emit(Kind::Integer);
                    return Ok(self.pop());
                }
            }
        }
    }

    /// A token of such characters.
    fn run(&mut self, kind: Kind, fits: impl Fn(char) -> bool) -> Step {
        while fits(self.next()?) {}
        self.back();
        self.emit(kind);
        Ok(self.pop())
    }

    /// What follows a sign: a decimal number, or the words for infinity and not-a-number.
    fn signed_number(&mut self) -> Step {
        let rune = self.next()?;
        let rest = match rune {
            'i' => ['n', 'f'],
            'n' => ['a', 'n'],
            '.' => return self.fail("floats must start with a digit, not '.'"),
            '0' => {
                let next = self.peek()?;
                if matches!(next, 'b' | 'o' | 'x') {
                    let so_far = String::from_utf8_lossy(self.current());
                    return self.fail(format!("cannot use sign with non-decimal numbers: '{so_far}{next}'"));
                }
                return self.decimal();
            }
            '1'..='9' => return self.decimal(),
            _ => return self.fail(format!("expected a digit but got {}", quoted(rune))),
        };
        for wanted in rest {
            if !self.accept(wanted)? {
                let so_far = String::from_utf8_lossy(self.current());
                return self.fail(format!("invalid float: '{so_far}'"));
            }
        }
        self.emit(Kind::Float);
        Ok(self.pop())
    }
}

fn is_float_char(c: char) -> bool {
    matches!(c, '0'..='9' | '_' | '.' | '-' | '+' | 'e' | 'E')
}

fn char_or_end(c: char) -> String {
    if c == EOF { "end of file".into() } else { format!("'{c}'") }
}
