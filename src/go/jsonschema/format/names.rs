//! Formats of names and addresses.

use super::{failed, has_zone};
use crate::go::strconv::{append_quote_rune, atoi};

/// `%q` of a rune.
fn quoted(c: char) -> String {
    let mut out = Vec::new();
    append_quote_rune(&mut out, u32::from(c));
    String::from_utf8_lossy(&out).into_owned()
}

pub(super) fn json_pointer(text: &str) -> Result<(), String> {
    if text.is_empty() {
        return Ok(());
    }
    if !text.starts_with('/') {
        return failed("not starting with /");
    }
    for token in text.split('/').skip(1) {
        let mut rest = token.chars();
        while let Some(c) = rest.next() {
            if c == '~' && !matches!(rest.next(), Some('0' | '1')) {
                return failed("~ must be followed by 0 or 1");
            }
        }
    }
    Ok(())
}

pub(super) fn relative_json_pointer(text: &str) -> Result<(), String> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 {
        return failed("must start with non-negative integer");
    }
    if digits > 1 && text.starts_with('0') {
        return failed("starts with zero");
    }
    match text.get(digits..).unwrap_or_default() {
        "#" => Ok(()),
        pointer => json_pointer(pointer),
    }
}

pub(super) fn uuid(text: &str) -> Result<(), String> {
    let lengths = [8, 4, 4, 4, 12];
    if text.split('-').count() != lengths.len() {
        return failed("must have 5 elements");
    }
    for (at, (group, length)) in text.split('-').zip(lengths).enumerate() {
        if group.len() != length {
            return failed(format!("element {} must be {length} characters long", at + 1));
        }
        if let Some(c) = group.chars().find(|c| !c.is_ascii_hexdigit()) {
            return failed(format!("non-hex character {}", quoted(c)));
        }
    }
    Ok(())
}

pub(super) fn ipv4(text: &str) -> Result<(), String> {
    if text.split('.').count() != 4 {
        return failed("expected four decimals");
    }
    for group in text.split('.') {
        if group.len() > 1 && group.starts_with('0') {
            return failed("leading zeros");
        }
        let number = atoi(group.as_bytes()).map_err(|e| e.to_string())?;
        if !(0..=255).contains(&number) {
            return failed("decimal must be between 0 and 255");
        }
    }
    Ok(())
}

pub(super) fn ipv6(text: &str) -> Result<(), String> {
    if !text.contains(':') {
        return failed("missing colon");
    }
    if has_zone(text)? { failed("zone id is not a part of ipv6 address") } else { Ok(()) }
}

pub(super) fn hostname(text: &str) -> Result<(), String> {
    let text = text.strip_suffix('.').unwrap_or(text);
    if text.len() > 253 {
        return failed("more than 253 characters long");
    }
    for label in text.split('.') {
        if label.is_empty() || label.len() > 63 {
            return failed("label must be 1 to 63 characters long");
        }
        if label.starts_with('-') {
            return failed("label starts with hyphen");
        }
        if label.ends_with('-') {
            return failed("label ends with hyphen");
        }
        if let Some(c) = label.chars().find(|c| !c.is_ascii_alphanumeric() && *c != '-') {
            return failed(format!("invalid character {}", quoted(c)));
        }
    }
    Ok(())
}

pub(super) fn email(text: &str) -> Result<(), String> {
    if text.len() > 254 {
        return failed("more than 255 characters long");
    }
    let Some((local, domain)) = text.rsplit_once('@') else { return failed("missing @") };
    if local.len() > 64 {
        return failed("local part more than 64 characters long");
    }
    if local.len() > 1 && local.starts_with('"') {
        // The library asks twice for the opening quote and never for the closing one.
        let mut inner = local.chars();
        inner.next();
        inner.next_back();
        if inner.as_str().contains(['\\', '"']) {
            return failed("backslash and quote are not allowed within quoted local part");
        }
    } else {
        if local.starts_with('.') {
            return failed("starts with dot");
        }
        if local.ends_with('.') {
            return failed("ends with dot");
        }
        if local.contains("..") {
            return failed("consecutive dots");
        }
        let allowed = |c: char| c.is_ascii_alphanumeric() || ".!#$%&'*+-/=?^_`{|}~".contains(c);
        if let Some(c) = local.chars().find(|c| !allowed(*c)) {
            return failed(format!("invalid character {}", quoted(c)));
        }
    }
    if let Some(address) = domain.strip_prefix('[').and_then(|domain| domain.strip_suffix(']')) {
        return match address.strip_prefix("IPv6:") {
            Some(address) => ipv6(address).map_err(|e| format!("invalid ipv6 address: {e}")),
            None => ipv4(address).map_err(|e| format!("invalid ipv4 address: {e}")),
        };
    }
    hostname(domain).map_err(|e| format!("invalid domain: {e}"))
}

pub(super) fn semver(text: &str) -> Result<(), String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let bad = |c: char, what: &str| failed(format!("invalid character {} in {what} identifier", quoted(c)));
    let mut core = text;
    if let Some((rest, build)) = core.split_once('+') {
        if build.is_empty() {
            return failed("build is empty");
        }
        for id in build.split('.') {
            if id.is_empty() {
                return failed("build identifier is empty");
            }
            if let Some(c) = id.chars().find(|c| !fits(*c)) {
                return bad(c, "build");
            }
        }
        core = rest;
    }
    if let Some((rest, release)) = core.split_once('-') {
        for id in release.split('.') {
            if id.is_empty() {
                return failed("pre-release identifier is empty");
            }
            if let Some(c) = id.chars().find(|c| !fits(*c)) {
                return bad(c, "pre-release");
            }
            if id.len() > 1 && id.starts_with('0') && id.bytes().all(|byte| byte.is_ascii_digit()) {
                return failed("pre-release numeric identifier starts with zero");
            }
        }
        core = rest;
    }
    if core.split('.').count() != 3 {
        return failed("versionCore must have 3 numbers separated by dot");
    }
    for (version, name) in core.split('.').zip(["major", "minor", "patch"]) {
        if version.is_empty() {
            return failed(format!("{name} is empty"));
        }
        if version.len() > 1 && version.starts_with('0') {
            return failed(format!("{name} starts with zero"));
        }
        if !version.bytes().all(|byte| byte.is_ascii_digit()) {
            return failed(format!("{name} contains non-digit"));
        }
    }
    Ok(())
}
