//! One chart: its jobs, its findings, what is kept of them, and its fixes.

use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use crate::cli::plan::shown;
use crate::cli::problem::ChartProblem;
use crate::cli::render::{RenderFailure, native};
use crate::cli::settings::{RenderSettings, Settings};
use crate::helm::chart::{Chart, Loaded};
use crate::helm::dialect::Engine;
use crate::hooks::Release;
use crate::lint::baseline::{self, Baseline};
use crate::lint::config::Config;
use crate::lint::select::Selection;
use crate::lint::suppress::{self, About, IgnoredObject, Scanned};
use crate::lint::{
    Applicability, Audience, ChartOutcome, Finding, Intent, Problem, Task, apply, lint_chart, lint_stream,
};
use crate::report::frame;
use crate::report::lint::place_frame;
use crate::text::{Severity, SourceFile};

use super::args::{FixArg, LintArgs};
use super::fixes;
use super::jobs::Values;
use super::paths::is_archive;

/// Lints one chart.
pub(super) struct ChartLinter<'a> {
    pub args: &'a LintArgs,
    pub settings: &'a Settings,
    pub render: &'a RenderSettings,
    pub path: PathBuf,
    pub config: &'a Config,
    pub selection: Selection,
    pub audience: Audience,
    /// What is known, with the folder of its file.
    pub baseline: Option<(Baseline, PathBuf)>,
    pub fail_on: Severity,
}

/// What came of a chart: free of everything that cannot leave its thread.
pub(super) struct Done {
    pub findings: Vec<Finding>,
    pub problems: Vec<ChartProblem>,
    pub rendered: bool,
    pub hooks: usize,
    pub suppressed: usize,
    pub fixed: usize,
    /// What fixes would change, as a diff.
    pub diff: String,
    pub audience: Audience,
    pub fail_on: Severity,
}

/// A fix may make room for another one; more rounds than this make no progress.
const ROUNDS: usize = 8;

