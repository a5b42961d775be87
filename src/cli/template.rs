//! `template`.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;

use crate::go::value::Str;
use crate::helm::chart::ChartFile;
use crate::helm::manifest::{self, Manifests};
use crate::helm::render::Rendered;
use crate::helm::world::World;
use crate::report::frame;
use crate::report::manifests::{self, OutputFile, Selection};

use super::args::TemplateCommand;
use super::exit::{self, Fatal, Outcome};
use super::find::{self, Place};
use super::output::{pieces_to_stdout, to_stderr, to_stdout};
use super::problem;
use super::render::RenderFailure;
use super::render::native::{self, Source};
use super::settings::{RenderSettings, Settings};

/// Helm's advice under an error for which it has a release.
const DEBUG_HINT: &str = "Use --debug flag to render out invalid YAML";

/// Runs `template`.
///
/// # Errors
/// For mistakes in the command line, and when the output cannot be written; a chart that fails is reported, not returned.
pub(crate) fn run(args: &TemplateCommand, settings: &Settings) -> Outcome {
    args.access.only_with(args.cluster, "--cluster")?;
    let (mut render, path) = RenderSettings::resolve(&args.render, args.helm, &args.args, settings, World::real())?;
    if matches!(find::look_at(Path::new(&path)), Place::Nothing) {
        return Err(problem::no_such_chart(&path));
    }
    let seen = args.access.seen(args.cluster, &mut render, settings)?;
    let settings = seen.as_ref().unwrap_or(settings);
    let source = match Source::load(Path::new(&path), &render, &settings.namespace) {
        Ok(source) => source,
        Err(failure) => {
            warn(&failure.warnings, settings);
            return Ok(fail(&failure, settings));
        }
    };
    let upgrade_to = (args.template.is_upgrade == Some(true)).then_some(1);
    let rendering = match source.render(upgrade_to, World::real()) {
        Ok(rendering) => rendering,
        Err(failure) => {
            warn(&failure.warnings, settings);
            let mut shown = native::failure(&failure, settings);
            if failure.has_release && !settings.debug {
                shown.help = Some(DEBUG_HINT.to_owned());
            }
            return Ok(fail(&shown, settings));
        }
    };
    warn(rendering.warnings(), settings);
    let dialect = render.engine.dialect();
    let crds = if args.template.include_crds == Some(true) { rendering.chart().crds() } else { Vec::new() };
    let files = rendering.files().iter().map(|(path, text)| (path.as_str(), text.clone()));
    let manifests = match manifest::sort(files, dialect) {
        Ok(manifests) => manifests,
        Err(error) => {
            let mut shown = RenderFailure::new(error.to_string());
            let text = rendering.files().get(&error.path).map(|text| text.as_bytes()).unwrap_or_default();
            shown.frame = frame::sort_error(&error, text, &settings.error_look);
            if settings.debug {
                to_stdout(&unsorted(rendering.files()))?;
            } else {
                shown.help = Some(DEBUG_HINT.to_owned());
            }
            return Ok(fail(&shown, settings));
        }
    };
    warn(&manifests.warnings(dialect), settings);
    let selection = Selection {
        no_hooks: args.template.no_hooks == Some(true),
        skip_tests: args.template.skip_tests == Some(true),
        show_only: args.template.show_only.clone(),
    };
    if let Some(folder) = &args.template.output_dir {
        let release = (args.render.release_name == Some(true)).then_some(render.release.as_str());
        return write_files(folder, release, &manifests, &crds, &selection);
    }
    let printed = match manifests::print(&manifests, &crds, &selection, dialect) {
        Ok(pieces) => pieces_to_stdout(&pieces).map(|()| exit::OK),
        Err(message) => Err(Fatal::load(message)),
    };
    // The process ends here; taking a hundred thousand small things apart first is a tenth of a cold run.
    std::mem::forget((source, rendering, manifests));
    printed
}

fn fail(failure: &RenderFailure, settings: &Settings) -> u8 {
    to_stderr(&problem::render(failure, None, settings));
    exit::LOAD
}

fn warn(lines: &[String], settings: &Settings) {
    for line in lines {
        to_stderr(&format!("{}\n", settings.error_look.clean(line)));
    }
}

/// What Helm prints under `--debug` when a document is not YAML: every file that is not blank.
fn unsorted(files: &Rendered) -> Vec<u8> {
    let mut out = Vec::new();
    for (path, text) in files.iter().filter(|(path, text)| !manifest::is_notes(path) && !is_blank(text)) {
        out.extend_from_slice(format!("---\n# Source: {path}\n").as_bytes());
        out.extend_from_slice(text.as_bytes());
        out.push(b'\n');
    }
    out
}

fn is_blank(text: &Str) -> bool {
    text.to_text().trim().is_empty()
}

/// Writes the files of `--output-dir` and names each on stdout, as Helm does.
fn write_files(
    folder: &str,
    release: Option<&str>,
    manifests: &Manifests,
    crds: &[(String, ChartFile)],
    selection: &Selection,
) -> Outcome {
    let below = match release {
        Some(release) => format!("{folder}/{release}"),
        None => folder.to_owned(),
    };
    let exists = |path: &str| Path::new(&below).join(path).exists();
    for file in manifests::files(manifests, crds, selection, exists) {
        // Helm leaves the release's name out of the paths of CRDs.
        let target = if file.is_crd { format!("{folder}/{}", file.path) } else { format!("{below}/{}", file.path) };
        write_file(&target, &file).map_err(|e| Fatal::load(format!("cannot write {target}: {e}")))?;
        to_stdout(format!("wrote {target}\n").as_bytes())?;
    }
    // Helm prints what is left of its output: an empty line.
    to_stdout(b"\n").map(|()| exit::OK)
}

fn write_file(target: &str, file: &OutputFile<'_>) -> std::io::Result<()> {
    if let Some(parent) = Path::new(target).parent() {
        fs::create_dir_all(parent)?;
    }
    let mut options = OpenOptions::new();
    let options = if file.append { options.append(true) } else { options.write(true).create(true).truncate(true) };
    options.open(target)?.write_all(&file.content)
}
