//! Applies fixes and believes none of them: the chart is rendered again, and an edit that changes anything but what was meant is
//! taken back.

use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;

use crate::go::value::Str;
use crate::go::yaml;
use crate::helm::chart::{Chart, Data};
use crate::helm::dialect::Dialect;
use crate::helm::manifest;

use super::chart::{ChartOutcome, Intent, Task, Variant};
use super::fix::Applicability;
use super::outcome::{Finding, SourceEdit};
use super::place::folder_of;

/// A file that fixes have changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedFile {
    /// Its path as places have it.
    pub path: String,
    /// Its bytes before, without a byte order mark.
    pub before: Vec<u8>,
    /// Its bytes after.
    pub after: Vec<u8>,
}

/// What fixing gave.
#[derive(Clone, Debug, Default)]
pub struct Applied {
    /// The files that are to be written, by path.
    pub files: Vec<ChangedFile>,
    /// The findings that are mended, by their index.
    pub fixed: Vec<usize>,
}

/// Findings whose fixes are one and the same edit of the source.
struct Group<'o> {
    edits: &'o [SourceEdit],
    findings: Vec<usize>,
}

/// Applies all fixes of at least this applicability that change nothing but what they mean to.
pub fn apply(task: &Task, outcome: &ChartOutcome, least: Applicability) -> Applied {
    let mut before = rendered(task, None);
    let install: Vec<Option<Files>> =
        (0..task.jobs.len()).map(|job| before.get(&(job, Variant::Install)).cloned().flatten()).collect();
    // A variant that renders alike needs no look of its own.
    before.retain(|(job, variant), files| *variant == Variant::Install || install.get(*job) != Some(files));
    let mut trial = Trial { task, outcome, accepted: Vec::new(), before };
    for group in groups(&outcome.findings, least) {
        trial.attempt(group);
    }
    let mut files: BTreeMap<&str, Vec<&SourceEdit>> = BTreeMap::new();
    for edit in trial.accepted.iter().flat_map(|group| group.edits) {
        files.entry(&edit.path).or_default().push(edit);
    }
    let changed = |(path, edits): (&str, Vec<&SourceEdit>)| {
        let before = trial.text(path)?;
        let after = edited(&before, edits.iter().map(|edit| (to_usize(&edit.bytes), edit.text.as_str())));
        Some(ChangedFile { path: path.to_owned(), before, after })
    };
    let mut fixed: Vec<usize> = trial.accepted.iter().flat_map(|group| group.findings.iter().copied()).collect();
    fixed.sort_unstable();
    Applied { files: files.into_iter().filter_map(changed).collect(), fixed }
}

fn groups(findings: &[Finding], least: Applicability) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for (index, finding) in findings.iter().enumerate() {
        let Some(fix) = finding.fix.as_ref().filter(|fix| fix.applicability >= least && !fix.edits.is_empty()) else {
            continue;
        };
        match groups.iter_mut().find(|group| group.edits == fix.edits) {
            Some(group) => group.findings.push(index),
            None => groups.push(Group { edits: &fix.edits, findings: vec![index] }),
        }
    }
    groups
}

/// The rendered files of one job and variant: path, text.
type Files = BTreeMap<String, Str>;

/// Renderings by job and variant; `None` where it fails.
type Renderings = BTreeMap<(usize, Variant), Option<Files>>;

struct Trial<'o> {
    task: &'o Task,
    outcome: &'o ChartOutcome,
    accepted: Vec<Group<'o>>,
    before: Renderings,
}

impl<'o> Trial<'o> {
    /// Keeps a group when the chart with it and all before it renders as meant.
    fn attempt(&mut self, group: Group<'o>) {
        if self.accepted.iter().any(|other| overlap(other.edits, group.edits)) {
            return;
        }
        self.accepted.push(group);
        if !self.is_as_meant() {
            self.accepted.pop();
        }
    }

    fn is_as_meant(&self) -> bool {
        let edits: Vec<&SourceEdit> = self.accepted.iter().flat_map(|group| group.edits).collect();
        let Some(chart) = self.edited_chart(&edits) else { return false };
        let mut after = rendered(self.task, Some(&chart));
        after.retain(|key, _| self.before.contains_key(key));
        let intents: Vec<&Intent> = self
            .accepted
            .iter()
            .flat_map(|group| &group.findings)
            .filter_map(|finding| self.outcome.intents.get(*finding))
            .flatten()
            .collect();
        self.before.iter().all(|(key @ (job, variant), before)| {
            let dialect = self.task.jobs.get(*job).map(|(_, job)| variant.of(job).request.dialect);
            let after = after.get(key).and_then(Option::as_ref);
            match (before, after, dialect) {
                // What did not render before may do so now.
                (None, _, _) => true,
                (Some(before), Some(after), Some(dialect)) => {
                    let own: Vec<&Intent> =
                        intents.iter().copied().filter(|i| i.job == *job && i.variant == *variant).collect();
                    if own.is_empty() {
                        same_objects(before, after, dialect)
                    } else {
                        is_change(before, after, &own, dialect)
                    }
                }
                _ => false,
            }
        })
    }

