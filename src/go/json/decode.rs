//! JSON text as values. Mirrors `encoding/json/{scanner,decode}.go`, in one pass.
//!
//! Go first checks the syntax of the whole text and then reads it, so a syntax error anywhere wins over a number that
//! does not fit anywhere else. Here such numbers are kept aside until the end.

use super::error::Error;
use super::indent::MAX_DEPTH;
use crate::go::strconv::parse_float;
use crate::go::utf8;
use crate::go::value::{DICT, Entries, List, Map, SLICE, Str, Value};

/// What JSON knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `null`.
    Null,
    /// `true` and `false`.
    Bool,
    /// Any number.
    Number,
    /// A string.
    String,
    /// `[…]`.
    Array,
    /// `{…}`.
    Object,
}

impl Kind {
    /// As Go's errors name it.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Null => "null",
            Kind::Bool => "bool",
            Kind::Number => "number",
            Kind::String => "string",
            Kind::Array => "array",
            Kind::Object => "object",
        }
    }
}

/// `json.Unmarshal` into an `interface{}`.
///
/// # Errors
/// For text that is no JSON, and for a number beyond `float64`.
pub fn unmarshal(text: &[u8]) -> Result<Value, Error> {
    let (value, _, misfit) = read(text)?;
    misfit.map_or(Ok(value), Err)
}

/// `json.Unmarshal` into a `map[string]interface{}`: what the map holds afterwards, and the error.
///
/// With a number beyond `float64` the map is filled all the same, nil standing for the number.
pub fn unmarshal_map(text: &[u8]) -> (Map, Option<Error>) {
    match read(text) {
        Ok((Value::Map(map), _, misfit)) => (map, misfit),
        Ok((_, Kind::Null, _)) => (Map::nil(&DICT), None),
        Ok((_, kind, _)) => (Map::default(), Some(Error::Type { value: kind.name().into(), ty: DICT.name })),
        Err(error) => (Map::default(), Some(error)),
    }
}

/// `json.Unmarshal` into a `[]interface{}`, as [`unmarshal_map`].
pub fn unmarshal_list(text: &[u8]) -> (List, Option<Error>) {
    let empty = || List::new(&SLICE, Vec::new());
    match read(text) {
        Ok((Value::List(list), _, misfit)) => (list, misfit),
        Ok((_, Kind::Null, _)) => (List::nil(&SLICE), None),
        Ok((_, kind, _)) => (empty(), Some(Error::Type { value: kind.name().into(), ty: SLICE.name })),
        Err(error) => (empty(), Some(error)),
    }
}

/// The first value of a text that may go on after it, as `json.Decoder` reads it, and how many bytes it takes.
///
/// # Errors
/// As [`unmarshal`], but for a text that ends within the value, which the decoder calls an unexpected end of file.
pub fn decode_first(text: &[u8]) -> Result<(Value, usize), Error> {
    let mut reader = Reader { text, at: 0, misfit: None, goes_on: true, ran_out: false };
    match reader.document() {
        Ok((value, _)) => reader.misfit.map_or(Ok((value, reader.at)), Err),
        Err(_) if reader.ran_out => Err(Error::Syntax { message: "unexpected EOF".into(), offset: text.len() }),
        Err(error) => Err(error),
    }
}

/// The value, its kind, and the first number that did not fit.
fn read(text: &[u8]) -> Result<(Value, Kind, Option<Error>), Error> {
    let mut reader = Reader { text, at: 0, misfit: None, goes_on: false, ran_out: false };
    let (value, kind) = reader.document()?;
    Ok((value, kind, reader.misfit))
}

/// An array or object that is not closed yet.
enum Open {
    Array(Vec<Value>),
    Object(Entries, Str),
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
    misfit: Option<Error>,
    /// Something else may follow the value.
    goes_on: bool,
    /// The text ended where it could not.
    ran_out: bool,
}

