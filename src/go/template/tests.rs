//! Cases whose answers do not need Helm; those that do are recorded in `testdata/template`.

use std::rc::Rc;
use std::sync::{Arc, LazyLock};

use super::*;
use crate::go::value::{Map, Str, Type, Value};

const ANY: Type = Type::Any;

static FUNCTIONS: [Function; 6] = [
    Function { name: "include", params: &[Type::String, ANY], variadic: false, call: include },
    Function { name: "tpl", params: &[Type::String, ANY], variadic: false, call: tpl },
    Function { name: "list", params: &[ANY], variadic: true, call: |_, args| Ok(Value::list(args.to_vec())) },
    Function { name: "fail", params: &[Type::String], variadic: false, call: fail },
    Function { name: "upper", params: &[Type::String], variadic: false, call: upper },
    Function { name: "int8", params: &[Type::Int(crate::go::value::IntKind::Int8)], variadic: false, call: same },
];

static TABLE: LazyLock<FuncTable> = LazyLock::new(|| FuncTable::new(&FUNCTIONS));

fn same(_: &mut dyn Interp, args: &[Value]) -> Result<Value, FuncError> {
    Ok(args.first().cloned().unwrap_or_default())
}

fn text(value: Option<&Value>) -> Str {
    value.and_then(Value::as_str).cloned().unwrap_or_default()
}

fn fail(_: &mut dyn Interp, args: &[Value]) -> Result<Value, FuncError> {
    Err(FuncError::new(text(args.first()).to_text()))
}

fn upper(_: &mut dyn Interp, args: &[Value]) -> Result<Value, FuncError> {
    Ok(Value::from(text(args.first()).to_text().to_uppercase()))
}

fn include(interp: &mut dyn Interp, args: &[Value]) -> Result<Value, FuncError> {
    let data = args.get(1).cloned().unwrap_or_default();
    Ok(Value::String(interp.execute(&text(args.first()), &data)?))
}

fn tpl(interp: &mut dyn Interp, args: &[Value]) -> Result<Value, FuncError> {
    let data = args.get(1).cloned().unwrap_or_default();
    match interp.execute_text(&text(args.first()), &data) {
        Ok(text) => Ok(Value::String(text)),
        Err(TextError::Parse(e)) => Err(FuncError::wrap((*e).into(), "cannot parse template")),
        Err(TextError::Exec(e)) => Err(FuncError::wrap((*e).into(), "error during tpl function execution")),
    }
}

fn set() -> TemplateSet {
    TemplateSet::new("gotpl", &TABLE, MissingKey::Zero)
}

fn data() -> Value {
    let map: Map = Value::dict()
        .with("a", Value::int(1))
        .with("s", "text")
        .with("nil", Value::Nil)
        .with("l", Value::list(vec![Value::from("x"), Value::from("y")]))
        .with("m", Value::dict().with("k", "v"));
    Value::Map(map)
}

/// What a template prints, or what it fails with.
fn render(text: &str) -> String {
    let mut set = set();
    if let Err(e) = set.parse("t", text) {
        return e.to_string();
    }
    match set.execute("t", &data(), &()) {
        Ok(out) => out.to_string(),
        Err(e) => e.to_string(),
    }
}

#[track_caller]
fn check(cases: &[(&str, &str)]) {
    for (text, want) in cases {
        assert_eq!(render(text), *want, "{text}");
    }
}

#[test]
fn prints() {
    check(&[
        ("", ""),
        ("a\n", "a\n"),
        ("{{ .a }}-{{ .s }}-{{ .nil }}-{{ .none }}", "1-text-<no value>-<no value>"),
        ("a {{- 1 -}} b", "a1b"),
        ("a{{/* c */}}b{{- /* d */ -}} c", "abc"),
        ("{{ range $i, $x := .l }}{{ $i }}={{ $x }},{{ end }}", "0=x,1=y,"),
        ("{{ range .nil }}{{ else }}none{{ end }}", "none"),
        ("{{ range 3 }}{{ . }}{{ end }}", "012"),
        (
            "{{ range $x := list 1 2 3 4 }}{{ if eq $x 2 }}{{ continue }}{{ else if eq $x 4 }}{{ break }}{{ end }}{{ $x }}{{ end }}",
            "13",
        ),
        ("{{ with .m }}{{ .k }}{{ end }}{{ with .none }}{{ else with .s }}{{ . }}{{ end }}", "vtext"),
        ("{{ $x := 1 }}{{ if true }}{{ $x = 2 }}{{ $y := 3 }}{{ end }}{{ $x }}", "2"),
        ("{{ define \"d\" }}[{{ . }}]{{ end }}{{ template \"d\" .s }}{{ include \"d\" 1 | upper }}", "[text][1]"),
        ("{{ block \"b\" .a }}<{{ . }}>{{ end }}", "<1>"),
        ("{{ printf \"%d-%s\" 3 \"x\" }} {{ print 1 2 \"a\" }} {{ html \"<\" nil }}", "3-x 1 2a &lt;&lt;no value&gt;"),
        ("{{ index .l 1 }}{{ index .m \"k\" }}{{ len .l }}{{ slice .s 1 3 }}", "yv2ex"),
        ("{{ and 1 0 2 }}{{ or 0 \"\" 3 }}{{ not 0 }}", "03true"),
        (
            "{{ 0x10 }} {{ 1e3 }} {{ 'a' }} {{ 1_000 }} {{ 0x1p4 }} {{ 1i }} {{ -0 }} {{ 1+2i }}",
            "16 1000 97 1000 16 (0+1i) 0 (1+2i)",
        ),
        ("{{ int8 300 }}", "44"),
        ("{{ tpl \"{{ define `d` }}D{{ end }}{{ template `d` }}{{ include `d` . }}\" . }}", "DD"),
    ]);
}

