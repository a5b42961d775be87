//! Cases of the whole reader and writer, and the other side of a comparison with Go.

use super::*;
use crate::go::json;

/// Answers questions in the form `testdata/` records them, for comparisons with Go over random texts: reads lines of
/// JSON with a base64 `doc` from the file named by `YAML_QUESTIONS`, writes answers to the one named by `YAML_ANSWERS`.
#[test]
#[ignore = "half of a comparison; the other half is a Go program"]
fn answer_questions() {
    let questions = std::fs::read_to_string(std::env::var("YAML_QUESTIONS").unwrap()).unwrap();
    let mut answers = String::new();
    for line in questions.lines() {
        let question: serde_json::Value = serde_json::from_str(line).unwrap();
        let doc = crate::go::base64::decode(question["doc"].as_str().unwrap().as_bytes()).unwrap();
        let mut answer = serde_json::Map::new();
        let mut put = |key: &str, text: String| answer.insert(key.into(), text.into());
        let message = |error: Option<Error>| error.map_or_else(String::new, |e| e.message().to_owned());
        match unmarshal(&doc) {
            Ok(value) => {
                put("JSON", String::from_utf8(json::marshal(&value).unwrap()).unwrap());
                put("Err", String::new());
                put("Yaml", marshal(&value).unwrap_or_else(|e| format!("error {e}")));
                put("Pretty", marshal_pretty(&value).unwrap_or_else(|e| format!("error {e}")));
            }
            Err(e) => {
                put("JSON", String::new());
                put("Err", e.message().to_owned());
                put("Yaml", String::new());
                put("Pretty", String::new());
            }
        }
        put("Dict", message(unmarshal_dict(&doc).err()));
        put("List", message(unmarshal_list(&doc).err()));
        answers.push_str(&serde_json::Value::Object(answer).to_string());
        answers.push('\n');
    }
    std::fs::write(std::env::var("YAML_ANSWERS").unwrap(), answers).unwrap();
}
