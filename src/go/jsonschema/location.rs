//! Where a schema is: the URL of its document and a JSON pointer.
//!
//! Mirrors `util.go` of the library.

use std::rc::Rc;

use super::json::Json;
use crate::go::strconv::{atoi, quote};
use crate::go::url::{Part, Url, escape, unescape};

/// A place in a document.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Location {
    pub(super) url: Rc<str>,
    /// A JSON pointer.
    pub(super) pointer: Rc<str>,
}

impl Location {
    pub(super) fn new(url: &Rc<str>, pointer: impl Into<Rc<str>>) -> Location {
        Location { url: Rc::clone(url), pointer: pointer.into() }
    }

    /// Below this place.
    pub(super) fn below(&self, token: &str) -> Location {
        Location::new(&self.url, append(&self.pointer, token))
    }

    pub(super) fn shown(&self) -> String {
        format!("{}#{}", self.url, encode(&self.pointer))
    }

    /// What is at this place of a document.
    pub(super) fn lookup<'j>(&self, document: &'j Json) -> Result<&'j Json, String> {
        let mut found = document;
        for token in self.pointer.split('/').skip(1) {
            let Some(token) = unescape_token(token) else {
                return Err(format!("invalid json-pointer {}", quote(self.shown().as_bytes())));
            };
            let next = match found {
                Json::Object(fields) => fields.get(token.as_bytes()),
                Json::Array(items) => {
                    let index = atoi(token.as_bytes()).ok().and_then(|index| usize::try_from(index).ok());
                    index.and_then(|index| items.get(index))
                }
                _ => None,
            };
            found = next.ok_or_else(|| format!("json-pointer in {} not found", quote(self.shown().as_bytes())))?;
        }
        Ok(found)
    }
}

/// A URL and its unescaped fragment.
#[derive(Clone, Debug)]
pub(super) struct Reference {
    pub(super) url: Rc<str>,
    pub(super) fragment: String,
}

impl Reference {
    pub(super) fn shown(&self) -> String {
        format!("{}#{}", self.url, encode(&self.fragment))
    }

    /// The name of an anchor, when the fragment is no JSON pointer.
    pub(super) fn anchor(&self) -> Option<&str> {
        anchor(&self.fragment)
    }
}

/// The name of an anchor, when a fragment is no JSON pointer.
pub(super) fn anchor(fragment: &str) -> Option<&str> {
    (!fragment.is_empty() && !fragment.starts_with('/')).then_some(fragment)
}

/// A reference as seen from a URL.
pub(super) fn join(base: &str, reference: &str) -> Result<Reference, String> {
    let (text, fragment) = split_fragment(reference)?;
    let parse = |url: &str| Url::parse(url).map_err(|e| unparsable(url, &e.to_string()));
    let (base, reference) = (parse(base)?, parse(text)?);
    let mut resolved = base.resolve(&reference);
    if !reference.is_abs() && !base.opaque.is_empty() {
        resolved.opaque = base.opaque;
    }
    Ok(Reference { url: resolved.to_string().into(), fragment })
}

fn unparsable(url: &str, problem: &str) -> String {
    format!("error in parsing {}: {problem}", quote(url.as_bytes()))
}

/// The text before the first `#` and the text behind it.
pub(super) fn split(text: &str) -> (&str, &str) {
    text.split_once('#').unwrap_or((text, ""))
}

/// Like [`split`], the fragment unescaped.
pub(super) fn split_fragment(text: &str) -> Result<(&str, String), String> {
    let (url, fragment) = split(text);
    let fragment = unescape(fragment.as_bytes(), Part::PathSegment).map_err(|e| unparsable(text, &e.to_string()))?;
    Ok((url, String::from_utf8_lossy(&fragment).into_owned()))
}

/// A JSON pointer with one more token.
pub(super) fn append(pointer: &str, token: &str) -> String {
    format!("{pointer}/{}", escape_token(token))
}

pub(super) fn escape_token(token: &str) -> String {
    token.replace('~', "~0").replace('/', "~1")
}

fn unescape_token(token: &str) -> Option<String> {
    let mut parts = token.split('~');
    let mut out = parts.next()?.to_owned();
    for part in parts {
        let (c, rest) = match part.as_bytes().first()? {
            b'0' => ('~', part.get(1..)?),
            b'1' => ('/', part.get(1..)?),
            _ => return None,
        };
        out.push(c);
        out.push_str(rest);
    }
    Some(out)
}

/// Percent-encodes a fragment but for its slashes.
pub(super) fn encode(fragment: &str) -> String {
    let tokens = fragment.split('/').map(|token| {
        if token.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return token.to_owned();
        }
        String::from_utf8_lossy(&escape(token.as_bytes(), Part::PathSegment)).into_owned()
    });
    tokens.collect::<Vec<_>>().join("/")
}
