//! JSON values as YAML, keys in their order: for reading, so strings are quoted only where they must be.

use serde_json::Value;

/// The value as a YAML document with a final newline.
pub(super) fn to_string(value: &Value) -> String {
    let mut out = String::new();
    write(value, 0, &mut out);
    out
}

fn write(value: &Value, indent: usize, out: &mut String) {
    match value {
        Value::Object(map) if !map.is_empty() => {
            for (at, (key, value)) in map.iter().enumerate() {
                if at > 0 {
                    pad(indent, out);
                }
                out.push_str(&string(key));
                out.push(':');
                nested(value, indent, out);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    pad(indent, out);
                }
                out.push_str("- ");
                write(item, indent + 2, out);
            }
        }
        Value::Object(_) => out.push_str("{}\n"),
        Value::Array(_) => out.push_str("[]\n"),
        Value::String(text) => {
            out.push_str(&string(text));
            out.push('\n');
        }
        other => {
            out.push_str(&other.to_string());
            out.push('\n');
        }
    }
}

/// The value of a key: below it when it is a table or list with something in it, else beside it.
fn nested(value: &Value, indent: usize, out: &mut String) {
    let below = match value {
        Value::Object(map) => (!map.is_empty()).then_some(indent + 2),
        Value::Array(items) => (!items.is_empty()).then_some(indent),
        _ => None,
    };
    match below {
        Some(indent) => {
            out.push('\n');
            pad(indent, out);
            write(value, indent, out);
        }
        None => {
            out.push(' ');
            write(value, indent, out);
        }
    }
}

fn pad(indent: usize, out: &mut String) {
    out.extend(std::iter::repeat_n(' ', indent));
}

/// A string as it is where YAML reads it back as that string in every version, else quoted as JSON, which is YAML too.
fn string(text: &str) -> String {
    let first = text.chars().next().is_some_and(|c| c.is_ascii_alphabetic() || matches!(c, '/' | '_'));
    let rest = text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/'));
    let word =
        ["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(&text.to_ascii_lowercase().as_str());
    if first && rest && !word { text.to_owned() } else { Value::from(text).to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_keep_their_order() {
        let value =
            serde_json::json!({"b": [{"x": 1, "a": []}, "no"], "a": {"k": null, "t": "helm.sh/hook: x"}, "e": {}});
        assert_eq!(
            to_string(&value),
            "b:\n- x: 1\n  a: []\n- \"no\"\na:\n  k: null\n  t: \"helm.sh/hook: x\"\ne: {}\n"
        );
    }
}
