//! Tokens: pieces of the text, as the lexer hands them to the parser.

/// What a token is. Keywords come last, as in Go, where they print between `<` and `>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum TokenKind {
    Error,
    Bool,
    /// A printable ASCII character that means nothing here.
    Char,
    CharConstant,
    Complex,
    Assign,
    Declare,
    Eof,
    Field,
    Identifier,
    LeftDelim,
    LeftParen,
    Number,
    Pipe,
    RawString,
    RightDelim,
    RightParen,
    String,
    Text,
    Variable,
    Block,
    Break,
    Continue,
    Dot,
    Define,
    Else,
    End,
    If,
    Nil,
    Range,
    Template,
    With,
}

/// A piece of the text. The words of an [`TokenKind::Error`] are kept beside the tokens: there is at most one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    /// Whether there is space before it, which in Go is a token of its own.
    pub(super) spaced: bool,
    pub(super) start: u32,
    pub(super) end: u32,
}

/// The tokens of a text, the last of which is its end or an error.
pub(super) struct Tokens {
    pub(super) list: Vec<Token>,
    /// The words of the error.
    pub(super) error: String,
}

impl Tokens {
    /// The token at a place; behind the last one there is nothing but that again.
    #[inline]
    pub(super) fn at(&self, index: usize) -> Token {
        match self.list.get(index) {
            Some(token) => *token,
            None => self.last(),
        }
    }

    #[cold]
    fn last(&self) -> Token {
        self.list.last().copied().unwrap_or(Token { kind: TokenKind::Eof, spaced: false, start: 0, end: 0 })
    }
}
