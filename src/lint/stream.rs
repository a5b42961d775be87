//! Lints manifests that are rendered already: what `-` reads. The text is the source, so every place in it is exact.

use std::sync::Arc;

use crate::go::value::Str;
use crate::helm::dialect::Dialect;
use crate::helm::manifest::SortError;
use crate::hooks::{ObjectRef, Release};
use crate::text::SourceFile;

use super::finding::Spot;
use super::suppress::{IgnoredObject, ignored_objects};
use super::{Audience, Draft, Finding, Findings, RelatedPlace, Role, Rule, SourceFix, SourcePlace, Subject, read};

/// What manifests are called in findings.
pub(super) const STDIN: &str = "-";

/// What came of manifests.
#[derive(Debug)]
pub struct Manifests {
    /// The findings of all rules and of every severity, in the order of the text.
    pub findings: Vec<Finding>,
    /// How many hooks there are.
    pub hooks: usize,
    /// Objects whose annotation silences rules.
    pub ignored: Vec<IgnoredObject>,
    /// Documents that no Helm could read.
    pub unreadable: Vec<SortError>,
    /// The text.
    pub source: Arc<SourceFile>,
}

/// Lints the documents of a text.
pub fn lint_stream(
    text: &[u8],
    release: &Release,
    dialect: &Dialect,
    audience: Audience,
    rules: &[&'static Rule],
) -> Manifests {
    let source = Arc::new(SourceFile::new(STDIN, text.to_vec()));
    let documents = read([(STDIN, Str::from(text.to_vec()))], dialect);
    let subject = Subject::new(documents, release.clone(), dialect.engine, audience);
    let mut findings = Vec::new();
    for rule in rules {
        let mut drafts = Findings::default();
        (rule.check)(&subject, &mut drafts);
        findings.extend(drafts.into_drafts().into_iter().map(|draft| finding(rule, draft, &subject, &source)));
    }
    findings.sort_by_key(|finding| (finding.place.start, finding.rule.code));
    let unreadable = subject.documents.iter().filter_map(|doc| match &doc.role {
        Role::Unreadable(error) => Some(error.clone()),
        _ => None,
    });
    let unreadable = unreadable.collect();
    Manifests { findings, hooks: subject.hooks().count(), ignored: ignored_objects(&subject), unreadable, source }
}

fn finding(rule: &'static Rule, draft: Draft, subject: &Subject, source: &Arc<SourceFile>) -> Finding {
    let object = match &draft.spot {
        Spot::Document { doc, .. } => subject.documents.get(*doc).filter(|doc| !doc.kind().is_empty()),
        Spot::File { .. } => None,
    };
    let object = object.map(|doc| ObjectRef {
        api_version: doc.document.head.api_version.clone(),
        kind: doc.kind().to_owned(),
        name: doc.name().to_owned(),
        namespace: doc.namespace(),
        generate_name: None,
    });
    let related = draft.related.into_iter();
    Finding {
        rule,
        severity: draft.severity,
        message: draft.message,
        help: draft.help,
        place: place(&draft.spot, subject, source),
        rendered: None,
        included_by: Vec::new(),
        chart: STDIN.to_owned(),
        release: subject.release.clone(),
        object,
        values: Vec::new(),
        engines: draft.engines.and(subject.audience),
        related: related
            .map(|related| RelatedPlace { place: place(&related.spot, subject, source), message: related.message })
            .collect(),
        // There is no file to change.
        fix: draft.fix.map(|fix| SourceFix { applicability: fix.applicability, title: fix.title, edits: Vec::new() }),
        fingerprint: String::new(),
    }
}

fn place(spot: &Spot, subject: &Subject, source: &Arc<SourceFile>) -> SourcePlace {
    let (from, to) = match spot {
        Spot::Document { doc, span } => {
            let start = subject.documents.get(*doc).map_or(0, |doc| doc.document.range().start);
            let at = |offset: u32| u32::try_from(start).unwrap_or(u32::MAX).saturating_add(offset);
            (at(span.start), at(span.end))
        }
        Spot::File { .. } => (0, 0),
    };
    SourcePlace {
        path: STDIN.to_owned(),
        start: source.position(from),
        end: source.position(to),
        exact: true,
        source: Some(Arc::clone(source)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helm::dialect::Engine;
    use crate::lint::rules;
    use crate::text::Position;

    #[test]
    fn places_are_those_of_the_stream() {
        let text = "---\n# Source: c/templates/a.yaml\nkind: X\n---\n# Source: c/templates/b.yaml\napiVersion: v1\nkind: Job\nmetadata:\n  name: x\n  annotations:\n    helm.sh/hook: pre-instal\n";
        let release = Release { name: "r".into(), namespace: "n".into() };
        let linted = lint_stream(text.as_bytes(), &release, Engine::Helm4.dialect(), Audience::HELM, rules::ALL);
        let found = linted.findings.iter().find(|finding| finding.rule.code == "HH101").unwrap();
        assert_eq!(found.place.start, Position { line: 11, column: 19 });
        assert_eq!(found.object.as_ref().map(|object| object.name.as_str()), Some("x"));
    }
}
