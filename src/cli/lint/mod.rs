//! `lint`.

pub(super) mod args;
mod changed;
mod chart;
mod configs;
mod fixes;
mod jobs;
mod paths;
mod progress;

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::helm::world::World;
use crate::lint::baseline::{self, Baseline};
use crate::lint::config::For;
use crate::lint::select::{Selection, Wish, patterns};
use crate::lint::{Audience, Finding, Outcome as Linted};
use crate::report::lint as formats;
use crate::text::Severity;

use super::exit::{self, Fatal, Outcome};
use super::output::{deliver, targets, to_stderr};
use super::problem;
use super::settings::{RenderSettings, Settings};

use args::LintArgs;
use chart::{ChartLinter, Done};
use configs::Configs;
use progress::Progress;

/// Formats of `lint`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Full,
    Concise,
    Json,
    Sarif,
    Github,
    Gitlab,
    Junit,
}

const FORMATS: [(&str, Format); 7] = [
    ("full", Format::Full),
    ("concise", Format::Concise),
    ("json", Format::Json),
    ("sarif", Format::Sarif),
    ("github", Format::Github),
    ("gitlab", Format::Gitlab),
    ("junit", Format::Junit),
];

/// Random numbers of name templates.
const SEED: u64 = 1;

/// Runs `lint`.
///
/// # Errors
/// For mistakes in the command line or a configuration and output that cannot be written; charts that fail are reported, not returned.
pub(super) fn run(args: &LintArgs, settings: &Settings) -> Outcome {
    let targets = targets(&args.output, &FORMATS, Format::Full)?;
    let wish = wish(args, settings)?;
    let mut found = paths::collect(&args.paths)?;
    if let Some(reference) = &args.changed_since {
        found.charts = changed::since(reference, found.charts)?;
        if found.charts.is_empty() {
            to_stderr(&problem::note(&format!("no chart differs from {reference}"), &settings.error_look));
        }
    }
    for file in &found.outside {
        to_stderr(&problem::note(&format!("{file} is no file of a chart"), &settings.error_look));
    }
    if found.stdin && (args.fix.is_some() || args.diff || args.baseline_chart.is_some()) {
        return Err(
            Fatal::usage("manifests on stdin cannot be fixed or compared").with_help("Give the chart they come from.")
        );
    }
    if args.baseline_chart.is_some() && found.charts.len() > 1 {
        return Err(Fatal::usage("--baseline-chart is compared with one chart")
            .with_help("Lint the charts one by one, each with the chart it was."));
    }
    let folders: Vec<&Path> =
        if found.stdin { vec![Path::new(".")] } else { found.charts.iter().map(PathBuf::as_path).collect() };
    let configs = match Configs::read(args, &folders)? {
        Ok(configs) => configs,
        Err(error) => {
            to_stderr(&problem::config(&error, &settings.error_look));
            return Ok(exit::USAGE);
        }
    };
    let linter = Run {
        args,
        settings,
        wish,
        render: RenderSettings::without_name(&args.render, settings.default_engine, World::fixed(SEED))?,
    };
    let mut run = Collected::default();
    if found.stdin {
        let text = linter.render.stdin().map_err(|e| Fatal::load(format!("cannot read stdin: {e}")))?;
        run.add(linter.chart(Path::new("-"), &configs)?.manifests(&text));
    } else {
        // What is wrong with the command line is so for every chart: the first one tells.
        let linters: Result<Vec<_>, Fatal> = found.charts.iter().map(|chart| linter.chart(chart, &configs)).collect();
        let linters = linters?;
        let progress = Progress::new(linters.len());
        let lint = |linter: &ChartLinter<'_>| {
            let done = linter.run();
            progress.step();
            done
        };
        // Starting threads for one chart would take longer than the chart.
        let done: Vec<Done> = match linters.as_slice() {
            [only] => vec![lint(only)],
            several => several.par_iter().map(lint).collect(),
        };
        progress.end();
        done.into_iter().for_each(|done| run.add(done));
    }
    for (file, pattern) in configs.idle_patterns(&found.charts) {
        let text = format!("`values` of {file}: {pattern:?} means no file of the charts that were linted");
        to_stderr(&problem::note(&text, &settings.error_look));
    }
    linter.finish(run, found.charts.len(), &targets)
}

/// What the command line asks for.
fn wish(args: &LintArgs, settings: &Settings) -> Result<Wish, Fatal> {
    let read = |words: &[String]| {
        patterns(words).map_err(|unknown| Fatal::usage(unknown.message()).with_help(unknown.help(&settings.program)))
    };
    Ok(Wish { select: read(&args.select)?, ignore: read(&args.ignore)?, severity: Vec::new() })
}

struct Run<'a> {
    args: &'a LintArgs,
    settings: &'a Settings,
    wish: Wish,
    render: RenderSettings,
}

/// What came of all charts.
#[derive(Default)]
struct Collected {
    linted: Linted,
    audience: Option<Audience>,
    /// Whether a finding is as bad as its chart's `fail-on`.
    fails: bool,
    diff: String,
    problems: Vec<problem::ChartProblem>,
}

impl Collected {
    fn add(&mut self, done: Done) {
        self.audience = Some(self.audience.map_or(done.audience, |audience| audience.or(done.audience)));
        let summary = &mut self.linted.summary;
        summary.charts += 1;
        summary.rendered += usize::from(done.rendered);
        summary.hooks += done.hooks;
        summary.suppressed += done.suppressed;
        summary.fixed += done.fixed;
        self.fails |= done.findings.iter().any(|finding| finding.severity >= done.fail_on);
        self.linted.findings.extend(done.findings);
        self.diff.push_str(&done.diff);
        self.problems.extend(done.problems);
    }

