//! What the evaluator and its messages rely on: places of nodes, and nodes written back as text.

use std::sync::LazyLock;

use super::tree::Node;
use super::*;
use crate::go::template::func::FuncTable;

fn parsed(text: &str) -> Vec<Tree> {
    static NO_FUNCTIONS: LazyLock<FuncTable> = LazyLock::new(FuncTable::default);
    let trees = finish(&"t".into(), None, begin(&text.as_bytes().into(), &NO_FUNCTIONS, &mut Scratch::default()));
    trees.unwrap_or_else(|e| panic!("{text}: {e}"))
}

/// Every node of a tree, lists and their children included.
fn nodes(source: &Source, id: NodeId, found: &mut Vec<NodeId>) {
    found.push(id);
    let mut below: Vec<NodeId> = Vec::new();
    match source.kind(id) {
        NodeKind::List(run) | NodeKind::Command { args: run } => below.extend(source.nodes(*run)),
        NodeKind::Pipe(pipe) => below.extend(source.nodes(pipe.commands)),
        NodeKind::Action { pipe } => below.push(*pipe),
        NodeKind::If(branch) | NodeKind::With(branch) | NodeKind::Range(branch) => {
            below.extend([branch.pipe, branch.list]);
            below.extend(branch.else_list);
        }
        NodeKind::Template { pipe, .. } => below.extend(pipe),
        NodeKind::Chain { node, .. } => below.push(*node),
        _ => {}
    }
    for node in below {
        nodes(source, node, found);
    }
}

const TEXT: &str = "a {{- .x.y | printf \"%d\" 1.5 -}} b\n{{ if eq $.a (print nil true `r`).b }}c{{ else if .d }}{{ . }}{{ end }}\n{{ $v := 'x' }}{{ range $i, $e := .l }}{{ $e.f }}{{ break }}{{ else }}n{{ end }}{{ with $v = 2 }}{{ end }}{{ template \"t\" .z }}{{ block \"b\" . }}q{{ end }}";

#[test]
fn every_node_knows_what_it_was_parsed_from() {
    let mut seen = 0;
    for tree in parsed(TEXT) {
        let source = &tree.source;
        let mut all = Vec::new();
        nodes(source, tree.root, &mut all);
        for id in all {
            let node = source.node(id);
            let (text, shown) = (String::from_utf8_lossy(source.bytes(node.span)).into_owned(), source.show(id));
            match &node.kind {
                NodeKind::List(_) => continue,
                NodeKind::Pipe(_) | NodeKind::Command { .. } => {
                    assert!(TEXT.contains(&text) && !text.is_empty(), "{shown}")
                }
                NodeKind::Chain { .. } => assert_eq!(text, "(print nil true `r`).b"),
                NodeKind::Action { .. }
                | NodeKind::If(_)
                | NodeKind::With(_)
                | NodeKind::Range(_)
                | NodeKind::Template { .. }
                | NodeKind::Break
                | NodeKind::Continue => assert!(text.ends_with("}}"), "{shown}: {text}"),
                _ => assert_eq!(text, shown),
            }
            seen += 1;
        }
    }
    assert!(seen > 40, "only {seen} nodes");
}

#[test]
fn trees_are_written_back_as_go_does() {
    let shown: Vec<String> = parsed(TEXT).iter().map(|tree| tree.source.show(tree.root)).collect();
    let main = "a{{.x.y | printf \"%d\" 1.5}}b\n{{if eq $.a (print nil true `r`).b}}c{{else}}{{if .d}}{{.}}{{end}}{{end}}\n{{$v := 'x'}}{{range $i, $e := .l}}{{$e.f}}{{break}}{{else}}n{{end}}{{with $v = 2}}{{end}}{{template \"t\" .z}}{{template \"b\" .}}";
    assert_eq!(shown, ["q", main]);
}

#[test]
fn positions_are_the_ones_go_counts_to() {
    for (text, want) in
        [("{{ .a }}", 3), ("{{ .a.b.c }}", 5), ("{{ $.a.b }}", 4), ("{{ (print).b }}", 10), ("{{ print 1 }}", 3)]
    {
        let tree = parsed(text).remove(0);
        let mut all = Vec::new();
        nodes(&tree.source, tree.root, &mut all);
        let operand = all.iter().find(|id| {
            let kind = tree.source.kind(**id);
            matches!(
                kind,
                NodeKind::Field(_) | NodeKind::Chain { .. } | NodeKind::Variable { .. } | NodeKind::Identifier(_)
            )
        });
        assert_eq!(operand.map(|id| tree.source.node(*id).pos), Some(want), "{text}");
    }
}

#[test]
fn nodes_are_small() {
    // Those of large charts take more memory than anything else.
    assert_eq!(size_of::<Node>(), 28);
}
