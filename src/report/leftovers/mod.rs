//! `leftovers`: objects of hooks that nobody will delete.

mod json;
mod table;

use jiff::Timestamp;

use crate::cluster::leftovers::{Deletion, Leftover};

pub use json::{json, yaml};
pub use table::table;

/// What is printed.
#[derive(Clone, Debug)]
pub struct Report {
    /// The objects.
    pub found: Vec<Leftover>,
    /// What became of each, where they were to be deleted; in the same order.
    pub deletions: Option<Vec<Deletion>>,
    /// Releases that are left out, as sentences.
    pub busy: Vec<String>,
    /// What could not be looked at, a line each.
    pub errors: Vec<String>,
    /// Whether more than one namespace was looked at.
    pub all_namespaces: bool,
    /// Where they were looked for, in words.
    pub place: String,
    /// What to type to delete them.
    pub delete_command: String,
    /// The time.
    pub now: Timestamp,
}

/// JSON Schema (2020-12) of the report, as text.
pub fn schema() -> &'static str {
    include_str!("schema.json")
}

/// What became of an object, in a word for machines.
fn deletion(deletion: &Deletion) -> &'static str {
    match deletion {
        Deletion::Deleted => "deleted",
        Deletion::Gone => "gone",
        Deletion::Another => "another",
        Deletion::Failed(_) => "failed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::leftovers::{Reason, ReleaseOf};
    use crate::cluster::live::{LiveObject, ObjectKey};
    use crate::cluster::{ClusterError, ErrorKind};
    use crate::report::look::Look;

    fn report(deletions: Option<Vec<Deletion>>) -> Report {
        let left = |name: &str, reason, status: Option<&str>, revision| Leftover {
            key: ObjectKey {
                api_version: "batch/v1".into(),
                kind: "Job".into(),
                namespace: "prod".into(),
                name: name.into(),
            },
            object: LiveObject {
                uid: "u".into(),
                namespace: Some("prod".into()),
                resource: ("jobs".into(), "batch".into()),
                created: Some(Timestamp::UNIX_EPOCH),
                deleting: false,
                state: Some("failed"),
                is_hook: true,
                managed_by: None,
                is_owned: false,
            },
            release: ReleaseOf { name: "shop".into(), namespace: "prod".into(), status: status.map(str::to_owned) },
            revision,
            events: vec!["pre-install".into()],
            policies: vec!["before-hook-creation".into()],
            reason,
        };
        Report {
            found: vec![
                left("a", Reason::RunsNoMore, Some("deployed"), Some(2)),
                left("b\u{7}", Reason::NoLongerAHook, Some("deployed"), Some(1)),
                left("c", Reason::Uninstalled, None, None),
            ],
            deletions,
            busy: vec!["web in prod is pending-upgrade: what its hooks have made is left out".into()],
            errors: vec!["not allowed".into()],
            all_namespaces: false,
            place: "prod".into(),
            delete_command: "helm hooks leftovers -n prod --delete".into(),
            now: Timestamp::from_second(8500).unwrap(),
        }
    }

    fn deleted() -> Report {
        let failed = Deletion::Failed(ClusterError::new(ErrorKind::Forbidden, "no"));
        report(Some(vec![Deletion::Deleted, Deletion::Another, failed]))
    }

    #[test]
    fn the_report_keeps_to_its_schema() {
        let schema = serde_json::from_str(schema()).unwrap();
        let validator = jsonschema::draft202012::new(&schema).unwrap();
        for report in [report(None), deleted()] {
            let report = serde_json::from_str(&json(&report)).unwrap();
            let errors: Vec<String> = validator.iter_errors(&report).map(|error| error.to_string()).collect();
            assert_eq!(errors, Vec::<String>::new(), "{report}");
        }
    }

    #[test]
    fn a_table_says_why_and_what_to_type() {
        let look = Look { width: Some(80), color: false, unicode: true, program: "helm hooks".into() };
        assert_eq!(
            table(&report(None), &look),
            "\
OBJECT      RELEASE  AGE  STATE   WHY NOBODY DELETES IT
Job/a       shop     2 h  failed  only an install runs it
Job/b\\u{7}  shop     2 h  failed  no hook since revision 1
Job/c       shop     2 h  failed  not installed (any more)

3 objects that nobody deletes
  help: helm hooks leftovers -n prod --delete
note: web in prod is pending-upgrade: what its hooks have made is left out
"
        );
        let text = table(&deleted(), &look);
        assert!(text.contains("replaced, kept") && text.contains("1 of 3 objects deleted"), "{text}");
    }
}
