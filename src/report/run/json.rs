//! `run -o json`: one event a line, as `schema run` describes them. Every line says what it is in `type` and when in `time`.

use std::time::Duration;

use jiff::Timestamp;

use crate::cluster::PhaseSource;
use crate::cluster::preflight::{Check, Remark, Report};
use crate::cluster::run::{Failure, HookOutcome, ObjectState, RunEvent};
use crate::hooks::{Action, DeletePolicy, Event, ObjectRef, Release};
use crate::report::json::{Json, Layout};

use super::{Run, words};

/// A writer of lines.
pub struct Lines<'a> {
    run: &'a Run<'a>,
}

impl<'a> Lines<'a> {
    /// For one run.
    pub fn new(run: &'a Run<'a>) -> Lines<'a> {
        Lines { run }
    }

    /// The first line: what will be run.
    pub fn plan(&self, now: Timestamp) -> String {
        let phase = self.run.phase;
        line("plan", now, |json| {
            json.key("schemaVersion").string("1");
            json.key("event").string(phase.event.name());
            json.key("operation").string(phase.event.operation().name());
            json.key("release").table(Layout::Flat, |json| {
                json.key("name").string(&phase.release.name);
                json.key("namespace").string(&phase.release.namespace);
            });
            json.key("context").optional(self.run.context);
            json.key("engine").string(phase.engine.name());
            json.key("method").string(phase.method.name());
            json.key("source").table(Layout::Flat, |json| match &phase.source {
                PhaseSource::Record { revision, status } => {
                    json.key("kind").string("record");
                    json.key("revision").plain(revision);
                    json.key("status").string(status);
                }
                PhaseSource::Chart { path, name, revision } => {
                    json.key("kind").string("chart");
                    json.key("revision").plain(revision);
                    json.key("path").string(path);
                    json.key("chart").string(name);
                }
            });
            json.key("hooks").list(Layout::Flat, &phase.plan.hooks, |json, planned| {
                let hook = &planned.hook;
                json.table(Layout::Flat, |json| {
                    json.key("order").plain(planned.order);
                    json.key("weight").plain(hook.weight.value);
                    object(json, &hook.object);
                    json.key("waits").string(planned.waits.name());
                    json.key("deletePolicies").strings(&hook.delete_policies.words);
                    json.key("runs").plain(self.run.is_run(planned.order));
                });
            });
            let steps = phase.plan.steps.iter().filter(|step| self.run.is_run(step.hook));
            json.key("steps").list(Layout::Flat, steps, |json, step| {
                let (op, key, value) = match step.action {
                    Action::Delete(policy) => ("delete", "reason", policy.name()),
                    Action::Create(method) => ("create", "method", method.name()),
                    Action::Wait(until) => ("wait", "until", until.name()),
                    Action::Log => ("log", "reason", DeletePolicy::HookSucceeded.name()),
                };
                json.table(Layout::Flat, |json| {
                    json.key("op").string(op);
                    object(json, &step.object);
                    json.key("hook").plain(step.hook);
                    json.key(key).string(value);
                });
            });
        })
    }

    /// What was looked at before.
    pub fn preflight(&self, now: Timestamp, report: &Report) -> String {
        line("preflight", now, |json| {
            for (key, count) in
                [("rights", report.rights), ("dryRuns", report.dry_runs), ("references", report.references)]
            {
                match count {
                    Some(count) => json.key(key).plain(count),
                    None => json.key(key).optional(None),
                }
            }
            json.key("problems").list(Layout::Flat, &report.problems, |json, problem| {
                json.table(Layout::Flat, |json| {
                    json.key("check").string(check(problem.check));
                    about(json, problem.hook, problem.object.as_deref());
                    json.key("message").string(&problem.message);
                    json.key("help").optional(problem.help.as_deref());
                });
            });
            for (key, remarks) in [("unchecked", &report.unchecked), ("warnings", &report.warnings)] {
                json.key(key).list(Layout::Flat, remarks, remark);
            }
        })
    }

    /// The only line where no hook names the event.
    pub fn nothing(now: Timestamp, event: Event, release: &Release) -> String {
        line("nothing-to-run", now, |json| {
            json.key("schemaVersion").string("1");
            json.key("event").string(event.name());
            json.key("release").table(Layout::Flat, |json| {
                json.key("name").string(&release.name);
                json.key("namespace").string(&release.namespace);
            });
            json.key("exitCode").plain(0);
        })
    }

    /// The last line of a run that was not begun.
    pub fn refused(now: Timestamp, code: u8, message: &str, help: Option<&str>) -> String {
        line("refused", now, |json| {
            json.key("message").string(message);
            json.key("help").optional(help);
            json.key("exitCode").plain(code);
        })
    }

    /// What an event gives; nothing for one that machines are not told. `code` is the exit code a finished run ends with.
    pub fn event(&self, now: Timestamp, event: &RunEvent, code: u8) -> String {
        match event {
            RunEvent::HookStarted { hook } => line("hook-started", now, |json| self.hook(json, *hook)),
            RunEvent::Deleted { hook, object: of, reason, existed } => line("deleted", now, |json| {
                json.key("hook").plain(hook);
                object(json, of);
                json.key("reason").string(reason.name());
                json.key("existed").plain(existed);
            }),
            RunEvent::Withdrawn { hook, object: of, existed } => line("deleted", now, |json| {
                json.key("hook").plain(hook);
                object(json, of);
                json.key("reason").string("interrupted");
                json.key("existed").plain(existed);
            }),
            RunEvent::Gone { hook, object: of, waited } => line("gone", now, |json| {
                json.key("hook").plain(hook);
                object(json, of);
                json.key("seconds").plain(seconds(*waited));
            }),
            RunEvent::Created { hook, object: of, method, existed, uid } => line("created", now, |json| {
                json.key("hook").plain(hook);
                object(json, of);
                json.key("method").string(method.name());
                json.key("existed").plain(existed);
                json.key("uid").string(uid);
            }),
            RunEvent::Waiting { hook, object: of, until, state } => line("waiting", now, |json| {
                json.key("hook").plain(hook);
                object(json, of);
                json.key("until").string(until.name());
                waiting(json, state);
            }),
            RunEvent::Log { hook, source, line: text } => line("log", now, |json| {
                json.key("hook").plain(hook);
                json.key("pod").string(&source.pod);
                json.key("container").string(&source.container);
                json.key("init").plain(source.init);
                json.key("line").string(text);
            }),
            RunEvent::Warned { hook, warning } => line("warning", now, |json| {
                match hook {
                    Some(hook) => json.key("hook").plain(hook),
                    None => json.key("hook").optional(None),
                }
                json.key("code").string(warning.code);
                json.key("message").string(&warning.message);
            }),
            RunEvent::HookEnded { hook, outcome, took } => line("hook-ended", now, |json| {
                self.hook(json, *hook);
                json.key("outcome").string(match outcome {
                    HookOutcome::Succeeded => "succeeded",
                    HookOutcome::Failed(_) => "failed",
                });
                failure(json, words::failure(outcome));
                json.key("seconds").plain(seconds(*took));
            }),
            RunEvent::Finished { outcome, took, exists } => line("finished", now, |json| {
                json.key("outcome").string(words::outcome(outcome));
                json.key("exitCode").plain(code);
                json.key("seconds").plain(seconds(*took));
                json.key("exists").list(Layout::Flat, exists, |json, own| {
                    json.table(Layout::Flat, |json| object(json, own));
                });
                let go_on = self.run.go_on(outcome, exists);
                json.key("goOn").optional(go_on.as_deref());
                json.key("setFirst").strings(go_on.as_ref().map_or(&[][..], |_| &self.run.commands.hidden));
                json.key("cleanUp").optional(self.run.deletion(exists).as_deref());
            }),
        }
    }

    fn hook(&self, json: &mut Json, hook: u32) {
        json.key("hook").plain(hook);
        if let Some(planned) = self.run.phase.plan.hooks.iter().find(|planned| planned.order == hook) {
            object(json, &planned.hook.object);
        }
    }
}

