//! Breaking a line at spaces, as goutils' `WrapCustom` does it: by bytes, each break taking the place of one space.

use bstr::ByteSlice;

use crate::go::template::FuncError;
use crate::helm::funcs::call::checked_size;

/// Breaks the text into lines of at most `width` bytes. Longer words are cut when `cut_words`, else stand alone.
pub(super) fn wrap(s: &[u8], width: i64, newline: &[u8], cut_words: bool) -> Result<Vec<u8>, FuncError> {
    let newline = if newline.is_empty() { b"\n" } else { newline };
    let width = usize::try_from(width).unwrap_or(0).max(1);
    // Every byte of the text could bring a break.
    checked_size(newline.len(), s.len().div_ceil(width))?;
    let mut out = Vec::with_capacity(s.len());
    let mut rest = s;
    while rest.len() > width {
        if let Some(trimmed) = rest.strip_prefix(b" ") {
            rest = trimmed;
            continue;
        }
        let (head, tail) = rest.split_at(width);
        let (line, after) = match rest.get(..=width).and_then(|window| window.rfind_byte(b' ')) {
            Some(space) => (rest.get(..space), rest.get(space + 1..)),
            None if cut_words => (Some(head), Some(tail)),
            None => match tail.find_byte(b' ') {
                Some(space) => (rest.get(..width + space), tail.get(space + 1..)),
                None => break,
            },
        };
        out.extend_from_slice(line.unwrap_or_default());
        out.extend_from_slice(newline);
        rest = after.unwrap_or_default();
    }
    out.extend_from_slice(rest);
    Ok(out)
}
