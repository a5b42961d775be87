//! Cases of the whole reader and writer. What Helm makes of YAML is recorded in `testdata/yaml`; here is what it has no
//! function for: places, declared types, hostile texts.

use super::*;
use crate::go::json;
use crate::go::value::Value;

static STRINGS: MapShape = MapShape { go: "map[string]string", item: Shape::String };
static TAGS: ListShape = ListShape { go: "[]string", item: Shape::String };
static META: StructShape = StructShape {
    go: r#"struct { Name string "json:\"name\"" }"#,
    fields: &[("name", Shape::String), ("annotations", Shape::Map(&STRINGS))],
};
static ITEM: StructShape = StructShape { go: "main.item", fields: &[("a", Shape::String), ("b", Shape::Bool)] };
static ITEMS: ListShape = ListShape { go: "[]*main.item", item: Shape::Struct(&ITEM) };
static TYPED: Shape = Shape::Struct(&StructShape {
    go: "main.typed",
    fields: &[
        ("version", Shape::String),
        ("metadata", Shape::Struct(&META)),
        ("tags", Shape::List(&TAGS)),
        ("items", Shape::List(&ITEMS)),
        ("any", Shape::Any),
    ],
});

fn shown(result: Result<Option<Value>, Error>) -> String {
    match result {
        Ok(None) => "nothing".to_owned(),
        Ok(Some(value)) => String::from_utf8(json::marshal(&value).unwrap()).unwrap(),
        Err(error) => error.message().replace("error unmarshaling JSON: while decoding JSON: ", ""),
    }
}

