//! A chart from its files, wherever they come from.
//!
//! Mirrors `LoadFiles` (`pkg/chart/loader/load.go`; Helm 4 `pkg/chart/v2/loader`). Helm keeps the charts below `charts/` in a Go
//! map, whose order is random; here they come in the order of their file names. For charts that `Chart.yaml` names it makes
//! no difference: they are put in its order later.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use super::archive;
use super::error::LoadError;
use super::metadata::{self, Draft};
use super::model::{Chart, ChartFile};
use crate::go::path;
use crate::helm::dialect::Dialect;
use crate::helm::log::Log;
use crate::helm::values;

/// How deep charts may lie in each other. An archive can contain itself, on which Helm dies.
const MAX_DEPTH: usize = 64;

/// How many bytes all archives below `charts/` may hold together, those inside of others too. Helm has a limit for each, and
/// so none: in a hundred kilobytes there is room for archives of archives that hold more than any disk.
const MAX_UNPACKED: usize = 256 << 20;

/// What is the same for a chart and all charts below it.
pub(super) struct Loading<'l> {
    pub(super) dialect: &'static Dialect,
    pub(super) log: &'l mut Log,
    /// How many bytes came out of the archives so far.
    pub(super) unpacked: usize,
}

/// Where a chart lies.
#[derive(Clone)]
struct Place {
    /// As in [`Chart::location`].
    location: String,
    /// What to put before its file names in the place of an error.
    prefix: String,
    depth: usize,
}

