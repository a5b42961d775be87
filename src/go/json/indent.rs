//! Indented JSON. Mirrors `encoding/json/indent.go`.

use super::encode::marshal;
use super::error::Error;
use crate::go::value::Value;

// Go indents with the scanner it reads with, which counts levels.
pub(super) const MAX_DEPTH: usize = 10_000;

/// `json.MarshalIndent`.
///
/// # Errors
/// For values JSON cannot express.
pub fn marshal_indent(value: &Value, prefix: &str, step: &str) -> Result<Vec<u8>, Error> {
    indent(&marshal(value)?, prefix, step)
}

/// Indents compact JSON as [`marshal`] gives it; empty objects and arrays stay `{}` and `[]`.
///
/// # Errors
/// When it is nested more than ten thousand levels deep.
pub fn indent(compact: &[u8], prefix: &str, step: &str) -> Result<Vec<u8>, Error> {
    let mut out = Vec::with_capacity(compact.len() * 2);
    let mut depth = 0_usize;
    let (mut in_string, mut escaped, mut just_opened) = (false, false, false);
    let newline = |out: &mut Vec<u8>, depth: usize| {
        out.push(b'\n');
        out.extend_from_slice(prefix.as_bytes());
        for _ in 0..depth {
            out.extend_from_slice(step.as_bytes());
        }
    };
    for (at, &c) in compact.iter().enumerate() {
        if in_string {
            in_string = escaped || c != b'"';
            escaped = c == b'\\' && !escaped;
            out.push(c);
            continue;
        }
        let closing = matches!(c, b'}' | b']');
        if just_opened && !closing {
            newline(&mut out, depth);
        }
        if closing {
            depth = depth.saturating_sub(1);
            if !just_opened {
                newline(&mut out, depth);
            }
        }
        just_opened = false;
        out.push(c);
        match c {
            b'"' => in_string = true,
            b'{' | b'[' => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return Err(Error::syntax(c, "exceeded max depth", at + 1));
                }
                just_opened = true;
            }
            b',' => newline(&mut out, depth),
            b':' => out.push(b' '),
            _ => {}
        }
    }
    Ok(out)
}
