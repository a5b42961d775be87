#!/usr/bin/env python3
"""Breaks hooks of real charts at known lines and looks whether `lint` finds each break at that line.

mutate.py BIN CORPUS-FOLDER [--each N] [--seed N] [--only KIND] [--show N] [--level FILE [--raise]]

Every mutation changes one place of one chart: an annotation of a hook, as a literal, behind a helper of its own, behind a value of
its own, or in a chart below; or a field of a hook. Only places that really reach the rendered output are used: each candidate line
is marked with a comment first, and the chart rendered. Found means the expected code is new; exact means in the expected file and
line; unrelated are new findings of severity error with another code that the mutation does not imply.
"""
import argparse, collections, json, os, random, re, shutil, subprocess, sys, tempfile
from concurrent.futures import ThreadPoolExecutor

p = argparse.ArgumentParser()
p.add_argument('bin'); p.add_argument('corpus')
p.add_argument('--each', type=int, default=30, help='mutations of a kind')
p.add_argument('--seed', type=int, default=1)
p.add_argument('--only', default='')
p.add_argument('--show', type=int, default=15)
p.add_argument('--level'); p.add_argument('--raise', dest='up', action='store_true')
a = p.parse_args()
BIN = os.path.abspath(a.bin)
ENV = dict(os.environ, KUBECONFIG='/dev/null', NO_COLOR='1')
LINE = re.compile(r'^(\s*)(["\']?)(helm\.sh/[a-z-]+)\2(\s*:\s*)(.*?)(\s*(?:#.*)?)$')
FIELD = re.compile(r'^(\s*)(restartPolicy|backoffLimit|name|kind|apiVersion)(\s*:\s*)(.*?)\s*$')
HOOK, WEIGHT, POLICY = 'helm.sh/hook', 'helm.sh/hook-weight', 'helm.sh/hook-delete-policy'


def run(*args, cwd=None):
    try:
        q = subprocess.run([BIN, *args], capture_output=True, env=ENV, timeout=300, cwd=cwd)
    except subprocess.TimeoutExpired:
        return 124, b'', b'timeout'
    return q.returncode, q.stdout, q.stderr


# Who minds: upper case in events is Argo CD's trouble alone.
FLAGS = {'event-upper-case': ['--for', 'argocd']}


def lint(chart, flags=()):
    # A chart that closes its schema would refuse the values of a mutation.
    code, out, err = run('lint', '--isolated', '--profile', 'pedantic', '--skip-schema-validation', '-o', 'json', *flags, '.', cwd=chart)
    if code not in (0, 1, 3) or not out:
        return None, err.decode('utf8', 'replace')[:300]
    return json.loads(out), ''


def copy(chart, to):
    # Hard links: only the file that changes is written anew.
    shutil.copytree(chart, to, copy_function=lambda s, d: os.link(s, d), symlinks=True)


def write(path, text):
    if os.path.exists(path): os.unlink(path)
    with open(path, 'w', newline='') as f: f.write(text)


def read(path):
    with open(path, newline='') as f: return f.read()


def templates(chart):
    for folder, folders, files in os.walk(chart):
        folders.sort()
        if '/templates' not in folder + '/' and not folder.endswith('templates'): continue
        for name in sorted(files):
            path = os.path.join(folder, name)
            try: text = read(path)
            except (UnicodeDecodeError, OSError): continue
            if 'helm.sh/hook' in text and not name.endswith('.txt'):
                yield os.path.relpath(path, chart), text


class Place:
    """A line of a template that reaches a rendered document, with what that document is."""
    def __init__(self, chart, path, number, line, doc):
        self.chart, self.path, self.number, self.line, self.doc = chart, path, number, line, doc
        m = LINE.match(line.rstrip('\r\n'))
        self.key = m.group(3) if m else FIELD.match(line).group(2)
        self.kind = (re.findall(r'(?m)^kind:\s*"?(\w+)', doc) or [''])[0]
        self.is_hook = bool(re.search(r'(?m)^\s+["\']?helm\.sh/hook["\']?\s*:', doc))
        self.events = (re.findall(r'(?m)^\s+["\']?helm\.sh/hook["\']?\s*:\s*(.*?)\s*(?:#.*)?$', doc) or [''])[0].strip('"\' ')
        self.policy = (re.findall(r'(?m)^\s+["\']?helm\.sh/hook-delete-policy["\']?\s*:\s*(.*?)\s*(?:#.*)?$', doc) or [None])[0]
        self.alone = True
        self.in_subchart = path.startswith('charts/')

    def parts(self):
        return LINE.match(self.line.rstrip('\r\n')).groups()

    def literal(self):
        return '{{' not in self.line