    fn count(&mut self) {
        let key = |f: &Finding| (f.place.path.clone(), f.place.start, f.rule.code);
        self.linted.findings.sort_by_cached_key(key);
        let count = |severity| self.linted.findings.iter().filter(|finding| finding.severity == severity).count();
        let (errors, warnings, infos) = (count(Severity::Error), count(Severity::Warning), count(Severity::Info));
        let summary = &mut self.linted.summary;
        (summary.errors, summary.warnings, summary.infos) = (errors, warnings, infos);
        self.problems.sort_by(|a, b| a.path.cmp(&b.path));
        self.linted.errors = self.problems.iter().map(problem::ChartProblem::error).collect();
    }
}

impl Run<'_> {
    fn chart<'s>(&'s self, path: &Path, configs: &'s Configs) -> Result<ChartLinter<'s>, Fatal> {
        let config = configs.of(path);
        let typed: Vec<For> = self.args.engines.iter().map(|engine| For::from(*engine)).collect();
        let engines = if typed.is_empty() { config.engines.clone() } else { typed };
        let profiles = self.args.profile.iter().map(|profile| (*profile).into());
        let profiles: Vec<_> = profiles.chain(engines.iter().filter_map(|engine| engine.profile())).collect();
        let wishes = vec![config.wish.clone(), self.wish.clone()];
        let selection = Selection::new(&profiles, wishes, self.args.baseline_chart.is_some());
        if let Some(rule) = selection.lacks_baseline() {
            return Err(Fatal::usage(format!("{} compares with another chart", rule.code))
                .with_help("Give it: --baseline-chart OLD."));
        }
        let fail_on = self.args.fail_on.map(Severity::from).or(config.fail_on).unwrap_or(Severity::Error);
        Ok(ChartLinter {
            args: self.args,
            settings: self.settings,
            render: &self.render,
            path: path.to_owned(),
            config,
            selection,
            audience: For::audience(&engines),
            baseline: self.baseline(config)?,
            fail_on,
        })
    }

    /// The findings that are known, with the folder of their file.
    fn baseline(&self, config: &crate::lint::config::Config) -> Result<Option<(Baseline, PathBuf)>, Fatal> {
        if self.args.write_baseline.is_some() {
            return Ok(None);
        }
        let typed = self.args.baseline.as_ref().map(PathBuf::from);
        let Some(file) = typed.or_else(|| config.baseline.clone()) else { return Ok(None) };
        let shown = file.display();
        let text = std::fs::read_to_string(&file).map_err(|e| {
            Fatal::usage(format!("cannot read the baseline {shown}: {e}"))
                .with_help("--write-baseline FILE writes one.")
        })?;
        let baseline = Baseline::read(&text).map_err(|e| Fatal::usage(format!("{shown} is no baseline: {e}")))?;
        Ok(Some((baseline, folder_of(&file))))
    }

    fn finish(&self, mut run: Collected, charts: usize, targets: &[super::output::Target<Format>]) -> Outcome {
        run.count();
        let single = charts <= 1;
        for problem in &run.problems {
            to_stderr(&problem.render(single, &self.settings.error_look));
        }
        let failed = !run.problems.is_empty();
        let code = |fails: bool| match (failed, fails && !self.args.exit_zero) {
            (true, _) => exit::LOAD,
            (false, true) => exit::FOUND,
            (false, false) => exit::OK,
        };
        if let Some(file) = &self.args.write_baseline {
            let path = Path::new(file);
            let text = baseline::write(&run.linted.findings, &folder_of(path));
            deliver(Some(file), &text)?;
            let count = run.linted.findings.len();
            let text = format!("{count} finding{} written to {file}", if count == 1 { "" } else { "s" });
            to_stderr(&problem::note(&text, &self.settings.error_look));
            return Ok(code(false));
        }
        if self.args.diff {
            super::output::to_stdout(run.diff.as_bytes())?;
            return Ok(code(run.fails));
        }
        let audience = run.audience.unwrap_or(Audience::HELM);
        for target in targets {
            let look = self.settings.look.for_file(target.file.is_some());
            let text = match target.format {
                Format::Full => formats::full(&run.linted, audience, &look),
                Format::Concise => formats::concise(&run.linted, &look),
                Format::Json => formats::json(&run.linted),
                Format::Sarif => formats::sarif(&run.linted),
                Format::Github => formats::github(&run.linted),
                Format::Gitlab => formats::gitlab(&run.linted),
                Format::Junit => formats::junit(&run.linted),
            };
            deliver(target.file.as_deref(), &text)?;
        }
        if targets.iter().any(|target| target.format == Format::Github) {
            step_summary(&formats::step_summary(&run.linted, audience))?;
        }
        Ok(code(run.fails))
    }
}

/// Adds to the summary that GitHub shows of a step, where there is one.
fn step_summary(text: &str) -> Result<(), Fatal> {
    use std::io::Write;
    let Some(file) = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|file| !file.is_empty()) else { return Ok(()) };
    let opened = std::fs::OpenOptions::new().append(true).create(true).open(&file);
    opened
        .and_then(|mut opened| opened.write_all(text.as_bytes()))
        .map_err(|e| Fatal::usage(format!("cannot write {}: {e}", Path::new(&file).display())))
}

/// The folder a file lies in.
fn folder_of(file: &Path) -> PathBuf {
    match file.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}
