//! From rendered files to documents: splitting, the head Helm reads of each, what becomes a hook, and the order of both lists.
//!
//! Mirrors `SortManifests` (`pkg/releaseutil/manifest_sorter.go` of 3.21.4, `pkg/release/v1/util/manifest_sorter.go` of 4.2.4) and
//! the removal of notes in `renderResources` (`pkg/action/action.go`). Of hooks it knows the annotation's words and no more.

mod head;
mod heads;
mod kinds;
mod skim;
mod split;

use std::collections::HashMap;
use std::fmt;
use std::ops::Range;
use std::rc::Rc;

pub use head::Head;
pub use kinds::install_key;
pub(crate) use kinds::{KINDS_OF_HELM3, KINDS_OF_HELM4};
pub use split::{Piece, Splitting, split};

use super::dialect::{Dialect, Engine};
use crate::go::limits::Work;
use crate::go::strconv;
use crate::go::value::Str;
use crate::go::yaml;

/// The annotation that makes a hook.
pub const HOOK: &str = "helm.sh/hook";
/// The annotation with the weight.
pub const HOOK_WEIGHT: &str = "helm.sh/hook-weight";
/// The annotation with the delete policies.
pub const HOOK_DELETE_POLICY: &str = "helm.sh/hook-delete-policy";
/// The annotation that says when container logs are printed.
pub const HOOK_OUTPUT_LOG_POLICY: &str = "helm.sh/hook-output-log-policy";

/// The words Helm knows as values of [`HOOK`], each with the event it stands for.
const EVENT_WORDS: [(&str, &str); 10] = [
    ("pre-install", "pre-install"),
    ("post-install", "post-install"),
    ("pre-delete", "pre-delete"),
    ("post-delete", "post-delete"),
    ("pre-upgrade", "pre-upgrade"),
    ("post-upgrade", "post-upgrade"),
    ("pre-rollback", "pre-rollback"),
    ("post-rollback", "post-rollback"),
    ("test", "test"),
    ("test-success", "test"),
];

/// One document of a rendered file.
#[derive(Clone, Debug)]
pub struct Document {
    /// The rendered path, beginning with the chart's name.
    pub path: Rc<str>,
    /// Which document of the file, from 1.
    pub number: u32,
    /// The line of its first byte in the rendered file, from 1.
    pub line: u32,
    /// What Helm reads of it.
    pub head: Head,
    file: Str,
    range: Range<usize>,
}

impl Document {
    /// Its bytes, as `helm template` prints them.
    pub fn text(&self) -> &[u8] {
        self.file.as_bytes().get(self.range.clone()).unwrap_or_default()
    }

    /// The rendered file it is a part of.
    pub fn file(&self) -> &Str {
        &self.file
    }

    /// Where it lies in [`Document::file`].
    pub fn range(&self) -> Range<usize> {
        self.range.clone()
    }

    /// The value of [`HOOK`], when it is there.
    pub fn hook_annotation(&self) -> Option<&str> {
        self.head.annotations.get(HOOK).map(String::as_str)
    }
}

/// A release's documents, sorted.
#[derive(Clone, Debug, Default)]
pub struct Manifests {
    /// What is installed, in install order.
    pub plain: Vec<Document>,
    /// The hooks in the order Helm stores and prints them, which is not the order they run in.
    pub hooks: Vec<Document>,
    /// What Helm drops because of a hook event it does not know, in the order it meets them.
    pub dropped: Vec<Document>,
}

impl Manifests {
    /// The lines Helm writes to stderr while sorting, without their line ends.
    pub fn warnings(&self, dialect: &Dialect) -> Vec<String> {
        let raw = self.dropped.iter().filter_map(Document::hook_annotation);
        raw.map(|raw| match dialect.engine {
            Engine::Helm3 => {
                format!("manifest_sorter.go:199: info: skipping unknown hook: {}", strconv::quote(raw.as_bytes()))
            }
            Engine::Helm4 => format!("level=INFO msg=\"skipping unknown hooks\" hookTypes={}", attribute(raw)),
        })
        .collect()
    }
}

