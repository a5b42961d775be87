//! Where records lie: listed by their labels alone, fetched one at a time.
//!
//! Mirrors `pkg/storage/storage.go` and the drivers below it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use k8s_openapi::api::core::v1::{ConfigMap, Secret};
use kube::api::{Api, ListParams, PartialObjectMeta, PostParams};
use kube::core::ObjectMeta;

use super::fields::Fields;
use super::{Driver, StoredRelease, record};
use crate::cluster::error::{ClusterError, ErrorKind};

/// How many records are listed at a time.
const PAGE: u32 = 500;

/// The records of a namespace, or of all.
#[derive(Clone)]
pub struct Store {
    client: kube::Client,
    driver: Driver,
    namespace: Option<String>,
}

/// What the labels of a record say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordHead {
    /// The release.
    pub name: String,
    /// Its namespace.
    pub namespace: String,
    /// The revision.
    pub revision: u32,
    /// Its status.
    pub status: String,
    /// The object that holds it.
    pub object: String,
    /// When that object was made.
    pub created: Option<Timestamp>,
}

/// A record to be written back: its JSON cut into fields, and the object as it was read.
pub struct Stored {
    /// The fields of the release.
    pub fields: Fields,
    namespace: String,
    object: Object,
}

enum Object {
    Secret(Box<Secret>),
    ConfigMap(Box<ConfigMap>),
}

impl Stored {
    /// The version of the object, which an update is guarded by.
    pub fn resource_version(&self) -> Option<&str> {
        match &self.object {
            Object::Secret(secret) => secret.metadata.resource_version.as_deref(),
            Object::ConfigMap(map) => map.metadata.resource_version.as_deref(),
        }
    }
}

impl Store {
    /// The records of a namespace; of all when it is `None`.
    pub fn new(client: kube::Client, driver: Driver, namespace: Option<String>) -> Store {
        Store { client, driver, namespace }
    }

    /// The driver.
    pub fn driver(&self) -> Driver {
        self.driver
    }

    /// The heads of all records, or of one release, sorted by namespace, name and revision. Records that are not Helm's are left out.
    ///
    /// # Errors
    /// What the server says.
    pub async fn heads(&self, release: Option<&str>) -> Result<Vec<RecordHead>, ClusterError> {
        let mut heads = match self.driver {
            Driver::Secret => self.listed::<Secret>(release).await,
            Driver::ConfigMap => self.listed::<ConfigMap>(release).await,
        }?;
        heads.sort_by(|a, b| (&a.namespace, &a.name, a.revision).cmp(&(&b.namespace, &b.name, b.revision)));
        Ok(heads)
    }

    /// The newest record of each release, by namespace and name.
    ///
    /// # Errors
    /// What the server says.
    pub async fn newest_heads(&self) -> Result<Vec<RecordHead>, ClusterError> {
        let mut heads = self.heads(None).await?;
        heads.reverse();
        heads.dedup_by(|later, kept| (&later.namespace, &later.name) == (&kept.namespace, &kept.name));
        heads.reverse();
        Ok(heads)
    }

    /// The revisions of a release, oldest first.
    ///
    /// # Errors
    /// What the server says; a release without records is an empty list.
    pub async fn history(&self, release: &str) -> Result<Vec<RecordHead>, ClusterError> {
        self.heads(Some(release)).await
    }

    async fn listed<K>(&self, release: Option<&str>) -> Result<Vec<RecordHead>, ClusterError>
    where
        K: kube::Resource<DynamicType = (), Scope = kube::core::NamespaceResourceScope>
            + Clone
            + serde::de::DeserializeOwned
            + std::fmt::Debug,
    {
        let api: Api<K> = match &self.namespace {
            Some(namespace) => Api::namespaced(self.client.clone(), namespace),
            None => Api::all(self.client.clone()),
        };
        let selector = match release {
            Some(release) => format!("owner=helm,name={release}"),
            None => "owner=helm".to_owned(),
        };
        let mut params = ListParams::default().labels(&selector).limit(PAGE);
        let mut heads = Vec::new();
        loop {
            let page = match api.list_metadata(&params).await.map_err(ClusterError::from) {
                Ok(page) => page,
                // Pages that took too long are no longer there: all over again.
                Err(error) if error.kind == ErrorKind::Gone && params.continue_token.is_some() => {
                    params.continue_token = None;
                    heads.clear();
                    continue;
                }
                Err(error) => return Err(error),
            };
            heads.extend(page.items.iter().filter_map(head::<K>));
            params.continue_token = page.metadata.continue_.filter(|token| !token.is_empty());
            if params.continue_token.is_none() {
                return Ok(heads);
            }
        }
    }

    /// The record of a head.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] when it is gone; [`ErrorKind::Other`], naming the object, when it is damaged.
    pub async fn read(&self, head: &RecordHead) -> Result<StoredRelease, ClusterError> {
        let (payload, _) = self.payload(&head.namespace, &head.object).await?;
        record::decode(&payload).map_err(|what| damaged(self.driver, head, &what))
    }

