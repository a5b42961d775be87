//! `plan -o json` and `-o yaml`: the keys scripts rely on, as `schema plan` describes them.

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use crate::hooks::{Action, Dropped, EventPlan, Note, ObjectRef, OnFailure, Plan, PlannedHook, Source, Step};

use super::Report;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReportOut<'a> {
    schema_version: &'static str,
    charts: Vec<ChartOut<'a>>,
    errors: Vec<ErrorOut<'a>>,
    skipped: SkippedOut,
}

#[derive(Serialize)]
struct ErrorOut<'a> {
    path: &'a str,
    message: &'a str,
}

#[derive(Serialize)]
struct SkippedOut {
    library: usize,
    dependency: usize,
}

#[derive(Serialize)]
struct ChartOut<'a> {
    path: &'a str,
    name: &'a str,
    version: Option<&'a str>,
    release: ReleaseOut<'a>,
    engine: &'static str,
    events: Vec<EventOut<'a>>,
    dropped: Vec<DroppedOut<'a>>,
    notes: Vec<NoteOut<'a>>,
}

#[derive(Serialize)]
struct ReleaseOut<'a> {
    name: &'a str,
    namespace: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EventOut<'a> {
    event: &'static str,
    operation: &'static str,
    rendering: &'static str,
    hooks: Vec<HookOut<'a>>,
    steps: Vec<StepOut<'a>>,
    left_behind: Vec<ObjectOut<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct HookOut<'a> {
    order: u32,
    weight: i64,
    weight_text: Option<&'a str>,
    api_version: &'a str,
    kind: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    generate_name: Option<&'a str>,
    namespace: Option<&'a str>,
    source: SourceOut<'a>,
    delete_policies: &'a [String],
    delete_policy_defaulted: bool,
    output_log_policies: &'a [String],
    waits: &'static str,
    documented_order: u32,
    on_failure: OnFailureOut,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SourceOut<'a> {
    path: &'a str,
    document: u32,
    rendered_line: u32,
}

/// Written without a copy: a thousand hooks may leave half a million objects between them.
struct OnFailureOut(OnFailure);

impl Serialize for OnFailureOut {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let OnFailure { deletes, leaves, release } = &self.0;
        let deletes = deletes.iter().map(|(gone, policy)| DeletedOut { object: object(gone), reason: policy.name() });
        let mut out = serializer.serialize_struct("onFailure", 3)?;
        out.serialize_field("deletes", &Each(deletes))?;
        out.serialize_field("leaves", &Each(leaves.iter().map(|left| object(left))))?;
        out.serialize_field("release", release.name())?;
        out.end()
    }
}

/// A list made while it is written.
struct Each<I>(I);

impl<I: Iterator<Item: Serialize> + Clone> Serialize for Each<I> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.clone())
    }
}

#[derive(Serialize)]
struct ObjectOut<'a> {
    kind: &'a str,
    name: &'a str,
    namespace: Option<&'a str>,
}

#[derive(Serialize)]
struct DeletedOut<'a> {
    #[serde(flatten)]
    object: ObjectOut<'a>,
    reason: &'static str,
}

#[derive(Serialize)]
struct StepOut<'a> {
    op: &'static str,
    #[serde(flatten)]
    object: ObjectOut<'a>,
    hook: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    method: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<&'static str>,
}

#[derive(Serialize)]
struct DroppedOut<'a> {
    source: SourceOut<'a>,
    kind: &'a str,
    name: &'a str,
    annotation: &'a str,
    reason: &'static str,
}

#[derive(Serialize)]
struct NoteOut<'a> {
    code: &'static str,
    message: &'a str,
}

/// The report as JSON, indented, with a final newline.
pub fn json(report: &Report) -> String {
    crate::report::json::to_string(
        &out(report),
        &["release", "source", "onFailure", "deletePolicies", "outputLogPolicies", "skipped"],
        &["steps", "leftBehind", "notes", "dropped", "errors"],
    )
}

/// The same as YAML, with the keys in the same order.
pub fn yaml(report: &Report) -> String {
    let value = serde_json::to_value(out(report)).unwrap_or_default();
    crate::report::yaml::to_string(&value)
}

fn out(report: &Report) -> ReportOut<'_> {
    ReportOut {
        schema_version: "1",
        charts: report.charts.iter().map(chart).collect(),
        errors: report.errors.iter().map(|error| ErrorOut { path: &error.path, message: &error.message }).collect(),
        skipped: SkippedOut { library: report.skipped.library, dependency: report.skipped.dependency },
    }
}

fn chart(plan: &Plan) -> ChartOut<'_> {
    ChartOut {
        path: &plan.chart.path,
        name: &plan.chart.name,
        version: plan.chart.version.as_deref(),
        release: ReleaseOut { name: &plan.release.name, namespace: &plan.release.namespace },
        engine: plan.engine.name(),
        events: plan.events.iter().map(|event| event_out(event, plan)).collect(),
        dropped: plan.dropped.iter().map(dropped).collect(),
        notes: plan.notes.iter().map(|Note { code, message }| NoteOut { code, message }).collect(),
    }
}

fn event_out<'a>(plan: &'a EventPlan, of: &Plan) -> EventOut<'a> {
    let failures = plan.failures(&of.release.namespace, of.engine);
    EventOut {
        event: plan.event.name(),
        operation: plan.event.operation().name(),
        rendering: plan.rendering.name(),
        hooks: plan.hooks.iter().zip(failures).map(|(planned, failure)| hook(planned, failure)).collect(),
        steps: plan.steps.iter().map(step).collect(),
        left_behind: plan.left_behind.iter().map(|left| object(left)).collect(),
    }
}

fn hook(planned: &PlannedHook, failure: OnFailure) -> HookOut<'_> {
    let hook = &planned.hook;
    HookOut {
        order: planned.order,
        weight: hook.weight.value,
        weight_text: hook.weight.text.as_deref(),
        api_version: &hook.object.api_version,
        kind: &hook.object.kind,
        name: &hook.object.name,
        generate_name: hook.object.generate_name.as_deref(),
        namespace: hook.object.namespace.as_deref(),
        source: source(&hook.source),
        delete_policies: &hook.delete_policies.words,
        delete_policy_defaulted: hook.delete_policies.defaulted,
        output_log_policies: &hook.log_policies,
        waits: planned.waits.name(),
        documented_order: planned.documented_order,
        on_failure: OnFailureOut(failure),
    }
}

fn step(step: &Step) -> StepOut<'_> {
    let mut out =
        StepOut { op: "", object: object(&step.object), hook: step.hook, reason: None, method: None, until: None };
    match step.action {
        Action::Delete(policy) => (out.op, out.reason) = ("delete", Some(policy.name())),
        Action::Create(method) => (out.op, out.method) = ("create", Some(method.name())),
        Action::Wait(until) => (out.op, out.until) = ("wait", Some(until.name())),
        Action::Log => (out.op, out.reason) = ("log", Some("hook-succeeded")),
    }
    out
}

fn object(object: &ObjectRef) -> ObjectOut<'_> {
    ObjectOut { kind: &object.kind, name: &object.name, namespace: object.namespace.as_deref() }
}

fn source(source: &Source) -> SourceOut<'_> {
    SourceOut { path: &source.path, document: source.document, rendered_line: source.rendered_line }
}

fn dropped(dropped: &Dropped) -> DroppedOut<'_> {
    DroppedOut {
        source: source(&dropped.source),
        kind: &dropped.kind,
        name: &dropped.name,
        annotation: &dropped.annotation,
        reason: dropped.reason,
    }
}
