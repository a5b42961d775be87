//! The head of a manifest without its tree, for manifests written as nearly all are: block mappings and sequences, plain keys,
//! scalars on one line or in a block. Whatever is written otherwise is left to the YAML reader: nothing is refused here, and what
//! is accepted the reader accepts with the same result (tests compare them on changed manifests of all sorts).

use bstr::ByteSlice;

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

/// A key must have its `:` within 1024 characters; those that are written are far shorter.
const LONGEST_KEY: usize = 512;

/// The head of a text; `None` when only the YAML reader can tell.
pub(super) fn head(text: &[u8]) -> Option<Head> {
    // Anything else than printable ASCII has rules of its own.
    if !text.iter().fold(true, |plain, byte| plain & (matches!(byte, b' '..=b'~') | (*byte == b'\n'))) {
        return None;
    }
    let mut skim = Skim { rest: text, open: Vec::with_capacity(16), pending: None, head: Head::default(), seen: 0 };
    while !skim.rest.is_empty() {
        let line = skim.line();
        let column = indentation(line);
        match line.get(column) {
            None | Some(b'#') => {}
            Some(_) => skim.content(line, column)?,
        }
    }
    // A text of comments alone is no document at all.
    (!skim.open.is_empty()).then_some(skim.head)
}

struct Skim<'t> {
    /// What has not been read yet.
    rest: &'t [u8],
    open: Vec<Open>,
    /// The last key or dash has no value so far; what a collection in its place would be.
    pending: Option<Role>,
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
            let Some((key, after)) = key(rest)? else {
                // A value on a line of its own may go on in the next one.
                return if first { None } else { self.value(rest, None) };
            };
            self.enter(column, false)?;
            let role = self.open.last()?.role;
            let value = after.get(indentation(after)..)?;
            let field = self.field(role, key)?;
            if value.is_empty() || value.starts_with(b"#") {
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
                let quoted = quoted(value)?;
                let comment = quoted.after.trim_start();
                let ends = quoted.after.is_empty() || (comment.starts_with(b"#") && quoted.after.starts_with(b" "));
                if !ends || (field.is_some() && quoted.escapes) {
                    return None;
                }
                quoted.inside
            }
            b'{' | b'[' => {
                let no_annotations = value == b"{}" && matches!(field, Some(Field::Annotations));
                return (no_annotations || (field.is_none() && is_simple_flow(value))).then_some(());
            }
            _ => plain(value, field.is_some())?,
        };
        let text = || String::from_utf8_lossy(text).into_owned();
        match field {
            None => {}
            Some(Field::ApiVersion) => self.head.api_version = text(),
            Some(Field::Kind) => self.head.kind = text(),
            Some(Field::Name) => self.head.name = text(),
            Some(Field::Annotation(key)) => {
                self.head.annotations.insert(String::from_utf8_lossy(key).into_owned(), text());
            }
            Some(Field::Metadata | Field::Annotations) => return None,
        }
        Some(())
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

fn indentation(line: &[u8]) -> usize {
    line.iter().take_while(|byte| **byte == b' ').count()
}

fn trim_end(line: &[u8]) -> &[u8] {
    line.trim_end_with(|c| c == ' ')
}

/// The key a text begins with, and what comes after its colon; the inner `None` when it is no key, the outer where that cannot be told.
#[expect(clippy::option_option, reason = "two things can be missing")]
fn key(text: &[u8]) -> Option<Option<(&[u8], &[u8])>> {
    let colon = |after: &[u8]| matches!(after, [b':'] | [b':', b' ', ..]);
    if let [b'"' | b'\'', ..] = text {
        let quoted = quoted(text)?;
        if !colon(quoted.after) {
            return Some(None);
        }
        let fits = !quoted.escapes && quoted.inside.len() <= LONGEST_KEY;
        return fits.then(|| Some((quoted.inside, quoted.after.get(1..).unwrap_or_default())));
    }
    let Some(end) = text.find_iter(b":").find(|at| text.get(*at..).is_some_and(colon)) else { return Some(None) };
    let (key, after) = (text.get(..end)?, text.get(end + 1..)?);
    let [first, rest @ ..] = key else { return None };
    let is_name = (first.is_ascii_alphabetic() || *first == b'_') && rest.iter().all(|byte| is_word(*byte));
    (is_name && key.len() <= LONGEST_KEY && !is_yaml_word(key)).then_some(Some((key, after)))
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'/' | b'-')
}

