#!/usr/bin/env python3
"""Records what real Helm renders of the vectors of all lint rules: record.py HELM3 HELM4 [--new] (the programs).

Reads vectors.jsonl (UPDATE=1 cargo test --test it vectors), writes rendered.jsonl beside it. A chart whose output differs between two
runs is marked random. With --new, charts that are recorded already are left as they are.
"""
import json, os, subprocess, sys, tempfile
from concurrent.futures import ThreadPoolExecutor
here = os.path.dirname(os.path.abspath(__file__))
helms = dict(zip(('helm3', 'helm4'), map(os.path.abspath, sys.argv[1:3])))
home = tempfile.mkdtemp()
env = dict(os.environ, KUBECONFIG='/dev/null', HELM_CACHE_HOME=home, HELM_CONFIG_HOME=home, HELM_DATA_HOME=home)


def render(helm, chart):
    q = subprocess.run([helm, 'template', 'rel', chart, '-n', 'ns'], capture_output=True, env=env)
    if not q.returncode: return {'out': q.stdout.decode()}
    text = q.stderr.decode()
    text = text[text.index('Error: ') + 7:].strip()
    return {'error': text.removesuffix('Use --debug flag to render out invalid YAML').strip()}


known = {}
if '--new' in sys.argv:
    for line in open(os.path.join(here, 'rendered.jsonl')): known[json.dumps(json.loads(line)['files'])] = json.loads(line)


def record(line):
    case = json.loads(line)
    there = known.get(json.dumps(case['files']))
    if there: return json.dumps(dict(there, **case), sort_keys=True)
    with tempfile.TemporaryDirectory() as tmp:
        for path, text in case['files']:
            path = os.path.join(tmp, 'app', path)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, 'w') as f: f.write(text)
        first, second = ({name: render(helm, os.path.join(tmp, 'app')) for name, helm in helms.items()} for _ in range(2))
    return json.dumps(dict(case, **first, random=first != second), sort_keys=True)


with ThreadPoolExecutor(os.cpu_count()) as pool:
    lines = list(pool.map(record, open(os.path.join(here, 'vectors.jsonl'))))
with open(os.path.join(here, 'rendered.jsonl'), 'w') as f: f.write('\n'.join(lines) + '\n')
print('%d charts recorded, %d of them random' % (len(lines), sum('"random": true' in line for line in lines)))
