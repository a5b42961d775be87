//! From places in rendered documents to places in the files of the chart, by tracing the one template that wrote them.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use crate::go::template::{Segment, SourceRange, ValuePath};
use crate::go::value::Str;
use crate::helm::action::{self, Rendering};
use crate::helm::chart::Chart;
use crate::helm::render::Warmth;
use crate::text::SourceFile;

use super::finding::Spot;
use super::render::Job;
use super::subject::Subject;
use super::values::{Given, given, is_given_alone};

/// A place in a file of the chart.
#[derive(Clone, Debug)]
pub struct Place {
    /// The file.
    pub file: Arc<SourceFile>,
    /// Its bytes.
    pub span: Range<u32>,
    /// False when it is only the first line of the document.
    pub exact: bool,
    /// True when the bytes of the file are those of the rendered text, one by one: they can be edited.
    pub literal: bool,
    /// What an action printed there.
    pub rendered: Option<String>,
    /// The actions that called the template this is in, innermost first.
    pub called_by: Vec<SourceRange>,
    /// The value that decides.
    pub value: Option<Rc<ValuePath>>,
}

/// The origin of each byte of a rendered file; `None` when the trace did not give the same text.
type Traced = Option<Rc<[Segment]>>;

/// Finds places for the documents of one rendering.
pub struct Places<'a> {
    job: &'a Job,
    rendering: &'a Rendering,
    traced: RefCell<HashMap<Rc<str>, Traced>>,
    files: RefCell<HashMap<Str, Option<Arc<SourceFile>>>>,
}

