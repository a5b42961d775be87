//! How single values are laid out: flags, width, precision, padding. Mirrors `fmt/format.go`.

use crate::go::strconv::{self, Precision};
use crate::go::utf8;

/// The flags, width and precision of one directive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Flags {
    pub(super) width: Option<usize>,
    pub(super) precision: Option<usize>,
    pub(super) minus: bool,
    pub(super) plus: bool,
    pub(super) sharp: bool,
    pub(super) space: bool,
    pub(super) zero: bool,
    /// `%+v`, which is a verb of its own rather than a flag.
    pub(super) plus_v: bool,
    /// `%#v`, likewise.
    pub(super) sharp_v: bool,
}

impl Flags {
    /// `%+v` and `%#v` are other verbs, not flags that reach the numbers inside.
    pub(super) fn turn_into_v(&mut self) {
        self.sharp_v = std::mem::take(&mut self.sharp);
        self.plus_v = std::mem::take(&mut self.plus);
    }

    /// True when none is given.
    pub(super) fn are_none(&self) -> bool {
        *self == Flags::default()
    }

    fn pads_with_zeros(&self) -> bool {
        self.zero && !self.minus
    }

    pub(super) fn padding(&self, out: &mut Vec<u8>, n: usize) {
        let byte = if self.pads_with_zeros() { b'0' } else { b' ' };
        out.resize(out.len() + n, byte);
    }

    /// Appends a text within the width.
    pub(super) fn pad(&self, out: &mut Vec<u8>, text: &[u8]) {
        let missing = match self.width {
            None | Some(0) => 0,
            Some(width) => width.saturating_sub(utf8::rune_count(text)),
        };
        if !self.minus {
            self.padding(out, missing);
        }
        out.extend_from_slice(text);
        if self.minus {
            self.padding(out, missing);
        }
    }

    fn pad_with_spaces(mut self, out: &mut Vec<u8>, text: &[u8]) {
        self.zero = false;
        self.pad(out, text);
    }

