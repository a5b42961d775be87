//! Whether the templates of a chart speak of what differs between install and upgrade.

use std::sync::LazyLock;

use bstr::Finder;

use crate::helm::chart::Chart;

/// Fields of `.Release` that are the same on install and upgrade.
const SAME_FIELDS: [&[u8]; 3] = [b".Name", b".Namespace", b".Service"];

/// True when a template mentions `.Release` for anything but its name, namespace or service, or mentions a field that tells install
/// from upgrade; also where it does so in a branch that is never taken.
pub(super) fn mentioned(chart: &Chart) -> bool {
    chart.templates.iter().any(|file| mentions_operation(&file.data)) || chart.dependencies.iter().any(mentioned)
}

/// What to look for, prepared.
static RELEASE: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(".Release"));
static WORDS: LazyLock<[Finder<'static>; 2]> = LazyLock::new(|| [Finder::new("IsUpgrade"), Finder::new("IsInstall")]);

fn mentions_operation(text: &[u8]) -> bool {
    let mut after = text;
    while let Some(at) = RELEASE.find(after) {
        after = after.get(at + RELEASE.needle().len()..).unwrap_or_default();
        let longer_word = after.first().is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
        if !longer_word && !SAME_FIELDS.iter().any(|field| after.starts_with(field)) {
            return true;
        }
    }
    WORDS.iter().any(|word| word.find(text).is_some())
}

#[cfg(test)]
mod tests {
    use super::mentions_operation;

    #[test]
    fn names_are_the_same_on_both() {
        assert!(!mentions_operation(b"{{ .Release.Name }} {{ $.Release.Namespace }} .Releases"));
        assert!(mentions_operation(b"{{ if $.Release.IsUpgrade }}"));
        assert!(mentions_operation(b"{{ with .Release }}{{ .Revision }}{{ end }}"));
    }
}
