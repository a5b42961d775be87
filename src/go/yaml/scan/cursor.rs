//! The characters of a text, one after the other, with the place of each.

use std::borrow::Cow;

use super::token::Mark;
use crate::go::yaml::error::{Layer, Problem};
use crate::go::yaml::input::{Fatal, chunk_end};

/// A place in a text that moves forward.
pub(super) struct Cursor<'t> {
    text: &'t [u8],
    /// Where the cursor is.
    pub(super) at: Mark,
    /// What ends the text before its end.
    fatal: Option<Fatal>,
    /// As far as [`Cursor::need`] need not look closer.
    safe: usize,
    /// Only for a text with a byte order mark that is not its first character.
    buffer: Option<Buffer>,
}

/// The part of the text go-yaml would have in its buffer. Where a byte order mark may begin a line, go-yaml looks for
/// it at the beginning of the buffer and not at the beginning of the line.
#[derive(Clone, Copy)]
struct Buffer {
    start: usize,
    end: usize,
}

const BYTE_ORDER_MARK: &[u8] = &[0xef, 0xbb, 0xbf];

/// The longest lookahead: eight hexadecimal digits of an escape, each a character of at most four bytes.
const LOOKAHEAD: usize = 8 * 4;

impl<'t> Cursor<'t> {
    pub(super) fn new(text: &'t [u8], start: usize, fatal: Option<Fatal>) -> Cursor<'t> {
        let at = Mark { byte: start, ..Mark::default() };
        let rest = text.get(start..).unwrap_or_default();
        if memmem(rest, BYTE_ORDER_MARK) {
            // Go through the slow path always.
            return Cursor { text, at, fatal, safe: 0, buffer: Some(Buffer { start, end: start }) };
        }
        let safe = fatal.map_or(usize::MAX, |fatal| fatal.chunk.saturating_sub(LOOKAHEAD));
        Cursor { text, at, fatal, safe, buffer: None }
    }

    /// A complaint about this place; `context` is where the thing began that is being scanned.
    pub(super) fn problem(&self, context: Mark, text: impl Into<Cow<'static, str>>) -> Problem {
        let offset = u32::try_from(self.at.byte).unwrap_or(u32::MAX);
        Problem { layer: Layer::Scanner, text: text.into(), line: self.at.line, context_line: context.line, offset }
    }

    /// Makes sure that the next characters can be read; the end of the text counts as any number of them.
    #[inline]
    pub(super) fn need(&mut self, characters: usize) -> Result<(), Problem> {
        if self.at.byte < self.safe { Ok(()) } else { self.need_closely(characters) }
    }

    fn need_closely(&mut self, characters: usize) -> Result<(), Problem> {
        if let Some(mut buffer) = self.buffer
            && self.count(buffer.end, characters) < characters
        {
            buffer.start = self.at.byte;
            while buffer.end < self.text.len() && self.count(buffer.end, characters) < characters {
                buffer.end = chunk_end(self.text, buffer.end).max(buffer.end + 1);
            }
            self.buffer = Some(buffer);
        }
        let Some(Fatal { chunk, at, why }) = self.fatal else { return Ok(()) };
        if self.count(chunk, characters) >= characters {
            return Ok(());
        }
        let offset = u32::try_from(at).unwrap_or(u32::MAX);
        Err(Problem { layer: Layer::Input, text: why.into(), line: 0, context_line: 0, offset })
    }

    /// How many characters there are before a byte; it does not count further than asked to.
    fn count(&self, end: usize, enough: usize) -> usize {
        let rest = self.text.get(self.at.byte..end).unwrap_or_default();
        // A character is a byte that does not continue another one.
        rest.iter().filter(|byte| **byte & 0xc0 != 0x80).take(enough).count()
    }

    /// The byte this far ahead; 0 at the end.
    #[inline]
    pub(super) fn peek(&self, ahead: usize) -> u8 {
        self.text.get(self.at.byte + ahead).copied().unwrap_or(0)
    }

    /// The bytes from a place up to here.
    pub(super) fn since(&self, start: usize) -> &'t [u8] {
        self.text.get(start..self.at.byte).unwrap_or_default()
    }

