//! `leftovers -o table`: a line for each object.

use std::fmt::Write;

use crate::cluster::leftovers::{Deletion, Leftover, Reason};
use crate::report::columns::{Cell, columns};
use crate::report::look::{Look, State};
use crate::report::time;

use super::Report;

/// The report for people.
pub fn table(report: &Report, look: &Look) -> String {
    let mut out = String::new();
    if report.found.is_empty() {
        let _ = writeln!(out, "no leftovers in {}", look.clean(&report.place));
    } else {
        let mut head = vec!["OBJECT", "RELEASE", "AGE", "STATE", "WHY NOBODY DELETES IT"];
        if report.all_namespaces {
            head.insert(0, "NAMESPACE");
        }
        if report.deletions.is_some() {
            head.push("NOW");
        }
        let rows: Vec<Vec<Cell>> =
            report.found.iter().enumerate().map(|(at, leftover)| row(leftover, at, report, look)).collect();
        out.push_str(&columns(&head, &rows, usize::from(report.all_namespaces), look));
        let _ = writeln!(out, "\n{}", summary(report));
        if report.deletions.is_none() {
            let _ = writeln!(out, "  help: {}", look.clean(&report.delete_command));
        }
    }
    for busy in &report.busy {
        let _ = writeln!(out, "{}", look.wrap(&format!("{} {}", look.paint(State::Dim, "note:"), look.clean(busy)), 2));
    }
    out
}

fn summary(report: &Report) -> String {
    let all = report.found.len();
    let objects = if all == 1 { "object" } else { "objects" };
    match &report.deletions {
        None => format!("{all} {objects} that nobody deletes"),
        Some(deletions) => {
            let deleted = deletions.iter().filter(|own| matches!(own, Deletion::Deleted | Deletion::Gone)).count();
            format!("{deleted} of {all} {objects} deleted")
        }
    }
}

fn row(leftover: &Leftover, at: usize, report: &Report, look: &Look) -> Vec<Cell> {
    let plain = |text: String| (text, None);
    let object = look.clean(&format!("{}/{}", leftover.key.kind, leftover.key.name));
    let age = leftover.object.created.map(|created| time::since(created, report.now)).unwrap_or_default();
    let mut row = vec![
        plain(object),
        plain(look.clean(&leftover.release.name)),
        plain(age),
        plain(leftover.object.state.unwrap_or_default().to_owned()),
        plain(why(leftover)),
    ];
    if report.all_namespaces {
        let namespace = leftover.object.namespace.as_deref().unwrap_or_default();
        row.insert(0, plain(look.clean(namespace)));
    }
    if let Some(deletion) = report.deletions.as_ref().and_then(|all| all.get(at)) {
        row.push(match deletion {
            Deletion::Deleted => ("deleted".to_owned(), Some(State::Done)),
            Deletion::Gone => ("gone already".to_owned(), Some(State::Done)),
            Deletion::Another => ("replaced, kept".to_owned(), Some(State::Warning)),
            Deletion::Failed(error) => (look.clean(&error.message), Some(State::Error)),
        });
    }
    row
}

fn why(leftover: &Leftover) -> String {
    match leftover.reason {
        Reason::Uninstalled if leftover.release.status.is_none() => "not installed (any more)".to_owned(),
        Reason::Uninstalled => "uninstalled".to_owned(),
        Reason::RunsNoMore => "only an install runs it".to_owned(),
        Reason::NoLongerAHook => match leftover.revision {
            Some(revision) => format!("no hook since revision {revision}"),
            None => "no hook of the release".to_owned(),
        },
        Reason::NoPolicy => "no policy deletes it".to_owned(),
        Reason::NeverDeleted => "Helm never deletes CRDs".to_owned(),
    }
}