/// A document that is not YAML, or not of a manifest's shape: the whole rendering fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SortError {
    /// The rendered path of the file.
    pub path: String,
    /// Which document of the file, from 1.
    pub number: u32,
    /// The line of the document's first byte in the rendered file, from 1.
    pub line: u32,
    /// What the YAML reader says.
    pub cause: String,
    /// The byte of the rendered file at which it says so, where that is known.
    pub offset: Option<usize>,
}

impl fmt::Display for SortError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "YAML parse error on {}: {}", self.path, self.cause)
    }
}

impl std::error::Error for SortError {}

/// True for a rendered file that Helm takes for notes: by the end of its path, so `xNOTES.txt` too, and in subcharts.
pub fn is_notes(path: &str) -> bool {
    path.ends_with("NOTES.txt")
}

/// Sorts rendered files, given as path (beginning with the chart's name) and text in any order.
///
/// # Errors
/// For the first document, in path order, whose head Helm cannot read.
pub fn sort<'a>(files: impl IntoIterator<Item = (&'a str, Str)>, dialect: &Dialect) -> Result<Manifests, SortError> {
    sort_beside(&Manifests::default(), files, dialect)
}

/// [`sort`], of another rendering of a chart of which one has been sorted by the same Helm: documents that are the same in both
/// are not read again.
///
/// # Errors
/// As [`sort`].
pub fn sort_beside<'a>(
    other: &Manifests,
    files: impl IntoIterator<Item = (&'a str, Str)>,
    dialect: &Dialect,
) -> Result<Manifests, SortError> {
    let _work = Work::begin();
    let known: HashMap<(&str, u32), &Document> =
        other.documents().map(|document| ((&*document.path, document.number), document)).collect();
    let mut files: Vec<(&str, Str)> = files.into_iter().filter(|(path, text)| counts(path, text.as_bytes())).collect();
    files.sort_by(|a, b| a.0.as_bytes().cmp(b.0.as_bytes()));
    let mut documents = Vec::new();
    for (path, file) in files {
        let path: Rc<str> = path.into();
        let pieces = split(file.as_bytes(), dialect.splitting).into_iter().zip(1..);
        documents.extend(pieces.map(|(piece, number)| Document::unread(path.clone(), number, &piece, &file)));
    }
    let head_of = |document: &Document| {
        let same = known.get(&(&*document.path, document.number));
        same.filter(|same| same.text() == document.text()).map(|same| same.head.clone())
    };
    let heads: Vec<Option<Head>> = documents.iter().map(head_of).collect();
    let unread = documents.iter().zip(&heads).filter(|(_, head)| head.is_none()).map(|(document, _)| document.text());
    let mut skimmed = heads::skim(&unread.collect::<Vec<_>>()).into_iter();
    let heads: Vec<Option<Head>> = heads.into_iter().map(|head| head.or_else(|| skimmed.next().flatten())).collect();
    let mut sorted = Manifests::default();
    for (mut document, head) in documents.into_iter().zip(heads) {
        match head {
            Some(head) => document.head = head,
            None => document.read_head(dialect, Head::read)?,
        }
        sorted.put(document);
    }
    sorted.by_kind(dialect);
    Ok(sorted)
}

/// Reads rendered files document by document and goes on after those whose head Helm cannot read, which come with the error that
/// would end [`sort`] and an empty head. By path, then in the order of the file.
pub fn read_all<'a>(
    files: impl IntoIterator<Item = (&'a str, Str)>,
    dialect: &Dialect,
) -> Vec<(Document, Option<SortError>)> {
    let mut files: Vec<(&str, Str)> = files.into_iter().filter(|(path, text)| counts(path, text.as_bytes())).collect();
    files.sort_by(|a, b| a.0.as_bytes().cmp(b.0.as_bytes()));
    let mut documents = Vec::new();
    for (path, file) in files {
        let path: Rc<str> = path.into();
        for (piece, number) in split(file.as_bytes(), dialect.splitting).into_iter().zip(1..) {
            let mut document = Document::unread(path.clone(), number, &piece, &file);
            let error = document.read_head(dialect, Head::parse).err();
            documents.push((document, error));
        }
    }
    documents
}

