//! HH110: a mapping that has a key twice, of which Helm keeps the last.

use crate::go::yaml::{Node, NodeKind};
use crate::helm::manifest::HOOK;
use crate::hooks::Event;
use crate::lint::annotation::lossy;
use crate::lint::{
    Applicability, Audience, Doc, Docs, Draft, Edit, Findings, Fix, Fixable, Profile, Role, Rule, Subject, Vector,
};
use crate::text::Severity;

pub(super) const RULE: Rule = Rule {
    code: "HH110",
    name: "duplicate-key",
    severity: Severity::Error,
    profile: Profile::Default,
    fixable: Fixable::Sometimes(Applicability::Safe),
    docs: Docs {
        summary: "A mapping has the same key twice, and Helm forgets the first one.",
        reports: "A key that a mapping of a rendered document has twice or more often. In a hook, for `metadata` and for anything in \
            `metadata.annotations` it is an error. Elsewhere, and where both values are the same, it is of severity info; for \
            Flux, which refuses such documents, it is always an error.",
        happens: "Helm 3 and 4 read the last of equal keys and say nothing: a second `annotations:` takes away all that the first one \
            holds, hooks included. Flux, and Helm 4 with a post-renderer, pass the documents through kustomize, which refuses \
            them: `mapping key already defined`.",
        remedy: "Merge the two. For `helm.sh/hook`, write the events into one value, separated by commas.",
        fine: "Never, though only Flux minds two equal values.",
        evidence: &[
            "[fluxcd/flux2#1556](https://github.com/fluxcd/flux2/issues/1556)",
            "[fluxcd/flux2#1522](https://github.com/fluxcd/flux2/issues/1522)",
            "[kubernetes/cloud-provider-openstack#2231](https://github.com/kubernetes/cloud-provider-openstack/issues/2231)",
            "[mastodon/chart#48](https://github.com/mastodon/chart/issues/48)",
        ],
    },
    check,
    vectors: VECTORS,
};

const VECTORS: &[Vector] = &[
    Vector::bad(
        "two events under two keys",
        r"apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook: pre-upgrade
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: main
          image: busybox:1.36
",
        &["error templates/x.yaml:7:5"],
    )
    .fixed(
        r"apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: main
          image: busybox:1.36
",
    ),
    Vector::bad(
        "three times: one finding, at what Helm keeps",
        r"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook: pre-upgrade
    helm.sh/hook: test
",
        &["error templates/x.yaml:8:5"],
    )
    .fixed(
        r"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-install,pre-upgrade,test
",
    ),
    Vector::bad(
        "annotations twice in an ordinary object",
        r"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-install
  annotations:
    a: b
",
        &["error templates/x.yaml:7:3"],
    ),
    Vector::bad(
        "an annotation and metadata twice",
        r"-- templates/a.yaml --
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-a
  annotations:
    a: b
    a: c
-- templates/b.yaml --
apiVersion: v1
kind: ConfigMap
metadata:
  labels: {a: b}
metadata:
  name: {{ .Release.Name }}-b
",
        &["error templates/a.yaml:7:5", "error templates/b.yaml:5:1"],
    ),
    Vector::bad(
        "deep inside a hook",
        r"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-install
data:
  a: b
  a: c
",
        &["error templates/x.yaml:9:3"],
    ),
    Vector::bad(
        "equal values in a hook, with quotes and without",
        r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-m
  labels:
    app: "web"
    app: web
    tier: "1"
    tier: 1
  annotations:
    helm.sh/hook: pre-install
"#,
        &["info templates/x.yaml:7:5", "error templates/x.yaml:9:5"],
    ),
    Vector::bad(
        "deep inside an ordinary object, and equal values",
        r"-- templates/a.yaml --
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-a
data:
  a: b
  a: c
  a: d
-- templates/b.yaml --
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-b
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook: pre-install
",
        &["info templates/a.yaml:8:3", "info templates/b.yaml:7:5"],
    )
    .fixed(
        r"-- templates/a.yaml --
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-a
data:
  a: b
  a: c
  a: d
-- templates/b.yaml --
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-b
  annotations:
    helm.sh/hook: pre-install
",
    ),
    Vector::bad(
        "Flux refuses all of them",
        r"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-a
data:
  a: b
  a: c
",
        &["error templates/x.yaml:7:3"],
    )
    .engine("flux"),
    Vector::good(
        "the same key in other mappings, and a document twice, which is HH111's",
        r"-- templates/a.yaml --
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-a
  labels: {name: a}
  annotations: {name: a}
-- templates/b.yaml --
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-b
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-c
",
    ),
];

fn check(subject: &Subject, findings: &mut Findings) {
    for (index, doc) in subject.documents.iter().enumerate() {
        let Some(root) = doc.root() else { continue };
        let mut open = vec![(root, Path::default())];
        while let Some((node, path)) = open.pop() {
            match node.kind() {
                NodeKind::Mapping => {
                    // Two objects in one document have a rule of their own.
                    let merged = path.depth == 0 && super::hh111_merged_documents::is_merged(node);
                    if !merged {
                        in_mapping(subject, index, doc, node, path, findings);
                    }
                    open.extend(node.entries().map(|(key, value)| (value, path.below(key))));
                }
                NodeKind::Sequence => open.extend(node.items().map(|item| (item, path.elsewhere()))),
                NodeKind::Scalar | NodeKind::Alias => {}
            }
        }
    }
}

