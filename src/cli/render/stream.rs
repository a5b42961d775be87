//! Documents of one stream, such as `helm template` prints: their paths are read from the `# Source:` lines helm writes.

use bstr::ByteSlice;

use crate::go::value::Str;
use crate::helm::dialect::Dialect;
use crate::helm::manifest::{Manifests, SortError, sort_stream};

/// The documents of a stream, and the name of their chart when all come from one.
///
/// # Errors
/// For the first document whose head Helm cannot read.
pub(crate) fn read(text: &Str, dialect: &Dialect) -> Result<(Manifests, Option<String>), SortError> {
    let manifests = sort_stream(text, source, dialect)?;
    let mut names = manifests.plain.iter().chain(&manifests.hooks).map(|document| document.path.split('/').next());
    let first = names.next().flatten().filter(|name| *name != STDIN).map(str::to_owned);
    let one = first.filter(|first| names.all(|name| name == Some(first)));
    Ok((manifests, one))
}

/// The path of documents that do not say where they are from.
pub(crate) const STDIN: &str = "-";

/// The path in a document's `# Source:` line.
fn source(document: &[u8]) -> String {
    let comments = document.lines().take_while(|line| line.starts_with(b"#"));
    let path = comments.filter_map(|line| line.strip_prefix(b"# Source: ")).next();
    path.map_or_else(|| STDIN.to_owned(), |path| path.to_str_lossy().trim().to_owned())
}
