//! What `helm template` and `helm install --dry-run` do before anything reaches a cluster: name check, dependencies, values,
//! schema, version check, rendering; in Helm's order, so that the first error is Helm's first error.
//!
//! Mirrors `runInstall` (`cmd/helm/install.go`) and `Install.RunWithContext`, `renderResources` (`pkg/action`).

use std::cell::{Cell, OnceCell, RefCell};
use std::fmt;
use std::rc::Rc;

use super::chart::{Chart, Loaded, check};
use super::dialect::Dialect;
use super::log::Log;
use super::render::{self, Capabilities, KubeVersion, Release, RenderError, Rendered, Rendition, Templates, Warmth};
use super::values;
use super::world::World;
use crate::go::limits::Work;
use crate::go::template::{Leaves, ParsedTexts, Segment};
use crate::go::value::{Map, Str};

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
    /// Whether a template asked for randomness: another seed may give something else.
    pub used_randomness: bool,
    /// Whether a template asked for the time: later it may give something else.
    pub asked_time: bool,
    /// Whether a template changed what others see.
    is_spoiled: bool,
    basis: Rc<Basis>,
    rendition: Rc<Rendition>,
}

impl Rendering {
    /// Its files.
    pub fn files(&self) -> &Rendered {
        self.rendition.files()
    }

    /// The chart as rendered: disabled dependencies removed, aliases applied.
    pub fn chart(&self) -> &Rc<Chart> {
        &self.basis.chart
    }

    /// What Helm writes to stderr meanwhile, a line each.
    pub fn warnings(&self) -> &[String] {
        &self.basis.warnings
    }

    /// The files that may be different with another seed.
    pub fn random_files(&self) -> Vec<String> {
        // When a template changed what others see, randomness can have come into any file that way.
        let is_random = |path: &&String| self.used_randomness && (self.is_spoiled || self.rendition.asked(path));
        self.files().keys().filter(is_random).cloned().collect()
    }

    /// Whether a template looks at what differs between install and upgrade, or between two upgrades: else another rendering for
    /// the other operation gives the same.
    pub fn depends_on_operation(&self) -> bool {
        self.rendition.depends_on_operation(&self.basis.chart)
    }
}

/// Why there is no rendering.
#[derive(Debug)]
pub struct Failure {
    /// Helm's text, without `Error: `.
    pub message: String,
    /// The template that failed, with the chart its frames name files of.
    pub render: Option<(RenderError, Rc<Chart>)>,
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
    let entropy = world.entropy.borrow().clone();
    loop {
        let prepared = prepared(loaded, request)?;
        let earlier = prepared.earlier.borrow().clone();
        let rendered = render::render(&prepared.input(request), world, earlier.as_deref());
        if prepared.spoiled.get() && earlier.is_some() {
            // What was taken over came before the change: once more, from the beginning.
            world.entropy.replace(entropy.clone());
            continue;
        }
        let rendition = Rc::new(rendered.map_err(|e| prepared.basis.failure(e))?);
        prepared.earlier.replace(Some(Rc::clone(&rendition)));
        let used_randomness = *world.entropy.borrow() != entropy;
        let is_spoiled = prepared.spoiled.get();
        let asked_time = world.asked_time();
        return Ok(Rendering { used_randomness, asked_time, is_spoiled, basis: Rc::clone(&prepared.basis), rendition });
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
    let prepared = prepared(loaded, request)?;
    let leaves = prepared.leaves.get_or_init(|| Rc::new(Leaves::of(&prepared.values)));
    let traced = render::trace(&prepared.input(request), path, warmth, leaves, world);
    traced.map_err(|e| prepared.basis.failure(e))
}

/// What rendering begins with: the same for all renderings of a chart with the same values, as long as none of them changes it.
#[derive(Debug)]
pub(super) struct Prepared {
    basis: Rc<Basis>,
    values: Map,
    spoiled: Cell<bool>,
    /// The last rendering.
    earlier: RefCell<Option<Rc<Rendition>>>,
    leaves: OnceCell<Rc<Leaves>>,
}

/// What of it no rendering can change.
#[derive(Debug)]
struct Basis {
    given: Given,
    chart: Rc<Chart>,
    capabilities: Capabilities,
    templates: Templates,
    warnings: Vec<String>,
}

/// What of a [`Request`] decides about it.
#[derive(Debug)]
struct Given {
    overrides: Map,
    capabilities: Option<Capabilities>,
    kube_version: Option<KubeVersion>,
    api_versions: Vec<String>,
    skip_schema_validation: bool,
    dialect: &'static Dialect,
}

impl Given {
    fn of(request: &Request) -> Given {
        let Request {
            overrides,
            release: _,
            capabilities,
            kube_version,
            api_versions,
            skip_schema_validation,
            dialect,
        } = request;
        Given {
            overrides: overrides.clone(),
            capabilities: capabilities.clone(),
            kube_version: kube_version.clone(),
            api_versions: api_versions.clone(),
            skip_schema_validation: *skip_schema_validation,
            dialect,
        }
    }

