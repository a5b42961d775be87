//! What recorded charts cannot reach; the rest is in `testdata/values/schema.jsonl`.

use super::draft::{DRAFTS, Dialect, Metas};
use super::*;
use crate::go::value::Value;

#[test]
fn the_metaschemas_compile_and_fit_themselves() {
    let metas = Metas::default();
    for draft in &DRAFTS {
        let dialect = Dialect::of(draft);
        let meta = metas.of(&dialect);
        assert!(meta.arena.get(meta.root).is_some_and(|root| root.bool.is_none()), "{}", draft.url);
        let text = draft::metaschema(draft.url).unwrap();
        let map = Value::dict().with("a", Value::Nil);
        assert_eq!(
            check(&map, text.as_bytes(), "file:///meta.json", &|url| Err(url.to_owned())),
            Ok(()),
            "{}",
            draft.url
        );
    }
}

#[test]
fn documents_come_from_the_loader() {
    let load = |url: &str| match url {
        "file:///dir/part.json" => Ok(br##"{"$defs": {"s": {"type": "string"}}}"##.to_vec()),
        _ => Err("not there".to_owned()),
    };
    let map = Value::dict().with("a", true);
    let check = |reference: &str| {
        let schema = format!(r#"{{"properties": {{"a": {{"$ref": "{reference}"}}}}}}"#);
        check(&map, schema.as_bytes(), "file:///dir/values.json", &load)
    };
    let wrong = "jsonschema validation failed with 'file:///dir/values.json#'\n- at '/a': got boolean, want string";
    assert_eq!(check("part.json#/$defs/s"), Err(Failure::Value(wrong.to_owned())));
    assert_eq!(check("x"), Err(Failure::Schema("failing loading \"file:///dir/x\": not there".to_owned())));
}

#[test]
fn vocabularies_of_someones_own_metaschema() {
    let load = |url: &str| {
        match url {
        "http://own/meta" => Ok(br#"{"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "http://own/meta",
            "$vocabulary": {"https://json-schema.org/draft/2020-12/vocab/core": true, "https://json-schema.org/draft/2020-12/vocab/applicator": true}}"#
            .to_vec()),
        "http://own/unknown" => Ok(br#"{"$schema": "https://json-schema.org/draft/2020-12/schema", "$vocabulary": {"x": true}}"#.to_vec()),
        _ => Err("not there".to_owned()),
    }
    };
    let map = Value::dict().with("a", true);
    // Without the vocabulary of validation `type` is a remark, and what applies schemas is still checked.
    let check = |schema: &str| check(&map, schema.as_bytes(), "file:///v.json", &load);
    assert_eq!(check(r#"{"$schema": "http://own/meta", "properties": {"a": {"type": "string"}}}"#), Ok(()));
    let wrong = check(r#"{"$schema": "http://own/meta", "properties": {"a": 1}}"#).unwrap_err();
    let Failure::Schema(text) = wrong else { panic!("{wrong:?}") };
    assert!(text.starts_with("\"file:///v.json#\" is not valid against metaschema: jsonschema validation failed with 'urn:mem:metaschema'"), "{text}");
    let unknown = "unsupported vocabulary \"x\" in \"http://own/unknown\"";
    assert_eq!(check(r#"{"$schema": "http://own/unknown"}"#), Err(Failure::Schema(unknown.to_owned())));
}
