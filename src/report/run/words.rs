//! The words of a run, the same in every format for people.

use std::time::Duration;

use crate::cluster::run::{ContainerEnd, Failure, FailureReason, HookOutcome, LogSource, Outcome, Warning};

/// `4.1 s`, `37 s`, `1 m 12 s`, `2 h 5 m`.
pub(super) fn took(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0..10 => {
            let tenths = (duration.as_millis() + 50) / 100;
            if tenths >= 100 { "10 s".to_owned() } else { format!("{}.{} s", tenths / 10, tenths % 10) }
        }
        10..60 => format!("{seconds} s"),
        60..3600 => format!("{} m {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} m", seconds / 3600, seconds % 3600 / 60),
    }
}

/// A word as a shell takes it.
pub fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/-_.:=@%+,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

/// Where a line of output comes from: the container, marked when it is one that initializes.
pub(super) fn container(source: &LogSource) -> String {
    if source.init { format!("init container {}", source.container) } else { format!("container {}", source.container) }
}

/// The reason of a failure in a word or two.
pub(super) fn reason(failure: &Failure) -> &'static str {
    match failure.reason {
        FailureReason::Manifest => "cannot be sent",
        FailureReason::Deletion => "the old one cannot be deleted",
        FailureReason::DeletionTimeout => "the old one is still there",
        FailureReason::Creation => "refused",
        FailureReason::Failed => "failed",
        FailureReason::Timeout => "timed out",
        FailureReason::DeletedMeanwhile => "deleted meanwhile",
        FailureReason::Unwatchable => "cannot be watched",
        FailureReason::CleanUp => "not deleted afterwards",
        FailureReason::CleanUpTimeout => "still there after it was deleted",
    }
}

/// How a container ended, as a sentence without an end.
pub(super) fn ending(end: &ContainerEnd) -> String {
    let who = container(&end.source);
    match end.exit_code {
        Some(code) if end.reason.is_empty() || end.reason == "Error" => format!("{who} ended with exit code {code}"),
        Some(code) => format!("{who} ended with exit code {code} ({})", end.reason),
        None if end.reason == "Running" => format!("{who} still ran"),
        None => format!("{who} did not run: {}", end.reason),
    }
}

/// The outcome in a word, for machines.
pub(super) fn outcome(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Succeeded => "succeeded",
        Outcome::Failed { failure, .. } if failure.reason.is_timeout() => "timed-out",
        Outcome::Failed { .. } => "failed",
        Outcome::Interrupted { .. } => "interrupted",
    }
}

/// The failure of a hook, when there is one.
pub(super) fn failure(outcome: &HookOutcome) -> Option<&Failure> {
    match outcome {
        HookOutcome::Succeeded => None,
        HookOutcome::Failed(failure) => Some(failure),
    }
}

/// Warnings that are told once more at the end: the phase did not do what its hooks are for.
pub(super) fn is_serious(warning: &Warning) -> bool {
    !matches!(warning.code, "api-warning" | "retry" | "found-after-loss" | "met-existing")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_short() {
        let took = |millis| took(Duration::from_millis(millis));
        assert_eq!([took(40), took(4_120), took(9_990)], ["0.0 s", "4.1 s", "10 s"]);
        assert_eq!([took(37_000), took(72_500), took(7_500_000)], ["37 s", "1 m 12 s", "2 h 5 m"]);
    }

    #[test]
    fn words_reach_the_shell_as_they_are() {
        assert_eq!(
            [quoted("Job/x"), quoted("a b"), quoted("it's"), quoted("#2")],
            ["Job/x", "'a b'", "'it'\\''s'", "'#2'"]
        );
    }
}