impl<'a> Places<'a> {
    /// For the rendering of a job.
    pub fn new(job: &'a Job, rendering: &'a Rendering) -> Places<'a> {
        Places { job, rendering, traced: RefCell::default(), files: RefCell::default() }
    }

    /// Where a spot was written; `None` where not even the file is known.
    pub fn find(&self, subject: &Subject, spot: &Spot) -> Option<Place> {
        match spot {
            Spot::File { path, span } => {
                let text = chart_file(self.rendering.chart(), path)?;
                let file = Arc::new(SourceFile::new(path.as_str(), &*text));
                Some(Place { literal: true, ..plain(file, span.clone(), true) })
            }
            Spot::Document { doc, span } => {
                let document = &subject.documents.get(*doc)?.document;
                let at = document.range().start;
                let range = at + span.start as usize..at + span.end as usize;
                self.in_file(&document.path, range, document.file(), document.range().start)
            }
        }
    }

    /// [`Places::find`]; where the same line writes another spot too, the call it was asked for with here and not there, and `true`.
    pub fn find_apart(&self, subject: &Subject, spot: &Spot, other: Option<&Spot>) -> Option<(Place, bool)> {
        let place = self.find(subject, spot)?;
        let Some(other) = other.and_then(|other| self.find(subject, other)) else { return Some((place, false)) };
        if (other.file.name(), &other.span) != (place.file.name(), &place.span) {
            return Some((place, false));
        }
        let own = place.called_by.iter().position(|site| !other.called_by.contains(site));
        let call = own.and_then(|at| {
            let site = place.called_by.get(at)?;
            let called_by = place.called_by.get(at + 1..).unwrap_or_default().to_vec();
            Some(Place { called_by, ..plain(self.file(&site.template)?, site.span.clone(), true) })
        });
        Some(call.map_or((place, false), |call| (call, true)))
    }

    /// Where bytes of a rendered file were written; failing that, where the document that begins at `fallback` was.
    pub fn in_file(&self, path: &Rc<str>, range: Range<usize>, text: &Str, fallback: usize) -> Option<Place> {
        let segments = self.segments(path, text);
        let exact = segments.as_ref().and_then(|segments| self.traced_place(segments, path, range, text));
        exact.or_else(|| {
            let file = self.file(&Str::from(&**path))?;
            let line = text.as_bytes().get(..fallback).unwrap_or_default().iter().filter(|b| **b == b'\n').count();
            // The document's line in the rendered file is not that of the template: its beginning is all that is sure.
            let _ = line;
            let first = file.line(1).len();
            Some(plain(file, 0..u32::try_from(first).unwrap_or(0), false))
        })
    }

    fn segments(&self, path: &Rc<str>, text: &Str) -> Traced {
        if let Some(known) = self.traced.borrow().get(path) {
            return known.clone();
        }
        let Job { loaded, request, .. } = self.job;
        let trace = |warmth| {
            let traced = action::trace(loaded, request, path, warmth, &self.job.world()).ok();
            traced.filter(|(again, _)| again == text).map(|(_, segments)| Rc::from(segments))
        };
        let segments: Traced = trace(Warmth::Cold).or_else(|| trace(Warmth::Warm));
        self.traced.borrow_mut().insert(Rc::clone(path), segments.clone());
        segments
    }

    fn traced_place(&self, segments: &[Segment], path: &str, range: Range<usize>, text: &Str) -> Option<Place> {
        // Between two bytes there is nothing to point at: the byte before is what ends there.
        let range = if range.is_empty() { range.start.saturating_sub(1)..range.start.max(1) } else { range };
        let first = segments.partition_point(|segment| segment.range.end <= range.start);
        let touched: Vec<&Segment> =
            segments.iter().skip(first).take_while(|segment| segment.range.start < range.end).collect();
        let begin = touched.first()?;
        if let Some(call) = call_into_library(begin, path).or_else(|| call_beside_key(segments, begin, &range, text)) {
            return self.call_place(begin, call, &range, text);
        }
        if let Some(action) = action_beside_key(segments, first, &range, text) {
            let called_by = begin.called_by.clone();
            let plain = plain(self.file(&action.template)?, action.span, true);
            let shown = text.as_bytes().get(range).map(|bytes| String::from_utf8_lossy(bytes).into_owned());
            return Some(Place { called_by, rendered: shown, value: begin.value.clone(), ..plain });
        }
        let own = begin.place.as_ref()?;
        let file = self.file(&own.template)?;
        let start = at(begin, own, range.start);
        // The end lies in the last segment that the same file wrote after the beginning.
        let ends = touched.iter().rev().filter_map(|segment| {
            let place = segment.place.as_ref().filter(|place| place.template == own.template)?;
            let end = if segment.literal { at(segment, place, range.end) } else { place.span.end };
            (end > start).then_some(end)
        });
        let end = ends.max().unwrap_or(own.span.end);
        let literal = is_one_run(&touched) && end - start == u32::try_from(range.len()).unwrap_or(0);
        let has_action = touched.iter().any(|segment| !segment.literal);
        let shown = text.as_bytes().get(range).map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        Some(Place {
            span: start..end,
            exact: true,
            literal,
            rendered: shown.filter(|_| has_action),
            called_by: begin.called_by.clone(),
            value: touched.iter().find_map(|segment| segment.value.clone()),
            file,
        })
    }

    /// The place of a value that a library chart printed: the call in the chart itself.
    fn call_place(&self, segment: &Segment, call: usize, range: &Range<usize>, text: &Str) -> Option<Place> {
        let site = segment.called_by.get(call)?;
        let shown = text.as_bytes().get(range.clone()).map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        Some(Place {
            file: self.file(&site.template)?,
            span: site.span.clone(),
            exact: true,
            literal: false,
            rendered: shown,
            called_by: segment.called_by.get(call + 1..).unwrap_or_default().to_vec(),
            value: segment.value.clone(),
        })
    }

    /// The file of a template, by the name Helm gives it.
    pub fn file(&self, template: &Str) -> Option<Arc<SourceFile>> {
        let mut files = self.files.borrow_mut();
        let find = || {
            let (path, text) = template_file(self.rendering.chart(), &template.to_text(), "")?;
            Some(Arc::new(SourceFile::new(path, &*text)))
        };
        files.entry(template.clone()).or_insert_with(find).clone()
    }

    /// Where the value was given that decides about a place: path, line and column, or the flag.
    pub fn value(&self, place: &Place) -> Option<(String, u32, u32)> {
        Some(match self.given(place)? {
            Given::InChart(file, span) | Given::InFile(file, span) => {
                let start = file.position(span.start);
                (file.name().to_owned(), start.line, start.column)
            }
            Given::ByFlag(flag) => (flag, 1, 1),
        })
    }

    /// [`Places::value`], with the file.
    pub(super) fn given(&self, place: &Place) -> Option<Given> {
        given(self.rendering.chart(), &self.job.sources, place.value.as_ref()?)
    }

    /// Whether a text at a place is a value that was given from outside, where the chart has none of its own.
    pub(super) fn is_given_alone(&self, place: &Place, text: &str) -> bool {
        let given = |value| is_given_alone(self.rendering.chart(), &self.job.sources, value, text);
        place.value.as_ref().is_some_and(|value| given(value))
    }

    /// The chart as rendered.
    pub fn chart(&self) -> &Chart {
        self.rendering.chart()
    }
}

/// Where a chart calls a template of another chart that prints one of its values, as an index of the calls. A helper for any
/// value (`common.tplvalues.render`) tells nobody anything.
fn call_into_library(segment: &Segment, rendered: &str) -> Option<usize> {
    let chart = |template: &str| template.rsplit_once("/templates/").map(|(chart, _)| chart.to_owned());
    let own = chart(rendered);
    let is_own = |site: &SourceRange| chart(&site.template.to_text()) == own;
    let place = segment.place.as_ref()?;
    if segment.literal || segment.value.is_none() || is_own(place) {
        return None;
    }
    segment.called_by.iter().position(is_own)
}

