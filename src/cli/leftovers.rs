//! `leftovers`: objects of hooks that nobody will delete; `--delete` deletes what was shown, and nothing else.

use std::io::{BufRead, IsTerminal};
use std::sync::Arc;

use clap::Args;
use jiff::Timestamp;

use crate::cluster::leftovers::{Deletion, OfChart, delete, find, missing_rights};
use crate::cluster::{Cluster, ErrorKind};
use crate::helm::values::Reuse;
use crate::helm::world::World;
use crate::hooks::Event;
use crate::report::leftovers::{Report, json, table, yaml};

use super::args::go_bool;
use super::chart_phase::{PhaseFailure, of_chart};
use super::cluster_args::ClusterArgs;
use super::exit::{self, Fatal, Outcome};
use super::live::{Live, cluster_fatal};
use super::output::{Target, deliver, targets, to_stderr};
use super::render_args::{HelmArgs, RenderArgs};
use super::settings::{RenderSettings, Settings};
use super::status::{FORMATS, Format, Place, end, unknown};

/// `leftovers`.
#[derive(Args, Clone, Debug)]
pub(crate) struct LeftoversArgs {
    /// The release (default: all of the namespace)
    #[arg(value_name = "RELEASE", conflicts_with = "all_namespaces")]
    pub release: Option<String>,
    /// Look at all namespaces
    #[arg(short = 'A', long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_parser = go_bool, value_name = "BOOL", hide_possible_values = true)]
    pub all_namespaces: Option<bool>,
    /// Look for what this chart's hooks make, too: for a release whose records are gone
    #[arg(long, value_name = "CHART", requires = "release", value_hint = clap::ValueHint::AnyPath)]
    pub chart: Option<String>,
    /// Delete what was found
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_parser = go_bool, value_name = "BOOL", hide_possible_values = true)]
    pub delete: Option<bool>,
    /// Delete without asking; scripts need it
    #[arg(short, long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_parser = go_bool, value_name = "BOOL", hide_possible_values = true)]
    pub yes: Option<bool>,
    /// End with 1 when something was found
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_parser = go_bool, value_name = "BOOL", hide_possible_values = true)]
    pub exit_code: Option<bool>,
    /// Format: table, json or yaml; with =FILE into a file; may be repeated
    #[arg(short, long, alias = "format", value_name = "FORMAT[=FILE]")]
    pub output: Vec<String>,
    /// How the chart is rendered.
    #[command(flatten)]
    pub render: RenderArgs,
    /// By whom.
    #[command(flatten)]
    pub helm: HelmArgs,
    /// How a cluster is reached.
    #[command(flatten)]
    pub cluster: ClusterArgs,
}

/// Runs `leftovers`.
///
/// # Errors
/// For an unknown release, when the cluster does not answer, and when nothing may be deleted.
pub(crate) fn run(args: &LeftoversArgs, settings: &Settings) -> Outcome {
    let targets = targets(&args.output, &FORMATS, Format::Table)?;
    let live = Live::connect(&args.cluster, settings)?;
    let everywhere = args.all_namespaces == Some(true);
    let place = Place::of(&live, args.release.as_deref(), everywhere)?;
    let chart = match args.chart.as_deref() {
        None => None,
        Some(path) => match chart(path, args, &live, &place, settings) {
            Ok(chart) => Some(chart),
            Err(failure) => return failure.report(settings),
        },
    };
    let report = look(args, chart.as_ref(), &live, place, settings)?;
    if args.delete == Some(true) && !report.found.is_empty() {
        return delete_all(args, report, &live, &targets, settings);
    }
    print(&report, &targets, settings)?;
    let found = args.exit_code == Some(true) && !report.found.is_empty();
    Ok(match end(&report.errors, settings) {
        exit::OK if found => exit::FOUND,
        code => code,
    })
}

/// The hooks of a chart, rendered as for the release.
fn chart(
    path: &str,
    args: &LeftoversArgs,
    live: &Arc<Live>,
    place: &Place,
    settings: &Settings,
) -> Result<OfChart, PhaseFailure> {
    let release = args.release.clone().unwrap_or_default();
    let words = [release.clone(), path.to_owned()];
    let (render, path) = RenderSettings::resolve(&args.render, args.helm, &words, settings, World::real())?;
    // An uninstall is what comes after all the others; which event it is for decides nothing else.
    let found = of_chart(live, Some(&place.store), &path, Event::PostDelete, &render, Reuse::default(), settings)?;
    Ok(OfChart { release, namespace: live.namespace().to_owned(), hooks: found.hooks })
}

