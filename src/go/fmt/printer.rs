//! Values of any kind under any verb. Mirrors `printArg` and `printValue` of `fmt/print.go`.

use super::layout::Flags;
use crate::go::limits::MAX_TEXT;
use crate::go::stack::with_room;
use crate::go::strconv::Precision;
use crate::go::value::{FloatKind, IntKind, Kind, List, Map, Object, Str, Value};

/// What stands for every address. Go's vary from run to run; output that shows one is not repeatable there either.
pub const ADDRESS: u64 = 0xc0_0001_2000;

/// What stands where a value contains itself or is nested more than ten thousand levels deep, and after so much text that
/// no release could hold it.
pub const ENDLESS: &str = "%!(ENDLESS)";

// YAML and JSON give no deeper values; charts nest a dozen.
const MAX_DEPTH: usize = 10_000;

/// The buffer and the state of one call.
pub(super) struct Printer {
    out: Vec<u8>,
    /// How much was in the buffer before.
    start: usize,
    /// There is too much in it by now.
    full: bool,
    pub(super) flags: Flags,
    /// Inside a `%!verb(…)` note or an unexported field, where Go asks no methods.
    without_methods: bool,
}

/// The maps above a value, to find one that contains itself.
#[derive(Clone, Copy)]
struct Path<'a> {
    depth: usize,
    map: Option<&'a Map>,
    above: Option<&'a Path<'a>>,
}

const TOP: Path<'static> = Path { depth: 0, map: None, above: None };

impl<'a> Path<'a> {
    fn below(&'a self, map: Option<&'a Map>) -> Path<'a> {
        Path { depth: self.depth + 1, map, above: Some(self) }
    }

    fn contains(&self, map: &Map) -> bool {
        let mut at = Some(self);
        while let Some(path) = at {
            if path.map.is_some_and(|m| m.same(map)) {
                return true;
            }
            at = path.above;
        }
        false
    }
}

/// The type of a value as `%T` shows it.
pub(super) struct TypeName<'a>(pub(super) &'a Value);

impl TypeName<'_> {
    pub(super) fn as_bytes(&self) -> &'static [u8] {
        self.0.ty().map_or("<nil>", |ty| ty.name()).as_bytes()
    }
}

impl Printer {
    pub(super) fn new(out: Vec<u8>) -> Printer {
        Printer { start: out.len(), out, full: false, flags: Flags::default(), without_methods: false }
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.out
    }

    pub(super) fn push(&mut self, text: &[u8]) {
        self.out.extend_from_slice(text);
    }

    /// Whether there is too much text already; says so in the text once.
    pub(super) fn is_full(&mut self) -> bool {
        if !self.full && self.out.len() - self.start > MAX_TEXT {
            self.full = true;
            self.push(ENDLESS.as_bytes());
        }
        self.full
    }

    /// `%!verb` with what is wrong.
    pub(super) fn note(&mut self, verb: char, what: &str) {
        self.push(b"%!");
        self.push(verb.encode_utf8(&mut [0; 4]).as_bytes());
        self.push(what.as_bytes());
    }

    /// An argument under a verb, with the flags that are set.
    pub(super) fn print_arg(&mut self, value: &Value, verb: char) {
        match (value, verb) {
            (Value::Nil, 'T' | 'v') => self.flags.pad(&mut self.out, b"<nil>"),
            (Value::Nil, _) => self.note(verb, "(<nil>)"),
            (_, 'T') => self.flags.string(&mut self.out, TypeName(value).as_bytes()),
            (_, 'p') => match address(value) {
                Some(address) => self.pointer(address, value, verb),
                None => self.bad_verb(value, verb),
            },
            (Value::Bytes(bytes), _) => self.bytes(bytes, value, verb),
            _ => self.print_value(value, verb, TOP),
        }
    }

    /// What a template prints for a value: as `%v`, but a pointer's struct without the `&`.
    pub(super) fn print_pointee(&mut self, value: &Value) {
        match value {
            Value::Object(object) if object.to_text().is_none() => self.structure(object.as_ref(), 'v', TOP),
            _ => self.print_arg(value, 'v'),
        }
    }

