//! The configurations of the charts of a run: the nearest file of each, read once.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::cli::exit::Fatal;
use crate::cli::plan::shown;
use crate::lint::config::{self, Config, ConfigError};

use super::args::LintArgs;
use super::jobs::files;
use super::paths::is_archive;

/// Configurations by file, and the file of each folder that has one.
#[derive(Debug, Default)]
pub(super) struct Configs {
    none: Config,
    files: BTreeMap<PathBuf, Config>,
    /// The one for all charts.
    only: Option<PathBuf>,
}

impl Configs {
    /// Reads the configurations of some folders (or archives). What is wrong with a file is shown with its lines, so it is apart.
    ///
    /// # Errors
    /// For a file that cannot be read.
    pub(super) fn read(args: &LintArgs, folders: &[&Path]) -> Result<Result<Configs, Box<ConfigError>>, Fatal> {
        let mut configs = Configs::default();
        if args.isolated {
            return Ok(Ok(configs));
        }
        configs.only = args.config.as_ref().map(PathBuf::from);
        let found = folders.iter().filter_map(|folder| config::find(&folder_of(folder)));
        let files: Vec<PathBuf> = match &configs.only {
            Some(only) => vec![only.clone()],
            None => found.collect(),
        };
        for file in files {
            if configs.files.contains_key(&file) {
                continue;
            }
            let name = name(&file);
            let text = std::fs::read_to_string(&file)
                .map_err(|e| Fatal::usage(format!("cannot read the configuration {name}: {e}")))?;
            let folder = std::path::absolute(&file).ok().and_then(|file| file.parent().map(Path::to_owned));
            match config::read(&text, &name, &folder.unwrap_or_default()) {
                Ok(config) => configs.files.insert(file, config),
                Err(error) => return Ok(Err(error)),
            };
        }
        Ok(Ok(configs))
    }

    /// The configuration of a chart.
    pub(super) fn of(&self, chart: &Path) -> &Config {
        let file = self.only.clone().or_else(|| config::find(&folder_of(chart)));
        file.and_then(|file| self.files.get(&file)).unwrap_or(&self.none)
    }

    /// Patterns of `values` that mean no file in any of the charts they are for: the configuration, the pattern.
    pub(super) fn idle_patterns(&self, charts: &[PathBuf]) -> Vec<(String, String)> {
        let folders = || charts.iter().filter(|chart| !is_archive(chart));
        let mut idle = Vec::new();
        for (file, config) in self.files.iter().filter(|(_, config)| config.values.is_some()) {
            let own: Vec<&PathBuf> = folders().filter(|chart| std::ptr::eq(self.of(chart), config)).collect();
            for pattern in config.values.iter().flatten() {
                let means_one = |chart: &&PathBuf| !files(chart, std::slice::from_ref(pattern)).is_empty();
                if !own.is_empty() && !own.iter().any(means_one) {
                    idle.push((name(file), pattern.clone()));
                }
            }
        }
        idle
    }
}

/// Where the search for a chart's configuration begins.
fn folder_of(chart: &Path) -> PathBuf {
    if chart.is_dir() {
        return chart.to_owned();
    }
    match chart.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// A file as it is shown: relative where it lies below the working directory.
fn name(file: &Path) -> String {
    let here = std::env::current_dir().ok();
    let relative = here.and_then(|here| file.strip_prefix(here).ok().map(Path::to_owned));
    shown(relative.as_deref().unwrap_or(file))
}
