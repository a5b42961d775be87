//! What rules look at: one rendering of a chart with all its documents, for whom it is linted, and other renderings on demand.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::rc::Rc;

use crate::go::value::{Map, Str, Value};
use crate::helm::chart::{Chart, Data};
use crate::helm::dialect::{Dialect, Engine};
use crate::helm::manifest::{self, Document, SortError};
use crate::hooks::{self, Hook, Release};

use super::document::{Doc, Role};
use super::references::Dependencies;

/// For whom a chart is linted, or who minds a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Audience {
    /// Helm 3.
    pub helm3: bool,
    /// Helm 4.
    pub helm4: bool,
    /// Argo CD.
    pub argocd: bool,
    /// Flux.
    pub flux: bool,
}

impl Audience {
    /// Everybody.
    pub const ALL: Audience = Audience { helm3: true, helm4: true, argocd: true, flux: true };
    /// Both Helms.
    pub const HELM: Audience = Audience { helm3: true, helm4: true, argocd: false, flux: false };
    /// Helm 3.
    pub const HELM3: Audience = Audience { helm3: true, helm4: false, argocd: false, flux: false };
    /// Helm 4.
    pub const HELM4: Audience = Audience { helm3: false, helm4: true, argocd: false, flux: false };
    /// Argo CD.
    pub const ARGOCD: Audience = Audience { helm3: false, helm4: false, argocd: true, flux: false };
    /// Nobody.
    pub const NONE: Audience = Audience { helm3: false, helm4: false, argocd: false, flux: false };

    /// Those of both.
    #[must_use]
    pub fn and(self, other: Audience) -> Audience {
        Audience {
            helm3: self.helm3 && other.helm3,
            helm4: self.helm4 && other.helm4,
            argocd: self.argocd && other.argocd,
            flux: self.flux && other.flux,
        }
    }

    /// Those of either.
    #[must_use]
    pub fn or(self, other: Audience) -> Audience {
        Audience {
            helm3: self.helm3 || other.helm3,
            helm4: self.helm4 || other.helm4,
            argocd: self.argocd || other.argocd,
            flux: self.flux || other.flux,
        }
    }

    /// True for nobody.
    pub fn is_empty(self) -> bool {
        self == Audience::NONE
    }

    /// Their names in machine output.
    pub fn names(self) -> Vec<&'static str> {
        let all = [(self.helm3, "helm3"), (self.helm4, "helm4"), (self.argocd, "argocd"), (self.flux, "flux")];
        all.into_iter().filter(|(on, _)| *on).map(|(_, name)| name).collect()
    }
}

/// Another rendering of the same chart with the same values, but for what is named.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Variation {
    /// With other random numbers.
    OtherSeed,
    /// At another time.
    OtherTime,
    /// With another release name and another namespace, both as long as is usual.
    OtherRelease,
    /// With a release name of 53 characters, the longest Helm takes.
    LongestName,
    /// As an upgrade, revision 2.
    Upgrade,
    /// As an upgrade, revision 3: differs from [`Variation::Upgrade`] in the revision alone.
    NextUpgrade,
    /// With the API versions and kinds that a server has, where Helm without a cluster takes all it was built with for granted.
    RealApis,
    /// As an install after an uninstall: with other random numbers, and `lookup` finds the objects of this rendering that an uninstall leaves.
    InstalledAgain,
    /// As the next upgrade: with other random numbers, and `lookup` finds the objects of this rendering that Helm has not deleted.
    UpgradedAgain,
    /// With this release name.
    Named(&'static str),
    /// With a value set to a string: path of keys, text.
    Value(Vec<String>, String),
}

/// Renders the chart of a [`Subject`] again; `None` where that fails, or cannot be done.
pub type Again = dyn Fn(&Variation) -> Option<Rc<Subject>>;

/// A value that is a text, a number or a flag: the keys on the way to it, and its text.
pub(super) type Leaf = (Vec<String>, String);

/// A file of a chart that is no template: path relative to the outermost chart, bytes.
pub type ChartFile = (String, Data);