impl Reader<'_> {
    /// Reads the whole text. The nesting is kept in a list of ours: the stack would not take ten thousand levels.
    fn document(&mut self) -> Result<(Value, Kind), Error> {
        let mut open: Vec<Open> = Vec::new();
        'value: loop {
            let (mut value, mut kind) = match self.next_token("looking for beginning of value")? {
                b'[' => {
                    self.enter(&open, b'[')?;
                    if self.skip_if(b']') {
                        (Value::list(Vec::new()), Kind::Array)
                    } else {
                        open.push(Open::Array(Vec::new()));
                        continue 'value;
                    }
                }
                b'{' => {
                    self.enter(&open, b'{')?;
                    if self.skip_if(b'}') {
                        (Map::default().into(), Kind::Object)
                    } else {
                        let key = self.key()?;
                        open.push(Open::Object(Entries::new(), key));
                        continue 'value;
                    }
                }
                first => self.scalar(first)?,
            };
            // The value may be the last one of the containers around it.
            loop {
                match open.pop() {
                    None if self.goes_on => return Ok((value, kind)),
                    None => {
                        self.skip_space();
                        return match self.peek() {
                            None => Ok((value, kind)),
                            Some(byte) => Err(Error::syntax(byte, "after top-level value", self.at + 1)),
                        };
                    }
                    Some(Open::Array(mut items)) => {
                        items.push(value);
                        if self.separator(b']', "after array element")? {
                            open.push(Open::Array(items));
                            continue 'value;
                        }
                        (value, kind) = (Value::appended_list(items), Kind::Array);
                    }
                    Some(Open::Object(mut entries, key)) => {
                        entries.insert(key, value);
                        if self.separator(b'}', "after object key:value pair")? {
                            let key = self.key()?;
                            open.push(Open::Object(entries, key));
                            continue 'value;
                        }
                        (value, kind) = (Map::from_entries(&DICT, entries).into(), Kind::Object);
                    }
                }
            }
        }
    }

    fn enter(&self, open: &[Open], bracket: u8) -> Result<(), Error> {
        if open.len() >= MAX_DEPTH {
            return Err(Error::syntax(bracket, "exceeded max depth", self.at));
        }
        Ok(())
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn expect_byte(&mut self) -> Result<u8, Error> {
        self.peek().ok_or_else(|| self.end())
    }

    fn end(&mut self) -> Error {
        self.ran_out = true;
        Error::end(self.at)
    }

    fn skip_space(&mut self) {
        while let Some(b' ' | b'\t' | b'\r' | b'\n') = self.peek() {
            self.at += 1;
        }
    }

    /// Consumes the next byte that is not a space.
    fn next_token(&mut self, context: &str) -> Result<u8, Error> {
        self.skip_space();
        let byte = self.expect_byte()?;
        self.at += 1;
        match byte {
            b'[' | b'{' | b'"' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n' => Ok(byte),
            _ => Err(Error::syntax(byte, context, self.at)),
        }
    }

    fn skip_if(&mut self, byte: u8) -> bool {
        self.skip_space();
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    /// True after a comma, false after the closing bracket.
    fn separator(&mut self, close: u8, context: &str) -> Result<bool, Error> {
        self.skip_space();
        let byte = self.expect_byte()?;
        self.at += 1;
        match byte {
            b',' => Ok(true),
            _ if byte == close => Ok(false),
            _ => Err(Error::syntax(byte, context, self.at)),
        }
    }

    /// A key and its colon.
    fn key(&mut self) -> Result<Str, Error> {
        self.skip_space();
        let byte = self.expect_byte()?;
        self.at += 1;
        if byte != b'"' {
            return Err(Error::syntax(byte, "looking for beginning of object key string", self.at));
        }
        let key = self.string()?;
        self.skip_space();
        let byte = self.expect_byte()?;
        self.at += 1;
        if byte != b':' {
            return Err(Error::syntax(byte, "after object key", self.at));
        }
        Ok(key)
    }

    fn scalar(&mut self, first: u8) -> Result<(Value, Kind), Error> {
        Ok(match first {
            b'"' => (Value::String(self.string()?), Kind::String),
            b't' => (self.word("true", Value::Bool(true))?, Kind::Bool),
            b'f' => (self.word("false", Value::Bool(false))?, Kind::Bool),
            b'n' => (self.word("null", Value::Nil)?, Kind::Null),
            _ => (self.number(first)?, Kind::Number),
        })
    }

    /// The next byte inside a token, and consumes it. At the end of the text Go feeds its scanner a space.
    fn inside(&mut self, fits: impl Fn(u8) -> bool, context: impl std::fmt::Display) -> Result<u8, Error> {
        let byte = self.peek().unwrap_or_else(|| {
            self.ran_out = true;
            b' '
        });
        if fits(byte) {
            self.at += 1;
            return Ok(byte);
        }
        let read = if self.at < self.text.len() { self.at + 1 } else { self.at };
        Err(Error::syntax(byte, context, read))
    }

    fn word(&mut self, word: &'static str, value: Value) -> Result<Value, Error> {
        for want in word.bytes().skip(1) {
            let expecting = format_args!("in literal {word} (expecting '{}')", char::from(want)).to_string();
            self.inside(|c| c == want, expecting)?;
        }
        Ok(value)
    }

    fn digits(&mut self) {
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
    }

    fn number(&mut self, first: u8) -> Result<Value, Error> {
        let start = self.at - 1;
        let digit = |c: u8| c.is_ascii_digit();
        let first = if first == b'-' { self.inside(digit, "in numeric literal")? } else { first };
        if first != b'0' {
            self.digits();
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.inside(digit, "after decimal point in numeric literal")?;
            self.digits();
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.inside(digit, "in exponent of numeric literal")?;
            self.digits();
        }
        let text = self.text.get(start..self.at).unwrap_or_default();
        Ok(match parse_float(text, 64) {
            Ok(n) => Value::float(n),
            Err(_) => {
                let value = format!("number {}", String::from_utf8_lossy(text));
                self.misfit.get_or_insert(Error::Type { value, ty: "float64" });
                Value::Nil
            }
        })
    }

    /// A string whose opening quote is behind us.
    fn string(&mut self) -> Result<Str, Error> {
        let start = self.at;
        let rest = self.text.get(start..).unwrap_or_default();
        let plain = rest.iter().position(|&c| c < 0x20 || c == b'"' || c == b'\\').unwrap_or(rest.len());
        self.at += plain;
        let head = rest.get(..plain).unwrap_or_default();
        if self.peek() == Some(b'"') && std::str::from_utf8(head).is_ok() {
            self.at += 1;
            return Ok(head.into());
        }
        self.at = start;
        let mut out = Vec::with_capacity(plain + 16);
        loop {
            let rest = self.text.get(self.at..).unwrap_or_default();
            let (rune, width) = utf8::decode(rest);
            match rest.first() {
                None => return Err(self.end()),
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out.into());
                }
                Some(b'\\') => {
                    self.at += 1;
                    self.escape(&mut out)?;
                }
                Some(&byte @ 0x00..=0x1f) => return Err(Error::syntax(byte, "in string literal", self.at + 1)),
                Some(_) => {
                    utf8::append(&mut out, rune);
                    self.at += width;
                }
            }
        }
    }

    fn escape(&mut self, out: &mut Vec<u8>) -> Result<(), Error> {
        let known = |c: u8| matches!(c, b'b' | b'f' | b'n' | b'r' | b't' | b'\\' | b'/' | b'"' | b'u');
        let byte = match self.inside(known, "in string escape code")? {
            b'b' => 0x08,
            b'f' => 0x0c,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'u' => {
                let unit = self.hex_unit()?;
                utf8::append(out, self.with_low_surrogate(unit));
                return Ok(());
            }
            same => same,
        };
        out.push(byte);
        Ok(())
    }

    fn hex_unit(&mut self) -> Result<u32, Error> {
        let mut unit = 0;
        for _ in 0..4 {
            let byte = self.inside(|c| c.is_ascii_hexdigit(), "in \\u hexadecimal character escape")?;
            unit = unit << 4 | char::from(byte).to_digit(16).unwrap_or(0);
        }
        Ok(unit)
    }

    /// The rune of a high surrogate and the low one that follows it; a lone surrogate is left to become U+FFFD.
    fn with_low_surrogate(&mut self, unit: u32) -> u32 {
        let next = self.text.get(self.at..self.at + 6);
        let low = next
            .and_then(|n| n.strip_prefix(b"\\u"))
            .and_then(|digits| digits.iter().try_fold(0, |value, &c| Some(value << 4 | char::from(c).to_digit(16)?)));
        match (unit, low) {
            (0xd800..=0xdbff, Some(low @ 0xdc00..=0xdfff)) => {
                self.at += 6;
                0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00)
            }
            _ => unit,
        }
    }
}
