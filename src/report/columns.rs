//! Columns of text as wide as what is in them; on a narrow screen one of them gives way, and then the one after it.

use unicode_width::UnicodeWidthStr;

use super::look::{Look, State};

/// A cell and what its colour says.
pub(super) type Cell = (String, Option<State>);

/// Between two columns.
const GAP: usize = 2;
/// Names cut shorter say nothing.
const SHORTEST: usize = 16;

/// Lays rows out below a head. Column `gives_way` holds names and is cut in the middle where there is no room.
pub(super) fn columns(head: &[&str], rows: &[Vec<Cell>], gives_way: usize, look: &Look) -> String {
    let mut widths: Vec<usize> = head.iter().map(|word| word.width()).collect();
    for row in rows {
        for (width, (text, _)) in widths.iter_mut().zip(row) {
            *width = (*width).max(text.width());
        }
    }
    if let Some(screen) = look.width {
        let whole: usize = widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1);
        let mut too_much = whole.saturating_sub(screen);
        let last = widths.len().saturating_sub(1);
        for at in [gives_way, 0, last] {
            if let Some(width) = widths.get_mut(at) {
                let cut = too_much.min(width.saturating_sub(SHORTEST.min(*width)));
                *width -= cut;
                too_much -= cut;
            }
        }
    }
    let mut out = String::new();
    let title: Vec<Cell> = head.iter().map(|word| ((*word).to_owned(), Some(State::Title))).collect();
    for row in std::iter::once(&title).chain(rows) {
        let mut line = String::new();
        let mut owed = 0;
        for ((text, state), width) in row.iter().zip(&widths) {
            let text = look.cut(text, *width);
            if text.is_empty() {
                owed += width + GAP;
                continue;
            }
            line.push_str(&" ".repeat(owed));
            owed = width.saturating_sub(text.width()) + GAP;
            line.push_str(&state.map_or_else(|| text.clone(), |state| look.paint(state, &text)));
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}
