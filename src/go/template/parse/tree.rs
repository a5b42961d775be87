//! The syntax tree of one parsed text: nodes in one vector, each with its place, so that a deep tree is dropped without
//! recursion and a node can be named by a number.
//!
//! Mirrors the node types of `text/template/parse/node.go`.

use std::cell::OnceCell;
use std::num::NonZeroU32;
use std::ops::{Deref, Range};
use std::rc::Rc;
use std::sync::Arc;

use bstr::ByteSlice;

use super::number::Number;
use crate::go::template::builtin::Builtin;
use crate::go::template::func::Function;
use crate::go::value::Str;

/// A node of a [`Syntax`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::go::template) struct NodeId(NonZeroU32);

impl NodeId {
    /// Of the last of so many nodes.
    fn last(count: usize) -> NodeId {
        NodeId(NonZeroU32::new(narrow(count)).unwrap_or(NonZeroU32::MIN))
    }

    fn index(self) -> usize {
        self.0.get() as usize - 1
    }
}

/// A run of nodes of a [`Syntax`].
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::go::template) struct Nodes {
    start: u32,
    len: u32,
}

/// A run of names of a [`Syntax`].
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::go::template) struct Names {
    start: u32,
    len: u32,
}

/// A variable's name in a [`Syntax`]; `$` is always 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::go::template) struct Symbol(pub(in crate::go::template) u32);

impl Symbol {
    pub(in crate::go::template) const DOLLAR: Symbol = Symbol(0);
}

/// A range of bytes of the text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::go::template) struct Bytes {
    pub(in crate::go::template) start: u32,
    pub(in crate::go::template) end: u32,
}

/// A node with its place.
#[derive(Debug)]
pub(in crate::go::template) struct Node {
    pub(in crate::go::template) kind: NodeKind,
    /// The byte Go's messages count lines and columns to. Often not the first byte of the node: for `.a.b` it is `.b`.
    pub(in crate::go::template) pos: u32,
    /// What the node was parsed from.
    pub(in crate::go::template) span: Bytes,
}

/// `if`, `with` or `range`.
#[derive(Clone, Copy, Debug)]
pub(in crate::go::template) struct Branch {
    pub(in crate::go::template) pipe: NodeId,
    pub(in crate::go::template) list: NodeId,
    pub(in crate::go::template) else_list: Option<NodeId>,
}

/// What an identifier calls.
#[derive(Clone, Copy, Debug)]
pub(in crate::go::template) enum Callee {
    /// One of Go's own.
    Builtin(Builtin),
    /// One of the table.
    Function(FunctionId),
}

/// A function that a [`Syntax`] calls.
#[derive(Clone, Copy, Debug)]
pub(in crate::go::template) struct FunctionId(u32);

/// The variables that a pipeline of a [`Syntax`] declares or sets.
#[derive(Clone, Copy, Debug)]
pub(in crate::go::template) struct DeclaredId(NonZeroU32);

/// A number of a [`Syntax`].
#[derive(Clone, Copy, Debug)]
pub(in crate::go::template) struct NumberId(u32);

/// A string of a [`Syntax`].
#[derive(Clone, Copy, Debug)]
pub(in crate::go::template) struct StringId(u32);

/// A string as it is written, and what it means where that is not what stands between its quotes.
#[derive(Debug)]
struct Literal {
    quoted: Bytes,
    unquoted: Option<Box<[u8]>>,
}

#[derive(Clone, Copy, Debug)]
pub(in crate::go::template) enum NodeKind {
    List(Nodes),
    Text(Bytes),
    Action { pipe: NodeId },
    If(Branch),
    With(Branch),
    Range(Branch),
    Template { name: StringId, pipe: Option<NodeId> },
    Break,
    Continue,
    Pipe(Pipe),
    Command { args: Nodes },
    Identifier(Callee),
    Field(Names),
    Variable { symbol: Symbol, fields: Names },
    Chain { node: NodeId, fields: Names },
    Dot,
    Nil,
    Bool(bool),
    Number(NumberId),
    String(StringId),
}

/// A pipeline.
#[derive(Clone, Copy, Debug)]
pub(in crate::go::template) struct Pipe {
    pub(in crate::go::template) declared: Option<DeclaredId>,
    pub(in crate::go::template) commands: Nodes,
}

/// The variables that a pipeline declares or sets.
#[derive(Clone, Copy, Debug)]
pub(in crate::go::template) struct Declared {
    /// `=` and not `:=`.
    pub(in crate::go::template) assign: bool,
    symbols: [Symbol; 2],
    count: u8,
}

impl Declared {
    pub(in crate::go::template) const NONE: Declared =
        Declared { assign: false, symbols: [Symbol::DOLLAR; 2], count: 0 };

    /// The variables, at most two.
    pub(in crate::go::template) fn symbols(&self) -> &[Symbol] {
        self.symbols.get(..usize::from(self.count)).unwrap_or_default()
    }

    pub(super) fn add(&mut self, symbol: Symbol) {
        if let Some(place) = self.symbols.get_mut(usize::from(self.count)) {
            *place = symbol;
            self.count += 1;
        }
    }
}