    fn print_value(&mut self, value: &Value, verb: char, path: Path<'_>) {
        if self.is_full() || self.print_by_method(value, verb) {
            return;
        }
        match value {
            Value::List(_) | Value::Map(_) | Value::Object(_) if path.depth > MAX_DEPTH => {
                self.push(ENDLESS.as_bytes());
            }
            // Inside a list or map of interfaces; the verb does not matter to Go.
            Value::Nil => self.push(if self.flags.sharp_v { b"interface {}(nil)" } else { b"<nil>" }),
            Value::Bool(b) => match verb {
                't' | 'v' => self.flags.pad(&mut self.out, if *b { b"true" } else { b"false" }),
                _ => self.bad_verb(value, verb),
            },
            Value::Int(_, n) => self.integer(value, n.unsigned_abs(), *n < 0, verb),
            Value::Uint(..) if verb == 'v' && self.flags.sharp_v => self.hex_number(uint(value), true),
            Value::Uint(..) => self.integer(value, uint(value), false, verb),
            Value::Float(kind, n) => {
                let bits = if *kind == FloatKind::Float32 { 32 } else { 64 };
                self.float(value, *n, bits, verb);
            }
            Value::Complex(re, im) => self.complex(value, *re, *im, verb),
            Value::String(text) => self.string(value, text.as_bytes(), verb),
            Value::Bytes(bytes) => match verb {
                's' | 'q' | 'x' | 'X' => self.string(value, bytes, verb),
                _ => self.byte_list(value, bytes, verb, path),
            },
            Value::List(list) => with_room(|| self.list(list, value, verb, path)),
            Value::Map(map) => with_room(|| self.map(map, value, verb, path)),
            Value::Object(object) if object.ty().kind != Kind::Ptr => self.structure(object.as_ref(), verb, path),
            // Go follows a pointer only where no loop can come of it.
            Value::Object(object) if path.depth == 0 => {
                self.push(b"&");
                self.structure(object.as_ref(), verb, path);
            }
            Value::Object(_) => self.pointer(ADDRESS, value, verb),
        }
    }

    /// `String`, `Error` and `GoString` methods, where Go asks them; `%w`, which only `Errorf` understands.
    fn print_by_method(&mut self, value: &Value, verb: char) -> bool {
        if self.without_methods {
            return false;
        }
        if verb == 'w' {
            self.bad_verb(value, verb);
            return true;
        }
        if self.flags.sharp_v {
            let Value::Object(object) = value else { return false };
            let Some(text) = object.to_go_text() else { return false };
            self.flags.string(&mut self.out, text.as_bytes());
            return true;
        }
        if !matches!(verb, 'v' | 's' | 'x' | 'X' | 'q') {
            return false;
        }
        let text: Option<Str> = match value {
            Value::Int(IntKind::Named(named), n) => Some((named.to_text)(*n)),
            Value::Object(object) => object.to_text(),
            _ => None,
        };
        match text {
            Some(text) => {
                self.string(value, text.as_bytes(), verb);
                true
            }
            None => false,
        }
    }

    fn list(&mut self, list: &List, value: &Value, verb: char, path: Path<'_>) {
        if !self.open(value, list.is_nil(), b"[") {
            return;
        }
        for (at, item) in list.items().iter().enumerate() {
            self.separator(at);
            self.print_value(item, verb, path.below(None));
        }
        self.push(if self.flags.sharp_v { b"}" } else { b"]" });
    }

    fn map(&mut self, map: &Map, value: &Value, verb: char, path: Path<'_>) {
        if path.contains(map) {
            return self.push(ENDLESS.as_bytes());
        }
        if !self.open(value, map.is_nil(), b"map[") {
            return;
        }
        if let Some(entries) = map.borrow() {
            let below = path.below(Some(map));
            for (at, (key, item)) in entries.iter().enumerate() {
                self.separator(at);
                self.print_key(key, verb);
                self.push(b":");
                self.print_value(item, verb, below);
            }
        }
        self.push(if self.flags.sharp_v { b"}" } else { b"]" });
    }

