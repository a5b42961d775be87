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
use std::sync::Arc;

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
    /// The line of the text in which the action began that has no end, if `cause` is to go on with it.
    started: Option<u32>,
    offset: u32,
    line: u32,
    column: u32,
}

/// A text that has been parsed. What it is called is of no matter before [`finish`].
#[derive(Debug)]
pub(super) struct Parse {
    syntax: Syntax<Arc<[u8]>>,
    /// The trees it defines.
    defined: Vec<(StringId, NodeId)>,
    /// Everything outside of them.
    main: NodeId,
    /// What Go would have looked at last.
    end: u32,
}

/// What is needed only while a text is parsed, kept for the next one.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    tokens: Vec<Token>,
    children: Vec<NodeId>,
}

/// The part of parsing that any thread can do, before it is known what the text is called.
pub(super) fn begin(text: &Arc<[u8]>, funcs: &'static FuncTable, scratch: &mut Scratch) -> Parsed<Parse> {
    let too_long = u32::try_from(text.len()).is_err();
    let known = |word: &str| funcs.get(word).is_some();
    let keywords = Keywords { break_: !known("break"), continue_: !known("continue") };
    let Scratch { tokens, mut children } = std::mem::take(scratch);
    children.clear();
    let tokens = lex::lex(if too_long { b"" } else { text }, keywords, tokens);
    let mut parser = Parser {
        source: Syntax::new(&**text, tokens.list.len()),
        tokens,
        next: 0,
        past_space: false,
        funcs,
        symbols: HashMap::default(),
        children,
        control_depth: 0,
        last_end: 0,
        tree: TreeState::new(),
        trees: Vec::new(),
    };
    let main = if too_long { Err(parser.error("template text of 4 GiB or more")) } else { parser.top_level() };
    let end = parser.looked_at_last();
    let Parser { source, tokens, children, trees, .. } = parser;
    *scratch = Scratch { tokens: tokens.list, children };
    Ok(Parse { syntax: source.over(Arc::clone(text)), defined: trees, main: main?, end })
}

/// What [`begin`] gave, as the evaluator wants it: the trees under their names, of which the main one has the text's; an empty one
/// replaces none that is defined under the same name. `inline` is the text if it is an argument of `tpl`.
pub(super) fn finish(name: &Str, inline: Option<&Str>, begun: Parsed<Parse>) -> Result<Vec<Tree>, Box<ParseError>> {
    let failed = |failure: Box<Failure>| {
        let Failure { mut cause, started, offset, line, column } = *failure;
        if let Some(started) = started {
            cause = format!("{cause} started at {name}:{started}");
        }
        Box::new(ParseError {
            message: format!("template: {name}:{line}: {cause}"),
            frame: Frame {
                template: name.to_text().into_owned(),
                offset,
                line,
                column,
                context: String::new(),
                inline_text: inline.cloned(),
            },
            cause,
        })
    };
    let Parse { syntax, defined, main, end } = begun.map_err(failed)?;
    let source = Rc::new(Source::new(name.clone(), inline.is_some(), syntax));
    let tree = |name, root| Tree { name, source: Rc::clone(&source), root };
    let mut trees: Vec<Tree> = defined.into_iter().map(|(name, root)| tree(source.string(name), root)).collect();
    match trees.iter_mut().find(|tree| tree.name == *name) {
        None => trees.push(tree(name.clone(), main)),
        Some(same) if same.is_empty() => same.root = main,
        Some(_) if source.is_empty_tree(main) => {}
        Some(_) => return Err(failed(Failure::at(end, &source, twice_defined(name)))),
    }
    Ok(trees)
}

impl Failure {
    fn at<T: AsRef<[u8]>>(offset: u32, source: &Syntax<T>, cause: String) -> Box<Failure> {
        let (line, column) = source.line_and_column(offset);
        Box::new(Failure { cause, started: None, offset, line, column })
    }
}

fn twice_defined(name: &[u8]) -> String {
    format!("template: multiple definition of template {}", quote(name))
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
    tokens: Tokens,
    /// Which token comes next.
    next: usize,
    /// Whether the space before it has been taken.
    past_space: bool,
    source: Syntax<&'a [u8]>,
    funcs: &'static FuncTable,
    symbols: HashMap<&'a [u8], Symbol, foldhash::fast::RandomState>,
    /// Those of the lists that are still open.
    children: Vec<NodeId>,
    control_depth: u32,
    /// Where the last token ended that was really taken.
    last_end: u32,
    tree: TreeState,
    /// Those that are defined.
    trees: Vec<(StringId, NodeId)>,
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

    /// Where the token begins that was looked at last.
    fn looked_at_last(&self) -> u32 {
        let seen = self.tree.seen;
        match seen.checked_sub(1) {
            None => 0,
            Some(last) if seen.is_multiple_of(2) => self.tokens.at(last / 2).start,
            Some(last) => self.space_before(last / 2),
        }
    }

    /// An error at the token looked at last.
    fn error(&self, cause: impl Into<String>) -> Box<Failure> {
        Failure::at(self.looked_at_last(), &self.source, cause.into())
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
        let mut failure = self.error(format!("{shown}{link}"));
        failure.started = Some(start);
        failure
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
        let mark = self.children.len();
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
                Item::Node(node) => self.children.push(node),
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
        self.add_tree(name, root)?;
        self.tree = outer;
        Ok(())
    }

    fn add_tree(&mut self, name: StringId, root: NodeId) -> Parsed<()> {
        let is_same = |(other, _): &&mut (StringId, NodeId)| self.source.meaning(*other) == self.source.meaning(name);
        match self.trees.iter_mut().find(is_same) {
            None => self.trees.push((name, root)),
            Some((_, earlier)) if self.source.is_empty_tree(*earlier) => *earlier = root,
            Some(_) if self.source.is_empty_tree(root) => {}
            Some(_) => return Err(self.error(twice_defined(self.source.meaning(name)))),
        }
        Ok(())
    }

    /// The nodes pushed since the mark.
    fn take_nodes(&mut self, mark: usize) -> Nodes {
        let nodes = self.source.add_nodes(self.children.get(mark..).unwrap_or_default());
        self.children.truncate(mark);
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
