//! Cutting a rendered file into documents, as each Helm does it.
//!
//! Mirrors `SplitManifests` (`pkg/releaseutil/manifest.go` of 3.21.4, `pkg/release/v1/util/manifest.go` of 4.2.4). Neither is a
//! YAML reader: a separator is found by a pattern, so `---` glued to text splits, and `...` does not.

use std::ops::Range;

use bstr::ByteSlice;

/// Which pattern separates documents, and what is trimmed. A field of the dialect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Splitting {
    /// `(?:^|\s*\n)---\s*`, file and pieces trimmed at both ends: 3.x, 4.0 and 4.1.
    Trimmed,
    /// `(?m)^---[ \t]*`, file and pieces trimmed on the left only: 4.2.4.
    LinesKept,
}

/// A document of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Where its bytes lie in the file.
    pub range: Range<usize>,
    /// The line of its first byte, from 1.
    pub line: u32,
}

/// The documents of a file, in order. Blank ones are left out.
pub fn split(text: &[u8], how: Splitting) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut lines = Lines { text, at: 0, line: 1 };
    let mut keep = |range: Range<usize>| {
        let line = lines.of(range.start);
        pieces.push(Piece { range, line });
    };
    match how {
        Splitting::Trimmed => {
            for range in cut_trimmed(text, trim(text, 0..text.len())) {
                // What the pattern leaves between two separators is dropped when it has no byte at all, before it is trimmed.
                if !range.is_empty() {
                    keep(trim(text, range));
                }
            }
        }
        Splitting::LinesKept => {
            for range in cut_lines(text, trim_start(text, 0..text.len())) {
                let trimmed = trim_start(text, range);
                if !trimmed.is_empty() {
                    keep(trimmed);
                }
            }
        }
    }
    pieces
}

/// What lies between matches of `(?:^|\s*\n)---\s*`.
fn cut_trimmed(text: &[u8], whole: Range<usize>) -> Vec<Range<usize>> {
    let mut cuts = Vec::new();
    let mut begin = whole.start;
    if at(text, &whole, whole.start).starts_with(b"---") {
        begin = skip_space(text, &whole, whole.start + 3);
    }
    let mut from = begin;
    while let Some(found) = at(text, &whole, from).find(b"\n---") {
        let newline = from + found;
        let mut end = newline;
        while end > begin && text.get(end - 1).is_some_and(|byte| is_re2_space(*byte)) {
            end -= 1;
        }
        cuts.push(begin..end);
        begin = skip_space(text, &whole, newline + 4);
        // The white space after the dashes belongs to the separator: a second one right behind it is not seen.
        from = begin;
    }
    cuts.push(begin..whole.end);
    cuts
}

/// What lies between matches of `(?m)^---[ \t]*`.
fn cut_lines(text: &[u8], whole: Range<usize>) -> Vec<Range<usize>> {
    let mut cuts = Vec::new();
    let mut begin = whole.start;
    let mut line = whole.start;
    loop {
        if at(text, &whole, line).starts_with(b"---") {
            cuts.push(begin..line);
            begin = line + 3;
            while text.get(begin).is_some_and(|byte| matches!(byte, b' ' | b'\t')) {
                begin += 1;
            }
        }
        match at(text, &whole, line).find(b"\n---") {
            Some(newline) => line += newline + 1,
            None => break,
        }
    }
    cuts.push(begin..whole.end);
    cuts
}

fn at<'a>(text: &'a [u8], whole: &Range<usize>, from: usize) -> &'a [u8] {
    text.get(from..whole.end).unwrap_or_default()
}

/// `\s` of RE2, which knows neither `\v` nor anything beyond ASCII.
fn is_re2_space(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\x0c' | b'\r' | b' ')
}

fn skip_space(text: &[u8], whole: &Range<usize>, from: usize) -> usize {
    from + at(text, whole, from).iter().take_while(|byte| is_re2_space(**byte)).count()
}

