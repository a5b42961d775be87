//! YAML.
//!
//! Mirrors the YAML functions of `pkg/engine/funcs.go`, which give an empty text, or the error among the data, where
//! something goes wrong.

use super::call::{ANY, Args, STRING, plain};
use super::host;
use crate::go::limits;
use crate::go::template::{FuncError, Function, Interp};
use crate::go::value::{Map, Str, Value};
use crate::go::yaml::{self, Error};

pub(super) static FUNCTIONS: &[Function] = &[
    plain("toYaml", &[ANY], |_, a| Ok(yaml::marshal(a.any(0)).map_or_else(|_| Value::string(""), without_break))),
    // Helm 4 panics with the error.
    plain("mustToYaml", &[ANY], |_, a| match yaml::marshal(a.any(0)) {
        Ok(text) => Ok(without_break(text)),
        Err(error) => Err(FuncError::panic(error.message())),
    }),
    plain("toYamlPretty", &[ANY], |_, a| match yaml::marshal_pretty(a.any(0)) {
        Ok(text) => Ok(without_break(text)),
        // The one error there is: go-yaml does not know the type.
        Err(error) => Err(FuncError::panic(error.message())),
    }),
    plain("fromYaml", &[STRING], |interp, a| Ok(from_yaml(interp, &a.str(0)).into())),
    plain("fromYamlArray", &[STRING], |_, a| match yaml::unmarshal_list(counted(a.bytes(0))) {
        Ok(list) => Ok(list.unwrap_or_else(|| Value::list(Vec::new()))),
        Err(error) => Ok(Value::list(vec![message(&error).into()])),
    }),
];

fn from_yaml(interp: &dyn Interp, text: &Str) -> Map {
    let read = host(interp).ok().and_then(|host| host.read.as_ref());
    counted(text.as_bytes());
    if let Some(known) = read.and_then(|read| read.get(text)) {
        return known;
    }
    match yaml::unmarshal_dict(text.as_bytes()) {
        Ok(map) => {
            let map = map.unwrap_or_else(Value::dict);
            if let Some(read) = read.filter(|_| !limits::is_exhausted()) {
                read.met(text, &map);
            }
            map
        }
        Err(error) => Value::dict().with("Error", message(&error)),
    }
}

/// Reading or writing a byte of YAML is as much work as making so many bytes of text.
const WORK_OF_YAML: usize = 32;

fn counted(text: &[u8]) -> &[u8] {
    limits::work(text.len() * WORK_OF_YAML);
    text
}

fn without_break(mut text: String) -> Value {
    counted(text.as_bytes());
    if text.ends_with('\n') {
        text.pop();
    }
    Value::string(text)
}

fn message(error: &Error) -> Str {
    error.message().into()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{fails, run};
    use crate::go::value::Value;

    #[test]
    fn there_and_back() {
        let value = run("fromYaml", &["b: [1, x]\na: null".into()]);
        assert_eq!(run("toYaml", std::slice::from_ref(&value)).as_str().unwrap(), &"a: null\nb:\n- 1\n- x");
        assert_eq!(run("toYamlPretty", &[value]).as_str().unwrap(), &"a: null\nb:\n  - 1\n  - x");
    }

    #[test]
    fn errors_are_data() {
        let map = run("fromYaml", &["[1]".into()]);
        let error = map.as_map().unwrap().get("Error").unwrap();
        let text = "error unmarshaling JSON: while decoding JSON: \
                    json: cannot unmarshal array into Go value of type map[string]interface {}";
        assert_eq!(error.as_str().unwrap(), &text);
        assert_eq!(run("fromYamlArray", &["a: b: c".into()]).as_list().unwrap().len(), 1);
        assert_eq!(run("toYaml", &[Value::float(f64::NAN)]).as_str().unwrap(), &"");
        assert_eq!(fails("mustToYaml", &["\u{7f}".into()]), "yaml: control characters are not allowed");
    }
}