    fn separator(&mut self, at: usize) {
        if at > 0 {
            self.push(if self.flags.sharp_v { b", " } else { b" " });
        }
    }

    /// The start of a list or map; false when `(nil)` was all there is to print.
    fn open(&mut self, value: &Value, nil: bool, plain: &[u8]) -> bool {
        if !self.flags.sharp_v {
            self.push(plain);
            return true;
        }
        self.push(TypeName(value).as_bytes());
        self.push(if nil { b"(nil)" } else { b"{" });
        !nil
    }

    fn print_key(&mut self, key: &Str, verb: char) {
        match verb {
            'v' if !self.flags.sharp_v => self.flags.string(&mut self.out, key.as_bytes()),
            _ => self.print_value(&Value::String(key.clone()), verb, TOP),
        }
    }

    fn structure(&mut self, object: &dyn Object, verb: char, path: Path<'_>) {
        let ty = object.ty();
        if self.flags.sharp_v {
            self.push(ty.name.trim_start_matches('*').as_bytes());
        }
        self.push(b"{");
        for (at, (name, value)) in object.shown_fields().into_iter().enumerate() {
            self.separator(at);
            if self.flags.plus_v || self.flags.sharp_v {
                self.push(name.as_bytes());
                self.push(b":");
            }
            // Go cannot reach the methods of what is in an unexported field.
            let outer = self.without_methods;
            self.without_methods |= is_unexported(name);
            self.print_value(&value, verb, path.below(None));
            self.without_methods = outer;
        }
        self.push(b"}");
    }

    fn pointer(&mut self, address: u64, value: &Value, verb: char) {
        match verb {
            'v' if self.flags.sharp_v => {
                self.push(b"(");
                self.push(TypeName(value).as_bytes());
                self.push(b")(");
                self.hex_number(address, true);
                self.push(b")");
            }
            'v' | 'p' => self.hex_number(address, !self.flags.sharp),
            'b' | 'o' | 'd' | 'x' | 'X' => self.integer(value, address, false, verb),
            _ => self.bad_verb(value, verb),
        }
    }

    fn hex_number(&mut self, number: u64, prefix: bool) {
        Flags { sharp: prefix, ..self.flags }.integer(&mut self.out, number, false, 16, 'v');
    }

    fn integer(&mut self, value: &Value, magnitude: u64, negative: bool, verb: char) {
        // Go hands the two's complement to the verbs that take a rune.
        let raw = if negative { magnitude.wrapping_neg() } else { magnitude };
        let out = &mut self.out;
        match verb {
            'v' | 'd' => self.flags.integer(out, magnitude, negative, 10, verb),
            'b' => self.flags.integer(out, magnitude, negative, 2, verb),
            'o' | 'O' => self.flags.integer(out, magnitude, negative, 8, verb),
            'x' | 'X' => self.flags.integer(out, magnitude, negative, 16, verb),
            'c' => self.flags.rune(out, raw),
            'q' => self.flags.quoted_rune(out, raw),
            'U' => self.flags.unicode(out, raw),
            _ => self.bad_verb(value, verb),
        }
    }

    fn float(&mut self, value: &Value, number: f64, bits: u8, verb: char) {
        if !self.number_parts(&[number], bits, verb) {
            self.bad_verb(value, verb);
        }
    }

    fn complex(&mut self, value: &Value, re: f64, im: f64, verb: char) {
        if !self.number_parts(&[re, im], 64, verb) {
            self.bad_verb(value, verb);
        }
    }

