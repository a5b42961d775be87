//! Wording that rules share: which Helm, which command, near misses.

use crate::hooks::{Event, Operation};

use super::Audience;

/// The known word nearest to a mistyped one, and the edit distance (insertions, deletions, substitutions, swaps of neighbours
/// each count 1). `None` when two are equally near, or the nearest is farther than `limit` or than a third of the word: `post` is
/// two steps from `test` and means something else.
pub fn nearest<'w>(word: &str, known: impl IntoIterator<Item = &'w str>, limit: usize) -> Option<(&'w str, usize)> {
    let limit = limit.min((word.chars().count() / 3).max(1));
    let mut ranked: Vec<(usize, &str)> =
        known.into_iter().map(|known| (strsim::osa_distance(word, known), known)).collect();
    ranked.sort_unstable();
    match ranked.as_slice() {
        [(distance, _), (second, _), ..] if distance == second => None,
        [(distance, best), ..] if *distance <= limit => Some((best, *distance)),
        _ => None,
    }
}

/// The command that runs the hooks of an event.
pub fn command(event: Event) -> &'static str {
    match event.operation() {
        Operation::Install => "helm install",
        Operation::Upgrade => "helm upgrade",
        Operation::Rollback => "helm rollback",
        Operation::Uninstall => "helm uninstall",
        Operation::Test => "helm test",
    }
}

/// The commands that run the hooks of events, in the order of a release's life: `helm install` and `helm upgrade`, each in backquotes
/// and once.
pub fn commands(events: &[Event]) -> String {
    let mut events = events.to_vec();
    events.sort_unstable();
    let mut commands: Vec<String> = Vec::new();
    for event in events {
        let command = format!("`{}`", command(event));
        if !commands.contains(&command) {
            commands.push(command);
        }
    }
    list(&commands)
}

/// `s` after a verb whose subject is a single thing, so that `fail` agrees with what [`commands`] gives.
pub fn verb_end(events: &[Event]) -> &'static str {
    let first = events.first().map(|event| event.operation());
    if events.iter().all(|event| Some(event.operation()) == first) { "s" } else { "" }
}

/// Names of events for a sentence: `pre-install`, `pre-upgrade` and `test`, each in backquotes.
pub fn events(events: &[Event]) -> String {
    list(&events.iter().map(|event| format!("`{}`", event.name())).collect::<Vec<_>>())
}

/// `a`, `a and b`, `a, b and c`.
pub fn list(items: &[String]) -> String {
    match items.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((last, before)) => format!("{} and {last}", before.join(", ")),
    }
}

/// The Helms among an audience, for the beginning of a sentence.
pub fn helms(audience: Audience) -> &'static str {
    match (audience.helm3, audience.helm4) {
        (true, false) => "Helm 3",
        (false, true) => "Helm 4",
        _ => "Helm",
    }
}

/// True for a text that holds a name as a word of its own.
pub fn holds(text: &[u8], name: &str) -> bool {
    let is_name_byte = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    let text = String::from_utf8_lossy(text);
    text.match_indices(name).any(|(at, _)| {
        let (before, after) = (text.as_bytes().get(..at), text.as_bytes().get(at + name.len()..));
        let free = |byte: Option<&u8>| byte.is_none_or(|byte| !is_name_byte(*byte));
        free(before.and_then(<[u8]>::last)) && free(after.and_then(<[u8]>::first))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_misses_are_found_when_they_are_clear() {
        let known = ["pre-install", "post-install", "pre-upgrade", "test"];
        assert_eq!(nearest("pre-instal", known, 3), Some(("pre-install", 1)));
        assert_eq!(nearest("per-install", known, 3), Some(("pre-install", 1)));
        assert_eq!(nearest("install", known, 3), None);
        assert_eq!(nearest("PreSync", known, 3), None);
        assert_eq!(nearest("post", known, 3), None);
        assert_eq!(nearest("tset", known, 3), Some(("test", 1)));
        assert_eq!(nearest("a", ["b", "c"], 3), None);
    }

    #[test]
    fn lists_read_well() {
        let list = |items: &[&str]| list(&items.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>());
        assert_eq!(
            [list(&[]), list(&["a"]), list(&["a", "b"]), list(&["a", "b", "c"])],
            ["", "a", "a and b", "a, b and c"]
        );
    }
}