/// How far a node is from the places where a lost key costs most.
#[derive(Clone, Copy, Default)]
struct Path {
    depth: usize,
    /// Inside `metadata`.
    metadata: bool,
    /// Inside `metadata.annotations`.
    annotations: bool,
}

impl Path {
    fn below(self, key: Node<'_>) -> Path {
        let key = key.target().text();
        Path {
            depth: self.depth + 1,
            metadata: self.depth == 0 && key == b"metadata",
            annotations: (self.metadata && key == b"annotations") || self.annotations,
        }
    }

    fn elsewhere(self) -> Path {
        Path { depth: self.depth + 1, metadata: false, annotations: self.annotations }
    }

    fn is_weighty(self, key: &[u8]) -> bool {
        self.annotations || (self.depth == 0 && key == b"metadata") || (self.metadata && key == b"annotations")
    }
}

fn in_mapping(subject: &Subject, index: usize, doc: &Doc, node: Node<'_>, path: Path, findings: &mut Findings) {
    let entries: Vec<(Node<'_>, Node<'_>)> = node.entries().collect();
    // Most mappings are small; a large one is looked through once, in the order of its keys.
    let mut order: Vec<usize> = (0..entries.len()).collect();
    let text = |at: usize| entries.get(at).map(|(key, _)| key.target().text()).unwrap_or_default();
    order.sort_by(|a, b| text(*a).cmp(text(*b)).then(a.cmp(b)));
    for equal in order.chunk_by(|a, b| text(*a) == text(*b)) {
        let equal: Vec<Entry<'_>> = equal.iter().filter_map(|at| entries.get(*at)).copied().collect();
        if let Some((last, forgotten @ [_, ..])) = equal.split_last()
            && last.0.target().text() != b"<<"
        {
            findings.push(report(subject, index, doc, path, forgotten, *last));
        }
    }
}

type Entry<'d> = (Node<'d>, Node<'d>);

/// True for values written alike, and for scalars that differ in their quotes alone.
fn means_the_same(doc: &Doc, first: Node<'_>, second: Node<'_>) -> bool {
    let scalars = first.scalar().zip(second.scalar());
    doc.slice(&first.span()) == doc.slice(&second.span()) || scalars.is_some_and(|(one, other)| one == other)
}

fn report(subject: &Subject, index: usize, doc: &Doc, path: Path, forgotten: &[Entry<'_>], last: Entry<'_>) -> Draft {
    let key = lossy(last.0.target());
    let equal = forgotten.iter().all(|entry| means_the_same(doc, entry.1, last.1));
    let is_hook = !matches!(doc.role, Role::Plain);
    let loses = !equal && (is_hook || path.is_weighty(key.as_bytes()));
    let title = doc.title();
    let (times, those, two) = match forgotten.len() {
        1 => ("twice".to_owned(), "the first one", "the two"),
        many => (format!("{} times", many + 1), "all but the last", "them"),
    };
    let (severity, engines, message) = if loses {
        let message = format!(
            "`{key}` is there {times} in {title}: Helm forgets {those} and says nothing, Flux refuses the object"
        );
        (Severity::Error, Audience::ALL, message)
    } else {
        let severity = if subject.audience.flux { Severity::Error } else { Severity::Info };
        let message = format!("`{key}` is there {times} in {title}: Helm takes the last one, Flux refuses the object");
        (severity, Audience::ALL, message)
    };
    let all = || forgotten.iter().chain([&last]);
    let is_scalar = all().any(|(_, value)| value.target().kind() == NodeKind::Scalar);
    let help = match (equal, is_scalar) {
        (true, _) => "Keep one of them.".to_owned(),
        (false, true) => "Keep the one that is meant.".to_owned(),
        (false, false) => format!("Merge {two}."),
    };
    let draft = Draft::new(severity, index, last.0.span(), message).help(help).engines(engines);
    let draft =
        forgotten.iter().fold(draft, |draft, (key, _)| draft.related(index, key.span(), "Helm forgets this one"));
    draft.fix(if key == HOOK && path.annotations { joined(index, all().copied()) } else { None })
}

/// One value with the events of all.
fn joined<'d>(index: usize, mut entries: impl Iterator<Item = Entry<'d>> + Clone) -> Option<Fix> {
    let mut events: Vec<String> = Vec::new();
    for (_, value) in entries.clone() {
        for word in crate::helm::manifest::words(&lossy(value.target())) {
            Event::from_name(&word)?;
            if !events.contains(&word) {
                events.push(word);
            }
        }
    }
    let text = events.join(",");
    let span = crate::lint::annotation::inner(entries.next()?.1);
    let mut edits = vec![Edit::Replace { doc: index, span, text: text.clone() }];
    edits.extend(
        entries.map(|(key, value)| Edit::RemoveEntry { doc: index, entry: key.span().start..value.span().end }),
    );
    Some(Fix::new(Applicability::Safe, format!("write `{text}` once"), edits))
}
