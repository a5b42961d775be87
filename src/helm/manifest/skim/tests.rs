use super::*;
use crate::helm::dialect::Engine;

const MANIFESTS: [&str; 9] = [
    "# Source: a/templates/b.yaml\napiVersion: batch/v1\nkind: Job\nmetadata:\n  name: \"a-b\"\n  labels:\n    app.kubernetes.io/name: x\n    y.z: \"1\"\n  annotations:\n    \"helm.sh/hook\": pre-install,post-upgrade\n    'helm.sh/hook-weight': \"-5\"\n    note: two words # with a comment\nspec:\n  template:\n    spec:\n      containers:\n        - name: c\n          image: \"busybox:1.36\"\n          command: [\"sh\", '-c', echo]\n          args:\n          - -x\n          - |\n            set -e\n\n              indented: more\n            # no comment\n          env: []\n          ports:\n          - containerPort: 80\n            name: http\n          - {}\n      restartPolicy: Never\n",
    "kind: ConfigMap\napiVersion: v1\nmetadata:\n  annotations: {}\n  name: cm\ndata:\n  a.ini: |-\n\n    [x]\n    y = 1\n  b: >+\n      folded\n\n\n  c: 'it''s'\n  d: \"a\\n\\\"b\\\"\"\n  e:\n  f: 1e3\n  g: 2001-01-01\nempty: {}\n",
    "apiVersion: v1\nkind: List\nitems:\n- - a\n  - b\n-\n  c: d\n- e:\n  - f\n  g: null\n- https://x.y/z?a=b\n",
    "kind: Service\nmetadata:\n  name: s\n  annotations:\nspec:\n  ports:\n    - port: 80\n      targetPort: http\n\n    # between\n    - port: 443\n      nodePort: -1\n  selector: {}\n",
    "a: b\nmetadata:\nkind: X\nb: (x) y\nc: $(VAR)\nd: <none>\ne: 0x1F\nf: +1\ng: .5\n",
    "metadata:\n  annotations:\n    a: true\n    b: 1\n    c: \"true\"\n    d: x: y\n  name: n\nkind: |\n  Job\n",
    "metadata:\n  annotations:\n    {}\n  name: a\n  labels:\n\n    {}\nspec:\n  a:\n    []\n  b:\n    null\n  c:\n    some text\n    and more: no\n  d: 'it''s\n\n    long'\n  e: \"also\n      long\" # c\n  f: plain\n    goes on (a, \"b\")\n\n    and on\n  g:\n  - x\n    y # z\n  -\n    - q\n",
    "kind: Rule\nmetadata:\n  annotations:\n    path: /metrics\n    version: 0.93.1\n    sum: 527a33e0\n    empty:\n    dir: _x\n  name: r\nrules:\n- {key: a.b/c, operator: In, values: [x, 'y', {z: \"1\", w: []}]} # why\n- record: :node:sum\n  expr: .status.phase\n- . ./env && x\n- ^a$\n- ; \n- -e\n01-a.xml: |\n  x\n.profile: y\n",
    "# \u{e9}\u{4e2d}\nkind: Caf\u{e9}\nmetadata:\n  name: \"\u{fc}\"\n  annotations:\n    a: b\u{a0}c\n    d: e # \u{df}\ndata:\n  f: '\u{f6}'\n  g: |\n    \u{e4}\n  h: x \u{2026}\n    y\n",
];

fn agrees(text: &[u8]) -> bool {
    let Some(head) = head(text) else { return false };
    let read = Head::read(text, Engine::Helm4.dialect());
    assert_eq!(read.as_ref().ok(), Some(&head), "{:?}: {read:?}", bstr::BStr::new(text));
    true
}

/// Those that are only the reader's business because of one line, without it.
fn ordinary() -> [String; 3] {
    let parts = ["f: 1e3\n", "f: +1\n", "g: .5\n", "    and more: no\n"];
    let without = |text: &str| parts.iter().fold(text.to_owned(), |text, part| text.replace(part, ""));
    [without(MANIFESTS[1]).replace("\n  \n", "\n"), without(MANIFESTS[4]), without(MANIFESTS[6])]
}

#[test]
fn ordinary_manifests_are_skimmed() {
    let skimmed = MANIFESTS.map(|text| agrees(text.as_bytes()));
    assert_eq!(skimmed, [true, false, true, true, false, false, false, true, true]);
    let ordinary = ordinary();
    assert!(ordinary.iter().all(|text| agrees(text.as_bytes())));
}

#[test]
fn whatever_is_skimmed_the_reader_reads_alike() {
    const BYTES: &[u8] = b" \n:-#'\"|>{}[],&*!%?\\a1~.=<y\t\x7f";
    const LINES: [&str; 17] = [
        "  ",
        "- x",
        "  k: v",
        "#c",
        "---",
        "- - y",
        "k:",
        "    deep: 1",
        "'q': r",
        "kind: Y",
        "...",
        "- z: 1",
        "    {}",
        "    \u{e9}",
        "  - {a: b, c: [d]}",
        "      more words",
        "    'open",
    ];
    let mut state = 1_u64;
    let mut next = |end: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap_or(0) % end.max(1)
    };
    let mut skimmed = 0;
    let bases = [&MANIFESTS.map(str::to_owned)[..], &ordinary()[..]].concat();
    for round in 0..100_000 {
        let mut text = bases[round % bases.len()].as_bytes().to_vec();
        for _ in 0..=next(3) {
            let at = next(text.len());
            let line = text[..at].rfind_byte(b'\n').map_or(0, |at| at + 1);
            match next(7) {
                0 => text.insert(at, BYTES[next(BYTES.len())]),
                1 => text[at] = BYTES[next(BYTES.len())],
                2 => drop(text.remove(at)),
                3 => drop(text.splice(line..line, LINES[next(LINES.len())].bytes().chain([b'\n']))),
                4 => text.insert(line, b' '),
                5 if text[line] == b' ' => drop(text.remove(line)),
                _ => {
                    let end = text[line..].find_byte(b'\n').map_or(text.len(), |end| line + end + 1);
                    text.drain(line..end);
                }
            }
            if text.is_empty() {
                break;
            }
        }
        skimmed += usize::from(agrees(&text));
    }
    assert!(skimmed > 10_000, "only {skimmed}");
}
