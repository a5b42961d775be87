//! Go's `fmt`: `Sprintf` and its kin over dynamic values, and the escapers of `text/template`.
//!
//! Mirrors `fmt` of Go 1.26. It differs where Go cannot be repeated or should not be: addresses are always the same
//! one ([`ADDRESS`]), and a value that contains itself, on which Go overflows its stack and dies, prints [`ENDLESS`] in
//! its place. Unexported fields are printed as far as objects show them.

mod escape;
mod layout;
mod printer;
mod printf;

pub use self::escape::{html_escape, js_escape, url_query_escape};
pub use self::printer::{ADDRESS, ENDLESS};

use self::printer::Printer;
use super::value::Value;

/// `fmt.Sprintf`.
pub fn sprintf(format: &[u8], args: &[Value]) -> Vec<u8> {
    let mut printer = Printer::new(Vec::with_capacity(format.len() + 8 * args.len()));
    printf::print(&mut printer, format, args);
    printer.into_bytes()
}

/// `fmt.Sprint`: a space between operands when neither is a string.
pub fn sprint(args: &[Value]) -> Vec<u8> {
    let mut printer = Printer::new(Vec::new());
    let mut after_string = true;
    for value in args {
        let is_string = matches!(value, Value::String(_));
        if !is_string && !after_string {
            printer.push(b" ");
        }
        printer.print_arg(value, 'v');
        after_string = is_string;
    }
    printer.into_bytes()
}

/// `fmt.Sprintln`: spaces between operands and a newline at the end.
pub fn sprintln(args: &[Value]) -> Vec<u8> {
    let mut printer = Printer::new(Vec::new());
    for (at, value) in args.iter().enumerate() {
        if at > 0 {
            printer.push(b" ");
        }
        printer.print_arg(value, 'v');
    }
    printer.push(b"\n");
    printer.into_bytes()
}

/// Appends what `text/template` prints for the value of an action: nil is `<no value>`, a pointer is followed once.
pub fn append_value(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Nil => out.extend_from_slice(b"<no value>"),
        Value::String(text) => out.extend_from_slice(text.as_bytes()),
        _ => {
            let mut printer = Printer::new(std::mem::take(out));
            printer.print_pointee(value);
            *out = printer.into_bytes();
        }
    }
}

#[cfg(test)]
mod tests;
