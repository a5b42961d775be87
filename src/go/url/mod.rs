//! URLs: taken apart, put together, resolved against each other, with Go's words about those that are none.
//!
//! Mirrors `net/url` and `net/netip.ParseAddr` of Go 1.26. The parts are bytes: unescaping can give anything.

mod escape;
mod ip;
#[cfg(test)]
mod tests;

use std::fmt;

use self::escape::should_escape;
pub use self::escape::{Part, escape, unescape};
pub use self::ip::{Addr, parse_addr};
use super::strconv::quote;

/// What is wrong with a URL or a part of it, without the URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem(pub(super) String);

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Problem {}

/// `url.Error` of a URL that cannot be parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    url: Vec<u8>,
    problem: Problem,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "parse {}: {}", quote(&self.url), self.problem)
    }
}

impl std::error::Error for Error {}

/// User name and password.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Userinfo {
    /// Unescaped.
    pub name: Vec<u8>,
    /// Unescaped; `None` without a colon.
    pub password: Option<Vec<u8>>,
}

impl fmt::Display for Userinfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |text: &[u8]| String::from_utf8_lossy(&escape(text, Part::UserPassword)).into_owned();
        f.write_str(&shown(&self.name))?;
        match &self.password {
            Some(password) => write!(f, ":{}", shown(password)),
            None => Ok(()),
        }
    }
}

/// `url.URL`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "the fields of Go's URL, documented by Go")]
pub struct Url {
    pub scheme: Vec<u8>,
    pub opaque: Vec<u8>,
    pub user: Option<Userinfo>,
    pub host: Vec<u8>,
    pub path: Vec<u8>,
    pub raw_path: Vec<u8>,
    pub omit_host: bool,
    pub force_query: bool,
    pub raw_query: Vec<u8>,
    pub fragment: Vec<u8>,
    pub raw_fragment: Vec<u8>,
}

impl Url {
    /// `url.Parse`.
    ///
    /// # Errors
    /// Go's.
    pub fn parse(text: impl AsRef<[u8]>) -> Result<Url, Error> {
        let text = text.as_ref();
        let (url, fragment) = cut(text, b'#');
        let mut parsed = parse(url).map_err(|problem| Error { url: url.to_vec(), problem })?;
        if let Some(fragment) = fragment.filter(|fragment| !fragment.is_empty()) {
            let set = parsed.set_fragment(fragment);
            set.map_err(|problem| Error { url: text.to_vec(), problem })?;
        }
        Ok(parsed)
    }

    /// Whether there is a scheme.
    pub fn is_abs(&self) -> bool {
        !self.scheme.is_empty()
    }

    /// The host without port and brackets.
    pub fn hostname(&self) -> &[u8] {
        let host = match self.host.iter().rposition(|byte| *byte == b':') {
            Some(colon) if is_optional_port(self.host.get(colon..).unwrap_or_default()) => {
                self.host.get(..colon).unwrap_or_default()
            }
            _ => &self.host,
        };
        host.strip_prefix(b"[").and_then(|inner| inner.strip_suffix(b"]")).unwrap_or(host)
    }

    /// The path with its escapes: as it was given, where that is possible.
    pub fn escaped_path(&self) -> Vec<u8> {
        if self.path == b"*" { self.path.clone() } else { escaped(&self.path, &self.raw_path, Part::Path) }
    }

    /// The fragment with its escapes.
    pub fn escaped_fragment(&self) -> Vec<u8> {
        escaped(&self.fragment, &self.raw_fragment, Part::Fragment)
    }

