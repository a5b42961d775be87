use std::sync::Arc;

use serde_json::{Value, json};

use super::*;
use crate::cluster::phase::{PhaseHook, PhaseSource};
use crate::cluster::scripted::{Call, Calls, cluster, status};
use crate::helm::dialect::Engine;
use crate::hooks::{Event, Hook, Method, RecordedHook, Release, Rendering, plan_event};

fn phase(manifests: &[&str], method: Method) -> Phase {
    let hook = |text: &&str| {
        let body: Value = serde_json::from_str(text).unwrap();
        let record = RecordedHook {
            name: body["metadata"]["name"].as_str().unwrap_or_default().to_owned(),
            kind: body["kind"].as_str().unwrap_or_default().to_owned(),
            path: "c/templates/a.yaml".into(),
            manifest: (*text).to_owned(),
            events: vec!["pre-upgrade".into()],
            weight: body["metadata"]["annotations"]["weight"].as_str().map_or(0, |w| w.parse().unwrap()),
            ..RecordedHook::default()
        };
        Arc::new(Hook::from_record(&record))
    };
    let hooks: Vec<Arc<Hook>> = manifests.iter().map(hook).collect();
    let engine = Engine::Helm3;
    let plan = plan_event(&hooks, Event::PreUpgrade, Rendering::Upgrade, "prod", engine.dialect()).unwrap();
    let plan = plan.with_method(method);
    let sent = |planned: &crate::hooks::PlannedHook| {
        let at = hooks.iter().position(|hook| Arc::ptr_eq(hook, &planned.hook)).unwrap();
        PhaseHook { manifest: manifests[at].to_owned(), bodies: vec![serde_json::from_str(manifests[at]).unwrap()] }
    };
    Phase {
        event: Event::PreUpgrade,
        release: Release { name: "shop".into(), namespace: "prod".into() },
        engine,
        source: PhaseSource::Record { revision: 3, status: "deployed".into() },
        method,
        failures: plan.failures("prod", engine),
        hooks: plan.hooks.iter().map(sent).collect(),
        plan,
    }
}

const JOB: &str = r#"{"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"migrate"},"spec":{"template":{"spec":{
    "serviceAccountName":"sa","containers":[{"name":"c","image":"i","envFrom":[{"secretRef":{"name":"db"}}]}]}}}}"#;
const ACCOUNT: &str =
    r#"{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"sa","annotations":{"weight":"-1"}}}"#;

/// Kinds, rights for all but what is denied, and otherwise what the test says.
async fn report(
    phase: &Phase,
    intent: &Intent,
    level: Level,
    denied: &'static [&'static str],
    answer: impl Fn(&Call) -> Option<(u16, Value)> + Send + Sync + 'static,
) -> (Report, Calls) {
    let resources = |of: &[(&str, &str)]| {
        let list: Vec<Value> = of
            .iter()
            .map(
                |(name, kind)| json!({"name": name, "singularName": "", "namespaced": true, "kind": kind, "verbs": []}),
            )
            .collect();
        (200, json!({"kind": "APIResourceList", "groupVersion": "v1", "resources": list}))
    };
    let (cluster, calls) = cluster(move |call| match call.path.split('?').next().unwrap() {
        "/apis/batch/v1" => resources(&[("jobs", "Job")]),
        "/api/v1" => resources(&[("serviceaccounts", "ServiceAccount"), ("configmaps", "ConfigMap")]),
        "/apis/example.com/v1" => status(404, "NotFound", "no"),
        "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews" => {
            let asked = &call.body["spec"]["resourceAttributes"];
            let text = |key: &str| asked[key].as_str().unwrap_or_default();
            let right = format!("{} {}{} {}", text("verb"), text("resource"), text("subresource"), text("name"));
            let allowed = !denied.iter().any(|denied| right.trim_end() == *denied);
            (201, json!({"spec": call.body["spec"], "status": {"allowed": allowed}}))
        }
        _ => answer(call).unwrap_or_else(|| match call.method.as_str() {
            "GET" => status(404, "NotFound", "none"),
            _ => (201, call.body.clone()),
        }),
    });
    (check(&cluster, phase, intent, level).await.unwrap(), calls)
}

fn said(report: &Report) -> Vec<String> {
    report.problems.iter().map(|problem| problem.message.clone()).collect()
}

