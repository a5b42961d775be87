//! Versions of Kubernetes APIs that newer Kubernetes no longer serves.
//!
//! After the Deprecated API Migration Guide of the Kubernetes documentation.

/// A version of an API that is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RemovedApi {
    /// `apiVersion`.
    pub api_version: &'static str,
    /// The kinds it had.
    pub kinds: &'static [&'static str],
    /// The first minor version of Kubernetes 1 without it.
    pub gone: u64,
    /// What to use instead; empty when there is nothing.
    pub successor: &'static str,
    /// Whether a manifest means the same under the successor without any other change.
    pub same: bool,
}

const fn api(
    api_version: &'static str,
    kinds: &'static [&'static str],
    gone: u64,
    successor: &'static str,
    same: bool,
) -> RemovedApi {
    RemovedApi { api_version, kinds, gone, successor, same }
}

const RBAC: &[&str] = &["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"];
const WEBHOOKS: &[&str] = &["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"];
const FLOWS: &[&str] = &["FlowSchema", "PriorityLevelConfiguration"];
const REVIEWS: &[&str] = &["LocalSubjectAccessReview", "SelfSubjectAccessReview", "SubjectAccessReview"];
const WORKLOADS: &[&str] = &["Deployment", "DaemonSet", "ReplicaSet", "StatefulSet", "ControllerRevision"];

/// All of them.
pub const ALL: &[RemovedApi] = &[
    api("extensions/v1beta1", &["Deployment", "DaemonSet", "ReplicaSet"], 16, "apps/v1", false),
    api("extensions/v1beta1", &["NetworkPolicy"], 16, "networking.k8s.io/v1", true),
    api("extensions/v1beta1", &["PodSecurityPolicy"], 16, "", false),
    api("extensions/v1beta1", &["Ingress"], 22, "networking.k8s.io/v1", false),
    api("apps/v1beta1", WORKLOADS, 16, "apps/v1", false),
    api("apps/v1beta2", WORKLOADS, 16, "apps/v1", false),
    api("settings.k8s.io/v1alpha1", &["PodPreset"], 20, "", false),
    api("batch/v2alpha1", &["CronJob"], 21, "batch/v1", true),
    api("admissionregistration.k8s.io/v1beta1", WEBHOOKS, 22, "admissionregistration.k8s.io/v1", false),
    api("apiextensions.k8s.io/v1beta1", &["CustomResourceDefinition"], 22, "apiextensions.k8s.io/v1", false),
    api("apiregistration.k8s.io/v1beta1", &["APIService"], 22, "apiregistration.k8s.io/v1", true),
    api("authentication.k8s.io/v1beta1", &["TokenReview"], 22, "authentication.k8s.io/v1", true),
    api("authorization.k8s.io/v1beta1", REVIEWS, 22, "authorization.k8s.io/v1", false),
    api("certificates.k8s.io/v1beta1", &["CertificateSigningRequest"], 22, "certificates.k8s.io/v1", false),
    api("coordination.k8s.io/v1beta1", &["Lease"], 22, "coordination.k8s.io/v1", true),
    api("networking.k8s.io/v1beta1", &["Ingress"], 22, "networking.k8s.io/v1", false),
    api("networking.k8s.io/v1beta1", &["IngressClass"], 22, "networking.k8s.io/v1", true),
    api("rbac.authorization.k8s.io/v1alpha1", RBAC, 22, "rbac.authorization.k8s.io/v1", true),
    api("rbac.authorization.k8s.io/v1beta1", RBAC, 22, "rbac.authorization.k8s.io/v1", true),
    api("scheduling.k8s.io/v1beta1", &["PriorityClass"], 22, "scheduling.k8s.io/v1", true),
    api(
        "storage.k8s.io/v1beta1",
        &["CSIDriver", "CSINode", "StorageClass", "VolumeAttachment"],
        22,
        "storage.k8s.io/v1",
        true,
    ),
    api("autoscaling/v2beta1", &["HorizontalPodAutoscaler"], 25, "autoscaling/v2", false),
    api("batch/v1beta1", &["CronJob"], 25, "batch/v1", true),
    api("discovery.k8s.io/v1beta1", &["EndpointSlice"], 25, "discovery.k8s.io/v1", false),
    api("events.k8s.io/v1beta1", &["Event"], 25, "events.k8s.io/v1", false),
    api("node.k8s.io/v1beta1", &["RuntimeClass"], 25, "node.k8s.io/v1", true),
    api("policy/v1beta1", &["PodDisruptionBudget"], 25, "policy/v1", true),
    api("policy/v1beta1", &["PodSecurityPolicy"], 25, "", false),
    api("autoscaling/v2beta2", &["HorizontalPodAutoscaler"], 26, "autoscaling/v2", true),
    api("flowcontrol.apiserver.k8s.io/v1beta1", FLOWS, 26, "flowcontrol.apiserver.k8s.io/v1", false),
    api("storage.k8s.io/v1beta1", &["CSIStorageCapacity"], 27, "storage.k8s.io/v1", true),
    api("flowcontrol.apiserver.k8s.io/v1beta2", FLOWS, 29, "flowcontrol.apiserver.k8s.io/v1", false),
    api("flowcontrol.apiserver.k8s.io/v1beta3", FLOWS, 32, "flowcontrol.apiserver.k8s.io/v1", false),
];

/// The entry of an API that a version of Kubernetes (major, minor) no longer serves; `None` for the newest one.
pub fn removed(api_version: &str, kind: &str, kube_version: Option<(u64, u64)>) -> Option<&'static RemovedApi> {
    let entry = ALL.iter().find(|api| api.api_version == api_version && api.kinds.contains(&kind))?;
    kube_version.is_none_or(|version| version >= (1, entry.gone)).then_some(entry)
}

/// True for a group and version of which nothing is left.
pub(super) fn is_gone(api_version: &str, kube_version: Option<(u64, u64)>) -> bool {
    let mut entries = ALL.iter().filter(|api| api.api_version == api_version).peekable();
    entries.peek().is_some() && entries.all(|api| kube_version.is_none_or(|version| version >= (1, api.gone)))
}

/// What took the place of something, as a server lists it: `GROUP/VERSION/KIND`.
pub(super) fn successors() -> impl Iterator<Item = String> {
    let entries = ALL.iter().filter(|api| !api.successor.is_empty());
    entries.flat_map(|api| api.kinds.iter().map(|kind| format!("{}/{kind}", api.successor)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_api_is_gone_from_a_version_on() {
        let removed = |version| removed("policy/v1beta1", "PodDisruptionBudget", version).map(|api| api.successor);
        assert_eq!(removed(None), Some("policy/v1"));
        assert_eq!(removed(Some((1, 25))), Some("policy/v1"));
        assert_eq!(removed(Some((1, 24))), None);
        assert_eq!(super::removed("policy/v1", "PodDisruptionBudget", None), None);
        assert_eq!(super::removed("networking.k8s.io/v1beta1", "ServiceCIDR", None), None);
    }

    #[test]
    fn no_kind_has_two_entries() {
        let all: Vec<_> = ALL.iter().flat_map(|api| api.kinds.iter().map(|kind| (api.api_version, *kind))).collect();
        let mut once = all.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), all.len());
    }
}
