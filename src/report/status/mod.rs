//! `status`: releases, what became of their hooks, and what exists now.

mod json;
mod table;

use jiff::Timestamp;

use crate::cluster::live::Presence;
use crate::cluster::status::{HookStatus, ReleaseStatus, Stuck};

pub use json::{json, yaml};
pub use table::table;

/// What is printed.
#[derive(Clone, Debug)]
pub struct Report {
    /// The releases.
    pub releases: Vec<ReleaseStatus>,
    /// What could not be looked at, a line each.
    pub errors: Vec<String>,
    /// Whether more than one namespace was looked at.
    pub all_namespaces: bool,
    /// Where they were looked for, in words.
    pub place: String,
    /// Flags for helm beside the namespace, so that a command does what is meant.
    pub helm_flags: Vec<String>,
    /// The time.
    pub now: Timestamp,
}

/// JSON Schema (2020-12) of the report, as text.
pub fn schema() -> &'static str {
    include_str!("schema.json")
}

/// The command that helps a stuck release, whole.
fn command(stuck: &Stuck, release: &ReleaseStatus, report: &Report) -> String {
    let mut words = vec!["helm".to_owned()];
    words.extend(stuck.command.iter().cloned());
    words.extend(["-n".to_owned(), release.head.namespace.clone()]);
    words.extend(report.helm_flags.iter().cloned());
    words.join(" ")
}

/// What is known of the objects of a hook, in one word for machines: `exists`, `absent`, `unknown`, `partly`.
fn presence(hook: &HookStatus) -> &'static str {
    let is = |wanted: fn(&Presence) -> bool| hook.objects.iter().all(|(_, presence, _)| wanted(presence));
    match () {
        () if is(|presence| matches!(presence, Presence::Absent)) => "absent",
        () if is(|presence| matches!(presence, Presence::Present(_))) => "exists",
        () if hook.objects.iter().any(|(_, presence, _)| matches!(presence, Presence::Unknown)) => "unknown",
        () => "partly",
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::cluster::live::LiveObject;
    use crate::cluster::{ClusterError, ErrorKind, Fate, LastRun, RecordHead};
    use crate::hooks::{Event, Hook, RecordedHook};
    use crate::report::look::Look;

    fn hook(name: &str, event: &str, run: Option<&str>, presence: &Presence, fate: Fate) -> HookStatus {
        let record = RecordedHook {
            name: name.into(),
            kind: "Job".into(),
            manifest: format!("apiVersion: batch/v1\nkind: Job\nmetadata: {{name: \"{name}\"}}\n"),
            events: vec![event.into()],
            delete_policies: vec!["hook-succeeded".into()],
            ..RecordedHook::default()
        };
        let hook = Arc::new(Hook::from_record(&record));
        let last_run = run.map(|phase| {
            let at = |second| Some(Timestamp::from_second(second).unwrap());
            (LastRun { phase: phase.into(), started_at: at(1000), completed_at: at(1004) }, 12)
        });
        let objects = hook.objects.iter().map(|object| (object.clone(), presence.clone(), fate.clone())).collect();
        HookStatus { hook, last_run, objects }
    }

    fn report() -> Report {
        let there = Presence::Present(LiveObject {
            uid: "u".into(),
            namespace: Some("prod".into()),
            resource: ("jobs".into(), "batch".into()),
            created: Some(Timestamp::UNIX_EPOCH),
            deleting: false,
            state: Some("complete"),
            is_hook: true,
            managed_by: None,
            is_owned: false,
        });
        let head = |name: &str, status: &str| RecordHead {
            name: name.into(),
            namespace: "prod".into(),
            revision: 12,
            status: status.into(),
            object: String::new(),
            created: Some(Timestamp::UNIX_EPOCH),
        };
        let shop = ReleaseStatus {
            head: head("shop", "pending-upgrade"),
            chart: Some(("shop".into(), "1.0.0".into())),
            last_deployed: Some(Timestamp::from_second(1000).unwrap()),
            hooks: vec![
                hook("announce", "pre-upgrade", Some("Succeeded"), &there, Fate::BeforeNext(Event::PreUpgrade)),
                hook("migrate\u{1b}[31m", "pre-upgrade", Some("Succeeded"), &Presence::Absent, Fate::Stays),
                hook("notify", "post-upgrade", None, &Presence::Absent, Fate::Stays),
                hook("check", "test", Some("Failed"), &Presence::Unknown, Fate::Stays),
            ],
            stuck: Some(Stuck {
                since: Some(Timestamp::UNIX_EPOCH),
                command: vec!["rollback".into(), "shop".into(), "11".into()],
                help: "Goes back.".into(),
            }),
            error: None,
        };
        let lost = ReleaseStatus {
            head: head("lost", "deployed"),
            chart: None,
            last_deployed: None,
            hooks: Vec::new(),
            stuck: None,
            error: Some(ClusterError::new(ErrorKind::Other, "damaged")),
        };
        Report {
            releases: vec![shop, lost],
            errors: vec!["damaged".into()],
            all_namespaces: false,
            place: "prod".into(),
            helm_flags: vec!["--kube-context".into(), "eu".into()],
            now: Timestamp::from_second(8500).unwrap(),
        }
    }

    #[test]
    fn the_report_keeps_to_its_schema() {
        let schema = serde_json::from_str(schema()).unwrap();
        let report = serde_json::from_str(&json(&report())).unwrap();
        let validator = jsonschema::draft202012::new(&schema).unwrap();
        let errors: Vec<String> = validator.iter_errors(&report).map(|error| error.to_string()).collect();
        assert_eq!(errors, Vec::<String>::new(), "{report}");
    }

    #[test]
    fn a_table_fits_the_screen() {
        let look = |width| Look { width, color: false, unicode: true, program: "helm hooks".into() };
        let text = table(&report(), &look(None));
        assert_eq!(
            text,
            "\
shop · revision 12 · pending-upgrade 2 h ago

EVENT         HOOK                   LAST RUN  TOOK   RESULT     NOW IN THE CLUSTER
pre-upgrade   Job/announce           2 h ago   4.0 s  succeeded  complete, until the next pre-upgrade
              Job/migrate\\u{1b}[31m  2 h ago   4.0 s  succeeded  deleted (hook-succeeded)
post-upgrade  Job/notify             never                       –
test          Job/check              2 h ago   4.0 s  failed     not known

stuck: pending-upgrade for 2 h; unless a helm is at work on it right now, it will not go on by itself
  help: helm rollback shop 11 -n prod --kube-context eu
  Goes back.

lost · revision 12 · deployed
error: damaged
"
        );
        for width in [80, 100] {
            let text = table(&report(), &look(Some(width)));
            let rows = text.lines().filter(|line| !line.contains("help:"));
            assert!(rows.clone().all(|line| line.chars().count() <= width), "{width}:\n{text}");
        }
    }
}