#[test]
fn fails_in_the_words_of_go() {
    check(&[
        ("{{ nofunc }}", "template: t:1: function \"nofunc\" not defined"),
        ("{{ if }}", "template: t:1: missing value for if"),
        ("{{ .a", "template: t:1: unclosed action"),
        (
            "x\n{{ .a.b.c }}",
            "template: t:2:5: executing \"t\" at <.a.b.c>: can't evaluate field b in type interface {}",
        ),
        ("{{ .nil.x }}", "template: t:1:7: executing \"t\" at <.nil.x>: nil pointer evaluating interface {}.x"),
        ("{{ fail \"no\" }}", "template: t:1:3: executing \"t\" at <fail \"no\">: error calling fail: no"),
        ("{{ upper 1 }}", "template: t:1:9: executing \"t\" at <1>: expected string; found 1"),
        ("{{ upper .a }}", "template: t:1:9: executing \"t\" at <.a>: wrong type for value; expected string; got int"),
        (
            "{{ template \"none\" }}",
            "template: t:1:12: executing \"t\" at <{{template \"none\"}}>: template \"none\" not defined",
        ),
        (
            "{{ include \"none\" . }}",
            "template: t:1:3: executing \"t\" at <include \"none\" .>: error calling include: template: no template \"none\" associated with template \"gotpl\"",
        ),
        (
            "{{ lt 1 \"a\" }}",
            "template: t:1:3: executing \"t\" at <lt 1 \"a\">: error calling lt: incompatible types for comparison: int and string",
        ),
        (
            "{{ tpl \"{{ .a.b }}\" . }}",
            "template: t:1:3: executing \"t\" at <tpl \"{{ .a.b }}\" .>: error calling tpl: error during tpl function execution: template: gotpl:1:5: executing \"gotpl\" at <.a.b>: can't evaluate field b in type interface {}",
        ),
    ]);
}

#[test]
fn causes_are_those_errors_unwrap_finds() {
    let mut set = set();
    set.parse("t", "{{ include \"d\" . }}{{ define \"d\" }}{{ fail \"no\" }}{{ end }}").expect("parses");
    let error = set.execute("t", &data(), &()).expect_err("fails");
    let inner = "template: t:1:38: executing \"d\" at <fail \"no\">: error calling fail: no";
    let outer = format!("template: t:1:3: executing \"t\" at <include \"d\" .>: error calling include: {inner}");
    assert_eq!(error.to_string(), outer);
    assert_eq!(error.causes().collect::<Vec<_>>(), [&*outer, inner, inner, "no"]);
    assert_eq!(error.cause, "no");
    assert_eq!(error.frames.iter().map(|f| f.offset).collect::<Vec<_>>(), [3, 38]);
}

#[test]
fn definitions_of_a_text_are_forgotten_after_it() {
    check(&[(
        "{{ define \"d\" }}old{{ end }}{{ tpl \"{{ define `d` }}new{{ end }}{{ include `d` . }}\" . }}{{ include \"d\" . }}",
        "newold",
    )]);
}

#[test]
fn endless_or_deep_templates_end_with_an_error() {
    let ends_with = |text: &str, want: &str| {
        let got = render(text);
        assert!(got.ends_with(want), "{:.60} gives {}", text, got.get(..300).unwrap_or(&got));
    };
    ends_with(
        "{{ define \"d\" }}{{ template \"d\" }}{{ end }}{{ template \"d\" }}",
        "exceeded maximum template depth (100000)",
    );
    ends_with(
        "{{ define \"d\" }}{{ include \"d\" . }}{{ end }}{{ include \"d\" . }}",
        "exceeded maximum depth of nested executions (4000)",
    );
    let deep = format!("{{{{ {}1{} }}}}", "(".repeat(9999), ")".repeat(9999));
    ends_with(&deep, "1");
    let deep = format!("{{{{ {}1{} }}}}", "(".repeat(10_001), ")".repeat(10_001));
    ends_with(&deep, "max expression depth exceeded");
    let deep = format!("{}x{}", "{{ if 1 }}".repeat(9_999), "{{ end }}".repeat(9_999));
    ends_with(&deep, "x");
    let deep = format!("{}x{}", "{{ if 1 }}".repeat(10_001), "{{ end }}".repeat(10_001));
    ends_with(&deep, "max control depth exceeded");
    let deep = format!("{{{{ if 0 }}}}{}{{{{ else }}}}x{{{{ end }}}}", "{{ else if 0 }}".repeat(5_000));
    ends_with(&deep, "x");
    let deep = format!("{{{{ {}fail \"x\"{} }}}}", "(".repeat(9000), ")".repeat(9000));
    ends_with(&deep, ": x");
}

