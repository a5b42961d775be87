//! From a loaded chart to the [`Subject`] rules look at, and to its other renderings.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use crate::go::value::{Map, Value};
use crate::helm::action::{self, Failure, Rendering, Request};
use crate::helm::chart::{Chart, Loaded};
use crate::helm::render::Capabilities;
use crate::helm::world::{Clock, World};
use crate::hooks::Release;

use super::document::Doc;
use super::remains::Remains;
use super::removed_apis;
use super::subject::{Audience, ChartFile, ReadBefore, Subject, Variation};
use super::values::ValueSource;

/// What shows in renderings with both seeds is not random.
const SEEDS: (u64, u64) = (1, 2);

/// How far the other time is from the first: of a date only the year stays, and nothing made then is out of date.
const LATER: Duration = Duration::from_secs((40 * 24 * 60 + 13 * 60 + 7) * 60 + 11);

/// As long as release names and namespaces usually are, and unlike anything a chart would hold.
const OTHER_RELEASE: (&str, &str) = ("qj7-other", "qj7-elsewhere");

/// The longest name Helm takes for a release.
const LONGEST_NAME: &str = "qj7-longest-name-that-helm-takes-for-a-release-a53-ch";

/// A chart that is linted with some values for some audience.
#[derive(Clone, Debug)]
pub struct Job {
    /// The chart.
    pub loaded: Rc<Loaded>,
    /// What it is rendered with.
    pub request: Request,
    /// For whom.
    pub audience: Audience,
    /// Where values from outside come from, in the order they are laid over each other.
    pub sources: Vec<ValueSource>,
    /// The random numbers of the rendering.
    seed: u64,
    /// How long after the usual time.
    later: Duration,
    /// What `lookup` finds.
    remains: Option<Rc<Remains>>,
    /// What other renderings of the chart have read.
    pub(super) read_before: ReadBefore,
}

impl Job {
    /// A chart to be linted.
    pub fn new(loaded: Rc<Loaded>, request: Request, audience: Audience) -> Job {
        Job {
            loaded,
            request,
            audience,
            sources: Vec::new(),
            seed: SEEDS.0,
            later: Duration::ZERO,
            remains: None,
            read_before: ReadBefore::default(),
        }
    }

    /// Renders it in a repeatable world.
    ///
    /// # Errors
    /// Helm's first error.
    pub fn render(&self) -> Result<Rendering, Box<Failure>> {
        action::render(&self.loaded, &self.request, &self.world())
    }

    /// The world it is rendered in, as at the beginning.
    pub(super) fn world(&self) -> Rc<World> {
        Rc::new(self.new_world(Rc::default()))
    }

    /// [`Job::world`], which notes what is looked up.
    fn new_world(&self, asked: Rc<RefCell<Vec<(String, String)>>>) -> World {
        let mut world = World::fixed(self.seed);
        if let Clock::Fixed(time) = world.clock {
            world.clock = Clock::Fixed(time + self.later);
        }
        let remains = self.remains.clone();
        world.lookup = Box::new(move |api_version, kind, namespace, name| {
            asked.borrow_mut().push((kind.to_owned(), name.to_owned()));
            let found = remains.as_ref().and_then(|remains| remains.find(api_version, kind, namespace, name));
            Ok(found.unwrap_or_else(Value::dict))
        });
        world
    }

    /// The same chart when an event comes again after a rendering: `lookup` finds what that one has left.
    fn after(&self, documents: &[Doc], is_upgrade: bool) -> Job {
        let mut job = self.varied(&Variation::OtherSeed);
        (job.request.release.revision, job.request.release.is_upgrade) = (if is_upgrade { 2 } else { 1 }, is_upgrade);
        job.remains = Some(Rc::new(Remains::new(documents, &self.request.release.namespace, is_upgrade)));
        job
    }

