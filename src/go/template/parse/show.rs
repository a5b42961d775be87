//! How Go writes a node back as text, which is what its messages show in `at <…>`.
//!
//! Mirrors the `String` methods of `text/template/parse/node.go`.

use super::tree::{Branch, Names, NodeId, NodeKind, Pipe, Syntax};
use crate::go::stack::with_room;
use crate::go::strconv::quote;

impl<T: AsRef<[u8]>> Syntax<T> {
    /// The node as Go writes it.
    pub(in crate::go::template) fn show(&self, id: NodeId) -> String {
        let mut out = Vec::new();
        self.write(id, &mut out);
        String::from_utf8_lossy(&out).into_owned()
    }

    fn write(&self, id: NodeId, out: &mut Vec<u8>) {
        with_room(|| self.write_node(id, out));
    }

    fn write_node(&self, id: NodeId, out: &mut Vec<u8>) {
        match self.kind(id) {
            NodeKind::List(nodes) => self.nodes(*nodes).iter().for_each(|node| self.write(*node, out)),
            NodeKind::Text(bytes) => out.extend_from_slice(self.bytes(*bytes)),
            NodeKind::Action { pipe } => {
                out.extend_from_slice(b"{{");
                self.write(*pipe, out);
                out.extend_from_slice(b"}}");
            }
            NodeKind::If(branch) => self.write_branch("if", *branch, out),
            NodeKind::With(branch) => self.write_branch("with", *branch, out),
            NodeKind::Range(branch) => self.write_branch("range", *branch, out),
            NodeKind::Template { name, pipe } => {
                out.extend_from_slice(b"{{template ");
                out.extend_from_slice(quote(self.meaning(*name)).as_bytes());
                if let Some(pipe) = pipe {
                    out.push(b' ');
                    self.write(*pipe, out);
                }
                out.extend_from_slice(b"}}");
            }
            NodeKind::Break => out.extend_from_slice(b"{{break}}"),
            NodeKind::Continue => out.extend_from_slice(b"{{continue}}"),
            NodeKind::Pipe(pipe) => self.write_pipe(pipe, out),
            NodeKind::Command { args } => {
                for (at, arg) in self.nodes(*args).iter().enumerate() {
                    if at > 0 {
                        out.push(b' ');
                    }
                    self.write_operand(*arg, out);
                }
            }
            NodeKind::Identifier(_) => out.extend_from_slice(self.identifier(id)),
            NodeKind::Field(names) => self.write_fields(*names, out),
            NodeKind::Variable { symbol, fields } => {
                out.extend_from_slice(self.symbol(*symbol));
                self.write_fields(*fields, out);
            }
            NodeKind::Chain { node, fields } => {
                self.write_operand(*node, out);
                self.write_fields(*fields, out);
            }
            NodeKind::Dot => out.push(b'.'),
            NodeKind::Nil => out.extend_from_slice(b"nil"),
            NodeKind::Bool(value) => out.extend_from_slice(if *value { b"true" } else { b"false" }),
            NodeKind::Number(_) => out.extend_from_slice(self.bytes(self.node(id).span)),
            NodeKind::String(string) => out.extend_from_slice(self.quoted(*string)),
        }
    }

    /// The name an identifier node stands for: its own text.
    pub(in crate::go::template) fn identifier(&self, id: NodeId) -> &[u8] {
        self.bytes(self.node(id).span)
    }

    fn write_operand(&self, id: NodeId, out: &mut Vec<u8>) {
        let pipe = matches!(self.kind(id), NodeKind::Pipe(_));
        if pipe {
            out.push(b'(');
        }
        self.write(id, out);
        if pipe {
            out.push(b')');
        }
    }

    fn write_fields(&self, names: Names, out: &mut Vec<u8>) {
        for name in self.names(names) {
            out.push(b'.');
            out.extend_from_slice(self.bytes(*name));
        }
    }

    fn write_pipe(&self, pipe: &Pipe, out: &mut Vec<u8>) {
        let declared = self.declared(pipe);
        for (at, symbol) in declared.symbols().iter().enumerate() {
            if at > 0 {
                out.extend_from_slice(b", ");
            }
            out.extend_from_slice(self.symbol(*symbol));
        }
        if !declared.symbols().is_empty() {
            out.extend_from_slice(if declared.assign { b" = " } else { b" := " });
        }
        for (at, command) in self.nodes(pipe.commands).iter().enumerate() {
            if at > 0 {
                out.extend_from_slice(b" | ");
            }
            self.write(*command, out);
        }
    }

    fn write_branch(&self, word: &str, branch: Branch, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{{");
        out.extend_from_slice(word.as_bytes());
        out.push(b' ');
        self.write(branch.pipe, out);
        out.extend_from_slice(b"}}");
        self.write(branch.list, out);
        if let Some(else_list) = branch.else_list {
            out.extend_from_slice(b"{{else}}");
            self.write(else_list, out);
        }
        out.extend_from_slice(b"{{end}}");
    }
}
