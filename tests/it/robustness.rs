//! Charts that want all memory, all time, or to get out: an error within seconds, in bounded memory, and never at the cost of others.
//!
//! `testdata/robustness/cases.py` writes the cases and asks Helm; `testdata/fuzz/TARGET` holds what fuzzing found. With
//! `ROBUSTNESS_PROGRAM=target/release/helm-hooks` also the cases run that take a second even there; `ROBUSTNESS=yaml cargo test
//! robustness` runs those with the word in their name.

#![cfg(unix)]

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use flate2::Compression;
use flate2::write::GzEncoder;
use rayon::prelude::*;
use serde_json::Value as Json;

use super::plan::Folder;

#[path = "../../fuzz/src/lib.rs"]
#[allow(unreachable_pub, reason = "a crate of its own elsewhere")]
mod targets;

/// KiB of address space, of which the program itself, its threads and what the allocator keeps in reserve take a part.
const MEMORY: u32 = 4 << 20;

/// Seconds of work. The program under test is not optimised as the released one is, which is held to two.
const SECONDS: u32 = 20;

fn program() -> (PathBuf, bool) {
    match std::env::var_os("ROBUSTNESS_PROGRAM") {
        Some(program) => (fs::canonicalize(program).expect("the program"), true),
        None => (PathBuf::from(env!("CARGO_BIN_EXE_helm-hooks")), false),
    }
}