impl ChartLinter<'_> {
    /// Lints the chart, and fixes it where that is asked for.
    pub(super) fn run(&self) -> Done {
        let mut fixed = 0;
        for _ in 0..ROUNDS {
            let mut done = self.once();
            done.fixed += fixed;
            if done.fixed == fixed {
                return done;
            }
            fixed = done.fixed;
        }
        Done { fixed, ..self.once() }
    }

    /// Manifests from elsewhere.
    pub(super) fn manifests(&self, text: &[u8]) -> Done {
        let render = self.render.for_engine(self.engine());
        let release = Release { name: render.release, namespace: self.settings.namespace.clone() };
        let dialect = self.engine().dialect();
        let linted = lint_stream(text, &release, dialect, self.audience, &self.selection.rules());
        let files = [Scanned { path: linted.source.name().to_owned(), source: Arc::clone(&linted.source) }];
        let kept = self.sift(linted.findings, Vec::new(), &files, &linted.ignored, &release, true);
        let problems = linted.unreadable.into_iter().map(|error| {
            let frame = frame::sort_error(&error, text, &self.settings.error_look);
            ChartProblem { frame, ..ChartProblem::new("-", error.to_string()) }
        });
        Done {
            findings: kept.findings,
            problems: problems.collect(),
            rendered: true,
            hooks: linted.hooks,
            suppressed: kept.suppressed,
            ..self.nothing()
        }
    }

    /// The newest Helm that minds.
    fn engine(&self) -> Engine {
        if self.audience.helm4 { Engine::Helm4 } else { Engine::Helm3 }
    }

    fn nothing(&self) -> Done {
        Done {
            findings: Vec::new(),
            problems: Vec::new(),
            rendered: false,
            hooks: 0,
            suppressed: 0,
            fixed: 0,
            diff: String::new(),
            audience: self.audience,
            fail_on: self.fail_on,
        }
    }

    fn once(&self) -> Done {
        let path = shown(&self.path);
        let render = self.render.for_engine(self.engine());
        let dialect = self.engine().dialect();
        let loaded = match native::load(&self.path, dialect) {
            Ok(loaded) => Rc::new(loaded),
            Err(failure) => {
                return Done { problems: vec![ChartProblem::of_failure(&path, None, failure)], ..self.nothing() };
            }
        };
        let values = Values {
            render: &render,
            namespace: &self.settings.namespace,
            patterns: self.config.values.as_deref(),
            matrix: self.args.values_matrix,
            audience: self.audience,
        };
        let (jobs, wrong) = values.jobs(&self.path, &loaded);
        let mut problems: Vec<ChartProblem> = Vec::new();
        for unreadable in wrong {
            problems.push(ChartProblem::of_failure(&path, unreadable.values, unreadable.failure));
        }
        let old = self.args.baseline_chart.as_ref().map(|old| {
            let old = native::load(Path::new(old), dialect)?;
            values.job(&Rc::new(old), None, None)
        });
        let old = match old.transpose() {
            Ok(old) => old,
            Err(failure) => {
                let old = self.args.baseline_chart.clone().unwrap_or_default();
                problems.push(ChartProblem::of_failure(&old, None, failure));
                None
            }
        };
        let task = Task { path: path.clone(), jobs, baseline: old, rules: self.selection.rules() };
        let outcome = lint_chart(&task);
        problems.extend(outcome.problems.iter().filter_map(|problem| self.problem(&path, problem)));
        let release = Release { name: render.release.clone(), namespace: self.settings.namespace.clone() };
        let files = if is_archive(&self.path) { Vec::new() } else { scanned(&loaded, &path) };
        let complete = problems.is_empty();
        let kept = self.sift(outcome.findings, outcome.intents, &files, &outcome.ignored, &release, complete);
        let mut done = Done {
            findings: Vec::new(),
            problems,
            rendered: outcome.rendered,
            hooks: outcome.hooks,
            suppressed: kept.suppressed,
            ..self.nothing()
        };
        if self.args.fix.is_some() || self.args.diff {
            self.fix(&task, &kept, &mut done);
        }
        done.findings = kept.findings;
        done
    }

    /// What is left of findings after suppressions, configuration, severities and baseline.
    fn sift(
        &self,
        mut findings: Vec<Finding>,
        intents: Vec<Vec<Intent>>,
        files: &[Scanned],
        objects: &[IgnoredObject],
        release: &Release,
        complete: bool,
    ) -> Kept {
        let path = if self.path == Path::new("-") { "-".to_owned() } else { shown(&self.path) };
        baseline::fingerprint(&mut findings);
        let about = About { chart: &path, release, files, objects, complete };
        let silence = suppress::silence(&findings, &about, &self.selection);
        let mut remarks = silence.remarks;
        baseline::fingerprint(&mut remarks);
        let mut intents = intents.into_iter();
        let own = findings.into_iter().zip(silence.silent);
        let own = own.map(|(finding, silent)| (finding, silent, intents.next().unwrap_or_default()));
        let all: Vec<_> = own.chain(remarks.into_iter().map(|remark| (remark, false, Vec::new()))).collect();
        let mut kept = Kept::default();
        for (mut finding, silent, intents) in all {
            let Some(severity) = self.selection.severity(&finding) else { continue };
            let known = || self.baseline.as_ref().is_some_and(|(known, folder)| known.knows(&finding, folder));
            if silent || self.config.ignores(&finding) || known() {
                kept.suppressed += 1;
                continue;
            }
            finding.severity = severity;
            kept.findings.push(finding);
            kept.intents.push(intents);
        }
        kept
    }

    fn fix(&self, task: &Task, kept: &Kept, done: &mut Done) {
        let least = self.args.fix.map_or(Applicability::Safe, FixArg::into);
        // What is kept silent is not touched, and archives are not written.
        let mut outcome =
            ChartOutcome { findings: kept.findings.clone(), intents: kept.intents.clone(), ..ChartOutcome::default() };
        for finding in &mut outcome.findings {
            if finding.fix.as_ref().is_some_and(|fix| fix.edits.iter().any(|edit| edit.path.contains("!/"))) {
                finding.fix = None;
            }
        }
        let applied = apply(task, &outcome, least);
        if self.args.diff {
            for file in &applied.files {
                done.diff.push_str(&fixes::diff(file, &self.settings.look));
            }
            return;
        }
        match fixes::write(&applied.files) {
            Ok(()) => done.fixed = applied.fixed.len(),
            Err(message) => done.problems.push(ChartProblem::new(&task.path, message)),
        }
    }

    fn problem(&self, path: &str, problem: &Problem) -> Option<ChartProblem> {
        match problem {
            Problem::Render { values, failure } => {
                let failure = native::failure(failure, self.settings);
                Some(ChartProblem::of_failure(path, values.clone(), failure))
            }
            Problem::Unreadable { explained: true, .. } => None,
            Problem::Unreadable { values, error, text, place, .. } => {
                let look = &self.settings.error_look;
                let from_source = place.as_ref().map(|place| place_frame(place, "", look));
                let frame = from_source.filter(|frame| !frame.is_empty());
                let frame = frame.unwrap_or_else(|| frame::sort_error(error, text.as_bytes(), look));
                let failure = RenderFailure { frame, ..RenderFailure::new(error.to_string()) };
                Some(ChartProblem::of_failure(path, values.clone(), failure))
            }
        }
    }
}

/// Findings that are shown, with what their fixes mean.
#[derive(Default)]
struct Kept {
    findings: Vec<Finding>,
    intents: Vec<Vec<Intent>>,
    suppressed: usize,
}

/// The files of a chart that may hold comments about findings.
fn scanned(loaded: &Loaded, path: &str) -> Vec<Scanned> {
    fn add(chart: &Chart, prefix: &str, found: &mut Vec<Scanned>) {
        for file in chart.templates.iter().chain(&chart.values_file) {
            let path = format!("{prefix}{}", file.name);
            let source = Arc::new(SourceFile::new(path.as_str(), &*file.data));
            found.push(Scanned { path, source });
        }
        for child in &chart.dependencies {
            add(child, &format!("{prefix}charts/{}/", child.location), found);
        }
    }
    let prefix = if path == "." { String::new() } else { format!("{path}/") };
    let mut found = Vec::new();
    add(&loaded.chart, &prefix, &mut found);
    found
}