    /// A float, or the two floats of a complex number; false when the verb is not for floats.
    fn number_parts(&mut self, parts: &[f64], bits: u8, verb: char) -> bool {
        let (format, precision) = match verb {
            'v' | 'g' => (b'g', Precision::Shortest),
            'b' => (b'b', Precision::Shortest),
            'G' => (b'G', Precision::Shortest),
            'x' => (b'x', Precision::Shortest),
            'X' => (b'X', Precision::Shortest),
            'e' => (b'e', Precision::Digits(6)),
            'E' => (b'E', Precision::Digits(6)),
            'f' | 'F' => (b'f', Precision::Digits(6)),
            _ => return false,
        };
        match *parts {
            [re, im] => {
                self.push(b"(");
                self.flags.float(&mut self.out, re, bits, format, precision);
                // The imaginary part always shows its sign.
                Flags { plus: true, ..self.flags }.float(&mut self.out, im, bits, format, precision);
                self.push(b"i)");
            }
            [number] => self.flags.float(&mut self.out, number, bits, format, precision),
            _ => return false,
        }
        true
    }

    fn string(&mut self, value: &Value, text: &[u8], verb: char) {
        let out = &mut self.out;
        match verb {
            'v' if self.flags.sharp_v => self.flags.quoted(out, text),
            'v' | 's' => self.flags.string(out, text),
            'x' | 'X' => self.flags.hex_string(out, text, verb == 'X'),
            'q' => self.flags.quoted(out, text),
            _ => self.bad_verb(value, verb),
        }
    }

    /// A byte slice that is an argument itself.
    fn bytes(&mut self, bytes: &[u8], value: &Value, verb: char) {
        if !(matches!(verb, 'v' | 'd') && self.flags.sharp_v) {
            // Not a method's matter: Go finds out about %w at the first byte.
            return match verb {
                's' | 'q' | 'x' | 'X' => self.string(value, bytes, verb),
                'v' | 'd' => self.byte_list(value, bytes, 'd', TOP),
                _ => self.byte_list(value, bytes, verb, TOP),
            };
        }
        self.push(b"[]byte{");
        for (at, byte) in bytes.iter().enumerate() {
            self.separator(at);
            self.hex_number(u64::from(*byte), true);
        }
        self.push(b"}");
    }

    /// A byte slice as a list of numbers.
    fn byte_list(&mut self, value: &Value, bytes: &[u8], verb: char, path: Path<'_>) {
        self.open(value, false, b"[");
        // A template that prints `.Files` has megabytes of these.
        let plain = self.flags.are_none() && matches!(verb, 'v' | 'd');
        for (at, byte) in bytes.iter().enumerate() {
            self.separator(at);
            if plain {
                if !self.is_full() {
                    self.small_number(*byte);
                }
                continue;
            }
            let item = Value::Uint(crate::go::value::UintKind::Uint8, u64::from(*byte));
            self.print_value(&item, verb, path.below(None));
        }
        self.push(if self.flags.sharp_v { b"}" } else { b"]" });
    }

    fn small_number(&mut self, n: u8) {
        let digits = [b'0' + n / 100, b'0' + n / 10 % 10, b'0' + n % 10];
        let leading = match n {
            0..10 => 2,
            10..100 => 1,
            _ => 0,
        };
        self.push(digits.get(leading..).unwrap_or_default());
    }

    fn bad_verb(&mut self, value: &Value, verb: char) {
        let outer = std::mem::replace(&mut self.without_methods, true);
        self.note(verb, "(");
        self.push(TypeName(value).as_bytes());
        self.push(b"=");
        self.print_arg(value, 'v');
        self.push(b")");
        self.without_methods = outer;
    }
}

fn is_unexported(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
}

fn uint(value: &Value) -> u64 {
    match value {
        Value::Uint(_, n) => *n,
        _ => 0,
    }
}

/// The address of what Go keeps behind one.
fn address(value: &Value) -> Option<u64> {
    match value {
        Value::Map(map) => Some(if map.is_nil() { 0 } else { ADDRESS }),
        Value::List(list) => Some(if list.is_nil() { 0 } else { ADDRESS }),
        Value::Bytes(_) => Some(ADDRESS),
        Value::Object(object) => (object.ty().kind == Kind::Ptr).then_some(ADDRESS),
        _ => None,
    }
}
