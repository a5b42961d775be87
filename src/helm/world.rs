//! The world a render may see: clock, randomness, look-ups. The caller owns it; `plan` and `lint` hand in a fixed one.

use std::cell::{Cell, RefCell};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::go::value::{Map, Value};

/// Everything outside the chart and its values that a template can observe.
pub struct World {
    /// `now` and the dates in certificates.
    pub clock: Clock,
    /// Random bytes.
    pub entropy: RefCell<Entropy>,
    /// Whether keys and certificates are really generated. When not, the functions give fixed ones of the right form.
    pub fixed_keys: bool,
    /// What `lookup` answers: apiVersion, kind, namespace, name.
    pub lookup: Box<Lookup>,
    asked: Cell<bool>,
    asked_time: Cell<bool>,
}

/// Answers `lookup`: apiVersion, kind, namespace, name.
pub type Lookup = dyn Fn(&str, &str, &str, &str) -> Result<Map, String>;

/// Where the time comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// The machine's.
    System,
    /// Always this moment.
    Fixed(SystemTime),
}

impl Clock {
    /// The time it shows.
    pub fn now(self) -> SystemTime {
        match self {
            // The one place that looks at the clock; everything else is handed this value.
            Clock::System => SystemTime::now(),
            Clock::Fixed(time) => time,
        }
    }
}

/// Where random bytes come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entropy {
    /// The operating system.
    System,
    /// A repeatable sequence with this state (SplitMix64). Never for keys that leave the machine.
    Seeded(u64),
}

impl Entropy {
    /// The next number of a seeded sequence; `None` when the operating system is to be asked.
    pub fn next_seeded(&mut self) -> Option<u64> {
        match self {
            Entropy::System => None,
            Entropy::Seeded(state) => {
                *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
                let mut z = *state;
                z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
                z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
                Some(z ^ (z >> 31))
            }
        }
    }
}

impl Entropy {
    /// A random number.
    ///
    /// # Errors
    /// When the operating system has none to give.
    pub fn number(&mut self) -> Result<u64, String> {
        match self.next_seeded() {
            Some(number) => Ok(number),
            None => getrandom::u64().map_err(|e| e.to_string()),
        }
    }

    /// Fills a buffer with random bytes.
    ///
    /// # Errors
    /// When the operating system has none to give.
    pub fn fill(&mut self, buffer: &mut [u8]) -> Result<(), String> {
        if matches!(self, Entropy::System) {
            return getrandom::fill(buffer).map_err(|e| e.to_string());
        }
        for chunk in buffer.chunks_mut(8) {
            let bytes = self.next_seeded().unwrap_or_default().to_le_bytes();
            chunk.iter_mut().zip(bytes).for_each(|(to, from)| *to = from);
        }
        Ok(())
    }

    /// A random number from 0 up to, not including, `end`; 0 when `end` is 0. Every number is equally likely.
    ///
    /// # Errors
    /// When the operating system has no random numbers to give.
    pub fn below(&mut self, end: u64) -> Result<u64, String> {
        // Numbers from the last, incomplete round of `end` are thrown away.
        let complete = u64::MAX - u64::MAX.checked_rem(end).unwrap_or(0);
        loop {
            let number = self.number()?;
            if number < complete || end == 0 {
                return Ok(number.checked_rem(end).unwrap_or(0));
            }
        }
    }
}

impl World {
    /// The real clock and real randomness, no cluster: what `helm template` sees.
    pub fn real() -> World {
        World {
            clock: Clock::System,
            entropy: RefCell::new(Entropy::System),
            fixed_keys: false,
            lookup: Box::new(|_, _, _, _| Ok(Value::dict())),
            asked: Cell::new(false),
            asked_time: Cell::new(false),
        }
    }

    /// A repeatable world: fixed clock, seeded randomness, fixed keys, no cluster.
    pub fn fixed(seed: u64) -> World {
        World {
            // 2026-01-01T00:00:00Z: recent, so that certificates and dates made from it look like today's.
            clock: Clock::Fixed(UNIX_EPOCH + Duration::from_secs(1_767_225_600)),
            entropy: RefCell::new(Entropy::Seeded(seed)),
            fixed_keys: true,
            lookup: Box::new(|_, _, _, _| Ok(Value::dict())),
            asked: Cell::new(false),
            asked_time: Cell::new(false),
        }
    }

    /// `lookup`: apiVersion, kind, namespace, name.
    ///
    /// # Errors
    /// What the cluster says.
    pub fn look_up(&self, api_version: &str, kind: &str, namespace: &str, name: &str) -> Result<Map, String> {
        self.asked.set(true);
        (self.lookup)(api_version, kind, namespace, name)
    }

    /// The time.
    pub fn now(&self) -> SystemTime {
        self.asked.set(true);
        self.asked_time.set(true);
        self.clock.now()
    }

    /// Whether a template asked for the time.
    pub(super) fn asked_time(&self) -> bool {
        self.asked_time.get()
    }

    /// Whether anything was looked up, or the time was asked for, since the last call.
    pub(super) fn take_asked(&self) -> bool {
        self.asked.replace(false)
    }

    /// Whether what a template sees here is what it sees in another world, as long as neither is asked for randomness, for the time or
    /// for what a cluster has.
    pub(super) fn is_like(&self, other: &Appearance) -> bool {
        self.clock != Clock::System && other.seeded && self.appearance() == *other
    }

    /// What a template sees that asks for none of them.
    pub(super) fn appearance(&self) -> Appearance {
        let seeded = matches!(*self.entropy.borrow(), Entropy::Seeded(_));
        Appearance { fixed_keys: self.fixed_keys, seeded }
    }
}

/// See [`World::appearance`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Appearance {
    fixed_keys: bool,
    seeded: bool,
}
