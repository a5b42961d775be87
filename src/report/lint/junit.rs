//! `lint -o junit`: the XML that CI systems show as tests. A chart is a suite, a finding a test that fails.

use std::fmt::Write;

use crate::lint::{Finding, Outcome};
use crate::report::look::clean;

use super::{object_title, place_title};

/// The findings, and charts that could not be linted, as test suites.
pub fn junit(outcome: &Outcome) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let (findings, errors) = (outcome.findings.len(), outcome.errors.len());
    // Without any test CI systems say that nothing was run.
    let tests = (findings + errors).max(1);
    let _ =
        writeln!(out, "<testsuites name=\"helm-hooks\" tests=\"{tests}\" failures=\"{findings}\" errors=\"{errors}\">");
    for group in outcome.findings.chunk_by(|a, b| a.chart == b.chart) {
        let chart = group.first().map(|finding| finding.chart.as_str()).unwrap_or_default();
        let tests = group.len();
        let head =
            format!("<testsuite name=\"{}\" tests=\"{tests}\" failures=\"{tests}\" errors=\"0\">", escape(chart));
        let _ = writeln!(out, "  {head}");
        for finding in group {
            case(finding, &mut out);
        }
        out.push_str("  </testsuite>\n");
    }
    for error in &outcome.errors {
        let path = escape(&error.path);
        let _ = write!(
            out,
            "  <testsuite name=\"{path}\" tests=\"1\" failures=\"0\" errors=\"1\">\n    \
             <testcase name=\"chart can be linted\" classname=\"{path}\">\n      \
             <error type=\"chart-cannot-be-linted\" message=\"{}\"/>\n    </testcase>\n  </testsuite>\n",
            escape(&error.message)
        );
    }
    if findings + errors == 0 {
        out.push_str("  <testsuite name=\"helm-hooks\" tests=\"1\" failures=\"0\" errors=\"0\">\n");
        out.push_str("    <testcase name=\"no findings\" classname=\"helm-hooks\"/>\n  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

fn case(finding: &Finding, out: &mut String) {
    let (rule, place) = (finding.rule, &finding.place);
    let object = finding.object.as_ref().map(|object| format!(": {}", object_title(object))).unwrap_or_default();
    let _ = write!(
        out,
        "    <testcase name=\"{}\" classname=\"{}\" file=\"{}\" line=\"{}\">\n      \
         <failure type=\"{}\" message=\"{}\">{}</failure>\n    </testcase>\n",
        escape(&format!("{} {}{object}", rule.code, rule.name)),
        escape(&finding.chart),
        escape(&place.path),
        place.start.line,
        finding.severity.name(),
        escape(&finding.message),
        escape(&format!("{}: {}", place_title(place), finding.help)).trim_end_matches(": ")
    );
}

/// A text for XML, which has no way to say most control characters.
fn escape(text: &str) -> String {
    let mut out = String::new();
    for c in clean(text, true).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // The two characters of the first plane that are no XML.
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}