def places(chart):
    """Candidate lines of a chart that are rendered with its defaults."""
    found = []
    with tempfile.TemporaryDirectory() as tmp:
        to = os.path.join(tmp, 'c')
        copy(chart, to)
        marks = {}
        for path, text in templates(chart):
            lines = text.splitlines(keepends=True)
            for at, line in enumerate(lines):
                bare = line.rstrip('\r\n')
                if '#' in bare or not (LINE.match(bare) or FIELD.match(bare)): continue
                if bare.count('{{') != bare.count('}}') or re.search(r':\s*[|>][-+]?\s*$', bare): continue
                mark = 'HHMARK%dX' % len(marks)
                marks[mark] = (path, at + 1, line)
                lines[at] = bare + ' # ' + mark + line[len(bare):]
            write(os.path.join(to, path), ''.join(lines))
        if not marks: return []
        code, out, _ = run('template', 'release-name', to, '--skip-schema-validation')
        if code: return []
        # The mark must not have become part of a value.
        for doc in re.split(r'(?m)^---\s*$', out.decode('utf8', 'replace')):
            for mark in re.findall(r' # (HHMARK\d+X)$', doc, re.M):
                path, number, line = marks[mark]
                found.append(Place(chart, path, number, line, re.sub(r' # HHMARK\d+X', '', doc)))
    for f in found: f.alone = sum(g.key == HOOK for g in found) == 1
    # What has a random name is another object each time, for which other rules hold.
    again = run('template', 'release-name', chart, '--skip-schema-validation')[1].decode('utf8', 'replace')
    again = set(re.findall(r'(?m)^  name:.*$', again))
    found = [f for f in found if set(re.findall(r'(?m)^  name:.*$', f.doc)) <= again]
    count = collections.Counter((f.path, f.number) for f in found)
    # A line that is rendered once: else one mutation is many.
    return [f for f in found if count[f.path, f.number] == 1]


def tokens(place):
    return [t.strip() for t in place.parts()[4].strip('"\'').split(',')]


def with_value(place, value):
    indent, quote, key, colon, _, _ = place.parts()
    return '%s%s%s%s%s%s' % (indent, quote, key, quote, colon, value)


def hook_value(change, codes, line=0, when=lambda p: True):
    def mutate(p):
        if p.key != HOOK or not p.literal() or not p.is_hook or not when(p): return None
        value = change(p, tokens(p))
        return None if value is None else ([with_value(p, value)], codes, line)
    return mutate


def weight_value(value, codes, line=0):
    def mutate(p):
        if p.key != WEIGHT or not p.literal() or not p.is_hook: return None
        return [with_value(p, value)], codes, line
    return mutate


def policy_value(value, codes, when=lambda p: True):
    def mutate(p):
        if p.key != POLICY or not p.literal() or not p.is_hook or not when(p): return None
        return [with_value(p, value)], codes, 0
    return mutate


def rename(key, to, codes, when=lambda p: True):
    def mutate(p):
        if p.key != key or not p.is_hook or not when(p): return None
        indent, quote, _, colon, value, tail = p.parts()
        return ['%s%s%s%s%s%s%s' % (indent, quote, to, quote, colon, value, tail)], codes, 0
    return mutate


def insert(text, codes, when=lambda p: True):
    """A line after the hook annotation; it is the one expected."""
    def mutate(p):
        if p.key != HOOK or not p.is_hook or not when(p): return None
        indent = p.parts()[0]
        return [p.line.rstrip('\r\n'), indent + text], codes, 1
    return mutate


def field(name, kinds, value, codes, when=lambda p: True):
    def mutate(p):
        m = FIELD.match(p.line)
        if p.key != name or p.kind not in kinds or not p.is_hook or not m or not when(p): return None
        # What stands there already is no mutation.
        if m.group(4).strip('"\' ') == value: return None
        return [m.group(1) + name + m.group(3) + value], codes, 0
    return mutate


def misspell(event):
    at = max(1, len(event) - 2)
    return event[:at] + event[at + 1:]


def recurs(p):
    return any(e in p.events for e in ('upgrade', 'rollback', 'test'))


def plain_kind(p):
    return p.kind not in ('CustomResourceDefinition', 'PersistentVolumeClaim', 'PersistentVolume', 'Namespace', 'StatefulSet')


def no_weight(p): return WEIGHT not in p.doc
def no_policy(p): return POLICY not in p.doc
def top_restart(p):
    """The restart policy of the pod itself, not of a native sidecar."""
    return True


