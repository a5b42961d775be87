//! `plan -o json` and `-o yaml`: the keys scripts rely on, as `schema plan` describes them.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use crate::hooks::{Action, Dropped, EventPlan, ObjectRef, OnFailure, Plan, PlannedHook, Source, Step};
use crate::report::json::{Json, Layout};

use super::{Failure, Report};

/// The report as JSON, indented, with a final newline.
pub fn json(report: &Report) -> String {
    write(report, Json::default())
}

/// The same, part by part.
pub fn json_in_parts(report: &Report, sink: Box<dyn FnMut(&str)>) {
    write(report, Json::in_parts(sink));
}

fn write(report: &Report, mut json: Json) -> String {
    json.table(Layout::Lines, |json| {
        json.key("schemaVersion").string("1");
        json.key("charts").list(Layout::Lines, &report.charts, chart);
        json.key("errors").list(Layout::Lines, &report.errors, error);
        json.key("skipped").table(Layout::Flat, |json| {
            json.key("library").plain(report.skipped.library);
            json.key("dependency").plain(report.skipped.dependency);
        });
    });
    json.finish()
}

/// The same as YAML, with the keys in the same order.
pub fn yaml(report: &Report) -> String {
    let value = serde_json::from_str(&json(report)).unwrap_or_default();
    crate::report::yaml::to_string(&value)
}

fn error(json: &mut Json, failure: &Failure) {
    json.table(Layout::Flat, |json| {
        json.key("path").string(&failure.path);
        json.key("message").string(&failure.message);
    });
}

fn chart(json: &mut Json, plan: &Plan) {
    json.table(Layout::Lines, |json| {
        json.key("path").string(&plan.chart.path);
        json.key("name").string(&plan.chart.name);
        json.key("version").optional(plan.chart.version.as_deref());
        json.key("release").table(Layout::Flat, |json| {
            json.key("name").string(&plan.release.name);
            json.key("namespace").string(&plan.release.namespace);
        });
        json.key("engine").string(plan.engine.name());
        json.key("events").list(Layout::Lines, &plan.events, |json, planned| event(json, planned, plan));
        json.key("dropped").list(Layout::Lines, &plan.dropped, dropped);
        json.key("notes").list(Layout::Lines, &plan.notes, |json, note| {
            json.table(Layout::Flat, |json| {
                json.key("code").string(note.code);
                json.key("message").string(&note.message);
            });
        });
    });
}

fn event(json: &mut Json, planned: &EventPlan, plan: &Plan) {
    let failures = planned.failures(&plan.release.namespace, plan.engine);
    let mut texts = Texts::of(planned);
    json.table(Layout::Lines, |json| {
        json.key("event").string(planned.event.name());
        json.key("operation").string(planned.event.operation().name());
        json.key("rendering").string(planned.rendering.name());
        let hooks = planned.hooks.iter().zip(&failures);
        json.key("hooks")
            .list(Layout::Lines, hooks, |json, (planned, failure)| hook(json, planned, failure, &mut texts));
        json.key("steps").list(Layout::Lines, &planned.steps, step);
        json.key("leftBehind").list(Layout::Lines, &planned.left_behind, |json, left| json.raw(&texts.of_object(left)));
    });
}

fn hook(json: &mut Json, planned: &PlannedHook, failure: &OnFailure, texts: &mut Texts) {
    let hook = &planned.hook;
    json.table(Layout::Lines, |json| {
        json.key("order").plain(planned.order);
        json.key("weight").plain(hook.weight.value);
        json.key("weightText").optional(hook.weight.text.as_deref());
        json.key("apiVersion").string(&hook.object.api_version);
        json.key("kind").string(&hook.object.kind);
        json.key("name").string(&hook.object.name);
        if let Some(prefix) = &hook.object.generate_name {
            json.key("generateName").string(prefix);
        }
        json.key("namespace").optional(hook.object.namespace.as_deref());
        json.key("source");
        source(json, &hook.source);
        json.key("deletePolicies").strings(&hook.delete_policies.words);
        json.key("deletePolicyDefaulted").plain(hook.delete_policies.defaulted);
        json.key("outputLogPolicies").strings(&hook.log_policies);
        json.key("waits").string(planned.waits.name());
        json.key("documentedOrder").plain(planned.documented_order);
        json.key("onFailure").table(Layout::Flat, |json| {
            json.key("deletes").list(Layout::Flat, &failure.deletes, |json, (gone, policy)| {
                json.table(Layout::Flat, |json| {
                    object(json, gone);
                    json.key("reason").string(policy.name());
                });
            });
            json.key("leaves").raw(texts.list(&failure.leaves));
            json.key("release").string(failure.release.name());
        });
    });
}

