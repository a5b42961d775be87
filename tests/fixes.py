#!/usr/bin/env python3
"""Applies `lint --fix` to real charts and compares what real Helm renders before and after.

fixes.py BIN CORPUS-FOLDER HELM... [--show N] [--sample N]

Every chart of the corpus is linted as it is and with mutations that have a safe fix (a misspelt event, an unquoted weight ...), once
for each. Only the fields a fix names may differ between the two renderings, in the objects of the findings; all else must stay byte
for byte; and what was fixed is not found again.
"""
import argparse, json, os, random, re, shutil, subprocess, sys, tempfile
from concurrent.futures import ThreadPoolExecutor

p = argparse.ArgumentParser()
p.add_argument('bin'); p.add_argument('corpus'); p.add_argument('helms', nargs='+')
p.add_argument('--show', type=int, default=10)
p.add_argument('--sample', type=int, default=0, help='so many charts only, chosen anew each time')
a = p.parse_args()
BIN = os.path.abspath(a.bin)
ENV = dict(os.environ, KUBECONFIG='/dev/null', NO_COLOR='1', HELM_CACHE_HOME=tempfile.mkdtemp(), HELM_CONFIG_HOME=tempfile.mkdtemp(), HELM_DATA_HOME=tempfile.mkdtemp())
# What real charts seldom get wrong, put into the first hook that has the line as a literal: pattern, replacement.
MUTATIONS = {
    'as it is': None,
    'event misspelt': (r'(?m)^(\s*["\']?helm\.sh/hook["\']?:\s*)["\']?(pre|post)-(instal|upgrad)(?:l|e)([\w,-]*)["\']?\s*$', r'\1\2-\3\4'),
    'trailing comma': (r'(?m)^(\s*["\']?helm\.sh/hook["\']?:\s*)["\']?([\w, -]+?)["\']?\s*$', r'\1"\2,"'),
    'weight a number': (r'(?m)^(\s*["\']?helm\.sh/hook-weight["\']?:\s*)["\'](-?\d+)["\']\s*$', r'\1\2'),
    'policy misspelt': (r'(?m)^(\s*["\']?helm\.sh/hook-delete-policy["\']?:\s*)["\']?before-hook-creation\b([\w, -]*)["\']?\s*$', r'\1before-hook-creatio\2'),
    'policy alone': (r'(?m)^(\s*["\']?helm\.sh/hook-delete-policy["\']?:\s*)["\']?before-hook-creation,\s*hook-succeeded["\']?\s*$', r'\1hook-succeeded'),
    'key misspelt': (r'(?m)^(\s*["\']?)helm\.sh/hook-weight(["\']?:)', r'\1helm.sh/hook-weights\2'),
    'restart always': (r'(?m)^(\s*restartPolicy:\s*)(Never|OnFailure)\s*$', r'\1Always'),
}


def run(*args):
    q = subprocess.run(args, capture_output=True, env=ENV, timeout=120)
    return q.returncode, q.stdout.decode('utf8', 'replace'), q.stderr.decode('utf8', 'replace')


def findings(chart):
    code, out, err = run(BIN, 'lint', '--isolated', '--profile', 'pedantic', '-o', 'json', chart)
    return json.loads(out)['findings'] if out else []


def objects(text):
    """The documents of a rendering, a list of lines each, with what comes before them taken off."""
    return [part.strip('\n').split('\n') for part in re.split(r'(?m)^---\s*$', text) if part.strip()]


def render(helm, chart):
    code, out, err = run(helm, 'template', 'release-name', chart)
    return out if not code else None


