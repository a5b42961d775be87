//! HH101: a word of `helm.sh/hook` that Helm does not know, over which it drops the whole document.

use std::ops::Range;

use crate::go::yaml::{Node, NodeKind, Style};
use crate::helm::manifest::HOOK;
use crate::hooks::Event;
use crate::lint::words::nearest;
use crate::lint::{
    Applicability, Audience, Doc, Docs, Draft, Edit, Findings, Fix, Fixable, Profile, Role, Rule, Subject, Vector,
};
use crate::text::Severity;

pub(super) const RULE: Rule = Rule {
    code: "HH101",
    name: "unknown-event",
    severity: Severity::Error,
    profile: Profile::Default,
    fixable: Fixable::Sometimes(Applicability::Safe),
    docs: Docs {
        summary: "A word of `helm.sh/hook` is no event, so Helm drops the whole object.",
        reports: "The value of `helm.sh/hook` is split at commas; white space around the words and upper case do not matter. One \
            word that is none of the nine events (or `test-success`) is enough: a misspelling, an empty value, a trailing comma, \
            `;` or a space between two events, a boolean, or a YAML list instead of a text.",
        happens: "Helm 3 and 4 print one line that names neither file nor object, and go on without it: the object is neither a \
            hook nor part of the release. `helm lint` says nothing. A list or a map as value ends the rendering with an error. \
            Argo CD ignores the object too, unless another word of the list is one it knows.",
        remedy: "Write the events in lower case, separated by commas: `pre-install,pre-upgrade`.",
        fine: "Never. Words of Argo CD such as `PreSync` belong under `argocd.argoproj.io/hook`.",
        evidence: &["`pkg/release/v1/util/manifest_sorter.go` (4.2.4): `isUnknownHook`, then `continue`"],
    },
    check,
    vectors: VECTORS,
};

const VECTORS: &[Vector] = &[
    Vector::bad(
        "a misspelling",
        r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-x
  annotations:
    helm.sh/hook: pre-install,post-instal
data: {a: "1"}
"#,
        &["error templates/x.yaml:6:31"],
    )
    .fixed(
        r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-x
  annotations:
    helm.sh/hook: pre-install,post-install
data: {a: "1"}
"#,
    ),
    Vector::bad(
        "a trailing comma",
        r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-x
  annotations:
    "helm.sh/hook": "pre-install,"
"#,
        &["error templates/x.yaml:6:33"],
    )
    .fixed(
        r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-x
  annotations:
    "helm.sh/hook": "pre-install"
"#,
    ),
    Vector::bad(
        "a list, which no Helm renders",
        r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-x
  annotations:
    helm.sh/hook: [pre-install, pre-upgrade]
"#,
        &["error templates/x.yaml:6:19"],
    )
    .fixed(
        r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-x
  annotations:
    helm.sh/hook: "pre-install,pre-upgrade"
"#,
    ),
    Vector::bad(
        "from the values",
        r#"-- values.yaml --
job:
  hook: pre-instal
-- templates/job.yaml --
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-x
  annotations:
    helm.sh/hook: {{ .Values.job.hook }}
"#,
        &["error templates/job.yaml:6:19"],
    ),
    Vector::good(
        "upper case and blanks are Helm's to mend",
        r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-x
  annotations:
    helm.sh/hook: " Pre-Install , post-install"
"#,
    ),
];

fn check(subject: &Subject, findings: &mut Findings) {
    for (index, doc) in subject.documents.iter().enumerate() {
        if !matches!(doc.role, Role::Dropped | Role::Unreadable(_)) {
            continue;
        }
        let Some((_, value)) = doc.annotation(HOOK) else { continue };
        match value.kind() {
            NodeKind::Scalar if matches!(doc.role, Role::Dropped) => check_words(index, doc, value, findings),
            NodeKind::Sequence | NodeKind::Mapping => check_collection(index, doc, value, findings),
            _ => {}
        }
    }
}

fn is_known(word: &str) -> bool {
    word == "test-success" || Event::from_name(word).is_some()
}

/// Words of Helm 2, which have a rule of their own.
fn is_removed(word: &str) -> bool {
    matches!(word, "crd-install" | "test-failure")
}

