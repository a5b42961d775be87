//! Reading an assignment character by character, with Go's view of the end of the text.

use crate::go::strconv;

/// What ends a step of the parser. The end of the text is a success or a failure depending on where it is met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// `io.EOF`.
    End,
    /// A text around `io.EOF`, which Helm 4 (`errors.Is`) still takes for the end and Helm 3 (`==`) does not.
    AroundEnd(String),
    /// An error.
    Error(String),
}

impl Stop {
    pub(super) fn error(text: impl Into<String>) -> Stop {
        Stop::Error(text.into())
    }

    /// The text put before an error.
    pub(super) fn within(self, what: &str) -> Stop {
        match self {
            Stop::End => Stop::AroundEnd(format!("{what}: EOF")),
            Stop::AroundEnd(text) => Stop::AroundEnd(format!("{what}: {text}")),
            Stop::Error(text) => Stop::Error(format!("{what}: {text}")),
        }
    }
}

/// The characters of an assignment and how far they are read.
pub(super) struct Scanner<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Scanner<'t> {
    pub(super) fn new(text: &'t str) -> Scanner<'t> {
        Scanner { text, at: 0 }
    }

    /// What is not read yet.
    pub(super) fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Reads on by this many bytes.
    pub(super) fn skip(&mut self, bytes: usize) {
        self.at = (self.at + bytes).min(self.text.len());
    }

    /// The next character, which stays unread.
    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    /// Everything up to one of these characters, and the character; `None` at the end of the text. A backslash takes the next
    /// character as it is when `escapes` says so.
    pub(super) fn until(&mut self, stops: &[char], escapes: bool) -> (String, Option<char>) {
        let mut read = String::new();
        while let Some(c) = self.next() {
            if stops.contains(&c) {
                return (read, Some(c));
            }
            if c == '\\' && escapes {
                let Some(escaped) = self.next() else { return (read, None) };
                read.push(escaped);
            } else {
                read.push(c);
            }
        }
        (read, None)
    }

    /// Whether there is nothing before the next comma or the end; reads the blanks, and the comma too.
    pub(super) fn empty_value(&mut self) -> bool {
        while let Some(c) = self.peek() {
            if c == ',' {
                self.skip(1);
                return true;
            }
            if !c.is_whitespace() {
                return false;
            }
            self.skip(c.len_utf8());
        }
        true
    }

    /// The number between `[`, already read, and `]`.
    pub(super) fn index(&mut self, escapes: bool) -> Result<i64, Stop> {
        let (digits, end) = self.until(&[']'], escapes);
        if end.is_none() {
            return Err(Stop::End);
        }
        strconv::atoi(digits.as_bytes()).map_err(|e| Stop::Error(e.to_string()))
    }
}