#[tokio::test]
async fn every_right_is_asked_for_and_a_name_may_be_enough() {
    let intent = Intent { waits_for_deletions: true, reads_logs: true, locks: true, ..Intent::default() };
    let phase = phase(&[JOB], Method::Apply);
    let denied = &["delete jobs", "patch jobs", "patch jobs migrate", "get podslog", "list events"];
    let (report, _) = report(&phase, &intent, Level::Rights, denied, |_| None).await;
    assert_eq!(
        said(&report),
        ["not allowed to get pods/log in prod", "not allowed to patch jobs.batch in prod (migrate)"]
    );
    let help = report.problems[1].help.as_deref().unwrap();
    assert!(help.contains(r#"{apiGroups: ["batch"], resources: ["jobs"], verbs: ["patch"]}"#), "{help}");
    assert_eq!((report.rights, report.dry_runs, report.warnings.len()), (Some(12), None, 1));
}

#[tokio::test]
async fn nothing_is_written() {
    let (report, calls) = report(&phase(&[JOB, ACCOUNT], Method::Post), &Intent::default(), Level::All, &[], |call| {
        call.path.starts_with("/api/v1/namespaces/prod/secrets/db").then(|| (200, json!({"metadata": {"name": "db"}})))
    })
    .await;
    assert_eq!((said(&report), report.dry_runs, report.references), (vec![], Some(2), Some(2)));
    let writes: Vec<String> =
        calls.lock().unwrap().iter().filter(|call| call.method != "GET").map(|call| call.path.clone()).collect();
    assert!(writes.iter().all(|path| path.contains("dryRun=All") || path.contains("selfsubject")), "{writes:?}");
}

#[tokio::test]
async fn what_is_deleted_first_is_tried_under_another_name() {
    let account = |call: &Call| match call.method.as_str() {
        "GET" if call.path.contains("/serviceaccounts/") => Some((200, json!({"metadata": {"name": "sa"}}))),
        "POST" if call.body["metadata"]["name"] == "sa" => Some(status(409, "AlreadyExists", "there")),
        _ => None,
    };
    let (report, calls) = report(&phase(&[ACCOUNT], Method::Post), &Intent::default(), Level::All, &[], account).await;
    assert_eq!((said(&report), report.dry_runs), (vec![], Some(1)));
    let calls = calls.lock().unwrap();
    let name = calls.last().unwrap().body["metadata"]["name"].as_str().unwrap();
    assert!(name.starts_with("sa-preflight-"), "{name}");
}

#[tokio::test]
async fn a_refused_object_and_a_missing_name_are_problems() {
    let refuse = |call: &Call| {
        let job = call.method == "PATCH" && call.path.contains("/jobs/");
        job.then(|| status(422, "Invalid", "Job.batch \"migrate\" is invalid: spec.template"))
    };
    let (found, _) = report(&phase(&[JOB], Method::Apply), &Intent::default(), Level::All, &[], refuse).await;
    assert_eq!(
        said(&found),
        [
            "Job.batch \"migrate\" is invalid: spec.template",
            "reads Secret/db, which does not exist in prod",
            "runs as ServiceAccount/sa, which does not exist in prod"
        ]
    );
    // The same refusal, when an earlier hook brings what the job names.
    let (found, _) = report(&phase(&[JOB, ACCOUNT], Method::Apply), &Intent::default(), Level::All, &[], refuse).await;
    assert_eq!(said(&found), ["reads Secret/db, which does not exist in prod"]);
    assert_eq!(found.unchecked.len(), 1);
}

#[tokio::test]
async fn a_kind_that_a_hook_brings_is_named_as_unchecked() {
    let crd = r#"{"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"widgets.example.com","annotations":{"weight":"-1"}},"spec":{"group":"example.com","names":{"kind":"Widget"}}}"#;
    let widget = r#"{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"w"}}"#;
    let crds = |call: &Call| {
        let list = json!({"kind": "APIResourceList", "groupVersion": "x", "resources": [{"name": "customresourcedefinitions", "singularName": "", "namespaced": false, "kind": "CustomResourceDefinition", "verbs": []}]});
        (call.path == "/apis/apiextensions.k8s.io/v1").then_some((200, list))
    };
    let (both, _) = report(&phase(&[crd, widget], Method::Post), &Intent::default(), Level::All, &[], crds).await;
    assert_eq!(said(&both), Vec::<String>::new());
    assert!(
        both.unchecked.iter().any(|remark| remark.message.contains("its kind is brought by CustomResourceDefinition/"))
    );
    let (alone, _) = report(&phase(&[widget], Method::Post), &Intent::default(), Level::All, &[], |_| None).await;
    assert_eq!(said(&alone), ["no matches for kind \"Widget\" in version \"example.com/v1\""]);
}

#[test]
fn a_pending_release_is_left_alone() {
    let release = Release { name: "shop".into(), namespace: "prod".into() };
    assert_eq!(pending(&release, 3, "deployed", None), None);
    assert_eq!(
        pending(&release, 3, "pending-upgrade", Some(2)).unwrap().command,
        "helm rollback shop 2 --namespace prod"
    );
    assert_eq!(pending(&release, 1, "pending-install", None).unwrap().command, "helm uninstall shop --namespace prod");
}