fn check_words(index: usize, doc: &Doc, value: Node<'_>, findings: &mut Findings) {
    let raw = doc.slice(&value.span());
    let words = words(&raw, value);
    let wrong: Vec<&Word> = words.iter().filter(|word| !is_known(&word.text) && !is_removed(&word.text)).collect();
    let Some(first) = wrong.first() else { return };
    let span = if first.range.is_empty() { around(&first.range, &value.span()) } else { first.range.clone() };
    let problem = match first.text.as_str() {
        "" if words.len() == 1 => "`helm.sh/hook` is empty".to_owned(),
        "" => "`helm.sh/hook` has a comma with no event beside it".to_owned(),
        text => format!("`{text}` is no hook event"),
    };
    let message = format!(
        "{problem}, so Helm drops {} without naming it: it is neither a hook nor part of the release",
        doc.title()
    );
    let near = nearest(&first.text, Event::ALL.iter().map(|event| event.name()), 3);
    let parts: Vec<&str> = first.text.split([' ', ';', '|', '\t', '\n', '-']).filter(|part| !part.is_empty()).collect();
    let help = match near {
        Some((event, _)) => format!("Write `{event}`."),
        None if first.text.is_empty() && words.len() > 1 => "Remove the comma.".to_owned(),
        None if parts.len() > 1 && first.text.contains([' ', ';']) => "Separate events by commas.".to_owned(),
        None => format!("Write one of {}.", Event::ALL.map(Event::name).join(", ")),
    };
    let draft = Draft::new(Severity::Error, index, span, message).help(help).engines(Audience::ALL);
    findings.push(draft.fix(mend(index, &words, value)));
}

/// One word of the annotation, lower-cased, and where it is written.
struct Word {
    text: String,
    range: Range<u32>,
}

/// The words with their places: offsets in the raw text are those of the value only where nothing is escaped.
fn words(raw: &str, value: Node<'_>) -> Vec<Word> {
    let start = value.span().start;
    let quote = usize::from(value.style() != Style::Plain);
    let inner = raw.get(quote..raw.len().saturating_sub(quote)).unwrap_or(raw);
    let mut at = quote;
    let mut words = Vec::new();
    for part in inner.split(',') {
        let lead = part.len() - part.trim_start().len();
        let from = start + u32::try_from(at + lead).unwrap_or(0);
        let len = u32::try_from(part.trim().len()).unwrap_or(0);
        words.push(Word { text: part.trim().to_lowercase(), range: from..from + len });
        at += part.len() + 1;
    }
    words
}

/// An empty word has no width to point at: the character before it has.
fn around(range: &Range<u32>, value: &Range<u32>) -> Range<u32> {
    if value.is_empty() {
        value.clone()
    } else {
        range.start.saturating_sub(1).max(value.start)..range.start.max(value.start + 1)
    }
}

/// Safe when each wrong word has one near event or is empty.
fn mend(index: usize, words: &[Word], value: Node<'_>) -> Option<Fix> {
    if matches!(value.style(), Style::Literal | Style::Folded) {
        return None;
    }
    let mut kept: Vec<String> = Vec::new();
    for word in words {
        match word.text.as_str() {
            "" => {}
            text if is_known(text) => kept.push(text.to_owned()),
            text => kept.push(nearest(text, Event::ALL.iter().map(|event| event.name()), 2)?.0.to_owned()),
        }
    }
    if kept.is_empty() {
        return None;
    }
    let text = kept.join(",");
    let whole = words.first()?.range.start..words.last()?.range.end;
    let edits = vec![Edit::Replace { doc: index, span: whole, text: text.clone() }];
    Some(Fix { applicability: Applicability::Safe, title: format!("write `{text}`"), edits })
}

fn check_collection(index: usize, doc: &Doc, value: Node<'_>, findings: &mut Findings) {
    let what = if value.kind() == NodeKind::Sequence { "list" } else { "map" };
    let message = format!(
        "`helm.sh/hook` of a document of this file is a {what}, which Helm cannot read: every command that renders the chart fails"
    );
    let items: Vec<String> =
        value.items().map(|item| String::from_utf8_lossy(item.text()).trim().to_lowercase()).collect();
    let all_known = !items.is_empty() && items.iter().all(|item| is_known(item));
    let fix = (all_known && value.is_flow()).then(|| Fix {
        applicability: Applicability::Safe,
        title: format!("write `\"{}\"`", items.join(",")),
        edits: vec![Edit::Replace { doc: index, span: value.span(), text: format!("\"{}\"", items.join(",")) }],
    });
    let help = "Write the events as one text, separated by commas.";
    let _ = doc;
    findings.push(Draft::new(Severity::Error, index, value.span(), message).help(help).fix(fix));
}
