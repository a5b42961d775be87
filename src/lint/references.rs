//! What the documents of a rendering need of each other: names in pod specs, and roles and subjects of bindings.
//!
//! Knows where a name is written and which documents carry it; whether they are there in time is the business of
//! [`availability`](super::availability). A name that no document carries comes from elsewhere and is nobody's concern.

use std::collections::HashMap;
use std::ops::Range;

use crate::go::yaml::Node;
pub use crate::hooks::pods::Need;
use crate::hooks::pods::{self as of_pods, Tree};

use super::availability::{Lookup, Order};
use super::pods::{self, Object};
use super::{Doc, Subject};

/// The API group of roles and bindings.
pub(super) const RBAC: &str = "rbac.authorization.k8s.io";

/// A name in a pod spec.
#[derive(Clone, Debug)]
pub struct Reference {
    /// The kind of what is named.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// Where the name is written, in the document that needs it.
    pub span: Range<u32>,
    /// How much it is needed.
    pub need: Need,
    /// What the pod does with it: ``mounts``, as in "Job `x` mounts Secret `y`".
    pub verb: &'static str,
    /// The documents that are that object, in the order of the documents; empty for a name from elsewhere.
    pub providers: Vec<usize>,
}

/// A RoleBinding or ClusterRoleBinding.
#[derive(Clone, Debug)]
pub struct Binding {
    /// Its document.
    pub doc: usize,
    /// The service accounts it names: namespace and name.
    pub accounts: Vec<(String, String)>,
    /// The documents of its role; empty for a role from elsewhere.
    pub roles: Vec<usize>,
}

/// What the documents of a rendering need of each other, and in which order its hooks run.
#[derive(Debug)]
pub struct Dependencies {
    references: Vec<Vec<Reference>>,
    /// The bindings, in the order of the documents.
    pub bindings: Vec<Binding>,
    /// Who runs when.
    pub(super) order: Order,
    pub(super) lookups: std::cell::OnceCell<Vec<Lookup>>,
}

impl Reference {
    /// `Kind name`, for messages.
    pub fn title(&self) -> String {
        format!("{} `{}`", self.kind, self.name)
    }
}

impl Dependencies {
    /// Reads all documents of a rendering.
    pub fn of(subject: &Subject) -> Dependencies {
        let index = Index::of(subject);
        let mut all: Vec<Vec<Reference>> = vec![Vec::new(); subject.documents.len()];
        for (at, doc) in known(subject) {
            if let Some(slot) = all.get_mut(at) {
                *slot = references(subject, doc, &index);
            }
        }
        Dependencies {
            references: all,
            bindings: known(subject).flat_map(|(at, doc)| bindings(subject, at, doc, &index)).collect(),
            order: Order::of(subject),
            lookups: std::cell::OnceCell::new(),
        }
    }

    /// The names in the pod spec of a document, in the order they are written.
    pub fn references(&self, doc: usize) -> &[Reference] {
        self.references.get(doc).map_or(&[], Vec::as_slice)
    }

    /// The documents whose pods name an object, hooks or not, each with the name as it needs it most.
    pub fn users(&self, provider: usize) -> impl Iterator<Item = (usize, &Reference)> {
        let named = move |refs: &'_ Vec<Reference>| {
            let named = refs.iter().enumerate().filter(move |(_, r)| r.providers.contains(&provider));
            named.min_by_key(|(_, reference)| reference.need).map(|(at, _)| at)
        };
        self.references.iter().enumerate().filter_map(move |(doc, refs)| Some((doc, refs.get(named(refs)?)?)))
    }

    /// The bindings of the service account a document's pods run as, when they name one.
    pub fn bindings_of(&self, subject: &Subject, doc: usize) -> Vec<&Binding> {
        let Some(account) = self.references(doc).iter().find(|reference| reference.kind == "ServiceAccount") else {
            return Vec::new();
        };
        let Some(namespace) = subject.documents.get(doc).map(|doc| subject.namespace_of(doc)) else {
            return Vec::new();
        };
        let account = (namespace, account.name.clone());
        self.bindings.iter().filter(|binding| binding.accounts.contains(&account)).collect()
    }

    /// The hooks that need a document: that name it, or run as an account it gives rights to.
    pub fn dependents(&self, subject: &Subject, provider: usize) -> Vec<usize> {
        let binds = |binding: &&Binding| binding.doc == provider || binding.roles.contains(&provider);
        let hooks = subject.hooks().map(|(at, _, _)| at);
        let needs = |at: usize| self.references(at).iter().any(|reference| reference.providers.contains(&provider));
        hooks.filter(|at| needs(*at) || self.bindings_of(subject, *at).iter().any(binds)).collect()
    }
}

