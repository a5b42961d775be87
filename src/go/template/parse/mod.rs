//! Parsing: template text to trees.
//!
//! Mirrors `text/template/parse`. Knows the function table only to refuse unknown names and to resolve known ones.

mod command;
mod control;
mod lex;
mod number;
mod show;
mod token;
mod tree;

pub(super) use self::number::Number;
pub(super) use self::tree::{
    Branch, Bytes, Callee, Names, NodeId, NodeKind, Nodes, NumberId, Pipe, Source, StringId, Symbol, Syntax, Tree,
};

use std::collections::HashMap;
use std::rc::Rc;

use self::lex::Keywords;
use self::token::{Token, TokenKind, Tokens};
use super::builtin::Builtin;
use super::error::{Frame, ParseError};
use super::func::FuncTable;
use super::text;
use crate::go::strconv::{quote, unquote};
use crate::go::value::Str;

/// How deep `if`, `with`, `range` and `block` may nest, and how long a chain of `else if` may be. Go stops only when its
/// stack of a gigabyte is full; this is the number it allows for parentheses.
const MAX_CONTROL_DEPTH: u32 = 10_000;

pub(super) type Parsed<T> = Result<T, Box<Failure>>;

/// Why a text does not parse, and where: an offset with its line and column.
#[derive(Debug)]
pub(super) struct Failure {
    cause: String,
    offset: u32,
    line: u32,
    column: u32,
}

/// A text that has been parsed, and the trees in it under their names; the main tree is named as the text is.
#[derive(Debug)]
pub(super) struct Parse<'t> {
    syntax: Syntax<&'t [u8]>,
    trees: Vec<(Option<StringId>, NodeId)>,
}

/// Parses a text. Gives the main tree under `name` and every tree defined in it; an empty main tree does not replace a
/// defined one of the same name.
pub(super) fn parse(
    name: &Str,
    text: &Str,
    inline: bool,
    funcs: &'static FuncTable,
) -> Result<Vec<Tree>, Box<ParseError>> {
    finish(name, text, inline, begin(name.as_bytes(), text.as_bytes(), funcs))
}

/// The part of parsing that any thread can do.
pub(super) fn begin<'t>(name: &'t [u8], text: &'t [u8], funcs: &'static FuncTable) -> Parsed<Parse<'t>> {
    let too_long = u32::try_from(text.len()).is_err();
    let known = |word: &str| funcs.get(word).is_some();
    let keywords = Keywords { break_: !known("break"), continue_: !known("continue") };
    let tokens = lex::lex(if too_long { b"" } else { text }, keywords);
    let mut parser = Parser {
        name,
        source: Syntax::new(text, tokens.list.len()),
        tokens,
        next: 0,
        past_space: false,
        funcs,
        symbols: HashMap::default(),
        scratch: Vec::new(),
        control_depth: 0,
        last_end: 0,
        tree: TreeState::new(),
        trees: Vec::new(),
    };
    if too_long {
        return Err(parser.error("template text of 4 GiB or more"));
    }
    let root = parser.top_level()?;
    parser.add_tree(None, root)?;
    Ok(Parse { syntax: parser.source, trees: parser.trees })
}

/// What [`begin`] gave for the text, as the evaluator wants it.
pub(super) fn finish(
    name: &Str,
    text: &Str,
    inline: bool,
    begun: Parsed<Parse<'_>>,
) -> Result<Vec<Tree>, Box<ParseError>> {
    let Parse { syntax, trees } = begun.map_err(|failure| {
        let Failure { cause, offset, line, column } = *failure;
        Box::new(ParseError {
            message: format!("template: {name}:{line}: {cause}"),
            frame: Frame {
                template: name.to_text().into_owned(),
                offset,
                line,
                column,
                context: String::new(),
                inline_text: inline.then(|| text.clone()),
            },
            cause,
        })
    })?;
    let source = Rc::new(Source::new(name.clone(), text.clone(), inline, syntax));
    let tree = |(defined, root): (Option<StringId>, NodeId)| Tree {
        name: defined.map_or_else(|| name.clone(), |defined| source.string(defined)),
        source: Rc::clone(&source),
        root,
    };
    Ok(trees.into_iter().map(tree).collect())
}

/// What belongs to one tree of the text: `define` and `block` begin a new one.
struct TreeState {
    /// How many tokens of the text have been looked at, and the spaces before them, which count too: errors are reported at the
    /// last of them.
    seen: usize,
    variables: Vec<Symbol>,
    /// How often each symbol is in `variables`.
    defined: Vec<u32>,
    /// Where the action begins that is being read.
    action: Option<u32>,
    range_depth: u32,
    paren_depth: u32,
}

impl TreeState {
    fn new() -> TreeState {
        TreeState {
            seen: 0,
            variables: vec![Symbol::DOLLAR],
            defined: vec![1],
            action: None,
            range_depth: 0,
            paren_depth: 0,
        }
    }
}

/// An action that ends a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    End,
    Else { pos: u32 },
}

