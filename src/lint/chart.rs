//! Lints one chart with every set of values: renders, runs the rules, finds the places, merges what is found more than once.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use crate::go::template::SourceRange;
use crate::go::value::Str;
use crate::helm::action::{Failure, Rendering};
use crate::helm::dialect::Engine;
use crate::helm::manifest::{self, SortError};
use crate::hooks::ObjectRef;
use crate::text::{Position, Severity, SourceFile};

use super::document::{Doc, Role};
use super::edit::Editor;
use super::finding::{Draft, Findings, Spot};
use super::fix::Edit;
use super::outcome::{Finding, RelatedPlace, SourceEdit, SourcePlace};
use super::place::{Place, Places};
use super::render::{Job, subject};
use super::rule::Rule;
use super::subject::{Audience, ReadBefore, Subject, Variation};
use super::suppress::{IgnoredObject, ignored_objects};
use super::values::Given;

/// A chart and what to look for in it.
#[derive(Debug)]
pub struct Task {
    /// The chart's path as it is shown, relative to the working directory, with `/`.
    pub path: String,
    /// The jobs, each with the name of its values (`ci/a-values.yaml`; `None` for the chart's defaults with what flags give). The
    /// first one decides where a finding shows in several.
    pub jobs: Vec<(Option<String>, Job)>,
    /// The chart to compare with.
    pub baseline: Option<Job>,
    /// The rules to run.
    pub rules: Vec<&'static Rule>,
}

impl Task {
    /// What stands before the paths of the chart's files.
    fn prefix(&self) -> String {
        match self.path.as_str() {
            "." | "" => String::new(),
            archive if archive.ends_with(".tgz") || archive.ends_with(".tar.gz") => format!("{archive}!/"),
            folder => format!("{folder}/"),
        }
    }

    /// A path of the chart as it is shown.
    pub(super) fn shown(&self, path: &str) -> String {
        format!("{}{path}", self.prefix())
    }

    /// A path in the chart of one that is shown.
    pub(super) fn relative<'p>(&self, shown: &'p str) -> &'p str {
        shown.strip_prefix(&self.prefix()).unwrap_or(shown)
    }
}

/// What came of a chart.
#[derive(Debug, Default)]
pub struct ChartOutcome {
    /// The findings of all rules and of every severity, by path, line, column, code. Fingerprints are still empty.
    pub findings: Vec<Finding>,
    /// For each finding, the changes of rendered files that its fix means: what a fix is checked against.
    pub intents: Vec<Vec<Intent>>,
    /// What could not be rendered or read.
    pub problems: Vec<Problem>,
    /// Whether at least one job was rendered.
    pub rendered: bool,
    /// Hooks in the first rendering.
    pub hooks: usize,
    /// Objects whose annotation silences rules, in any rendering.
    pub ignored: Vec<IgnoredObject>,
}

/// Which of a job's renderings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Variant {
    /// As an install.
    Install,
    /// As an upgrade.
    Upgrade,
    /// As an install by the other Helm.
    OtherEngine,
}

impl Variant {
    /// All of them.
    pub const ALL: [Variant; 3] = [Variant::Install, Variant::Upgrade, Variant::OtherEngine];

    /// The job of this variant.
    pub fn of(self, job: &Job) -> Job {
        match self {
            Variant::Install => job.clone(),
            Variant::Upgrade => job.varied(&Variation::Upgrade),
            Variant::OtherEngine => {
                let mut other = job.clone();
                other.request.dialect = job.request.dialect.engine.other().dialect();
                let helm3 = other.request.dialect.engine == Engine::Helm3;
                other.audience = if helm3 { Audience::HELM3 } else { Audience::HELM4 };
                other
            }
        }
    }
}

/// What a fix does to a rendered file, in one of the renderings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intent {
    /// The job, by its index in [`Task::jobs`].
    pub job: usize,
    /// Which of its renderings.
    pub variant: Variant,
    /// The rendered path.
    pub path: String,
    /// The bytes that go, and what comes.
    pub change: (Range<usize>, String),
}

/// Why a chart, or a document of it, could not be linted.
#[derive(Debug)]
pub enum Problem {
    /// It does not render.
    Render {
        /// The name of the values.
        values: Option<String>,
        /// Helm's error.
        failure: Box<Failure>,
    },
    /// A document cannot be read, which ends Helm's rendering.
    Unreadable {
        /// The name of the values.
        values: Option<String>,
        /// Helm's error.
        error: SortError,
        /// The rendered file.
        text: Str,
        /// Where the template wrote it.
        place: Option<Box<SourcePlace>>,
        /// True when a finding says so already.
        explained: bool,
    },
}

