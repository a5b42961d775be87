//! What hooks need and do not find: look-ups of one hook and one object together, and the sentences rules say about them.

use crate::hooks::Event;

use super::availability::is_awaited;
use super::{Doc, Fix, Lookup, Need, Reference, Subject, annotate, words};
use crate::text::Severity;

/// An object that a hook needs at some of its events and that stands in the same way at all of them.
#[derive(Clone, Debug)]
pub(super) struct Shortfall<'s> {
    /// The index of the hook's document, and the document.
    pub hook: (usize, &'s Doc),
    /// What it needs.
    pub reference: &'s Reference,
    /// The index of the document that would make it, and the document.
    pub provider: (usize, &'s Doc),
    /// At which events, in the order of a release's life.
    pub events: Vec<Event>,
}

/// The look-ups a rule wants, those of one hook and one object together.
pub(super) fn shortfalls(subject: &Subject, wanted: impl Fn(&Lookup) -> bool) -> Vec<Shortfall<'_>> {
    let mut found: Vec<Shortfall<'_>> = Vec::new();
    for lookup in subject.lookups().iter().filter(|lookup| wanted(lookup)) {
        let provider = lookup.found.provider;
        let (Some(reference), Some(hook), Some(made)) =
            (subject.reference(lookup), subject.documents.get(lookup.hook), subject.documents.get(provider))
        else {
            continue;
        };
        let same = |known: &&mut Shortfall<'_>| (known.hook.0, known.provider.0) == (lookup.hook, provider);
        match found.iter_mut().find(same) {
            Some(known) => known.events.push(lookup.event),
            None => found.push(Shortfall {
                hook: (lookup.hook, hook),
                reference,
                provider: (provider, made),
                events: vec![lookup.event],
            }),
        }
    }
    found
}

impl Shortfall<'_> {
    /// True when Helm waits for the hook.
    pub(super) fn is_awaited(&self, subject: &Subject) -> bool {
        self.hook.1.hook().is_some_and(|hook| is_awaited(subject, hook))
    }

    /// How bad it is that the object is missing: an error where Helm waits for the hook and cannot do without the object.
    pub(super) fn severity(&self, subject: &Subject) -> Severity {
        match self.is_awaited(subject) && self.reference.need == Need::Hard {
            true => Severity::Error,
            false => Severity::Warning,
        }
    }

    /// ``Job `x` mounts Secret `y` ``.
    pub(super) fn needs(&self) -> String {
        format!("{} {} {}", self.hook.1.title(), self.reference.verb, self.reference.title())
    }

    /// What comes of it that the object is missing: a sentence without its dot.
    pub(super) fn outcome(&self, subject: &Subject) -> String {
        let commands = commands(&self.events);
        let several = commands.len() > 1;
        let commands = words::list(&commands);
        let kind = self.hook.1.kind();
        if self.reference.need == Need::Soft {
            return "Its images are pulled without it, which a private registry refuses".to_owned();
        }
        if !self.is_awaited(subject) {
            return format!("Helm does not wait for the {kind}, but its pods cannot start");
        }
        if kind == "Pod" && matches!(self.reference.kind, "ServiceAccount" | "PriorityClass") {
            let fail = if several { "fail" } else { "fails" };
            return format!("The API server refuses such a Pod, so {commands} {fail}");
        }
        let end = if several { "end" } else { "ends" };
        format!("Helm waits for the {kind}, so {commands} {end} in a timeout")
    }

    /// Makes the object's hook run before all that need it, when that is a matter of weights.
    pub(super) fn earlier(&self, subject: &Subject) -> Option<Fix> {
        earlier(subject, &[self.provider.0])
    }
}

/// The commands that run some events, each once and in backquotes.
pub(super) fn commands(events: &[Event]) -> Vec<String> {
    let mut commands: Vec<String> = events.iter().map(|event| format!("`{}`", words::command(*event))).collect();
    commands.dedup();
    commands
}

/// The weight with which a hook runs before all hooks that need it; `None` when there is no such number.
pub(super) fn weight_before_dependents(subject: &Subject, provider: usize) -> Option<i64> {
    let made = subject.documents.get(provider)?.hook()?;
    let shares = |doc: &Doc| made.events.iter().any(|event| doc.has_event(*event));
    let dependents = subject.dependencies().dependents(subject, provider);
    let hooks = dependents.iter().filter(|at| **at != provider).filter_map(|at| subject.documents.get(*at));
    let lowest = hooks.filter(|doc| shares(doc)).filter_map(|doc| Some(doc.hook()?.weight.value)).min()?;
    lowest.checked_sub(1)
}

/// Lowers the weights of hooks until each runs before all that need it.
pub(super) fn earlier(subject: &Subject, providers: &[usize]) -> Option<Fix> {
    let mut edits = Vec::new();
    let mut title = String::new();
    for provider in providers {
        let weight = weight_before_dependents(subject, *provider)?;
        edits.push(annotate::set_weight(subject, *provider, weight)?);
        let doc = subject.documents.get(*provider)?;
        title = format!("give {} the weight {weight}", doc.title());
    }
    if providers.len() > 1 {
        title = "lower the weights of what has to be there first".to_owned();
    }
    Some(Fix { applicability: super::Applicability::Safe, title, edits })
}

/// ``both have weight 0 and Helm sorts by name``, or the two weights.
pub(super) fn compared(first: &Doc, second: &Doc) -> String {
    let weight = |doc: &Doc| doc.hook().map_or(0, |hook| hook.weight.value);
    match (weight(first), weight(second)) {
        (a, b) if a == b => format!("both have weight {a} and Helm sorts by name"),
        (a, b) => format!("it has weight {b}, the {} {a}", first.kind()),
    }
}