def attempt(chart, name, mutation):
    """A list of complaints; None where there is nothing to fix."""
    with tempfile.TemporaryDirectory() as tmp:
        to = os.path.join(tmp, os.path.basename(chart))
        shutil.copytree(chart, to, symlinks=True)
        if mutation:
            for folder, folders, files in os.walk(os.path.join(to, 'templates')):
                folders.sort()
                done = False
                for file in sorted(files):
                    path = os.path.join(folder, file)
                    try: text = open(path, newline='').read()
                    except UnicodeDecodeError: continue
                    changed, times = re.subn(*mutation, text, count=1) if 'helm.sh/hook' in text else (text, 0)
                    if times and changed != text:
                        open(path, 'w', newline='').write(changed); done = True; break
                if done: break
            else: return None
        before = findings(to)
        fixable = [f for f in before if f['fix'] and f['fix']['applicability'] == 'safe' and f['fix']['edits']]
        if not fixable: return None
        old = {helm: render(helm, to) for helm in a.helms}
        # What differs from run to run says nothing.
        twice = {helm: set(map('\n'.join, objects(render(helm, to) or ''))) for helm in a.helms}
        texts = {}
        for folder, _, files in os.walk(to):
            for file in files:
                path = os.path.join(folder, file)
                if not os.path.islink(path): texts[path] = open(path, 'rb').read()
        code, out, err = run(BIN, 'lint', '--isolated', '--profile', 'pedantic', '--fix', '-o', 'json', to)
        if not out: return ['lint --fix says nothing: ' + err[:200]]
        report = json.loads(out)
        wrong = []
        changed = {path for path in texts if open(path, 'rb').read() != texts[path]}
        allowed = {os.path.join(tmp, e['path']) if not os.path.isabs(e['path']) else e['path'] for f in fixable for e in f['fix']['edits']}
        names = {os.path.basename(path) for path in allowed}
        for path in changed:
            if os.path.basename(path) not in names: wrong.append('changed without a fix: ' + path)
        again = [f for f in findings(to) if f['fix'] and f['fix']['applicability'] == 'safe' and f['fix']['edits']]
        left = len(again)
        if changed and not report['summary']['fixed']: wrong.append('files changed, but nothing counted as fixed')
        if len(fixable) - left > 0 and report['summary']['fixed'] == 0: wrong.append('fixed, but not counted')
        if mutation and not changed: wrong.append('nothing fixed: %s' % [(f['code'], f['line'], f['fix']['edits']) for f in fixable][:3])
        for helm in a.helms:
            new = render(helm, to)
            if new is None:
                wrong.append('%s does not render any more' % helm); continue
            if old[helm] is None: continue
            # Objects that Helm dropped before may be there now; every other line of the old output is kept, but for annotations of
            # hooks and the fields that fixes name.
            kept = set(map('\n'.join, objects(new)))
            fields = re.compile(r'^\s*-?\s*["\']?(helm\.sh/[\w-]+|restartPolicy|ttlSecondsAfterFinished|apiVersion|sidecar\.istio\.io/inject|linkerd\.io/inject|vault\.hashicorp\.com/[\w-]+|annotations)["\']?:')
            strip = lambda lines: [line for line in lines if not fields.match(line)]
            stripped = [strip(o) for o in objects(new)]
            for o in objects(old[helm]):
                if '\n'.join(o) in kept or strip(o) in stripped: continue
                if '\n'.join(o) not in twice[helm]: continue
                wrong.append('%s: an object changed that no fix names: %s' % (os.path.basename(helm), ' | '.join(o[:6])))
        return wrong


charts = sorted(os.path.join(a.corpus, n) for n in os.listdir(a.corpus) if os.path.isdir(os.path.join(a.corpus, n)))
# Charts without hooks have nothing to be mended in.
charts = [c for c in charts if b'helm.sh/hook' in subprocess.run(['grep', '-rhom1', 'helm.sh/hook', os.path.join(c, 'templates')], capture_output=True).stdout]
if a.sample: charts = random.sample(charts, min(a.sample, len(charts)))
jobs = [(chart, name, mutation) for chart in charts for name, mutation in MUTATIONS.items()]
with ThreadPoolExecutor(os.cpu_count()) as pool:
    results = list(pool.map(lambda job: attempt(*job), jobs))
tried = [(job, wrong) for job, wrong in zip(jobs, results) if wrong is not None]
bad = [(job, wrong) for job, wrong in tried if wrong]
for (chart, name, _), wrong in bad[:a.show]:
    print('%s, %s:\n  %s' % (os.path.basename(chart), name, '\n  '.join(wrong[:4])))
print('fixes: %d of %d charts with fixable findings changed as meant' % (len(tried) - len(bad), len(tried)))
sys.exit(1 if bad else 0)