#[test]
fn declared_types() {
    let check = |text: &str, want: &str| assert_eq!(shown(unmarshal_as(text.as_bytes(), &TYPED)), want, "{text:?}");
    check("version: 1.10\nVERSION: x\n", r#"{"version":"1.1"}"#);
    check("Version: 007\n", r#"{"version":"7"}"#);
    check("version: yes\nunknown: [1]\n", r#"{"version":"true"}"#);
    check("version: 12345e6\n", r#"{"version":"1.2345e+10"}"#);
    check("version: .nan\n", r#"{"version":"NaN"}"#);
    check("version: ~\nmetadata: ~\n", r#"{"metadata":null}"#);
    check("metadata: {name: 1, annotations: {1: 2, b: ~, c: off}}", {
        r#"{"metadata":{"annotations":{"1":"2","b":"","c":"false"},"name":"1"}}"#
    });
    check("tags: [1, ~, 2.50]\nitems: [~, {A: 1, b: on}]", {
        r#"{"items":[null,{"a":"1","b":true}],"tags":["1","","2.5"]}"#
    });
    check("any: {1: [2, x]}", r#"{"any":{"1":[2,"x"]}}"#);
    check("", "nothing");
    check("~", "nothing");
    check("[1]", "json: cannot unmarshal array into Go value of type main.typed");
    check("metadata: {annotations: {a: [1]}}", {
        "json: cannot unmarshal array into Go struct field .metadata.annotations of type string"
    });
    check("tags: x\nmetadata: x", {
        "json: cannot unmarshal string into Go struct field typed.metadata of type struct { Name string \"json:\\\"name\\\"\" }"
    });
    check("items: [{b: 1}]", "json: cannot unmarshal number into Go struct field item.items.b of type bool");
    check("unknown: .inf", "error converting YAML to JSON: json: unsupported value: +Inf");
    check("items: x\nb: *a", "error converting YAML to JSON: yaml: unknown anchor 'a' referenced");
}

#[test]
fn strictly_declared_types() {
    let check =
        |text: &str, want: &str| assert_eq!(shown(unmarshal_strict_as(text.as_bytes(), &TYPED)), want, "{text:?}");
    check("version: 1\n", r#"{"version":"1"}"#);
    check("Verzion: 1\n", r#"json: unknown field "Verzion""#);
    check("a: 1\na: 2\n\n1: x\n\"1\": y\n1: z\n", {
        "error converting YAML to JSON: yaml: unmarshal errors:\n  line 2: key \"a\" already set in map\n  \
         line 6: key 1 already set in map"
    });
}

#[test]
fn a_text_over_another() {
    let first = unmarshal_as(b"version: 1\ntags: [a, b]\nitems: [{a: x, b: yes}]\n", &TYPED).unwrap();
    let second = unmarshal_onto(b"tags: [~, c, d]\nitems: [{a: z}]\n", &TYPED, first.clone());
    assert_eq!(shown(second), r#"{"items":[{"a":"z","b":true}],"tags":["a","c","d"],"version":"1"}"#);
    assert!(unmarshal_onto(b"", &TYPED, first).unwrap().is_some());
}

/// Prints how long the usual work takes; run it with optimization.
#[test]
#[ignore = "a measurement, not a test"]
fn speed() {
    use std::time::Instant;
    let mut text = String::new();
    for i in 0..500 {
        text.push_str(&format!(
            "# A comment about section {i}\nsection{i}:\n  enabled: true\n  image:\n    repository: registry.example.com/team/app-{i}\n    tag: \"1.{i}.0\"\n  resources: {{limits: {{cpu: 100m, memory: 128Mi}}}}\n  args:\n    - --level=info\n    - --port={i}\n"
        ));
    }
    // The fastest run is the one nobody else disturbed.
    let measure = |name: &str, count: u32, work: &mut dyn FnMut()| {
        let runs = (0..count).map(|_| {
            let start = Instant::now();
            work();
            start.elapsed()
        });
        println!("{name}: {:?}", runs.min().unwrap());
    };
    println!("{} lines, {} bytes", text.lines().count(), text.len());
    let value = unmarshal(text.as_bytes()).unwrap();
    measure("parse", 50, &mut || drop(parse(text.as_bytes()).unwrap()));
    measure("unmarshal", 50, &mut || drop(unmarshal(text.as_bytes()).unwrap()));
    measure("unmarshal_as", 50, &mut || drop(unmarshal_as(text.as_bytes(), &TYPED).unwrap()));
    measure("marshal", 50, &mut || drop(marshal(&value).unwrap()));
    measure("marshal_pretty", 50, &mut || drop(marshal_pretty(&value).unwrap()));
    let small = unmarshal(b"limits: {cpu: 100m, memory: 128Mi}\nrequests: {cpu: 50m}").unwrap();
    measure("marshal small", 10000, &mut || drop(marshal(&small).unwrap()));
    measure("unmarshal small", 10000, &mut || {
        drop(unmarshal(b"limits: {cpu: 100m, memory: 128Mi}\nrequests: {cpu: 50m}").unwrap());
    });
}

/// All nodes with the bytes they were read from, in the order of the text.
fn places(text: &str) -> String {
    fn show(node: Node<'_>, text: &str, out: &mut Vec<String>) {
        let span = node.span();
        out.push(format!("{:?}<{}>", node.kind(), &text[span.start as usize..span.end as usize]));
        node.items().for_each(|item| show(item, text, out));
        for (key, value) in node.entries() {
            show(key, text, out);
            show(value, text, out);
        }
    }
    let mut out = Vec::new();
    show(parse(text.as_bytes()).unwrap().unwrap().root(), text, &mut out);
    out.join(" ")
}

#[test]
fn places_of_nodes() {
    let check = |text: &str, want: &str| assert_eq!(places(text), want, "{text:?}");
    check("a: 1\nb: x y # c\n", "Mapping<a: 1\nb: x y> Scalar<a> Scalar<1> Scalar<b> Scalar<x y>");
    check("a:\n- 'x'\n- [1, {k: v}]\n\n# end\n", {
        "Mapping<a:\n- 'x'\n- [1, {k: v}]> Scalar<a> Sequence<- 'x'\n- [1, {k: v}]> Scalar<'x'> Sequence<[1, {k: v}]> \
         Scalar<1> Mapping<{k: v}> Scalar<k> Scalar<v>"
    });
    check("a: &x !!str v\nb: *x\n", "Mapping<a: &x !!str v\nb: *x> Scalar<a> Scalar<&x !!str v> Scalar<b> Alias<*x>");
    check("a: |\n  x\n  y\nb: >-\n  z\n", {
        "Mapping<a: |\n  x\n  y\nb: >-\n  z\n> Scalar<a> Scalar<|\n  x\n  y\n> Scalar<b> Scalar<>-\n  z\n>"
    });
    check("a:\nb: \n", "Mapping<a:\nb:> Scalar<a> Scalar<> Scalar<b> Scalar<>");
    check("é: \"ü\"\n", "Mapping<é: \"ü\"> Scalar<é> Scalar<\"ü\">");
    check("\u{feff}--- [a,\n b]\n", "Sequence<[a,\n b]> Scalar<a> Scalar<b>");
}

#[test]
fn a_tree_can_be_asked() {
    let document = parse(b"a: {b: [1, two]}\nl: &l\n- x\nm: *l\na: {b: last}\n").unwrap().unwrap();
    let root = document.root();
    assert_eq!(root.get("a").and_then(|a| a.get("b")).unwrap().text(), b"last");
    assert_eq!(root.get("m").unwrap().items().count(), 1);
    assert_eq!(root.get("l").unwrap().anchor(), Some(&b"l"[..]));
    assert_eq!(root.get("l").unwrap().line(), 2);
    assert!(root.get("none").is_none());
    assert_eq!(parse_all(b"a\n---\nb\n--- |\n c\n").unwrap().len(), 3);
    assert!(parse(b"# nothing\n").unwrap().is_none());
    let owned = parse(b"k: v").unwrap().unwrap().into_owned();
    assert_eq!(owned.root().get("k").unwrap().to_value().unwrap().as_str().unwrap(), &"v");
}

/// Nothing of this may take long, overflow the stack or panic.
#[test]
fn hostile_texts() {
    let deep = 9_999;
    let nested = format!("{}{}", "[".repeat(deep), "]".repeat(deep));
    drop(unmarshal(nested.as_bytes()).unwrap());
    let blocks: String = (0..3000).map(|i| format!("{}a:\n", " ".repeat(i))).collect();
    drop(unmarshal(blocks.as_bytes()).unwrap());
    let pairs = format!("{}1", "[a: ".repeat(9_000));
    assert!(unmarshal(pairs.as_bytes()).is_err());
    let error = unmarshal("- ".repeat(10_001).as_bytes()).unwrap_err();
    assert!(error.message().contains("exceeded max depth"), "{error}");
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for i in 1..30 {
        let alias = format!("*a{}, ", i - 1).repeat(10);
        bomb.push_str(&format!("a{i}: &a{i} [{alias}]\n"));
    }
    let error = unmarshal(bomb.as_bytes()).unwrap_err();
    assert_eq!(error.message(), "error converting YAML to JSON: yaml: document contains excessive aliasing");
    let wide = format!("[{}]", "a, ".repeat(200_000));
    assert!(unmarshal(wide.as_bytes()).is_ok());
    let long = format!("a: \"{}\"", "x \\n ".repeat(100_000));
    assert!(marshal(&unmarshal(long.as_bytes()).unwrap()).is_ok());
}
