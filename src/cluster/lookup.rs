//! `lookup`: what templates may read of a cluster.
//!
//! Mirrors `pkg/engine/lookup_func.go`, and of `apimachinery` how objects become maps. Reads only.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::APIResourceList;
use kube::api::{DynamicObject, GetParams, ListParams, Request};

use crate::go::value::{Map, Value};

use super::connect::Cluster;
use super::error::{ClusterError, ErrorKind};
use super::kinds::Kind;

/// Answers look-ups, one at a time.
#[derive(Default)]
pub struct Lookups {
    known: RefCell<HashMap<String, Arc<APIResourceList>>>,
}

impl Lookups {
    /// What `lookup` gives: the object, a list when no name is given, an empty map when there is nothing.
    ///
    /// # Errors
    /// In Helm's words.
    pub async fn find(
        &self,
        cluster: &Cluster,
        api_version: &str,
        kind: &str,
        namespace: &str,
        name: &str,
    ) -> Result<Map, String> {
        let nothing = || Ok(Value::dict());
        let list = self.resources(cluster, api_version).await.map_err(|error| {
            let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
            let shown = if group.is_empty() { format!("/{version}") } else { format!("{group}/{version}") };
            // What client-go says of a group or version that is not there.
            let words = match error.kind {
                ErrorKind::NotFound => "the server could not find the requested resource",
                _ => &error.message,
            };
            format!("unable to get apiresource from unstructured: {shown}, Kind={kind}: {words}")
        })?;
        // Helm asks for a resource without a name then, which the server does not find.
        let Some(Kind { resource, namespaced }) = Kind::in_list(&list, api_version, kind) else {
            return nothing();
        };
        let namespace = Some(namespace).filter(|namespace| namespaced && !namespace.is_empty());
        let request = Request::new(<DynamicObject as kube::Resource>::url_path(&resource, namespace));
        let request = if name.is_empty() {
            request.list(&ListParams::default())
        } else {
            request.get(name, &GetParams::default())
        };
        let request = request.map_err(|error| error.to_string())?;
        match cluster.client.request::<serde_json::Value>(request).await.map_err(ClusterError::from) {
            Ok(mut answer) => {
                complete_items(&mut answer);
                Ok(as_map(&answer))
            }
            Err(error) if error.kind == ErrorKind::NotFound => nothing(),
            Err(error) => Err(error.message),
        }
    }

    async fn resources(&self, cluster: &Cluster, api_version: &str) -> Result<Arc<APIResourceList>, ClusterError> {
        if let Some(known) = self.known.borrow().get(api_version) {
            return Ok(Arc::clone(known));
        }
        let client = &cluster.client;
        let list = match api_version.split_once('/') {
            Some(_) => client.list_api_group_resources(api_version).await?,
            None => client.list_core_api_resources(api_version).await?,
        };
        let list = Arc::new(list);
        self.known.borrow_mut().insert(api_version.to_owned(), Arc::clone(&list));
        Ok(list)
    }
}

/// Servers leave the type out of a list's items; client-go puts it in.
fn complete_items(answer: &mut serde_json::Value) {
    let text = |value: &serde_json::Value, key: &str| value.get(key).and_then(|text| text.as_str()).map(str::to_owned);
    let kind = text(answer, "kind").unwrap_or_default();
    let kind = kind.strip_suffix("List").unwrap_or(&kind).to_owned();
    let api_version = text(answer, "apiVersion").unwrap_or_default();
    let Some(items) = answer.get_mut("items").and_then(|items| items.as_array_mut()) else { return };
    for item in items {
        let typed = ["kind", "apiVersion"].iter().all(|key| text(item, key).is_some_and(|text| !text.is_empty()));
        if let Some(item) = item.as_object_mut().filter(|_| !typed) {
            item.insert("kind".to_owned(), kind.as_str().into());
            item.insert("apiVersion".to_owned(), api_version.as_str().into());
        }
    }
}

/// An object of JSON as Go has it in a `map[string]interface{}`.
pub fn as_map(json: &serde_json::Value) -> Map {
    let map = Value::dict();
    for (key, value) in json.as_object().into_iter().flatten() {
        // Only a nil map refuses.
        let _ = map.insert(key.as_str(), as_value(value));
    }
    map
}

fn as_value(json: &serde_json::Value) -> Value {
    match json {
        serde_json::Value::Null => Value::Nil,
        serde_json::Value::Bool(flag) => Value::Bool(*flag),
        // Kubernetes keeps whole numbers whole, unlike Go's own JSON.
        serde_json::Value::Number(number) => match number.as_i64() {
            Some(number) => Value::int64(number),
            None => Value::float(number.as_f64().unwrap_or_default()),
        },
        serde_json::Value::String(text) => Value::string(text.as_str()),
        serde_json::Value::Array(items) => Value::list(items.iter().map(as_value).collect()),
        serde_json::Value::Object(_) => Value::Map(as_map(json)),
    }
}