fn look(
    args: &LeftoversArgs,
    chart: Option<&OfChart>,
    live: &Live,
    place: Place,
    settings: &Settings,
) -> Result<Report, Fatal> {
    let engine = args.helm.chosen(settings);
    let release = args.release.as_deref();
    let work = async |cluster: &Cluster| match find(cluster, &place.store, release, chart, place.scope, engine).await {
        Err(error) if error.kind == ErrorKind::NotFound && release.is_some() => {
            let mut fatal = unknown(&place.store, live.namespace(), release.unwrap_or_default()).await;
            fatal.help = Some(
                "helm uninstall removes the records; give the chart the release was made of with --chart.".to_owned(),
            );
            Err(fatal)
        }
        other => other.map_err(|error| cluster_fatal(&error)),
    };
    let found = live.ask(work)?;
    let busy = found.busy.iter().map(|head| {
        format!("{} in {} is {}: what its hooks have made is left out", head.name, head.namespace, head.status)
    });
    Ok(Report {
        busy: busy.collect(),
        found: found.found,
        deletions: None,
        errors: found.errors.iter().map(|error| error.message.clone()).collect(),
        all_namespaces: place.all_namespaces,
        place: place.words,
        delete_command: command(args, live, settings),
        now: Timestamp::now(),
    })
}

/// What to type to delete what was found; values that are set may be secret and are left to the reader.
fn command(args: &LeftoversArgs, live: &Live, settings: &Settings) -> String {
    let mut words = vec![settings.program.clone(), "leftovers".to_owned()];
    words.extend(args.release.clone());
    if args.all_namespaces == Some(true) {
        words.push("-A".to_owned());
    } else {
        words.extend(["-n".to_owned(), live.namespace().to_owned()]);
    }
    if let Some(chart) = &args.chart {
        words.extend(["--chart".to_owned(), chart.clone()]);
    }
    if let Some(context) = settings.access.context.as_ref().filter(|_| live.context().is_some()) {
        words.extend(["--kube-context".to_owned(), context.clone()]);
    }
    words.push("--delete".to_owned());
    words.join(" ")
}

fn print(report: &Report, targets: &[Target<Format>], settings: &Settings) -> Result<(), Fatal> {
    for target in targets {
        let look = settings.look.for_file(target.file.is_some());
        let text = match target.format {
            Format::Table => table(report, &look),
            Format::Json => json(report),
            Format::Yaml => yaml(report),
        };
        deliver(target.file.as_deref(), &text)?;
    }
    Ok(())
}

/// Shows what was found, asks, deletes, tells what became of each.
fn delete_all(
    args: &LeftoversArgs,
    mut report: Report,
    live: &Live,
    targets: &[Target<Format>],
    settings: &Settings,
) -> Outcome {
    let refused = |message: &str| Fatal { code: exit::REFUSED, message: message.to_owned(), help: None };
    if !report.errors.is_empty() {
        let _ = end(&report.errors, settings);
        return Err(refused("nothing was deleted: not everything could be looked at"));
    }
    let asks = args.yes != Some(true);
    if asks {
        to_stderr(&table(&report, &settings.error_look));
        if !(std::io::stdin().is_terminal() && std::io::stderr().is_terminal()) {
            return Err(refused("nothing was deleted: nobody is there to confirm it").with_help("Add --yes."));
        }
    }
    let missing = live.ask(async |cluster| missing_rights(cluster, &report.found).await);
    let missing = missing.map_err(|error| cluster_fatal(&error))?;
    if !missing.is_empty() {
        let missing = missing.join(", ");
        return Err(refused(&format!("nothing was deleted: not allowed to {missing}"))
            .with_help("A Role with these verbs is needed."));
    }
    if asks {
        confirm(report.found.len())?;
    }
    let deletions = live.ask(async |cluster| {
        let mut deletions = Vec::new();
        for leftover in &report.found {
            deletions.push(delete(cluster, leftover).await);
        }
        deletions
    });
    for deletion in &deletions {
        if let Deletion::Failed(error) = deletion {
            report.errors.push(error.message.clone());
        }
    }
    report.deletions = Some(deletions);
    print(&report, targets, settings)?;
    Ok(end(&report.errors, settings))
}

/// Asks the person at the terminal.
fn confirm(objects: usize) -> Result<(), Fatal> {
    let what = if objects == 1 { "this object".to_owned() } else { format!("these {objects} objects") };
    to_stderr(&format!("\nDelete {what}? [y/N] "));
    let mut answer = String::new();
    let read = std::io::stdin().lock().read_line(&mut answer);
    if read.is_ok() && matches!(answer.trim().to_lowercase().as_str(), "y" | "yes") {
        return Ok(());
    }
    if !answer.ends_with('\n') {
        to_stderr("\n");
    }
    Err(Fatal { code: exit::REFUSED, message: "nothing was deleted: not confirmed".to_owned(), help: None })
}
