//! The files of a chart folder, in the order Helm meets them: names sorted in each folder, links followed.
//!
//! Mirrors `LoadDir` (`pkg/chart/loader/directory.go`) and `internal/sympath/walk.go`.

use std::fs::{self, File, FileType};
use std::io::{self, Read, Seek};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::archive::{BOM, MAX_FILE_SIZE, without_bom};
use super::data::Data;
use super::error::LoadError;
use super::ignore::{self, Rules};
use super::model::ChartFile;
use crate::go::template::ParsedTexts;
use crate::go::{errno, strconv};
use crate::helm::dialect::Dialect;
use crate::helm::log::{Level, Log};
use crate::helm::regular;

/// How many files and folders a walk may meet. Two links to the same folder double the files at each level, until the system
/// refuses the path after 40 links; Helm would walk for hours.
const MAX_ENTRIES: usize = 200_000;

/// How many bytes a walk may read, for the same reason. Helm has no limit here; its limit for an archive is 100 MiB.
const MAX_BYTES: u64 = 1 << 30;

/// Files below this size are read in one go.
const SMALL_FILE: usize = 64 << 10;

/// `filepath.EvalSymlinks` gives up after so many links.
const MAX_LINKS: usize = 255;

/// Reads all files of a folder that `.helmignore` does not exclude. The folder's path is absolute.
pub(super) fn read_files(
    folder: &Path,
    dialect: &Dialect,
    texts: &ParsedTexts,
    log: &mut Log,
) -> Result<Vec<ChartFile>, LoadError> {
    let ignore_file = folder.join(ignore::FILE);
    let text = match fs::metadata(&ignore_file) {
        Err(_) => None,
        Ok(meta) => {
            let call = if meta.is_dir() { "read" } else { "open" };
            let text = regular::read(&ignore_file).map_err(|e| errno::path_error(call, &ignore_file, &e));
            Some(text.map_err(|e| LoadError::new(e).in_file(ignore::FILE))?)
        }
    };
    let rules = Rules::new(text.as_deref(), dialect).map_err(|e| LoadError::new(e).in_file(ignore::FILE))?;
    let mut walk = Walk { rules, files: Vec::new(), entries: 0, bytes: 0, start: vec![0; SMALL_FILE], texts, log };
    walk.children(folder, "")?;
    Ok(walk.files)
}

struct Walk<'l> {
    rules: Rules,
    files: Vec<ChartFile>,
    entries: usize,
    bytes: u64,
    /// Room for the beginning of a file, which mostly is the whole of it: then its size need not be asked for.
    start: Vec<u8>,
    /// Where templates are parsed.
    texts: &'l ParsedTexts,
    log: &'l mut Log,
}

impl Walk<'_> {
    fn children(&mut self, folder: &Path, relative: &str) -> Result<(), LoadError> {
        let mut names = Vec::new();
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            // Helm overlooks errors of the chart's own folder, and then misses Chart.yaml.
            Err(_) if relative.is_empty() => return Ok(()),
            Err(e) => return Err(LoadError::new(errno::path_error("open", folder, &e)).in_file(relative)),
        };
        for entry in entries {
            let entry = entry.map_err(|e| LoadError::new(errno::path_error("readdirent", folder, &e)))?;
            // The folder mostly tells the type too, which saves asking for each file.
            names.push((entry.file_name(), entry.file_type(), entry));
        }
        names.sort_by(|(a, ..), (b, ..)| a.cmp(b));
        for (name, kind, entry) in names {
            let path = folder.join(&name);
            let name = name.to_string_lossy();
            let relative = if relative.is_empty() { name.into_owned() } else { [relative, &*name].join("/") };
            self.entries += 1;
            if self.entries > MAX_ENTRIES {
                let text =
                    format!("chart folder holds more than {MAX_ENTRIES} files; symbolic links may go in circles");
                return Err(LoadError::new(text).in_file(relative));
            }
            let kind = kind.map_err(|e| LoadError::new(errno::path_error("lstat", &path, &e)))?;
            if kind.is_symlink() {
                let target = self.follow(&path, &relative)?;
                let kind = fs::symlink_metadata(&target)
                    .map_err(|e| LoadError::new(errno::path_error("lstat", &target, &e)))?
                    .file_type();
                self.visit(&path, &target, relative, kind, &|| fs::metadata(&path))?;
            } else {
                // The folder, which is open, is asked without the way to it.
                self.visit(&path, &path, relative, kind, &|| entry.metadata())?;
            }
        }
        Ok(())
    }

    /// Where a link leads in the end; said aloud, as links can be used for nefarious ends.
    fn follow(&mut self, path: &Path, relative: &str) -> Result<PathBuf, LoadError> {
        let target = resolve(path)
            .map_err(|e| LoadError::new(format!("error evaluating symlink {}: {e}", path.display())))
            .map_err(|e| e.in_file(relative))?;
        let (from, to) = (path.display().to_string(), target.display().to_string());
        self.log.warn(
            "walk.go:75",
            &format!("found symbolic link in path: {from} resolves to {to}. Contents of linked file included and used"),
            Level::Info,
            "found symbolic link in path. Contents of linked file included and used",
            &[("path", &from), ("resolved", &to)],
        );
        Ok(target)
    }

    fn visit(
        &mut self,
        path: &Path,
        target: &Path,
        relative: String,
        kind: FileType,
        metadata: &dyn Fn() -> io::Result<fs::Metadata>,
    ) -> Result<(), LoadError> {
        if self.rules.ignore(&relative, kind.is_dir()) {
            return Ok(());
        }
        if kind.is_dir() {
            return self.children(path, &relative);
        }
        if !kind.is_file() {
            let text = format!("cannot load irregular file {} as it has file mode type bits set", path.display());
            return Err(LoadError::new(text).in_file(relative));
        }
        let unreadable = |e: io::Error| {
            LoadError::new(errno::path_error("open", path, &e))
                .within(format_args!("error reading {relative}"))
                .in_file(relative.clone())
        };
        if is_read_later(&relative) {
            let meta = metadata().map_err(unreadable)?;
            if !is_readable_by_all(&meta) {
                File::open(path).map_err(unreadable)?;
            }
            self.count(meta.len(), target, &relative)?;
            self.files.push(ChartFile { name: relative, data: Data::later(path) });
            return Ok(());
        }
        let mut file = File::open(path).map_err(unreadable)?;
        let start = fill(&mut file, &mut self.start).map_err(unreadable)?;
        let is_whole = start < self.start.len();
        let size = if is_whole { start as u64 } else { file.metadata().map_err(unreadable)?.len() };
        self.count(size, target, &relative)?;
        let data = if is_whole {
            let bytes = self.start.get(..start).unwrap_or_default();
            Arc::from(bytes.strip_prefix(BOM).unwrap_or(bytes))
        } else {
            file.rewind().map_err(unreadable)?;
            read(&mut file, size).map_err(unreadable)?
        };
        if is_template(&relative) {
            self.texts.expect(&data);
        }
        self.files.push(ChartFile { name: relative, data: data.into() });
        Ok(())
    }

    fn count(&mut self, size: u64, target: &Path, relative: &str) -> Result<(), LoadError> {
        if size > MAX_FILE_SIZE {
            let name = strconv::quote(target.file_name().unwrap_or_default().to_string_lossy().as_bytes());
            let text = format!("chart file {name} is larger than the maximum file size {MAX_FILE_SIZE}");
            return Err(LoadError::new(text).in_file(relative));
        }
        self.bytes += size;
        if self.bytes > MAX_BYTES {
            return Err(LoadError::new(format!("chart folder holds more than {MAX_BYTES} bytes")).in_file(relative));
        }
        Ok(())
    }
}