/// A parsed text, as the evaluator has it.
#[derive(Debug)]
pub(in crate::go::template) struct Source {
    /// The name under which it was parsed, which every message about it begins with.
    pub(in crate::go::template) name: Str,
    /// True for the argument of `tpl`, which is no file.
    pub(in crate::go::template) inline: bool,
    syntax: Syntax<Arc<[u8]>>,
    /// What the strings mean, for those that were asked for: most strings of most templates never are.
    values: OnceCell<Box<[OnceCell<Str>]>>,
}

impl Source {
    pub(super) fn new(name: Str, inline: bool, syntax: Syntax<Arc<[u8]>>) -> Source {
        Source { name, inline, syntax, values: OnceCell::new() }
    }

    /// What a string means.
    pub(in crate::go::template) fn string(&self, id: StringId) -> Str {
        let value = || self.syntax.meaning(id).into();
        let values = || std::iter::repeat_with(OnceCell::new).take(self.syntax.strings.len()).collect();
        self.values
            .get_or_init(values)
            .get(id.0 as usize)
            .map(|cell| cell.get_or_init(value).clone())
            .unwrap_or_default()
    }
}

impl Deref for Source {
    type Target = Syntax<Arc<[u8]>>;

    fn deref(&self) -> &Syntax<Arc<[u8]>> {
        &self.syntax
    }
}

/// A text with the nodes parsed from it. It holds nothing that is bound to a thread, as large charts are parsed by several.
#[derive(Debug)]
pub(in crate::go::template) struct Syntax<T> {
    pub(in crate::go::template) text: T,
    nodes: Vec<Node>,
    runs: Vec<NodeId>,
    names: Vec<Bytes>,
    symbols: Vec<Bytes>,
    numbers: Vec<Number>,
    strings: Vec<Literal>,
    declared: Vec<Declared>,
    functions: Vec<&'static Function>,
}

/// Ids come from the source they are used with; a foreign one, which would be a mistake of ours, reads as an empty list.
const NOWHERE: &Node =
    &Node { kind: NodeKind::List(Nodes { start: 0, len: 0 }), pos: 0, span: Bytes { start: 0, end: 0 } };

impl<T: AsRef<[u8]>> Syntax<T> {
    /// An empty tree for a text of so many tokens.
    pub(super) fn new(text: T, tokens: usize) -> Syntax<T> {
        Syntax {
            text,
            // As charts have them: five nodes for the five tokens of ` {{ .a.b }}`.
            nodes: Vec::with_capacity(tokens),
            runs: Vec::with_capacity(tokens / 5 * 4),
            names: Vec::with_capacity(tokens / 5 * 2),
            symbols: vec![Bytes::default()],
            numbers: Vec::new(),
            strings: Vec::new(),
            declared: Vec::new(),
            functions: Vec::new(),
        }
    }

    /// The same over another handle of the text, when nothing is added any more.
    pub(super) fn over<U>(self, text: U) -> Syntax<U> {
        let Syntax { mut nodes, mut runs, mut names, symbols, numbers, strings, declared, functions, .. } = self;
        // The estimates were generous. What is given back is memory that need not be made for the next text.
        nodes.shrink_to_fit();
        runs.shrink_to_fit();
        names.shrink_to_fit();
        Syntax { text, nodes, runs, names, symbols, numbers, strings, declared, functions }
    }

    pub(in crate::go::template) fn node(&self, id: NodeId) -> &Node {
        self.nodes.get(id.index()).unwrap_or(NOWHERE)
    }

    pub(in crate::go::template) fn kind(&self, id: NodeId) -> &NodeKind {
        &self.node(id).kind
    }

    pub(in crate::go::template) fn nodes(&self, run: Nodes) -> &[NodeId] {
        self.runs.get(range(run.start, run.len)).unwrap_or_default()
    }

    /// Where the names stand.
    pub(in crate::go::template) fn names(&self, run: Names) -> &[Bytes] {
        self.names.get(range(run.start, run.len)).unwrap_or_default()
    }

    pub(in crate::go::template) fn symbol(&self, symbol: Symbol) -> &[u8] {
        if symbol == Symbol::DOLLAR {
            return b"$";
        }
        self.symbols.get(symbol.0 as usize).map(|bytes| self.bytes(*bytes)).unwrap_or_default()
    }

    pub(in crate::go::template) fn number(&self, id: NumberId) -> Option<&Number> {
        self.numbers.get(id.0 as usize)
    }

    /// The variables of a pipeline.
    pub(in crate::go::template) fn declared(&self, pipe: &Pipe) -> &Declared {
        let declared = pipe.declared.and_then(|id| self.declared.get(id.0.get() as usize - 1));
        declared.unwrap_or(&Declared::NONE)
    }

