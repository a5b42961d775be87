//! `run -o text`: what happens, in lines. On a screen with a line below that changes, the steps in between are left out.

use std::collections::{HashMap, HashSet};
use std::fmt::Write;
use std::time::Duration;

use unicode_width::UnicodeWidthStr;

use crate::cluster::run::{HookOutcome, LogSource, ObjectState, Outcome, RunEvent};
use crate::hooks::{DeletePolicy, Method, ObjectRef, Wait};
use crate::report::look::{Look, State, output_line};

use super::{Run, failure, words};

/// A printer of events.
pub struct Text<'a> {
    run: &'a Run<'a>,
    look: Look,
    /// Whether the state of what is waited for is shown elsewhere.
    live: bool,
    width: usize,
    /// What is known of the hook that runs.
    current: Current,
    /// How each hook ended, by its title.
    states: HashMap<String, &'static str>,
}

#[derive(Default)]
struct Current {
    hook: u32,
    /// When it began, on the run's clock.
    began: Duration,
    attempt: Option<(u32, u32)>,
    summary: String,
    stuck: Option<(String, String)>,
    /// Containers that have said something.
    heard: HashSet<LogSource>,
    source: Option<LogSource>,
}

impl<'a> Text<'a> {
    /// A printer; `live` when the state of what is waited for is shown elsewhere.
    pub fn new(run: &'a Run<'a>, look: Look, live: bool) -> Text<'a> {
        let widest = run.runs.iter().map(|hook| look.clean(&run.title(*hook)).width()).max().unwrap_or(0);
        // Beside it stand a sign, the place, the time, and something about a failure.
        let room = look.width.map_or(usize::MAX, |width| width.saturating_sub(50).max(20));
        Text { run, width: widest.min(room), look, live, current: Current::default(), states: HashMap::new() }
    }

    /// What an event gives to print; `now` is the time since the run began. Lines end with line ends.
    pub fn event(&mut self, now: Duration, event: &RunEvent) -> String {
        let look = self.look.clone();
        match event {
            RunEvent::HookStarted { hook } => {
                self.current = Current { hook: *hook, began: now, ..Current::default() };
                String::new()
            }
            RunEvent::Deleted { hook, object, existed: true, reason } => {
                let words = match (reason, self.other(*hook, object)) {
                    (DeletePolicy::BeforeHookCreation, None) => "deletes the old one".to_owned(),
                    (DeletePolicy::BeforeHookCreation, Some(other)) => format!("deletes the old {other}"),
                    (reason, other) => format!("deletes {} ({})", other.as_deref().unwrap_or("it"), reason.name()),
                };
                self.between(*hook, &words)
            }
            RunEvent::Withdrawn { hook, object, existed: true } => {
                let what = self.other(*hook, object);
                self.step(*hook, &format!("takes {} away again", what.as_deref().unwrap_or("it")))
            }
            RunEvent::Gone { hook, object, waited } if *waited >= Duration::from_secs(1) => {
                let what = self.other(*hook, object);
                let what = what.as_deref().unwrap_or("the old one");
                self.between(*hook, &format!("{what} is gone after {}", words::took(*waited)))
            }
            RunEvent::Created { hook, object, method, existed, .. } => {
                let verb = match method {
                    Method::Apply if *existed => "changed",
                    _ => "created",
                };
                let words = self.other(*hook, object).map_or(verb.to_owned(), |other| format!("{verb} {other}"));
                self.between(*hook, &words)
            }
            RunEvent::Waiting { hook, until, state, .. } => self.waiting(*hook, *until, state),
            RunEvent::Log { hook, source, line } => self.log(*hook, source, line),
            RunEvent::Warned { warning, hook } => {
                let about = hook.map(|hook| format!("{}: ", self.run.title(hook))).unwrap_or_default();
                let state = if words::is_serious(warning) { State::Warning } else { State::Dim };
                let text = look.wrap(&look.clean(&format!("   note: {about}{}", warning.message)), 9);
                format!("{}\n", text.replacen("note:", &look.paint(state, "note:"), 1))
            }
            RunEvent::HookEnded { hook, outcome, took } => self.ended(*hook, outcome, *took),
            RunEvent::Finished { outcome, took, exists } => {
                if let Outcome::Interrupted { hook: Some(hook) } = outcome {
                    self.states.entry(self.run.title(*hook)).or_insert("not finished");
                }
                failure::afterwards(self.run, outcome, *took, exists, &self.states, &look)
            }
            _ => String::new(),
        }
    }

    /// What stands on the line that changes, in what order columns fall away: place, name, time, state.
    pub fn status(&self, now: Duration) -> Option<String> {
        (self.current.hook > 0).then(|| {
            let took = words::took(now.saturating_sub(self.current.began));
            // Tenths flicker.
            let took = took.split_once('.').map_or(took.clone(), |(whole, _)| format!("{whole} s"));
            let mut text = self.line(self.current.hook, &took);
            let room = self.look.width.map_or(usize::MAX, |width| width.saturating_sub(text.width() + 7));
            let _ = write!(text, "   {}", self.state(room));
            text.trim_end().to_owned()
        })
    }

    /// What is known of what is waited for, in so many columns.
    fn state(&self, room: usize) -> String {
        let summary = match &self.current.stuck {
            Some((reason, _)) => reason,
            None => &self.current.summary,
        };
        let summary = self.look.clean(summary);
        let attempt = self.current.attempt.map(|(n, most)| (n, format!(", attempt {n} of {most}")));
        match attempt {
            // The first attempt may be left out, later ones are news.
            Some((n, attempt)) if n > 1 || summary.width() + attempt.width() <= room => {
                let room = room.saturating_sub(attempt.width());
                format!("{}{attempt}", self.look.cut(&summary, room))
            }
            _ => self.look.cut(&summary, room),
        }
    }

    /// A hook's name with the place before and a time behind it, in columns.
    fn line(&self, hook: u32, took: &str) -> String {
        let (place, all) = self.run.place(hook);
        let digits = all.to_string().len();
        let title = super::super::plan::cut_name(&self.look.clean(&self.run.title(hook)), self.width, &self.look);
        let pad = self.width.saturating_sub(title.width());
        format!("{place:>digits$}/{all} {title}{:pad$}  {took:>9}", "")
    }

    /// An object that is not the hook itself, and so has to be named.
    fn other(&self, hook: u32, object: &ObjectRef) -> Option<String> {
        let planned = self.run.phase.plan.hooks.iter().find(|planned| planned.order == hook)?;
        (*planned.hook.object != *object).then(|| object.to_string())
    }

    fn step(&self, hook: u32, words: &str) -> String {
        let (place, all) = self.run.place(hook);
        let title = self.look.clean(&self.run.title(hook));
        let text = format!("   {place}/{all} {title}: {}", self.look.clean(words));
        format!("{}\n", self.look.wrap(&text, 7))
    }

    /// A step that the changing line has shown already.
    fn between(&self, hook: u32, words: &str) -> String {
        if self.live { String::new() } else { self.step(hook, words) }
    }

    fn waiting(&mut self, hook: u32, until: Wait, state: &ObjectState) -> String {
        let mut out = String::new();
        let before = &self.current;
        let summary =
            if state.summary.is_empty() { format!("waits until {}", until.name()) } else { state.summary.clone() };
        let done = summary == until.name();
        if !self.live && !done && (before.summary != summary || before.attempt != state.attempt) {
            let attempt = state.attempt.filter(|(attempt, _)| *attempt > 1);
            let attempt = attempt.map(|(n, of)| format!(", attempt {n} of {of}")).unwrap_or_default();
            out.push_str(&self.step(hook, &format!("{summary}{attempt}")));
        }
        // What keeps it is said at once and on every screen: nobody has to wait for the timeout to learn it.
        if state.stuck != before.stuck
            && let Some((reason, message)) = &state.stuck
        {
            let words = if message.is_empty() { reason.clone() } else { format!("{reason}: {message}") };
            let text = self.look.wrap(&self.look.clean(&format!("   waits: {words}")), 10);
            let _ = writeln!(out, "{}", text.replacen("waits:", &self.look.paint(State::Warning, "waits:"), 1));
        }
        self.current.summary = summary;
        self.current.attempt = state.attempt;
        self.current.stuck.clone_from(&state.stuck);
        out
    }

    fn log(&mut self, hook: u32, source: &LogSource, line: &str) -> String {
        let mut out = String::new();
        // The last lines of an earlier hook say whose they are by its name alone.
        let current = hook == self.current.hook;
        if current {
            self.current.heard.insert(source.clone());
        }
        // Where several pods speak, which one does is said when it changes.
        let other_pod = current && self.current.source.as_ref().is_some_and(|before| before.pod != source.pod);
        if other_pod {
            let _ =
                writeln!(out, "   {}", self.look.paint(State::Dim, &self.look.clean(&format!("pod {}", source.pod))));
        }
        if current {
            self.current.source = Some(source.clone());
        }
        let planned = self.run.phase.plan.hooks.iter().find(|planned| planned.order == hook);
        let name = planned.map(|planned| planned.hook.object.shown_name()).unwrap_or_default();
        let init = if source.init { "init:" } else { "" };
        let prefix = self.look.clean(&format!("{name}/{init}{}", source.container));
        let prefix = match self.look.width {
            Some(width) => self.look.cut(&prefix, (width / 3).max(16)),
            None => prefix,
        };
        let bar = self.look.sign("│", "|");
        let text = output_line(line, self.look.unicode);
        let _ = writeln!(out, "     {} {text}", self.look.paint(State::Dim, &format!("{prefix} {bar}")));
        out
    }

    fn ended(&mut self, hook: u32, outcome: &HookOutcome, took: Duration) -> String {
        let look = &self.look;
        let line = self.line(hook, &words::took(took));
        let title = self.run.title(hook);
        let planned = self.run.phase.plan.hooks.iter().find(|planned| planned.order == hook);
        let mut out = String::new();
        match words::failure(outcome) {
            None => {
                let sign = look.paint(State::Done, look.sign("✓", "ok"));
                let _ = writeln!(out, " {sign} {}", line.trim_end());
                if planned.is_some_and(|planned| planned.waits != Wait::Created) {
                    self.states.insert(title, "complete");
                }
            }
            Some(why) => {
                let sign = look.paint(State::Error, look.sign("✗", "failed"));
                let room = look.width.map_or(usize::MAX, |width| width.saturating_sub(line.width() + 6));
                let reason = look.cut(words::reason(why), room);
                let _ = writeln!(out, " {sign} {line}   {reason}\n");
                let logged = !self.current.heard.is_empty();
                out.push_str(&failure::failure(why, self.current.attempt, logged, look));
                let state = if why.reason.is_timeout() { "not finished" } else { "failed" };
                self.states.insert(title, state);
            }
        }
        self.current = Current::default();
        out
    }
}