fn step(json: &mut Json, step: &Step) {
    let (op, key, value) = match step.action {
        Action::Delete(policy) => ("delete", "reason", policy.name()),
        Action::Create(method) => ("create", "method", method.name()),
        Action::Wait(until) => ("wait", "until", until.name()),
        Action::Log => ("log", "reason", "hook-succeeded"),
    };
    json.table(Layout::Flat, |json| {
        json.key("op").string(op);
        object(json, &step.object);
        json.key("hook").plain(step.hook);
        json.key(key).string(value);
    });
}

fn object(json: &mut Json, object: &ObjectRef) {
    json.key("kind").string(&object.kind);
    json.key("name").string(&object.name);
    json.key("namespace").optional(object.namespace.as_deref());
}

fn source(json: &mut Json, source: &Source) {
    json.table(Layout::Flat, |json| {
        json.key("path").string(&source.path);
        json.key("document").plain(source.document);
        json.key("renderedLine").plain(source.rendered_line);
    });
}

fn dropped(json: &mut Json, dropped: &Dropped) {
    json.table(Layout::Flat, |json| {
        json.key("source");
        source(json, &dropped.source);
        json.key("kind").string(&dropped.kind);
        json.key("name").string(&dropped.name);
        json.key("annotation").string(&dropped.annotation);
        json.key("reason").string(dropped.reason);
    });
}

/// The objects of an event as JSON, each written once: an early hook's object is left behind by the failure of every later one.
struct Texts {
    objects: HashMap<*const ObjectRef, String, foldhash::fast::RandomState>,
    /// What the list holds that was written last. The next hook's failure mostly leaves the same and a little more.
    listed: Vec<*const ObjectRef>,
    list: String,
}

impl Texts {
    fn of(planned: &EventPlan) -> Texts {
        let objects = planned.hooks.iter().flat_map(|planned| &planned.hook.objects);
        let objects = objects.map(|own| (Arc::as_ptr(own), Texts::text(own))).collect();
        Texts { objects, listed: Vec::new(), list: "[]".to_owned() }
    }

    fn text(own: &ObjectRef) -> String {
        let mut json = Json::default();
        json.table(Layout::Flat, |json| object(json, own));
        json.finish().trim_end().to_owned()
    }

    fn of_object(&self, own: &Arc<ObjectRef>) -> Cow<'_, str> {
        match self.objects.get(&Arc::as_ptr(own)) {
            Some(text) => Cow::Borrowed(text),
            None => Cow::Owned(Texts::text(own)),
        }
    }

    /// A list of objects on one line.
    fn list(&mut self, objects: &[Arc<ObjectRef>]) -> &str {
        let goes_on = objects
            .get(..self.listed.len())
            .is_some_and(|known| known.iter().map(Arc::as_ptr).eq(self.listed.iter().copied()));
        if !goes_on {
            self.listed.clear();
            "[]".clone_into(&mut self.list);
        }
        self.list.pop();
        for own in objects.iter().skip(self.listed.len()) {
            if !self.listed.is_empty() {
                self.list.push_str(", ");
            }
            let text = self.of_object(own).into_owned();
            self.list.push_str(&text);
            self.listed.push(Arc::as_ptr(own));
        }
        self.list.push(']');
        &self.list
    }
}
