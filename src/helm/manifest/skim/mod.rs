//! The head of a manifest without its tree, for manifests written as nearly all are: block mappings and sequences, plain keys,
//! scalars on one line or in a block. Whatever is written otherwise is left to the YAML reader: nothing is refused here, and what
//! is accepted the reader accepts with the same result (tests compare them on changed manifests of all sorts).

mod scalar;

use bstr::ByteSlice;

use self::scalar::{
    Quoted, comment, ends_line, find_colon, indentation, is_simple_flow, key, plain, quoted, quoted_rest, trim_end,
};
use super::head::Head;

/// What a collection is, as far as the head goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Root,
    Metadata,
    Annotations,
    Other,
}

#[derive(Clone, Copy, Debug)]
struct Open {
    column: usize,
    sequence: bool,
    role: Role,
}

/// Collections may lie in each other ten thousand deep; nobody writes so.
const MOST_OPEN: usize = 64;

/// The head of a text; `None` when only the YAML reader can tell.
pub(super) fn head(text: &[u8]) -> Option<Head> {
    // Anything else than text that prints has rules of its own.
    if !text.iter().fold(true, |plain, byte| plain & (matches!(byte, b' '..=b'~') | (*byte == b'\n'))) && !prints(text)
    {
        return None;
    }
    let mut skim = Skim {
        rest: text,
        open: Vec::with_capacity(16),
        pending: None,
        unended: false,
        head: Head::default(),
        seen: 0,
    };
    while !skim.rest.is_empty() {
        let line = skim.line();
        let column = indentation(line);
        match line.get(column) {
            None => {}
            Some(b'#') => skim.unended = false,
            Some(_) => skim.content(line, column)?,
        }
    }
    // A text of comments alone is no document at all.
    (!skim.open.is_empty()).then_some(skim.head)
}

/// Whether a text has no control characters and no line breaks but `\n`.
fn prints(text: &[u8]) -> bool {
    let is_break = |c| matches!(c, '\u{2028}' | '\u{2029}');
    let is_plain = |c| matches!(c, '\n' | ' '..='~' | '\u{a0}'..='\u{d7ff}') && !is_break(c);
    text.to_str().is_ok_and(|text| text.chars().all(is_plain))
}

struct Skim<'t> {
    /// What has not been read yet.
    rest: &'t [u8],
    open: Vec<Open>,
    /// The last key or dash has no value so far; what a collection in its place would be.
    pending: Option<Role>,
    /// The line before ends with a plain text that may go on in this one.
    unended: bool,
    head: Head,
    /// Which fields of the head have been there.
    seen: u8,
}