/// One rendering of a chart.
pub struct Subject {
    /// Its documents, those that Helm drops or cannot read included: by path, then in the order of the file.
    pub documents: Vec<Doc>,
    /// The release it was rendered for.
    pub release: Release,
    /// Whether another rendering for the other operation, or of another revision, may give something else.
    pub depends_on_operation: bool,
    /// Whether another rendering with other random numbers may give something else.
    pub used_randomness: bool,
    /// Whether another rendering at another time may give something else.
    pub asked_time: bool,
    /// Whether it was rendered as an upgrade.
    pub is_upgrade: bool,
    /// The Helm that rendered it and split it.
    pub engine: Engine,
    /// For whom it is linted.
    pub audience: Audience,
    /// The `crds/` files of the chart and of those below it.
    pub crds: Vec<ChartFile>,
    /// The value paths that exist, as key paths with their leaf's text: what name probes look through.
    values: OnceCell<Vec<Leaf>>,
    /// The chart as it was rendered.
    pub(super) chart: Option<Rc<Chart>>,
    /// The objects templates asked the cluster for while it was rendered: kind and name, which is empty for all of a kind.
    pub looked_up: Vec<(String, String)>,
    /// `--kube-version`, as major and minor; `None` for the newest known.
    pub kube_version: Option<(u64, u64)>,
    /// Whether names and order are tried with other releases and values. What an earlier rendering of the chart has tried already
    /// need not be tried again.
    pub probes: bool,
    /// The rendering of the chart to compare with.
    pub baseline: Option<Rc<Subject>>,
    again: Box<Again>,
    renderings: RefCell<Vec<(Variation, Option<Rc<Subject>>)>>,
    dependencies: OnceCell<Dependencies>,
}

impl Subject {
    /// The documents of rendered files, which nothing else is known of yet.
    pub fn new(documents: Vec<Doc>, release: Release, engine: Engine, audience: Audience) -> Subject {
        Subject {
            documents,
            release,
            depends_on_operation: true,
            used_randomness: true,
            asked_time: true,
            is_upgrade: false,
            engine,
            audience,
            crds: Vec::new(),
            values: OnceCell::new(),
            chart: None,
            looked_up: Vec::new(),
            kube_version: None,
            probes: true,
            baseline: None,
            again: Box::new(|_| None),
            renderings: RefCell::default(),
            dependencies: OnceCell::new(),
        }
    }

    /// The value paths that exist, with the text of their leaf.
    pub(super) fn values(&self) -> &[Leaf] {
        self.values.get_or_init(|| {
            let mut found = Vec::new();
            if let Some(chart) = &self.chart {
                leaves(&chart.values, &mut Vec::new(), &mut found);
            }
            found
        })
    }

    /// Says how the chart is rendered again.
    #[must_use]
    pub fn with_again(mut self, again: Box<Again>) -> Subject {
        self.again = again;
        self
    }

    /// Another rendering, made once and kept; `None` where it fails, or where nobody can render again (manifests on stdin).
    pub fn again(&self, variation: &Variation) -> Option<Rc<Subject>> {
        use Variation::{LongestName, Named, OtherRelease, Value};
        if !self.probes && matches!(variation, OtherRelease | LongestName | Named(_) | Value(..)) {
            return None;
        }
        let known = self.renderings.borrow().iter().find(|(known, _)| known == variation).map(|(_, made)| made.clone());
        known.unwrap_or_else(|| {
            let made = (self.again)(variation);
            self.renderings.borrow_mut().push((variation.clone(), made.clone()));
            made
        })
    }

    /// As [`Subject::again`]; `None` also where no template asks for what the variation changes, so that it renders the same.
    pub fn otherwise(&self, variation: &Variation) -> Option<Rc<Subject>> {
        let differs = match variation {
            Variation::OtherSeed => self.used_randomness,
            Variation::OtherTime => self.asked_time,
            Variation::Upgrade | Variation::NextUpgrade => self.depends_on_operation,
            Variation::InstalledAgain | Variation::UpgradedAgain => !self.looked_up.is_empty(),
            _ => true,
        };
        if differs { self.again(variation) } else { None }
    }