KINDS = {
    # events
    'event-misspelt': hook_value(lambda p, t: ','.join([misspell(t[0])] + t[1:]), ['HH101']),
    'event-swapped-letters': hook_value(lambda p, t: ','.join(t[:-1] + [t[-1][1] + t[-1][0] + t[-1][2:]]), ['HH101']),
    'event-trailing-comma': hook_value(lambda p, t: '"%s,"' % ','.join(t), ['HH101']),
    'event-semicolon': hook_value(lambda p, t: '"%s"' % ';'.join(t) if len(t) > 1 else None, ['HH101']),
    'event-blank-separated': hook_value(lambda p, t: '"%s"' % ' '.join(t) if len(t) > 1 else None, ['HH101']),
    'event-empty': hook_value(lambda p, t: '""', ['HH101']),
    'event-null': hook_value(lambda p, t: '', ['HH101']),
    'event-boolean': hook_value(lambda p, t: 'true', ['HH101']),
    'event-list': hook_value(lambda p, t: '[%s]' % ', '.join(t), ['HH101']),
    'event-argo-word': hook_value(lambda p, t: 'PreSync', ['HH101']),
    'event-of-one-word': hook_value(lambda p, t: t[0].split('-')[-1] + 's' if t[0] == 'test' else t[0].split('-')[-1], ['HH101']),
    'event-underscored': hook_value(lambda p, t: ','.join(t).replace('-', '_') if '-' in t[0] else None, ['HH101']),
    'event-removed': hook_value(lambda p, t: 'crd-install', ['HH102']),
    'event-upper-case': hook_value(lambda p, t: ','.join(t).title(), ['HH103']),
    'event-twice': hook_value(lambda p, t: ','.join(t + [t[0]]), ['HH103']),
    # Said once a chart, at the first place.
    'event-test-success': hook_value(lambda p, t: 'test-success', ['HH103'], when=lambda p: tokens(p) == ['test'] and p.alone),
    'event-key-plural': rename(HOOK, 'helm.sh/hooks', ['HH107', 'HH108']),
    'event-key-no-domain': rename(HOOK, 'helm/hook', ['HH107', 'HH108']),
    'event-duplicate-key': insert('"helm.sh/hook": post-install', ['HH110']),
    # weights
    'weight-number': weight_value('7', ['HH104']),
    'weight-negative-number': weight_value('-7', ['HH104']),
    'weight-float': weight_value('"1.5"', ['HH105']),
    'weight-blank': weight_value('" 3"', ['HH105']),
    'weight-word': weight_value('"first"', ['HH105']),
    'weight-boolean': weight_value('true', ['HH104']),
    'weight-huge': weight_value('"99999999999999999999"', ['HH105']),
    'weight-inserted-number': insert('helm.sh/hook-weight: 3', ['HH104'], no_weight),
    'weight-inserted-hex': insert('helm.sh/hook-weight: "0x10"', ['HH105'], no_weight),
    'weight-key-short': rename(WEIGHT, 'helm.sh/weight', ['HH107']),
    'weight-key-plural': rename(WEIGHT, 'helm.sh/hook-weights', ['HH107']),
    # policies
    'policy-misspelt': policy_value('hook-success', ['HH106']),
    'policy-empty': policy_value('""', ['HH106']),
    'policy-semicolon': policy_value('"before-hook-creation;hook-succeeded"', ['HH106']),
    'policy-blank-separated': policy_value('before-hook-creation hook-succeeded', ['HH106']),
    'policy-inserted-misspelt': insert('helm.sh/hook-delete-policy: before-hook-create', ['HH106'], no_policy),
    'policy-never': policy_value('never', ['HH106']),
    'policy-key-plural': rename(POLICY, 'helm.sh/hook-delete-policies', ['HH107']),
    'policy-key-short': rename(POLICY, 'helm.sh/delete-policy', ['HH107']),
    'policy-failed-only': policy_value('hook-failed', ['HH301'], lambda p: recurs(p) and plain_kind(p)),
    'policy-succeeded-only': policy_value('hook-succeeded', ['HH301'], lambda p: recurs(p) and plain_kind(p)),
    'keep-inserted': insert('helm.sh/resource-policy: keep', ['HH306'], lambda p: 'resource-policy' not in p.doc),
    # objects
    'job-restarts-always': field('restartPolicy', ['Job'], 'Always', ['HH402']),
    'pod-restarts-always': field('restartPolicy', ['Pod'], 'Always', ['HH401']),
    'pod-restarts-on-failure': field('restartPolicy', ['Pod'], 'OnFailure', ['HH401']),
}


