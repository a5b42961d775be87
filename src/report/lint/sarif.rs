//! `lint -o sarif`: SARIF 2.1.0, as code scanning takes it.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::lint::{ChartError, Finding, Outcome, RelatedPlace, Rule, SourceEdit, SourceFix, SourcePlace};
use crate::report::json::{Json, Layout};
use crate::report::rules::without_links;
use crate::text::{Position, Severity};

use super::{HOME, is_flag, object_title, url};

/// The schema of what is written here.
const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The outcome as a SARIF log of one run.
pub fn sarif(outcome: &Outcome) -> String {
    let rules: BTreeMap<&str, &Rule> =
        outcome.findings.iter().map(|finding| (finding.rule.code, finding.rule)).collect();
    let index = |code: &str| rules.keys().position(|known| *known == code).unwrap_or_default();
    let mut json = Json::default();
    json.table(Layout::Lines, |json| {
        json.key("$schema").string(SCHEMA);
        json.key("version").string("2.1.0");
        json.key("runs").list(Layout::Lines, [()], |json, ()| {
            json.table(Layout::Lines, |json| {
                json.key("tool").table(Layout::Lines, |json| {
                    json.key("driver").table(Layout::Lines, |json| driver(json, rules.values()));
                });
                json.key("columnKind").string("unicodeCodePoints");
                json.key("invocations").list(Layout::Lines, [()], |json, ()| invocation(json, outcome));
                json.key("results").list(Layout::Lines, &outcome.findings, |json, finding| {
                    result(json, finding, index(finding.rule.code));
                });
            });
        });
    });
    json.finish()
}

fn driver<'a>(json: &mut Json, rules: impl Iterator<Item = &'a &'a Rule>) {
    json.key("name").string("helm-hooks");
    json.key("version").string(env!("CARGO_PKG_VERSION"));
    if let Some(home) = HOME {
        json.key("informationUri").string(home);
    }
    json.key("rules").list(Layout::Lines, rules, |json, rule| {
        json.table(Layout::Lines, |json| {
            json.key("id").string(rule.code);
            json.key("name").string(rule.name);
            text(json, "shortDescription", rule.docs.summary);
            text(json, "fullDescription", &without_links(rule.docs.reports));
            let [what, remedy] = [rule.docs.happens, rule.docs.remedy].map(without_links);
            json.key("help").table(Layout::Lines, |json| {
                json.key("text").string(&format!("{what}\n\n{remedy}"));
                json.key("markdown").string(&format!("**What happens.** {what}\n\n**What to do.** {remedy}"));
            });
            if let Some(url) = url(rule) {
                json.key("helpUri").string(&url);
            }
            json.key("defaultConfiguration").table(Layout::Flat, |json| {
                json.key("level").string(level(rule.severity));
            });
        });
    });
}

fn invocation(json: &mut Json, outcome: &Outcome) {
    json.table(Layout::Lines, |json| {
        json.key("executionSuccessful").plain(outcome.errors.is_empty());
        json.key("toolExecutionNotifications").list(Layout::Lines, &outcome.errors, notification);
    });
}

fn notification(json: &mut Json, error: &ChartError) {
    json.table(Layout::Lines, |json| {
        json.key("level").string("error");
        text(json, "message", &error.message);
        json.key("locations").list(Layout::Flat, [()], |json, ()| {
            json.table(Layout::Flat, |json| {
                json.key("physicalLocation").table(Layout::Flat, |json| artifact(json, &error.path));
            });
        });
    });
}

fn result(json: &mut Json, finding: &Finding, rule_index: usize) {
    json.table(Layout::Lines, |json| {
        json.key("ruleId").string(finding.rule.code);
        json.key("ruleIndex").plain(rule_index);
        json.key("level").string(level(finding.severity));
        let message = match finding.help.as_str() {
            "" => finding.message.clone(),
            help => format!("{}. {help}", finding.message),
        };
        text(json, "message", &message);
        json.key("locations").list(Layout::Lines, [()], |json, ()| {
            json.table(Layout::Flat, |json| {
                physical(json, &finding.place);
                if let Some(object) = &finding.object {
                    json.key("logicalLocations").list(Layout::Flat, [()], |json, ()| {
                        json.table(Layout::Flat, |json| {
                            json.key("fullyQualifiedName").string(&object_title(object));
                            json.key("kind").string("resource");
                        });
                    });
                }
            });
        });
        let related: Vec<_> = finding.related.iter().filter(|related| !is_flag(&related.place)).collect();
        if !related.is_empty() {
            let related = (1..).zip(related);
            json.key("relatedLocations").list(Layout::Lines, related, |json, (id, related): (u32, &RelatedPlace)| {
                json.table(Layout::Flat, |json| {
                    json.key("id").plain(id);
                    physical(json, &related.place);
                    text(json, "message", &related.message);
                });
            });
        }
        json.key("partialFingerprints").table(Layout::Flat, |json| {
            json.key("helmHooks/v1").string(&finding.fingerprint);
        });
        if let Some(fix) = finding.fix.as_ref().filter(|fix| !fix.edits.is_empty()) {
            json.key("fixes").list(Layout::Lines, [fix], write_fix);
        }
        json.key("properties").table(Layout::Flat, |json| {
            json.key("engines").list(Layout::Flat, finding.engines.names(), |json, name| json.string(name));
            json.key("values").strings(&finding.values);
        });
    });
}

/// A fix is one change a file, with all its replacements.
fn write_fix(json: &mut Json, fix: &SourceFix) {
    json.table(Layout::Lines, |json| {
        text(json, "description", &fix.title);
        let changes: Vec<&[SourceEdit]> = fix.edits.chunk_by(|a, b| a.path == b.path).collect();
        json.key("artifactChanges").list(Layout::Lines, changes, |json, edits| {
            json.table(Layout::Lines, |json| {
                artifact(json, edits.first().map(|edit| edit.path.as_str()).unwrap_or_default());
                json.key("replacements").list(Layout::Lines, edits, |json, edit| {
                    json.table(Layout::Flat, |json| {
                        json.key("deletedRegion");
                        region(json, edit.start, edit.end);
                        text(json, "insertedContent", &edit.text);
                    });
                });
            });
        });
    });
}

fn physical(json: &mut Json, place: &SourcePlace) {
    json.key("physicalLocation").table(Layout::Flat, |json| {
        artifact(json, &place.path);
        json.key("region");
        region(json, place.start, place.end);
    });
}

fn region(json: &mut Json, start: Position, end: Position) {
    json.table(Layout::Flat, |json| {
        json.key("startLine").plain(start.line.max(1));
        json.key("startColumn").plain(start.column.max(1));
        json.key("endLine").plain(end.line.max(start.line).max(1));
        json.key("endColumn").plain(end.column.max(1));
    });
}

fn artifact(json: &mut Json, path: &str) {
    json.key("artifactLocation").table(Layout::Flat, |json| json.key("uri").string(&uri(path)));
}

fn text(json: &mut Json, key: &str, text: &str) {
    json.key(key).table(Layout::Flat, |json| json.key("text").string(text));
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

/// A path as a URI reference: relative to the working directory, or from the root.
fn uri(path: &str) -> String {
    let mut out = String::new();
    if path.starts_with('/') {
        out.push_str("file://");
    }
    for byte in path.bytes() {
        // A colon in the first word would make it a scheme.
        if byte.is_ascii_alphanumeric() || b"/-._~!$&'()*+,;=@".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}
