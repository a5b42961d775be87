//! `-o FORMAT[=FILE]`, and writing results: a closed pipe ends the program in silence.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Write};
use std::rc::Rc;

use super::exit::Fatal;

/// A format and where it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target<F> {
    /// The format.
    pub format: F,
    /// The file; `None` is stdout.
    pub file: Option<String>,
}

/// Reads the values of `-o`; without any, one format goes to stdout.
///
/// # Errors
/// For an unknown format, and when two formats want stdout or one file.
pub(crate) fn targets<F: Copy>(typed: &[String], known: &[(&str, F)], default: F) -> Result<Vec<Target<F>>, Fatal> {
    if typed.is_empty() {
        return Ok(vec![Target { format: default, file: None }]);
    }
    let mut targets: Vec<Target<F>> = Vec::new();
    for text in typed {
        let (name, file) = match text.split_once('=') {
            Some((name, file)) => (name, Some(file.to_owned())),
            None => (text.as_str(), None),
        };
        let Some((_, format)) = known.iter().find(|(known, _)| *known == name) else {
            let all: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
            return Err(Fatal::usage(format!("unknown format {name:?}"))
                .with_help(format!("Known formats: {}.", all.join(", "))));
        };
        if file.as_deref() == Some("") {
            return Err(Fatal::usage(format!("-o {text}: the file name is missing")));
        }
        if targets.iter().any(|other| other.file == file) {
            let place = file.as_deref().unwrap_or("stdout");
            return Err(Fatal::usage(format!("two formats for {place}"))
                .with_help("Give one of them a file: -o json=plan.json."));
        }
        targets.push(Target { format: *format, file });
    }
    Ok(targets)
}

/// Writes a result where it belongs.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn deliver(file: Option<&str>, text: &str) -> Result<(), Fatal> {
    match file {
        Some(path) => std::fs::write(path, text).map_err(|e| Fatal::usage(format!("cannot write {path}: {e}"))),
        None => to_stdout(text.as_bytes()),
    }
}

/// Writes a result that comes in parts where it belongs.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn deliver_in_parts(file: Option<&str>, write: impl FnOnce(Box<dyn FnMut(&str)>)) -> Result<(), Fatal> {
    let outcome = Rc::new(RefCell::new(Ok(())));
    let result = Rc::clone(&outcome);
    let mut target = match file {
        Some(path) => Some(File::create(path).map_err(|e| Fatal::usage(format!("cannot write {path}: {e}")))?),
        None => None,
    };
    let shown = file.map(str::to_owned);
    write(Box::new(move |part| {
        if result.borrow().is_err() {
            return;
        }
        *result.borrow_mut() = match (&mut target, &shown) {
            (Some(file), Some(path)) => {
                file.write_all(part.as_bytes()).map_err(|e| Fatal::usage(format!("cannot write {path}: {e}")))
            }
            _ => to_stdout(part.as_bytes()),
        };
    }));
    outcome.replace(Ok(()))
}

/// Writes to stdout; that nobody reads any more is no error.
///
/// # Errors
/// When it cannot be written for another reason.
pub(crate) fn to_stdout(bytes: &[u8]) -> Result<(), Fatal> {
    let mut stdout = io::stdout().lock();
    unless_closed(stdout.write_all(bytes).and_then(|()| stdout.flush()))
}

/// [`to_stdout`], of many pieces.
///
/// # Errors
/// As [`to_stdout`].
pub(crate) fn pieces_to_stdout(pieces: &[impl AsRef<[u8]>]) -> Result<(), Fatal> {
    let mut stdout = io::BufWriter::with_capacity(AT_ONCE, io::stdout().lock());
    let written = pieces.iter().try_for_each(|piece| stdout.write_all(piece.as_ref()));
    unless_closed(written.and_then(|()| stdout.flush()))
}

/// What a pipe takes at once.
const AT_ONCE: usize = 64 << 10;

fn unless_closed(written: io::Result<()>) -> Result<(), Fatal> {
    match written {
        Err(e) if e.kind() != io::ErrorKind::BrokenPipe => Err(Fatal::load(format!("cannot write to stdout: {e}"))),
        _ => Ok(()),
    }
}

/// Writes to stderr, where nothing can be done when that fails.
pub(crate) fn to_stderr(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [(&str, u8); 2] = [("table", 0), ("json", 1)];

    #[test]
    fn formats_go_where_they_are_told() {
        let read = |typed: &[&str]| targets(&typed.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>(), &KNOWN, 0);
        assert_eq!(read(&[]).unwrap(), [Target { format: 0, file: None }]);
        assert_eq!(
            read(&["json=a=b", "table"]).unwrap(),
            [Target { format: 1, file: Some("a=b".into()) }, Target { format: 0, file: None }]
        );
        assert!(read(&["xml"]).is_err());
        assert!(read(&["json", "table"]).is_err());
        assert!(read(&["json="]).is_err());
    }
}
