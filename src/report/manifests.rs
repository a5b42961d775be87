//! The rendered manifests as `helm template` prints them: plain ones, then hooks in stored order, each under its source.
//!
//! Mirrors `renderResources` (`pkg/action/action.go`) and `cmd/helm/template.go`.

use std::borrow::Cow;

use bstr::ByteSlice;

use crate::go::{path, unicode};
use crate::helm::chart::ChartFile;
use crate::helm::dialect::Dialect;
use crate::helm::manifest::{self, Document, Manifests};

/// What of a rendering is printed.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// `--no-hooks`.
    pub no_hooks: bool,
    /// `--skip-tests`.
    pub skip_tests: bool,
    /// `-s`: patterns of template paths, relative to the chart.
    pub show_only: Vec<String>,
}

/// One entry of the output.
struct Entry<'a> {
    is_crd: bool,
    source: &'a str,
    text: &'a [u8],
}

/// The text on stdout, in pieces.
///
/// # Errors
/// When a pattern of `show_only` finds nothing: Helm's text.
pub fn print<'a>(
    manifests: &'a Manifests,
    crds: &'a [(String, ChartFile)],
    selection: &Selection,
    dialect: &Dialect,
) -> Result<Vec<Cow<'a, [u8]>>, String> {
    let mut pieces: Vec<&[u8]> = plain_entries(manifests, crds).flat_map(|entry| entry.pieces()).collect();
    // What Helm trims begins with the line of a document, if it holds anything.
    while let Some(last) = pieces.pop() {
        let trimmed = last.trim_end_with(unicode::is_space);
        if !trimmed.is_empty() {
            pieces.push(trimmed);
            break;
        }
    }
    pieces.push(b"\n");
    pieces.extend(shown_hooks(manifests, selection).flat_map(|hook| Entry::of(hook).pieces()));
    if selection.show_only.is_empty() {
        return Ok(pieces.into_iter().map(Cow::Borrowed).collect());
    }
    show_only(&pieces.concat(), &selection.show_only, dialect).map(|text| vec![Cow::Owned(text)])
}

fn plain_entries<'a>(manifests: &'a Manifests, crds: &'a [(String, ChartFile)]) -> impl Iterator<Item = Entry<'a>> {
    let crds = crds.iter().map(|(path, file)| Entry { is_crd: true, source: path, text: &file.data });
    crds.chain(manifests.plain.iter().map(Entry::of))
}

fn shown_hooks<'a>(manifests: &'a Manifests, selection: &Selection) -> impl Iterator<Item = &'a Document> {
    let hooks = if selection.no_hooks { &[][..] } else { &manifests.hooks[..] };
    hooks.iter().filter(|hook| !(selection.skip_tests && is_test(hook)))
}

fn is_test(hook: &Document) -> bool {
    hook.hook_annotation().and_then(manifest::events).is_some_and(|events| events.contains(&"test"))
}

impl<'a> Entry<'a> {
    fn of(document: &'a Document) -> Entry<'a> {
        Entry { is_crd: false, source: &document.path, text: document.text() }
    }

    fn pieces(&self) -> [&'a [u8]; 5] {
        [b"---\n# Source: ", self.source.as_bytes(), b"\n", self.text, b"\n"]
    }
}

/// Helm splits its own output again and picks the pieces by their `# Source:` line.
fn show_only(output: &[u8], patterns: &[String], dialect: &Dialect) -> Result<Vec<u8>, String> {
    let pieces = manifest::split(output, dialect.splitting);
    let mut out = Vec::new();
    for pattern in patterns {
        let mut missing = true;
        for piece in &pieces {
            let text = output.get(piece.range.clone()).unwrap_or_default();
            let Some(name) = source_of(text) else { continue };
            if !path::matches(pattern.as_bytes(), name.as_bytes()).unwrap_or(false) {
                continue;
            }
            missing = false;
            out.extend_from_slice(b"---\n");
            out.extend_from_slice(text);
            out.push(b'\n');
        }
        if missing {
            return Err(format!("could not find template {pattern} in chart"));
        }
    }
    Ok(out)
}

/// What Helm's `# Source: [^/]+/(.+)` finds first.
fn source_of(text: &[u8]) -> Option<&str> {
    text.split(|byte| *byte == b'\n').find_map(|line| {
        let line = std::str::from_utf8(line).ok()?;
        let (_, source) = line.split_once("# Source: ")?;
        let (chart, name) = source.split_once('/')?;
        (!chart.is_empty() && !name.is_empty()).then_some(name)
    })
}

/// A file that `--output-dir` writes.
#[derive(Debug)]
pub struct OutputFile<'a> {
    /// A file of `crds/`.
    pub is_crd: bool,
    /// Its path below the folder.
    pub path: &'a str,
    /// Its content.
    pub content: Vec<u8>,
    /// Added to what is there: a later document of the same file, or a hook of a file that exists.
    pub append: bool,
}

/// The files of `--output-dir`, in the order Helm writes them. `exists` says whether a file is there before the hooks are written.
pub fn files<'a>(
    manifests: &'a Manifests,
    crds: &'a [(String, ChartFile)],
    selection: &'a Selection,
    exists: impl Fn(&str) -> bool,
) -> Vec<OutputFile<'a>> {
    let mut files: Vec<OutputFile<'a>> = Vec::new();
    for entry in plain_entries(manifests, crds) {
        let append = files.iter().any(|file| file.path == entry.source);
        files.push(output_file(&entry, append));
    }
    for document in shown_hooks(manifests, selection) {
        let entry = Entry::of(document);
        let append = files.iter().any(|file| file.path == entry.source) || exists(entry.source);
        files.push(output_file(&entry, append));
    }
    files
}

fn output_file<'a>(entry: &Entry<'a>, append: bool) -> OutputFile<'a> {
    OutputFile { is_crd: entry.is_crd, path: entry.source, content: entry.pieces().concat(), append }
}
