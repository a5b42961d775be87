//! Characters to tokens.
//!
//! Mirrors `scannerc.go` of `go.yaml.in/yaml/v2`: which text is a key is known only at its `:`, so that tokens wait in a
//! queue until it is clear whether a key token belongs before them. What go-yaml gets wrong there is kept.

mod block;
mod cursor;
mod flow;
mod property;
mod token;

use std::collections::VecDeque;

use self::cursor::Cursor;
use self::token::Mark;
pub use self::token::Style;
pub(super) use self::token::{Place, Token, TokenKind};
use super::error::Problem;
use super::input::Fatal;

/// go-yaml's bound on `[` and `{` inside each other, and on indentations inside each other.
const MAX_DEPTH: usize = 10_000;

/// How far after its beginning a key may have its `:`, in characters.
const MAX_KEY: usize = 1024;

/// A token that turns out to be a key if a `:` follows.
#[derive(Clone, Copy, Default)]
struct SimpleKey {
    possible: bool,
    /// In a block mapping nothing but a key may stand at the mapping's own indentation.
    required: bool,
    /// Number of the token, counted from the beginning of the stream.
    token: usize,
    mark: Mark,
}

/// Gives the tokens of a text one by one.
pub(super) struct Scanner<'t> {
    cursor: Cursor<'t>,
    started: bool,
    queue: VecDeque<Token<'t>>,
    /// How many tokens have left the queue.
    taken: usize,
    /// The head of the queue is final.
    ready: bool,
    /// One for the block context and one for each open `[` or `{`.
    keys: Vec<SimpleKey>,
    /// Which entry of `keys` the token of this number belongs to, in the order of the numbers.
    key_of_token: VecDeque<(usize, usize)>,
    key_allowed: bool,
    indent: i32,
    indents: Vec<i32>,
}

impl<'t> Scanner<'t> {
    pub(super) fn new(text: &'t [u8], start: usize, fatal: Option<Fatal>) -> Scanner<'t> {
        Scanner {
            cursor: Cursor::new(text, start, fatal),
            started: false,
            queue: VecDeque::new(),
            taken: 0,
            ready: false,
            keys: Vec::new(),
            key_of_token: VecDeque::new(),
            key_allowed: true,
            indent: -1,
            indents: Vec::new(),
        }
    }

    /// The next token; it stays the next one until [`Scanner::take`].
    pub(super) fn peek(&mut self) -> Result<&Token<'t>, Problem> {
        if !self.ready {
            self.fetch_until_ready()?;
        }
        match self.queue.front() {
            Some(token) => Ok(token),
            // The queue is empty only behind the end of the stream, which nobody asks for.
            None => Err(self.cursor.problem(self.cursor.at, "unexpected end of stream")),
        }
    }

