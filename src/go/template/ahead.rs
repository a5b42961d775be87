//! A second thread that parses texts while the first still reads files, and then shares with it what is left.

use std::collections::{HashMap, HashSet, VecDeque};
use std::hint::black_box;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use foldhash::fast::RandomState;

use super::func::FuncTable;
use super::parse::{Parse, Parsed, Scratch, begin};

/// So many bytes of texts are worth a thread. They are also what it is woken for.
const LARGE: usize = 16 << 10;

/// glibc gives threads other than the first memory in steps as small as what is asked for, each of which is a call of the system
/// that halts the first thread as well. Asking for so much, and giving it back at once, makes the steps large.
const ROOM: usize = 112 << 10;

/// Texts that wait to be parsed, and those that are.
#[derive(Debug)]
pub(super) struct Ahead {
    desk: Arc<Desk>,
    /// How many bytes came in since the thread was last told.
    untold: usize,
    /// Whether there is a second thread, once it was needed; one of a pool, which has its share of the processors already, gets none.
    helped: Option<bool>,
}

/// What was parsed, by the texts' addresses, with the texts, so that no other one gets the address.
type ByAddress = HashMap<usize, (Arc<[u8]>, Parsed<Parse>), RandomState>;

/// What the two threads have in common.
#[derive(Debug)]
struct Desk {
    funcs: &'static FuncTable,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    waiting: VecDeque<Arc<[u8]>>,
    /// Which text the second thread is at.
    current: Option<Arc<[u8]>>,
    parsed: ByAddress,
    /// Whether the second thread waits for more.
    idle: bool,
    /// Whether no more texts come in.
    closed: bool,
}

impl Ahead {
    /// No text yet. `funcs` are those the texts may call.
    pub(super) fn new(funcs: &'static FuncTable) -> Ahead {
        let desk = Desk { funcs, state: Mutex::default(), changed: Condvar::new() };
        Ahead { desk: Arc::new(desk), untold: 0, helped: None }
    }

    /// Takes in a text that will probably be asked for.
    pub(super) fn add(&mut self, text: &Arc<[u8]>) {
        if self.helped == Some(false) {
            return;
        }
        self.desk.state().waiting.push_back(Arc::clone(text));
        self.untold += text.len();
        if self.untold >= LARGE {
            self.tell();
        }
    }

    /// Parses texts, as far as it has not happened yet. A text that is not among what it gives is for the caller to parse.
    pub(super) fn take(mut self, texts: &[Arc<[u8]>]) -> impl FnMut(&Arc<[u8]>) -> Option<Parsed<Parse>> + use<> {
        let mut state = self.desk.state();
        // Two aliases of a chart have its texts in common.
        let mut begun: HashSet<usize, RandomState> =
            state.parsed.keys().copied().chain(state.current.iter().map(address)).collect();
        let left: VecDeque<Arc<[u8]>> = texts.iter().filter(|text| begun.insert(address(text))).cloned().collect();
        self.untold = left.iter().map(|text| text.len()).sum();
        state.waiting = left;
        state.closed = true;
        drop(state);
        if self.untold >= LARGE {
            self.tell();
        }
        let mut scratch = Scratch::default();
        let mut state = self.desk.state();
        if self.helped == Some(true) {
            while let Some(text) = state.waiting.pop_front() {
                drop(state);
                let parsed = begin(&text, self.desk.funcs, &mut scratch);
                state = self.desk.state();
                state.parsed.insert(address(&text), (text, parsed));
            }
            while state.current.is_some() {
                state = self.desk.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
        }
        let mut parsed = std::mem::take(&mut state.parsed);
        drop(state);
        move |text| parsed.remove(&address(text)).map(|(_, parsed)| parsed)
    }

    /// Has the second thread look at what waits; when there is none yet, there is now.
    fn tell(&mut self) {
        self.untold = 0;
        let start = || {
            let desk = Arc::clone(&self.desk);
            let is_free = rayon::current_thread_index().is_none();
            is_free && thread::Builder::new().spawn(move || desk.help()).is_ok()
        };
        match self.helped {
            None => self.helped = Some(start()),
            Some(true) if self.desk.state().idle => self.desk.changed.notify_all(),
            Some(_) => {}
        }
    }
}

impl Drop for Ahead {
    fn drop(&mut self) {
        let mut state = self.desk.state();
        state.closed = true;
        state.waiting.clear();
        self.desk.changed.notify_all();
    }
}

impl Desk {
    fn state(&self) -> MutexGuard<'_, State> {
        // What the other thread left behind is whole at any time.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the second thread does.
    fn help(&self) {
        let _leaving = Leaving(self);
        let mut scratch = Scratch::default();
        let mut state = self.state();
        loop {
            if let Some(text) = state.waiting.pop_front() {
                state.current = Some(Arc::clone(&text));
                drop(state);
                black_box(Vec::<u8>::with_capacity(ROOM));
                let parsed = begin(&text, self.funcs, &mut scratch);
                state = self.state();
                state.parsed.insert(address(&text), (text, parsed));
                state.current = None;
                if state.closed {
                    self.changed.notify_all();
                }
            } else if state.closed {
                return;
            } else {
                state.idle = true;
                state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
                state.idle = false;
            }
        }
    }
}

/// A thread that did not come to its end leaves its texts to whoever asks for them.
struct Leaving<'d>(&'d Desk);

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        self.0.state().current = None;
        self.0.changed.notify_all();
    }
}

fn address(text: &Arc<[u8]>) -> usize {
    text.as_ptr().addr()
}
