//! Which rules run, and how bad their findings are: profiles, `--select`, `--ignore`, and the configuration's `severity`.
//!
//! What is more exact wins: a code or a name over a prefix, a longer prefix over a shorter one, a prefix over a profile. At equal
//! exactness the command line wins over the configuration, and what is ignored over what is selected.

use crate::text::Severity;

use super::words::nearest;
use super::{Finding, Profile, Rule, every_rule};

/// What a word that names rules stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// One rule, by code or name: its code.
    Rule(&'static str),
    /// All rules whose code begins so: `HH`, `HH2`, `HH20`.
    Prefix(String),
    /// All rules of a profile.
    Profile(Profile),
}

/// A word that names no rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownRule {
    /// The word.
    pub word: String,
    /// The name or code that is nearest.
    pub nearest: Option<&'static str>,
}

impl UnknownRule {
    /// What is wrong, on one line.
    pub fn message(&self) -> String {
        format!("no rule is called {:?}", self.word)
    }

    /// What to do, as a sentence; `program` is how this program is called.
    pub fn help(&self, program: &str) -> String {
        match self.nearest {
            Some(nearest) => format!("Did you mean {nearest}?"),
            None => {
                format!("`{program} rules` lists them. A prefix such as HH2, and a profile, stand for all of theirs.")
            }
        }
    }
}

const PROFILES: [Profile; 5] = [Profile::Default, Profile::Pedantic, Profile::Argocd, Profile::Flux, Profile::Baseline];

/// A profile by its name.
pub fn profile(name: &str) -> Option<Profile> {
    PROFILES.into_iter().find(|profile| profile.name() == name)
}

/// A rule by its code or name, in any case.
pub fn find(word: &str) -> Option<&'static Rule> {
    every_rule().find(|rule| rule.code.eq_ignore_ascii_case(word) || rule.name.eq_ignore_ascii_case(word))
}

impl Pattern {
    /// Reads a word: code, name, prefix of a code, or profile, in any case.
    ///
    /// # Errors
    /// When no rule is meant by it.
    pub fn read(word: &str) -> Result<Pattern, UnknownRule> {
        let word = word.trim();
        if let Some(rule) = find(word) {
            return Ok(Pattern::Rule(rule.code));
        }
        if let Some(profile) = profile(&word.to_ascii_lowercase()) {
            return Ok(Pattern::Profile(profile));
        }
        let prefix = word.to_ascii_uppercase();
        if prefix.starts_with("HH") && every_rule().any(|rule| rule.code.starts_with(&prefix)) {
            return Ok(Pattern::Prefix(prefix));
        }
        let (lower, upper) = (word.to_ascii_lowercase(), word.to_ascii_uppercase());
        let limit = 1 + word.chars().count() / 4;
        let near = nearest(&lower, every_rule().map(|rule| rule.name).chain(PROFILES.map(Profile::name)), limit);
        let near = near.or_else(|| nearest(&upper, every_rule().map(|rule| rule.code), 1));
        Err(UnknownRule { word: word.to_owned(), nearest: near.and_then(|(name, _)| static_name(name)) })
    }

    /// Whether a rule is meant.
    pub fn covers(&self, rule: &Rule) -> bool {
        match self {
            Pattern::Rule(code) => rule.code == *code,
            Pattern::Prefix(prefix) => rule.code.starts_with(prefix.as_str()),
            Pattern::Profile(profile) => rule.profile == *profile,
        }
    }

    /// The longer the better; a code and a name are as exact as it gets.
    fn exactness(&self) -> usize {
        match self {
            Pattern::Rule(_) => usize::MAX,
            Pattern::Prefix(prefix) => prefix.len(),
            Pattern::Profile(_) => 1,
        }
    }
}

/// The same name, which lives as long as the rules do.
fn static_name(name: &str) -> Option<&'static str> {
    let names = every_rule().flat_map(|rule| [rule.name, rule.code]).chain(PROFILES.map(Profile::name));
    names.into_iter().find(|known| *known == name)
}

/// Reads words, each of which may hold several, separated by commas.
///
/// # Errors
/// For the first that names no rule.
pub fn patterns(words: &[String]) -> Result<Vec<Pattern>, UnknownRule> {
    let words = words.iter().flat_map(|word| word.split(',')).map(str::trim).filter(|word| !word.is_empty());
    words.map(Pattern::read).collect()
}

/// What one source (command line, configuration) asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    /// Only these, if there are any.
    pub select: Vec<Pattern>,
    /// Not these.
    pub ignore: Vec<Pattern>,
    /// How bad findings are; `None` is off.
    pub severity: Vec<(Pattern, Option<Severity>)>,
}

/// Which rules run, and what becomes of their findings.
#[derive(Clone, Debug)]
pub struct Selection {
    profiles: Vec<Profile>,
    /// From the configuration and the command line.
    wishes: Vec<Wish>,
    with_baseline: bool,
}

impl Selection {
    /// From the profiles that are on beside the default one, and what is asked for, the configuration's first, the command line's last.
    /// A `select` of the command line replaces the configuration's. `with_baseline`: there is a chart to compare with.
    pub fn new(profiles: &[Profile], wishes: Vec<Wish>, with_baseline: bool) -> Selection {
        let mut profiles = [&[Profile::Default], profiles].concat();
        if with_baseline {
            profiles.push(Profile::Baseline);
        }
        let mut wishes = wishes;
        let last = wishes.iter().rposition(|wish| !wish.select.is_empty());
        for (at, wish) in wishes.iter_mut().enumerate() {
            if Some(at) != last {
                wish.select.clear();
            }
        }
        Selection { profiles, wishes, with_baseline }
    }

