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

use crate::cluster::Phase;
use crate::cluster::run::Outcome;

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
}

/// What to type afterwards.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Commands {
    /// The command that runs the phase again, to which `--start-at` is added.
    pub run: String,
    /// The command that deletes what stays.
    pub clean_up: String,
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

    /// The command that goes on after an outcome, when there is something to go on with.
    fn go_on(&self, outcome: &Outcome) -> Option<String> {
        let hook = match outcome {
            Outcome::Failed { hook, .. } => *hook,
            Outcome::Interrupted { hook } => (*hook)?,
            Outcome::Succeeded => return None,
        };
        Some(format!("{} --start-at {}", self.commands.run, words::quoted(&self.name(hook))))
    }
}

#[cfg(test)]
mod tests;
