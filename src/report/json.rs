//! JSON for people and programs: indented, but what is one thought stands on one line.
//!
//! Written straight into a text: a thousand hooks may leave half a million objects between them, which nobody wants to build first.

use std::fmt::{Display, Write};

use super::look::acts_on_terminals;

/// How the items of a list or table are laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// Each on a line of its own.
    Lines,
    /// All on one line, with everything in them.
    Flat,
}

/// Takes parts of a text.
pub(super) type Sink = dyn FnMut(&str);

/// How much is written before a part is handed on.
const PART: usize = 64 << 10;

/// A JSON text that is being written.
#[derive(Default)]
pub(super) struct Json {
    out: String,
    /// Where finished parts go.
    sink: Option<Box<Sink>>,
    /// Lists and tables that are open and not flat.
    depth: usize,
    /// Lists and tables that are open in a flat one, and that one.
    flat: usize,
    /// Nothing was written in the innermost list or table yet.
    empty: bool,
}

impl Json {
    /// A text that is handed on in parts: it may be longer than anything else there is of a plan.
    pub(super) fn in_parts(sink: Box<Sink>) -> Json {
        Json { sink: Some(sink), ..Json::default() }
    }

    /// The text, with a final newline; what has not been handed on.
    pub(super) fn finish(mut self) -> String {
        self.out.push('\n');
        self.hand_on();
        self.out
    }

    fn hand_on(&mut self) {
        if let Some(sink) = &mut self.sink {
            sink(&self.out);
            self.out.clear();
        }
    }

    /// A table; `fill` writes its entries.
    pub(super) fn table(&mut self, layout: Layout, fill: impl FnOnce(&mut Json)) {
        self.nest(layout, ['{', '}'], fill);
    }

    /// A list; `each` writes an item.
    pub(super) fn list<T>(
        &mut self,
        layout: Layout,
        items: impl IntoIterator<Item = T>,
        mut each: impl FnMut(&mut Json, T),
    ) {
        self.nest(layout, ['[', ']'], |json| {
            for item in items {
                json.item();
                each(json, item);
            }
        });
    }

    /// A list of strings, on one line.
    pub(super) fn strings<'a>(&mut self, items: impl IntoIterator<Item = &'a String>) {
        self.list(Layout::Flat, items, |json, item| json.string(item));
    }

    fn nest(&mut self, layout: Layout, [open, close]: [char; 2], fill: impl FnOnce(&mut Json)) {
        let flat = layout == Layout::Flat || self.flat > 0;
        let level = if flat { &mut self.flat } else { &mut self.depth };
        *level += 1;
        self.out.push(open);
        self.empty = true;
        fill(self);
        let level = if flat { &mut self.flat } else { &mut self.depth };
        *level -= 1;
        if !flat && !self.empty {
            self.line();
        }
        self.empty = false;
        self.out.push(close);
    }

    /// Begins the next item of a list or entry of a table.
    fn item(&mut self) {
        let first = std::mem::replace(&mut self.empty, false);
        if self.out.len() >= PART {
            self.hand_on();
        }
        match (self.flat > 0, first) {
            (true, true) => {}
            (true, false) => self.out.push_str(", "),
            (false, first) => {
                if !first {
                    self.out.push(',');
                }
                self.line();
            }
        }
    }

    fn line(&mut self) {
        let _ = write!(self.out, "\n{:width$}", "", width = 2 * self.depth);
    }

    /// Begins the next entry of a table; its value follows.
    pub(super) fn key(&mut self, name: &str) -> &mut Json {
        self.item();
        self.string(name);
        self.out.push_str(": ");
        self
    }

    /// A string.
    pub(super) fn string(&mut self, text: &str) {
        self.out.push('"');
        let mut rest = text;
        // A reader may be a terminal: what acts on one is escaped too. All of it lies in the first plane.
        while let Some(at) = rest.find(|c: char| c == '"' || c == '\\' || acts_on_terminals(c)) {
            let (plain, from) = rest.split_at(at);
            self.out.push_str(plain);
            let mut chars = from.chars();
            match chars.next() {
                Some('"') => self.out.push_str("\\\""),
                Some('\\') => self.out.push_str("\\\\"),
                Some('\n') => self.out.push_str("\\n"),
                Some('\r') => self.out.push_str("\\r"),
                Some('\t') => self.out.push_str("\\t"),
                Some(c) => {
                    let _ = write!(self.out, "\\u{:04x}", u32::from(c));
                }
                None => {}
            }
            rest = chars.as_str();
        }
        self.out.push_str(rest);
        self.out.push('"');
    }

    /// A string, or null.
    pub(super) fn optional(&mut self, text: Option<&str>) {
        match text {
            Some(text) => self.string(text),
            None => self.out.push_str("null"),
        }
    }

    /// A number or a boolean.
    pub(super) fn plain(&mut self, value: impl Display) {
        let _ = write!(self.out, "{value}");
    }

    /// A value that is JSON already.
    pub(super) fn raw(&mut self, json: &str) {
        self.out.push_str(json);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thoughts_stay_on_a_line() {
        let mut json = Json::default();
        json.table(Layout::Lines, |json| {
            json.key("a").list(Layout::Lines, [0; 0], |json, n| json.plain(n));
            json.key("steps").list(Layout::Lines, 1..3, |json, n| {
                json.table(Layout::Flat, |json| {
                    json.key("op").optional(None);
                    json.key("in").list(Layout::Lines, [n, n], |json, n| json.plain(n));
                });
            });
            json.key("source").table(Layout::Flat, |_| {});
            json.key("o").table(Layout::Lines, |json| json.key("k").strings(&["x".to_owned()]));
            json.key("r").raw("[1]");
            json.key("b").plain(true);
        });
        let want = r#"{
  "a": [],
  "steps": [
    {"op": null, "in": [1, 1]},
    {"op": null, "in": [2, 2]}
  ],
  "source": {},
  "o": {
    "k": ["x"]
  },
  "r": [1],
  "b": true
}
"#;
        assert_eq!(json.finish(), want);
    }

    #[test]
    fn strings_read_back() {
        for text in ["", "plain", "a\"b\\c\n\r\t\u{0}\u{1f}\u{7f}", "日本\u{2028}\u{1f600}"] {
            let mut json = Json::default();
            json.string(text);
            assert_eq!(serde_json::from_str::<String>(&json.finish()).unwrap(), text);
        }
    }
}
