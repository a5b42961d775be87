//! A cluster as commands use it: connected once, asked from ordinary code.
//!
//! Everything asynchronous runs on one thread's runtime, which only commands that ask a cluster pay for. Rendering is ordinary code that
//! asks in between (`lookup`), so it goes on outside of [`Live::ask`].

use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tokio::runtime::{Builder, Runtime};

use crate::cluster::lookup::Lookups;
use crate::cluster::source::SourceError;
use crate::cluster::{Cluster, ClusterError, Driver, Store, capabilities, connect};
use crate::helm::render::Capabilities;
use crate::helm::world::World;

use super::cluster_args::{ClusterArgs, fatal};
use super::exit::Fatal;
use super::settings::Settings;

/// A cluster that ordinary code can ask.
pub(crate) struct Live {
    runtime: Runtime,
    inner: Mutex<Inner>,
    namespace: String,
    context: Option<String>,
    driver: Option<String>,
    capabilities: OnceLock<Result<Capabilities, Fatal>>,
}

struct Inner {
    cluster: Cluster,
    lookups: Lookups,
}

impl fmt::Debug for Live {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Live")
            .field("context", &self.context)
            .field("namespace", &self.namespace)
            .finish_non_exhaustive()
    }
}

impl Live {
    /// Connects.
    ///
    /// # Errors
    /// When flags, kubeconfig or credentials cannot be used.
    pub(crate) fn connect(args: &ClusterArgs, settings: &Settings) -> Result<Arc<Live>, Fatal> {
        let access = args.access(settings);
        let built = Builder::new_current_thread().enable_all().build();
        let runtime = built.map_err(|error| Fatal::load(format!("cannot start: {error}")))?;
        let cluster = runtime.block_on(connect(&access)).map_err(|error| fatal(&error))?;
        Ok(Arc::new(Live {
            runtime,
            namespace: cluster.namespace.clone(),
            context: cluster.context.clone(),
            driver: settings.helm_driver.clone(),
            inner: Mutex::new(Inner { cluster, lookups: Lookups::default() }),
            capabilities: OnceLock::new(),
        }))
    }

    /// The namespace: the one that was given, or that of the context.
    pub(crate) fn namespace(&self) -> &str {
        &self.namespace
    }

    /// The context; `None` inside a cluster.
    pub(crate) fn context(&self) -> Option<&str> {
        self.context.as_deref()
    }

    /// Does some work with the cluster. Not to be called from within that work.
    pub(crate) fn ask<T>(&self, work: impl AsyncFnOnce(&Cluster) -> T) -> T {
        let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        self.runtime.block_on(work(&inner.cluster))
    }

    /// The release records of a namespace, or of all.
    ///
    /// # Errors
    /// When the records are in no cluster.
    pub(crate) fn store(&self, namespace: Option<&str>) -> Result<Store, Fatal> {
        let driver = Driver::of(self.driver.as_deref()).map_err(|error| fatal(&error))?;
        let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Store::new(inner.cluster.client.clone(), driver, namespace.map(str::to_owned)))
    }

    /// The driver of Helm's whose records are in no cluster, where it is the one that is set.
    pub(crate) fn driver_elsewhere(&self) -> Option<&str> {
        self.driver.as_deref().filter(|driver| Driver::is_elsewhere(Some(driver)))
    }

    /// What the cluster can do; asked once.
    ///
    /// # Errors
    /// When it does not say.
    pub(crate) fn capabilities(&self) -> Result<Capabilities, Fatal> {
        let ask = || self.ask(async |cluster| capabilities(cluster).await).map_err(|error| fatal(&error));
        self.capabilities.get_or_init(ask).clone()
    }

    /// A world in which `lookup` sees the cluster.
    pub(crate) fn seen_by(self: &Arc<Self>, mut world: World) -> World {
        let live = Arc::clone(self);
        let lookup = move |api_version: &str, kind: &str, namespace: &str, name: &str| {
            let inner = live.inner.lock().unwrap_or_else(PoisonError::into_inner);
            live.runtime.block_on(inner.lookups.find(&inner.cluster, api_version, kind, namespace, name))
        };
        world.lookup = Box::new(lookup);
        world
    }
}

/// A release that is not there, or a cluster that does not answer, as a command ends with it.
pub(crate) fn source_fatal(error: SourceError) -> Fatal {
    match error {
        SourceError::Cluster(error) => cluster_fatal(&error),
        SourceError::Unknown { message, help } => Fatal { help, ..Fatal::usage(message) },
    }
}

/// See [`fatal`].
pub(crate) fn cluster_fatal(error: &ClusterError) -> Fatal {
    fatal(error)
}