/// A command that ends by itself, whatever it meets.
fn bounded(folder: &Path, args: &[String]) -> (Option<i32>, String, String) {
    let output = Command::new("sh")
        .args(["-c", &format!("ulimit -v {MEMORY}; ulimit -t {SECONDS}; exec \"$@\"",), "sh"])
        .arg(program().0)
        .args(args)
        .env_clear()
        .env("LC_ALL", "C.UTF-8")
        .env("RAYON_NUM_THREADS", "2")
        .current_dir(folder)
        .stdin(std::process::Stdio::null())
        .output()
        .expect("a shell");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

/// A text of a case: a string, or strings and `[COUNT, text]` pairs.
fn text(of: &Json) -> String {
    match of {
        Json::String(text) => text.clone(),
        Json::Array(parts) => parts
            .iter()
            .map(|part| match part.as_array().map(Vec::as_slice) {
                Some([Json::Number(count), of]) => {
                    text(of).repeat(usize::try_from(count.as_u64().expect("a count")).expect("a small count"))
                }
                _ => text(part),
            })
            .collect(),
        other => other["json"].to_string(),
    }
}

#[test]
fn charts_that_want_everything_get_an_error() {
    let only = std::env::var("ROBUSTNESS").unwrap_or_default();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/robustness/cases.jsonl");
    let lines = fs::read_to_string(file).expect("the cases");
    let cases: Vec<Json> = lines.lines().map(|line| serde_json::from_str(line).expect("a case")).collect();
    assert!(cases.len() > 200, "only {} cases found", cases.len());
    let all = program().1;
    let chosen: Vec<(usize, &Json)> = cases
        .iter()
        .enumerate()
        .filter(|(_, case)| case["name"].as_str().expect("a name").contains(&only))
        .filter(|(_, case)| all || case["slow"].is_null())
        .collect();
    let wrong: Vec<String> = chosen.into_par_iter().filter_map(|(number, case)| run(number, case)).collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

/// What is wrong with our answer.
fn run(number: usize, case: &Json) -> Option<String> {
    let folder = Folder::new(&format!("robustness-{number}"));
    folder.write("c/Chart.yaml", "apiVersion: v2\nname: c\nversion: 0.1.0\n");
    for (path, of) in case["files"].as_object().expect("files") {
        folder.write(&format!("c/{path}"), &text(of));
    }
    let mut args: Vec<String> = ["plan", "rel", "c"].map(str::to_owned).into();
    args.extend(case["args"].as_array().into_iter().flatten().map(text));
    let (code, _, stderr) = bounded(folder.path(), &args);
    let fits = match case["says"].as_str() {
        None => code == Some(0),
        Some("") => matches!(code, Some(0 | 3)),
        Some(says) => code == Some(3) && stderr.starts_with("Error: ") && stderr.contains(says),
    };
    let start: String = stderr.chars().take(400).collect();
    (!fits).then(|| format!("{}: wanted {}, got {code:?} {start}", case["name"], case["says"]))
}

/// What fuzzing found, once more.
#[test]
fn what_was_found_stays_mended() {
    type Target = fn(&[u8]);
    let targets: [(&str, Target); 8] = [
        ("archive", targets::archive),
        ("chart_files", targets::chart_files),
        ("evaluate", targets::evaluate),
        ("lex", targets::lex),
        ("parse_template", targets::parse_template),
        ("set", targets::set),
        ("split", targets::split),
        ("yaml", targets::yaml),
    ];
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/fuzz");
    for entry in fs::read_dir(folder).expect("testdata/fuzz").map(|entry| entry.expect("an entry")) {
        let name = entry.file_name();
        let (_, target) = targets.iter().find(|(target, _)| name == **target).expect("a folder for each target");
        for input in fs::read_dir(entry.path()).expect("inputs").map(|input| input.expect("an input")) {
            println!("{}", input.path().display());
            target(&fs::read(input.path()).expect("an input"));
        }
    }
}

/// A tar header and the data, which may be less than the header promises.
fn member(name: &str, kind: u8, link: &str, size: u64, data: &[u8]) -> Vec<u8> {
    let mut header = [0; 512];
    let mut put = |at: usize, text: &str| header[at..at + text.len()].copy_from_slice(text.as_bytes());
    put(0, name);
    put(100, "0000644\0");
    put(124, &format!("{size:011o}"));
    put(148, "        ");
    put(157, link);
    put(257, "ustar\x0000");
    header[156] = kind;
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    let mut out = header.to_vec();
    out.extend_from_slice(data);
    out.resize(out.len().next_multiple_of(512), 0);
    out
}

fn file(name: &str, data: &[u8]) -> Vec<u8> {
    member(name, b'0', "", data.len() as u64, data)
}

fn tgz(members: &[Vec<u8>]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    for member in members {
        encoder.write_all(member).expect("memory");
    }
    encoder.write_all(&[0; 1024]).expect("memory");
    encoder.finish().expect("memory")
}

fn sub_meta() -> Vec<u8> {
    file("s/Chart.yaml", b"apiVersion: v2\nname: s\nversion: 0.1.0\n")
}

/// Archives of archives: four levels of ten.
fn bomb_of_bombs() -> Vec<u8> {
    let mut inner = tgz(&[sub_meta(), file("s/x", &vec![0; 5 << 20])]);
    for _ in 0..4 {
        let members: Vec<Vec<u8>> = (0..10).map(|at| file(&format!("s/charts/{at}.tgz"), &inner)).collect();
        inner = tgz(&[vec![sub_meta()], members].concat());
    }
    inner
}

fn mkfifo(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().expect("mkfifo").success());
}

/// Makes a chart a bad one, in its folder.
type Spoil = Box<dyn Fn(&Path)>;

/// Names of broken charts, what their error has to name, and how they are made of a good one.
fn broken() -> Vec<(&'static str, &'static str, Spoil)> {
    fn with(name: &'static str, content: impl Into<Vec<u8>>) -> Spoil {
        let content = content.into();
        Box::new(move |chart| {
            let path = chart.join(name);
            fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            fs::write(path, &content).expect("a file");
        })
    }
    fn linked(name: &'static str, target: &'static str) -> Spoil {
        Box::new(move |chart| {
            let _ = fs::remove_file(chart.join(name));
            symlink(target, chart.join(name)).expect("a link");
        })
    }
    fn piped(name: &'static str) -> Spoil {
        Box::new(move |chart| {
            let _ = fs::remove_file(chart.join(name));
            mkfifo(&chart.join(name));
        })
    }
    let packed = |members: &[Vec<u8>]| with("charts/s.tgz", tgz(&[&[sub_meta()], members].concat()));
    let whole = tgz(&[sub_meta(), file("s/x", &[7; 3000])]);
    vec![
        ("meta-pipe", "Chart.yaml", piped("Chart.yaml")),
        ("meta-device", "Chart.yaml", linked("Chart.yaml", "/dev/zero")),
        ("meta-list", "Chart.yaml", with("Chart.yaml", "[]\n")),
        ("meta-binary", "Chart.yaml", with("Chart.yaml", b"\xff\xfe\x00".as_slice())),
        ("values-list", "values.yaml", with("values.yaml", "[1]\n")),
        ("values-pipe", "values.yaml", piped("values.yaml")),
        ("values-device", "values.yaml", linked("values.yaml", "/dev/zero")),
        ("values-large", "values.yaml", with("values.yaml", vec![b'#'; (5 << 20) + 1])),
        ("values-nested", "values.yaml", with("values.yaml", "a: ".to_owned() + &"[".repeat(100_000))),
        ("ignore-pipe", ".helmignore", piped(".helmignore")),
        ("link-to-itself", "loop", linked("templates/loop", "loop")),
        ("link-to-above", "self", linked("templates/self", "../..")),
        ("link-to-nothing", "nothing", linked("templates/nothing.yaml", "nowhere")),
        ("template-pipe", "p.yaml", piped("templates/p.yaml")),
        ("template-endless", "t.yaml", with("templates/t.yaml", "{{ range 9223372036854775807 }}{{ end }}")),
        (
            "template-recursive",
            "t.yaml",
            with("templates/t.yaml", "{{ define \"a\" }}{{ include \"a\" . }}{{ end }}{{ include \"a\" . }}"),
        ),
        ("template-huge", "t.yaml", with("templates/t.yaml", "{{ repeat 9000000000 \"x\" }}")),
        ("template-unclosed", "t.yaml", with("templates/t.yaml", "{{ if true }}")),
        ("template-binary", "t.yaml", with("templates/t.yaml", b"\x00\xff: \xfe\n".as_slice())),
        ("schema-device", "/dev/zero", with("values.schema.json", "{\"$ref\": \"file:///dev/zero\"}")),
        ("schema-circle", "schema", with("values.schema.json", "{\"$ref\": \"#\"}")),
        ("archive-outside", "s.tgz", packed(&[file("s/../../../x", b"x")])),
        ("archive-absolute", "s.tgz", packed(&[file("s//etc/x", b"x")])),
        ("archive-bomb", "s.tgz", packed(&[file("s/x", &vec![0; 6 << 20])])),
        ("archive-large", "s.tgz", packed(&vec![file("s/x", &vec![0; 5 << 20]); 21])),
        ("archive-of-archives", "s.tgz", with("charts/s.tgz", bomb_of_bombs())),
        ("archive-claims", "s.tgz", packed(&[member("s/x", b'0', "", 8 << 30, b"x")])),
        ("archive-cut", "s.tgz", with("charts/s.tgz", &whole[..whole.len() / 2])),
        ("archive-text", "s.tgz", with("charts/s.tgz", "hello")),
        ("archive-empty", "s.tgz", with("charts/s.tgz", tgz(&[]))),
        (
            "archive-only-links",
            "s.tgz",
            with("charts/s.tgz", tgz(&[member("s/Chart.yaml", b'2', "/etc/passwd", 0, b"")])),
        ),
    ]
}

#[test]
fn broken_charts_do_not_hide_the_good_ones() {
    const JOB: &str =
        "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: j\n  annotations:\n    helm.sh/hook: pre-install\n";
    let folder = Folder::new("broken-charts");
    let good = |name: &str| {
        folder.write(&format!("{name}/Chart.yaml"), &format!("apiVersion: v2\nname: {name}\nversion: 0.1.0\n"));
        folder.write(&format!("{name}/templates/job.yaml"), JOB);
    };
    let broken = broken();
    for (name, _, spoil) in &broken {
        good(name);
        spoil(&folder.path().join(name));
        good(&format!("{name}-good"));
    }
    // These load, whatever else is in their folder: Helm overlooks it, or takes it as it is.
    good("links-inside-good");
    fs::write(
        folder.path().join("links-inside-good/charts-s.txt"),
        tgz(&[sub_meta(), member("s/l", b'2', "/etc/passwd", 0, b""), member("s/h", b'1', "../../x", 0, b"")]),
    )
    .expect("a file");
    good("requirements-good");
    mkfifo(&folder.path().join("requirements-good/.hidden"));
    fs::write(folder.path().join("requirements-good/.helmignore"), ".hidden\n").expect("a file");
    fs::create_dir_all(folder.path().join("meta-folder/Chart.yaml")).expect("a folder");
    fs::create_dir_all(folder.path().join("empty")).expect("a folder");
    for engine in ["helm3", "helm4"] {
        let args = ["plan", ".", "-o", "json", "--for", engine].map(str::to_owned);
        let (code, stdout, stderr) = bounded(folder.path(), &args);
        let report: Json = serde_json::from_str(&stdout).unwrap_or_else(|e| panic!("{code:?} {e}: {stderr}"));
        let path = |of: &Json| of["path"].as_str().expect("a path").to_owned();
        let planned: Vec<String> = report["charts"].as_array().expect("charts").iter().map(path).collect();
        let errors: BTreeMap<String, &str> = (report["errors"].as_array().expect("errors").iter())
            .map(|error| (path(error), error["message"].as_str().expect("a message")))
            .collect();
        for (name, file, _) in &broken {
            let good = format!("{name}-good");
            assert!(planned.contains(&good), "{engine}: {good} is missing: {:?}", errors.get(&good));
            let message = errors.get(*name).unwrap_or_else(|| panic!("{engine}: {name} has no error"));
            assert!(message.contains(file), "{engine}: {name} does not name {file}: {message}");
        }
        assert_eq!(planned.len(), broken.len() + 2, "{engine}: {planned:?}");
        assert_eq!((errors.len(), code), (broken.len(), Some(3)), "{engine}");
    }
}
