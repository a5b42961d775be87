//! PEM text as Go reads and writes it.
//!
//! Mirrors `encoding/pem` of Go 1.26: text around a block is skipped, headers are allowed, a block whose ends do not
//! match or whose body is not base64 is passed over for the next one.

use bstr::ByteSlice as _;

use crate::go::base64;

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"\n-----END ";
const DASHES: &[u8] = b"-----";
const LINE: usize = 64;

/// The first block of a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Block<'a> {
    /// What stands after `BEGIN`.
    pub(super) label: &'a [u8],
    /// The decoded body.
    pub(super) bytes: Vec<u8>,
}

/// `pem.Decode`.
pub(super) fn decode(text: &[u8]) -> Option<Block<'_>> {
    let mut rest = text;
    loop {
        // The first end line, and before it the last line that begins a block.
        let end = rest.find(END)?;
        let (before, after) = (rest.get(..end)?, rest.get(end + END.len()..)?);
        if let Some(begin) = before.rfind(BEGIN)
            && before.get(..begin).is_some_and(|before| before.is_empty() || before.ends_with(b"\n"))
            && let Some(block) = block(rest.get(begin + BEGIN.len()..)?, after)
        {
            return block;
        }
        rest = after;
    }
}

/// The block that `from` begins with its label and that ends where `after_end` follows the word `END`. `None` when Go
/// looks for the next one, `Some(None)` when it gives up.
fn block<'a>(from: &'a [u8], after_end: &[u8]) -> Option<Option<Block<'a>>> {
    let (label, mut body) = line(from);
    let label = label.strip_suffix(DASHES)?;
    let mut has_headers = false;
    loop {
        if body.is_empty() {
            return Some(None);
        }
        let (header, next) = line(body);
        if !header.contains(&b':') {
            break;
        }
        has_headers = true;
        body = next;
    }
    // What is left of the text ends alike for both, so lengths tell where the end line stands in the body. The line
    // break before it may have been the one that ended the label's line.
    let end = body.len().checked_sub(after_end.len() + END.len());
    if has_headers && end.is_none() {
        return None;
    }
    let tail = after_end.strip_prefix(label)?.strip_prefix(DASHES)?;
    if !line(tail).0.is_empty() {
        return None;
    }
    let base64: Vec<u8> =
        body.get(..end.unwrap_or(0))?.iter().copied().filter(|byte| !matches!(byte, b' ' | b'\t')).collect();
    Some(Some(Block { label, bytes: base64::decode(&base64).ok()? }))
}

/// The first line without its line break and the blanks before that, and what follows.
fn line(text: &[u8]) -> (&[u8], &[u8]) {
    let (line, rest) = match text.split_once_str(b"\n") {
        Some((line, rest)) => (line.strip_suffix(b"\r").unwrap_or(line), rest),
        None => (text, &b""[..]),
    };
    (line.trim_end_with(|c| matches!(c, ' ' | '\t')), rest)
}

/// `pem.EncodeToMemory`.
pub(super) fn encode(label: &str, bytes: &[u8]) -> String {
    let body = base64::encode(bytes);
    let mut text = format!("-----BEGIN {label}-----\n");
    let mut rest = body.as_str();
    while !rest.is_empty() {
        let (line, next) = rest.split_at_checked(LINE).unwrap_or((rest, ""));
        text.push_str(line);
        text.push('\n');
        rest = next;
    }
    text.push_str("-----END ");
    text.push_str(label);
    text.push_str("-----\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_go_finds() {
        // Answers of pem.Decode.
        for (text, want) in [
            ("", None),
            ("-----BEGIN A-----\naGk=\n-----END A-----", Some(("A", "hi"))),
            ("before\n-----BEGIN A-----\naGk=\n-----END A-----\nafter", Some(("A", "hi"))),
            ("before -----BEGIN A-----\naGk=\n-----END A-----\n", None),
            ("-----BEGIN A-----\r\naGk=\r\n-----END A-----\r\n", Some(("A", "hi"))),
            ("-----BEGIN A-----\n-----END A-----\n", Some(("A", ""))),
            ("-----BEGIN A-----\n\n-----END A-----\n", Some(("A", ""))),
            ("-----BEGIN A-----\nK: v\n\naGk=\n-----END A-----\n", Some(("A", "hi"))),
            ("-----BEGIN A-----\nK: v\n-----END A-----\n", None),
            ("-----BEGIN A-----\naGk=\n-----END B-----\n", None),
            ("-----BEGIN A-----\naGk=\n-----END B-----\n-----BEGIN C-----\naGk=\n-----END C-----\n", Some(("C", "hi"))),
            ("-----BEGIN X-----\n-----BEGIN A-----\naGk=\n-----END A-----\n", Some(("A", "hi"))),
            ("-----BEGIN A-----\naG k=\t\n-----END A-----  \n", Some(("A", "hi"))),
            ("-----BEGIN A-----\na?k=\n-----END A-----\n", None),
            ("-----BEGIN A-----\naGk=\n-----END A----- x\n", None),
            ("-----BEGIN A\naGk=\n-----END A-----\n", None),
            ("-----BEGIN -----\naGk=\n-----END -----\n", Some(("", "hi"))),
            ("  -----BEGIN A-----\n  aGk=\n  -----END A-----\n", None),
            ("-----BEGIN A-----\n  aGk=\n  -----END A-----\n", None),
        ] {
            let got = decode(text.as_bytes());
            let want = want.map(|(label, body)| Block { label: label.as_bytes(), bytes: body.into() });
            assert_eq!(got, want, "{text:?}");
        }
    }

    #[test]
    fn writing_breaks_lines() {
        assert_eq!(encode("A", b""), "-----BEGIN A-----\n-----END A-----\n");
        let text = encode("A", &[7; 100]);
        assert!(text.lines().all(|line| line.len() <= LINE) && text.lines().nth(1).unwrap().len() == LINE);
        assert_eq!(decode(text.as_bytes()).unwrap().bytes, [7; 100]);
    }
}
