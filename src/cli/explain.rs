//! `explain`.

use crate::hooks::words;
use crate::lint::{every_rule, select};
use crate::report;

use super::args::ExplainArgs;
use super::exit::{Fatal, OK, Outcome};
use super::output::to_stdout;
use super::settings::Settings;

/// Explains a word, or lists the words there are.
///
/// # Errors
/// For a word nobody knows.
pub(crate) fn run(args: &ExplainArgs, settings: &Settings) -> Outcome {
    let look = &settings.look;
    let text = match &args.word {
        None => report::explain::list(look),
        Some(typed) => match (words::find(typed), select::find(typed)) {
            (Some(word), _) => report::explain::explain(word, look),
            (None, Some(rule)) => report::explain::rule(rule, look),
            (None, None) => return Err(unknown(typed, &settings.program)),
        },
    };
    to_stdout(text.as_bytes()).map(|()| OK)
}

fn unknown(typed: &str, program: &str) -> Fatal {
    let word = typed.to_lowercase();
    let names = words::words().flat_map(|word| std::iter::once(word.name).chain(word.aliases.iter().copied()));
    let names = names.chain(every_rule().map(|rule| rule.name));
    let (distance, nearest) =
        names.map(|name| (report::plan::distance(&word, name), name)).min().unwrap_or((usize::MAX, ""));
    let fatal = Fatal::usage(format!("nothing is known about {typed:?}"));
    if distance <= 1 + word.chars().count() / 4 {
        fatal.with_help(format!("Did you mean {nearest}?"))
    } else {
        fatal.with_help(format!("`{program} explain` lists the words that are known."))
    }
}
