//! Who will delete an object that a hook has made, and when: what follows from its policies and from the events still to come.

use std::collections::BTreeSet;

use crate::helm::dialect::Engine;
use crate::hooks::{DeletePolicy, Event, Hook, Method, Operation};

use super::live::{LiveObject, ObjectKey};
use super::source::method;

/// Who will delete an object of a hook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Nobody.
    Stays,
    /// Helm, before it creates the hook again at this event.
    BeforeNext(Event),
    /// Helm, when the hook has run again at this event and succeeded.
    AfterNext(Event),
    /// The cluster, when the Job is done for long enough.
    Ttl,
    /// `helm uninstall`, since it is an object of the release as well.
    WithRelease,
    /// The cluster, when the object it belongs to goes.
    WithOwner,
    /// It is being deleted.
    Going,
}

impl Fate {
    /// True when somebody will.
    pub fn is_deleted(&self) -> bool {
        *self != Fate::Stays
    }

    /// The same where the object is known: one that has failed is not run again by an apply, so its hook will not succeed.
    pub(super) fn of_object(self, object: &LiveObject) -> Fate {
        match self {
            Fate::AfterNext(_) if object.state == Some("failed") => Fate::Stays,
            fate => fate,
        }
    }

    /// Its name in machine output.
    pub fn name(&self) -> &'static str {
        match self {
            Fate::Stays => "stays",
            Fate::BeforeNext(_) => "before-next",
            Fate::AfterNext(_) => "after-next",
            Fate::Ttl => "ttl",
            Fate::WithRelease => "with-release",
            Fate::WithOwner => "with-owner",
            Fate::Going => "going",
        }
    }

    /// The event at which Helm will.
    pub fn event(&self) -> Option<Event> {
        match self {
            Fate::BeforeNext(event) | Fate::AfterNext(event) => Some(*event),
            _ => None,
        }
    }
}

/// What is known of the release of a hook.
pub(super) struct Release<'a> {
    /// Whether it is installed, so that events are still to come.
    pub installed: bool,
    /// How it was made.
    pub apply_method: Option<&'a str>,
    /// Its objects that are no hooks.
    pub plain: &'a BTreeSet<ObjectKey>,
    /// The Helm that will go on with it.
    pub engine: Engine,
}

/// Who will delete an object of a hook of the newest revision.
pub(super) fn of(
    hook: &Hook,
    has_ttl: bool,
    key: &ObjectKey,
    object: Option<&LiveObject>,
    release: &Release<'_>,
) -> Fate {
    if object.is_some_and(|object| object.deleting) {
        return Fate::Going;
    }
    if release.installed && release.plain.contains(key) {
        return Fate::WithRelease;
    }
    if has_ttl {
        return Fate::Ttl;
    }
    if object.is_some_and(|object| object.is_owned) {
        return Fate::WithOwner;
    }
    if !release.installed || hook.is_never_deleted() {
        return Fate::Stays;
    }
    // An install does not come again.
    let to_come = || hook.events.iter().copied().filter(|event| event.operation() != Operation::Install);
    if hook.delete_policies.has(DeletePolicy::BeforeHookCreation) {
        return to_come().next().map_or(Fate::Stays, Fate::BeforeNext);
    }
    if hook.delete_policies.has(DeletePolicy::HookSucceeded) {
        // A POST fails while the object is there, and a hook that was not created is not deleted.
        let applied = |event: &Event| method(release.engine, *event, Some(release.apply_method)) == Method::Apply;
        let fate = to_come().find(applied).map_or(Fate::Stays, Fate::AfterNext);
        return match object {
            Some(object) => fate.of_object(object),
            None => fate,
        };
    }
    Fate::Stays
}

/// Whether the cluster deletes the Jobs of a hook by itself.
pub(super) fn has_ttl(manifest: &str, hook: &Hook) -> bool {
    let text = "ttlSecondsAfterFinished";
    // Reading YAML again is only worth it where the word is at all.
    manifest.contains(text)
        && crate::hooks::bodies(manifest.as_bytes()).is_ok_and(|bodies| {
            !bodies.is_empty()
                && bodies.iter().all(|body| {
                    let body: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
                    body.pointer("/spec/ttlSecondsAfterFinished").is_some_and(serde_json::Value::is_number)
                })
        })
        && hook.object.kind == "Job"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hooks::RecordedHook;

    fn fate(events: &[&str], policies: &[&str], installed: bool, engine: Engine, apply_method: Option<&str>) -> Fate {
        let texts = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let record = RecordedHook {
            name: "a".into(),
            kind: "Job".into(),
            manifest: "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: a\n".into(),
            events: texts(events),
            delete_policies: texts(policies),
            ..RecordedHook::default()
        };
        let hook = Hook::from_record(&record);
        let key = ObjectKey::of(&hook.object, "n").unwrap();
        let plain = BTreeSet::new();
        of(&hook, false, &key, None, &Release { installed, apply_method, plain: &plain, engine })
    }

    #[test]
    fn what_is_to_come_decides() {
        use Engine::{Helm3, Helm4};
        let install = ["pre-install"];
        assert_eq!(fate(&install, &[], true, Helm4, Some("ssa")), Fate::Stays);
        let both = ["pre-install", "pre-upgrade"];
        assert_eq!(fate(&both, &[], true, Helm4, Some("ssa")), Fate::BeforeNext(Event::PreUpgrade));
        assert_eq!(fate(&both, &[], false, Helm4, Some("ssa")), Fate::Stays);
        assert_eq!(fate(&both, &["hook-succeeded"], true, Helm4, Some("ssa")), Fate::AfterNext(Event::PreUpgrade));
        assert_eq!(fate(&both, &["hook-succeeded"], true, Helm3, Some("ssa")), Fate::Stays);
        assert_eq!(fate(&both, &["hook-succeeded"], true, Helm4, None), Fate::Stays);
        assert_eq!(fate(&["test"], &["hook-failed"], true, Helm4, Some("ssa")), Fate::Stays);
        assert_eq!(fate(&["pre-delete"], &["hook-succeeded"], true, Helm4, None), Fate::AfterNext(Event::PreDelete));
    }

    #[test]
    fn what_has_failed_does_not_succeed_by_being_applied() {
        let object = |state| LiveObject {
            uid: "1".into(),
            namespace: Some("n".into()),
            resource: ("jobs".into(), "batch".into()),
            created: None,
            deleting: false,
            state,
            is_hook: true,
            managed_by: None,
            is_owned: false,
        };
        let next = Fate::AfterNext(Event::PreUpgrade);
        assert_eq!(next.clone().of_object(&object(Some("failed"))), Fate::Stays);
        assert_eq!(next.clone().of_object(&object(Some("complete"))), next);
        assert!(Fate::BeforeNext(Event::PreUpgrade).of_object(&object(Some("failed"))).is_deleted());
    }

    #[test]
    fn times_to_live_are_seen() {
        let record = RecordedHook { kind: "Job".into(), name: "a".into(), ..RecordedHook::default() };
        let hook = Hook::from_record(&record);
        assert!(has_ttl("apiVersion: batch/v1\nkind: Job\nspec: {ttlSecondsAfterFinished: 0}\n", &hook));
        assert!(!has_ttl("apiVersion: batch/v1\nkind: Job\n# ttlSecondsAfterFinished: 0\n", &hook));
    }
}
