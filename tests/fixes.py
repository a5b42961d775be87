#!/usr/bin/env python3
"""Applies `lint --fix` to real charts and compares what real Helm renders before and after.

fixes.py BIN CORPUS-FOLDER HELM... [--show N] [--sample N] [--only WORDS]

Every chart of the corpus is linted as it is and with mutations that have a safe fix (a misspelt event, an unquoted weight ...), once
for each. Only the lines of keys that a fix writes or stands in may differ between the two renderings, and only objects of findings may
be new; all else must stay byte for byte; and what was fixed is not found again.
"""
import argparse, collections, difflib, glob, json, os, random, re, shutil, subprocess, sys, tempfile, time
from concurrent.futures import ThreadPoolExecutor

p = argparse.ArgumentParser()
p.add_argument('bin'); p.add_argument('corpus'); p.add_argument('helms', nargs='+')
p.add_argument('--show', type=int, default=10)
p.add_argument('--only', default='', help='charts with one of these words in their names, separated by commas')
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

# Objects left out of the comparison, by chart and template.
RANDOM = set()


def run(*args):
    q = subprocess.run(args, capture_output=True, env=ENV, timeout=600)
    return q.returncode, q.stdout.decode('utf8', 'replace'), q.stderr.decode('utf8', 'replace')


def findings(chart):
    code, out, err = run(BIN, 'lint', '--isolated', '--profile', 'pedantic', '-o', 'json', chart)
    return json.loads(out)['findings'] if out else []


def objects(text):
    """The documents of a rendering, a list of lines each, with what comes before them taken off."""
    return [part.strip('\n').split('\n') for part in re.split(r'(?m)^---\s*$', text) if part.strip()]


def render(helm, chart, given):
    code, out, err = run(helm, 'template', 'release-name', chart, *given)
    return out if not code else None


WORD = re.compile(r'[\w./-]+')
KEY = re.compile(r'[\w./-]+(?=["\']?\s*:(?:\s|$))')


def without(these, those):
    """The objects of the one list that are not in the other, as often as they are there."""
    left = collections.Counter(map('\n'.join, those))
    out = []
    for one in these:
        text = '\n'.join(one)
        if left[text]: left[text] -= 1
        else: out.append(one)
    return out


def identity(lines):
    text = '\n'.join(lines)
    first = lambda pattern: (re.findall(pattern, text) or [''])[0]
    return first(r'(?m)^kind:\s*["\']?([\w.-]+)'), first(r'(?m)^(?:metadata:\s*\{.*?\b|  )name:\s*["\']?([^\s"\',}]+)')


def meant(one, others, keys):
    """Whether there is the same object on the other side, unlike only in lines of these keys."""
    for other in others:
        if identity(other) != identity(one): continue
        lines = [line[2:] for line in difflib.ndiff(one, other) if line[:2] in ('- ', '+ ')]
        if all(set(KEY.findall(line)) & keys for line in lines): return True
    return False


