//! `plan`.

use std::collections::HashSet;
use std::io::Read;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::go::value::Str;
use crate::helm::dialect::Engine;
use crate::helm::manifest::{self, Manifests, SortError};
use crate::hooks::{self, ChartId, Event, Plan, Release, Renderings, UpgradeRendering};
use crate::report::plan::{Failure, Report, Skipped, json, markdown, table, wide, yaml};

use super::args::PlanArgs;
use super::exit::{self, Fatal, Outcome};
use super::find::{self, Place};
use super::output::{deliver, targets, to_stderr};
use super::problem;
use super::render::{Output, RenderFailure, Rendered, by_helm, native, stream};
use super::settings::{RenderSettings, Settings};

/// Formats of `plan`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Table,
    Wide,
    Json,
    Yaml,
    Markdown,
}

const FORMATS: [(&str, Format); 5] = [
    ("table", Format::Table),
    ("wide", Format::Wide),
    ("json", Format::Json),
    ("yaml", Format::Yaml),
    ("markdown", Format::Markdown),
];

/// Runs `plan`.
///
/// # Errors
/// For mistakes in the command line and output that cannot be written; charts that fail are reported, not returned.
pub(crate) fn run(args: &PlanArgs, settings: &Settings) -> Outcome {
    let targets = targets(&args.output, &FORMATS, Format::Table)?;
    let events = events(&args.event)?;
    let (render, path) = RenderSettings::resolve(&args.render, &args.args, settings)?;
    let mut report =
        if path == "-" { from_stdin(&render, settings)? } else { from_charts(&path, &args.args, &render, settings)? };
    if let Some(events) = events {
        for plan in &mut report.charts {
            plan.events.retain(|event| events.contains(&event.event));
        }
    }
    for target in &targets {
        let text = match target.format {
            Format::Table => table(&report, &settings.look.for_file(target.file.is_some())),
            Format::Wide => wide(&report, &settings.look.for_file(target.file.is_some())),
            Format::Json => json(&report),
            Format::Yaml => yaml(&report),
            Format::Markdown => markdown(&report),
        };
        deliver(target.file.as_deref(), &text)?;
    }
    Ok(if report.errors.is_empty() { exit::OK } else { exit::LOAD })
}

fn events(typed: &[String]) -> Result<Option<HashSet<Event>>, Fatal> {
    let mut events = HashSet::new();
    for name in typed.iter().flat_map(|typed| typed.split(',')) {
        let event = Event::from_name(name).ok_or_else(|| {
            let all: Vec<&str> = Event::ALL.iter().map(|event| event.name()).collect();
            Fatal::usage(format!("unknown event {name:?}")).with_help(format!("Known events: {}.", all.join(", ")))
        })?;
        events.insert(event);
    }
    Ok((!events.is_empty()).then_some(events))
}

fn from_stdin(render: &RenderSettings, settings: &Settings) -> Result<Report, Fatal> {
    let mut text = Vec::new();
    std::io::stdin().lock().read_to_end(&mut text).map_err(|e| Fatal::load(format!("cannot read stdin: {e}")))?;
    let rendered = Rendered {
        name: "stdin".to_owned(),
        version: None,
        output: Output::Stream(Str::from(text)),
        asks_operation: false,
        asks_random: false,
    };
    let mut report = Report { single: true, ..Report::default() };
    match plan_rendered("-", rendered, None, None, render, settings) {
        Ok(plan) => report.charts.push(plan),
        Err(failure) => fail(Path::new("-"), &failure, &mut report, settings),
    }
    Ok(report)
}

fn from_charts(path: &str, words: &[String], render: &RenderSettings, settings: &Settings) -> Result<Report, Fatal> {
    let mut report = Report { single: true, ..Report::default() };
    let charts = match find::look_at(Path::new(path)) {
        Place::Chart(chart) => vec![chart],
        Place::Folder(folder) => {
            let found = find::below(&folder);
            report.single = false;
            report.skipped = Skipped { library: found.library.len(), dependency: found.dependency.len() };
            if found.charts.is_empty() {
                let passed = found.library.len() + found.dependency.len();
                return Err(nothing_found(path, passed));
            }
            found.charts
        }
        Place::Nothing => return Err(problem::no_such_chart(path)),
    };
    two_charts(words)?;
    let plan = |chart: PathBuf| {
        let plan = plan_chart(&chart, render, settings);
        (chart, plan)
    };
    // Starting threads for one chart would take longer than the chart.
    let planned: Vec<(PathBuf, Result<Plan, RenderFailure>)> = match charts.len() {
        1 => charts.into_iter().map(plan).collect(),
        _ => charts.into_par_iter().map(plan).collect(),
    };
    for (chart, plan) in planned {
        match plan {
            Ok(plan) => report.charts.push(plan),
            Err(failure) => fail(&chart, &failure, &mut report, settings),
        }
    }
    Ok(report)
}

