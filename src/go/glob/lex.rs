//! The tokens of a pattern.

use std::collections::VecDeque;

use super::Error;
use crate::go::utf8;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    End,
    Text(String),
    Any,
    Super,
    Single,
    Separator,
    /// What stood between brackets. The library's own syntax is looser than what it then accepts.
    Class {
        not: bool,
        kind: ClassKind,
    },
    TermsOpen,
    TermsClose,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ClassKind {
    Chars(String),
    Range(char, char),
}

pub(super) struct Lexer<'p> {
    pattern: &'p [u8],
    at: usize,
    level: usize,
    tokens: VecDeque<Token>,
}

/// The library takes the rune zero for the end, also in the middle of a pattern.
const END: char = '\0';

impl<'p> Lexer<'p> {
    pub(super) fn new(pattern: &'p [u8]) -> Lexer<'p> {
        Lexer { pattern, at: 0, level: 0, tokens: VecDeque::new() }
    }

    pub(super) fn next(&mut self) -> Result<Token, Error> {
        loop {
            if let Some(token) = self.tokens.pop_front() {
                return Ok(token);
            }
            // An escape at the end, or a zero behind a text, gives no token, but moves on.
            self.fetch()?;
        }
    }

    /// The next rune and its width; [`END`] and 0 at the end. What is no UTF-8, or U+FFFD itself, is an error.
    fn peek(&self) -> Result<(char, usize), Error> {
        let rest = self.pattern.get(self.at..).unwrap_or_default();
        if rest.is_empty() {
            return Ok((END, 0));
        }
        let (rune, width) = utf8::decode(rest);
        let c = char::from_u32(rune).filter(|_| rune != utf8::RUNE_ERROR);
        Ok((c.ok_or(Error::Syntax)?, width))
    }

    fn read(&mut self) -> Result<char, Error> {
        let (c, width) = self.peek()?;
        self.at += width;
        Ok(c)
    }

    fn fetch(&mut self) -> Result<(), Error> {
        let token = match self.peek()?.0 {
            '{' => {
                self.level += 1;
                Token::TermsOpen
            }
            ',' if self.level > 0 => Token::Separator,
            '}' if self.level > 0 => {
                self.level -= 1;
                Token::TermsClose
            }
            '[' => {
                self.read()?;
                let class = self.class()?;
                self.tokens.push_back(class);
                return Ok(());
            }
            '?' => Token::Single,
            '*' => {
                self.read()?;
                let double = self.peek()?.0 == '*';
                if double {
                    self.read()?;
                }
                self.tokens.push_back(if double { Token::Super } else { Token::Any });
                return Ok(());
            }
            END => Token::End,
            _ => {
                let text = self.text(if self.level > 0 { "?*[{}," } else { "?*[{" })?;
                if !text.is_empty() {
                    self.tokens.push_back(Token::Text(text));
                }
                return Ok(());
            }
        };
        self.read()?;
        self.tokens.push_back(token);
        Ok(())
    }

    /// A text up to one of these characters, which a backslash makes part of it.
    fn text(&mut self, breakers: &str) -> Result<String, Error> {
        let mut text = String::new();
        let mut escaped = false;
        loop {
            let before = self.at;
            let c = self.read()?;
            if c == END {
                return Ok(text);
            }
            if !escaped {
                if c == '\\' {
                    escaped = true;
                    continue;
                }
                if breakers.contains(c) {
                    self.at = before;
                    return Ok(text);
                }
            }
            escaped = false;
            text.push(c);
        }
    }

    /// What follows `[`: one range, or characters up to `]`, in which a hyphen means itself.
    fn class(&mut self) -> Result<Token, Error> {
        let mut not = false;
        let mut start = self.at;
        let mut first = self.read_some()?;
        if first == '!' {
            not = true;
            start = self.at;
            first = self.read_some()?;
        }
        let kind = if self.peek()?.0 == '-' {
            self.read()?;
            let last = self.read_some()?;
            if last < first {
                return Err(Error::Syntax);
            }
            ClassKind::Range(first, last)
        } else {
            self.at = start;
            let text = self.text("]")?;
            if text.is_empty() {
                return Err(Error::Syntax);
            }
            ClassKind::Chars(text)
        };
        match self.read()? {
            ']' => Ok(Token::Class { not, kind }),
            _ => Err(Error::Syntax),
        }
    }

    fn read_some(&mut self) -> Result<char, Error> {
        Some(self.read()?).filter(|c| *c != END).ok_or(Error::Syntax)
    }
}
