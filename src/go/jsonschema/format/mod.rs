//! `format`: what a text must look like.
//!
//! Mirrors `format.go`; the names are those it knows, others are ignored.

mod names;
mod times;

use crate::go::regexp::Regexp;
use crate::go::url::{Part, Url, parse_addr, unescape};

/// A format with its name.
#[derive(Clone, Copy, Debug)]
pub(super) struct Format {
    pub(super) name: &'static str,
    check: fn(&str) -> Result<(), String>,
}

impl Format {
    /// Checks a text.
    pub(super) fn check(self, text: &str) -> Result<(), String> {
        (self.check)(text)
    }
}

const FORMATS: [Format; 19] = [
    Format { name: "regex", check: regex },
    Format { name: "json-pointer", check: names::json_pointer },
    Format { name: "relative-json-pointer", check: names::relative_json_pointer },
    Format { name: "uuid", check: names::uuid },
    Format { name: "duration", check: times::duration },
    Format { name: "period", check: times::period },
    Format { name: "ipv4", check: names::ipv4 },
    Format { name: "ipv6", check: names::ipv6 },
    Format { name: "hostname", check: names::hostname },
    Format { name: "email", check: names::email },
    Format { name: "date", check: times::date },
    Format { name: "time", check: times::time },
    Format { name: "date-time", check: times::date_time },
    Format { name: "uri", check: uri },
    Format { name: "iri", check: uri },
    Format { name: "uri-reference", check: uri_reference },
    Format { name: "iri-reference", check: uri_reference },
    Format { name: "uri-template", check: uri_template },
    Format { name: "semver", check: names::semver },
];

/// The format of a name.
pub(super) fn by_name(name: &str) -> Option<Format> {
    FORMATS.into_iter().find(|format| format.name == name)
}

fn failed<T>(text: impl Into<String>) -> Result<T, String> {
    Err(text.into())
}

fn regex(text: &str) -> Result<(), String> {
    Regexp::cached(text).map(|_| ()).map_err(|e| e.to_string())
}

fn parse_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|e| e.to_string())?;
    let host = String::from_utf8_lossy(url.hostname()).into_owned();
    if host.contains(':') {
        if !url.host.contains(&b'[') || !url.host.contains(&b']') {
            return failed("ipv6 address not enclosed in brackets");
        }
        names::ipv6(&host).map_err(|e| format!("invalid ipv6 address: {e}"))?;
    }
    Ok(url)
}

fn uri(text: &str) -> Result<(), String> {
    if parse_url(text)?.is_abs() { Ok(()) } else { failed("relative url") }
}

fn uri_reference(text: &str) -> Result<(), String> {
    if text.contains('\\') {
        return failed("contains \\");
    }
    parse_url(text).map(|_| ())
}

fn uri_template(text: &str) -> Result<(), String> {
    let url = parse_url(text)?;
    for token in url.raw_path.split(|byte| *byte == b'/') {
        let token = unescape(token, Part::PathSegment).map_err(|e| format!("percent decode failed: {e}"))?;
        let mut open = false;
        for brace in token.into_iter().filter(|byte| matches!(byte, b'{' | b'}')) {
            if (brace == b'{') == open {
                return failed("nested curly braces");
            }
            open = !open;
        }
        if open {
            return failed("no matching closing brace");
        }
    }
    Ok(())
}

/// The zone of an IPv6 address is accepted by Go and refused here.
fn has_zone(text: &str) -> Result<bool, String> {
    parse_addr(text).map(|addr| !addr.zone.is_empty())
}
