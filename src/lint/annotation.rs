//! Annotations word by word: what Helm reads of a value, and where each word of it is written; names that were meant to be Helm's.

use std::ops::Range;

use crate::go::yaml::{Node, Style};
use crate::helm::manifest::{self, HOOK, HOOK_DELETE_POLICY, HOOK_OUTPUT_LOG_POLICY, HOOK_WEIGHT};
use crate::hooks::{DeletePolicy, Event, Weight};

use super::{Doc, pods};

/// The annotation that keeps objects at uninstall.
pub const RESOURCE_POLICY: &str = "helm.sh/resource-policy";
/// Argo CD's own annotation for hooks.
pub const ARGOCD_HOOK: &str = "argocd.argoproj.io/hook";
/// The annotations Helm acts on.
pub const KNOWN: [&str; 5] = [HOOK, HOOK_WEIGHT, HOOK_DELETE_POLICY, HOOK_OUTPUT_LOG_POLICY, RESOURCE_POLICY];

/// An annotation with a list of words.
#[derive(Clone, Debug)]
pub struct List<'d> {
    /// Its key.
    pub key: Node<'d>,
    /// Its value, a scalar.
    pub value: Node<'d>,
    /// The value as Helm reads it: null is empty, `yes` is `true`.
    pub text: String,
    /// Its words, in order; at least one.
    pub words: Vec<Word>,
    /// False when the places of the words are not known: each then has the place of the whole value.
    pub exact: bool,
}

/// A word of an annotation.
#[derive(Clone, Debug)]
pub struct Word {
    /// As Helm compares it: trimmed, in lower case.
    pub text: String,
    /// As it is written, trimmed.
    pub raw: String,
    /// Where it is written.
    pub span: Range<u32>,
    /// What of it stands on lines below its first one: text that YAML folded into it.
    pub folded: Option<Range<u32>>,
}

/// The annotation of an object with all its words; `None` when it is missing, or a list or a map.
pub fn list<'d>(doc: &'d Doc, name: &str) -> Option<List<'d>> {
    let (key, value) = entry(doc, name)?;
    // Only a scalar has a meaning.
    value.scalar()?;
    let text = doc.annotation_text(name).map_or_else(|| lossy(value), str::to_owned);
    let whole = place(key, value);
    let written = written(doc, value).filter(|parts| agree(parts, &text));
    let exact = written.is_some();
    let mut parts = written.unwrap_or_default().into_iter();
    let words = manifest::words(&text)
        .zip(text.split(','))
        .map(|(word, raw)| {
            let (span, folded) = parts.next().map_or((whole.clone(), None), |part| (part.span, part.folded));
            Word { text: word, raw: raw.trim().to_owned(), span, folded }
        })
        .collect();
    Some(List { key, value, text, words, exact })
}

/// Key and value of an annotation, through merged mappings.
pub fn entry<'d>(doc: &'d Doc, name: &str) -> Option<(Node<'d>, Node<'d>)> {
    pods::entry(pods::get(doc.root()?, &["metadata", "annotations"])?, name)
}

/// Where a finding about a value goes: to its key, when the value has no text to point at.
pub fn place(key: Node<'_>, value: Node<'_>) -> Range<u32> {
    if value.span().is_empty() { key.span() } else { value.span() }
}

/// The text of a scalar.
pub fn lossy(node: Node<'_>) -> String {
    String::from_utf8_lossy(node.text()).into_owned()
}

/// The bytes between the quotes of a scalar, or all of it.
pub fn inner(node: Node<'_>) -> Range<u32> {
    let span = node.span();
    let quoted = matches!(node.style(), Style::SingleQuoted | Style::DoubleQuoted) && span.len() >= 2;
    if quoted { span.start + 1..span.end - 1 } else { span }
}

impl List<'_> {
    /// Where a word is shown: an empty one has no width, but the comma beside it has.
    pub fn place(&self, word: &Word) -> Range<u32> {
        let whole = place(self.key, self.value);
        if !word.span.is_empty() || !self.exact || self.words.len() < 2 {
            return if word.span.is_empty() { whole } else { word.span.clone() };
        }
        word.span.start.saturating_sub(1).max(whole.start)..word.span.start.max(whole.start + 1)
    }

    /// From the first byte of the first word to the last of the last one; `None` where the places are not known.
    pub fn all(&self) -> Option<Range<u32>> {
        let span = self.words.first()?.span.start..self.words.last()?.span.end;
        self.exact.then_some(span)
    }
}

/// The place of a part of a value.
struct Part {
    text: String,
    span: Range<u32>,
    folded: Option<Range<u32>>,
}

