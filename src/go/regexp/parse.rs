//! The syntax of expressions, read as Go reads it, up to the first error.

use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange, Hir, Look};

use super::class::{self, before, check_utf8};
use super::error::{self, Error};
use super::node::Node;
use crate::go::utf8;

/// A parsed expression.
pub(super) struct Parsed {
    pub(super) hir: Hir,
    /// How deep it is nested.
    pub(super) height: u32,
    /// The names of the groups, the whole match being the first.
    pub(super) names: Vec<Option<String>>,
}

/// What `(?flags)` sets.
#[derive(Clone, Copy, Default)]
struct Flags {
    fold_case: bool,
    multi_line: bool,
    dot_all: bool,
    swap_greed: bool,
}

/// A group that is not closed yet, or the whole expression.
#[derive(Default)]
struct Open {
    /// The flags before the group, which count again behind it.
    outer: Flags,
    capture: Option<u32>,
    alternatives: Vec<Node>,
    items: Vec<Node>,
}

impl Open {
    fn end_alternative(&mut self, whole: &[u8]) -> Result<(), Error> {
        self.alternatives.push(Node::concat(std::mem::take(&mut self.items), whole)?);
        Ok(())
    }

    fn close(mut self, whole: &[u8]) -> Result<Node, Error> {
        self.end_alternative(whole)?;
        let node = Node::alternate(self.alternatives, whole)?;
        match self.capture {
            Some(index) => node.capture(index, whole),
            None => Ok(node),
        }
    }
}

struct Parser<'p> {
    whole: &'p [u8],
    flags: Flags,
    /// The innermost group; the others wait.
    group: Open,
    waiting: Vec<Open>,
    names: Vec<Option<String>>,
}

pub(super) fn parse(whole: &[u8]) -> Result<Parsed, Error> {
    let mut parser =
        Parser { whole, flags: Flags::default(), group: Open::default(), waiting: Vec::new(), names: vec![None] };
    let mut rest = whole;
    // Where the last operator that repeats something began, when nothing came behind it.
    let mut repeated = None;
    while let Some(first) = rest.first() {
        let operator = rest;
        let counts = match first {
            b'*' => Some((0, None, rest.get(1..))),
            b'+' => Some((1, None, rest.get(1..))),
            b'?' => Some((0, Some(1), rest.get(1..))),
            b'{' => counts(rest)?.map(|(min, max, after)| (min, max, Some(after))),
            _ => None,
        };
        if let Some((min, max, after)) = counts {
            rest = parser.repeat((min, max), operator, after.unwrap_or_default(), repeated)?;
            repeated = Some(operator);
        } else {
            rest = parser.item(rest)?;
            repeated = None;
        }
    }
    if !parser.waiting.is_empty() {
        return Err(Error::new(error::MISSING_PAREN, whole));
    }
    let (hir, height) = parser.group.close(whole)?.into_hir();
    Ok(Parsed { hir, height, names: parser.names })
}

impl<'p> Parser<'p> {
    /// Anything but an operator that repeats; gives what follows it.
    fn item(&mut self, text: &'p [u8]) -> Result<&'p [u8], Error> {
        let after = text.get(1..).unwrap_or_default();
        let node = match text {
            [b'(', b'?', ..] => return self.special_group(text),
            [b'(', ..] => {
                self.open(Some(None));
                return Ok(after);
            }
            [b'|', ..] => {
                self.group.end_alternative(self.whole)?;
                return Ok(after);
            }
            [b')', ..] => {
                let outer = self.waiting.pop().ok_or_else(|| Error::new(error::UNEXPECTED_PAREN, self.whole))?;
                let group = std::mem::replace(&mut self.group, outer);
                self.flags = group.outer;
                let node = group.close(self.whole)?;
                self.group.items.push(node);
                return Ok(after);
            }
            [b'^', ..] => Node::look(if self.flags.multi_line { Look::StartLF } else { Look::Start }),
            [b'$', ..] => Node::look(if self.flags.multi_line { Look::EndLF } else { Look::End }),
            [b'.', ..] => Node::class(self.any_char()),
            [b'[', ..] => {
                let (class, after) = class::bracketed(text, self.flags.fold_case)?;
                self.group.items.push(Node::class(class));
                return Ok(after);
            }
            [b'\\', ..] => return self.escaped(text),
            _ => {
                let (rune, after) = next_rune(text)?;
                self.literal(rune);
                return Ok(after);
            }
        };
        self.group.items.push(node);
        Ok(after)
    }

    fn literal(&mut self, rune: u32) {
        self.group.items.push(Node::rune(rune, self.flags.fold_case));
    }

    fn any_char(&self) -> ClassUnicode {
        let range = ClassUnicodeRange::new;
        if self.flags.dot_all {
            return ClassUnicode::new([range('\0', char::MAX)]);
        }
        ClassUnicode::new([range('\0', '\t'), range('\u{b}', char::MAX)])
    }

    /// Opens a group, which captures when a name or none is given.
    fn open(&mut self, capture: Option<Option<String>>) {
        let capture = capture.map(|name| {
            self.names.push(name);
            u32::try_from(self.names.len() - 1).unwrap_or(u32::MAX)
        });
        let group = Open { outer: self.flags, capture, ..Open::default() };
        self.waiting.push(std::mem::replace(&mut self.group, group));
    }

    fn repeat(
        &mut self,
        counts: (u32, Option<u32>),
        operator: &'p [u8],
        after: &'p [u8],
        repeated: Option<&'p [u8]>,
    ) -> Result<&'p [u8], Error> {
        let counted = operator.starts_with(b"{");
        let lazy = after.strip_prefix(b"?");
        let rest = lazy.unwrap_or(after);
        if let Some(previous) = repeated {
            return Err(Error::new(error::INVALID_REPEAT_OP, before(previous, rest)));
        }
        let part = before(operator, rest);
        let item = self.group.items.pop().ok_or_else(|| Error::new(error::MISSING_REPEAT_ARGUMENT, part))?;
        let greedy = lazy.is_none() != self.flags.swap_greed;
        self.group.items.push(item.repeat(counts, counted, greedy, part, self.whole)?);
        Ok(rest)
    }

