//! What is fuzzed: each function takes any bytes and must come back, soon, without a panic.
//!
//! `fuzz_targets` hands them to libFuzzer, `tests/it/robustness.rs` to what fuzzing once found. A property that must hold is an
//! `assert!` here.

use std::io::Write;
use std::rc::Rc;

use helm_hooks::go::glob::Glob;
use helm_hooks::go::limits::Work;
use helm_hooks::go::regexp::Regexp;
use helm_hooks::go::semver::{Constraint, Version};
use helm_hooks::go::template::{MissingKey, TemplateSet};
use helm_hooks::go::url::Url;
use helm_hooks::go::value::{Map, Str, Value};
use helm_hooks::go::{fmt, json, path, strconv, time, toml, yaml};
use helm_hooks::helm::action::{self, Request};
use helm_hooks::helm::chart::{self, ChartFile, Loaded};
use helm_hooks::helm::dialect::{Dialect, Engine};
use helm_hooks::helm::manifest::{self, Manifests};
use helm_hooks::helm::values::{self, Reading};
use helm_hooks::helm::world::World;
use helm_hooks::helm::{funcs, render};
use helm_hooks::hooks::{self, ChartId, Release, Renderings, UpgradeRendering};

const ENGINES: [Engine; 2] = [Engine::Helm3, Engine::Helm4];

/// Text longer than this shows nothing that shorter text does not, only later.
const LONGEST: usize = 64 << 10;

