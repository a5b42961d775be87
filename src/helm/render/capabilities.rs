//! `.Capabilities`: the Kubernetes version and API versions a chart is rendered for, and the Helm that renders it.

use crate::go::strconv::quote;
use crate::helm::dialect::Dialect;

/// What the cluster (or, without one, Helm's own build) can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// The Kubernetes version.
    pub kube_version: KubeVersion,
    /// `GROUP/VERSION` and, where a cluster or `--api-versions` said so, `GROUP/VERSION/KIND`, in Helm's order.
    pub api_versions: Vec<String>,
}

/// A Kubernetes version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KubeVersion {
    /// What `.Capabilities.KubeVersion.Version` shows.
    pub version: String,
    /// Without suffixes: what constraints are checked against. Helm 3 shows only this one.
    pub normalized: String,
    /// Major number.
    pub major: String,
    /// Minor number.
    pub minor: String,
}

/// The minor version of Kubernetes both Helms are built for.
const DEFAULT_MINOR: u32 = 36;

impl Capabilities {
    /// What Helm assumes without a cluster.
    pub fn without_cluster() -> Capabilities {
        let version = format!("v1.{DEFAULT_MINOR}.0");
        Capabilities {
            kube_version: KubeVersion {
                version: version.clone(),
                normalized: version,
                major: "1".to_owned(),
                minor: DEFAULT_MINOR.to_string(),
            },
            api_versions: DEFAULT_API_VERSIONS.iter().map(|v| (*v).to_owned()).collect(),
        }
    }
}

impl KubeVersion {
    /// Parses `--kube-version` as `k8s.io/apimachinery/pkg/util/version.ParseGeneric` does.
    ///
    /// # Errors
    /// Its error text.
    pub fn parse(text: &str, dialect: &Dialect) -> Result<KubeVersion, String> {
        let quoted = quote(text.as_bytes());
        let trimmed = text.trim_ascii_start();
        let bare = trimmed.strip_prefix('v').unwrap_or(trimmed);
        let mut components: Vec<&str> = Vec::new();
        let mut rest = bare;
        loop {
            let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            let (digits, after) = rest.split_at(end);
            if digits.is_empty() {
                break;
            }
            components.push(digits);
            match after.strip_prefix('.') {
                Some(next) => rest = next,
                None => break,
            }
        }
        match components.len() {
            0 => return Err(format!("could not parse {quoted} as version")),
            1 => return Err(format!("illegal version string {quoted}")),
            _ => {}
        }
        let mut numbers = Vec::with_capacity(components.len());
        for (at, component) in components.iter().enumerate() {
            if at == 0 && component.len() > 1 && component.starts_with('0') {
                let component = quote(component.as_bytes());
                return Err(format!("illegal zero-prefixed version component {component} in {quoted}"));
            }
            let number: u64 = component.parse().map_err(|_| {
                let component = quote(component.as_bytes());
                format!(
                    "illegal non-numeric version component {component} in {quoted}: strconv.ParseUint: parsing {component}: value out of range"
                )
            })?;
            numbers.push(number.to_string());
        }
        let normalized = format!("v{}", numbers.join("."));
        let version = match (dialect.keeps_kube_version_suffix, text.starts_with('v')) {
            (false, _) => normalized.clone(),
            (true, true) => text.to_owned(),
            (true, false) => format!("v{text}"),
        };
        let (major, minor) =
            (numbers.first().cloned().unwrap_or_default(), numbers.get(1).cloned().unwrap_or_default());
        Ok(KubeVersion { version, normalized, major, minor })
    }
}

/// The API versions of the client library that both Helms are built with, in the order of its scheme.
const DEFAULT_API_VERSIONS: &[&str] = &[
    "v1",
    "admissionregistration.k8s.io/v1",
    "admissionregistration.k8s.io/v1alpha1",
    "admissionregistration.k8s.io/v1beta1",
    "internal.apiserver.k8s.io/v1alpha1",
    "apps/v1",
    "apps/v1beta1",
    "apps/v1beta2",
    "authentication.k8s.io/v1",
    "authentication.k8s.io/v1alpha1",
    "authentication.k8s.io/v1beta1",
    "authorization.k8s.io/v1",
    "authorization.k8s.io/v1beta1",
    "autoscaling/v1",
    "autoscaling/v2",
    "batch/v1",
    "batch/v1beta1",
    "certificates.k8s.io/v1",
    "certificates.k8s.io/v1beta1",
    "certificates.k8s.io/v1alpha1",
    "coordination.k8s.io/v1alpha2",
    "coordination.k8s.io/v1beta1",
    "coordination.k8s.io/v1",
    "discovery.k8s.io/v1",
    "discovery.k8s.io/v1beta1",
    "events.k8s.io/v1",
    "events.k8s.io/v1beta1",
    "extensions/v1beta1",
    "flowcontrol.apiserver.k8s.io/v1",
    "flowcontrol.apiserver.k8s.io/v1beta1",
    "flowcontrol.apiserver.k8s.io/v1beta2",
    "flowcontrol.apiserver.k8s.io/v1beta3",
    "networking.k8s.io/v1",
    "networking.k8s.io/v1beta1",
    "node.k8s.io/v1",
    "node.k8s.io/v1alpha1",
    "node.k8s.io/v1beta1",
    "policy/v1",
    "policy/v1beta1",
    "rbac.authorization.k8s.io/v1",
    "rbac.authorization.k8s.io/v1beta1",
    "rbac.authorization.k8s.io/v1alpha1",
    "resource.k8s.io/v1",
    "resource.k8s.io/v1beta2",
    "resource.k8s.io/v1beta1",
    "resource.k8s.io/v1alpha3",
    "scheduling.k8s.io/v1alpha2",
    "scheduling.k8s.io/v1beta1",
    "scheduling.k8s.io/v1",
    "storage.k8s.io/v1beta1",
    "storage.k8s.io/v1",
    "storage.k8s.io/v1alpha1",
    "storagemigration.k8s.io/v1beta1",
    "apiextensions.k8s.io/v1beta1",
    "apiextensions.k8s.io/v1",
];
