//! What a cluster can do, as `.Capabilities` shows it: its version, its API versions and kinds.
//!
//! Mirrors `getCapabilities` and `GetVersionSet` in `pkg/action/action.go`. Helm lists API versions in random order; here they are
//! sorted.

use std::collections::BTreeSet;

use kube::core::discovery::v2::{APIGroupDiscovery, APIGroupDiscoveryList};

use crate::helm::render::{Capabilities, KubeVersion};

use super::connect::Cluster;
use super::error::{ClusterError, ErrorKind};

/// Asks a cluster what it can do.
///
/// # Errors
/// What the server says.
pub async fn capabilities(cluster: &Cluster) -> Result<Capabilities, ClusterError> {
    let client = &cluster.client;
    let (version, core, groups) = futures::join!(
        client.apiserver_version(),
        client.list_core_api_versions_aggregated(),
        client.list_api_groups_aggregated()
    );
    let version = version?;
    let kube_version = KubeVersion {
        version: version.git_version.clone(),
        normalized: version.git_version,
        major: version.major,
        minor: version.minor,
    };
    let lists = match (core.map_err(ClusterError::from), groups.map_err(ClusterError::from)) {
        (Ok(core), Ok(groups)) if !core.items.is_empty() => [core, groups],
        // A server from before Kubernetes 1.26 answers with the older lists.
        (Ok(_), _) | (_, Ok(_)) => return older(cluster, kube_version).await,
        (Err(error), Err(_)) if error.kind == ErrorKind::Other => return older(cluster, kube_version).await,
        (Err(error), _) => return Err(error),
    };
    let mut versions = BTreeSet::new();
    lists.iter().for_each(|list| add(list, &mut versions));
    Ok(Capabilities { kube_version, api_versions: versions.into_iter().collect() })
}

fn add(list: &APIGroupDiscoveryList, versions: &mut BTreeSet<String>) {
    for group in &list.items {
        add_group(group, versions);
    }
}

fn add_group(group: &APIGroupDiscovery, versions: &mut BTreeSet<String>) {
    let name = group.metadata.as_ref().and_then(|metadata| metadata.name.as_deref()).unwrap_or_default();
    for version in &group.versions {
        // An API service that does not answer; client-go leaves its versions out.
        if version.freshness.as_deref() == Some("Stale") {
            continue;
        }
        let Some(own) = &version.version else { continue };
        let version_name = if name.is_empty() { own.clone() } else { format!("{name}/{own}") };
        for resource in &version.resources {
            let below = resource.subresources.iter().map(|sub| &sub.response_kind);
            for kind in std::iter::once(&resource.response_kind).chain(below).flatten() {
                if let Some(kind) = kind.kind.as_deref().filter(|kind| !kind.is_empty()) {
                    versions.insert(format!("{version_name}/{kind}"));
                }
            }
        }
        versions.insert(version_name);
    }
}

/// The same of a server that lists each group version on its own.
async fn older(cluster: &Cluster, kube_version: KubeVersion) -> Result<Capabilities, ClusterError> {
    let client = &cluster.client;
    let mut versions: BTreeSet<String> = client.list_core_api_versions().await?.versions.into_iter().collect();
    for group in client.list_api_groups().await?.groups {
        versions.extend(group.versions.into_iter().map(|version| version.group_version));
    }
    let mut all = versions.clone();
    for version in &versions {
        let list = if version.contains('/') {
            client.list_api_group_resources(version).await
        } else {
            client.list_core_api_resources(version).await
        };
        // A group that does not answer keeps its versions and has no kinds, as in Helm.
        if let Ok(list) = list {
            all.extend(list.resources.iter().map(|resource| format!("{version}/{}", resource.kind)));
        }
    }
    Ok(Capabilities { kube_version, api_versions: all.into_iter().collect() })
}
