//! Lists, text and control actions: `if`, `with`, `range`, `template`, `block`, `break`, `continue`.

use super::token::{Token, TokenKind};
use super::tree::{Branch, Bytes, NodeId, NodeKind, StringId};
use super::{End, Item, MAX_CONTROL_DEPTH, Parsed, Parser, TreeState};
use crate::go::stack::with_room;

/// The three actions with a pipeline, a list and perhaps an `else`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Control {
    If,
    With,
    Range,
}

impl Control {
    fn word(self) -> &'static str {
        match self {
            Control::If => "if",
            Control::With => "with",
            Control::Range => "range",
        }
    }
}

impl Parser<'_> {
    /// A list up to its `end` or `else`.
    pub(super) fn item_list(&mut self) -> Parsed<(NodeId, End)> {
        self.control_depth += 1;
        if self.control_depth > MAX_CONTROL_DEPTH {
            return Err(self.error("max control depth exceeded"));
        }
        let list = with_room(|| self.items());
        self.control_depth -= 1;
        list
    }

    fn items(&mut self) -> Parsed<(NodeId, End)> {
        let pos = self.peek().start;
        let mark = self.children.len();
        while self.peek().kind != TokenKind::Eof {
            match self.text_or_action()? {
                Item::Node(node) => self.children.push(node),
                Item::End(end) => return Ok((self.finish_list(mark, pos), end)),
            }
        }
        Err(self.error("unexpected EOF"))
    }

    pub(super) fn text_or_action(&mut self) -> Parsed<Item> {
        let token = self.next();
        match token.kind {
            TokenKind::Text => {
                let span = Bytes { start: token.start, end: token.end };
                Ok(Item::Node(self.source.add(NodeKind::Text(span), token.start, span)))
            }
            TokenKind::LeftDelim => {
                self.tree.action = Some(token.start);
                let item = self.action(token)?;
                self.tree.action = None;
                Ok(item)
            }
            _ => Err(self.unexpected(token, "input")),
        }
    }

    /// An action, after its left delimiter.
    fn action(&mut self, delim: Token) -> Parsed<Item> {
        let start = delim.start;
        let token = self.next();
        match token.kind {
            TokenKind::Block => self.block(start).map(Item::Node),
            TokenKind::Break => self.leave_range(start, token, NodeKind::Break, "{{break}}"),
            TokenKind::Continue => self.leave_range(start, token, NodeKind::Continue, "{{continue}}"),
            TokenKind::Else => self.else_control(),
            TokenKind::End => {
                self.expect(TokenKind::RightDelim, "end")?;
                Ok(Item::End(End::End))
            }
            TokenKind::If => self.control(Control::If, start).map(Item::Node),
            TokenKind::Range => self.control(Control::Range, start).map(Item::Node),
            TokenKind::Template => self.template(start).map(Item::Node),
            TokenKind::With => self.control(Control::With, start).map(Item::Node),
            _ => {
                self.backup();
                let pos = self.peek().start;
                let pipe = self.pipeline("command", TokenKind::RightDelim)?;
                Ok(Item::Node(self.source.add(NodeKind::Action { pipe }, pos, self.since(start))))
            }
        }
    }

    fn since(&self, start: u32) -> Bytes {
        Bytes { start, end: self.last_end.max(start) }
    }

    fn leave_range(&mut self, start: u32, word: Token, kind: NodeKind, shown: &str) -> Parsed<Item> {
        let token = self.next();
        if token.kind != TokenKind::RightDelim {
            return Err(self.unexpected(token, shown));
        }
        if self.tree.range_depth == 0 {
            return Err(self.error(format!("{shown} outside {{{{range}}}}")));
        }
        Ok(Item::Node(self.source.add(kind, word.start, self.since(start))))
    }

    fn else_control(&mut self) -> Parsed<Item> {
        let next = self.peek();
        // The word after `else` is left for the control action that the `else` belongs to.
        if matches!(next.kind, TokenKind::If | TokenKind::With) {
            return Ok(Item::End(End::Else { pos: next.start }));
        }
        let token = self.expect(TokenKind::RightDelim, "else")?;
        Ok(Item::End(End::Else { pos: token.start }))
    }

    fn control(&mut self, control: Control, start: u32) -> Parsed<NodeId> {
        let variables = self.tree.variables.len();
        let pipe = self.pipeline(control.word(), TokenKind::RightDelim)?;
        if control == Control::Range {
            self.tree.range_depth += 1;
        }
        let (list, end) = self.item_list()?;
        if control == Control::Range {
            self.tree.range_depth -= 1;
        }
        let else_list = match end {
            End::End => None,
            End::Else { pos } => Some(self.else_list(control, pos)?),
        };
        self.drop_variables(variables);
        let branch = Branch { pipe, list, else_list };
        let kind = match control {
            Control::If => NodeKind::If(branch),
            Control::With => NodeKind::With(branch),
            Control::Range => NodeKind::Range(branch),
        };
        let pos = self.source.node(pipe).pos;
        Ok(self.source.add(kind, pos, self.since(start)))
    }

    fn else_list(&mut self, control: Control, pos: u32) -> Parsed<NodeId> {
        let next = self.peek().kind;
        let chained = match control {
            Control::If => next == TokenKind::If,
            Control::With => next == TokenKind::With,
            Control::Range => false,
        };
        if !chained {
            let (list, end) = self.item_list()?;
            if end != End::End {
                return Err(self.error(format!("expected end; found {}", end.text())));
            }
            return Ok(list);
        }
        self.next();
        self.control_depth += 1;
        if self.control_depth > MAX_CONTROL_DEPTH {
            return Err(self.error("max control depth exceeded"));
        }
        let node = with_room(|| self.control(control, pos))?;
        self.control_depth -= 1;
        let mark = self.children.len();
        self.children.push(node);
        Ok(self.finish_list(mark, pos))
    }

    fn block(&mut self, start: u32) -> Parsed<NodeId> {
        const CONTEXT: &str = "block clause";
        let token = self.next();
        let name = self.template_name(token, CONTEXT)?;
        let pipe = self.pipeline(CONTEXT, TokenKind::RightDelim)?;
        let outer = std::mem::replace(&mut self.tree, TreeState::new());
        let (root, end) = self.item_list()?;
        if end != End::End {
            self.tree = outer;
            return Err(self.error(format!("unexpected {} in {CONTEXT}", end.text())));
        }
        self.add_tree(name, root)?;
        self.tree = outer;
        Ok(self.source.add(NodeKind::Template { name, pipe: Some(pipe) }, token.start, self.since(start)))
    }

    fn template(&mut self, start: u32) -> Parsed<NodeId> {
        const CONTEXT: &str = "template clause";
        let token = self.next();
        let name = self.template_name(token, CONTEXT)?;
        let mut pipe = None;
        if self.next().kind != TokenKind::RightDelim {
            self.backup();
            pipe = Some(self.pipeline(CONTEXT, TokenKind::RightDelim)?);
        }
        Ok(self.source.add(NodeKind::Template { name, pipe }, token.start, self.since(start)))
    }

    fn template_name(&mut self, token: Token, context: &str) -> Parsed<StringId> {
        match token.kind {
            TokenKind::String | TokenKind::RawString => self.string(token),
            _ => Err(self.unexpected(token, context)),
        }
    }
}
