//! Charts: their model, and reading them from folders, archives and files in memory.
//!
//! This is the edge where files are read; everything behind [`Loaded`] works on what was read.

mod archive;
pub mod check;
mod data;
mod error;
mod files;
mod folder;
mod ignore;
mod metadata;
mod model;

use std::cell::RefCell;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::rc::Rc;

pub use data::Data;
pub use error::LoadError;
pub use model::{Chart, ChartFile, Dependency, Maintainer, Metadata};

use super::action::Prepared;
use super::dialect::Dialect;
use super::log::Log;
use super::{regular, render};
use crate::go::limits::Work;
use crate::go::template::ParsedTexts;
use crate::go::{errno, path};

/// A chart, and what Helm writes to stderr while it reads it.
#[derive(Debug)]
pub struct Loaded {
    /// The chart.
    pub chart: Chart,
    /// Lines for stderr.
    pub warnings: Vec<String>,
    /// What its renderings have parsed.
    pub(super) texts: Rc<ParsedTexts>,
    /// What its last renderings began with.
    pub(super) prepared: RefCell<Vec<Rc<Prepared>>>,
}

impl Loaded {
    fn new(chart: Chart, warnings: Vec<String>, texts: Rc<ParsedTexts>) -> Loaded {
        Loaded { chart, warnings, texts, prepared: RefCell::default() }
    }

    /// The chart, to be changed: what earlier renderings began with holds no longer.
    pub fn chart_mut(&mut self) -> &mut Chart {
        self.prepared.get_mut().clear();
        &mut self.chart
    }

    /// The chart with other files, of which those that stay the same need not be parsed again.
    #[must_use]
    pub fn changed(&self, chart: Chart) -> Loaded {
        Loaded::new(chart, Vec::new(), Rc::clone(&self.texts))
    }
}

/// Reads a chart from a folder or an archive, as `loader.Load`.
///
/// # Errors
/// Helm's, with the file and the place in it where they are known.
pub fn load(path: &Path, dialect: &'static Dialect) -> Result<Loaded, LoadError> {
    let path = absolute(path)?;
    let meta = fs::metadata(&path).map_err(|e| LoadError::new(errno::path_error("stat", &path, &e)))?;
    logged(dialect, |log, texts| {
        if meta.is_dir() {
            if dialect.detects_chart_version {
                detect_in_folder(&path)?;
            }
            let files = folder::read_files(&path, dialect, texts, log)?;
            files::Loading { dialect, log, unpacked: 0 }.root(files, String::new())
        } else {
            let files = read_archive(&path, dialect)?;
            files::Loading { dialect, log, unpacked: 0 }.root(files, format!("{}!/", path.display()))
        }
    })
}

/// A chart from files in memory, named from the chart's folder on, as `loader.LoadFiles`.
///
/// # Errors
/// As [`load`].
pub fn from_files(files: Vec<ChartFile>, dialect: &'static Dialect) -> Result<Loaded, LoadError> {
    logged(dialect, |log, _| files::Loading { dialect, log, unpacked: 0 }.root(files, String::new()))
}

fn logged(
    dialect: &'static Dialect,
    load: impl FnOnce(&mut Log, &ParsedTexts) -> Result<Chart, LoadError>,
) -> Result<Loaded, LoadError> {
    let _work = Work::begin();
    let mut log = Log::new(dialect);
    let texts = render::texts(dialect);
    match load(&mut log, &texts) {
        Ok(chart) => Ok(Loaded::new(chart, log.into_lines(), texts)),
        Err(e) => Err(LoadError { warnings: log.into_lines(), ..e }),
    }
}

/// `filepath.Abs`.
fn absolute(given: &Path) -> Result<PathBuf, LoadError> {
    let whole = std::path::absolute(given).map_err(|e| LoadError::new(errno::text(&e)))?;
    match whole.to_str() {
        Some(text) if cfg!(unix) => Ok(PathBuf::from(&*String::from_utf8_lossy(&path::clean(text.as_bytes())))),
        _ => Ok(whole),
    }
}

fn read_archive(path: &Path, dialect: &'static Dialect) -> Result<Vec<ChartFile>, LoadError> {
    let shown = path.display().to_string();
    let open = |call| move |e: std::io::Error| LoadError::new(errno::path_error(call, path, &e));
    let mut file = File::open(path).map_err(open("open"))?;
    let mut start = Vec::new();
    (&mut file).take(512).read_to_end(&mut start).map_err(|e| {
        LoadError::new(format!("file '{shown}' cannot be read: {}", errno::path_error("read", path, &e)))
    })?;
    archive::ensure_archive(&shown, &start).map_err(LoadError::new)?;
    let files = archive::read_files(start.chain(file), dialect).map_err(|e| {
        LoadError::new(if e.not_gzip {
            format!("file '{shown}' does not appear to be a valid chart file (details: {})", e.message)
        } else if dialect.detects_chart_version {
            "unable to load chart archive".to_owned()
        } else {
            e.message
        })
    })?;
    if dialect.detects_chart_version {
        let Some(chart) = files.iter().find(|file| file.name == "Chart.yaml") else {
            return Err(LoadError::new("unable to detect chart version, no Chart.yaml found"));
        };
        detect(&chart.data).map_err(|e| e.in_file(format!("{shown}!/Chart.yaml")))?;
    }
    Ok(files)
}

/// Helm 4 looks at `apiVersion` before it loads a chart.
fn detect_in_folder(folder: &Path) -> Result<(), LoadError> {
    let file = folder.join("Chart.yaml");
    let data = regular::read(&file).map_err(|e| {
        let text = errno::path_error(if file.is_dir() { "read" } else { "open" }, &file, &e);
        LoadError::new(format!("unable to detect chart at {}: {text}", file.display())).in_file("Chart.yaml")
    })?;
    detect(&data).map_err(|e| e.in_file("Chart.yaml"))
}

fn detect(data: &[u8]) -> Result<(), LoadError> {
    let version = metadata::api_version(data)
        .map_err(|e| LoadError::new(e.message()).at(e.offset()).within("cannot load Chart.yaml"))?;
    match version.as_str() {
        "v1" | "v2" | "" => Ok(()),
        // Helm 4 can load these, and then refuses to do anything with them.
        "v3" => Err(LoadError::new("invalid chart apiVersion")),
        _ => Err(LoadError::new("unsupported chart version")),
    }
}
