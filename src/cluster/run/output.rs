//! The output of all hooks of a run: read in the background, said between the other events.
//!
//! What is still to be read when a hook has ended is read while the run goes on. Nothing that would take it away is deleted before.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::convert::Infallible;
use std::future::poll_fn;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::event::{RunEvent, Warning};
use super::logs::{Logs, Output, Tell};
use super::target::Made;

/// How many lines may wait to be said.
const WAITING: usize = 1024;
/// How long output may take to be read once its hook has ended.
pub(super) const LAST_OUTPUT: Duration = Duration::from_secs(2);

/// What the hooks of a run write.
pub(super) struct Outputs<'a> {
    say: &'a dyn Fn(RunEvent),
    tell: Tell,
    told: RefCell<mpsc::Receiver<(u32, Output)>>,
    /// The hooks for which it was said that logs cannot be read.
    refused: RefCell<HashSet<u32>>,
    /// What is still read of hooks that have ended.
    ending: RefCell<HashMap<u32, JoinSet<()>>>,
}

impl<'a> Outputs<'a> {
    /// Of a run whose hooks have not begun.
    pub(super) fn new(say: &'a dyn Fn(RunEvent)) -> Outputs<'a> {
        let (tell, told) = mpsc::channel(WAITING);
        Outputs { say, tell, told: RefCell::new(told), refused: RefCell::default(), ending: RefCell::default() }
    }

    /// The logs of a hook, whose lines come here.
    pub(super) fn logs(&self, client: &kube::Client, hook: u32) -> Logs {
        Logs::new(client, hook, self.tell.clone())
    }

    /// Says what comes, for as long as it is asked to.
    pub(super) async fn pass_on(&self) -> Infallible {
        loop {
            match poll_fn(|context| self.told.borrow_mut().poll_recv(context)).await {
                Some((hook, output)) => self.pass(hook, output),
                // Cannot be: a sender lives in this very value.
                None => std::future::pending().await,
            }
        }
    }

    /// Says what has come.
    pub(super) fn flush(&self) {
        loop {
            let told = self.told.borrow_mut().try_recv();
            let Ok((hook, output)) = told else { return };
            self.pass(hook, output);
        }
    }

    /// Goes on reading what a hook wrote that has ended.
    pub(super) fn end(&self, hook: u32, logs: Logs, unseen: Vec<Made>) {
        self.flush();
        let until = Instant::now() + LAST_OUTPUT;
        let mut ending = self.ending.borrow_mut();
        ending.entry(hook).or_default().spawn(async move { drop(logs.finish(until, unseen).await) });
    }

    /// Waits until everything of such hooks has been said.
    pub(super) async fn ended(&self, which: impl Fn(u32) -> bool) {
        let chosen: Vec<JoinSet<()>> =
            self.ending.borrow_mut().extract_if(|hook, _| which(*hook)).map(|(_, own)| own).collect();
        for mut tasks in chosen {
            while tasks.join_next().await.is_some() {}
        }
        self.flush();
    }

    fn pass(&self, hook: u32, output: Output) {
        match output {
            Output::Line(source, line) => (self.say)(RunEvent::Log { hook, source, line }),
            // Said once.
            Output::Refused(error) if self.refused.borrow_mut().insert(hook) => {
                let message = format!("logs cannot be looked at: {error}");
                let warning = Warning { code: Warning::NOT_OBSERVABLE, message };
                (self.say)(RunEvent::Warned { hook: Some(hook), warning });
            }
            Output::Refused(_) => {}
        }
    }
}