impl End {
    fn text(self) -> &'static str {
        match self {
            End::End => "{{end}}",
            End::Else { .. } => "{{else}}",
        }
    }
}

/// A node, or the end of the list it would have been in.
enum Item {
    Node(NodeId),
    End(End),
}

struct Parser<'a> {
    name: &'a [u8],
    tokens: Tokens,
    /// Which token comes next.
    next: usize,
    /// Whether the space before it has been taken.
    past_space: bool,
    source: Syntax<&'a [u8]>,
    funcs: &'static FuncTable,
    symbols: HashMap<&'a [u8], Symbol, foldhash::fast::RandomState>,
    /// Children of the lists that are still open.
    scratch: Vec<NodeId>,
    control_depth: u32,
    /// Where the last token ended that was really taken.
    last_end: u32,
    tree: TreeState,
    trees: Vec<(Option<StringId>, NodeId)>,
}

impl<'a> Parser<'a> {
    /// The next token; space before it does not count.
    #[inline]
    fn next(&mut self) -> Token {
        let token = self.peek();
        self.next += 1;
        self.past_space = false;
        self.last_end = token.end;
        token
    }

    /// Takes back the last token.
    fn backup(&mut self) {
        self.reset(self.next.saturating_sub(1));
    }

    /// Goes back to a token. The space before it stays taken.
    fn reset(&mut self, next: usize) {
        self.next = next;
        self.past_space = true;
    }

    /// The next token; the space before it is taken.
    #[inline]
    fn peek(&mut self) -> Token {
        self.past_space = true;
        self.tree.seen = self.tree.seen.max(2 * self.next + 2);
        self.tokens.at(self.next)
    }

    /// Takes the space that comes next, if there is any.
    #[inline]
    fn take_space(&mut self) -> bool {
        let token = self.tokens.at(self.next);
        let is_space = token.spaced && !self.past_space;
        if is_space {
            self.tree.seen = self.tree.seen.max(2 * self.next + 1);
            self.past_space = true;
            self.last_end = token.start;
        }
        is_space
    }

    /// Whether a field comes next, without space before it.
    #[inline]
    fn peek_field(&mut self) -> bool {
        let token = self.tokens.at(self.next);
        let is_space = token.spaced && !self.past_space;
        self.tree.seen = self.tree.seen.max(2 * self.next + if is_space { 1 } else { 2 });
        !is_space && token.kind == TokenKind::Field
    }

    /// Where the space before a token begins: behind the token before it, or the trim marker of the action's beginning.
    fn space_before(&self, index: usize) -> u32 {
        let Some(before) = index.checked_sub(1).map(|before| self.tokens.at(before)) else { return 0 };
        let marker = match before.kind {
            TokenKind::LeftDelim => lex::trim_marker(self.text().get(before.end as usize..).unwrap_or_default()),
            _ => 0,
        };
        before.end + marker
    }

