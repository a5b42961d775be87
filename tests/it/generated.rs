//! Files made from the source are what the source makes of them. `UPDATE=1` writes them anew.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use helm_hooks::lint::every_rule;
use helm_hooks::report::rules;

#[test]
fn the_pages_of_rules() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rules");
    let pages = every_rule().map(|rule| (format!("{}.md", rule.code), rules::page(rule)));
    let pages: Vec<(String, String)> = pages.chain([("README.md".to_owned(), rules::index())]).collect();
    let names: BTreeSet<&str> = pages.iter().map(|(name, _)| name.as_str()).collect();
    let there = fs::read_dir(&folder).map(|files| files.flatten().map(|file| file.file_name()).collect::<Vec<_>>());
    let mut wrong = Vec::new();
    for file in there.unwrap_or_default() {
        let name = file.to_string_lossy().into_owned();
        if !names.contains(name.as_str()) {
            wrong.push(format!("{name} is of no rule"));
        }
    }
    for (name, page) in &pages {
        let path = folder.join(name);
        if std::env::var_os("UPDATE").is_some() {
            fs::create_dir_all(&folder).expect("the folder can be made");
            fs::write(path, page).expect("a page can be written");
        } else if fs::read_to_string(&path).unwrap_or_default() != *page {
            wrong.push(format!("{name} is out of date"));
        }
    }
    assert!(wrong.is_empty(), "UPDATE=1 cargo test accepts these:\n{}", wrong.join("\n"));
}
