//! What `helm template` and `helm install --dry-run` do before anything reaches a cluster: name check, dependencies, values,
//! schema, version check, rendering; in Helm's order, so that the first error is Helm's first error.
//!
//! Mirrors `runInstall` (`cmd/helm/install.go`) and `Install.RunWithContext`, `renderResources` (`pkg/action`).

use std::fmt;
use std::rc::Rc;

use super::chart::{Chart, Loaded, check};
use super::dialect::Dialect;
use super::log::Log;
use super::render::{self, Capabilities, KubeVersion, Release, RenderError, Rendered, Warmth};
use super::values;
use super::world::World;
use crate::go::limits::Work;
use crate::go::template::{ParsedTexts, Segment};
use crate::go::value::{Map, Str, Value};

/// What a rendering is asked for, beside the chart.
#[derive(Clone, Debug)]
pub struct Request {
    /// Values given by flags, merged: what overrides the chart's own.
    pub overrides: Map,
    /// The release to render for.
    pub release: Release,
    /// What a cluster can do; `None` for what Helm takes for granted without one.
    pub capabilities: Option<Capabilities>,
    /// `--kube-version`.
    pub kube_version: Option<KubeVersion>,
    /// `--api-versions`, added to the built-in ones.
    pub api_versions: Vec<String>,
    /// `--skip-schema-validation`.
    pub skip_schema_validation: bool,
    /// Which Helm.
    pub dialect: &'static Dialect,
}

/// A rendered chart.
#[derive(Debug)]
pub struct Rendering {
    /// The chart as rendered: disabled dependencies removed, aliases applied.
    pub chart: Chart,
    /// Its files.
    pub files: Rendered,
    /// Whether a template asked for randomness: another seed may give something else.
    pub used_randomness: bool,
    /// What Helm writes to stderr meanwhile, a line each.
    pub warnings: Vec<String>,
    values_ask_operation: bool,
}

impl Rendering {
    /// Whether another rendering for the other operation (install, upgrade) may give something else.
    pub fn depends_on_operation(&self) -> bool {
        self.values_ask_operation || render::depends_on_operation(&self.chart)
    }
}

/// Why there is no rendering.
#[derive(Debug)]
pub struct Failure {
    /// Helm's text, without `Error: `.
    pub message: String,
    /// The template that failed, with the chart its frames name files of.
    pub render: Option<(RenderError, Chart)>,
    /// Whether Helm has a release by then, and so adds its hint at `--debug`.
    pub has_release: bool,
    /// What Helm had written to stderr by then.
    pub warnings: Vec<String>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

/// Renders a loaded chart. The documents are not read yet: [`super::manifest::sort`] does that, and may fail too.
///
/// # Errors
/// Helm's first error.
pub fn render(loaded: &Loaded, request: &Request, world: &Rc<World>) -> Result<Rendering, Box<Failure>> {
    let (prepared, warnings) = checked(loaded, request)?;
    // Before templates change them.
    let values_ask_operation = render::asks_operation(&Value::Map(prepared.values.clone()));
    let entropy = world.entropy.borrow().clone();
    match render::render(&prepared.input(request, &texts(loaded, request.dialect)), world) {
        Ok(files) => {
            let used_randomness = *world.entropy.borrow() != entropy;
            Ok(Rendering { chart: prepared.chart, files, used_randomness, warnings, values_ask_operation })
        }
        Err(e) => {
            let message = e.message.clone();
            Err(Box::new(Failure { message, render: Some((e, prepared.chart)), has_release: true, warnings }))
        }
    }
}

/// Renders one template of a loaded chart again and tells where its output comes from ([`render::trace`]).
///
/// # Errors
/// Helm's first error.
pub fn trace(
    loaded: &Loaded,
    request: &Request,
    path: &str,
    warmth: Warmth,
    world: &Rc<World>,
) -> Result<(Str, Vec<Segment>), Box<Failure>> {
    let (prepared, warnings) = checked(loaded, request)?;
    let texts = texts(loaded, request.dialect);
    render::trace(&prepared.input(request, &texts), path, warmth, world).map_err(|e| {
        let message = e.message.clone();
        Box::new(Failure { message, render: Some((e, prepared.chart)), has_release: true, warnings })
    })
}

/// What rendering begins with.
struct Prepared {
    chart: Chart,
    values: Map,
    capabilities: Capabilities,
}

impl Prepared {
    fn input<'a>(&'a self, request: &'a Request, texts: &'a Rc<ParsedTexts>) -> render::Input<'a> {
        render::Input {
            chart: &self.chart,
            values: &self.values,
            release: &request.release,
            capabilities: &self.capabilities,
            dialect: request.dialect,
            texts,
        }
    }
}

/// What earlier renderings of a chart have parsed: nothing, when they called other functions.
fn texts(loaded: &Loaded, dialect: &'static Dialect) -> Rc<ParsedTexts> {
    let new = render::texts(dialect);
    let known = loaded.texts.get_or_init(|| Rc::clone(&new));
    if std::ptr::eq(known.funcs(), new.funcs()) { Rc::clone(known) } else { new }
}

/// [`prepare`], and the check that comes after it; with what was said meanwhile.
fn checked(loaded: &Loaded, request: &Request) -> Result<(Prepared, Vec<String>), Box<Failure>> {
    let _work = Work::begin();
    let mut log = Log::after(loaded.warnings.clone(), request.dialect);
    let prepared = prepare(&loaded.chart, request, &mut log);
    let warnings = log.into_lines();
    let prepared = match prepared {
        Ok((chart, values, capabilities)) => Prepared { chart, values, capabilities },
        Err(message) => return Err(Box::new(Failure { message, render: None, has_release: false, warnings })),
    };
    let kube = &prepared.capabilities.kube_version;
    match check::kube_version(&prepared.chart, &kube.normalized, &kube.version) {
        Ok(()) => Ok((prepared, warnings)),
        Err(message) => Err(Box::new(Failure { message, render: None, has_release: true, warnings })),
    }
}

/// What comes before rendering, in Helm's order: the chart without its disabled dependencies, its values, the capabilities.
fn prepare(chart: &Chart, request: &Request, log: &mut Log) -> Result<(Chart, Map, Capabilities), String> {
    let dialect = request.dialect;
    check::installable(chart)?;
    check::deprecation(chart, log);
    check::dependencies_present(chart, dialect)?;
    check::release_name(&request.release.name, dialect, log)?;
    let chart = values::process_dependencies(chart.clone(), &request.overrides, dialect, log)?;
    let mut capabilities = request.capabilities.clone().unwrap_or_else(Capabilities::without_cluster);
    if let Some(version) = &request.kube_version {
        capabilities.kube_version = version.clone();
    }
    capabilities.api_versions.extend(request.api_versions.iter().cloned());
    let values = values::coalesce(&chart, &request.overrides, dialect, log)?;
    if !request.skip_schema_validation {
        values::validate(&chart, &values, log)?;
    }
    Ok((chart, values, capabilities))
}
