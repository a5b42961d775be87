//! `Chart.yaml`: what is in it, and what Helm insists on.
//!
//! Mirrors `pkg/chart/{metadata,dependency}.go` (Helm 4 `pkg/chart/v2`).

mod decode;
mod shapes;

use std::collections::BTreeSet;

pub(super) use self::decode::{Draft, api_version, check_lock};
use super::model::{Dependency, Metadata};
use crate::go::{path, semver, strconv};

/// `Metadata.Validate`: makes texts printable, and refuses what Helm refuses.
pub(super) fn validate(draft: Draft) -> Result<Metadata, String> {
    let Draft { mut metadata, null_maintainer, null_dependency, .. } = draft;
    sanitize(&mut metadata);
    let invalid = |text: String| Err::<Metadata, _>(format!("validation: {text}"));
    let quoted = |text: &str| strconv::quote(text.as_bytes());
    if metadata.api_version.is_empty() {
        return invalid("chart.metadata.apiVersion is required".into());
    }
    let name = &metadata.name;
    if name.is_empty() {
        return invalid("chart.metadata.name is required".into());
    }
    if name == "." || name == ".." {
        return invalid(format!("chart.metadata.name {} is not allowed", quoted(name)));
    }
    if path::base(name.as_bytes()) != name.as_bytes() {
        return invalid(format!("chart.metadata.name {} is invalid", quoted(name)));
    }
    if metadata.version.is_empty() {
        return invalid("chart.metadata.version is required".into());
    }
    if semver::Version::parse(&metadata.version).is_err() {
        return invalid(format!("chart.metadata.version {} is invalid", quoted(&metadata.version)));
    }
    if !matches!(metadata.chart_type.as_str(), "" | "application" | "library") {
        return invalid("chart.metadata.type must be application or library".into());
    }
    if null_maintainer {
        return invalid("maintainers must not contain empty or null nodes".into());
    }
    for maintainer in metadata.maintainers.iter_mut().flatten() {
        for text in [&mut maintainer.name, &mut maintainer.email, &mut maintainer.url] {
            sanitize_text(text);
        }
    }
    let mut names = BTreeSet::new();
    let null = || invalid("dependencies must not contain empty or null nodes".into());
    for (at, dependency) in metadata.dependencies.iter_mut().flatten().enumerate() {
        if null_dependency == Some(at) {
            return null();
        }
        sanitize_dependency(dependency);
        let alias = &dependency.alias;
        if !alias.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'_' | b'-')) {
            return invalid(format!("dependency {} has disallowed characters in the alias", quoted(&dependency.name)));
        }
        let key = if alias.is_empty() { &dependency.name } else { alias };
        if !names.insert(key.clone()) {
            return invalid(format!("more than one dependency with name or alias {}", quoted(key)));
        }
    }
    Ok(metadata)
}

fn sanitize(metadata: &mut Metadata) {
    for text in [
        &mut metadata.name,
        &mut metadata.description,
        &mut metadata.home,
        &mut metadata.icon,
        &mut metadata.condition,
        &mut metadata.tags,
        &mut metadata.app_version,
        &mut metadata.kube_version,
    ] {
        sanitize_text(text);
    }
    let lists = [&mut metadata.sources, &mut metadata.keywords];
    lists.into_iter().flatten().flatten().for_each(sanitize_text);
}

fn sanitize_dependency(dependency: &mut Dependency) {
    for text in [&mut dependency.name, &mut dependency.version, &mut dependency.repository, &mut dependency.condition] {
        sanitize_text(text);
    }
    dependency.tags.iter_mut().flatten().for_each(sanitize_text);
}

/// Every space becomes a plain one, and what Go does not print goes.
fn sanitize_text(text: &mut String) {
    let is_plain = |c: char| c == ' ' || (!c.is_whitespace() && strconv::is_print(u32::from(c)));
    if text.chars().all(is_plain) {
        return;
    }
    *text = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| is_plain(*c)).collect();
}
