//! Notes about one hook at a time: what fails when it runs, what does not mean what it says.

use std::sync::Arc;

use super::super::hook::{CertainFailure, GeneratedName, Hook, Refusal};
use super::super::weight::WeightReading;
use super::{Facts, names, planned_hooks, shown};

pub(super) fn fails_when_executed(facts: &Facts<'_>) -> Vec<String> {
    let failing = planned_hooks(facts).into_iter().filter_map(|hook| {
        let reasons: Vec<String> = hook
            .refusals
            .iter()
            .map(|refusal| match refusal {
                Refusal::NotAString(field) => format!("{field} is not a string (quote it)"),
                Refusal::WrongCase(key) => format!("`{key}` is written in another case"),
                Refusal::NoName => "it has no name".to_owned(),
                Refusal::NoType => "it has no kind or no apiVersion".to_owned(),
                Refusal::EmptyList => "the list is empty".to_owned(),
                Refusal::Unreadable(why) => why.clone(),
            })
            .collect();
        (!reasons.is_empty())
            .then(|| format!("{} renders, but fails when it runs: {}", shown(hook), reasons.join("; ")))
    });
    failing.collect()
}

pub(super) fn generated_name(facts: &Facts<'_>) -> Vec<String> {
    let generated = planned_hooks(facts).into_iter().filter(|hook| hook.object.generate_name.is_some());
    let note = |hook: &Arc<Hook>| {
        let failure = hook.certain_failure(facts.engine);
        if failure == Some(CertainFailure::Refused) {
            return None;
        }
        let outcome = match failure {
            Some(CertainFailure::GeneratedName(GeneratedName::NothingToDelete)) => {
                "fails before it is created (resource name may not be empty): nothing can be deleted without a name"
            }
            Some(CertainFailure::GeneratedName(GeneratedName::NothingToApply)) => {
                "fails when it is created: a server-side apply needs a name"
            }
            Some(CertainFailure::GeneratedName(GeneratedName::NothingToCleanUp)) => {
                "runs, then fails when it is to be deleted: nothing can be deleted without a name"
            }
            Some(CertainFailure::Refused) | None => "leaves one more object each time",
        };
        Some(format!("{} has a generated name: it {outcome}", hook.object))
    };
    generated.filter_map(note).collect()
}

pub(super) fn weight_misread(facts: &Facts<'_>) -> Vec<String> {
    let misread = planned_hooks(facts).into_iter().filter(|hook| hook.weight.is_misread());
    misread
        .map(|hook| {
            let text = hook.weight.text.as_deref().unwrap_or_default();
            let why = match hook.weight.reading {
                WeightReading::OutOfRange => "does not fit 64 bits",
                _ => "is not a whole number to Helm",
            };
            format!("{}: the weight {text:?} {why}, so it is 0", shown(hook))
        })
        .collect()
}

pub(super) fn empty_delete_policy(facts: &Facts<'_>) -> Vec<String> {
    let empty = planned_hooks(facts).into_iter().filter(|hook| hook.delete_policies.words.iter().all(String::is_empty));
    let which = names(empty.map(|hook| shown(hook)));
    if which.is_empty() {
        return Vec::new();
    }
    vec![format!("an empty delete policy is not the default: nothing is ever deleted of {which}")]
}

pub(super) fn unknown_delete_policy(facts: &Facts<'_>) -> Vec<String> {
    let mut found = Vec::new();
    for hook in planned_hooks(facts) {
        let unknown: Vec<String> =
            hook.delete_policies.unknown().filter(|word| !word.is_empty()).map(|word| format!("{word:?}")).collect();
        if !unknown.is_empty() {
            let off = if hook.delete_policies.unknown().count() == hook.delete_policies.words.len() {
                ", and switches the default off"
            } else {
                ""
            };
            found.push(format!("{}: delete policy {} does nothing{off}", shown(hook), unknown.join(", ")));
        }
    }
    found
}
