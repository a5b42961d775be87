//! Go's view of letters: categories and the one-to-one case mappings.
//!
//! Mirrors `unicode` of Go 1.26, which holds Unicode 15. Rust's tables are newer and its case mappings give several
//! characters at times; what Go does not know yet is told from [`is_print`], which holds exactly Go's version.

use std::sync::LazyLock;

use regex::Regex;

use super::strconv::is_print;

/// A category beyond ASCII, asked of one character at a time.
struct Category(LazyLock<Option<Regex>>);

static UPPER: Category = Category(LazyLock::new(|| Regex::new(r"^\p{Lu}$").ok()));
static LOWER: Category = Category(LazyLock::new(|| Regex::new(r"^\p{Ll}$").ok()));
static TITLE: Category = Category(LazyLock::new(|| Regex::new(r"^\p{Lt}$").ok()));
static LETTER: Category = Category(LazyLock::new(|| Regex::new(r"^\p{L}$").ok()));
static DIGIT: Category = Category(LazyLock::new(|| Regex::new(r"^\p{Nd}$").ok()));
static PUNCT: Category = Category(LazyLock::new(|| Regex::new(r"^\p{P}$").ok()));

impl Category {
    fn has(&self, c: char) -> bool {
        self.0.as_ref().is_some_and(|category| category.is_match(c.encode_utf8(&mut [0; 4]))) && is_print(u32::from(c))
    }
}

/// `unicode.IsUpper`: category Lu.
pub fn is_upper(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_uppercase() } else { UPPER.has(c) }
}

/// `unicode.IsLower`: category Ll.
pub fn is_lower(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_lowercase() } else { LOWER.has(c) }
}

/// `unicode.IsTitle`: category Lt.
pub fn is_title(c: char) -> bool {
    !c.is_ascii() && TITLE.has(c)
}

/// `unicode.IsLetter`: category L.
pub fn is_letter(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_alphabetic() } else { LETTER.has(c) }
}

/// `unicode.IsNumber`: category N.
pub fn is_number(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_digit() } else { c.is_numeric() && is_print(u32::from(c)) }
}

/// `unicode.IsDigit`: category Nd.
pub fn is_digit(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_digit() } else { DIGIT.has(c) }
}

/// `unicode.IsPunct`: category P, to which Go, unlike C, does not count symbols such as `$` or `+`.
pub fn is_punct(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_punctuation() && !"$+<=>^`|~".contains(c) } else { PUNCT.has(c) }
}

/// `unicode.IsSpace`.
pub fn is_space(c: char) -> bool {
    c.is_whitespace()
}

/// `unicode.ToUpper`.
pub fn to_upper(c: char) -> char {
    match c {
        // Their full mapping is two characters; Go's is the capital with the iota beside it.
        '\u{1f80}'..='\u{1f87}' | '\u{1f90}'..='\u{1f97}' | '\u{1fa0}'..='\u{1fa7}' => moved(c, 8),
        '\u{1fb3}' | '\u{1fc3}' | '\u{1ff3}' => moved(c, 9),
        _ => single(c, c.to_uppercase()),
    }
}

/// `unicode.ToLower`.
pub fn to_lower(c: char) -> char {
    // The full mapping keeps the dot as a second character.
    if c == '\u{130}' { 'i' } else { single(c, c.to_lowercase()) }
}

/// `unicode.ToTitle`.
pub fn to_title(c: char) -> char {
    match c {
        '\u{1c4}'..='\u{1c6}' => '\u{1c5}',
        '\u{1c7}'..='\u{1c9}' => '\u{1c8}',
        '\u{1ca}'..='\u{1cc}' => '\u{1cb}',
        '\u{1f1}'..='\u{1f3}' => '\u{1f2}',
        // Georgian has capitals, but does not begin words with them.
        '\u{10d0}'..='\u{10fa}' | '\u{10fd}'..='\u{10ff}' => c,
        _ => to_upper(c),
    }
}

fn moved(c: char, by: u32) -> char {
    char::from_u32(u32::from(c) + by).unwrap_or(c)
}

/// A mapping to exactly one character that Go knows as well, else the character itself.
fn single(c: char, mut mapped: impl Iterator<Item = char>) -> char {
    match (mapped.next(), mapped.next()) {
        (Some(to), None) if to == c || to.is_ascii() || (is_print(u32::from(to)) && is_print(u32::from(c))) => to,
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn categories_are_narrower_than_properties() {
        assert!(is_upper('Ä') && is_lower('ä') && is_title('ǅ'));
        // A circled letter is uppercase by property, but a symbol by category.
        assert!(!is_upper('Ⓐ') && !is_letter('Ⓐ'));
        assert!(!is_punct('$') && is_punct('-') && is_punct('—') && is_number('½') && !is_letter('\u{903}'));
    }

    #[test]
    fn mappings_are_one_to_one() {
        assert_eq!("ßŉﬀᾀᾳıſ".chars().map(to_upper).collect::<String>(), "ßŉﬀᾈᾼIS");
        assert_eq!("İẞΣ".chars().map(to_lower).collect::<String>(), "ißσ");
        assert_eq!("ǆაi".chars().map(to_title).collect::<String>(), "ǅაI");
        // Its capital came with Unicode 16.
        assert_eq!(to_upper('\u{19b}'), '\u{19b}');
    }
}