/// What need not be opened to know that it could be. Most files are so, and opening costs more than asking.
#[cfg(unix)]
fn is_readable_by_all(meta: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    meta.mode() & 0o444 == 0o444
}

#[cfg(not(unix))]
fn is_readable_by_all(_: &fs::Metadata) -> bool {
    false
}

/// Templates of a chart, and of charts below it.
fn is_template(relative: &str) -> bool {
    relative.starts_with("templates/") || relative.contains("/templates/")
}

/// Files of a chart, and of charts below it, that are looked at by nobody but a template that asks for them.
fn is_read_later(relative: &str) -> bool {
    let name = relative.rsplit('/').next().unwrap_or(relative);
    let is_own = matches!(
        name,
        "Chart.yaml" | "Chart.lock" | "values.yaml" | "values.schema.json" | "requirements.yaml" | "requirements.lock"
    );
    !is_own && !relative.contains("templates/") && !name.ends_with(".tgz")
}

/// Reads up to the end of a file or of the buffer.
fn fill(file: &mut File, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(free) = buffer.get_mut(filled..).filter(|free| !free.is_empty()) {
        match file.read(free) {
            Ok(0) => break,
            Ok(more) => filled += more,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(filled)
}

/// All of a file. What is read lands where it stays: charts bring megabytes of CRDs, and copying them costs more than parsing the rest.
fn read(file: &mut File, size: u64) -> io::Result<Arc<[u8]>> {
    let mut data: Arc<[u8]> = std::iter::repeat_n(0, usize::try_from(size).unwrap_or(0)).collect();
    let mut more = Vec::new();
    if let Some(place) = Arc::get_mut(&mut data) {
        match file.read_exact(place) {
            Ok(()) => {}
            Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => {
                // It shrank meanwhile.
                file.rewind()?;
                file.read_to_end(&mut more)?;
                return Ok(without_bom(more).into());
            }
            Err(e) => return Err(e),
        }
    }
    // Some files do not know their size, or grow.
    file.take(MAX_FILE_SIZE).read_to_end(&mut more)?;
    if more.is_empty() && !data.starts_with(BOM) {
        return Ok(data);
    }
    Ok(without_bom([&data, more.as_slice()].concat()).into())
}

/// `filepath.EvalSymlinks` of an absolute path, with Go's text when it fails.
fn resolve(path: &Path) -> Result<PathBuf, String> {
    let mut resolved = PathBuf::from("/");
    // What is still to be looked at, last first.
    let mut ahead: Vec<PathBuf> = parts(path);
    let mut links = 0;
    while let Some(part) = ahead.pop() {
        if part.as_os_str() == ".." {
            resolved.pop();
            continue;
        }
        let next = resolved.join(&part);
        let meta = fs::symlink_metadata(&next).map_err(|e| errno::path_error("lstat", &next, &e))?;
        if !meta.is_symlink() {
            if !meta.is_dir() && !ahead.is_empty() {
                return Err("not a directory".to_owned());
            }
            resolved = next;
            continue;
        }
        links += 1;
        if links > MAX_LINKS {
            return Err("EvalSymlinks: too many links".to_owned());
        }
        let target = fs::read_link(&next).map_err(|e| errno::path_error("readlink", &next, &e))?;
        if target.is_absolute() {
            resolved = PathBuf::from("/");
        }
        ahead.extend(parts(&target));
    }
    Ok(resolved)
}

/// The names of a path, last first.
fn parts(path: &Path) -> Vec<PathBuf> {
    let name = |part: Component<'_>| match part {
        Component::Normal(name) => Some(PathBuf::from(name)),
        Component::ParentDir => Some(PathBuf::from("..")),
        Component::Prefix(_) | Component::RootDir | Component::CurDir => None,
    };
    path.components().rev().filter_map(name).collect()
}
