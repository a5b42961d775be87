//! Nodes as Go's `%#v` shows what go-yaml decodes them to; only error messages need it.

use std::collections::HashMap;

use super::check::{collect, scalar};
use super::error::Error;
use super::resolve::Scalar;
use super::tree::{Node, NodeKind};
use crate::go::strconv::{Precision, format_float, quote};

/// How deep it looks; error messages deeper than this are nobody's business.
const MAX_DEPTH: usize = 100;

/// `fmt.Sprintf("%#v", v)` of an interface that holds the node's value.
pub(super) fn go_syntax(node: Node<'_>) -> Result<String, Error> {
    if node.target().kind() == NodeKind::Scalar && scalar(node.target())? == Scalar::Null {
        return Ok("<nil>".to_owned());
    }
    let mut out = String::new();
    write(node, &mut out, 0)?;
    Ok(out)
}

fn write(node: Node<'_>, out: &mut String, depth: usize) -> Result<(), Error> {
    let node = node.target();
    if depth > MAX_DEPTH {
        out.push_str("...");
        return Ok(());
    }
    match node.kind() {
        NodeKind::Scalar => out.push_str(&scalar_syntax(&scalar(node)?)),
        NodeKind::Sequence => {
            out.push_str("[]interface {}{");
            for (at, item) in node.items().enumerate() {
                if at > 0 {
                    out.push_str(", ");
                }
                write(item, out, depth + 1)?;
            }
            out.push('}');
        }
        NodeKind::Mapping | NodeKind::Alias => {
            let mut entries = Vec::new();
            collect(node, &mut entries, &mut HashMap::new())?;
            entries.sort_by(|(a, _), (b, _)| compare(a, b));
            out.push_str("map[interface {}]interface {}{");
            for (at, (key, value)) in entries.iter().enumerate() {
                if at > 0 {
                    out.push_str(", ");
                }
                out.push_str(&scalar_syntax(key));
                out.push(':');
                write(*value, out, depth + 1)?;
            }
            out.push('}');
        }
    }
    Ok(())
}

/// `internal/fmtsort`; keys of different types are ordered by where the linker put the types, which is the same in both
/// Helms.
fn compare(a: &Scalar<'_>, b: &Scalar<'_>) -> std::cmp::Ordering {
    let rank = |scalar: &Scalar<'_>| match scalar {
        Scalar::Null => 0,
        Scalar::Text(_) => 1,
        Scalar::Uint(_) => 2,
        Scalar::Int(_) => 3,
        Scalar::Float(_) => 4,
        Scalar::Bool(_) => 5,
    };
    match (a, b) {
        (Scalar::Bool(a), Scalar::Bool(b)) => a.cmp(b),
        (Scalar::Int(a), Scalar::Int(b)) => a.cmp(b),
        (Scalar::Uint(a), Scalar::Uint(b)) => a.cmp(b),
        (Scalar::Float(a), Scalar::Float(b)) => a.total_cmp(b),
        (Scalar::Text(a), Scalar::Text(b)) => a.cmp(b),
        _ => rank(a).cmp(&rank(b)),
    }
}

fn scalar_syntax(scalar: &Scalar<'_>) -> String {
    match scalar {
        Scalar::Null => "interface {}(nil)".to_owned(),
        Scalar::Bool(b) => b.to_string(),
        Scalar::Int(n) => n.to_string(),
        Scalar::Uint(n) => format!("{n:#x}"),
        Scalar::Float(f) => format_float(*f, b'g', Precision::Shortest, 64),
        Scalar::Text(text) => quote(text),
    }
}
