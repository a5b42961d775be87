//! Rendering a chart: which templates, with which objects, in which order, and Helm's words when it fails.
//!
//! Mirrors `pkg/engine/engine.go`. Charts come loaded and values merged; what the documents in the output mean is the
//! business of `manifest` and of the rooms below.

mod capabilities;
mod error;
mod objects;
mod operation;
mod release_name;
mod trace;

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

pub use capabilities::{Capabilities, KubeVersion};
pub use error::RenderError;
pub use operation::{asks_operation, depends_on_operation};
pub use release_name::release_name;
pub use trace::{Warmth, trace};

use crate::go::path;
use crate::go::template::{MissingKey, ParsedTexts, TemplateSet};
use crate::go::value::{Map, Str, Value};

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
    /// Coalesced values.
    pub values: &'a Map,
    /// The release.
    pub release: &'a Release,
    /// The cluster's capabilities.
    pub capabilities: &'a Capabilities,
    /// Which Helm.
    pub dialect: &'static Dialect,
    /// What earlier renderings of the chart have parsed.
    pub texts: &'a Rc<ParsedTexts>,
}

/// Where renderings of a chart keep what they have parsed.
pub fn texts(dialect: &'static Dialect) -> Rc<ParsedTexts> {
    Rc::new(ParsedTexts::new("gotpl", funcs::table(dialect)))
}

/// Template outputs by path (`app/charts/sub/templates/x.yaml`, with the names and aliases of the charts), in byte order of the paths.
pub type Rendered = BTreeMap<String, Str>;

/// One template with what it sees.
struct Renderable {
    text: Rc<[u8]>,
    /// The objects of its chart, shared by the chart's templates.
    objects: Map,
    base_path: String,
}

/// Renders all templates of a chart and its dependencies.
///
/// # Errors
/// The first template, in Helm's order, that does not parse or fails.
pub fn render(input: &Input<'_>, world: &Rc<World>) -> Result<Rendered, RenderError> {
    let prepared = Prepared::new(input)?;
    let host = host(input, world);
    let mut rendered = Rendered::new();
    for path in prepared.outputs() {
        let Some(dot) = prepared.dot(path, input.dialect) else { continue };
        let output = prepared.set.execute(path, &dot, &host).map_err(|e| error::exec_error(path, *e, input.dialect))?;
        rendered.insert(path.to_owned(), without_no_value(output));
    }
    Ok(rendered)
}

fn host(input: &Input<'_>, world: &Rc<World>) -> Host {
    Host { world: Rc::clone(world), dialect: input.dialect, included: RefCell::new(HashMap::new()) }
}

/// Parsed templates with what they see.
struct Prepared {
    templates: HashMap<String, Renderable>,
    /// Helm's order: deeper paths first, later names first.
    order: Vec<String>,
    set: TemplateSet,
}

impl Prepared {
    fn new(input: &Input<'_>) -> Result<Prepared, RenderError> {
        let mut templates = HashMap::new();
        let shared = Shared {
            release: Value::Map(objects::release_object(input.release)),
            capabilities: objects::capabilities_object(input.capabilities, input.dialect),
            dialect: input.dialect,
        };
        collect(input.chart, None, input.values, &shared, &mut templates);
        let mut order: Vec<String> = templates.keys().cloned().collect();
        order.sort_by(|a, b| {
            let depth = |path: &str| path.bytes().filter(|byte| *byte == b'/').count();
            depth(b).cmp(&depth(a)).then_with(|| b.cmp(a))
        });
        let mut set = TemplateSet::over(Rc::clone(input.texts), MissingKey::Zero);
        for path in &order {
            if let Some(template) = templates.get(path) {
                set.parse(path.as_str(), template.text.clone()).map_err(|e| error::parse_error(path, *e))?;
            }
        }
        Ok(Prepared { templates, order, set })
    }

    /// The templates that are rendered, in order: partials are not.
    fn outputs(&self) -> impl Iterator<Item = &str> {
        let is_output = |path: &&String| !path.rsplit('/').next().unwrap_or(path).starts_with('_');
        self.order.iter().filter(is_output).map(String::as_str)
    }

    /// What a template is run with.
    fn dot(&self, path: &str, dialect: &Dialect) -> Option<Value> {
        let template = self.templates.get(path)?;
        let values_type = objects::values_type(dialect);
        let own = Map::new(values_type).with("Name", path).with("BasePath", template.base_path.as_str());
        let _ = template.objects.insert("Template", own);
        Some(Value::Map(template.objects.with_type(values_type)))
    }
}

/// What every chart of a render has in common.
struct Shared {
    release: Value,
    capabilities: Value,
    dialect: &'static Dialect,
}

/// Adds the templates of a chart and of its dependencies; returns the chart's objects, which its parent shows in `.Subcharts`.
fn collect(
    chart: &Chart,
    parent: Option<&Map>,
    root_values: &Map,
    shared: &Shared,
    templates: &mut HashMap<String, Renderable>,
) -> Map {
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
    for child in &chart.dependencies {
        let objects = collect(child, Some(&next), root_values, shared, templates);
        let _ = subcharts.insert(child.metadata.name.as_str(), objects);
    }
    let library = chart.is_library();
    for file in &chart.templates {
        let base = file.name.rsplit('/').next().unwrap_or(&file.name);
        if library && !base.starts_with('_') {
            continue;
        }
        templates.insert(
            joined(&chart.path, &file.name),
            Renderable { text: file.data.clone(), objects: next.clone(), base_path: joined(&chart.path, "templates") },
        );
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