/// Where a template that wrote the key of a line calls the one that computes the value, as an index of the calls: a name is wrong
/// where it is used, not in the helper that makes all names.
fn call_beside_key(segments: &[Segment], value: &Segment, range: &Range<usize>, text: &Str) -> Option<usize> {
    let key = key_of(segments, value, range, text)?;
    // What was called before made a variable.
    value.called_by.iter().position(|site| site.template == key.template && site.span.end > key.span.start)
}

/// The action beside the key of a line, where the value it prints was made before: a variable holds it.
fn action_beside_key(segments: &[Segment], value: usize, range: &Range<usize>, text: &Str) -> Option<SourceRange> {
    let template = key_of(segments, segments.get(value)?, range, text)?.template;
    let literal = |segment: &Segment| {
        let place = segment.place.clone().filter(|place| segment.literal && place.template == template)?;
        Some((place, segment.range.clone()))
    };
    let before = segments.get(value.checked_sub(1)?)?;
    let (place, written) = literal(before)?;
    let start = place.span.start.saturating_add(u32::try_from(range.start - written.start).ok()?);
    let (next, _) = segments.get(value..)?.iter().find_map(literal)?;
    (next.span.start > start).then_some(SourceRange { template, span: start..next.span.start })
}

/// What wrote the key of a value's line, where that is another template than the one that made the value.
fn key_of(segments: &[Segment], value: &Segment, range: &Range<usize>, text: &Str) -> Option<SourceRange> {
    use bstr::ByteSlice;
    let place = value.place.as_ref().filter(|_| !value.literal)?;
    let before = text.as_bytes().get(..range.start)?;
    let line = before.rfind_byte(b'\n').map_or(0, |newline| newline + 1);
    let blank = before.get(line..)?.iter().take_while(|byte| **byte == b' ').count();
    let key = segments.get(segments.partition_point(|segment| segment.range.end <= line + blank))?;
    let written = key.place.as_ref().filter(|_| key.literal && line + blank < range.start)?;
    let start = at(key, written, line + blank);
    (written.template != place.template).then(|| SourceRange { template: written.template.clone(), span: start..start })
}

/// The source byte of a byte of the output.
fn at(segment: &Segment, place: &SourceRange, output: usize) -> u32 {
    if !segment.literal {
        return place.span.start;
    }
    let inside = output.clamp(segment.range.start, segment.range.end) - segment.range.start;
    place.span.start.saturating_add(u32::try_from(inside).unwrap_or(0)).min(place.span.end)
}

/// True when segments are literals that follow each other in one file without a gap.
fn is_one_run(segments: &[&Segment]) -> bool {
    let next = |pair: &[&Segment]| match pair {
        [a, b] => match (&a.place, &b.place) {
            (Some(a), Some(b)) => a.template == b.template && a.span.end == b.span.start,
            _ => false,
        },
        _ => true,
    };
    segments.iter().all(|segment| segment.literal) && segments.windows(2).all(next)
}

fn plain(file: Arc<SourceFile>, span: Range<u32>, exact: bool) -> Place {
    Place { file, span, exact, literal: false, rendered: None, called_by: Vec::new(), value: None }
}

/// The folder a dependency lies in, as paths show it: an archive without the folder inside it.
pub(super) fn folder_of(parent: &str, child: &Chart) -> String {
    let location = match child.location.split_once("!/") {
        Some((archive, _)) => format!("{archive}!"),
        None => child.location.clone(),
    };
    format!("{parent}charts/{location}/")
}

/// Path and text of a template, by the name Helm gives it (`app/charts/sub/templates/x.yaml`).
fn template_file(chart: &Chart, name: &str, folder: &str) -> Option<(String, Arc<[u8]>)> {
    let own = name.strip_prefix(&chart.path).and_then(|rest| rest.strip_prefix('/'));
    if let Some(file) = own.and_then(|own| chart.templates.iter().rev().find(|file| file.name == own)) {
        return Some((format!("{folder}{}", file.name), Arc::clone(file.data.shared())));
    }
    chart.dependencies.iter().find_map(|child| template_file(child, name, &folder_of(folder, child)))
}

/// A file of the chart by its path, with `charts/NAME/` for those below it.
fn chart_file(chart: &Chart, path: &str) -> Option<Arc<[u8]>> {
    if let Some(file) = chart.files.iter().find(|file| file.name == path) {
        return Some(Arc::clone(file.data.shared()));
    }
    let (name, rest) = path.strip_prefix("charts/")?.split_once('/')?;
    chart.dependencies.iter().filter(|child| child.metadata.name == name).find_map(|child| chart_file(child, rest))
}
