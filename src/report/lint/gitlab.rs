//! `lint -o gitlab`: GitLab's code quality report.

use sha2::{Digest, Sha256};

use crate::lint::{ChartError, Finding, Outcome};
use crate::report::json::{Json, Layout};
use crate::report::look::clean;
use crate::text::Severity;

/// The findings, and charts that could not be linted, as a code quality report.
pub fn gitlab(outcome: &Outcome) -> String {
    let issues = outcome.findings.iter().map(Issue::of_finding).chain(outcome.errors.iter().map(Issue::of_error));
    let mut json = Json::default();
    json.list(Layout::Lines, issues, |json, issue| issue.write(json));
    json.finish()
}

struct Issue<'a> {
    description: String,
    check: &'a str,
    fingerprint: String,
    severity: &'a str,
    path: &'a str,
    lines: (u32, u32),
}

impl Issue<'_> {
    fn of_finding(finding: &Finding) -> Issue<'_> {
        let text = match finding.help.as_str() {
            "" => finding.message.clone(),
            help => format!("{}. {help}", finding.message),
        };
        let place = &finding.place;
        Issue {
            description: format!("{}: {text}", finding.rule.code),
            check: finding.rule.name,
            // GitLab wants them unique in a report, ours are unique in a chart.
            fingerprint: digest(&[&finding.chart, &finding.fingerprint, &place.path]),
            severity: match finding.severity {
                Severity::Error => "major",
                Severity::Warning => "minor",
                Severity::Info => "info",
            },
            path: &place.path,
            lines: (place.start.line, place.end.line),
        }
    }

    fn of_error(error: &ChartError) -> Issue<'_> {
        Issue {
            description: error.message.clone(),
            check: "chart-cannot-be-linted",
            fingerprint: digest(&[&error.path, &error.message]),
            severity: "blocker",
            path: &error.path,
            lines: (1, 1),
        }
    }

    fn write(&self, json: &mut Json) {
        json.table(Layout::Lines, |json| {
            json.key("description").string(&clean(&self.description, true));
            json.key("check_name").string(self.check);
            json.key("fingerprint").string(&self.fingerprint);
            json.key("severity").string(self.severity);
            json.key("location").table(Layout::Flat, |json| {
                json.key("path").string(self.path);
                json.key("lines").table(Layout::Flat, |json| {
                    json.key("begin").plain(self.lines.0);
                    json.key("end").plain(self.lines.1.max(self.lines.0));
                });
            });
        });
    }
}

fn digest(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}
