//! What Go says of a failed system call: `open x: no such file or directory`.

use std::io;
use std::path::Path;

/// `*fs.PathError`: the call, the path, the system's words.
pub fn path_error(call: &str, path: &Path, error: &io::Error) -> String {
    format!("{call} {}: {}", path.display(), text(error))
}

/// The system's words as Go has them: lowercase, without a number.
pub fn text(error: &io::Error) -> String {
    let text = error.to_string();
    // Rust appends the number to the C library's text, of which Go's table is the lowercase.
    let text = text.split(" (os error ").next().unwrap_or(&text);
    let mut rest = text.chars();
    match rest.next() {
        Some(first) => first.to_lowercase().chain(rest).collect(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_speaks_as_in_go() {
        let path = Path::new("/no/such/file");
        let error = std::fs::read(path).unwrap_err();
        assert_eq!(path_error("open", path, &error), "open /no/such/file: no such file or directory");
    }
}
