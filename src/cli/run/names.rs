//! Hooks as a user names them: `[KIND/]NAME`, or `#N`.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use crate::cli::cluster_args::duration;
use crate::cli::exit::Fatal;
use crate::cluster::Phase;
use crate::hooks::PlannedHook;

use super::args::RunArgs;

/// The hooks that are run; `None` for all of them.
///
/// # Errors
/// For names of no hook and of several, and flags that leave nothing.
pub(super) fn selection(args: &RunArgs, phase: &Phase) -> Result<Option<BTreeSet<u32>>, Fatal> {
    if args.only.is_empty() && args.skip.is_empty() && args.start_at.is_none() {
        return Ok(None);
    }
    let orders = |typed: &[String]| {
        typed
            .iter()
            .flat_map(|typed| typed.split(','))
            .map(|name| find(name, phase))
            .collect::<Result<BTreeSet<_>, _>>()
    };
    let (only, skip) = (orders(&args.only)?, orders(&args.skip)?);
    let first = args.start_at.as_deref().map(|name| find(name, phase)).transpose()?.unwrap_or(1);
    let all = phase.plan.hooks.iter().map(|planned| planned.order);
    let chosen: BTreeSet<u32> = all
        .filter(|order| *order >= first && (only.is_empty() || only.contains(order)) && !skip.contains(order))
        .collect();
    if chosen.is_empty() {
        return Err(Fatal::usage("--only, --skip and --start-at leave no hook to run"));
    }
    Ok(Some(chosen))
}

/// The timeouts of single hooks.
///
/// # Errors
/// For names of no hook and of several, and for what is no duration.
pub(super) fn timeouts(typed: &[String], phase: &Phase) -> Result<HashMap<u32, Duration>, Fatal> {
    let one = |text: &String| {
        let (name, time) = text.rsplit_once('=').ok_or_else(|| {
            Fatal::usage(format!("--hook-timeout {text}: a duration is missing"))
                .with_help("Write HOOK=DURATION: migrate=30m.")
        })?;
        let time = duration(time).map_err(|error| Fatal::usage(format!("--hook-timeout {text}: {error}")))?;
        Ok((find(name, phase)?, time))
    };
    typed.iter().map(one).collect()
}

fn find(typed: &str, phase: &Phase) -> Result<u32, Fatal> {
    let hooks = &phase.plan.hooks;
    let by_number = typed.strip_prefix('#').and_then(|number| number.parse::<u32>().ok());
    if let Some(planned) = by_number.and_then(|number| hooks.iter().find(|planned| planned.order == number)) {
        return Ok(planned.order);
    }
    let named = |planned: &&PlannedHook| match typed.split_once('/') {
        Some((kind, name)) => {
            planned.hook.object.kind.eq_ignore_ascii_case(kind) && planned.hook.object.shown_name() == name
        }
        None => planned.hook.object.shown_name() == typed,
    };
    let found: Vec<&PlannedHook> = hooks.iter().filter(named).collect();
    match found.as_slice() {
        [one] => Ok(one.order),
        [] => Err(Fatal::usage(format!("{} has no hook {typed:?}", phase.event))
            .with_help(format!("It has {}.", list(hooks)))),
        several => {
            Err(Fatal::usage(format!("which {typed:?}? {} has {} hooks of that name", phase.event, several.len()))
                .with_help(format!("Name one of {}.", list(several.iter().copied()))))
        }
    }
}

fn list<'a>(hooks: impl IntoIterator<Item = &'a PlannedHook>) -> String {
    let hooks: Vec<&PlannedHook> = hooks.into_iter().collect();
    let several = |planned: &PlannedHook| {
        hooks.iter().filter(|other| other.hook.object.to_string() == planned.hook.object.to_string()).count() > 1
    };
    let names = hooks.iter().map(|planned| {
        if several(planned) {
            format!("#{} ({})", planned.order, planned.hook.object)
        } else {
            planned.hook.object.to_string()
        }
    });
    names.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::PhaseSource;
    use crate::helm::dialect::Engine;
    use crate::hooks::{Event, Hook, Method, RecordedHook, Release};

    fn phase() -> Phase {
        let hook = |kind: &str, name: &str, events: &[&str]| {
            let record = RecordedHook {
                name: name.into(),
                kind: kind.into(),
                path: "c/templates/a.yaml".into(),
                manifest: format!("apiVersion: v1\nkind: {kind}\nmetadata:\n  name: {name}\n"),
                events: events.iter().map(|event| (*event).to_owned()).collect(),
                ..RecordedHook::default()
            };
            (std::sync::Arc::new(Hook::from_record(&record)), record.manifest)
        };
        let hooks = vec![
            hook("Secret", "a", &["test"]),
            hook("Pod", "a", &["test"]),
            hook("Pod", "b", &["test", "test"]),
            hook("Pod", "c", &["test"]),
        ];
        let release = Release { name: "r".into(), namespace: "n".into() };
        let source = PhaseSource::Record { revision: 1, status: "deployed".into() };
        Phase::of(hooks, Event::Test, release, Engine::Helm4, source, Method::Apply).unwrap()
    }

    #[test]
    fn names_mean_one_hook() {
        let phase = phase();
        let found = |typed: &str| find(typed, &phase).map_err(|fatal| fatal.help.unwrap_or_default());
        assert_eq!([found("c"), found("pod/a"), found("#4")], [Ok(5), Ok(2), Ok(4)]);
        assert_eq!(found("a"), Err("Name one of Secret/a, Pod/a.".into()));
        assert_eq!(found("b"), Err("Name one of #3 (Pod/b), #4 (Pod/b).".into()));
        assert_eq!(found("x"), Err("It has Secret/a, Pod/a, #3 (Pod/b), #4 (Pod/b), Pod/c.".into()));
    }

    #[test]
    fn timeouts_are_of_one_hook() {
        let phase = phase();
        assert_eq!(timeouts(&["c=1m30s".into()], &phase).unwrap()[&5], Duration::from_secs(90));
        assert!(timeouts(&["c".into()], &phase).is_err() && timeouts(&["c=soon".into()], &phase).is_err());
    }
}