    fn edited_chart(&self, edits: &[&SourceEdit]) -> Option<Chart> {
        let (_, job) = self.task.jobs.first()?;
        let mut chart = job.loaded.chart.clone();
        let mut by_path: BTreeMap<&str, Vec<&SourceEdit>> = BTreeMap::new();
        for edit in edits {
            by_path.entry(&edit.path).or_default().push(edit);
        }
        for (path, edits) in by_path {
            let file = template_mut(&mut chart, self.task.relative(path), "")?;
            *file = edited(file, edits.iter().map(|edit| (to_usize(&edit.bytes), edit.text.as_str()))).into();
        }
        Some(chart)
    }

    fn text(&self, path: &str) -> Option<Vec<u8>> {
        let (_, job) = self.task.jobs.first()?;
        let mut chart = job.loaded.chart.clone();
        template_mut(&mut chart, self.task.relative(path), "").map(|data| data.to_vec())
    }
}

/// All renderings a fix may change, of the chart as it is or of another text of it.
fn rendered(task: &Task, chart: Option<&Chart>) -> Renderings {
    let mut renderings = Renderings::new();
    let chart = task.jobs.first().zip(chart).map(|((_, job), chart)| Rc::new(job.loaded.changed(chart.clone())));
    for (index, (_, job)) in task.jobs.iter().enumerate() {
        for variant in Variant::ALL {
            let mut job = variant.of(job);
            if let Some(chart) = &chart {
                job.loaded = Rc::clone(chart);
            }
            let files = job.render().ok().map(|rendering| rendering.files().clone());
            renderings.insert((index, variant), files);
        }
    }
    renderings
}

/// Whether exactly the intended documents changed, exactly as intended.
fn is_change(before: &Files, after: &Files, intents: &[&Intent], dialect: &Dialect) -> bool {
    before.len() == after.len()
        && before.iter().all(|(path, text)| {
            let Some(now) = after.get(path) else { return false };
            let changes: Vec<_> =
                intents.iter().filter(|intent| intent.path == *path).map(|intent| &intent.change).collect();
            if changes.is_empty() {
                return text == now;
            }
            let mut changes = changes;
            changes.sort_by_key(|(range, _)| (range.start, range.end));
            changes.dedup();
            let wanted = edited(text.as_bytes(), changes.iter().map(|(range, text)| (range.clone(), text.as_str())));
            let wanted = contents(&wanted, dialect);
            wanted.is_some() && wanted == contents(now.as_bytes(), dialect)
        })
}

/// Whether there are the same objects, whatever is in them: for renderings a fix was not made for, but whose text it shares.
fn same_objects(before: &Files, after: &Files, dialect: &Dialect) -> bool {
    let objects = |files: &Files| {
        let files = files.iter().map(|(path, text)| (path.as_str(), text.clone()));
        let heads = manifest::read_all(files, dialect).into_iter().map(|(document, _)| document.head);
        heads.map(|head| (head.api_version, head.kind, head.name)).collect::<Vec<_>>()
    };
    objects(before) == objects(after)
}

/// The documents of a file as values, written in one way; `None` when one is no YAML.
fn contents(text: &[u8], dialect: &Dialect) -> Option<Vec<Vec<u8>>> {
    let pieces = manifest::split(text, dialect.splitting).into_iter();
    let read = |range: Range<usize>| {
        let value = yaml::unmarshal(text.get(range)?).ok()?;
        yaml::marshal(&value).ok().map(|text| text.into())
    };
    pieces.map(|piece| read(piece.range)).collect()
}

fn to_usize(range: &Range<u32>) -> Range<usize> {
    range.start as usize..range.end as usize
}

/// A text with changes, which are in order and do not overlap.
fn edited<'t>(text: &[u8], changes: impl Iterator<Item = (Range<usize>, &'t str)>) -> Vec<u8> {
    let mut changes: Vec<_> = changes.collect();
    changes.sort_by_key(|(range, _)| (range.start, range.end));
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    for (range, new) in changes {
        out.extend_from_slice(text.get(at..range.start).unwrap_or_default());
        out.extend_from_slice(new.as_bytes());
        at = range.end.max(at);
    }
    out.extend_from_slice(text.get(at..).unwrap_or_default());
    out
}

fn overlap(a: &[SourceEdit], b: &[SourceEdit]) -> bool {
    let touch = |a: &SourceEdit, b: &SourceEdit| {
        let same_point = a.bytes.is_empty() && b.bytes.is_empty() && a.bytes.start == b.bytes.start;
        a.path == b.path && (same_point || (a.bytes.start < b.bytes.end && b.bytes.start < a.bytes.end))
    };
    a.iter().any(|a| b.iter().any(|b| touch(a, b)))
}

/// The text of a template by its path in the chart.
fn template_mut<'c>(chart: &'c mut Chart, path: &str, folder: &str) -> Option<&'c mut Data> {
    let own = path.strip_prefix(folder);
    if let Some(at) = own.and_then(|own| chart.templates.iter().rposition(|file| file.name == own)) {
        return Rc::make_mut(&mut chart.templates).get_mut(at).map(|file| &mut file.data);
    }
    chart.dependencies.iter_mut().find_map(|child| {
        let folder = folder_of(folder, child);
        template_mut(child, path, &folder)
    })
}
