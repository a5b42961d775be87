//! `plan`.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::go::value::Str;
use crate::helm::dialect::Engine;
use crate::helm::manifest::{self, Document, Manifests, SortError};
use crate::helm::world::World;
use crate::hooks::{self, ChartId, Event, Plan, Release, Renderings, UpgradeRendering};
use crate::report::frame;
use crate::report::plan::{Failure, Report, Skipped, json_in_parts, markdown, table, wide, yaml};

use super::args::PlanArgs;
use super::exit::{self, Fatal, Outcome};
use super::find::{self, Place};
use super::output::{Target, deliver, deliver_in_parts, targets, to_stderr};
use super::plan_live;
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
    let only = events(&args.event)?;
    if args.live {
        let report = plan_live::report(args, only.as_ref(), settings)?;
        return print(&report, &targets, settings);
    }
    args.access.only_with(args.cluster, "--cluster or --live")?;
    let (mut render, path) =
        RenderSettings::resolve(&args.render, args.helm, &args.args, settings, World::fixed(FIRST_SEED))?;
    let seen = args.access.seen(args.cluster, &mut render, settings)?;
    let settings = seen.as_ref().unwrap_or(settings);
    let planner = Planner { render: &render, settings, only };
    let report = if path == "-" { planner.stdin()? } else { planner.charts(&path, &args.args)? };
    print(&report, &targets, settings)
}

/// Prints a report in every form that is wanted.
fn print(report: &Report, targets: &[Target<Format>], settings: &Settings) -> Outcome {
    for target in targets {
        let look = settings.look.for_file(target.file.is_some());
        let text = match target.format {
            Format::Table => table(report, &look),
            Format::Wide => wide(report, &look),
            Format::Json => {
                deliver_in_parts(target.file.as_deref(), |sink| json_in_parts(report, sink))?;
                continue;
            }
            Format::Yaml => yaml(report),
            Format::Markdown => markdown(report),
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

/// A report of so many hooks is small. A long one takes the memory that the chart gives back.
const FEW_HOOKS: usize = 100;

/// What shows in renderings with both seeds is not random.
const FIRST_SEED: u64 = 1;
/// See [`FIRST_SEED`].
const SECOND_SEED: u64 = 2;

/// Renders a chart again, when that is of use.
trait Again {
    /// As an upgrade; `None` when it is known to be the same.
    fn upgrade(&self) -> Option<Result<Rendered, RenderFailure>>;

    /// As an install with other random numbers; `None` when these documents have none.
    fn reseeded(&self, documents: &[Document]) -> Option<Rendered>;
}

/// Manifests from elsewhere, which nobody can render again.
struct Never;

impl Again for Never {
    fn upgrade(&self) -> Option<Result<Rendered, RenderFailure>> {
        None
    }

    fn reseeded(&self, _: &[Document]) -> Option<Rendered> {
        None
    }
}

/// A chart that this program renders.
struct ByUs<'a> {
    source: &'a native::Source,
    asks_operation: bool,
    random_files: Vec<String>,
    settings: &'a Settings,
}

impl Again for ByUs<'_> {
    fn upgrade(&self) -> Option<Result<Rendered, RenderFailure>> {
        self.asks_operation.then(|| self.source.plan(true, FIRST_SEED, self.settings))
    }

    fn reseeded(&self, documents: &[Document]) -> Option<Rendered> {
        let is_random = |document: &Document| self.random_files.iter().any(|path| **path == *document.path);
        let random = documents.iter().any(is_random);
        random.then(|| self.source.plan(false, SECOND_SEED, self.settings).ok()).flatten()
    }
}

/// A chart that helm renders.
struct ByHelm<'a> {
    chart: &'a Path,
    render: &'a RenderSettings,
    settings: &'a Settings,
}

impl Again for ByHelm<'_> {
    fn upgrade(&self) -> Option<Result<Rendered, RenderFailure>> {
        Some(by_helm::render(self.chart, true, self.render, self.settings))
    }

    fn reseeded(&self, _: &[Document]) -> Option<Rendered> {
        None
    }
}

/// Makes plans.
struct Planner<'a> {
    render: &'a RenderSettings,
    settings: &'a Settings,
    only: Option<HashSet<Event>>,
}

