//! What recorded templates cannot reach.

use std::any::Any;
use std::rc::Rc;

use super::*;
use crate::go::value::{FieldDef, Kind as GoKind, Map, Object, ObjectType, Struct, Value};

const fn field(name: &'static str, json: Option<&'static str>, omit_empty: bool, embedded: bool) -> FieldDef {
    FieldDef { name, json, omit_empty, embedded }
}
static INNER: ObjectType = ObjectType {
    name: "main.Inner",
    kind: GoKind::Struct,
    fields: &[field("A", Some("a"), false, false), field("B", Some("b"), true, false)],
    methods: &[],
};
static OUTER: ObjectType = ObjectType {
    name: "*main.Outer",
    kind: GoKind::Ptr,
    fields: &[field("Inner", None, false, true), field("A", Some("a"), false, false), field("C", None, false, false)],
    methods: &[],
};

#[derive(Debug)]
struct Marshaler;
static MARSHALER: ObjectType = ObjectType { name: "main.Marshaler", kind: GoKind::Struct, fields: &[], methods: &[] };
impl Object for Marshaler {
    fn ty(&self) -> &'static ObjectType {
        &MARSHALER
    }
    fn to_json(&self) -> Option<Result<String, String>> {
        Some(Ok("\"<é\u{2028}>\"".into()))
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn text(value: &Value) -> String {
    String::from_utf8(marshal(value).unwrap()).unwrap()
}

#[test]
fn structs_go_by_their_tags() {
    let inner = |b: &str| Value::Object(Rc::new(Struct::new(&INNER, vec![Value::int(1), b.into()])));
    assert_eq!(text(&inner("")), r#"{"a":1}"#);
    assert_eq!(text(&inner("x")), r#"{"a":1,"b":"x"}"#);
    let outer = Value::Object(Rc::new(Struct::new(&OUTER, vec![inner("x"), Value::int(2), Value::int(3)])));
    assert_eq!(text(&outer), r#"{"b":"x","a":2}"#);
    assert_eq!(text(&Value::Object(Rc::new(Marshaler))), "\"\\u003cé\\u2028\\u003e\"");
}

#[test]
fn a_dict_that_contains_itself_is_refused() {
    let dict = Map::default();
    assert!(dict.insert("self", dict.clone()));
    let value = Value::Map(dict.clone());
    let want = "json: unsupported value: encountered a cycle via map[string]interface {}";
    assert_eq!(marshal(&value).unwrap_err().to_string(), want);
    assert_eq!(marshal_raw(&value).unwrap_err().to_string(), want);
    let _ = dict.remove("self");
}

#[test]
fn ten_thousand_levels_and_no_more() {
    let nested = |n: usize| [b"[".repeat(n), b"]".repeat(n)].concat();
    let value = unmarshal(&nested(10_000)).unwrap();
    assert_eq!(marshal(&value).unwrap(), nested(10_000));
    assert_eq!(crate::go::fmt::sprint(std::slice::from_ref(&value)), nested(10_000));
    let error = unmarshal(&nested(10_001)).unwrap_err();
    let message = "invalid character '[' exceeded max depth".to_owned();
    assert_eq!(error, Error::Syntax { message: message.clone(), offset: 10_001 });
    let too_deep = Value::list(vec![value]);
    assert_eq!(marshal_indent(&too_deep, "", "").unwrap_err().to_string(), message);
}

#[test]
fn the_decoder_stops_after_the_first_value() {
    let first = |text: &str| match decode_first(text.as_bytes()) {
        Ok((value, read)) => format!("{} {read}", String::from_utf8(marshal(&value).unwrap()).unwrap()),
        Err(error) => error.to_string(),
    };
    for (text, want) in [
        ("1,b=2", "1 1"),
        (" {\"a\": [1]} ,x", "{\"a\":[1]} 11"),
        ("\"a\"x", "\"a\" 3"),
        ("tru", "unexpected EOF"),
        ("trx", "invalid character 'x' in literal true (expecting 'u')"),
        ("[1", "unexpected EOF"),
        ("\"a", "unexpected EOF"),
        ("[1,]", "invalid character ']' looking for beginning of value"),
        ("1e999", "json: cannot unmarshal number 1e999 into Go value of type float64"),
    ] {
        assert_eq!(first(text), want, "{text}");
    }
}