impl Loading<'_> {
    /// The root chart, with all charts below it.
    pub(super) fn root(&mut self, files: Vec<ChartFile>, prefix: String) -> Result<Chart, LoadError> {
        let mut chart = self.chart(files, &Place { location: String::new(), prefix, depth: 0 })?;
        chart.name_paths("");
        Ok(chart)
    }

    fn chart(&mut self, files: Vec<ChartFile>, place: &Place) -> Result<Chart, LoadError> {
        let mut chart = Chart { location: place.location.clone(), ..Chart::default() };
        let mut metadata = None;
        for file in files.iter().filter(|file| file.name == "Chart.yaml") {
            let metadata = metadata.get_or_insert_with(Draft::default);
            read_metadata(file, metadata, self.dialect).map_err(|e| e.in_file(place.file(&file.name)))?;
            if metadata.metadata.api_version.is_empty() {
                "v1".clone_into(&mut metadata.metadata.api_version);
            }
        }
        let mut below: BTreeMap<String, Vec<ChartFile>> = BTreeMap::new();
        for file in files {
            let shown = place.file(&file.name);
            self.sort_in(file, &mut chart, &mut metadata, &mut below).map_err(|e| e.in_file(shown))?;
        }
        let Some(metadata) = metadata else {
            return Err(LoadError::new("Chart.yaml file is missing").in_file(place.file("Chart.yaml")));
        };
        let invalid = |text| LoadError::new(text).in_file(place.file("Chart.yaml"));
        chart.metadata = metadata::validate(metadata).map_err(invalid)?;
        for (name, files) in below {
            if name.starts_with(['_', '.']) {
                continue;
            }
            let dependency = self.dependency(&name, files, &chart.metadata.name, place)?;
            chart.dependencies.push(dependency);
        }
        Ok(chart)
    }

    /// Puts a file where it belongs.
    fn sort_in(
        &mut self,
        file: ChartFile,
        chart: &mut Chart,
        metadata: &mut Option<Draft>,
        below: &mut BTreeMap<String, Vec<ChartFile>>,
    ) -> Result<(), LoadError> {
        match file.name.as_str() {
            "Chart.yaml" => {}
            "Chart.lock" => metadata::check_lock(&file.data, self.dialect).map_err(|e| unreadable(&file.name, e))?,
            "values.yaml" => {
                chart.values = values::read_file(&file.data, self.dialect).map_err(|e| unreadable(&file.name, e))?;
                chart.values_file = Some(file);
            }
            "values.schema.json" => chart.schema = Some(Arc::clone(file.data.shared())),
            "requirements.yaml" => {
                let metadata = metadata.get_or_insert_with(Draft::default);
                let text = "Warning: Dependencies are handled in Chart.yaml since apiVersion \"v2\". We recommend migrating dependencies to Chart.yaml.";
                self.deprecated(metadata, "load.go:120", text);
                read_metadata(&file, metadata, self.dialect)?;
                if metadata.metadata.api_version == "v1" {
                    Rc::make_mut(&mut chart.files).push(file);
                }
            }
            "requirements.lock" => {
                metadata::check_lock(&file.data, self.dialect).map_err(|e| unreadable(&file.name, e))?;
                let metadata = metadata.get_or_insert_with(Draft::default);
                let text = "Warning: Dependency locking is handled in Chart.lock since apiVersion \"v2\". We recommend migrating to Chart.lock.";
                self.deprecated(metadata, "load.go:138", text);
                if metadata.metadata.api_version == "v1" {
                    Rc::make_mut(&mut chart.files).push(file);
                }
            }
            name if name.starts_with("templates/") => Rc::make_mut(&mut chart.templates).push(file),
            name => match name.strip_prefix("charts/") {
                Some(name) if path::ext(name.as_bytes()) != b".prov" => {
                    let folder = name.split('/').next().unwrap_or(name).to_owned();
                    let file = ChartFile { name: name.to_owned(), data: file.data };
                    below.entry(folder).or_default().push(file);
                }
                _ => Rc::make_mut(&mut chart.files).push(file),
            },
        }
        Ok(())
    }

    fn count(&mut self, files: Vec<ChartFile>) -> Result<Vec<ChartFile>, LoadError> {
        self.unpacked += files.iter().map(|file| file.data.len()).sum::<usize>();
        if self.unpacked > MAX_UNPACKED {
            return Err(LoadError::new(format!("the archives in the chart hold more than {MAX_UNPACKED} bytes")));
        }
        Ok(files)
    }

    fn deprecated(&mut self, metadata: &Draft, site: &str, text: &str) {
        if metadata.metadata.api_version != "v1" {
            self.log.print(site, text);
        }
    }

    /// A chart of `charts/`: an archive or a folder.
    fn dependency(
        &mut self,
        name: &str,
        files: Vec<ChartFile>,
        parent: &str,
        place: &Place,
    ) -> Result<Chart, LoadError> {
        let unpacking = format!("error unpacking subchart {name} in {parent}");
        if place.depth >= MAX_DEPTH {
            let text = format!("charts are nested deeper than {MAX_DEPTH} levels");
            return Err(LoadError::new(text).within(unpacking).in_file(place.file(&format!("charts/{name}"))));
        }
        let depth = place.depth + 1;
        let loaded = if path::ext(name.as_bytes()) == b".tgz" {
            let file = place.file(&format!("charts/{name}"));
            let Some(packed) = files.into_iter().next() else { return Err(LoadError::new(unpacking)) };
            if packed.name != name {
                let text = format!("error unpacking subchart tar in {parent}: expected {name}, got {}", packed.name);
                return Err(LoadError::new(text).in_file(file));
            }
            let place = Place { location: format!("{name}!"), prefix: format!("{file}!/"), depth };
            archive::read_files(&*packed.data, self.dialect)
                .map_err(|e| LoadError::new(e.message))
                .and_then(|files| self.count(files))
                .map_err(|e| e.in_file(file))
                .and_then(|files| self.chart(files, &place))
        } else {
            let strip = |file: ChartFile| {
                // A file of `charts/` itself belongs to no chart.
                let (_, inner) = file.name.split_once('/')?;
                Some(ChartFile { name: inner.to_owned(), data: file.data.clone() })
            };
            let prefix = place.file(&format!("charts/{name}/"));
            let place = Place { location: name.to_owned(), prefix, depth };
            self.chart(files.into_iter().filter_map(strip).collect(), &place)
        };
        loaded.map_err(|e| e.within(unpacking))
    }
}

impl Place {
    fn file(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }
}

fn read_metadata(file: &ChartFile, metadata: &mut Draft, dialect: &Dialect) -> Result<(), LoadError> {
    metadata.read(&file.data, dialect).map_err(|e| unreadable(&file.name, e))
}

fn unreadable(name: &str, error: crate::go::yaml::Error) -> LoadError {
    LoadError::new(error.message()).at(error.offset()).within(format_args!("cannot load {name}"))
}
