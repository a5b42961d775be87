//! Whether a chart can look different on an upgrade: if not, one rendering serves every event.

use std::sync::LazyLock;

use bstr::Finder;

use crate::go::value::Value;
use crate::helm::chart::Chart;

/// Fields of `.Release` that are the same on install and upgrade.
const SAME_FIELDS: [&[u8]; 3] = [b".Name", b".Namespace", b".Service"];

/// True when a template or a file (which `tpl` may run) mentions `.Release` for anything but its name, namespace or
/// service, or mentions a field that tells install from upgrade. May say true for a chart that looks the same; never the reverse,
/// unless a template spells the field's name from parts.
pub fn depends_on_operation(chart: &Chart) -> bool {
    let files = chart.templates.iter().chain(&chart.files);
    files.into_iter().any(|file| mentions_operation(&file.data)) || chart.dependencies.iter().any(depends_on_operation)
}

/// The same of the values a chart is rendered with.
pub fn asks_operation(values: &Value) -> bool {
    value_mentions_operation(values, 0)
}

/// What to look for, prepared: values are many and short.
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

/// Deeper than any values file that YAML's reader lets pass; a dict that contains itself ends here.
const DEEPEST: usize = 10_000;

fn value_mentions_operation(value: &Value, depth: usize) -> bool {
    match value {
        _ if depth > DEEPEST => false,
        Value::String(text) => mentions_operation(text.as_bytes()),
        Value::List(list) => list.items().iter().any(|item| value_mentions_operation(item, depth + 1)),
        Value::Map(map) => map.entries().iter().any(|(_, item)| value_mentions_operation(item, depth + 1)),
        _ => false,
    }
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
