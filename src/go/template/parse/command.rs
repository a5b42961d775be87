//! Pipelines, commands and operands.

use super::number::Number;
use super::token::{Token, TokenKind};
use super::tree::{Bytes, Declared, Names, NodeId, NodeKind, Pipe};
use super::{Parsed, Parser};
use crate::go::stack::with_room;
use crate::go::strconv::quote;

/// Go's own limit for parentheses within parentheses.
const MAX_PAREN_DEPTH: u32 = 10_000;

impl Parser<'_> {
    /// A pipeline and the token that ends it.
    pub(super) fn pipeline(&mut self, context: &str, end: TokenKind) -> Parsed<NodeId> {
        let pos = self.peek().start;
        let declared = self.declarations(context)?;
        let mark = self.children.len();
        loop {
            let token = self.next();
            match token.kind {
                kind if kind == end => break,
                TokenKind::Bool
                | TokenKind::CharConstant
                | TokenKind::Complex
                | TokenKind::Dot
                | TokenKind::Field
                | TokenKind::Identifier
                | TokenKind::Number
                | TokenKind::Nil
                | TokenKind::RawString
                | TokenKind::String
                | TokenKind::Variable
                | TokenKind::LeftParen => {
                    self.backup();
                    let command = self.command()?;
                    self.children.push(command);
                }
                _ => return Err(self.unexpected(token, context)),
            }
        }
        self.check_commands(mark, context)?;
        let pipe = Pipe { declared: self.source.add_declared(declared), commands: self.take_nodes(mark) };
        let span = Bytes { start: pos, end: self.last_end.max(pos) };
        Ok(self.source.add(NodeKind::Pipe(pipe), pos, span))
    }

    /// `$x :=`, `$x =`, and for `range` also `$i, $x :=`.
    fn declarations(&mut self, context: &str) -> Parsed<Declared> {
        let mut declared = Declared::NONE;
        loop {
            let variable = self.peek();
            if variable.kind != TokenKind::Variable {
                return Ok(declared);
            }
            let start = self.next;
            self.next();
            let next = self.peek();
            match next.kind {
                TokenKind::Assign | TokenKind::Declare => {
                    declared.assign = next.kind == TokenKind::Assign;
                    self.next();
                    self.declare(&mut declared, variable);
                    return Ok(declared);
                }
                TokenKind::Char if self.value(next) == b"," => {
                    self.next();
                    self.declare(&mut declared, variable);
                    if context != "range" || declared.symbols().len() >= 2 {
                        return Err(self.error(format!("too many declarations in {context}")));
                    }
                    match self.peek().kind {
                        TokenKind::Variable | TokenKind::RightDelim | TokenKind::RightParen => {}
                        _ => return Err(self.error("range can only initialize variables")),
                    }
                }
                _ => {
                    // With the space behind it, which counts: `$x .y` is not `$x.y`.
                    self.reset(start);
                    return Ok(declared);
                }
            }
        }
    }

    fn declare(&mut self, declared: &mut Declared, variable: Token) {
        let symbol = self.symbol(variable);
        declared.add(symbol);
        self.define_variable(symbol);
    }

    /// A pipeline has a command, and only its first one may be a plain value.
    fn check_commands(&mut self, mark: usize, context: &str) -> Parsed<()> {
        let commands = self.children.get(mark..).unwrap_or_default();
        if commands.is_empty() {
            return Err(self.error(format!("missing value for {context}")));
        }
        for (at, command) in commands.iter().enumerate().skip(1) {
            let NodeKind::Command { args } = self.source.kind(*command) else { continue };
            let first = self.source.nodes(*args).first().map(|first| self.source.kind(*first));
            if let Some(NodeKind::Bool(_) | NodeKind::Dot | NodeKind::Nil | NodeKind::Number(_) | NodeKind::String(_)) =
                first
            {
                return Err(self.error(format!("non executable command in pipeline stage {}", at + 1)));
            }
        }
        Ok(())
    }

    /// Operands up to a pipe character, which is taken, or the end of the pipeline, which is not.
    fn command(&mut self) -> Parsed<NodeId> {
        let pos = self.peek().start;
        let mark = self.children.len();
        let mut end = pos;
        loop {
            self.peek();
            if let Some(operand) = self.operand()? {
                self.children.push(operand);
                end = self.last_end;
            }
            if self.take_space() {
                continue;
            }
            let token = self.next();
            match token.kind {
                TokenKind::RightDelim | TokenKind::RightParen => {
                    self.backup();
                    break;
                }
                TokenKind::Pipe => break,
                _ => return Err(self.unexpected(token, "operand")),
            }
        }
        if self.children.len() == mark {
            return Err(self.error("empty command"));
        }
        let args = self.take_nodes(mark);
        Ok(self.source.add(NodeKind::Command { args }, pos, Bytes { start: pos, end }))
    }

    /// A term and the fields after it.
    fn operand(&mut self) -> Parsed<Option<NodeId>> {
        let start = self.peek().start;
        let Some(term) = self.term()? else { return Ok(None) };
        if !self.peek_field() {
            return Ok(Some(term));
        }
        let first = self.peek();
        let mut names = match self.source.kind(term) {
            NodeKind::Field(names) => *names,
            _ => Names::default(),
        };
        while self.peek_field() {
            let token = self.next();
            self.source.add_name(&mut names, field_name(token));
        }
        let span = Bytes { start, end: self.last_end };
        let kind = match self.source.kind(term) {
            NodeKind::Field(_) => NodeKind::Field(names),
            NodeKind::Variable { symbol, .. } => NodeKind::Variable { symbol: *symbol, fields: names },
            NodeKind::Bool(_) | NodeKind::String(_) | NodeKind::Number(_) | NodeKind::Nil | NodeKind::Dot => {
                let shown = quote(self.source.show(term).as_bytes());
                return Err(self.error(format!("unexpected . after term {shown}")));
            }
            _ => {
                let kind = NodeKind::Chain { node: term, fields: names };
                return Ok(Some(self.source.add(kind, first.start, span)));
            }
        };
        self.source.replace(term, kind, first.start, span);
        Ok(Some(term))
    }

    /// A constant, function, variable, field, dot, or a pipeline in parentheses.
    fn term(&mut self) -> Parsed<Option<NodeId>> {
        let token = self.next();
        let span = Bytes { start: token.start, end: token.end };
        let value = self.value(token);
        let kind = match token.kind {
            TokenKind::Identifier => match self.callee(value) {
                Some(callee) => NodeKind::Identifier(callee),
                None => return Err(self.error(format!("function {} not defined", quote(value)))),
            },
            TokenKind::Dot => NodeKind::Dot,
            TokenKind::Nil => NodeKind::Nil,
            TokenKind::Variable => {
                let symbol = self.symbol(token);
                if !self.is_defined(symbol) {
                    return Err(self.error(format!("undefined variable {}", quote(value))));
                }
                NodeKind::Variable { symbol, fields: Names::default() }
            }
            TokenKind::Field => {
                let mut names = Names::default();
                self.source.add_name(&mut names, field_name(token));
                NodeKind::Field(names)
            }
            TokenKind::Bool => NodeKind::Bool(value == b"true"),
            TokenKind::CharConstant | TokenKind::Complex | TokenKind::Number => {
                let number = match token.kind {
                    TokenKind::CharConstant => Number::char(value),
                    TokenKind::Complex => Number::complex(value),
                    _ => Number::real(value),
                };
                let number = number.map_err(|cause| self.error(cause))?;
                NodeKind::Number(self.source.add_number(number))
            }
            TokenKind::LeftParen => {
                if self.tree.paren_depth >= MAX_PAREN_DEPTH {
                    return Err(self.error("max expression depth exceeded"));
                }
                self.tree.paren_depth += 1;
                let pipe = with_room(|| self.pipeline("parenthesized pipeline", TokenKind::RightParen))?;
                self.tree.paren_depth -= 1;
                return Ok(Some(pipe));
            }
            TokenKind::String | TokenKind::RawString => NodeKind::String(self.string(token)?),
            _ => {
                self.backup();
                return Ok(None);
            }
        };
        Ok(Some(self.source.add(kind, token.start, span)))
    }
}

/// The name without the dot before it.
fn field_name(token: Token) -> Bytes {
    Bytes { start: token.start + 1, end: token.end }
}
