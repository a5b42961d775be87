//! A connection to a cluster.

use super::access::Access;
use super::error::ClusterError;
use super::kinds::Kinds;
use super::{kubeconfig, transport};

/// A cluster one is connected to.
pub struct Cluster {
    /// The client; cheap to clone.
    pub client: kube::Client,
    /// The kinds it has.
    pub kinds: Kinds,
    /// The context of the kubeconfig it was reached by; `None` inside a cluster.
    pub context: Option<String>,
    /// The namespace: the one that was given, or that of the context.
    pub namespace: String,
}

impl Cluster {
    /// A cluster behind a client, as tests have it.
    pub fn new(client: kube::Client, context: Option<String>, namespace: impl Into<String>) -> Cluster {
        Cluster { client, kinds: Kinds::default(), context, namespace: namespace.into() }
    }
}

/// Connects to the cluster that is meant, with the credentials of its user. No request is sent yet; an exec plugin is run.
///
/// # Errors
/// [`super::ErrorKind::Config`] when kubeconfig, flags or credentials cannot be used.
pub async fn connect(access: &Access) -> Result<Cluster, ClusterError> {
    let resolved = kubeconfig::resolve(access).await?;
    let namespace = access.namespace.clone().unwrap_or_else(|| resolved.config.default_namespace.clone());
    let context = resolved.context.clone();
    let client = transport::client(resolved, access)?;
    Ok(Cluster::new(client, context, namespace))
}
