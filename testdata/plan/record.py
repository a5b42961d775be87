#!/usr/bin/env python3
"""Small charts and the calls Helm's own code makes for their hooks: install, test, upgrade, rollback to 1, uninstall.

record.py                 records the cases of charts.jsonl that have no answer yet
record.py --all           records every case again
record.py --new < LINES   appends cases (JSON, one a line), without repeats of a name, and records them

A case: "name", "files" (path in the chart to text; a Chart.yaml is made where there is none), "values" (text of a values file, optional).
Answers: "want", or "helm3" and "helm4" where they differ: "events" (per event the delete and create calls in order, as [op, kind, name] and
[op, kind, name, namespace]), "hooks" (as stored: [name, kind, path, events, weight, policies]) and "error" ("step: text"), after which nothing more happened.
The programs see a List as one object; the cluster sees its items (the test folds them together again).
LAB names the folder of lifecycle-helm3 and lifecycle-helm4 (default ~/.cache/helm-hooks-lab/bin).
"""
import json, os, subprocess, sys, tempfile
LAB = os.environ.get('LAB', os.path.expanduser('~/.cache/helm-hooks-lab/bin'))
PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'charts.jsonl')

def ask(version, cases):
    with tempfile.TemporaryDirectory() as top:
        lines = ''
        for i, c in enumerate(cases):
            files = {'Chart.yaml': 'apiVersion: v2\nname: c\nversion: 0.1.0\n', **c['files']}
            if 'values' in c: files['case-values.yaml'] = c['values']
            for path, text in files.items():
                full = os.path.join(top, str(i), path)
                os.makedirs(os.path.dirname(full), exist_ok=True)
                open(full, 'w', encoding='utf8', newline='').write(text)
            lines += json.dumps({'case': str(i), 'chart': str(i), 'values': 'case-values.yaml' if 'values' in c else ''}) + '\n'
        out = subprocess.run([os.path.join(LAB, 'lifecycle-helm%d' % version), top], input=lines.encode(), capture_output=True, check=True).stdout
    answers = {}
    for line in out.decode().splitlines():
        a = json.loads(line)
        call = lambda o: [o['Op'], o['Kind'], o['Name']] + ([o['Namespace']] if o.get('Namespace') else [])
        w = {'events': {e: [call(o) for o in ops] for e, ops in a['events'].items()},
             'hooks': [[h['Name'], h['Kind'], h['Path'], h['Events'], h['Weight'], h['DeletePolicies'] or []] for h in a['hooks'] or []]}
        if a.get('error'): w['error'] = a['error'].replace(top, '')
        answers[int(a['case'])] = w
    return [answers[i] for i in range(len(cases))]

cases = [json.loads(l) for l in open(PATH, encoding='utf8')] if os.path.exists(PATH) else []
if '--new' in sys.argv:
    names = {c['name'] for c in cases}
    for line in sys.stdin:
        c = json.loads(line)
        if c['name'] not in names: cases.append(c); names.add(c['name'])
todo = [c for c in cases if '--all' in sys.argv or not {'want', 'helm3'} & set(c)]
for c, a, b in zip(todo, ask(3, todo), ask(4, todo)):
    for k in ('want', 'helm3', 'helm4'): c.pop(k, None)
    if a == b: c['want'] = a
    else: c['helm3'], c['helm4'] = a, b
with open(PATH, 'w', encoding='utf8') as f:
    for c in cases: f.write(json.dumps(c, ensure_ascii=False) + '\n')
print('%d cases, %d recorded, %d differ between the two Helms' % (len(cases), len(todo), sum('helm3' in c for c in cases)))
