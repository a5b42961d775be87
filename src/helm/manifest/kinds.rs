//! The order in which kinds are installed, and the stable sort by it.
//!
//! Mirrors `pkg/releaseutil/kind_sorter.go` of 3.21.4 and `pkg/release/v1/util/kind_sorter.go` of 4.2.4.

/// `InstallOrder`. Helm 3 knows the list without its last two.
static KINDS: [&str; 38] = [
    "PriorityClass",
    "Namespace",
    "NetworkPolicy",
    "ResourceQuota",
    "LimitRange",
    "PodSecurityPolicy",
    "PodDisruptionBudget",
    "ServiceAccount",
    "Secret",
    "SecretList",
    "ConfigMap",
    "StorageClass",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "CustomResourceDefinition",
    "ClusterRole",
    "ClusterRoleList",
    "ClusterRoleBinding",
    "ClusterRoleBindingList",
    "Role",
    "RoleList",
    "RoleBinding",
    "RoleBindingList",
    "Service",
    "DaemonSet",
    "Pod",
    "ReplicationController",
    "ReplicaSet",
    "Deployment",
    "HorizontalPodAutoscaler",
    "StatefulSet",
    "Job",
    "CronJob",
    "IngressClass",
    "Ingress",
    "APIService",
    "MutatingWebhookConfiguration",
    "ValidatingWebhookConfiguration",
];

/// How many of [`KINDS`] Helm 3 knows.
pub(crate) const KINDS_OF_HELM3: usize = 36;
/// How many of [`KINDS`] Helm 4 knows.
pub(crate) const KINDS_OF_HELM4: usize = KINDS.len();

/// What to sort kinds by: known kinds by their place, then unknown ones by name. The match is by case, and the group plays no
/// part. Sorting by it must be stable.
pub fn install_key(kind: &str, known: usize) -> (usize, &str) {
    match KINDS.iter().take(known).position(|known| *known == kind) {
        Some(place) => (place, ""),
        None => (KINDS.len(), kind),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_helms_differ_in_webhooks() {
        let sorted = |known| {
            let mut kinds = ["Zzz", "Aaa", "MutatingWebhookConfiguration", "APIService", "configmap"];
            kinds.sort_by_key(|kind| install_key(kind, known));
            kinds
        };
        assert_eq!(sorted(KINDS_OF_HELM3), ["APIService", "Aaa", "MutatingWebhookConfiguration", "Zzz", "configmap"]);
        assert_eq!(sorted(KINDS_OF_HELM4), ["APIService", "MutatingWebhookConfiguration", "Aaa", "Zzz", "configmap"]);
    }
}