/// What is no text though it begins with a letter.
fn is_yaml_word(text: &[u8]) -> bool {
    let words: [&[u8]; 9] = [b"y", b"n", b"on", b"no", b"yes", b"off", b"true", b"null", b"false"];
    text.len() <= 5 && words.iter().any(|word| word.eq_ignore_ascii_case(text))
}

struct Quoted<'t> {
    inside: &'t [u8],
    /// What is inside means something else than it says.
    escapes: bool,
    after: &'t [u8],
}

/// A quoted text that ends on its line.
fn quoted(text: &[u8]) -> Option<Quoted<'_>> {
    let [quote, rest @ ..] = text else { return None };
    let mut escapes = false;
    let mut at = 0;
    loop {
        match rest.get(at..)? {
            [b'\\', escaped, ..] if *quote == b'"' => {
                if !matches!(escaped, b'"' | b'\\' | b'n' | b't') {
                    return None;
                }
                (escapes, at) = (true, at + 2);
            }
            [b'\'', b'\'', ..] if *quote == b'\'' => (escapes, at) = (true, at + 2),
            [byte, ..] if byte == quote => {
                return Some(Quoted { inside: rest.get(..at)?, escapes, after: rest.get(at + 1..)? });
            }
            [] => return None,
            _ => at += 1,
        }
    }
}

/// A plain text without its comment; `None` where it may be something else. `is_text`: it must be a text and nothing else.
fn plain(value: &[u8], is_text: bool) -> Option<&[u8]> {
    let value = value.find(b" #").and_then(|comment| value.get(..comment)).map_or(value, trim_end);
    let begins = match value {
        [first, ..] if is_text => first.is_ascii_alphabetic(),
        // A dash alone begins an item, and not here.
        [b'-'] => false,
        [b'-', second, ..] => is_word(*second) && *second != b'.',
        [first, ..] => is_word(*first) && *first != b'.' || matches!(first, b'$' | b'(' | b'<'),
        [] => false,
    };
    // A second key, or a number that may be too large for any.
    let odd = value.find(b": ").is_some() || value.ends_with(b":") || is_power(value);
    (begins && !odd && !(is_text && is_yaml_word(value))).then_some(value)
}

/// What looks like a number with an exponent.
fn is_power(text: &[u8]) -> bool {
    text.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-' | b'_'))
        && text.iter().any(|byte| matches!(byte, b'e' | b'E'))
}

