//! Go's regular expressions: its syntax, its error texts, its way of walking through the matches.
//!
//! Mirrors `regexp` and `regexp/syntax` of Go 1.26. The syntax is parsed here, because errors are part of the output and
//! every flavour differs in a dozen places; the matching is done by `regex-automata`, whose leftmost-first rule is Go's.

mod class;
mod error;
mod haystack;
mod node;
mod parse;
mod replace;
mod tables;

pub use self::error::Error;

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use regex_automata::meta::Regex;
use regex_automata::util::captures::Captures;
use regex_automata::{Input, Span};

use self::haystack::Haystack;
use super::limits::{self, MAX_TEXT};
use super::stack::with_levels;

/// A compiled regular expression.
#[derive(Debug)]
pub struct Regexp {
    engine: Regex,
    /// The names of the groups, the whole match being the first.
    names: Vec<Option<String>>,
    is_empty: bool,
}

/// A match, with its groups when they were asked for.
enum Found {
    Whole(Span),
    Groups(Captures),
}

impl Found {
    /// The place of a group, the whole match being the first; `None` when it took no part.
    fn group(&self, index: usize) -> Option<Span> {
        match self {
            Found::Whole(span) => Some(*span).filter(|_| index == 0),
            Found::Groups(captures) => captures.get_group(index),
        }
    }
}

/// How much memory one automaton may take. Go allows 128 MiB for its program, whose instructions are larger.
const MAX_SIZE: usize = 64 << 20;

/// How many compiled expressions a thread keeps; a chart uses a handful, a `range` over `tpl` may make many.
const MAX_KEPT: usize = 256;

/// Searching through a byte is as much work as making so many bytes of text.
const WORK_OF_SEARCH: usize = 4;

/// The same for finding a match, beside the search.
const WORK_OF_MATCH: usize = 64;

/// The same for compiling an expression, for each byte of its automaton.
const WORK_OF_COMPILING: usize = 8;

/// The size from which on an expression is kept alone.
const MAX_KEPT_SIZE: usize = 1 << 20;

thread_local! {
    static KEPT: RefCell<HashMap<Box<[u8]>, Rc<Regexp>>> = RefCell::default();
}

impl Regexp {
    /// Compiles an expression, as `regexp.Compile`.
    ///
    /// # Errors
    /// When Go refuses the expression.
    pub fn compile(pattern: impl AsRef<[u8]>) -> Result<Regexp, Error> {
        let pattern = pattern.as_ref();
        let parsed = parse::parse(pattern)?;
        // A full DFA takes longer to build than a chart takes to use it.
        let config = Regex::config().nfa_size_limit(Some(MAX_SIZE)).dfa(false);
        let build = || Regex::builder().configure(config).build_from_hir(&parsed.hir).ok();
        let engine = with_levels(parsed.height, build).ok_or_else(|| Error::new(error::TOO_LARGE, pattern))?;
        limits::work(engine.memory_usage() * WORK_OF_COMPILING);
        Ok(Regexp { engine, names: parsed.names, is_empty: pattern.is_empty() })
    }

    /// The compiled expression, kept for the next time this thread asks for it.
    ///
    /// # Errors
    /// When Go refuses the expression.
    pub fn cached(pattern: impl AsRef<[u8]>) -> Result<Rc<Regexp>, Error> {
        let pattern = pattern.as_ref();
        if let Some(kept) = KEPT.with_borrow(|kept| kept.get(pattern).cloned()) {
            return Ok(kept);
        }
        let compiled = Rc::new(Regexp::compile(pattern)?);
        KEPT.with_borrow_mut(|kept| {
            if kept.len() >= MAX_KEPT || compiled.engine.memory_usage() > MAX_KEPT_SIZE {
                kept.clear();
            }
            kept.insert(pattern.into(), compiled.clone());
        });
        Ok(compiled)
    }

    /// Whether the text contains a match.
    pub fn is_match(&self, text: &[u8]) -> bool {
        limits::work(text.len() * WORK_OF_SEARCH);
        self.engine.is_match(Haystack::new(text).bytes())
    }

