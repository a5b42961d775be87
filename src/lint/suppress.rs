//! Findings that somebody has decided to live with: comments beside the source line, and an annotation on the object.
//!
//! `# hooks-lint: ignore HH203 reason` or `{{/* hooks-lint: ignore HH203 reason */}}`, at the end of the line or alone on the line
//! above; `hooks-lint/ignore: "HH203 reason"` among an object's annotations. Several rules are separated by commas. What silences
//! nothing any more is itself reported, or comments would outlive their reason.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use crate::hooks::{ObjectRef, Release};
use crate::text::{Severity, SourceFile};

use super::select::{Pattern, Selection, UnknownRule};
use super::{
    Applicability, Audience, Docs, Finding, Fixable, Profile, Rule, SourceEdit, SourceFix, SourcePlace, Subject,
};

/// The annotation.
pub const ANNOTATION: &str = "hooks-lint/ignore";

/// What a comment begins with.
const MARK: &str = "hooks-lint:";

/// Rules about suppressions, which look at what all other rules have found.
pub(super) const RULES: [&Rule; 2] = [&UNUSED, &UNREADABLE];

/// A suppression that silences nothing.
pub static UNUSED: Rule = Rule {
    code: "HH001",
    name: "unused-suppression",
    severity: Severity::Warning,
    profile: Profile::Default,
    fixable: Fixable::Sometimes(Applicability::Safe),
    docs: Docs {
        summary: "A comment or annotation asks to ignore a rule that reports nothing there.",
        reports: "A `hooks-lint: ignore` comment, or a rule named in one, for which no finding was kept silent with any of the values \
            that were tried. Nothing is said about rules that did not run, and nothing about charts that could not be rendered.",
        happens: "Nothing: no Helm looks at these comments. But whoever reads one believes that something is wrong there, and the next \
            real finding on that line is silent.",
        remedy: "Remove the comment, or the code that is no longer needed.",
        fine: "When the finding shows only with values that are not linted here: add them to `values` in `.helm-hooks.yaml`.",
        evidence: &[],
    },
    check: |_, _| {},
    vectors: &[],
};

/// A suppression nobody can follow.
pub static UNREADABLE: Rule = Rule {
    code: "HH002",
    name: "unreadable-suppression",
    severity: Severity::Warning,
    profile: Profile::Default,
    fixable: Fixable::No,
    docs: Docs {
        summary: "A suppression comment names no rule, or one that does not exist.",
        reports: "`hooks-lint:` in a comment that is not followed by `ignore` and a code, a name or a prefix of codes.",
        happens: "Nothing is ignored.",
        remedy: "Write `# hooks-lint: ignore HH203 reason`, several rules separated by commas. `rules` lists them all.",
        fine: "",
        evidence: &[],
    },
    check: |_, _| {},
    vectors: &[],
};

/// A comment in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// The bytes of the comment, to be removed when it is of no use; with its line, where it stands alone.
    pub range: Range<usize>,
    /// From its mark to its end.
    pub words: Range<usize>,
    /// The line whose findings it silences.
    pub covers: u32,
    /// The rules it names, or why it names none.
    pub rules: Result<Vec<Pattern>, UnknownRule>,
}

/// The rules a text begins with: words until one ends without a comma; what follows is the reason.
///
/// # Errors
/// For a word that is no rule. The empty word: there is none.
pub fn rules_of(text: &str) -> Result<Vec<Pattern>, UnknownRule> {
    let mut patterns = Vec::new();
    for word in text.split_whitespace() {
        let more = word.ends_with(',');
        for part in word.split(',').filter(|part| !part.is_empty()) {
            patterns.push(Pattern::read(part.trim_end_matches(':'))?);
        }
        if !more {
            break;
        }
    }
    if patterns.is_empty() { Err(UnknownRule { word: String::new(), nearest: None }) } else { Ok(patterns) }
}

