//! What one rendering gave, and what of it another one can take over: a template that asked neither for randomness, for the time nor for what is
//! in a cluster, and read nothing of the release that is different now, gives the same text again. Which it did is watched, not guessed.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use foldhash::fast::RandomState;

use super::{Release, operation};
use crate::go::value::Str;
use crate::helm::chart::Chart;
use crate::helm::world::{Appearance, World};

/// Template outputs by path (`app/charts/sub/templates/x.yaml`, with the names and aliases of the charts), in byte order of the paths.
pub type Rendered = BTreeMap<String, Str>;

/// What of `.Release` differs between renderings; a bit for each.
pub(super) const FIELDS: [&str; 5] = ["Name", "Namespace", "IsUpgrade", "IsInstall", "Revision"];

/// Those of them that tell install from upgrade, and one upgrade from another.
const OPERATION: u32 = 0b11100;

/// Output with how it came about.
#[derive(Debug)]
pub struct Rendition {
    files: Rendered,
    trails: HashMap<String, Trail, RandomState>,
    release: Release,
    appearance: Appearance,
}

/// What a template looked at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Trail {
    /// Of [`FIELDS`].
    read: u32,
    /// For randomness, for the time, or for what is in the cluster.
    asked: bool,
}

impl Trail {
    pub(super) fn new(read: u32, asked: bool) -> Trail {
        Trail { read, asked }
    }
}

impl Rendition {
    pub(super) fn new(release: &Release, world: &Rc<World>) -> Rendition {
        let (files, trails) = (Rendered::new(), HashMap::default());
        Rendition { files, trails, release: release.clone(), appearance: world.appearance() }
    }

    pub(super) fn add(&mut self, path: &str, output: Str, trail: Trail) {
        self.files.insert(path.to_owned(), output);
        self.trails.insert(path.to_owned(), trail);
    }

    /// The files.
    pub fn files(&self) -> &Rendered {
        &self.files
    }

    /// Whether a template asked for randomness, for the time, or for what is in the cluster.
    pub fn asked(&self, path: &str) -> bool {
        self.trails.get(path).is_some_and(|trail| trail.asked)
    }

    /// What a template gave, when it gives the same for another release in a world.
    pub(super) fn lasting(&self, path: &str, release: &Release, world: &World) -> Option<(&Str, &Trail)> {
        let trail = self.trails.get(path)?;
        let lasts = !trail.asked && trail.read & self.differing(release) == 0 && world.is_like(&self.appearance);
        lasts.then(|| self.files.get(path)).flatten().map(|output| (output, trail))
    }

    /// Whether any template looked at what differs between install and upgrade, or between two upgrades, or speaks of it: then the
    /// chart counts as one that asks, even where the answer makes no difference.
    pub fn depends_on_operation(&self, chart: &Chart) -> bool {
        self.trails.values().any(|trail| trail.read & OPERATION != 0) || operation::mentioned(chart)
    }

    fn differing(&self, other: &Release) -> u32 {
        let own = &self.release;
        let differs = [
            own.name != other.name,
            own.namespace != other.namespace,
            own.is_upgrade != other.is_upgrade,
            own.is_upgrade != other.is_upgrade,
            own.revision != other.revision,
        ];
        differs.iter().enumerate().map(|(at, differs)| u32::from(*differs) << at).sum()
    }
}
