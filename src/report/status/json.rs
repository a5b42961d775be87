//! `status -o json` and `-o yaml`, as `schema status` describes them.

use jiff::Timestamp;

use crate::cluster::live::Presence;
use crate::cluster::status::{HookStatus, ReleaseStatus};
use crate::report::json::{Json, Layout};

use super::Report;

/// The report as JSON, indented, with a final newline.
pub fn json(report: &Report) -> String {
    let mut json = Json::default();
    json.table(Layout::Lines, |json| {
        json.key("schemaVersion").string("1");
        json.key("releases").list(Layout::Lines, &report.releases, |json, status| release(json, status, report));
        json.key("errors").list(Layout::Lines, &report.errors, |json, error| {
            json.table(Layout::Flat, |json| json.key("message").string(error));
        });
    });
    json.finish()
}

/// The same as YAML, with the keys in the same order.
pub fn yaml(report: &Report) -> String {
    let value = serde_json::from_str(&json(report)).unwrap_or_default();
    crate::report::yaml::to_string(&value)
}

fn time(json: &mut Json, key: &str, time: Option<Timestamp>) {
    json.key(key).optional(time.map(|time| time.to_string()).as_deref());
}

fn release(json: &mut Json, status: &ReleaseStatus, report: &Report) {
    json.table(Layout::Lines, |json| {
        json.key("name").string(&status.head.name);
        json.key("namespace").string(&status.head.namespace);
        json.key("revision").plain(status.head.revision);
        json.key("status").string(&status.head.status);
        let (name, version) = status.chart.clone().unzip();
        json.key("chart").table(Layout::Flat, |json| {
            json.key("name").optional(name.as_deref());
            json.key("version").optional(version.as_deref());
        });
        time(json, "lastDeployed", status.last_deployed);
        json.key("stuck");
        match &status.stuck {
            None => json.optional(None),
            Some(stuck) => json.table(Layout::Flat, |json| {
                json.key("command").string(&super::command(stuck, status, report));
                json.key("help").string(&stuck.help);
            }),
        }
        json.key("error").optional(status.error.as_ref().map(|error| error.message.as_str()));
        json.key("hooks").list(Layout::Lines, &status.hooks, hook);
    });
}

fn hook(json: &mut Json, status: &HookStatus) {
    let hook = &status.hook;
    json.table(Layout::Lines, |json| {
        let events: Vec<String> = hook.events.iter().map(|event| event.name().to_owned()).collect();
        json.key("events").strings(&events);
        json.key("weight").plain(hook.weight.value);
        json.key("apiVersion").string(&hook.object.api_version);
        json.key("kind").string(&hook.object.kind);
        json.key("name").string(&hook.object.name);
        json.key("namespace").optional(hook.object.namespace.as_deref());
        json.key("deletePolicies").strings(&hook.delete_policies.words);
        json.key("lastRun");
        match &status.last_run {
            None => json.optional(None),
            Some((run, revision)) => json.table(Layout::Flat, |json| {
                json.key("phase").string(&run.phase);
                time(json, "startedAt", run.started_at);
                time(json, "completedAt", run.completed_at);
                json.key("revision").plain(revision);
            }),
        }
        json.key("presence").string(super::presence(status));
        json.key("objects").list(Layout::Lines, &status.objects, |json, (object, presence, fate)| {
            json.table(Layout::Flat, |json| {
                json.key("kind").string(&object.kind);
                json.key("name").string(&object.name);
                json.key("namespace").optional(object.namespace.as_deref());
                let there = if let Presence::Present(there) = presence { Some(there) } else { None };
                let exists = match presence {
                    Presence::Present(_) => "true",
                    Presence::Absent => "false",
                    Presence::Unknown => "null",
                };
                json.key("exists").plain(exists);
                json.key("state").optional(there.and_then(|there| there.state));
                json.key("uid").optional(there.map(|there| there.uid.as_str()));
                time(json, "created", there.and_then(|there| there.created));
                let fate = there.map(|_| fate);
                json.key("fate").optional(fate.map(crate::cluster::Fate::name));
                json.key("fateEvent").optional(fate.and_then(|fate| fate.event()).map(crate::hooks::Event::name));
            });
        });
    });
}
