//! IP addresses as texts: which are well-formed, and Go's words about those that are not.
//!
//! Mirrors `net/netip.ParseAddr`.

use crate::go::strconv::quote;

/// An address that was accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Addr<'t> {
    /// IPv4, not an IPv6 address that holds one.
    pub is_v4: bool,
    /// What follows the `%` of an IPv6 address; empty for none.
    pub zone: &'t str,
}

/// Checks an address.
///
/// # Errors
/// Go's text.
pub fn parse_addr(text: &str) -> Result<Addr<'_>, String> {
    let failed = |message: &str| Err(error(text, message, ""));
    match text.bytes().find(|byte| matches!(byte, b'.' | b':' | b'%')) {
        Some(b'.') => check_v4(text, text).map(|()| Addr { is_v4: true, zone: "" }),
        Some(b':') => {
            let (address, zone) = text.split_once('%').unwrap_or((text, ""));
            if zone.is_empty() && text.contains('%') {
                return failed("zone must be a non-empty string");
            }
            check_v6(text, address).map(|()| Addr { is_v4: false, zone })
        }
        Some(_) => failed("missing IPv6 address"),
        None => failed("unable to parse IP"),
    }
}

fn error(whole: &str, message: &str, at: &str) -> String {
    let at = if at.is_empty() { String::new() } else { format!(" (at {})", quote(at.as_bytes())) };
    format!("ParseAddr({}): {message}{at}", quote(whole.as_bytes()))
}

fn check_v4(whole: &str, address: &str) -> Result<(), String> {
    let failed = |message: &str, at: &str| Err(error(whole, message, at));
    let (mut value, mut digits, mut dots) = (0_u32, 0, 0);
    for (at, byte) in address.bytes().enumerate() {
        match byte {
            b'0'..=b'9' => {
                if digits == 1 && value == 0 {
                    return failed("IPv4 field has octet with leading zero", "");
                }
                value = value * 10 + u32::from(byte - b'0');
                digits += 1;
                if value > 255 {
                    return failed("IPv4 field has value >255", "");
                }
            }
            b'.' => {
                if digits == 0 || at + 1 == address.len() {
                    let rest = address.get(at..).unwrap_or_default();
                    return failed("IPv4 field must have at least one digit", rest);
                }
                if dots == 3 {
                    return failed("IPv4 address too long", "");
                }
                dots += 1;
                (value, digits) = (0, 0);
            }
            _ => return failed("unexpected character", address.get(at..).unwrap_or_default()),
        }
    }
    if dots < 3 { failed("IPv4 address too short", "") } else { Ok(()) }
}

fn check_v6(whole: &str, address: &str) -> Result<(), String> {
    let failed = |message: &str, at: &str| Err(error(whole, message, at));
    let mut rest = address;
    // Where `::` stands, counted in bytes of the address.
    let mut gap = None;
    if let Some(after) = rest.strip_prefix("::") {
        gap = Some(0);
        rest = after;
        if rest.is_empty() {
            return Ok(());
        }
    }
    let mut filled = 0;
    while filled < 16 {
        let digits = rest.bytes().take_while(u8::is_ascii_hexdigit).count();
        if digits > 4 {
            return failed("each group must have 4 or less digits", rest);
        }
        if digits == 0 {
            return failed("each colon-separated field must have at least one digit", rest);
        }
        let after = rest.get(digits..).unwrap_or_default();
        if after.starts_with('.') {
            if gap.is_none() && filled != 12 {
                return failed("embedded IPv4 address must replace the final 2 fields of the address", rest);
            }
            if filled + 4 > 16 {
                return failed("too many hex fields to fit an embedded IPv4 at the end of the address", rest);
            }
            check_v4(whole, rest)?;
            rest = "";
            filled += 4;
            break;
        }
        filled += 2;
        rest = after;
        if rest.is_empty() {
            break;
        }
        let Some(after) = rest.strip_prefix(':') else {
            return failed("unexpected character, want colon", rest);
        };
        if after.is_empty() {
            return failed("colon must be followed by more characters", rest);
        }
        rest = after;
        if let Some(after) = rest.strip_prefix(':') {
            if gap.is_some() {
                return failed("multiple :: in address", rest);
            }
            gap = Some(filled);
            rest = after;
            if rest.is_empty() {
                break;
            }
        }
    }
    if !rest.is_empty() {
        return failed("trailing garbage after address", rest);
    }
    match gap {
        None if filled < 16 => failed("address string too short", ""),
        Some(_) if filled == 16 => failed("the :: must expand to at least one field of zeros", ""),
        _ => Ok(()),
    }
}