    fn is_of(&self, request: &Request) -> bool {
        self.overrides.same(&request.overrides)
            && self.capabilities == request.capabilities
            && self.kube_version == request.kube_version
            && self.api_versions == request.api_versions
            && self.skip_schema_validation == request.skip_schema_validation
            && std::ptr::eq(self.dialect, request.dialect)
    }
}

impl Prepared {
    fn new(basis: Rc<Basis>, values: Map) -> Prepared {
        Prepared { basis, values, spoiled: Cell::default(), earlier: RefCell::default(), leaves: OnceCell::new() }
    }

    fn input<'a>(&'a self, request: &'a Request) -> render::Input<'a> {
        render::Input {
            chart: &self.basis.chart,
            templates: &self.basis.templates,
            values: &self.values,
            spoiled: &self.spoiled,
            release: &request.release,
            capabilities: &self.basis.capabilities,
            dialect: request.dialect,
        }
    }
}

impl Basis {
    fn failure(&self, error: RenderError) -> Box<Failure> {
        let message = error.message.clone();
        let render = Some((error, Rc::clone(&self.chart)));
        Box::new(Failure { message, render, has_release: true, warnings: self.warnings.clone() })
    }
}

/// What earlier renderings of a chart have parsed: nothing, when they called other functions.
fn texts(loaded: &Loaded, dialect: &'static Dialect) -> Rc<ParsedTexts> {
    let new = render::texts(dialect);
    if std::ptr::eq(loaded.texts.funcs(), new.funcs()) { Rc::clone(&loaded.texts) } else { new }
}

/// How many sets of values are kept with each chart: linting goes back and forth between what a job has and what a rule tries.
const KEPT: usize = 4;

/// What a request begins with; everything that Helm does before the first template runs.
fn prepared(loaded: &Loaded, request: &Request) -> Result<Rc<Prepared>, Box<Failure>> {
    let mut known = loaded.prepared.borrow_mut();
    let place = known.iter().position(|known| known.basis.given.is_of(request));
    let named = || check::release_name(&request.release.name, request.dialect, &mut Log::new(request.dialect)).is_ok();
    if let Some(place) = place.filter(|_| named())
        && let Some(known) = known.get_mut(place)
    {
        if known.spoiled.get() {
            *known = Rc::new(renewed(known, request)?);
        }
        return Ok(Rc::clone(known));
    }
    let prepared = Rc::new(prepare(loaded, request)?);
    if known.len() == KEPT {
        known.remove(0);
    }
    known.push(Rc::clone(&prepared));
    Ok(prepared)
}

/// The same with the values as they were before a template changed them.
fn renewed(spoiled: &Prepared, request: &Request) -> Result<Prepared, Box<Failure>> {
    let _work = Work::begin();
    let basis = Rc::clone(&spoiled.basis);
    // What it has to say was said the first time.
    let log = &mut Log::new(request.dialect);
    let values = values::coalesce(&basis.chart, &request.overrides, request.dialect, log).map_err(|message| {
        Box::new(Failure { message, render: None, has_release: false, warnings: basis.warnings.clone() })
    })?;
    Ok(Prepared::new(basis, values))
}

fn prepare(loaded: &Loaded, request: &Request) -> Result<Prepared, Box<Failure>> {
    let _work = Work::begin();
    let mut log = Log::after(loaded.warnings.clone(), request.dialect);
    let chart_and_values = chart_and_values(&loaded.chart, request, &mut log);
    let warnings = log.into_lines();
    let failure =
        |message, has_release| Box::new(Failure { message, render: None, has_release, warnings: warnings.clone() });
    let (chart, values) = chart_and_values.map_err(|message| failure(message, false))?;
    let mut capabilities = request.capabilities.clone().unwrap_or_else(Capabilities::without_cluster);
    if let Some(version) = &request.kube_version {
        capabilities.kube_version = version.clone();
    }
    capabilities.api_versions.extend(request.api_versions.iter().cloned());
    let kube = &capabilities.kube_version;
    check::kube_version(&chart, &kube.normalized, &kube.version).map_err(|message| failure(message, true))?;
    let chart = Rc::new(chart);
    let templates = Templates::new(&chart, &texts(loaded, request.dialect)).map_err(|error| {
        let render = Some((error.clone(), Rc::clone(&chart)));
        Box::new(Failure { message: error.message, render, has_release: true, warnings: warnings.clone() })
    })?;
    let given = Given::of(request);
    Ok(Prepared::new(Rc::new(Basis { given, chart, capabilities, templates, warnings }), values))
}

/// The chart without its disabled dependencies, and its values, in Helm's order of doing things.
fn chart_and_values(chart: &Chart, request: &Request, log: &mut Log) -> Result<(Chart, Map), String> {
    let dialect = request.dialect;
    check::installable(chart)?;
    check::deprecation(chart, log);
    check::dependencies_present(chart, dialect)?;
    check::release_name(&request.release.name, dialect, log)?;
    let chart = values::process_dependencies(chart.clone(), &request.overrides, dialect, log)?;
    let values = values::coalesce(&chart, &request.overrides, dialect, log)?;
    if !request.skip_schema_validation {
        values::validate(&chart, &values, log)?;
    }
    Ok((chart, values))
}
