//! Finding charts below a folder.
//!
//! A folder with `Chart.yaml` is a chart and ends the descent: what lies in its `charts/` belongs to it. Hidden folders and what git
//! ignores are passed by. Charts that are libraries, or that another chart found depends on by path, are counted and not planned.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use crate::helm::regular;

/// What a path turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// A chart: folder or archive.
    Chart(PathBuf),
    /// A folder without `Chart.yaml`, to be searched.
    Folder(PathBuf),
    /// Nothing that a chart can be in.
    Nothing,
}

/// Charts below a folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    /// The charts to look at, in path order.
    pub charts: Vec<PathBuf>,
    /// Library charts.
    pub library: Vec<PathBuf>,
    /// Charts that another chart found depends on.
    pub dependency: Vec<PathBuf>,
}

/// Looks at one path.
pub(crate) fn look_at(path: &Path) -> Place {
    if path.is_dir() {
        let chart = path.join("Chart.yaml").is_file();
        return if chart { Place::Chart(path.to_owned()) } else { Place::Folder(path.to_owned()) };
    }
    if path.is_file() { Place::Chart(path.to_owned()) } else { Place::Nothing }
}

/// The chart a file belongs to: the outermost folder with `Chart.yaml` above it, since a chart in `charts/` is part of its parent.
pub(crate) fn chart_of_file(file: &Path) -> Option<PathBuf> {
    let is_chart = |folder: &&Path| folder.join("Chart.yaml").is_file();
    let mut found = file.ancestors().skip(1).find(is_chart)?;
    while let Some(parent) = found.parent().filter(|parent| parent.file_name().is_some_and(|name| name == "charts")) {
        match parent.parent().filter(is_chart) {
            Some(outer) => found = outer,
            None => break,
        }
    }
    Some(found.to_owned())
}

/// Whether a chart is a library, which nobody installs.
pub(crate) fn is_library(chart: &Path) -> bool {
    ChartHead::read(chart).library
}

/// Searches a folder.
pub(crate) fn below(folder: &Path) -> Found {
    let mut charts = Vec::new();
    // Git's rules hold also where there is no repository yet, so that a fresh checkout and an unpacked archive agree.
    let walk =
        ignore::WalkBuilder::new(folder).require_git(false).sort_by_file_name(Ord::cmp).filter_entry(enter).build();
    for entry in walk.flatten() {
        if entry.file_name() == "Chart.yaml" && entry.file_type().is_some_and(|kind| !kind.is_dir()) {
            charts.extend(entry.path().parent().map(Path::to_owned));
        }
    }
    sort(charts)
}

/// Enters folders that are no chart, and of a chart only its `Chart.yaml`.
fn enter(entry: &ignore::DirEntry) -> bool {
    let in_chart = entry.path().parent().is_some_and(|parent| parent.join("Chart.yaml").is_file());
    // The folder the search began in has no say: it was named because charts lie below it.
    entry.depth() == 0 || !in_chart || entry.file_name() == "Chart.yaml"
}

fn sort(charts: Vec<PathBuf>) -> Found {
    let heads: Vec<(PathBuf, ChartHead)> =
        charts.into_iter().map(|path| (path.clone(), ChartHead::read(&path))).collect();
    let depended: HashSet<PathBuf> = heads
        .iter()
        .flat_map(|(path, head)| head.local_dependencies.iter().map(move |target| normal(&path.join(target))))
        .collect();
    let mut found = Found::default();
    for (path, head) in heads {
        if head.library {
            found.library.push(path);
        } else if depended.contains(&normal(&path)) {
            found.dependency.push(path);
        } else {
            found.charts.push(path);
        }
    }
    found
}

/// A path without `.` and `..`, as text: both sides of the comparison come from the same walk, so links do not matter.
fn normal(path: &Path) -> PathBuf {
    use std::path::Component;
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if out.file_name().is_some() => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}

/// What a search needs of a `Chart.yaml`: read line by line, since it may not even be YAML, and the renderer says so better.
#[derive(Default)]
struct ChartHead {
    library: bool,
    local_dependencies: Vec<String>,
}

impl ChartHead {
    fn read(chart: &Path) -> ChartHead {
        let mut head = ChartHead::default();
        for file in ["Chart.yaml", "requirements.yaml"] {
            let text = regular::read(&chart.join(file)).unwrap_or_default();
            for line in String::from_utf8_lossy(&text).lines() {
                head.line(line);
            }
        }
        head
    }

    fn line(&mut self, line: &str) {
        let Some((key, value)) = line.split_once(':') else { return };
        let value = value.split(" #").next().unwrap_or(value).trim().trim_matches(['"', '\'']);
        if key == "type" {
            self.library = value.eq_ignore_ascii_case("library");
        }
        let key = key.trim_start().trim_start_matches("- ").trim();
        if key == "repository"
            && let Some(target) = value.strip_prefix("file://")
        {
            self.local_dependencies.push(target.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_are_read_without_yaml() {
        let mut head = ChartHead::default();
        for line in [
            "type: library # c",
            "dependencies:",
            "  - name: x",
            "    repository: \"file://../x\"",
            "- repository: file://y",
        ] {
            head.line(line);
        }
        assert!(head.library);
        assert_eq!(head.local_dependencies, ["../x", "y"]);
        assert_eq!(normal(Path::new("./a/../b/./c")), Path::new("b/c"));
    }
}
