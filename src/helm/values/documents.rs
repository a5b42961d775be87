//! Values files as each Helm reads them.
//!
//! Helm 3 reads the first YAML document with `yaml.Unmarshal`; Helm 4 (`LoadValues` of `pkg/chart/v2/loader`) splits the file into
//! documents with the reader of `k8s.io/apimachinery/pkg/util/yaml` and merges them.

use std::borrow::Cow;

use bstr::ByteSlice;

use super::options::merge_maps;
use crate::go::value::Map;
use crate::go::yaml;
use crate::helm::dialect::Dialect;

/// The values of a `values.yaml`. An empty file and one with nothing but null have none.
///
/// # Errors
/// For what is not YAML or no map, with Go's text.
pub fn read_file(data: &[u8], dialect: &Dialect) -> Result<Map, yaml::Error> {
    if !dialect.merges_values_documents {
        return Ok(yaml::unmarshal_dict(data)?.unwrap_or_default());
    }
    let mut merged = Map::default();
    for document in documents(data) {
        let (text, start) = document.map_err(|e| e.wrap("error reading yaml document"))?;
        let values = yaml::unmarshal_dict(&text).map_err(|e| e.wrap("cannot unmarshal yaml document"))?;
        let _ = start;
        merged = merge_maps(&merged, &values.unwrap_or_default());
    }
    Ok(merged)
}

const SEPARATOR: &[u8] = b"---";

/// The documents of a file, each with its place in the file. A separator begins a line, and but blanks or a comment follow it.
fn documents(data: &[u8]) -> impl Iterator<Item = Result<(Cow<'_, [u8]>, usize), yaml::Error>> {
    let mut rest = data;
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at;
        let document = rest;
        let mut len = 0;
        while !rest.is_empty() {
            let line_len = rest.find_byte(b'\n').map_or(rest.len(), |end| end + 1);
            let (line, after) = rest.split_at(line_len);
            if let Some(tail) = line.strip_prefix(SEPARATOR) {
                let tail = tail.trim();
                if !tail.is_empty() && !tail.starts_with(b"#") {
                    rest = &[];
                    let text = format!("invalid Yaml document separator: {}", String::from_utf8_lossy(tail));
                    return Some(Err(yaml::Error::new(text)));
                }
                if len > 0 {
                    at += line_len;
                    rest = after;
                    return Some(Ok((without_carriage_returns(document.get(..len)?), start)));
                }
            }
            len += line_len;
            at += line_len;
            rest = after;
        }
        (len > 0).then(|| Ok((without_carriage_returns(document), start)))
    })
}

/// The reader ends every line with a line feed alone, the last one too.
fn without_carriage_returns(text: &[u8]) -> Cow<'_, [u8]> {
    if text.find(b"\r\n").is_none() && text.ends_with(b"\n") {
        return Cow::Borrowed(text);
    }
    let mut lines = text.replace("\r\n", "\n");
    if !lines.ends_with(b"\n") {
        lines.push(b'\n');
    }
    Cow::Owned(lines)
}
