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
    Space,
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

/// A piece of the text. The words of an [`TokenKind::Error`] are kept by the lexer: there is at most one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) line: u32,
}

impl Token {
    /// What the parser's look-ahead holds before the first token.
    pub(super) const NONE: Token = Token { kind: TokenKind::Error, start: 0, end: 0, line: 0 };
}
