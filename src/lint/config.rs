//! `.helm-hooks.yaml`: what a chart, or all charts of a repository, want of lint. The nearest file wins, alone.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use globset::{Glob, GlobMatcher};
use serde::Deserialize;
use serde_saphyr::{Error, Spanned};

use crate::text::{Position, Severity, SourceFile};

use super::select::{Pattern, Wish, profile};
use super::words::nearest;
use super::{Audience, Finding, Profile};

/// The name of the file.
pub const FILE: &str = ".helm-hooks.yaml";

/// The JSON Schema of the file, as text.
pub fn schema() -> &'static str {
    include_str!("config.schema.json")
}

/// A configuration.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// Where it was read: paths in it are relative to this folder.
    pub folder: PathBuf,
    /// `select`, `ignore` and `severity`.
    pub wish: Wish,
    /// `per-path`: rules that are ignored in files.
    pub per_path: Vec<(GlobMatcher, Vec<Pattern>)>,
    /// `for`.
    pub engines: Vec<For>,
    /// `fail-on`.
    pub fail_on: Option<Severity>,
    /// `baseline`.
    pub baseline: Option<PathBuf>,
    /// `values`: patterns of values files, relative to each chart, in place of `ci/*-values.yaml`.
    pub values: Option<Vec<String>>,
}

/// Whom a chart is linted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum For {
    /// Helm 3.
    Helm3,
    /// Helm 4.
    Helm4,
    /// Argo CD.
    Argocd,
    /// Flux.
    Flux,
}

impl For {
    /// All of them.
    pub const ALL: [For; 4] = [For::Helm3, For::Helm4, For::Argocd, For::Flux];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            For::Helm3 => "helm3",
            For::Helm4 => "helm4",
            For::Argocd => "argocd",
            For::Flux => "flux",
        }
    }

    /// Its profile, where it has one.
    pub fn profile(self) -> Option<Profile> {
        match self {
            For::Argocd => Some(Profile::Argocd),
            For::Flux => Some(Profile::Flux),
            For::Helm3 | For::Helm4 => None,
        }
    }

    /// All of some: nobody named is both Helms; whoever uses Argo CD or Flux renders with either Helm.
    pub fn audience(engines: &[For]) -> Audience {
        let one = |engine: &For| match engine {
            For::Helm3 => Audience::HELM3,
            For::Helm4 => Audience::HELM4,
            For::Argocd => Audience { argocd: true, ..Audience::HELM },
            For::Flux => Audience { flux: true, ..Audience::HELM },
        };
        let all = engines.iter().map(one).reduce(Audience::or);
        all.unwrap_or(Audience::HELM)
    }
}

