//! Cases of the whole reader and writer, and the other side of a comparison with Go.

use super::*;
use crate::go::json;
use crate::go::value::Value;

static STRINGS: MapShape = MapShape { go: "map[string]string", item: Shape::String };
static TAGS: ListShape = ListShape { go: "[]string", item: Shape::String };
static ANYS: ListShape = ListShape { go: "[]interface {}", item: Shape::Any };
static META: StructShape = StructShape {
    go: r#"struct { Name string "json:\"name\""; Annotations map[string]string "json:\"annotations\"" }"#,
    fields: &[("name", Shape::String), ("annotations", Shape::Map(&STRINGS))],
};
static SUB: StructShape = StructShape { go: "main.sub", fields: &[("a", Shape::String), ("b", Shape::Bool)] };
static SUBS: ListShape = ListShape { go: "[]*main.sub", item: Shape::Struct(&SUB) };
static TYPED: Shape = Shape::Struct(&StructShape {
    go: "main.meta",
    fields: &[
        ("version", Shape::String),
        ("kind", Shape::String),
        ("metadata", Shape::Struct(&META)),
        ("tags", Shape::List(&TAGS)),
        ("on2", Shape::Bool),
        ("items", Shape::List(&SUBS)),
        ("any", Shape::List(&ANYS)),
    ],
});

/// The dict of a struct as Go's JSON would show the struct, as far as the comparison needs it.
fn typed_json(value: Option<Value>) -> String {
    let text = |map: &serde_json::Value, key: &str| map.get(key).cloned().unwrap_or_else(|| "".into());
    let value = value.unwrap_or_else(|| Value::dict().into());
    let map: serde_json::Value = serde_json::from_slice(&json::marshal(&value).unwrap()).unwrap();
    let mut out = serde_json::Map::new();
    out.insert("version".into(), text(&map, "version"));
    for (key, omitted) in [("kind", ""), ("metadata", "null"), ("tags", "[]")] {
        match map.get(key) {
            None => {}
            Some(value) if value == "" || value.is_null() || value.to_string().as_str() == omitted => {}
            Some(value) if key == "metadata" => {
                let mut meta = serde_json::Map::new();
                meta.insert("name".into(), text(value, "name"));
                meta.insert("annotations".into(), value.get("annotations").cloned().unwrap_or_default());
                out.insert(key.into(), meta.into());
            }
            Some(value) => {
                out.insert(key.into(), value.clone());
            }
        }
    }
    out.insert("on2".into(), map.get("on2").cloned().unwrap_or(false.into()));
    let items = map.get("items").and_then(|items| items.as_array()).map(|items| {
        let sub = |item: &serde_json::Value| match item {
            serde_json::Value::Object(_) => {
                let mut sub = serde_json::Map::new();
                sub.insert("a".into(), text(item, "a"));
                sub.insert("b".into(), item.get("b").cloned().unwrap_or(false.into()));
                sub.into()
            }
            other => other.clone(),
        };
        items.iter().map(sub).collect::<Vec<_>>()
    });
    out.insert("items".into(), items.map_or(serde_json::Value::Null, Into::into));
    out.insert("any".into(), map.get("any").cloned().unwrap_or_default());
    serde_json::Value::Object(out).to_string()
}

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
        match unmarshal_as(&doc, &TYPED) {
            Ok(value) => {
                put("Typed", typed_json(value));
                put("TypedErr", String::new());
            }
            Err(e) => {
                put("Typed", String::new());
                put("TypedErr", e.message().to_owned());
            }
        }
        put("StrictErr", message(unmarshal_strict_as(&doc, &TYPED).err()));
        answers.push_str(&serde_json::Value::Object(answer).to_string());
        answers.push('\n');
    }
    std::fs::write(std::env::var("YAML_ANSWERS").unwrap(), answers).unwrap();
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