    fn text(&self) -> &'a [u8] {
        self.source.text
    }

    fn expect(&mut self, kind: TokenKind, context: &str) -> Parsed<Token> {
        let token = self.next();
        if token.kind == kind { Ok(token) } else { Err(self.unexpected(token, context)) }
    }

    fn value(&self, token: Token) -> &'a [u8] {
        self.text().get(token.start as usize..token.end as usize).unwrap_or_default()
    }

    fn line(&self, offset: u32) -> u32 {
        self.source.line_and_column(offset).0
    }

    /// An error at the token read last.
    fn error(&self, cause: impl Into<String>) -> Box<Failure> {
        let seen = self.tree.seen;
        let offset = match seen.checked_sub(1) {
            None => 0,
            Some(last) if seen.is_multiple_of(2) => self.tokens.at(last / 2).start,
            Some(last) => self.space_before(last / 2),
        };
        let (line, column) = self.source.line_and_column(offset);
        Box::new(Failure { cause: cause.into(), offset, line, column })
    }

    fn show(&self, token: Token) -> String {
        let value = self.value(token);
        match token.kind {
            TokenKind::Eof => "EOF".to_owned(),
            TokenKind::Error => self.tokens.error.clone(),
            kind if kind >= TokenKind::Block => format!("<{}>", String::from_utf8_lossy(value)),
            _ if value.len() > 10 => format!("{}...", text::quote_start(value)),
            _ => quote(value),
        }
    }

    fn unexpected(&self, token: Token, context: &str) -> Box<Failure> {
        let shown = self.show(token);
        if token.kind != TokenKind::Error {
            return self.error(format!("unexpected {shown} in {context}"));
        }
        let start = self.tree.action.map(|start| self.line(start));
        let Some(start) = start.filter(|start| *start != self.line(token.start)) else { return self.error(shown) };
        let link = if shown.ends_with(" action") { "" } else { " in action" };
        self.error(format!("{shown}{link} started at {}:{start}", String::from_utf8_lossy(self.name)))
    }

    fn callee(&mut self, name: &[u8]) -> Option<Callee> {
        let name = std::str::from_utf8(name).ok()?;
        match self.funcs.get(name) {
            Some(function) => Some(Callee::Function(self.source.add_function(function))),
            None => Builtin::named(name).map(Callee::Builtin),
        }
    }

    fn symbol(&mut self, token: Token) -> Symbol {
        let name = self.value(token);
        if name == b"$" {
            return Symbol::DOLLAR;
        }
        let add = || self.source.add_symbol(Bytes { start: token.start, end: token.end });
        *self.symbols.entry(name).or_insert_with(add)
    }

    fn define_variable(&mut self, symbol: Symbol) {
        let index = symbol.0 as usize;
        if self.tree.defined.len() <= index {
            self.tree.defined.resize(index + 1, 0);
        }
        if let Some(count) = self.tree.defined.get_mut(index) {
            *count += 1;
        }
        self.tree.variables.push(symbol);
    }

    fn is_defined(&self, symbol: Symbol) -> bool {
        self.tree.defined.get(symbol.0 as usize).is_some_and(|count| *count > 0)
    }

    fn drop_variables(&mut self, keep: usize) {
        while self.tree.variables.len() > keep {
            let Some(symbol) = self.tree.variables.pop() else { return };
            if let Some(count) = self.tree.defined.get_mut(symbol.0 as usize) {
                *count -= 1;
            }
        }
    }

    /// A string, and checks that it is one.
    fn string(&mut self, token: Token) -> Parsed<StringId> {
        let literal = self.value(token);
        let inside = literal.get(1..literal.len().saturating_sub(1)).unwrap_or_default();
        let plain = match token.kind {
            // Go leaves out carriage returns, and nothing else.
            TokenKind::RawString => !inside.contains(&b'\r'),
            _ => inside.iter().all(|byte| matches!(byte, b' '..=b'~') && *byte != b'\\'),
        };
        let value = match plain {
            true => None,
            false => Some(unquote(literal).ok_or_else(|| self.error("invalid syntax"))?),
        };
        Ok(self.source.add_string(Bytes { start: token.start, end: token.end }, value))
    }

    /// Everything up to the end of the text.
    fn top_level(&mut self) -> Parsed<NodeId> {
        let pos = self.peek().start;
        let mark = self.scratch.len();
        while self.peek().kind != TokenKind::Eof {
            if self.peek().kind == TokenKind::LeftDelim {
                let delim = self.next;
                self.next();
                if self.next().kind == TokenKind::Define {
                    self.definition()?;
                    continue;
                }
                self.reset(delim);
            }
            match self.text_or_action()? {
                Item::Node(node) => self.scratch.push(node),
                Item::End(end) => return Err(self.error(format!("unexpected {}", end.text()))),
            }
        }
        Ok(self.finish_list(mark, pos))
    }

    /// A `define`, after that word.
    fn definition(&mut self) -> Parsed<()> {
        const CONTEXT: &str = "define clause";
        let outer = std::mem::replace(&mut self.tree, TreeState::new());
        let token = self.next();
        if !matches!(token.kind, TokenKind::String | TokenKind::RawString) {
            return Err(self.unexpected(token, CONTEXT));
        }
        let name = self.string(token)?;
        self.expect(TokenKind::RightDelim, CONTEXT)?;
        let (root, end) = self.item_list()?;
        if end != End::End {
            return Err(self.error(format!("unexpected {} in {CONTEXT}", end.text())));
        }
        self.add_tree(Some(name), root)?;
        self.tree = outer;
        Ok(())
    }

    fn add_tree(&mut self, defined: Option<StringId>, root: NodeId) -> Parsed<()> {
        let name = |defined: Option<StringId>| defined.map_or(self.name, |defined| self.source.meaning(defined));
        let Some(at) = self.trees.iter().position(|(other, _)| name(*other) == name(defined)) else {
            self.trees.push((defined, root));
            return Ok(());
        };
        let is_empty = |root| self.source.is_empty_tree(root);
        match self.trees.get(at).copied() {
            Some((_, earlier)) if is_empty(earlier) => {
                if let Some((_, earlier)) = self.trees.get_mut(at) {
                    *earlier = root;
                }
            }
            _ if is_empty(root) => {}
            _ => {
                let cause = format!("template: multiple definition of template {}", quote(name(defined)));
                return Err(self.error(cause));
            }
        }
        Ok(())
    }

    /// The nodes pushed since the mark.
    fn take_nodes(&mut self, mark: usize) -> Nodes {
        let nodes = self.source.add_nodes(self.scratch.get(mark..).unwrap_or_default());
        self.scratch.truncate(mark);
        nodes
    }

    /// The nodes pushed since the mark, as a list.
    fn finish_list(&mut self, mark: usize, pos: u32) -> NodeId {
        let nodes = self.take_nodes(mark);
        self.source.add(NodeKind::List(nodes), pos, Bytes { start: pos, end: self.last_end.max(pos) })
    }
}

#[cfg(test)]
mod tests;