    /// The text cut to the precision, which counts runes.
    fn truncated<'a>(&self, text: &'a [u8]) -> &'a [u8] {
        let Some(n) = self.precision else { return text };
        match utf8::runes(text).nth(n) {
            Some((at, ..)) => text.get(..at).unwrap_or(text),
            None => text,
        }
    }

    /// `%s`.
    pub(super) fn string(&self, out: &mut Vec<u8>, text: &[u8]) {
        self.pad(out, self.truncated(text));
    }

    /// `%q` of a string.
    pub(super) fn quoted(&self, out: &mut Vec<u8>, text: &[u8]) {
        let text = self.truncated(text);
        let mut literal = Vec::with_capacity(text.len() + 2);
        if self.sharp && strconv::can_backquote(text) {
            literal.push(b'`');
            literal.extend_from_slice(text);
            literal.push(b'`');
        } else if self.plus {
            strconv::append_quote_to_ascii(&mut literal, text);
        } else {
            strconv::append_quote(&mut literal, text);
        }
        self.pad(out, &literal);
    }

    /// `%x` and `%X` of a string, byte by byte.
    pub(super) fn hex_string(&self, out: &mut Vec<u8>, text: &[u8], upper: bool) {
        let text = text.get(..self.precision.unwrap_or(text.len())).unwrap_or(text);
        let prefix: &[u8] = match (self.sharp, upper) {
            (false, _) => b"",
            (true, false) => b"0x",
            (true, true) => b"0X",
        };
        let mut hex = Vec::with_capacity(text.len() * if self.space { 5 } else { 2 } + 2);
        for (at, byte) in text.iter().enumerate() {
            if at > 0 && self.space {
                hex.push(b' ');
            }
            if at == 0 || self.space {
                hex.extend_from_slice(prefix);
            }
            for digit in [byte >> 4, byte & 0xf] {
                hex.push(digit_char(u64::from(digit), upper));
            }
        }
        self.pad(out, &hex);
    }

    /// An integer in base 2, 8, 10 or 16; `verb` tells `%O` from `%o` and `%X` from `%x`.
    pub(super) fn integer(&self, out: &mut Vec<u8>, magnitude: u64, negative: bool, base: u64, verb: char) {
        if self.precision == Some(0) && magnitude == 0 {
            // Nothing but the width.
            out.resize(out.len() + self.width.unwrap_or(0), b' ');
            return;
        }
        let signed = negative || self.plus || self.space;
        let digits = match (self.precision, self.width) {
            (Some(n), _) => n,
            (None, Some(width)) if self.pads_with_zeros() => width.saturating_sub(usize::from(signed)),
            _ => 0,
        };
        let upper = verb == 'X';
        // Written backwards.
        let mut text = Vec::with_capacity(24);
        let mut rest = magnitude;
        loop {
            text.push(digit_char(rest % base, upper));
            rest /= base;
            if rest == 0 {
                break;
            }
        }
        if text.len() < digits {
            text.resize(digits, b'0');
        }
        match base {
            2 if self.sharp => text.extend_from_slice(b"b0"),
            8 if self.sharp && text.last() != Some(&b'0') => text.push(b'0'),
            16 if self.sharp => text.extend_from_slice(if upper { b"X0" } else { b"x0" }),
            _ => {}
        }
        if verb == 'O' {
            text.extend_from_slice(b"o0");
        }
        if negative {
            text.push(b'-');
        } else if self.plus {
            text.push(b'+');
        } else if self.space {
            text.push(b' ');
        }
        text.reverse();
        self.pad_with_spaces(out, &text);
    }

    /// `%c`.
    pub(super) fn rune(&self, out: &mut Vec<u8>, number: u64) {
        let mut text = Vec::with_capacity(4);
        utf8::append(&mut text, rune_of(number));
        self.pad(out, &text);
    }

    /// `%q` of an integer.
    pub(super) fn quoted_rune(&self, out: &mut Vec<u8>, number: u64) {
        let mut literal = Vec::with_capacity(12);
        if self.plus {
            strconv::append_quote_rune_to_ascii(&mut literal, rune_of(number));
        } else {
            strconv::append_quote_rune(&mut literal, rune_of(number));
        }
        self.pad(out, &literal);
    }

    /// `%U`.
    pub(super) fn unicode(&self, out: &mut Vec<u8>, number: u64) {
        // Rust takes no width as large as Go does, so the zeros are ours.
        let digits = format!("{number:X}");
        let mut text = b"U+".to_vec();
        text.resize(2 + self.precision.unwrap_or(4).max(4).saturating_sub(digits.len()), b'0');
        text.extend_from_slice(digits.as_bytes());
        if self.sharp && number <= u64::from(utf8::MAX_RUNE) && strconv::is_print(rune_of(number)) {
            text.extend_from_slice(b" '");
            utf8::append(&mut text, rune_of(number));
            text.push(b'\'');
        }
        self.pad_with_spaces(out, &text);
    }

    /// A float; `default` is the precision when the directive names none.
    pub(super) fn float(&self, out: &mut Vec<u8>, number: f64, bits: u8, verb: u8, default: Precision) {
        let precision = self.precision.map_or(default, Precision::Digits);
        // The sign stands in the first byte, '+' or ' ' included.
        let mut text = vec![b'+'];
        strconv::append_float(&mut text, number, verb, precision, bits);
        if matches!(text.get(1), Some(b'-' | b'+')) {
            text.remove(0);
        }
        if let Some(sign) = text.first_mut()
            && self.space
            && *sign == b'+'
            && !self.plus
        {
            *sign = b' ';
        }
        match text.get(1) {
            Some(b'I') => {}
            Some(b'N') => {
                let text = if self.space || self.plus { &text[..] } else { text.get(1..).unwrap_or_default() };
                return self.pad_with_spaces(out, text);
            }
            _ => {
                if self.sharp && verb != b'b' {
                    text = with_point(&text, verb, precision);
                }
            }
        }
        let infinite = text.get(1) == Some(&b'I');
        let (sign, unsigned) = text.split_first().map_or((b'+', &[][..]), |(s, rest)| (*s, rest));
        if infinite {
            // Go pads infinities with spaces and always shows their sign.
            return self.pad_with_spaces(out, &text);
        }
        if !self.plus && sign == b'+' {
            return self.pad(out, unsigned);
        }
        match self.width {
            Some(width) if self.pads_with_zeros() && width > text.len() => {
                out.push(sign);
                self.padding(out, width - text.len());
                out.extend_from_slice(unsigned);
            }
            _ => self.pad(out, &text),
        }
    }
}

fn digit_char(digit: u64, upper: bool) -> u8 {
    // A digit of a base up to sixteen.
    let digit = digit as u8;
    match digit {
        0..=9 => b'0' + digit,
        _ if upper => b'A' + digit - 10,
        _ => b'a' + digit - 10,
    }
}

/// The rune of a number, U+FFFD beyond Unicode.
fn rune_of(number: u64) -> u32 {
    u32::try_from(number).ok().filter(|&r| r <= utf8::MAX_RUNE).unwrap_or(utf8::RUNE_ERROR)
}

/// The `#` flag of floats: a decimal point always, and the zeros `%g` would drop. The text begins with its sign.
fn with_point(text: &[u8], verb: u8, precision: Precision) -> Vec<u8> {
    let mut missing = match (verb, precision) {
        (b'g' | b'G' | b'x', Precision::Digits(n)) => n,
        (b'g' | b'G' | b'x', Precision::Shortest) => 6,
        _ => 0,
    };
    let hex = matches!(verb, b'x' | b'X');
    let tail_at = text.iter().position(|c| match c {
        b'p' | b'P' => true,
        b'e' | b'E' => !hex,
        _ => false,
    });
    let (number, tail) = text.split_at(tail_at.unwrap_or(text.len()));
    let mut has_point = false;
    let mut significant = false;
    for c in number.iter().skip(1) {
        if *c == b'.' {
            has_point = true;
            continue;
        }
        significant |= *c != b'0';
        missing = missing.saturating_sub(usize::from(significant));
    }
    let mut out = number.to_vec();
    if !has_point {
        // A lone zero counts as one digit.
        missing = missing.saturating_sub(usize::from(matches!(number, [_, b'0'])));
        out.push(b'.');
    }
    out.resize(out.len() + missing, b'0');
    out.extend_from_slice(tail);
    out
}
