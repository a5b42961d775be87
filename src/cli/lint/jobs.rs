//! With which values a chart is linted: its defaults with what the flags give, each of its values files for CI, and on demand each
//! switch of its hooks turned round.

use std::path::Path;
use std::rc::Rc;

use globset::GlobBuilder;

use crate::cli::render::RenderFailure;
use crate::cli::render::native;
use crate::cli::settings::RenderSettings;
use crate::go::value::{Map, Value};
use crate::helm::action::Request;
use crate::helm::chart::{Chart, Loaded};
use crate::helm::values;
use crate::lint::{Audience, Job, ValueSource};

use super::paths::is_archive;

/// Where charts keep values for CI.
const CI_VALUES: &str = "ci/*-values.yaml";

/// More switches than a chart's hooks can have in earnest.
const MOST_SWITCHES: usize = 32;

/// Everything the jobs of a chart have in common.
pub(super) struct Values<'a> {
    /// The flags.
    pub render: &'a RenderSettings,
    /// The namespace of the release.
    pub namespace: &'a str,
    /// Patterns of values files, relative to the chart; `None` for the usual ones.
    pub patterns: Option<&'a [String]>,
    /// Whether switches are turned round.
    pub matrix: bool,
    /// For whom.
    pub audience: Audience,
}

/// A set of values that cannot be read.
pub(super) struct Unreadable {
    /// Its name.
    pub values: Option<String>,
    /// Helm's text.
    pub failure: RenderFailure,
}

/// A job with the name of its values.
pub(super) type Named = (Option<String>, Job);

impl Values<'_> {
    /// The jobs of a chart.
    pub(super) fn jobs(&self, path: &Path, loaded: &Rc<Loaded>) -> (Vec<Named>, Vec<Unreadable>) {
        let mut jobs: Vec<Named> = Vec::new();
        let mut wrong = Vec::new();
        let mut add = |values: Option<String>, job: Result<Job, RenderFailure>| match job {
            Ok(job) => jobs.push((values, job)),
            Err(failure) => wrong.push(Unreadable { values, failure }),
        };
        add(None, self.job(loaded, None, None));
        let usual = [CI_VALUES.to_owned()];
        for name in files(path, self.patterns.unwrap_or(&usual)) {
            let file = path.join(&name).to_string_lossy().into_owned();
            add(Some(name), self.job(loaded, Some(&file), None));
        }
        if self.matrix {
            for switch in switches(&loaded.chart) {
                add(Some(format!("--set {switch}")), self.job(loaded, None, Some(&switch)));
            }
        }
        (jobs, wrong)
    }

    /// A chart with what the flags give alone.
    ///
    /// # Errors
    /// With Helm's text.
    pub(super) fn job(&self, loaded: &Rc<Loaded>, file: Option<&str>, set: Option<&str>) -> Result<Job, RenderFailure> {
        let dialect = self.render.engine.dialect();
        let mut options = native::options(self.render);
        if let Some(file) = file {
            options.files.insert(0, file.to_owned());
        }
        options.set.extend(set.map(str::to_owned));
        let stdin = || self.render.stdin();
        let overrides = values::merge(&options, &stdin, dialect).map_err(|e| RenderFailure::new(e.message))?;
        let request: Request = native::request(self.render, self.namespace, overrides)?;
        let mut job = Job::new(Rc::clone(loaded), request, self.audience);
        job.sources = self.sources(&options);
        Ok(job)
    }

    /// Where values come from, in the order they are laid over each other.
    fn sources(&self, options: &values::Options) -> Vec<ValueSource> {
        let stdin = || self.render.stdin();
        let read = |path: &String| if path == "-" { stdin().ok() } else { std::fs::read(path).ok() };
        let shown = |path: &str| path.strip_prefix("./").unwrap_or(path).replace('\\', "/");
        let mut sources: Vec<ValueSource> =
            options.files.iter().filter_map(|path| Some(ValueSource::File(shown(path), read(path)?.into()))).collect();
        let none = values::Options::default();
        let flags = [
            ("--set-json", &options.set_json, (|o, v| o.set_json = v) as fn(&mut values::Options, Vec<String>)),
            ("--set", &options.set, |o, v| o.set = v),
            ("--set-string", &options.set_string, |o, v| o.set_string = v),
            ("--set-file", &options.set_file, |o, v| o.set_file = v),
            ("--set-literal", &options.set_literal, |o, v| o.set_literal = v),
        ];
        for (flag, texts, put) in flags {
            for text in texts {
                let mut alone = none.clone();
                put(&mut alone, vec![text.clone()]);
                if let Ok(map) = values::merge(&alone, &stdin, self.render.engine.dialect()) {
                    sources.push(ValueSource::Flag(format!("{flag} {text}"), map));
                }
            }
        }
        sources
    }
}

