#!/usr/bin/env python3
"""Asks Helm's own code (3.21.4 and 4.2.4) for the answers of recorded cases, and writes them beside the questions.

record.py FILE.jsonl…           answers the lines that have no answer yet
record.py --all FILE.jsonl…     asks again for every line
record.py --new NAME < LINES    appends questions (JSON, one a line) to testdata/NAME.jsonl, without repeats, and answers them

A line is a question to the oracle programs (template | files, values, set, setString, setJson, setLiteral, isUpgrade) with its
answers: "want": the answer of both, or "helm3" and "helm4" where they differ. An answer has "out" (a text for a bare
template, else path to text), and for whole charts "hooks" and "error": "step: text" ("manifests: …" can come with an "out"). Lines that two runs of an oracle answer differently are left out and counted: they are random.
ORACLES names the folder of oracle-helm3 and oracle-helm4 (default ~/.cache/helm-hooks-lab/bin).
"""
import json, os, subprocess, sys
ORACLES = os.environ.get('ORACLES', os.path.expanduser('~/.cache/helm-hooks-lab/bin'))
ASK = ('template', 'files', 'values', 'set', 'setString', 'setJson', 'setLiteral', 'isUpgrade')

def ask(version, questions):
    lines = ''.join(json.dumps(dict({k: q[k] for k in ASK if k in q}, id=i)) + '\n' for i, q in enumerate(questions))
    out = subprocess.run([os.path.join(ORACLES, 'oracle-helm%d' % version)], input=lines.encode(), capture_output=True, check=True).stdout
    answers = {}
    for line in out.decode('utf8', 'surrogateescape').splitlines():
        a = json.loads(line)
        w = {k: a[k] for k in ('out', 'hooks', 'error') if k in a}
        # A bare template is asked for its text; that the text is seldom a manifest is not the question.
        if 'template' in questions[a['id']] and 'out' in w: w = {'out': w['out'].get('templates/t', '')}
        answers[a['id']] = w
    missing = [q for i, q in enumerate(questions) if i not in answers]
    if missing: sys.exit('helm %d did not answer %s' % (version, json.dumps(missing[0])))
    return [answers[i] for i in range(len(questions))]

def write(path, cases):
    with open(path, 'w', encoding='utf8') as f:
        for c in cases: f.write(json.dumps(c, ensure_ascii=False) + '\n')

def record(path, again):
    cases = [json.loads(l) for l in open(path, encoding='utf8') if l.strip()]
    todo = [c for c in cases if again or not ({'want', 'helm3'} & set(c))]
    if not todo: return print('%s: %d cases, nothing to ask' % (path, len(cases)))
    first, second = (ask(3, todo), ask(4, todo)), (ask(3, todo), ask(4, todo))
    random = 0
    for c, a, b, a2, b2 in zip(todo, *first, *second):
        for k in ('want', 'helm3', 'helm4'): c.pop(k, None)
        if a != a2 or b != b2: c['random'] = True; random += 1
        elif a == b: c['want'] = a
        else: c['helm3'], c['helm4'] = a, b
    cases = [c for c in cases if not c.get('random')]
    write(path, cases)
    print('%s: %d cases, %d asked, %d random ones left out, %d differ between the two Helms' % (path, len(cases), len(todo), random, sum('helm3' in c for c in cases)))

args = sys.argv[1:]
if not args: sys.exit(__doc__)
if args[0] == '--new':
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), args[1] + '.jsonl')
    os.makedirs(os.path.dirname(path), exist_ok=True)
    cases = [json.loads(l) for l in open(path, encoding='utf8')] if os.path.exists(path) else []
    key = lambda c: json.dumps({k: c[k] for k in ASK if k in c}, sort_keys=True)
    seen = {key(c) for c in cases}
    for line in sys.stdin:
        if line.strip() and key(json.loads(line)) not in seen:
            cases.append(json.loads(line)); seen.add(key(cases[-1]))
    write(path, cases)
    record(path, False)
else:
    for path in [a for a in args if a != '--all']: record(path, '--all' in args)