    /// `URL.String`.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        if self.is_abs() {
            out.extend_from_slice(&self.scheme);
            out.push(b':');
        }
        if self.opaque.is_empty() {
            self.append_authority_and_path(&mut out);
        } else {
            out.extend_from_slice(&self.opaque);
        }
        if self.force_query || !self.raw_query.is_empty() {
            out.push(b'?');
            out.extend_from_slice(&self.raw_query);
        }
        if !self.fragment.is_empty() {
            out.push(b'#');
            out.extend(self.escaped_fragment());
        }
        out
    }

    fn append_authority_and_path(&self, out: &mut Vec<u8>) {
        let has_authority = !self.host.is_empty() || self.user.is_some();
        if (self.is_abs() && !self.omit_host) || has_authority {
            if has_authority || !self.path.is_empty() {
                out.extend_from_slice(b"//");
            }
            if let Some(user) = &self.user {
                out.extend_from_slice(user.to_string().as_bytes());
                out.push(b'@');
            }
            out.extend(escape(&self.host, Part::Host));
        }
        let path = self.escaped_path();
        if !path.is_empty() && !path.starts_with(b"/") && !self.host.is_empty() {
            out.push(b'/');
        }
        // Without this the first element would be taken for a scheme.
        if out.is_empty() && cut(&path, b'/').0.contains(&b':') {
            out.extend_from_slice(b"./");
        }
        out.extend(path);
    }

    /// `URL.ResolveReference`: what a reference means when this is the document's URL.
    #[must_use]
    pub fn resolve(&self, reference: &Url) -> Url {
        let mut url = reference.clone();
        if !reference.is_abs() {
            url.scheme.clone_from(&self.scheme);
        }
        if reference.is_abs() || !reference.host.is_empty() || reference.user.is_some() {
            url.set_path_leniently(&resolve_path(&reference.escaped_path(), b""));
            return url;
        }
        let without_authority = |mut url: Url| {
            url.user = None;
            url.host.clear();
            url.path.clear();
            url
        };
        if !reference.opaque.is_empty() {
            return without_authority(url);
        }
        if reference.path.is_empty() && !reference.force_query && reference.raw_query.is_empty() {
            url.raw_query.clone_from(&self.raw_query);
            if reference.fragment.is_empty() {
                url.fragment.clone_from(&self.fragment);
                url.raw_fragment.clone_from(&self.raw_fragment);
            }
        }
        if reference.path.is_empty() && !self.opaque.is_empty() {
            url.opaque.clone_from(&self.opaque);
            return without_authority(url);
        }
        url.host.clone_from(&self.host);
        url.user.clone_from(&self.user);
        url.set_path_leniently(&resolve_path(&self.escaped_path(), &reference.escaped_path()));
        url
    }

    fn set_path(&mut self, path: &[u8]) -> Result<(), Problem> {
        self.path = unescape(path, Part::Path)?;
        self.raw_path = raw(path, &self.path, Part::Path);
        Ok(())
    }

    /// The path was escaped by us or accepted before, so it cannot be wrong.
    fn set_path_leniently(&mut self, path: &[u8]) {
        if self.set_path(path).is_err() {
            self.path.clear();
        }
    }

    fn set_fragment(&mut self, fragment: &[u8]) -> Result<(), Problem> {
        self.fragment = unescape(fragment, Part::Fragment)?;
        self.raw_fragment = raw(fragment, &self.fragment, Part::Fragment);
        Ok(())
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.to_bytes()))
    }
}

fn cut(text: &[u8], at: u8) -> (&[u8], Option<&[u8]>) {
    match text.iter().position(|byte| *byte == at) {
        Some(place) => (text.get(..place).unwrap_or_default(), text.get(place + 1..)),
        None => (text, None),
    }
}

fn problem<T>(text: impl Into<String>) -> Result<T, Problem> {
    Err(Problem(text.into()))
}

/// What is kept of a part as it was given: nothing, when escaping gives it back.
fn raw(given: &[u8], unescaped: &[u8], part: Part) -> Vec<u8> {
    if escape(unescaped, part) == given { Vec::new() } else { given.to_vec() }
}

fn escaped(text: &[u8], raw: &[u8], part: Part) -> Vec<u8> {
    let fits = |byte: &u8| {
        matches!(byte, b'!' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*' | b'+' | b',' | b';' | b'=' | b':' | b'@')
            || matches!(byte, b'[' | b']' | b'%')
            || !should_escape(*byte, part)
    };
    if !raw.is_empty() && raw.iter().all(fits) && unescape(raw, part).is_ok_and(|given| given == text) {
        return raw.to_vec();
    }
    escape(text, part)
}

fn parse(text: &[u8]) -> Result<Url, Problem> {
    if text.iter().any(|byte| *byte < b' ' || *byte == 0x7f) {
        return problem("net/url: invalid control character in URL");
    }
    let mut url = Url::default();
    if text == b"*" {
        url.path = text.to_vec();
        return Ok(url);
    }
    let (scheme, mut rest) = split_scheme(text)?;
    url.scheme = scheme.to_ascii_lowercase();
    let marks = rest.iter().filter(|byte| **byte == b'?').count();
    match rest.strip_suffix(b"?").filter(|_| marks == 1) {
        Some(before) => {
            url.force_query = true;
            rest = before;
        }
        None => {
            let (before, query) = cut(rest, b'?');
            url.raw_query = query.unwrap_or_default().to_vec();
            rest = before;
        }
    }
    if !rest.starts_with(b"/") {
        if url.is_abs() {
            url.opaque = rest.to_vec();
            return Ok(url);
        }
        if cut(rest, b'/').0.contains(&b':') {
            return problem("first path segment in URL cannot contain colon");
        }
    }
    match rest.strip_prefix(b"//") {
        Some(after) if url.is_abs() || !after.starts_with(b"/") => {
            let end = after.iter().position(|byte| *byte == b'/').unwrap_or(after.len());
            let (authority, path) = after.split_at(end);
            (url.user, url.host) = parse_authority(&url.scheme, authority)?;
            rest = path;
        }
        _ => url.omit_host = url.is_abs() && rest.starts_with(b"/"),
    }
    url.set_path(rest)?;
    Ok(url)
}

fn split_scheme(text: &[u8]) -> Result<(&[u8], &[u8]), Problem> {
    for (at, byte) in text.iter().enumerate() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' => {}
            b'0'..=b'9' | b'+' | b'-' | b'.' if at > 0 => {}
            b':' if at == 0 => return problem("missing protocol scheme"),
            b':' => return Ok((text.get(..at).unwrap_or_default(), text.get(at + 1..).unwrap_or_default())),
            _ => break,
        }
    }
    Ok((b"", text))
}

