//! What a run of lint gives: findings with their places in the source, in one order, whatever made them.

use std::sync::Arc;

use crate::hooks::{ObjectRef, Release};
use crate::text::{Position, Severity, SourceFile};

use super::{Applicability, Audience, Rule};

/// A finding whose place is known.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule that reports it.
    pub rule: &'static Rule,
    /// How bad it is.
    pub severity: Severity,
    /// What happens, and when.
    pub message: String,
    /// What to change; empty when there is nothing to say.
    pub help: String,
    /// Where it is.
    pub place: SourcePlace,
    /// What the place rendered to, where an action wrote it: shown beside the source line.
    pub rendered: Option<String>,
    /// The templates that included it, innermost first: `templates/job.yaml:4:3`.
    pub included_by: Vec<String>,
    /// The chart's path, with `/`.
    pub chart: String,
    /// The release it was rendered as.
    pub release: Release,
    /// The object it is about.
    pub object: Option<ObjectRef>,
    /// The values files (and flags) it needs, in the order they were tried; empty when the chart's defaults show it.
    pub values: Vec<String>,
    /// Who minds.
    pub engines: Audience,
    /// Other places.
    pub related: Vec<RelatedPlace>,
    /// What mends it.
    pub fix: Option<SourceFix>,
    /// Names it in a baseline and in SARIF: survives moved lines. Hexadecimal.
    pub fingerprint: String,
}

/// A place in a file on disk.
#[derive(Clone, Debug)]
pub struct SourcePlace {
    /// The file, relative to the working directory, with `/`; inside an archive `charts/x.tgz!/templates/a.yaml`.
    pub path: String,
    /// Its first character.
    pub start: Position,
    /// After its last character.
    pub end: Position,
    /// False when it is only the first line of the document.
    pub exact: bool,
    /// The file's text, for frames.
    pub source: Option<Arc<SourceFile>>,
}

/// Another place that matters.
#[derive(Clone, Debug)]
pub struct RelatedPlace {
    /// Where.
    pub place: SourcePlace,
    /// What is there: lowercase, without a final dot.
    pub message: String,
}

/// A fix as edits of files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFix {
    /// How far it may be trusted.
    pub applicability: Applicability,
    /// What it does, as an order.
    pub title: String,
    /// The changes, by file and place; empty for a suggestion in words.
    pub edits: Vec<SourceEdit>,
}

/// A change of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceEdit {
    /// The file, as in [`SourcePlace::path`].
    pub path: String,
    /// The first character that goes.
    pub start: Position,
    /// After the last one.
    pub end: Position,
    /// The bytes of the file that go.
    pub bytes: std::ops::Range<u32>,
    /// What comes.
    pub text: String,
}

/// A chart that could not be linted, or not wholly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChartError {
    /// The chart's path, with `/`.
    pub path: String,
    /// Helm's text, without `Error: `.
    pub message: String,
    /// The frame below it, ready to be printed; empty when nothing more is known.
    pub frame: String,
}

/// What was looked at, and what came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Charts found.
    pub charts: usize,
    /// Charts of which at least one rendering was looked at.
    pub rendered: usize,
    /// Hooks in the charts' first renderings.
    pub hooks: usize,
    /// Findings of severity error.
    pub errors: usize,
    /// Of severity warning.
    pub warnings: usize,
    /// Of severity info.
    pub infos: usize,
    /// Findings that comments, annotations, the configuration or a baseline keep silent.
    pub suppressed: usize,
    /// Findings that were mended.
    pub fixed: usize,
}

/// All that a run gives.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// The findings, by path, line, column, code.
    pub findings: Vec<Finding>,
    /// What was looked at.
    pub summary: Summary,
    /// Charts that could not be linted, by path.
    pub errors: Vec<ChartError>,
}
