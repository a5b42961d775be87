//! The line at the bottom of a terminal that shows what the run waits for; finished lines go above it.

use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::cluster::run::RunEvent;
use crate::report::look::Look;

use super::{Run, Text};

/// How often the sign turns.
const TURN: Duration = Duration::from_millis(120);

/// A printer for terminals.
pub struct Live<'a> {
    text: Text<'a>,
    all: MultiProgress,
    bar: ProgressBar,
    began: Instant,
}

impl<'a> Live<'a> {
    /// A printer on stdout, which must be a terminal.
    pub fn new(run: &'a Run<'a>, look: &Look, began: Instant) -> Live<'a> {
        let all = MultiProgress::with_draw_target(ProgressDrawTarget::stdout());
        let bar = all.add(ProgressBar::new_spinner());
        if let Ok(style) = ProgressStyle::with_template(" {spinner} {msg}") {
            bar.set_style(style.tick_strings(if look.unicode {
                &["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏", " "]
            } else {
                &["|", "/", "-", "\\", " "]
            }));
        }
        Live { text: Text::new(run, look.clone(), true), all, bar, began }
    }

    /// Shows an event.
    pub fn event(&mut self, event: &RunEvent) {
        let lines = self.text.event(self.began.elapsed(), event);
        let finished = matches!(event, RunEvent::Finished { .. });
        if finished {
            self.bar.finish_and_clear();
        }
        if !lines.is_empty() {
            // Nothing can be done when nobody reads any more.
            let _ = self.all.println(lines.trim_end_matches('\n'));
        }
        if !finished {
            self.turn();
        }
    }

    /// Says something above the line that changes.
    pub fn aside(&self, text: &str) {
        let _ = self.all.println(text);
    }

    /// Takes the line that changes away, when no event will.
    pub fn end(&self) {
        self.bar.finish_and_clear();
    }

    /// Shows how time goes by; to be called every [`Live::pause`].
    pub fn turn(&mut self) {
        if self.bar.is_finished() {
            return;
        }
        match self.text.status(self.began.elapsed()) {
            Some(status) => {
                self.bar.set_message(status);
                self.bar.tick();
            }
            None => self.bar.set_message(""),
        }
    }

    /// How long to wait between two turns.
    pub fn pause() -> Duration {
        TURN
    }
}