    /// A revision of a release.
    ///
    /// # Errors
    /// As [`Store::read`].
    pub async fn get(&self, release: &str, revision: u32) -> Result<StoredRelease, ClusterError> {
        let history = self.history(release).await?;
        match history.iter().find(|head| head.revision == revision) {
            Some(head) => self.read(head).await,
            None => {
                Err(ClusterError::new(ErrorKind::NotFound, format!("release {release:?} has no revision {revision}")))
            }
        }
    }

    /// The newest revision of a release; `None` when it has no records.
    ///
    /// # Errors
    /// As [`Store::read`].
    pub async fn newest(&self, release: &str) -> Result<Option<StoredRelease>, ClusterError> {
        match self.history(release).await?.last() {
            Some(head) => self.read(head).await.map(Some),
            None => Ok(None),
        }
    }

    /// A record to be changed and written back.
    ///
    /// # Errors
    /// As [`Store::read`].
    pub async fn open(&self, head: &RecordHead) -> Result<Stored, ClusterError> {
        let (payload, object) = self.payload(&head.namespace, &head.object).await?;
        let text = record::json(&payload).map_err(|what| damaged(self.driver, head, &what))?;
        let fields = Fields::of(&text).ok_or_else(|| damaged(self.driver, head, "it is no release"))?;
        Ok(Stored { fields, namespace: head.namespace.clone(), object })
    }

    /// Writes a record back as Helm does; the labels `status` and `modifiedAt` follow.
    ///
    /// # Errors
    /// [`ErrorKind::Conflict`] when somebody else has changed it since it was read.
    pub async fn write(&self, stored: Stored, status: &str, now: Timestamp) -> Result<(), ClusterError> {
        let packed = record::encode(&stored.fields.text())
            .map_err(|_| ClusterError::new(ErrorKind::Other, "the record cannot be packed"))?;
        let label = |metadata: &mut ObjectMeta| {
            let labels = metadata.labels.get_or_insert_default();
            labels.insert("status".to_owned(), status.to_owned());
            labels.insert("modifiedAt".to_owned(), now.as_second().to_string());
        };
        let params = PostParams { field_manager: Some("helm".to_owned()), ..PostParams::default() };
        match stored.object {
            Object::Secret(mut secret) => {
                label(&mut secret.metadata);
                let data = secret.data.get_or_insert_default();
                data.insert(KEY.to_owned(), k8s_openapi::ByteString(packed.into_bytes()));
                let name = secret.metadata.name.clone().unwrap_or_default();
                Api::<Secret>::namespaced(self.client.clone(), &stored.namespace)
                    .replace(&name, &params, &secret)
                    .await?;
            }
            Object::ConfigMap(mut map) => {
                label(&mut map.metadata);
                map.data.get_or_insert_default().insert(KEY.to_owned(), packed);
                let name = map.metadata.name.clone().unwrap_or_default();
                Api::<ConfigMap>::namespaced(self.client.clone(), &stored.namespace)
                    .replace(&name, &params, &map)
                    .await?;
            }
        }
        Ok(())
    }

    /// What an object holds, and the object.
    async fn payload(&self, namespace: &str, name: &str) -> Result<(Vec<u8>, Object), ClusterError> {
        let empty = || {
            let resource = self.driver.resource();
            ClusterError::new(ErrorKind::Other, format!("{resource}/{name} in {namespace} holds no release"))
        };
        match self.driver {
            Driver::Secret => {
                let mut secret = Api::<Secret>::namespaced(self.client.clone(), namespace).get(name).await?;
                let payload = secret.data.as_mut().and_then(|data| data.remove(KEY)).ok_or_else(empty)?;
                Ok((payload.0, Object::Secret(Box::new(secret))))
            }
            Driver::ConfigMap => {
                let mut map = Api::<ConfigMap>::namespaced(self.client.clone(), namespace).get(name).await?;
                let payload = map.data.as_mut().and_then(|data| data.remove(KEY)).ok_or_else(empty)?;
                Ok((payload.into_bytes(), Object::ConfigMap(Box::new(map))))
            }
        }
    }
}

/// The key of a record in its object.
const KEY: &str = "release";

fn damaged(driver: Driver, head: &RecordHead, what: &str) -> ClusterError {
    let RecordHead { name, revision, namespace, object, .. } = head;
    let resource = driver.resource();
    ClusterError::new(
        ErrorKind::Other,
        format!(
            "the record of revision {revision} of {name:?} cannot be read: {what} ({resource}/{object} in {namespace})"
        ),
    )
}

fn head<K>(object: &PartialObjectMeta<K>) -> Option<RecordHead> {
    let none = BTreeMap::new();
    let metadata = &object.metadata;
    let labels = metadata.labels.as_ref().unwrap_or(&none);
    let name = metadata.name.clone()?;
    Some(RecordHead {
        name: labels.get("name")?.clone(),
        namespace: metadata.namespace.clone().unwrap_or_default(),
        revision: labels.get("version")?.parse().ok()?,
        status: labels.get("status").cloned().unwrap_or_default(),
        created: metadata.creation_timestamp.as_ref().map(|time| time.0),
        object: name,
    })
}
