//! What the pods of an object name: service accounts, volumes, variables, classes. One reading for every kind of tree.
//!
//! Knows where each kind keeps its pod template and where names stand in it; whether what is named is there is the business of others.

/// A tree one can walk: a document with places, or the JSON that is sent.
pub trait Tree: Sized + Copy {
    /// The value of a key.
    fn get(self, key: &str) -> Option<Self>;
    /// The items of a list; none for anything else.
    fn items(self) -> Vec<Self>;
    /// The text; `None` for null, an empty text and a collection.
    fn text(self) -> Option<String>;
    /// Whether it is `true`.
    fn is_true(self) -> bool;
    /// Whether it is a mapping.
    fn is_mapping(self) -> bool;
}

impl Tree for &serde_json::Value {
    fn get(self, key: &str) -> Option<Self> {
        serde_json::Value::get(self, key)
    }

    fn items(self) -> Vec<Self> {
        self.as_array().map(|items| items.iter().collect()).unwrap_or_default()
    }

    fn text(self) -> Option<String> {
        self.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
    }

    fn is_true(self) -> bool {
        self.as_bool() == Some(true)
    }

    fn is_mapping(self) -> bool {
        self.is_object()
    }
}

/// How much a pod depends on what it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// The pod does not start without.
    Hard,
    /// It may start without: a secret for pulling images.
    Soft,
    /// It starts without: `optional: true`.
    Optional,
}

/// A name in a pod's spec.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Named<T> {
    /// The kind of what is named.
    pub kind: &'static str,
    /// The name, where it is written.
    pub name: T,
    /// How much it is needed.
    pub need: Need,
    /// What the pod does with it: `mounts`, as in "Job `x` mounts Secret `y`".
    pub verb: &'static str,
}

/// The value at a path of keys.
pub fn at<T: Tree>(tree: T, path: &[&str]) -> Option<T> {
    path.iter().try_fold(tree, |tree, key| tree.get(key))
}

/// The pod template of an object, which holds `metadata` and `spec`; of a Pod the object itself.
pub fn template<T: Tree>(object: T, kind: &str) -> Option<T> {
    match kind {
        "Pod" => Some(object),
        "PodTemplate" => object.get("template"),
        "CronJob" | "ScheduledJob" => at(object, &["spec", "jobTemplate", "spec", "template"]),
        "Job" | "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" | "ReplicationController" => {
            at(object, &["spec", "template"])
        }
        // Workloads of other groups (a Rollout, a DeploymentConfig, a Knative Service) keep theirs in the same place.
        _ => at(object, &["spec", "template"]).filter(|template| at(*template, &["spec", "containers"]).is_some()),
    }
}

/// The containers of a pod's spec, those that initialize first; true for those.
pub fn containers<T: Tree>(spec: T) -> impl Iterator<Item = (T, bool)> {
    [("initContainers", true), ("containers", false)].into_iter().flat_map(move |(key, init)| {
        let list = spec.get(key).map(Tree::items).unwrap_or_default();
        list.into_iter().filter(|container| container.is_mapping()).map(move |container| (container, init))
    })
}

/// Every name in a pod's spec that the pod needs to start, or that is marked as not needed. What every namespace has is left out.
pub fn names<T: Tree>(spec: T) -> Vec<Named<T>> {
    let mut found = Vec::new();
    let mut add = |kind, name: Option<T>, need, verb| {
        found.extend(name.filter(|name| name.text().is_some()).map(|name| Named { kind, name, need, verb }));
    };
    let account = spec.get("serviceAccountName").or_else(|| spec.get("serviceAccount"));
    let named = |name: &T| name.text().is_some_and(|name| name != "default");
    add("ServiceAccount", account.filter(named), Need::Hard, "runs as");
    let own = |name: &T| name.text().is_some_and(|name| !name.starts_with("system-"));
    add("PriorityClass", spec.get("priorityClassName").filter(own), Need::Hard, "has the priority of");
    for secret in items(spec, &["imagePullSecrets"]) {
        add("Secret", secret.get("name"), Need::Soft, "pulls its images with");
    }
    // The object under a key with its name under another, which may be marked as optional.
    let mut source = |holder: T, key: &str, name: &str, kind, verb| {
        let Some(source) = holder.get(key) else { return };
        let optional = source.get("optional").is_some_and(Tree::is_true);
        add(kind, source.get(name), if optional { Need::Optional } else { Need::Hard }, verb);
    };
    for volume in items(spec, &["volumes"]) {
        source(volume, "configMap", "name", "ConfigMap", "mounts");
        source(volume, "secret", "secretName", "Secret", "mounts");
        source(volume, "persistentVolumeClaim", "claimName", "PersistentVolumeClaim", "mounts");
        for projected in items(volume, &["projected", "sources"]) {
            source(projected, "configMap", "name", "ConfigMap", "mounts");
            source(projected, "secret", "name", "Secret", "mounts");
        }
    }
    for (container, _) in containers(spec) {
        for variable in items(container, &["env"]) {
            let Some(from) = variable.get("valueFrom") else { continue };
            source(from, "configMapKeyRef", "name", "ConfigMap", "reads");
            source(from, "secretKeyRef", "name", "Secret", "reads");
        }
        for from in items(container, &["envFrom"]) {
            source(from, "configMapRef", "name", "ConfigMap", "reads");
            source(from, "secretRef", "name", "Secret", "reads");
        }
    }
    found
}

fn items<T: Tree>(tree: T, path: &[&str]) -> Vec<T> {
    at(tree, path).map(Tree::items).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_are_found_where_they_stand() {
        let spec = json!({
            "serviceAccountName": "sa", "priorityClassName": "system-node-critical", "imagePullSecrets": [{"name": "pull"}],
            "volumes": [{"secret": {"secretName": "s", "optional": true}}, {"projected": {"sources": [{"configMap": {"name": "p"}}]}}],
            "initContainers": [{"env": [{"valueFrom": {"secretKeyRef": {"name": "k"}}}]}],
            "containers": [{"envFrom": [{"configMapRef": {"name": ""}}]}, null]
        });
        let job = json!({"kind": "Job", "spec": {"template": {"spec": spec}}});
        let template = template(&job, "Job").and_then(|template| Tree::get(template, "spec")).unwrap();
        let found: Vec<String> =
            names(template).iter().map(|n| format!("{} {:?} {}", n.kind, n.need, n.name.text().unwrap())).collect();
        assert_eq!(
            found,
            ["ServiceAccount Hard sa", "Secret Soft pull", "Secret Optional s", "ConfigMap Hard p", "Secret Hard k"]
        );
    }
}
