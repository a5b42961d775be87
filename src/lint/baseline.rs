//! Baselines: the findings of today, so that only new ones are reported, and the names findings have there.
//!
//! A name is made of what stays when lines move: the rule, the file in the chart, the object, the words of the source line, and which
//! one of several alike it is.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::Finding;

/// Gives the findings of one chart their names.
pub fn fingerprint(findings: &mut [Finding]) {
    let mut seen: HashMap<Vec<String>, usize> = HashMap::new();
    for finding in findings {
        let object = finding.object.as_ref();
        let parts = vec![
            finding.rule.code.to_owned(),
            in_chart(&finding.place.path, &finding.chart).to_owned(),
            object.map(|object| object.kind.clone()).unwrap_or_default(),
            object.map(|object| object.name.clone()).unwrap_or_default(),
            object.and_then(|object| object.namespace.clone()).unwrap_or_default(),
            line(finding),
        ];
        let occurrence = seen.entry(parts.clone()).or_default();
        *occurrence += 1;
        finding.fingerprint = digest(&parts, *occurrence);
    }
}

/// The words of the source line, one blank between them.
fn line(finding: &Finding) -> String {
    let line = finding.place.source.as_ref().map(|file| file.line(finding.place.start.line)).unwrap_or_default();
    String::from_utf8_lossy(line).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A path below a chart, relative to it.
fn in_chart<'p>(path: &'p str, chart: &str) -> &'p str {
    path.strip_prefix(chart).map_or(path, |rest| rest.trim_start_matches(['/', '!']))
}

fn digest(parts: &[String], occurrence: usize) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hash.update(occurrence.to_string().as_bytes());
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// Findings that are known and not reported.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    /// Chart, relative to the folder of the file, and name.
    known: HashSet<(String, String)>,
}

impl Baseline {
    /// Reads a file that [`write()`] made.
    ///
    /// # Errors
    /// With what is wrong with it.
    pub fn read(text: &str) -> Result<Baseline, String> {
        let value: Value = serde_json::from_str(text).map_err(|e| e.to_string())?;
        if value["schemaVersion"] != "1" {
            return Err("it is no baseline of schema version 1".to_owned());
        }
        let charts = value["charts"].as_object().ok_or("it has no charts")?;
        let mut known = HashSet::new();
        for (chart, findings) in charts {
            for finding in findings.as_array().ok_or("the findings of a chart are no list")? {
                let name = finding["fingerprint"].as_str().ok_or("a finding has no fingerprint")?;
                known.insert((chart.clone(), name.to_owned()));
            }
        }
        Ok(Baseline { known })
    }

    /// Whether a finding is known. `folder` is where the file lies; both it and charts' paths are relative to the working directory,
    /// or absolute.
    pub fn knows(&self, finding: &Finding, folder: &Path) -> bool {
        self.known.contains(&(relative(&finding.chart, folder), finding.fingerprint.clone()))
    }
}

/// The findings as a file, for a baseline in `folder`.
pub fn write(findings: &[Finding], folder: &Path) -> String {
    let mut charts: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for finding in findings {
        let object = finding.object.as_ref().map(|object| format!("{}/{}", object.kind, object.name));
        charts.entry(relative(&finding.chart, folder)).or_default().push(json!({
            "code": finding.rule.code,
            "path": in_chart(&finding.place.path, &finding.chart),
            "object": object,
            "fingerprint": finding.fingerprint,
        }));
    }
    let value = json!({"schemaVersion": "1", "charts": charts});
    let mut text = serde_json::to_string_pretty(&value).unwrap_or_default();
    text.push('\n');
    text
}

/// A chart's path as seen from a folder, so that a baseline holds wherever one stands; a path that cannot be told stays as it is.
fn relative(chart: &str, folder: &Path) -> String {
    let absolute = |path: &Path| std::path::absolute(path).map(|path| normal(&path));
    let (Ok(chart_path), Ok(folder)) = (absolute(Path::new(chart)), absolute(folder)) else { return chart.to_owned() };
    let common = chart_path.iter().zip(&folder).take_while(|(a, b)| a == b).count();
    let up = folder.len().saturating_sub(common);
    let down = chart_path.iter().skip(common).cloned();
    let parts: Vec<String> = std::iter::repeat_n("..".to_owned(), up).chain(down).collect();
    if parts.is_empty() { ".".to_owned() } else { parts.join("/") }
}

fn normal(path: &Path) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for part in path.components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir => {
                parts.pop();
            }
            other => parts.push(other.as_os_str().to_string_lossy().into_owned()),
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::{Audience, SourcePlace, select};
    use crate::text::{Position, Severity, SourceFile};

    fn finding(text: &str, line: u32, chart: &str) -> Finding {
        let source = SourceFile::new("t", text.as_bytes().to_vec());
        let at = Position { line, column: 1 };
        let path = format!("{chart}/templates/t.yaml");
        Finding {
            rule: select::find("HH101").unwrap(),
            severity: Severity::Error,
            message: String::new(),
            help: String::new(),
            place: SourcePlace { path, start: at, end: at, exact: true, source: Some(source.into()) },
            rendered: None,
            included_by: Vec::new(),
            chart: chart.to_owned(),
            release: crate::hooks::Release { name: "r".into(), namespace: "n".into() },
            object: None,
            values: Vec::new(),
            engines: Audience::ALL,
            related: Vec::new(),
            fix: None,
            fingerprint: String::new(),
        }
    }

    #[test]
    fn names_survive_moved_lines_and_no_more() {
        let name = |text, line, chart| {
            let mut findings = [finding(text, line, chart)];
            fingerprint(&mut findings);
            let [finding] = findings;
            finding.fingerprint
        };
        let first = name("a: 1\nb:   2\n", 2, "x");
        assert_eq!(first, name("  b: 2", 1, "y/z"));
        assert_ne!(first, name("b: 3", 1, "x"));
        let mut twice = [finding("b: 2\nb: 2", 1, "x"), finding("b: 2\nb: 2", 2, "x")];
        fingerprint(&mut twice);
        assert_eq!(twice[0].fingerprint, first);
        assert_ne!(twice[0].fingerprint, twice[1].fingerprint);
    }

    #[test]
    fn a_baseline_reads_back_wherever_one_stands() {
        let mut findings = [finding("b: 2", 1, "charts/x"), finding("c: 2", 1, "charts/x")];
        fingerprint(&mut findings);
        let baseline = Baseline::read(&write(&findings[..1], Path::new("ci"))).unwrap();
        assert!(baseline.knows(&findings[0], Path::new("./ci")) && !baseline.knows(&findings[1], Path::new("ci")));
        assert!(!baseline.knows(&findings[0], Path::new(".")));
        for wrong in ["", "{}", "{\"schemaVersion\": \"2\"}", "{\"schemaVersion\": \"1\", \"charts\": {\"x\": 1}}"] {
            assert!(Baseline::read(wrong).is_err(), "{wrong}");
        }
    }
}
