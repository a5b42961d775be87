//! Whether the server allows every request the run will make: one question for each verb and resource, and one for each name where
//! the general answer is no.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use futures::{StreamExt, TryStreamExt, stream};
use k8s_openapi::api::authorization::v1::{ResourceAttributes, SelfSubjectAccessReview, SelfSubjectAccessReviewSpec};
use kube::api::{Api, PostParams};

use crate::hooks::{Action, Method, ObjectRef, Wait};

use super::super::error::{ClusterError, ErrorKind};
use super::super::kinds::Kind;
use super::{Check, Kinds, Looked, Problem, Remark, Report};

/// So many questions are under way at once.
const AT_ONCE: usize = 8;

/// A right, as a rule of a Role has it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Right {
    /// `get`, `create` …
    pub verb: &'static str,
    /// The API group; empty for the core group.
    pub group: String,
    /// The resource, with its subresource: `pods/log`.
    pub resource: String,
    /// The namespace; `None` for what lives in none.
    pub namespace: Option<String>,
}

impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.verb, self.resource)?;
        if !self.group.is_empty() {
            write!(f, ".{}", self.group)?;
        }
        match &self.namespace {
            Some(namespace) => write!(f, " in {namespace}"),
            None => Ok(()),
        }
    }
}

/// Rights, each with the names it is needed for; without names it is needed for all.
#[derive(Default)]
struct Needed {
    rights: BTreeMap<Right, BTreeSet<String>>,
    general: BTreeSet<Right>,
}

impl Needed {
    fn named(&mut self, verb: &'static str, kind: &Kind, namespace: Option<&str>, name: &str) {
        let right = Right {
            verb,
            group: kind.resource.group.clone(),
            resource: kind.resource.plural.clone(),
            namespace: namespace.map(str::to_owned),
        };
        let names = self.rights.entry(right).or_default();
        if !name.is_empty() {
            names.insert(name.to_owned());
        }
    }

    fn all(&mut self, verb: &'static str, [group, resource]: [&str; 2], namespace: &str) {
        let namespace = Some(namespace.to_owned());
        let right = Right { verb, group: group.to_owned(), resource: resource.to_owned(), namespace };
        self.general.insert(right.clone());
        self.rights.entry(right).or_default();
    }

    fn one(&mut self, verb: &'static str, [group, resource]: [&str; 2], namespace: &str, name: &str) {
        let namespace = Some(namespace.to_owned());
        let right = Right { verb, group: group.to_owned(), resource: resource.to_owned(), namespace };
        self.rights.entry(right).or_default().insert(name.to_owned());
    }
}

/// Asks for all of them.
pub(super) async fn check(looked: &Looked<'_>, kinds: &Kinds, report: &mut Report) -> Result<(), ClusterError> {
    let needed = needed(looked, kinds);
    let asked: Vec<(Right, Option<String>)> = needed.rights.keys().map(|right| (right.clone(), None)).collect();
    let count = asked.len();
    let first = ask(looked, asked).await;
    let first = match first {
        // Who may not even ask has rights all the same, or has not: the run will show.
        Err(error) if error.kind == ErrorKind::Forbidden => {
            let (check, message) = (Check::Rights, format!("the server does not say: {error}"));
            report.unchecked.push(Remark { check, hook: None, object: None, message });
            return Ok(());
        }
        answers => answers?,
    };
    let mut missing: Vec<(Right, Option<String>)> = Vec::new();
    let mut by_name = Vec::new();
    for (right, _) in first.into_iter().filter(|(_, allowed)| !allowed).map(|(asked, _)| asked) {
        let names = needed.rights.get(&right);
        match names.filter(|names| !names.is_empty() && !needed.general.contains(&right)) {
            Some(names) => by_name.extend(names.iter().map(|name| (right.clone(), Some(name.clone())))),
            None => missing.push((right, None)),
        }
    }
    missing.extend(ask(looked, by_name).await?.into_iter().filter(|(_, allowed)| !allowed).map(|(asked, _)| asked));
    report.rights = Some(count);
    report.problems.extend(problems(missing));
    // Only reports of failures say less without these.
    let events = Right {
        verb: "list",
        group: String::new(),
        resource: "events".to_owned(),
        namespace: Some(looked.phase.release.namespace.clone()),
    };
    if matches!(ask(looked, vec![(events.clone(), None)]).await?.as_slice(), [(_, false)]) {
        let message = format!("not allowed to {events}: a failure is told without the cluster's events");
        report.warnings.push(Remark { check: Check::Rights, hook: None, object: None, message });
    }
    Ok(())
}

