//! The directives of a format: flags, argument indexes, width, precision, verb. Mirrors `doPrintf` of `fmt/print.go`.

use super::layout::Flags;
use super::printer::{Printer, TypeName};
use crate::go::utf8;
use crate::go::value::Value;

// Go's own limit on widths, precisions and argument numbers.
const TOO_LARGE: i64 = 1_000_000;

/// Where in the format and among the arguments we are.
struct Cursor<'a> {
    format: &'a [u8],
    at: usize,
    args: &'a [Value],
    next: usize,
    /// An argument index was used somewhere, so leftover arguments are no mistake.
    reordered: bool,
    /// The current directive's indexes are all good.
    good_index: bool,
    /// The last thing read was an argument index.
    after_index: bool,
}

/// Prints the arguments as the format says.
pub(super) fn print(printer: &mut Printer, format: &[u8], args: &[Value]) {
    let mut cursor = Cursor { format, at: 0, args, next: 0, reordered: false, good_index: true, after_index: false };
    loop {
        let rest = cursor.rest();
        let Some(percent) = rest.iter().position(|&c| c == b'%') else {
            printer.push(rest);
            break;
        };
        printer.push(rest.get(..percent).unwrap_or_default());
        cursor.at += percent + 1;
        if !cursor.directive(printer) || printer.is_full() {
            break;
        }
    }
    if !cursor.reordered && cursor.next < args.len() && !printer.is_full() {
        printer.flags = Flags::default();
        printer.push(b"%!(EXTRA ");
        for (at, value) in args.iter().skip(cursor.next).enumerate() {
            if at > 0 {
                printer.push(b", ");
            }
            if matches!(value, Value::Nil) {
                printer.push(b"<nil>");
            } else {
                printer.push(TypeName(value).as_bytes());
                printer.push(b"=");
                printer.print_arg(value, 'v');
            }
        }
        printer.push(b")");
    }
}

impl<'a> Cursor<'a> {
    fn rest(&self) -> &'a [u8] {
        self.format.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.format.get(self.at).copied()
    }

    /// Handles what follows a percent sign; false at the end of the format.
    fn directive(&mut self, printer: &mut Printer) -> bool {
        self.good_index = true;
        self.after_index = false;
        let mut flags = Flags::default();
        loop {
            match self.peek() {
                Some(b'#') => flags.sharp = true,
                Some(b'0') => flags.zero = true,
                Some(b'+') => flags.plus = true,
                Some(b'-') => flags.minus = true,
                Some(b' ') => flags.space = true,
                _ => break,
            }
            self.at += 1;
        }
        self.argument_index();
        self.width(printer, &mut flags);
        // A point that is the last byte is taken for the verb.
        if self.peek() == Some(b'.') && self.at + 1 < self.format.len() {
            self.at += 1;
            self.precision(printer, &mut flags);
        }
        if !self.after_index {
            self.argument_index();
        }
        let (rune, size) = utf8::decode(self.rest());
        if size == 0 {
            printer.push(b"%!(NOVERB)");
            return false;
        }
        self.at += size;
        let verb = char::from_u32(rune).unwrap_or(char::REPLACEMENT_CHARACTER);
        let value = self.args.get(self.next);
        match (verb, value) {
            ('%', _) => printer.push(b"%"),
            _ if !self.good_index => printer.note(verb, "(BADINDEX)"),
            (_, None) => printer.note(verb, "(MISSING)"),
            (_, Some(value)) => {
                if matches!(verb, 'v' | 'w') {
                    flags.turn_into_v();
                }
                printer.flags = flags;
                printer.print_arg(value, verb);
                self.next += 1;
            }
        }
        true
    }

    fn width(&mut self, printer: &mut Printer, flags: &mut Flags) {
        if self.peek() == Some(b'*') {
            self.at += 1;
            match self.int_argument() {
                Some(width) => {
                    if width < 0 {
                        flags.minus = true;
                        flags.zero = false;
                    }
                    flags.width = usize::try_from(width.unsigned_abs()).ok();
                }
                None => printer.push(b"%!(BADWIDTH)"),
            }
            self.after_index = false;
        } else {
            flags.width = self.number();
            if self.after_index && flags.width.is_some() {
                self.good_index = false;
            }
        }
    }

    fn precision(&mut self, printer: &mut Printer, flags: &mut Flags) {
        if self.after_index {
            self.good_index = false;
        }
        self.argument_index();
        if self.peek() == Some(b'*') {
            self.at += 1;
            // A negative precision makes no sense.
            flags.precision = self.int_argument().and_then(|n| usize::try_from(n).ok());
            if flags.precision.is_none() {
                printer.push(b"%!(BADPREC)");
            }
            self.after_index = false;
        } else {
            flags.precision = Some(self.number().unwrap_or(0));
        }
    }

    /// A decimal number; one that is too large swallows the rest of the format.
    fn number(&mut self) -> Option<usize> {
        let mut number = None;
        while let Some(c @ b'0'..=b'9') = self.peek() {
            let so_far = number.unwrap_or(0);
            if so_far > TOO_LARGE as usize {
                self.at = self.format.len();
                return None;
            }
            number = Some(so_far * 10 + usize::from(c - b'0'));
            self.at += 1;
        }
        number
    }

    /// The number for a `*`; the argument is used up even when it is none.
    fn int_argument(&mut self) -> Option<i64> {
        let value = self.args.get(self.next)?;
        self.next += 1;
        let number = match value {
            Value::Int(_, n) => Some(*n),
            Value::Uint(_, n) => i64::try_from(*n).ok(),
            _ => None,
        };
        number.filter(|n| (-TOO_LARGE..=TOO_LARGE).contains(n))
    }

    /// Reads `[n]` where one stands.
    fn argument_index(&mut self) {
        self.after_index = false;
        if self.peek() != Some(b'[') {
            return;
        }
        self.reordered = true;
        let rest = self.rest();
        // An index has three bytes at least; with fewer Go does not even look for the bracket.
        let Some(close) = rest.iter().position(|&c| c == b']').filter(|_| rest.len() >= 3) else {
            self.good_index = false;
            self.at += 1;
            return;
        };
        self.at += close + 1;
        let number = rest.get(1..close).and_then(index_number);
        self.after_index = number.is_some();
        match number.and_then(|n| n.checked_sub(1)).filter(|&n| n < self.args.len()) {
            Some(index) => self.next = index,
            None => self.good_index = false,
        }
    }
}

/// The number between brackets: digits only, not beyond the limit.
fn index_number(digits: &[u8]) -> Option<usize> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_usize, |n, &c| {
        let digit = usize::from(c.checked_sub(b'0').filter(|&d| d <= 9)?);
        (n <= TOO_LARGE as usize).then_some(n * 10 + digit)
    })
}
