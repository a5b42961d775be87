//! `leftovers -o json` and `-o yaml`, as `schema leftovers` describes them.

use crate::cluster::leftovers::Leftover;
use crate::report::json::{Json, Layout};

use super::Report;

/// The report as JSON, indented, with a final newline.
pub fn json(report: &Report) -> String {
    let mut json = Json::default();
    json.table(Layout::Lines, |json| {
        json.key("schemaVersion").string("1");
        let found = report.found.iter().enumerate();
        json.key("leftovers").list(Layout::Lines, found, |json, (at, own)| leftover(json, own, at, report));
        json.key("notes").list(Layout::Lines, &report.busy, |json, note| {
            json.table(Layout::Flat, |json| json.key("message").string(note));
        });
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

fn leftover(json: &mut Json, leftover: &Leftover, at: usize, report: &Report) {
    let Leftover { key, object, release, revision, events, policies, reason } = leftover;
    json.table(Layout::Lines, |json| {
        json.key("apiVersion").string(&key.api_version);
        json.key("kind").string(&key.kind);
        json.key("name").string(&key.name);
        json.key("namespace").optional(object.namespace.as_deref());
        json.key("uid").string(&object.uid);
        json.key("created").optional(object.created.map(|time| time.to_string()).as_deref());
        json.key("state").optional(object.state);
        json.key("release").table(Layout::Flat, |json| {
            json.key("name").string(&release.name);
            json.key("namespace").string(&release.namespace);
            json.key("status").optional(release.status.as_deref());
        });
        let revision = revision.map_or_else(|| "null".to_owned(), |revision| revision.to_string());
        json.key("revision").plain(revision);
        json.key("events").strings(events);
        json.key("deletePolicies").strings(policies);
        json.key("reason").string(reason.name());
        let deletion = report.deletions.as_ref().and_then(|all| all.get(at));
        json.key("deletion").optional(deletion.map(super::deletion));
    });
}
