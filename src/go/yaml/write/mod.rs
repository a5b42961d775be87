//! Values to text.
//!
//! Mirrors `Marshal` of `sigs.k8s.io/yaml` v1.6.0, which writes JSON, reads that as YAML and writes the result, and the
//! encoder of `go.yaml.in/yaml/v3`, as Helm's `toYamlPretty` uses it.

mod analyze;
mod emitter;
mod order;
mod pretty;
mod sigs;

pub use self::pretty::marshal_pretty;
pub use self::sigs::marshal;

use self::emitter::{Emitter, Prepared};
use super::resolve::{is_old_bool, reads_as_text};
use super::scan::Style;

/// Which go-yaml writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Version {
    V2,
    V3,
}

/// Where a node stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Context {
    Root,
    Item,
    /// A key before a `:` in the same line.
    SimpleKey,
    /// A value, or a key behind a `?`.
    Mapping,
}

/// Writes nodes; what they are made of is the business of the callers.
struct Writer {
    emitter: Emitter,
    version: Version,
}

impl Writer {
    fn new(version: Version) -> Writer {
        Writer { emitter: Emitter::new(version), version }
    }

    /// Null, a bool or a number.
    fn plain(&mut self, text: &str, context: Context) {
        self.scalar(text.as_bytes(), Style::Plain, false, context);
    }

    fn text(&mut self, text: &[u8], context: Context) {
        self.scalar(text, self.style(text), false, context);
    }

    /// The style a text should have, if the emitter lets it.
    fn style(&self, text: &[u8]) -> Style {
        let old_bool = self.version == Version::V3 && is_old_bool(text);
        if text.contains(&b'\n') {
            Style::Literal
        } else if reads_as_text(text) && !old_bool {
            Style::Plain
        } else {
            Style::DoubleQuoted
        }
    }

    fn scalar(&mut self, text: &[u8], style: Style, binary: bool, context: Context) {
        let scalar = Prepared::new(text, style, binary, self.version);
        self.emitter.write_scalar(&scalar, context == Context::SimpleKey);
    }

    fn key(&mut self, text: &[u8], style: Style, binary: bool) {
        self.emitter.write_indent();
        let key = Prepared::new(text, style, binary, self.version);
        if key.is_simple_key() {
            self.emitter.write_scalar(&key, true);
            self.emitter.write_indicator(b":", false, false, false);
        } else {
            self.emitter.write_indicator(b"?", true, false, true);
            self.emitter.write_scalar(&key, false);
            self.emitter.write_indent();
            self.emitter.write_indicator(b":", true, false, true);
        }
    }

    fn empty(&mut self, open: &[u8], close: &[u8]) {
        self.emitter.write_indicator(open, true, true, false);
        self.emitter.write_indicator(close, false, false, false);
    }

    /// Begins a block sequence; gives the indentation to go back to.
    fn begin_sequence(&mut self, context: Context) -> i32 {
        // In version 2 the `-` of a list stands below its key and not further right.
        let below_key = self.version == Version::V2 && context == Context::Mapping && !self.emitter.indention;
        if below_key && self.emitter.indent >= 0 {
            return self.emitter.indent;
        }
        self.emitter.increase_indent(false)
    }

    fn item(&mut self) {
        self.emitter.write_indent();
        self.emitter.write_indicator(b"-", true, false, true);
    }

    fn begin_mapping(&mut self) -> i32 {
        self.emitter.increase_indent(false)
    }

    fn end(&mut self, indent: i32) {
        self.emitter.indent = indent;
    }

    /// The whole text, which ends with a line break.
    fn finish(mut self) -> String {
        self.emitter.write_indent();
        String::from_utf8(self.emitter.out).unwrap_or_default()
    }
}