/// The suppression comments of a file.
pub fn comments(text: &[u8]) -> Vec<Comment> {
    if bstr::ByteSlice::find(text, MARK).is_none() {
        return Vec::new();
    }
    let mut found: Vec<(Comment, bool)> = Vec::new();
    let mut start = 0;
    for (number, line) in (1..).zip(text.split_inclusive(|byte| *byte == b'\n')) {
        if let Some((comment, alone)) = comment(line, start, number) {
            found.push((comment, alone));
        }
        start += line.len();
    }
    // One alone on its line means the next line that is not such a comment.
    let lines: Vec<u32> = found.iter().filter(|(_, alone)| *alone).map(|(comment, _)| comment.covers).collect();
    for (comment, alone) in &mut found {
        if *alone {
            while lines.contains(&comment.covers) {
                comment.covers += 1;
            }
        }
    }
    found.into_iter().map(|(comment, _)| comment).collect()
}

/// The comment of a line, and whether it stands alone there.
fn comment(line: &[u8], start: usize, number: u32) -> Option<(Comment, bool)> {
    let text = std::str::from_utf8(line).ok()?;
    let mark = text.find(MARK)?;
    let before = text.get(..mark)?.trim_end();
    let rest = text.get(mark + MARK.len()..)?;
    let (opening, body, closing) = if let Some(before) = before.strip_suffix('#') {
        if !(before.is_empty() || before.ends_with([' ', '\t'])) {
            return None;
        }
        (before.len(), rest, text.trim_end().len())
    } else {
        let before = before.strip_suffix("/*")?;
        let before = before.strip_suffix("{{").or_else(|| before.trim_end().strip_suffix("{{-"))?;
        let (body, after) = rest.split_once("*/")?;
        let action = after.find("}}")?;
        let end = mark + MARK.len() + body.len() + 2 + action + 2;
        (before.len(), body, end)
    };
    let alone = text.get(..opening)?.trim().is_empty() && text.get(closing..)?.trim().is_empty();
    let rules = match body.trim().strip_prefix("ignore") {
        Some(rules) => rules_of(rules),
        None => Err(UnknownRule { word: String::new(), nearest: None }),
    };
    let range = if alone {
        start..start + line.len()
    } else {
        let blank = text.get(..opening)?.trim_end().len();
        start + blank..start + closing
    };
    let words = start + mark..start + mark + MARK.len() + body.trim_end().len();
    Some((Comment { range, words, covers: number, rules }, alone))
}

/// An object whose annotation silences rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IgnoredObject {
    /// The object.
    pub object: ObjectRef,
    /// The rules; words that are none are left out.
    pub rules: Vec<Pattern>,
}

/// The objects of a rendering that carry the annotation.
pub fn ignored_objects(subject: &Subject) -> Vec<IgnoredObject> {
    let ignored = subject.documents.iter().filter_map(|doc| {
        let rules = rules_of(doc.annotation_text(ANNOTATION)?).ok()?;
        let object = ObjectRef {
            api_version: doc.document.head.api_version.clone(),
            kind: doc.kind().to_owned(),
            name: doc.name().to_owned(),
            namespace: doc.namespace(),
            generate_name: None,
        };
        Some(IgnoredObject { object, rules })
    });
    ignored.collect()
}

/// A file of a chart that may hold comments.
#[derive(Clone, Debug)]
pub struct Scanned {
    /// Its path as findings have it.
    pub path: String,
    /// Its text.
    pub source: Arc<SourceFile>,
}

/// A chart whose findings are looked at.
#[derive(Clone, Copy, Debug)]
pub struct About<'a> {
    /// Its path.
    pub chart: &'a str,
    /// The release it was rendered as.
    pub release: &'a Release,
    /// Its files; those in archives are nobody's to change, so what is unused there is not reported.
    pub files: &'a [Scanned],
    /// Objects that carry the annotation.
    pub objects: &'a [IgnoredObject],
    /// Whether everything was rendered that was asked for: else something may be of use that seems not to be.
    pub complete: bool,
}

/// A comment, and for each rule it names whether it has silenced anything.
type Tally = (Comment, Vec<bool>);

/// What suppressions do.
#[derive(Debug, Default)]
pub struct Silence {
    /// For each finding, whether it is silenced.
    pub silent: Vec<bool>,
    /// What there is to say about the suppressions themselves.
    pub remarks: Vec<Finding>,
}