fn nothing_found(path: &str, passed: usize) -> Fatal {
    let fatal = Fatal { code: exit::LOAD, message: format!("no chart at or below {path}"), help: None };
    match passed {
        0 => fatal.with_help(
            "A chart is a folder with a file Chart.yaml; hidden folders and what git ignores are not searched.",
        ),
        _ => fatal.with_help("Only library charts, or charts that others depend on, were found; name one to see it."),
    }
}

/// Two words that are both charts are a mistake that Helm explains badly: it takes the first for a name.
fn two_charts(words: &[String]) -> Result<(), Fatal> {
    let [name, _] = words else { return Ok(()) };
    if matches!(find::look_at(Path::new(name)), Place::Chart(_)) && name.contains(['/', '.']) {
        return Err(
            Fatal::usage(problem::invalid_release_name(name)).with_help("One PATH at a time, or a folder above them.")
        );
    }
    Ok(())
}

fn fail(chart: &Path, failure: &RenderFailure, report: &mut Report, settings: &Settings) {
    let path = shown(chart);
    to_stderr(&problem::render(failure, (!report.single).then_some(path.as_str()), settings));
    report.errors.push(Failure { path, message: failure.message.clone() });
}

fn shown(path: &Path) -> String {
    let text = path.to_string_lossy().replace('\\', "/");
    let text = text.strip_prefix("./").unwrap_or(&text).trim_end_matches('/');
    if text.is_empty() { ".".to_owned() } else { text.to_owned() }
}

fn plan_chart(chart: &Path, render: &RenderSettings, settings: &Settings) -> Result<Plan, RenderFailure> {
    let path = shown(chart);
    if render.by_helm {
        let rendered = by_helm::render(chart, false, render, settings)?;
        let upgrade = rendered.asks_operation.then(|| by_helm::render(chart, true, render, settings));
        return plan_rendered(&path, rendered, upgrade, None, render, settings);
    }
    let source = native::Source::load(chart, render, &settings.namespace)?;
    let rendered = source.plan(false, FIRST_SEED, settings)?;
    let upgrade = rendered.asks_operation.then(|| source.plan(true, FIRST_SEED, settings));
    let reseeded = rendered.asks_random.then(|| source.plan(false, SECOND_SEED, settings).ok()).flatten();
    plan_rendered(&path, rendered, upgrade, reseeded, render, settings)
}

/// What shows in both renderings is not random.
const FIRST_SEED: u64 = 1;
/// See [`FIRST_SEED`].
const SECOND_SEED: u64 = 2;

/// Sorts renderings and plans them.
fn plan_rendered(
    path: &str,
    install: Rendered,
    upgrade: Option<Result<Rendered, RenderFailure>>,
    reseeded: Option<Rendered>,
    render: &RenderSettings,
    settings: &Settings,
) -> Result<Plan, RenderFailure> {
    let engine = render.engine;
    let (manifests, stream_name) = sort(&install.output, engine).map_err(sort_failure)?;
    let other = match engine {
        Engine::Helm3 => Engine::Helm4,
        Engine::Helm4 => Engine::Helm3,
    };
    let other_engine =
        if split_alike(&install.output) { None } else { sort(&install.output, other).ok().map(|(m, _)| m) };
    let upgrade =
        upgrade.map(|rendered| rendered.and_then(|rendered| sort(&rendered.output, engine).map_err(sort_failure)));
    let reseeded = reseeded.and_then(|rendered| sort(&rendered.output, engine).ok());
    let renderings = Renderings {
        install: &manifests,
        upgrade: match &upgrade {
            None => UpgradeRendering::Same,
            Some(Ok((upgrade, _))) => UpgradeRendering::Differs(upgrade),
            Some(Err(failure)) => UpgradeRendering::Failed(&failure.message),
        },
        reseeded: reseeded.as_ref().map(|(manifests, _)| manifests),
        other_engine: other_engine.as_ref(),
    };
    let name = stream_name.unwrap_or(install.name);
    let chart = ChartId { path: path.to_owned(), name, version: install.version };
    let release = Release { name: render.release.clone(), namespace: settings.namespace.clone() };
    Ok(hooks::plan(chart, release, engine, renderings))
}

fn sort(output: &Output, engine: Engine) -> Result<(Manifests, Option<String>), SortError> {
    match output {
        Output::Files(files) => {
            let files = files.iter().map(|(path, text)| (path.as_str(), text.clone()));
            manifest::sort(files, engine.dialect()).map(|manifests| (manifests, None))
        }
        Output::Stream(text) => stream::read(text, engine.dialect()),
    }
}

fn split_alike(output: &Output) -> bool {
    match output {
        Output::Files(files) => files.iter().all(|(_, text)| manifest::splits_alike(text.as_bytes())),
        Output::Stream(text) => manifest::splits_alike(text.as_bytes()),
    }
}

/// Helm adds advice of its own to a rendering that is not YAML.
fn sort_failure(error: SortError) -> RenderFailure {
    let mut failure = RenderFailure::new(error.to_string());
    failure.help = Some("Use --debug flag to render out invalid YAML".to_owned());
    failure
}