# What else is then true, by the group of the mutation, and why: what real charts showed, and no more.
IMPLIED = {
    # Another event, or none: the object is there at another time, or never.
    'event': {
        'HH201': 'what was a hook beside it is now needed at install, and is an ordinary object',
        'HH203': 'its order among the hooks of the new event is by name',
        'HH204': 'it is no hook of the event at which another needs it, or the other way round',
        'HH205': 'the same for roles and bindings',
        'HH206': 'what was a hook beside it is an object of the release, and gone at post-delete',
        'HH302': 'as an ordinary workload it uses what was deleted after its event',
    },
    # Another weight is another order.
    'weight': {
        'HH202': 'what it needs comes later now, or it comes later than what needs it',
        'HH203': 'it has the weight of what it needs, so the name decides',
        'HH205': 'the same for roles and bindings',
    },
    # Another policy deletes at another time, or never.
    'policy': {
        'HH302': 'it is deleted before the workload that uses it starts',
    },
}


class Mutant:
    def __init__(self, kind, place, lines, codes, offset, how='literal'):
        self.kind, self.place, self.lines, self.codes, self.offset, self.how = kind, place, lines, codes, offset, how

    def apply(self, to):
        """Writes the mutation; returns the expected path and line."""
        place = self.place
        path = os.path.join(to, place.path)
        text = read(path).splitlines(keepends=True)
        ending = '\r\n' if text[place.number - 1].endswith('\r\n') else '\n'
        lines, want = list(self.lines), (place.path, place.number + self.offset)
        at = self.offset if self.offset < len(lines) else 0
        if self.how == 'helper':
            # The line itself goes into a define.
            whole = lines[at]
            indent = whole[:len(whole) - len(whole.lstrip())]
            base = place.path[:place.path.rindex('templates/') + len('templates/')]
            write(os.path.join(to, base, '_hh_mutated.tpl'), '{{/* made by a test */}}\n{{- define "hh.mutated" -}}\n%s\n{{- end }}\n' % whole.strip())
            lines[at] = indent + '{{- include "hh.mutated" . | nindent %d }}' % len(indent)
            want = (base + '_hh_mutated.tpl', 3)
        if self.how == 'value':
            m = LINE.match(lines[at])
            value = m.group(5)
            root = place.path[:place.path.rindex('templates/')]
            values = os.path.join(to, root, 'values.yaml')
            old = read(values) if os.path.exists(values) else ''
            write(values, old.rstrip('\n') + '\nhhMutated:\n  inner: %s\n' % (value or '""'))
            quoted = ' | quote' if value[:1] == '"' else ''
            lines[at] = '%s%s%s%s%s{{ .Values.hhMutated.inner%s }}' % (m.group(1), m.group(2), m.group(3), m.group(2), m.group(4), quoted)
        text[place.number - 1:place.number] = [line + ending for line in lines]
        write(path, ''.join(text))
        return want


def thing(f):
    return f['code'], f['path'], json.dumps(f['object'])


# Implied errors that came up, by kind of mutation and code.
ALSO = collections.Counter()


def judge(mutant, before):
    with tempfile.TemporaryDirectory() as tmp:
        to = os.path.join(tmp, os.path.basename(mutant.place.chart))
        copy(mutant.place.chart, to)
        try: path, line = mutant.apply(to)
        except (OSError, UnicodeDecodeError, ValueError) as e: return 'skipped', str(e), []
        after, problem = lint(to, FLAGS.get(mutant.kind, ()))
        if after is None: return 'lost', problem, []
        # Lines below the change have moved.
        old = {(f['code'], f['path'], f['message']) for f in before['findings']}
        new = [f for f in after['findings'] if (f['code'], f['path'], f['message']) not in old]
        hits = [f for f in new if f['code'] in mutant.codes]
        # A finding that was there, in other words: it names the events, which are others now.
        there = {thing(f) for f in before['findings']}
        strange = [f for f in new if f['severity'] == 'error' and f['code'] not in mutant.codes and thing(f) not in there]
        implied = IMPLIED.get(mutant.kind.split('-')[0], {})
        ALSO.update((mutant.kind, f['code']) for f in strange if f['code'] in implied)
        unrelated = [f for f in strange if f['code'] not in implied]
        shown = [(f['code'], f['path'], f['line']) for f in new]
        if not hits: return 'lost', 'want %s at %s:%d, new: %s errors: %s' % (mutant.codes, path, line, shown, [e['message'][:150] for e in after['errors']]), unrelated
        exact = [f for f in hits if (f['path'], f['line']) == (path, line)]
        if not exact: return 'elsewhere', 'want %s at %s:%d, got %s' % (mutant.codes, path, line, shown), unrelated
        return 'exact', '', unrelated