/// Lints a chart.
pub fn lint_chart(task: &Task) -> ChartOutcome {
    let mut run = Run {
        task,
        outcome: ChartOutcome::default(),
        known: HashMap::new(),
        probed: HashSet::new(),
        failures: Vec::new(),
    };
    let baseline = task.baseline.as_ref().and_then(|job| subject(job).ok()).map(|(subject, _)| Rc::new(subject));
    let read_before = ReadBefore::default();
    for (index, (_, job)) in task.jobs.iter().enumerate() {
        let mut job = job.clone();
        job.read_before = read_before.clone();
        run.job(index, &job, baseline.as_ref());
    }
    run.sorted()
}

struct Run<'t> {
    task: &'t Task,
    outcome: ChartOutcome,
    /// Findings at a place: the job that showed each, its message, its index.
    known: HashMap<Key, Vec<(usize, String, usize)>>,
    /// The hooks whose names and order have been tried with other values and other releases: path, kind, name.
    probed: HashSet<(String, String, String)>,
    /// Messages of renderings that failed: one chart that lacks a value fails with every values file.
    failures: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    code: &'static str,
    path: String,
    start: (u32, u32),
}

impl Run<'_> {
    fn job(&mut self, index: usize, job: &Job, baseline: Option<&Rc<Subject>>) {
        let values = self.task.jobs.get(index).and_then(|(values, _)| values.clone());
        let (mut subject, rendering) = match subject(job) {
            Ok(rendered) => rendered,
            Err(failure) => {
                if !self.failures.contains(&failure.message) {
                    self.failures.push(failure.message.clone());
                    self.outcome.problems.push(Problem::Render { values, failure });
                }
                return;
            }
        };
        if !self.outcome.rendered {
            self.outcome.rendered = true;
            self.outcome.hooks = subject.hooks().count();
        }
        subject.baseline = baseline.cloned();
        subject.probes = self.has_new_hooks(&subject);
        self.subject((index, Variant::Install), job, &subject, &rendering, &|_| true);
        // An upgrade is looked at for what it renders otherwise; with further values only when they bring hooks of their own.
        if (index == 0 || subject.probes) && rendering.depends_on_operation() {
            let upgrade = Variant::Upgrade.of(job);
            if let Ok((mut other, rendering)) = super::subject(&upgrade) {
                other.baseline = baseline.cloned();
                other.probes = self.has_new_hooks(&other);
                let texts: HashSet<&[u8]> = subject.documents.iter().map(Doc::text).collect();
                let concerns = |doc: &Doc| !texts.contains(&doc.text());
                if other.documents.iter().any(concerns) {
                    self.subject((index, Variant::Upgrade), &upgrade, &other, &rendering, &concerns);
                }
            }
        }
        // Where Helm 3 cuts files at other places than Helm 4, it sees other documents.
        let both = job.audience.helm3 && job.audience.helm4;
        if both && !rendering.files().values().all(|text| manifest::splits_alike(text.as_bytes())) {
            let other = Variant::OtherEngine.of(job);
            if let Ok((mut subject, rendering)) = super::subject(&other) {
                subject.baseline = baseline.cloned();
                subject.probes = self.has_new_hooks(&subject);
                self.subject((index, Variant::OtherEngine), &other, &subject, &rendering, &|_| true);
            }
        }
    }

    /// Whether there is a hook that no earlier rendering had. What a probe says of the others is known.
    fn has_new_hooks(&mut self, subject: &Subject) -> bool {
        let identity =
            |(_, doc, _): (_, &Doc, _)| (doc.source.path.clone(), doc.kind().to_owned(), doc.name().to_owned());
        let before = self.probed.len();
        self.probed.extend(subject.hooks().map(identity));
        self.probed.len() > before
    }

    fn subject(
        &mut self,
        which: (usize, Variant),
        job: &Job,
        subject: &Subject,
        rendering: &Rendering,
        concerns: &dyn Fn(&Doc) -> bool,
    ) {
        for ignored in ignored_objects(subject) {
            if !self.outcome.ignored.contains(&ignored) {
                self.outcome.ignored.push(ignored);
            }
        }
        let places = Places::new(job, rendering);
        let mut explained = Vec::new();
        for rule in &self.task.rules {
            let mut findings = Findings::default();
            (rule.check)(subject, &mut findings);
            for draft in findings.into_drafts() {
                let doc = match &draft.spot {
                    Spot::Document { doc, .. } => subject.documents.get(*doc).map(|found| (*doc, found)),
                    Spot::File { .. } => None,
                };
                if doc.is_some_and(|(_, doc)| !concerns(doc)) {
                    continue;
                }
                explained.extend(doc.map(|(index, _)| index));
                self.add(which, subject, &places, rule, draft);
            }
        }
        let values = self.task.jobs.get(which.0).and_then(|(values, _)| values.clone());
        for (at, doc) in subject.documents.iter().enumerate() {
            let Role::Unreadable(error) = &doc.role else { continue };
            if !concerns(doc) || self.failures.contains(&error.to_string()) {
                continue;
            }
            self.failures.push(error.to_string());
            let start = doc.document.range().start;
            // What is missing at the end is shown where the text ends.
            let last = start + doc.text().trim_ascii_end().len().saturating_sub(1);
            let offset = error.offset.unwrap_or(start).min(last);
            let place = places.in_file(&doc.document.path, offset..offset + 1, doc.document.file(), start);
            self.outcome.problems.push(Problem::Unreadable {
                values: values.clone(),
                error: error.clone(),
                text: doc.document.file().clone(),
                place: place.map(|place| Box::new(self.source_place(&place))),
                explained: explained.contains(&at),
            });
        }
    }

    fn add(
        &mut self,
        which: (usize, Variant),
        subject: &Subject,
        places: &Places<'_>,
        rule: &'static Rule,
        draft: Draft,
    ) {
        let engines = draft.engines.and(subject.audience);
        if engines.is_empty() {
            return;
        }
        let apart_from = draft.apart_from.as_ref();
        let Some((place, is_call)) = places.find_apart(subject, &draft.spot, apart_from) else { return };
        if draft.unless_given.as_ref().is_some_and(|text| places.is_given_alone(&place, text)) {
            return;
        }
        let source = self.source_place(&place);
        let key = Key { code: rule.code, path: source.path.clone(), start: (source.start.line, source.start.column) };
        let message = impersonal(&draft.message, subject, &draft.spot);
        let values = self.task.jobs.get(which.0).and_then(|(values, _)| values.clone());
        let intents = intents(which, subject, &draft);
        // At one place an earlier job may have said the same in other words: with another name, another number, a probe more.
        let here = self.known.get(&key).map(Vec::as_slice).unwrap_or_default();
        let same = here.iter().find(|(_, known, _)| *known == message);
        let same = same.or_else(|| here.iter().find(|(job, _, _)| *job < which.0));
        if let Some((_, _, known)) = same.cloned() {
            if let Some(finding) = self.outcome.findings.get_mut(known) {
                finding.engines = finding.engines.or(engines);
                if let Some(values) =
                    values.filter(|values| !finding.values.is_empty() && !finding.values.contains(values))
                {
                    finding.values.push(values);
                }
            }
            if let Some(of_finding) = self.outcome.intents.get_mut(known) {
                of_finding
                    .extend(intents.into_iter().filter(|intent| !of_finding.contains(intent)).collect::<Vec<_>>());
            }
            return;
        }
        // What would be changed is not of this document alone.
        let fix = draft.fix.as_ref().filter(|_| !is_call);
        let fix = fix.map(|fix| Editor { subject, places }.resolve(fix, |path| self.task.shown(path)));
        let doc = match &draft.spot {
            Spot::Document { doc, .. } => subject.documents.get(*doc),
            Spot::File { .. } => None,
        };
        let mut related: Vec<RelatedPlace> = draft
            .related
            .iter()
            .filter_map(|related| {
                let place = places.find(subject, &related.spot)?;
                Some(RelatedPlace { place: self.source_place(&place), message: related.message.clone() })
            })
            .collect();
        related.extend(self.value_place(&place, places));
        let is_elsewhere = !draft.engines.argocd && values.as_ref().is_some_and(|values| is_for_argocd(values));
        let (severity, said) = match is_elsewhere {
            true => {
                let said =
                    format!("{}. By their name these values are for Argo CD, where it is otherwise", draft.message);
                (draft.severity.min(Severity::Warning), said)
            }
            false => (draft.severity, draft.message),
        };
        let finding = Finding {
            rule,
            severity,
            message: said,
            help: draft.help,
            rendered: place.rendered.clone(),
            included_by: place.called_by.iter().filter_map(|site| self.call(site, places)).collect(),
            place: source,
            chart: self.task.path.clone(),
            release: subject.release.clone(),
            object: doc.filter(|doc| !doc.kind().is_empty()).map(object),
            values: values.into_iter().collect(),
            engines,
            related,
            fix,
            fingerprint: String::new(),
        };
        self.known.entry(key).or_default().push((which.0, message, self.outcome.findings.len()));
        self.outcome.findings.push(finding);
        self.outcome.intents.push(intents);
    }

    fn source_place(&self, place: &Place) -> SourcePlace {
        let path = self.task.shown(place.file.name());
        shown_place(path, &place.file, &place.span, place.exact)
    }

    /// The line of a call, for the list of templates that included a place.
    fn call(&self, site: &SourceRange, places: &Places<'_>) -> Option<String> {
        let file = places.file(&site.template)?;
        let Position { line, column } = file.position(site.span.start);
        Some(format!("{}:{line}:{column}", self.task.shown(file.name())))
    }

    /// Where the value was given that decides about a place.
    fn value_place(&self, place: &Place, places: &Places<'_>) -> Option<RelatedPlace> {
        let message = "the value comes from here".to_owned();
        let place = match places.given(place)? {
            Given::InChart(file, span) => shown_place(self.task.shown(file.name()), &file, &span, true),
            Given::InFile(file, span) => shown_place(file.name().to_owned(), &file, &span, true),
            Given::ByFlag(flag) => {
                let start = Position { line: 1, column: 1 };
                SourcePlace { path: flag, start, end: start, exact: true, source: None }
            }
        };
        Some(RelatedPlace { place, message })
    }

    /// The outcome with its findings in order.
    fn sorted(self) -> ChartOutcome {
        let mut outcome = self.outcome;
        let mut both: Vec<(Finding, Vec<Intent>)> = outcome.findings.drain(..).zip(outcome.intents.drain(..)).collect();
        both.sort_by(|(a, _), (b, _)| {
            let key =
                |finding: &Finding| (finding.place.path.clone(), finding.place.start.line, finding.place.start.column);
            key(a).cmp(&key(b)).then_with(|| a.rule.code.cmp(b.rule.code)).then_with(|| a.message.cmp(&b.message))
        });
        (outcome.findings, outcome.intents) = both.into_iter().unzip();
        outcome
    }
}