def rounds(chart, to):
    """All fixable findings with the lines their edits stand in, those that show only when others are mended too, and the mended copy."""
    shutil.copytree(chart, to, symlinks=True)
    found = []
    for _ in range(6):
        now = [f for f in findings(to) if f['fix'] and f['fix']['applicability'] == 'safe' and f['fix']['edits']]
        if not now: break
        for f in now:
            lines = []
            for e in f['fix']['edits']:
                path = os.path.join(os.getcwd(), e['path'])
                if os.path.exists(path): lines += open(path, errors='replace').read().split('\n')[e['startLine'] - 1:e['endLine']]
            found.append((f, lines))
        # Fixes of these rules alone: what they uncover is looked at in the next round.
        code, out, err = run(BIN, 'lint', '--isolated', '--profile', 'pedantic', '--fix', '--select', ','.join(sorted({f['code'] for f in now})), '-o', 'json', to)
        if not out or not json.loads(out)['summary']['fixed']: break
    return found, to


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
        fixable, after = rounds(to, os.path.join(tmp, 'rounds', os.path.basename(chart)))
        if not fixable: return None
        given = []
        old = {helm: render(helm, to, given) for helm in a.helms}
        for file in sorted(glob.glob(os.path.join(glob.escape(to), 'ci', '*-values.yaml'))):
            # Charts that want values of their users are rendered with those they have for CI.
            if None not in old.values(): break
            given = ['-f', file]
            old = {helm: render(helm, to, given) for helm in a.helms}
        if None in old.values(): return ['renders with no values it brings']
        # The keys that the edits write or stand in, and the objects of their findings, which Helm may have dropped until now.
        keys, mended = {'annotations'}, set()
        for f, lines in fixable:
            if f['object']: mended.add((f['object']['kind'], f['object']['name']))
            for e in f['fix']['edits']: keys.update(WORD.findall(e['text']))
            for line in lines: keys.update(KEY.findall(line))
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
        for path in texts:
            if open(path, 'rb').read() != open(os.path.join(after, os.path.relpath(path, to)), 'rb').read(): wrong.append('not what the fixes give one by one: ' + path)
        again = [f for f in findings(to) if f['fix'] and f['fix']['applicability'] == 'safe' and f['fix']['edits']]
        left = len(again)
        if changed and not report['summary']['fixed']: wrong.append('files changed, but nothing counted as fixed')
        if len(fixable) > left and report['summary']['fixed'] == 0: wrong.append('fixed, but not counted')
        if mutation and not changed: wrong.append('nothing fixed: %s' % [(f['code'], f['line'], f['fix']['edits']) for f, _ in fixable][:3])
        for helm in a.helms:
            new = render(helm, to, given)
            if new is None:
                wrong.append('%s does not render any more' % helm); continue
            gone, came = without(objects(old[helm]), objects(new)), without(objects(new), objects(old[helm]))
            if not all(meant(one, came, keys) for one in gone) or not all(meant(one, gone, keys) or identity(one) in mended for one in came):
                # What is another one in each rendering (random names, keys, certificates) says nothing of the fix.
                again = os.path.join(tmp, 'again', os.path.basename(chart))
                if not os.path.exists(again):
                    shutil.copytree(to, again, symlinks=True)
                    for path in changed: open(os.path.join(again, os.path.relpath(path, to)), 'wb').write(texts[path])
                # Some print the time, in seconds.
                time.sleep(1.1)
                twice, afresh = objects(render(helm, again, given) or ''), objects(render(helm, to, given) or '')
                RANDOM.update((os.path.basename(chart), one[0]) for one in without(gone, twice) + without(came, afresh))
                gone, came = without(gone, without(gone, twice)), without(came, without(came, afresh))
            for one in gone:
                if not meant(one, came, keys): wrong.append('%s: changed, or gone, and no fix names it: %s' % (os.path.basename(helm), ' | '.join(one[:6])))
            for one in came:
                if not meant(one, gone, keys) and identity(one) not in mended:
                    wrong.append('%s: new, and in no finding: %s' % (os.path.basename(helm), ' | '.join(one[:6])))
        return wrong


charts = sorted(os.path.join(a.corpus, n) for n in os.listdir(a.corpus) if os.path.isdir(os.path.join(a.corpus, n)))
# Charts without hooks have nothing to be mended in.
charts = [c for c in charts if b'helm.sh/hook' in subprocess.run(['grep', '-rhom1', 'helm.sh/hook', os.path.join(c, 'templates')], capture_output=True).stdout]
charts = [c for c in charts if any(word in os.path.basename(c) for word in a.only.split(','))]
if a.sample: charts = random.sample(charts, min(a.sample, len(charts)))
jobs = [(chart, name, mutation) for chart in charts for name, mutation in MUTATIONS.items()]
with ThreadPoolExecutor(os.cpu_count()) as pool:
    results = list(pool.map(lambda job: attempt(*job), jobs))
tried = [(job, wrong) for job, wrong in zip(jobs, results) if wrong is not None]
bad = [(job, wrong) for job, wrong in tried if wrong]
for (chart, name, _), wrong in bad[:a.show]:
    print('%s, %s:\n  %s' % (os.path.basename(chart), name, '\n  '.join(wrong[:4])))
print('left out, as two renderings of the same chart differ in them: %d objects of %d charts' % (len(RANDOM), len({r[0] for r in RANDOM})))
print('fixes: %d of %d charts with fixable findings changed as meant' % (len(tried) - len(bad), len(tried)))
sys.exit(1 if bad else 0)
