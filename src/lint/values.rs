//! Which file and line, or which flag, gave a value.

use std::ops::Range;
use std::sync::Arc;

use crate::go::template::{Step, ValuePath};
use crate::go::value::{Map, Value};
use crate::go::yaml::{self, Node, NodeKind, Scalar};
use crate::helm::chart::{Chart, ChartFile};
use crate::text::SourceFile;

use super::document::entry_of;
use super::place::folder_of;

/// Values given from outside, later ones over earlier ones.
#[derive(Clone, Debug)]
pub enum ValueSource {
    /// A file: its path relative to the working directory, its text.
    File(String, Arc<[u8]>),
    /// A flag as typed (`--set job.hook=pre-install`), and the values it gives.
    Flag(String, Map),
}

/// Where a value was given.
#[derive(Clone, Debug)]
pub(super) enum Given {
    /// In a values file of the chart: path relative to the chart, text, bytes of the key.
    InChart(Arc<SourceFile>, Range<u32>),
    /// In a file given by a flag: path relative to the working directory.
    InFile(Arc<SourceFile>, Range<u32>),
    /// By a flag.
    ByFlag(String),
}

/// Finds the source that decides about a value: flags, files, the charts' own values from the outermost down.
pub(super) fn given(chart: &Chart, sources: &[ValueSource], path: &ValuePath) -> Option<Given> {
    let paths = [path.steps.clone()].into_iter().chain(as_global(&path.steps));
    let in_chart = |file: &ChartFile, folder: &str, steps: &[Step]| {
        let span = find(&file.data, steps)?;
        let source = SourceFile::new(format!("{folder}{}", file.name), &*file.data);
        Some(Given::InChart(Arc::new(source), span))
    };
    let from = |steps: Vec<Step>| from_outside(sources, &steps).or_else(|| from_charts(chart, "", &steps, &in_chart));
    paths.into_iter().find_map(from)
}

/// Globals of a chart below may be those of the outermost one.
fn as_global(steps: &[Step]) -> Option<Vec<Step>> {
    let is_global = |step: &Step| matches!(step, Step::Key(key) if *key == "global");
    let at = steps.iter().position(is_global).filter(|at| *at > 0)?;
    Some(steps.get(at..)?.to_vec())
}

/// Whether a value is a text that was given from outside, and the charts have nothing there.
pub(super) fn is_given_alone(chart: &Chart, sources: &[ValueSource], path: &ValuePath, text: &str) -> bool {
    let is_text = |value: Node<'_>| value.kind() == NodeKind::Scalar && value.text() == text.as_bytes();
    let is_outside = sources.iter().rev().find_map(|source| match source {
        ValueSource::File(_, file) => with_value(file, &path.steps, |_, value| is_text(value)),
        ValueSource::Flag(_, values) => {
            let value = value_at(values, &path.steps)?;
            Some(value.as_str().is_some_and(|value| *value == text))
        }
    });
    let is_something =
        |value: Node<'_>| value.scalar().is_none_or(|scalar| scalar != Scalar::Null && !value.text().is_empty());
    let own = |file: &ChartFile, _: &str, steps: &[Step]| {
        with_value(&file.data, steps, |_, value| is_something(value)).filter(|own| *own)
    };
    is_outside == Some(true) && from_charts(chart, "", &path.steps, &own).is_none()
}

fn from_outside(sources: &[ValueSource], steps: &[Step]) -> Option<Given> {
    sources.iter().rev().find_map(|source| match source {
        ValueSource::File(path, text) => {
            let span = find(text, steps)?;
            Some(Given::InFile(Arc::new(SourceFile::new(path.as_str(), &**text)), span))
        }
        ValueSource::Flag(shown, values) => value_at(values, steps).map(|_| Given::ByFlag(shown.clone())),
    })
}

/// What the values of a chart say at a path; failing that, those of the chart below it that the path leads to.
fn from_charts<T>(
    chart: &Chart,
    folder: &str,
    steps: &[Step],
    look: &impl Fn(&ChartFile, &str, &[Step]) -> Option<T>,
) -> Option<T> {
    if let Some(found) = chart.values_file.as_ref().and_then(|file| look(file, folder, steps)) {
        return Some(found);
    }
    let (Step::Key(first), rest) = steps.split_first()? else { return None };
    let child = chart.dependencies.iter().find(|child| *first == child.metadata.name.as_str())?;
    from_charts(child, &folder_of(folder, child), rest, look)
}

/// The key (or the item) at a path of a YAML text.
fn find(text: &[u8], steps: &[Step]) -> Option<Range<u32>> {
    with_value(text, steps, |key, _| key.span())
}

/// Looks at key and value at a path of a YAML text.
fn with_value<T>(text: &[u8], steps: &[Step], look: impl FnOnce(Node<'_>, Node<'_>) -> T) -> Option<T> {
    let document = yaml::parse(text).ok()??;
    let mut node = document.root().target();
    let mut place = None;
    for step in steps {
        let (key, value): (Node<'_>, Node<'_>) = match step {
            Step::Key(key) => entry_of(node, &key.to_text())?,
            Step::Index(at) => node.items().nth(*at).map(|item| (item, item.target()))?,
        };
        place = Some(key);
        node = value;
    }
    Some(look(place?, node))
}

fn value_at(values: &Map, steps: &[Step]) -> Option<Value> {
    let mut value = Value::Map(values.clone());
    for step in steps {
        value = match (step, &value) {
            (Step::Key(key), Value::Map(map)) => map.get(key)?,
            (Step::Index(at), Value::List(list)) => list.items().get(*at).cloned()?,
            _ => return None,
        };
    }
    Some(value)
}
