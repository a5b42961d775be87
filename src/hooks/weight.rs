//! Hook weights, and how the annotation's text became the number.

/// A hook's weight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weight {
    /// The number Helm sorts by.
    pub value: i64,
    /// The annotation as text; `None` when there is none.
    pub text: Option<String>,
    /// How the text became the number.
    pub reading: WeightReading,
}

/// How a weight's text became its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WeightReading {
    /// There is no text: 0.
    Absent,
    /// The text is that number.
    Number,
    /// The text is a number with something around it that Go does not accept (white space, a fraction, a digit separator): 0.
    AlmostNumber,
    /// The number does not fit 64 bits: 0.
    OutOfRange,
    /// The text is no number at all: 0.
    NotANumber,
}

impl Weight {
    /// Reads the annotation as Go's `strconv.Atoi` does; whatever that refuses is 0, without a word.
    pub fn parse(text: Option<&str>) -> Weight {
        let Some(text) = text else { return Weight { value: 0, text: None, reading: WeightReading::Absent } };
        // Rust and Go agree here: an optional sign, then ASCII digits and nothing else.
        let (value, reading) = match text.parse::<i64>() {
            Ok(value) => (value, WeightReading::Number),
            Err(_) => (0, misread(text)),
        };
        Weight { value, text: Some(text.to_owned()), reading }
    }

    /// True when the text says something else than the number Helm uses.
    pub fn is_misread(&self) -> bool {
        !matches!(self.reading, WeightReading::Absent | WeightReading::Number)
    }
}

fn misread(text: &str) -> WeightReading {
    let digits = text.trim().trim_start_matches(['+', '-']);
    if digits.is_empty() {
        return WeightReading::NotANumber;
    }
    if digits.bytes().all(|byte| byte.is_ascii_digit()) && digits.len() > 18 {
        return WeightReading::OutOfRange;
    }
    let prefixed = ["0x", "0b", "0o", "0X", "0B", "0O"].iter().any(|prefix| digits.starts_with(prefix));
    let separated: String = digits.chars().filter(|c| !matches!(c, '_' | ',' | ' ' | '\'')).collect();
    if prefixed || separated.parse::<f64>().is_ok() { WeightReading::AlmostNumber } else { WeightReading::NotANumber }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_become_numbers_as_in_go() {
        use WeightReading::{AlmostNumber, NotANumber, Number, OutOfRange};
        for (text, value, reading) in [
            ("5", 5, Number),
            ("+5", 5, Number),
            ("-5", -5, Number),
            ("010", 10, Number),
            ("0005", 5, Number),
            ("-0", 0, Number),
            ("9223372036854775807", i64::MAX, Number),
            ("-9223372036854775808", i64::MIN, Number),
            ("9223372036854775808", 0, OutOfRange),
            (" 5", 0, AlmostNumber),
            ("5 ", 0, AlmostNumber),
            ("5\n", 0, AlmostNumber),
            ("\t5", 0, AlmostNumber),
            ("5.0", 0, AlmostNumber),
            (".5", 0, AlmostNumber),
            ("1e2", 0, AlmostNumber),
            ("1e+20", 0, AlmostNumber),
            ("0x10", 0, AlmostNumber),
            ("1_000", 0, AlmostNumber),
            ("1,000", 0, AlmostNumber),
            ("", 0, NotANumber),
            ("+", 0, NotANumber),
            ("--5", 0, AlmostNumber),
            ("abc", 0, NotANumber),
            ("true", 0, NotANumber),
            ("５", 0, NotANumber),
            ("1:30", 0, NotANumber),
        ] {
            let weight = Weight::parse(Some(text));
            assert_eq!((weight.value, weight.reading), (value, reading), "{text:?}");
        }
        assert_eq!(Weight::parse(None).value, 0);
    }
}