fn line(kind: &str, now: Timestamp, fill: impl FnOnce(&mut Json)) -> String {
    let mut json = Json::default();
    json.table(Layout::Flat, |json| {
        json.key("type").string(kind);
        json.key("time").string(&now.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string());
        fill(json);
    });
    json.finish()
}

fn object(json: &mut Json, object: &ObjectRef) {
    json.key("kind").string(&object.kind);
    json.key("name").string(&object.shown_name());
    json.key("namespace").optional(object.namespace.as_deref());
}

fn about(json: &mut Json, hook: Option<u32>, of: Option<&ObjectRef>) {
    match hook {
        Some(hook) => json.key("hook").plain(hook),
        None => json.key("hook").optional(None),
    }
    json.key("object");
    match of {
        Some(of) => json.table(Layout::Flat, |json| object(json, of)),
        None => json.optional(None),
    }
}

fn remark(json: &mut Json, remark: &Remark) {
    json.table(Layout::Flat, |json| {
        json.key("check").string(check(remark.check));
        about(json, remark.hook, remark.object.as_deref());
        json.key("message").string(&remark.message);
    });
}

fn check(check: Check) -> &'static str {
    match check {
        Check::Plan => "plan",
        Check::Rights => "rights",
        Check::DryRun => "dry-run",
        Check::References => "references",
    }
}

fn waiting(json: &mut Json, state: &ObjectState) {
    json.key("summary").string(&state.summary);
    json.key("attempt");
    match state.attempt {
        Some((number, of)) => json.table(Layout::Flat, |json| {
            json.key("number").plain(number);
            json.key("of").plain(of);
        }),
        None => json.optional(None),
    }
    json.key("stuck");
    match &state.stuck {
        Some((reason, message)) => json.table(Layout::Flat, |json| {
            json.key("reason").string(reason);
            json.key("message").string(message);
        }),
        None => json.optional(None),
    }
}

fn failure(json: &mut Json, failure: Option<&Failure>) {
    json.key("failure");
    let Some(failure) = failure else { return json.optional(None) };
    json.table(Layout::Flat, |json| {
        json.key("reason").string(failure.reason.name());
        json.key("message").string(&failure.message);
        json.key("containers").list(Layout::Flat, &failure.containers, |json, end| {
            json.table(Layout::Flat, |json| {
                json.key("pod").string(&end.source.pod);
                json.key("container").string(&end.source.container);
                json.key("init").plain(end.source.init);
                match end.exit_code {
                    Some(code) => json.key("exitCode").plain(code),
                    None => json.key("exitCode").optional(None),
                }
                json.key("reason").string(&end.reason);
                json.key("lastLines").strings(&end.last_lines);
            });
        });
        json.key("events").list(Layout::Flat, &failure.events, |json, (reason, message)| {
            json.table(Layout::Flat, |json| {
                json.key("reason").string(reason);
                json.key("message").string(message);
            });
        });
    });
}

fn seconds(duration: Duration) -> String {
    format!("{:.3}", duration.as_secs_f64())
}