impl Planner<'_> {
    fn stdin(&self) -> Result<Report, Fatal> {
        let text = self.render.stdin().map_err(|e| Fatal::load(format!("cannot read stdin: {e}")))?;
        let install = Rendered {
            name: "stdin".to_owned(),
            version: None,
            output: Output::Stream(Str::from(text)),
            asks_operation: false,
            random_files: Vec::new(),
        };
        let mut report = Report { single: true, ..Report::default() };
        match self.plan("-", install, &Never) {
            Ok(plan) => report.charts.push(plan),
            Err(failure) => self.fail(Path::new("-"), &failure, &mut report),
        }
        Ok(report)
    }

    fn charts(&self, path: &str, words: &[String]) -> Result<Report, Fatal> {
        let mut report = Report { single: true, ..Report::default() };
        let charts = match find::look_at(Path::new(path)) {
            Place::Chart(chart) => {
                problem::not_a_file_of_a_chart(&chart)?;
                vec![chart]
            }
            Place::Folder(folder) => {
                let found = find::below(&folder);
                report.single = false;
                report.skipped = Skipped { library: found.library.len(), dependency: found.dependency.len() };
                if found.charts.is_empty() {
                    return Err(problem::nothing_found(path, found.library.len() + found.dependency.len()));
                }
                found.charts
            }
            Place::Nothing => return Err(problem::no_such_chart(path)),
        };
        problem::not_two_charts(words, self.render.engine)?;
        let is_only = charts.len() == 1;
        let plan = |chart: PathBuf| {
            // A mistake of this program in one chart must not hide the others; the panic has said on stderr where it is.
            let plan = catch_unwind(AssertUnwindSafe(|| self.chart(&chart, is_only)));
            let panicked = |_| Err(RenderFailure::new("this program has a mistake that this chart shows".to_owned()));
            (chart, plan.unwrap_or_else(panicked))
        };
        // Starting threads for one chart would take longer than the chart.
        let planned: Vec<(PathBuf, Result<Plan, RenderFailure>)> =
            if is_only { charts.into_iter().map(plan).collect() } else { charts.into_par_iter().map(plan).collect() };
        for (chart, plan) in planned {
            match plan {
                Ok(plan) => report.charts.push(plan),
                Err(failure) => self.fail(&chart, &failure, &mut report),
            }
        }
        Ok(report)
    }

    fn fail(&self, chart: &Path, failure: &RenderFailure, report: &mut Report) {
        let path = shown(chart);
        to_stderr(&problem::render(failure, (!report.single).then_some(path.as_str()), self.settings));
        report.errors.push(Failure { path, message: failure.message.clone() });
    }

    /// Plans a chart; `is_last` when nothing is done after it.
    fn chart(&self, chart: &Path, is_last: bool) -> Result<Plan, RenderFailure> {
        let (render, settings) = (self.render, self.settings);
        let path = shown(chart);
        if render.by_helm {
            let install = by_helm::render(chart, false, render, settings)?;
            return self.plan(&path, install, &ByHelm { chart, render, settings });
        }
        let source = native::Source::load(chart, render, &settings.namespace)?;
        let mut install = source.plan(false, FIRST_SEED, settings)?;
        let (asks_operation, random_files) = (install.asks_operation, std::mem::take(&mut install.random_files));
        let plan = self.plan(&path, install, &ByUs { source: &source, asks_operation, random_files, settings });
        if is_last && plan.as_ref().is_ok_and(|plan| plan.hooks <= FEW_HOOKS) {
            // The process ends soon; taking a hundred thousand small things apart first would be of no use.
            std::mem::forget(source);
        }
        plan
    }

    /// Sorts renderings and plans them.
    fn plan(&self, path: &str, install: Rendered, again: &dyn Again) -> Result<Plan, RenderFailure> {
        let engine = self.render.engine;
        let sorted = |rendered: &Rendered, other: &Manifests| {
            sort(&rendered.output, engine, other).map_err(|error| sort_failure(&error, &rendered.output, self.settings))
        };
        let (manifests, stream_name) = sorted(&install, &Manifests::default())?;
        let other_engine = if split_alike(&install.output) {
            None
        } else {
            sort(&install.output, engine.other(), &Manifests::default()).ok().map(|(manifests, _)| manifests)
        };
        let upgrade = again.upgrade().map(|rendered| rendered.and_then(|rendered| sorted(&rendered, &manifests)));
        // What is told of it is which hooks have random names.
        let reseeded = again.reseeded(&manifests.hooks);
        let reseeded = reseeded.and_then(|rendered| sort(&rendered.output, engine, &manifests).ok());
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
        let release = Release { name: self.render.release.clone(), namespace: self.settings.namespace.clone() };
        Ok(hooks::plan(chart, release, engine, renderings, self.only.as_ref()))
    }
}

/// A path as it is shown: with `/`, without `./`.
pub(super) fn shown(path: &Path) -> String {
    let text = path.to_string_lossy().replace('\\', "/");
    let text = text.strip_prefix("./").unwrap_or(&text).trim_end_matches('/');
    if text.is_empty() { ".".to_owned() } else { text.to_owned() }
}

fn sort(output: &Output, engine: Engine, other: &Manifests) -> Result<(Manifests, Option<String>), SortError> {
    match output {
        Output::Files(files) => {
            let files = files.iter().map(|(path, text)| (path.as_str(), text.clone()));
            manifest::sort_beside(other, files, engine.dialect()).map(|manifests| (manifests, None))
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

/// A document that is no manifest, with the place in the rendered text.
fn sort_failure(error: &SortError, output: &Output, settings: &Settings) -> RenderFailure {
    let text = match output {
        Output::Files(files) => files.iter().find(|(path, _)| *path == error.path).map(|(_, text)| text),
        Output::Stream(text) => Some(text),
    };
    let mut failure = RenderFailure::new(error.to_string());
    failure.frame =
        text.map(|text| frame::sort_error(error, text.as_bytes(), &settings.error_look)).unwrap_or_default();
    failure
}