/// The parts of a value between commas, as they are written.
fn written(doc: &Doc, value: Node<'_>) -> Option<Vec<Part>> {
    let raw = doc.slice(&value.span());
    let (mut from, mut to) = (0, raw.len());
    while raw.get(from..)?.starts_with(['!', '&']) {
        from += raw.get(from..)?.find(char::is_whitespace)?;
        from += raw.get(from..)?.find(|c: char| !c.is_whitespace())?;
    }
    match value.style() {
        Style::Plain => {}
        Style::SingleQuoted | Style::DoubleQuoted => (from, to) = (from + 1, to.checked_sub(1)?),
        Style::Literal | Style::Folded => from += raw.get(from..)?.find('\n')? + 1,
    }
    let place = |at: usize| value.span().start + u32::try_from(at).unwrap_or(u32::MAX);
    let mut parts = Vec::new();
    for part in raw.get(from..to)?.split(',') {
        let word = part.trim();
        let start = from + (part.len() - part.trim_start().len());
        let below =
            word.find('\n').and_then(|at| Some(start + at + word.get(at..)?.find(|c: char| !c.is_whitespace())?));
        let end = start + word.len();
        parts.push(Part {
            text: word.to_owned(),
            span: place(start)..place(end),
            folded: below.map(|below| place(below)..place(end)),
        });
        from += part.len() + 1;
    }
    Some(parts)
}

/// True when what is written is what is read, but for the white space of lines: nothing is escaped.
fn agree(parts: &[Part], text: &str) -> bool {
    let words: Vec<&str> = text.split(',').collect();
    let same = |part: &Part, word: &str| part.text.split_whitespace().eq(word.split_whitespace());
    words.len() == parts.len() && parts.iter().zip(words).all(|(part, word)| same(part, word))
}

/// A name that was meant to be one of [`KNOWN`], and how far it is from it.
pub fn near_miss(key: &str) -> Option<(&'static str, usize)> {
    if KNOWN.contains(&key) {
        return None;
    }
    let (domain, name) = key.rsplit_once('/').unwrap_or(("", key));
    let lower = name.to_lowercase();
    // `hook` alone, and a resource policy of somebody else, may mean anything.
    let generic = |known: &str| domain.is_empty() && matches!(known, HOOK | RESOURCE_POLICY);
    if !domain.is_empty()
        && domain != "helm"
        && !domain.ends_with(".helm.sh")
        && strsim::osa_distance(domain, "helm.sh") > 3
    {
        return None;
    }
    let distance = |known: &str| {
        let known = known.rsplit_once('/').map_or(known, |(_, name)| name);
        let other = match lower.as_str() {
            "weight" | "hook-weights" => "hook-weight",
            "delete-policy" | "hook-delete-policies" | "hook-deletion-policy" => "hook-delete-policy",
            "output-log-policy" | "hook-log-policy" => "hook-output-log-policy",
            "hooks" | "hook-type" | "hook-event" | "hook-events" => "hook",
            other => other,
        };
        let steps = strsim::osa_distance(other, known);
        (steps <= known.len() / 5 && (!domain.is_empty() || steps == 0)).then_some(steps)
    };
    let near = KNOWN.into_iter().filter(|known| !generic(known));
    let best = near.filter_map(|known| Some((distance(known)?, known))).min()?.1;
    Some((best, strsim::osa_distance(key, best)))
}

/// True for a value Helm acts on under a name of [`KNOWN`].
pub fn is_valid(name: &str, value: &str) -> bool {
    let policies = |word: String| DeletePolicy::ALL.iter().any(|known| known.name() == word);
    match name {
        HOOK => manifest::events(value).is_some(),
        HOOK_WEIGHT => !Weight::parse(Some(value)).is_misread(),
        HOOK_DELETE_POLICY => manifest::words(value).all(policies),
        HOOK_OUTPUT_LOG_POLICY => {
            manifest::words(value).all(|word| matches!(word.as_str(), "hook-succeeded" | "hook-failed"))
        }
        RESOURCE_POLICY => value == "keep",
        _ => false,
    }
}

/// The names of all events, as a list to choose from.
pub fn event_names() -> String {
    Event::ALL.map(Event::name).join(", ")
}

/// The chart a document or a file is from, as the prefix of its path: empty for the outermost one.
pub fn chart_of(path: &str) -> &str {
    let own = path.find("templates/").or_else(|| path.find("crds/")).unwrap_or(0);
    path.get(..own).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_were_meant_to_be_helms_are_known() {
        for (key, meant) in [
            ("helm.sh/hooks", Some((HOOK, 1))),
            ("helm.sh/Hook", Some((HOOK, 1))),
            ("helm/hook", Some((HOOK, 3))),
            ("hook-weight", Some((HOOK_WEIGHT, 8))),
            ("helm.sh/weight", Some((HOOK_WEIGHT, 5))),
            ("helm.sh/hook-delete-policies", Some((HOOK_DELETE_POLICY, 3))),
            ("helm.sh/hook-deletepolicy", Some((HOOK_DELETE_POLICY, 1))),
            ("helm.io/hook", Some((HOOK, 2))),
            ("meta.helm.sh/hook", Some((HOOK, 5))),
            ("helm.sh/hook", None),
            ("hook", None),
            ("helm.sh/chart", None),
            ("helm.sh/release-time", None),
            ("helm.sh/tool", None),
            ("argocd.argoproj.io/hook", None),
            ("argocd.argoproj.io/hook-delete-policy", None),
            ("meta.helm.sh/release-name", None),
            ("werf.io/weight", None),
        ] {
            assert_eq!(near_miss(key), meant, "{key}");
        }
    }
}
