//! What a run will need, looked at before anything changes: rights, the objects themselves, and what their pods name.
//!
//! Asks and never writes; what is asked of the server is either a question about rights, a look, or a write that the server is told
//! not to do. Knows nothing of how the answers are shown.

mod brought;
mod objects;
mod pending;
mod references;
mod rights;

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::hooks::{ObjectRef, Step};

use super::connect::Cluster;
use super::error::ClusterError;
use super::phase::Phase;

pub use pending::{Pending, pending};
pub use rights::Right;

/// How much is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Level {
    /// Everything.
    #[default]
    All,
    /// Rights alone.
    Rights,
    /// Nothing.
    None,
}

/// What the run will do beside its plan.
#[derive(Clone, Debug, Default)]
pub struct Intent {
    /// Whether deletions are waited for.
    pub waits_for_deletions: bool,
    /// Whether the output of containers is read.
    pub reads_logs: bool,
    /// The hooks that run, by [`crate::hooks::PlannedHook::order`]; all when there is no such set.
    pub only: Option<BTreeSet<u32>>,
    /// Whether the release is locked.
    pub locks: bool,
    /// The resource and the name of the release record, when the run is written there.
    pub record: Option<(&'static str, String)>,
}

/// Which look found something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Check {
    /// The hooks as Helm reads them.
    Plan,
    /// Rights.
    Rights,
    /// The server's dry run.
    DryRun,
    /// What pods name.
    References,
}

/// Why the run would not end well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Which look found it.
    pub check: Check,
    /// The hook, if it is about one.
    pub hook: Option<u32>,
    /// The object, if it is about one.
    pub object: Option<Arc<ObjectRef>>,
    /// What is wrong, on one line.
    pub message: String,
    /// What to do, in sentences.
    pub help: Option<String>,
}

/// What could not be looked at, or only in part; or what may be missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// Which look it belongs to.
    pub check: Check,
    /// The hook, if it is about one.
    pub hook: Option<u32>,
    /// The object, if it is about one.
    pub object: Option<Arc<ObjectRef>>,
    /// Why, on one line.
    pub message: String,
}

/// What the looks found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// How many rights were asked for; `None` when none was.
    pub rights: Option<usize>,
    /// How many objects passed a dry run.
    pub dry_runs: Option<usize>,
    /// How many names in pods were looked up and found.
    pub references: Option<usize>,
    /// What stands against the run.
    pub problems: Vec<Problem>,
    /// What was not looked at.
    pub unchecked: Vec<Remark>,
    /// What may be missing without stopping anything.
    pub warnings: Vec<Remark>,
}

impl Report {
    /// True when nothing stands against the run.
    pub fn is_fine(&self) -> bool {
        self.problems.is_empty()
    }
}

/// Looks at everything the level names.
///
/// # Errors
/// When the cluster cannot be asked.
pub async fn check(cluster: &Cluster, phase: &Phase, intent: &Intent, level: Level) -> Result<Report, ClusterError> {
    let mut report = Report::default();
    if level == Level::None {
        return Ok(report);
    }
    let looked = Looked { cluster, phase, intent, brought: brought::Brought::of(phase, intent) };
    let kinds = looked.kinds(&mut report).await?;
    rights::check(&looked, &kinds, &mut report).await?;
    if level == Level::All {
        looked.plan(&mut report);
        objects::check(&looked, &kinds, &mut report).await?;
        references::check(&looked, &mut report).await?;
    }
    report.problems.sort_by_key(|problem| (problem.hook.is_some(), problem.hook, problem.check));
    report.problems.dedup();
    Ok(report)
}

/// What every look needs.
struct Looked<'a> {
    cluster: &'a Cluster,
    phase: &'a Phase,
    intent: &'a Intent,
    brought: brought::Brought,
}

/// The kinds of the objects of the phase that the server has, by `apiVersion` and `kind`.
type Kinds = std::collections::BTreeMap<(String, String), super::kinds::Kind>;

impl Looked<'_> {
    fn runs(&self, hook: u32) -> bool {
        self.intent.only.as_ref().is_none_or(|only| only.contains(&hook))
    }

    fn steps(&self) -> impl Iterator<Item = &Step> {
        self.phase.plan.steps.iter().filter(|step| self.runs(step.hook))
    }

    fn namespace<'o>(&'o self, object: &'o ObjectRef) -> &'o str {
        object.namespace.as_deref().unwrap_or(&self.phase.release.namespace)
    }

    /// Asks for the kind of every object; what the server does not have and no hook brings is a problem.
    async fn kinds(&self, report: &mut Report) -> Result<Kinds, ClusterError> {
        let mut kinds = Kinds::new();
        let mut missing = BTreeSet::new();
        for step in self.steps() {
            let object = &step.object;
            let key = (object.api_version.clone(), object.kind.clone());
            if kinds.contains_key(&key) || object.kind.is_empty() || !missing.insert((key.clone(), step.hook)) {
                continue;
            }
            match self.cluster.kinds.find(&self.cluster.client, &object.api_version, &object.kind).await {
                Ok(kind) => {
                    kinds.insert(key, kind);
                }
                Err(error) if error.kind == super::error::ErrorKind::NotFound => {
                    if let Some(hook) = self.brought.kind(object, step.hook) {
                        report.unchecked.push(Remark {
                            check: Check::DryRun,
                            hook: Some(step.hook),
                            object: Some(object.clone()),
                            message: format!("its kind is brought by {hook}"),
                        });
                    } else {
                        report.problems.push(Problem {
                            check: Check::Plan,
                            hook: Some(step.hook),
                            object: Some(object.clone()),
                            message: error.message,
                            help: Some("Install the CustomResourceDefinition of this kind first.".to_owned()),
                        });
                    }
                }
                Err(error) => return Err(error),
            }
        }
        Ok(kinds)
    }

    /// What is known without the cluster.
    fn plan(&self, report: &mut Report) {
        for planned in self.phase.plan.hooks.iter().filter(|planned| self.runs(planned.order)) {
            if planned.hook.certain_failure(self.phase.engine).is_some() {
                report.problems.push(Problem {
                    check: Check::Plan,
                    hook: Some(planned.order),
                    object: Some(planned.hook.object.clone()),
                    message: "this hook fails whenever it runs".to_owned(),
                    help: Some("`plan` and `lint` of the chart say why.".to_owned()),
                });
            }
        }
    }
}

#[cfg(test)]
mod tests;
