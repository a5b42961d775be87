//! `.helmignore`: which files of a chart folder are not part of the chart.
//!
//! Mirrors `pkg/ignore/rules.go`, whose rules are not git's: the first match decides, a negated rule ignores everything that
//! does *not* match it, and `**` is refused.

use std::cell::Cell;

use crate::go::path;
use crate::helm::dialect::Dialect;

/// The file's name.
pub(super) const FILE: &str = ".helmignore";

/// What Helm always ignores: hidden files directly in `templates/`.
const DEFAULT: &[u8] = b"templates/.?*";

/// The longest line Go's scanner reads.
const MAX_LINE: usize = 64 * 1024;

/// The rules of a folder.
#[derive(Debug)]
pub(super) struct Rules {
    rules: Vec<Rule>,
}

#[derive(Debug)]
struct Rule {
    pattern: Vec<u8>,
    /// Not a plain name.
    is_pattern: bool,
    scope: Scope,
    negated: bool,
    folders_only: bool,
}

#[derive(Debug)]
enum Scope {
    /// Without a slash: the last part of the path.
    Base,
    /// With a slash: the whole path.
    Path,
    /// Began with a slash: the whole path. Helm 3 strips another slash from the pattern at each use, while there is one.
    Root { stripped: Cell<usize>, strips_on: bool },
}

impl Rules {
    /// The rules of a `.helmignore`, followed by Helm's own; only those when there is no file.
    pub(super) fn new(text: Option<&[u8]>, dialect: &Dialect) -> Result<Rules, String> {
        let mut rules = Vec::new();
        let text = text.unwrap_or_default();
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        for line in text.split(|byte| *byte == b'\n') {
            if line.len() >= MAX_LINE {
                return Err("bufio.Scanner: token too long".to_owned());
            }
            rules.extend(Rule::parse(line, dialect)?);
        }
        rules.extend(Rule::parse(DEFAULT, dialect)?);
        Ok(Rules { rules })
    }

    /// Whether a path, relative to the chart, is not part of it.
    pub(super) fn ignore(&self, path: &str, is_folder: bool) -> bool {
        let path = path.as_bytes();
        let base = path::base(path);
        for rule in &self.rules {
            let fits = (is_folder || !rule.folders_only) && rule.fits(path, base);
            if fits != rule.negated {
                return true;
            }
        }
        false
    }
}

impl Rule {
    fn parse(line: &[u8], dialect: &Dialect) -> Result<Option<Rule>, String> {
        let line = trim(line);
        if line.is_empty() || line.starts_with(b"#") {
            return Ok(None);
        }
        if line.windows(2).any(|two| two == b"**") {
            return Err("double-star (**) syntax is not supported".to_owned());
        }
        path::matches(line, b"abc").map_err(|e| e.to_string())?;
        let (negated, rule) = line.strip_prefix(b"!").map_or((false, line), |rest| (true, rest));
        let (folders_only, rule) = rule.strip_suffix(b"/").map_or((false, rule), |rest| (true, rest));
        let scope = match rule.strip_prefix(b"/") {
            Some(_) => Scope::Root { stripped: Cell::new(0), strips_on: dialect.helmignore_strips_on },
            None if rule.contains(&b'/') => Scope::Path,
            None => Scope::Base,
        };
        let is_pattern = rule.iter().any(|byte| matches!(byte, b'*' | b'?' | b'[' | b'\\'));
        Ok(Some(Rule { pattern: rule.to_vec(), is_pattern, scope, negated, folders_only }))
    }

    fn fits(&self, name: &[u8], base: &[u8]) -> bool {
        let (pattern, name) = match &self.scope {
            Scope::Base => (self.pattern.as_slice(), base),
            Scope::Path => (self.pattern.as_slice(), name),
            Scope::Root { stripped, strips_on } => {
                let more = self.pattern.get(stripped.get()) == Some(&b'/') && (stripped.get() == 0 || *strips_on);
                stripped.set(stripped.get() + usize::from(more));
                (self.pattern.get(stripped.get()..).unwrap_or_default(), name)
            }
        };
        if !self.is_pattern {
            return pattern == name;
        }
        // A pattern can be malformed behind the part that was looked at when it was read; Helm logs that and goes on.
        path::matches(pattern, name).unwrap_or(false)
    }
}

fn trim(line: &[u8]) -> &[u8] {
    // Byte strings from a file: what is not UTF-8 is certainly no space.
    use bstr::ByteSlice;
    line.trim()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helm::dialect::{HELM3, HELM4};

    fn ignored(rules: &str, path: &str, is_folder: bool) -> bool {
        Rules::new(Some(rules.as_bytes()), &HELM4).unwrap().ignore(path, is_folder)
    }

    #[test]
    fn rules_of_helms_own_tests() {
        // pkg/ignore/rules_test.go: rule, path, folder, ignored.
        let cases: &[(&str, &str, bool, bool)] = &[
            ("helm.txt", "helm.txt", false, true),
            ("helm.*", "helm.txt", false, true),
            ("helm.*", "rudder.txt", false, false),
            ("*.txt", "tiller.txt", false, true),
            ("*.txt", "cargo/a.txt", false, true),
            ("cargo/*.txt", "cargo/a.txt", false, true),
            ("cargo/*.*", "cargo/a.txt", false, true),
            ("cargo/*.txt", "mast/a.txt", false, false),
            ("ru[c-e]?er.txt", "rudder.txt", false, true),
            ("templates/.?*", "templates/.dotfile", false, true),
            (".*", ".joonix", false, true),
            (".*", "helm.txt", false, false),
            ("cargo", "cargo", true, true),
            ("cargo/", "cargo", true, true),
            ("cargo/", "mast/", true, false),
            ("helm.txt/", "helm.txt", false, false),
            ("!helm.txt", "helm.txt", false, false),
            ("!helm.txt", "tiller.txt", false, true),
            ("!*.txt", "cargo", true, true),
            ("!cargo/", "mast/", true, true),
            ("/a.txt", "a.txt", false, true),
            ("/a.txt", "cargo/a.txt", false, false),
            ("/cargo/a.txt", "cargo/a.txt", false, true),
            ("/*", "cargo/a.txt", false, false),
            ("", "a.txt", false, false),
            ("# a\n\n  a.txt \r\n", "a.txt", false, true),
            ("\u{feff}a.txt", "a.txt", false, true),
            ("x", "templates/.x.yaml", false, true),
            ("x", "templates/sub/.x.yaml", false, false),
        ];
        for (rules, path, is_folder, want) in cases {
            assert_eq!(ignored(rules, path, *is_folder), *want, "{rules} {path}");
        }
    }

    #[test]
    fn refused_rules() {
        let error = |rules: &str| Rules::new(Some(rules.as_bytes()), &HELM3).unwrap_err();
        assert_eq!(error("a\n**/b"), "double-star (**) syntax is not supported");
        assert_eq!(error("[a"), "syntax error in pattern");
    }

    #[test]
    fn helm3_strips_slashes_one_by_one() {
        let rules = |dialect| Rules::new(Some(b"//a"), dialect).unwrap();
        let (three, four) = (rules(&HELM3), rules(&HELM4));
        assert!(!three.ignore("b", false) && three.ignore("a", false));
        assert!(!four.ignore("b", false) && !four.ignore("a", false));
    }
}
