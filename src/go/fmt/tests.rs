//! Go's answers for what recorded templates cannot reach: objects, named integers, values that contain themselves.

use std::any::Any;

use super::*;
use crate::go::limits::MAX_TEXT;
use crate::go::value::{FieldDef, IntKind, Kind, NamedInt, Object, ObjectType, Str, Struct, UintKind};

static POINT: ObjectType = ObjectType {
    name: "main.Point",
    kind: Kind::Struct,
    fields: &[
        FieldDef { name: "X", json: Some("x"), omit_empty: false, embedded: false },
        FieldDef { name: "Name", json: Some("name"), omit_empty: true, embedded: false },
    ],
    methods: &[],
};
static POINTER: ObjectType = ObjectType { name: "*main.Point", kind: Kind::Ptr, fields: POINT.fields, methods: &[] };
static MONTH: NamedInt = NamedInt {
    name: "time.Month",
    kind: Kind::Int,
    to_text: |n| Str::from(if n == 1 { "January" } else { "?" }),
    methods: &[],
};

#[derive(Debug)]
struct Version;
static VERSION: ObjectType = ObjectType { name: "*semver.Version", kind: Kind::Ptr, fields: &[], methods: &[] };
impl Object for Version {
    fn ty(&self) -> &'static ObjectType {
        &VERSION
    }
    fn to_text(&self) -> Option<Str> {
        Some("1.2.3".into())
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn printed(format: &str, args: &[Value]) -> String {
    String::from_utf8(sprintf(format.as_bytes(), args)).unwrap()
}

fn object(ty: &'static ObjectType) -> Value {
    Value::Object(std::rc::Rc::new(Struct::new(ty, vec![Value::int(1), "a b".into()])))
}

#[test]
fn structs_and_pointers() {
    let (point, pointer) = (object(&POINT), object(&POINTER));
    let list = Value::list(vec![pointer.clone()]);
    let cases = [
        ("%v", &point, "{1 a b}"),
        ("%+v", &point, "{X:1 Name:a b}"),
        ("%#v", &point, "main.Point{X:1, Name:\"a b\"}"),
        ("%T", &point, "main.Point"),
        ("%d", &point, "{1 %!d(string=a b)}"),
        ("%p", &point, "%!p(main.Point={1 a b})"),
        ("%v", &pointer, "&{1 a b}"),
        ("%+v", &pointer, "&{X:1 Name:a b}"),
        ("%#v", &pointer, "&main.Point{X:1, Name:\"a b\"}"),
        ("%p", &pointer, "0xc000012000"),
        ("%v", &list, "[0xc000012000]"),
        ("%#v", &list, "[]interface {}{(*main.Point)(0xc000012000)}"),
        ("%s", &list, "[%!s(*main.Point=&{1 a b})]"),
    ];
    for (format, value, want) in cases {
        assert_eq!(printed(format, std::slice::from_ref(value)), want, "{format}");
    }
    let mut out = Vec::new();
    append_value(&mut out, &pointer);
    assert_eq!(out, b"{1 a b}");
}

#[test]
fn methods_that_give_text() {
    let january = Value::Int(IntKind::Named(&MONTH), 1);
    let version = Value::Object(std::rc::Rc::new(Version));
    let cases = [
        ("%v %s %q %x", &january, "January January \"January\" 4a616e75617279"),
        ("%d %03d %c", &january, "1 001 \u{1}"),
        ("%t", &january, "%!t(time.Month=1)"),
        ("%#v", &january, "1"),
        ("%8v|%-8s|%.2s", &version, "   1.2.3|1.2.3   |1."),
        ("%w", &version, "%!w(*semver.Version=&{})"),
    ];
    for (format, value, want) in cases {
        let args = vec![value.clone(); format.matches('%').count()];
        assert_eq!(printed(format, &args), want, "{format}");
    }
    assert_eq!(sprint(&[Value::list(vec![january, version.clone()])]), b"[January 1.2.3]");
    let mut out = Vec::new();
    append_value(&mut out, &version);
    assert_eq!(out, b"1.2.3");
}

#[test]
fn a_dict_that_contains_itself_ends() {
    let dict = Value::dict();
    assert!(dict.insert("self", dict.clone()));
    assert!(dict.insert("list", Value::list(vec![dict.clone().into()])));
    assert_eq!(printed("%v", &[dict.clone().into()]), "map[list:[%!(ENDLESS)] self:%!(ENDLESS)]");
    let _ = dict.remove("self");
    let _ = dict.remove("list");
}

#[test]
fn kinds_templates_seldom_make() {
    let cases = [
        ("%v %.1f", Value::Complex(1.0, -2.5), "(1-2.5i) (1.0-2.5i)"),
        ("%v %s %x %d", Value::Bytes((*b"ab").into()), "[97 98] ab 6162 [97 98]"),
        ("%v %2d", Value::Bytes([0, 9, 10, 99, 100, 255].into()), "[0 9 10 99 100 255] [ 0  9 10 99 100 255]"),
        ("%#v %c", Value::Bytes((*b"ab").into()), "[]byte{0x61, 0x62} [a b]"),
        ("%#v %v", Value::Uint(UintKind::Uint8, 9), "0x9 9"),
        ("%v %d", Value::Nil, "<nil> %!d(<nil>)"),
        (
            "%#v",
            Value::list(vec![Value::Nil, Value::Bytes((*b"a").into())]),
            "[]interface {}{interface {}(nil), []uint8{0x61}}",
        ),
    ];
    for (format, value, want) in cases {
        let args = vec![value.clone(); format.matches('%').count()];
        assert_eq!(printed(format, &args), want, "{format}");
    }
    assert_eq!(sprint(&["a".into(), Value::int(1), Value::int(2), "b".into(), Value::Nil]), b"a1 2b<nil>");
    assert_eq!(sprintln(&["a".into(), Value::Nil]), b"a <nil>\n");
}

#[test]
fn escapers() {
    assert_eq!(html_escape(b"<a href='\"&\0'>"), "&lt;a href=&#39;&#34;&amp;\u{fffd}&#39;&gt;".as_bytes());
    assert_eq!(js_escape("'\\\n\u{7f}é\u{2028}=".as_bytes()), "\\'\\\\\\u000A\u{7f}é\\u2028\\u003D".as_bytes());
    assert_eq!(url_query_escape("a b/é~".as_bytes()), b"a+b%2F%C3%A9~");
}

#[test]
fn text_beyond_all_measure_ends() {
    let text = printed(&"%999999d".repeat(100), &vec![Value::int(1); 100]);
    assert!(text.len() < 2 * MAX_TEXT && text.ends_with(super::ENDLESS), "{}", text.len());
    let mut dict = Value::dict().with("leaf", "x".repeat(100));
    for _ in 0..40 {
        dict = Value::dict().with("a", dict.clone()).with("b", dict);
    }
    let mut out = b"before".to_vec();
    append_value(&mut out, &dict.clone().into());
    assert!(out.starts_with(b"beforemap[") && out.len() < 2 * MAX_TEXT, "{}", out.len());
    let error = crate::go::json::marshal(&dict.clone().into()).unwrap_err();
    assert_eq!(error.to_string(), format!("json: unsupported value: more than {MAX_TEXT} bytes"));
    assert!(crate::go::toml::encode(&dict.into()).is_err());
}