    /// Removes the next token, which must have been looked at before.
    pub(super) fn take(&mut self) -> Option<Token<'t>> {
        self.ready = false;
        self.taken += 1;
        self.queue.pop_front()
    }

    fn in_flow(&self) -> bool {
        self.keys.len() > 1
    }

    fn fetch_until_ready(&mut self) -> Result<(), Problem> {
        while self.queue.is_empty() || self.head_may_become_key()? {
            self.fetch()?;
        }
        self.ready = true;
        Ok(())
    }

    fn head_may_become_key(&mut self) -> Result<bool, Problem> {
        while self.key_of_token.front().is_some_and(|(token, _)| *token < self.taken) {
            self.key_of_token.pop_front();
        }
        match self.key_of_token.front() {
            Some((token, level)) if *token == self.taken => self.key_is_valid(*level),
            _ => Ok(false),
        }
    }

    /// A key must have its `:` in the same line and not too far away.
    fn key_is_valid(&mut self, level: usize) -> Result<bool, Problem> {
        let at = self.cursor.at;
        let Some(key) = self.keys.get_mut(level) else { return Ok(false) };
        if !key.possible || (key.mark.line >= at.line && key.mark.index + MAX_KEY >= at.index) {
            return Ok(key.possible);
        }
        if key.required {
            return Err(self.cursor.problem(key.mark, "could not find expected ':'"));
        }
        key.possible = false;
        Ok(false)
    }

    /// Notes that the next token may turn out to be a key.
    fn save_key(&mut self) -> Result<(), Problem> {
        if !self.key_allowed {
            return Ok(());
        }
        let required = !self.in_flow() && self.indent == self.cursor.at.column;
        let key = SimpleKey { possible: true, required, token: self.next_number(), mark: self.cursor.at };
        self.remove_key()?;
        let level = self.keys.len().saturating_sub(1);
        if let Some(last) = self.keys.last_mut() {
            *last = key;
        }
        match self.key_of_token.back_mut() {
            Some((token, of)) if *token == key.token => *of = level,
            _ => self.key_of_token.push_back((key.token, level)),
        }
        Ok(())
    }

    /// Forgets the possible key of the current level.
    fn remove_key(&mut self) -> Result<(), Problem> {
        let Some(key) = self.keys.last_mut().filter(|key| key.possible) else { return Ok(()) };
        if key.required {
            return Err(self.cursor.problem(key.mark, "could not find expected ':'"));
        }
        key.possible = false;
        let token = key.token;
        self.forget_token(token);
        Ok(())
    }

    fn forget_token(&mut self, token: usize) {
        if let Ok(at) = self.key_of_token.binary_search_by_key(&token, |(token, _)| *token) {
            self.key_of_token.remove(at);
        }
    }

    /// The number of the token that is appended next.
    fn next_number(&self) -> usize {
        self.taken + self.queue.len()
    }

    fn push(&mut self, kind: TokenKind<'t>, start: Mark) {
        self.queue.push_back(Token { kind, start: start.place(), end: self.cursor.at.place() });
    }

    /// Puts a token without extent before the token of this number, or at the end when that one is gone already.
    fn insert(&mut self, number: usize, kind: TokenKind<'t>, mark: Mark) {
        let token = Token { kind, start: mark.place(), end: mark.place() };
        match number.checked_sub(self.taken) {
            Some(at) if at <= self.queue.len() => self.queue.insert(at, token),
            _ => self.queue.push_back(token),
        }
    }

    /// One character that is a token.
    fn push_indicator(&mut self, kind: TokenKind<'t>) {
        let start = self.cursor.at;
        self.cursor.skip();
        self.push(kind, start);
    }

    /// Opens a block collection when the column is further right than the current one.
    fn roll_indent(&mut self, number: usize, kind: TokenKind<'t>, mark: Mark) -> Result<(), Problem> {
        if self.in_flow() || self.indent >= mark.column {
            return Ok(());
        }
        self.indents.push(self.indent);
        self.indent = mark.column;
        if self.indents.len() > MAX_DEPTH {
            let context = self.keys.last().map_or(mark, |key| key.mark);
            return Err(self.cursor.problem(context, format!("exceeded max depth of {MAX_DEPTH}")));
        }
        self.insert(number, kind, mark);
        Ok(())
    }

    /// Closes the block collections that are further right than the column.
    fn unroll_indent(&mut self, column: i32) {
        if self.in_flow() {
            return;
        }
        while self.indent > column {
            self.push(TokenKind::BlockEnd, self.cursor.at);
            self.indent = self.indents.pop().unwrap_or(-1);
        }
    }

    /// Scans what comes next and appends its tokens.
    fn fetch(&mut self) -> Result<(), Problem> {
        self.cursor.need(1)?;
        if !self.started {
            self.started = true;
            self.keys.push(SimpleKey::default());
            self.push(TokenKind::StreamStart, self.cursor.at);
            return Ok(());
        }
        self.skip_to_token()?;
        self.unroll_indent(self.cursor.at.column);
        self.cursor.need(4)?;

        let cursor = &self.cursor;
        let block = !self.in_flow();
        let spaced = cursor.is_blank_or_end(1);
        match cursor.peek(0) {
            0 => self.fetch_stream_end(),
            b'%' if cursor.at.column == 0 => self.fetch_directive(),
            b'-' if cursor.at.column == 0 && cursor.is_indicator(b'-') => self.fetch_document(TokenKind::DocumentStart),
            b'.' if cursor.at.column == 0 && cursor.is_indicator(b'.') => self.fetch_document(TokenKind::DocumentEnd),
            b'[' => self.fetch_flow_start(TokenKind::FlowSequenceStart),
            b'{' => self.fetch_flow_start(TokenKind::FlowMappingStart),
            b']' => self.fetch_flow_end(TokenKind::FlowSequenceEnd),
            b'}' => self.fetch_flow_end(TokenKind::FlowMappingEnd),
            b',' => {
                self.remove_key()?;
                self.key_allowed = true;
                self.push_indicator(TokenKind::FlowEntry);
                Ok(())
            }
            b'-' if spaced => self.fetch_block_entry(),
            b'?' if !block || spaced => self.fetch_key(),
            b':' if !block || spaced => self.fetch_value(),
            b'*' => self.fetch_property(Scanner::scan_alias),
            b'&' => self.fetch_property(Scanner::scan_anchor),
            b'!' => self.fetch_property(Scanner::scan_tag),
            b'|' if block => self.fetch_block_scalar(Style::Literal),
            b'>' if block => self.fetch_block_scalar(Style::Folded),
            b'\'' => self.fetch_property(Scanner::scan_single_quoted),
            b'"' => self.fetch_property(Scanner::scan_double_quoted),
            b' ' | b'\t' | b'#' | b'|' | b'>' | b'%' | b'@' | b'`' => Err(self.no_token()),
            // Only in the block context and before something: the other cases are above.
            b'-' | b'?' | b':' => self.fetch_plain(),
            _ if cursor.is_break(0) => Err(self.no_token()),
            _ => self.fetch_plain(),
        }
    }

    fn no_token(&self) -> Problem {
        self.cursor.problem(self.cursor.at, "found character that cannot start any token")
    }

    fn skip_to_token(&mut self) -> Result<(), Problem> {
        loop {
            self.cursor.need(1)?;
            if self.cursor.is_byte_order_mark() {
                self.cursor.skip();
            }
            self.cursor.need(1)?;
            // A tab may not indent a block, and where a key may stand is where indentation counts.
            let tabs = self.in_flow() || !self.key_allowed;
            self.cursor.skip_run(|byte| byte == b' ');
            while self.cursor.peek(0) == b' ' || (tabs && self.cursor.peek(0) == b'\t') {
                self.cursor.skip();
                self.cursor.need(1)?;
            }
            self.cursor.skip_comment()?;
            if !self.cursor.is_break(0) {
                return Ok(());
            }
            self.cursor.need(2)?;
            self.cursor.skip_break();
            if !self.in_flow() {
                self.key_allowed = true;
            }
        }
    }

    fn fetch_stream_end(&mut self) -> Result<(), Problem> {
        // Errors at the end belong to the line after the last one.
        if self.cursor.at.column != 0 {
            self.cursor.at.column = 0;
            self.cursor.at.line += 1;
        }
        self.unroll_indent(-1);
        self.remove_key()?;
        self.key_allowed = false;
        self.push(TokenKind::StreamEnd, self.cursor.at);
        Ok(())
    }

    fn fetch_directive(&mut self) -> Result<(), Problem> {
        self.unroll_indent(-1);
        self.remove_key()?;
        self.key_allowed = false;
        self.scan_directive()
    }

    fn fetch_document(&mut self, kind: TokenKind<'t>) -> Result<(), Problem> {
        self.unroll_indent(-1);
        self.remove_key()?;
        self.key_allowed = false;
        let start = self.cursor.at;
        for _ in 0..3 {
            self.cursor.skip();
        }
        self.push(kind, start);
        Ok(())
    }

    fn fetch_flow_start(&mut self, kind: TokenKind<'t>) -> Result<(), Problem> {
        self.save_key()?;
        let key = SimpleKey { possible: false, required: false, token: self.next_number(), mark: self.cursor.at };
        self.keys.push(key);
        if self.keys.len() > MAX_DEPTH + 1 {
            return Err(self.cursor.problem(key.mark, format!("exceeded max depth of {MAX_DEPTH}")));
        }
        self.key_allowed = true;
        self.push_indicator(kind);
        Ok(())
    }

    fn fetch_flow_end(&mut self, kind: TokenKind<'t>) -> Result<(), Problem> {
        self.remove_key()?;
        if self.in_flow()
            && let Some(key) = self.keys.pop()
        {
            // The number may be that of the bracket itself: go-yaml then forgets that `[]` could be a key.
            self.forget_token(key.token);
        }
        self.key_allowed = false;
        self.push_indicator(kind);
        Ok(())
    }

    fn fetch_block_entry(&mut self) -> Result<(), Problem> {
        if !self.in_flow() {
            if !self.key_allowed {
                return Err(self.not_here("block sequence entries are not allowed in this context"));
            }
            self.roll_indent(self.next_number(), TokenKind::BlockSequenceStart, self.cursor.at)?;
        }
        self.remove_key()?;
        self.key_allowed = true;
        self.push_indicator(TokenKind::BlockEntry);
        Ok(())
    }

    fn fetch_key(&mut self) -> Result<(), Problem> {
        let block = !self.in_flow();
        if block {
            if !self.key_allowed {
                return Err(self.not_here("mapping keys are not allowed in this context"));
            }
            self.roll_indent(self.next_number(), TokenKind::BlockMappingStart, self.cursor.at)?;
        }
        self.remove_key()?;
        self.key_allowed = block;
        self.push_indicator(TokenKind::Key);
        Ok(())
    }

    fn fetch_value(&mut self) -> Result<(), Problem> {
        let level = self.keys.len().saturating_sub(1);
        if self.key_is_valid(level)? {
            let key = self.keys.get(level).copied().unwrap_or_default();
            self.insert(key.token, TokenKind::Key, key.mark);
            self.roll_indent(key.token, TokenKind::BlockMappingStart, key.mark)?;
            if let Some(key) = self.keys.last_mut() {
                key.possible = false;
            }
            self.forget_token(key.token);
            self.key_allowed = false;
        } else {
            let block = !self.in_flow();
            if block {
                if !self.key_allowed {
                    return Err(self.not_here("mapping values are not allowed in this context"));
                }
                self.roll_indent(self.next_number(), TokenKind::BlockMappingStart, self.cursor.at)?;
            }
            self.key_allowed = block;
        }
        self.push_indicator(TokenKind::Value);
        Ok(())
    }

    fn not_here(&self, text: &'static str) -> Problem {
        self.cursor.problem(self.cursor.at, text)
    }

    /// What may be a key or stand before one, and may not follow one.
    fn fetch_property(&mut self, scan: fn(&mut Scanner<'t>) -> Result<TokenKind<'t>, Problem>) -> Result<(), Problem> {
        self.save_key()?;
        self.key_allowed = false;
        let start = self.cursor.at;
        let kind = scan(self)?;
        self.push(kind, start);
        Ok(())
    }

    fn fetch_plain(&mut self) -> Result<(), Problem> {
        self.save_key()?;
        self.key_allowed = false;
        self.scan_plain()
    }

    fn fetch_block_scalar(&mut self, style: Style) -> Result<(), Problem> {
        self.remove_key()?;
        self.key_allowed = true;
        self.scan_block_scalar(style)
    }
}