fn needed(looked: &Looked<'_>, kinds: &Kinds) -> Needed {
    let mut needed = Needed::default();
    let release = looked.phase.release.namespace.as_str();
    let place = |object: &ObjectRef| kinds.get(&(object.api_version.clone(), object.kind.clone()));
    let watched = |needed: &mut Needed, kind: &Kind, namespace: Option<&str>, name: &str| {
        for verb in ["get", "watch"] {
            needed.named(verb, kind, namespace, name);
        }
    };
    let failures = looked.phase.failures.iter().zip(&looked.phase.plan.hooks);
    let on_failure =
        failures.filter(|(_, planned)| looked.runs(planned.order)).flat_map(|(failure, _)| &failure.deletes);
    let deleted = looked.steps().filter(|step| matches!(step.action, Action::Delete(_))).map(|step| &step.object);
    for object in deleted.chain(on_failure.map(|(object, _)| object)) {
        let Some(kind) = place(object) else { continue };
        let namespace = kind.namespace(object.namespace.as_deref(), release);
        needed.named("delete", kind, namespace, &object.name);
        if looked.intent.waits_for_deletions {
            watched(&mut needed, kind, namespace, &object.name);
        }
    }
    for step in looked.steps() {
        let Some(kind) = place(&step.object) else { continue };
        let namespace = kind.namespace(step.object.namespace.as_deref(), release);
        let of_pods = namespace.unwrap_or(release);
        match step.action {
            Action::Create(Method::Post) => needed.named("create", kind, namespace, ""),
            Action::Create(Method::Apply) => {
                needed.named("patch", kind, namespace, &step.object.name);
                // An apply that meets nothing creates.
                needed.named("create", kind, namespace, &step.object.name);
            }
            Action::Wait(Wait::Complete | Wait::Succeeded) => {
                watched(&mut needed, kind, namespace, &step.object.name);
                for verb in ["list", "watch"] {
                    needed.all(verb, ["", "pods"], of_pods);
                }
                if looked.intent.reads_logs {
                    needed.all("get", ["", "pods/log"], of_pods);
                }
            }
            Action::Log => {
                needed.all("list", ["", "pods"], of_pods);
                needed.all("get", ["", "pods/log"], of_pods);
            }
            Action::Delete(_) | Action::Wait(Wait::Created) => {}
        }
    }
    if looked.intent.locks {
        let name = super::super::lock::name(&looked.phase.release);
        let leases = ["coordination.k8s.io", "leases"];
        needed.all("create", leases, release);
        for verb in ["get", "update", "delete"] {
            needed.one(verb, leases, release, &name);
        }
    }
    if let Some((resource, name)) = &looked.intent.record {
        for verb in ["get", "update"] {
            needed.one(verb, ["", resource], release, name);
        }
    }
    needed
}

type Answer = ((Right, Option<String>), bool);

async fn ask(looked: &Looked<'_>, asked: Vec<(Right, Option<String>)>) -> Result<Vec<Answer>, ClusterError> {
    let reviews: Api<SelfSubjectAccessReview> = Api::all(looked.cluster.client.clone());
    let question = |(right, name): (Right, Option<String>)| {
        let reviews = reviews.clone();
        async move {
            let (resource, subresource) = match right.resource.split_once('/') {
                Some((resource, sub)) => (resource.to_owned(), Some(sub.to_owned())),
                None => (right.resource.clone(), None),
            };
            let attributes = ResourceAttributes {
                verb: Some(right.verb.to_owned()),
                group: Some(right.group.clone()),
                resource: Some(resource),
                subresource,
                namespace: right.namespace.clone(),
                name: name.clone(),
                ..ResourceAttributes::default()
            };
            let review = SelfSubjectAccessReview {
                spec: SelfSubjectAccessReviewSpec { resource_attributes: Some(attributes), ..Default::default() },
                ..SelfSubjectAccessReview::default()
            };
            let answer = reviews.create(&PostParams::default(), &review).await?;
            Ok::<_, kube::Error>(((right, name), answer.status.is_some_and(|status| status.allowed)))
        }
    };
    let answers: Vec<Answer> = stream::iter(asked.into_iter().map(question)).buffered(AT_ONCE).try_collect().await?;
    Ok(answers)
}

/// Group, resource and namespace.
type Place = (String, String, Option<String>);

/// The verbs that are missing for a resource, and for which names.
#[derive(Default)]
struct Missing {
    verbs: Vec<&'static str>,
    names: BTreeSet<String>,
}

/// One problem for each resource: its verbs are mostly missing together.
fn problems(missing: Vec<(Right, Option<String>)>) -> Vec<Problem> {
    let mut places: BTreeMap<Place, Missing> = BTreeMap::new();
    for (right, name) in missing {
        let missing = places.entry((right.group, right.resource, right.namespace)).or_default();
        if !missing.verbs.contains(&right.verb) {
            missing.verbs.push(right.verb);
        }
        missing.names.extend(name);
    }
    places
        .into_iter()
        .map(|((group, resource, namespace), missing)| problem(&group, &resource, namespace, missing))
        .collect()
}

fn problem(group: &str, resource: &str, namespace: Option<String>, Missing { verbs, names }: Missing) -> Problem {
    let full = if group.is_empty() { resource.to_owned() } else { format!("{resource}.{group}") };
    let role = if namespace.is_some() { "Role" } else { "ClusterRole" };
    let place = namespace.map_or_else(|| " in the cluster".to_owned(), |namespace| format!(" in {namespace}"));
    let names: Vec<String> = names.into_iter().collect();
    let named = if names.is_empty() { String::new() } else { format!(" ({})", names.join(", ")) };
    let quoted = verbs.iter().map(|verb| format!("{verb:?}")).collect::<Vec<_>>().join(", ");
    Problem {
        check: Check::Rights,
        hook: None,
        object: None,
        message: format!("not allowed to {} {full}{place}{named}", verbs.join(", ")),
        help: Some(format!(
            "A {role} needs this rule: {{apiGroups: [{group:?}], resources: [{resource:?}], verbs: [{quoted}]}}."
        )),
    }
}
