//! Delete policies and output-log policies: the words as stored, and what they do.

use crate::helm::manifest::words;

/// A delete policy Helm acts on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DeletePolicy {
    /// Delete what an earlier run left, before creating.
    BeforeHookCreation,
    /// Delete after all hooks of the event succeeded.
    HookSucceeded,
    /// Delete when the hook failed.
    HookFailed,
}

impl DeletePolicy {
    /// All of them.
    pub const ALL: [DeletePolicy; 3] =
        [DeletePolicy::BeforeHookCreation, DeletePolicy::HookSucceeded, DeletePolicy::HookFailed];

    /// Its name in the annotation, and as a reason of a deletion.
    pub fn name(self) -> &'static str {
        match self {
            DeletePolicy::BeforeHookCreation => "before-hook-creation",
            DeletePolicy::HookSucceeded => "hook-succeeded",
            DeletePolicy::HookFailed => "hook-failed",
        }
    }
}

/// The delete policies of a hook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeletePolicies {
    /// The words Helm goes by, unknown ones included.
    pub words: Vec<String>,
    /// True when the annotation is missing and Helm put its default there.
    pub defaulted: bool,
}

impl DeletePolicies {
    /// Reads the annotation. Any value at all, even an empty or unknown one, switches the default off.
    pub fn parse(annotation: Option<&str>) -> DeletePolicies {
        match annotation {
            Some(text) => DeletePolicies { words: words(text).collect(), defaulted: false },
            None => DeletePolicies { words: vec![DeletePolicy::BeforeHookCreation.name().to_owned()], defaulted: true },
        }
    }

    /// Those of a stored hook; an empty list is that of a hook without the annotation.
    pub fn stored(words: &[String]) -> DeletePolicies {
        if words.is_empty() {
            DeletePolicies::parse(None)
        } else {
            DeletePolicies { words: words.to_vec(), defaulted: false }
        }
    }

    /// True when this policy is among them.
    pub fn has(&self, policy: DeletePolicy) -> bool {
        self.words.iter().any(|word| word == policy.name())
    }

    /// Words that Helm stores and never acts on.
    pub fn unknown(&self) -> impl Iterator<Item = &str> {
        self.words.iter().map(String::as_str).filter(|word| DeletePolicy::ALL.iter().all(|known| known.name() != *word))
    }
}

/// Reads an output-log policy: the words as stored.
pub(crate) fn log_policies(annotation: Option<&str>) -> Vec<String> {
    annotation.map(|text| words(text).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_value_switches_the_default_off() {
        let parse = |text| DeletePolicies::parse(text);
        assert!(parse(None).has(DeletePolicy::BeforeHookCreation) && parse(None).defaulted);
        assert_eq!(parse(Some("")).words, [""]);
        assert!(!parse(Some("")).has(DeletePolicy::BeforeHookCreation));
        assert_eq!(parse(Some(" HOOK-Succeeded ,never")).words, ["hook-succeeded", "never"]);
        assert_eq!(parse(Some("never,")).unknown().collect::<Vec<_>>(), ["never", ""]);
    }
}