/// `strings.TrimSpace`: white space as Unicode sees it.
fn trim(text: &[u8], range: Range<usize>) -> Range<usize> {
    let range = trim_start(text, range);
    let kept = text.get(range.clone()).unwrap_or_default().trim_end_with(char::is_whitespace).len();
    range.start..range.start + kept
}

fn trim_start(text: &[u8], range: Range<usize>) -> Range<usize> {
    let kept = text.get(range.clone()).unwrap_or_default().trim_start_with(char::is_whitespace).len();
    range.end - kept..range.end
}

/// True for what `strings.TrimSpace` leaves nothing of.
pub(super) fn is_blank(text: &[u8]) -> bool {
    trim_start(text, 0..text.len()).is_empty()
}

/// Line numbers of growing offsets, each byte looked at once.
struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    line: u32,
}

impl Lines<'_> {
    fn of(&mut self, offset: usize) -> u32 {
        let passed = self.text.get(self.at..offset).unwrap_or_default();
        self.line = self.line.saturating_add(u32::try_from(passed.find_iter(b"\n").count()).unwrap_or(u32::MAX));
        self.at = offset;
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(text: &str, how: Splitting) -> Vec<&str> {
        split(text.as_bytes(), how).into_iter().map(|p| &text[p.range]).collect()
    }

    /// Input, what 3.21.4 makes of it, what 4.2.4 makes of it.
    const CASES: [(&str, &[&str], &[&str]); 21] = [
        ("a\n---\nb\n", &["a", "b"], &["a\n", "b\n"]),
        ("a\n---\n---\nb\n", &["a", "---\nb"], &["a\n", "b\n"]),
        ("a\n---\n \n---\nb\n", &["a", "---\nb"], &["a\n", "b\n"]),
        ("a\n---\n---\n---\nb\n", &["a", "---", "b"], &["a\n", "b\n"]),
        ("---\n---\na", &["---\na"], &["a"]),
        ("a\n--- # c\nb", &["a", "# c\nb"], &["a\n", "# c\nb"]),
        ("a\n---b: 2", &["a", "b: 2"], &["a\n", "b: 2"]),
        ("a\n----\nb", &["a", "-\nb"], &["a\n", "-\nb"]),
        ("a\n-----BEGIN X-----", &["a", "--BEGIN X-----"], &["a\n", "--BEGIN X-----"]),
        ("a\n ---\nb", &["a\n ---\nb"], &["a\n ---\nb"]),
        ("a\n---\n  b: 2\n  c: 3", &["a", "b: 2\n  c: 3"], &["a\n", "b: 2\n  c: 3"]),
        ("a\r\n---\r\nb\r\n", &["a", "b"], &["a\r\n", "b\r\n"]),
        ("x: |+\n  v\n\n\n---\nb", &["x: |+\n  v", "b"], &["x: |+\n  v\n\n\n", "b"]),
        ("a\n...\nb", &["a\n...\nb"], &["a\n...\nb"]),
        ("", &[], &[]),
        (" \n\t\n", &[], &[]),
        ("---", &[], &[]),
        ("---\n", &[], &[]),
        ("\n\n---\n# c\n---\n", &["# c"], &["# c\n"]),
        ("\u{a0}\u{85}a\u{a0}\n---\n\u{a0}", &["a"], &["a\u{a0}\n"]),
        ("a\n---\n\u{b}\n---\nb", &["a", "", "b"], &["a\n", "b"]),
    ];

    #[test]
    fn both_patterns() {
        for (text, three, four) in CASES {
            assert_eq!(pieces(text, Splitting::Trimmed), three, "Trimmed {text:?}");
            assert_eq!(pieces(text, Splitting::LinesKept), four, "LinesKept {text:?}");
        }
    }

    #[test]
    fn lines_are_those_of_the_file() {
        let text = b"\n---\na\n\n---\n# c\n---\n\nb";
        let lines = |how| split(text, how).into_iter().map(|p| p.line).collect::<Vec<_>>();
        assert_eq!(lines(Splitting::Trimmed), [3, 6, 9]);
        assert_eq!(lines(Splitting::LinesKept), [3, 6, 9]);
    }
}
