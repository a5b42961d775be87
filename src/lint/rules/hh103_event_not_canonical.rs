//! HH103: events that Helm understands and others do not, that are there twice, or that have a newer name.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::helm::manifest::HOOK;
use crate::lint::annotation::{self, List, chart_of};
use crate::lint::{
    Applicability, Audience, Doc, Docs, Draft, Edit, Findings, Fix, Fixable, Profile, Rule, Subject, Vector, words,
};
use crate::text::Severity;

pub(super) const RULE: Rule = Rule {
    code: "HH103",
    name: "event-not-canonical",
    severity: Severity::Warning,
    profile: Profile::Default,
    fixable: Fixable::Sometimes(Applicability::Safe),
    docs: Docs {
        summary: "An event is in upper case, is there twice, or is called `test-success`.",
        reports: "In the value of `helm.sh/hook`: an event with an upper-case letter; the same event a second time, also as \
            `test` and `test-success`; and the name `test-success` (one finding a chart, of severity info).",
        happens: "Helm 3 and 4 lower-case events, Argo CD compares them as they are: it finds no event in `Pre-Install`, and an \
            object without any event it knows is never applied. Helm puts a hook on its list once for each mention: a Job with \
            `test,test-success` runs twice in one `helm test`. `test-success` is Helm 2's name of `test`, which all know.",
        remedy: "Write each event once, in lower case, and `test` for `test-success`.",
        fine: "Upper case does no harm where the chart is installed by Helm or Flux alone.",
        evidence: &[
            "gitops-engine, `pkg/sync/hook/helm/type.go`: exact comparison",
            "`pkg/action/hooks.go` (4.2.4): `execHook` goes through `h.Events` without looking for repeats",
            "[stefanprodan/podinfo#46](https://github.com/stefanprodan/podinfo/issues/46)",
        ],
    },
    check,
    vectors: VECTORS,
};

const VECTORS: &[Vector] = &[
    Vector::bad(
        "upper case, a repeat and the old name",
        r"apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: Pre-Upgrade,test-success,test
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: main
          image: busybox:1.36
",
        &["warning templates/x.yaml:6:19", "info templates/x.yaml:6:31", "warning templates/x.yaml:6:44"],
    )
    .engine("argocd")
    .fixed(
        r"apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-upgrade,test
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
        "the same event twice",
        r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-x
  annotations:
    "helm.sh/hook": "pre-install, post-install ,pre-install"
"#,
        &["warning templates/x.yaml:6:49"],
    )
    .fixed(
        r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-x
  annotations:
    "helm.sh/hook": "pre-install, post-install"
"#,
    ),
    Vector::bad(
        "test-success is reported once a chart",
        r#"-- templates/a.yaml --
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-a
  annotations:
    "helm.sh/hook": test-success
-- templates/b.yaml --
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-b
  annotations:
    "helm.sh/hook": test-success
"#,
        &["info templates/a.yaml:6:21"],
    )
    .fixed(
        r#"-- templates/a.yaml --
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-a
  annotations:
    "helm.sh/hook": test
-- templates/b.yaml --
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-b
  annotations:
    "helm.sh/hook": test
"#,
    ),
    Vector::bad(
        "from the values",
        r#"-- values.yaml --
hook: Pre-Install
-- templates/x.yaml --
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-x
  annotations:
    helm.sh/hook: {{ .Values.hook }}
"#,
        &["warning templates/x.yaml:6:19"],
    )
    .engine("argocd"),
    Vector::good(
        "each once, in lower case",
        r"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-x
  annotations:
    helm.sh/hook: pre-install, pre-upgrade, test
",
    ),
];

fn check(subject: &Subject, findings: &mut Findings) {
    let mut aliases: BTreeMap<String, Vec<(usize, Range<u32>, bool)>> = BTreeMap::new();
    for (index, doc, _) in subject.hooks() {
        let Some(list) = annotation::list(doc, HOOK) else { continue };
        case(index, doc, &list, findings);
        repeats(index, doc, &list, findings);
        for word in list.words.iter().filter(|word| word.text == "test-success") {
            let chart = chart_of(&doc.source.path).to_owned();
            aliases.entry(chart).or_default().push((index, list.place(word), list.exact));
        }
    }
    for places in aliases.into_values() {
        alias(&places, findings);
    }
}

fn case(index: usize, doc: &Doc, list: &List<'_>, findings: &mut Findings) {
    for word in list.words.iter().filter(|word| word.raw != word.text) {
        let message = format!(
            "`{}` of {} is an event for Helm, which lower-cases it, and none for Argo CD, which compares it as it is",
            word.raw,
            doc.title()
        );
        let edit = Edit::Replace { doc: index, span: word.span.clone(), text: word.text.clone() };
        let fix = Fix::new(Applicability::Safe, format!("write `{}`", word.text), vec![edit]);
        let draft = Draft::new(Severity::Warning, index, list.place(word), message)
            .help(format!("Write `{}`.", word.text))
            .fix(list.exact.then_some(fix));
        findings.push(draft.engines(Audience::ARGOCD));
    }
}

fn repeats(index: usize, doc: &Doc, list: &List<'_>, findings: &mut Findings) {
    let meaning = |word: &str| if word == "test-success" { "test" } else { word }.to_owned();
    let mut seen = Vec::new();
    let mut end = None;
    for word in &list.words {
        let event = meaning(&word.text);
        if seen.contains(&event) {
            let command = crate::hooks::Event::from_name(&event).map_or("Helm", words::command);
            let message = format!("`{event}` is there twice, so one `{command}` runs {} twice", doc.title());
            let removed = end.filter(|_| list.exact).map(|end| Edit::Replace {
                doc: index,
                span: end..word.span.end,
                text: String::new(),
            });
            let fix = removed.map(|edit| Fix::new(Applicability::Safe, "remove the repeat", vec![edit]));
            let draft = Draft::new(Severity::Warning, index, list.place(word), message);
            let engines = Audience { argocd: false, ..Audience::ALL };
            findings.push(draft.help("Write each event once.").fix(fix).engines(engines));
        }
        seen.push(event);
        end = Some(word.span.end);
    }
}

fn alias(places: &[(usize, Range<u32>, bool)], findings: &mut Findings) {
    let Some(((index, span, _), rest)) = places.split_first() else { return };
    let more = match rest.len() {
        0 => String::new(),
        1 => ", in one more hook too".to_owned(),
        more => format!(", in {more} more hooks too"),
    };
    let edit = |(doc, span, _): &(usize, Range<u32>, bool)| Edit::Replace {
        doc: *doc,
        span: span.clone(),
        text: "test".into(),
    };
    let exact = places.iter().all(|(_, _, exact)| *exact);
    let fix = exact.then(|| Fix::new(Applicability::Safe, "write `test`", places.iter().map(edit).collect()));
    let draft =
        Draft::new(Severity::Info, *index, span.clone(), format!("`test-success` is Helm 2's name of `test`{more}"));
    let draft = draft.help("Write `test`.").fix(fix);
    findings.push(rest.iter().fold(draft, |draft, (doc, span, _)| draft.related(*doc, span.clone(), "here too")));
}
