//! Which charts differ from a commit: asked of the git program.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::cli::exit::Fatal;

/// Keeps the charts that differ from a commit, or from where the branch left it.
///
/// # Errors
/// When there is no git, no repository or no such commit.
pub(super) fn since(reference: &str, charts: Vec<PathBuf>) -> Result<Vec<PathBuf>, Fatal> {
    let mut repositories: HashMap<PathBuf, Vec<PathBuf>> = HashMap::new();
    let mut kept = Vec::new();
    for chart in charts {
        let real = std::fs::canonicalize(&chart).unwrap_or_else(|_| chart.clone());
        let folder = if real.is_dir() { real.as_path() } else { real.parent().unwrap_or(Path::new("/")) };
        let top = git(folder, &["rev-parse", "--show-toplevel"])?;
        let top = PathBuf::from(lossy(&top).trim_end_matches(['\n', '\r']));
        let changed = match repositories.get(&top) {
            Some(changed) => changed,
            None => {
                let changed = changed(&top, reference)?;
                repositories.entry(top).or_insert(changed)
            }
        };
        if changed.iter().any(|file| file.starts_with(&real)) {
            kept.push(chart);
        }
    }
    Ok(kept)
}

/// Files that differ, those git does not know yet included.
fn changed(top: &Path, reference: &str) -> Result<Vec<PathBuf>, Fatal> {
    let commit = format!("{reference}^{{commit}}");
    let commit = git(top, &["rev-parse", "--verify", "--quiet", "--end-of-options", &commit])
        .map_err(|_| Fatal::usage(format!("git knows no commit {reference:?}")))?;
    let commit = lossy(&commit).trim().to_owned();
    // What the branch's origin got since does not differ because of the branch. A shallow clone may not know where they parted.
    let base = git(top, &["merge-base", &commit, "HEAD"]).map(|base| lossy(&base).trim().to_owned());
    let base = base.ok().filter(|base| !base.is_empty()).unwrap_or(commit);
    let differing = git(top, &["diff", "--name-only", "--no-renames", "-z", &base, "--"])?;
    let unknown = git(top, &["ls-files", "--others", "--exclude-standard", "-z"])?;
    let top = std::fs::canonicalize(top).unwrap_or_else(|_| top.to_owned());
    let names = differing.split(|byte| *byte == 0).chain(unknown.split(|byte| *byte == 0));
    Ok(names.filter(|name| !name.is_empty()).map(|name| top.join(path(name))).collect())
}

#[cfg(unix)]
fn path(name: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(OsStr::from_bytes(name))
}

#[cfg(not(unix))]
fn path(name: &[u8]) -> PathBuf {
    PathBuf::from(OsStr::new(&lossy(name)))
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn git(folder: &Path, words: &[&str]) -> Result<Vec<u8>, Fatal> {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder).args(words).stdin(Stdio::null());
    let output = command.output().map_err(|e| Fatal::usage(format!("--changed-since: cannot start git: {e}")))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let text = lossy(&output.stderr);
    let text = text.lines().next().unwrap_or_default();
    Err(Fatal::usage(format!("--changed-since: git {}: {text}", words.first().unwrap_or(&""))))
}
