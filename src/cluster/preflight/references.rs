//! Whether what the hooks' pods name is there, or brought by an earlier hook: else the pods wait for it until the timeout.

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt, stream};
use k8s_openapi::api::core::v1::{ConfigMap, PersistentVolumeClaim, Secret, ServiceAccount};
use k8s_openapi::api::scheduling::v1::PriorityClass;
use kube::api::Api;
use kube::core::Resource;

use crate::hooks::pods::{self, Need, Tree};

use super::super::error::{ClusterError, ErrorKind};
use super::{Check, Looked, Problem, Remark, Report};

/// So many are asked for at once.
const AT_ONCE: usize = 8;

/// Kind, name, namespace.
type Key = (&'static str, String, String);

/// A name in a pod, with the hook it is of.
struct Use {
    hook: u32,
    object: std::sync::Arc<crate::hooks::ObjectRef>,
    need: Need,
    verb: &'static str,
}

/// Looks all of them up.
pub(super) async fn check(looked: &Looked<'_>, report: &mut Report) -> Result<(), ClusterError> {
    let mut uses: BTreeMap<Key, Vec<Use>> = BTreeMap::new();
    let hooks = looked.phase.plan.hooks.iter().zip(&looked.phase.hooks);
    for (planned, sent) in hooks.filter(|(planned, _)| looked.runs(planned.order)) {
        for (object, body) in planned.hook.objects.iter().zip(&sent.bodies) {
            let spec = pods::template(body, &object.kind).and_then(|template| Tree::get(template, "spec"));
            for named in spec.map(pods::names).unwrap_or_default() {
                let Some(name) = Tree::text(named.name).filter(|_| named.need != Need::Optional) else { continue };
                let key = (named.kind, name, looked.namespace(object).to_owned());
                let of = Use { hook: planned.order, object: object.clone(), need: named.need, verb: named.verb };
                uses.entry(key).or_default().push(of);
            }
        }
    }
    let keys: BTreeSet<&Key> = uses.keys().collect();
    let look = |key| async move { (key, exists(looked, key).await) };
    let answers: Vec<(&Key, Result<bool, ClusterError>)> =
        stream::iter(keys.into_iter().map(look)).buffered(AT_ONCE).collect().await;
    let mut found = 0;
    for (key, answer) in answers {
        let (kind, name, namespace) = key;
        let uses = uses.get(key).map(Vec::as_slice).unwrap_or_default();
        match answer {
            Ok(true) => found += 1,
            Ok(false) => {
                for of in uses {
                    if looked.brought.earlier(kind, name, namespace, of.hook).is_none() {
                        missing(looked, key, of, report);
                    } else {
                        found += 1;
                    }
                }
            }
            Err(error) if error.kind == ErrorKind::Forbidden => {
                let (hook, object) = uses.first().map(|of| (of.hook, of.object.clone())).unzip();
                let message = format!("whether {kind}/{name} exists: not allowed to get it");
                report.unchecked.push(Remark { check: Check::References, hook, object, message });
            }
            Err(error) => return Err(error),
        }
    }
    report.references = Some(found);
    Ok(())
}

fn missing(looked: &Looked<'_>, (kind, name, namespace): &Key, of: &Use, report: &mut Report) {
    let (check, hook, object) = (Check::References, Some(of.hook), Some(of.object.clone()));
    let verb = of.verb;
    if of.need == Need::Soft {
        let message = format!("{verb} {kind}/{name}, which does not exist in {namespace}");
        report.warnings.push(Remark { check, hook, object, message });
        return;
    }
    let place = if *kind == "PriorityClass" { String::new() } else { format!(" in {namespace}") };
    let (message, help) = match looked.brought.later(kind, name, namespace, of.hook) {
        Some(later) => (
            format!("{verb} {kind}/{name}, which only the later hook {later} brings"),
            "Give that hook a smaller weight in the chart.".to_owned(),
        ),
        None => (
            format!("{verb} {kind}/{name}, which does not exist{place}"),
            "The hook would wait for it until the timeout. Create it, or see whether the chart's objects are installed.".to_owned(),
        ),
    };
    report.problems.push(Problem { check, hook, object, message, help: Some(help) });
}

/// Only the metadata is asked for: nothing of a Secret's content comes here.
async fn exists(looked: &Looked<'_>, (kind, name, namespace): &Key) -> Result<bool, ClusterError> {
    let client = looked.cluster.client.clone();
    match *kind {
        "ServiceAccount" => there(Api::<ServiceAccount>::namespaced(client, namespace), name).await,
        "ConfigMap" => there(Api::<ConfigMap>::namespaced(client, namespace), name).await,
        "Secret" => there(Api::<Secret>::namespaced(client, namespace), name).await,
        "PersistentVolumeClaim" => there(Api::<PersistentVolumeClaim>::namespaced(client, namespace), name).await,
        "PriorityClass" => there(Api::<PriorityClass>::all(client), name).await,
        _ => Ok(true),
    }
}

async fn there<K>(api: Api<K>, name: &str) -> Result<bool, ClusterError>
where
    K: Clone + std::fmt::Debug + serde::de::DeserializeOwned + Resource,
    K::DynamicType: Default,
{
    Ok(api.get_metadata_opt(name).await.map_err(ClusterError::from)?.is_some())
}
