//! Paths with slashes, taken apart as text: nothing here looks at a file system.
//!
//! Mirrors `path` of Go 1.26, and of `path/filepath` what a template can reach, which is the same as on Linux on every
//! system: a chart must render alike everywhere.

mod matching;

pub use self::matching::{BadPattern, matches};

/// The last element; `.` for the empty path and `/` for nothing but slashes.
pub fn base(path: &[u8]) -> &[u8] {
    if path.is_empty() {
        return b".";
    }
    let trimmed = path.iter().rposition(|c| *c != b'/').and_then(|last| path.get(..=last)).unwrap_or_default();
    match split(trimmed).1 {
        [] => b"/",
        name => name,
    }
}

/// All but the last element, cleaned.
pub fn dir(path: &[u8]) -> Vec<u8> {
    clean(split(path).0)
}

/// The last element's part from its last dot on.
pub fn ext(path: &[u8]) -> &[u8] {
    let name = split(path).1;
    name.iter().rposition(|c| *c == b'.').and_then(|dot| name.get(dot..)).unwrap_or_default()
}

/// Whether the path begins with a slash.
pub fn is_abs(path: &[u8]) -> bool {
    path.starts_with(b"/")
}

/// The path up to and with its last slash, and what follows.
pub fn split(path: &[u8]) -> (&[u8], &[u8]) {
    path.split_at(path.iter().rposition(|c| *c == b'/').map_or(0, |slash| slash + 1))
}

/// The shortest equal path, without `.`, empty elements and those `..` that can be resolved as text.
pub fn clean(path: &[u8]) -> Vec<u8> {
    let root = usize::from(is_abs(path));
    let mut out = Vec::with_capacity(path.len().max(1));
    if root == 1 {
        out.push(b'/');
    }
    // What stands before this place is the root or `..`, which a later `..` cannot remove.
    let mut fixed = root;
    for element in path.split(|c| *c == b'/') {
        match element {
            b"" | b"." => {}
            b".." if out.len() > fixed => {
                let slash = out.iter().rposition(|c| *c == b'/').unwrap_or(0);
                out.truncate(slash.max(fixed));
            }
            b".." if root == 1 => {}
            _ => {
                if out.len() > root {
                    out.push(b'/');
                }
                out.extend_from_slice(element);
                if element == b".." {
                    fixed = out.len();
                }
            }
        }
    }
    if out.is_empty() {
        out.push(b'.');
    }
    out
}

/// The elements that are not empty, with slashes between them, cleaned; empty when all are.
pub fn join(elements: &[&[u8]]) -> Vec<u8> {
    let mut joined = Vec::new();
    for element in elements {
        if !joined.is_empty() {
            joined.push(b'/');
        }
        joined.extend_from_slice(element);
    }
    if joined.is_empty() { joined } else { clean(&joined) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: impl AsRef<[u8]>) -> String {
        String::from_utf8_lossy(bytes.as_ref()).into_owned()
    }

    #[test]
    fn paths_as_go_takes_them_apart() {
        // path, base, dir, ext, clean: asked of Go.
        let cases = [
            ("", ".", ".", "", "."),
            ("/", "/", "/", "", "/"),
            ("//", "/", "/", "", "/"),
            ("a", "a", ".", "", "a"),
            ("a/", "a", "a", "", "a"),
            ("a/b.c/d.tar.gz", "d.tar.gz", "a/b.c", ".gz", "a/b.c/d.tar.gz"),
            ("a.b/c", "c", "a.b", "", "a.b/c"),
            ("a//b/./c/..", "..", "a/b/c", ".", "a/b"),
            ("../a/../../b", "b", "../..", "", "../../b"),
            ("/../a", "a", "/", "", "/a"),
            ("a/../..", "..", ".", ".", ".."),
            ("/a/..", "..", "/a", ".", "/"),
            ("a/..", "..", "a", ".", "."),
            ("../..", "..", "..", ".", "../.."),
            (".", ".", ".", ".", "."),
        ];
        for (path, want_base, want_dir, want_ext, want_clean) in cases {
            let p = path.as_bytes();
            let got = (text(base(p)), text(dir(p)), text(ext(p)), text(clean(p)));
            assert_eq!(got, (want_base.into(), want_dir.into(), want_ext.into(), want_clean.into()), "{path:?}");
        }
        assert_eq!(text(join(&[b"a", b"", b"../b"])), "b");
        assert_eq!(text(join(&[b"", b""])), "");
    }
}
