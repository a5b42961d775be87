//! What is said twice about a release is said alike.

use std::fs;
use std::path::Path;

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

#[test]
fn the_plugin_has_the_version_of_the_program() {
    let manifest = read("plugin.yaml");
    let version = manifest.lines().find_map(|line| line.strip_prefix("version: "));
    assert_eq!(version, Some(env!("CARGO_PKG_VERSION")));
}

#[test]
fn the_plugin_uses_only_what_every_helm_knows() {
    // Helm 3.17 stops at unknown keys, and so loses every plugin; Helm 4 ignores one with both kinds of hooks or commands.
    let manifest = read("plugin.yaml");
    let keys: Vec<&str> = manifest
        .lines()
        .filter(|line| !line.starts_with([' ', '#', '-']) && !line.is_empty())
        .filter_map(|line| line.split(':').next())
        .collect();
    assert_eq!(keys, ["name", "version", "usage", "description", "platformCommand", "hooks"]);
    assert!(!manifest.lines().any(|line| line.trim_start().starts_with("args:")));
}

#[test]
fn the_plugin_runs_what_the_installer_places() {
    let (manifest, installer) = (read("plugin.yaml"), read("scripts/install.sh"));
    assert!(manifest.contains("$HELM_PLUGIN_DIR/bin/helm-hooks\n"));
    assert!(manifest.contains("$HELM_PLUGIN_DIR/scripts/install.sh"));
    assert!(installer.contains("$root/bin/helm-hooks$exe"));
}