/// `{}`, `[]`, and lists of words and quoted texts.
fn is_simple_flow(value: &[u8]) -> bool {
    if matches!(value, b"{}" | b"[]") {
        return true;
    }
    let Some(mut rest) = value.strip_prefix(b"[") else { return false };
    loop {
        rest = rest.trim_start();
        let after = match rest.first() {
            Some(b'"' | b'\'') => match quoted(rest) {
                Some(quoted) => quoted.after,
                None => return false,
            },
            Some(first) if first.is_ascii_alphanumeric() || *first == b'/' => {
                let end = rest.iter().take_while(|byte| is_word(**byte)).count();
                let (word, after) = rest.split_at(end);
                if is_power(word) {
                    return false;
                }
                after
            }
            _ => return false,
        };
        match after.trim_start() {
            b"]" => return true,
            [b',', next @ ..] => rest = next,
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helm::dialect::Engine;

    const MANIFESTS: [&str; 6] = [
        "# Source: a/templates/b.yaml\napiVersion: batch/v1\nkind: Job\nmetadata:\n  name: \"a-b\"\n  labels:\n    app.kubernetes.io/name: x\n    y.z: \"1\"\n  annotations:\n    \"helm.sh/hook\": pre-install,post-upgrade\n    'helm.sh/hook-weight': \"-5\"\n    note: two words # with a comment\nspec:\n  template:\n    spec:\n      containers:\n        - name: c\n          image: \"busybox:1.36\"\n          command: [\"sh\", '-c', echo]\n          args:\n          - -x\n          - |\n            set -e\n\n              indented: more\n            # no comment\n          env: []\n          ports:\n          - containerPort: 80\n            name: http\n          - {}\n      restartPolicy: Never\n",
        "kind: ConfigMap\napiVersion: v1\nmetadata:\n  annotations: {}\n  name: cm\ndata:\n  a.ini: |-\n\n    [x]\n    y = 1\n  b: >+\n      folded\n\n\n  c: 'it''s'\n  d: \"a\\n\\\"b\\\"\"\n  e:\n  f: 1e3\n  g: 2001-01-01\nempty: {}\n",
        "apiVersion: v1\nkind: List\nitems:\n- - a\n  - b\n-\n  c: d\n- e:\n  - f\n  g: null\n- https://x.y/z?a=b\n",
        "kind: Service\nmetadata:\n  name: s\n  annotations:\nspec:\n  ports:\n    - port: 80\n      targetPort: http\n\n    # between\n    - port: 443\n      nodePort: -1\n  selector: {}\n",
        "a: b\nmetadata:\nkind: X\nb: (x) y\nc: $(VAR)\nd: <none>\ne: 0x1F\nf: +1\ng: .5\n",
        "metadata:\n  annotations:\n    a: true\n    b: 1\n    c: \"true\"\n    d: x: y\n  name: n\nkind: |\n  Job\n",
    ];

    fn agrees(text: &[u8]) -> bool {
        let Some(head) = head(text) else { return false };
        let read = Head::read(text, Engine::Helm4.dialect());
        assert_eq!(read.as_ref().ok(), Some(&head), "{:?}: {read:?}", bstr::BStr::new(text));
        true
    }

    /// Those that are only the reader's business because of one line, without it.
    fn ordinary() -> [String; 2] {
        let parts = ["f: 1e3\n", "f: +1\n", "g: .5\n"];
        let without = |text: &str| parts.iter().fold(text.to_owned(), |text, part| text.replace(part, ""));
        [without(MANIFESTS[1]).replace("\n  \n", "\n"), without(MANIFESTS[4])]
    }

    #[test]
    fn ordinary_manifests_are_skimmed() {
        let skimmed = MANIFESTS.map(|text| agrees(text.as_bytes()));
        assert_eq!(skimmed, [true, false, true, true, false, false]);
        let ordinary = ordinary();
        assert!(ordinary.iter().all(|text| agrees(text.as_bytes())));
    }

    #[test]
    fn whatever_is_skimmed_the_reader_reads_alike() {
        const BYTES: &[u8] = b" \n:-#'\"|>{}[],&*!%?\\a1~.=<y\t\x7f";
        const LINES: [&str; 12] =
            ["  ", "- x", "  k: v", "#c", "---", "- - y", "k:", "    deep: 1", "'q': r", "kind: Y", "...", "- z: 1"];
        let mut state = 1_u64;
        let mut next = |end: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(state >> 33).unwrap_or(0) % end.max(1)
        };
        let mut skimmed = 0;
        let bases = [&MANIFESTS.map(str::to_owned)[..], &ordinary()[..]].concat();
        for round in 0..100_000 {
            let mut text = bases[round % bases.len()].as_bytes().to_vec();
            for _ in 0..=next(3) {
                let at = next(text.len());
                let line = text[..at].rfind_byte(b'\n').map_or(0, |at| at + 1);
                match next(7) {
                    0 => text.insert(at, BYTES[next(BYTES.len())]),
                    1 => text[at] = BYTES[next(BYTES.len())],
                    2 => drop(text.remove(at)),
                    3 => drop(text.splice(line..line, LINES[next(LINES.len())].bytes().chain([b'\n']))),
                    4 => text.insert(line, b' '),
                    5 if text[line] == b' ' => drop(text.remove(line)),
                    _ => {
                        let end = text[line..].find_byte(b'\n').map_or(text.len(), |end| line + end + 1);
                        text.drain(line..end);
                    }
                }
                if text.is_empty() {
                    break;
                }
            }
            skimmed += usize::from(agrees(&text));
        }
        assert!(skimmed > 10_000, "only {skimmed}");
    }
}
