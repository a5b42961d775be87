//! A connection to a cluster.

use super::kinds::Kinds;

/// A cluster one is connected to.
pub struct Cluster {
    /// The client; cheap to clone.
    pub client: kube::Client,
    /// The kinds it has.
    pub kinds: Kinds,
    /// The context of the kubeconfig it was reached by; `None` inside a cluster.
    pub context: Option<String>,
    /// The namespace of that context.
    pub namespace: String,
}

impl Cluster {
    /// A cluster behind a client, as tests have it.
    pub fn new(client: kube::Client, context: Option<String>, namespace: impl Into<String>) -> Cluster {
        Cluster { client, kinds: Kinds::default(), context, namespace: namespace.into() }
    }
}
