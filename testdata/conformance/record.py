#!/usr/bin/env python3
"""The facts about hooks that rendering and order decide, each as a chart and what both real Helms make of it.

record.py            records the cases of cases.jsonl that have no answer yet;  --all: every case again;  --new < LINES: appends cases

A case: "case" (its number in the project's list of facts), "title", "files", "args" (further words for `helm template`, optional).
Answers "helm3" and "helm4": "exit", "stdout" and "stderr" of `helm template rel CHART -n ns ARGS` (paths of this machine cut), and "calls": per event the delete and
create calls of hook code during install, test, upgrade, rollback and uninstall (absent when the chart cannot be installed).
LAB names the folder of helm3, helm4, lifecycle-helm3 and lifecycle-helm4 (default ~/.cache/helm-hooks-lab/bin).
"""
import json, os, subprocess, sys, tempfile
LAB = os.environ.get('LAB', os.path.expanduser('~/.cache/helm-hooks-lab/bin'))
PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'cases.jsonl')

def ask(case, version, top):
    files = {'Chart.yaml': 'apiVersion: v2\nname: c\nversion: 0.1.0\n', **case['files']}
    for path, text in files.items():
        full = os.path.join(top, 'c', path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        open(full, 'w', encoding='utf8', newline='').write(text)
    env = {'HOME': top, 'PATH': os.environ['PATH'], 'KUBECONFIG': '/dev/null', 'HELM_NO_PLUGINS': '1'}
    q = subprocess.run([os.path.join(LAB, 'helm%d' % version), 'template', 'rel', 'c', '-n', 'ns', *case.get('args', [])], cwd=top, env=env, capture_output=True, text=True)
    answer = {'exit': q.returncode, 'stdout': q.stdout, 'stderr': q.stderr}
    line = json.dumps({'case': '', 'chart': 'c', 'values': ''}) + '\n'
    a = json.loads(subprocess.run([os.path.join(LAB, 'lifecycle-helm%d' % version), top], input=line, capture_output=True, text=True, check=True).stdout)
    if 'error' not in a:
        answer['calls'] = {e: [[o['Op'], o['Kind'], o['Name']] for o in ops] for e, ops in a['events'].items()}
    return answer

cases = [json.loads(l) for l in open(PATH, encoding='utf8')] if os.path.exists(PATH) else []
if '--new' in sys.argv:
    known = {(c['case'], c['title']) for c in cases}
    cases += [c for c in map(json.loads, sys.stdin) if (c['case'], c['title']) not in known]
cases.sort(key=lambda c: c['case'])
for case in cases:
    for version in (3, 4):
        if '--all' in sys.argv or 'helm%d' % version not in case:
            with tempfile.TemporaryDirectory() as top: case['helm%d' % version] = ask(case, version, top)
with open(PATH, 'w', encoding='utf8') as f:
    for case in cases: f.write(json.dumps(case, ensure_ascii=False) + '\n')
print('%d cases, %d differ between the two Helms' % (len(cases), sum(c['helm3'] != c['helm4'] for c in cases)))
