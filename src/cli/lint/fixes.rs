//! Fixes on disk: written, or shown as a diff.

use crate::lint::ChangedFile;
use crate::report::look::Look;

/// What a text may begin with that is no part of it.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Writes files, unless somebody else has changed one in the meantime.
///
/// # Errors
/// For the first that cannot be written, or has changed.
pub(super) fn write(files: &[ChangedFile]) -> Result<(), String> {
    for file in files {
        let there = std::fs::read(&file.path).map_err(|e| format!("cannot read {}: {e}", file.path))?;
        let text = there.strip_prefix(BYTE_ORDER_MARK);
        if text.unwrap_or(&there) != file.before.as_slice() {
            return Err(format!("{} has changed while it was looked at, so it is not fixed", file.path));
        }
        let mark = if text.is_some() { BYTE_ORDER_MARK } else { &[] };
        std::fs::write(&file.path, [mark, &file.after].concat())
            .map_err(|e| format!("cannot write {}: {e}", file.path))?;
    }
    Ok(())
}

/// What becomes of a file, as `patch` reads it. On a screen nothing in it may act on the terminal.
pub(super) fn diff(file: &ChangedFile, look: &Look) -> String {
    let (before, after) = (String::from_utf8_lossy(&file.before), String::from_utf8_lossy(&file.after));
    let diff = similar::TextDiff::from_lines(before.as_ref(), after.as_ref());
    let (old, new) = (format!("a/{}", file.path), format!("b/{}", file.path));
    let text = diff.unified_diff().context_radius(3).header(&old, &new).to_string();
    if look.width.is_none() {
        return text;
    }
    let lines = text.lines().map(|line| {
        // A tab is as harmless here as in a file.
        let clean: Vec<String> = line.split('\t').map(|part| look.clean(part)).collect();
        let state = match line.as_bytes().first() {
            Some(b'+') => Some(crate::report::look::State::Done),
            Some(b'-') => Some(crate::report::look::State::Error),
            _ => None,
        };
        let clean = clean.join("\t");
        state.map_or(clean.clone(), |state| look.paint(state, &clean)) + "\n"
    });
    lines.collect()
}