    pub(in crate::go::template) fn function(&self, id: FunctionId) -> Option<&'static Function> {
        self.functions.get(id.0 as usize).copied()
    }

    /// What a string means.
    pub(in crate::go::template) fn meaning(&self, id: StringId) -> &[u8] {
        let Some(literal) = self.strings.get(id.0 as usize) else { return &[] };
        let Bytes { start, end } = literal.quoted;
        literal
            .unquoted
            .as_deref()
            .unwrap_or_else(|| self.bytes(Bytes { start: start + 1, end: end.saturating_sub(1) }))
    }

    /// What a pipeline means that is nothing but a string.
    pub(in crate::go::template) fn lone_string(&self, pipe: NodeId) -> Option<&[u8]> {
        let NodeKind::Pipe(Pipe { declared: None, commands }) = self.kind(pipe) else { return None };
        let &[command] = self.nodes(*commands) else { return None };
        let NodeKind::Command { args } = self.kind(command) else { return None };
        let &[only] = self.nodes(*args) else { return None };
        let NodeKind::String(string) = self.kind(only) else { return None };
        Some(self.meaning(*string))
    }

    /// A string as it is written.
    pub(in crate::go::template) fn quoted(&self, id: StringId) -> &[u8] {
        self.strings.get(id.0 as usize).map(|literal| self.bytes(literal.quoted)).unwrap_or_default()
    }

    pub(in crate::go::template) fn bytes(&self, bytes: Bytes) -> &[u8] {
        self.text.as_ref().get(bytes.start as usize..bytes.end as usize).unwrap_or_default()
    }

    /// Go's line (from 1) and column (in bytes, from 0) of a position.
    pub(in crate::go::template) fn line_and_column(&self, pos: u32) -> (u32, u32) {
        let before = self.text.as_ref().get(..pos as usize).unwrap_or_default();
        let start = before.rfind_byte(b'\n').map_or(0, |at| at + 1);
        let line = before.iter().filter(|b| **b == b'\n').count() + 1;
        (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(before.len() - start).unwrap_or(u32::MAX))
    }

    pub(super) fn add(&mut self, kind: NodeKind, pos: u32, span: Bytes) -> NodeId {
        self.nodes.push(Node { kind, pos, span });
        NodeId::last(self.nodes.len())
    }

    pub(super) fn add_nodes(&mut self, nodes: &[NodeId]) -> Nodes {
        let start = self.runs.len();
        self.runs.extend_from_slice(nodes);
        Nodes { start: narrow(start), len: narrow(self.runs.len() - start) }
    }

    /// Puts another node in the place of one.
    pub(super) fn replace(&mut self, id: NodeId, kind: NodeKind, pos: u32, span: Bytes) {
        if let Some(node) = self.nodes.get_mut(id.index()) {
            *node = Node { kind, pos, span };
        }
    }

    /// Adds a name to the run added last, or to an empty one.
    pub(super) fn add_name(&mut self, run: &mut Names, name: Bytes) {
        if run.len == 0 {
            run.start = narrow(self.names.len());
        }
        self.names.push(name);
        run.len += 1;
    }

    pub(super) fn add_symbol(&mut self, name: Bytes) -> Symbol {
        self.symbols.push(name);
        Symbol(last(self.symbols.len()))
    }

    /// Adds the variables of a pipeline, if there are any.
    pub(super) fn add_declared(&mut self, declared: Declared) -> Option<DeclaredId> {
        if declared.count == 0 {
            return None;
        }
        self.declared.push(declared);
        NonZeroU32::new(narrow(self.declared.len())).map(DeclaredId)
    }

    pub(super) fn add_function(&mut self, function: &'static Function) -> FunctionId {
        self.functions.push(function);
        FunctionId(last(self.functions.len()))
    }

    pub(super) fn add_number(&mut self, number: Number) -> NumberId {
        self.numbers.push(number);
        NumberId(last(self.numbers.len()))
    }

    /// Adds a string; when nothing else is given it means what stands between its quotes.
    pub(super) fn add_string(&mut self, quoted: Bytes, unquoted: Option<Vec<u8>>) -> StringId {
        self.strings.push(Literal { quoted, unquoted: unquoted.map(Vec::into_boxed_slice) });
        StringId(last(self.strings.len()))
    }

    /// Whether a tree is nothing but space and comments.
    pub(in crate::go::template) fn is_empty_tree(&self, root: NodeId) -> bool {
        match self.kind(root) {
            NodeKind::List(children) => self.nodes(*children).iter().all(|child| self.is_empty_text(*child)),
            _ => self.is_empty_text(root),
        }
    }

    fn is_empty_text(&self, id: NodeId) -> bool {
        match self.kind(id) {
            // Go trims what Unicode calls space, not only the four characters its lexer knows.
            NodeKind::Text(bytes) => self.bytes(*bytes).trim().is_empty(),
            _ => false,
        }
    }
}

/// A template: a tree of a source.
#[derive(Clone, Debug)]
pub(in crate::go::template) struct Tree {
    pub(in crate::go::template) name: Str,
    pub(in crate::go::template) source: Rc<Source>,
    pub(in crate::go::template) root: NodeId,
}

impl Tree {
    pub(in crate::go::template) fn is_empty(&self) -> bool {
        self.source.is_empty_tree(self.root)
    }
}

fn range(start: u32, len: u32) -> Range<usize> {
    start as usize..start as usize + len as usize
}

fn narrow(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn last(len: usize) -> u32 {
    narrow(len.saturating_sub(1))
}
