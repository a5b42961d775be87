//! Rendering by this program.

use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use crate::cli::live::Live;
use crate::cli::settings::{RenderSettings, Settings};
use crate::go::value::Map;
use crate::helm::action::{self, Failure, Rendering, Request};
use crate::helm::chart::{self, Loaded};
use crate::helm::dialect::Dialect;
use crate::helm::log::Log;
use crate::helm::render::{self, KubeVersion, Release};
use crate::helm::values::{self, Previous, Reuse};
use crate::helm::world::World;
use crate::report::frame;

use super::{Output, RenderFailure, Rendered};

/// A chart that has been read, with the values the flags give: rendered as often as is needed.
#[derive(Debug)]
pub(crate) struct Source {
    loaded: Loaded,
    request: Request,
    live: Option<Arc<Live>>,
}

impl Source {
    /// Reads the values and the chart.
    ///
    /// # Errors
    /// With Helm's text.
    pub(crate) fn load(chart: &Path, settings: &RenderSettings, namespace: &str) -> Result<Source, RenderFailure> {
        let overrides = overrides(settings, settings.engine.dialect())?;
        let request = request(settings, namespace, overrides)?;
        let loaded = load(chart, settings.engine.dialect())?;
        Ok(Source { loaded, request, live: settings.live.clone() })
    }

    /// The same chart as it would be rendered over a release: with the values of that release that are kept.
    ///
    /// # Errors
    /// Helm's text.
    pub(crate) fn reusing(mut self, previous: &Previous, reuse: Reuse) -> Result<Source, RenderFailure> {
        let dialect = self.request.dialect;
        let mut log = Log::new(dialect);
        let given = self.request.overrides.clone();
        self.request.overrides = values::reuse(self.loaded.chart_mut(), previous, given, reuse, dialect, &mut log)
            .map_err(RenderFailure::new)?;
        self.loaded.warnings.extend(log.into_lines());
        Ok(self)
    }

    /// Renders as install (revision 1), or as upgrade of a given revision.
    pub(crate) fn render(&self, upgrade_to: Option<i64>, world: World) -> Result<Rendering, Box<Failure>> {
        let mut request = self.request.clone();
        request.release.revision = upgrade_to.unwrap_or(1);
        request.release.is_upgrade = upgrade_to.is_some();
        self.rendered(&request, world)
    }

    /// Renders as one revision of a release.
    pub(crate) fn render_as(&self, revision: i64, is_upgrade: bool, world: World) -> Result<Rendering, Box<Failure>> {
        let mut request = self.request.clone();
        request.release.revision = revision;
        request.release.is_upgrade = is_upgrade;
        self.rendered(&request, world)
    }

    fn rendered(&self, request: &Request, world: World) -> Result<Rendering, Box<Failure>> {
        let world = match &self.live {
            Some(live) => live.seen_by(world),
            None => world,
        };
        action::render(&self.loaded, request, &Rc::new(world))
    }

    /// Renders for a plan: in a repeatable world, as install or as the first upgrade.
    ///
    /// # Errors
    /// With Helm's text and the frame of the template that failed.
    pub(crate) fn plan(&self, upgrade: bool, seed: u64, settings: &Settings) -> Result<Rendered, RenderFailure> {
        let rendering = self.render(upgrade.then_some(2), World::fixed(seed)).map_err(|e| failure(&e, settings))?;
        Ok(Rendered {
            asks_operation: rendering.depends_on_operation(),
            name: rendering.chart().metadata.name.clone(),
            version: Some(rendering.chart().metadata.version.clone()),
            output: Output::Files(rendering.files().iter().map(|(path, text)| (path.clone(), text.clone())).collect()),
            random_files: rendering.random_files(),
        })
    }
}

/// Reads a chart.
///
/// # Errors
/// With Helm's text.
pub(crate) fn load(chart: &Path, dialect: &'static Dialect) -> Result<Loaded, RenderFailure> {
    chart::load(chart, dialect).map_err(|e| RenderFailure { warnings: e.warnings, ..RenderFailure::new(e.message) })
}

/// An install, with the values the flags give.
///
/// # Errors
/// For a Kubernetes version that is none.
pub(crate) fn request(settings: &RenderSettings, namespace: &str, overrides: Map) -> Result<Request, RenderFailure> {
    let dialect = settings.engine.dialect();
    let kube_version = match settings.args.kube_version.as_deref().filter(|version| !version.is_empty()) {
        Some(version) => Some(
            KubeVersion::parse(version, dialect)
                .map_err(|e| RenderFailure::new(format!("invalid kube version '{version}': {e}")))?,
        ),
        None => None,
    };
    Ok(Request {
        overrides,
        release: Release {
            name: settings.release.clone(),
            namespace: namespace.to_owned(),
            revision: 1,
            is_upgrade: false,
        },
        capabilities: match &settings.live {
            Some(live) => Some(live.capabilities().map_err(|fatal| RenderFailure::new(fatal.message))?),
            None => None,
        },
        kube_version,
        api_versions: settings.args.api_versions.iter().flat_map(|v| v.split(',')).map(str::to_owned).collect(),
        skip_schema_validation: settings.args.skip_schema_validation == Some(true),
        dialect,
    })
}

/// The flags that give values.
pub(crate) fn options(settings: &RenderSettings) -> values::Options {
    let args = &settings.args;
    values::Options {
        // A comma separates files, as in every flag of Go's that holds a list.
        files: args
            .values
            .iter()
            .filter(|typed| !typed.is_empty())
            .flat_map(|typed| typed.split(','))
            .map(str::to_owned)
            .collect(),
        set_json: args.set_json.clone(),
        set: args.set.clone(),
        set_string: args.set_string.clone(),
        set_file: args.set_file.clone(),
        set_literal: args.set_literal.clone(),
    }
}

fn overrides(settings: &RenderSettings, dialect: &'static Dialect) -> Result<Map, RenderFailure> {
    values::merge(&options(settings), &|| settings.stdin(), dialect).map_err(|e| RenderFailure::new(e.message))
}

/// A failure as it is shown, with the frame of the template.
pub(crate) fn failure(failure: &Failure, settings: &Settings) -> RenderFailure {
    let mut shown = RenderFailure::new(failure.message.clone());
    if let Some((error, chart)) = &failure.render {
        let text_of = |path: &str| render::template_text(chart, path);
        shown.frame = frame::template_error(&error.frames, &error.cause, &text_of, &settings.error_look);
    }
    shown
}
