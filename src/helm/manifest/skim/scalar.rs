//! What stands on one line of a manifest: keys, plain and quoted texts, flow collections. `None` stands for whatever the YAML reader
//! had better look at.

use bstr::ByteSlice;

/// A key must have its `:` within 1024 characters; those that are written are far shorter.
const LONGEST_KEY: usize = 512;

pub(super) fn indentation(line: &[u8]) -> usize {
    line.iter().take_while(|byte| **byte == b' ').count()
}

pub(super) fn trim_end(line: &[u8]) -> &[u8] {
    line.trim_end_with(|c| c == ' ')
}

/// The key a text begins with, and what comes after its colon; the inner `None` when it is no key, the outer where that cannot be told.
#[expect(clippy::option_option, reason = "two things can be missing")]
pub(super) fn key(text: &[u8]) -> Option<Option<(&[u8], &[u8])>> {
    let colon = |after: &[u8]| matches!(after, [b':'] | [b':', b' ', ..]);
    if let [b'"' | b'\'', ..] = text {
        let quoted = quoted(text)?;
        if !colon(quoted.after) {
            return Some(None);
        }
        let fits = !quoted.escapes && quoted.inside.len() <= LONGEST_KEY;
        return fits.then(|| Some((quoted.inside, quoted.after.get(1..).unwrap_or_default())));
    }
    let Some(end) = find_colon(text) else { return Some(None) };
    let (key, after) = (text.get(..end)?, text.get(end + 1..)?);
    let [first, rest @ ..] = key else { return None };
    let begins = match first {
        b'a'..=b'z' | b'A'..=b'Z' | b'_' => true,
        b'.' => key.len() > 4 && rest.first().is_some_and(u8::is_ascii_alphabetic),
        _ => is_no_number(key),
    };
    let is_name = begins && rest.iter().all(|byte| is_word(*byte));
    (is_name && key.len() <= LONGEST_KEY && !is_yaml_word(key)).then_some(Some((key, after)))
}

/// Where a colon is that ends a key.
pub(super) fn find_colon(text: &[u8]) -> Option<usize> {
    let mut from = 0;
    loop {
        let at = from + text.get(from..)?.find_byte(b':')?;
        if matches!(text.get(at + 1), None | Some(b' ')) {
            return Some(at);
        }
        from = at + 1;
    }
}

/// Whether nothing comes after a value but perhaps a comment.
pub(super) fn ends_line(after: &[u8]) -> bool {
    after.is_empty() || (after.starts_with(b" ") && after.trim_start().starts_with(b"#"))
}

/// Where the space before a comment is.
pub(super) fn comment(text: &[u8]) -> Option<usize> {
    let mut from = 1;
    loop {
        let at = from + text.get(from..)?.find_byte(b'#')?;
        if text.get(at - 1) == Some(&b' ') {
            return Some(at - 1);
        }
        from = at + 1;
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'/' | b'-')
}

/// What begins with a digit and has a letter that no number and no time has. Those that begin with 0 may be hexadecimal.
fn is_no_number(text: &[u8]) -> bool {
    match text {
        [b'0', rest @ ..] => rest.iter().any(|byte| matches!(byte, b'g'..=b'n' | b'p'..=b's' | b'u'..=b'w')),
        [b'1'..=b'9', rest @ ..] => rest.iter().any(|byte| matches!(byte, b'a'..=b'd' | b'f'..=b's' | b'u'..=b'y')),
        _ => false,
    }
}

/// What is no text though it begins with a letter.
fn is_yaml_word(text: &[u8]) -> bool {
    let words: [&[u8]; 9] = [b"y", b"n", b"on", b"no", b"yes", b"off", b"true", b"null", b"false"];
    text.len() <= 5 && words.iter().any(|word| word.eq_ignore_ascii_case(text))
}

/// A quoted text.
pub(super) struct Quoted<'t> {
    pub(super) inside: &'t [u8],
    /// What is inside means something else than it says.
    pub(super) escapes: bool,
    pub(super) after: &'t [u8],
}

/// A quoted text that ends on its line.
pub(super) fn quoted(text: &[u8]) -> Option<Quoted<'_>> {
    let [quote, rest @ ..] = text else { return None };
    quoted_rest(*quote, rest)
}

