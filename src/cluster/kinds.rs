//! Which resource of the API a kind is, and whether it lives in namespaces: asked of the server, once for each group and version.
//!
//! What the server does not have is asked again next time: a hook may bring it.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::APIResourceList;
use kube::api::{Api, ApiResource, DynamicObject};

use super::error::{ClusterError, ErrorKind};

/// A kind as the server serves it.
#[derive(Clone, Debug)]
pub struct Kind {
    /// Group, version, kind and plural.
    pub resource: ApiResource,
    /// Whether its objects live in namespaces.
    pub namespaced: bool,
}

impl Kind {
    /// The kind of this name in what a server says of a group and version.
    pub(super) fn in_list(list: &APIResourceList, api_version: &str, kind: &str) -> Option<Kind> {
        let found = list.resources.iter().find(|resource| resource.kind == kind && !resource.name.contains('/'))?;
        let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
        let resource = ApiResource {
            group: group.to_owned(),
            version: version.to_owned(),
            api_version: api_version.to_owned(),
            kind: kind.to_owned(),
            plural: found.name.clone(),
        };
        Some(Kind { resource, namespaced: found.namespaced })
    }

    /// The namespace an object of this kind lives in; `None` for kinds without.
    pub fn namespace<'a>(&self, own: Option<&'a str>, release: &'a str) -> Option<&'a str> {
        self.namespaced.then_some(own.unwrap_or(release))
    }

    /// Its objects in a namespace; the namespace is that of [`Kind::namespace`].
    pub fn api(&self, client: &kube::Client, namespace: Option<&str>) -> Api<DynamicObject> {
        match namespace.filter(|_| self.namespaced) {
            Some(namespace) => Api::namespaced_with(client.clone(), namespace, &self.resource),
            None => Api::all_with(client.clone(), &self.resource),
        }
    }
}

/// The kinds a server has, as far as somebody asked.
#[derive(Default)]
pub struct Kinds {
    known: RefCell<HashMap<String, Arc<APIResourceList>>>,
}

impl Kinds {
    /// The kind of an object.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] in Helm's words when the server has no such kind; otherwise what the server said.
    pub async fn find(&self, client: &kube::Client, api_version: &str, kind: &str) -> Result<Kind, ClusterError> {
        let known = self.known.borrow().get(api_version).cloned();
        let of_list = |list: &APIResourceList| Kind::in_list(list, api_version, kind);
        if let Some(kind) = known.as_deref().and_then(of_list) {
            return Ok(kind);
        }
        let missing = || {
            ClusterError::new(ErrorKind::NotFound, format!("no matches for kind {kind:?} in version {api_version:?}"))
        };
        let asked = match api_version.split_once('/') {
            Some(_) => client.list_api_group_resources(api_version).await,
            None => client.list_core_api_resources(api_version).await,
        };
        match asked.map_err(ClusterError::from) {
            Ok(list) => {
                let found = of_list(&list);
                self.known.borrow_mut().insert(api_version.to_owned(), Arc::new(list));
                found.ok_or_else(missing)
            }
            Err(error) if error.kind == ErrorKind::NotFound => Err(missing()),
            Err(error) => Err(error),
        }
    }
}