/// The files of a chart's folder that patterns mean, by path; nobody looks into archives for values.
pub(super) fn files(chart: &Path, patterns: &[String]) -> Vec<String> {
    if is_archive(chart) {
        return Vec::new();
    }
    let mut found: Vec<String> = Vec::new();
    for pattern in patterns {
        let pattern = pattern.strip_prefix("./").unwrap_or(pattern);
        let Ok(glob) = GlobBuilder::new(pattern).literal_separator(true).build() else { continue };
        let matcher = glob.compile_matcher();
        // Nothing is looked for outside the folder that the pattern begins with.
        let is_special = |part: &&str| part.contains(['*', '?', '[', '{']);
        let literal: Vec<&str> = pattern.split('/').take_while(|part| !is_special(part)).collect();
        let mut walk = ignore::WalkBuilder::new(chart.join(literal.join("/")));
        walk.standard_filters(false).sort_by_file_name(Ord::cmp);
        if !pattern.contains("**") {
            walk.max_depth(Some(pattern.split('/').count().saturating_sub(literal.len())));
        }
        for entry in walk.build().flatten().filter(|entry| entry.path().is_file()) {
            let Ok(relative) = entry.path().strip_prefix(chart) else { continue };
            let name = relative.to_string_lossy().replace('\\', "/");
            if matcher.is_match(relative) && !found.contains(&name) {
                found.push(name);
            }
        }
    }
    found.sort();
    found
}

/// Values that are true or false and that a template with hooks asks for, turned round: `migrate.enabled=false`. Those of charts
/// below too, by what they are at the top.
fn switches(chart: &Chart) -> Vec<String> {
    let mut found = Vec::new();
    switches_below(chart, &chart.values, &mut Vec::new(), &mut found);
    found.truncate(MOST_SWITCHES);
    found
}

/// The switches of a chart whose values lie at a path of the values at the top.
fn switches_below(chart: &Chart, top: &Map, path: &mut Vec<String>, found: &mut Vec<String>) {
    let templates = chart.templates.iter().map(|file| String::from_utf8_lossy(&file.data).into_owned());
    let asked: Vec<String> =
        templates.filter(|text| text.contains("helm.sh/hook")).flat_map(|text| conditions(&text)).collect();
    let mut own = Vec::new();
    flags(&chart.values, &mut Vec::new(), &asked, &mut own);
    for (switch, on) in own {
        let at = [path.as_slice(), &switch].concat();
        // A chart above may have turned it round already.
        let on = match value_at(top, &at) {
            Some(Value::Bool(on)) => on,
            Some(_) => continue,
            None => on,
        };
        found.push(format!("{}={}", at.join("."), !on));
    }
    for child in &chart.dependencies {
        path.push(child.metadata.name.clone());
        switches_below(child, top, path, found);
        path.pop();
    }
}

/// What lies at a path, where all above it are maps.
fn value_at(values: &Map, path: &[String]) -> Option<Value> {
    let (first, rest) = path.split_first()?;
    let (_, value) = values.entries().into_iter().find(|(key, _)| key.to_text() == first.as_str())?;
    match value {
        value if rest.is_empty() => Some(value),
        Value::Map(map) => value_at(&map, rest),
        _ => None,
    }
}

/// The insides of the actions of a template that decide something.
fn conditions(text: &str) -> Vec<String> {
    let actions = text.split("{{").skip(1).filter_map(|rest| rest.split("}}").next());
    let words = ["if ", "else if ", "with "];
    actions
        .map(|action| action.trim_start_matches(['-', ' ', '\n', '\t']).to_owned())
        .filter(|action| words.iter().any(|word| action.starts_with(word)))
        .collect()
}

fn flags(values: &Map, path: &mut Vec<String>, asked: &[String], found: &mut Vec<(Vec<String>, bool)>) {
    /// Deeper than any values file.
    const DEEPEST: usize = 16;
    for (key, value) in values.entries() {
        let key = key.to_text().into_owned();
        // What --set would read otherwise is left alone.
        if key.is_empty() || !key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            continue;
        }
        path.push(key);
        match &value {
            Value::Map(map) if path.len() < DEEPEST => flags(map, path, asked, found),
            Value::Bool(on) if asked.iter().any(|text| asks(text, path)) => {
                found.push((path.clone(), *on));
            }
            _ => {}
        }
        path.pop();
    }
}

/// Whether a condition names a value.
fn asks(condition: &str, path: &[String]) -> bool {
    let name = format!(".Values.{}", path.join("."));
    condition.match_indices(&name).any(|(at, _)| {
        let after = condition.get(at + name.len()..).and_then(|rest| rest.chars().next());
        !after.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_' || c == '.')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_name_values() {
        let found = conditions("{{- if and .Values.a.b (not .Values.c) }}x{{ .Values.d }}{{ else if .Values.e -}}");
        assert_eq!(found.len(), 2);
        let path = |text: &str| text.split('.').map(str::to_owned).collect::<Vec<_>>();
        assert!(asks(&found[0], &path("a.b")) && asks(&found[0], &path("c")) && asks(&found[1], &path("e")));
        assert!(!asks(&found[0], &path("a")) && !asks(&found[1], &path("d")));
    }
}
