#!/usr/bin/env python3
"""Runs the two corpus scripts for both engines and fails when a figure is below the level kept in testdata/fidelity.json.

fidelity.py BIN CORPUS-FOLDER SHARED-CORPUS-FOLDER [--raise]
--raise writes the measured figures into the level file; it refuses to lower one.
"""
import json, os, re, subprocess, sys
here = os.path.dirname(os.path.abspath(__file__))
LEVEL = os.path.join(here, '..', 'testdata', 'fidelity.json')
binary, corpus, shared = sys.argv[1:4]
binary = os.path.abspath(binary)

def run(script, *args):
    out = subprocess.run([sys.executable, os.path.join(shared, script), *args], capture_output=True, text=True)
    if out.returncode: sys.exit('%s failed: %s' % (script, out.stderr))
    print(out.stdout.rstrip(), flush=True)
    return out.stdout

measured = {}
for engine, golden in ('helm3', 'helm-3.21.4'), ('helm4', 'helm-4.2.4'):
    text = run('parity.py', binary, os.path.join(corpus, 'corpus-dev'), os.path.join(corpus, golden), '--args', '--for ' + engine)
    found = re.search(r'render: (\d+) of (\d+) .*failing cases: (\d+) of (\d+) also fail, (\d+) with', text)
    same, of, fail, fails, message = map(int, found.groups())
    measured[engine] = {'rendered': same, 'renderedOf': of, 'alsoFail': fail, 'sameMessage': message, 'failOf': fails}
    text = run('lifecycle.py', binary, os.path.join(corpus, 'corpus-dev'), os.path.join(shared, 'lifecycle.jsonl.xz'), '--args', '--for ' + engine)
    same, of = map(int, re.search(r'lifecycle: (\d+) of (\d+)', text).groups())
    measured[engine] |= {'plans': same, 'plansOf': of}

level = json.load(open(LEVEL)) if os.path.exists(LEVEL) else {}
below = ['%s %s: %d, was %d' % (e, k, measured[e][k], v) for e, kept in level.items() for k, v in kept.items() if measured[e][k] < v]
if below: sys.exit('below the level of testdata/fidelity.json:\n  ' + '\n  '.join(below))
if '--raise' in sys.argv:
    json.dump(measured, open(LEVEL, 'w'), indent=2); open(LEVEL, 'a').write('\n')
print('fidelity: at or above the level')