random.seed(a.seed)
charts = sorted(os.path.join(a.corpus, n) for n in os.listdir(a.corpus) if os.path.isdir(os.path.join(a.corpus, n)))
pool = ThreadPoolExecutor(os.cpu_count())
found = [place for some in pool.map(places, charts) for place in some]
print('%d lines of %d charts reach a rendered hook' % (len(found), len({f.chart for f in found})))
mutants = []
for name, make in KINDS.items():
    if a.only not in name: continue
    made = [(place, m) for place in found for m in [make(place)] if m]
    # Few from each chart, so that one chart with a hundred hooks does not speak for all; charts below are as welcome.
    random.shuffle(made)
    made.sort(key=lambda pm: 0 if pm[0].in_subchart else 1) if len(made) > 10 * a.each else None
    taken, per = [], collections.Counter()
    for place, m in made:
        if per[place.chart] < 3:
            per[place.chart] += 1; taken.append((place, m))
    random.shuffle(taken)
    for at, (place, (lines, codes, offset)) in enumerate(taken[:a.each]):
        how = 'literal'
        movable = LINE.match(lines[min(offset, len(lines) - 1)]) and '{{' not in lines[min(offset, len(lines) - 1)]
        if movable and at % 4 == 1 and 'duplicate' not in name: how = 'helper'
        # A list or nothing at all as a value is printed in Go's way, or as no value: another mutation.
        if movable and at % 4 == 3 and name not in ('event-list', 'event-null', 'event-duplicate-key') and 'key' not in name: how = 'value'
        mutants.append(Mutant(name, place, lines, codes, offset, how))
wanted = sorted({(m.place.chart, tuple(FLAGS.get(m.kind, ()))) for m in mutants})
before = dict(zip(wanted, pool.map(lambda w: lint(*w)[0], wanted)))
of = lambda m: before[m.place.chart, tuple(FLAGS.get(m.kind, ()))]
mutants = [m for m in mutants if of(m)]
results = list(pool.map(lambda m: judge(m, of(m)), mutants))

tally, by_kind, by_how, bad, strangers = collections.Counter(), collections.defaultdict(collections.Counter), collections.defaultdict(collections.Counter), [], []
for m, (verdict, why, unrelated) in zip(mutants, results):
    if verdict == 'skipped': continue
    tally[verdict] += 1; by_kind[m.kind][verdict] += 1; by_how[m.how + (' in a chart below' if m.place.in_subchart else '')][verdict] += 1
    where = '%s (%s) %s %s:%d' % (m.kind, m.how, os.path.basename(m.place.chart), m.place.path, m.place.number)
    if verdict != 'exact': bad.append('%s\n    %s' % (where, why))
    if unrelated: strangers.append('%s\n    %s' % (where, [(f['code'], f['path'], f['line'], f['message'][:160]) for f in unrelated]))
total = sum(tally.values())
print('implied errors: %s' % ', '.join('%s %s %d' % (*k, n) for k, n in sorted(ALSO.items())))
for name, counts in sorted(by_kind.items()): print('%-28s %s' % (name, dict(counts)))
for name, counts in sorted(by_how.items()): print('%-28s %s' % (name, dict(counts)))
random.shuffle(bad); random.shuffle(strangers)
for line in bad[:a.show]: print(line)
for line in strangers[:a.show]: print('UNRELATED', line)
figures = dict(mutations=total, kinds=len(by_kind), found=round(100 * (total - tally['lost']) / max(1, total), 2),
               exact=round(100 * tally['exact'] / max(1, total), 2), unrelated=len(strangers))
print('places: %(mutations)d mutations of %(kinds)d kinds, found %(found).2f %%, exact %(exact).2f %%, with unrelated errors %(unrelated)d' % figures)
if a.level and not a.only:
    level = json.load(open(a.level))
    kept = level.get('places', {})
    below = [k for k in ('found', 'exact') if figures[k] < kept.get(k, 0)] + (['unrelated'] if figures['unrelated'] > kept.get('unrelated', 0) else [])
    if below: sys.exit('below the level of %s: %s' % (a.level, ', '.join('%s %s, was %s' % (k, figures[k], kept.get(k)) for k in below)))
    if a.up:
        level['places'] = {k: figures[k] for k in ('found', 'exact', 'unrelated')}
        with open(a.level, 'w') as f: json.dump(level, f, indent=2); f.write('\n')