/// Finds what is to be ignored, and what ignores nothing.
pub fn silence(findings: &[Finding], about: &About<'_>, selection: &Selection) -> Silence {
    let mut files: BTreeMap<String, (Arc<SourceFile>, Vec<Tally>)> = BTreeMap::new();
    let read = |source: &Arc<SourceFile>| {
        let comments = comments(source.text()).into_iter();
        let comments = comments.map(|comment| {
            let rules = comment.rules.as_ref().map_or(0, Vec::len);
            (comment, vec![false; rules])
        });
        (Arc::clone(source), comments.collect::<Vec<_>>())
    };
    for file in about.files {
        files.insert(file.path.clone(), read(&file.source));
    }
    let mut outcome = Silence::default();
    for finding in findings {
        let place = &finding.place;
        if let (false, Some(source)) = (files.contains_key(&place.path), &place.source) {
            files.insert(place.path.clone(), read(source));
        }
        let mut silent = about.objects.iter().any(|ignored| {
            let same = finding.object.as_ref().is_some_and(|object| is_same(object, &ignored.object));
            same && ignored.rules.iter().any(|pattern| pattern.covers(finding.rule))
        });
        for (comment, used) in files.get_mut(&place.path).into_iter().flat_map(|(_, comments)| comments) {
            if comment.covers != place.start.line {
                continue;
            }
            for (pattern, used) in comment.rules.iter().flatten().zip(used) {
                if pattern.covers(finding.rule) {
                    (*used, silent) = (true, true);
                }
            }
        }
        outcome.silent.push(silent);
    }
    for (path, (source, comments)) in files.iter().filter(|(path, _)| !path.contains('!')) {
        for (comment, used) in comments {
            outcome.remarks.extend(verdict(comment, used, path, source, about, selection));
        }
    }
    outcome
}

fn is_same(a: &ObjectRef, b: &ObjectRef) -> bool {
    (&a.kind, &a.name, &a.namespace) == (&b.kind, &b.name, &b.namespace)
}

/// What there is to say about a comment after all findings were looked at.
fn verdict(
    comment: &Comment,
    used: &[bool],
    path: &str,
    source: &Arc<SourceFile>,
    about: &About<'_>,
    selection: &Selection,
) -> Option<Finding> {
    let (rule, message, help, fix) = match &comment.rules {
        Err(unknown) if unknown.word.is_empty() => {
            let help = "Write `hooks-lint: ignore HH203 reason`.".to_owned();
            (&UNREADABLE, "this comment names no rule, so nothing is ignored".to_owned(), help, None)
        }
        Err(unknown) => {
            let help = match unknown.nearest {
                Some(nearest) => format!("Write `{nearest}`."),
                None => "Write a code, a name or a prefix of codes.".to_owned(),
            };
            (&UNREADABLE, format!("{}, so nothing is ignored", unknown.message()), help, None)
        }
        Ok(_) if !about.complete => return None,
        Ok(patterns) => {
            let ran = |pattern: &Pattern| selection.rules().iter().any(|rule| pattern.covers(rule));
            let unused: Vec<&Pattern> =
                patterns.iter().zip(used).filter(|(pattern, used)| !**used && ran(pattern)).map(|(p, _)| p).collect();
            if unused.is_empty() {
                return None;
            }
            let names: Vec<String> = unused.iter().map(|pattern| pattern_name(pattern)).collect();
            let whole = unused.len() == patterns.len();
            let fix = whole.then(|| removal(comment, path, source));
            let help = if whole { "Remove the comment." } else { "Remove them from the comment." };
            let names = super::words::list(&names);
            (&UNUSED, format!("nothing is reported here by {names}: the comment ignores nothing"), help.to_owned(), fix)
        }
    };
    let place = place(&comment.words, path, source);
    Some(Finding {
        rule,
        severity: rule.severity,
        message,
        help,
        place,
        rendered: None,
        included_by: Vec::new(),
        chart: about.chart.to_owned(),
        release: about.release.clone(),
        object: None,
        values: Vec::new(),
        engines: Audience::ALL,
        related: Vec::new(),
        fix,
        fingerprint: String::new(),
    })
}

fn pattern_name(pattern: &Pattern) -> String {
    match pattern {
        Pattern::Rule(code) => (*code).to_owned(),
        Pattern::Prefix(prefix) => format!("rules {prefix}…"),
        Pattern::Profile(profile) => format!("rules of profile {}", profile.name()),
    }
}

