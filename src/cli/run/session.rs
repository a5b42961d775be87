//! The run itself, with everything around it: the lock, the record, interrupts, the screen.

use std::cell::Cell;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;

use crate::cli::exit::{self, Fatal};
use crate::cli::live::cluster_fatal;
use crate::cli::output::to_stderr;
use crate::cli::problem;
use crate::cluster::lock::{Holder, Lock, LockError, Lost};
use crate::cluster::record::Recorder;
use crate::cluster::run::{self, Journal, Outcome, RunEvent};
use crate::cluster::{Cluster, ErrorKind};

use super::printers::{Outputs, Printers};
use super::terminal::Quiet;
use super::{Session, locked, refused};

/// How long an interrupt waits for the answer to a request for the lock.
const LAST_ANSWER: Duration = Duration::from_secs(3);

impl Session<'_> {
    /// Runs, under the lock, until it is over or a second interrupt ends it.
    pub(super) async fn run(&self, cluster: &Cluster, outputs: &mut Outputs) -> Result<u8, Fatal> {
        let mut signals = Signals::new()?;
        let lock = self.lock_unless_interrupted(cluster, outputs, &mut signals).await?;
        let ended = self.under_lock(cluster, outputs, lock.as_ref(), signals).await;
        // After a second interrupt nothing is waited for: whoever comes next sees that this process is gone.
        if let (Some(lock), Ok(Some(_))) = (lock, &ended)
            && let Err(error) = lock.release().await
        {
            self.note(&format!("the lock could not be given back, it is free in a little while: {error}"));
        }
        Ok(ended?.unwrap_or(exit::INTERRUPTED))
    }

    /// The lock. An interrupt meanwhile waits a little for what has been sent, so that nothing is left.
    async fn lock_unless_interrupted(
        &self,
        cluster: &Cluster,
        outputs: &mut Outputs,
        signals: &mut Signals,
    ) -> Result<Option<Lock>, Fatal> {
        let mut locking = std::pin::pin!(self.lock(cluster, outputs));
        tokio::select! {
            biased;
            lock = &mut locking => return lock,
            () = signals.next() => {}
        }
        let giving_back = async {
            if let Ok(Some(lock)) = locking.await {
                // What cannot be given back is free in a little while.
                let _ = lock.release().await;
            }
        };
        tokio::select! {
            () = giving_back => {}
            () = signals.next() => {}
            () = tokio::time::sleep(LAST_ANSWER) => {}
        }
        let message = "interrupted before anything was changed".to_owned();
        Err(Fatal { code: exit::INTERRUPTED, message, help: None })
    }

    async fn lock(&self, cluster: &Cluster, outputs: &mut Outputs) -> Result<Option<Lock>, Fatal> {
        if self.args.no_lock == Some(true) {
            return Ok(None);
        }
        let phase = self.run.phase;
        let user = ["USER", "LOGNAME", "USERNAME"].iter().find_map(|name| std::env::var(name).ok());
        let holder = Holder::this_process(user.as_deref().unwrap_or("somebody"));
        match Lock::acquire(cluster, &phase.release, phase.event, &holder).await {
            Ok(lock) => {
                if let Some(dead) = &lock.taken_over_from {
                    let look = &self.settings.look;
                    outputs
                        .say(&problem::note(&format!("the lock was taken over from {dead}, which is gone"), look))?;
                }
                Ok(Some(lock))
            }
            Err(LockError::Held(held)) => Err(locked(&held, &phase.release)),
            Err(LockError::Cluster(error)) => match error.kind {
                ErrorKind::Forbidden | ErrorKind::NotFound | ErrorKind::Invalid => {
                    Err(refused(format!("not run: no lock: {error}")).with_help("--no-lock runs without one."))
                }
                _ => Err(cluster_fatal(&error)),
            },
        }
    }

    /// The exit code; `None` after a second interrupt.
    async fn under_lock(
        &self,
        cluster: &Cluster,
        outputs: &mut Outputs,
        lock: Option<&Lock>,
        mut signals: Signals,
    ) -> Result<Option<u8>, Fatal> {
        let (stop, interrupt) = watch::channel(false);
        let printers = Printers::new(outputs, self.run);
        let _quiet = printers.are_live().then(Quiet::new);
        let record = self.found.record.as_ref().filter(|_| self.args.record == Some(true));
        let recorder = record.map(|(store, head)| Recorder::new(store, head, self.run.phase));
        let say = |event: RunEvent| {
            let now = Timestamp::now();
            let code = if let RunEvent::Finished { outcome, .. } = &event { code(outcome) } else { exit::OK };
            printers.event(now, &event, code);
            if let Some(recorder) = &recorder {
                recorder.note(now, &event);
            }
        };
        let all = async {
            let journal = recorder.as_ref().map(|recorder| recorder as &dyn Journal);
            let outcome = run::run(cluster, self.run.phase, &self.options, interrupt, &say, journal).await;
            let recorded = match &recorder {
                Some(recorder) => recorder.finish().await,
                None => Ok(()),
            };
            (outcome, recorded)
        };
        let lost = Cell::new(false);
        let keeping = async {
            let Some(lock) = lock else { return std::future::pending().await };
            let why = lock.keep().await;
            lost.set(true);
            let words = match why {
                Lost::TakenBy(other) => format!("the lock was taken by {other}; stopping"),
                Lost::Deleted => "the lock was deleted by somebody; stopping".to_owned(),
                Lost::Refused(words) => format!("the lock cannot be renewed any more; stopping: {words}"),
            };
            printers.aside(&words, self.settings);
            // Nobody may have begun to listen; then nothing has begun at all.
            let _ = stop.send(true);
            std::future::pending::<()>().await;
        };
        let interrupted = async {
            signals.next().await;
            printers.aside("stopping; interrupt once more to end at once", self.settings);
            let _ = stop.send(true);
            signals.next().await;
        };
        let ended = tokio::select! {
            biased;
            ended = all => Some(ended),
            () = interrupted => None,
            () = keeping => None,
            () = printers.turn() => None,
        };
        let Some((outcome, recorded)) = ended else {
            printers.abandon();
            printers.aside("ended at once: what was under way is not finished", self.settings);
            return Ok(None);
        };
        printers.end()?;
        if let Err(error) = recorded {
            self.note(&format!("the release record does not say how the hooks ended: {error}"));
        }
        Ok(Some(code(&outcome)))
    }

    fn note(&self, text: &str) {
        to_stderr(&problem::note(text, &self.settings.error_look));
    }
}

/// The exit code of an outcome.
fn code(outcome: &Outcome) -> u8 {
    match outcome {
        Outcome::Succeeded => exit::OK,
        Outcome::Failed { failure, .. } if failure.reason.is_timeout() => exit::TIMEOUT,
        Outcome::Failed { .. } => exit::FOUND,
        Outcome::Interrupted { .. } => exit::INTERRUPTED,
    }
}

/// What a person or a system stops a program with.
#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> Result<Signals, Fatal> {
        use tokio::signal::unix::{SignalKind, signal};
        let listen = |kind| signal(kind).map_err(|e| Fatal::load(format!("cannot listen for signals: {e}")));
        Ok(Signals { interrupt: listen(SignalKind::interrupt())?, terminate: listen(SignalKind::terminate())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// What a person stops a program with.
#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> Result<Signals, Fatal> {
        Ok(Signals)
    }

    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