/// What is left of a quoted text that ends on its line.
pub(super) fn quoted_rest(quote: u8, rest: &[u8]) -> Option<Quoted<'_>> {
    let mut escapes = false;
    let mut at = 0;
    loop {
        match rest.get(at..)? {
            [b'\\', escaped, ..] if quote == b'"' => {
                if !matches!(escaped, b'"' | b'\\' | b'/' | b'n' | b'r' | b't') {
                    return None;
                }
                (escapes, at) = (true, at + 2);
            }
            [b'\'', b'\'', ..] if quote == b'\'' => (escapes, at) = (true, at + 2),
            [byte, ..] if *byte == quote => {
                return Some(Quoted { inside: rest.get(..at)?, escapes, after: rest.get(at + 1..)? });
            }
            [] => return None,
            _ => at += 1,
        }
    }
}

/// A plain text without its comment; `None` where it may be something else. `is_text`: it must be a text and nothing else.
pub(super) fn plain(value: &[u8], is_text: bool) -> Option<&[u8]> {
    let value = comment(value).and_then(|comment| value.get(..comment)).map_or(value, trim_end);
    let begins = match value {
        [first, ..] if is_text => {
            first.is_ascii_alphabetic() || matches!(first, b'/' | b'_') || is_version(value) || is_no_number(value)
        }
        b"=" | b"<<" => false,
        // A dash alone begins an item, and not here.
        [b'-'] => false,
        [b'-', second, ..] => is_word(*second) && *second != b'.',
        [b':', second, ..] => is_word(*second),
        // Neither `.5` nor `.inf`.
        [b'.', second, ..] => value.len() > 4 && (second.is_ascii_alphabetic() || *second == b' '),
        [first, ..] => is_word(*first) || matches!(first, b'$' | b'(' | b')' | b'<' | b'^' | b';' | b'=' | b'\\'),
        [] => false,
    };
    // A second key, or a number that may be too large for any.
    let odd = find_colon(value).is_some() || is_power(value);
    (begins && !odd && !(is_text && is_yaml_word(value))).then_some(value)
}

/// Numbers with two dots or more between them.
fn is_version(text: &[u8]) -> bool {
    text.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'.')) && text.iter().filter(|byte| **byte == b'.').count() > 1
}

/// What looks like a number with an exponent.
fn is_power(text: &[u8]) -> bool {
    text.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-' | b'_'))
        && text.iter().any(|byte| matches!(byte, b'e' | b'E'))
        && text.iter().any(u8::is_ascii_digit)
}

/// Flow collections of words and quoted texts that end on their line.
pub(super) fn is_simple_flow(value: &[u8]) -> bool {
    flow(value, 0).is_some_and(ends_line)
}

/// Flow collections may lie in each other ten thousand deep; nobody writes so.
const DEEPEST_FLOW: u32 = 8;

/// What is left after a flow collection, a word or a quoted text.
fn flow(text: &[u8], depth: u32) -> Option<&[u8]> {
    let (end, mut rest) = match text {
        [b'[', rest @ ..] => (b']', rest),
        [b'{', rest @ ..] => (b'}', rest),
        [b'"' | b'\'', ..] => return quoted(text).map(|quoted| quoted.after),
        [first, ..] if first.is_ascii_alphanumeric() || *first == b'/' => {
            let (word, rest) = text.split_at(text.iter().take_while(|byte| is_word(**byte)).count());
            return (!is_power(word)).then_some(rest);
        }
        _ => return None,
    };
    if depth > DEEPEST_FLOW {
        return None;
    }
    rest = rest.trim_start();
    if let Some(rest) = rest.strip_prefix(&[end]) {
        return Some(rest);
    }
    loop {
        if end == b'}' {
            let (name, value) = key(rest)??;
            if name.contains(&b',') {
                return None;
            }
            rest = value.trim_start();
        }
        match flow(rest, depth + 1)?.trim_start() {
            [b',', next @ ..] => rest = next.trim_start(),
            [byte, rest @ ..] if *byte == end => return Some(rest),
            _ => return None,
        }
    }
}
