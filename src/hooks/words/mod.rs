//! Every word of hooks in plain language: events, delete policies, annotations. Pure data; `report` lays it out.
//!
//! The facts are those of 3.21.4 and 4.2.4. A test plans every example.

mod annotations;
mod events;
mod policies;

use super::event::Operation;

/// What sort of word it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WordKind {
    /// A value of `helm.sh/hook`.
    Event,
    /// A value of `helm.sh/hook-delete-policy`.
    DeletePolicy,
    /// A key of `metadata.annotations`.
    Annotation,
}

/// A word and what there is to say about it.
#[derive(Clone, Copy, Debug)]
pub struct Word {
    /// The word as it is written in a manifest.
    pub name: &'static str,
    /// Other things people type for it.
    pub aliases: &'static [&'static str],
    /// What sort of word it is.
    pub kind: WordKind,
    /// One sentence for the list.
    pub summary: &'static str,
    /// What it means, in a paragraph or two.
    pub meaning: &'static str,
    /// The steps of the operation around it; the word's own step begins with `>`.
    pub when: &'static [&'static str],
    /// A manifest that is right.
    pub example: &'static str,
    /// What usually goes wrong.
    pub trap: &'static str,
    /// What the two Helms do differently.
    pub helms: &'static str,
    /// Words to read next.
    pub see: &'static [&'static str],
}

impl WordKind {
    /// Its name for people.
    pub fn title(self) -> &'static str {
        match self {
            WordKind::Event => "event",
            WordKind::DeletePolicy => "delete policy",
            WordKind::Annotation => "annotation",
        }
    }
}

/// All words, in the order of the list.
pub fn words() -> impl Iterator<Item = &'static Word> {
    events::WORDS.iter().chain(&policies::WORDS).chain(&annotations::WORDS)
}

/// The word of a name or alias, in any case and with or without `helm.sh/`.
pub fn find(typed: &str) -> Option<&'static Word> {
    let typed = typed.trim().to_lowercase();
    let same = |name: &str| name == typed || name.strip_prefix("helm.sh/") == Some(typed.as_str());
    words().find(|word| same(word.name) || word.aliases.iter().any(|alias| same(alias)))
}

/// The helm command of an operation, for headings.
pub fn command(operation: Operation) -> &'static str {
    match operation {
        Operation::Install => "helm install",
        Operation::Upgrade => "helm upgrade",
        Operation::Rollback => "helm rollback",
        Operation::Uninstall => "helm uninstall",
        Operation::Test => "helm test",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::go::value::Str;
    use crate::helm::dialect::Engine;
    use crate::helm::manifest;
    use crate::hooks::{DeletePolicy, Event, Hook};

    fn example(word: &Word, engine: Engine) -> Hook {
        let files = [("c/templates/x.yaml", Str::from(word.example))];
        let manifests = manifest::sort(files, engine.dialect()).unwrap_or_else(|e| panic!("{}: {e}", word.name));
        let [document] = manifests.hooks.as_slice() else { panic!("{}: not one hook", word.name) };
        Hook::from_document(document).unwrap()
    }

    #[test]
    fn examples_show_what_they_are_for() {
        for word in words() {
            for engine in [Engine::Helm3, Engine::Helm4] {
                let hook = example(word, engine);
                assert_eq!(hook.certain_failure(engine), None, "{}", word.name);
                assert!(!hook.weight.is_misread() && hook.delete_policies.unknown().count() == 0, "{}", word.name);
                match word.kind {
                    WordKind::Event => {
                        assert!(hook.events.contains(&Event::from_name(word.name).unwrap()), "{}", word.name)
                    }
                    WordKind::DeletePolicy => {
                        assert!(hook.delete_policies.words.iter().any(|w| w == word.name), "{}", word.name)
                    }
                    WordKind::Annotation => assert!(word.example.contains(&format!("{}:", word.name)), "{}", word.name),
                }
            }
        }
    }

    #[test]
    fn nothing_is_left_unexplained() {
        for event in Event::ALL {
            assert_eq!(find(event.name()).map(|word| word.name), Some(event.name()));
        }
        for policy in DeletePolicy::ALL {
            assert_eq!(find(policy.name()).map(|word| word.name), Some(policy.name()));
        }
        for annotation in
            [manifest::HOOK, manifest::HOOK_WEIGHT, manifest::HOOK_DELETE_POLICY, manifest::HOOK_OUTPUT_LOG_POLICY]
        {
            assert_eq!(find(annotation).map(|word| word.name), Some(annotation));
        }
        assert_eq!(find("Hook-Weight").map(|word| word.name), Some("helm.sh/hook-weight"));
        for word in words() {
            assert!(word.see.iter().all(|other| find(other).is_some() && *other != word.name), "{}", word.name);
            let typed = std::iter::once(&word.name).chain(word.aliases);
            assert!(
                typed.into_iter().all(|name| find(name).is_some_and(|found| found.name == word.name)),
                "{}",
                word.name
            );
        }
    }
}