/// The documents by kind, name and namespace; the namespace is empty for kinds that live in none.
struct Index {
    docs: HashMap<(String, String, String), Vec<usize>>,
}

impl Index {
    fn of(subject: &Subject) -> Index {
        let mut docs: HashMap<_, Vec<usize>> = HashMap::new();
        for (at, doc) in known(subject) {
            for object in pods::objects(doc) {
                let kind = object.kind();
                if kind_group(&kind).is_some_and(|known| known == group(object)) {
                    let namespace = namespace(subject, object);
                    docs.entry(key(&kind, &object.name(), &namespace)).or_default().push(at);
                }
            }
        }
        Index { docs }
    }

    fn find(&self, kind: &str, name: &str, namespace: &str) -> Vec<usize> {
        self.docs.get(&key(kind, name, namespace)).cloned().unwrap_or_default()
    }
}

fn key(kind: &str, name: &str, namespace: &str) -> (String, String, String) {
    let clusterwide = matches!(kind, "PriorityClass" | "ClusterRole");
    (kind.to_owned(), name.to_owned(), if clusterwide { String::new() } else { namespace.to_owned() })
}

/// The kinds that are referred to, and the group each is from: a kind of the same name in another group is something else.
fn kind_group(kind: &str) -> Option<&'static str> {
    match kind {
        "ServiceAccount" | "ConfigMap" | "Secret" | "PersistentVolumeClaim" => Some(""),
        "PriorityClass" => Some("scheduling.k8s.io"),
        "Role" | "ClusterRole" => Some(RBAC),
        _ => None,
    }
}

/// The group of an object.
fn group(object: Object<'_>) -> String {
    let version = pods::text(object.node, &["apiVersion"]).unwrap_or_default();
    version.split_once('/').map_or("", |(group, _)| group).to_owned()
}

/// What Helm creates: objects of the release and hooks.
fn known(subject: &Subject) -> impl Iterator<Item = (usize, &Doc)> {
    subject.documents.iter().enumerate().filter(|(_, doc)| doc.is_plain() || doc.hook().is_some())
}

fn namespace(subject: &Subject, object: Object<'_>) -> String {
    pods::text(object.node, &["metadata", "namespace"]).unwrap_or_else(|| subject.release.namespace.clone())
}

/// The items of a list in a mapping.
fn items<'d>(mapping: Node<'d>, path: &[&str]) -> impl Iterator<Item = Node<'d>> {
    pods::get(mapping, path).into_iter().flat_map(Node::items).map(Node::target)
}

fn references(subject: &Subject, doc: &Doc, index: &Index) -> Vec<Reference> {
    let mut references: Vec<Reference> = Vec::new();
    for pod in pods::pods(doc) {
        let namespace = namespace(subject, pod.object);
        references.extend(of_pods::names(pod.spec).into_iter().filter_map(|named| {
            let name = Tree::text(named.name)?;
            let providers = index.find(named.kind, &name, &namespace);
            let of_pods::Named { kind, need, verb, name: node } = named;
            Some(Reference { kind, name, span: node.span(), need, verb, providers })
        }));
    }
    references.sort_by_key(|reference| reference.span.start);
    references
}

fn bindings(subject: &Subject, at: usize, doc: &Doc, index: &Index) -> Vec<Binding> {
    let binding = |object: Object<'_>| {
        let known = matches!(object.kind().as_str(), "RoleBinding" | "ClusterRoleBinding") && group(object) == RBAC;
        let own = namespace(subject, object);
        let account = |subject: Node<'_>| {
            let is_account = pods::text(subject, &["kind"]).as_deref() == Some("ServiceAccount");
            let namespace = pods::text(subject, &["namespace"]).unwrap_or_else(|| own.clone());
            Some((namespace, pods::text(subject, &["name"]).filter(|_| is_account)?))
        };
        let role = |key: &str| pods::text(object.node, &["roleRef", key]).unwrap_or_default();
        known.then(|| Binding {
            doc: at,
            accounts: items(object.node, &["subjects"]).filter_map(account).collect(),
            roles: index.find(&role("kind"), &role("name"), &own),
        })
    };
    pods::objects(doc).into_iter().filter_map(binding).collect()
}