    /// The same chart with what a variation changes.
    #[must_use]
    pub fn varied(&self, variation: &Variation) -> Job {
        let mut job = self.clone();
        let release = &mut job.request.release;
        match variation {
            Variation::OtherSeed => job.seed = SEEDS.1,
            Variation::OtherTime => job.later = LATER,
            Variation::OtherRelease => {
                (release.name, release.namespace) = (OTHER_RELEASE.0.to_owned(), OTHER_RELEASE.1.to_owned());
            }
            Variation::Named(name) => (*name).clone_into(&mut release.name),
            // What is there then depends on a rendering: [`Job::after`].
            Variation::InstalledAgain | Variation::UpgradedAgain => {}
            Variation::LongestName => LONGEST_NAME.clone_into(&mut release.name),
            Variation::Upgrade => (release.revision, release.is_upgrade) = (2, true),
            Variation::NextUpgrade => (release.revision, release.is_upgrade) = (3, true),
            Variation::RealApis => {
                let mut capabilities = job.request.capabilities.take().unwrap_or_else(Capabilities::without_cluster);
                let version = kube_version(&job.request);
                capabilities.api_versions.retain(|api| !removed_apis::is_gone(api, version));
                capabilities.api_versions.extend(removed_apis::successors());
                job.request.capabilities = Some(capabilities);
            }
            Variation::Value(path, text) => job.request.overrides = with_value(&job.request.overrides, path, text),
        }
        job
    }
}

/// The rendering of a job as rules see it, with the rendering itself.
///
/// # Errors
/// Helm's first error.
pub fn subject(job: &Job) -> Result<(Subject, Rendering), Box<Failure>> {
    let looked_up = Rc::new(RefCell::new(Vec::new()));
    let world = job.new_world(Rc::clone(&looked_up));
    let rendering = action::render(&job.loaded, &job.request, &Rc::new(world))?;
    let dialect = job.request.dialect;
    let documents = job.read_before.read(rendering.files(), dialect);
    let release = Release { name: job.request.release.name.clone(), namespace: job.request.release.namespace.clone() };
    let mut subject = Subject::new(documents, release, dialect.engine, job.audience);
    subject.looked_up = looked_up.take();
    subject.is_upgrade = job.request.release.is_upgrade;
    subject.kube_version = kube_version(&job.request);
    crds(rendering.chart(), "", &mut subject.crds);
    subject.chart = Some(Rc::clone(rendering.chart()));
    let again = job.clone();
    let depends_on_operation = rendering.depends_on_operation();
    let used_randomness = rendering.used_randomness;
    (subject.depends_on_operation, subject.used_randomness) = (depends_on_operation, used_randomness);
    subject.asked_time = rendering.asked_time;
    let documents = subject.documents.clone();
    let subject = subject.with_again(Box::new(move |variation| {
        // What no template asks for needs no rendering to be known.
        let same = match variation {
            Variation::OtherSeed => !used_randomness,
            Variation::Upgrade | Variation::NextUpgrade => !depends_on_operation,
            _ => false,
        };
        let variation = if same { None } else { Some(variation) };
        let job = match variation {
            None => again.clone(),
            Some(Variation::InstalledAgain) => again.after(&documents, false),
            Some(Variation::UpgradedAgain) => again.after(&documents, true),
            Some(variation) => again.varied(variation),
        };
        super::subject(&job).ok().map(|(subject, _)| Rc::new(subject))
    }));
    Ok((subject, rendering))
}

fn kube_version(request: &Request) -> Option<(u64, u64)> {
    let version = request.kube_version.as_ref()?;
    Some((version.major.parse().ok()?, version.minor.parse().ok()?))
}

fn crds(chart: &Chart, prefix: &str, found: &mut Vec<ChartFile>) {
    let own = chart.files.iter().filter(|file| file.name.starts_with("crds/"));
    found.extend(own.map(|file| (format!("{prefix}{}", file.name), file.data.clone())));
    for child in &chart.dependencies {
        crds(child, &format!("{prefix}charts/{}/", child.metadata.name), found);
    }
}

/// The values with one set to a text, whatever was on the way there.
fn with_value(values: &Map, path: &[String], text: &str) -> Map {
    let copy = Map::from_entries(values.ty(), values.entries().into_iter().collect());
    if let Some((key, rest)) = path.split_first() {
        let value = if rest.is_empty() {
            Value::from(text)
        } else {
            let below = copy.get(key).and_then(|value| value.as_map().cloned()).unwrap_or_else(Value::dict);
            Value::Map(with_value(&below, rest, text))
        };
        let _ = copy.insert(key.as_str(), value);
    }
    copy
}
