//! What `helm template` and `helm install --dry-run` do before anything reaches a cluster: name check, dependencies, values,
//! schema, version check, rendering, sorting; in Helm's order, so that the first error is Helm's first error.
//!
//! Mirrors `runInstall` (`cmd/helm/install.go`) and `Install.RunWithContext`, `renderResources` (`pkg/action`).

use std::fmt;

use super::chart::{self, Chart, ChartFile, Loaded};
use super::dialect::Dialect;
use super::manifest::{self, Manifests, SortError};
use super::render::{self, Capabilities, KubeVersion, Release, RenderError};
use super::values;
use super::world::World;
use crate::go::value::Map;

/// What a rendering is asked for, beside the chart.
#[derive(Clone, Debug)]
pub struct Request {
    /// Values given by flags, merged: what overrides the chart's own.
    pub overrides: Map,
    /// The release to render for.
    pub release: Release,
    /// `--kube-version`.
    pub kube_version: Option<KubeVersion>,
    /// `--api-versions`, added to the built-in ones.
    pub api_versions: Vec<String>,
    /// `--skip-schema-validation`.
    pub skip_schema_validation: bool,
    /// Which Helm.
    pub dialect: &'static Dialect,
}

/// A rendered and sorted chart.
#[derive(Debug)]
pub struct Rendering {
    /// The chart as rendered: disabled dependencies removed, aliases applied.
    pub chart: Chart,
    /// Its documents.
    pub manifests: Manifests,
    /// CRD files, with their paths from the root chart's name on.
    pub crds: Vec<(String, ChartFile)>,
    /// What Helm writes to stderr meanwhile, a line each.
    pub warnings: Vec<String>,
}

/// Why there is no rendering.
#[derive(Debug)]
pub struct Failure {
    /// Helm's text, without `Error: `.
    pub message: String,
    /// What went wrong, for a better place than the text has.
    pub kind: FailureKind,
    /// What Helm had written to stderr by then.
    pub warnings: Vec<String>,
}

/// The stage that failed.
#[derive(Debug)]
pub enum FailureKind {
    /// Name, dependencies, values, schema or version check.
    Prepare,
    /// A template.
    Render(RenderError),
    /// A rendered document.
    Sort(SortError),
}

impl FailureKind {
    /// Whether Helm had a release by then, and so adds its hint at `--debug`.
    pub fn after_values(&self) -> bool {
        !matches!(self, FailureKind::Prepare)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

/// Renders a loaded chart.
///
/// # Errors
/// Helm's first error; [`Failure::kind`] says at which stage.
pub fn render(loaded: Loaded, request: &Request, world: World) -> Result<Rendering, Failure> {
    let Loaded { mut chart, mut warnings } = loaded;
    match render_stages(&mut chart, request, world, &mut warnings) {
        Ok(manifests) => {
            warnings.extend(manifests.warnings(request.dialect));
            let crds = chart.crds();
            Ok(Rendering { chart, manifests, crds, warnings })
        }
        Err(kind) => Err(Failure { message: kind.0, kind: kind.1, warnings }),
    }
}

fn render_stages(
    chart: &mut Chart,
    request: &Request,
    world: World,
    warnings: &mut Vec<String>,
) -> Result<Manifests, (String, FailureKind)> {
    let prepare = |message: String| (message, FailureKind::Prepare);
    let dialect = request.dialect;
    chart::check_installable(chart, dialect).map_err(prepare)?;
    if chart.metadata.deprecated {
        warnings.push(dialect.deprecation_warning.to_owned());
    }
    chart::check_dependencies(chart, dialect).map_err(prepare)?;
    chart::check_release_name(&request.release.name, dialect).map_err(prepare)?;
    let processed = values::process_dependencies(chart, &request.overrides, dialect);
    warnings.extend(processed.map_err(|e| prepare(e.to_string()))?);
    let mut capabilities = Capabilities::without_cluster();
    if let Some(version) = &request.kube_version {
        capabilities.kube_version = version.clone();
    }
    capabilities.api_versions.extend(request.api_versions.iter().cloned());
    let (values, told) = values::coalesce(chart, &request.overrides, dialect).map_err(|e| prepare(e.to_string()))?;
    warnings.extend(told);
    if !request.skip_schema_validation {
        values::validate_schema(chart, &values, dialect).map_err(|e| prepare(e.to_string()))?;
    }
    // From here on Helm has a release, which its texts show.
    chart::check_kube_version(chart, &capabilities.kube_version, dialect).map_err(|message| {
        let error = RenderError { message: message.clone(), frames: Vec::new(), cause: message.clone() };
        (message, FailureKind::Render(error))
    })?;
    let input = render::Input { chart, values: &values, release: &request.release, capabilities: &capabilities, dialect };
    let rendered = render::render(&input, world).map_err(|e| (e.message.clone(), FailureKind::Render(e)))?;
    let files = rendered.iter().map(|(path, text)| (path.as_str(), text.clone()));
    manifest::sort(files, dialect).map_err(|e| (e.to_string(), FailureKind::Sort(e)))
}
