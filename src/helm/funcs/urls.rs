//! URLs: `urlParse` and `urlJoin`.
//!
//! Mirrors Sprig's `url.go`.

use super::call::{Answer, Args, MAP, STRING, nil_dereference, plain};
use crate::go::template::{FuncError, Function};
use crate::go::url::Url;
use crate::go::value::{Map, Str, Value};

pub(super) static FUNCTIONS: &[Function] =
    &[plain("urlParse", &[STRING], |_, a| url_parse(a.bytes(0))), plain("urlJoin", &[MAP], |_, a| url_join(&a.map(0)))];

fn url_parse(text: &[u8]) -> Answer {
    let url = Url::parse(text).map_err(|e| FuncError::panic(format!("unable to parse url: {e}")))?;
    let hostname = url.hostname().to_vec();
    let dict = Value::dict()
        .with("scheme", Str::from(url.scheme))
        .with("host", Str::from(url.host))
        .with("hostname", Str::from(hostname))
        .with("path", Str::from(url.path))
        .with("query", Str::from(url.raw_query))
        .with("opaque", Str::from(url.opaque))
        .with("fragment", Str::from(url.fragment))
        .with("userinfo", url.user.map(|user| user.to_string()).unwrap_or_default());
    Ok(dict.into())
}

fn url_join(dict: &Map) -> Answer {
    let part = |key: &str| match dict.get(key) {
        None => Ok(Vec::new()),
        Some(Value::String(text)) => Ok(text.as_bytes().to_vec()),
        Some(Value::Nil) => Err(nil_dereference()),
        Some(other) => {
            let found = other.kind();
            Err(FuncError::panic(format!("unable to parse {key} key, must be of type string, but {found} found")))
        }
    };
    let mut url = Url {
        scheme: part("scheme")?,
        host: part("host")?,
        path: part("path")?,
        raw_query: part("query")?,
        opaque: part("opaque")?,
        fragment: part("fragment")?,
        ..Url::default()
    };
    let userinfo = part("userinfo")?;
    if !userinfo.is_empty() {
        // The library lets a whole URL be parsed for it, so that a slash in it ends it.
        let around = [b"proto://", userinfo.as_slice(), b"@host"].concat();
        let parsed = Url::parse(around);
        url.user = parsed.map_err(|e| FuncError::panic(format!("unable to parse userinfo in dict: {e}")))?.user;
    }
    Ok(Value::string(url.to_bytes()))
}
