//! HH109: hook annotations in places where Helm does not look for them.

use crate::go::yaml::{self, Node, NodeKind};
use crate::helm::manifest::HOOK;
use crate::lint::annotation::{self, lossy};
use crate::lint::pods::{self, Object};
use crate::lint::{
    Applicability, Doc, Docs, Draft, Edit, Findings, Fix, Fixable, Profile, Rule, Subject, Vector, is_mapping,
};
use crate::text::Severity;

pub(super) const RULE: Rule = Rule {
    code: "HH109",
    name: "misplaced-hook-annotation",
    severity: Severity::Error,
    profile: Profile::Default,
    fixable: Fixable::Sometimes(Applicability::Safe),
    docs: Docs {
        summary: "A hook annotation is not in `metadata.annotations`, so the object is no hook.",
        reports: "`helm.sh/hook` or one of its companions, of an object that is no hook, in `metadata.labels`; in the annotations or \
            labels of a pod template; in `metadata` itself; at the top of the document, or in `annotations` there; in the items of \
            a `List`; and in a file below `crds/` (info).",
        happens: "Helm, Flux and Argo CD look at `metadata.annotations` of the document and nowhere else. The object is part of the \
            release: a Job meant for upgrades runs once, at installation, and the next upgrade cannot change it. The items of a \
            `List` are installed as plain objects, whatever their annotations say. In `metadata` itself and at the top the key is a \
            field that no kind has: Helm 3 installs the object all the same, Helm 4 fails where it applies server-side, as it does by \
            default. Files in `crds/` are created before anything is rendered.",
        remedy: "Move the annotation to `metadata.annotations`. Write the items of a `List` as documents of their own.",
        fine: "Charts that have the annotation in both places are not reported.",
        evidence: &[
            "`pkg/release/v1/util/manifest.go` (4.2.4): `SimpleHead` has `metadata.annotations` and no other place",
        ],
    },
    check,
    vectors: VECTORS,
};

const VECTORS: &[Vector] = &[
    Vector::bad(
        "in the pod template",
        r#"apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-m
spec:
  template:
    metadata:
      annotations:
        helm.sh/hook: pre-upgrade
    spec:
      restartPolicy: Never
      containers: [{name: main, image: "busybox:1.36"}]
"#,
        &["error templates/x.yaml:9:9"],
    ),
    Vector::bad(
        "in the pod template of a CronJob",
        r#"apiVersion: batch/v1
kind: CronJob
metadata:
  name: {{ .Release.Name }}-m
spec:
  schedule: "* * * * *"
  jobTemplate:
    spec:
      template:
        metadata:
          annotations: {"helm.sh/hook-weight": "1", "helm.sh/hook": pre-upgrade}
        spec:
          restartPolicy: Never
          containers: [{name: main, image: "busybox:1.36"}]
"#,
        &["error templates/x.yaml:11:53"],
    ),
    Vector::bad(
        "in the labels",
        r"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-m
  labels:
    helm.sh/hook: pre-upgrade
",
        &["error templates/x.yaml:6:5"],
    ),
    Vector::bad(
        "in metadata, beside annotations",
        r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-m
  helm.sh/hook: pre-upgrade
  annotations:
    a: b
data: {a: "1"}
"#,
        &["error templates/x.yaml:5:3"],
    )
    .fixed(
        r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-upgrade
    a: b
data: {a: "1"}
"#,
    ),
    Vector::bad(
        "in metadata, without annotations",
        r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-m
  "helm.sh/hook": "pre-upgrade"
data: {a: "1"}
"#,
        &["error templates/x.yaml:5:3"],
    )
    .fixed(
        r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    "helm.sh/hook": "pre-upgrade"
data: {a: "1"}
"#,
    ),
    Vector::bad(
        "in annotations at the top",
        r"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-m
annotations:
  helm.sh/hook: pre-upgrade
",
        &["error templates/x.yaml:6:3"],
    ),
    Vector::bad(
        "in the items of a list",
        r"apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: ConfigMap
    metadata:
      name: {{ .Release.Name }}-m
      annotations:
        helm.sh/hook: pre-upgrade
",
        &["error templates/x.yaml:9:9"],
    ),
    Vector::bad(
        "in crds/",
        r"-- crds/x.yaml --
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: a.example.org
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: b.example.org
  annotations:
    helm.sh/hook: pre-install
",
        &["info crds/x.yaml:11:5"],
    ),
    Vector::good(
        "in both places, and in a text",
        r"-- templates/a.yaml --
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-m
  labels:
    helm.sh/hook: pre-upgrade
  annotations:
    helm.sh/hook: pre-upgrade
spec:
  template:
    metadata:
      annotations:
        helm.sh/hook: pre-upgrade
    spec:
      restartPolicy: Never
      containers: [{name: main, image: busybox}]
-- templates/b.yaml --
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-m
data:
  helm.sh/hook: pre-upgrade
",
    ),
];

fn check(subject: &Subject, findings: &mut Findings) {
    for (index, doc) in subject.documents.iter().enumerate() {
        if !doc.is_plain() {
            continue;
        }
        let Some(root) = doc.root() else { continue };
        let objects = pods::objects(doc);
        let is_list = objects.first().is_none_or(|object| object.node.span() != root.span());
        if is_list {
            for object in objects {
                in_item(index, doc, object, findings);
            }
        } else if let Some(object) = objects.first() {
            in_object(index, doc, *object, findings);
        }
    }
    for (path, data) in &subject.crds {
        in_crds(path, data, findings);
    }
}