    /// The rules that run, by code.
    pub fn rules(&self) -> Vec<&'static Rule> {
        every_rule().filter(|rule| self.is_on(rule)).collect()
    }

    /// Whether a rule runs.
    pub fn is_on(&self, rule: &Rule) -> bool {
        if rule.profile == Profile::Baseline && !self.with_baseline {
            return false;
        }
        let selects = self.wishes.iter().flat_map(|wish| &wish.select).count() > 0;
        let mut verdict = ((0, 0, false), !selects && self.profiles.contains(&rule.profile));
        for (layer, wish) in self.wishes.iter().enumerate() {
            let off = wish.severity.iter().filter(|(_, severity)| severity.is_none()).map(|(pattern, _)| pattern);
            let selected = wish.select.iter().map(|pattern| (pattern, true));
            let ignored = wish.ignore.iter().chain(off).map(|pattern| (pattern, false));
            for (pattern, on) in selected.chain(ignored).filter(|(pattern, _)| pattern.covers(rule)) {
                let weight = (pattern.exactness(), layer, !on);
                if weight >= verdict.0 {
                    verdict = (weight, on);
                }
            }
        }
        verdict.1
    }

    /// The severity a finding has for the reader; `None` when it is not to be shown: severity info outside `pedantic`, unless the rule
    /// was asked for.
    pub fn severity(&self, finding: &Finding) -> Option<Severity> {
        let rule = finding.rule;
        if !self.is_on(rule) {
            return None;
        }
        let all =
            self.wishes.iter().enumerate().flat_map(|(layer, wish)| wish.severity.iter().map(move |s| (layer, s)));
        let given = all.filter(|(_, (pattern, severity))| pattern.covers(rule) && severity.is_some());
        let given = given.max_by_key(|(layer, (pattern, _))| (pattern.exactness(), *layer));
        let severity = given.and_then(|(_, (_, severity))| *severity);
        let severity = severity.unwrap_or(finding.severity);
        (severity > Severity::Info || self.shows_info(rule)).then_some(severity)
    }

    fn shows_info(&self, rule: &Rule) -> bool {
        let by_name =
            |pattern: &Pattern| !matches!(pattern, Pattern::Profile(profile) if *profile != Profile::Pedantic);
        let selected = self.wishes.iter().flat_map(|wish| &wish.select).filter(|pattern| by_name(pattern));
        // Rules of other tools' profiles were asked for by the profile; their infos are what they are for.
        self.profiles.contains(&Profile::Pedantic)
            || matches!(rule.profile, Profile::Argocd | Profile::Flux)
            || selected
                .into_iter()
                .any(|pattern| pattern.covers(rule) || *pattern == Pattern::Profile(Profile::Pedantic))
    }

    /// A rule that was asked for by name and needs a chart to compare with, which there is not.
    pub fn lacks_baseline(&self) -> Option<&'static Rule> {
        let codes = self.wishes.iter().flat_map(|wish| &wish.select).filter_map(|pattern| match pattern {
            Pattern::Rule(code) => find(code),
            _ => None,
        });
        codes.into_iter().find(|rule| rule.profile == Profile::Baseline && !self.with_baseline)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &[&str]) -> Vec<Pattern> {
        words.iter().map(|word| Pattern::read(word).unwrap()).collect()
    }

    fn wish(select: &[&str], ignore: &[&str]) -> Wish {
        Wish { select: read(select), ignore: read(ignore), severity: Vec::new() }
    }

    fn is_on(wishes: Vec<Wish>) -> bool {
        Selection::new(&[], wishes, false).is_on(find("HH101").unwrap())
    }

    #[test]
    fn words_name_rules() {
        assert_eq!(
            read(&["hh101", "Unknown-Event", "hh1", "HH", "default"]),
            [
                Pattern::Rule("HH101"),
                Pattern::Rule("HH101"),
                Pattern::Prefix("HH1".into()),
                Pattern::Prefix("HH".into()),
                Pattern::Profile(Profile::Default),
            ]
        );
        let unknown = |word| Pattern::read(word).unwrap_err();
        assert_eq!(unknown("unknow-event").nearest, Some("unknown-event"));
        assert_eq!(unknown("pedantik").nearest, Some("pedantic"));
        assert_eq!(unknown("XX101").message(), "no rule is called \"XX101\"");
        assert_eq!(
            unknown("HH9").help("helm hooks"),
            UnknownRule { word: String::new(), nearest: None }.help("helm hooks")
        );
        assert!(patterns(&["HH1, unknown-event,".to_owned()]).unwrap().len() == 2);
    }

    #[test]
    fn what_is_more_exact_wins() {
        assert!(is_on(vec![]) && is_on(vec![wish(&["HH1"], &[])]) && !is_on(vec![wish(&["flux"], &[])]));
        assert!(!is_on(vec![wish(&[], &["HH"])]) && is_on(vec![wish(&["HH101"], &["HH"])]));
        assert!(!is_on(vec![wish(&["HH101"], &["unknown-event"])]));
        assert!(is_on(vec![wish(&["HH"], &["default"])]));
    }

    #[test]
    fn the_command_line_wins_over_the_configuration() {
        assert!(is_on(vec![wish(&[], &["HH101"]), wish(&["HH101"], &[])]));
        assert!(!is_on(vec![wish(&["HH101"], &[]), wish(&[], &["HH101"])]));
        assert!(!is_on(vec![wish(&["HH1"], &[]), wish(&["flux"], &[])]));
    }
}