fn parse_authority(scheme: &[u8], authority: &[u8]) -> Result<(Option<Userinfo>, Vec<u8>), Problem> {
    let Some(at) = authority.iter().rposition(|byte| *byte == b'@') else {
        return Ok((None, parse_host(scheme, authority)?));
    };
    let host = parse_host(scheme, authority.get(at + 1..).unwrap_or_default())?;
    let user = authority.get(..at).unwrap_or_default();
    let fits = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._:~!$&'()*+,;=%@".contains(byte);
    if !user.iter().all(fits) {
        return problem("net/url: invalid userinfo");
    }
    let (name, password) = cut(user, b':');
    let name = unescape(name, Part::UserPassword)?;
    let password = password.map(|password| unescape(password, Part::UserPassword)).transpose()?;
    Ok((Some(Userinfo { name, password }), host))
}

fn parse_host(scheme: &[u8], host: &[u8]) -> Result<Vec<u8>, Problem> {
    let bad_port = |port: &[u8]| problem(format!("invalid port {} after host", quote(port)));
    match host.iter().rposition(|byte| *byte == b'[') {
        Some(0) => {
            let Some(close) = host.iter().rposition(|byte| *byte == b']') else {
                return problem("missing ']' in host");
            };
            let port = host.get(close + 1..).unwrap_or_default();
            if !is_optional_port(port) {
                return bad_port(port);
            }
            let port = unescape(port, Part::Host)?;
            let name = unescape_literal(host.get(1..close).unwrap_or_default())?;
            match parse_addr(&String::from_utf8_lossy(&name)) {
                Err(e) => problem(format!("invalid host: {e}")),
                Ok(addr) if addr.is_v4 => problem("invalid IP-literal"),
                Ok(_) => Ok([b"[", name.as_slice(), b"]", &port].concat()),
            }
        }
        Some(_) => problem("invalid IP-literal"),
        None => {
            // Lists of hosts with ports are let through, but not by the two schemes of the web.
            let is_web = matches!(scheme, b"http" | b"https");
            let is_colon = |byte: &u8| *byte == b':';
            let colon = if is_web { host.iter().position(is_colon) } else { host.iter().rposition(is_colon) };
            let port = colon.and_then(|colon| host.get(colon..)).unwrap_or_default();
            if !is_optional_port(port) {
                return bad_port(port);
            }
            unescape(host, Part::Host)
        }
    }
}

/// An IPv6 address, in whose zone other escapes are allowed.
fn unescape_literal(literal: &[u8]) -> Result<Vec<u8>, Problem> {
    let zone = literal.windows(3).position(|three| three == b"%25").unwrap_or(literal.len());
    let (address, zone) = literal.split_at(zone);
    Ok([unescape(address, Part::Host)?, unescape(zone, Part::Zone)?].concat())
}

fn is_optional_port(port: &[u8]) -> bool {
    match port.split_first() {
        None => true,
        Some((b':', digits)) => digits.iter().all(u8::is_ascii_digit),
        Some(_) => false,
    }
}

/// A reference's path seen from a base path, its dots resolved.
fn resolve_path(base: &[u8], reference: &[u8]) -> Vec<u8> {
    let full = match reference.first() {
        None => base.to_vec(),
        Some(b'/') => reference.to_vec(),
        Some(_) => {
            let folder = base.iter().rposition(|byte| *byte == b'/').map_or(0, |slash| slash + 1);
            [base.get(..folder).unwrap_or_default(), reference].concat()
        }
    };
    if full.is_empty() {
        return full;
    }
    let mut out = vec![b'/'];
    let mut first = true;
    for element in full.split(|byte| *byte == b'/') {
        match element {
            b"." => first = false,
            b".." => {
                let slash = out.iter().skip(1).rposition(|byte| *byte == b'/');
                out.truncate(slash.map_or(1, |slash| slash + 1));
                first = out.len() == 1;
            }
            _ => {
                if !first {
                    out.push(b'/');
                }
                out.extend_from_slice(element);
                first = false;
            }
        }
    }
    if matches!(full.rsplit(|byte| *byte == b'/').next(), Some(b"." | b"..")) {
        out.push(b'/');
    }
    if out.get(1) == Some(&b'/') {
        out.remove(0);
    }
    out
}
