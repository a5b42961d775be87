//! Rendering a chart: which templates, with which objects, in which order, and Helm's words when it fails.
//!
//! Mirrors `pkg/engine/engine.go`. Charts come loaded and values merged; what the documents in the output mean is the
//! business of `manifest` and of the rooms below.

mod capabilities;
mod error;
mod objects;
mod operation;
mod release_name;
mod rendition;
mod templates;
mod trace;

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

pub use capabilities::{Capabilities, KubeVersion};
pub use error::RenderError;
pub use release_name::release_name;
pub use rendition::{Rendered, Rendition};
pub use templates::Templates;
pub use trace::{Warmth, trace};

use crate::go::limits::Work;
use crate::go::path;
use crate::go::template::ParsedTexts;
use crate::go::value::{Map, Seen, Value, Watch};

use super::chart::Chart;
use super::dialect::Dialect;
use super::files;
use super::funcs::flow::without_no_value;
use super::funcs::{self, Host};
use super::world::World;

/// `.Release`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// Its name.
    pub name: String,
    /// The namespace it is installed into.
    pub namespace: String,
    /// From 1.
    pub revision: i64,
    /// Rendered for an upgrade; else for an install.
    pub is_upgrade: bool,
}

/// What a chart is rendered with.
pub struct Input<'a> {
    /// The chart, its disabled dependencies already removed.
    pub chart: &'a Chart,
    /// Its templates.
    pub templates: &'a Templates,
    /// Coalesced values.
    pub values: &'a Map,
    /// Set when a template changes the values, or anything else that another template sees: then they are not what they were.
    pub spoiled: &'a Cell<bool>,
    /// The release.
    pub release: &'a Release,
    /// The cluster's capabilities.
    pub capabilities: &'a Capabilities,
    /// Which Helm.
    pub dialect: &'static Dialect,
}

/// Where renderings of a chart keep what they have parsed.
pub fn texts(dialect: &'static Dialect) -> Rc<ParsedTexts> {
    Rc::new(ParsedTexts::new("gotpl", funcs::table(dialect)))
}

/// Renders all templates of a chart and its dependencies. Of an earlier rendering of the same chart with the same values that
/// spoiled nothing, what cannot have changed is taken over; when this one spoils something, its result is good for nothing then.
///
/// # Errors
/// The first template, in Helm's order, that fails.
pub fn render(input: &Input<'_>, world: &Rc<World>, earlier: Option<&Rendition>) -> Result<Rendition, RenderError> {
    let _work = Work::begin();
    let host = host(input, world);
    let objects = Objects::new(input);
    let mut rendition = Rendition::new(input.release, world);
    for path in input.templates.outputs() {
        if let Some((output, trail)) = earlier.and_then(|earlier| earlier.lasting(path, input.release, world)) {
            rendition.add(path, output.clone(), *trail);
            continue;
        }
        let Some(dot) = objects.dot(path, input) else { continue };
        let entropy = world.entropy.borrow().clone();
        world.take_asked();
        let output = watched(input, || input.templates.set().execute(path, &dot, &host));
        let (output, read) = output.map_err(|e| error::exec_error(path, *e, input.dialect))?;
        let trail = rendition::Trail::new(read, *world.entropy.borrow() != entropy || world.take_asked());
        rendition.add(path, without_no_value(output), trail);
    }
    Ok(rendition)
}

fn host(input: &Input<'_>, world: &Rc<World>) -> Host {
    Host {
        world: Rc::clone(world),
        dialect: input.dialect,
        included: RefCell::new(HashMap::new()),
        read: Some(Rc::clone(input.templates.read())),
    }
}

/// Runs templates and notes what they do to what others see; gives what was read of the release.
fn watched<T, E>(input: &Input<'_>, run: impl FnOnce() -> Result<T, E>) -> Result<(T, u32), E> {
    Seen::take();
    let result = run();
    let seen = Seen::take();
    if seen.changed {
        input.spoiled.set(true);
    }
    result.map(|output| (output, seen.read))
}

/// What the templates of a rendering see.
struct Objects {
    /// By the charts' places in [`Templates`].
    charts: Vec<Map>,
}

impl Objects {
    fn new(input: &Input<'_>) -> Objects {
        let release = objects::release_object(input.release);
        release.watch(Watch::Reading(&rendition::FIELDS));
        let shared = Shared {
            release: Value::Map(release),
            capabilities: objects::capabilities_object(input.capabilities, input.dialect),
            dialect: input.dialect,
        };
        let mut charts = Vec::new();
        let root = collect(input.chart, None, input.values, &shared, &mut charts);
        Value::Map(root).watch_changes();
        Objects { charts }
    }

    /// What a template is run with.
    fn dot(&self, path: &str, input: &Input<'_>) -> Option<Value> {
        let (chart, base_path) = input.templates.chart_of(path)?;
        let objects = self.charts.get(chart)?;
        let values_type = objects::values_type(input.dialect);
        let own = Map::new(values_type).with("Name", path).with("BasePath", base_path);
        own.watch(Watch::Changes);
        let _ = objects.insert("Template", own);
        Some(Value::Map(objects.with_type(values_type)))
    }
}

/// What every chart of a render has in common.
struct Shared {
    release: Value,
    capabilities: Value,
    dialect: &'static Dialect,
}

/// Adds the objects of a chart and of its dependencies, in the order of [`Templates`]; returns those of the chart, which its parent
/// shows in `.Subcharts`.
fn collect(chart: &Chart, parent: Option<&Map>, root_values: &Map, shared: &Shared, charts: &mut Vec<Map>) -> Map {
    let values_type = objects::values_type(shared.dialect);
    let values = match parent {
        None => root_values.with_type(values_type),
        // A chart name with dots is a path here, as in Helm.
        Some(parent) => match objects::lookup_table(parent, &format!("Values.{}", chart.metadata.name)) {
            Ok(table) => table.with_type(values_type),
            Err(_) => Map::new(values_type),
        },
    };
    let subcharts = Value::dict();
    let next = Value::dict()
        .with("Chart", objects::chart_object(chart, parent.is_none(), shared.dialect))
        .with("Files", files::files(&chart.files, shared.dialect))
        .with("Release", shared.release.clone())
        .with("Capabilities", shared.capabilities.clone())
        .with("Values", values)
        .with("Subcharts", subcharts.clone());
    charts.push(next.clone());
    for child in &chart.dependencies {
        let objects = collect(child, Some(&next), root_values, shared, charts);
        let _ = subcharts.insert(child.metadata.name.as_str(), objects);
    }
    next
}

/// A path below a chart's, without the dots and double slashes an archive or a caller's list of files can bring along.
fn joined(chart: &str, name: &str) -> String {
    String::from_utf8_lossy(&path::join(&[chart.as_bytes(), name.as_bytes()])).into_owned()
}

/// The text of a template by the path its errors show (`app/charts/sub/templates/x.yaml`).
pub fn template_text<'a>(chart: &'a Chart, path: &str) -> Option<&'a [u8]> {
    let own = path.strip_prefix(&chart.path).and_then(|rest| rest.strip_prefix('/'));
    if let Some(file) = own.and_then(|name| chart.templates.iter().rev().find(|file| file.name == name)) {
        return Some(&file.data);
    }
    // Not by the path of the parent: below an alias a chart can keep the path it had before.
    chart.dependencies.iter().find_map(|child| template_text(child, path))
}