impl<'t> Skim<'t> {
    fn line(&mut self) -> &'t [u8] {
        let end = self.rest.find_byte(b'\n').unwrap_or(self.rest.len());
        let (line, rest) = self.rest.split_at(end);
        self.rest = rest.get(1..).unwrap_or_default();
        line
    }

    /// A line with something in it, from a column on.
    fn content(&mut self, line: &'t [u8], mut column: usize) -> Option<()> {
        let line = trim_end(line);
        if column == 0 && (line.starts_with(b"---") || line.starts_with(b"...") || line.starts_with(b"%")) {
            return None;
        }
        let mut first = true;
        let unended = std::mem::take(&mut self.unended);
        loop {
            let rest = line.get(column..)?;
            if rest == b"-" || rest.starts_with(b"- ") {
                self.enter(column, true)?;
                let blank = 1 + indentation(rest.get(1..)?);
                self.pending = Some(Role::Other);
                match rest.get(blank) {
                    None => return Some(()),
                    Some(b'#') => return None,
                    Some(_) => {}
                }
                column += blank;
                first = false;
                continue;
            }
            let is_flow = matches!(rest.first(), Some(b'{' | b'['));
            let Some((key, after)) = (if is_flow { None } else { key(rest)? }) else {
                return match first {
                    true if unended => self.more(rest, column),
                    true => self.value_below(rest, column),
                    false => self.value(rest, None),
                };
            };
            self.enter(column, false)?;
            let role = self.open.last()?.role;
            let value = after.get(indentation(after)..)?;
            let field = self.field(role, key)?;
            if value.is_empty() || value.starts_with(b"#") {
                if let Some(field @ Field::Annotation(_)) = field {
                    return self.set(field, b"");
                }
                self.pending = Some(match (role, field) {
                    (_, None) => Role::Other,
                    (Role::Root, Some(Field::Metadata)) => Role::Metadata,
                    (Role::Metadata, Some(Field::Annotations)) => Role::Annotations,
                    _ => return None,
                });
                return Some(());
            }
            return self.value(value, field);
        }
    }

    /// Goes to the collection of an entry at a column, or opens it.
    fn enter(&mut self, column: usize, sequence: bool) -> Option<()> {
        let mut closed = false;
        while self.open.last().is_some_and(|open| open.column > column) {
            self.open.pop();
            closed = true;
        }
        if let [.., below, above] = self.open.as_slice()
            && !sequence
            && above.sequence
            && (above.column, below.column, below.sequence) == (column, column, false)
        {
            // The items of a sequence may stand under its key.
            self.open.pop();
            closed = true;
        }
        let pending = self.pending.take().filter(|_| !closed);
        match self.open.last() {
            Some(open) if open.column == column && open.sequence == sequence => return Some(()),
            Some(open) if open.column < column || (open.column == column && sequence) => {}
            None if column == 0 && !sequence => {
                self.open.push(Open { column, sequence, role: Role::Root });
                return Some(());
            }
            _ => return None,
        }
        let role = pending?;
        // What should be a mapping of the head is none.
        if (sequence && role != Role::Other) || self.open.len() >= MOST_OPEN {
            return None;
        }
        self.open.push(Open { column, sequence, role });
        Some(())
    }

    /// The next line of a plain text.
    fn more(&mut self, line: &[u8], column: usize) -> Option<()> {
        self.unended = comment(line).is_none();
        let is_text = find_colon(line).is_none() && !matches!(line.first()?, b'-' | b'?');
        (is_text && self.is_inside(column)).then_some(())
    }

    /// A value on a line of its own.
    fn value_below(&mut self, value: &'t [u8], column: usize) -> Option<()> {
        match self.pending.filter(|_| self.is_inside(column))? {
            Role::Other => self.value(value, None),
            Role::Annotations => self.value(value, Some(Field::Annotations)),
            Role::Root | Role::Metadata => None,
        }
    }

    fn is_inside(&self, column: usize) -> bool {
        self.open.last().is_some_and(|open| open.column < column)
    }

    /// What a key of the head means; the outer `None` when that cannot be told here.
    fn field(&mut self, role: Role, key: &'t [u8]) -> Option<Option<Field<'t>>> {
        let known: &[(&[u8], Field<'_>)] = match role {
            Role::Root => &[(b"apiVersion", Field::ApiVersion), (b"kind", Field::Kind), (b"metadata", Field::Metadata)],
            Role::Metadata => &[(b"name", Field::Name), (b"annotations", Field::Annotations)],
            Role::Annotations => return Some(Some(Field::Annotation(key))),
            Role::Other => return Some(None),
        };
        let Some((name, field)) = known.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)) else {
            return Some(None);
        };
        let bit = 1 << field.place();
        if *name != key || self.seen & bit != 0 {
            return None;
        }
        self.seen |= bit;
        Some(Some(*field))
    }

    /// A value that begins on the line of its key or dash.
    fn value(&mut self, value: &'t [u8], field: Option<Field<'t>>) -> Option<()> {
        self.pending = None;
        let text = match value.first()? {
            b'|' | b'>' => {
                let known = field.is_none() && matches!(value, [_] | [_, b'-' | b'+']);
                return if known { self.block() } else { None };
            }
            b'"' | b'\'' => {
                let quoted = match quoted(value) {
                    Some(quoted) => quoted,
                    None if field.is_none() => self.quoted_lines(value)?,
                    None => return None,
                };
                if !ends_line(quoted.after) || (field.is_some() && quoted.escapes) {
                    return None;
                }
                quoted.inside
            }
            b'{' | b'[' => {
                let no_annotations = value == b"{}" && matches!(field, Some(Field::Annotations));
                return (no_annotations || (field.is_none() && is_simple_flow(value))).then_some(());
            }
            _ => {
                let text = plain(value, field.is_some())?;
                // A text of the head that goes on is the reader's business.
                self.unended = field.is_none() && text.len() == value.len();
                text
            }
        };
        match field {
            None => Some(()),
            Some(field) => self.set(field, text),
        }
    }

    /// Sets a field of the head; those that are mappings are no text.
    fn set(&mut self, field: Field<'t>, text: &[u8]) -> Option<()> {
        let text = String::from_utf8_lossy(text).into_owned();
        match field {
            Field::ApiVersion => self.head.api_version = text,
            Field::Kind => self.head.kind = text,
            Field::Name => self.head.name = text,
            Field::Annotation(key) => {
                self.head.annotations.insert(String::from_utf8_lossy(key).into_owned(), text);
            }
            Field::Metadata | Field::Annotations => return None,
        }
        Some(())
    }

    /// The last line of a quoted text that goes on in the lines after its first.
    fn quoted_lines(&mut self, first: &'t [u8]) -> Option<Quoted<'t>> {
        let (quote, parent) = (*first.first()?, self.open.last()?.column);
        let mut text = first.get(1..)?;
        // The escapes of such a text are not looked at.
        while !self.rest.is_empty() && (quote == b'\'' || !text.contains(&b'\\')) {
            let line = trim_end(self.line());
            let column = indentation(line);
            if !line.is_empty() && column <= parent {
                return None;
            }
            text = line;
            if let Some(quoted) = quoted_rest(quote, line) {
                return Some(quoted);
            }
        }
        None
    }

    /// The lines of a block scalar: those that are further right than the collection it is in.
    fn block(&mut self) -> Option<()> {
        let parent = self.open.last()?.column;
        let mut widest_blank = 0;
        let mut indent = None;
        while !self.rest.is_empty() {
            let before = self.rest;
            let line = self.line();
            let column = indentation(line);
            if column == line.len() {
                widest_blank = widest_blank.max(if indent.is_none() { column } else { 0 });
                continue;
            }
            let indent = *indent.get_or_insert(column);
            // Blank lines before the first text may not be further right than it.
            if indent > parent && widest_blank > indent {
                return None;
            }
            if indent <= parent || column < indent {
                self.rest = before;
                break;
            }
        }
        Some(())
    }
}

/// A key of the head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field<'t> {
    ApiVersion,
    Kind,
    Metadata,
    Name,
    Annotations,
    Annotation(&'t [u8]),
}

impl Field<'_> {
    fn place(self) -> u32 {
        match self {
            Field::ApiVersion => 0,
            Field::Kind => 1,
            Field::Metadata => 2,
            Field::Name => 3,
            Field::Annotations => 4,
            Field::Annotation(_) => 5,
        }
    }
}

#[cfg(test)]
mod tests;
