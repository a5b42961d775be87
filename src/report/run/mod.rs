//! A run on paper: what will be run, what was looked at before, what happens, and how it ended. One file per format.
//!
//! Consumers of [`crate::cluster::run::RunEvent`]; none of them asks the cluster anything.

mod failure;
mod json;
mod live;
mod schema;
mod shown;
mod text;
mod words;

use std::sync::Arc;

use crate::cluster::Phase;
use crate::cluster::run::Outcome;
use crate::hooks::{DeletePolicy, ObjectRef};

pub use json::Lines;
pub use live::Live;
pub use schema::schema;
pub use shown::{heading, nothing, preflight};
pub use text::Text;
pub use words::quoted;

/// What is known of a run before it begins.
#[derive(Clone, Debug)]
pub struct Run<'a> {
    /// What is run.
    pub phase: &'a Phase,
    /// The context the cluster was reached by.
    pub context: Option<&'a str>,
    /// The hooks that run, by their place in the plan.
    pub runs: Vec<u32>,
    /// What to type to go on and to clean up.
    pub commands: Commands,
    /// Whether an interrupt leaves nothing of this run, so that there is nothing to go on with.
    pub withdraws: bool,
}

/// What to type afterwards.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Commands {
    /// The command that runs the phase again, to which `--start-at` is added.
    pub run: String,
    /// The flags by which kubectl reaches the same cluster, with a blank before them; its namespace not among them.
    pub kubectl: String,
    /// What has to be set before [`Commands::run`] runs: `VALUE1='db.password=…'`, for values that are not repeated.
    pub hidden: Vec<String>,
}

impl Run<'_> {
    fn is_run(&self, hook: u32) -> bool {
        self.runs.contains(&hook)
    }

    /// The title of a hook: `Job/shop-migrate`.
    fn title(&self, hook: u32) -> String {
        let planned = self.phase.plan.hooks.iter().find(|planned| planned.order == hook);
        planned.map(|planned| super::plan::hook_title(planned, &self.phase.release.namespace)).unwrap_or_default()
    }

    /// Where a hook stands among those that run, and how many these are.
    fn place(&self, hook: u32) -> (usize, usize) {
        let place = self.runs.iter().position(|order| *order == hook).map_or(0, |at| at + 1);
        (place, self.runs.len())
    }

    /// How `--start-at` and its like name a hook: by its number where its name is not its own.
    fn name(&self, hook: u32) -> String {
        let object =
            |order: u32| self.phase.plan.hooks.iter().find(|planned| planned.order == order).map(|p| &p.hook.object);
        let Some(own) = object(hook).filter(|own| !own.name.is_empty()) else { return format!("#{hook}") };
        let same = self
            .phase
            .plan
            .hooks
            .iter()
            .filter(|planned| planned.hook.object.kind == own.kind && planned.hook.object.name == own.name);
        if same.count() == 1 { format!("{}/{}", own.kind, own.name) } else { format!("#{hook}") }
    }

    /// The command that goes on after an outcome, when there is something to go on with. What is in the way and no policy takes
    /// away is deleted first: a POST fails while it is there, and an apply does not make a Job run again.
    fn go_on(&self, outcome: &Outcome, exists: &[Arc<ObjectRef>]) -> Option<String> {
        let hook = match outcome {
            Outcome::Failed { hook, .. } => *hook,
            Outcome::Interrupted { hook: Some(_) } if self.withdraws => return Some(self.commands.run.clone()),
            Outcome::Interrupted { hook } => (*hook)?,
            Outcome::Succeeded => return None,
        };
        let again = format!("{} --start-at {}", self.commands.run, words::quoted(&self.name(hook)));
        let own = &self.phase.plan.hooks.iter().find(|planned| planned.order == hook)?.hook;
        if own.is_never_deleted() || own.delete_policies.has(DeletePolicy::BeforeHookCreation) {
            return Some(again);
        }
        let in_the_way: Vec<_> = exists.iter().filter(|object| own.objects.contains(object)).cloned().collect();
        Some(match self.deletion(&in_the_way) {
            Some(deletion) => format!("{deletion} && {again}"),
            None => again,
        })
    }

    /// The command that deletes exactly these objects; `None` when there are none.
    fn deletion(&self, objects: &[Arc<ObjectRef>]) -> Option<String> {
        let mut by_namespace: Vec<(&str, String)> = Vec::new();
        for object in objects {
            let namespace = object.namespace.as_deref().unwrap_or(&self.phase.release.namespace);
            let group = object.group();
            let dot = if group.is_empty() { "" } else { "." };
            let word = words::quoted(&format!("{}{dot}{group}/{}", object.kind.to_lowercase(), object.name));
            match by_namespace.iter_mut().find(|(known, _)| *known == namespace) {
                Some((_, words)) => *words = format!("{words} {word}"),
                None => by_namespace.push((namespace, word)),
            }
        }
        let flags = &self.commands.kubectl;
        let commands = by_namespace
            .iter()
            .map(|(namespace, words)| format!("kubectl delete -n {}{flags} {words}", words::quoted(namespace)));
        (!by_namespace.is_empty()).then(|| commands.collect::<Vec<_>>().join(" && "))
    }
}

#[cfg(test)]
mod tests;
