//! Anchors, aliases, tags and directives.

use std::borrow::Cow;

use super::token::{Mark, TokenKind};
use super::{Problem, Scanner};

impl<'t> Scanner<'t> {
    pub(super) fn scan_alias(&mut self) -> Result<TokenKind<'t>, Problem> {
        self.scan_anchor_name().map(TokenKind::Alias)
    }

    pub(super) fn scan_anchor(&mut self) -> Result<TokenKind<'t>, Problem> {
        self.scan_anchor_name().map(TokenKind::Anchor)
    }

    fn scan_anchor_name(&mut self) -> Result<&'t [u8], Problem> {
        let start = self.cursor.at;
        self.cursor.skip();
        self.cursor.need(1)?;
        let name = self.scan_word()?;
        let ends = self.cursor.is_blank_or_end(0)
            || matches!(self.cursor.peek(0), b'?' | b':' | b',' | b']' | b'}' | b'%' | b'@' | b'`');
        if name.is_empty() || !ends {
            return Err(self.cursor.problem(start, "did not find expected alphabetic or numeric character"));
        }
        Ok(name)
    }

    fn scan_word(&mut self) -> Result<&'t [u8], Problem> {
        let start = self.cursor.at.byte;
        while self.cursor.is_word() {
            self.cursor.skip();
            self.cursor.need(1)?;
        }
        Ok(self.cursor.since(start))
    }

    pub(super) fn scan_tag(&mut self) -> Result<TokenKind<'t>, Problem> {
        let start = self.cursor.at;
        self.cursor.need(2)?;
        let mut handle: &'t [u8] = b"";
        let suffix;
        if self.cursor.peek(1) == b'<' {
            self.cursor.skip();
            self.cursor.skip();
            suffix = self.scan_uri(start, self.cursor.at.byte, false)?;
            if self.cursor.peek(0) != b'>' {
                return Err(self.cursor.problem(start, "did not find the expected '>'"));
            }
            self.cursor.skip();
        } else {
            handle = self.scan_tag_handle(start, false)?;
            if handle.len() > 1 && handle.ends_with(b"!") {
                suffix = self.scan_uri(start, self.cursor.at.byte, false)?;
            } else {
                // It was the beginning of the suffix, but for the `!`.
                suffix = self.scan_uri(start, start.byte + 1, true)?;
                handle = b"!";
            }
        }
        self.cursor.need(1)?;
        if !self.cursor.is_blank_or_end(0) {
            return Err(self.cursor.problem(start, "did not find expected whitespace or line break"));
        }
        if suffix.is_empty() && handle == b"!" {
            return Ok(TokenKind::Tag { handle: b"", suffix: Cow::Borrowed(b"!") });
        }
        Ok(TokenKind::Tag { handle, suffix })
    }

    fn scan_tag_handle(&mut self, start: Mark, directive: bool) -> Result<&'t [u8], Problem> {
        self.cursor.need(1)?;
        if self.cursor.peek(0) != b'!' {
            return Err(self.cursor.problem(start, "did not find expected '!'"));
        }
        let first = self.cursor.at.byte;
        self.cursor.skip();
        self.cursor.need(1)?;
        self.scan_word()?;
        if self.cursor.peek(0) == b'!' {
            self.cursor.skip();
        } else if directive && self.cursor.since(first) != b"!" {
            return Err(self.cursor.problem(start, "did not find expected '!'"));
        }
        Ok(self.cursor.since(first))
    }

    /// The rest of a URI that began at byte `from`; it may be empty only when something of it was read before.
    fn scan_uri(&mut self, start: Mark, from: usize, begun: bool) -> Result<Cow<'t, [u8]>, Problem> {
        let mut piece = from;
        let mut decoded: Option<Vec<u8>> = None;
        let first = self.cursor.at.byte;
        self.cursor.need(1)?;
        loop {
            match self.cursor.peek(0) {
                b'%' => {
                    let before = self.cursor.since(piece);
                    let decoded = decoded.get_or_insert_default();
                    decoded.extend_from_slice(before);
                    self.scan_uri_escape(decoded, start)?;
                    piece = self.cursor.at.byte;
                }
                b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'_' | b'-' => self.cursor.skip(),
                b';' | b'/' | b'?' | b':' | b'@' | b'&' | b'=' | b'+' | b'$' | b',' | b'.' | b'!' | b'~' | b'*'
                | b'\'' | b'(' | b')' | b'[' | b']' => self.cursor.skip(),
                _ => break,
            }
            self.cursor.need(1)?;
        }
        if self.cursor.at.byte == first && !begun {
            return Err(self.cursor.problem(start, "did not find expected tag URI"));
        }
        let rest = self.cursor.since(piece);
        Ok(match decoded {
            None => Cow::Borrowed(rest),
            Some(mut decoded) => {
                decoded.extend_from_slice(rest);
                Cow::Owned(decoded)
            }
        })
    }

    /// As many escaped octets as make one character.
    fn scan_uri_escape(&mut self, into: &mut Vec<u8>, start: Mark) -> Result<(), Problem> {
        let mut left = None;
        while left != Some(0) {
            self.cursor.need(3)?;
            let digit = |ahead| char::from(self.cursor.peek(ahead)).to_digit(16).and_then(|d| u8::try_from(d).ok());
            let (b'%', Some(high), Some(low)) = (self.cursor.peek(0), digit(1), digit(2)) else {
                return Err(self.cursor.problem(start, "did not find URI escaped octet"));
            };
            let octet = (high << 4) | low;
            let more = match (left, octet) {
                (Some(left), 0x80..=0xbf) => left,
                (Some(_), _) => return Err(self.cursor.problem(start, "found an incorrect trailing UTF-8 octet")),
                (None, 0x00..=0x7f) => 1,
                (None, 0xc0..=0xdf) => 2,
                (None, 0xe0..=0xef) => 3,
                (None, 0xf0..=0xf7) => 4,
                (None, _) => return Err(self.cursor.problem(start, "found an incorrect leading UTF-8 octet")),
            };
            into.push(octet);
            for _ in 0..3 {
                self.cursor.skip();
            }
            left = Some(more - 1);
        }
        Ok(())
    }

    pub(super) fn scan_directive(&mut self) -> Result<(), Problem> {
        let start = self.cursor.at;
        self.cursor.skip();
        self.cursor.need(1)?;
        let name = self.scan_word()?;
        if name.is_empty() {
            return Err(self.cursor.problem(start, "could not find expected directive name"));
        }
        if !self.cursor.is_blank_or_end(0) {
            return Err(self.cursor.problem(start, "found unexpected non-alphabetical character"));
        }
        let kind = match name {
            b"YAML" => self.scan_version(start)?,
            b"TAG" => self.scan_tag_directive(start)?,
            _ => return Err(self.cursor.problem(start, "found unknown directive name")),
        };
        self.push(kind, start);
        self.cursor.need(1)?;
        self.cursor.skip_blanks()?;
        self.cursor.skip_comment()?;
        if !self.cursor.is_break_or_end(0) {
            return Err(self.cursor.problem(start, "did not find expected comment or line break"));
        }
        if self.cursor.is_break(0) {
            self.cursor.need(2)?;
            self.cursor.skip_break();
        }
        Ok(())
    }

    fn scan_version(&mut self, start: Mark) -> Result<TokenKind<'t>, Problem> {
        self.cursor.need(1)?;
        self.cursor.skip_blanks()?;
        let major = self.scan_version_number(start)?;
        if self.cursor.peek(0) != b'.' {
            return Err(self.cursor.problem(start, "did not find expected digit or '.' character"));
        }
        self.cursor.skip();
        let minor = self.scan_version_number(start)?;
        Ok(TokenKind::VersionDirective { major, minor })
    }

    fn scan_version_number(&mut self, start: Mark) -> Result<u8, Problem> {
        self.cursor.need(1)?;
        let (mut number, mut digits) = (0, 0);
        while let digit @ b'0'..=b'9' = self.cursor.peek(0) {
            digits += 1;
            if digits > 2 {
                return Err(self.cursor.problem(start, "found extremely long version number"));
            }
            number = number * 10 + (digit - b'0');
            self.cursor.skip();
            self.cursor.need(1)?;
        }
        if digits == 0 {
            return Err(self.cursor.problem(start, "did not find expected version number"));
        }
        Ok(number)
    }

    fn scan_tag_directive(&mut self, start: Mark) -> Result<TokenKind<'t>, Problem> {
        self.cursor.need(1)?;
        self.cursor.skip_blanks()?;
        let handle = self.scan_tag_handle(start, true)?;
        self.cursor.need(1)?;
        if !self.cursor.is_blank(0) {
            return Err(self.cursor.problem(start, "did not find expected whitespace"));
        }
        self.cursor.skip_blanks()?;
        let prefix = self.scan_uri(start, self.cursor.at.byte, false)?;
        self.cursor.need(1)?;
        if !self.cursor.is_blank_or_end(0) {
            return Err(self.cursor.problem(start, "did not find expected whitespace or line break"));
        }
        Ok(TokenKind::TagDirective { handle, prefix })
    }
}