/// True for values that by their name are for a chart under Argo CD: a file of that name, or `isArgoCD=true`. What `argo-cd.enabled`
/// turns on is rather Argo CD itself.
fn is_for_argocd(values: &str) -> bool {
    let names = |text: &str| {
        let letters: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
        letters.to_ascii_lowercase().contains("argocd")
    };
    match values.strip_prefix("--set ") {
        Some(set) => set.split(',').any(|set| {
            let (path, value) = set.split_once('=').unwrap_or((set, ""));
            value != "false" && path.rsplit('.').next().is_some_and(names)
        }),
        None => names(values),
    }
}

/// A message without the name of its object: values that change the name do not make another finding of it.
fn impersonal(message: &str, subject: &Subject, spot: &Spot) -> String {
    let name = match spot {
        Spot::Document { doc, .. } => subject.documents.get(*doc).map_or("", Doc::name),
        Spot::File { .. } => "",
    };
    if name.is_empty() { message.to_owned() } else { message.replace(name, "") }
}

fn shown_place(path: String, file: &Arc<SourceFile>, span: &Range<u32>, exact: bool) -> SourcePlace {
    let (start, end) = (file.position(span.start), file.position(span.end));
    SourcePlace { path, start, end, exact, source: Some(Arc::clone(file)) }
}

fn object(doc: &Doc) -> ObjectRef {
    ObjectRef {
        api_version: doc.document.head.api_version.clone(),
        kind: doc.kind().to_owned(),
        name: doc.name().to_owned(),
        namespace: doc.namespace(),
        generate_name: None,
    }
}

/// The changes a fix means for the rendered files.
fn intents((job, variant): (usize, Variant), subject: &Subject, draft: &Draft) -> Vec<Intent> {
    let edits = draft.fix.iter().flat_map(|fix| &fix.edits);
    let of_edit = |edit: &Edit| {
        let (doc, change) = super::edit::rendered_change(subject, edit)?;
        let document = &subject.documents.get(doc)?.document;
        Some(Intent { job, variant, path: document.path.to_string(), change })
    };
    edits.filter_map(of_edit).collect()
}

/// The edits of a fix, in the order of the file.
pub(super) fn ordered(mut edits: Vec<SourceEdit>) -> Vec<SourceEdit> {
    edits.sort_by(|a, b| (&a.path, a.bytes.start, a.bytes.end).cmp(&(&b.path, b.bytes.start, b.bytes.end)));
    edits
}
