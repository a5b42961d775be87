//! HH101: a word of `helm.sh/hook` that Helm does not know, over which it drops the whole document.

use crate::go::yaml::{Node, NodeKind};
use crate::helm::manifest::HOOK;
use crate::hooks::Event;
use crate::lint::annotation::{self, List, Word};
use crate::lint::words::nearest;
use crate::lint::{
    Applicability, Doc, Docs, Draft, Edit, Findings, Fix, Fixable, Profile, Role, Rule, Subject, Vector, pods,
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
        fine: "Never. Words of Argo CD such as `PreSync` belong under `argocd.argoproj.io/hook`. A value that comes from the \
            values is reported only when it renders to something wrong. The events of Helm 2 have a rule of their own, HH102.",
        evidence: &[
            "`pkg/releaseutil/manifest_sorter.go` (3.21.4) and `pkg/release/v1/util/manifest_sorter.go` (4.2.4): `isUnknownHook`, \
             then `continue`",
        ],
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
        "a list in lines",
        r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-x
  annotations:
    helm.sh/hook:
      - pre-install
      - pre-upgrade
    a: b
"#,
        &["error templates/x.yaml:7:7"],
    )
    .fixed(
        r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-x
  annotations:
    helm.sh/hook: "pre-install,pre-upgrade"
    a: b
"#,
    ),
    Vector::bad(
        "a map",
        r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-x
  annotations:
    helm.sh/hook: {pre-install: true}
"#,
        &["error templates/x.yaml:6:19"],
    ),
    Vector::bad(
        "an empty value",
        r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-x
  annotations:
    helm.sh/hook: ""
"#,
        &["error templates/x.yaml:6:19"],
    ),
    Vector::bad(
        "no value",
        r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-x
  annotations:
    helm.sh/hook:
    other: x
"#,
        &["error templates/x.yaml:6:5"],
    ),
    Vector::bad(
        "null",
        r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-x
  annotations:
    helm.sh/hook: ~
"#,
        &["error templates/x.yaml:6:19"],
    ),
    Vector::bad(
        "a boolean",
        r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-x
  annotations:
    helm.sh/hook: yes
"#,
        &["error templates/x.yaml:6:19"],
    ),
    Vector::bad(
        "a semicolon",
        r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-x
  annotations:
    helm.sh/hook: pre-install; pre-upgrade
"#,
        &["error templates/x.yaml:6:19"],
    )
    .fixed(
        r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-x
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
"#,
    ),
    Vector::bad(
        "a blank",
        r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-x
  annotations:
    helm.sh/hook: 'post-install pre-upgrade'
"#,
        &["error templates/x.yaml:6:20"],
    )
    .fixed(
        r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-x
  annotations:
    helm.sh/hook: 'post-install,pre-upgrade'
"#,
    ),
    Vector::bad(
        "a block with a list in it",
        r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-x
  annotations:
    helm.sh/hook: |
      - pre-install
      - pre-upgrade
data: {a: "1"}
"#,
        &["error templates/x.yaml:7:7"],
    )
    .fixed(
        r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-x
  annotations:
    helm.sh/hook: |
      pre-install,pre-upgrade
data: {a: "1"}
"#,
    ),
    Vector::bad(
        "the next line is folded in",
        r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-x
  annotations:
    helm.sh/hook: pre-install
      null
"#,
        &["error templates/x.yaml:7:7"],
    ),
    Vector::bad(
        "events of Argo CD",
        r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-x
  annotations:
    helm.sh/hook: PreSync
"#,
        &["error templates/x.yaml:6:19"],
    ),
    Vector::bad(
        "an annotation from a merged map",
        r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-x
  labels: &shared {helm.sh/hook: pre-instal}
  annotations:
    <<: *shared
"#,
        &["error templates/x.yaml:5:34"],
    )
    .fixed(
        r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-x
  labels: &shared {helm.sh/hook: pre-install}
  annotations:
    <<: *shared
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
    Vector::good(
        "events of Helm 2 have a rule of their own",
        r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-x
  annotations:
    helm.sh/hook: crd-install
"#,
    ),
];

