//! The hooks of an event from a chart: rendered with a cluster's capabilities and look-ups, as the operation would that has the event.
//!
//! Mirrors the beginnings of `pkg/action/{install,upgrade}.go`.

use std::path::Path;
use std::sync::Arc;

use clap::Args;

use crate::cluster::release::{Fields, RecordHead, Stored};
use crate::cluster::source::method;
use crate::cluster::{Phase, PhaseSource, Store};
use crate::go::json;
use crate::go::value::{Map, Value};
use crate::helm::manifest;
use crate::helm::values::{Previous, Reuse};
use crate::helm::world::World;
use crate::hooks::{Event, Hook, Operation, Release};
use crate::report::frame;

use super::args::go_bool;
use super::exit::{self, Fatal, Outcome};
use super::find::{self, Place};
use super::live::{Live, cluster_fatal};
use super::output::to_stderr;
use super::problem;
use super::render::RenderFailure;
use super::render::native::{self, Source};
use super::settings::{RenderSettings, Settings};

/// Which values of the release an upgrade keeps, as typed.
#[derive(Args, Clone, Copy, Debug, Default)]
pub(crate) struct ReuseArgs {
    /// Keep the values of the release and of its chart, below the ones given
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_parser = go_bool, value_name = "BOOL", hide_possible_values = true, help_heading = "Rendering")]
    pub reuse_values: Option<bool>,
    /// Forget the values of the release
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_parser = go_bool, value_name = "BOOL", hide_possible_values = true, help_heading = "Rendering")]
    pub reset_values: Option<bool>,
    /// Keep the values of the release, below the ones given and above the chart's
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_parser = go_bool, value_name = "BOOL", hide_possible_values = true, help_heading = "Rendering")]
    pub reset_then_reuse_values: Option<bool>,
}

impl ReuseArgs {
    /// True when one of them was typed.
    pub(crate) fn is_given(self) -> bool {
        [self.reuse_values, self.reset_values, self.reset_then_reuse_values].iter().any(Option::is_some)
    }

    /// True when values of the release are asked for.
    pub(crate) fn keeps(self) -> bool {
        matches!(self.reuse(), Reuse::Keep | Reuse::KeepOverChart)
    }

    /// What they come to; Helm looks at them in this order.
    pub(crate) fn reuse(self) -> Reuse {
        let set = |flag: Option<bool>| flag == Some(true);
        match self {
            _ if set(self.reset_values) => Reuse::Reset,
            _ if set(self.reuse_values) => Reuse::Keep,
            _ if set(self.reset_then_reuse_values) => Reuse::KeepOverChart,
            _ => Reuse::UnlessGiven,
        }
    }
}

/// Why there is no phase.
#[derive(Clone, Debug)]
pub(crate) enum PhaseFailure {
    /// The command ends.
    Fatal(Fatal),
    /// The chart cannot be rendered.
    Render(Box<RenderFailure>),
}

impl From<Fatal> for PhaseFailure {
    fn from(fatal: Fatal) -> PhaseFailure {
        PhaseFailure::Fatal(fatal)
    }
}

impl From<RenderFailure> for PhaseFailure {
    fn from(failure: RenderFailure) -> PhaseFailure {
        PhaseFailure::Render(Box::new(failure))
    }
}

impl PhaseFailure {
    /// Says it, and ends the command with the right code.
    ///
    /// # Errors
    /// For what ends the command anyway.
    pub(crate) fn report(self, settings: &Settings) -> Outcome {
        match self {
            PhaseFailure::Fatal(fatal) => Err(fatal),
            PhaseFailure::Render(failure) => {
                to_stderr(&problem::render(&failure, None, settings));
                Ok(exit::LOAD)
            }
        }
    }
}

/// What comes of a chart.
#[derive(Clone, Debug)]
pub(crate) struct FromChart {
    /// The phase; `None` when no hook of the chart names the event.
    pub phase: Option<Phase>,
    /// The revisions of the release, oldest first; none when it is not installed.
    pub history: Vec<RecordHead>,
    /// All hooks of the rendering with their manifests, in stored order.
    pub hooks: Vec<(Arc<Hook>, String)>,
    /// What Helm writes to stderr meanwhile.
    pub warnings: Vec<String>,
}