    /// The bytes between two places.
    pub(super) fn slice(&self, start: usize, end: usize) -> &'t [u8] {
        self.text.get(start..end).unwrap_or_default()
    }

    pub(super) fn is_end(&self) -> bool {
        self.peek(0) == 0
    }

    #[inline]
    pub(super) fn is_break(&self, ahead: usize) -> bool {
        match self.peek(ahead) {
            b'\r' | b'\n' => true,
            0xc2 => self.peek(ahead + 1) == 0x85,
            0xe2 => self.peek(ahead + 1) == 0x80 && matches!(self.peek(ahead + 2), 0xa8 | 0xa9),
            _ => false,
        }
    }

    #[inline]
    pub(super) fn is_blank(&self, ahead: usize) -> bool {
        matches!(self.peek(ahead), b' ' | b'\t')
    }

    #[inline]
    pub(super) fn is_break_or_end(&self, ahead: usize) -> bool {
        self.peek(ahead) == 0 || self.is_break(ahead)
    }

    #[inline]
    pub(super) fn is_blank_or_end(&self, ahead: usize) -> bool {
        match self.peek(ahead) {
            b' ' | b'\t' | 0 => true,
            // What ordinary text is made of.
            b'!'..=0x7e => false,
            _ => self.is_break(ahead),
        }
    }

    /// True where go-yaml takes whatever begins the line for a byte order mark.
    pub(super) fn is_byte_order_mark(&self) -> bool {
        let Some(buffer) = self.buffer else { return false };
        self.at.column == 0 && self.text.get(buffer.start..).is_some_and(|text| text.starts_with(BYTE_ORDER_MARK))
    }

    /// True at `---` or `...` with nothing behind it, at the beginning of a line.
    pub(super) fn is_document_indicator(&self) -> bool {
        self.at.column == 0 && (self.is_indicator(b'-') || self.is_indicator(b'.'))
    }

    /// True at three of these with a blank, a break or the end behind them.
    pub(super) fn is_indicator(&self, byte: u8) -> bool {
        self.peek(0) == byte && self.peek(1) == byte && self.peek(2) == byte && self.is_blank_or_end(3)
    }

    /// A letter, digit, `_` or `-`.
    pub(super) fn is_word(&self) -> bool {
        matches!(self.peek(0), b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'_' | b'-')
    }

    /// One character forward.
    #[inline]
    pub(super) fn skip(&mut self) {
        self.at.byte += match self.peek(0) {
            0x00..=0x7f => 1,
            0xc0..=0xdf => 2,
            0xe0..=0xef => 3,
            _ => 4,
        };
        self.at.index += 1;
        self.at.column += 1;
    }

    /// What can be passed without [`Cursor::need`]: nearly always all that follows.
    #[inline]
    fn easy(&self) -> &'t [u8] {
        self.text.get(self.at.byte..self.safe.min(self.text.len())).unwrap_or_default()
    }

    /// This many characters forward, all of them ASCII and no breaks.
    #[inline]
    fn pass(&mut self, run: usize) {
        self.at.byte += run;
        self.at.index += run;
        self.at.column = self.at.column.saturating_add(i32::try_from(run).unwrap_or(i32::MAX));
    }

    /// Over easy characters that are wanted, all of them ASCII and no breaks: most of every text is passed here.
    #[inline]
    pub(super) fn skip_run(&mut self, wanted: impl Fn(u8) -> bool) {
        let easy = self.easy();
        self.pass(easy.iter().position(|byte| !wanted(*byte)).unwrap_or(easy.len()));
    }

    /// Over easy spaces, but no further than to a column.
    pub(super) fn skip_spaces_to(&mut self, column: i32) {
        let most = usize::try_from(column - self.at.column).unwrap_or(0);
        let easy = self.easy().iter().take(most);
        self.pass(easy.take_while(|byte| **byte == b' ').count());
    }

    /// Over the rest of a line, without its break.
    pub(super) fn skip_line(&mut self) -> Result<(), Problem> {
        let easy = self.easy();
        let line = bstr::ByteSlice::find_byte(easy, b'\n').and_then(|end| easy.get(..end));
        // Without a way out the compiler looks at many bytes at once.
        if let Some(line) = line.filter(|line| line.iter().fold(true, |plain, byte| plain & is_plain(*byte))) {
            self.pass(line.len());
            return Ok(());
        }
        self.skip_run(is_plain);
        while !self.is_break_or_end(0) {
            self.skip();
            self.need(1)?;
            self.skip_run(is_plain);
        }
        Ok(())
    }

    /// Over spaces and tabs.
    pub(super) fn skip_blanks(&mut self) -> Result<(), Problem> {
        while self.is_blank(0) {
            self.skip();
            self.need(1)?;
        }
        Ok(())
    }

    /// Over a comment, if there is one here.
    pub(super) fn skip_comment(&mut self) -> Result<(), Problem> {
        if self.peek(0) == b'#' { self.skip_line() } else { Ok(()) }
    }

    /// Over a line break, if there is one here.
    pub(super) fn skip_break(&mut self) {
        let (bytes, characters) = match (self.peek(0), self.peek(1)) {
            (b'\r', b'\n') => (2, 2),
            (b'\r' | b'\n', _) => (1, 1),
            _ if !self.is_break(0) => return,
            (0xc2, _) => (2, 1),
            _ => (3, 1),
        };
        self.at.byte += bytes;
        self.at.index += characters;
        self.at.column = 0;
        self.at.line += 1;
    }

    /// Over a line break, which is added as the scalar will have it: only U+2028 and U+2029 stay what they are.
    pub(super) fn read_break(&mut self, into: &mut Vec<u8>) {
        let start = self.at.byte;
        self.skip_break();
        match self.since(start) {
            [] => {}
            separator @ [0xe2, ..] => into.extend_from_slice(separator),
            _ => into.push(b'\n'),
        }
    }
}

/// ASCII that is no break.
fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=0x7e | b'\t')
}

fn memmem(text: &[u8], needle: &[u8]) -> bool {
    bstr::ByteSlice::find(text, needle).is_some()
}