/// What is wrong with a file.
#[derive(Clone, Debug)]
pub struct ConfigError {
    /// What, on one line, without the path.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
    /// The file.
    pub source: Arc<SourceFile>,
    /// Where in it.
    pub start: Position,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct Raw {
    select: Vec<Spanned<String>>,
    ignore: Vec<Spanned<String>>,
    per_path: BTreeMap<String, Vec<Spanned<String>>>,
    severity: BTreeMap<String, Spanned<String>>,
    r#for: Option<Spanned<OneOrMany>>,
    fail_on: Option<Spanned<String>>,
    baseline: Option<String>,
    values: Option<Vec<Spanned<String>>>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

/// The nearest configuration above a folder, itself included: the search ends at the root of the repository.
pub fn find(folder: &Path) -> Option<PathBuf> {
    let folder = std::path::absolute(folder).ok()?;
    for folder in folder.ancestors() {
        let file = folder.join(FILE);
        if file.is_file() {
            return Some(file);
        }
        if folder.join(".git").exists() {
            break;
        }
    }
    None
}

/// Reads a configuration. `path` is how it is shown, `folder` where it lies.
///
/// # Errors
/// For what is no YAML, unknown keys, and words that mean nothing.
pub fn read(text: &str, path: &str, folder: &Path) -> Result<Config, Box<ConfigError>> {
    let source = Arc::new(SourceFile::new(path, text.as_bytes().to_vec()));
    let fail = |message: String, help: Option<String>, start: Position| {
        Box::new(ConfigError { message, help, source: Arc::clone(&source), start })
    };
    // A file with comments alone is an empty configuration.
    let raw: Option<Raw> = serde_saphyr::from_str(text).map_err(|error| {
        let (message, help, start) = explain(&error);
        fail(message, help, start)
    })?;
    let raw = raw.unwrap_or_default();
    let rules = |words: &[Spanned<String>]| -> Result<Vec<Pattern>, Box<ConfigError>> {
        let read = |word: &Spanned<String>| {
            Pattern::read(&word.value).map_err(|unknown| {
                fail(
                    unknown.message(),
                    Some(unknown.help("helm-hooks")),
                    position(word.referenced.line(), word.referenced.column()),
                )
            })
        };
        words.iter().map(read).collect()
    };
    let mut config = Config {
        folder: folder.to_owned(),
        wish: Wish { select: rules(&raw.select)?, ignore: rules(&raw.ignore)?, severity: Vec::new() },
        baseline: raw.baseline.map(|file| folder.join(file)),
        ..Config::default()
    };
    for pattern in raw.values.iter().flatten() {
        if let Err(e) = Glob::new(&pattern.value) {
            let at = position(pattern.referenced.line(), pattern.referenced.column());
            return Err(fail(format!("{:?} is no pattern of files: {}", pattern.value, e.kind()), None, at));
        }
    }
    config.values = raw.values.map(|patterns| patterns.into_iter().map(|pattern| pattern.value).collect());
    for (rule, level) in &raw.severity {
        let at = position(level.referenced.line(), level.referenced.column());
        let pattern = Pattern::read(rule).map_err(|unknown| {
            fail(unknown.message(), Some(unknown.help("helm-hooks")), Position { column: 1, ..at })
        })?;
        let given = if level.value == "off" { Some(None) } else { severity(&level.value).map(Some) };
        let Some(given) = given else {
            let message = format!("{:?} is no severity", level.value);
            return Err(fail(message, Some("Write error, warning, info or off.".to_owned()), at));
        };
        config.wish.severity.push((pattern, given));
    }
    if let Some(level) = &raw.fail_on {
        let at = position(level.referenced.line(), level.referenced.column());
        let help = || Some("Write error, warning or info.".to_owned());
        let given = severity(&level.value);
        config.fail_on = Some(given.ok_or_else(|| fail(format!("{:?} is no severity", level.value), help(), at))?);
    }
    if let Some(engines) = &raw.r#for {
        let at = position(engines.referenced.line(), engines.referenced.column());
        let words = match &engines.value {
            OneOrMany::One(word) => std::slice::from_ref(word),
            OneOrMany::Many(words) => words.as_slice(),
        };
        for word in words {
            let known = For::ALL.into_iter().find(|engine| engine.name() == word);
            let help = || Some(format!("Write one or more of {}.", For::ALL.map(For::name).join(", ")));
            config.engines.push(known.ok_or_else(|| fail(format!("{word:?} is no engine"), help(), at))?);
        }
    }
    for (glob, words) in &raw.per_path {
        let matcher = Glob::new(glob).map_err(|e| {
            let line = text.lines().position(|line| line.contains(glob.as_str())).unwrap_or(0);
            fail(format!("{glob:?} is no pattern of paths: {}", e.kind()), None, position(line as u64 + 1, 1))
        })?;
        config.per_path.push((matcher.compile_matcher(), rules(words)?));
    }
    Ok(config)
}

/// A severity by its name.
pub fn severity(name: &str) -> Option<Severity> {
    [Severity::Error, Severity::Warning, Severity::Info].into_iter().find(|severity| severity.name() == name)
}

/// A profile by its name, as `--profile` takes them.
pub fn typed_profile(name: &str) -> Option<Profile> {
    profile(name).filter(|profile| *profile != Profile::Baseline)
}

fn position(line: u64, column: u64) -> Position {
    let narrow = |n: u64| u32::try_from(n).unwrap_or(u32::MAX).max(1);
    Position { line: narrow(line), column: narrow(column) }
}

/// What the reader complains about, in our words where they say more.
fn explain(error: &Error) -> (String, Option<String>, Position) {
    let error = error.without_snippet();
    let at = error.location().map_or(Position { line: 1, column: 1 }, |at| position(at.line(), at.column()));
    match error {
        Error::SerdeUnknownField { field, expected, .. } => {
            let near = nearest(field, expected.iter().copied(), 3);
            let help = match near {
                Some((near, _)) => format!("Did you mean {near}?"),
                None => format!("Known keys: {}.", expected.join(", ")),
            };
            (format!("unknown key {field:?}"), Some(help), at)
        }
        other => {
            let text = other.to_string();
            let line = text.lines().next().unwrap_or_default();
            // The place is shown beside the line; what its options are called is the reader's own matter.
            let line = line.split(" at line ").next().unwrap_or(line);
            let line = line.split(", set ").next().unwrap_or(line);
            let (words, help) = match line {
                "expected sequence start" => ("a list belongs here", Some("Put it in brackets, as a list of one.")),
                "expected mapping start" => ("keys with values belong here", None),
                other => (other, None),
            };
            (words.to_owned(), help.map(str::to_owned), at)
        }
    }
}

impl Config {
    /// Whether a finding is to be ignored where it is.
    pub fn ignores(&self, finding: &Finding) -> bool {
        if self.per_path.is_empty() {
            return false;
        }
        let path = std::path::absolute(&finding.place.path).unwrap_or_else(|_| PathBuf::from(&finding.place.path));
        let relative = path.strip_prefix(&self.folder).unwrap_or(&path);
        self.per_path
            .iter()
            .any(|(glob, rules)| glob.is_match(relative) && rules.iter().any(|pattern| pattern.covers(finding.rule)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(text: &str) -> Result<Config, String> {
        read(text, FILE, Path::new("/x")).map_err(|e| {
            let help = e.help.map(|help| format!(" ({help})")).unwrap_or_default();
            format!("{}:{}: {}{help}", e.start.line, e.start.column, e.message)
        })
    }

    #[test]
    fn everything_can_be_said() {
        let text = "\
# Ours.
select: [default, HH1]
ignore:
  - unknown-event
per-path:
  charts/old/**: [HH]
severity:
  HH101: warning
  HH1: off
for: [helm3, argocd]
fail-on: warning
baseline: base.json
values: [ci/*.yaml]
";
        let config = config(text).unwrap();
        assert_eq!((config.wish.select.len(), config.wish.ignore.len(), config.wish.severity.len()), (2, 1, 2));
        assert_eq!(config.engines, [For::Helm3, For::Argocd]);
        assert_eq!(config.fail_on, Some(Severity::Warning));
        assert_eq!(config.baseline.as_deref(), Some(Path::new("/x/base.json")));
        assert_eq!(config.values.as_deref(), Some(&["ci/*.yaml".to_owned()][..]));
        assert!(config.per_path[0].0.is_match("charts/old/a/b.yaml"));
    }

    #[test]
    fn empty_files_ask_for_nothing() {
        for text in ["", "# nothing\n", "{}", "for: flux", "for:"] {
            config(text).unwrap();
        }
    }

    #[test]
    fn mistakes_are_shown_where_they_are() {
        let wrong = |text| config(text).unwrap_err();
        assert_eq!(wrong("ignore: []\nselct: []\n"), "2:1: unknown key \"selct\" (Did you mean select?)");
        assert_eq!(
            wrong("ignore:\n  - unknown-evnt\n"),
            "2:5: no rule is called \"unknown-evnt\" (Did you mean unknown-event?)"
        );
        assert_eq!(
            wrong("severity:\n  HH101: bad\n"),
            "2:10: \"bad\" is no severity (Write error, warning, info or off.)"
        );
        assert_eq!(
            wrong("for: helm2"),
            "1:6: \"helm2\" is no engine (Write one or more of helm3, helm4, argocd, flux.)"
        );
        assert!(wrong("fail-on: never").starts_with("1:10: \"never\" is no severity"));
        assert_eq!(wrong("select: x"), "1:9: a list belongs here (Put it in brackets, as a list of one.)");
        assert_eq!(wrong("- a"), "1:1: keys with values belong here");
        assert_eq!(wrong("select: []\nselect: []"), "2:1: duplicate mapping key: select");
        assert!(wrong("values: [\"[\"]").starts_with("1:10: \"[\" is no pattern of files: "));
        assert!(wrong("per-path: {\"[\": []}").starts_with("1:1: \"[\" is no pattern of paths: "));
        for text in ["a: [", "select: [a: b]"] {
            wrong(text);
        }
    }
}