/// Renders a chart for an event. `render` has the release's name, the values and the engine; its cluster is `live`. Without a store
/// nothing is known of the release.
///
/// # Errors
/// When the chart, the values or the cluster are not as they should be.
pub(crate) fn of_chart(
    live: &Arc<Live>,
    store: Option<&Store>,
    chart: &str,
    event: Event,
    render: &RenderSettings,
    reuse: Reuse,
    settings: &Settings,
) -> Result<FromChart, PhaseFailure> {
    if matches!(find::look_at(Path::new(chart)), Place::Nothing) {
        return Err(problem::no_such_chart(chart).into());
    }
    let namespace = live.namespace().to_owned();
    let mut render = render.clone();
    render.live = Some(Arc::clone(live));
    let history = match store {
        Some(store) => {
            live.ask(async |_| store.history(&render.release).await).map_err(|error| cluster_fatal(&error))?
        }
        None => Vec::new(),
    };
    let current = current(&history, event)?;
    let mut source = Source::load(Path::new(chart), &render, &namespace)?;
    let mut recorded = None;
    if let (Some(current), Some(store)) = (current, store) {
        let stored = live.ask(async |_| store.open(current).await).map_err(|error| cluster_fatal(&error))?;
        source = source.reusing(&previous(&stored), reuse)?;
        // What decides how hooks are created is the newest revision, which may be another than the one that gives the values.
        let newest = history.last().unwrap_or(current);
        let newest = live.ask(async |_| store.read(newest).await).map_err(|error| cluster_fatal(&error))?;
        recorded = Some(newest.apply_method);
    }
    let (revision, is_upgrade) = operation(event, history.last());
    let rendering = source
        .render_as(i64::from(revision), is_upgrade, World::real())
        .map_err(|failure| native::failure(&failure, settings))?;
    let dialect = render.engine.dialect();
    let files = rendering.files().iter().map(|(path, text)| (path.as_str(), text.clone()));
    let manifests = manifest::sort(files, dialect).map_err(|error| {
        let mut shown = RenderFailure::new(error.to_string());
        let text = rendering.files().get(&error.path).map(|text| text.as_bytes()).unwrap_or_default();
        shown.frame = frame::sort_error(&error, text, &settings.error_look);
        shown
    })?;
    let mut warnings = rendering.warnings().to_vec();
    warnings.extend(manifests.warnings(dialect));
    let hooks: Vec<(Arc<Hook>, String)> = manifests
        .hooks
        .iter()
        .filter_map(|document| {
            let hook = Hook::from_document(document)?;
            Some((Arc::new(hook), String::from_utf8_lossy(document.text()).into_owned()))
        })
        .collect();
    let metadata = &rendering.chart().metadata;
    let from = PhaseSource::Chart {
        path: chart.to_owned(),
        name: format!("{} {}", metadata.name, metadata.version),
        revision,
    };
    let id = Release { name: render.release.clone(), namespace };
    let method = method(render.engine, event, recorded.as_ref().map(Option::as_deref));
    let all = hooks.clone();
    let phase = Phase::of(hooks, event, id, render.engine, from, method);
    Ok(FromChart { phase, history, hooks: all, warnings })
}

/// The revision an operation starts from, as `prepareUpgrade` finds it; an install starts from nothing.
fn current(history: &[RecordHead], event: Event) -> Result<Option<&RecordHead>, Fatal> {
    let Some(newest) = history.last() else { return Ok(None) };
    if event.operation() == Operation::Install || newest.status == "deployed" {
        return Ok(Some(newest).filter(|_| event.operation() != Operation::Install));
    }
    match history.iter().rev().find(|head| head.status == "deployed") {
        Some(deployed) => Ok(Some(deployed)),
        None if matches!(newest.status.as_str(), "failed" | "superseded") => Ok(Some(newest)),
        None if event.operation() != Operation::Upgrade => Ok(Some(newest)),
        None => {
            let name = &newest.name;
            Err(Fatal::usage(format!("{name:?} has no deployed releases"))
                .with_help(format!("Its newest revision is {} ({}).", newest.revision, newest.status)))
        }
    }
}

/// As which revision a chart is rendered, and whether as an upgrade.
fn operation(event: Event, newest: Option<&RecordHead>) -> (u32, bool) {
    match (event.operation(), newest) {
        (Operation::Install, _) => (1, false),
        (Operation::Upgrade, Some(newest)) => (newest.revision.saturating_add(1), true),
        // Without a record nobody knows how many there were.
        (Operation::Upgrade, None) => (2, true),
        (_, Some(newest)) => (newest.revision, newest.revision > 1),
        (_, None) => (1, false),
    }
}

/// The values of a stored release.
fn previous(stored: &Stored) -> Previous {
    let map = |text: Option<&str>| text.map_or_else(Value::dict, |text| json::unmarshal_map(text.as_bytes()).0);
    let chart = stored.fields.get("chart").and_then(Fields::of);
    let metadata = chart.as_ref().and_then(|chart| chart.get("metadata")).and_then(Fields::of);
    let name = metadata.as_ref().and_then(|metadata| metadata.get("name"));
    let name = name.and_then(|name| serde_json::from_str(name).ok()).unwrap_or_default();
    let known = |map: Map| if map.is_nil() { Value::dict() } else { map };
    Previous {
        chart_name: name,
        chart_values: known(map(chart.as_ref().and_then(|chart| chart.get("values")))),
        given: known(map(stored.fields.get("config"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(revision: u32, status: &str) -> RecordHead {
        let (name, namespace, object) = ("r".into(), "n".into(), String::new());
        RecordHead { name, namespace, revision, status: status.into(), object, created: None }
    }

    #[test]
    fn an_upgrade_starts_from_what_is_deployed() {
        let of = |history: &[RecordHead], event| current(history, event).map(|head| head.map(|head| head.revision));
        let failed = [head(1, "superseded"), head(2, "deployed"), head(3, "failed")];
        assert_eq!(of(&failed, Event::PreUpgrade), Ok(Some(2)));
        assert_eq!(of(&failed, Event::PreInstall), Ok(None));
        assert_eq!(of(&[head(1, "failed")], Event::PreUpgrade), Ok(Some(1)));
        assert_eq!(of(&[head(1, "uninstalled")], Event::PreUpgrade).unwrap_err().code, exit::USAGE);
        assert_eq!(of(&[head(1, "uninstalled")], Event::PostDelete), Ok(Some(1)));
        assert_eq!(of(&[], Event::PreUpgrade), Ok(None));
        assert_eq!(operation(Event::PreUpgrade, Some(&failed[2])), (4, true));
        assert_eq!(operation(Event::PostDelete, Some(&failed[0])), (1, false));
    }
}
