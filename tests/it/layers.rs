//! Rooms use only the rooms above them: the drawing in ARCHITECTURE.md cannot drift.

use std::fs;
use std::path::{Path, PathBuf};

const ROOMS: [&str; 8] = ["text", "go", "helm", "hooks", "lint", "cluster", "report", "cli"];

/// Rooms that stand below each other in the list but do not know each other all the same.
const STRANGERS: [(&str, &str); 2] = [("cluster", "lint"), ("lint", "cluster")];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a source folder can be read") {
        let path = entry.expect("an entry can be read").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ext| ext == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn rooms_use_only_the_rooms_above() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&src, &mut files);
    assert!(files.len() > 10, "no sources found below {}", src.display());
    let mut wrong = Vec::new();
    for file in files {
        let relative = file.strip_prefix(&src).expect("below src").to_string_lossy().replace('\\', "/");
        let Some(own) = ROOMS.iter().position(|room| relative.starts_with(&format!("{room}/"))) else { continue };
        let text = fs::read_to_string(&file).expect("sources are UTF-8");
        for (number, line) in text.lines().enumerate() {
            for (at, _) in line.match_indices("crate::") {
                let rest = &line[at + "crate::".len()..];
                let room: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                let Some(used) = ROOMS.iter().position(|name| *name == room) else { continue };
                if used > own || STRANGERS.contains(&(ROOMS[own], ROOMS[used])) {
                    wrong.push(format!("{relative}:{}: {} must not use {room}", number + 1, ROOMS[own]));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
