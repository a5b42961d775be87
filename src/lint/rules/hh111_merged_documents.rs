//! HH111: two objects in one document, of which Helm sees the last.

use std::ops::Range;

use crate::go::yaml::Node;
use crate::lint::annotation::lossy;
use crate::lint::{
    Applicability, Doc, Docs, Draft, Edit, Findings, Fix, Fixable, Profile, Rule, Subject, Vector, is_mapping, pods,
};
use crate::text::Severity;

pub(super) const RULE: Rule = Rule {
    code: "HH111",
    name: "merged-documents",
    severity: Severity::Error,
    profile: Profile::Default,
    fixable: Fixable::Sometimes(Applicability::Safe),
    docs: Docs {
        summary: "Two objects are in one document, because the `---` between them is missing or is no line of its own.",
        reports: "A rendered document with `apiVersion` or `kind` twice at the top.",
        happens: "Helm 3 and 4, and Flux, read the last of equal keys. The first object disappears without a word, and what only it \
            has (its annotations, its `spec`) may show up in the second one. A `---` that an action ending in `-}}` pulls up to \
            the line before it is no separator.",
        remedy: "Put `---` on a line of its own between the two. Where it is there already, remove the `-` from the `-}}` before it.",
        fine: "Never. A `---` in a text, such as a manifest in a ConfigMap, is not looked at.",
        evidence: &[
            "`pkg/release/v1/util/manifest.go` (4.2.4): documents are separated by `(?m)^---[ \\t]*`",
            "[vtmocanu/uzi#149](https://github.com/vtmocanu/uzi/issues/149): a ServiceAccount lost to `*/ -}}`",
            "[lucky-sideburn/kubeinvaders#99](https://github.com/lucky-sideburn/kubeinvaders/issues/99)",
            "[istio/operator#68](https://github.com/istio/operator/issues/68)",
        ],
    },
    check,
    vectors: VECTORS,
};

const VECTORS: &[Vector] = &[
    Vector::bad(
        "no separator",
        r#"apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-weight: "-1"
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
data: {a: "1"}
"#,
        &["error templates/x.yaml:8:1"],
    )
    .fixed(
        r#"apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-weight: "-1"
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
data: {a: "1"}
"#,
    ),
    Vector::bad(
        "an action took the line end",
        r"apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}-a
automountServiceAccountToken: false
{{- /* the second one */ -}}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-b
",
        &["error templates/x.yaml:8:1"],
    ),
    Vector::bad(
        "a loop without separators",
        r#"{{- range tuple "a" "b" "c" }}
kind: ConfigMap
apiVersion: v1
metadata:
  name: {{ $.Release.Name }}-{{ . }}
{{- end }}
"#,
        &["error templates/x.yaml:2:1", "error templates/x.yaml:2:1"],
    ),
    Vector::bad(
        "a kind twice is no second object",
        r"apiVersion: v1
kind: ConfigMap
kind: Secret
metadata:
  name: {{ .Release.Name }}-b
",
        &["error templates/x.yaml:3:1"],
    ),
    Vector::good(
        "separators, and a manifest in a text",
        r"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-a
data:
  all: |
    apiVersion: v1
    kind: A
    ---
    apiVersion: v1
    kind: B
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-b
",
    ),
];

/// True for a document's root with `apiVersion` or `kind` twice.
pub(super) fn is_merged(root: Node<'_>) -> bool {
    let count = |name: &str| root.entries().filter(|(key, _)| key.text() == name.as_bytes()).count();
    count("apiVersion") > 1 || count("kind") > 1
}

/// The entries of one of the objects in a document.
#[derive(Default)]
struct Part<'d> {
    entries: Vec<(Node<'d>, Node<'d>)>,
}

impl<'d> Part<'d> {
    fn get(&self, name: &str) -> Option<Node<'d>> {
        self.entries.iter().find(|(key, _)| key.text() == name.as_bytes()).map(|(_, value)| value.target())
    }

    fn is_whole(&self) -> bool {
        ["apiVersion", "kind", "metadata"].iter().all(|name| self.get(name).is_some())
    }

    fn title(&self) -> String {
        let kind = self.get("kind").map(lossy).unwrap_or_default();
        let name = self.get("metadata").and_then(|metadata| pods::text(metadata, &["name"])).unwrap_or_default();
        match (kind.as_str(), name.as_str()) {
            ("", "") => "what stands before it".to_owned(),
            ("", name) => format!("`{name}`"),
            (kind, "") => kind.to_owned(),
            (kind, name) => format!("{kind} `{name}`"),
        }
    }
}

/// The objects of a root, each beginning where a type is named a second time.
fn parts(root: Node<'_>) -> Vec<Part<'_>> {
    let mut parts = vec![Part::default()];
    for (key, value) in root.entries() {
        let name = lossy(key);
        let begins = matches!(name.as_str(), "apiVersion" | "kind")
            && parts.last().is_some_and(|part| part.get(&name).is_some());
        if begins {
            parts.push(Part::default());
        }
        if let Some(part) = parts.last_mut() {
            part.entries.push((key, value));
        }
    }
    parts
}

fn check(subject: &Subject, findings: &mut Findings) {
    for (index, doc) in subject.documents.iter().enumerate() {
        let Some(root) = doc.root().filter(|root| is_mapping(*root) && is_merged(*root)) else { continue };
        let parts = parts(root);
        for pair in parts.windows(2) {
            let [before, after] = pair else { continue };
            if let Some(draft) = report(index, doc, before, after) {
                findings.push(draft);
            }
        }
    }
}

fn report(index: usize, doc: &Doc, before: &Part<'_>, after: &Part<'_>) -> Option<Draft> {
    let (key, _) = after.entries.first()?;
    let (first, _) = before.entries.first()?;
    if !before.is_whole() || !after.is_whole() {
        let name = lossy(*key);
        let message =
            format!("`{name}` is there twice in {}: Helm forgets the first one and says nothing", doc.title());
        let draft = Draft::new(Severity::Error, index, key.span(), message);
        let help = "Remove one of them, or put `---` on a line of its own between two objects.";
        return Some(draft.help(help).related(index, first.span(), "the first one begins here"));
    }
    let (gone, kept) = (before.title(), after.title());
    let message = format!(
        "no `---` on a line of its own stands before {kept}: Helm reads it and {gone} as one object and forgets {gone}"
    );
    let glued = before.entries.last().and_then(|(_, value)| glued(doc, *value));
    let help = match &glued {
        Some(_) => "Remove the `-` from the `-}}` before the `---`, which took the line end.",
        None => "Put `---` on a line of its own before it.",
    };
    let insert = Edit::InsertLine { doc: index, span: key.span(), text: "---".to_owned() };
    let fix = glued.is_none().then(|| Fix::new(Applicability::Safe, "insert `---`", vec![insert]));
    let draft = Draft::new(Severity::Error, index, key.span(), message).help(help).fix(fix);
    let draft = draft.related(index, first.span(), format!("{gone} begins here"));
    Some(glued.into_iter().fold(draft, |draft, span| draft.related(index, span, "this is no separator")))
}

/// The `---` at the end of a text, which was meant to be a line.
fn glued(doc: &Doc, value: Node<'_>) -> Option<Range<u32>> {
    let mut last = value.target();
    while let Some(below) = last.entries().last().map(|(_, value)| value).or_else(|| last.items().last()) {
        last = below.target();
    }
    let span = last.span();
    doc.slice(&span).ends_with("---").then(|| span.end.saturating_sub(3)..span.end)
}