    fn escaped(&mut self, text: &'p [u8]) -> Result<&'p [u8], Error> {
        let after = text.get(2..).unwrap_or_default();
        let look = match text.get(1) {
            Some(b'A') => Look::Start,
            Some(b'z') => Look::End,
            Some(b'b') => Look::WordAscii,
            Some(b'B') => Look::WordAsciiNegate,
            Some(b'C') => return Err(Error::new(error::INVALID_ESCAPE, before(text, after))),
            Some(b'Q') => {
                let end = after.windows(2).position(|pair| pair == br"\E");
                let (mut literal, rest) = after.split_at(end.unwrap_or(after.len()));
                while !literal.is_empty() {
                    let (rune, left) = next_rune(literal)?;
                    self.literal(rune);
                    literal = left;
                }
                return Ok(rest.get(2..).unwrap_or_default());
            }
            _ => {
                let fold = self.flags.fold_case;
                let class = class::unicode(text, fold)?.or_else(|| class::perl(text, fold));
                if let Some((class, rest)) = class {
                    self.group.items.push(Node::class(class));
                    return Ok(rest);
                }
                let (rune, rest) = escape(text)?;
                self.literal(rune);
                return Ok(rest);
            }
        };
        self.group.items.push(Node::look(look));
        Ok(after)
    }

    /// What begins with `(?`: a named group, one that does not capture, or a change of flags.
    fn special_group(&mut self, text: &'p [u8]) -> Result<&'p [u8], Error> {
        let name = match text.get(2..) {
            Some([b'P', b'<', name @ ..]) if !name.is_empty() => Some(name),
            Some([b'<', name @ ..]) if !name.is_empty() => Some(name),
            _ => None,
        };
        if let Some(name) = name {
            let Some(end) = name.iter().position(|c| *c == b'>') else {
                check_utf8(text)?;
                return Err(Error::new(error::INVALID_NAMED_CAPTURE, text));
            };
            let (name, rest) = name.split_at(end);
            let rest = rest.get(1..).unwrap_or_default();
            check_utf8(name)?;
            if name.is_empty() || !name.iter().all(|c| c.is_ascii_alphanumeric() || *c == b'_') {
                return Err(Error::new(error::INVALID_NAMED_CAPTURE, before(text, rest)));
            }
            self.open(Some(Some(String::from_utf8_lossy(name).into_owned())));
            return Ok(rest);
        }
        let (mut flags, mut on, mut seen) = (self.flags, true, false);
        let mut rest = text.get(2..).unwrap_or_default();
        while !rest.is_empty() {
            let (rune, after) = next_rune(rest)?;
            rest = after;
            match u8::try_from(rune) {
                Ok(b'i') => flags.fold_case = on,
                Ok(b'm') => flags.multi_line = on,
                Ok(b's') => flags.dot_all = on,
                Ok(b'U') => flags.swap_greed = on,
                Ok(b'-') if on => {
                    (on, seen) = (false, false);
                    continue;
                }
                Ok(end @ (b':' | b')')) if on || seen => {
                    if end == b':' {
                        self.open(None);
                    }
                    self.flags = flags;
                    return Ok(rest);
                }
                _ => break,
            }
            seen = true;
        }
        Err(Error::new(error::INVALID_PERL_OP, before(text, rest)))
    }
}

/// The counts of `{2}`, `{2,}` or `{2,3}` at the start of a text; `None` when it is not of this form, and then the brace
/// is meant itself.
#[expect(clippy::type_complexity, reason = "least, most, what follows")]
fn counts(text: &[u8]) -> Result<Option<(u32, Option<u32>, &[u8])>, Error> {
    let Some((min, rest)) = text.get(1..).and_then(decimal) else { return Ok(None) };
    let (max, rest) = match rest {
        [b',', b'}', ..] => (None, rest.get(1..).unwrap_or_default()),
        [b',', more @ ..] => match decimal(more) {
            Some((max, rest)) => (Some(max), rest),
            None => return Ok(None),
        },
        _ => (Some(min), rest),
    };
    let Some(rest) = rest.strip_prefix(b"}") else { return Ok(None) };
    if min > 1000 || max.is_some_and(|max| max > 1000 || max < min) {
        return Err(Error::new(error::INVALID_REPEAT_SIZE, before(text, rest)));
    }
    Ok(Some((min, max, rest)))
}

/// A number without leading zeros at the start of a text.
fn decimal(text: &[u8]) -> Option<(u32, &[u8])> {
    let len = text.iter().take_while(|c| c.is_ascii_digit()).count();
    let (digits, rest) = text.split_at(len);
    if digits.is_empty() || digits.len() > 1 && digits.starts_with(b"0") {
        return None;
    }
    let number = digits.iter().fold(0_u32, |n, c| n.saturating_mul(10).saturating_add(u32::from(c - b'0')));
    Some((number, rest))
}

/// A rune that is written as `\n`, `\x41`, `\052` or `\.`, at the start of a text, which begins with the backslash.
pub(super) fn escape(text: &[u8]) -> Result<(u32, &[u8]), Error> {
    let after = text.get(1..).unwrap_or_default();
    if after.is_empty() {
        return Err(Error::new(error::TRAILING_BACKSLASH, b""));
    }
    let (first, mut rest) = next_rune(after)?;
    let is_octal = |c: &u8| matches!(c, b'0'..=b'7');
    let found = match u8::try_from(first) {
        // One digit other than zero would refer to a group, which Go has not.
        Ok(b'1'..=b'7') if !rest.first().is_some_and(is_octal) => None,
        Ok(digit @ b'0'..=b'7') => {
            let mut rune = u32::from(digit - b'0');
            for _ in 0..2 {
                let Some((digit, after)) = rest.split_first().filter(|(c, _)| is_octal(c)) else { break };
                rune = rune * 8 + u32::from(digit - b'0');
                rest = after;
            }
            Some(rune)
        }
        Ok(b'x') => hexadecimal(&mut rest)?,
        Ok(b'a') => Some(0x07),
        Ok(b'f') => Some(0x0c),
        Ok(b'n') => Some(0x0a),
        Ok(b'r') => Some(0x0d),
        Ok(b't') => Some(0x09),
        Ok(b'v') => Some(0x0b),
        Ok(c) if c.is_ascii() && !c.is_ascii_alphanumeric() => Some(first),
        _ => None,
    };
    match found {
        Some(rune) => Ok((rune, rest)),
        None => Err(Error::new(error::INVALID_ESCAPE, before(text, rest))),
    }
}

/// The digits behind `\x`: two, or any number in braces.
fn hexadecimal(rest: &mut &[u8]) -> Result<Option<u32>, Error> {
    let digit = |rune: u32| char::from_u32(rune).and_then(|c| c.to_digit(16));
    if rest.is_empty() {
        return Ok(None);
    }
    let first = take_rune(rest)?;
    if first != u32::from(b'{') {
        let second = take_rune(rest)?;
        return Ok(digit(first).zip(digit(second)).map(|(high, low)| high * 16 + low));
    }
    let mut number = None;
    while !rest.is_empty() {
        let rune = take_rune(rest)?;
        if rune == u32::from(b'}') {
            return Ok(number);
        }
        let Some(digit) = digit(rune) else { return Ok(None) };
        let next = number.unwrap_or(0) * 16 + digit;
        if next > utf8::MAX_RUNE {
            return Ok(None);
        }
        number = Some(next);
    }
    Ok(None)
}

fn take_rune(rest: &mut &[u8]) -> Result<u32, Error> {
    let (rune, after) = next_rune(rest)?;
    *rest = after;
    Ok(rune)
}

/// The first rune and what follows; of nothing, U+FFFD.
pub(super) fn next_rune(text: &[u8]) -> Result<(u32, &[u8]), Error> {
    let (rune, width) = utf8::decode(text);
    if rune == utf8::RUNE_ERROR && width == 1 {
        return Err(Error::new(error::INVALID_UTF8, text));
    }
    Ok((rune, text.get(width..).unwrap_or_default()))
}