#[test]
fn missing_keys_are_what_the_option_says() {
    let run = |missing_key, text: &str| {
        let mut set = TemplateSet::new("gotpl", &TABLE, missing_key);
        set.parse("t", text).expect("parses");
        set.execute("t", &data(), &()).map_or_else(|e| e.cause, |out| out.to_string())
    };
    for (text, invalid, zero, error) in [
        ("{{ .q }}", "<no value>", "<no value>", "map has no entry for key \"q\""),
        ("{{ .q.r }}", "<no value>", "nil pointer evaluating interface {}.r", "map has no entry for key \"q\""),
        ("{{ (.nil).r }}", "<no value>", "<no value>", "nil data; no entry for key \"r\""),
        ("{{ .s }}", "text", "text", "text"),
    ] {
        assert_eq!(run(MissingKey::Invalid, text), invalid, "{text}");
        assert_eq!(run(MissingKey::Zero, text), zero, "{text}");
        assert_eq!(run(MissingKey::Error, text), error, "{text}");
    }
}

#[test]
fn a_failed_parse_leaves_the_set_as_it_was() {
    let mut set = set();
    set.parse("t", "{{ define `d` }}old{{ end }}{{ template `d` }}").expect("parses");
    set.parse("u", "{{ define `d` }}new{{ end }}{{ nofunc }}").expect_err("does not parse");
    assert_eq!(set.execute("t", &data(), &()).map(|out| out.to_string()), Ok("old".to_owned()));
    assert!(!set.contains("u"));
}

/// Texts that come in while others are parsed, of which not all are asked for, and with which others are.
#[test]
fn texts_parsed_ahead_are_as_others() {
    let filler = "{{ if .a }}{{ .s | upper }}{{ end }}\n".repeat(80);
    let texts: Vec<Arc<[u8]>> = (0..60)
        .map(|n| format!("{{{{ define \"d{n}\" }}}}{n}{{{{ end }}}}{filler}{n} {{{{ template \"d{n}\" }}}}"))
        .map(|text| Arc::from(text.as_bytes()))
        .collect();
    let asked = |broken: &str| -> Vec<(Str, Arc<[u8]>)> {
        let mut files: Vec<(Str, Arc<[u8]>)> = texts
            .iter()
            .enumerate()
            .skip(3)
            .map(|(n, text)| (format!("t{n}").as_str().into(), Arc::clone(text)))
            .collect();
        files.push(("last".into(), Arc::from(broken.as_bytes())));
        files
    };
    let outcome = |ahead: bool, broken: &str| {
        let texts_of = Rc::new(ParsedTexts::new("gotpl", &TABLE));
        if ahead {
            texts.iter().for_each(|text| texts_of.expect(text));
            texts_of.expect(&Arc::from(&b"{{ nobody asks"[..]));
        }
        let mut set = TemplateSet::over(texts_of, MissingKey::Zero);
        set.parse_all(&asked(broken)).map_err(|(at, e)| (at, e.to_string()))?;
        let run = |n| set.execute(format!("t{n}").as_str(), &data(), &()).map(|out| out.to_string());
        (3..60).map(run).collect::<Result<String, _>>().map_err(|e| (0, e.to_string()))
    };
    for broken in ["fine", "{{ .a", "{{ if\n .a }}\n{{ \"", "{{ define \"last\" }}a{{ end }}b"] {
        let (with, without): (Result<String, (usize, String)>, _) = (outcome(true, broken), outcome(false, broken));
        assert_eq!(with, without, "{broken}");
        assert_eq!(with.is_ok(), broken == "fine", "{broken}");
    }
}

/// Any text parses or does not, and runs or fails; neither takes long nor the process with it.
#[test]
fn no_text_is_too_odd() {
    const PIECES: [&str; 48] = [
        "{{", "}}", "{{-", "-}}", " ", "\n", "(", ")", "|", ".", "$", "$x", ":=", "=", ",", "\"", "`", "'", "\\", "if",
        "else", "end", "range", "with", "define", "template", "block", "break", "continue", "nil", "true", "1", "1.5e",
        "0x", "\"a\"", ".l", ".m.k", "list", "print", "index", "/*", "*/", "é", "\u{201c}", "\u{0}", "include", "tpl",
        "len",
    ];
    let mut state = 42_u64;
    let mut pick = |n: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap_or_default() % n
    };
    for _ in 0..5_000 {
        let mut text = String::new();
        for _ in 0..pick(24) {
            text.push_str(PIECES[pick(PIECES.len())]);
            if pick(3) == 0 {
                text.push(' ');
            }
        }
        render(&text);
        render(&format!("{{{{ {text} }}}}"));
    }
}
