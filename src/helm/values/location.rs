//! Where a values file is, as far as Helm looks at it before opening it: as a URL.
//!
//! Mirrors what `net/url.Parse` says of names that are no URLs; hosts are not looked at, as nothing is fetched.

use crate::go::strconv::quote;

/// The URL scheme of a path, empty for a plain one; else Go's error, without which Helm would open the file.
pub(super) fn scheme(path: &str) -> Result<String, String> {
    let (url, fragment) = path.split_once('#').unwrap_or((path, ""));
    let failed = |url: &str, why: &str| format!("parse {}: {why}", quote(url.as_bytes()));
    let scheme = parse(url).map_err(|e| failed(url, &e))?;
    check_escapes(fragment).map_err(|e| failed(path, &e))?;
    Ok(scheme)
}

fn parse(url: &str) -> Result<String, String> {
    if url.bytes().any(|byte| byte < b' ' || byte == 0x7f) {
        return Err("net/url: invalid control character in URL".to_owned());
    }
    let (scheme, rest) = split_scheme(url)?;
    let rest = rest.split('?').next().unwrap_or(rest);
    if !rest.starts_with('/') {
        if !scheme.is_empty() {
            return Ok(scheme);
        }
        if rest.split('/').next().unwrap_or(rest).contains(':') {
            return Err("first path segment in URL cannot contain colon".to_owned());
        }
    }
    check_escapes(rest)?;
    Ok(scheme)
}

fn split_scheme(url: &str) -> Result<(String, &str), String> {
    let end = url.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.')));
    match end.map(|end| url.split_at(end)) {
        Some(("", rest)) if rest.starts_with(':') => Err("missing protocol scheme".to_owned()),
        Some((scheme, rest)) if scheme.starts_with(|c: char| c.is_ascii_alphabetic()) => match rest.strip_prefix(':') {
            Some(rest) => Ok((scheme.to_ascii_lowercase(), rest)),
            None => Ok((String::new(), url)),
        },
        _ => Ok((String::new(), url)),
    }
}

fn check_escapes(text: &str) -> Result<(), String> {
    let bytes = text.as_bytes();
    for at in bytes.iter().enumerate().filter(|(_, byte)| **byte == b'%').map(|(at, _)| at) {
        let escape = bytes.get(at..(at + 3).min(bytes.len())).unwrap_or_default();
        if escape.len() < 3 || !escape.iter().skip(1).all(u8::is_ascii_hexdigit) {
            return Err(format!("invalid URL escape {}", quote(escape)));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::scheme;

    #[test]
    fn paths_as_urls() {
        for (path, want) in [
            ("values.yaml", Ok("")),
            ("/a b/values.yaml", Ok("")),
            ("HTTPS://x/y", Ok("https")),
            ("C:\\values.yaml", Ok("c")),
            ("a/b:c", Ok("")),
            ("1:c", Err("parse \"1:c\": first path segment in URL cannot contain colon")),
            (":c", Err("parse \":c\": missing protocol scheme")),
            ("a%zz", Err("parse \"a%zz\": invalid URL escape \"%zz\"")),
            ("a\n", Err("parse \"a\\n\": net/url: invalid control character in URL")),
        ] {
            assert_eq!(scheme(path).as_deref(), want.map_err(str::to_owned).as_ref().copied(), "{path}");
        }
    }
}