    /// The first match.
    pub fn find<'t>(&self, text: &'t [u8]) -> Option<&'t [u8]> {
        limits::work(text.len() * WORK_OF_SEARCH);
        let haystack = Haystack::new(text);
        let found = self.engine.find(haystack.bytes())?;
        Some(haystack.original(found.start(), found.end()))
    }

    /// The first `limit` matches, or all when it is negative; `None` when there is none, for which Go gives nil.
    pub fn find_all<'t>(&self, text: &'t [u8], limit: i64) -> Option<Vec<&'t [u8]>> {
        let haystack = Haystack::new(text);
        let found: Vec<_> = self.places(&haystack, limit).map(|(start, end)| haystack.original(start, end)).collect();
        Some(found).filter(|found| !found.is_empty())
    }

    /// What lies between the matches, in at most `limit` pieces when it is positive; `None`, Go's nil, when it is zero.
    pub fn split<'t>(&self, text: &'t [u8], limit: i64) -> Option<Vec<&'t [u8]>> {
        if limit == 0 {
            return None;
        }
        if !self.is_empty && text.is_empty() {
            return Some(vec![text]);
        }
        let most = usize::try_from(limit).ok();
        let haystack = Haystack::new(text);
        let (mut pieces, mut begin, mut end) = (Vec::new(), 0, 0);
        for (start, stop) in self.places(&haystack, limit) {
            if most.is_some_and(|most| pieces.len() + 1 >= most) {
                break;
            }
            end = start;
            if stop != 0 {
                pieces.push(haystack.original(begin, end));
            }
            begin = stop;
        }
        if end != haystack.bytes().len() {
            pieces.push(haystack.original(begin, haystack.bytes().len()));
        }
        Some(pieces)
    }

    /// The text with every match replaced, `$1`, `${name}` and `$$` in the replacement being resolved.
    pub fn replace_all(&self, text: &[u8], replacement: &[u8]) -> Vec<u8> {
        let template = replace::Template::parse(replacement);
        self.replace(text, template.needs_groups(), |out, haystack, groups| {
            template.append_to(out, haystack, groups, &self.names);
        })
    }

    /// The text with every match replaced by exactly this.
    pub fn replace_all_literal(&self, text: &[u8], replacement: &[u8]) -> Vec<u8> {
        self.replace(text, false, |out, _, _| out.extend_from_slice(replacement))
    }

    fn replace(&self, text: &[u8], groups: bool, insert: impl Fn(&mut Vec<u8>, &Haystack<'_>, &Found)) -> Vec<u8> {
        let haystack = Haystack::new(text);
        let len = haystack.bytes().len();
        let mut out = Vec::with_capacity(text.len());
        let (mut copied, mut from) = (0, 0);
        limits::work(text.len() * WORK_OF_SEARCH);
        // A text that is too long is not made any longer; nobody will get to see it.
        while from <= len && out.len() <= MAX_TEXT && limits::work(WORK_OF_MATCH) {
            let input = Input::new(haystack.bytes()).range(from..);
            let Some(found) = self.search(&input, groups) else { break };
            let Some(whole) = found.group(0) else { break };
            out.extend_from_slice(haystack.original(copied, whole.start));
            // An empty match right behind another one is not replaced.
            if whole.end > copied || whole.start == 0 {
                insert(&mut out, &haystack, &found);
            }
            copied = whole.end;
            from = whole.end.max(from + haystack.width_at(from).max(1));
        }
        out.extend_from_slice(haystack.original(copied, len));
        out
    }

    fn search(&self, input: &Input<'_>, groups: bool) -> Option<Found> {
        if !groups {
            return self.engine.search(input).map(|found| Found::Whole(found.span()));
        }
        let mut captures = self.engine.create_captures();
        self.engine.search_captures(input, &mut captures);
        captures.is_match().then_some(Found::Groups(captures))
    }

    /// The places of the matches as `FindAll` walks them: an empty match right behind another one is left out.
    fn places<'h>(&'h self, haystack: &'h Haystack<'_>, limit: i64) -> impl Iterator<Item = (usize, usize)> + 'h {
        let len = haystack.bytes().len();
        let mut left = usize::try_from(limit).unwrap_or(len + 1);
        let (mut from, mut last_end) = (0, None);
        limits::work(len * WORK_OF_SEARCH);
        std::iter::from_fn(move || {
            while left > 0 && from <= len && limits::work(WORK_OF_MATCH) {
                let found = self.engine.search(&Input::new(haystack.bytes()).range(from..))?;
                let (start, end) = (found.start(), found.end());
                let mut accept = true;
                if end == from {
                    accept = last_end != Some(start);
                    from += haystack.width_at(from).max(1);
                } else {
                    from = end;
                }
                last_end = Some(end);
                if accept {
                    left -= 1;
                    return Some((start, end));
                }
            }
            None
        })
    }
}

/// The text with everything escaped that means something in an expression.
pub fn quote_meta(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for &c in text {
        if br"\.+*?()|[]{}^$".contains(&c) {
            out.push(b'\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_kept_and_bounded() {
        let first = Regexp::cached("a+").unwrap();
        assert!(Rc::ptr_eq(&first, &Regexp::cached("a+").unwrap()));
        for n in 0..2 * MAX_KEPT {
            Regexp::cached(n.to_string()).unwrap();
        }
        assert!(KEPT.with_borrow(HashMap::len) <= MAX_KEPT);
    }

    #[test]
    fn malformed_bytes_are_found_as_they_are() {
        let regex = Regexp::compile("(?s)x.y").unwrap();
        assert_eq!(regex.find(b"ax\xffyb"), Some(&b"x\xffy"[..]));
        assert_eq!(regex.replace_all(b"\xfex\xffy\xfd", b"<$0>"), b"\xfe<x\xffy>\xfd");
    }

    #[test]
    fn large_expressions_are_refused_and_not_tried() {
        let text = |result: Result<Regexp, Error>| result.unwrap_err().to_string();
        assert!(text(Regexp::compile(format!("({}){{1000}}", "a".repeat(3_400)))).contains("too large"));
        assert!(text(Regexp::compile("(".repeat(1001) + &")".repeat(1001))).contains("nests too deeply"));
        assert!(Regexp::compile("(".repeat(990) + &")*".repeat(990)).is_err());
        assert!(Regexp::compile("(".repeat(400) + &")*".repeat(400)).is_ok());
    }
}
