//! JSON for people and programs: indented, but what is one thought stands on one line.

use std::io;

use serde::Serialize;
use serde_json::ser::Formatter;

/// A value as indented JSON with a final newline. The values of `inline` keys stand on one line, and so does each item of the lists
/// under `lines` keys.
pub(super) fn to_string(
    value: &impl Serialize,
    inline: &'static [&'static str],
    lines: &'static [&'static str],
) -> String {
    let layout = Layout { inline, lines, depth: 0, open: Vec::new(), key: String::new(), in_key: false, flat: None };
    let mut out = Vec::new();
    // Neither writing to memory nor values with text keys can fail.
    if value.serialize(&mut serde_json::Serializer::with_formatter(&mut out, layout)).is_err() {
        return String::new();
    }
    out.push(b'\n');
    String::from_utf8(out).unwrap_or_default()
}

struct Layout {
    inline: &'static [&'static str],
    lines: &'static [&'static str],
    depth: usize,
    /// The lists and tables that are open and not flat.
    open: Vec<Open>,
    /// The key last written.
    key: String,
    in_key: bool,
    /// The depth from which on everything stays on the line.
    flat: Option<usize>,
}

/// A list or table whose items stand on lines of their own.
struct Open {
    /// Whether each item is flat.
    flat_items: bool,
    empty: bool,
}

impl Layout {
    fn begin<W: ?Sized + io::Write>(&mut self, writer: &mut W, bracket: &[u8]) -> io::Result<()> {
        self.depth += 1;
        let key = std::mem::take(&mut self.key);
        if self.flat.is_none() {
            let flat_items = self.lines.contains(&key.as_str());
            if self.inline.contains(&key.as_str()) || self.open.last().is_some_and(|open| open.flat_items) {
                self.flat = Some(self.depth);
            } else {
                self.open.push(Open { flat_items, empty: true });
            }
        }
        writer.write_all(bracket)
    }

    fn end<W: ?Sized + io::Write>(&mut self, writer: &mut W, bracket: &[u8]) -> io::Result<()> {
        let was_flat = self.flat.is_some();
        if self.flat == Some(self.depth) {
            self.flat = None;
        }
        self.depth -= 1;
        if !was_flat && self.open.pop().is_some_and(|open| !open.empty) {
            self.line(writer)?;
        }
        writer.write_all(bracket)
    }

    fn item<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if let (None, Some(open)) = (self.flat, self.open.last_mut()) {
            open.empty = false;
        }
        match (self.flat.is_some(), first) {
            (true, true) => Ok(()),
            (true, false) => writer.write_all(b", "),
            (false, true) => self.line(writer),
            (false, false) => {
                writer.write_all(b",")?;
                self.line(writer)
            }
        }
    }

    fn line<W: ?Sized + io::Write>(&self, writer: &mut W) -> io::Result<()> {
        write!(writer, "\n{:width$}", "", width = 2 * self.depth)
    }
}

impl Formatter for Layout {
    fn begin_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.begin(writer, b"[")
    }

    fn end_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.end(writer, b"]")
    }

    fn begin_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.key.clear();
        self.item(writer, first)
    }

    fn begin_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.begin(writer, b"{")
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.end(writer, b"}")
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.item(writer, first)?;
        self.key.clear();
        self.in_key = true;
        Ok(())
    }

    fn end_object_key<W: ?Sized + io::Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.in_key = false;
        Ok(())
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b": ")
    }

    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        if self.in_key {
            self.key.push_str(fragment);
        }
        writer.write_all(fragment.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thoughts_stay_on_a_line() {
        let value = serde_json::json!({"a": [], "steps": [{"op": "x", "in": {"b": [1, 2]}}, {}], "list": [{"source": {}}, {"x": {}}], "source": {"p": 1, "q": []}, "o": {"k": [1]}});
        let text = to_string(&value, &["source"], &["steps"]);
        let want = r#"{
  "a": [],
  "steps": [
    {"op": "x", "in": {"b": [1, 2]}},
    {}
  ],
  "list": [
    {
      "source": {}
    },
    {
      "x": {}
    }
  ],
  "source": {"p": 1, "q": []},
  "o": {
    "k": [
      1
    ]
  }
}
"#;
        assert_eq!(text, want, "{text}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
    }
}
