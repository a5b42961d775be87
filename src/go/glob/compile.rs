//! From the tree of a pattern to its matcher, merging neighbours as the library does.

use super::lex::ClassKind;
use super::matcher::{ANY_LEN, Matcher, Tree};
use super::tree::{Node, factored};

pub(super) fn compile(tree: Node, separators: &[char]) -> Matcher {
    match tree {
        Node::AnyOf(alternatives) => match factored(&alternatives) {
            Some(tree) => compile(tree, separators),
            None => Matcher::AnyOf(compile_all(alternatives, separators)),
        },
        Node::Pattern(parts) if parts.is_empty() => Matcher::Nothing,
        Node::Pattern(parts) => optimized(joined(&minimized(compile_all(parts, separators)))),
        Node::Any => optimized(Matcher::Any(separators.to_vec())),
        Node::Super => Matcher::Super,
        Node::Single => Matcher::Single(separators.to_vec()),
        Node::Nothing => Matcher::Nothing,
        Node::Class { not, kind: ClassKind::Range(low, high) } => Matcher::Range { low, high, not },
        Node::Class { not, kind: ClassKind::Chars(chars) } => {
            optimized(Matcher::List { chars: chars.chars().collect(), not })
        }
        Node::Text(text) => Matcher::Text(text.into_bytes()),
    }
}

fn compile_all(nodes: Vec<Node>, separators: &[char]) -> Vec<Matcher> {
    nodes.into_iter().map(|node| optimized(compile(node, separators))).collect()
}

/// A simpler matcher that does (almost) the same.
fn optimized(matcher: Matcher) -> Matcher {
    match matcher {
        Matcher::Any(separators) if separators.is_empty() => Matcher::Super,
        Matcher::AnyOf(mut matchers) if matchers.len() == 1 => matchers.pop().unwrap_or(Matcher::Nothing),
        Matcher::List { chars, not: false } if chars.len() == 1 => {
            Matcher::Text(chars.into_iter().collect::<String>().into_bytes())
        }
        Matcher::Tree(mut tree) => {
            tree.left = tree.left.take().map(optimized);
            tree.right = tree.right.take().map(optimized);
            optimized_tree(tree)
        }
        other => other,
    }
}

fn optimized_tree(tree: Box<Tree>) -> Matcher {
    let Matcher::Text(text) = &tree.value else { return Matcher::Tree(tree) };
    let text = text.clone();
    match (&tree.left, &tree.right) {
        (None, None) => Matcher::Text(text),
        (Some(Matcher::Super), Some(Matcher::Super)) => Matcher::Contains { needle: text, not: false },
        (Some(Matcher::Super), None) => Matcher::Suffix(text),
        (None, Some(Matcher::Super)) => Matcher::Prefix(text),
        (None, Some(Matcher::Suffix(suffix))) => Matcher::PrefixSuffix(text, suffix.clone()),
        (Some(Matcher::Prefix(prefix)), None) => Matcher::PrefixSuffix(prefix.clone(), text),
        (Some(Matcher::Any(separators)), None) => Matcher::SuffixAny(text, separators.clone()),
        (None, Some(Matcher::Any(separators))) => Matcher::PrefixAny(text, separators.clone()),
        _ => Matcher::Tree(tree),
    }
}

/// One matcher for several in a row, of which there is at least one.
fn joined(matchers: &[Matcher]) -> Matcher {
    let (first, rest) = match matchers {
        [] => return Matcher::Nothing,
        [only] => return only.clone(),
        [first, rest @ ..] => (first, rest),
    };
    if let Some(matcher) = glued(matchers) {
        return matcher;
    }
    // The longest that takes a fixed number of runes is looked for, the last of several.
    let lengths = matchers.iter().map(Matcher::len).enumerate();
    let longest = lengths.filter(|(_, len)| *len != ANY_LEN).max_by_key(|(_, len)| *len);
    let Some((index, _)) = longest else {
        return Matcher::Tree(Box::new(Tree::new(first.clone(), None, Some(joined(rest)))));
    };
    let side = |part: Option<&[Matcher]>| part.filter(|part| !part.is_empty()).map(joined);
    let value = matchers.get(index).cloned().unwrap_or(Matcher::Nothing);
    Matcher::Tree(Box::new(Tree::new(value, side(matchers.get(..index)), side(matchers.get(index + 1..)))))
}

/// Several matchers in a row as one, when they are of a kind.
fn glued(matchers: &[Matcher]) -> Option<Matcher> {
    if matchers.len() < 2 {
        return None;
    }
    glued_as_every(matchers).or_else(|| glued_as_row(matchers))
}

fn glued_as_row(matchers: &[Matcher]) -> Option<Matcher> {
    let mut len = 0;
    for matcher in matchers {
        len += Some(matcher.len()).filter(|len| *len != ANY_LEN)?;
    }
    Some(Matcher::Row { len, matchers: matchers.to_vec() })
}

/// Matchers that all refuse the same runes, as the characters of a list that excludes them count too.
fn glued_as_every(matchers: &[Matcher]) -> Option<Matcher> {
    let (mut any, mut all, mut min) = (false, false, 0);
    let mut separators: Option<&[char]> = None;
    for matcher in matchers {
        let own: &[char] = match matcher {
            Matcher::Super => {
                all = true;
                &[]
            }
            Matcher::Any(separators) => {
                any = true;
                separators
            }
            Matcher::Single(chars) | Matcher::List { chars, not: true } => {
                min += 1;
                chars
            }
            _ => return None,
        };
        if **separators.get_or_insert(own) != *own {
            return None;
        }
    }
    let separators = separators.unwrap_or_default();
    if min == 0 && all != any {
        return Some(if all { Matcher::Super } else { Matcher::Any(separators.to_vec()) });
    }
    if min > 0 && (any || all) && separators.is_empty() {
        return Some(Matcher::Min(min));
    }
    let mut every = Vec::new();
    if min > 0 {
        every.push(Matcher::Min(min));
        if !any && !all {
            every.push(Matcher::Max(min));
        }
    }
    if !separators.is_empty() {
        // The library's slip: several separators are looked for as one text.
        every.push(Matcher::Contains { needle: separators.iter().collect::<String>().into_bytes(), not: true });
    }
    Some(Matcher::EveryOf(every))
}

/// The matchers with the longest stretch that can be glued glued, again and again.
fn minimized(mut matchers: Vec<Matcher>) -> Vec<Matcher> {
    loop {
        let mut best: Option<(Matcher, usize, usize)> = None;
        for left in 0..matchers.len() {
            for right in (left + 1..=matchers.len()).rev() {
                let Some(found) = matchers.get(left..right).and_then(glued) else { continue };
                let better = best.as_ref().is_none_or(|(known, from, to)| {
                    let (known, own) = (known.len(), found.len());
                    known != ANY_LEN && own != ANY_LEN && own > known || to - from < right - left
                });
                if better {
                    best = Some((found, left, right));
                }
            }
        }
        let Some((glued, left, right)) = best else { return matchers };
        matchers.splice(left..right, [glued]);
    }
}