fn narrow(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn place(range: &Range<usize>, path: &str, source: &Arc<SourceFile>) -> SourcePlace {
    SourcePlace {
        path: path.to_owned(),
        start: source.position(narrow(range.start)),
        end: source.position(narrow(range.end)),
        exact: true,
        source: Some(Arc::clone(source)),
    }
}

fn removal(comment: &Comment, path: &str, source: &Arc<SourceFile>) -> SourceFix {
    let place = place(&comment.range, path, source);
    let bytes = narrow(comment.range.start)..narrow(comment.range.end);
    let edit = SourceEdit { path: place.path, start: place.start, end: place.end, bytes, text: String::new() };
    SourceFix { applicability: Applicability::Safe, title: "remove the comment".to_owned(), edits: vec![edit] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::select;
    use crate::text::Position;

    const TEXT: &str = "\
metadata:
  annotations:
    # hooks-lint: ignore HH101 of old
    {{- /* hooks-lint: ignore unknown-event, HH1: two */ -}}
    helm.sh/hook: x
    helm.sh/hook: y   # hooks-lint: ignore hh101
    helm.sh/hook: z {{/* hooks-lint: ignore HH999 */}}
    helm.sh/hook: a#hooks-lint: ignore HH101
    # hooks-lint: look away
";

    #[test]
    fn comments_cover_their_line_or_the_next() {
        let found = comments(TEXT.as_bytes());
        let covers: Vec<u32> = found.iter().map(|comment| comment.covers).collect();
        assert_eq!(covers, [5, 5, 6, 7, 10]);
        let count = |at: usize| found[at].rules.as_ref().map(Vec::len).map_err(|unknown| unknown.word.clone());
        assert_eq!(
            (0..5).map(count).collect::<Vec<_>>(),
            [Ok(1), Ok(2), Ok(1), Err("HH999".to_owned()), Err(String::new())]
        );
        let cut = |at: usize| &TEXT[found[at].range.clone()];
        assert_eq!(cut(0), "    # hooks-lint: ignore HH101 of old\n");
        assert_eq!(cut(2), "   # hooks-lint: ignore hh101");
        assert_eq!(&TEXT[found[3].words.clone()], "hooks-lint: ignore HH999");
    }

    fn finding(line: u32, name: &str) -> Finding {
        let source = Arc::new(SourceFile::new("t", TEXT.as_bytes().to_vec()));
        let at = Position { line, column: 5 };
        Finding {
            rule: select::find("HH101").unwrap(),
            severity: Severity::Error,
            message: String::new(),
            help: String::new(),
            place: SourcePlace { path: "t".into(), start: at, end: at, exact: true, source: Some(source) },
            rendered: None,
            included_by: Vec::new(),
            chart: ".".into(),
            release: Release { name: "r".into(), namespace: "n".into() },
            object: Some(ObjectRef {
                api_version: "v1".into(),
                kind: "Job".into(),
                name: name.into(),
                namespace: None,
                generate_name: None,
            }),
            values: Vec::new(),
            engines: Audience::ALL,
            related: Vec::new(),
            fix: None,
            fingerprint: String::new(),
        }
    }

    #[test]
    fn what_ignores_nothing_is_reported() {
        let release = Release { name: "r".into(), namespace: "n".into() };
        let objects = [IgnoredObject { object: finding(1, "b").object.unwrap(), rules: rules_of("HH1 why").unwrap() }];
        let about = About { chart: ".", release: &release, files: &[], objects: &objects, complete: true };
        let selection = Selection::new(&[], Vec::new(), false);
        let outcome = silence(&[finding(5, "a"), finding(7, "a"), finding(8, "b")], &about, &selection);
        let shown = |findings: &[Finding]| {
            findings.iter().map(|f| (f.rule.code, f.place.start.line, f.fix.is_some())).collect::<Vec<_>>()
        };
        assert_eq!(outcome.silent, [true, false, true]);
        assert_eq!(shown(&outcome.remarks), [("HH001", 6, true), ("HH002", 7, false), ("HH002", 9, false)]);
        let partial = silence(&[finding(5, "a")], &About { complete: false, ..about }, &selection);
        assert_eq!(shown(&partial.remarks), [("HH002", 7, false), ("HH002", 9, false)]);
    }
}
