//! What to type after a run: the command again as it was typed, and the one that cleans up.
//!
//! A token is never repeated, and of values that were set only the names: a log may be read by others than the command line was. In
//! their place stand variables of a shell, which refuses the command as long as they are not set.

use crate::cli::live::Live;
use crate::cli::settings::Settings;
use crate::hooks::Release;
use crate::report::run::{Commands, quoted};

use super::args::RunArgs;

/// Flags that are not repeated, with their values.
const LEFT_OUT: [&str; 6] = ["--start-at", "--token", "--kube-token", "--output", "--format", "-o"];
/// Flags whose values may be secret.
const SECRET: [&str; 4] = ["--set", "--set-string", "--set-json", "--set-literal"];
/// Flags that say whether to run at all.
const ALONE: [&str; 2] = ["--yes", "-y"];

/// The commands for a run.
pub(super) fn of(args: &RunArgs, release: &Release, live: &Live, settings: &Settings) -> Commands {
    let typed: Vec<String> = std::env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned()).collect();
    let (mut words, hidden) = repeated(&typed);
    let mut add = |word: &str| words.push(quoted(word));
    if args.release.is_none() {
        add(&release.name);
    }
    ["-n", &release.namespace].into_iter().for_each(&mut add);
    let context = settings.access.context.as_ref().filter(|_| live.context().is_some());
    context.iter().flat_map(|context| ["--kube-context", context.as_str()]).for_each(&mut add);
    let file = settings.access.kubeconfig.as_ref().map(|file| file.to_string_lossy().into_owned());
    let kubectl = [("--kubeconfig", file.as_ref()), ("--context", context)];
    let kubectl = kubectl.into_iter().filter_map(|(flag, value)| Some(format!(" {flag} {}", quoted(value?))));
    Commands { run: format!("{} {}", settings.program, words.join(" ")), kubectl: kubectl.collect(), hidden }
}

/// The words of a command line that are typed again, quoted, and what is hidden in them: where to run is added anew.
fn repeated(typed: &[String]) -> (Vec<String>, Vec<String>) {
    const PLACE: [&str; 4] = ["-n", "--namespace", "--kube-context", "--context"];
    let (mut words, mut hidden) = (Vec::new(), Vec::new());
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
            let variable = format!("VALUE{}", hidden.len() + 1);
            words.extend([flag.to_owned(), format!("\"${{{variable}:?is not set}}\"")]);
            hidden.push(format!("{variable}='{}=…'", name(&value)));
        } else {
            words.push(quoted(word));
        }
    }
    (words, hidden)
}

/// What a value was set for, as far as it is a name beyond doubt.
fn name(value: &str) -> &str {
    let name = value.split_once('=').map_or("", |(name, _)| name);
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./[]".contains(c);
    if name.chars().all(plain) { name } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_secret_is_repeated() {
        let typed = "run pre-upgrade shop --token abc --set=db.password=x --set-string a=b -n prod --yes -oq --logs none --kube-token=t";
        let typed: Vec<String> = typed.split(' ').map(str::to_owned).collect();
        let (words, hidden) = repeated(&typed);
        assert_eq!(
            words.join(" "),
            "run pre-upgrade shop --set \"${VALUE1:?is not set}\" --set-string \"${VALUE2:?is not set}\" --logs none"
        );
        assert_eq!(hidden, ["VALUE1='db.password=…'", "VALUE2='a=…'"]);
    }

    #[test]
    fn what_is_not_a_name_is_not_shown() {
        let typed: Vec<String> = ["--set", "se cret,b=x", "--set-json", "planted"].map(str::to_owned).to_vec();
        assert_eq!(repeated(&typed).1, ["VALUE1='=…'", "VALUE2='=…'"]);
    }
}
