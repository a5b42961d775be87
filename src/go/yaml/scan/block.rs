//! Block scalars: `|` and `>`.

use super::token::{Mark, Style, Token, TokenKind};
use super::{Problem, Scanner};

/// What happens to the line breaks at the end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Chomp {
    Strip,
    Clip,
    Keep,
}

impl Scanner<'_> {
    pub(super) fn scan_block_scalar(&mut self, style: Style) -> Result<(), Problem> {
        let start = self.cursor.at;
        self.cursor.skip();
        let (chomp, increment) = self.scan_block_header(start)?;

        // 0 while it is not known.
        let mut indent = match increment {
            0 => 0,
            increment => self.indent.max(0) + increment,
        };
        let mut value = Vec::new();
        let mut breaks = Vec::new();
        let mut last_break = Vec::new();
        let mut end = self.scan_block_breaks(&mut indent, &mut breaks, start)?;
        self.cursor.need(1)?;
        let mut previous_indented = false;
        while self.cursor.at.column == indent && !self.cursor.is_end() {
            let indented = self.cursor.is_blank(0);
            if style == Style::Folded && !previous_indented && !indented && last_break == b"\n" {
                if breaks.is_empty() {
                    value.push(b' ');
                }
            } else {
                value.append(&mut last_break);
            }
            last_break.clear();
            value.append(&mut breaks);
            previous_indented = indented;

            let line = self.cursor.at.byte;
            self.cursor.skip_line()?;
            value.extend_from_slice(self.cursor.since(line));
            self.cursor.need(2)?;
            self.cursor.read_break(&mut last_break);
            end = self.scan_block_breaks(&mut indent, &mut breaks, start)?;
        }
        if chomp != Chomp::Strip {
            value.append(&mut last_break);
        }
        if chomp == Chomp::Keep {
            value.append(&mut breaks);
        }
        let kind = TokenKind::Scalar { value: value.into(), style };
        self.queue.push_back(Token { kind, start: start.place(), end: end.place() });
        Ok(())
    }

    /// What stands behind the `|`: chomping and indentation, in either order, and perhaps a comment.
    fn scan_block_header(&mut self, start: Mark) -> Result<(Chomp, i32), Problem> {
        let mut chomp = Chomp::Clip;
        let increment;
        self.cursor.need(1)?;
        if let Some(given) = self.scan_chomp() {
            chomp = given;
            self.cursor.need(1)?;
            increment = self.scan_increment(start)?;
        } else {
            increment = self.scan_increment(start)?;
            if increment > 0 {
                self.cursor.need(1)?;
                chomp = self.scan_chomp().unwrap_or(chomp);
            }
        }
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
        Ok((chomp, increment))
    }

    fn scan_chomp(&mut self) -> Option<Chomp> {
        let chomp = match self.cursor.peek(0) {
            b'+' => Chomp::Keep,
            b'-' => Chomp::Strip,
            _ => return None,
        };
        self.cursor.skip();
        Some(chomp)
    }

    fn scan_increment(&mut self, start: Mark) -> Result<i32, Problem> {
        match self.cursor.peek(0) {
            b'0' => Err(self.cursor.problem(start, "found an indentation indicator equal to 0")),
            digit @ b'1'..=b'9' => {
                self.cursor.skip();
                Ok(i32::from(digit - b'0'))
            }
            _ => Ok(0),
        }
    }

    /// Over indentation and empty lines, which are collected; gives the end of the last of them. Finds out the
    /// indentation when it is not known: that of the first line with something in it, or of the longest empty one.
    fn scan_block_breaks(&mut self, indent: &mut i32, breaks: &mut Vec<u8>, start: Mark) -> Result<Mark, Problem> {
        let mut end = self.cursor.at;
        let mut widest = 0;
        loop {
            self.cursor.need(1)?;
            self.cursor.skip_spaces_to(if *indent == 0 { i32::MAX } else { *indent });
            while (*indent == 0 || self.cursor.at.column < *indent) && self.cursor.peek(0) == b' ' {
                self.cursor.skip();
                self.cursor.need(1)?;
            }
            widest = widest.max(self.cursor.at.column);
            if (*indent == 0 || self.cursor.at.column < *indent) && self.cursor.peek(0) == b'\t' {
                let text = "found a tab character where an indentation space is expected";
                return Err(self.cursor.problem(start, text));
            }
            if !self.cursor.is_break(0) {
                break;
            }
            self.cursor.need(2)?;
            self.cursor.read_break(breaks);
            end = self.cursor.at;
        }
        if *indent == 0 {
            *indent = widest.max(self.indent + 1).max(1);
        }
        Ok(end)
    }
}