/// The key that shows that a mapping was meant to hold a hook's annotations.
fn hook_key(mapping: Option<Node<'_>>) -> Option<Node<'_>> {
    let mapping = mapping.filter(|node| is_mapping(*node))?;
    let is_hook = |key: Node<'_>| {
        let name = lossy(key);
        annotation::KNOWN.contains(&name.as_str()) && name.starts_with(HOOK)
    };
    let keys: Vec<Node<'_>> = mapping.entries().map(|(key, _)| key.target()).filter(|key| is_hook(*key)).collect();
    keys.iter().find(|key| key.text() == HOOK.as_bytes()).or(keys.first()).copied()
}

fn in_object(index: usize, doc: &Doc, object: Object<'_>, findings: &mut Findings) {
    let places = [
        (vec!["metadata", "labels"], "among the labels of"),
        (vec!["metadata"], "in `metadata` of"),
        (vec!["annotations"], "in `annotations` at the top of"),
        (vec![], "at the top of"),
    ];
    for (path, place) in places {
        let Some(key) = hook_key(pods::get(object.node, &path)) else { continue };
        let fix = (path == ["metadata"]).then(|| moved(index, doc)).flatten();
        findings.push(report(index, doc, key, place).fix(fix));
    }
    let Some(pod) = object.pod().filter(|pod| pod.template.span() != object.node.span()) else { return };
    for table in ["annotations", "labels"] {
        if let Some(key) = hook_key(pods::get(pod.template, &["metadata", table])) {
            findings.push(report(index, doc, key, &format!("among the {table} of the pod template of")));
        }
    }
}

fn report(index: usize, doc: &Doc, key: Node<'_>, place: &str) -> Draft {
    // Only labels and annotations take any key; the server knows the fields of its own kinds.
    let is_known = !place.starts_with("among") && (!doc.group().contains('.') || doc.group().ends_with(".k8s.io"));
    let outcome = match is_known {
        true => {
            "the object is no hook. Helm 3 installs it with the release, Helm 4 fails, for with server-side apply the API server \
             refuses unknown fields"
        }
        false => "the object is no hook and is installed with the release",
    };
    let message = format!("`{}` is {place} {}, where Helm does not look: {outcome}", lossy(key), doc.title());
    Draft::new(Severity::Error, index, key.span(), message).help("Move it to `metadata.annotations`.")
}

/// Moves what is in `metadata` and belongs to its annotations.
fn moved(index: usize, doc: &Doc) -> Option<Fix> {
    let metadata = doc.get(&["metadata"]).filter(|node| !node.is_flow())?;
    let misplaced: Vec<(Node<'_>, Node<'_>)> = metadata
        .entries()
        .filter(|(key, _)| annotation::KNOWN.contains(&lossy(*key).as_str()) && lossy(*key).starts_with(HOOK))
        .collect();
    let line = |(key, value): &(Node<'_>, Node<'_>)| doc.slice(&(key.span().start..value.span().end));
    let lines: Vec<String> = misplaced.iter().map(line).collect();
    if lines.is_empty() || lines.iter().any(|line| line.contains('\n')) {
        return None;
    }
    let remove = |(key, value): &(Node<'_>, Node<'_>)| Edit::RemoveEntry {
        doc: index,
        entry: key.span().start..value.span().end.max(key.span().end),
    };
    let mut edits: Vec<Edit> = misplaced.iter().map(remove).collect();
    match doc.entry(&["metadata", "annotations"]) {
        Some((_, table)) => {
            let (key, value) = table.entries().next().filter(|_| is_mapping(table) && !table.is_flow())?;
            let entry = key.span().start..value.span().end;
            let insert = |text: &String| Edit::InsertEntry {
                doc: index,
                key: key.span(),
                entry: entry.clone(),
                before: true,
                text: text.clone(),
            };
            edits.extend(lines.iter().map(insert));
        }
        None => {
            let (key, value) = doc.entry(&["metadata", "name"])?;
            let text = lines.iter().fold("annotations:".to_owned(), |text, line| format!("{text}\n  {line}"));
            let entry = key.span().start..value.span().end;
            edits.push(Edit::InsertEntry { doc: index, key: key.span(), entry, before: false, text });
        }
    }
    Some(Fix::new(Applicability::Safe, "move it to `metadata.annotations`", edits))
}

fn in_item(index: usize, doc: &Doc, object: Object<'_>, findings: &mut Findings) {
    let Some(key) = hook_key(pods::get(object.node, &["metadata", "annotations"])) else { return };
    let message = format!(
        "`{}` of {} `{}` does nothing, because the object is an item of {}: Helm installs it with the release",
        lossy(key),
        object.kind(),
        object.name(),
        doc.title()
    );
    let help = "Write the item as a document of its own, below a line `---`.";
    findings.push(Draft::new(Severity::Error, index, key.span(), message).help(help));
}

fn in_crds(path: &str, data: &[u8], findings: &mut Findings) {
    // Definitions come in megabytes, and hardly any speaks of hooks.
    if bstr::ByteSlice::find(data, "helm.sh/hook").is_none() {
        return;
    }
    let Ok(documents) = yaml::parse_all(data) else { return };
    for document in &documents {
        let root = document.root().target();
        let table = pods::get(root, &["metadata", "annotations"]).filter(|node| node.kind() == NodeKind::Mapping);
        let Some(key) = hook_key(table) else { continue };
        let name = pods::text(root, &["metadata", "name"]).unwrap_or_default();
        let message = format!(
            "`{}` of `{name}` does nothing in `crds/`, where Helm creates what is there before any hook",
            lossy(key)
        );
        findings.push(Draft::in_file(Severity::Info, path, key.span(), message).help("Remove the annotation."));
    }
}