/// True when both Helms cut a file into the same documents, but for white space around them.
pub fn splits_alike(text: &[u8]) -> bool {
    let cut = |how| {
        let pieces = split(text, how).into_iter();
        pieces.map(|piece| bstr::ByteSlice::trim(text.get(piece.range).unwrap_or_default())).collect::<Vec<_>>()
    };
    cut(Splitting::Trimmed) == cut(Splitting::LinesKept)
}

/// Partials, notes and blank files are no manifests.
fn counts(path: &str, text: &[u8]) -> bool {
    let base = path.rsplit('/').next().unwrap_or(path);
    !base.starts_with('_') && !is_notes(path) && !split::is_blank(text)
}

impl Document {
    fn read_head(
        &mut self,
        dialect: &Dialect,
        read: fn(&[u8], &Dialect) -> Result<Head, yaml::Error>,
    ) -> Result<(), SortError> {
        self.head = read(self.text(), dialect).map_err(|error| SortError {
            path: self.path.to_string(),
            number: self.number,
            line: self.line,
            cause: error.message().to_owned(),
            offset: error.offset().map(|offset| self.range.start + offset as usize),
        })?;
        Ok(())
    }

    fn unread(path: Rc<str>, number: u32, piece: &Piece, file: &Str) -> Document {
        Document {
            path,
            number,
            line: piece.line,
            head: Head::default(),
            file: file.clone(),
            range: piece.range.clone(),
        }
    }
}

impl Manifests {
    fn documents(&self) -> impl Iterator<Item = &Document> {
        self.plain.iter().chain(&self.hooks).chain(&self.dropped)
    }

    /// Puts a document where its head says it belongs.
    fn put(&mut self, document: Document) {
        match document.hook_annotation() {
            None => self.plain.push(document),
            Some(raw) if events(raw).is_none() => self.dropped.push(document),
            Some(_) => self.hooks.push(document),
        }
    }

    fn by_kind(&mut self, dialect: &Dialect) {
        for list in [&mut self.plain, &mut self.hooks] {
            list.sort_by(|a, b| {
                install_key(&a.head.kind, dialect.install_kinds).cmp(&install_key(&b.head.kind, dialect.install_kinds))
            });
        }
    }
}

/// The events a value of [`HOOK`] names, in its order and with repeats; `None` when one part is no event, which drops the document.
pub fn events(annotation: &str) -> Option<Vec<&'static str>> {
    words(annotation)
        .map(|word| EVENT_WORDS.iter().find(|(known, _)| *known == word).map(|(_, event)| *event))
        .collect()
}

/// The parts of an annotation with several values, as Helm reads them: split at commas, trimmed, lower-cased, empty ones kept.
pub fn words(annotation: &str) -> impl Iterator<Item = String> + '_ {
    // Go lower-cases letter by letter, without Rust's rules for letters that become two or depend on their neighbours.
    let lower = |c: char| c.to_lowercase().next().unwrap_or(c);
    annotation.split(',').map(move |word| word.trim().chars().map(lower).collect())
}

/// A value in a line of Go's `slog` text handler: quoted where it would not read back as one word.
fn attribute(text: &str) -> String {
    let plain = |c: char| match c {
        ' ' | '=' | '"' => false,
        c => !c.is_whitespace() && strconv::is_print(u32::from(c)),
    };
    if !text.is_empty() && text.chars().all(plain) { text.to_owned() } else { strconv::quote(text.as_bytes()) }
}

/// Sorts the documents of one stream; `path` tells where a document is from. The order of the stream is kept within a kind.
///
/// # Errors
/// For the first document whose head Helm cannot read.
pub fn sort_stream(text: &Str, path: fn(&[u8]) -> String, dialect: &Dialect) -> Result<Manifests, SortError> {
    let _work = Work::begin();
    let mut sorted = Manifests::default();
    let mut counts: HashMap<Rc<str>, u32> = HashMap::new();
    for piece in split(text.as_bytes(), dialect.splitting) {
        let path: Rc<str> = path(text.as_bytes().get(piece.range.clone()).unwrap_or_default()).into();
        let number = counts.entry(path.clone()).and_modify(|count| *count += 1).or_insert(1);
        let mut document = Document::unread(path, *number, &piece, text);
        document.read_head(dialect, Head::parse)?;
        sorted.put(document);
    }
    sorted.by_kind(dialect);
    Ok(sorted)
}
