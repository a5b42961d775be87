//! What to type after a run: the command again as it was typed, and the one that cleans up.
//!
//! A token is never repeated, and of values that were set only the names: a log may be read by others than the command line was.

use crate::cli::live::Live;
use crate::cli::settings::Settings;
use crate::hooks::Release;
use crate::report::run::{Commands, quoted};

use super::args::RunArgs;

/// Flags that are not repeated, with their values.
const LEFT_OUT: [&str; 6] = ["--start-at", "--token", "--kube-token", "--output", "--format", "-o"];
/// Flags whose values may be secret.
const SECRET: [&str; 5] = ["--set", "--set-string", "--set-json", "--set-literal", "--set-file"];
/// Flags that say whether to run at all.
const ALONE: [&str; 2] = ["--yes", "-y"];

/// The commands for a run.
pub(super) fn of(args: &RunArgs, release: &Release, live: &Live, settings: &Settings) -> Commands {
    let typed: Vec<String> = std::env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned()).collect();
    let mut words = repeated(&typed);
    if args.release.is_none() {
        words.push(release.name.clone());
    }
    words.extend(["-n".to_owned(), release.namespace.clone()]);
    let context = settings.access.context.as_ref().filter(|_| live.context().is_some());
    words.extend(context.iter().flat_map(|context| ["--kube-context".to_owned(), (*context).clone()]));
    let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    let file = settings.access.kubeconfig.as_ref().map(|file| file.to_string_lossy().into_owned());
    let kubectl = [("--kubeconfig", file.as_ref()), ("--context", context)];
    let kubectl = kubectl.into_iter().filter_map(|(flag, value)| Some(format!(" {flag} {}", quoted(value?))));
    Commands { run: format!("{} {}", settings.program, words.join(" ")), kubectl: kubectl.collect() }
}

/// The words of a command line that are typed again: where to run is added anew.
fn repeated(typed: &[String]) -> Vec<String> {
    const PLACE: [&str; 4] = ["-n", "--namespace", "--kube-context", "--context"];
    let mut words = Vec::new();
    let mut typed = typed.iter();
    while let Some(word) = typed.next() {
        let (flag, value) = match word.split_once('=') {
            Some((flag, value)) if flag.starts_with('-') => (flag, Some(value)),
            _ => (word.as_str(), None),
        };
        let attached = flag.starts_with("-n") && !flag.starts_with("--") && flag.len() > 2
            || flag.starts_with("-o") && !flag.starts_with("--") && flag.len() > 2;
        if attached || ALONE.contains(&flag) {
            continue;
        }
        if LEFT_OUT.contains(&flag) || PLACE.contains(&flag) {
            if value.is_none() {
                typed.next();
            }
        } else if SECRET.contains(&flag) {
            let value = value.map(str::to_owned).or_else(|| typed.next().cloned()).unwrap_or_default();
            let name = value.split_once(['=', ':']).map_or("", |(name, _)| name);
            words.extend([flag.to_owned(), format!("{name}=…")]);
        } else {
            words.push(word.clone());
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_secret_is_repeated() {
        let typed = "run pre-upgrade shop --token abc --set=db.password=x --set-string a=b -n prod --yes -oq --logs none --kube-token=t";
        let typed: Vec<String> = typed.split(' ').map(str::to_owned).collect();
        assert_eq!(repeated(&typed).join(" "), "run pre-upgrade shop --set db.password=… --set-string a=… --logs none");
    }
}
