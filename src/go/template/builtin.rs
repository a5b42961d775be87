//! Go's own template functions: their names, and what they take.
//!
//! Mirrors the table of `text/template/funcs.go`.

use crate::go::value::Type;

/// A function every template may call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Builtin {
    And,
    Call,
    Eq,
    Ge,
    Gt,
    Html,
    Index,
    Js,
    Le,
    Len,
    Lt,
    Ne,
    Not,
    Or,
    Print,
    Printf,
    Println,
    Slice,
    Urlquery,
}

/// What an argument is checked against.
#[derive(Clone, Copy, Debug)]
pub(super) enum Param {
    /// `reflect.Value`: the operand as it is, its interface around it.
    Operand,
    /// A Go type.
    Type(Type),
    /// Nothing: the operand is the receiver of a chain of fields.
    Unchecked,
}

/// Parameters before the repeated one, and the repeated one.
pub(super) struct Signature {
    pub(super) fixed: &'static [Param],
    pub(super) rest: Option<Param>,
}

impl Builtin {
    pub(super) fn named(name: &str) -> Option<Builtin> {
        Some(match name {
            "and" => Builtin::And,
            "call" => Builtin::Call,
            "eq" => Builtin::Eq,
            "ge" => Builtin::Ge,
            "gt" => Builtin::Gt,
            "html" => Builtin::Html,
            "index" => Builtin::Index,
            "js" => Builtin::Js,
            "le" => Builtin::Le,
            "len" => Builtin::Len,
            "lt" => Builtin::Lt,
            "ne" => Builtin::Ne,
            "not" => Builtin::Not,
            "or" => Builtin::Or,
            "print" => Builtin::Print,
            "printf" => Builtin::Printf,
            "println" => Builtin::Println,
            "slice" => Builtin::Slice,
            "urlquery" => Builtin::Urlquery,
            _ => return None,
        })
    }

    pub(super) fn signature(self) -> Signature {
        const ONE: &[Param] = &[Param::Operand];
        const TWO: &[Param] = &[Param::Operand, Param::Operand];
        const FORMAT: &[Param] = &[Param::Type(Type::String)];
        let (fixed, rest): (&'static [Param], _) = match self {
            Builtin::And | Builtin::Or | Builtin::Eq | Builtin::Index | Builtin::Slice | Builtin::Call => {
                (ONE, Some(Param::Operand))
            }
            Builtin::Not | Builtin::Len => (ONE, None),
            Builtin::Ne | Builtin::Lt | Builtin::Le | Builtin::Gt | Builtin::Ge => (TWO, None),
            Builtin::Printf => (FORMAT, Some(Param::Type(Type::Any))),
            Builtin::Print | Builtin::Println | Builtin::Html | Builtin::Js | Builtin::Urlquery => {
                (&[], Some(Param::Type(Type::Any)))
            }
        };
        Signature { fixed, rest }
    }
}