/// The two parts of an input, cut at its first zero byte.
fn halves(data: &[u8]) -> (&[u8], &[u8]) {
    let mut parts = data.splitn(2, |byte| *byte == 0);
    (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
}

/// The small readers: numbers, literals, formats, times, versions, patterns, addresses, JSON, TOML.
pub fn lex(data: &[u8]) {
    let _work = Work::begin();
    if data.len() > LONGEST {
        return;
    }
    let (one, two) = halves(data);
    let _ = strconv::parse_float(one, 64);
    let _ = strconv::parse_float(one, 32);
    for base in [0, 2, 10, 16] {
        let _ = strconv::parse_int(one, base, 64);
    }
    let _ = strconv::unquote(one);
    let quoted = strconv::quote(one);
    assert_eq!(strconv::unquote(quoted.as_bytes()).as_deref(), Some(one), "a quoted text reads as itself");
    let _ = time::parse_duration(one);
    if let Ok(time) = time::parse_in_location(one, two, &time::Zone::Utc) {
        let _ = time.format(one);
    }
    if let Ok(constraint) = Constraint::parse(one)
        && let Ok(version) = Version::parse(two)
    {
        assert_eq!(constraint.check(&version), constraint.validate(&version).is_ok());
    }
    if let Ok(regexp) = Regexp::compile(one) {
        let _ = regexp.find_all(two, 100);
        let _ = regexp.replace_all(two, one);
    }
    if let Ok(glob) = Glob::compile(one, &['/']) {
        let _ = glob.matches(two);
    }
    let _ = path::matches(one, two);
    let cleaned = path::clean(one);
    assert_eq!(path::clean(&cleaned), cleaned, "a clean path stays as it is");
    if let Ok(url) = Url::parse(one) {
        let _ = url.to_bytes();
        if let Ok(other) = Url::parse(two) {
            let _ = url.resolve(&other).to_bytes();
        }
    }
    let args = [Value::string(two), Value::int(7), Value::float(1.5), Value::list(vec![Value::Nil])];
    if !has_large_number(one) {
        let _ = fmt::sprintf(one, &args);
    }
    if let Ok(value) = json::unmarshal(one)
        && let Ok(text) = json::marshal(&value)
    {
        let again = json::unmarshal(&text).and_then(|value| json::marshal(&value));
        assert_eq!(again.ok().as_deref(), Some(text.as_slice()), "JSON reads as it was written");
    }
    if let Ok(map) = toml::decode(one, 0) {
        let _ = toml::encode(&Value::Map(map));
    }
}

/// Widths of a million are Go's, and slow.
fn has_large_number(format: &[u8]) -> bool {
    format.windows(4).any(|four| four.iter().all(u8::is_ascii_digit))
}

/// The template language: the lexer and the parser.
pub fn parse_template(data: &[u8]) {
    if data.len() > LONGEST {
        return;
    }
    for engine in ENGINES {
        let mut set = TemplateSet::new("gotpl", funcs::table(engine.dialect()), MissingKey::Zero);
        let _ = set.parse("c/templates/t", data);
    }
}

/// A template and values, the whole way to a plan.
pub fn evaluate(data: &[u8]) {
    if data.len() > LONGEST {
        return;
    }
    let (template, given) = halves(data);
    let files = [
        ("Chart.yaml", &b"apiVersion: v2\nname: c\nversion: 0.1.0\n"[..]),
        ("templates/t", template),
        ("values.yaml", given),
        ("x.txt", b"one\ntwo\n"),
    ];
    let files: Vec<ChartFile> = files.map(|(name, data)| file(name, data)).into();
    for engine in ENGINES {
        if let Ok(loaded) = chart::from_files(files.clone(), engine.dialect()) {
            plan(&loaded, engine);
        }
    }
}

fn file(name: &str, data: &[u8]) -> ChartFile {
    ChartFile { name: name.to_owned(), data: data.to_vec().into() }
}

fn plan(loaded: &Loaded, engine: Engine) {
    let dialect = engine.dialect();
    let (name, namespace) = ("rel".to_owned(), "ns".to_owned());
    let request = Request {
        overrides: Map::default(),
        release: render::Release { name: name.clone(), namespace: namespace.clone(), revision: 1, is_upgrade: false },
        kube_version: None,
        api_versions: Vec::new(),
        capabilities: None,
        skip_schema_validation: false,
        dialect,
    };
    let Ok(rendering) = action::render(loaded, &request, &Rc::new(World::fixed(1))) else { return };
    let files = rendering.files().iter().map(|(path, text)| (path.as_str(), text.clone()));
    let Ok(manifests) = manifest::sort(files, dialect) else { return };
    let id = ChartId { path: "c".to_owned(), name: rendering.chart().metadata.name.clone(), version: None };
    plan_manifests(&manifests, id, Release { name, namespace }, engine);
}

fn plan_manifests(manifests: &Manifests, id: ChartId, release: Release, engine: Engine) {
    let renderings =
        Renderings { install: manifests, upgrade: UpgradeRendering::Same, reseeded: None, other_engine: None };
    let plan = hooks::plan(id, release, engine, renderings, None);
    let planned: usize = plan.events.iter().map(|event| event.hooks.len()).sum();
    assert!(planned >= manifests.hooks.len().min(1), "a hook has an event");
}

/// YAML: what is read and written is read again, and is the same.
pub fn yaml(data: &[u8]) {
    let _work = Work::begin();
    if data.len() > LONGEST {
        return;
    }
    let _ = yaml::parse_all(data);
    let _ = yaml::unmarshal_dict(data);
    let _ = yaml::unmarshal_list(data);
    let Ok(value) = yaml::unmarshal(data) else { return };
    let as_json = json::marshal(&value);
    // go-yaml writes these breaks into blocks, and reads them there as line feeds.
    let breaks = as_json.as_ref().is_ok_and(|text| {
        [&b"\xc2\x85"[..], b"\xe2\x80\xa8", b"\xe2\x80\xa9", b"\\r", b"\\u2028", b"\\u2029"]
            .iter()
            .any(|end| text.windows(end.len()).any(|part| part == *end))
    });
    for text in [yaml::marshal(&value), yaml::marshal_pretty(&value)].into_iter().flatten().filter(|_| !breaks) {
        let again = yaml::unmarshal(text.as_bytes());
        if let (Ok(before), Ok(again)) = (&as_json, again.as_ref().map(json::marshal)) {
            assert_eq!(again.ok().as_ref(), Some(before), "written: {text}");
        } else {
            assert!(as_json.is_err(), "what was written is not read: {text}\n{:?}", again.err());
        }
    }
}

/// `--set` and its kin. The first byte chooses the flag and the Helm, each line is one flag.
pub fn set(data: &[u8]) {
    let _work = Work::begin();
    let Some((choice, text)) = data.split_first().filter(|_| data.len() <= LONGEST) else { return };
    let dialect: &Dialect = ENGINES[usize::from(choice & 1)].dialect();
    let reading = match choice >> 1 & 3 {
        0 => Reading::Typed,
        1 => Reading::Text,
        2 => Reading::Json,
        _ => Reading::Literal,
    };
    let values = Map::default();
    for line in String::from_utf8_lossy(text).lines() {
        let _ = values::set(line, reading, &values, dialect);
    }
    let _ = json::marshal(&Value::Map(values));
}

/// A chart's files. Each begins with a line `=== NAME`.
pub fn chart_files(data: &[u8]) {
    if data.len() > LONGEST {
        return;
    }
    let mut files: Vec<ChartFile> = Vec::new();
    let mut rest = data;
    while let Some(after) = rest.strip_prefix(b"=== ") {
        let end = after.windows(5).position(|five| five == b"\n=== ").map_or(after.len(), |at| at + 1);
        let (whole, next) = after.split_at(end);
        let line = whole.iter().position(|byte| *byte == b'\n').unwrap_or(whole.len());
        let (name, body) = whole.split_at(line);
        files.push(file(&String::from_utf8_lossy(name), body.get(1..).unwrap_or_default()));
        rest = next;
    }
    for engine in ENGINES {
        if let Ok(loaded) = chart::from_files(files.clone(), engine.dialect()) {
            plan(&loaded, engine);
        }
    }
}

/// A packed chart below a chart. Bytes that are not gzip are taken for a tar, and its checksums made right: no mutation would hit them.
pub fn archive(data: &[u8]) {
    if data.len() > 1 << 20 {
        return;
    }
    let packed = if data.starts_with(b"\x1f\x8b") { data.to_vec() } else { gzip(&checked_tar(data)) };
    let files = vec![file("Chart.yaml", b"apiVersion: v2\nname: c\nversion: 0.1.0\n"), file("charts/a.tgz", &packed)];
    for engine in ENGINES {
        if let Ok(loaded) = chart::from_files(files.clone(), engine.dialect()) {
            plan(&loaded, engine);
        }
    }
}

fn gzip(data: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
    let _ = encoder.write_all(data);
    encoder.finish().unwrap_or_default()
}

fn checked_tar(data: &[u8]) -> Vec<u8> {
    let mut tar = data.to_vec();
    for block in tar.chunks_exact_mut(512).filter(|block| block[257..262] == *b"ustar") {
        block[148..156].fill(b' ');
        let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
        block[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    }
    tar
}

/// Manifests: cut into documents, sorted, planned.
pub fn split(data: &[u8]) {
    if data.len() > LONGEST {
        return;
    }
    for engine in ENGINES {
        let dialect = engine.dialect();
        for piece in manifest::split(data, dialect.splitting) {
            assert!(data.get(piece.range.clone()).is_some_and(|text| !text.is_empty()), "{piece:?}");
        }
        let files = [("c/templates/a.yaml", Str::from(data))];
        if let Ok(manifests) = manifest::sort(files, dialect) {
            let id = ChartId { path: "c".to_owned(), name: "c".to_owned(), version: None };
            let release = Release { name: "rel".to_owned(), namespace: "ns".to_owned() };
            plan_manifests(&manifests, id, release, engine);
        }
    }
    let _ = manifest::splits_alike(data);
}
