//! Numbers that stand between a template and all the memory and time there is.

use std::cell::Cell;

/// The longest text a function may give, in bytes. Dicts that share dicts can become more text than there is memory; a whole
/// release is at most 1 MiB in the cluster, packed. Small in unit tests, which reach it.
pub const MAX_TEXT: usize = if cfg!(any(test, fuzzing)) { 4 << 20 } else { 16 << 20 };

/// What the templates of one render may make and read, in bytes: texts, lists and dicts, counted again for every function
/// they go through. Charts come to some megabytes. It bounds the time of a render, and its memory, whatever is kept.
pub const MAX_WORK: u64 = if cfg!(fuzzing) { 64 << 20 } else { 1 << 30 };

thread_local! {
    // Values are made everywhere, without a context they could be charged to; a render stays on its thread.
    static LEFT: Cell<u64> = const { Cell::new(MAX_WORK) };
}

/// Counts work, in bytes. False when there has been too much: the caller may then give up with any result, since the
/// evaluator stops with an error before anything comes of it.
pub fn work(bytes: usize) -> bool {
    LEFT.with(|left| {
        let rest = left.get().saturating_sub(bytes as u64);
        left.set(rest);
        rest > 0
    })
}

/// Whether there has been too much work.
pub fn is_exhausted() -> bool {
    LEFT.with(Cell::get) == 0
}

/// Ends the render: what goes on would be too much.
pub fn exhaust() {
    LEFT.with(|left| left.set(0));
}

/// A piece of work that is counted for itself; with its end the count begins anew, so that what was too much for one chart is
/// not held against what comes after it on the same thread.
#[derive(Debug)]
#[must_use = "the work ends when this is dropped"]
pub struct Work(());

impl Work {
    /// Begins a render, or what comes before or after it.
    pub fn begin() -> Work {
        LEFT.with(|left| left.set(MAX_WORK));
        Work(())
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        LEFT.with(|left| left.set(MAX_WORK));
    }
}
