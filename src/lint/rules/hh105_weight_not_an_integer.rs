//! HH105: a weight that is no whole number, for which Helm takes 0.

use crate::go::yaml::Scalar;
use crate::helm::manifest::HOOK_WEIGHT;
use crate::hooks::{Hook, Weight, WeightReading};
use crate::lint::annotation::{self, List};
use crate::lint::{Applicability, Doc, Docs, Draft, Edit, Findings, Fix, Fixable, Profile, Rule, Subject, Vector};
use crate::text::Severity;

pub(super) const RULE: Rule = Rule {
    code: "HH105",
    name: "weight-not-an-integer",
    severity: Severity::Error,
    profile: Profile::Default,
    fixable: Fixable::Sometimes(Applicability::Safe),
    docs: Docs {
        summary: "The weight of a hook is no whole number, so Helm uses 0.",
        reports: "A value of `helm.sh/hook-weight` that is not an optional sign followed by digits: a fraction, white space around or \
            inside the number, a unit, an empty text, null, or a number that needs more than 64 bits.",
        happens: "Helm 3 and 4, Flux and Argo CD read the weight with Go's `strconv.Atoi` and take 0 for all that it refuses, without \
            a word. Hooks then run in another order than the chart says. A newline counts too: a weight written as a block (`|`) \
            at the end of a document is a number for Helm 3 and 0 for Helm 4.2.",
        remedy: "Write a whole number in quotes. Where there was no number left between two, multiply all weights by ten.",
        fine: "Never. A number without quotes is a matter of HH104.",
        evidence: &[
            "`pkg/release/v1/util/manifest_sorter.go` (4.2.4): `calculateHookWeight`",
            "[openfga/helm-charts#345](https://github.com/openfga/helm-charts/issues/345) checks it in a template",
        ],
    },
    check,
    vectors: VECTORS,
};

const VECTORS: &[Vector] = &[
    Vector::bad(
        "a fraction",
        r#"apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-weight: "1.5"
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: main
          image: busybox:1.36
"#,
        &["error templates/x.yaml:7:26"],
    ),
    Vector::bad(
        "white space around the number",
        r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-weight: " -5 "
"#,
        &["error templates/x.yaml:7:26"],
    )
    .fixed(
        r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-weight: "-5"
"#,
    ),
    Vector::bad(
        "white space inside the number",
        r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-weight: "- 5"
"#,
        &["error templates/x.yaml:7:26"],
    )
    .fixed(
        r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-weight: "-5"
"#,
    ),
    Vector::bad(
        "too many digits",
        r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-weight: "9223372036854775808"
"#,
        &["error templates/x.yaml:7:26"],
    ),
    Vector::bad(
        "a word",
        r"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-weight: first
",
        &["error templates/x.yaml:7:26"],
    ),
    Vector::bad(
        "nothing",
        r"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-weight: {{ .Values.weight }}
    other: x
",
        &["error templates/x.yaml:7:5"],
    ),
    Vector::bad(
        "the newline of a block",
        r"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-weight: |
      5
    other: x
",
        &["error templates/x.yaml:7:26"],
    ),
    Vector::good(
        "signs and leading zeros",
        r#"-- templates/a.yaml --
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-weight: "+007"
-- templates/b.yaml --
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-n
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-weight: '-9223372036854775808'
"#,
    ),
    Vector::good(
        "a number without quotes is HH104's",
        r"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-m
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-weight: 1.5
",
    ),
];

fn check(subject: &Subject, findings: &mut Findings) {
    for (index, doc, hook) in subject.hooks() {
        if !hook.weight.is_misread() {
            continue;
        }
        let Some(list) = annotation::list(doc, HOOK_WEIGHT) else { continue };
        if matches!(list.value.scalar(), Some(Scalar::Text(_) | Scalar::Null)) {
            findings.push(report(index, doc, hook, &list));
        }
    }
}

fn report(index: usize, doc: &Doc, hook: &Hook, list: &List<'_>) -> Draft {
    let shown = list.text.trim();
    let title = doc.title();
    let digits: String = list.text.split_whitespace().collect();
    // Blanks between digits may have been separators of thousands, or of two numbers.
    let mendable = digits.len() <= shown.len() && !Weight::parse(Some(&digits)).is_misread() && {
        let unsigned = shown.trim_start_matches(['+', '-']).trim_start();
        !unsigned.contains(char::is_whitespace)
    };
    let problem = match hook.weight.reading {
        _ if shown.is_empty() => format!("the weight of {title} is empty"),
        WeightReading::OutOfRange => format!("the weight `{shown}` of {title} does not fit 64 bits"),
        _ if mendable => {
            format!("the weight `{}` of {title} has white space beside the number", list.text.escape_debug())
        }
        _ => format!("the weight `{shown}` of {title} is no whole number"),
    };
    let help = match mendable {
        true => format!("Write `\"{digits}\"`."),
        false if shown.is_empty() => "Write a whole number in quotes, or remove the annotation.".to_owned(),
        false => "Write a whole number in quotes.".to_owned(),
    };
    let text = format!("\"{digits}\"");
    let edit = Edit::Replace { doc: index, span: list.value.span(), text: text.clone() };
    let one_line = !doc.slice(&list.value.span()).contains('\n');
    let fix = Fix::new(Applicability::Safe, format!("write `{text}`"), vec![edit]);
    let span = annotation::place(list.key, list.value);
    Draft::new(Severity::Error, index, span, format!("{problem}, so Helm takes 0 and says nothing"))
        .help(help)
        .fix((mendable && one_line).then_some(fix))
}
