//! The tree of a pattern, and what its alternatives have in common.

use super::Error;
use super::lex::{ClassKind, Lexer, Token};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node {
    Nothing,
    Pattern(Vec<Node>),
    AnyOf(Vec<Node>),
    Text(String),
    Any,
    Super,
    Single,
    Class { not: bool, kind: ClassKind },
}

/// More parts than a pattern may have: merging them takes cubic time.
const MAX_PARTS: usize = 500;
/// Deeper than alternatives may be nested.
const MAX_DEPTH: usize = 50;

/// The parts of a pattern and, inside of braces, the alternatives before it.
#[derive(Default)]
struct Open {
    alternatives: Vec<Node>,
    parts: Vec<Node>,
}

impl Open {
    fn close(mut self) -> Node {
        self.alternatives.push(Node::Pattern(self.parts));
        Node::AnyOf(self.alternatives)
    }
}

pub(super) fn parse(pattern: &[u8]) -> Result<Node, Error> {
    let mut lexer = Lexer::new(pattern);
    let mut open = Open::default();
    let mut waiting: Vec<Open> = Vec::new();
    let mut count = 0;
    loop {
        count += 1;
        if count > MAX_PARTS || waiting.len() > MAX_DEPTH {
            return Err(Error::TooComplex);
        }
        match lexer.next()? {
            Token::Text(text) => open.parts.push(Node::Text(text)),
            Token::Any => open.parts.push(Node::Any),
            Token::Super => open.parts.push(Node::Super),
            Token::Single => open.parts.push(Node::Single),
            Token::Class { not, kind } => open.parts.push(Node::Class { not, kind }),
            Token::TermsOpen => waiting.push(std::mem::take(&mut open)),
            Token::Separator => {
                let parts = std::mem::take(&mut open.parts);
                open.alternatives.push(Node::Pattern(parts));
            }
            Token::TermsClose => {
                if let Some(outer) = waiting.pop() {
                    let closed = std::mem::replace(&mut open, outer).close();
                    open.parts.push(closed);
                }
            }
            Token::End => break,
        }
    }
    // Braces that are still open end here; the library does not mind.
    while let Some(outer) = waiting.pop() {
        let closed = std::mem::replace(&mut open, outer).close();
        open.parts.push(closed);
    }
    Ok(Node::Pattern(open.parts))
}

/// Alternatives with their common beginning and end taken out; `None` when they have none.
pub(super) fn factored(alternatives: &[Node]) -> Option<Node> {
    let patterns: Vec<&[Node]> = alternatives
        .iter()
        .map(|node| match node {
            Node::Pattern(parts) => Some(parts.as_slice()),
            _ => None,
        })
        .collect::<Option<_>>()?;
    let (left, right) = common(&patterns);
    if left == 0 && right == 0 {
        return None;
    }
    let first = *patterns.first()?;
    let mut parts = Vec::new();
    if left > 0 {
        parts.push(Node::Pattern(first.get(..left).unwrap_or_default().to_vec()));
    }
    let mut rest: Vec<Node> = Vec::new();
    for pattern in &patterns {
        let node = match pattern.get(left..pattern.len() - right) {
            None | Some([]) => Node::Nothing,
            Some(own) => Node::Pattern(own.to_vec()),
        };
        if !rest.contains(&node) {
            rest.push(node);
        }
    }
    match rest.as_slice() {
        [Node::Nothing] | [] => {}
        [_] => parts.append(&mut rest),
        _ => parts.push(Node::AnyOf(rest)),
    }
    if right > 0 {
        parts.push(Node::Pattern(first.get(first.len() - right..).unwrap_or_default().to_vec()));
    }
    Some(Node::Pattern(parts))
}

/// How many parts all patterns begin with, and how many they end with; together not more than the shortest has.
fn common(patterns: &[&[Node]]) -> (usize, usize) {
    let Some(shortest) = patterns.iter().min_by_key(|parts| parts.len()).filter(|_| patterns.len() > 1) else {
        return (0, 0);
    };
    let len = shortest.len();
    let (mut left, mut right, mut left_open, mut right_open) = (0, 0, true, true);
    let mut step = 0;
    while left + right < len && step < len && (left_open || right_open) {
        let back = len - 1 - step;
        for parts in patterns {
            // One pattern after the other decides, so a later one may still stop what an earlier one went by.
            if std::ptr::eq(*parts, *shortest) {
                continue;
            }
            left_open = left_open && parts.get(step) == shortest.get(step);
            // Once both ends meet, what the beginning took is no longer looked at from the end.
            right_open =
                right_open && !(left_open && back <= step) && parts.get(parts.len() - 1 - step) == shortest.get(back);
            if !left_open && !right_open {
                break;
            }
        }
        left += usize::from(left_open);
        right += usize::from(right_open);
        step += 1;
    }
    (left, right)
}
