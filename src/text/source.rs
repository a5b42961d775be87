//! Source files, byte spans in them, and the one function that turns a byte into line and column.

use std::sync::Arc;

/// A file of a [`SourceMap`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(u32);

/// A range of bytes in one file; the end is exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The file the range lies in.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

/// A place as people count it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column in Unicode characters, from 1.
    pub column: u32,
}

/// A file's name and text.
#[derive(Clone, Debug)]
pub struct SourceFile {
    name: Arc<str>,
    text: Arc<[u8]>,
    line_starts: Arc<[u32]>,
}

impl SourceFile {
    /// A file with this name and text; line starts are computed once.
    pub fn new(name: impl Into<Arc<str>>, text: impl Into<Arc<[u8]>>) -> SourceFile {
        let text = text.into();
        let mut starts = vec![0];
        for (at, byte) in text.iter().enumerate() {
            if *byte == b'\n' {
                starts.push(saturating(at + 1));
            }
        }
        SourceFile { name: name.into(), text, line_starts: starts.into() }
    }

    /// The name shown to people.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The bytes of the file.
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    /// Line and column of a byte offset; an offset past the end gives the end.
    pub fn position(&self, offset: u32) -> Position {
        let offset = offset.min(saturating(self.text.len()));
        let line = self.line_starts.partition_point(|start| *start <= offset).saturating_sub(1);
        let start = self.line_starts.get(line).copied().unwrap_or(0);
        let before = self.text.get(start as usize..offset as usize).unwrap_or_default();
        let column = String::from_utf8_lossy(before).chars().count();
        Position { line: saturating(line + 1), column: saturating(column + 1) }
    }

    /// The bytes of a line counted from 1, without its line ending; empty when there is no such line.
    pub fn line(&self, line: u32) -> &[u8] {
        let Some(index) = (line as usize).checked_sub(1) else { return &[] };
        let Some(start) = self.line_starts.get(index).copied() else { return &[] };
        let end = self.line_starts.get(index + 1).map_or(self.text.len(), |next| *next as usize);
        let line = self.text.get(start as usize..end).unwrap_or_default();
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        line.strip_suffix(b"\r").unwrap_or(line)
    }

    /// How many lines the file has.
    pub fn lines(&self) -> u32 {
        saturating(self.line_starts.len())
    }
}

/// All files a run has looked at.
#[derive(Clone, Debug, Default)]
pub struct SourceMap {
    files: Vec<SourceFile>,
}

impl SourceMap {
    /// Adds a file and returns its id.
    pub fn add(&mut self, file: SourceFile) -> FileId {
        self.files.push(file);
        FileId(saturating(self.files.len() - 1))
    }

    /// The file of an id; `None` for an id of another map.
    pub fn get(&self, id: FileId) -> Option<&SourceFile> {
        self.files.get(id.0 as usize)
    }
}

/// Offsets are 32 bits wide: Helm itself refuses files far smaller than 4 GiB.
fn saturating(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters() {
        let file = SourceFile::new("f", "a\nzoë: 1\r\n".as_bytes().to_vec());
        assert_eq!(file.position(0), Position { line: 1, column: 1 });
        assert_eq!(file.position(6), Position { line: 2, column: 4 });
        assert_eq!(file.line(2), "zoë: 1".as_bytes());
        assert_eq!(file.position(999).line, 3);
    }
}
