//! The order of keys: numbers inside them count as numbers.
//!
//! Mirrors `sorter.go` of `go.yaml.in/yaml/v2` and v3. What they define is no order in the strict sense (`10` comes
//! before `1a`, `1a` before `2` and `2` before `10`); Go's result then depends on the order its maps are walked in,
//! which is random, and ours on the order of the bytes.

use super::Version;
use crate::go::unicode::{is_digit, is_letter};

/// Sorts by key; unlike the sorts of the standard library it does not mind an order that is none.
pub(super) fn sort_by_key<T>(mut items: Vec<T>, version: Version, key: fn(&T) -> &[u8]) -> Vec<T> {
    // Most maps come in order already: their keys are words.
    if items.is_sorted_by(|a, b| !less(key(b), key(a), version)) {
        return items;
    }
    let second = items.split_off(items.len() / 2);
    let first = sort_by_key(items, version, key);
    let second = sort_by_key(second, version, key);
    merge(first, second, |a, b| less(key(b), key(a), version))
}

fn merge<T>(first: Vec<T>, second: Vec<T>, second_wins: impl Fn(&T, &T) -> bool) -> Vec<T> {
    let mut merged = Vec::with_capacity(first.len() + second.len());
    let (mut first, mut second) = (first.into_iter().peekable(), second.into_iter().peekable());
    while let (Some(a), Some(b)) = (first.peek(), second.peek()) {
        let next = if second_wins(a, b) { second.next() } else { first.next() };
        merged.extend(next);
    }
    merged.extend(first);
    merged.extend(second);
    merged
}

fn less(a: &[u8], b: &[u8], version: Version) -> bool {
    if a.is_ascii() && b.is_ascii() {
        return less_chars(a, b, version, |byte| char::from(*byte));
    }
    let chars = |text: &[u8]| String::from_utf8_lossy(text).chars().collect::<Vec<_>>();
    less_chars(&chars(a), &chars(b), version, |c| *c)
}

fn less_chars<T: PartialEq>(a: &[T], b: &[T], version: Version, char_of: fn(&T) -> char) -> bool {
    let Some(at) = a.iter().zip(b).position(|(a, b)| a != b) else { return a.len() < b.len() };
    let same = a.get(..at).unwrap_or_default();
    let (rest_a, rest_b) = (a.get(at..).unwrap_or_default(), b.get(at..).unwrap_or_default());
    let (Some(first_a), Some(first_b)) = (rest_a.first().map(char_of), rest_b.first().map(char_of)) else {
        return false;
    };
    match (is_letter(first_a), is_letter(first_b)) {
        (true, true) => return first_a < first_b,
        (false, false) => {}
        (letter_a, letter_b) => {
            let after_digit = version == Version::V3 && same.last().map(char_of).is_some_and(is_digit);
            return if after_digit { letter_a } else { letter_b };
        }
    }
    // Behind the same digits a zero is a digit of the number and not one before it.
    let digits_before = || same.iter().rev().map(char_of).take_while(|c| is_digit(*c));
    let inside = (first_a == '0' || first_b == '0') && digits_before().any(|c| c != '0');
    let (number_a, digits_a) = number(rest_a, inside, char_of);
    let (number_b, digits_b) = number(rest_b, inside, char_of);
    (number_a, digits_a, first_a) < (number_b, digits_b, first_b)
}

/// The number at the beginning, and how many digits it has.
fn number<T>(text: &[T], inside: bool, char_of: fn(&T) -> char) -> (i64, usize) {
    let mut number = i64::from(inside);
    let mut digits = 0;
    for c in text.iter().map(char_of).take_while(|c| is_digit(*c)) {
        // Go lets it overflow.
        number = number.wrapping_mul(10).wrapping_add(i64::from(u32::from(c)) - i64::from(b'0'));
        digits += 1;
    }
    (number, digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn natural_order() {
        let check = |version, keys: &[&str]| {
            let mut given: Vec<&str> = keys.to_vec();
            given.sort_unstable();
            assert_eq!(sort_by_key(given, version, |key| key.as_bytes()), keys);
        };
        check(Version::V2, &["1", "01", "2", "10", "a", "a1", "a2", "a10", "b-1", "b0", "b1", "b01"]);
        check(Version::V2, &["A", "B", "a", "ab", "abc", "b"]);
        check(Version::V2, &["a-b", "a_b", "a1", "ab"]);
        check(Version::V2, &["x100", "x1a"]);
        check(Version::V3, &["x1a", "x100"]);
    }
}
