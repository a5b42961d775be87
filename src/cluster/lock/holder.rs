//! Who holds a lock: for people a user, a machine, a process and a time; for this program, on the same machine, the very process.
//!
//! A process that was killed cannot give its lock back. Whether it is gone is known for certain only where it ran: the boot of the
//! machine, the namespace of process ids, the id and the time it started name it for good. Elsewhere one has to wait.

use std::fmt;
use std::fs;

use jiff::Timestamp;

/// A process, named for good; as an annotation holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ProcessId {
    /// Which boot of which machine, and which namespace of process ids there.
    place: String,
    pid: u32,
    /// When it started, in the kernel's count.
    started: String,
}

/// Who holds a lock, or wants to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    text: String,
    pub(super) process: Option<ProcessId>,
}

impl Holder {
    /// This process, run by a user.
    pub fn this_process(user: &str) -> Holder {
        let host = gethostname::gethostname().to_string_lossy().into_owned();
        let pid = std::process::id();
        let now = Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ");
        Holder { text: format!("{user}@{host}, process {pid}, since {now}"), process: ProcessId::this(pid) }
    }

    #[cfg(test)]
    pub(super) fn fake(text: &str) -> Holder {
        Holder { text: text.to_owned(), process: None }
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl ProcessId {
    fn this(pid: u32) -> Option<ProcessId> {
        Some(ProcessId { place: place()?, pid, started: started(pid)? })
    }

    /// Reads an annotation.
    pub(super) fn parse(text: &str) -> Option<ProcessId> {
        let mut parts = text.rsplitn(3, '/');
        let (started, pid, place) = (parts.next()?.to_owned(), parts.next()?.parse().ok()?, parts.next()?.to_owned());
        Some(ProcessId { place, pid, started })
    }

    /// True when it ran where this process runs, and runs no more.
    pub(super) fn is_known_to_be_gone(&self) -> bool {
        place().as_ref() == Some(&self.place) && started(self.pid).as_ref() != Some(&self.started)
    }
}

impl fmt::Display for ProcessId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.place, self.pid, self.started)
    }
}

fn place() -> Option<String> {
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let namespace = fs::read_link("/proc/self/ns/pid").ok()?;
    Some(format!("{}/{}", boot.trim(), namespace.to_string_lossy()))
}

/// Field 22 of the process's status; its name, which may hold anything, ends with the last parenthesis.
fn started(pid: u32) -> Option<String> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_ascii_whitespace();
    // A process that nobody has waited for yet is there and does nothing any more.
    let state = fields.next()?;
    fields.nth(18).filter(|_| state != "Z" && state != "X").map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_runs_and_others_may_not() {
        let Some(own) = Holder::this_process("me").process else { return };
        assert!(!own.is_known_to_be_gone());
        assert_eq!(ProcessId::parse(&own.to_string()).as_ref(), Some(&own));
        assert!(ProcessId { started: "1".into(), ..own.clone() }.is_known_to_be_gone());
        assert!(!ProcessId { place: "elsewhere".into(), started: "1".into(), ..own }.is_known_to_be_gone());
        assert_eq!(ProcessId::parse("x"), None);
    }
}
