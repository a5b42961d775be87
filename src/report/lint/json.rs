//! `lint -o json`: the keys scripts rely on, as `schema lint` describes them.

use crate::lint::{ChartError, Finding, Outcome, RelatedPlace, SourceEdit, SourceFix};
use crate::report::json::{Json, Layout};

use super::url;

/// The outcome as JSON, indented, with a final newline.
pub fn json(outcome: &Outcome) -> String {
    let mut json = Json::default();
    json.table(Layout::Lines, |json| {
        json.key("schemaVersion").string("1");
        json.key("findings").list(Layout::Lines, &outcome.findings, finding);
        json.key("summary").table(Layout::Flat, |json| {
            let summary = &outcome.summary;
            let counts = [
                ("charts", summary.charts),
                ("rendered", summary.rendered),
                ("hooks", summary.hooks),
                ("errors", summary.errors),
                ("warnings", summary.warnings),
                ("infos", summary.infos),
                ("suppressed", summary.suppressed),
                ("fixed", summary.fixed),
            ];
            for (key, count) in counts {
                json.key(key).plain(count);
            }
        });
        json.key("errors").list(Layout::Lines, &outcome.errors, error);
    });
    json.finish()
}

fn finding(json: &mut Json, finding: &Finding) {
    json.table(Layout::Lines, |json| {
        json.key("code").string(finding.rule.code);
        json.key("name").string(finding.rule.name);
        json.key("severity").string(finding.severity.name());
        json.key("message").string(&finding.message);
        json.key("help").string(&finding.help);
        json.key("url").optional(url(finding.rule).as_deref());
        let place = &finding.place;
        json.key("path").string(&place.path);
        json.key("line").plain(place.start.line);
        json.key("column").plain(place.start.column);
        json.key("endLine").plain(place.end.line);
        json.key("endColumn").plain(place.end.column);
        json.key("exact").plain(place.exact);
        json.key("rendered").optional(finding.rendered.as_deref());
        json.key("includedBy").strings(&finding.included_by);
        json.key("chart").string(&finding.chart);
        json.key("release").table(Layout::Flat, |json| {
            json.key("name").string(&finding.release.name);
            json.key("namespace").string(&finding.release.namespace);
        });
        match &finding.object {
            None => json.key("object").raw("null"),
            Some(object) => json.key("object").table(Layout::Flat, |json| {
                json.key("kind").string(&object.kind);
                json.key("name").string(&object.name);
                json.key("namespace").optional(object.namespace.as_deref());
            }),
        }
        json.key("values").strings(&finding.values);
        json.key("engines").list(Layout::Flat, finding.engines.names(), |json, name| json.string(name));
        json.key("related").list(Layout::Lines, &finding.related, related);
        match &finding.fix {
            None => json.key("fix").raw("null"),
            Some(own) => {
                json.key("fix");
                fix(json, own);
            }
        }
        json.key("fingerprint").string(&finding.fingerprint);
    });
}

fn related(json: &mut Json, related: &RelatedPlace) {
    json.table(Layout::Flat, |json| {
        json.key("path").string(&related.place.path);
        json.key("line").plain(related.place.start.line);
        json.key("column").plain(related.place.start.column);
        json.key("message").string(&related.message);
    });
}

fn fix(json: &mut Json, fix: &SourceFix) {
    json.table(Layout::Lines, |json| {
        json.key("applicability").string(fix.applicability.name());
        json.key("title").string(&fix.title);
        json.key("edits").list(Layout::Lines, &fix.edits, edit);
    });
}

fn edit(json: &mut Json, edit: &SourceEdit) {
    json.table(Layout::Flat, |json| {
        json.key("path").string(&edit.path);
        json.key("startLine").plain(edit.start.line);
        json.key("startColumn").plain(edit.start.column);
        json.key("endLine").plain(edit.end.line);
        json.key("endColumn").plain(edit.end.column);
        json.key("text").string(&edit.text);
    });
}

fn error(json: &mut Json, error: &ChartError) {
    json.table(Layout::Flat, |json| {
        json.key("path").string(&error.path);
        json.key("message").string(&error.message);
    });
}
