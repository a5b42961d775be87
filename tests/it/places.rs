//! Places: bytes of a rendered file, traced to the source. One case, one file below `testdata/lint/places`: a chart, then lines of
//! rendered text with the place each comes from. `UPDATE=1` writes the places anew.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::rc::Rc;

use bstr::ByteSlice;
use helm_hooks::go::value::Value;
use helm_hooks::helm::action::Request;
use helm_hooks::helm::chart::{self, ChartFile};
use helm_hooks::helm::dialect::Engine;
use helm_hooks::helm::render::Release;
use helm_hooks::lint::{Audience, Job, Places, Vector, subject};

fn job(files: &[(String, String)]) -> Job {
    let dialect = Engine::Helm4.dialect();
    let files = files.iter().map(|(name, text)| ChartFile { name: name.clone(), data: text.as_bytes().into() });
    let loaded = chart::from_files(files.collect(), dialect).expect("the chart loads");
    let release = Release { name: "rel".into(), namespace: "ns".into(), revision: 1, is_upgrade: false };
    let request = Request {
        overrides: Value::dict(),
        release,
        kube_version: None,
        api_versions: Vec::new(),
        capabilities: None,
        skip_schema_validation: false,
        dialect,
    };
    Job::new(Rc::new(loaded), request, Audience::HELM)
}

/// Where the first mention of a text in any rendered file comes from.
fn origin(job: &Job, needle: &str) -> String {
    let (_, rendering) = subject(job).expect("the chart renders");
    let places = Places::new(job, &rendering);
    for (path, text) in rendering.files() {
        let Some(at) = text.as_bytes().find(needle) else { continue };
        let Some(place) = places.in_file(&path.as_str().into(), at..at + needle.len(), text, 0) else {
            return "nowhere".to_owned();
        };
        let source = place.file.text().get(place.span.start as usize..place.span.end as usize).unwrap_or_default();
        let start = place.file.position(place.span.start);
        let mut shown = format!("{}:{}:{} {:?}", place.file.name(), start.line, start.column, source.as_bstr());
        for (flag, word) in [(place.literal, " literal"), (!place.exact, " not exact")] {
            shown.push_str(if flag { word } else { "" });
        }
        for site in &place.called_by {
            let file = places.file(&site.template).expect("a template has a file");
            let start = file.position(site.span.start);
            let _ = write!(shown, ", called by {}:{}:{}", file.name(), start.line, start.column);
        }
        if let Some((file, line, column)) = places.value(&place) {
            let _ = write!(shown, ", value of {file}:{line}:{column}");
        }
        return shown;
    }
    "not rendered".to_owned()
}

#[test]
fn rendered_text_is_traced_to_its_source() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/lint/places");
    let mut wrong = Vec::new();
    let mut cases = 0;
    for entry in fs::read_dir(&folder).expect("the cases can be listed") {
        let path = entry.expect("a case can be listed").path();
        let text = fs::read_to_string(&path).expect("a case can be read");
        let (chart, want) = text.split_once("-- want --\n").expect("a case has lines it wants");
        let chart_start = chart.find("-- ").expect("a case has files");
        let files = Vector::files(&chart[chart_start..]);
        let job = job(&files);
        let lines = want.lines().map(|line| {
            let needle = line.split_once(" => ").map_or(line, |(needle, _)| needle);
            format!("{needle} => {}\n", origin(&job, needle))
        });
        let found: String = lines.collect();
        cases += 1;
        if found == want {
            continue;
        }
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&path, format!("{chart}-- want --\n{found}")).expect("a case can be written");
        }
        wrong.push(format!("{}:\n{found}", path.display()));
    }
    assert!(cases > 5, "no cases below {}", folder.display());
    assert!(wrong.is_empty(), "UPDATE=1 accepts these:\n{}", wrong.join("\n"));
}
