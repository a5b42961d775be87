//! `snakecase` and `kebabcase`: a text cut into words by the kinds of its runes, the words in lower case with a connector
//! between.
//!
//! Mirrors `ToSnakeCase` and `ToKebabCase` of xstrings 1.5.0, down to what they do with digits: those go with the word
//! before (`Bld4Floor`, `bld4_floor`) unless lower case follows (`http2xx`, `http_2xx`).

use super::case::is_connector;
use super::to_char;
use crate::go::{unicode, utf8};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    /// Malformed bytes to the end of the text, or no more words.
    Invalid,
    Number,
    Upper,
    /// Letters, the first perhaps a capital.
    Alphabet,
    Connector,
    Punct,
    Other,
}

type Word<'a> = (Kind, &'a [u8]);

const END: Word<'static> = (Kind::Invalid, &[]);

pub(super) fn separated(s: &[u8], connector: char) -> Vec<u8> {
    let words = words(s);
    let word = |at: usize| words.get(at).copied().unwrap_or(END);
    let mut out = Lower { out: Vec::with_capacity(s.len() + 8), connector };
    let mut at = 0;
    while at + 1 < words.len() {
        let (kind, _) = word(at);
        out.word(word(at));
        at += 1;
        match kind {
            Kind::Connector | Kind::Punct => {}
            Kind::Number => {
                at = out.tail(at, word);
                out.connect(word(at).0, false);
            }
            // A number at the very end is left to the last line, which puts no connector before it.
            _ if word(at).0 == Kind::Number && at + 1 >= words.len() => {}
            _ if word(at).0 == Kind::Number => {
                let number = word(at);
                at += 1;
                if word(at).0 == Kind::Alphabet {
                    out.connect(Kind::Number, true);
                    out.word(number);
                    at = out.tail(at, word);
                    out.connect(word(at).0, false);
                } else {
                    out.word(number);
                    out.connect(word(at).0, true);
                }
            }
            _ => out.connect(word(at).0, true),
        }
    }
    out.word(word(at));
    out.out
}

struct Lower {
    out: Vec<u8>,
    connector: char,
}

impl Lower {
    fn word(&mut self, (kind, bytes): Word<'_>) {
        if !matches!(kind, Kind::Upper | Kind::Connector) {
            return self.out.extend_from_slice(bytes);
        }
        for (_, rune, _) in utf8::runes(bytes) {
            let c = to_char(rune);
            let c = match c {
                _ if is_connector(c) => self.connector,
                _ if unicode::is_upper(c) => unicode::to_lower(c),
                _ => c,
            };
            utf8::append(&mut self.out, u32::from(c));
        }
    }

    /// Letters and digits that follow a number without a connector; gives the place of the first other word.
    fn tail<'a>(&mut self, mut at: usize, word: impl Fn(usize) -> Word<'a>) -> usize {
        while matches!(word(at).0, Kind::Alphabet | Kind::Number) {
            self.word(word(at));
            at += 1;
        }
        at
    }

    /// The connector before a word of this kind, unless the word parts the text by itself.
    fn connect(&mut self, next: Kind, before_invalid: bool) {
        if !(matches!(next, Kind::Connector | Kind::Punct) || next == Kind::Invalid && !before_invalid) {
            utf8::append(&mut self.out, u32::from(self.connector));
        }
    }
}

fn words(mut s: &[u8]) -> Vec<Word<'_>> {
    let mut found = Vec::new();
    while !s.is_empty() {
        let (kind, len) = next_word(s);
        let (word, rest) = s.split_at(len.clamp(1, s.len()));
        found.push((kind, word));
        s = rest;
    }
    found
}

/// The next rune that is not U+FFFD with the malformed bytes before it; when there is none, `previous` and all the bytes.
fn next_rune(s: &[u8], previous: u32) -> (u32, usize) {
    utf8::runes(s)
        .find(|(_, rune, _)| *rune != utf8::RUNE_ERROR)
        .map_or((previous, s.len()), |(at, rune, width)| (rune, at + width))
}

/// The kind and length of the word the text begins with.
fn next_word(s: &[u8]) -> (Kind, usize) {
    let (rune, size) = next_rune(s, utf8::RUNE_ERROR);
    let first = to_char(rune);
    if rune == utf8::RUNE_ERROR {
        return (Kind::Invalid, size);
    }
    // How far the runes from `from` on, after `previous`, are all of a kind.
    let run = |mut from: usize, mut previous: u32, of_kind: &dyn Fn(char) -> bool| {
        let mut last = 0;
        while let Some(rest) = s.get(from..).filter(|rest| !rest.is_empty()) {
            let (rune, size) = next_rune(rest, previous);
            previous = rune;
            if !of_kind(to_char(rune)) {
                break;
            }
            last = size;
            from += size;
        }
        (from, previous, last)
    };
    let small = |c: char| is_alphabet(c) && !unicode::is_upper(c);
    if is_connector(first) {
        (Kind::Connector, run(size, rune, &is_connector).0)
    } else if unicode::is_punct(first) {
        (Kind::Punct, run(size, rune, &unicode::is_punct).0)
    } else if unicode::is_upper(first) {
        let (end, stopped_at, last) = run(size, rune, &unicode::is_upper);
        if end == size {
            // A single capital: it begins a word of small letters.
            let (second, _) = next_rune(s.get(size..).unwrap_or_default(), rune);
            let end = if is_alphabet(to_char(second)) { run(size, rune, &small).0 } else { size };
            (Kind::Upper, end)
        } else if end < s.len() && is_alphabet(to_char(stopped_at)) {
            // "HTTPStatus": the last capital belongs to the next word.
            (Kind::Upper, end - last)
        } else {
            (Kind::Upper, end)
        }
    } else if is_alphabet(first) {
        (Kind::Alphabet, run(size, rune, &small).0)
    } else if unicode::is_number(first) {
        (Kind::Number, run(size, rune, &unicode::is_number).0)
    } else {
        let other = |c: char| !(is_connector(c) || is_alphabet(c) || unicode::is_number(c) || unicode::is_punct(c));
        (Kind::Other, run(size, rune, &other).0)
    }
}

/// A letter that is not one of the common Chinese, Japanese or Korean characters.
fn is_alphabet(c: char) -> bool {
    let cjk = matches!(c, '\u{3400}'..='\u{4d85}' | '\u{4e00}'..='\u{9fcc}' | '\u{20000}'..='\u{2b81d}');
    unicode::is_letter(c) && !cjk
}
