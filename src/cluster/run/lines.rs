//! Cuts a stream of bytes into lines: whatever comes, no line is longer than a screenful of text and none is lost half.

/// The longest line that is told; the rest of it is dropped.
const LONGEST: usize = 16 << 10;

/// Bytes on their way to lines.
#[derive(Default)]
pub(super) struct Lines {
    rest: Vec<u8>,
    /// The line under way is too long and has been told already.
    cut: bool,
}

impl Lines {
    /// Takes more bytes; gives the lines that are complete now.
    pub(super) fn take(&mut self, bytes: &[u8]) -> Vec<String> {
        let mut lines = Vec::new();
        for (place, part) in bytes.split(|byte| *byte == b'\n').enumerate() {
            // Every part but the first comes after a line end.
            if place > 0 {
                self.end(&mut lines);
            }
            let room = LONGEST.saturating_sub(self.rest.len());
            if self.cut {
                continue;
            }
            self.rest.extend_from_slice(part.get(..room).unwrap_or(part));
            if part.len() > room {
                lines.push(format!("{}…", text(&self.rest)));
                self.rest.clear();
                self.cut = true;
            }
        }
        lines
    }

    /// The last line, when it has no end.
    pub(super) fn finish(mut self) -> Option<String> {
        let mut lines = Vec::new();
        if !self.rest.is_empty() {
            self.end(&mut lines);
        }
        lines.pop()
    }

    fn end(&mut self, lines: &mut Vec<String>) {
        if !std::mem::take(&mut self.cut) {
            lines.push(text(&self.rest));
        }
        self.rest.clear();
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes.strip_suffix(b"\r").unwrap_or(bytes)).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_whole_however_bytes_come() {
        let mut lines = Lines::default();
        assert!(lines.take(b"a").is_empty());
        assert_eq!(lines.take(b"b\r\n\nc"), ["ab", ""]);
        assert_eq!(lines.take(b"\xff\xfe\n"), ["c\u{fffd}\u{fffd}"]);
        assert!(lines.take("ü".as_bytes().get(..1).unwrap()).is_empty());
        assert_eq!(lines.take("ü\nx".as_bytes().get(1..).unwrap()), ["ü"]);
        assert_eq!(lines.finish().as_deref(), Some("x"));
    }

    #[test]
    fn a_line_without_end_takes_no_memory() {
        let mut lines = Lines::default();
        let told: Vec<String> = (0..100).flat_map(|_| lines.take(&[b'x'; 4096])).collect();
        assert_eq!((told.len(), told[0].chars().count()), (1, LONGEST + 1));
        assert!(lines.rest.is_empty());
        assert_eq!(lines.take(b"xx\nnext\n"), ["next"]);
        assert_eq!(lines.finish(), None);
    }
}