    /// The hooks with the index of their documents.
    pub fn hooks(&self) -> impl Iterator<Item = (usize, &Doc, &Hook)> {
        let all = self.documents.iter().enumerate();
        all.filter_map(|(at, doc)| doc.hook().map(|hook| (at, doc, hook.as_ref())))
    }

    /// What its documents need of each other, read once.
    pub fn dependencies(&self) -> &Dependencies {
        self.dependencies.get_or_init(|| Dependencies::of(self))
    }

    /// The namespace an object is created in.
    pub fn namespace_of(&self, doc: &Doc) -> String {
        doc.namespace().unwrap_or_else(|| self.release.namespace.clone())
    }

    /// The document of the same kind, group, name and namespace in another rendering.
    pub fn twin<'a>(&self, doc: &Doc, other: &'a Subject) -> Option<&'a Doc> {
        other.documents.iter().find(|twin| {
            (twin.kind(), twin.group(), twin.name()) == (doc.kind(), doc.group(), doc.name())
                && other.namespace_of(twin) == self.namespace_of(doc)
        })
    }
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subject")
            .field("release", &self.release)
            .field("documents", &self.documents.len())
            .finish_non_exhaustive()
    }
}

/// The leaves of a chart's own values that are texts, numbers or flags.
fn leaves(values: &Map, path: &mut Vec<String>, found: &mut Vec<Leaf>) {
    /// Deeper than any values file; a value may hold itself.
    const DEEPEST: usize = 32;
    for (key, value) in values.entries() {
        path.push(key.to_text().into_owned());
        match &value {
            Value::Map(map) if path.len() < DEEPEST => leaves(map, path, found),
            Value::Map(_) | Value::List(_) => {}
            Value::Nil => found.push((path.clone(), String::new())),
            scalar => {
                let mut text = Vec::new();
                crate::go::fmt::append_value(&mut text, scalar);
                found.push((path.clone(), String::from_utf8_lossy(&text).into_owned()));
            }
        }
        path.pop();
    }
}

fn documents(files: Vec<(Document, Option<SortError>)>) -> Vec<Doc> {
    let role = |document: &Document, error: Option<SortError>| match error {
        Some(error) => Role::Unreadable(error),
        None => match document.hook_annotation() {
            None => Role::Plain,
            Some(_) => hooks::Hook::from_document(document).map_or(Role::Dropped, |hook| Role::Hook(hook.into())),
        },
    };
    files.into_iter().map(|(document, error)| (role(&document, error), document)).map(|(r, d)| Doc::new(d, r)).collect()
}

/// Documents by what they were read from. Renderings of one chart with other values or for another operation share most files.
#[derive(Clone, Debug, Default)]
pub(super) struct ReadBefore(Rc<RefCell<HashMap<FileKey, Rc<[Doc]>>>>);

/// Rendered path, text, and the Helm that cuts it.
type FileKey = (String, Str, Engine);

impl ReadBefore {
    /// As [`read`], of files in the order of their paths; a file that was read before is not read again.
    pub(super) fn read(&self, files: &BTreeMap<String, Str>, dialect: &Dialect) -> Vec<Doc> {
        let mut documents = Vec::new();
        for (path, text) in files {
            let key = (path.clone(), text.clone(), dialect.engine);
            let known = self.0.borrow().get(&key).cloned();
            let docs = known.unwrap_or_else(|| {
                let docs: Rc<[Doc]> = read([(path.as_str(), text.clone())], dialect).into();
                self.0.borrow_mut().insert(key, Rc::clone(&docs));
                docs
            });
            documents.extend(docs.iter().cloned());
        }
        documents
    }
}

/// The documents of rendered files with their roles, whatever is wrong with them.
pub fn read<'a>(files: impl IntoIterator<Item = (&'a str, Str)>, dialect: &Dialect) -> Vec<Doc> {
    documents(manifest::read_all(files, dialect))
}
