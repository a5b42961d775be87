//! How far a long run has come: a bar on stderr, for a person who waits.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Shorter runs are over before anybody looks.
const PATIENCE: Duration = Duration::from_millis(500);

/// Counts charts.
pub(super) struct Progress {
    bar: ProgressBar,
    begun: Instant,
    shown: AtomicBool,
}

impl Progress {
    /// For so many charts; nothing is ever shown where stderr is no terminal.
    pub(super) fn new(charts: usize) -> Progress {
        let bar = ProgressBar::with_draw_target(Some(charts as u64), ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} charts") {
            bar.set_style(style.progress_chars("=> "));
        }
        Progress { bar, begun: Instant::now(), shown: AtomicBool::new(!std::io::stderr().is_terminal()) }
    }

    /// One more is done.
    pub(super) fn step(&self) {
        if self.begun.elapsed() > PATIENCE && !self.shown.swap(true, Ordering::Relaxed) {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        self.bar.inc(1);
    }

    /// Takes the bar away.
    pub(super) fn end(&self) {
        self.bar.finish_and_clear();
    }
}
