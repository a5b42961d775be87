//! Which charts are meant by paths: charts, folders above them, files in them.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use crate::cli::exit::Fatal;
use crate::cli::find::{self, Place};
use crate::cli::problem;

/// What was asked for.
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    /// The charts, each once.
    pub charts: Vec<PathBuf>,
    /// Files that belong to no chart.
    pub outside: Vec<String>,
    /// Whether manifests are read from stdin.
    pub stdin: bool,
}

/// Finds the charts.
///
/// # Errors
/// For a path where there is nothing, a folder without charts, and `-` beside other paths.
pub(super) fn collect(paths: &[String]) -> Result<Found, Fatal> {
    if paths.is_empty() {
        return Err(Fatal::usage("a path is missing")
            .with_help("Give charts, folders with charts below them, or - for manifests on stdin."));
    }
    if paths.iter().any(|path| path == "-") {
        if paths.len() > 1 {
            return Err(Fatal::usage("- for stdin stands alone").with_help("Lint the charts in a run of their own."));
        }
        return Ok(Found { stdin: true, ..Found::default() });
    }
    let mut search = Search::default();
    for path in paths {
        search.path(path)?;
    }
    Ok(search.found)
}

#[derive(Default)]
struct Search {
    found: Found,
    seen: HashSet<PathBuf>,
}

impl Search {
    fn path(&mut self, typed: &str) -> Result<(), Fatal> {
        let path = Path::new(typed);
        match find::look_at(path) {
            Place::Nothing => return Err(problem::no_such_chart(typed)),
            Place::Folder(folder) => {
                let below = find::below(&folder);
                if below.charts.is_empty() {
                    match chart_around(&folder.join("x")) {
                        Some(chart) => self.add(chart),
                        None => {
                            let passed = below.library.len() + below.dependency.len();
                            return Err(problem::nothing_found(typed, passed));
                        }
                    }
                }
                below.charts.into_iter().for_each(|chart| self.add(chart));
            }
            Place::Chart(file) if path.is_file() => match chart_around(&file) {
                // Whoever changes a library's file has no chart to lint there.
                Some(chart) if find::is_library(&chart) => {}
                Some(chart) => self.add(chart),
                None if is_archive(&file) => self.add(file),
                None => self.found.outside.push(typed.to_owned()),
            },
            Place::Chart(chart) => self.add(chart),
        }
        Ok(())
    }

    fn add(&mut self, chart: PathBuf) {
        let real = std::fs::canonicalize(&chart).unwrap_or_else(|_| chart.clone());
        if self.seen.insert(real) {
            self.found.charts.push(chart);
        }
    }
}

pub(super) fn is_archive(file: &Path) -> bool {
    let name = file.to_string_lossy();
    name.ends_with(".tgz") || name.ends_with(".tar.gz")
}

/// The chart a file lies in, also above the working directory; relative where the file is.
fn chart_around(file: &Path) -> Option<PathBuf> {
    if let Some(chart) = find::chart_of_file(file) {
        return Some(if chart.as_os_str().is_empty() { PathBuf::from(".") } else { chart });
    }
    let absolute = std::path::absolute(file).ok()?;
    let chart = find::chart_of_file(&absolute).filter(|_| file.is_relative())?;
    let here = std::env::current_dir().ok()?;
    let up = here.strip_prefix(&chart).ok()?.components().count();
    Some(std::iter::repeat_n("..", up).collect())
}
