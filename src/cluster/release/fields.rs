//! A JSON object cut into its fields, byte for byte: what is not changed is written back as it was read.

/// The fields of a JSON object, in order, each as the text it was.
#[derive(Clone, PartialEq, Eq)]
pub struct Fields {
    fields: Vec<(String, String)>,
}

impl Fields {
    /// Cuts an object into its fields; `None` when the text is no JSON object.
    pub fn of(text: &str) -> Option<Fields> {
        // The reader below trusts the grammar.
        serde_json::from_str::<serde::de::IgnoredAny>(text).ok()?;
        let mut rest = text.trim_start().strip_prefix('{')?.trim_start();
        let mut fields = Vec::new();
        while !rest.starts_with('}') {
            rest = rest.strip_prefix(',').unwrap_or(rest).trim_start();
            let (key, after) = rest.split_at_checked(value_end(rest))?;
            let after = after.trim_start().strip_prefix(':')?.trim_start();
            let (value, after) = after.split_at_checked(value_end(after))?;
            fields.push((serde_json::from_str(key).ok()?, value.to_owned()));
            rest = after.trim_start();
        }
        Some(Fields { fields })
    }

    /// The text of a field.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.fields.iter().find(|(own, _)| own == key).map(|(_, value)| value.as_str())
    }

    /// Changes a field, or adds one at the end.
    pub fn set(&mut self, key: &str, value: &serde_json::Value) {
        let text = value.to_string();
        match self.fields.iter_mut().find(|(own, _)| own == key) {
            Some((_, value)) => *value = text,
            None => self.fields.push((key.to_owned(), text)),
        }
    }

    /// The object again.
    pub fn text(&self) -> String {
        let fields: Vec<String> = self
            .fields
            .iter()
            .map(|(key, value)| format!("{}:{value}", serde_json::Value::from(key.as_str())))
            .collect();
        format!("{{{}}}", fields.join(","))
    }
}

/// Where the JSON value that a text begins with ends.
fn value_end(text: &str) -> usize {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => {
                in_string = !in_string;
                if !in_string && depth == 0 {
                    return at + 1;
                }
            }
            _ if in_string => {}
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth > 1 => depth -= 1,
            b'}' | b']' if depth == 1 => return at + 1,
            b'}' | b']' | b',' | b':' | b' ' | b'\n' | b'\r' | b'\t' if depth == 0 => return at,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_changed_stays() {
        let text = r#" { "a" : {"x":[1,"}\""]} , "b":1.0,"c":"\u003c","d":12345678901234567890123 }"#;
        let mut fields = Fields::of(text).unwrap();
        assert_eq!(fields.get("a"), Some(r#"{"x":[1,"}\""]}"#));
        fields.set("b", &serde_json::json!({"k": "v"}));
        fields.set("e", &serde_json::json!(null));
        assert_eq!(
            fields.text(),
            r#"{"a":{"x":[1,"}\""]},"b":{"k":"v"},"c":"\u003c","d":12345678901234567890123,"e":null}"#
        );
        assert!(Fields::of("{}").unwrap().get("a").is_none());
        assert!(Fields::of("[1]").is_none() && Fields::of("{\"a\":").is_none());
    }
}
