//! What a rule is: its names, where it is on, what is written about it, its check and its vectors.

use crate::text::Severity;

use super::{Applicability, Findings, Subject, Vector};

/// A rule. Each has a file of its own in `rules/`, which holds all of this.
#[derive(Debug)]
pub struct Rule {
    /// Its code, `HH101`. The first digit is the group.
    pub code: &'static str,
    /// The bad pattern, in kebab case: `allow <name>` reads well.
    pub name: &'static str,
    /// The highest severity it reports.
    pub severity: Severity,
    /// Where it is on.
    pub profile: Profile,
    /// What can be mended by machine.
    pub fixable: Fixable,
    /// What is written about it.
    pub docs: Docs,
    /// Looks at one rendering of a chart.
    pub check: fn(&Subject, &mut Findings),
    /// Charts it reports something in, and charts it does not.
    pub vectors: &'static [Vector],
}

/// When a rule is on. Findings of severity info are shown under `pedantic` only, whatever the rule's profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Profile {
    /// Always.
    Default,
    /// Under `--profile pedantic`.
    Pedantic,
    /// Under `--profile argocd` or `--for argocd`.
    Argocd,
    /// Under `--profile flux` or `--for flux`.
    Flux,
    /// When there is a chart to compare with: `--baseline-chart`.
    Baseline,
}

/// The best a rule's findings can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fixable {
    /// Nothing.
    No,
    /// In some cases a fix of this kind.
    Sometimes(Applicability),
}

/// The page of a rule: `explain HH101`, `docs/rules/HH101.md`. Sentences in Markdown; an empty text leaves its heading out.
#[derive(Clone, Copy, Debug)]
pub struct Docs {
    /// One sentence: what is wrong.
    pub summary: &'static str,
    /// "What it reports".
    pub reports: &'static str,
    /// "What happens": what Helm, Argo CD or Flux do with it, by version.
    pub happens: &'static str,
    /// "What to do".
    pub remedy: &'static str,
    /// "When it is fine": what to do when the finding is wanted, and what is not reported.
    pub fine: &'static str,
    /// "Where it comes from": sources and reports, one each.
    pub evidence: &'static [&'static str],
}

impl Profile {
    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Profile::Default => "default",
            Profile::Pedantic => "pedantic",
            Profile::Argocd => "argocd",
            Profile::Flux => "flux",
            Profile::Baseline => "baseline",
        }
    }
}