fn check(subject: &Subject, findings: &mut Findings) {
    for (index, doc) in subject.documents.iter().enumerate() {
        match doc.role {
            Role::Dropped => {
                if let Some(list) = annotation::list(doc, HOOK) {
                    check_words(index, doc, &list, findings);
                }
            }
            Role::Unreadable(_) => check_collection(index, doc, findings),
            Role::Plain | Role::Hook(_) => {}
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

fn near(word: &str, limit: usize) -> Option<&'static str> {
    nearest(word, Event::ALL.map(Event::name), limit).map(|(event, _)| event)
}

/// The events in a word that should have been several: `pre-install;pre-upgrade`, or the lines of a list in a block.
fn parts(word: &str) -> Vec<&str> {
    let words =
        word.split(|c: char| c.is_whitespace() || matches!(c, ';' | '|' | '/' | '+' | '&' | '[' | ']' | '"' | '\''));
    words.filter(|part| !matches!(*part, "" | "-" | "and" | "or")).collect()
}

fn check_words(index: usize, doc: &Doc, list: &List<'_>, findings: &mut Findings) {
    let wrong = list.words.iter().find(|word| !is_known(&word.text) && !is_removed(&word.text));
    let Some(wrong) = wrong else { return };
    let several = parts(&wrong.text);
    let folded = wrong.folded.clone().filter(|_| several.iter().any(|part| !is_known(part)) && several.len() > 1);
    let problem = match wrong.text.as_str() {
        "" if list.words.len() == 1 => "`helm.sh/hook` is empty".to_owned(),
        "" => "`helm.sh/hook` has a comma with no event beside it".to_owned(),
        text if folded.is_some() => {
            format!("YAML reads this line as part of `helm.sh/hook`, and `{}` is no event", line(text))
        }
        text => format!("`{}` is no hook event", line(text)),
    };
    let message = format!(
        "{problem}, so Helm drops {} and does not say which object that was: it is neither a hook nor part of the release",
        doc.title()
    );
    let help = match near(&wrong.text, 3) {
        Some(event) => format!("Write `{event}`."),
        None if wrong.text.is_empty() && list.words.len() > 1 => "Remove the comma.".to_owned(),
        None if folded.is_some() => {
            "Let this line begin a key of its own, or print it only when there is something to print.".to_owned()
        }
        None if several.len() > 1 && several.iter().all(|part| is_known(part)) => {
            format!("Separate events by commas: `{}`.", several.join(","))
        }
        None => format!("Write one of {}.", annotation::event_names()),
    };
    let span = folded.unwrap_or_else(|| list.place(wrong));
    findings.push(Draft::new(Severity::Error, index, span, message).help(help).fix(mend(index, list)));
}

/// A word on one line.
fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Safe when each wrong word is empty, near to one event, or several events; a suggestion when one is three steps away.
fn mend(index: usize, list: &List<'_>) -> Option<Fix> {
    let mut kept: Vec<&str> = Vec::new();
    let mut applicability = Applicability::Safe;
    for Word { text, .. } in &list.words {
        let several = parts(text);
        if is_known(text) {
            kept.push(text);
        } else if several.len() > 1 && several.iter().all(|part| is_known(part)) {
            kept.extend(several);
        } else if let Some(event) = near(text, 2) {
            kept.push(event);
        } else if !text.is_empty() {
            applicability = Applicability::Suggestion;
            kept.push(near(text, 3)?);
        }
    }
    // A block ends with its line: what follows the words there is not theirs.
    let text = kept.join(",");
    let span = list.all().filter(|_| !kept.is_empty())?;
    Some(Fix::new(
        applicability,
        format!("write `{text}`"),
        vec![Edit::Replace { doc: index, span, text: text.clone() }],
    ))
}

fn check_collection(index: usize, doc: &Doc, findings: &mut Findings) {
    let Some((key, value)) = annotation::entry(doc, HOOK) else { return };
    let what = match value.kind() {
        NodeKind::Sequence => "list",
        NodeKind::Mapping => "map",
        NodeKind::Scalar | NodeKind::Alias => return,
    };
    let object = doc.root().map(|root| pods::text(root, &["kind"]).unwrap_or_default()).unwrap_or_default();
    let message = format!(
        "`helm.sh/hook` of this {} is a {what}, which Helm cannot read: every command that renders the chart fails",
        if object.is_empty() { "document" } else { &object }
    );
    let lower = |item: Node<'_>| annotation::lossy(item.target()).trim().to_lowercase();
    let items: Vec<String> = value.items().map(lower).collect();
    let text = format!("\"{}\"", items.join(","));
    let edit = if value.is_flow() {
        Edit::Replace { doc: index, span: value.span(), text: text.clone() }
    } else {
        Edit::Replace { doc: index, span: key.span().end..value.span().end, text: format!(": {text}") }
    };
    let all_known = !items.is_empty() && items.iter().all(|item| is_known(item));
    let fix = all_known.then(|| Fix::new(Applicability::Safe, format!("write `{text}`"), vec![edit]));
    let help = "Write the events as one text, separated by commas.";
    findings.push(Draft::new(Severity::Error, index, value.span(), message).help(help).fix(fix));
}
