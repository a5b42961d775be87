//! `rules`.

use crate::report::rules;

use super::exit::{OK, Outcome};
use super::lint::args::RulesArgs;
use super::output::{deliver, targets};
use super::settings::Settings;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Table,
    Json,
}

/// Lists the rules.
///
/// # Errors
/// For unknown formats and output that cannot be written.
pub(crate) fn run(args: &RulesArgs, settings: &Settings) -> Outcome {
    let targets = targets(&args.output, &[("table", Format::Table), ("json", Format::Json)], Format::Table)?;
    for target in targets {
        let text = match target.format {
            Format::Table => rules::table(&settings.look.for_file(target.file.is_some())),
            Format::Json => rules::json(),
        };
        deliver(target.file.as_deref(), &text)?;
    }
    Ok(OK)
}
